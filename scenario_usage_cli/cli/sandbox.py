"""`scenario-usage sandbox`: the built-in studio over real HTTP."""

import errno
from typing import Annotated

import typer

from scenario_usage_cli.cli.output import write_output
from scenario_usage_cli.cli.parsers import parse_port
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.typer_adapter import build_app, define_command
from scenario_usage_cli.environment import ENV_API_KEY, ENV_API_SECRET, ENV_BASE_URL
from scenario_usage_cli.errors import ConfigurationError

app = build_app()


@define_command(app, "sandbox")
def sandbox(
    runtime: Runtime,
    port: Annotated[
        int,
        typer.Option(
            "--port",
            metavar="PORT",
            parser=parse_port,
            help="Where to listen; 0 takes any free port.",
        ),
    ] = 8080,
) -> None:
    """Serve a local Scenario usage API with a made-up studio.

    It runs until Ctrl-C, and prints three lines for the shell that is to ask it.

    scenario-usage sandbox --port 8080
    """
    # The studio is imported by those who use it only.
    from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox
    from scenario_usage_cli.sandbox.server import build_server

    try:
        server = build_server(Sandbox(runtime.now), port)
    except OSError as error:
        reason = "it is in use" if error.errno == errno.EADDRINUSE else error.strerror
        raise ConfigurationError(
            f"cannot listen on --port {port}: {reason}", hint="give another one; 0 takes any free"
        ) from error
    exports = (
        f"export {ENV_BASE_URL}=http://127.0.0.1:{server.server_port}/v1\n"
        f"export {ENV_API_KEY}={API_KEY}\n"
        f"export {ENV_API_SECRET}={API_SECRET}\n"
    )
    with server:
        write_output(None, runtime, lambda out: print(exports, end="", file=out))
        server.serve_forever()
