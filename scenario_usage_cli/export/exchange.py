"""Several files of a folder that are replaced at one moment, where the system can do that."""

import ctypes
import os
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from scenario_usage_cli.export.layout import STAGE
from scenario_usage_cli.export.store import Store
from scenario_usage_cli.files import sync_folder

_HERE = -100
"""`AT_FDCWD`: paths are not relative to an open folder."""
_EXCHANGE = 2
"""`RENAME_EXCHANGE`."""


def swap_table(store: Store, table: str, removed: Sequence[str]) -> bool:
    """Put what is staged of a table in its place, and remove files of it, all at one moment.

    Its folder changes places with the staged one, which links to all files that stay. Returns
    False, and nothing has changed, if the place is not a folder or its system cannot do that.
    """
    root = store.lock_folder
    if root is None or (root / table).is_symlink():
        return False
    folder, staged = root / table, root / STAGE / table
    gone = {root / path for path in removed}

    def leave_out(inside: str, names: Iterable[str]) -> set[str]:
        return {name for name in names if Path(inside, name) in gone}

    try:
        shutil.copytree(
            folder,
            staged,
            symlinks=True,
            ignore=leave_out,
            copy_function=_link,
            dirs_exist_ok=True,
        )
    except OSError:  # something there can have no second link
        return False
    for path in removed:
        with suppress(OSError):  # it has other files
            (root / STAGE / path).parent.rmdir()
    for inside, _, _ in os.walk(staged):
        sync_folder(Path(inside))
    if not exchange_folders(staged, folder):
        return False
    sync_folder(root)
    return True


def exchange_folders(one: Path, other: Path) -> bool:
    """Let two folders change places, so that at no moment either place is empty.

    Returns whether it was done; Linux offers it, on most of its file systems.
    """
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):  # another system, or an old C library
        return False
    done: int = rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), ctypes.c_uint(_EXCHANGE))
    return done == 0


def _link(source: str, target: str) -> None:
    """A second link to a file, unless what is staged has another one there."""
    if not os.path.lexists(target):
        os.link(source, target, follow_symlinks=False)
