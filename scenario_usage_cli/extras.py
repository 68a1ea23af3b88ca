"""Optional dependencies: each belongs to an extra, which an error names if it is missing."""

from importlib import import_module
from typing import Any

from scenario_usage_cli.errors import ConfigurationError


def require_extra(extra: str, module: str, *, purpose: str) -> Any:
    """Import a module of an extra; errors call what needs it `purpose`.

    Raises ConfigurationError if that fails, with the line that installs the extra. A module that is
    there but cannot be loaded is not reported as missing.
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
            hint="give it more memory, or reinstall it: "
            f"pip install --force-reinstall 'scenario-usage-cli[{extra}]'",
        ) from error
