"""Amounts as people are shown them: in the digits of the currency, and adding up to the total."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from scenario_usage_cli.money import apportion, round_amount
from scenario_usage_cli.report.fields import Field, Kind, pick
from scenario_usage_cli.report.tables import AFTER, BEFORE, DELTA
from scenario_usage_cli.report.view import Section

_Changing = dict[str, Any]
"""A row that is changed in place."""


def round_section(section: Section, currency: str) -> Section:
    """The same with amounts as people are shown them, which add up to the rounded sum of all.

    Groups add up to their subtotals, and these to the sum of all. Rows that do not add up are each
    rounded on their own.
    """
    rows = [dict(row) for row in section.rows]
    subtotals = {ids: dict(row) for ids, row in section.subtotals.items()}
    amounts = pick(section.table.fields, Kind.AMOUNT)
    for field in amounts:
        if not section.table.is_additive:
            for row in _list_known(rows, field):
                row[field.key] = round_amount(row[field.key], currency)
            continue
        whole = {ids: row[field.key] for ids, row in subtotals.items()}
        _spread(list(subtotals.values()), field, currency)
        for ids, members in _group(rows, section).items():
            known = _list_known(members, field)
            is_whole = ids in whole and sum(row[field.key] for row in known) == whole[ids]
            total = subtotals[ids][field.key] if is_whole else None
            _spread(known, field, currency, total=total)
    if DELTA.amount in {field.key for field in amounts}:
        for row in rows:
            row[DELTA.amount] = subtract_amounts(row)
    return section._replace(rows=rows, subtotals=subtotals)


def _list_known(rows: Iterable[_Changing], field: Field[Any]) -> list[_Changing]:
    """Those whose amount is known."""
    return [row for row in rows if row[field.key] is not None]


def _group(
    rows: Iterable[_Changing], section: Section
) -> Mapping[tuple[str, ...], list[_Changing]]:
    """The rows of each group that has a subtotal; without any, all are one group."""
    groups: dict[tuple[str, ...], list[_Changing]] = {}
    for row in rows:
        ids = tuple(field.of(row) for field in section.table.ids[:-1])
        groups.setdefault(ids if section.subtotals else (), []).append(row)
    return groups


def _spread(
    rows: Iterable[_Changing], field: Field[Any], currency: str, *, total: Any = None
) -> None:
    """Round the amounts of rows so that they add up to the rounded sum, or to this total."""
    known = _list_known(rows, field)
    shown = apportion([row[field.key] for row in known], currency, total=total)
    for row, amount in zip(known, shown, strict=True):
        row[field.key] = amount


def subtract_amounts(row: Mapping[str, Any]) -> Decimal | None:
    """How much more the amount is after than before."""
    before, after = row[BEFORE.amount], row[AFTER.amount]
    return None if before is None or after is None else after - before
