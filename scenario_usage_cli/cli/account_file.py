"""JSON that is kept for an account in the user's cache folder: private, and written as a whole.

It is a convenience: whatever is wrong with a file, it counts as none, and nothing fails.
"""

import json
import os
import re
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from scenario_usage_cli.cli.folders import find_user_folder
from scenario_usage_cli.credentials import find_credentials
from scenario_usage_cli.environment import ENV_BASE_URL, ENV_NO_CACHE
from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.files import replace_file
from scenario_usage_cli.settings import DEFAULT_BASE_URL, Config

_CACHE_HOME = "XDG_CACHE_HOME"
_FOLDER_NAME = "scenario-usage"
_VERSION = 1
_FORGOTTEN_AFTER_S = 30 * 24 * 60 * 60
"""After so long without a run, the file of an account is removed: a token has its own file."""
_MOST_BYTES = 4_000_000
_LATEST = 2**53
_FILE_NAME = re.compile(r"(names|quota)-[0-9a-f]{32}\.json")
_Kept = TypeVar("_Kept")


class AccountFile:
    """The file of one account for one kind of thing, which its name begins with.

    `log` is told why it cannot be used.
    """

    def __init__(self, folder: Path, kind: str, account: str, log: Callable[[str], None]) -> None:
        self._path = folder / f"{kind}-{account}.json"
        self._kind = kind
        self._account = account
        self._log = log

    def read(self, parse: Callable[[dict[str, Any]], _Kept]) -> _Kept | None:
        """What `parse` makes of the document; None if there is none, or if it raises ValueError."""
        try:
            return parse(_parse(_read_private(self._path), self._account))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as error:
            self._log(f"the {self._kind} kept in {self._path} cannot be used: {error}")
            return None

    def write(self, document: Mapping[str, Any], now_s: float) -> None:
        """Keep a document in the place of the one that was, if that is possible.

        `now_s` is the time, in seconds since 1970.
        """
        try:
            self._replace({"version": _VERSION, "account": self._account, **document})
        except (OSError, ValueError) as error:
            self._log(f"the {self._kind} cannot be kept in {self._path}: {error}")
        else:
            _remove_forgotten(self._path.parent, now_s - _FORGOTTEN_AFTER_S)

    def _replace(self, document: Mapping[str, Any]) -> None:
        """Raises OSError, and ValueError for a place that is not for a file."""
        body = json.dumps(document).encode()
        if len(body) > _MOST_BYTES:
            raise ValueError("it is too large")
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.path.lexists(self._path) and not stat.S_ISREG(self._path.lstat().st_mode):
            raise ValueError("it is not a regular file")
        with replace_file(self._path, private=True) as file:
            file.write(body)


def find_account_file(
    kind: str,
    environ: Mapping[str, str],
    config: Config,
    *,
    base_url: str | None,
    team: str | None,
    log: Callable[[str], None],
) -> AccountFile | None:
    """The file of the account that these settings are for; no secret is fetched for it.

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
    # Imported here, as most runs keep nothing and look for nothing kept.
    import hashlib

    url = base_url or environ.get(ENV_BASE_URL) or config.get("base_url") or DEFAULT_BASE_URL
    parts = [url.rstrip("/"), whose.api_key, whose.token, team]
    digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
    return AccountFile(folder, kind, digest, log)


def is_time(found: Any) -> bool:
    """Whether a value of a document is a time, in whole seconds since 1970."""
    return type(found) is int and 0 <= found < _LATEST


def _find_folder(environ: Mapping[str, str]) -> Path | None:
    """The folder of the user's caches; None where there is none, as without a home folder."""
    chosen = environ.get(_CACHE_HOME)
    folder = Path(chosen, _FOLDER_NAME) if chosen else find_user_folder("cache")
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


def _parse(body: bytes, account: str) -> dict[str, Any]:
    """The document of a file; raises ValueError for one that is not of this account."""
    document = json.loads(body)
    if not isinstance(document, dict) or document.get("version") != _VERSION:
        raise ValueError("it is of another version")
    if document.get("account") != account:
        raise ValueError("it is of another account")
    return document


def _remove_forgotten(folder: Path, before: float) -> None:
    """Remove the files of accounts that were not used since a time, in seconds since 1970."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                is_ours = _FILE_NAME.fullmatch(entry.name) is not None
                if is_ours and entry.stat(follow_symlinks=False).st_mtime < before:
                    Path(entry.path).unlink()
