"""The event log as a document whose rows are still to come: its keys, columns and head."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

from typing_extensions import TypedDict

from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.periods import Period, format_instant
from scenario_usage_cli.report.frame import (
    FiltersRow,
    PeriodRow,
    build_filters,
    build_period,
    part_of_document,
)
from scenario_usage_cli.report.numbers import Cu
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
    Column("cost", "Cost", Kind.CU, 90),
)


@part_of_document
class ActivityFilters(FiltersRow):
    """What the log is narrowed to; empty lists mean all."""

    actions: list[str]


@part_of_document
class ActivityRow(TypedDict):
    """One event; null is what the API did not give, and a name falls back to its id."""

    time: str | None
    action: str | None
    project_id: str | None
    project: str | None
    user_id: str | None
    user: str | None
    is_api_key: bool | None
    model_id: str | None
    model: str | None
    job_id: str | None
    asset_id: str | None
    collection_id: str | None
    cost: Cu | None


@part_of_document
class ActivityDocument(TypedDict):
    """The document of `activity --json`; its rows are written as they come, newest first."""

    schema_version: Literal[1]
    report: Literal["activity"]
    generated_at: str
    period: PeriodRow
    filters: ActivityFilters
    rows: list[ActivityRow]
    warnings: list[str]


def build_activity_stream(
    pages: Iterable[Sequence[tuple[Any, ...]]],
    period: Period,
    filters: Filters,
    *,
    actions: tuple[str, ...],
    warnings: Sequence[str],
    generated_at: datetime,
) -> RowStream:
    """The log for any format. `warnings` are looked at after the last row."""
    head = {
        "schema_version": 1,
        "report": "activity",
        "generated_at": format_instant(generated_at),
        "period": build_period(period),
        "filters": {**(build_filters(filters, filters.models) or {}), "actions": list(actions)},
    }
    return RowStream(head, COLUMNS, pages, warnings)
