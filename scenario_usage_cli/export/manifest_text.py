"""The text of a manifest: JSON with a line for each day, sealed with a checksum, and read again."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import chain
from typing import Any

from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.export.entries import Entry, LedgerFile, start_of_day
from scenario_usage_cli.export.layout import FORMATS
from scenario_usage_cli.export.manifest import (
    SCHEMA_VERSION,
    VERSION_OF_DAYS,
    Manifest,
    Scope,
)
from scenario_usage_cli.export.seal import has_seal, is_whole, seal

_OPENING = b'{"schema_version":'
"""The beginning of every manifest, even of one that was cut short."""

_UNSEALED_KEYS = frozenset(
    ("schema_version", "format", "by_project", "scope", "since", "pending", "datasets")
)
"""All that there was before there was a checksum."""

_MONTH = "month"
_BY_MONTH = {"day": False, _MONTH: True}
_IS_FINAL = {"final": True, "provisional": False}
_DAY = timedelta(days=1)
_TICK = timedelta.resolution


def _note(but: Any, **noted: Any) -> dict[str, Any]:
    """What is known, and is not the same as another value."""
    return {key: value for key, value in noted.items() if value not in (None, but)}


def dump_manifest(manifest: Manifest, settle: timedelta) -> bytes:
    """The text of the file, with one line per day, so that versions can be compared.

    The last line is a checksum of all others.
    """
    scope = manifest.scope
    head = {
        "schema_version": manifest.version,
        "format": manifest.file_format,
        **({"partition": _MONTH} if manifest.by_month else {}),
        "by_project": manifest.by_project,
        **({"cost_centres": manifest.cost_centres} if manifest.cost_centres else {}),
        **({"prices": manifest.prices} if manifest.has_amounts else {}),
        **_note(pseudonyms=manifest.pseudonyms, focus=manifest.focus, but=None),
        "scope": {
            "team": scope.team,
            "projects": scope.projects,
            "project_ids": manifest.project_ids,
            "users": scope.users,
            "source": scope.source,
            # Those that were given as ids are there already.
            **_note(user_ids=manifest.user_ids, but=scope.users),
            **_note(team_id=manifest.team_id, but=scope.team),
            **_note(account=manifest.account, but=None),
        },
        "since": {table: str(day) for table, day in manifest.since.items()},
        "pending": manifest.pending,
        **({"undated": manifest.undated} if manifest.undated else {}),
        **({"merging": manifest.merging} if manifest.merging else {}),
        **({"restating": manifest.restating} if manifest.restating else {}),
        **(
            {"restatements": {run: file._asdict() for run, file in manifest.restatements.items()}}
            if manifest.restatements
            else {}
        ),
    }
    tables = []
    for table, days in manifest.days.items():
        lines = [
            f'"{name}":' + _dump(raw) for name, raw in _build_entries(sorted(days.items()), settle)
        ]
        tables.append(f"{_dump(table)}:{{\n" + ",\n".join(lines) + "\n}")
    opening, body = _dump(head).removesuffix("}"), ",\n".join(tables)
    return seal(f'{opening},\n"datasets":{{\n{body}\n}},\n'.encode())


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
        is_ours = left.startswith(_OPENING) or _OPENING.startswith(left) or has_seal(body)
        if is_ours and not is_newer:
            return None
        document = {"schema_version": int(digits)} if is_newer else None
    if has_seal(body) and not is_whole(body) and _is_of_this_version(body):
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
            hint="upgrade: pip install . in the newest source of scenario-usage",
        )
    try:
        manifest = _read_manifest(document)
        if not is_whole(body):
            _check_unsealed(document, manifest)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None
    return manifest


def _is_of_this_version(body: bytes) -> bool:
    """Whether a text is of this version, or only its version number is damaged.

    This version must not rebuild what a newer one wrote.
    """
    openings = [b"%s%d," % (_OPENING, one) for one in (VERSION_OF_DAYS, SCHEMA_VERSION)]
    is_newer = body.startswith(_OPENING) and not body.startswith(tuple(openings))
    return not is_newer or any(is_whole(one + body[len(one) :]) for one in openings)


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _build_entries(
    days: Iterable[tuple[date, Entry]], settle: timedelta
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each file with its name: the day, or the month, which has the times of its days."""
    files: dict[str, dict[date, Entry]] = {}
    for day, entry in days:
        files.setdefault(str(day)[: 7 if entry.in_month else None], {})[day] = entry
    for name, found in files.items():
        times = {str(day): _format_time(one.fetched_at) for day, one in found.items()}
        is_final = all(one.is_final(day, settle) for day, one in found.items())
        entry = next(iter(found.values()))
        yield name, _build_entry(entry, times if entry.in_month else times[name], is_final=is_final)


