"""Calendars: a square for each day in columns of weeks, the darker the higher."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from scenario_usage_cli.render.cells import find_level, format_cell
from scenario_usage_cli.render.html.grids import LEVELS
from scenario_usage_cli.report.fields import Field

_WEEK = 7
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FEW_WEEKS, _MOST_WEEKS = 14, 54
"""Up to the first, days have the room for their number; above the second, each year is apart."""
_SMALL, _LARGE = 15, 34
_LEFT, _TOP = 34, 20


class Square(NamedTuple):
    """A day: where it stands, how dark it is, and what it says when a mouse is over it."""

    x: int
    y: int
    level: int
    title: str
    number: int


class Word(NamedTuple):
    """The name of a month or a weekday."""

    x: int
    y: int
    text: str


class Calendar(NamedTuple):
    """The days of a year, or of less; `size` is that of a square with the gap beside it."""

    width: int
    height: int
    size: int
    has_numbers: bool
    squares: Sequence[Square]
    words: Sequence[Word]
    most: str
    """What the darkest stands for."""


def build_calendars(figures: Mapping[date, Decimal], field: Field[Any]) -> tuple[Calendar, ...]:
    """One for all days, or one for each year; a shade means the same in all of them."""
    highest = max(figures.values())
    first, last = min(figures), max(figures)
    days = (last - first).days
    size = _LARGE if days <= _FEW_WEEKS * _WEEK else _SMALL
    parts = [figures]
    if days > _MOST_WEEKS * _WEEK:
        grouped = groupby(sorted(figures.items()), key=lambda item: item[0].year)
        parts = [dict(items) for _, items in grouped]
    return tuple(_build_calendar(part, field, highest, size) for part in parts)


def _build_calendar(
    figures: Mapping[date, Decimal], field: Field[Any], highest: Decimal, size: int
) -> Calendar:
    first, last = min(figures), max(figures)
    monday = first - timedelta(days=first.weekday())
    weeks = (last - monday).days // _WEEK + 1
    squares = []
    for day, figure in figures.items():
        week, weekday = divmod((day - monday).days, _WEEK)
        text = f"{day:%Y-%m-%d %a}: {format_cell(figure, field.kind)} {field.unit}".strip()
        level = find_level(figure, highest, LEVELS)
        place = (_LEFT + week * size, _TOP + weekday * size)
        squares.append(Square(*place, level, text, day.day))
    mondays = [monday + timedelta(days=_WEEK * number) for number in range(weeks)]
    return Calendar(
        width=_LEFT + weeks * size,
        height=_TOP + _WEEK * size,
        size=size,
        has_numbers=size == _LARGE,
        squares=tuple(squares),
        words=(*_name_months([max(one, first) for one in mondays], size), *_name_weekdays(size)),
        most=f"{format_cell(highest, field.kind)} {field.unit}".strip(),
    )


def _name_months(weeks: Sequence[date], size: int) -> Iterator[Word]:
    """Each above its first week, where the next one leaves it the room; the first has its year."""
    begins = [n for n, week in enumerate(weeks) if not n or week.month != weeks[n - 1].month]
    is_first = True
    for n, following in zip(begins, [*begins[1:], len(weeks)], strict=True):
        room = (following - n) * size
        has_year = is_first and (room >= 2 * _LARGE or following == len(weeks))
        if room >= _LARGE - 4 or following == len(weeks):
            yield Word(
                _LEFT + n * size, _TOP - 7, f"{weeks[n]:%b %Y}" if has_year else f"{weeks[n]:%b}"
            )
            is_first = False


def _name_weekdays(size: int) -> Iterator[Word]:
    for number, name in enumerate(_WEEKDAYS):
        yield Word(0, _TOP + number * size + (size - 3) // 2 + 4, name)
