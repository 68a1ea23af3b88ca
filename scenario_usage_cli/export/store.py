"""Where a dataset is kept: files below a folder, or below a URL."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.export.layout import (
    ALL_TABLES,
    RESTATEMENTS,
    STAGE,
    parse_path,
    parse_restatements,
)
from scenario_usage_cli.files import replace_file

LARGEST_FILE_BYTES = 512 * 1024 * 1024
"""Larger files are not read: something else wrote them."""

_READ_WITHOUT_WAITING = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)

_KINDS = {
    stat.S_IFDIR: "it is a folder",
    stat.S_IFIFO: "it is a FIFO",
    stat.S_IFSOCK: "it is a socket",
    stat.S_IFCHR: "it is a device",
    stat.S_IFBLK: "it is a device",
}


class Unreadable(ConfigurationError):
    """The place of one file has something that cannot be read; `reason` says why."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(
            f"cannot read {place}: {reason}",
            hint="move it away, or make it readable; existing files stay as they were",
        )
        self.reason = reason


class Store(Protocol):
    """Files by their path below one place; readers find each old or new, but always whole.

    Every method raises ConfigurationError for what the place refuses.
    """

    writes_whole: bool
    """Whether an interrupted write leaves the old file, and not a part of the new one."""
    lock_folder: Path | None
    """The folder, if it is on this machine; None elsewhere, where there can be no lock."""

    def __str__(self) -> str:
        """The place, as it was named."""
        ...

    def read(self, path: str) -> bytes | None:
        """The content of a file; None if there is none.

        Raises Unreadable for what is not a file, or is larger than a partition may be.
        """
        ...

    def expect(self, paths: Sequence[str]) -> None:
        """Say what is about to be read: a store far away fetches these files side by side."""
        ...

    def stamp(self, path: str) -> str | None:
        """A text that changes whenever a file does, cheaper than its content; None without a file.

        Raises Unreadable for what is not a file.
        """
        ...

    def find_obstacle(self, path: str) -> str | None:
        """Why no file can be written there until something is moved away; None if one can.

        A file that cannot be read can be replaced, and is not an obstacle.
        """
        ...

    def write(self, path: str, body: bytes) -> str:
        """Write a file, or replace it; returns its stamp."""
        ...

    def list_partitions(self) -> list[str]:
        """The paths of all partitions, in order."""
        ...

    def list_restatements(self) -> list[str]:
        """The paths of all files of restatements, in order."""
        ...

    def remove(self, paths: Sequence[str]) -> None:
        """Remove files; those that are not there are as good as removed."""
        ...

    def clear_stage(self) -> None:
        """Remove all that is staged."""
        ...


