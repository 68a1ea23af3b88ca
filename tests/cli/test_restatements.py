"""`restatements`: what has moved in a dataset since it was written, in every format."""

import csv
import io
import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from scenario_usage_cli.export.lock import lock_store
from scenario_usage_cli.export.open_store import open_store
from tests.export.support import (
    Api,
    assert_refused,
    export_well,
    read_manifest,
    run_until_killed,
    write_manifest,
)
from tests.support import Result, model_row, point, run, usages

DAYS = ("--since", "2026-10-11", "--until", "2026-10-12", "--datasets", "models", "--by-project")
FOUND = datetime(2026, 10, 14, 6, 15, tzinfo=UTC)
LATER = datetime(2026, 11, 2, 6, 15, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PROJECTS = {"project_1": "Pirates", "project_2": "[Robots]"}
KEYS = [
    *("restated_at", "table", "date", "project_id", "project", "id", "name"),
    *("column", "before", "after", "change", "reason", "text"),
]


def tell(costs: Mapping[str, int], jobs: int = 3, projects: Mapping[str, str] = PROJECTS) -> Api:
    """An API whose model costs so much on the twelfth, by project, and 7 on other days."""

    def answer(day: str, query: Mapping[str, str]) -> Any:
        asked = query.get("projectIds") or query.get("projectId")
        cost = sum(one for project, one in costs.items() if asked in (None, project))
        twelfth = point("2026-10-12T00:00:00.000Z", jobs=jobs, cost=cost)
        eleventh = point("2026-10-11T00:00:00.000Z", jobs=1, cost=7)
        return usages(models=[model_row("Kling V3", eleventh, twelfth)])

    return Api(answer, projects)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset whose twelfth of October was restated twice."""
    folder = tmp_path_factory.mktemp("restated") / "usage"
    for costs, jobs, now in (
        ({"project_1": 5120, "project_2": 10}, 3, FOUND - timedelta(hours=3)),
        ({"project_1": 4780, "project_2": 10}, 3, FOUND),
        ({"project_1": 4780, "project_2": 30}, 4, LATER),
    ):
        argv = (*DAYS, "--check-settled", "90d") if now == LATER else DAYS
        export_well(folder, *argv, transport=tell(costs, jobs), now=now)
    return folder


def restatements(folder: Path | str, *argv: str, **options: Any) -> Result:
    """The command, without credentials and without a network."""
    return run("restatements", str(folder), *argv, environ={}, now=NOW, **options)


def texts_of(result: Result) -> list[str]:
    """The sentences."""
    assert result.code == 0, result.stderr
    return [row["text"] for row in result.json["restatements"]]


FIRST = "12 Oct, project Pirates, Kling V3: 5,120 to 4,780 CU (-340, refunds)"
SECOND = "12 Oct, project [Robots], Kling V3: 10 to 30 CU (+20, counted later)"


def test_json_says_what_has_moved_by_how_much_and_why(folder: Path) -> None:
    """It validates against its schema."""
    result = restatements(folder, "--json")

    document = result.json
    Draft202012Validator(run("schema", "restatements").json).validate(document)
    assert list(document) == [
        *("schema_version", "report", "generated_at", "directory"),
        *("totals", "restatements", "warnings"),
    ]
    assert document["totals"]["days"] == 1
    rows = {row["text"]: row for row in document["restatements"]}
    assert FIRST in rows
    assert list(rows[FIRST]) == KEYS
    assert rows[FIRST] == {
        "restated_at": "2026-10-14T06:15:00Z",
        "table": "models",
        "date": "2026-10-12",
        "project_id": "project_1",
        "project": "Pirates",
        "id": "Kling V3",
        "name": "Kling V3",
        "column": "cost",
        "before": 5120,
        "after": 4780,
        "change": -340,
        "reason": "refunds",
        "text": FIRST,
    }


def _give(answer: Any, day: str, query: Mapping[str, str]) -> Any:
    return answer


def test_rows_that_came_or_went_are_null_on_one_side(tmp_path: Path) -> None:
    """As the schema allows; so is the project, where the dataset does not tell projects apart."""
    used = point("2026-10-12T00:00:00.000Z", jobs=3, cost=20)
    for name, now in (("Kling V3", FOUND - timedelta(hours=3)), ("Kling V4", FOUND)):
        answer = usages(models=[model_row(name, used)])
        api = Api(partial(_give, answer), PROJECTS)
        export_well(tmp_path, "--since", "2026-10-12", *DAYS[2:-1], transport=api, now=now)

    document = restatements(tmp_path, "--json").json

    Draft202012Validator(run("schema", "restatements").json).validate(document)
    rows = [[row[key] for key in ("name", "before", "after")] for row in document["restatements"]]
    assert sorted(rows) == [["Kling V3", 20, None], ["Kling V4", None, 20]]
    assert {row["project"] for row in document["restatements"]} == {None}
    assert {row["reason"] for row in document["restatements"]} == {"new", "gone"}


def test_a_reason_that_the_figures_do_not_suggest_is_null(tmp_path: Path) -> None:
    """Such as that of a discount without a cost."""
    day = ("--since", "2026-10-12", *DAYS[2:-1])
    for discount, now in ((5, FOUND - timedelta(hours=3)), (4, FOUND)):
        used = point("2026-10-12T00:00:00.000Z", jobs=3, cost=20, discount=discount)
        api = Api(partial(_give, usages(models=[model_row("Kling V3", used)])), PROJECTS)
        export_well(tmp_path, *day, transport=api, now=now)

    document = restatements(tmp_path, "--json", "--all").json

    Draft202012Validator(run("schema", "restatements").json).validate(document)
    rows = {row["column"]: row["reason"] for row in document["restatements"]}
    assert rows == {"discount": None, "gross": None}


def test_events_are_not_compared(tmp_path: Path) -> None:
    """As they have no ids, one that came later is no restatement."""
    event = {"time": "2026-10-12T08:00:00.000Z", "usageName": "upscale", "creativeUnitsCost": 1}
    day = ("--since", "2026-10-12", "--until", "2026-10-12", "--datasets", "activity")
    later = event | {"creativeUnitsCost": 3}
    for events, now in (([event], FOUND - timedelta(hours=3)), ([event, later], FOUND)):
        answer = usages() | {"activity": events}
        export_well(tmp_path, *day, transport=Api(partial(_give, answer)), now=now)

    (table,) = tmp_path.glob("activity/**/*.csv")
    assert len(table.read_text().splitlines()) == 3
    assert texts_of(restatements(tmp_path, "--json", "--all")) == []


def test_csv_has_the_same_rows(folder: Path) -> None:
    """With the keys of JSON as its columns, after those of the period that every CSV has."""
    rows = list(csv.DictReader(io.StringIO(restatements(folder, "--csv").stdout)))

    assert list(rows[0]) == ["period_start", "period_end", *KEYS]
    assert [row["text"] for row in rows] == texts_of(restatements(folder, "--json"))


@pytest.mark.parametrize("output_format", ["table", "markdown"])
def test_people_are_shown_a_table(output_format: str, folder: Path) -> None:
    """With what it sums to; names are no markup."""
    result = restatements(folder, "--format", output_format)

    assert result.code == 0
    for word in ("Pirates", "Kling V3", "5,120", "4,780", "-340", "refunds", "Robots"):
        assert word in result.stdout
    heading = next(line for line in result.stdout.splitlines() if "Restated at" in line)
    assert re.split(r"\s{2,}", heading.replace("|", " ").strip()) == [
        *("Date", "Project", "Name", "Before", "After", "Change", "Reason", "Restated at")
    ]


@pytest.mark.parametrize(
    ("argv", "texts"),
    [
        (("--project", "pirates", "--until", "2026-10-12"), [FIRST]),
        (("--project", "project_1"), [FIRST]),
        (("--since", "2026-10-13"), []),
        (("--until", "2026-10-11"), []),
        (("--restated-since", "2026-10-15", "--project", "[Robots]"), []),
        (("--datasets", "consumption"), []),
        (("--since", "2026-10", "--project", "Pirates", "--datasets", "models"), [FIRST]),
    ],
)
def test_it_can_be_narrowed(argv: tuple[str, ...], texts: list[str], folder: Path) -> None:
    """To days, to runs, to projects and to tables."""
    found = texts_of(restatements(folder, "--json", *argv))

    assert [text for text in found if "counted" not in text] == texts


def test_all_has_every_column(folder: Path) -> None:
    """The others are told by their name."""
    found = texts_of(restatements(folder, "--json", "--all", "--project", "Pirates"))

    assert found[:2] == [
        FIRST,
        "12 Oct, project Pirates, Kling V3: gross, 5,120 to 4,780 CU (-340, refunds)",
    ]


def test_a_dataset_without_any_says_so(tmp_path: Path) -> None:
    """In each format."""
    export_well(tmp_path, *DAYS, transport=tell({"project_1": 1}), now=LATER)

    assert texts_of(restatements(tmp_path, "--json")) == []
    assert restatements(tmp_path, "--csv").stdout.splitlines() == [
        ",".join(("period_start", "period_end", *KEYS))
    ]
    assert restatements(tmp_path).code == 0


def test_a_file_is_written_as_a_whole(folder: Path, tmp_path: Path) -> None:
    """Its name says the format."""
    path = tmp_path / "moved.md"
    result = restatements(folder, "--output", str(path))

    assert (result.code, result.stdout) == (0, "")
    assert path.read_text().startswith("# Scenario restatements")


def test_a_damaged_file_is_refused_by_its_name(folder: Path, tmp_path: Path) -> None:
    """Whatever was done to it."""

    for change in (lambda path: path.write_text("mine\n"), Path.unlink):
        copy = shutil.copytree(folder, tmp_path / "copy")
        path = next(copy.glob("restatements/*/part.csv"))
        change(path)
        assert_refused(restatements(copy), 7, path.relative_to(copy).as_posix())
        shutil.rmtree(copy)


def test_what_is_no_whole_dataset_is_refused(folder: Path, tmp_path: Path) -> None:
    """None, an empty folder, one of a newer version, one that is being written."""

    copy = shutil.copytree(folder, tmp_path / "copy")
    with lock_store(open_store(str(copy)), 0, NOW):
        assert_refused(restatements(copy), 3, str(copy))
    write_manifest(copy, {**read_manifest(copy), "schema_version": 3})
    assert_refused(restatements(copy), 3, "newer version of this tool (schema 3)")
    (tmp_path / "empty").mkdir()
    for missing in ("empty", "nowhere"):
        assert_refused(restatements(tmp_path / missing), 3, "there is no dataset")


def test_a_run_that_was_killed_is_to_be_completed_first(tmp_path: Path) -> None:
    """It has begun to restate, and nobody knows what is in its place."""
    refused = 0
    for step in range(24):
        folder = tmp_path / str(step)
        export_well(folder, *DAYS, transport=tell({"project_1": 5}), now=FOUND)
        changed = tell({"project_1": 3})
        run_until_killed(folder, *DAYS, step=step, transport=changed, now=FOUND)
        result = restatements(folder)
        if result.code:
            assert_refused(result, 7, "by a run that has not ended")
            refused += 1
    assert refused > 4


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("--since", "2026-10-12", "--until", "2026-10-11"), ("--since", "after --until")),
        (("--since", "10/12/2026"), ("--since",)),
        (("--restated-since", "soon"), ("--restated-since", "soon")),
        (("--datasets", "moduls"), ("--datasets", "moduls")),
        (("--format", "yaml"), ("yaml",)),
        (("--json", "--csv"), ("--json and --csv",)),
    ],
)
def test_what_makes_no_sense_is_refused(
    argv: tuple[str, ...], words: tuple[str, ...], folder: Path
) -> None:
    """By the name of the option."""
    assert_refused(restatements(folder, *argv), 2, *words)


@pytest.mark.parametrize(
    ("project", "nearest"), [("Pirats", "Pirates"), ("project_3", "project_1 (Pirates)")]
)
def test_an_unknown_project_is_refused_with_the_nearest(
    folder: Path, project: str, nearest: str
) -> None:
    """By name and by id: nothing would be a wrong answer to a slip."""
    result = restatements(folder, "--project", project)

    assert_refused(result, 2, f"--project '{project}' is not known")
    assert nearest in result.stderr


def test_a_project_is_known_by_its_old_and_new_names(tmp_path: Path) -> None:
    """Restatements keep the name of their time, and rows of days have names of theirs."""
    for cost, now in ((5, FOUND - timedelta(hours=3)), (3, FOUND)):
        export_well(tmp_path, *DAYS, transport=tell({"project_1": cost}), now=now)
    renamed = tell({"project_1": 9}, projects={**PROJECTS, "project_1": "Buccaneers"})
    later = ("--since", "2026-10-10", "--until", "2026-10-11", "--repair", *DAYS[4:])
    export_well(tmp_path, *later, transport=renamed, now=LATER)

    for project in ("pirates", "Buccaneers", "project_1"):
        (text,) = texts_of(
            restatements(tmp_path, "--json", "--since", "2026-10-12", "--project", project)
        )
        assert "5 to 3 CU" in text


def test_a_dataset_of_focus_has_none(tmp_path: Path) -> None:
    """An empty table would say that nothing has moved."""
    price = ("--cu-price", "1", "--currency", "EUR", "--format", "focus")
    export_well(tmp_path, *DAYS[:4], *price, now=LATER)

    result = restatements(tmp_path)

    assert_refused(result, 2, "has rows of FOCUS, and no restatements")


def test_projects_need_a_dataset_that_tells_them_apart(tmp_path: Path) -> None:
    """With what would have them."""
    export_well(tmp_path, *DAYS[:-1], transport=tell({"project_1": 1}), now=LATER)
    result = restatements(tmp_path, "--project", "Pirates")

    assert_refused(result, 2, "does not tell projects apart")
    assert "--by-project" in result.stderr
