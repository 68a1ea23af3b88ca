"""Threads that work on tasks side by side and never keep the process from ending."""

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

JOBS = 4
"""How many tasks run at a time by default."""

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


class Workers(Generic[_Task, _Result]):
    """Runs up to `jobs` tasks at a time, or as many as the system has threads for.

    The threads are daemons: after an error or Ctrl-C, nobody waits for requests that are under way.
    With ordinary threads, Ctrl-C took 17 s while a server was silent, instead of 0.1 s.

    A thread begins another task only after the user of its last result asks for something again,
    and so is done with that result. Otherwise, the memory of two results would stay with the
    thread.
    """

    def __init__(self, work: Callable[[_Task], _Result], jobs: int) -> None:
        self._work = work
        self._jobs = jobs
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[_Task, _Result | Exception, Callable[[], None]]] = (
            queue.SimpleQueue()
        )
        self._early: dict[_Task, _Result | Exception] = {}
        self._resume: Callable[[], None] = _do_nothing
        self._threads = 0
        self._is_stopped = False
        self.under_way = 0

    @property
    def have_room(self) -> bool:
        """Whether another task would begin at once."""
        return self.under_way < self._jobs

    def begin(self, task: _Task) -> None:
        """Take on a task."""
        self._resume()
        self._resume = _do_nothing
        self.under_way += 1
        self._tasks.put(task)
        if self.under_way > 1:
            while self._threads < min(self._jobs, self.under_way):
                try:
                    threading.Thread(target=self._run, daemon=True).start()
                except RuntimeError:  # the system has no more threads: fewer do the work
                    self._jobs = max(1, self._threads)
                    break
                self._threads += 1

    def finish(self) -> tuple[_Task, _Result | Exception]:
        """A task that is done, with its result or with what it raised.

        A task that is alone is worked on here, in the thread of the caller.
        """
        if not self._threads:
            alone = self._tasks.get()
            assert alone is not None
            self._run_one(alone, _do_nothing)
        self._resume()
        task, outcome, self._resume = self._done.get()
        self.under_way -= 1
        return task, outcome

    def finish_this(self, task: _Task) -> _Result:
        """The result of one of the tasks; raises what it raised.

        Results of other tasks that are done earlier are kept, and take up room, until they are
        asked for.
        """
        while task not in self._early:
            finished, self._early[finished] = self.finish()
            self.under_way += 1
        self.under_way -= 1
        outcome = self._early.pop(task)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def stop(self) -> None:
        """Drop the tasks that have not begun; each thread ends after the one it is at."""
        self._is_stopped = True
        self._resume()
        with suppress(queue.Empty):
            while True:
                *_, resume = self._done.get_nowait()
                resume()
        for _ in range(self._threads):
            self._tasks.put(None)

    def _run(self) -> None:
        is_done_with = threading.Semaphore(0)
        while (task := self._tasks.get()) is not None and not self._is_stopped:
            self._run_one(task, is_done_with.release)
            if self._is_stopped:
                return
            is_done_with.acquire()

    def _run_one(self, task: _Task, resume: Callable[[], None]) -> None:
        try:
            outcome: _Result | Exception = self._work(task)
        except Exception as error:  # handed over, and raised where the outcome is taken
            outcome = error
        self._done.put((task, outcome, resume))
        del outcome


def _do_nothing() -> None:
    """Stands for a thread to resume if there is none."""
