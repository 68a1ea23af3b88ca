"""`export --format focus`: the rows of `report`, a file for each day, and how recent they are."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest

from scenario_usage_cli.sandbox.studio import PROJECTS
from tests.export.support import (
    ENVIRON,
    ONE_DAY,
    TWO_DAYS,
    Steps,
    Studio,
    assert_refused,
    export,
    export_well,
    read_everything,
    read_manifest,
    read_manifest_core,
    read_tree,
    run_until_killed,
    summary,
    warnings_of,
)
from tests.support import NOW, answer, run

FOCUS = ("--format", "focus")
PARQUET = ("--format", "focus-parquet")
PRICE = ("--cu-price", "0.0095", "--currency", "EUR")
UNPRICED = "there is no price of a CU: columns of money are empty, and do not conform to FOCUS"
RECENCY = "_recency.json"


def read_recency(folder: Path) -> Any:
    """The recency metadata."""
    return json.loads((folder / RECENCY).read_bytes())


def report(*argv: str, now: datetime = NOW) -> str:
    """What `report` writes of the same studio."""
    command = ("report", "--format", "focus", *argv)
    return run(*command, environ=ENVIRON, transport=Studio(now), now=now).stdout


@pytest.mark.parametrize("version", ["1.2", "1.4"])
def test_the_files_have_the_rows_of_report(tmp_path: Path, version: str) -> None:
    """Each has the header, and one day; --verify knows the columns."""
    more = (*PRICE, "--focus-version", version)
    export_well(tmp_path, *TWO_DAYS, *FOCUS, *more)
    parts = sorted(path for path in read_tree(tmp_path) if path != RECENCY)
    assert parts == [f"cost_and_usage/date=2026-10-0{day}/part.csv" for day in (5, 6)]
    header, *rows = report("--start", "2026-10-05", "--end", "2026-10-06", *more).splitlines()
    texts = [(tmp_path / path).read_text().splitlines() for path in parts]
    assert [text[0] for text in texts] == [header, header]
    assert [row for text in texts for row in text[1:]] == rows
    assert read_manifest(tmp_path)["focus"]["version"] == version
    assert export(tmp_path, "--verify").code == 0
    three = ("--since", "2026-10-05", "--until", "2026-10-07")
    assert summary(export_well(tmp_path, *TWO_DAYS, *FOCUS, *PRICE, "--json")) == (0, 0)
    assert summary(export_well(tmp_path, *three, *PRICE, "--json")) == (1, 1)


def test_parquet_has_the_same_rows_with_types(tmp_path: Path) -> None:
    """The same as `report` writes to a file that is called so."""
    export_well(tmp_path / "ds", *ONE_DAY, *PARQUET, *PRICE)
    report("--period", "2026-10-05", *PRICE, "--output", str(tmp_path / "day.parquet"))
    part = tmp_path / "ds" / "cost_and_usage" / "date=2026-10-05" / "part.parquet"
    assert part.read_bytes() == (tmp_path / "day.parquet").read_bytes()
    assert pq.read_table(part).num_rows > 10
    assert export(tmp_path / "ds", "--verify").code == 0


def test_recency_tells_what_is_complete_and_when_it_was_fetched(tmp_path: Path) -> None:
    """A day is provisional for three days, in its rows, too; the next runs fetch it again."""
    since = ("--since", "2026-11-18")
    export_well(tmp_path, *since, *FOCUS, *PRICE)
    recency = read_recency(tmp_path)
    assert recency["DatasetInstanceId"].endswith("/CostAndUsage")
    assert recency["RecencyLastUpdated"] == "2026-11-22T18:30:00Z"
    assert recency["TimeSectors"] == [
        {
            "TimeSectorStart": f"2026-11-{day}T00:00:00Z",
            "TimeSectorEnd": f"2026-11-{day + 1}T00:00:00Z",
            "TimeSectorComplete": day == 18,
            "TimeSectorLastUpdated": "2026-11-22T18:30:00Z",
        }
        for day in range(18, 23)
    ]
    tree = read_tree(tmp_path)
    marks = {path: body.splitlines()[1].rpartition(b",")[2] for path, body in tree.items()}
    assert [marks[path] for path in sorted(marks) if path != RECENCY] == [b"false"] + [b"true"] * 4

    later = NOW + timedelta(days=2)
    result = export_well(tmp_path, *since, *FOCUS, *PRICE, "--json", now=later)
    assert summary(result) == (6, 6)
    sectors = read_recency(tmp_path)["TimeSectors"]
    assert [one["TimeSectorComplete"] for one in sectors] == [True] * 3 + [False] * 4
    assert [one["TimeSectorLastUpdated"][:10] for one in sectors] == [
        *("2026-11-22", *["2026-11-24"] * 6)
    ]
    assert b"true" not in read_tree(tmp_path)["cost_and_usage/date=2026-11-20/part.csv"]


def test_days_without_a_price_are_told(tmp_path: Path) -> None:
    """The files are there, and have no money."""
    result = export_well(tmp_path, *TWO_DAYS, *FOCUS, "--json")
    assert warnings_of(result) == [f"2026-10-05 and 1 other day: {UNPRICED}"]
    result = export_well(tmp_path, *TWO_DAYS, *PRICE)
    without = "it was begun without a price and has no amounts"
    assert warnings_of(result) == [f"{without}; an export into another DIR has them"]
    body = report("--start", "2026-10-05", "--end", "2026-10-05")
    assert read_tree(tmp_path)["cost_and_usage/date=2026-10-05/part.csv"].decode() == body


def test_prices_that_change_are_those_of_the_days(tmp_path: Path) -> None:
    """--repair makes the amounts of all days anew."""
    export_well(tmp_path, *ONE_DAY, *FOCUS, *PRICE)
    other = ("--cu-price", "0.02", "--currency", "EUR")
    assert summary(export_well(tmp_path, *ONE_DAY, *FOCUS, *other, "--json")) == (0, 0)
    assert summary(export_well(tmp_path, *ONE_DAY, *FOCUS, *other, "--repair", "--json")) == (1, 1)
    body = report("--period", "2026-10-05", *other)
    assert read_tree(tmp_path)["cost_and_usage/date=2026-10-05/part.csv"].decode() == body


@pytest.mark.parametrize(
    ("argv", "error"),
    [
        (("--datasets", "models"), "--format focus and --datasets contradict each other"),
        (("--partition", "month"), "--format focus and --partition contradict each other"),
        (("--cost-centres", "a.toml"), "--format focus and --cost-centres contradict each other"),
        (("--focus-version", "2"), "--focus-version '2' is not known"),
        (
            ("--cu-price", "list"),
            "an export takes no list price",
        ),
    ],
)
def test_what_is_refused(tmp_path: Path, argv: tuple[str, ...], error: str) -> None:
    """Before anything is asked or written."""
    assert_refused(export(tmp_path / "ds", *ONE_DAY, *FOCUS, *argv), 2, error)
    assert not (tmp_path / "ds").exists()


def test_a_version_without_the_format_is_refused(tmp_path: Path) -> None:
    """Tables have no such version."""
    result = export(tmp_path / "ds", *ONE_DAY, "--focus-version", "1.4")
    assert_refused(result, 2, "--focus-version needs --format focus")


@pytest.mark.parametrize(
    ("argv", "error"),
    [
        (("--datasets", "models"), "was exported as rows of FOCUS, and not as models"),
        (("--partition", "month"), "was exported as rows of FOCUS, and not by month"),
        (PARQUET, "was exported in csv, and not in parquet"),
        ((*FOCUS, "--focus-version", "1.4"), "was exported as FOCUS 1.2, and not as FOCUS 1.4"),
    ],
)
def test_a_dataset_stays_what_it_was_begun_as(
    tmp_path: Path, argv: tuple[str, ...], error: str
) -> None:
    """Nothing is asked for, and nothing written."""
    export_well(tmp_path, *ONE_DAY, *FOCUS, *PRICE)
    before = read_everything(tmp_path)
    assert_refused(export(tmp_path, *ONE_DAY, *argv, *PRICE), 2, error)
    assert read_everything(tmp_path) == before


def test_tables_do_not_become_rows_of_focus(tmp_path: Path) -> None:
    """A dataset of FOCUS has a folder of its own."""
    export_well(tmp_path, *ONE_DAY)
    result = export(tmp_path, *ONE_DAY, *FOCUS)
    assert_refused(result, 2, "was exported as tables, and not as rows of FOCUS")


def test_another_team_is_refused(tmp_path: Path) -> None:
    """A key of another account finds what it must not go on with."""

    class Other(Studio):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/teams"):
                return answer({"teams": [{"id": "team_b", "name": "B"}]})
            return super().handle_request(request)

    export_well(tmp_path, *ONE_DAY, *FOCUS, *PRICE)
    result = export(tmp_path, *TWO_DAYS, *FOCUS, *PRICE, transport=Other())
    assert result.code == 2
    assert "and not of team_b" in result.error


@pytest.mark.parametrize("file_format", [FOCUS, PARQUET])
def test_a_lost_manifest_is_made_again(tmp_path: Path, file_format: tuple[str, ...]) -> None:
    """The version is that of the columns, and all days are fetched again."""
    argv = (*TWO_DAYS, *file_format, *PRICE)
    export_well(tmp_path, *argv, "--focus-version", "1.4")
    before, manifest = read_tree(tmp_path), read_manifest_core(tmp_path)
    (tmp_path / "_manifest.json").unlink()
    assert summary(export_well(tmp_path, *argv, "--json")) == (2, 2)
    assert (read_tree(tmp_path), read_manifest_core(tmp_path)) == (before, manifest)


def test_dying_before_any_step_changes_nothing_in_the_end(tmp_path: Path) -> None:
    """Neither of the rows, nor of what tells how recent they are."""
    argv = (*ONE_DAY, *FOCUS, *PRICE, "--project", PROJECTS[0].id)
    undisturbed = tmp_path / "undisturbed"
    with pytest.MonkeyPatch.context() as patch:
        steps = Steps(patch)
        export_well(undisturbed, *argv)
    for step in range(len(steps.taken)):
        folder = tmp_path / str(step)
        assert run_until_killed(folder, *argv, step=step, transport=Studio()) is not None
        result = export_well(folder, *argv, "--json")
        assert (step, result.json["edited"]) == (step, [])
        assert read_tree(folder) == read_tree(undisturbed)
        assert read_manifest_core(folder) == read_manifest_core(undisturbed)


def test_one_query_for_each_day_and_project(tmp_path: Path) -> None:
    """And one for all; --dry-run lists them."""
    studio = Studio()
    export_well(tmp_path / "ds", *TWO_DAYS, *FOCUS, transport=studio)
    asked = [one for one in studio.requests if one.url.path.endswith("/usages")]
    projects = {one.url.params.get("projectIds") for one in asked}
    assert (len(asked), len(projects)) == (2 * len(projects), len(projects))
    assert {one.url.params["type"] for one in asked} == {"consumption,model-usages,usages"}
    listed = export_well(tmp_path / "dry", *TWO_DAYS, *FOCUS, "--dry-run", "--json").json
    assert len(listed["queries"]) == len(asked)


def test_people_are_not_looked_up(tmp_path: Path) -> None:
    """No row has any."""
    asked: list[str] = []

    class Noting(Studio):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            asked.append(request.url.path.removeprefix("/v1"))
            return super().handle_request(request)

    export_well(tmp_path, *ONE_DAY, *FOCUS, transport=Noting())
    assert sorted(set(asked)) == ["/projects", "/teams", "/usages"]


@pytest.mark.parametrize(
    ("command", "table"),
    [("report", "consumption"), ("trend", "consumption"), ("activity", "activity")],
)
def test_reports_are_made_of_tables(tmp_path: Path, command: str, table: str) -> None:
    """Rows of FOCUS are no source for them, and the hint says what is."""
    export_well(tmp_path, *ONE_DAY, *FOCUS, *PRICE)
    result = run(command, "--from", str(tmp_path), "--period", "2026-10-05", environ=ENVIRON)
    assert_refused(result, 2, f"{tmp_path} has rows of FOCUS, and no {table}")
    assert "without --format focus" in result.stderr
