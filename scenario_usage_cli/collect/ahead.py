"""Pages of the event log by offset, of which some are on their way while others are used."""

import math
import time
from collections import deque
from collections.abc import Callable

from scenario_usage_cli.api.wire import Activity, UsagesAnswer
from scenario_usage_cli.collect.workers import Workers

PAGE_ROWS = 100
"""What the API gives at a time; fewer are the last ones of a query."""

SLOW_S = 0.01
"""A page that takes longer to come is worth a thread that waits for it."""

_STEP = PAGE_ROWS - 1


class Ahead:
    """Reads pages in order, and where one of them is slow, the next `jobs` of them side by side:
    one more at a time with each that comes, so that a short log is not asked for beyond its end.

    A page that is read ahead begins with the row that ends the one before it. Where it turns out
    not to, late events have moved the rows meanwhile, and some might be missing between the two.
    """

    def __init__(self, fetch: Callable[[int], UsagesAnswer], jobs: int) -> None:
        self._fetch = fetch
        self._jobs = jobs
        self._workers = Workers(fetch, jobs)
        self._offsets: deque[int] = deque()
        self._most = 0
        self._is_slow = False

    def read(self, offset: int, before: list[Activity]) -> tuple[int, UsagesAnswer]:
        """The page that follows the rows `before`, and where it begins: at the offset, or with
        the row before that. Raises what fetching it raises.
        """
        if self._offsets:
            ahead = self._offsets.popleft()
            answer = self._workers.finish_this(ahead)
            if (answer.get("activity") or [])[:1] == before[-1:]:
                return ahead, answer
            self._workers = Workers(self._fetch, self._jobs)
            self._offsets.clear()
            self._most = 0
        started = time.perf_counter()
        self._workers.begin(offset)
        answer = self._workers.finish_this(offset)
        self._is_slow = time.perf_counter() - started >= SLOW_S
        return offset, answer

    def begin(self, offset: int, *, left: float = math.inf) -> None:
        """Have pages fetched that follow an offset, as far as so many more rows are needed."""
        self._most = min(self._most + 1, self._jobs)
        is_enough = left <= PAGE_ROWS and not self._offsets
        if self._most == 1 or is_enough or not self._is_slow:
            return
        following = self._offsets[-1] + _STEP if self._offsets else offset - 1
        while len(self._offsets) < self._most and following + 1 < offset + left:
            self._workers.begin(following)
            self._offsets.append(following)
            following += _STEP
