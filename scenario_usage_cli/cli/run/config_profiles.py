"""What `config list` and `config use` do: which profiles there are, and which is the default."""

from pathlib import Path
from typing import Any

from scenario_usage_cli.cli.config.edit import edit_config
from scenario_usage_cli.cli.config.file import find_config_path, read_document
from scenario_usage_cli.cli.options.config import ConfigOutputOptions, ConfigUseOptions
from scenario_usage_cli.cli.run.config import find_fault, write_table
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.credentials import find_credentials
from scenario_usage_cli.environment import ENV_PROFILE
from scenario_usage_cli.errors import BadArgument, ConfigurationError
from scenario_usage_cli.report.config import PROFILES
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.settings import (
    SECRETS,
    Config,
    build_profile,
    check_document,
    check_profile,
    find_base_url,
)


def run_config_list(options: ConfigOutputOptions, runtime: Runtime) -> None:
    """Print the profiles of the config file; raises ConfigurationError for a malformed file."""
    path = find_config_path(runtime.environ)
    document = read_document(path)
    if document is None:
        runtime.warn(f"there is no config file {path}; scenario-usage config init writes one")
    profiles, default, unknown = check_document(document or {}, path)
    for values in profiles.values():
        runtime.redactor.add(text for key in SECRETS if isinstance(text := values.get(key), str))
    rows = [
        _build_row(name, values, path, is_default=name == default)
        for name, values in profiles.items()
    ]
    warnings = [str(row["problem"]) for row in rows if row["problem"]]
    if unknown:
        warnings.append(f"unknown keys in {path}: {', '.join(unknown)}")
    if default is not None and default not in profiles:
        warnings.append(f"the default profile {default!r} is not in {path}")
    for warning in warnings:
        runtime.warn(warning)
    write_table("config-list", PROFILES, path, rows, runtime, options, warnings=warnings)


def run_config_use(options: ConfigUseOptions, runtime: Runtime) -> None:
    """Make a profile the default one; raises ConfigurationError for one that is not there."""
    if runtime.profile and runtime.profile != options.name:
        raise BadArgument(
            f"--profile {runtime.profile} and {options.name} are two profiles",
            hint="give the name of one, without --profile",
        )
    path = find_config_path(runtime.environ)
    document = read_document(path)
    if document is None:
        raise ConfigurationError(
            f"there is no config file {path}", hint="scenario-usage config init writes one"
        )
    profiles, _, _ = check_document(document, path)
    check_profile(options.name, profiles, path)

    def change(document: Any) -> None:
        document["default_profile"] = options.name

    edit_config(path, change, runtime)
    runtime.say(f"the default profile of {path} is {options.name} now")
    other = runtime.environ.get(ENV_PROFILE)
    if other and other != options.name:
        runtime.warn(f"{ENV_PROFILE} names another one, {other}, which counts before the default")


def _build_row(name: str, values: dict[str, Any], path: Path, *, is_default: bool) -> Row:
    """What a profile has, and what is wrong with it."""
    row: dict[str, str | bool | None] = {
        "profile": name,
        "default": is_default,
        "credentials": None,
        "base_url": None,
    }
    try:
        profile = build_profile(name, values, path)
    except ConfigurationError as error:
        return {**row, "problem": error.message}
    config = Config(path, found=True, profile=profile)
    row["credentials"] = ", ".join(profile.credentials) or None
    faults = find_fault(lambda: find_credentials({}, config))
    try:
        base_url = find_base_url({}, config)
        row["base_url"] = base_url.value if profile.values.get("base_url") else None
    except ConfigurationError as error:
        faults.append(error.message)
    return {**row, "problem": "; ".join(faults) or None}
