"""How well the forecast did in the studios, day by day, with only what was known then."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import NamedTuple

from scenario_usage_cli.forecast import build_forecast


class Score(NamedTuple):
    """One forecast of what a calendar month still used, against the straight line's."""

    studio: str
    month: tuple[int, int]
    error: Decimal
    line_error: Decimal
    """The line is the month's use so far, per day, going on."""
    actual: Decimal
    total: Decimal
    """What the whole month used; errors are in CU."""
    held: bool | None
    """Whether the interval did; None without one."""
    claim: Decimal | None
    """The coverage that stood beside the interval."""


def score(studio: str, daily: Mapping[date, Decimal], step: int = 1) -> Iterator[Score]:
    """The scores of each day, or of each so many, but for the first of a month.

    A month's first day has no straight line yet, and neither have days before the first use.
    """
    first = min(day for day, amount in daily.items() if amount)
    for today in sorted(daily)[::step]:
        start = today.replace(day=1)
        if today == start or start < first:
            continue
        gone = sum((daily[day] for day in _list_days(start, today)), Decimal(0))
        coming = list(_list_days(today, (start + timedelta(days=31)).replace(day=1)))
        actual = sum((daily[day] for day in coming), Decimal(0))
        known = {day: amount for day, amount in daily.items() if day < today}
        forecast = build_forecast(known, today, len(coming))
        line = gone / (today - start).days * len(coming)
        interval = forecast.interval
        yield Score(
            studio,
            (today.year, today.month),
            abs(forecast.expected - actual),
            abs(line - actual),
            actual,
            gone + actual,
            interval.low <= actual <= interval.high if interval else None,
            interval.coverage if interval else None,
        )


def find_coverage(scores: Iterable[Score]) -> tuple[float, int]:
    """Which share of the intervals held, and how many there were."""
    held = [one.held for one in scores if one.held is not None]
    return sum(held) / max(len(held), 1), len(held)


def find_errors(scores: Iterable[Score], *, of_total: bool = False) -> tuple[float, float]:
    """The median error of forecast and straight line, as a share of what was still to come.

    Or of the month's total.
    """
    pairs = [
        (one.error / whole, one.line_error / whole)
        for one in scores
        if (whole := one.total if of_total else one.actual) > 0
    ]
    return float(median(pair[0] for pair in pairs)), float(median(pair[1] for pair in pairs))


def split_months(scores: Iterable[Score]) -> Mapping[tuple[int, int], list[Score]]:
    """The scores of each month, in order."""
    months: dict[tuple[int, int], list[Score]] = {}
    for one in scores:
        months.setdefault(one.month, []).append(one)
    return dict(sorted(months.items()))


def count_won(scores: Iterable[Score], *, of_total: bool = False) -> tuple[int, int]:
    """In how many months the forecast's median error was below the straight line's, of how many."""
    errors = [find_errors(month, of_total=of_total) for month in split_months(scores).values()]
    return sum(ours < line for ours, line in errors), len(errors)


def _list_days(first: date, end: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((end - first).days))
