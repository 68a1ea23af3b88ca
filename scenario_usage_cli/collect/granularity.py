"""How fine an answer is: the API says so in one section only, elsewhere the times tell."""

from collections.abc import Iterator
from datetime import timedelta
from math import gcd

from scenario_usage_cli.api.wire import Series, UsagesAnswer, parse_time
from scenario_usage_cli.buckets import GRANULARITIES
from scenario_usage_cli.collect.sections import POINT_SECTIONS


def is_as_fine_as(answer: UsagesAnswer, needed: timedelta) -> bool:
    """Whether the points of an answer stand for no more than `needed` each.

    Where no row tells its granularity, it divides all times, and so their common divisor: that
    is fine if it is fine enough, and unknown if not.
    """
    told = [
        GRANULARITIES[granularity]
        for row in answer.get("usages") or ()
        if (granularity := row.get("granularity")) in GRANULARITIES
    ]
    if told:
        return max(told) <= needed
    divisor_s = 0
    for time in {time for row in _all_series(answer) for time in _times(row)}:
        divisor_s = gcd(divisor_s, int(parse_time(time).timestamp()))
    return divisor_s <= needed.total_seconds()


def _all_series(answer: UsagesAnswer) -> Iterator[Series]:
    for section in POINT_SECTIONS:
        yield from answer.get(section.wire) or ()  # type: ignore[misc]  # all are Series


def _times(row: Series) -> Iterator[str]:
    for point in row.get("points") or ():
        if (time := point.get("time")) and _is_time(time):
            yield time


def _is_time(text: str) -> bool:
    try:
        parse_time(text)
    except ValueError:
        return False
    return True
