"""Programs that some tests need, and a bare machine does not have."""

import os
import shutil
from importlib import import_module
from typing import Any, NoReturn

import pytest


def require_tool(name: str) -> str:
    """The path of a program; without it the test is skipped, or fails where CI is true."""
    return shutil.which(name) or lack(f"{name} is not installed")


def require_module(name: str) -> Any:
    """A module that this Python may lack; without it, the same."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        lack(f"the module {name} is not installed")


def lack(what: str) -> NoReturn:
    """Skip the test, or let it fail where nothing may be skipped."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)
