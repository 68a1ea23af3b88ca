"""Files that are replaced as a whole, so that none is ever half written, even after a crash."""

import errno
import os
import re
import select
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO

_ABANDONED_AFTER_S = 24 * 60 * 60
_LONGEST_STEM = 30
"""How many letters of a name its temporary file has, so that there is room for the rest."""
_CHUNK_BYTES = 1024 * 1024
_NO_RENAME = (errno.EBUSY, errno.EPERM, errno.EACCES)
"""The errors of a system where a file can be written to, but not replaced."""
_NOT_OFFERED = (
    errno.EINVAL,
    errno.ENOSYS,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
    errno.EPERM,
    errno.EACCES,
)
"""The errors of a system that does not offer something, rather than fails at it."""


@contextmanager
def replace_file(
    path: Path,
    *,
    private: bool = False,
    alone: bool = False,
    in_place: Callable[[OSError], None] | None = None,
) -> Iterator[BinaryIO]:
    """A file for the new content of `path`; the old content stays until the block ends well.

    It is written to a temporary file in the same folder, synced and renamed; a block that fails
    leaves none. Owner, group and permissions of a replaced file are kept as far as the system
    allows; with `private`, only its owner may use it.

    Temporary files of the same `path` that a killed run has left are removed after a day, or at
    once if the caller is `alone`, having a lock. If a file cannot be renamed to `path`, and
    `in_place` is given, it is told why, and the content is copied into the file that is there.
    Raises OSError.
    """
    stem = f".{path.name[:_LONGEST_STEM]}."
    temporary = path.with_name(f"{stem}{os.urandom(8).hex()}.tmp")
    _remove_abandoned(path.parent, stem, after_s=None if alone else _ABANDONED_AFTER_S)
    replaced = _find_status(path)
    mode = 0o666 if replaced is None else _for_any_group(replaced.st_mode & 0o777)
    mode &= 0o700 if private else 0o777
    try:
        with _open_new(temporary, mode) as file:
            yield file
            file.flush()
            if replaced and os.name == "posix":
                _keep_access(file.fileno(), replaced, private=private)
            _sync(file.fileno())
            file.close()
        try:
            temporary.replace(path)
        except OSError as error:
            if in_place is None or error.errno not in _NO_RENAME:
                raise
            with temporary.open("rb") as content:
                write_in_place(path, content, partial(in_place, error), private=private)
            with suppress(OSError):
                temporary.unlink()
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_whole(file: IO[bytes] | BinaryIO, body: bytes | memoryview) -> None:
    """Write all of it to a file without a buffer, which may accept only a part, or nothing yet.

    Raises OSError.
    """
    rest = memoryview(body)
    while rest:
        taken = file.write(rest)
        if taken is None:  # it is full, and does not block
            _wait_for_room(file.fileno())
        else:
            rest = rest[taken:]


@contextmanager
def _open_new(path: Path, mode: int) -> Iterator[BinaryIO]:
    """A new file of our own.

    If the block fails, a second failure when the file is closed does not hide the first one.
    """
    file = open(path, "xb", opener=partial(os.open, mode=mode))  # noqa: SIM115 - closed below
    try:
        yield file
    finally:
        with suppress(OSError):
            file.close()


def _wait_for_room(descriptor: int) -> None:
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    poll.poll()


def write_in_place(
    path: Path, content: IO[bytes], tell: Callable[[], None], *, private: bool
) -> None:
    """Write over a file that is there, once there is room for all; `tell` is called before.

    Raises OSError.
    """
    size = content.seek(0, os.SEEK_END)
    content.seek(0)
    with path.open("r+b", buffering=0) as file:
        tell()
        before = os.fstat(file.fileno())
        try:
            if size and hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)
        except OSError as error:
            if error.errno not in _NOT_OFFERED:
                file.truncate(before.st_size)
                raise
        while chunk := content.read(_CHUNK_BYTES):
            write_whole(file, chunk)
        file.truncate(size)
        if private and os.name == "posix":
            _keep_access(file.fileno(), before, private=True)
        _sync(file.fileno())


def _find_status(path: Path) -> os.stat_result | None:
    """The status of the file that is there, if there is one."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _keep_access(descriptor: int, replaced: os.stat_result, *, private: bool) -> None:
    """Give a file the owner, group and permissions of the one it replaces, if the system allows.

    Nobody may read the new file who was not allowed to read the old one.
    """
    mode = stat.S_IMODE(replaced.st_mode) & (0o700 if private else 0o7777)
    for owner in (replaced.st_uid, -1):
        with suppress(OSError):
            os.fchown(descriptor, owner, replaced.st_gid)
            break
    now = os.fstat(descriptor)
    if (now.st_uid, now.st_gid) != (replaced.st_uid, replaced.st_gid):
        mode &= 0o777
    if now.st_gid != replaced.st_gid:
        mode = _for_any_group(mode)
    with suppress(OSError):
        os.fchmod(descriptor, mode)


def _for_any_group(mode: int) -> int:
    """The same permissions for a file of another group, which gets no more than all others have."""
    return mode & (0o7707 | (mode & 0o007) << 3)


def _remove_abandoned(folder: Path, stem: str, *, after_s: float | None) -> None:
    """Remove temporary files of the same name after so many seconds; at once for None."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not re.fullmatch(re.escape(stem) + r"[0-9a-f]{16}\.tmp", entry.name):
                continue
            with suppress(OSError):
                age_s = time.time() - entry.stat(follow_symlinks=False).st_mtime
                if after_s is None or age_s > after_s:
                    Path(entry.path).unlink()


def _sync(descriptor: int) -> None:
    """Make the content survive a loss of power, if the system can."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NOT_OFFERED:
            raise


def sync_folder(folder: Path) -> None:
    """Make a rename survive a loss of power as well.

    The file is in its place, and whole, even if this fails.
    """
    if os.name != "posix":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
