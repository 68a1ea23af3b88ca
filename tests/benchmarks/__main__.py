"""This tool against what one would type instead: `python -m tests.benchmarks [ROUNDS] [--write]`.

With `--write`, the table stands in the README afterwards. The tool is run by its entry point, as
the installed `scenario-usage` does it.
"""

import os
import platform
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from tempfile import TemporaryDirectory

from tests.benchmarks.export import measure_export
from tests.benchmarks.measure import alternate, run_once
from tests.benchmarks.months import measure_months
from tests.benchmarks.rows import FOLDER, ROWS, Row
from tests.benchmarks.servers import serving

ROUNDS = 7


def main(rounds: int, rows: Sequence[Row] = ROWS) -> Iterator[str]:
    """Measure everything; gives the lines of a table of ratios."""
    machine = f"CPython {platform.python_version()}, {os.cpu_count()} cores"
    yield f"{machine}; medians of {rounds} rounds; time and memory as times of what it is against"
    yield (
        f"{'work':31}{'this tool':>16}  {'against':19}{'':>15}"
        f"{'time':>7}{'at most':>10}{'memory':>8}{'at most':>9}"
    )
    for row in rows:
        yield measure(row, rounds)
    yield measure_export(environ(""))
    yield measure_months(environ(""))


def measure(row: Row, rounds: int) -> str:
    """One line of the table."""
    with (
        serving(row.server) if row.server else nullcontext("") as url,
        TemporaryDirectory() as folder,
    ):
        before, ours, theirs = (
            [word.replace(FOLDER, folder) for word in command]
            for command in (row.before or (), row.tool, row.other)
        )
        if before:
            run_once(before, environ(url))
        tool, other = alternate(ours, theirs, environ(url), rounds=rounds)
    columns = [f"{f.seconds:.3f} s {f.peak_mb:4.0f} MB" for f in (tool, other)]
    return (
        f"{row.work:31}{columns[0]:>16}  {row.against:19}{columns[1]:>15}"
        f"{_mark(tool.seconds / other.seconds, row.most_time)}{_format(row.most_time):>9}"
        f"{_mark(tool.peak_mb / other.peak_mb, row.most_memory)}{_format(row.most_memory):>9}"
    )


def environ(url: str) -> dict[str, str]:
    """Credentials that any of the servers takes; and what is imported is compiled only once, by
    the round that does not count, as it is where the tool was installed.
    """
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {
        **inherited,
        "SCENARIO_BASE_URL": url,
        "SCENARIO_SDK_API_KEY": "benchmark-key",
        "SCENARIO_SDK_API_SECRET": "benchmark-secret",
        "SCENARIO_USAGE_CONFIG": os.devnull,
    }


def _mark(ratio: float, most: float | None) -> str:
    """The ratio, with a sign behind it where it is more than it may be."""
    sign = "!" if most is not None and round(ratio, 2) > most else " "
    return f"{ratio:6.2f}x{sign}"


def _format(most: float | None) -> str:
    return "" if most is None else f"{most:g}x"


if __name__ == "__main__":
    rounds = next((int(word) for word in sys.argv[1:] if word.isdigit()), ROUNDS)
    lines = []
    for line in main(rounds):
        print(line, flush=True)
        lines.append(line)
    if "--write" in sys.argv:
        # Imported late: what starts a process is the least that its peak memory can be.
        from tests.readme import README, write_block

        README.write_text(
            write_block(README.read_text(encoding="utf-8"), "\n".join(lines)), encoding="utf-8"
        )
