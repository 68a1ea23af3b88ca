"""One gate for all requests: when the API asks one of them to slow down, all of them wait."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Gate:
    """Open, unless the server has asked to wait; all threads of a client share it.

    Instants are seconds of `clock`.
    """

    clock: Callable[[], float] = time.monotonic
    _opens_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def close_for(self, seconds: float) -> float:
        """Let nothing pass for so many seconds; a longer closure stays in force.

        Returns the instant at which the caller, who waits as long, has waited long enough.
        """
        with self._lock:
            until = self.clock() + seconds
            self._opens_at = max(self._opens_at, until)
        return until

    def pass_through(self, sleep: Callable[[float], None], waited_until: float = 0.0) -> None:
        """Return when the gate is open; `sleep` takes seconds.

        A caller that has waited until then already passes, even if the gate was closed again.
        """
        while (opens_at := self._opens_at) > (since := max(self.clock(), waited_until)):
            sleep(opens_at - since)
            waited_until = opens_at
