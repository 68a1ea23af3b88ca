"""Where everything is in the folder of a dataset."""

import re
from datetime import date, timedelta
from typing import NamedTuple

TABLES = ("models", "assets", "actions", "moderation", "quality_gates", "consumption", "activity")
"""The tables that can be exported; a new one is added at the end."""

USUAL_TABLES = tuple(table for table in TABLES if table != "activity")

COST_AND_USAGE = "cost_and_usage"
"""The only table of a dataset of FOCUS."""

ALL_TABLES = (*TABLES, COST_AND_USAGE)
"""The tables that a dataset may have."""

CHARGED = ("models", "actions", "consumption", "activity")
"""Those whose rows have CU, and may have amounts of money."""

OF_PEOPLE = ("consumption", "activity")
"""Those whose rows have a person or an API key."""

FORMATS = ("csv", "parquet")
FOCUS_FORMATS = {"focus": "csv", "focus-parquet": "parquet"}
"""What --format calls datasets of FOCUS, and the format of their files."""

MANIFEST = "_manifest.json"
RECENCY = "_recency.json"
LOCK = "_lock"
"""Hive, Spark and others ignore names that begin with an underscore."""

STAGE = "_merge"
"""The folder for what is about to replace several files at once."""

_PARTITION = re.compile(
    rf"({'|'.join(ALL_TABLES)})/(?:date=(\d{{4}}-\d\d-\d\d)|month=(\d{{4}}-\d\d))/part\.(csv|parquet)"
)


RESTATEMENTS = "restatements"
_RESTATEMENTS = re.compile(rf"{RESTATEMENTS}/run=(\d{{8}}T\d{{6}}Z(?:-\d+)?)/part\.(csv|parquet)")


class Place(NamedTuple):
    """What a partition is of: a day, or the month that begins with it."""

    table: str
    day: date
    file_format: str
    is_month: bool = False

    @property
    def days(self) -> list[date]:
        """The day, or all days that the month has."""
        return list_days(self.day, find_last_day(self.day) if self.is_month else self.day)


def format_path(table: str, day: date, file_format: str, *, is_month: bool = False) -> str:
    """The path of a partition below the folder: `models/date=2026-05-01/part.csv`.

    That of a month is `models/month=2026-05/part.csv`, for each of its days.
    """
    folder = f"month={day.isoformat()[:7]}" if is_month else f"date={day.isoformat()}"
    return f"{table}/{folder}/part.{file_format}"


def parse_path(path: str) -> Place | None:
    """What a partition is of; None for any other file."""
    found = _PARTITION.fullmatch(path)
    if not found:
        return None
    table, day, month, file_format = found.groups()
    try:
        return Place(table, date.fromisoformat(day or f"{month}-01"), file_format, day is None)
    except ValueError:
        return None


def format_restatements(run: str, file_format: str) -> str:
    """The path of what a run has restated."""
    return f"{RESTATEMENTS}/run={run}/part.{file_format}"


def parse_restatements(path: str) -> str | None:
    """The run that has written such a file; None for any other file."""
    found = _RESTATEMENTS.fullmatch(path)
    return found and found[1]


def order_run(run: str) -> tuple[str, int]:
    """What sorts runs by time: the start, and the number of those with the same."""
    start, _, number = run.partition("-")
    return start, int(number or 1)


def find_last_day(day: date) -> date:
    """The last day of its month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def list_days(first: date, last: date) -> list[date]:
    """Every day from the first to the last."""
    return list(map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1)))
