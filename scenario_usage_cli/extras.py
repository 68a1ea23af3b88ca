"""Optional dependencies: each belongs to an extra, and whoever lacks it is told which."""

from importlib import import_module
from typing import Any

from scenario_usage_cli.errors import ConfigurationError


def require_extra(extra: str, module: str, *, purpose: str) -> Any:
    """The module that an extra brings, imported; `purpose` is what needs it, for people.

    Raises ConfigurationError where that fails, with the line that installs the extra; what is
    there and cannot be loaded is not said to be missing.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"{purpose} needs the extra {extra}: {error}",
            hint=f"pip install 'scenario-usage-cli[{extra}]'",
        ) from error
    except ImportError as error:
        raise ConfigurationError(
            f"{purpose} cannot load {module}: {error}",
            hint="let it have more memory, or install it anew: "
            f"pip install --force-reinstall 'scenario-usage-cli[{extra}]'",
        ) from error