class Folder:
    """A folder on this machine; it is made with the first file."""

    writes_whole = True

    def __init__(self, name: str, root: Path) -> None:
        self._name = name
        self.lock_folder: Path | None = root
        self._root = root
        self._prefix = f"{root}/"

    def __str__(self) -> str:
        return self._name

    def read(self, path: str) -> bytes | None:
        """The content of a regular file, or of one behind a link; nothing else is opened."""
        if self._find_status(path) is None:
            return None
        try:
            # Something that has replaced the file in the meantime must not make this wait.
            descriptor = os.open(self._prefix + path, _READ_WITHOUT_WAITING)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unreadable(f"{self}/{path}", error.strerror or str(error)) from error
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise Unreadable(f"{self}/{path}", _name_kind(status))
            is_small = status.st_size <= LARGEST_FILE_BYTES
            body = _read_all(descriptor, status.st_size) if is_small else None
        except OSError as error:
            raise Unreadable(f"{self}/{path}", error.strerror or str(error)) from error
        finally:
            os.close(descriptor)
        if body is None or len(body) > LARGEST_FILE_BYTES:
            raise Unreadable(f"{self}/{path}", f"it has more than {LARGEST_FILE_BYTES >> 20} MB")
        return body

    def expect(self, paths: Sequence[str]) -> None:
        """Nothing: the files of a folder are near."""

    def stamp(self, path: str) -> str | None:
        """The size of a file, and the time of its last change."""
        status = self._find_status(path)
        return None if status is None else _format_stamp(status)

    def find_obstacle(self, path: str) -> str | None:
        """A file where a folder belongs, or a folder that is not empty where a file belongs."""
        target = self._root / path
        try:
            for folder in reversed(target.parents[: path.count("/") + 1]):
                if os.path.lexists(folder) and not folder.is_dir():
                    return f"{folder.name} is not a folder"
            is_folder = target.is_dir() and not target.is_symlink()
            return "it is a folder" if is_folder and any(target.iterdir()) else None
        except OSError as error:
            return error.strerror or str(error)

    def write(self, path: str, body: bytes) -> str:
        """Write a file beside its place, sync it, and rename it."""
        target = self._root / path
        with explain_refusal("write", f"{self}/{path}"):
            target.parent.mkdir(parents=True, exist_ok=True)
            _make_room(target)
            with replace_file(target, alone=True) as file:  # runs keep each other out by a lock
                file.write(body)
            return _format_stamp(target.stat())

    def list_partitions(self) -> list[str]:
        """The paths of all partitions, in order; no other folders are read."""
        return [path for path in self._list(ALL_TABLES) if parse_path(path)]

    def list_restatements(self) -> list[str]:
        """The paths of all files of restatements, in order."""
        return [path for path in self._list([RESTATEMENTS]) if parse_restatements(path)]

    def _list(self, folders: Sequence[str]) -> list[str]:
        with explain_refusal("read", str(self)):
            found = [path for folder in folders for path in self._root.glob(f"{folder}/*/*")]
            return sorted(path.relative_to(self._root).as_posix() for path in found)

    def remove(self, paths: Sequence[str]) -> None:
        """Remove files, and the folders that are empty then."""
        with explain_refusal("change", str(self)):
            for path in paths:
                target = self._root / path
                target.unlink(missing_ok=True)
                with suppress(OSError):
                    target.parent.rmdir()

    def clear_stage(self) -> None:
        """Remove the folder; after an exchange, it has the files that are no longer needed."""
        with explain_refusal("remove", f"{self}/{STAGE}"):
            for folder, folders, files in os.walk(self._root / STAGE, topdown=False):
                for name in files:
                    Path(folder, name).unlink()
                for name in folders:
                    inside = Path(folder, name)
                    inside.unlink() if inside.is_symlink() else inside.rmdir()
            if (self._root / STAGE).is_dir():
                (self._root / STAGE).rmdir()

    def _find_status(self, path: str) -> os.stat_result | None:
        """The status of a regular file; None if there is none. Raises Unreadable."""
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
def explain_refusal(verb: str, place: str) -> Iterator[None]:
    """Turn an OSError into a ConfigurationError that says what the system refuses, and where."""
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"cannot {verb} {place}: {error.strerror or error}",
            hint="choose another folder, or make room; existing files stay as they were",
        ) from error


def _format_stamp(status: os.stat_result) -> str:
    return f"{status.st_size}-{status.st_mtime_ns}"


def _name_kind(status: os.stat_result) -> str:
    return _KINDS.get(stat.S_IFMT(status.st_mode), "it is not a file")


def _read_all(descriptor: int, size: int) -> bytes:
    """The content of a file that has or had so many bytes, up to one more than the largest.

    Python's own files take five times as long.
    """
    body = os.read(descriptor, size + 1)
    while len(body) != size and len(body) <= LARGEST_FILE_BYTES:
        if not (more := os.read(descriptor, 1 << 20)):
            break
        body += more
    return body


def _make_room(target: Path) -> None:
    """Remove what is not a readable file, so that a file can take its place.

    A new file must not get the permissions of an unreadable one, and cannot be renamed over a
    folder. A folder that is not empty stays. Raises OSError.
    """
    if target.is_dir() and not target.is_symlink():
        target.rmdir()
    elif os.path.lexists(target) and not (target.is_file() and os.access(target, os.R_OK)):
        target.unlink()
