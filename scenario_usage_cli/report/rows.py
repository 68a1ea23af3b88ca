"""Figures to the rows of a table: what is made of others is filled in, and they are in order."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from scenario_usage_cli.collect.names import NOBODY
from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.report.fields import Field, Kind, Row, Table, Value
from scenario_usage_cli.report.figures import COUNT, SHARE
from scenario_usage_cli.report.numbers import round_cu, share, sum_cu
from scenario_usage_cli.report.tables import (
    EMAIL,
    IS_API_KEY,
    MODEL,
    MODEL_NAME,
    USER_NAME,
)


def build_rows(table: Table, usage: Usage) -> list[Row]:
    """The rows of a section, the largest first."""
    columns = [field for field in table.columns if field.kind is not Kind.SHARE]
    id_key = table.id.key
    rows = []
    for row_id, figures in usage.figures(table.name):
        found = describe(table.name, row_id, usage)
        found[id_key] = row_id
        found.update(figures)
        rows.append(build_row(columns, found))
    return sort_by_size(table, add_shares(table, rows))


def build_row(columns: Iterable[Field[Value]], found: Row) -> Row:
    """A row of these fields, of what was found."""
    return {
        field.key: field.formula(found) if field.formula else found[field.key] for field in columns
    }


def add_shares(table: Table, rows: Iterable[Row]) -> list[Row]:
    """The same rows, each with its share of all, where the table has shares."""
    if SHARE not in table.fields:
        return list(rows)
    rows, size = list(rows), table.size
    whole = sum_cu(map(size.of, rows))
    return [{**row, SHARE.key: share(Decimal(size.of(row) or 0), whole)} for row in rows]


def sort_by_size(table: Table, rows: Iterable[Row]) -> list[Row]:
    """The largest first, as they are shown; rows without a size last, by count; ties by id."""
    id_field, size_field = table.id, table.size

    def key(row: Row) -> tuple[bool, Decimal, str]:
        size: Figure | None = size_field.of(row)
        is_unknown = size is None and COUNT.key in row
        shown = round_cu(Decimal((COUNT.of(row) if is_unknown else size) or 0))
        return is_unknown, -shown, id_field.of(row)

    return sorted(rows, key=key)


def sort_rows(table: Table, rows: Sequence[Row], order: str | None) -> Sequence[Row]:
    """Rows in one of the `ORDERS`, each in its group, and the groups as they were.

    The largest figure and the latest time are first, texts are in the order of the alphabet, what
    is unknown comes last, ties by id. The rows stay
    as they are where they have no such figure, or no order is asked for.
    """
    if order is None:
        return rows
    groups = groupby(rows, lambda row: [field.of(row) for field in table.ids[:-1]])
    return [row for _, members in groups for row in _sort_group(table, list(members), order)]


def _sort_group(table: Table, rows: Sequence[Row], order: str) -> Sequence[Row]:
    id_field, name = table.id, table.named[-1]
    by = name if order == "name" else next((f for f in table.fields if f.order == order), None)
    if by is None or all(by.of(row) is None for row in rows):
        return rows
    if by.key == table.size.key:
        return sort_by_size(table, rows)

    def key(row: Row) -> tuple[bool, Decimal | str, str]:
        value: Value = by.of(row)
        rank = str(value or "").casefold() if by.kind is Kind.TEXT else -_measure(value)
        return value is None and by is not name, rank, id_field.of(row) or ""

    return sorted(rows, key=key)


def _measure(value: Any) -> Decimal:
    """How large a figure is as shown, or how late a time is."""
    if isinstance(value, datetime):
        return Decimal(value.timestamp())
    return round_cu(Decimal(value or 0))


def describe(table: str, row_id: str, usage: Usage) -> dict[str, Value]:
    """What is known of the model or user of a row; nothing of any other."""
    if table == "models":
        name = usage.models.get(row_id, row_id)
        return {MODEL_NAME.key: name, MODEL.key: name}
    if table == "consumption":
        user = usage.users.get(row_id, NOBODY)
        return {
            USER_NAME.key: user.name or row_id,
            EMAIL.key: user.email,
            IS_API_KEY.key: user.is_api_key,
        }
    return {}
