"""SIGTERM and SIGHUP: ends like that of Ctrl-C, with everything put in order before."""

import signal
import time
from types import FrameType

from scenario_usage_cli.errors import Ended

_NAMES = ("SIGTERM", "SIGHUP")
_REPEATED_WITHIN_S = 5.0


class EndingSignals:
    """While they are minded, the first of these signals raises Ended in the main thread.

    Those that are ignored, as nohup has it, stay so. Process 1 of a container would otherwise
    not hear of them at all. Who stops a process often says so twice (`timeout`, a terminal that
    is closed): what is put in order is not disturbed by that.
    """

    def __init__(self) -> None:
        self._numbers = [
            number
            for name in _NAMES
            if (number := getattr(signal, name, None)) is not None
            and signal.getsignal(number) is signal.SIG_DFL
        ]
        self._heard_at: float | None = None
        self._is_over = False

    def mind(self) -> None:
        """From now on."""
        for number in self._numbers:
            signal.signal(number, self._raise)

    def leave(self) -> None:
        """No longer: there is nothing left to put in order. After one of them, the exit code is
        what it is to be, and others are for nothing.
        """
        self._is_over = True
        for number in self._numbers:
            signal.signal(number, signal.SIG_DFL if self._heard_at is None else signal.SIG_IGN)

    def _raise(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        is_repeated = self._heard_at is not None and now - self._heard_at < _REPEATED_WITHIN_S
        if not is_repeated and not self._is_over:
            self._heard_at = now
            raise Ended(signal.Signals(number).name, exit_code=128 + number)
