"""Which run holds the lock of a folder; readers need no lock, and no library for it."""

import json
import os
from contextlib import suppress
from pathlib import Path

from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.export.layout import LOCK
from scenario_usage_cli.export.store import Store

try:
    import fcntl
except ImportError:  # Windows, where checksums alone tell that a run goes on
    fcntl = None  # type: ignore[assignment]

MARKER = f"{LOCK}.held"
"""The file that exists while a run goes on, if the system has no locks."""

_LONGEST_NOTE_BYTES = 4096


def refuse_writing(store: Store) -> None:
    """Raises ConfigurationError if a run holds the lock of a store, as far as that can be told.

    The lock is not kept: a slow reader must not keep a run waiting.
    """
    folder = store.lock_folder
    if folder is None:
        return
    if _is_held(folder / LOCK):
        raise refuse_reading(store, describe_holder(folder / LOCK))
    if (marker := folder / MARKER).exists():
        error = refuse_reading(store, describe_holder(folder / LOCK))
        error.hint += f"; if no export runs on any machine, remove {marker}"
        raise error


def refuse_reading(store: Store, more: str = "") -> ConfigurationError:
    """The error that a dataset changes while it is read."""
    return ConfigurationError(
        f"{store} is being written by an export{more}", hint="try again when that has ended"
    )


def describe_holder(path: Path) -> str:
    """The process that holds the lock, if it has noted itself."""
    try:
        with path.open(encoding="utf-8") as file:
            holder = json.loads(file.read(_LONGEST_NOTE_BYTES))
        return f": process {holder['pid']}, since {holder['started']}"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""


def _is_held(path: Path) -> bool:
    if fcntl is None:
        return False
    with suppress(OSError):  # no such file, or a system that has no locks
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
    return False
