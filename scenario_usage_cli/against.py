"""The other period of a comparison: what `--against` means beside the first one."""

import re
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from scenario_usage_cli.clocks import MILLISECOND, format_instant, localise, start_of_day, to_local
from scenario_usage_cli.days import DAY, calendar_months
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.periods import Period, parse_period

PREVIOUS = "previous"
YEAR_AGO = "year-ago"
_HINT = (
    f"give {PREVIOUS}, {YEAR_AGO}, a period that has begun such as last-month, 2026-04, 2026-Q1 "
    "or 2025, or both ends, as in 2026-04-01..2026-04-15"
)
_YEAR = calendar_months(12)
_CLOCK_CHANGE = timedelta(hours=1)
_CALENDAR_UNITS = (calendar_months(1), calendar_months(3), _YEAR)


class Against(NamedTuple):
    """The other period of a comparison; `named` is the whole of it.

    `is_part` tells that it was cut to the same length as the elapsed part of the first.
    """

    period: Period
    is_part: bool
    named: Period


def parse_against(text: str, period: Period, now: datetime) -> Against:
    """The period that `--against text` means beside `period`, at the instant `now`.

    `previous` is the calendar month, quarter or year before, if `period` is exactly one of these,
    and otherwise the stretch of the same length that ends where `period` starts. `year-ago` has
    both ends a year earlier on the zone's clocks. Other texts are read like --period. If the period
    is still running, only the same elapsed part is compared. Raises BadArgument for any other text,
    and for periods in the future or outside the calendar.
    """
    zone = period.zone
    name = re.sub(r"[\s_]+", "-", text.strip().lower())
    find = {PREVIOUS: _find_previous, YEAR_AGO: _find_year_ago}.get(name)
    if find is None:
        other = parse_period(period=text, zone=zone, now=now, option="--against", forms=_HINT)
    else:
        try:
            first, beyond = find(period, zone)
        except (OverflowError, ValueError):
            raise BadArgument(f"--against {text} is outside the calendar", hint=_HINT) from None
        other = Period(first, beyond - MILLISECOND, zone, provisional=False)
    # What was found beside a period without an end already has its length.
    named = other
    may_be_cut = find is None if period.is_open else period.is_running
    is_part = may_be_cut and other.start + period.length < other.end
    if is_part:
        other = other._replace(end=other.start + period.length, named_end=None)
    running_day = start_of_day(now.astimezone(zone).date(), zone)
    return Against(other._replace(provisional=other.end >= running_day), is_part, named)


def describe_lengths(period: Period, against: Against) -> str | None:
    """What a reader must know about the lengths of the two periods; None if there is nothing.

    One of them is still running, or they differ by more than calendar months or a clock change do.
    """
    other = against.period
    if against.is_part:
        part = f"{format_instant(other.start)} to {format_instant(other.end)}"
        return (
            f"the period is still running: compared with the same elapsed part, {part}"
            f"{_suggest_year_ago(period, against)}"
        )
    both = {"the period": period, "the other one": other}
    running = [name for name, one in both.items() if one.is_running]
    shorter, longer = sorted(one.length for one in both.values())
    tolerance = _CLOCK_CHANGE if shorter > DAY - 2 * _CLOCK_CHANGE else MILLISECOND
    if longer - shorter <= tolerance:
        return None
    unit, name = (DAY, "day") if longer >= 2 * DAY else (timedelta(hours=1), "hour")
    numbers = [round(one.length / unit, 1) for one in both.values()]
    decimals = 0 if all(map(float.is_integer, numbers)) else 1
    lengths = " beside ".join(
        f"{number:.{decimals}f} {name}" + ("" if number == 1 else "s") for number in numbers
    )
    if running:
        verb = "are" if running[1:] else "is"
        return f"{' and '.join(running)} {verb} still running: {lengths}"
    months = _count_months(period)
    if months is not None and months == _count_months(other):
        return None
    return f"the periods differ in length: {lengths}{_suggest_year_ago(period, against)}"


def _suggest_year_ago(period: Period, against: Against) -> str:
    """A hint at --against year-ago, if that would be complete and something else."""
    try:
        start, beyond = _find_year_ago(period, period.zone)
    except (OverflowError, ValueError):  # outside of the calendar
        return ""
    end, named = beyond - MILLISECOND, against.named
    is_that = named.start == start and (against.is_part or named.end == end)
    if is_that or start < named.start or named.end < end:
        return ""
    return f"; --against {YEAR_AGO} is the same stretch a year earlier"


def _count_months(period: Period) -> int | None:
    """The number of calendar months of a period; None if it does not consist of whole ones."""
    days = _find_days(period, period.zone)
    if days is None or not days[0].day == days[1].day == 1:
        return None
    first, beyond = days
    return (beyond.year - first.year) * 12 + beyond.month - first.month


def _find_previous(period: Period, zone: tzinfo) -> tuple[datetime, datetime]:
    """The first instant of the stretch before, and the first instant after it."""
    days = _find_days(period, zone)
    if days is None:
        return period.start - (_find_beyond(period) - period.start), period.start
    first, beyond = days
    for unit in _CALENDAR_UNITS:
        if first + unit == beyond and _begins_unit(first, unit):
            return start_of_day(first - unit, zone), period.start
    return start_of_day(first - (beyond - first), zone), period.start


def _find_year_ago(period: Period, zone: tzinfo) -> tuple[datetime, datetime]:
    """The first instant of the same stretch a year earlier, and the first instant after it."""
    days = _find_days(period, zone)
    if days is not None:
        first, beyond = days
        if first.day == beyond.day == 1:  # whole months stay whole, also around 29 February
            return start_of_day(first - _YEAR, zone), start_of_day(beyond - _YEAR, zone)
        last = beyond - timedelta(days=1) - _YEAR
        return start_of_day(first - _YEAR, zone), start_of_day(last + timedelta(days=1), zone)
    start = _go_back_a_year(period.start, zone, fold=0)
    end = _go_back_a_year(period.named_end or period.end, zone, fold=1)
    if end <= start:  # it ended on a 29 February, or within an hour that came twice
        end = start + (_find_beyond(period) - period.start) - MILLISECOND
    return start, end + MILLISECOND


def _go_back_a_year(instant: datetime, zone: tzinfo, *, fold: int) -> datetime:
    local = to_local(instant, zone).replace(tzinfo=None)
    return localise(local - _YEAR, zone, fold=fold)


def _find_beyond(period: Period) -> datetime:
    """The first instant after the period that was asked for, even if the period was cut."""
    return (period.named_end or period.end) + MILLISECOND


def _find_days(period: Period, zone: tzinfo) -> tuple[date, date] | None:
    """The first day of a period and the day after its last; None if it has no whole days."""
    first, beyond = (
        to_local(instant, zone).date() for instant in (period.start, _find_beyond(period))
    )
    try:
        whole = (start_of_day(first, zone), start_of_day(beyond, zone))
    except OverflowError:  # they begin outside of the calendar
        return None
    return (first, beyond) if whole == (period.start, _find_beyond(period)) else None


def _begins_unit(day: date, unit: relativedelta) -> bool:
    """Whether a calendar month, quarter or year begins on this day."""
    months = unit.years * 12 + unit.months
    return day.day == 1 and (day.month - 1) % months == 0
