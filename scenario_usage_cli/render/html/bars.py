"""Bars over time: where they stand from left to right in per cent, from top to bottom in pixels.

So a chart is as wide as its page, and its letters are as large as all others.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import groupby, pairwise
from typing import NamedTuple

from scenario_usage_cli.render.cells import format_cell
from scenario_usage_cli.report.fields import Kind
from scenario_usage_cli.report.tables import PARTIAL
from scenario_usage_cli.report.view import Chart

HEIGHT = 200
_MOST_TICKS = 5
_MOST_LABELS = 10
_MOST_ESSENTIAL = 4
_LAST_LABEL, _LAST_ESSENTIAL = 94, 84
"""Beyond these, a label has no room, or none on a telephone."""
_WIDEST_BAR = 8.0
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class Tick(NamedTuple):
    """A line across, and what it stands for."""

    y: float
    text: str


class Rectangle(NamedTuple):
    """A bar, with what it says when a mouse is over it; or a stretch of ground."""

    x: str
    width: str
    y: float = 0
    height: float = HEIGHT
    title: str = ""
    is_partial: bool = False


class Label(NamedTuple):
    """A word below a bar; one that is minor needs a wide page."""

    x: str
    text: str
    is_minor: bool


class Bars(NamedTuple):
    """A bar for each instant."""

    ticks: Sequence[Tick]
    zero: float
    bands: Sequence[Rectangle]
    bars: Sequence[Rectangle]
    labels: Sequence[Label]
    mean: Tick | None
    unit: str

    @property
    def has_partial(self) -> bool:
        """Whether one is of a bucket of which the period has only a part."""
        return any(bar.is_partial for bar in self.bars)


def build_bars(chart: Chart) -> Bars:
    """The bars of a chart, in the order of its rows."""
    rows = chart.section.rows
    figures = [chart.figure.of(row) or Decimal(0) for row in rows]
    instants = [chart.label.of(row) for row in rows]
    ends = [*figures, Decimal(0), *([] if chart.mean is None else [chart.mean])]
    steps = _choose_steps(Decimal(min(ends)), Decimal(max(ends)))
    lowest, highest = steps[-1], steps[0]

    def place(figure: Decimal) -> float:
        return round(float((highest - figure) / (highest - lowest)) * HEIGHT, 1)

    slot = 100 / len(figures)
    width = min(slot * (0.8 if len(figures) < 100 else 0.86), _WIDEST_BAR)
    zero = place(Decimal(0))
    spacing = _find_spacing(instants)
    bars = []
    unit = chart.figure.unit
    for number, (row, figure, instant) in enumerate(zip(rows, figures, instants, strict=True)):
        y = place(Decimal(figure))
        is_partial = bool(PARTIAL.of(row))
        name = _name(instant, spacing) + (" (partial)" if is_partial else "")
        said = f"{name}: {format_cell(figure, chart.figure.kind)} {unit}".strip()
        x = percent(number * slot + (slot - width) / 2)
        top, height = min(y, zero), round(abs(y - zero), 1)
        bars.append(Rectangle(x, percent(width), top, height, said, is_partial))
    mean = chart.mean
    return Bars(
        ticks=tuple(Tick(place(step), format_cell(step)) for step in steps),
        zero=zero,
        bands=tuple(_build_bands(sorted(chart.marked), slot)),
        bars=tuple(bar for bar in bars if bar.height),
        labels=tuple(_build_labels(instants, spacing, slot)),
        mean=None if mean is None else Tick(place(mean), format_cell(mean, Kind.RATE)),
        unit=unit,
    )


def _find_spacing(instants: Sequence[datetime]) -> timedelta:
    """The usual time between two of them: the first and the last may be parts of a bucket."""
    found = sorted(later - sooner for sooner, later in pairwise(instants))
    return found[len(found) // 2] if found else _DAY


def percent(number: float) -> str:
    """With two decimals, as attributes of shapes have it."""
    return f"{number:.2f}".rstrip("0").rstrip(".") + "%"


def _choose_steps(lowest: Decimal, highest: Decimal) -> list[Decimal]:
    """Round numbers at the same distance around both, from the top; 0 is one of them."""
    span = highest - lowest
    if not span:
        return [Decimal(1), Decimal(0)]
    power = Decimal(1).scaleb((span / _MOST_TICKS).adjusted())
    for factor in (1, 2, 5, 10, 20):
        step = power * factor
        first = (highest / step).to_integral_value(ROUND_CEILING)
        last = (lowest / step).to_integral_value(ROUND_FLOOR)
        if first - last <= _MOST_TICKS:
            break
    return [step * number for number in range(int(first), int(last) - 1, -1)]


def _build_bands(marked: Sequence[int], slot: float) -> Iterator[Rectangle]:
    """The ground behind bars that are marked; neighbours share one."""
    for _, pairs in groupby(enumerate(marked), key=lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in pairs]
        yield Rectangle(percent(numbers[0] * slot), percent(len(numbers) * slot))


def _name(instant: datetime, spacing: timedelta) -> str:
    if spacing < _DAY:
        return f"{instant:%Y-%m-%d %H:%M}"
    if spacing < _WEEK:
        return f"{instant:%Y-%m-%d %a}"
    return f"{instant:week of %Y-%m-%d}" if spacing == _WEEK else f"{instant:%b %Y}"


def _build_labels(instants: Sequence[datetime], spacing: timedelta, slot: float) -> Iterator[Label]:
    """Few of them, at places where people look: the first of a month, a Monday, midnight."""
    found = _choose_labels(instants, spacing)
    found = found[:: -(-len(found) // _MOST_LABELS)]
    stride = -(-len(found) // _MOST_ESSENTIAL)
    shown_year = 0
    for place, number in enumerate(found):
        instant, x = instants[number], number * slot
        if x > _LAST_LABEL:
            break
        with_year = instant.year != shown_year
        shown_year = instant.year
        is_minor = place % stride > 0 or x > _LAST_ESSENTIAL
        yield Label(percent(x), _write_label(instant, spacing, len(instants), with_year), is_minor)


def _choose_labels(instants: Sequence[datetime], spacing: timedelta) -> list[int]:
    span = instants[-1] - instants[0]
    numbers = range(len(instants))
    if spacing < _DAY and span > 3 * _DAY:
        return [n for n in numbers if not n or instants[n].date() != instants[n - 1].date()]
    if _DAY <= spacing < 4 * _WEEK and span > 10 * _WEEK:
        months = [n for n in numbers if n and instants[n].month != instants[n - 1].month]
        return months if months and months[0] * 12 < len(instants) else [0, *months]
    if _DAY <= spacing < _WEEK and span > 2 * _WEEK:
        return [n for n in numbers if instants[n].weekday() == 0]
    return list(numbers)


def _write_label(instant: datetime, spacing: timedelta, count: int, with_year: bool) -> str:
    if spacing < _DAY:
        return f"{instant:%H:%M}" if count <= 3 * 24 else f"{instant.day} {instant:%b}"
    if spacing > 2 * _WEEK or count * min(spacing, _WEEK) > 10 * _WEEK:
        return f"{instant:%b %Y}" if with_year else f"{instant:%b}"
    return f"{instant.day} {instant:%b}"
