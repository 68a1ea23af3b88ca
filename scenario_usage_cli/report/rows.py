"""Figures to the rows of a table: what is made of others is filled in, and they are in order."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.collect.usage import Usage, UserName
from scenario_usage_cli.report.fields import Field, Kind, Row, Table, Value
from scenario_usage_cli.report.figures import COUNT
from scenario_usage_cli.report.numbers import round_cu, share, sum_cu
from scenario_usage_cli.report.tables import (
    EMAIL,
    IS_API_KEY,
    MODEL,
    MODEL_NAME,
    USER_NAME,
)

_NOBODY = UserName(None, None, None)


def build_rows(table: Table, usage: Usage) -> list[Row]:
    """The rows of a section, the largest first."""
    rows = [
        build_row(table, describe(table.name, row_id, usage) | {table.id.key: row_id} | figures)
        for row_id, figures in usage.figures(table.name)
    ]
    return sort_by_size(table, add_shares(table, rows))


def build_row(table: Table, found: Mapping[str, Value]) -> dict[str, Value]:
    """A row of the table's fields, but for its shares, of what was found."""
    row: dict[str, Value] = {}
    for field in table.columns:
        if field.kind is not Kind.SHARE:
            row[field.key] = field.formula(found) if field.formula else _read(field, found)
    return row


def _read(field: Field[Value], found: Row) -> Value:
    """A sum of nothing is an int, also of CU."""
    value = found[field.key]
    return Decimal(value) if field.kind is Kind.CU and isinstance(value, int) else value


def add_shares(table: Table, rows: Iterable[Row]) -> list[Row]:
    """The same rows, each with its share of all, where the table has shares."""
    shares = [field for field in table.fields if field.kind is Kind.SHARE]
    if not shares:
        return list(rows)
    rows = list(rows)
    whole = sum_cu(table.size.of(row) for row in rows)
    return [
        {**row, field.key: share(Decimal(table.size.of(row) or 0), whole)}
        for row in rows
        for field in shares
    ]


def sort_by_size(table: Table, rows: Iterable[Row]) -> list[Row]:
    """The largest first, as they are shown; rows without a size last, by count; ties by id."""

    def key(row: Row) -> tuple[bool, Decimal, str]:
        size: Figure | None = table.size.of(row)
        if size is None and COUNT.key in row:
            return True, -round_cu(Decimal(COUNT.of(row))), table.id.of(row)
        shown = round_cu(Decimal(size or 0))
        return False, -shown, table.id.of(row)

    return sorted(rows, key=key)


def describe(table: str, row_id: str, usage: Usage) -> dict[str, Value]:
    """What is known of the model or user of a row; nothing of any other."""
    if table == "models":
        name = usage.models.get(row_id, row_id)
        return {MODEL_NAME.key: name, MODEL.key: name}
    if table == "consumption":
        user = usage.users.get(row_id, _NOBODY)
        return {
            USER_NAME.key: user.name or row_id,
            EMAIL.key: user.email,
            IS_API_KEY.key: user.is_api_key,
        }
    return {}
