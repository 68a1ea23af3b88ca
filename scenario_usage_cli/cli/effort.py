"""How a command fetches: how many queries at a time, and what people are told of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from scenario_usage_cli.cli.options import FetchOptions
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.collect.fetch import Effort
from scenario_usage_cli.collect.parts import Part
from scenario_usage_cli.collect.raw import ignore_raw
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.collect.workers import JOBS

MANY_QUERIES = 200
"""Up to so many, a command does not say how many it makes."""


@contextmanager
def open_effort(
    runtime: Runtime,
    connection: FetchOptions,
    *,
    see: Callable[[Usage], None],
    keep_going: bool = False,
    keep: Callable[[Part, bytes], None] = ignore_raw,
) -> Iterator[Effort]:
    """The effort of one command, whose progress is shown until the end of the block.

    Where it makes many queries, their number is said before they are made; so is that of many
    more, where the answers tell what else to ask.
    """
    untold, has_told = 0, False

    def announce(more: int) -> None:
        nonlocal untold, has_told
        untold += more
        if untold > MANY_QUERIES:
            word = "more " if has_told else ""
            runtime.say(f"note: {untold} {word}queries are needed; --jobs N makes N at a time")
            untold, has_told = 0, True

    with runtime.show_progress() as progress:
        yield Effort(
            jobs=connection.jobs or JOBS,
            keep_going=keep_going,
            keep=keep,
            announce=announce,
            progress=progress,
            see=see,
        )
