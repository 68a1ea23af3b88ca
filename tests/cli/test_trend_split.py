"""`trend --split project` and `--split user`: a series for each member of a dimension."""

import re
from collections import Counter
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.charges import PROJECTS, Charge, ChargesApi, charges
from tests.report.builders import charge, kind, model
from tests.report.strategies import bounded, exact
from tests.support import CREDENTIALS, Result, answer, run, usages

OCTOBER = ("trend", "--period", "2026-10")
FOUND = [
    Charge("project_0", "user_0", "model_0", 5_000_000, "2026-10-01"),
    Charge("project_0", "user_1", "model_0", 7_000_000, "2026-10-05"),
    Charge("project_1", "user_0", "model_1", 20_000_000, "2026-10-05"),
    Charge("project_1", "user_0", None, 1_000_000, "2026-10-05"),
]


def trend(*argv: str, found: list[Charge] = FOUND, **more: Any) -> Result:
    """October, of these charges."""
    return run(*OCTOBER, *argv, transport=ChargesApi(found), **more)


def costs(document: Any, unit: Any = "cost") -> dict[tuple[str, str], Any]:
    """What each series cost in each bucket, without zeros."""
    return {
        (point["id"], point["start"][:10]): point[unit]
        for point in document["points"]
        if point[unit]
    }


@pytest.mark.parametrize("by", ["hour", "day", "week", "month"])
def test_each_project_is_a_series(by: str) -> None:
    """With its id and its name, in buckets of any unit; the largest first."""
    document = trend("--split", "project", "--by", by, "--json").json

    assert (document["split"], document["by"]) == ("project", by)
    assert list(dict.fromkeys((one["id"], one["name"]) for one in document["points"])) == [
        ("project_1", "The project_1"),
        ("project_0", "The project_0"),
        ("project_2", "The project_2"),
        ("project_3", "The project_3"),
    ]
    starts = {
        "month": ("2026-10-01", "2026-10-01"),
        "week": ("2026-09-28", "2026-10-05"),
    }
    first, second = starts.get(by, ("2026-10-01", "2026-10-05"))
    expected = Counter({("project_0", first): 5, ("project_1", second): 20})
    expected["project_0", second] += 7
    assert costs(document) == dict(expected)
    assert document["warnings"] == [
        "consumption differs from this trend of models by 1 CU: "
        "operations without a model, and refunds"
    ]
    Draft202012Validator(run("schema", "trend").json).validate(document)


def test_each_user_that_was_charged_is_a_series() -> None:
    """One query apiece beside that of the whole, with the same sections."""
    api = ChargesApi(FOUND)
    document = run(*OCTOBER, "--split", "user", "--json", transport=api).json

    assert Counter(api.asked) == Counter([(None, None), (None, "user_0"), (None, "user_1")])
    assert {(one["id"], one["name"]) for one in document["points"]} == {
        ("user_0", "Name of user_0"),
        ("user_1", "Name of user_1"),
    }
    assert costs(document) == {
        ("user_0", "2026-10-01"): 5,
        ("user_0", "2026-10-05"): 20,
        ("user_1", "2026-10-05"): 7,
    }


def test_a_table_has_a_line_for_each_with_its_course() -> None:
    """Cut by --top, with the rest in one line."""
    table = trend("--split", "project", "--by", "week", "--top", "1").stdout
    lines = [" ".join(line.split()) for line in table.splitlines()]

    assert "Projects" in lines
    assert any(line.startswith("The project_1 1 20 ") for line in lines)
    assert any(line.startswith("other (1) 2 12 ") for line in lines)


def test_sorting_moves_the_series() -> None:
    """By name, in every bucket."""
    document = trend("--split", "project", "--sort", "name", "--json").json

    assert [one["id"] for one in document["points"][:4]] == list(PROJECTS)


def test_a_heatmap_has_a_calendar_for_each() -> None:
    """Under its name; one that cost nothing has none, and shades mean the same in all."""
    text = trend("--split", "project", "--heatmap", environ=CREDENTIALS | {"NO_COLOR": "1"}).stdout
    first, second = text.split("The project_0")

    assert "The project_1" in first
    assert "The project_2" not in text
    assert re.findall("░░|▒▒|▓▓|██", first) == ["██"]
    assert re.findall("░░|▒▒|▓▓|██", second.partition("less")[0]) == ["▒▒", "▒▒"]
    assert text.count("less") == 1


