"""The event log as a document whose rows are still to come: its keys, columns and head."""

from collections.abc import Generator, Iterator, Sequence
from datetime import datetime
from typing import Any

from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.periods import Period, format_instant
from scenario_usage_cli.report.frame import build_filters, build_period
from scenario_usage_cli.report.row_stream import RowStream
from scenario_usage_cli.report.view import Column, Kind

COLUMNS = (
    Column("time", "Time", Kind.TIME, 100),
    Column("action", "Action", Kind.TEXT, 95),
    Column("project_id", "Project id", Kind.TEXT, 0),
    Column("project", "Project", Kind.TEXT, 60),
    Column("user_id", "User id", Kind.TEXT, 0),
    Column("user", "User", Kind.TEXT, 80),
    Column("is_api_key", "API key", Kind.FLAG, 40),
    Column("model_id", "Model id", Kind.TEXT, 0),
    Column("model", "Model", Kind.TEXT, 70),
    Column("job_id", "Job", Kind.TEXT, 20),
    Column("asset_id", "Asset", Kind.TEXT, 10),
    Column("collection_id", "Collection", Kind.TEXT, 5),
    Column("cost", "Cost", Kind.CU, 97),
)


def build_activity_stream(
    pages: Generator[Sequence[tuple[Any, ...]], None, bool],
    period: Period,
    filters: Filters,
    *,
    actions: tuple[str, ...],
    warnings: list[str],
    generated_at: datetime,
) -> RowStream:
    """The log for any format. `pages` return whether they were all there is, and `warnings` are
    looked at after the last row.
    """
    head = {
        "schema_version": 1,
        "report": "activity",
        "generated_at": format_instant(generated_at.replace(microsecond=0)),
        "period": build_period(period),
        "filters": {**(build_filters(filters, filters.models) or {}), "actions": list(actions)},
    }
    tail = {"complete": False, "warnings": warnings}

    def read() -> Iterator[Sequence[tuple[Any, ...]]]:
        tail["complete"] = yield from pages

    return RowStream(head, COLUMNS, read(), tail)
