"""The system's keyring, which keeps the secret of an API key instead of the config file."""

from typing import Any

from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.extras import require_extra

SERVICE = "scenario-usage"
"""Under which the secrets are kept; the user's name is the API key."""


def read_secret(api_key: str, place: str) -> str:
    """The secret of an API key. Raises ConfigurationError if the keyring does not have it."""
    secret = _ask("get_password", SERVICE, api_key, place=place)
    if not secret:
        raise ConfigurationError(
            f"{place}: the system keyring has no secret for this API key",
            hint="scenario-usage config init --keyring asks for it, and keeps it there",
        )
    return str(secret)


def store_secret(api_key: str, secret: str) -> None:
    """Keep the secret of an API key. Raises ConfigurationError if the keyring does not take it."""
    _ask("set_password", SERVICE, api_key, secret, place="--keyring")


def check_keyring() -> None:
    """Raise ConfigurationError early if no secret could be stored."""
    _ask("get_password", SERVICE, SERVICE, place="--keyring")


def _ask(function: str, *arguments: str, place: str) -> Any:
    keyring = require_extra("keyring", "keyring", purpose=place)
    try:
        return getattr(keyring, function)(*arguments)
    except keyring.errors.NoKeyringError:
        raise ConfigurationError(
            f"{place}: this system has no keyring that can be used",
            hint="install one (keyring --list-backends shows those that are there), or use "
            "secret_command or api_secret",
        ) from None
    except Exception as error:  # a backend may fail in any way: D-Bus, a locked screen, a timeout
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        raise ConfigurationError(
            f"{place}: the system keyring failed: {reason}",
            hint="unlock it, or use secret_command or api_secret",
        ) from error
