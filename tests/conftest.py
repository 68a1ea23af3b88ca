"""What holds for all tests."""

import os
from collections.abc import Iterator

import pytest

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
"""Hundreds of processes would compile the whole package anew."""


@pytest.fixture(scope="session", autouse=True)
def _no_kept_names() -> Iterator[None]:
    """No test learns names from another, nor from who runs the tests: the folder is none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", os.devnull)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_real_sync() -> Iterator[None]:
    """No power fails here, and thousands of files would wait for the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda number: None)
        yield
