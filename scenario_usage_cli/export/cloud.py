"""A dataset in an object store, or anywhere else that fsspec can write."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.export.layout import STAGE, parse_path, parse_restatements
from scenario_usage_cli.export.store import LARGEST_FILE_BYTES, Unreadable
from scenario_usage_cli.extras import require_extra

_OBJECT_STORES = ("memory", "s3", "gs", "gcs", "abfs", "az", "oss", "oci")
"""Stores where an object appears only as a whole; others may be left with half a file."""

_SIGNS = ("ETag", "etag", "md5Hash", "mtime", "LastModified", "last_modified", "created")
"""The drivers' names for what changes with an object, the most reliable first."""

_LARGE = 1024 * 1024
"""Objects of so many bytes are fetched one after the other."""
_PATTERN = re.compile(r"[*?\[]")
"""What a driver takes for a pattern where several objects are wanted."""


class Cloud:
    """Objects below a URL. There is no lock: only one run may write at a time."""

    lock_folder: Path | None = None

    def __init__(self, url: str) -> None:
        fsspec = require_extra("cloud", "fsspec", purpose="a URL")
        self._url = url.rstrip("/")
        with self._explain("open"):
            self._files, root = fsspec.url_to_fs(self._url, use_listings_cache=False)
        self._root = root.rstrip("/")
        protocol = self._files.protocol
        names = {protocol} if isinstance(protocol, str) else set(protocol)
        self.writes_whole = not names.isdisjoint(_OBJECT_STORES)
        self._listed: dict[str, Mapping[str, Any]] | None = None
        self._expected: dict[str, bytes] = {}

    def __str__(self) -> str:
        return self._url

    def read(self, path: str) -> bytes | None:
        """The content of an object; None if there is none."""
        if path in self._expected:
            return self._expected.pop(path)
        if int(self._list().get(path, {}).get("size") or 0) > LARGEST_FILE_BYTES:
            reason = f"it has more than {LARGEST_FILE_BYTES >> 20} MB"
            raise Unreadable(f"{self}/{path}", reason)
        with self._explain("read", path):
            try:
                body: bytes = self._files.cat_file(self._locate(path))
            except FileNotFoundError:
                return None
            except (IsADirectoryError, PermissionError) as error:
                raise Unreadable(f"{self}/{path}", str(error)) from error
        return body

    def expect(self, paths: Sequence[str]) -> None:
        """Fetch small objects side by side, as far as the driver can; `read` finds what came."""
        places = {
            self._locate(path): path
            for path in paths
            if int(self._list().get(path, {}).get("size") or _LARGE) < _LARGE
        }
        if len(places) < 2 or _PATTERN.search(self._root):
            return
        with self._explain("read"):
            found = self._files.cat(list(places), on_error="return")
        self._expected = {
            places[place]: body for place, body in found.items() if isinstance(body, bytes)
        }

    def stamp(self, path: str) -> str | None:
        """The size of an object, and its checksum or time, from one listing at the start."""
        about = self._list().get(path)
        return None if about is None else _format_stamp(about)

    def find_obstacle(self, path: str) -> None:
        """None: an object is never in the way of another one."""

    def write(self, path: str, body: bytes) -> str:
        """Write one whole object."""
        with self._explain("write", path):
            place = self._locate(path)
            self._put(place, body)
            about = self._files.info(place)
        self._list()[path] = about
        return _format_stamp(about)

    def list_partitions(self) -> list[str]:
        """The paths of all partitions, in order."""
        return sorted(path for path in self._list() if parse_path(path))

    def list_restatements(self) -> list[str]:
        """The paths of all files of restatements, in order."""
        return sorted(path for path in self._list() if parse_restatements(path))

    def remove(self, paths: Sequence[str]) -> None:
        """Remove objects, in as few requests as the store needs for many."""
        there = [path for path in paths if path in self._list()]
        if there:
            with self._explain("remove", there[0]):
                self._files.rm([self._locate(path) for path in there])
        for path in there:
            del self._list()[path]

    def clear_stage(self) -> None:
        """Remove the objects that are staged."""
        self.remove([path for path in self._list() if path.startswith(f"{STAGE}/")])

    def _list(self) -> dict[str, Mapping[str, Any]]:
        if self._listed is None:
            with self._explain("list"):
                found = self._files.find(self._root, detail=True)
            below = f"{self._root}/"
            self._listed = {path.removeprefix(below): about for path, about in found.items()}
        return self._listed

    def _locate(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _put(self, place: str, body: bytes) -> None:
        """Write an object; in a store with real folders, those of its path are made first."""
        try:
            self._files.pipe_file(place, body)
        except FileNotFoundError:
            if not self._files.exists(place.split("/")[0] or "/"):  # this tool makes no buckets
                raise
            self._files.makedirs(place.rpartition("/")[0], exist_ok=True)
            self._files.pipe_file(place, body)

    @contextmanager
    def _explain(self, verb: str, path: str = "") -> Iterator[None]:
        """Turn any error of a driver into ours; drivers have no common class of errors."""
        try:
            yield
        except Unreadable:
            raise
        except ImportError as error:
            raise ConfigurationError(
                f"cannot {verb} {self}: {error}",
                hint="pip install 'scenario-usage-cli[cloud]' brings s3://; other stores have "
                "drivers of their own",
            ) from error
        except Exception as error:  # each driver of a store raises classes of its own
            place = f"{self}/{path}" if path else str(self)
            raise ConfigurationError(
                f"cannot {verb} {place}: {error or type(error).__name__}",
                hint="check the URL, its driver and its credentials; existing files stay whole",
            ) from error


def _format_stamp(about: Mapping[str, Any]) -> str:
    """The size, and the best sign of a change that the store gives."""
    sign = next((about[sign] for sign in _SIGNS if about.get(sign)), "")
    return f"{about.get('size')}-{sign}"
