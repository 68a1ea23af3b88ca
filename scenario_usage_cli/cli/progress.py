"""Progress for people: one line on a terminal's stderr, for work that takes its time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from scenario_usage_cli.cli.runtime import Runtime

_PATIENCE_S = 1.0


@contextmanager
def show_progress(runtime: Runtime) -> Iterator[Callable[[int, int], None]]:
    """Gives a function that is told how many parts are done, and how many are known of. The
    line appears after a second, on a terminal that can erase it, and is gone at the end.
    """
    started = time.monotonic()
    can_be_shown = runtime.stderr.isatty() and runtime.environ.get("TERM") != "dumb"
    is_shown = False

    def put(text: str) -> None:
        with suppress(OSError):  # nobody to read it, as a terminal was closed, is no reason to fail
            runtime.stderr.write(text)
            runtime.stderr.flush()

    def tell(done: int, known: int) -> None:
        nonlocal is_shown
        if can_be_shown and known > 1 and time.monotonic() - started > _PATIENCE_S:
            is_shown = True
            put(f"\rfetching: {done} of {known} parts\x1b[K")

    try:
        yield tell
    finally:
        if is_shown:
            put("\r\x1b[K")
