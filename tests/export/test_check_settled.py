"""Settled days are looked at again, some each night, and what has moved is kept."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.export.support import (
    Answer,
    Api,
    Studio,
    assert_refused,
    export,
    export_well,
    read_manifest,
    rows_of,
    warnings_of,
)
from tests.support import model_row, point, usages

NOW = datetime(2026, 11, 10, 6, 0, tzinfo=UTC)
DAYS = ("--since", "2026-10-01", "--until", "2026-11-01")
TABLES = ("--datasets", "models,consumption")
CHECK = ("--check-settled", "90d")


def tell(tenth: int) -> Answer:
    """An API with one model that costs 7 every day, but this on the tenth of October."""
    days = [*(f"2026-10-{number:02}" for number in range(1, 32)), "2026-11-01"]

    def answer(day: str, query: Mapping[str, str]) -> Any:
        points = [
            point(f"{one}T00:00:00.000Z", jobs=1, cost=tenth if one == "2026-10-10" else 7)
            for one in days
            if query["startDate"][:10] <= one <= query["endDate"][:10]
        ]
        return usages(models=[model_row("a", *points)])

    return answer


plain, refund = tell(7), tell(5)


@pytest.fixture(params=["day", "month"])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A month and a day, all of them settled, in both layouts."""
    argv = (*DAYS, "--datasets", "models", "--partition", request.param)
    export_well(tmp_path, *argv, transport=Api(plain), now=NOW - timedelta(days=1))
    return tmp_path


def test_what_has_moved_is_kept_and_the_day_rewritten(folder: Path) -> None:
    """With a warning, as somebody may have told others the old figure."""
    argv = ("--until", "2026-11-01", "--datasets", "models", *CHECK)
    result = export_well(folder, *argv, transport=Api(refund), now=NOW)
    again = export_well(folder, *argv, transport=Api(refund), now=NOW)

    (path,) = folder.glob("restatements/*/part.csv")
    assert [(row["date"], row["column"], row["before"], row["after"]) for row in rows_of(path)] == [
        ("2026-10-10", "cost", "7", "5"),
        ("2026-10-10", "gross", "7", "5"),
    ]
    assert warnings_of(result) == [
        "2026-10-10: final figures of models have changed: the table of restatements has what "
        "they were"
    ]
    assert warnings_of(again) == []
    costs = [row["cost"] for path in folder.glob("models/*/*") for row in rows_of(path)]
    assert (costs.count("5"), costs.count("7")) == (1, 31)
    assert export(folder, "--verify").code == 0


def test_each_night_goes_on_with_the_days_that_waited_longest(tmp_path: Path) -> None:
    """At most so many queries; the days that are fetched anyway do not count."""
    export_well(tmp_path, *DAYS, *TABLES, now=NOW)
    asked = []
    for night in range(1, 6):
        api, now = Studio(NOW + timedelta(days=night)), NOW + timedelta(days=night)
        argv = ("--until", "2026-11-01", *TABLES, *CHECK, "--check-queries", "8")
        result = export_well(tmp_path, *argv, "--json", now=now, transport=api)
        assert result.json["days_fetched"] == 8
        asked.append(sorted({one.url.params["startDate"][:10] for one in api.requests}))

    days = [f"2026-10-{number:02}" for number in range(1, 32)] + ["2026-11-01"]
    assert asked == [days[:8], days[8:16], days[16:24], days[24:], days[:8]]
    assert len(read_manifest(tmp_path)["datasets"]["models"]) == 32


def test_the_shortest_age_is_that_of_the_newest_final_day(folder: Path) -> None:
    """Counted from the last day that is asked for, which may be long ago."""
    argv = ("--datasets", "models", "--dry-run", "--check-settled")
    for until, age in (("2026-11-10", "4d"), ("2026-11-01", "0d")):
        result = export_well(folder, "--until", until, *argv, age, transport=Api(plain), now=NOW)
        assert "startDate=2026-11-01" in result.stdout or until == "2026-11-10"


