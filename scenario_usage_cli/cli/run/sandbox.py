"""What `sandbox` does: serve the built-in studio over real HTTP."""

import errno

from scenario_usage_cli.cli.options import SandboxOptions
from scenario_usage_cli.cli.output import write_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.environment import ENV_API_KEY, ENV_API_SECRET, ENV_BASE_URL
from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox
from scenario_usage_cli.sandbox.server import build_server


def run_sandbox(options: SandboxOptions, runtime: Runtime) -> None:
    """Serve until Ctrl-C; raises ConfigurationError if the port cannot be used."""
    try:
        server = build_server(Sandbox(runtime.now), options.port)
    except OSError as error:
        reason = "it is in use" if error.errno == errno.EADDRINUSE else error.strerror
        raise ConfigurationError(
            f"cannot listen on --port {options.port}: {reason}",
            hint="give another one; 0 takes any free port",
        ) from error
    exports = (
        f"export {ENV_BASE_URL}=http://127.0.0.1:{server.server_port}/v1\n"
        f"export {ENV_API_KEY}={API_KEY}\n"
        f"export {ENV_API_SECRET}={API_SECRET}\n"
    )
    with server:
        write_output(None, runtime, lambda out: print(exports, end="", file=out))
        server.serve_forever()
