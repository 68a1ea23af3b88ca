"""What was used when: bars over time, and a calendar."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from scenario_usage_cli.report.fields import Field, Row
from scenario_usage_cli.report.figures import KNOWN_COST
from scenario_usage_cli.report.numbers import is_shown, round_cu, sum_cu
from scenario_usage_cli.report.tables import LABEL, PARTIAL, START
from scenario_usage_cli.report.trend import Trend
from scenario_usage_cli.report.trend_view import build_buckets
from scenario_usage_cli.report.view import Chapter, Chart, Drawing, Section
from scenario_usage_cli.report.words import count, format_rate, group_thousands

_SATURDAY = 5
_BESIDE_MODELS = "It is the cost of models: operations without a model, and refunds, have no {}."


class Course(NamedTuple):
    """What can be said of the rows of a timeline."""

    rows: tuple[Row, ...]
    figure: Field[Any]
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
    read = read_course(section, KNOWN_COST)
    if not any(is_shown(KNOWN_COST.of(row)) for row in read.rows):
        return None
    sentences = [*describe_course(read, unit), *([] if is_all else [_BESIDE_MODELS.format(unit)])]
    charts = [
        Chart(
            f"Cost of models by {unit}",
            Drawing.BARS,
            section,
            START,
            KNOWN_COST,
            description=" ".join(describe_course(read, unit)),
            mean=read.mean,
            marked=find_weekends(section) if unit in ("hour", "day") else frozenset(),
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
                description=" ".join(describe_course(read_course(own, KNOWN_COST), "day")),
                marked=find_weekends(own),
            )
        )
    return Chapter(title, tuple(sentences), charts=tuple(charts), sections=tuple(sections))


def read_course(section: Section, figure: Field[Any]) -> Course:
    """One figure of the rows of a timeline."""
    whole = [row for row in section.rows if not PARTIAL.of(row)]
    known = [found for row in whole if (found := figure.of(row)) is not None]
    mean = round_cu(sum_cu(known) / len(known)) if known else None
    return Course(tuple(section.rows), figure, mean, len(known))


def describe_course(course: Course, unit: str) -> list[str]:
    """The mean and the extremes, a sentence each; `unit` is that of time."""
    sentences = []
    of = course.figure.unit or course.figure.title.lower()
    if course.mean is not None:
        article = "an" if unit == "hour" else "a"
        sentences.append(
            f"The mean is {format_rate(course.mean)} {of} {article} {unit}, "
            f"of {count(course.whole, f'whole {unit}')}."
        )
    found = [(course.figure.of(row) or Decimal(0), row) for row in course.rows]
    highest, row = max(found, key=lambda one: one[0])
    sentences.append(f"The highest {unit} is {_name(row)}, with {group_thousands(highest)} {of}.")
    lowest, row = min(found, key=lambda one: one[0])
    if lowest < 0:
        sentences.append(f"The lowest {unit} is {_name(row)}, with {group_thousands(lowest)} {of}.")
    zeros = sum(not is_shown(figure) for figure, _ in found)
    if zeros:
        sentences.append(f"{count(zeros, unit)} had no {course.figure.title.lower()}.")
    return sentences


def _name(row: Row) -> str:
    return LABEL.of(row).removesuffix(" *")


def find_weekends(section: Section) -> frozenset[int]:
    """The positions of Saturdays and Sundays, or of their hours."""
    starts: list[datetime] = [START.of(row) for row in section.rows]
    return frozenset(place for place, start in enumerate(starts) if start.weekday() >= _SATURDAY)
