"""Tasks side by side: what is done first waits its turn, and no thread runs ahead of its result."""

import threading
import weakref
from collections import deque

import pytest

from scenario_usage_cli.collect.workers import Workers

PATIENCE_S = 120
"""How long a test waits for another thread before it fails."""


class Result:
    """Something that can be watched."""


def test_results_come_in_the_order_in_which_they_are_asked_for() -> None:
    """However late the first of them is done."""
    others_are_done = threading.Semaphore(0)

    def work(task: int) -> int:
        if task == 0:
            for _ in range(2):
                assert others_are_done.acquire(timeout=PATIENCE_S)
        else:
            others_are_done.release()
        return task * task

    workers = Workers(work, 3)
    for task in range(3):
        workers.begin(task)

    assert not workers.have_room
    assert [workers.finish_this(task) for task in range(3)] == [0, 1, 4]
    assert workers.under_way == 0


def test_what_a_task_raises_is_raised_when_it_is_asked_for() -> None:
    """Not before, and nothing else is lost by it."""

    def work(task: int) -> int:
        return 1 // task

    workers = Workers(work, 3)
    for task in (0, 1):
        workers.begin(task)

    assert workers.finish_this(1) == 1
    with pytest.raises(ZeroDivisionError):
        workers.finish_this(0)
    assert workers.under_way == 0


@pytest.mark.parametrize("jobs", [1, 2, 4])
def test_no_thread_has_two_results_in_memory(jobs: int) -> None:
    """Each begins with another task when its last result is gone: bodies are megabytes, and the
    memory of a thread does not become smaller again.
    """
    last = threading.local()
    in_memory_twice = []

    def work(task: int) -> Result:
        before = getattr(last, "result", None)
        if before is not None and before() is not None:
            in_memory_twice.append(task)
        result = Result()
        last.result = weakref.ref(result)
        return result

    workers = Workers(work, jobs)
    waiting = deque(range(2000))
    while waiting or workers.under_way:
        while waiting and workers.have_room:
            workers.begin(waiting.popleft())
        _, result = workers.finish()
        del result

    assert in_memory_twice == []
