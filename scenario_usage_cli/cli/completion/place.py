"""Where something is completed, and what may stand there."""

from collections.abc import Mapping
from typing import NamedTuple

from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.typer_adapter import Group


class Candidate(NamedTuple):
    """A text that may stand on the command line, and what is told beside it."""

    text: str
    help: str = ""


class Place(NamedTuple):
    """Where something is completed: the process, all commands, that one, and the values before."""

    runtime: Runtime
    program: Group
    command: str = ""
    given: Mapping[str, list[str]] = {}

    def find(self, field: str) -> str | None:
        """The last value that was given to an option."""
        return next(reversed(self.given.get(field, [])), None)
