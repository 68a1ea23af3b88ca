"""One call at work while its caller does something else."""

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeVar

_Result = TypeVar("_Result")


def begin(work: Callable[[], _Result]) -> Callable[[], _Result]:
    """Start with `work` and return what waits for its result, or raises what it raised.

    The thread is a daemon: who stops asking, because of an error or of Ctrl-C, need not wait.
    """
    done: SimpleQueue[tuple[_Result, None] | tuple[None, BaseException]] = SimpleQueue()

    def run() -> None:
        try:
            done.put((work(), None))
        except BaseException as error:
            done.put((None, error))

    def finish() -> _Result:
        found = done.get()
        if found[1] is not None:
            raise found[1]
        return found[0]

    threading.Thread(target=run, daemon=True).start()
    return finish
