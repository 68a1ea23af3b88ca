"""One gate for all requests: when the API asks one of them to slow down, all of them wait."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Gate:
    """Open, unless a server asked for patience; shared by all threads of a client. Instants are
    seconds of `clock`.
    """

    clock: Callable[[], float] = time.monotonic
    _opens_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def close_for(self, seconds: float) -> float:
        """Let nothing pass for so long; a longer closure in force stays. Returns until when the
        caller, who waits for so long anyway, has then waited.
        """
        with self._lock:
            until = self.clock() + seconds
            self._opens_at = max(self._opens_at, until)
        return until

    def pass_through(self, sleep: Callable[[float], None], waited_until: float = 0.0) -> None:
        """Return when it is open, also if it is closed again meanwhile, for one who has waited
        until then already; `sleep` takes seconds.
        """
        while (opens_at := self._opens_at) > (since := max(self.clock(), waited_until)):
            sleep(opens_at - since)
            waited_until = opens_at
