"""Programs that some tests need, and a bare machine does not have."""

import os
import shutil

import pytest


def require_tool(name: str) -> str:
    """The path of a program; without it the test is skipped, or fails where CI is true."""
    found = shutil.which(name)
    if found is None:
        message = f"{name} is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found
