"""An export of a year by project: how many requests it makes, how fast it is, what it holds."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.measure import run_once
from tests.benchmarks.rows import TOOL

DAYS = 365
_YEAR = ("--since", "2025-11-01", "--until", "2026-10-31", "--by-project")


def measure_export(environ: Mapping[str, str]) -> str:
    """A line of what came of one run against the sandbox.

    The fewest requests possible are one a day and project, because consumption has neither a
    time axis nor a column of projects, and one for the list of these. What is made beyond them
    asks for the whole of each day, against which the projects are checked.
    """
    with sandbox() as variables, TemporaryDirectory() as folder:
        log, target = Path(folder, "log"), Path(folder, "usage")
        command = [*TOOL, "export", str(target), *_YEAR, "--verbose"]
        figures = run_once(
            ["sh", "-c", 'exec "$@" 2>"$0"', str(log), *command], {**environ, **variables}
        )
        requests = log.read_text(encoding="utf-8")
        manifest = json.loads((target / "_manifest.json").read_bytes())
    projects = len(set(re.findall(r"projectIds=(\w+)", requests)))
    made, fewest = requests.count("GET http"), DAYS * projects + 1
    rows = sum(day["rows"] for days in manifest["datasets"].values() for day in days.values())
    return (
        f"export, a year of {projects} projects: {made:,} requests, {made / fewest:.2f}x of the "
        f"fewest possible; {rows / figures.seconds:,.0f} rows/s, {figures.peak_mb:.0f} MB"
    )


@contextmanager
def sandbox() -> Iterator[dict[str, str]]:
    """The variables that lead to a sandbox in a process of its own."""
    command = [*TOOL, "sandbox", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        try:
            lines = [process.stdout.readline() for _ in range(3)]
            found = (re.fullmatch(r"export (\w+)=(.*)\n", line) for line in lines)
            yield {match[1]: match[2] for match in found if match}
        finally:
            process.terminate()
