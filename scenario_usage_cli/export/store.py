"""Where a dataset is kept: a folder, or what an fsspec URL names."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from scenario_usage_cli.errors import BadArgument, ConfigurationError
from scenario_usage_cli.export.layout import TABLES, parse_path
from scenario_usage_cli.export.lock import hold_lock
from scenario_usage_cli.files import replace_file

_PASSWORD = re.compile(r"://[^/@]*:[^/@]+@")
_LOCAL_SCHEMES = ("file", "local")

LARGEST_FILE_BYTES = 512 * 1024 * 1024
"""More than that is read of no file: it was written by something else."""

_KINDS = {
    stat.S_IFDIR: "it is a folder",
    stat.S_IFIFO: "it is a FIFO",
    stat.S_IFSOCK: "it is a socket",
    stat.S_IFCHR: "it is a device",
    stat.S_IFBLK: "it is a device",
}


class Unreadable(ConfigurationError):
    """What stands in the place of one file and is none, or may not be read; `reason` is why."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(
            f"cannot read {place}: {reason}",
            hint="move it away, or let it be read; what is there stays as it was",
        )
        self.reason = reason


class Store(Protocol):
    """Files by their path below one place. Whoever reads finds an old or a new one, whole.

    Every method raises ConfigurationError for what the place refuses.
    """

    writes_whole: bool
    """Whether a write that is cut off leaves the old file, and not a part of the new one."""
    has_lock: bool

    def __str__(self) -> str:
        """The place, as it was named."""
        ...

    def read(self, path: str) -> bytes | None:
        """The content of a file; None if there is none. Raises Unreadable for what is no file
        of a size that a partition may have.
        """
        ...

    def stamp(self, path: str) -> str | None:
        """What changes whenever a file does, cheaper than to read it; None if there is none.
        Raises Unreadable for what is no file.
        """
        ...

    def find_obstacle(self, path: str) -> str | None:
        """Why no file can be put there, as long as what is in its way is not moved; None if one
        can, be it in the place of what cannot be read.
        """
        ...

    def write(self, path: str, body: bytes) -> str:
        """Put a file in its place, or replace it; returns its stamp."""
        ...

    def list_partitions(self) -> list[str]:
        """The paths of all partitions, in order."""
        ...

    def lock(self, timeout_s: float, now: datetime) -> AbstractContextManager[None]:
        """Keep other runs out, which are told since when; waits so long for one under way."""
        ...


def open_store(target: str) -> Store:
    """The store of a folder or a URL. Raises BadArgument for a URL with a password in it, and
    ConfigurationError where the extra for URLs, or a driver of its own, is missing.
    """
    scheme, separator, rest = target.partition("://")
    if not separator:
        return Folder(target, Path(target))
    if _PASSWORD.search(target):
        raise BadArgument(
            f"the URL of {scheme}://… has a password in it",
            hint="give credentials the way its driver reads them, most often by environment",
        )
    try:
        url = urlsplit(target)
    except ValueError as error:
        raise BadArgument(f"{target} is no URL: {error}", hint="as in s3://bucket/usage") from None
    if not rest.strip("/"):
        raise BadArgument(f"{target} names no place", hint="as in s3://bucket/usage")
    if scheme in _LOCAL_SCHEMES:
        if url.netloc not in ("", "localhost"):
            raise BadArgument(f"{target} is on another machine", hint="as in file:///srv/usage")
        return Folder(target, Path(unquote(url.path)))
    # A folder needs none of what URLs need.
    from scenario_usage_cli.export.cloud import Cloud

    return Cloud(target)


