"""`scenario-usage help`: its argument and its help."""

from typing import Annotated

import typer

from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.typer_adapter import build_app, define_command

app = build_app()


@define_command(app, "help")
def show_help(
    runtime: Runtime,
    topic: Annotated[
        str | None,
        typer.Argument(metavar="TOPIC", help="A topic or a command; without one, list them."),
    ] = None,
) -> None:
    """Explain a topic, or list the options of a command.

    scenario-usage help export
    """
    # Imported when it runs, so that --help does not wait for it.
    from scenario_usage_cli.cli.run_help import run_help

    run_help(topic, runtime)
