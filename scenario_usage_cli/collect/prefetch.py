"""Pages of the event log by offset; while one is used, the next ones are on their way."""

import math
import time
from collections import deque
from collections.abc import Callable

from scenario_usage_cli.api.wire import Activity, UsagesAnswer
from scenario_usage_cli.collect.workers import Workers
from scenario_usage_cli.errors import ApiError

PAGE_ROWS = 100
"""How many rows the API gives at a time; a page with fewer is the last one of a query."""

SLOW_S = 0.01
"""A page that takes longer to come is worth a thread that waits for it."""

_STEP = PAGE_ROWS - 1


class PagePrefetcher:
    """Reads pages in order and, if they come slowly, up to `jobs` of them side by side.

    Each page that comes allows one more at a time, so a short log is hardly requested beyond its
    end.

    A page that is read ahead begins with the last row of the page before it, and has that row only
    there. Otherwise, late events have moved it in the meantime, or there are equal events. If a
    page fails, it may have been one request too many at a time. In both cases, the page is
    requested again, alone, from the offset where it should begin by now.
    """

    def __init__(self, fetch: Callable[[int], UsagesAnswer], jobs: int) -> None:
        self._fetch = fetch
        self._jobs = jobs
        self._workers = Workers(fetch, jobs)
        self._offsets: deque[int] = deque()
        self._most = 1
        self._is_slow = False
        self._have_fitted = True

    def read(self, offset: int, before: list[Activity]) -> tuple[int, UsagesAnswer]:
        """The page that follows the rows `before`, and where it begins.

        It begins at the offset, or where the last row before it was. Raises what fetching it
        raises.
        """
        if self._offsets:
            ahead = self._offsets.popleft()
            answer = self._finish(ahead)
            rows = answer.get("activity") or []
            if rows[:1] == before[-1:] and before[-1] not in rows[1:]:
                self._have_fitted = True
                return ahead, answer
            self._begin_anew()
        started = time.perf_counter()
        self._workers.begin(offset)
        answer = self._workers.finish_this(offset)
        self._is_slow = time.perf_counter() - started >= SLOW_S
        return offset, answer

    def begin(self, offset: int, *, left: float = math.inf) -> None:
        """Request the pages after an offset, as far as so many more rows are needed."""
        is_enough = left <= PAGE_ROWS and not self._offsets
        if is_enough or not self._is_slow or self._jobs == 1:
            return
        following = self._offsets[-1] + _STEP if self._offsets else offset - 1
        while self._most > 1 and len(self._offsets) < self._most and following + 1 < offset + left:
            self._workers.begin(following)
            self._offsets.append(following)
            following += _STEP
        self._most = min(self._most + 1, self._jobs)

    def close(self) -> None:
        """Stop requesting pages."""
        self._workers.stop()

    def _finish(self, offset: int) -> UsagesAnswer:
        try:
            return self._workers.finish_this(offset)
        except ApiError:
            self._have_fitted = False
            return {}

    def _begin_anew(self) -> None:
        """Forget the pages that are on their way.

        If none of them was of use since the last time, nothing is read ahead any more.
        """
        self._workers.stop()
        self._offsets.clear()
        self._jobs = self._jobs if self._have_fitted else 1
        self._workers = Workers(self._fetch, self._jobs)
        self._most = 1
        self._have_fitted = False
