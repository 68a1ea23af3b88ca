"""The commands of `config` with their options and their help, as those of `commands`."""

from scenario_usage_cli.cli.options.config import (
    ConfigInitOptions,
    ConfigOutputOptions,
    ConfigUseOptions,
)
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.typer_adapter import Group


def _config_init(runtime: Runtime, options: ConfigInitOptions) -> None:
    """Ask for credentials, try them, and write a profile with them.

    The rest of the file stays as it is.

    Examples:
    scenario-usage config init
    scenario-usage config init --profile films
    scenario-usage config init --profile films --keyring
    """
    from scenario_usage_cli.cli.run.config_init import run_config_init

    run_config_init(options, runtime)


def _config_list(runtime: Runtime, options: ConfigOutputOptions) -> None:
    """List the profiles of the config file.

    Examples:
    scenario-usage config list
    scenario-usage config list --json
    scenario-usage config list --json | jq -r '.profiles[].name'
    """
    from scenario_usage_cli.cli.run.config_profiles import run_config_list

    run_config_list(options, runtime)


def _config_path(runtime: Runtime) -> None:
    """Print where the config file is, or would be.

    Examples:
    scenario-usage config path
    $EDITOR "$(scenario-usage config path)"
    chmod 600 "$(scenario-usage config path)"
    """
    from scenario_usage_cli.cli.run.config import run_config_path

    run_config_path(runtime)


def _config_show(runtime: Runtime, options: ConfigOutputOptions) -> None:
    """Show every setting that counts, and where it comes from.

    Examples:
    scenario-usage config show --profile studio
    scenario-usage config show
    scenario-usage config show --json
    """
    from scenario_usage_cli.cli.run.config import run_config_show

    run_config_show(options, runtime)


def _config_use(runtime: Runtime, options: ConfigUseOptions) -> None:
    """Make a profile the default one.

    Examples:
    scenario-usage config use studio
    scenario-usage config use studio && scenario-usage config show
    scenario-usage config use studio && scenario-usage doctor
    """
    from scenario_usage_cli.cli.run.config_profiles import run_config_use

    run_config_use(options, runtime)


config = Group(
    "The config file, its profiles, and the settings that count.",
    {
        "init": _config_init,
        "list": _config_list,
        "use": _config_use,
        "show": _config_show,
        "path": _config_path,
    },
    examples="scenario-usage config init\nscenario-usage config show\nscenario-usage config path",
)
