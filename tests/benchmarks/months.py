"""A nightly run into a year of months against one into a year of days."""

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.benchmarks.export import sandbox
from tests.benchmarks.measure import run_once
from tests.benchmarks.rows import TOOL


class Night(NamedTuple):
    """What one run did, and what there is after it."""

    requests: int
    seconds: float
    written: int
    """Bytes of the files that it wrote."""
    files: int
    size: int
    """Bytes of all files."""


def measure_months(environ: Mapping[str, str]) -> str:
    """A line of what a nightly run takes in both layouts, in Parquet."""
    with sandbox() as variables, TemporaryDirectory() as folder:
        both = {name: Path(folder, name) for name in ("days", "months")}
        since = str((datetime.now(UTC) - timedelta(days=365)).date())
        begin = [*TOOL, "export", str(both["days"]), "--since", since, "--format", "parquet"]
        run_once(begin, {**environ, **variables})
        shutil.copytree(both["days"], both["months"])
        convert = [*TOOL, "export", str(both["months"]), "--partition", "month"]
        run_once(convert, {**environ, **variables})
        nights = [_run_nightly(target, {**environ, **variables}) for target in both.values()]
    requests, seconds, written, files, size = zip(*nights, strict=True)
    return (
        "a nightly run, a year of days, and of months: "
        f"{requests[0]} and {requests[1]} requests, "
        f"{seconds[0]:.2f} and {seconds[1]:.2f} s, "
        f"{written[0] / 1024:,.0f} and {written[1] / 1024:,.0f} KB written; "
        f"{files[0]:,} and {files[1]:,} files of {size[0] / 1024:,.0f} and {size[1] / 1024:,.0f} KB"
    )


def _run_nightly(target: Path, environ: Mapping[str, str]) -> Night:
    before = _stamp(target)
    log = target.with_suffix(".log")
    command = [*TOOL, "export", str(target), "--verbose"]
    figures = run_once(["sh", "-c", 'exec "$@" 2>"$0"', str(log), *command], environ)
    after = _stamp(target)
    written = sum(path.stat().st_size for path in after if before.get(path) != after[path])
    requests = log.read_text(encoding="utf-8").count("GET http")
    size = sum(path.stat().st_size for path in after)
    return Night(requests, figures.seconds, written, len(after), size)


def _stamp(folder: Path) -> dict[Path, int]:
    """When each file was written."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