@pytest.mark.parametrize("split", ["project", "user"])
def test_a_heatmap_of_nothing_says_so(split: str) -> None:
    """In the place of the calendars."""
    result = trend("--split", split, "--heatmap", found=[])

    assert (result.code, result.stderr) == (0, "")
    assert "nothing in this period" in result.stdout


def test_models_narrow_each_series() -> None:
    """Also where only the whole tells the name of a model."""
    document = trend("--split", "project", "--model", "MODEL_0", "--json").json

    assert costs(document) == {("project_0", "2026-10-01"): 5, ("project_0", "2026-10-05"): 7}


def test_filters_narrow_the_members() -> None:
    """Those that are asked for, and no others; one without usage stays, with zeros."""
    document = trend("--split", "project", "-p", "project_2,project_0", "--json").json
    people = trend("--split", "user", "-p", "project_1", "--json").json

    assert {one["id"] for one in document["points"]} == {"project_0", "project_2"}
    assert {one["id"] for one in people["points"]} == {"user_0"}


def test_a_project_that_does_not_exist_is_refused() -> None:
    """As in every report: exit 2, and nothing on stdout."""
    result = trend("--split", "project", "-p", "project_0,project_9")

    assert (result.code, result.stdout) == (2, "")
    assert "project_9" in result.error


FINE = [{"usageName": "images-generation", "granularity": "1h", "points": []}]
WHOLE = usages(
    consumption=[charge("u1", 9)],
    models=[model("m1", jobs=3, cost=9)],
    assets=[kind("image", 4)],
    actions=FINE,
)
PART = usages(
    consumption=[charge("u1", 5)],
    models=[model("m1", jobs=1, cost=5)],
    assets=[kind("image", 1)],
    actions=FINE,
)


def one_project(part: Any) -> Result:
    """November by its single project, of which this is the answer."""

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/projects"):
            return answer({"projects": [{"id": "project_1", "name": "Hero"}]})
        return answer(part if "projectIds" in request.url.params else WHOLE)

    argv = ("trend", "--start", "2026-11-01", "--end", "2026-11-02", "--by", "day")
    return run(*argv, "--split", "project", "--json", transport=httpx.MockTransport(handle))


def test_what_is_in_no_series_is_told_by_bucket() -> None:
    """By how much the whole has more; the difference to consumption is that of the whole."""
    result = one_project(PART)

    assert result.code == 0
    assert result.json["warnings"] == [
        "the day of 2026-11-01 does not add up by project: "
        "the whole has more by jobs 2, cost 4, gross 4, count 3"
    ]


def test_a_project_that_is_not_listed_counts_in_the_whole() -> None:
    """Deleted, say: in the figures above the table and in each bucket, as in the report."""
    gone = Charge("project_gone", "user_0", "model_0", 4_000_000)
    split = ("--split", "project", "--by", "month")
    blocks = [trend(*split, found=found).stdout.split("\n\n") for found in (FOUND, [*FOUND, gone])]

    def read(block: str, column: int) -> float:
        return float(block.splitlines()[-1].split()[column])

    for number, column in ((0, 1), (2, 2)):
        listed, whole = (read(one[number], column) for one in blocks)
        assert whole == listed + 4


def test_a_section_that_a_part_left_out_is_said_to_be_missing() -> None:
    """It is unknown there, and so not said to differ."""
    bare = {key: value for key, value in WHOLE.items() if key != "assetUsages"}
    document = one_project(bare).json

    assert document["warnings"] == ["the API left out assets of Hero"]
    assert {point["count"] for point in document["points"]} == {None}


@bounded
@given(charges, st.sampled_from(["project", "user"]), st.sampled_from(["day", "week", "month"]))
def test_series_sum_to_the_whole_trend(found: list[Charge], split: str, by: str) -> None:
    """Exactly, in every bucket, without a warning."""
    parts = exact(trend("--split", split, "--by", by, "--json", found=found).stdout)
    whole = exact(trend("--by", by, "--json", found=found).stdout)

    for measure in ("cost", "jobs"):
        sums: dict[str, Decimal] = {}
        for point in parts["points"]:
            sums[point["start"]] = sums.get(point["start"], Decimal(0)) + point[measure]
        if parts["points"]:
            assert sums == {point["start"]: point[measure] for point in whole["points"]}
    assert parts["warnings"] == whole["warnings"]
