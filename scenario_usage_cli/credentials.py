"""Credentials: which of the environment or the profile are used, without half of any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scenario_usage_cli.environment import ENV_API_KEY, ENV_API_SECRET
from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.settings import ENV_CREDENTIALS, Config

_ELSEWHERE = "elsewhere"
"""What stands for a secret that is yet to be fetched."""


@dataclass(frozen=True, repr=False)
class Credentials:
    """A key with its secret, or a token; `source` says where they come from.

    Where `fetched_by` names a key of the profile, that says where the secret is: it is None
    until it is fetched.
    """

    source: str
    api_key: str | None = None
    api_secret: str | None = None
    token: str | None = None
    fetched_by: str | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """The texts that must never be shown."""
        return tuple(text for text in (self.api_key, self.api_secret, self.token) if text)


def find_credentials(environ: Mapping[str, str], config: Config) -> Credentials | None:
    """The credentials of the environment or, without any, of the profile; None if both lack them.

    They are taken as a whole, never half from each. Raises ConfigurationError for half a key, for
    a key beside a token, and for a secret that is said to be in two places.
    """
    return _build_credentials(
        "the environment", [environ.get(name) for name in ENV_CREDENTIALS], ENV_CREDENTIALS
    ) or _find_in_profile(config)


def require_credentials(credentials: Credentials | None) -> Credentials:
    """The credentials; raises ConfigurationError if there are none."""
    if credentials is None:
        raise ConfigurationError(
            "no credentials",
            hint=f"scenario-usage config init asks for them; or set {ENV_API_KEY} and "
            f"{ENV_API_SECRET}, or try --demo",
        )
    return credentials


def check_credential(source: str, name: str, text: str) -> None:
    """Raise ConfigurationError for a text that no header can hold."""
    if not (text.isascii() and text.isprintable()):
        raise ConfigurationError(
            f"{source} has a {name} with characters that are not allowed",
            hint="copy it again: it is one line of ASCII characters",
        )


def check_api_key(source: str, name: str, text: str) -> None:
    """Raise ConfigurationError for a text that cannot be an API key."""
    check_credential(source, name, text)
    if ":" in text:
        raise ConfigurationError(
            f"{source} has a {name} with a colon", hint="give the key and its secret separately"
        )


def _find_in_profile(config: Config) -> Credentials | None:
    profile = config.profile
    if profile is None:
        return None
    given = [key for key in profile.credentials if key not in ("api_key", "token")]
    if given[1:]:
        raise ConfigurationError(
            f"{config} has {' and '.join(given)}",
            hint="keep one of them: each says what the secret of the API key is",
        )
    name = given[0] if given else "api_secret"
    secret = profile.values.get(name, _ELSEWHERE if given else None)
    values = [profile.values.get("api_key"), secret, profile.values.get("token")]
    found = _build_credentials(str(config), values, ("api_key", name, "token"))
    if found is None or secret is not _ELSEWHERE:
        return found
    return Credentials(found.source, found.api_key, fetched_by=name)


def _build_credentials(
    source: str, found: Sequence[str | None], names: tuple[str, str, str]
) -> Credentials | None:
    """A key with its secret, or a token, or None; never a mixture."""
    key, secret, token = (text.strip() if text else None for text in found)
    for name, text in zip(names, (key, secret, token), strict=True):
        check_credential(source, name, text or "")
    check_api_key(source, names[0], key or "")
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
