"""The manifest: of which days there is a partition, since when, and what it has in it."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.export.layout import FORMATS

SCHEMA_VERSION = 1
_OPENING = b'{"schema_version":'
"""What every manifest begins with, also one that was cut short."""

_SEAL = b'"crc32":"%08x"}\n'
"""The last line: the checksum of all lines before it. A run with nothing to do would wait longer
for OpenSSL than it takes to read the rest; of flipped bits, this one misses none."""

_SEAL_SIZE = len(_SEAL % 0)
_UNSEALED_KEYS = frozenset(
    ("schema_version", "format", "by_project", "scope", "since", "pending", "datasets")
)
"""All that there was before there was a checksum."""

_IS_FINAL = {"final": True, "provisional": False}
_DAY = timedelta(days=1)
_TICK = timedelta.resolution


class Entry(NamedTuple):
    """One partition: `stamp` changes whenever its file does, as cheaply as a store can tell.

    `fetched_at` is None where nobody knows: then the day is to be fetched again.
    """

    fetched_at: datetime | None
    rows: int
    sha256: str
    stamp: str

    def is_final(self, day: date, settle: timedelta) -> bool:
        """Whether it was fetched so late that nothing changes any more."""
        return self.fetched_at is not None and self.fetched_at >= _settles_at(day, settle)


class Scope(NamedTuple):
    """Where all of the dataset comes from, and what it was narrowed to, as it was asked for;
    empty means all.
    """

    team: str | None = None
    projects: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    source: str = ""
    """`demo`, `loopback`, or the origin of the API: figures of two of them are never mixed."""


@dataclass
class Manifest:
    """What is known of a dataset, by table and day.

    `pending` are checksums of partitions that were about to be written, since the manifest last
    knew of their day: whoever finds one of them in a file knows that it was this tool which did
    not come to say so.
    """

    file_format: str = FORMATS[0]
    by_project: bool = False
    scope: Scope = field(default_factory=Scope)
    days: dict[str, dict[date, Entry]] = field(default_factory=dict)
    pending: dict[str, tuple[str, ...]] = field(default_factory=dict)
    project_ids: tuple[str, ...] | None = None
    """What the scope's names of projects meant, since somebody looked them up."""
    since: dict[str, date] = field(default_factory=dict)
    """The first day that any run was to fetch, by table: what is missing since then is a gap."""
    rebuilt_from: int = 0
    """How many partitions were entered anew, where the manifest itself was lost."""
    was_damaged: bool = False
    """Whether there was one before, which could not be trusted."""
    from_the_future: int = 0
    """How many partitions seem to have been fetched after now: a clock was wrong."""

    def find(self, table: str, day: date) -> Entry | None:
        """What is known of a day."""
        return self.days.get(table, {}).get(day)

    def note_stamps(self, stamps: Mapping[tuple[str, date], str]) -> None:
        """Remember new stamps of files that are intact otherwise, as in a copied folder."""
        for (table, day), stamp in stamps.items():
            self.days[table][day] = self.days[table][day]._replace(stamp=stamp)

    def forget_times_after(self, now: datetime) -> None:
        """Forget when partitions were fetched, and count them, if that was after `now`."""
        for days in self.days.values():
            for day, entry in days.items():
                if entry.fetched_at and entry.fetched_at > now:
                    days[day] = entry._replace(fetched_at=None)
                    self.from_the_future += 1


@cache
def _start_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@cache
def _settles_at(day: date, settle: timedelta) -> datetime:
    """When nothing of a day changes any more; the end of time where that is later."""
    try:
        return _start_of(day) + _DAY + settle
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def dump_manifest(manifest: Manifest, settle: timedelta) -> bytes:
    """The file's text; a line a day, so that versions of it can be compared, and a last one that
    vouches for the others.
    """
    scope = manifest.scope
    head = {
        "schema_version": SCHEMA_VERSION,
        "format": manifest.file_format,
        "by_project": manifest.by_project,
        "scope": {
            "team": scope.team,
            "projects": scope.projects,
            "project_ids": manifest.project_ids,
            "users": scope.users,
            "source": scope.source,
        },
        "since": {table: str(day) for table, day in manifest.since.items()},
        "pending": manifest.pending,
    }
    tables = []
    for table, days in manifest.days.items():
        lines = [
            f'"{day}":' + _dump(_build_entry(day, entry, settle))
            for day, entry in sorted(days.items())
        ]
        tables.append(f"{_dump(table)}:{{\n" + ",\n".join(lines) + "\n}")
    opening, body = _dump(head).removesuffix("}"), ",\n".join(tables)
    return _seal(f'{opening},\n"datasets":{{\n{body}\n}},\n'.encode())


