"""The options of every command, before it or after it; a start needs no others."""

from dataclasses import dataclass
from typing import Annotated

import typer

from scenario_usage_cli import __version__


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"scenario-usage {__version__}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version."),
]
Verbose = Annotated[bool, typer.Option("--verbose", help="Show each request and tracebacks.")]
ProfileName = Annotated[
    str | None, typer.Option("--profile", metavar="NAME", help="The profile of the config file.")
]


@dataclass(frozen=True, eq=False, repr=False)
class GlobalOptions:
    """These stand before the command or after it."""

    profile: ProfileName = None
    verbose: Verbose = False
    version: Version = False
