"""What is said and drawn of figures over time: sentences, bars, and a calendar."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.fields import Field, Row
from scenario_usage_cli.report.numbers import is_shown, round_cu, sum_cu
from scenario_usage_cli.report.tables import LABEL, PARTIAL, START
from scenario_usage_cli.report.view import Chart, Drawing, Section
from scenario_usage_cli.report.words import count, format_rate, group_thousands

_DAY = timedelta(days=1)
_LONGEST_IN_HOURS = 2 * _DAY
_LONGEST_IN_DAYS = 367 * _DAY
_LONGEST_IN_WEEKS = 3 * _LONGEST_IN_DAYS
CALENDAR_DAYS = range(21, _LONGEST_IN_WEEKS.days + 1)
"""So many days are drawn as a calendar."""
_SATURDAY = 5


def choose_bar_unit(period: Period) -> str:
    """The unit of the bars of a period: hour, day, week or month."""
    for unit, longest in (
        ("hour", _LONGEST_IN_HOURS),
        ("day", _LONGEST_IN_DAYS),
        ("week", _LONGEST_IN_WEEKS),
    ):
        if period.length <= longest:
            return unit
    return "month"


def choose_finest(period: Period) -> str:
    """The unit of the buckets of which both bars and calendar are made."""
    return "day" if suits_calendar(period) else choose_bar_unit(period)


def suits_calendar(period: Period) -> bool:
    """Whether its days are many enough for a calendar, and not too many."""
    return round(period.length / _DAY) in CALENDAR_DAYS


def draw_course(title: str, section: Section, figure: Field[Any], unit: str) -> Chart:
    """Bars of a figure; `unit` is that of the time between the rows."""
    return Chart(
        title,
        Drawing.BARS,
        section,
        START,
        figure,
        description=" ".join(describe_course(section, figure, unit)),
        mean=_find_mean(section, figure)[0],
        marked=_find_weekends(section) if unit in ("hour", "day") else frozenset(),
    )


def draw_calendar(section: Section, figure: Field[Any]) -> Chart:
    """The days of a figure, each of which has a row."""
    return Chart(
        "Calendar",
        Drawing.CALENDAR,
        section,
        START,
        figure,
        description=" ".join(describe_course(section, figure, "day")),
        marked=_find_weekends(section),
    )


def describe_course(section: Section, figure: Field[Any], unit: str) -> list[str]:
    """The mean and the extremes of the rows, a sentence each; `unit` is that of time."""
    sentences = []
    mean, whole = _find_mean(section, figure)
    of = figure.unit or figure.title.lower()
    if mean is not None:
        article = "an" if unit == "hour" else "a"
        sentences.append(
            f"The mean is {format_rate(mean)} {of} {article} {unit}, "
            f"of {count(whole, f'whole {unit}')}."
        )
    found = [(value, row) for row in section.rows if (value := figure.of(row)) is not None]
    if not found:
        return sentences
    highest, row = max(found, key=lambda one: one[0])
    sentences.append(f"The highest {unit} is {_name(row)}, with {group_thousands(highest)} {of}.")
    lowest, row = min(found, key=lambda one: one[0])
    if lowest < 0:
        sentences.append(f"The lowest {unit} is {_name(row)}, with {group_thousands(lowest)} {of}.")
    zeros = sum(not is_shown(one) for one, _ in found)
    if zeros:
        sentences.append(f"{count(zeros, unit)} had no {figure.title.lower()}.")
    if unknown := len(section.rows) - len(found):
        sentences.append(f"{count(unknown, unit)} {'is' if unknown == 1 else 'are'} not known.")
    return sentences


def _find_mean(section: Section, figure: Field[Any]) -> tuple[Decimal | None, int]:
    """The mean of the figure, and of how many rows: those that the period has as a whole."""
    whole = [row for row in section.rows if not PARTIAL.of(row)]
    known = [found for row in whole if (found := figure.of(row)) is not None]
    return (round_cu(sum_cu(known) / len(known)) if known else None), len(known)


def _name(row: Row) -> str:
    return LABEL.of(row).removesuffix(" *")


def _find_weekends(section: Section) -> frozenset[int]:
    """The positions of Saturdays and Sundays, or of their hours."""
    starts: list[datetime] = [START.of(row) for row in section.rows]
    return frozenset(place for place, start in enumerate(starts) if start.weekday() >= _SATURDAY)
