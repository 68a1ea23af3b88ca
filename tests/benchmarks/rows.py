"""What is measured, against what, and how much of it is allowed: one row of the table each."""

import sys
from dataclasses import dataclass

ENTRY = "import sys; from scenario_usage_cli.__main__ import main; sys.exit(main())"
"""What the installed `scenario-usage` runs."""

FOLDER = "FOLDER"
"""Where this stands in a word of a command, it is given a folder of its row, empty at first."""

TOOL = (sys.executable, "-c", ENTRY)
_DAYS = ("--start", "2026-07-01", "--end", "2026-10-28")
_YEARS = ("--start", "2015-01-01", "--end", "2026-10-30")
_LOG_DAYS = ("--start", "2026-10-01", "--end", "2026-11-20")

_SDK_SUMS = """
import json
from scenario_sdk import Scenario
answer = Scenario().usages.list(
    start_date="2026-07-01T00:00:00.000Z", end_date="2026-10-28T23:59:59.999Z"
)
charges = ("value", "discount", "total")
figures = ("jobs", "cost", "discount", "api_key_cost", "api_key_discount")
print(json.dumps({
    "totals": {name: sum(getattr(row, name) for row in answer.consumption) for name in charges},
    "models": [
        {
            "id": row.api_model_id,
            **{name: sum(getattr(point, name) for point in row.points) for name in figures},
        }
        for row in answer.api_model_usages
    ],
}))
"""
_SDK_YEARS = """
import json
from datetime import UTC, datetime, timedelta
from scenario_sdk import Scenario
client = Scenario()
start, last = datetime(2024, 11, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
charged, jobs = 0, {}
while start < last:
    beyond = min(start + timedelta(days=120), last)
    end = beyond - timedelta(milliseconds=1)
    answer = client.usages.list(start_date=start.isoformat(), end_date=end.isoformat())
    charged += sum(row.value for row in answer.consumption)
    for row in answer.api_model_usages:
        made = sum(point.jobs for point in row.points)
        jobs[row.api_model_id] = jobs.get(row.api_model_id, 0) + made
    start = beyond
print(json.dumps({"charged": charged, "jobs": jobs}))
"""
_JQ_SUMS = """{
    totals: (.consumption | {
        value: map(.value) | add, discount: map(.discount) | add, total: map(.total) | add
    }),
    models: [.modelUsages[] | {id: .modelId} + (.points | {
        jobs: map(.jobs) | add,
        cost: map(.cost) | add,
        discount: map(.discount) | add,
        apiKeyCost: map(.apiKeyCost) | add,
        apiKeyDiscount: map(.apiKeyDiscount) | add
    })]
}"""
_CURL = (
    'curl -s -u "$SCENARIO_SDK_API_KEY:$SCENARIO_SDK_API_SECRET" "$SCENARIO_BASE_URL/usages?'
    'startDate=2026-07-01T00:00:00.000Z&endDate=2026-10-28T23:59:59.999Z"'
)
_SDK_LOG = """
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


@dataclass(frozen=True)
class Row:
    """Two commands, and how many times as much the first may take as the second; both ask the
    server of this name, if there is one. `before` is run once, and not measured.
    """

    work: str
    against: str
    tool: tuple[str, ...]
    other: tuple[str, ...]
    server: str | None = None
    most_time: float | None = None
    most_memory: float | None = None
    before: tuple[str, ...] | None = None


def _python(script: str) -> tuple[str, ...]:
    return (sys.executable, "-c", script)


def _shell(script: str, *argv: str) -> tuple[str, ...]:
    return ("sh", "-c", script, "sh", *argv)


_JSON = (*TOOL, "report", "--json", *_DAYS)
_LOG = (*TOOL, "activity", "--all", "--format", "ndjson", *_LOG_DAYS)
_HELP = (*TOOL, "report", "--help")
_CACHED = ("env", f"XDG_CACHE_HOME={FOLDER}", *TOOL)
_LINE = (*_CACHED, "quota", "--line")
_EXPORT = (*TOOL, "export", FOLDER, "--since", "2025-01-01", "--until", "2025-12-31")
_PIPELINE = _shell(f'{_CURL} | jq "$1"', _JQ_SUMS)

ROWS = (
    Row(
        "--version",
        "import typer",
        (*TOOL, "--version"),
        _python("import typer"),
        most_time=1.1,
    ),
    Row(
        "report --help",
        "import typer, rich",
        _HELP,
        _python("import typer, rich"),
        most_time=1.4,
    ),
    Row("report --json, 150 KB", "SDK", _JSON, _python(_SDK_SUMS), "150 KB", most_time=0.18),
    Row("the same", "curl | jq", _JSON, _PIPELINE, "150 KB", most_time=7),
    Row(
        "report as a table, 150 KB",
        "report --json",
        (*TOOL, "report", *_DAYS),
        _JSON,
        "150 KB",
        most_time=1.2,
    ),
    Row(
        "report --json, 5.4 MB",
        "SDK",
        _JSON,
        _python(_SDK_SUMS),
        "5.4 MB",
        most_time=0.22,
        most_memory=0.6,
    ),
    Row("the same", "curl | jq", _JSON, _PIPELINE, "5.4 MB", most_time=1.7),
    Row(
        "report --csv, 36 parts of 3 MB",
        "1 part",
        (*TOOL, "report", "--csv", *_YEARS),
        (*TOOL, "report", "--csv", *_DAYS),
        "3 MB",
        most_memory=1.3,
    ),
    Row(
        "report, 2 years, 200 ms a part",
        "SDK",
        (*TOOL, "report", "--json", "--start", "2024-11-01", "--end", "2026-10-31"),
        _python(_SDK_YEARS),
        "far",
    ),
    Row(
        "activity --all, 100,000 rows",
        "SDK",
        _LOG,
        _python(_SDK_LOG),
        "log",
        most_time=0.3,
    ),
    Row(
        "10,000 rows, 100 ms each page",
        "SDK",
        _LOG,
        _python(_SDK_LOG),
        "far log",
        most_time=0.3,
    ),
    Row(
        "quota --line, kept",
        "--version",
        _LINE,
        (*_CACHED, "--version"),
        "plan",
        most_time=1.3,
        before=_LINE,
    ),
    Row(
        "report --from DIR, a year",
        "report --json",
        (*TOOL, "report", "--json", "--from", FOLDER, "--period", "2025"),
        _JSON,
        "150 KB",
        most_time=1.5,
        before=_EXPORT,
    ),
    Row(
        "export, a finished year",
        "report --help",
        _EXPORT,
        _HELP,
        "150 KB",
        most_time=1.2,
        before=_EXPORT,
    ),
)
