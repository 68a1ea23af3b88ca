"""What happened: the log of all events, day by day, from which every answer is made."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from functools import lru_cache
from itertools import chain

from scenario_usage_cli.sandbox.day import Event, draw_day
from scenario_usage_cli.sandbox.times import DAY

HISTORY_DAYS = 730  # how far back the studio's log reaches

day_events = lru_cache(maxsize=1024)(draw_day)


def select_events(
    start: int,
    end: int,
    projects: Collection[str] | None = None,
    users: Collection[str] | None = None,
) -> list[Event]:
    """The events from *start* to *end* (ms, both included), oldest first; None filters nothing."""
    if end < start:
        return []
    first, last = start // DAY, end // DAY
    days = [day_events(day) for day in range(first, last + 1)]
    days[-1] = days[-1][: bisect_right(days[-1], end, key=_time)]
    days[0] = days[0][bisect_left(days[0], start, key=_time) :]
    events = list(chain.from_iterable(days))
    if projects is not None:
        events = [event for event in events if event.project in projects]
    if users is not None:
        events = [event for event in events if event.user in users]
    return events


def _time(event: Event) -> int:
    return event.time
