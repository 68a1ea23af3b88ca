"""What a team is expected to use in the rest of its billing period, in CU."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from scenario_usage_cli.clocks import MILLISECOND
from scenario_usage_cli.collect.sections import RESTATING_ACTIONS, Figure
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.forecast import Interval, build_forecast
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.numbers import round_cu
from scenario_usage_cli.report.spending import Expected, cut_rest, divide

ONE_DAY = Decimal(1)
"""So much of the period must be over before a rate is made of it."""
FARTHEST = timedelta(days=3660)
"""How far ahead days are looked at; some periods, such as those of trials, have no real end."""

_LAST = datetime.max.replace(tzinfo=UTC) - MILLISECOND
"""The last end of a period after which the calendar has an instant."""
_NO_DAYS = "it is a straight line, as no earlier days with use are known"


class Outlook(NamedTuple):
    """What is expected on each UTC day up to the end of the period; the first one is running."""

    expected: tuple[Expected, ...]
    interval: Interval | None = None
    """That of the sum."""
    note: str | None = None
    """Why there is no interval."""

    @property
    def rest(self) -> Decimal:
        """The sum of what is expected."""
        return sum((one.amount for one in self.expected), Decimal(0))


class Course(NamedTuple):
    """How much of a billing period is over, in days of 24 hours."""

    now: datetime
    end: datetime
    """The instant after it."""
    days: Decimal
    gone: Decimal

    @property
    def left(self) -> Decimal:
        """The days to come."""
        return self.days - self.gone

    @property
    def horizon(self) -> datetime:
        """The end, or where that is very far, the last instant that is looked at."""
        return min(self.end, self.now + FARTHEST)

    @property
    def is_far(self) -> bool:
        """Whether the end is so far that nothing can be expected of it."""
        return self.horizon < self.end

    def measure_rate(self, used: Figure | None) -> Decimal | None:
        """What was used per day so far; null before a whole day is over."""
        if used is None or self.gone < ONE_DAY:
            return None
        return round_cu(Decimal(used) / self.gone)


def follow(period: Period, now: datetime) -> Course:
    """The course of a period at an instant, which may also be before or after it."""
    end = min(period.end, _LAST) + MILLISECOND
    whole = end - period.start
    gone = min(max(now, period.start), end) - period.start
    return Course(min(now, end).astimezone(UTC), end, _count_days(whole), _count_days(gone))


def sum_days(usage: Usage) -> dict[date, Decimal]:
    """What each UTC day was charged, refunds taken off, of actions in buckets of days."""
    sums: dict[date, Decimal] = {}
    for action, buckets in usage.series.get("actions", {}).items():
        for start, figures in buckets.items():
            cost = figures["cost"]
            if start and cost and action not in RESTATING_ACTIONS:
                day = start.astimezone(UTC).date()
                sums[day] = sums.get(day, Decimal(0)) + cost
    return sums


def build_outlook(
    period: Period | None, daily: Mapping[date, Decimal], now: datetime
) -> Outlook | None:
    """The forecast of the days to come, of as many as are looked at, made of those before.

    Of a day on which the period ends, only the part that belongs to it. Null where there is no use
    yet, or where the period is not known.
    """
    if period is None:
        return None
    course = follow(period, now)
    rest = cut_rest(course.now, course.horizon)
    if not rest:
        return Outlook(())
    (first, _), (last, part) = rest[0], rest[-1]
    forecast = build_forecast(daily, first, len(rest))
    if not forecast.known_days:
        return None
    if first == last:  # what is expected of it is of the rest of the day
        midnight = datetime.combine(first, time(), UTC)
        part /= 1 - divide(course.now - midnight, timedelta(days=1))
    amounts = [*forecast.days[:-1], forecast.days[-1] * part]
    expected = tuple(
        Expected(day, round_cu(amount)) for (day, _), amount in zip(rest, amounts, strict=True)
    )
    whole, interval = forecast.expected, forecast.interval
    if interval and whole:
        share = sum(amounts, Decimal(0)) / whole
        interval = interval._replace(low=interval.low * share, high=interval.high * share)
    return Outlook(expected, interval, forecast.reason)


def build_straight_outlook(course: Course, used: Figure | None) -> Outlook | None:
    """As if every day were like those of the period so far; null before one is over."""
    rate = course.measure_rate(used)
    if rate is None:
        return None
    rest = cut_rest(course.now, course.horizon)
    daily = max(rate, Decimal(0))
    expected = tuple(Expected(day, daily * part) for day, part in rest)
    return Outlook(expected, note=_NO_DAYS if rest else None)


def find_day(course: Course, rate: Decimal, left: Figure) -> date | None:
    """The UTC day on which so much is used at a rate per day; null after the end of the period."""
    if rate <= 0 or left <= 0 or Decimal(left) > rate * course.left:
        return None
    needed = Decimal(left)
    for day, part in cut_rest(course.now, course.horizon):
        needed -= rate * part
        if round_cu(needed) <= 0:
            return day
    return None


def _count_days(length: timedelta) -> Decimal:
    return round_cu(divide(length, timedelta(days=1)))
