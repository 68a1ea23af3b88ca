"""The config file and the settings of a command."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from scenario_usage_cli.cli.config.toml import read_toml
from scenario_usage_cli.cli.folders import find_user_folder
from scenario_usage_cli.cli.formats import read_format
from scenario_usage_cli.cli.options import PeriodOptions, TargetOptions
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.environment import ENV_CONFIG, ENV_PROFILE
from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.settings import Config, Settings, build_config, load_settings

_FILE_NAME = "config.toml"


def read_config(runtime: Runtime) -> Config:
    """Read the config file, show its warnings, and have its secrets masked from now on."""
    config = load_config(
        runtime.environ, profile=runtime.profile, note_secrets=runtime.redactor.add
    )
    for warning in config.warnings:
        runtime.warn(warning)
    return config


def read_settings(
    runtime: Runtime, period: PeriodOptions, output: TargetOptions, *, demo: bool
) -> Settings:
    """The settings of a command, from its options, the environment and the config file.

    With `demo`, the team and the projects of the profile are left out: the built-in studio does
    not have them.
    """
    settings = load_settings(
        runtime.environ,
        read_config(runtime),
        tz=period.tz,
        output_format=read_format(output),
    )
    return settings._replace(team=None, projects=()) if demo else settings


def load_config(
    environ: Mapping[str, str],
    *,
    profile: str | None,
    note_secrets: Callable[[Iterable[str]], None],
) -> Config:
    """The config file and the chosen profile, as `build_config` returns it.

    There is a warning if other users may read its secrets. Raises ConfigurationError if the file
    cannot be read.
    """
    if environ.get(ENV_CONFIG):
        path = find_config_path(environ)
        is_wanted = True
    else:
        path = _find_usual_path()
        names_profile = bool(profile or environ.get(ENV_PROFILE))
        is_wanted = path.is_absolute() and (names_profile or _is_there(path))
    document = read_document(path) if is_wanted else None
    config = build_config(path, document, environ, profile=profile, note_secrets=note_secrets)
    if config.is_secret and os.name == "posix" and path.stat().st_mode & 0o077:
        warning = f"{path} holds secrets and others may read it; run: chmod 600 {path}"
        return config._replace(warnings=(*config.warnings, warning))
    return config


def read_document(path: Path) -> dict[str, Any] | None:
    """The parsed config file, or None if there is none; raises ConfigurationError."""
    hint = f"make it readable, or point {ENV_CONFIG} elsewhere"
    return read_toml(path, f"the config file {path}", help_topic="settings", hint=hint)


def find_config_path(environ: Mapping[str, str]) -> Path:
    """The path of the config file, whether or not it exists.

    Raises ConfigurationError if it should be in the home folder, and there is none.
    """
    if chosen := environ.get(ENV_CONFIG):
        try:
            return Path(chosen).expanduser()
        except RuntimeError as error:
            raise ConfigurationError(
                f"{ENV_CONFIG} {chosen!r} names the home folder of an unknown user",
                hint="give the path of the config file",
            ) from error
    if not (path := _find_usual_path()).is_absolute():
        raise ConfigurationError(
            "there is no home folder, where the config file would be",
            hint=f"set HOME, or set {ENV_CONFIG} to the path of a config file",
        )
    return path


def list_profiles(environ: Mapping[str, str]) -> list[str]:
    """The names of the profiles in the config file.

    Raises ConfigurationError if it cannot be read.
    """
    profiles = (read_document(find_config_path(environ)) or {}).get("profiles")
    return list(profiles) if isinstance(profiles, dict) else []


def _find_usual_path() -> Path:
    """The default path of the config file; it is not absolute if there is no home folder."""
    return find_user_folder("config") / _FILE_NAME


def _is_there(path: Path) -> bool:
    """Whether a file exists; it does not in a folder that cannot be read."""
    try:
        path.lstat()
    except OSError:
        return False
    return True
