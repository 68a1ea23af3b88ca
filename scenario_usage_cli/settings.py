"""Options, environment and config file to one Settings: the first source with a value wins."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from scenario_usage_cli.environment import (
    ENV_API_KEY,
    ENV_API_SECRET,
    ENV_BASE_URL,
    ENV_FORMAT,
    ENV_PROFILE,
    ENV_TOKEN,
    ENV_TZ,
)
from scenario_usage_cli.errors import ConfigurationError

DEFAULT_BASE_URL = "https://api.cloud.scenario.com/v1"

_BYTE = "(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})"
_LOOPBACK = rf"localhost|127(\.{_BYTE}){{3}}|::1"
_ENV_CREDENTIALS = (ENV_API_KEY, ENV_API_SECRET, ENV_TOKEN)
_TEXTS = ("api_key", "api_secret", "token", "base_url", "team", "tz", "format")
_SECRETS = ("api_key", "api_secret", "token")
COST_CENTRES = "cost_centres"
"""The key of the table of cost centres."""
CONFIG_KEYS = ("default_profile", "profiles", COST_CENTRES)
"""The keys that the config file may have at its top."""


@dataclass(frozen=True, repr=False)
class Credentials:
    """A key with its secret, or a token; `source` says where they come from."""

    source: str
    api_key: str | None = None
    api_secret: str | None = None
    token: str | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """The texts that must never be shown."""
        return tuple(text for text in (self.api_key, self.api_secret, self.token) if text)


class Profile(NamedTuple):
    """One `[profiles.NAME]` of the config file, with its values unchanged."""

    name: str
    values: Mapping[str, str]
    projects: tuple[str, ...] = ()


class Setting(NamedTuple):
    """A value, and the option, variable or key of a profile it comes from."""

    value: str
    source: str


class Config(NamedTuple):
    """The config file, and its chosen profile if there is one."""

    path: Path
    found: bool
    profile: Profile | None = None
    warnings: tuple[str, ...] = ()
    is_secret: bool = False
    """Whether any profile of the file, chosen or not, has secrets."""
    cost_centres: Any = None
    """The table of cost centres as it stands there, unchecked; None if there is none."""

    def get(self, key: str) -> str | None:
        """A value of the chosen profile."""
        return self.profile.values.get(key) if self.profile else None

    @property
    def has_secrets(self) -> bool:
        """Whether the chosen profile has secrets."""
        return any(self.get(key) for key in _SECRETS)

    def locate(self, key: str) -> str:
        """The place of a key, for messages."""
        return f"{key} in {self}"

    def __str__(self) -> str:
        return f"profile {self.profile.name!r} of {self.path}" if self.profile else str(self.path)


class Settings(NamedTuple):
    """The settings of a run, except those of the connection."""

    config: Config
    tz: Setting
    format: Setting | None
    team: str | None
    projects: tuple[str, ...]


def load_settings(
    environ: Mapping[str, str],
    config: Config,
    *,
    tz: str | None = None,
    output_format: str | None = None,
) -> Settings:
    """The settings for the options given here; an empty variable counts as unset."""
    return Settings(
        config=config,
        tz=_first(environ, config, "tz", tz, ENV_TZ) or Setting("UTC", "default"),
        format=_first(environ, config, "format", output_format, ENV_FORMAT),
        team=config.get("team"),
        projects=config.profile.projects if config.profile else (),
    )


def build_config(
    path: Path,
    document: dict[str, Any] | None,
    environ: Mapping[str, str],
    *,
    profile: str | None,
    note_secrets: Callable[[Iterable[str]], None],
) -> Config:
    """Choose the profile of a parsed config file; `document` is None if there is no file.

    `note_secrets` is called with the secrets as soon as they are read, so that no later message
    can show them. Raises ConfigurationError for a malformed file and for a profile that is not
    there.
    """
    wanted = profile or environ.get(ENV_PROFILE)
    if document is None:
        if wanted:
            raise ConfigurationError(
                f"no profile {wanted!r}: there is no config file {path}",
                hint="create it, or leave --profile out and use the environment",
            )
        return Config(path, found=False)
    profiles, default, unknown = _check_document(document, path)
    warnings = [f"unknown keys in {path}: {', '.join(unknown)}"] if unknown else []
    name = wanted or default
    if name is not None and name not in profiles:
        known = ", ".join(profiles) or "none"
        raise ConfigurationError(f"no profile {name!r} in {path}", hint=f"profiles there: {known}")
    chosen = _build_profile(name, profiles[name], path) if name is not None else None
    is_secret = any(values.get(key) for values in profiles.values() for key in _SECRETS)
    centres = document.get(COST_CENTRES)
    config = Config(path, True, chosen, is_secret=is_secret, cost_centres=centres)
    note_secrets(text for key in _SECRETS if (text := config.get(key)))
    if profile and config.has_secrets and any(map(environ.get, _ENV_CREDENTIALS)):
        warnings.append(f"credentials of the environment are used, not those of {config}")
    return config._replace(warnings=tuple(warnings))


def find_credentials(environ: Mapping[str, str], config: Config) -> Credentials | None:
    """The credentials of the environment or, without any, of the profile; None if both lack them.

    They are taken as a whole, never half from each. Raises ConfigurationError for half a key, and
    for a key beside a token.
    """
    return _build_credentials(
        "the environment", [environ.get(name) for name in _ENV_CREDENTIALS], _ENV_CREDENTIALS
    ) or _build_credentials(str(config), [config.get(key) for key in _SECRETS], _SECRETS)


def require_credentials(credentials: Credentials | None) -> Credentials:
    """The credentials; raises ConfigurationError if there are none."""
    if credentials is None:
        raise ConfigurationError(
            "no credentials",
            hint=f"set {ENV_API_KEY} and {ENV_API_SECRET} (an Analytics API key is best), "
            "or try --demo",
        )
    return credentials


def find_base_url(
    environ: Mapping[str, str], config: Config, *, option: str | None = None
) -> Setting:
    """The base URL, without a slash at its end.

    Raises ConfigurationError for a URL that cannot be used, or not safely.
    """
    found = _first(environ, config, "base_url", option, ENV_BASE_URL)
    return _check_base_url(found or Setting(DEFAULT_BASE_URL, "default"))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    return re.fullmatch(_LOOPBACK, host) is not None


def _first(
    environ: Mapping[str, str], config: Config, key: str, given: str | None, variable: str
) -> Setting | None:
    """The value of the first source that has one."""
    sources = (
        (given, f"--{key.replace('_', '-')}"),
        (environ.get(variable), variable),
        (config.get(key), config.locate(key)),
    )
    return next((Setting(value, source) for value, source in sources if value), None)


def _check_document(
    document: dict[str, Any], path: Path
) -> tuple[dict[str, dict[str, Any]], str | None, list[str]]:
    """The profiles, the name of the default one, and the unknown keys."""
    profiles = document.get("profiles", {})
    default = document.get("default_profile")
    if not isinstance(profiles, dict) or not all(isinstance(p, dict) for p in profiles.values()):
        raise _malformed(path, "profiles", "must be tables such as [profiles.studio]")
    if default is not None and not isinstance(default, str):
        raise _malformed(path, "default_profile", "must be a name in quotes")
    unknown = [key for key in document if key not in CONFIG_KEYS]
    for name, values in profiles.items():
        unknown += [f"profiles.{name}.{k}" for k in values if k not in (*_TEXTS, "projects")]
    return profiles, default, unknown


def _build_profile(name: str, values: dict[str, Any], path: Path) -> Profile:
    texts = {key: values[key] for key in _TEXTS if key in values}
    for key, value in texts.items():
        if not isinstance(value, str):
            raise _malformed(path, f"profiles.{name}.{key}", "must be text in quotes")
    projects = values.get("projects", [])
    if isinstance(projects, str):
        projects = projects.split(",")
    if not isinstance(projects, list) or not all(isinstance(p, str) for p in projects):
        raise _malformed(path, f"profiles.{name}.projects", "must be a list of names or ids")
    return Profile(name, texts, tuple(text for p in projects if (text := p.strip())))


def _malformed(path: Path, key: str, must: str) -> ConfigurationError:
    return ConfigurationError(
        f"{key} in the config file {path} {must}",
        hint="scenario-usage help settings shows an example of the file",
    )


def _build_credentials(
    source: str, found: Sequence[str | None], names: tuple[str, str, str]
) -> Credentials | None:
    """A key with its secret, or a token, or None; never a mixture."""
    key, secret, token = (text.strip() if text else None for text in found)
    for name, text in zip(names, (key, secret, token), strict=True):
        if text and not (text.isascii() and text.isprintable()):
            raise ConfigurationError(
                f"{source} has a {name} with characters that are not allowed",
                hint="copy it again: it is one line of ASCII characters",
            )
    if key and ":" in key:
        raise ConfigurationError(
            f"{source} has a {names[0]} with a colon", hint="give the key and its secret separately"
        )
    if not (key or secret or token):
        return None
    if token and (key or secret):
        raise ConfigurationError(
            f"{source} has both a key and a token ({names[0] if key else names[1]}, {names[2]})",
            hint=f"keep one of them: unset {names[2]}, or the key and its secret",
        )
    if not token and not (key and secret):
        missing, present = (names[1], names[0]) if key else (names[0], names[1])
        raise ConfigurationError(
            f"{source} has {present} but no {missing}", hint=f"set {missing} as well"
        )
    return Credentials(source, key, secret, token)


def _check_base_url(base_url: Setting) -> Setting:
    try:
        parts = urlsplit(base_url.value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    shown = base_url.value
    if not usable or any(ord(letter) <= 32 or ord(letter) == 127 for letter in base_url.value):
        raise ConfigurationError(
            f"{base_url.source} is not a URL" + ("" if "@" in shown else f": {shown!r}"),
            hint=f"it must begin with https:// and name a host, such as {DEFAULT_BASE_URL}",
        )
    if "@" in parts.netloc or "?" in base_url.value or "#" in base_url.value:
        raise ConfigurationError(
            f"{base_url.source} must not contain credentials, a query or a fragment",
            hint=f"set credentials with {ENV_API_KEY} and {ENV_API_SECRET}",
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ConfigurationError(
            f"{base_url.source} would send credentials unencrypted to {parts.hostname}",
            hint="use https://; plain http is for this machine (127.0.0.1, localhost) only",
        )
    rest = base_url.value[len(parts.scheme) :].rstrip("/")
    return Setting(parts.scheme + rest, base_url.source)
