"""The names that were looked up, kept in the user's cache folder for an hour.

There is one file for each account. It is a convenience: whatever is wrong with it, names are
looked up again, and nothing fails.
"""

import json
import os
import re
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from scenario_usage_cli.collect.names import KINDS, Listed, Names
from scenario_usage_cli.credentials import find_credentials
from scenario_usage_cli.environment import ENV_BASE_URL, ENV_NO_CACHE
from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.files import replace_file
from scenario_usage_cli.settings import DEFAULT_BASE_URL, Config

_CACHE_HOME = "XDG_CACHE_HOME"
_FOLDER_NAME = "scenario-usage"
_VERSION = 1
_FRESH_S = 60 * 60
_FORGOTTEN_AFTER_S = 30 * 24 * 60 * 60
"""After so long without a run, the file of an account is removed: a token has its own file."""
_MOST_BYTES = 4_000_000
_LATEST = 2**53
_FILE_NAME = re.compile(r"names-[0-9a-f]{32}\.json")
_ADDRESS = re.compile(r"[^\s@]@[^\s@]")


class _Kept(NamedTuple):
    """Names of one kind, and when they were looked up, in seconds since 1970."""

    at: int
    names: Mapping[str, str | None]


class NameCache:
    """The kept names of one account.

    `now` is the clock that tells their age, and `log` is told why they cannot be used.
    """

    def __init__(
        self, folder: Path, account: str, now: Callable[[], datetime], log: Callable[[str], None]
    ) -> None:
        self._path = folder / f"names-{account}.json"
        self._account = account
        self._now = now
        self._log = log

    def read_fresh(self) -> Listed:
        """The names that were looked up within the last hour."""
        return {kind: kept.names for kind, kept in self._read().items() if self._is_fresh(kept)}

    def read_all(self) -> Names:
        """The names of any age."""
        return Names(
            **{
                kind: {one: name for one, name in kept.names.items() if name is not None}
                for kind, kept in self._read().items()
            }
        )

    @property
    def is_fresh(self) -> bool:
        """Whether anything was looked up within the last hour."""
        return any(map(self._is_fresh, self._read().values()))

    def keep(self, listed: Listed, seen: Names) -> None:
        """Keep what was `listed` in the place of all that was, and add what was `seen`.

        Texts with an address of a person are left out.
        """
        at = int(self._now().timestamp())
        kept = self._read()
        for kind, names in listed.items():
            kept[kind] = _Kept(at, _without_addresses(names))
        for kind, names in seen._asdict().items():
            if names and kind not in listed:
                known = kept[kind].names if kind in kept else {}
                kept[kind] = _Kept(at, {**known, **_without_addresses(names)})
        try:
            self._write({kind: one._asdict() for kind, one in kept.items()})
        except (OSError, ValueError) as error:
            self._log(f"names cannot be kept in {self._path}: {error}")

    def _is_fresh(self, kept: _Kept) -> bool:
        return 0 <= self._now().timestamp() - kept.at < _FRESH_S

    def _read(self) -> dict[str, _Kept]:
        try:
            return _parse(_read_private(self._path), self._account)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            self._log(f"the names kept in {self._path} cannot be used: {error}")
            return {}

    def _write(self, kinds: Mapping[str, Any]) -> None:
        """Raises OSError, and ValueError for a place that is not for a file."""
        body = json.dumps({"version": _VERSION, "account": self._account, **kinds}).encode()
        if len(body) > _MOST_BYTES:
            raise ValueError("they are too many")
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.path.lexists(self._path) and not stat.S_ISREG(self._path.lstat().st_mode):
            raise ValueError("it is not a regular file")
        with replace_file(self._path, private=True) as file:
            file.write(body)
        _remove_forgotten(self._path.parent, self._now().timestamp() - _FORGOTTEN_AFTER_S)


def find_cache(
    environ: Mapping[str, str],
    config: Config,
    *,
    base_url: str | None = None,
    team: str | None = None,
    now: Callable[[], datetime] = datetime.now,
    log: Callable[[str], None] = lambda line: None,
) -> NameCache | None:
    """The kept names of the account that these settings are for; no secret is fetched for them.

    `base_url` and `team` are what the options say. None without credentials, without a cache
    folder, and where the environment forbids it.
    """
    if environ.get(ENV_NO_CACHE):
        return None
    folder = _find_folder(environ)
    try:
        whose = find_credentials(environ, config)
    except ConfigurationError:  # a command that needs them says so
        return None
    if folder is None or whose is None:
        return None
    # Imported here, as most runs need no names that they would have to look up.
    import hashlib

    url = base_url or environ.get(ENV_BASE_URL) or config.get("base_url") or DEFAULT_BASE_URL
    parts = [url.rstrip("/"), whose.api_key, whose.token, team]
    digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
    return NameCache(folder, digest, now, log)


def _find_folder(environ: Mapping[str, str]) -> Path | None:
    """The folder of the user's caches; None where there is none, as without a home folder."""
    if chosen := environ.get(_CACHE_HOME):
        folder = Path(chosen, _FOLDER_NAME)
    else:
        # Imported only if it is needed, as every start would wait for it.
        import platformdirs

        try:
            folder = platformdirs.user_cache_path(_FOLDER_NAME)
        except RuntimeError:
            return None
    return folder if folder.is_absolute() else None


def _read_private(path: Path) -> bytes:
    """The content of a file that nobody else can have written.

    Raises OSError, and ValueError for anything else in its place; it never waits, as for a FIFO.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("it is not a regular file")
        if os.name == "posix" and (status.st_uid != os.geteuid() or status.st_mode & 0o022):
            raise ValueError("others may write it")
        body = file.read(_MOST_BYTES + 1) or b""
    if len(body) > _MOST_BYTES:
        raise ValueError("it is too large")
    return body


def _parse(body: bytes, account: str) -> dict[str, _Kept]:
    """The names of a file by kind; raises ValueError for a file that is not of this account."""
    document = json.loads(body)
    if not isinstance(document, dict) or document.get("version") != _VERSION:
        raise ValueError("it is of another version")
    if document.get("account") != account:
        raise ValueError("it is of another account")
    kinds = {kind: document[kind] for kind in KINDS if kind in document}
    if not all(map(_is_kept, kinds.values())):
        raise ValueError("it is damaged")
    return {kind: _Kept(found["at"], found["names"]) for kind, found in kinds.items()}


def _is_kept(found: Any) -> bool:
    if not isinstance(found, dict):
        return False
    at, names = found.get("at"), found.get("names")
    return (type(at) is int and 0 <= at < _LATEST and isinstance(names, dict)) and all(
        name is None or (isinstance(name, str) and name) for name in names.values()
    )


def _without_addresses(names: Mapping[str, str | None]) -> dict[str, str | None]:
    return {one: name for one, name in names.items() if not _ADDRESS.search(f"{one} {name}")}


def _remove_forgotten(folder: Path, before: float) -> None:
    """Remove the files of accounts that were not used since a time, in seconds since 1970."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                is_ours = _FILE_NAME.fullmatch(entry.name) is not None
                if is_ours and entry.stat(follow_symlinks=False).st_mtime < before:
                    Path(entry.path).unlink()
