"""This tool against the vendor's SDK in a loop: `python -m tests.benchmarks [ROUNDS] [--write]`.

With `--write`, the table stands in the README afterwards.
"""

import os
import platform
import sys
from collections.abc import Iterator, Mapping

from tests.benchmarks.measure import Figures, alternate
from tests.benchmarks.servers import Canned, Log, build_answer, serving
from tests.readme import README, write_block

TOOL = [sys.executable, "-m", "scenario_usage_cli"]
SDK_REPORT = """
from datetime import UTC, datetime, timedelta
from scenario_sdk import Scenario
client = Scenario()
start, last = datetime(2024, 11, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
cost = jobs = 0
while start < last:
    beyond = min(start + timedelta(days=120), last)
    end = beyond - timedelta(milliseconds=1)
    answer = client.usages.list(start_date=start.isoformat(), end_date=end.isoformat())
    cost += sum(row.value for row in answer.consumption)
    jobs += sum(point.jobs for model in answer.api_model_usages for point in model.points)
    start = beyond
print(cost, jobs)
"""
SDK_ACTIVITY = """
import json
from scenario_sdk import Scenario
client, offset = Scenario(), 0
bounds = {"start_date": "2026-10-01T00:00:00.000Z", "end_date": "2026-11-20T23:59:59.999Z"}
while True:
    rows = client.usages.list(type=["activity"], activity_offset=offset, **bounds).activity
    for row in rows:
        print(json.dumps([row.time, row.action, row.user_id, row.creative_units_cost]))
    if len(rows) < 100:
        break
    offset += 100
"""
YEARS = ["--start", "2024-11-01", "--end", "2026-10-31"]
ONE_PART = ["--start", "2026-07-01", "--end", "2026-10-28"]
LOG = ["--start", "2026-10-01", "--end", "2026-11-20"]
MANY_PARTS = ["--start", "2015-01-01", "--end", "2026-10-30"]


def main(rounds: int) -> Iterator[str]:
    """Measure everything; gives the lines of a table of ratios."""
    machine = f"CPython {platform.python_version()}, {os.cpu_count()} cores"
    yield f"{machine}; medians of {rounds} rounds"
    yield f"{'work':44} {'this tool':>18} {'against':>18} {'time':>7} {'memory':>7}"
    small, large = build_answer(40, 100), build_answer(250, 112)
    with serving(Canned(small, delay_s=0.2)) as url:
        argv = ["report", "--json", *YEARS]
        figures = against_sdk(url, argv, SDK_REPORT, rounds)
        yield describe("two years in parts, 200 ms an answer / SDK", figures)
    with serving(Log(100_000)) as url:
        argv = ["activity", "--all", "--format", "ndjson", *LOG]
        figures = against_sdk(url, argv, SDK_ACTIVITY, rounds)
        yield describe("1,000 pages of activity / SDK", figures)
    with serving(Canned(large)) as url:
        commands = {
            "tool": [*TOOL, "report", "--csv", *MANY_PARTS],
            "other": [*TOOL, "report", "--csv", *ONE_PART],
        }
        figures = alternate(commands, environ(url), rounds=rounds)
        yield describe("36 parts of 3 MB / 1 part", figures)


def against_sdk(url: str, argv: list[str], script: str, rounds: int) -> dict[str, Figures]:
    """The tool and a script on the SDK, both asking the same server."""
    commands = {"tool": [*TOOL, *argv], "other": [sys.executable, "-c", script]}
    return alternate(commands, environ(url), rounds=rounds)


def environ(url: str) -> dict[str, str]:
    """Credentials that any of the servers takes."""
    return {
        **os.environ,
        "SCENARIO_BASE_URL": url,
        "SCENARIO_SDK_API_KEY": "benchmark-key",
        "SCENARIO_SDK_API_SECRET": "benchmark-secret",
        "SCENARIO_USAGE_CONFIG": os.devnull,
    }


def describe(work: str, figures: Mapping[str, Figures]) -> str:
    """One line of the table."""
    tool, other = figures["tool"], figures["other"]
    columns = [f"{f.seconds:7.2f} s {f.peak_mb:5.0f} MB" for f in (tool, other)]
    return (
        f"{work:44} {columns[0]:>18} {columns[1]:>18} "
        f"{tool.seconds / other.seconds:6.2f}x {tool.peak_mb / other.peak_mb:6.2f}x"
    )


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    lines = []
    for line in main(*numbers or [3]):
        print(line, flush=True)
        lines.append(line)
    if "--write" in sys.argv:
        README.write_text(
            write_block(README.read_text(encoding="utf-8"), "\n".join(lines)), encoding="utf-8"
        )
