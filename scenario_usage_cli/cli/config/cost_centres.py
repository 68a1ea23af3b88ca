"""The cost centres that a command means: those of `--cost-centres`, or of the config file."""

from pathlib import Path

from scenario_usage_cli.cli.config.toml import read_toml
from scenario_usage_cli.cli.runtime import STDIN, Runtime
from scenario_usage_cli.cost_centres import EXAMPLE, CostCentres, parse_cost_centres
from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.settings import CONFIG_KEYS, COST_CENTRES, Config


def find_cost_centres(config: Config, given: str | None, runtime: Runtime) -> CostCentres | None:
    """The cost centres of the file that is given or, without one, of the config file.

    None if neither has any. Raises ConfigurationError for a file that cannot be used, and for a
    table that is not as it should be.
    """
    if given is not None:
        return _read_file(given, runtime)
    if not config.cost_centres and isinstance(config.cost_centres, dict | None):
        return None
    return parse_cost_centres(config.cost_centres, f"the config file {config.path}")


def require_cost_centres(config: Config, given: str | None, runtime: Runtime) -> CostCentres:
    """The same; raises ConfigurationError if there are none."""
    found = find_cost_centres(config, given, runtime)
    if found is None:
        raise ConfigurationError(
            f"no cost centres are defined: {config.path} has no table [{COST_CENTRES}]",
            hint=f"write [{COST_CENTRES}] there, and below it {EXAMPLE}; "
            "or put both into a file, and give --cost-centres FILE",
        )
    return found


def _read_file(given: str, runtime: Runtime) -> CostCentres:
    """The table may stand under its name, as in the config file, or be all that there is."""
    source = f"--cost-centres {given}"
    document = read_toml(
        runtime.stdin if given == STDIN else Path(given),
        source,
        help_topic="cost-centres",
        hint="name a TOML file with cost centres",
        may_be_pipe=True,
    )
    if document is None:
        raise ConfigurationError(
            f"{source} does not exist", hint=f"name a TOML file with lines such as {EXAMPLE}"
        )
    if COST_CENTRES not in document:
        return parse_cost_centres(document, source)
    if others := [key for key in document if key not in CONFIG_KEYS]:
        runtime.warn(f"keys beside [{COST_CENTRES}] in {given} are left out: {', '.join(others)}")
    return parse_cost_centres(document[COST_CENTRES], source)
