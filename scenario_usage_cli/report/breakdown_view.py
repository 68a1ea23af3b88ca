"""Breakdowns as tables: projects or users, and each of them with its models."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from scenario_usage_cli.report.numbers import share
from scenario_usage_cli.report.view import Audience, Column, Kind, Section

if TYPE_CHECKING:
    from scenario_usage_cli.report.documents import Breakdown

_MONEY = (
    Column("cost", "Cost", Kind.CU, 90),
    Column("discount", "Discount", Kind.CU, 30),
    Column("gross", "Gross", Kind.CU, 40),
)
_MODEL = (
    Column("model_id", "Model id", Kind.TEXT, 0),
    Column("model", "Model", Kind.TEXT, 95),
    Column("jobs", "Jobs", Kind.COUNT, 70),
    *_MONEY,
    Column("api_key_cost", "Cost by API key", Kind.CU, 20),
    Column("api_key_discount", "Discount by API key", Kind.CU, 5),
)


def build_breakdown_sections(breakdowns: Sequence[Breakdown]) -> list[Section]:
    """For people the totals and the rows of each breakdown, for programs the rows of all."""
    sections = []
    for breakdown in breakdowns:
        sections += [_build_totals(breakdown), _build_rows([breakdown])]
    if len(breakdowns) < 2:
        return sections
    for_people = [section._replace(audience=Audience.TABLES) for section in sections]
    return [*for_people, _build_rows(breakdowns)._replace(audience=Audience.DATA)]


def _build_totals(breakdown: Breakdown) -> Section:
    by = breakdown["by"]
    whole = sum(row["cost"] or 0 for row in breakdown["totals"])
    return Section(
        "breakdown_totals",
        f"By {by}",
        (
            *_name_columns(by, "name"),
            Column("jobs", "Jobs", Kind.COUNT, 70),
            Column("assets", "Assets", Kind.COUNT, 50),
            *_MONEY,
            Column("share", "Share", Kind.SHARE, 60),
        ),
        [
            {**row, "share": share(Decimal(row["cost"] or 0), Decimal(whole))}
            for row in breakdown["totals"]
        ],
        name_key="name",
        size_key="cost",
        audience=Audience.TABLES,
    )


def _build_rows(breakdowns: Sequence[Breakdown]) -> Section:
    """The rows of several one after the other, with the columns of all; null where one has none."""
    kinds = [breakdown["by"] for breakdown in breakdowns]
    columns = (
        *(column for by in kinds for column in _name_columns(by, by)),
        *_MODEL,
    )
    rows: list[Any] = [row for breakdown in breakdowns for row in breakdown["rows"]]
    if len(breakdowns) > 1:
        nothing = dict.fromkeys(column.key for column in columns)
        rows = [nothing | row for row in rows]
    return Section(
        "breakdown",
        f"By {' and '.join((*kinds, 'model'))}",
        columns,
        rows,
        name_key=kinds[0],
        size_key="cost",
        id_keys=(*(f"{by}_id" for by in kinds), "model_id"),
        name_keys=(*kinds, "model"),
    )


def _name_columns(by: str, name_key: str) -> tuple[Column, Column]:
    return (
        Column(f"{by}_id", f"{by.capitalize()} id", Kind.TEXT, 0),
        Column(name_key, by.capitalize(), Kind.TEXT, 100),
    )
