"""The names that were looked up, kept for an hour in a file for each account."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from scenario_usage_cli.cli.account_file import AccountFile, find_account_file, is_time
from scenario_usage_cli.collect.names import KINDS, Listed, Names
from scenario_usage_cli.settings import Config

_FRESH_S = 60 * 60
_ADDRESS = re.compile(r"[^\s@]@[^\s@]")


class _Kept(NamedTuple):
    """Names of one kind, and when they were looked up, in seconds since 1970."""

    at: int
    names: Mapping[str, str | None]


class NameCache:
    """The kept names of one account; `now` is the clock that tells their age."""

    def __init__(self, file: AccountFile, now: Callable[[], datetime]) -> None:
        self._file = file
        self._now = now

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
        self._file.write({kind: one._asdict() for kind, one in kept.items()}, at)

    def _is_fresh(self, kept: _Kept) -> bool:
        return 0 <= self._now().timestamp() - kept.at < _FRESH_S

    def _read(self) -> dict[str, _Kept]:
        return self._file.read(_parse) or {}


def find_cache(
    environ: Mapping[str, str],
    config: Config,
    *,
    base_url: str | None = None,
    team: str | None = None,
    now: Callable[[], datetime] = datetime.now,
    log: Callable[[str], None] = lambda line: None,
) -> NameCache | None:
    """The kept names of the account that these settings are for; None if none can be kept.

    `base_url` and `team` are what the options say; `log` is told why a file cannot be used.
    """
    file = find_account_file("names", environ, config, base_url=base_url, team=team, log=log)
    return NameCache(file, now) if file else None


def _parse(document: dict[str, Any]) -> dict[str, _Kept]:
    """The names by kind; raises ValueError for those that are not as they were written."""
    kinds = {kind: document[kind] for kind in KINDS if kind in document}
    if not all(map(_is_kept, kinds.values())):
        raise ValueError("it is damaged")
    return {kind: _Kept(found["at"], found["names"]) for kind, found in kinds.items()}


def _is_kept(found: Any) -> bool:
    if not isinstance(found, dict):
        return False
    names = found.get("names")
    return (is_time(found.get("at")) and isinstance(names, dict)) and all(
        name is None or (isinstance(name, str) and name) for name in names.values()
    )


def _without_addresses(names: Mapping[str, str | None]) -> dict[str, str | None]:
    return {one: name for one, name in names.items() if not _ADDRESS.search(f"{one} {name}")}