class Folder:
    """A folder of this machine; it comes into being with the first file."""

    writes_whole = True
    has_lock = True

    def __init__(self, name: str, root: Path) -> None:
        self._name = name
        self._root = root
        self._prefix = f"{root}/"

    def __str__(self) -> str:
        return self._name

    def read(self, path: str) -> bytes | None:
        """The content of a regular file, or of one behind a link; nothing else is opened."""
        if self._find_status(path) is None:
            return None
        place = f"{self}/{path}"
        try:
            # What was swapped meanwhile must not make this wait.
            with open(self._prefix + path, "rb", opener=_open_without_waiting) as file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode):
                    raise Unreadable(place, _name_kind(status))
                is_small = status.st_size <= LARGEST_FILE_BYTES
                # Without waiting, None is that there is nothing yet.
                body = (file.read(LARGEST_FILE_BYTES + 1) or b"") if is_small else None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unreadable(place, error.strerror or str(error)) from error
        if body is None or len(body) > LARGEST_FILE_BYTES:
            raise Unreadable(place, f"it has more than {LARGEST_FILE_BYTES >> 20} MB")
        return body

    def stamp(self, path: str) -> str | None:
        """Size and time of the last change."""
        status = self._find_status(path)
        return None if status is None else _format_stamp(status)

    def find_obstacle(self, path: str) -> str | None:
        """A file in the place of a folder, or a folder with something in it in that of a file."""
        target = self._root / path
        try:
            for folder in reversed(target.parents[: path.count("/") + 1]):
                if os.path.lexists(folder) and not folder.is_dir():
                    return f"{folder.name} is no folder"
            is_folder = target.is_dir() and not target.is_symlink()
            return "it is a folder" if is_folder and any(target.iterdir()) else None
        except OSError as error:
            return error.strerror or str(error)

    def write(self, path: str, body: bytes) -> str:
        """Written beside its place, synced, renamed."""
        target = self._root / path
        with self._explain("write", path):
            target.parent.mkdir(parents=True, exist_ok=True)
            _make_room(target)
            with replace_file(target, alone=True) as file:  # runs keep each other out by a lock
                file.write(body)
            return _format_stamp(target.stat())

    def list_partitions(self) -> list[str]:
        """The paths of all partitions, in order; only their own folders are looked into."""
        with self._explain("read", ""):
            found = [path for table in TABLES for path in self._root.glob(f"{table}/*/*")]
            paths = sorted(path.relative_to(self._root).as_posix() for path in found)
        return [path for path in paths if parse_path(path)]

    @contextmanager
    def lock(self, timeout_s: float, now: datetime) -> Iterator[None]:
        """Only one run at a time has it."""
        with ExitStack() as held:
            with self._explain("lock", ""):
                self._root.mkdir(parents=True, exist_ok=True)
                held.enter_context(hold_lock(self._root, timeout_s, now, name=self._name))
            yield

    def _find_status(self, path: str) -> os.stat_result | None:
        """That of a regular file; None if there is none. Raises Unreadable."""
        try:
            status = os.stat(self._prefix + path)  # noqa: PTH116 - thousands
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unreadable(f"{self}/{path}", error.strerror or str(error)) from error
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable(f"{self}/{path}", _name_kind(status))
        return status

    @contextmanager
    def _explain(self, verb: str, path: str) -> Iterator[None]:
        """What the system says against it, as an error that names the place."""
        try:
            yield
        except OSError as error:
            raise self._refuse(verb, path, error) from error

    def _refuse(self, verb: str, path: str, error: OSError) -> ConfigurationError:
        place = f"{self}/{path}" if path else str(self)
        return ConfigurationError(
            f"cannot {verb} {place}: {error.strerror or error}",
            hint="choose another folder, or make room; what is there stays as it was",
        )


def _format_stamp(status: os.stat_result) -> str:
    return f"{status.st_size}-{status.st_mtime_ns}"


def _name_kind(status: os.stat_result) -> str:
    return _KINDS.get(stat.S_IFMT(status.st_mode), "it is no file")


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _make_room(target: Path) -> None:
    """Remove what is no file, or may not be read: a file is not to be given its permissions, and
    cannot be renamed over a folder. One with something in it stays. Raises OSError.
    """
    if target.is_dir() and not target.is_symlink():
        target.rmdir()
    elif os.path.lexists(target) and not (target.is_file() and os.access(target, os.R_OK)):
        target.unlink()
