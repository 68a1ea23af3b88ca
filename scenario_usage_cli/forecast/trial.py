"""The proof: what the method would have said on each past day, against what came."""

from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from math import ceil, inf, log
from statistics import median
from typing import NamedTuple

from scenario_usage_cli.forecast.history import History, build_history
from scenario_usage_cli.forecast.level import SURE_DAYS, Level, add_up, build_levels

SHARE = Decimal("0.8")
"""How many of the sums the interval is to hold."""
LEAST = 14
"""Without so many errors there is no interval, and without so many intervals no proof.

The rank below is there from four errors on, but those of neighbouring days are almost the same.
"""


class Past(NamedTuple):
    """A forecast of a past sum, made on a day from the days before it alone."""

    number: int
    """How many days were known."""
    expected: Decimal
    actual: Decimal
    error: float | None
    """How far both are apart, as |log ratio|: infinite where only one is above 0.

    None where neither is: such a stretch says nothing about how far off a sum may be.
    """


class Trial(NamedTuple):
    """How the method did on past sums of so many days, one forecast a day.

    Forecasts of neighbouring days share most of their days: they are fewer than they look.
    """

    days: int
    """The horizon."""
    held: int
    """How many sums were within their interval,"""
    tries: int
    """of so many that had one."""
    compared: int
    """How many sums the errors are the medians of."""
    error: Decimal | None
    """Median of |expected - actual| / actual; None where there is no sum above 0."""
    line_error: Decimal | None
    """The same of the straight line: the period's use so far, per day, going on."""

    @property
    def coverage(self) -> Decimal | None:
        """The share of the sums that their interval held; None without a try."""
        return Decimal(self.held) / self.tries if self.tries else None


def backtest(
    daily: Mapping[date, Decimal], today: date, horizons: Iterable[int], period_days: int = 30
) -> list[Trial]:
    """One trial for each horizon (days left of a period of so many), from whole days before today.

    The straight line knows the days of the period that are gone. Both errors are of the same days;
    without one gone, there is no line.
    """
    history = build_history(daily, today)
    levels = list(build_levels(history))
    sums = history.add_up()
    trials = []
    for days in horizons:
        pasts = replay(history, levels, days)
        gone = max(period_days - days, 0)
        compared = [past for past in pasts if past.actual > 0 and past.number >= gone]
        pairs = [(past.expected, past.actual) for past in compared]
        lines = [
            ((sums[past.number] - sums[past.number - gone]) / gone * days, past.actual)
            for past in (compared if gone else ())
        ]
        trials.append(
            Trial(
                days,
                *count_held(pasts, days),
                len(compared),
                _find_median_error(pairs),
                _find_median_error(lines),
            )
        )
    return trials


def replay(history: History, levels: Sequence[Level], days: int) -> list[Past]:
    """The forecasts for so many days that can be checked, from the fifth week on, oldest first.

    With the level before each day of the history.
    """
    if days < 1:
        return []
    sums = history.add_up()
    pasts = []
    for number in range(SURE_DAYS, len(history.amounts) - days + 1):
        expected = add_up(levels[number], history.weekday(number), days)
        actual = sums[number + days] - sums[number]
        pasts.append(Past(number, expected, actual, _measure_error(expected, actual)))
    return pasts


def count_held(pasts: Sequence[Past], days: int) -> tuple[int, int]:
    """How many past sums were in the interval that they would have had, and how many had one.

    Each interval is made of the errors that were known on its day: of sums that were over by then.
    """
    held = tries = known = 0
    errors: list[float] = []
    for past in pasts:
        while pasts[known].number + days <= past.number:
            error = pasts[known].error
            known += 1
            if error is not None:
                insort(errors, error)
        spread = find_spread(errors)
        if spread is not None and past.expected > 0:
            tries += 1
            held += past.error is not None and past.error <= spread
    return held, tries


def find_spread(errors: Sequence[float]) -> float | None:
    """How far off, as |log ratio|, the next sum is to be at most, with a probability of 80 %.

    Split conformal prediction (Vovk et al. 2005; Lei et al. 2018): of n sorted errors the one of
    rank ceil((n + 1) * 0.8). None where there are too few, or it is infinite.
    """
    if len(errors) < LEAST:
        return None
    error = errors[ceil((len(errors) + 1) * SHARE) - 1]
    return None if error == inf else error


def _measure_error(expected: Decimal, actual: Decimal) -> float | None:
    if expected > 0 and actual > 0:
        return abs(log(actual / expected))
    return inf if max(expected, actual) > 0 else None


def _find_median_error(pairs: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """How far what was expected of past sums was from them, as a share of them."""
    errors = [abs(expected - actual) / actual for expected, actual in pairs]
    return median(errors) if errors else None
