"""SIGTERM and SIGHUP end the process like Ctrl-C, after everything has been put in order."""

import signal
import time
from types import FrameType

from scenario_usage_cli.errors import Ended

_NAMES = ("SIGTERM", "SIGHUP")
_REPEATED_WITHIN_S = 5.0


class EndingSignals:
    """While they are watched, the first of these signals raises Ended in the main thread.

    Signals that are ignored, as under nohup, stay so. Process 1 of a container would otherwise not
    receive them at all. A process is often told twice to end (by `timeout`, or a terminal that is
    closed): a repeated signal does not disturb the cleanup.
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
        """Watch the signals from now on."""
        for number in self._numbers:
            signal.signal(number, self._raise)

    def leave(self) -> None:
        """Stop watching: there is nothing left to put in order.

        After one of the signals, the exit code is settled, and further signals are ignored.
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
