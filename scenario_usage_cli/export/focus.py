"""A dataset of FOCUS: the rows of its only table, and how recent they are."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from scenario_usage_cli.collect.combine import combine
from scenario_usage_cli.collect.listed import Named
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.export.layout import COST_AND_USAGE
from scenario_usage_cli.export.manifest import Manifest
from scenario_usage_cli.periods import format_instant, start_of_day
from scenario_usage_cli.report.daily import ProjectUsage
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.focus import Prices, ProjectDay, build_rows

UNPRICED = "there is no price of a CU: columns of money are empty, and do not conform to FOCUS"
"""What is said of days without a price."""


class FocusRows(NamedTuple):
    """What makes the rows of a day: the team, its prices, and the version of FOCUS."""

    account: Named
    prices: Prices | None
    version: str

    def build(
        self, day: date, whole: Usage, projects: Sequence[ProjectUsage], *, is_provisional: bool
    ) -> list[Row]:
        """The rows of a day, of which the usages are; what belongs to no project is among them."""
        rest = combine(
            Usage(whole.sections, whole.period, whole.filters),
            [whole],
            [project.usage for project in projects],
        )
        parts = [(Named(one.id, one.name), one.usage) for one in projects]
        days = [ProjectDay(day, *part, is_provisional) for part in (*parts, (None, rest))]
        return build_rows(
            days,
            account=self.account,
            prices=self.prices,
            model_names=whole.models,
            version=self.version,
        )

    def has_price(self, day: date) -> bool:
        """Whether rows of a day have amounts of money."""
        return self.prices is not None and self.prices.find(day) is not None


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
