"""The dataset adds up to the report of the same days, whatever became of the runs that made it."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenario_usage_cli.export.store import Folder
from tests.support import run
from tests.test_invariance import ENVIRON, Counting, ask, millionths

FIRST, LAST = date(2026, 8, 1), date(2026, 11, 22)
KEYS = {
    "models": "model_id",
    "assets": "kind",
    "actions": "action",
    "moderation": "label",
    "quality_gates": "verdict",
    "consumption": "user_id",
}
FIGURES = {
    "models": ("jobs", "cost", "discount", "gross", "api_key_cost", "api_key_discount"),
    "assets": ("count", "api_key_count"),
    "actions": (
        *("count", "api_key_count"),
        *("cost", "discount", "api_key_cost", "api_key_discount"),
    ),
    "moderation": ("count", "api_key_count"),
    "quality_gates": ("count", "api_key_count"),
    "consumption": ("cost", "discount", "gross"),
}
slow = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
stretches = st.tuples(st.integers(0, (LAST - FIRST).days), st.integers(0, 9)).map(
    lambda drawn: (FIRST + timedelta(drawn[0]), min(LAST, FIRST + timedelta(sum(drawn))))
)


class Killed(BaseException):
    """What nothing in the process can do anything about."""


def export(folder: Path, first: date, last: date, *options: str) -> None:
    """A run that must go well."""
    ask("export", str(folder), "--since", str(first), "--until", str(last), *options)


def export_and_die(folder: Path, first: date, last: date, *options: str, writes: int) -> None:
    """A run that ends in the middle of things, after so many writes."""
    left = writes
    write = Folder.write

    def dying(self: Folder, path: str, body: bytes) -> str:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed
        return write(self, path, body)

    argv = ("export", str(folder), "--since", str(first), "--until", str(last), *options)
    with mock.patch.object(Folder, "write", dying):
        try:
            run(*argv, environ=ENVIRON, transport=Counting())
        except Killed:
            return


def read(folder: Path, table: str) -> Iterator[dict[str, str]]:
    """Every row of a table."""
    for path in sorted(folder.glob(f"{table}/date=*/part.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def sums_of_dataset(folder: Path, *, by: tuple[str, ...] = ()) -> Counter[tuple[str, ...]]:
    """Every figure, by table, id and measure, and by these columns as well, in millionths."""
    sums: Counter[tuple[str, ...]] = Counter()
    for table, key in KEYS.items():
        for row in read(folder, table):
            for measure in FIGURES[table]:
                place = (table, *(row[column] for column in by), row[key], measure)
                sums[place] += int(Decimal(row[measure] or 0) * 1_000_000)
    return Counter({place: figure for place, figure in sums.items() if figure})


def sums_of_report(document: Any) -> Counter[tuple[str, ...]]:
    """The same figures of a report."""
    return Counter(
        {
            (table, row[key], measure): figure
            for table, key in KEYS.items()
            for row in document[table]
            for measure in FIGURES[table]
            if (figure := millionths(row[measure]))
        }
    )


@slow
@given(stretches, st.lists(st.integers(0, 60), max_size=3), st.booleans())
def test_the_dataset_adds_up_to_the_report(
    days: tuple[date, date], kills: list[int], by_project: bool
) -> None:
    """Per model, kind, action, label, verdict and user, also after runs that were killed."""
    options = ("--by-project",) if by_project else ()
    with TemporaryDirectory() as name:
        folder = Path(name)
        for writes in kills:
            export_and_die(folder, *days, *options, writes=writes)
        export(folder, *days, *options)
        sums = sums_of_dataset(folder)

    report = ask("report", "--json", "--start", str(days[0]), "--end", str(days[1])).json
    assert sums == sums_of_report(report)


@slow
@given(stretches)
def test_projects_add_up_to_the_report_of_each(days: tuple[date, date]) -> None:
    """Project by project, model by model; and no row is without a project."""
    with TemporaryDirectory() as name:
        export(Path(name), *days, "--by-project")
        sums = sums_of_dataset(Path(name), by=("project_id",))

    options = ("--by", "project", "--start", str(days[0]), "--end", str(days[1]))
    breakdown = ask("report", "--json", *options).json["breakdown"]
    expected = {
        ("models", row["project_id"], row["model_id"], measure): figure
        for row in breakdown["rows"]
        if row["model_id"]
        for measure in ("jobs", "cost", "discount", "gross")
        if (figure := millionths(row[measure]))
    }
    found = {
        place: figure
        for place, figure in sums.items()
        if place[0] == "models" and place[3] in ("jobs", "cost", "discount", "gross")
    }
    assert found == expected
    charged: Counter[str] = Counter()
    for place, figure in sums.items():
        if place[0] == "consumption" and place[3] == "cost":
            charged[place[1]] += figure
    totals = {total["project_id"]: millionths(total["cost"]) for total in breakdown["totals"]}
    assert charged == Counter({project: figure for project, figure in totals.items() if figure})


@pytest.mark.parametrize("tables", ["models,assets", "models,consumption", "activity"])
def test_a_second_run_asks_for_unsettled_days_only(tables: str, tmp_path: Path) -> None:
    """The running day and the three before it; with --settle 0d, the running one alone."""
    argv = ("export", str(tmp_path), "--datasets", tables)
    ask(*argv)
    second, third, settled = Counting(), Counting(), Counting()
    ask(*argv, transport=second)
    ask(*argv, "--settle", "0d", transport=third)
    ask(*argv, "--settle", "0d", "--until", "yesterday", transport=settled)

    assert {query["startDate"][:10] for query in second.queries if "type" in query} <= {
        f"2026-11-{day}" for day in (19, 20, 21, 22)
    }
    assert next(query["startDate"][:10] for query in second.queries if "type" in query) == (
        "2026-11-19"
    )
    assert {query["startDate"][:10] for query in third.queries if "type" in query} == {"2026-11-22"}
    assert settled.queries == []


def test_events_are_those_of_the_log(tmp_path: Path) -> None:
    """Each once, newest first within its day, with the columns of `activity`."""
    export(tmp_path, date(2026, 11, 1), date(2026, 11, 9), "--datasets", "activity")
    period = ("--start", "2026-11-01", "--end", "2026-11-09")
    log = ask("activity", "--all", "--csv", *period).stdout.splitlines(keepends=True)
    parts = [
        path.read_text(encoding="utf-8").splitlines(keepends=True)
        for path in sorted(tmp_path.glob("activity/date=*/part.csv"), reverse=True)
    ]

    assert [line for lines in parts for line in lines[1:]] == log[1:]
    assert {lines[0] for lines in parts} == {log[0]}


class Requests(Counting):
    """Counts only what asks for usage."""

    @property
    def asked(self) -> list[dict[str, str]]:
        return [query for query in self.queries if "type" in query]


def test_a_day_with_consumption_is_one_query(tmp_path: Path) -> None:
    """All its tables at once: no request is made that the API does not need."""
    studio = Requests()
    ask("export", str(tmp_path), "--since", "2026-10-01", "--until", "2026-10-31", transport=studio)

    assert len(studio.asked) == 31
    assert {query["type"].count(",") for query in studio.asked} == {5}


def test_days_without_consumption_share_queries(tmp_path: Path) -> None:
    """A year without: 120 days are too coarse, once; then as many as the API gives by day."""
    studio = Requests()
    argv = ("--since", "2025-11-01", "--until", "2026-10-31", "--datasets", "models,actions")
    ask("export", str(tmp_path), *argv, "--jobs", "1", transport=studio)

    assert len(studio.asked) == 1 + 7
    assert len(list(tmp_path.glob("*/*/part.csv"))) == 2 * 365


def test_each_project_is_one_more_query(tmp_path: Path) -> None:
    """And the whole, which tells what belongs to none of them."""
    studio = Requests()
    argv = ("--since", "2026-10-01", "--until", "2026-10-03", "--by-project")
    ask("export", str(tmp_path), *argv, transport=studio)
    of_projects = Counter(query.get("projectIds") for query in studio.asked)

    assert len(of_projects) > 3
    assert set(of_projects.values()) == {3}


def test_only_what_is_missing_is_asked_for(tmp_path: Path) -> None:
    """A table that is new, a partition that is gone, and days before and after."""
    export(tmp_path, date(2026, 10, 10), date(2026, 10, 20), "--datasets", "models")
    (tmp_path / "models/date=2026-10-12/part.csv").unlink()
    studio = Requests()
    argv = ("--since", "2026-10-09", "--until", "2026-10-21", "--datasets", "models,assets")
    ask("export", str(tmp_path), *argv, "--jobs", "1", transport=studio)
    asked = {
        (query["startDate"][:10], query["endDate"][:10], query["type"]) for query in studio.asked
    }

    assert asked == {
        ("2026-10-09", "2026-10-09", "model-usages,asset-usages"),
        ("2026-10-10", "2026-10-11", "asset-usages"),
        ("2026-10-12", "2026-10-12", "model-usages,asset-usages"),
        ("2026-10-13", "2026-10-20", "asset-usages"),
        ("2026-10-21", "2026-10-21", "model-usages,asset-usages"),
    }


def test_a_run_that_was_skipped_for_months_leaves_no_gap(tmp_path: Path) -> None:
    """Without --since, it goes on where the last one ended."""
    export(tmp_path, date(2026, 7, 1), date(2026, 7, 5), "--datasets", "models")
    ask("export", str(tmp_path), "--datasets", "models")
    days = sorted(path.parent.name for path in tmp_path.glob("models/*/part.csv"))

    assert days[0] == "date=2026-07-01"
    assert days[-1] == "date=2026-11-22"
    assert len(days) == (date(2026, 11, 22) - date(2026, 7, 1)).days + 1


def test_dry_run_lists_what_a_run_asks_for(tmp_path: Path) -> None:
    """Query by query, as they are made, and makes none of them."""
    dry, wet = Requests(), Requests()
    argv = ("export", str(tmp_path / "new"), "--since", "2026-11-10", "--datasets")
    listed = ask(*argv, "models,consumption,activity", "--dry-run", "--json", transport=dry).json
    ask(*argv, "models,consumption,activity", transport=wet)

    queries = [dict(httpx.URL(query).params) for query in listed["queries"]]
    first_pages = [query for query in wet.asked if "activityOffset" not in query]
    assert dry.queries == []
    assert sorted(map(str, queries)) == sorted(map(str, first_pages))
