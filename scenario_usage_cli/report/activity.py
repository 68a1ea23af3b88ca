"""The event log as a document whose rows are still to come: its keys, columns and head."""

from collections.abc import Generator, Iterator, Sequence
from datetime import datetime

from scenario_usage_cli.collect.activity import Event
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.activity_table import ACTIVITY
from scenario_usage_cli.report.fields import Json
from scenario_usage_cli.report.frame import build_filters, build_head, build_period
from scenario_usage_cli.report.row_stream import RowStream


def build_activity_stream(
    pages: Generator[Sequence[Event], None, bool],
    period: Period,
    filters: Filters,
    *,
    actions: tuple[str, ...],
    warnings: list[str],
    generated_at: datetime,
) -> RowStream:
    """The log for any format.

    `pages` return whether they were all there is; `warnings` are read after the last row.
    """
    head = {
        **build_head("activity", generated_at),
        "period": build_period(period),
        "filters": {**(build_filters(filters) or {}), "actions": list(actions)},
    }
    tail: dict[str, Json] = {"complete": False, "warnings": warnings}

    def read() -> Iterator[Sequence[Event]]:
        tail["complete"] = yield from pages

    return RowStream(head, period, ACTIVITY.columns, read(), tail)
