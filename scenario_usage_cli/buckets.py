"""Buckets: a period cut where hours, days, weeks or months begin in its time zone."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from math import gcd
from typing import TYPE_CHECKING, NamedTuple, Self

from scenario_usage_cli.clocks import MILLISECOND, start_of_day, to_local
from scenario_usage_cli.days import calendar_months
from scenario_usage_cli.periods import Period

if TYPE_CHECKING:
    from dateutil.relativedelta import relativedelta

UNITS = ("hour", "day", "week", "month")
GRANULARITIES = {
    "1m": timedelta(minutes=1),
    "5m": timedelta(minutes=5),
    "15m": timedelta(minutes=15),
    "30m": timedelta(minutes=30),
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
}
"""The API chooses one of these; it does not tell on which weekday a 7-day bucket begins."""

_FINEST_S = 60
_DAY_S = 86_400
_START_OF_TIME = datetime.min.replace(tzinfo=UTC)
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)
"""The bounds of the calendar; times of a zone before or after them are cut off."""


class Buckets(NamedTuple):
    """Adjacent buckets that cover a period. `starts` are aware UTC and in order.

    The first one may be before the start of the period, if that is in the middle of a bucket.
    """

    unit: str
    zone: tzinfo
    starts: tuple[datetime, ...]
    partial: frozenset[datetime] = frozenset()
    """The starts of the buckets that the period only has a part of: first, last or both."""

    def find(self, instant: datetime) -> datetime:
        """The start of the bucket that contains an instant of the period."""
        return self.starts[max(0, bisect_right(self.starts, instant) - 1)]

    def boundary_between(self, first: datetime, last: datetime) -> datetime | None:
        """The boundary nearest to the middle of a range; None if one bucket contains all of it."""
        low, high = bisect_right(self.starts, first), bisect_right(self.starts, last)
        middle = first + (last - first) / 2
        return min(self.starts[low:high], key=lambda start: abs(start - middle), default=None)

    def cut(self, instants: Iterable[datetime]) -> Self:
        """The same, cut also at some instants of the period."""
        return self._replace(starts=tuple(sorted({*self.starts, *instants})))

    @property
    def granularity(self) -> timedelta:
        """The coarsest granularity of the API whose buckets never cross one of these."""
        seconds = _DAY_S
        for start in self.starts[1:]:
            seconds = gcd(seconds, int(start.timestamp()))
        fitting = (g for g in GRANULARITIES.values() if seconds % int(g.total_seconds()) == 0)
        return max(fitting, default=timedelta(seconds=_FINEST_S))


def cut_into_buckets(period: Period, unit: str) -> Buckets:
    """The buckets of a period, `unit` being one of UNITS."""
    zone = period.zone
    starts = [_START_OF_TIME]
    partial = set()
    for start in _STEPS[unit](period.start, zone):
        if start > period.end:
            if start > period.end + MILLISECOND:
                partial.add(starts[-1])
            break
        if start <= period.start:
            starts = [start]
        elif start > starts[-1]:
            starts.append(start)
    if starts[0] < period.start:
        partial.add(starts[0])
    return Buckets(unit, zone, tuple(starts), frozenset(partial))


def choose_unit(period: Period) -> str:
    """The unit that suits the length of a period."""
    days = period.length / timedelta(days=1)
    return "hour" if days <= 2 else "day" if days <= 62 else "week" if days <= 190 else "month"


def _hours(first: datetime, zone: tzinfo) -> Iterator[datetime]:
    """Every whole hour of the local clock; a smaller clock change makes a shorter one."""
    start = _floor_hour(first, zone)
    while start < _END_OF_TIME - timedelta(hours=1):
        yield start
        following = start + timedelta(hours=1)
        floored = _floor_hour(following, zone)
        start = floored if floored > start else following


def _floor_hour(instant: datetime, zone: tzinfo) -> datetime:
    """The last whole hour on a zone's clock; if the clock skipped it, the instant of the change."""
    try:
        local = instant.astimezone(zone)
        return local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    except OverflowError:
        return instant


def _days(first: datetime, zone: tzinfo) -> Iterator[datetime]:
    return _from_day(first, zone, lambda day: day, timedelta(days=1))


def _weeks(first: datetime, zone: tzinfo) -> Iterator[datetime]:
    return _from_day(
        first, zone, lambda day: day - timedelta(days=day.weekday()), timedelta(weeks=1)
    )


def _months(first: datetime, zone: tzinfo) -> Iterator[datetime]:
    return _from_day(first, zone, lambda day: day.replace(day=1), calendar_months(1))


def _from_day(
    first: datetime,
    zone: tzinfo,
    find_first: Callable[[date], date],
    step: "timedelta | relativedelta",
) -> Iterator[datetime]:
    """The starts of days, a step apart, from the one found on."""
    day = find_first(to_local(first, zone).date())
    if day > date.min and _begin(day, zone) > first:  # the clocks skip midnight, or show it twice
        day -= timedelta(days=1)
    while True:
        yield _begin(day, zone)
        try:
            day += step
        except (OverflowError, ValueError):  # past the year 9999
            return


def _begin(day: date, zone: tzinfo) -> datetime:
    """The first instant of a day, within the calendar."""
    try:
        return start_of_day(day, zone)
    except OverflowError:
        return _START_OF_TIME if day.year == date.min.year else _END_OF_TIME


_STEPS: dict[str, Callable[[datetime, tzinfo], Iterator[datetime]]] = {
    "hour": _hours,
    "day": _days,
    "week": _weeks,
    "month": _months,
}
