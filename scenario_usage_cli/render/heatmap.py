"""The heatmap: a calendar whose days are the darker, the more they cost."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import TextIO

from scenario_usage_cli.render import Medium
from scenario_usage_cli.render.cells import UNKNOWN, describe_empty, find_level, format_cell
from scenario_usage_cli.render.text import escape_controls, wrap_words
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.figures import COST
from scenario_usage_cli.report.numbers import round_cu
from scenario_usage_cli.report.tables import PARTIAL, SERIES_ID, SERIES_NAME, START
from scenario_usage_cli.report.view import View

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SHADES = ("··", "░░", "▒▒", "▓▓", "██")
_COLOURS = ("2", "38;5;24", "38;5;31", "38;5;38", "38;5;51")
_MARGIN = 5
_CELL = 3
_WEEK = len(_WEEKDAYS)
_Costs = dict[int, Decimal]
"""By day, counted from the calendar's first, which was a Monday: the next may lie outside of it."""


def render_heatmap(view: View, out: TextIO, medium: Medium) -> None:
    """Weeks from left to right, as many beside each other as the width has room for.

    Each series that cost anything has a calendar of its own; a shade means the same in all of them.
    """
    (section,) = view.data_sections
    series: dict[str | None, list[Row]] = {}
    for row in section.rows:
        series.setdefault(SERIES_ID.of(row), []).append(row)
    found = {one: _read_costs(rows) for one, rows in series.items()}
    calendars = {
        one: costs
        for one, costs in found.items()
        if one is None or not costs or any(costs.values())
    }
    highest = max((cost for costs in calendars.values() for cost in costs.values()), default=None)
    lines = [escape_controls(view.title), *wrap_words(escape_controls(view.subtitle), medium.width)]
    for one, costs in calendars.items():
        if one is not None:
            lines += [
                "",
                *wrap_words(escape_controls(SERIES_NAME.of(series[one][0])), medium.width),
            ]
        if costs and highest is not None:
            lines += _draw_calendar(costs, highest, medium)
        else:
            lines += ["", *wrap_words(UNKNOWN, medium.width)]
    if not calendars:
        lines += ["", *wrap_words(describe_empty(is_known=True), medium.width)]
    if highest is not None:
        lines += ["", *_draw_legend(highest, medium)]
    margin = " " * _MARGIN
    partial = dict.fromkeys(f"{START.of(row):%Y-%m-%d}" for row in section.rows if PARTIAL.of(row))
    if partial:
        lines += wrap_words(f"{margin}partial: {', '.join(partial)}", medium.width, indent=margin)
    out.write("\n".join(line.rstrip() for line in lines) + "\n")


def _read_costs(rows: Iterable[Row]) -> _Costs:
    """Those of the days whose cost is known."""
    return {
        START.of(row).toordinal(): round_cu(Decimal(cost))
        for row in rows
        if (cost := COST.or_null().of(row)) is not None
    }


def _draw_calendar(costs: _Costs, highest: Decimal, medium: Medium) -> Iterator[str]:
    """All weeks of days whose costs are known."""
    first, last = min(costs), max(costs)
    room = max(1, ((medium.width or 200) - _MARGIN) // _CELL)
    mondays = range(first - (first - 1) % _WEEK, last + 1, _WEEK)
    for number in range(0, len(mondays), room):
        weeks = mondays[number : number + room]
        yield ""
        yield " " * _MARGIN + "".join(_name_months([max(week, first) for week in weeks]))
        yield from _draw_weeks(costs, weeks, highest, medium.colour)


def _draw_weeks(
    costs: _Costs, weeks: Iterable[int], highest: Decimal, colour: bool
) -> Iterator[str]:
    for weekday, name in enumerate(_WEEKDAYS):
        days = [week + weekday for week in weeks]
        yield f"{name}  " + " ".join(
            _draw_day(costs[day], highest, colour) if day in costs else "  " for day in days
        )


def _name_months(days: Iterable[int]) -> Iterator[str]:
    """The names of months, each above its first week that is shown.

    A month of which only one week is left makes room for the next one.
    """
    weeks = [date.fromordinal(day) for day in days]
    begins = [not n or week.month != weeks[n - 1].month for n, week in enumerate(weeks)]
    for week, is_named, is_crowded in zip(weeks, begins, [*begins[1:], False], strict=True):
        yield f"{week:%b}" if is_named and not is_crowded else "   "


def _draw_day(cost: Decimal, highest: Decimal, colour: bool) -> str:
    return _draw_level(find_level(cost, highest, len(_SHADES)), colour)


def _draw_level(level: int, colour: bool) -> str:
    if not colour:
        return _SHADES[level]
    return f"\x1b[{_COLOURS[level]}m{_SHADES[-1] if level else _SHADES[0]}\x1b[0m"


def _draw_legend(highest: Decimal, medium: Medium) -> list[str]:
    """In one line, or where that is too wide in several."""
    margin = " " * _MARGIN
    levels = " ".join(_draw_level(level, medium.colour) for level in range(len(_SHADES)))
    shades, most = f"{margin}less {levels} more", f"at most {format_cell(highest)} CU a day"
    width = len(f"{margin}less {' '.join(_SHADES)} more, {most}")
    if medium.width is None or width <= medium.width:
        return [f"{shades}, {most}"]
    return [shades, *wrap_words(margin + most, medium.width, indent=margin)]
