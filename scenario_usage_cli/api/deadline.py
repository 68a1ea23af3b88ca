"""When a request must have ended, whatever it is doing then."""

import math
import threading
import time
from collections.abc import Callable


class Deadline(threading.local):
    """When the request of this thread must have ended, as an instant of `clock` in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends_at = math.inf

    def start(self, seconds: float) -> None:
        """A request begins now and must end in so many seconds."""
        self._ends_at = self._clock() + seconds

    @property
    def has_passed(self) -> bool:
        """Whether the request should have ended."""
        return self._clock() >= self._ends_at

    def cut(self, timeout_s: float | None, too_late: type[Exception]) -> float:
        """The shorter of a timeout and the time that is left; raises `too_late` for none."""
        left_s = self._ends_at - self._clock()
        if left_s <= 0:
            raise too_late("the request takes too long")
        return left_s if timeout_s is None else min(timeout_s, left_s)
