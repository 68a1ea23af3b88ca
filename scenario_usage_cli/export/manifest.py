"""The manifest: which partitions there are, when they were fetched, and what they contain."""

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
"""The beginning of every manifest, even of one that was cut short."""

_SEAL = b'"crc32":"%08x"}\n'
"""The last line: the checksum of all lines before it. It finds every flipped bit, and
needs no OpenSSL, which takes longer to load than the rest of a run with nothing to do."""

_SEAL_SIZE = len(_SEAL % 0)
_UNSEALED_KEYS = frozenset(
    ("schema_version", "format", "by_project", "scope", "since", "pending", "datasets")
)
"""All that there was before there was a checksum."""

_IS_FINAL = {"final": True, "provisional": False}
_DAY = timedelta(days=1)
_TICK = timedelta.resolution


class Entry(NamedTuple):
    """One partition; `stamp` changes whenever its file does, as far as a store can tell cheaply.

    `fetched_at` is None if it is unknown: then the day will be fetched again.
    """

    fetched_at: datetime | None
    rows: int
    sha256: str
    stamp: str

    def is_final(self, day: date, settle: timedelta) -> bool:
        """Whether it was fetched so late that nothing changes any more."""
        return self.fetched_at is not None and self.fetched_at >= _settles_at(day, settle)


class Scope(NamedTuple):
    """Where the whole dataset comes from, and what it was narrowed to; empty means all."""

    team: str | None = None
    projects: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    source: str = ""
    """`demo`, `loopback`, or the origin of the API: figures of different sources never mix."""


@dataclass
class Manifest:
    """What is known of a dataset, by table and day.

    `pending` are checksums of partitions that were about to be written after the manifest was last
    complete. A file with one of these checksums was written by this tool, in a run that ended
    before it could note it.
    """

    file_format: str = FORMATS[0]
    by_project: bool = False
    scope: Scope = field(default_factory=Scope)
    days: dict[str, dict[date, Entry]] = field(default_factory=dict)
    pending: dict[str, tuple[str, ...]] = field(default_factory=dict)
    project_ids: tuple[str, ...] | None = None
    """The ids of the scope's projects, once they have been looked up."""
    since: dict[str, date] = field(default_factory=dict)
    """The first day that any run had to fetch, by table; a missing day after it is a gap."""
    cost_centres: Mapping[str, Any] | None = None
    """The definition of those that rows tell, if they do."""
    user_ids: tuple[str, ...] | None = None
    team_id: str | None = None
    """The same of the scope's users and of its team, unless these are ids themselves."""
    prices: list[Any] | None = None
    """The definitions of prices by which amounts were made, if rows have these: the last one, and
    those before it by which some may still be.
    """
    pseudonyms: str | None = None
    """What tells the secret of the aliases that rows have in the place of people, if they do."""
    rebuilt_from: int = 0
    """How many partitions were found when a lost manifest was rebuilt."""
    was_damaged: bool = False
    """Whether there was a manifest that could not be trusted."""
    from_the_future: int = 0
    """How many partitions seem to have been fetched after now: a clock was wrong."""

    @property
    def has_amounts(self) -> bool:
        """Whether rows tell what they cost in money."""
        return self.prices is not None

    @property
    def currencies(self) -> list[str]:
        """Those in which there are, or may still be, amounts: the oldest first."""
        return list(dict.fromkeys(one["currency"] for one in self.prices or ()))

    def find(self, table: str, day: date) -> Entry | None:
        """The entry of a table and day; None if there is none."""
        return self.days.get(table, {}).get(day)

    def note_stamps(self, stamps: Mapping[tuple[str, date], str]) -> None:
        """Note the new stamps of files that are otherwise intact, as in a copied folder."""
        for (table, day), stamp in stamps.items():
            self.days[table][day] = self.days[table][day]._replace(stamp=stamp)

    def forget_times_after(self, now: datetime) -> None:
        """Forget fetch times that lie after `now`, and count them."""
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
    """The time after which a day no longer changes; the end of time if that is later."""
    try:
        return _start_of(day) + _DAY + settle
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _note(but: Any, **noted: Any) -> dict[str, Any]:
    """What is known, and is not the same as another value."""
    return {key: value for key, value in noted.items() if value not in (None, but)}


def dump_manifest(manifest: Manifest, settle: timedelta) -> bytes:
    """The text of the file, with one line per day, so that versions can be compared.

    The last line is a checksum of all others.
    """
    scope = manifest.scope
    head = {
        "schema_version": SCHEMA_VERSION,
        "format": manifest.file_format,
        "by_project": manifest.by_project,
        **({"cost_centres": manifest.cost_centres} if manifest.cost_centres else {}),
        **({"prices": manifest.prices} if manifest.has_amounts else {}),
        **_note(pseudonyms=manifest.pseudonyms, but=None),
        "scope": {
            "team": scope.team,
            "projects": scope.projects,
            "project_ids": manifest.project_ids,
            "users": scope.users,
            "source": scope.source,
            # Those that were given as ids are there already.
            **_note(user_ids=manifest.user_ids, but=scope.users),
            **_note(team_id=manifest.team_id, but=scope.team),
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

    Raises ConfigurationError for a manifest of a newer version, and for a file that is not a
    manifest.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        left = body.strip(b"\0")  # a loss of power may fill a file with zeros
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
            f"{source} is not a manifest of this tool",
            hint="name another folder; or move it away, and it is rebuilt from the partitions",
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
    """Whether a text ends with a checksum, right or wrong."""
    return body[-_SEAL_SIZE:].startswith(_SEAL.partition(b"%")[0])


def _is_whole(body: bytes) -> bool:
    return body == _seal(body[:-_SEAL_SIZE])


def _is_of_this_version(body: bytes) -> bool:
    """Whether a text is of this version, or only its version number is damaged.

    This version must not rebuild what a newer one wrote.
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
        cost_centres=_read_centres(document.get("cost_centres")),
        user_ids=tuple(scope["user_ids"]) if "user_ids" in scope else None,
        team_id=scope.get("team_id"),
        prices=_read_prices(document.get("prices")),
        pseudonyms=_read_fingerprint(document.get("pseudonyms")),
    )


def _read_centres(definition: Any) -> Mapping[str, Any] | None:
    if not isinstance(definition, dict | None):
        raise TypeError(definition)
    return definition


def _read_prices(definitions: Any) -> list[Any] | None:
    if not isinstance(definitions, list | None):
        raise TypeError(definitions)
    if not all(isinstance(one["currency"], str) for one in definitions or ()):
        raise TypeError(definitions)
    return definitions


def _read_fingerprint(text: Any) -> str | None:
    if not isinstance(text, str | None):
        raise TypeError(text)
    return text


def _check_unsealed(document: Mapping[str, Any], manifest: Manifest) -> None:
    """Raises ValueError for a text without a checksum that no older version can have written.

    It may have an unknown key: a flipped bit turns the key of the checksum into one. Or its states
    contradict its times: whatever `settle` was, each final day was fetched later after its end than
    any provisional day.
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
