"""How fine an answer is. The API says so in one section only; elsewhere, the times tell."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from math import gcd

from scenario_usage_cli.api.wire import Series, UsagesAnswer, parse_time
from scenario_usage_cli.buckets import GRANULARITIES
from scenario_usage_cli.collect.sections import POINT_SECTIONS

_DAY_S = 86_400
_WEEK_S = 7 * _DAY_S


def find_granularity(answer: UsagesAnswer) -> timedelta | None:
    """The coarsest granularity that a row of an answer tells; None if none does."""
    told = [
        GRANULARITIES[granularity]
        for row in answer.get("usages") or ()
        if (granularity := row.get("granularity")) in GRANULARITIES
    ]
    return max(told, default=None)


def is_as_fine_as(answer: UsagesAnswer, needed: timedelta) -> bool:
    """Whether the points of an answer stand for no more than `needed` each.

    If no row tells its granularity, it divides all times, and therefore their common divisor. But
    weeks begin on a weekday that the API does not tell, so days that are weeks apart may be weeks.
    An answer that is not certainly fine enough counts as too coarse.
    """
    told = find_granularity(answer)
    if told:
        return told <= needed
    points = (point for row in _all_series(answer) for point in row.get("points") or ())
    times_s = list(_read_times({point.get("time") for point in points}))
    divisor_s = gcd(*times_s)
    distance_s = gcd(*(time_s - times_s[0] for time_s in times_s))
    if divisor_s and divisor_s % _DAY_S == 0 and distance_s % _WEEK_S == 0:
        return False
    return divisor_s <= needed.total_seconds()


def _all_series(answer: UsagesAnswer) -> Iterator[Series]:
    for section in POINT_SECTIONS:
        yield from answer.get(section.wire) or ()  # type: ignore[misc]  # all are Series


def _read_times(texts: Iterable[str | None]) -> Iterator[int]:
    """The seconds since 1970 of those that are times."""
    for text in texts:
        with suppress(ValueError):
            yield int(parse_time(text or "").timestamp())
