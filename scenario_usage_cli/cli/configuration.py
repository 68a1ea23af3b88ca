"""The config file and the settings of a command."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from scenario_usage_cli.cli.choices import read_format
from scenario_usage_cli.cli.options import PeriodOptions, StreamOptions
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.environment import ENV_CONFIG
from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.settings import Config, Settings, build_config, load_settings


def read_config(runtime: Runtime) -> Config:
    """The config file, its secrets known to the redactor and its warnings told."""
    config = load_config(
        runtime.environ, profile=runtime.profile, note_secrets=runtime.redactor.add
    )
    for warning in config.warnings:
        runtime.warn(warning)
    return config


def read_settings(
    runtime: Runtime, period: PeriodOptions, output: StreamOptions, *, demo: bool
) -> Settings:
    """The settings of a data command, from its options, the environment and the config file; with
    `demo`, without the profile's team and projects, which are not those of the built-in studio.
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
    """The config file and the profile that applies, as `build_config` makes it; with a warning
    where others may read its secrets.

    Raises ConfigurationError also where the file cannot be read.
    """
    path = find_config_path(environ)
    document = _read_document(path)
    config = build_config(path, document, environ, profile=profile, note_secrets=note_secrets)
    if config.is_secret and os.name == "posix" and path.stat().st_mode & 0o077:
        warning = f"{path} holds secrets and others may read it; run: chmod 600 {path}"
        return config._replace(warnings=(*config.warnings, warning))
    return config


def find_config_path(environ: Mapping[str, str]) -> Path:
    """Where the config file is, or would be."""
    if chosen := environ.get(ENV_CONFIG):
        try:
            return Path(chosen).expanduser()
        except RuntimeError as error:
            raise ConfigurationError(
                f"{ENV_CONFIG} {chosen!r} is in the home folder of nobody",
                hint="give the path of the config file",
            ) from error
    # Imported where nobody says it, as a start waits for it.
    import platformdirs

    return platformdirs.user_config_path("scenario-usage") / "config.toml"


def _read_document(path: Path) -> dict[str, Any] | None:
    """The parsed file, or None where there is none."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        if not text:
            return {}
        # Imported where there is something to parse, as a start waits for it.
        import tomllib

        return tomllib.loads(text)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(
            f"cannot read the config file {path}: {error.strerror}",
            hint=f"make it readable, or point {ENV_CONFIG} elsewhere",
        ) from error
    except (ValueError, RecursionError) as error:
        # The parser's words may quote a line, and with it a secret: only the place is repeated.
        place = str(error).rpartition("(at ")[2].rstrip(")") if "(at " in str(error) else ""
        raise ConfigurationError(
            f"the config file {path} is not TOML" + (f" ({place})" if place else ""),
            hint="see the README for an example of the file",
        ) from None
