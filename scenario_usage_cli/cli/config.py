"""`scenario-usage config`: where the settings are."""

from scenario_usage_cli.cli.command import build_app, define_command
from scenario_usage_cli.cli.output import write_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.settings import find_config_path

app = build_app()


@app.callback()
def _group() -> None:
    """Where the settings are."""


@define_command(app, "path")
def path(runtime: Runtime) -> None:
    """Print where the config file is, or would be.

    $EDITOR "$(scenario-usage config path)"
    """
    found = find_config_path(runtime.environ)
    write_output(None, runtime.stdout, lambda out: print(found, file=out))
