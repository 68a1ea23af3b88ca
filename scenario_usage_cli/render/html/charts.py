"""The charts of a page: what each draws, and the words for those who do not see it."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple
from unicodedata import east_asian_width

from scenario_usage_cli.render.cells import format_cell, name_rest
from scenario_usage_cli.render.html.bars import Bars, build_bars, percent
from scenario_usage_cli.render.html.calendars import Calendar, build_calendars
from scenario_usage_cli.render.html.grids import cut_text
from scenario_usage_cli.report.fields import name_with_unit
from scenario_usage_cli.report.view import Chart, Drawing

_WIDEST_NAME = 28
_MOST_RANKS = 10
_DESCRIPTION = "The table below has its figures."


class Rank(NamedTuple):
    """A bar with its name and its figure above it."""

    name: str
    figure: str
    width: str
    title: str
    look: str


class Picture(NamedTuple):
    """A chart: one of its shapes, with words for those who do not see them."""

    title: str
    description: str
    bars: Bars | None = None
    calendars: Sequence[Calendar] = ()
    ranks: Sequence[Rank] = ()


def build_picture(chart: Chart) -> Picture | None:
    """The picture of a chart; None where there is nothing to draw."""
    known = [row for row in chart.section.rows if chart.figure.of(row) is not None]
    if not known:
        return None
    title = name_with_unit(chart.title, chart.figure.unit)
    picture = Picture(title, chart.description or _DESCRIPTION)
    match chart.drawing:
        case Drawing.BARS:
            return picture._replace(bars=build_bars(chart))
        case Drawing.CALENDAR:
            figures = {chart.label.of(row).date(): Decimal(chart.figure.of(row)) for row in known}
            return picture._replace(calendars=build_calendars(figures, chart.figure))
    return picture._replace(ranks=tuple(_build_ranks(chart)))


def _fit(name: str) -> str:
    """The beginning of a name that has room beside its figure, also on a telephone."""
    width = 0
    for place, letter in enumerate(name):
        width += 2 if east_asian_width(letter) in "WF" else 1
        if width > _WIDEST_NAME:
            return f"{name[:place]}…"
    return name


def _build_ranks(chart: Chart) -> Iterator[Rank]:
    section = chart.section.for_table(_MOST_RANKS)
    figures = [Decimal(chart.figure.of(row) or 0) for row in section.rows]
    own = [figure for number, figure in enumerate(figures) if number not in section.summed]
    largest = max(own, default=Decimal(0))
    for number, (row, figure) in enumerate(zip(section.rows, figures, strict=True)):
        rest = section.rests.get(number)
        name = name_rest(rest) if rest else str(chart.label.of(row))
        width = min(100.0, float(figure / largest) * 100) if figure > 0 < largest else 0
        text = f"{format_cell(figure, chart.figure.kind)} {chart.figure.unit}".strip()
        look = "rest" if number in section.summed else "bar"
        yield Rank(_fit(name), text, percent(width), cut_text(name)[0], look)
