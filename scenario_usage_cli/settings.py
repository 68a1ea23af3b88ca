"""Options, environment and config file to one Settings: the first source with a value wins."""

import re
from collections.abc import Callable, Iterable, Mapping
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
ENV_CREDENTIALS = (ENV_API_KEY, ENV_API_SECRET, ENV_TOKEN)
_TEXTS = ("api_key", "api_secret", "token", "base_url", "team", "tz", "format", "currency")
_OTHERS = ("projects", "secret_command", "keyring", "cu_price")
PROFILE_KEYS = (*_TEXTS, *_OTHERS)
"""The keys that a profile may have."""
SECRETS = ("api_key", "api_secret", "token")
"""The keys of a profile whose values are secrets."""
CREDENTIALS = ("api_key", "api_secret", "secret_command", "keyring", "token")
"""The keys of a profile that make its credentials."""
COST_CENTRES = "cost_centres"
"""The key of the table of cost centres."""
BUDGETS = "budgets"
"""The key of the list of budgets."""
PSEUDONYM_SECRET = "pseudonym_secret"  # noqa: S105 - the name of a key
"""The key of the secret by which people and API keys have aliases."""
SHORTEST_PSEUDONYM_SECRET = 16
"""Who knows the ids could try all secrets that are much shorter."""
CONFIG_KEYS = ("default_profile", "profiles", COST_CENTRES, BUDGETS, PSEUDONYM_SECRET)
"""The keys that the config file may have at its top."""


class Profile(NamedTuple):
    """One `[profiles.NAME]` of the config file, with its values unchanged."""

    name: str
    values: Mapping[str, str]
    projects: tuple[str, ...] = ()
    secret_command: str | tuple[str, ...] = ()
    """What prints the secret of the API key: a line for a shell, or its parts; () without one."""
    keyring: bool = False
    """Whether the system keyring has the secret of the API key."""
    cu_price: Any = None
    """The price of a CU, or the list of prices, as it stands there, unchecked."""

    @property
    def credentials(self) -> tuple[str, ...]:
        """The keys that it has for its credentials."""
        others = {"secret_command": self.secret_command, "keyring": self.keyring}
        return tuple(key for key in CREDENTIALS if {**self.values, **others}.get(key))


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
    """Whether the file has any secret, also one of a profile that is not chosen."""
    cost_centres: Any = None
    """The table of cost centres as it stands there, unchecked; None if there is none."""
    budgets: Any = None
    """The list of budgets as it stands there, unchecked; None if there is none."""
    pseudonym_secret: str | None = None
    """The secret of aliases; None if there is none yet."""

    def get(self, key: str) -> str | None:
        """A value of the chosen profile."""
        return self.profile.values.get(key) if self.profile else None

    @property
    def has_secrets(self) -> bool:
        """Whether the chosen profile has secrets."""
        return any(self.get(key) for key in SECRETS)

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
    output_format: Setting | None = None,
) -> Settings:
    """The settings for the options given here; an empty variable counts as unset."""
    return Settings(
        config=config,
        tz=_first(environ, config, "tz", tz, ENV_TZ) or Setting("UTC", "default"),
        format=output_format or _first(environ, config, "format", None, ENV_FORMAT),
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
    secret = _read_pseudonym_secret(document, path)
    note_secrets([secret] if secret else [])
    profiles, default, unknown = check_document(document, path)
    warnings = [f"unknown keys in {path}: {', '.join(unknown)}"] if unknown else []
    name = wanted or default
    if name is not None:
        check_profile(name, profiles, path)
    chosen = build_profile(name, profiles[name], path) if name is not None else None
    is_secret = any(values.get(key) for values in profiles.values() for key in SECRETS)
    config = Config(
        path,
        True,
        chosen,
        is_secret=is_secret or secret is not None,
        cost_centres=document.get(COST_CENTRES),
        budgets=document.get(BUDGETS),
        pseudonym_secret=secret,
    )
    note_secrets(text for key in SECRETS if (text := config.get(key)))
    if profile and config.has_secrets and any(map(environ.get, ENV_CREDENTIALS)):
        warnings.append(f"credentials of the environment are used, not those of {config}")
    return config._replace(warnings=tuple(warnings))


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


def check_document(
    document: dict[str, Any], path: Path
) -> tuple[dict[str, dict[str, Any]], str | None, list[str]]:
    """The profiles, the name of the default one, and the unknown keys of a config file.

    Raises ConfigurationError where these are not what they should be.
    """
    profiles = document.get("profiles", {})
    default = document.get("default_profile")
    if not isinstance(profiles, dict) or not all(isinstance(p, dict) for p in profiles.values()):
        raise _malformed(path, "profiles", "must be tables such as [profiles.studio]")
    if default is not None and not isinstance(default, str):
        raise _malformed(path, "default_profile", "must be a name in quotes")
    unknown = [key for key in document if key not in CONFIG_KEYS]
    for name, values in profiles.items():
        unknown += [f"profiles.{name}.{k}" for k in values if k not in PROFILE_KEYS]
    return profiles, default, unknown


def check_profile(name: str, profiles: Iterable[str], path: Path) -> None:
    """Raise ConfigurationError for a profile that is not among these."""
    if name not in profiles:
        known = ", ".join(profiles) or "none; scenario-usage config init adds one"
        raise ConfigurationError(f"no profile {name!r} in {path}", hint=f"profiles there: {known}")


def build_profile(name: str, values: dict[str, Any], path: Path) -> Profile:
    """A profile; raises ConfigurationError for a value of the wrong type."""
    texts = {key: values[key] for key in _TEXTS if key in values}
    for key, value in texts.items():
        if not isinstance(value, str):
            raise _malformed(path, f"profiles.{name}.{key}", "must be text in quotes")
    projects = values.get("projects", [])
    if isinstance(projects, str):
        projects = projects.split(",")
    if not isinstance(projects, list) or not all(isinstance(p, str) for p in projects):
        raise _malformed(path, f"profiles.{name}.projects", "must be a list of names or ids")
    keyring = values.get("keyring", False)
    if not isinstance(keyring, bool):
        raise _malformed(path, f"profiles.{name}.keyring", "must be true or false")
    return Profile(
        name,
        texts,
        tuple(text for p in projects if (text := p.strip())),
        _read_command(values, f"profiles.{name}.secret_command", path),
        keyring,
        values.get("cu_price"),
    )


def _read_pseudonym_secret(document: Mapping[str, Any], path: Path) -> str | None:
    secret = document.get(PSEUDONYM_SECRET)
    if secret is None:
        return None
    if not isinstance(secret, str) or len(secret.strip()) < SHORTEST_PSEUDONYM_SECRET:
        raise _malformed(
            path, PSEUDONYM_SECRET, f"must be text of at least {SHORTEST_PSEUDONYM_SECRET} letters"
        )
    return secret.strip()


def _read_command(values: dict[str, Any], key: str, path: Path) -> str | tuple[str, ...]:
    """A command as one line, or its parts; nothing if there is none."""
    command = values.get("secret_command")
    if command is None:
        return ()
    is_line = isinstance(command, str)
    is_list = isinstance(command, list) and all(isinstance(part, str) for part in command)
    if not (is_line or is_list):
        raise _malformed(path, key, "must be a command in quotes, or a list of its parts")
    if not "".join(command).strip():
        raise _malformed(path, key, "is empty: it must be a command that prints the secret")
    return command.strip() if is_line else tuple(command)


def _malformed(path: Path, key: str, must: str) -> ConfigurationError:
    return ConfigurationError(
        f"{key} in the config file {path} {must}",
        hint="scenario-usage help settings shows an example of the file",
    )


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
