"""`scenario-usage doctor`: what is wrong with the set-up, and what to do about it."""

from typing import Annotated

import typer

from scenario_usage_cli.cli.options import ConnectionOptions
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.typer_adapter import build_app, define_command

app = build_app()


@define_command(app, "doctor")
def doctor(
    runtime: Runtime,
    connection: ConnectionOptions,
    as_json: Annotated[
        bool,
        typer.Option("--json", rich_help_panel="Output", help="Print the findings as JSON."),
    ] = False,
) -> None:
    """Check config, credentials, network and clock.

    A line for each, for what the key can see, and for what the profile narrows every command to.
    The exit code is that of the first check that fails.

    scenario-usage doctor --profile studio
    """
    # Imported when it runs, so that --help does not wait for the client.
    from scenario_usage_cli.cli.run_doctor import run_doctor

    run_doctor(connection, runtime, as_json=as_json)
