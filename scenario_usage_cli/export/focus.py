"""What a dataset of FOCUS has beside its rows: how recent they are."""

import json
from datetime import UTC, datetime, timedelta

from scenario_usage_cli.clocks import format_instant, start_of_day
from scenario_usage_cli.export.layout import COST_AND_USAGE
from scenario_usage_cli.export.manifest import Manifest

UNPRICED = "there is no price of a CU: columns of money are empty, and do not conform to FOCUS"
"""What is said of days without a price."""


def build_recency(manifest: Manifest, settle: timedelta) -> bytes:
    """The recency metadata of FOCUS (1.3): when each day was fetched, and whether it is final."""
    sectors = [
        {
            "TimeSectorStart": _write(start_of_day(day, UTC)),
            "TimeSectorEnd": _write(start_of_day(day + timedelta(days=1), UTC)),
            "TimeSectorComplete": entry.is_final(day, settle),
            "TimeSectorLastUpdated": _write(entry.fetched_at),
        }
        for day, entry in sorted(manifest.days.get(COST_AND_USAGE, {}).items())
        if entry.fetched_at
    ]
    times = [str(sector["TimeSectorLastUpdated"]) for sector in sectors]
    account = (manifest.focus or {}).get("account", "")
    document = {
        "DatasetInstanceId": f"{account}/CostAndUsage",
        "RecencyLastUpdated": max(times, default=None),
        "TimeSectors": sectors,
    }
    return f"{json.dumps(document, ensure_ascii=False, indent=2)}\n".encode()


def _write(instant: datetime) -> str:
    return format_instant(instant.replace(microsecond=0))