def load_manifest(body: bytes, *, source: str) -> Manifest | None:
    """The manifest of a text; None for a damaged one, which can be rebuilt.

    Raises ConfigurationError for one of a newer version, and for a file that never was one.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        left = body.strip(b"\0")  # what a file may be filled with when the power fails
        digits = left.removeprefix(_OPENING).partition(b",")[0] if _OPENING in left else b""
        is_newer = digits.isdigit() and len(digits) < 10 and int(digits) > SCHEMA_VERSION
        is_ours = left.startswith(_OPENING) or _OPENING.startswith(left) or _has_seal(body)
        if is_ours and not is_newer:
            return None
        document = {"schema_version": int(digits)} if is_newer else None
    if _has_seal(body) and not _is_whole(body) and _is_of_this_version(body):
        return None
    version = document.get("schema_version") if isinstance(document, dict) else None
    if type(version) is not int:
        raise ConfigurationError(
            f"{source} is no manifest of this tool",
            hint="name another folder; or move it away, and it is made anew from the partitions",
        )
    if version > SCHEMA_VERSION:
        raise ConfigurationError(
            f"{source} was written by a newer version of this tool (schema {version})",
            hint="upgrade: pip install --upgrade scenario-usage-cli",
        )
    try:
        manifest = _read_manifest(document)
        if not _is_whole(body):
            _check_unsealed(document, manifest)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None
    return manifest


def _seal(text: bytes) -> bytes:
    return text + _SEAL % zlib.crc32(text)


def _has_seal(body: bytes) -> bool:
    """Whether this ends with a checksum, be it right or wrong."""
    return body[-_SEAL_SIZE:].startswith(_SEAL.partition(b"%")[0])


def _is_whole(body: bytes) -> bool:
    return body == _seal(body[:-_SEAL_SIZE])


def _is_of_this_version(body: bytes) -> bool:
    """Whether it says so, or it is only the number which is damaged: what a newer version wrote
    is not for this one to make anew.
    """
    opening = b"%s%d," % (_OPENING, SCHEMA_VERSION)
    is_newer = body.startswith(_OPENING) and not body.startswith(opening)
    return not is_newer or _is_whole(opening + body[len(opening) :])


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _build_entry(day: date, entry: Entry, settle: timedelta) -> dict[str, Any]:
    return {
        "state": "final" if entry.is_final(day, settle) else "provisional",
        "fetched_at": entry.fetched_at and _format_time(entry.fetched_at),
        "rows": entry.rows,
        "sha256": entry.sha256,
        "stamp": entry.stamp,
    }


def _format_time(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_read_day = cache(date.fromisoformat)


@cache
def _read_time(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant.astimezone(UTC)


def _read_manifest(document: Mapping[str, Any]) -> Manifest:
    scope = document["scope"]
    if document["format"] not in FORMATS:
        raise ValueError(document["format"])
    return Manifest(
        document["format"],
        bool(document["by_project"]),
        Scope(scope["team"], tuple(scope["projects"]), tuple(scope["users"]), scope["source"]),
        {
            table: {_read_day(day): _read_entry(entry) for day, entry in days.items()}
            for table, days in document["datasets"].items()
        },
        {path: tuple(checksums) for path, checksums in document["pending"].items()},
        None if scope["project_ids"] is None else tuple(scope["project_ids"]),
        {table: _read_day(day) for table, day in document.get("since", {}).items()},
    )


def _check_unsealed(document: Mapping[str, Any], manifest: Manifest) -> None:
    """Raises ValueError for what no older version wrote, which knew of no checksum: another key,
    as that of a checksum becomes by a flipped bit; or states that are not what the times make of
    them: whatever `settle` was, each final day was fetched later after it than any provisional one.
    """
    if unknown := document.keys() - _UNSEALED_KEYS:
        raise ValueError(unknown)
    ages: dict[bool, list[timedelta]] = {True: [timedelta.max], False: [_DAY - _TICK]}
    for table, days in manifest.days.items():
        raws = document["datasets"][table].values()
        for raw, (day, entry) in zip(raws, days.items(), strict=True):
            is_final = _IS_FINAL[raw["state"]]
            if entry.fetched_at is not None:
                ages[is_final].append(entry.fetched_at - _start_of(day))
            elif is_final:
                raise ValueError(day)
    if min(ages[True]) <= max(ages[False]):
        raise ValueError(ages)


def _read_entry(entry: Mapping[str, Any]) -> Entry:
    time = entry["fetched_at"]
    return Entry(
        None if time is None else _read_time(time),
        int(entry["rows"]),
        str(entry["sha256"]),
        str(entry["stamp"]),
    )
