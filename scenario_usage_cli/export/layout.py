"""Where everything is in the folder of a dataset."""

import re
from datetime import date

TABLES = ("models", "assets", "actions", "moderation", "quality_gates", "consumption", "activity")
"""The tables that can be exported; a new one is added at the end."""

USUAL_TABLES = tuple(table for table in TABLES if table != "activity")

CHARGED = ("models", "actions", "consumption", "activity")
"""Those whose rows have CU, and may have amounts of money."""

FORMATS = ("csv", "parquet")
MANIFEST = "_manifest.json"
LOCK = "_lock"
"""Hive, Spark and others ignore names that begin with an underscore."""

_PARTITION = rf"({'|'.join(TABLES)})/date=(\d{{4}}-\d\d-\d\d)/part\.(csv|parquet)"


def format_path(table: str, day: date, file_format: str) -> str:
    """The path of a day's partition below the folder: `models/date=2026-05-01/part.csv`."""
    return f"{table}/date={day.isoformat()}/part.{file_format}"


def parse_path(path: str) -> tuple[str, date, str] | None:
    """The table, day and format of a partition; None for any other file."""
    found = re.fullmatch(_PARTITION, path)
    if not found:
        return None
    try:
        return found[1], date.fromisoformat(found[2]), found[3]
    except ValueError:
        return None
