"""The config file and the settings of a command."""

import errno
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from scenario_usage_cli.cli.formats import read_format
from scenario_usage_cli.cli.options import PeriodOptions, StreamOptions
from scenario_usage_cli.cli.output import write_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.environment import ENV_CONFIG, ENV_PROFILE
from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.settings import Config, Settings, build_config, load_settings

_FILE_NAME = "config.toml"
_MOST_LETTERS = 1_000_000


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
    if environ.get(ENV_CONFIG):
        path = find_config_path(environ)
        is_wanted = True
    else:
        path = _find_usual_path()
        names_profile = bool(profile or environ.get(ENV_PROFILE))
        is_wanted = path.is_absolute() and (names_profile or _is_there(path))
    document = _read_document(path) if is_wanted else None
    config = build_config(path, document, environ, profile=profile, note_secrets=note_secrets)
    if config.is_secret and os.name == "posix" and path.stat().st_mode & 0o077:
        warning = f"{path} holds secrets and others may read it; run: chmod 600 {path}"
        return config._replace(warnings=(*config.warnings, warning))
    return config


def find_config_path(environ: Mapping[str, str]) -> Path:
    """Where the config file is, or would be. Raises ConfigurationError where a home folder is
    needed to know, and there is none.
    """
    if chosen := environ.get(ENV_CONFIG):
        try:
            return Path(chosen).expanduser()
        except RuntimeError as error:
            raise ConfigurationError(
                f"{ENV_CONFIG} {chosen!r} is in the home folder of nobody",
                hint="give the path of the config file",
            ) from error
    if not (path := _find_usual_path()).is_absolute():
        raise ConfigurationError(
            "there is no home folder to have a config file in",
            hint=f"set {ENV_CONFIG} to the path of one, or HOME",
        )
    return path


def print_config_path(runtime: Runtime) -> None:
    """What `config path` does."""
    path = find_config_path(runtime.environ)
    write_output(None, runtime, lambda out: print(path, file=out))


def _find_usual_path() -> Path:
    """Where the config file is that nobody names; not absolute where there is no home folder."""
    # Imported where nobody says it, as a start waits for it.
    import platformdirs

    try:
        return platformdirs.user_config_path("scenario-usage") / _FILE_NAME
    except RuntimeError:
        return Path("~/.config/scenario-usage", _FILE_NAME)


def _is_there(path: Path) -> bool:
    """Whether there is a file that nobody named. A home folder that may not be looked into, or is
    none, is as good as an empty one.
    """
    try:
        path.lstat()
    except OSError:
        return False
    return True


def _read_document(path: Path) -> dict[str, Any] | None:
    """The parsed file, or None where there is none."""
    try:
        text = _read_text(path)
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
            hint="scenario-usage help settings shows an example of the file",
        ) from None


def _read_text(path: Path) -> str:
    """What is in a regular file of a sensible size. Raises OSError for any other, which might
    have no end, or no beginning.
    """
    if not stat.S_ISREG(path.stat().st_mode) and str(path) != os.devnull:
        raise OSError(errno.EINVAL, "it is no regular file")
    with path.open(encoding="utf-8-sig") as file:
        text = file.read(_MOST_LETTERS + 1)
    if len(text) > _MOST_LETTERS:
        raise OSError(errno.EFBIG, f"it has more than {_MOST_LETTERS} letters")
    return text
