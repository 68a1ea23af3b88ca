"""The forecast: what the days of a horizon are expected to use, and when a limit is reached."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from math import exp
from typing import NamedTuple

from scenario_usage_cli.forecast.history import WEEKS, History, build_history
from scenario_usage_cli.forecast.level import Level, build_levels
from scenario_usage_cli.forecast.trial import LEAST, SHARE, count_held, find_spread, replay

LEAST_COVERAGE = Decimal("0.7")
"""What the interval of a younger account must have held."""


class Interval(NamedTuple):
    """Where the sum of the horizon is to be, and how often such intervals were right."""

    low: Decimal
    high: Decimal
    share: Decimal
    """How often it is to be right: 0.8."""
    held: int
    """How often the intervals of past days were right,"""
    tries: int
    """of so many; they overlap, and so count for less than they are."""

    @property
    def coverage(self) -> Decimal:
        """The share of the times that such intervals held."""
        return Decimal(self.held) / self.tries


class Forecast(NamedTuple):
    """What is still to come, in CU, from this moment on."""

    first: date
    """The first day of the horizon."""
    days: tuple[Decimal, ...]
    """What is expected of each day, in order; of a running day, what it has not used yet."""
    level: Level
    """CU per weekday, Monday first: how it goes on after the horizon."""
    known_days: int
    """How many days of use it is made of; without any, all of it is 0."""
    interval: Interval | None
    reason: str | None
    """Why there is no interval."""

    @property
    def expected(self) -> Decimal:
        """The sum over the horizon."""
        return sum(self.days, Decimal(0))


def build_forecast(daily: Mapping[date, Decimal], first: date, days: int) -> Forecast:
    """What so many days will use, the first of them running or yet to come.

    `daily` are CU per UTC day, refunds taken off, in any order. Days before `first` are whole ones,
    and count as zero where they are missing; `first`, if it is there, is what that day has used so
    far. Later days are not looked at, and neither is anything before the last 26 weeks.
    """
    history = build_history(daily, first)
    levels = list(build_levels(history))
    level = levels[-1]
    coming = [level[(first.weekday() + number) % 7] for number in range(days)]
    so_far = max(daily.get(first, Decimal(0)), Decimal(0)) if coming else Decimal(0)
    rest = [max(coming[0] - so_far, Decimal(0)), *coming[1:]] if coming else []
    found = _build_interval(history, levels, days, sum(rest, so_far), so_far)
    return Forecast(
        first,
        tuple(rest),
        level,
        len(history.amounts),
        found if isinstance(found, Interval) else None,
        found if isinstance(found, str) else None,
    )


def find_day_reached(forecast: Forecast, left: Decimal) -> date | None:
    """The day on which so much will have been used, within the horizon or after it.

    The first day where nothing is left; None where that day never comes.
    """
    if left <= 0:
        return forecast.first
    for number, amount in enumerate(forecast.days):
        left -= amount
        if left <= 0:
            return forecast.first + timedelta(days=number)
    week = sum(forecast.level)
    if not week:
        return None
    weeks = max(int(left / week) - 1, 0)
    left -= weeks * week
    try:
        day = forecast.first + timedelta(days=len(forecast.days), weeks=weeks)
        while left > (amount := forecast.level[day.weekday()]):
            left -= amount
            day += timedelta(days=1)
    except OverflowError:  # past the year 9999
        return None
    return day


def _build_interval(
    history: History, levels: Sequence[Level], days: int, whole: Decimal, so_far: Decimal
) -> Interval | str:
    """The interval of what is still to come of a horizon's whole sum; or why there is none."""
    if days < 1:
        return "no days are left"
    if not history.amounts:
        return "there is no use to go by yet"
    if not whole:
        return "no use is expected"
    pasts = replay(history, levels, days)
    errors = sorted(past.error for past in pasts if past.error is not None)
    spread = find_spread(errors)
    held, tries = count_held(pasts, days)
    if spread is None and len(errors) >= LEAST:
        return (
            f"too often, {_count(days, 'day')} had no use where some was expected, or the reverse"
        )
    if spread is None or tries < LEAST:
        return f"past forecasts for {_count(days, 'day')} can be checked too few times"
    factor = Decimal(exp(spread))
    low = max(whole / factor - so_far, Decimal(0))
    interval = Interval(low, whole * factor - so_far, SHARE, held, tries)
    if history.weeks < WEEKS and interval.coverage < LEAST_COVERAGE:
        return (
            f"there is use of {_count(history.weeks, 'week')} only, and past intervals held "
            f"{held} of {tries} times, less than {LEAST_COVERAGE * 100:.0f} %"
        )
    return interval


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