def test_days_beyond_the_age_are_left_alone(folder: Path) -> None:
    """The age is that of the day on the last day of the run."""
    argv = ("--until", "2026-11-01", "--datasets", "models", "--check-settled", "3d", "--json")
    result = export_well(folder, *argv, transport=Api(plain), now=NOW)

    assert result.json["days_fetched"] == 4


def test_days_before_the_first_one_of_the_run_are_left_alone(folder: Path) -> None:
    """However old the days may be that are looked at again."""
    argv = ("--since", "2026-10-20", "--until", "2026-11-01", "--datasets", "models", *CHECK)
    result = export_well(folder, *argv, "--json", transport=Api(refund), now=NOW)

    assert result.json["days_fetched"] == 13
    assert list(folder.glob("restatements/*/part.csv")) == []


def test_the_queries_of_the_checks_are_listed(folder: Path) -> None:
    """As those of a run are; nothing is asked."""
    argv = ("--until", "2026-11-01", "--datasets", "models", *CHECK, "--dry-run")
    result = export_well(folder, *argv, now=NOW)

    assert result.stdout.count("GET /usages") == 1
    assert "startDate=2026-10-01" in result.stdout


def test_too_few_queries_for_a_single_day_are_told(tmp_path: Path) -> None:
    """A dataset by project takes one for each; everything else is exported."""
    argv = (*DAYS[:2], "--until", "2026-10-02", "--datasets", "consumption", "--by-project")
    export_well(tmp_path, *argv, now=NOW)
    result = export_well(tmp_path, *argv, *CHECK, "--check-queries", "2", now=NOW)

    assert warnings_of(result) == [
        "no settled day was looked at again: a single day takes more than the 2 "
        "queries of --check-queries; give it more"
    ]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("--check-queries", "5"), ("--check-queries needs --check-settled",)),
        ((*CHECK, "--verify"), ("--verify and --check-settled contradict each other",)),
        (("--check-settled", "soon"), ("--check-settled", "soon")),
        ((*CHECK, "--check-queries", "-1"), ("--check-queries", "-1")),
        (("--check-settled", "0d"), ("--check-settled", "2026-11-18")),
        (("--check-settled", "3d"), ("--check-settled", "2026-11-18")),
        ((*CHECK, "--settle", "91d"), ("--check-settled", "2026-08-22")),
    ],
)
def test_what_makes_no_sense_is_refused(
    argv: tuple[str, ...], words: tuple[str, ...], tmp_path: Path
) -> None:
    """Before anything is written."""
    assert_refused(export(tmp_path / "usage", *argv), 2, *words)
    assert not (tmp_path / "usage").exists()


@pytest.mark.parametrize("age", ["999999d", "99999999d", f"{'9' * 99}w"])
def test_an_age_of_all_time_is_fine(age: str, folder: Path) -> None:
    """Longer than there are dates."""
    argv = ("--until", "2026-11-01", "--datasets", "models", "--check-settled", age)
    assert export_well(folder, *argv, transport=Api(plain), now=NOW)


@pytest.mark.parametrize("argv", [CHECK, ("--partition", "month")])
def test_rows_of_focus_have_neither(argv: tuple[str, ...], tmp_path: Path) -> None:
    """The first run and later ones are refused."""
    days = (
        "--since",
        "2026-10-30",
        "--until",
        "2026-10-31",
        "--cu-price",
        "1",
        "--currency",
        "EUR",
    )
    first = export(tmp_path / "new", *days, *argv, "--format", "focus", now=NOW)
    export_well(tmp_path / "usage", *days, "--format", "focus", now=NOW)
    later = export(tmp_path / "usage", *days, *argv, now=NOW)

    assert_refused(first, 2, "ocus")
    assert_refused(later, 2, "was exported as rows of FOCUS, and not ")
    assert not (tmp_path / "new").exists() or not list((tmp_path / "new").iterdir())
