"""What was used when: bars over time, and a calendar."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.figures import KNOWN_COST
from scenario_usage_cli.report.numbers import is_shown, round_cu, sum_cu
from scenario_usage_cli.report.tables import LABEL, PARTIAL, START
from scenario_usage_cli.report.trend import Trend
from scenario_usage_cli.report.trend_view import build_buckets
from scenario_usage_cli.report.view import Chapter, Chart, Drawing, Section
from scenario_usage_cli.report.words import count, format_rate, group_thousands

_SATURDAY = 5
_BESIDE_MODELS = "Only models have times: operations without a model, and refunds, are not in it."


class _Course(NamedTuple):
    """What can be said of the rows of a timeline."""

    rows: tuple[Row, ...]
    mean: Decimal | None
    """Of those that the period has as a whole."""
    whole: int
    """How many these are."""


def build_days(course: Trend, days: Trend | None, *, is_all: bool) -> Chapter | None:
    """Bars of the course, and a calendar of the days, if there are any; None without any cost.

    With `is_all`, nothing was used that has no time.
    """
    unit = course.buckets.unit
    section = build_buckets(course)
    title = f"Cost by {unit}"
    read = _read(section)
    if not any(is_shown(KNOWN_COST.of(row)) for row in read.rows):
        return None
    sentences = [*_describe(read, unit), *([] if is_all else [_BESIDE_MODELS])]
    charts = [
        Chart(
            f"Cost of models by {unit}",
            Drawing.BARS,
            section,
            START,
            KNOWN_COST,
            description=" ".join(_describe(read, unit)),
            mean=read.mean,
            marked=_find_weekends(section) if unit in ("hour", "day") else frozenset(),
        )
    ]
    sections = [section]
    if days:
        own = section if days.buckets == course.buckets else build_buckets(days)
        if own is not section:
            sections.append(own)
        charts.append(
            Chart(
                "Calendar",
                Drawing.CALENDAR,
                own,
                START,
                KNOWN_COST,
                description=" ".join(_describe(_read(own), "day")),
                marked=_find_weekends(own),
            )
        )
    return Chapter(title, tuple(sentences), charts=tuple(charts), sections=tuple(sections))


def _read(section: Section) -> _Course:
    whole = [row for row in section.rows if not PARTIAL.of(row)]
    costs = [cost for row in whole if (cost := KNOWN_COST.of(row)) is not None]
    mean = round_cu(sum_cu(costs) / len(costs)) if costs else None
    return _Course(tuple(section.rows), mean, len(costs))


def _describe(course: _Course, unit: str) -> list[str]:
    """The mean and the extremes, a sentence each."""
    sentences = []
    if course.mean is not None:
        sentences.append(
            f"The mean is {format_rate(course.mean)} CU a {unit}, "
            f"of {count(course.whole, f'whole {unit}')}."
        )
    costs = [(KNOWN_COST.of(row) or Decimal(0), row) for row in course.rows]
    highest, row = max(costs, key=lambda one: one[0])
    sentences.append(f"The highest {unit} is {_name(row)}, with {group_thousands(highest)} CU.")
    lowest, row = min(costs, key=lambda one: one[0])
    if lowest < 0:
        sentences.append(f"The lowest {unit} is {_name(row)}, with {group_thousands(lowest)} CU.")
    zeros = sum(not is_shown(cost) for cost, _ in costs)
    if zeros:
        sentences.append(f"{count(zeros, unit)} had no cost.")
    return sentences


def _name(row: Row) -> str:
    return LABEL.of(row).removesuffix(" *")


def _find_weekends(section: Section) -> frozenset[int]:
    """The positions of Saturdays and Sundays, or of their hours."""
    starts: list[datetime] = [START.of(row) for row in section.rows]
    return frozenset(place for place, start in enumerate(starts) if start.weekday() >= _SATURDAY)