def _build_entry(entry: Entry, fetched_at: Any, *, is_final: bool) -> dict[str, Any]:
    return {
        "state": "final" if is_final else "provisional",
        "fetched_at": fetched_at,
        "rows": entry.rows,
        "sha256": entry.sha256,
        "stamp": entry.stamp,
    }


def _format_time(instant: datetime | None) -> str | None:
    if instant is None:
        return None
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
            table: dict(chain.from_iterable(_read_entry(*item) for item in files.items()))
            for table, files in document["datasets"].items()
        },
        {path: tuple(checksums) for path, checksums in document["pending"].items()},
        None if scope["project_ids"] is None else tuple(scope["project_ids"]),
        {table: _read_day(day) for table, day in document.get("since", {}).items()},
        cost_centres=_read_definition(document.get("cost_centres")),
        user_ids=tuple(scope["user_ids"]) if "user_ids" in scope else None,
        team_id=scope.get("team_id"),
        prices=_read_prices(document.get("prices")),
        pseudonyms=_read_fingerprint(document.get("pseudonyms")),
        by_month=_BY_MONTH[document.get("partition", "day")],
        restatements={
            run: LedgerFile(int(raw["rows"]), str(raw["sha256"]), str(raw["stamp"]))
            for run, raw in document.get("restatements", {}).items()
        },
        restating=_read_definition(document.get("restating")),
        focus=_read_texts(document.get("focus")),
        account=_read_texts(scope.get("account")),
        undated=tuple(map(str, document.get("undated", ()))),
        merging={
            table: {str(path): str(checksum) for path, checksum in files.items()}
            for table, files in document.get("merging", {}).items()
        },
    )


def _read_definition(definition: Any) -> Mapping[str, Any] | None:
    if not isinstance(definition, dict | None):
        raise TypeError(definition)
    return definition


def _read_prices(definitions: Any) -> list[Any] | None:
    if not isinstance(definitions, list | None):
        raise TypeError(definitions)
    if not all(isinstance(one["currency"], str) for one in definitions or ()):
        raise TypeError(definitions)
    return definitions


def _read_texts(texts: Any) -> dict[str, str] | None:
    return None if texts is None else {str(key): str(value) for key, value in texts.items()}


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
                ages[is_final].append(entry.fetched_at - start_of_day(day))
            elif is_final:
                raise ValueError(day)
    if min(ages[True]) <= max(ages[False]):
        raise ValueError(ages)


def _read_entry(name: str, raw: Mapping[str, Any]) -> Iterator[tuple[date, Entry]]:
    """The days of a file, by its name."""
    times, in_month = raw["fetched_at"], len(name) == len("2026-05")
    of_file = int(raw["rows"]), str(raw["sha256"]), str(raw["stamp"])
    was_final = raw["state"] == "final"
    if in_month and not all(day.startswith(f"{name}-") for day in times or [""]):
        raise ValueError(name)
    for day, time in times.items() if in_month else [(name, times)]:
        fetched_at = None if time is None else _read_time(time)
        yield _read_day(day), Entry(fetched_at, *of_file, in_month, was_final)
