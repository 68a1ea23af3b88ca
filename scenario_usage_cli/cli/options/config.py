"""The options of the commands of `config`, as those of `options`."""

from scenario_usage_cli.cli.option_groups import OptionGroup, argument, flag, stray_arguments
from scenario_usage_cli.cli.options import base_url_option


class ConfigOutputOptions(OptionGroup, panel="Output"):
    """How `config show` and `config list` look."""

    as_json: bool = flag("--json", "Print it as JSON.")


class ConfigInitOptions(OptionGroup, panel="Profile"):
    """What `config init` asks for, and what it does with the answers."""

    token: bool = flag("--token", "Ask for a bearer token instead of an API key and its secret.")
    keyring: bool = flag("--keyring", "Keep the secret in the system's keyring, not in the file.")
    stdin: bool = flag("--stdin", "Read key and secret, or the token, as lines of stdin.")
    base_url: str | None = base_url_option()
    force: bool = flag("--force", "Replace the credentials of a profile without asking.")
    no_check: bool = flag("--no-check", "Do not try the credentials.")
    stray: list[str] | None = stray_arguments()


class ConfigUseOptions(OptionGroup):
    """Which profile `config use` makes the default one."""

    name: str = argument("NAME", "A profile of the config file.", completed="profiles")
