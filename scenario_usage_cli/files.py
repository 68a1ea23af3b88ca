"""Files that are replaced as a whole: nobody ever finds half of one, not even after a crash."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replace_file(path: Path, temporary: Path) -> Iterator[BinaryIO]:
    """What takes the new content of `path`, whose own is kept until the block has ended well.

    It is written to `temporary`, in the same folder, synced and renamed, which is synced as well;
    a block that fails leaves none. Raises OSError.
    """
    temporary.unlink(missing_ok=True)
    file = temporary.open("xb")
    try:
        if path.exists():
            temporary.chmod(stat.S_IMODE(path.stat().st_mode))
        yield file
        file.flush()
        os.fsync(file.fileno())
        file.close()
        temporary.replace(path)
        _sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):  # a full disk says so again
            file.close()
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    """Let a rename outlast a loss of power; where folders cannot be opened, nothing can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
