"""`scenario-usage config`: where the settings are."""

from scenario_usage_cli.cli.output import write_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.typer_adapter import build_app, define_command

app = build_app()


@app.callback()
def _group() -> None:
    """Where the settings are."""


@define_command(app, "path")
def path(runtime: Runtime) -> None:
    """Print where the config file is, or would be.

    $EDITOR "$(scenario-usage config path)"
    """
    # Imported when it runs, so that the help of all commands does not wait for it.
    from scenario_usage_cli.cli.config_file import find_config_path

    found = find_config_path(runtime.environ)
    write_output(None, runtime, lambda out: print(found, file=out))
