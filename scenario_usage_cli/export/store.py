"""Where a dataset is kept: a folder, or what an fsspec URL names."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from scenario_usage_cli.errors import BadArgument, ConfigurationError
from scenario_usage_cli.export.layout import LOCK, TABLES, parse_path
from scenario_usage_cli.files import replace_file

_PASSWORD = re.compile(r"://[^/@]*:[^/@]+@")
_LOCAL_SCHEMES = ("file", "local")


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
        """The content of a file; None if there is none."""
        ...

    def stamp(self, path: str) -> str | None:
        """What changes whenever a file does, cheaper than to read it; None if there is none."""
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
        """The content of a file; None if there is none."""
        with self._explain("read", path):
            try:
                return (self._root / path).read_bytes()
            except FileNotFoundError:
                return None

    def stamp(self, path: str) -> str | None:
        """Size and time of the last change."""
        try:
            return _format_stamp(os.stat(self._prefix + path))  # noqa: PTH116 - thousands
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._refuse("read", path, error) from error

    def write(self, path: str, body: bytes) -> str:
        """Written beside its place, synced, renamed."""
        target = self._root / path
        with self._explain("write", path):
            target.parent.mkdir(parents=True, exist_ok=True)
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
        """A lock that the system lets go of when this process ends, however it does."""
        # Most runs of a day find nothing to do, and never come here.
        from filelock import FileLock, Timeout

        path = self._root / LOCK
        with self._explain("lock", ""):
            self._root.mkdir(parents=True, exist_ok=True)
            lock = FileLock(path)
            try:
                lock.acquire(timeout=timeout_s)
            except Timeout:
                raise ConfigurationError(
                    f"another export into {self} is under way{_describe_holder(path)}",
                    hint="wait for it; --lock-timeout says how long to wait",
                ) from None
            holder = {"pid": os.getpid(), "started": now.isoformat("T", "seconds")}
            path.write_text(json.dumps(holder), encoding="utf-8")
        try:
            yield
        finally:
            with suppress(OSError):
                path.write_text("", encoding="utf-8")
            lock.release()

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


def _describe_holder(path: Path) -> str:
    """Who holds the lock, as far as it came to say so."""
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        return f": process {holder['pid']}, since {holder['started']}"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
