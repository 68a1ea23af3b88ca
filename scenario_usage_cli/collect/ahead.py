"""Calls at work while their caller does something else."""

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar

_Result = TypeVar("_Result")
_Outcome = tuple[_Result, None] | tuple[None, BaseException]


class Ahead(Generic[_Result]):
    """A thread that makes one call after the other, until it is closed.

    It is a daemon: who stops asking, because of an error or of Ctrl-C, need not wait for it.
    """

    def __init__(self) -> None:
        self._calls: SimpleQueue[Callable[[], _Result] | None] = SimpleQueue()
        self._done: SimpleQueue[_Outcome[_Result]] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def begin(self, call: Callable[[], _Result]) -> None:
        """Start with a call."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()
        self._calls.put(call)

    def finish(self) -> _Result:
        """Wait for the call's result, or raise what it raised."""
        found = self._done.get()
        if found[1] is not None:
            raise found[1]
        return found[0]

    def close(self) -> None:
        """Let the thread end after the call that is under way."""
        self._calls.put(None)

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            try:
                self._done.put((call(), None))
            except BaseException as error:
                self._done.put((None, error))
