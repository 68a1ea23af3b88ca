"""Timelines of few enough rows to be drawn: those of longer stretches, where they are too many."""

from datetime import datetime, timedelta
from itertools import groupby

from scenario_usage_cli.report.fields import ADDITIVE, Row, Value
from scenario_usage_cli.report.numbers import add_up
from scenario_usage_cli.report.rows import add_shares
from scenario_usage_cli.report.tables import LABEL, PARTIAL, START
from scenario_usage_cli.report.trend_view import label_buckets
from scenario_usage_cli.report.view import Section

_MOST_BARS = 400
_LONGER = {"hour": "day", "day": "week", "week": "month"}
_LENGTHS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
"""On the local clock."""


def coarsen(section: Section, unit: str) -> tuple[Section, str]:
    """A timeline of no more than 400 rows, if there is any, and its unit of time.

    Hours become days, days weeks and weeks months, each the sum of what begins in it. It is
    partial where something of it is not known, or before or after the others.
    """
    while len(section.rows) > _MOST_BARS and unit in _LONGER:
        section = _add_up(section, unit)
        unit = _LONGER[unit]
    return section, unit


def _add_up(section: Section, shorter: str) -> Section:
    unit = _LONGER[shorter]
    grouped = groupby(section.rows, key=lambda row: _find_first_day(START.of(row), unit))
    together = [list(rows) for _, rows in grouped]
    labels = label_buckets([START.of(rows[0]) for rows in together], unit)
    label = LABEL._replace(title=unit.capitalize())
    table = section.table._replace(title=f"By {unit}", note="", ids=(label,))
    shown = tuple(label if field.key == label.key else field for field in section.shown)
    rows = [
        _sum_up(section, rows, is_cut=_is_cut(rows, shorter)) | {label.key: name}
        for rows, name in zip(together, labels, strict=True)
    ]
    return section._replace(table=table, rows=add_shares(table, rows), shown=shown)


def _find_first_day(start: datetime, unit: str) -> tuple[int, ...]:
    """What those have in common that begin in the same day, week or month."""
    if unit == "week":
        start -= timedelta(days=start.weekday())
    return (start.year, start.month) if unit == "month" else (start.year, start.month, start.day)


def _is_cut(rows: list[Row], unit: str) -> bool:
    """Whether the row before or after these would belong to them as well, if it were there."""
    first, last, length = START.of(rows[0]), START.of(rows[-1]), _LENGTHS[unit]
    return any(
        _find_first_day(one, _LONGER[unit]) == _find_first_day(beside, _LONGER[unit])
        for one, beside in ((first, first - length), (last, last + length))
    )


def _sum_up(section: Section, rows: list[Row], *, is_cut: bool) -> dict[str, Value]:
    """One row for several that follow each other."""
    summed: dict[str, Value] = {
        field.key: add_up(field.of(row) for row in rows)
        for field in section.table.fields
        if field.kind in ADDITIVE
    }
    size = section.table.size
    partial = is_cut or any(PARTIAL.of(row) or size.of(row) is None for row in rows)
    return {**rows[0], **summed, PARTIAL.key: partial}
