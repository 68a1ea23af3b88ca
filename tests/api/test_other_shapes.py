"""A 200 that is no answer: it has nothing that was asked for, or rows of something else."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.export.support import Api, assert_refused, export, part, read_tree
from tests.support import FakeApi, answer, point, run, usages

ERRORS: dict[str, dict[str, Any]] = {
    "a message": {"message": "Internal server error"},
    "an error": {"error": {"code": 500, "reason": "no"}, "requestId": "r-1"},
    "nothing": {},
    "names only": {"entities": {"users": [], "models": []}},
    "new sections only": {"minutes": [{"points": []}]},
    "projects": {"projects": [], "nextPaginationToken": None},
}


@pytest.mark.parametrize("document", ERRORS.values(), ids=ERRORS)
@pytest.mark.parametrize("command", ["report", "trend", "compare", "activity"])
def test_an_answer_without_any_section_is_exit_7(
    command: str, document: Any, tmp_path: Path
) -> None:
    """What came instead is named, it is asked for once, and a file stays as it was."""
    file = tmp_path / "out.csv"
    file.write_text("good", encoding="utf-8")
    api = FakeApi(answer(document), *[answer(document)] * (command == "compare"))
    argv = ("--last", "7d", "-o", str(file), "--jobs", "1")
    result = run(command, *argv, transport=api)

    assert (result.code, file.read_text(encoding="utf-8")) == (7, "good")
    assert "the answer has none of what was asked for (" in result.error
    assert all(f"{key}: " in result.error for key in document)
    assert len(api.requests) == 1


def test_the_message_of_an_error_is_shown() -> None:
    """As it came."""
    result = run("report", transport=FakeApi(answer(ERRORS["a message"])))

    assert result.error.endswith('it has message: "Internal server error"')


@pytest.mark.parametrize("sections", ["models", "consumption,assets"])
def test_other_sections_than_those_asked_for_are_no_answer(sections: str) -> None:
    """Nothing of them would be shown."""
    document: dict[str, Any] = {"usages": [], "nsfwUsages": None}
    result = run("report", "--section", sections, transport=FakeApi(answer(document)))

    assert (result.code, result.stdout) == (7, "")


def test_a_section_may_be_null() -> None:
    """One that is there is an answer; what is not is told."""
    result = run("report", "--json", transport=FakeApi(answer({"assetUsages": None})))

    assert (result.code, len(result.json["warnings"])) == (0, 6)


def test_doctor_does_not_call_it_fine() -> None:
    """The first check that asks for usage fails."""
    result = run("doctor", transport=FakeApi(answer(ERRORS["a message"])))

    assert result.code == 7
    assert [line for line in result.stdout.splitlines() if line.startswith("✗ API")] != []


@pytest.mark.parametrize("datasets", ["models,consumption", "activity"])
def test_an_export_writes_no_empty_day(datasets: str, tmp_path: Path) -> None:
    """And a partition that is there stays."""
    argv = ("--since", "2026-11-22", "--datasets", datasets)
    good = usages() | {"activity": [{"action": "a", "time": "2026-11-22T01:00:00.000Z"}]}
    assert export(tmp_path, *argv, transport=Api(lambda day, query: good)).code == 0
    before = read_tree(tmp_path)
    bad = Api(lambda day, query: ERRORS["a message"])

    assert_refused(export(tmp_path, *argv, transport=bad), 7, "none of what was asked for")
    assert read_tree(tmp_path) == before
    table = datasets.partition(",")[0]
    assert part(tmp_path, table, "2026-11-22").exists()


@pytest.mark.parametrize("document", [{"message": "no"}, {"teams": []}])
def test_a_list_of_projects_is_one(document: dict[str, Any]) -> None:
    """An error is not a key that sees no project."""
    result = run("report", "--project", "Hero", transport=FakeApi(answer(document)))

    assert (result.code, result.stdout) == (7, "")
    assert "/projects has none of what was asked for (projects," in result.error


def test_a_list_of_teams_is_one() -> None:
    """As far as doctor looks at it."""
    api = FakeApi(
        answer({"consumption": []}), answer({"message": "no"}), answer({"projects": None})
    )
    result = run("doctor", transport=api)

    assert result.code == 7
    assert [line[:7] for line in result.stdout.splitlines() if line.startswith("✗")] == ["✗ teams"]


def mcp(text: str) -> dict[str, Any]:
    """What a tool of an MCP server returns."""
    return {"content": [{"type": "text", "text": text}]}


FOREIGN = {
    "MCP": mcp(json.dumps(usages())),
    "JSON-RPC": {"jsonrpc": "2.0", "id": 1, "result": mcp("{}")},
    "a table": {"rows": [{"model": "m", "jobs": 3}]},
    "models by name": {"modelUsages": [{"model": "flux", "jobs": 3, "cu": 5}]},
    "models without points": {"modelUsages": [{"modelId": "m", "jobs": 3, "cost": 5}]},
    "models with a series": {"modelUsages": [{"modelId": "m", "series": [point(jobs=3)]}]},
    "kinds": {"assetUsages": [{"kind": "image"}, {"kind": "video", "total": 7}]},
    "users": {"consumption": [{"user": "u", "credits": 5}]},
    "users by id": {"consumption": [{"userId": "u", "computeUnits": 5}]},
}


@pytest.mark.parametrize("document", FOREIGN.values(), ids=FOREIGN)
def test_the_answer_of_another_tool_is_exit_7(document: dict[str, Any]) -> None:
    """From a file, and where it stands in an answer with everything else."""
    saved = run("report", "--from", "-", "--json", stdin=json.dumps(document).encode())

    assert (saved.code, saved.stdout) == (7, "")
    if document.keys() & usages().keys():
        live = run("report", transport=FakeApi(answer(usages() | document)))
        assert (live.code, live.stdout) == (7, "")
        assert f"{next(iter(document))}[" in live.error


@pytest.mark.parametrize(
    "document",
    [
        {"modelUsages": [{"modelId": "m"}, {"modelId": "n", "tags": [1], "points": None}]},
        {"modelUsages": [{"modelId": "m"}, {"modelId": "n", "points": []}, {"label": "x", "y": 1}]},
        {"consumption": [{"userId": "u"}, {}]},
        {"consumption": [{"userId": "u", "costDetails": {}}]},
        {"usages": [{"usageName": "a", "granularity": "1d"}]},
    ],
)
def test_what_a_real_answer_may_leave_out_is_no_reason_to_refuse_it(document: Any) -> None:
    """All but an id may be absent or null, and new fields may come."""
    body = json.dumps(document).encode()

    assert run("report", "--from", "-", stdin=body).code == 0
    assert run("report", transport=FakeApi(httpx.Response(200, content=body))).code == 0


@pytest.mark.parametrize(
    "points",
    [
        [{"date": "2026-10-01", "runs": 5, "cu": 2}],
        [{"time": "2026-11-21T00:00:00.000Z", "generations": 5, "credits": 2.5}] * 2,
    ],
)
@pytest.mark.parametrize("section", ["modelUsages", "assetUsages", "usages"])
def test_points_with_the_keys_of_another_tool_are_no_zeros(
    section: str, points: list[dict[str, Any]]
) -> None:
    """None of them counts anything: exit 7 that names the place."""
    document = usages() | {section: [{"points": []}, {"points": points}]}

    result = run("report", "--from", "-", stdin=json.dumps(document).encode())

    assert (result.code, result.stdout) == (7, "")
    assert f"{section}[1].points[0]: none of them has" in result.error


def test_points_that_count_nothing_yet_are_fine() -> None:
    """A point may have its time only, or null in the place of a number."""
    points = [{"time": "2026-11-21T00:00:00.000Z"}, {"time": None, "jobs": None}]
    document = usages(models=[{"modelId": "m", "points": points}])

    result = run("report", "--json", "--from", "-", stdin=json.dumps(document).encode())
    assert result.json["totals"]["jobs"] == 0
