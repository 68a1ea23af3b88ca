"""Whether a dataset is what its manifest says: checksums, columns, rows and gaps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.export.checksum import hash_bytes
from scenario_usage_cli.export.content import read_content
from scenario_usage_cli.export.joining import find_days
from scenario_usage_cli.export.layout import (
    ALL_TABLES,
    MANIFEST,
    format_restatements,
    list_days,
    parse_path,
)
from scenario_usage_cli.export.manifest import Manifest
from scenario_usage_cli.export.partitions import declare_columns, list_types
from scenario_usage_cli.export.plan import find_first, join_days
from scenario_usage_cli.export.store import Store, Unreadable

_UNREADABLE = "{} cannot be read: {}"


@dataclass
class Findings:
    """What was checked, and the problems, a line each."""

    partitions: int = 0
    rows: int = 0
    problems: list[str] = field(default_factory=list)


def verify_dataset(
    store: Store,
    manifest: Manifest | None,
    *,
    tables: tuple[str, ...] | None = None,
    first: date | None = None,
    last: date | None = None,
    today: date,
) -> Findings:
    """Check everything, reading every file, or only these tables and days.

    None of the days from `first` to `last` may be missing. Raises the store's errors, and
    ConfigurationError if there is no manifest.
    """
    if manifest is None:
        if store.read(MANIFEST) is None:
            raise ConfigurationError(
                f"there is no dataset in {store}: {MANIFEST} is missing",
                hint="scenario-usage export makes one, even from existing partitions",
            )
        damaged = f"{MANIFEST} is damaged, or was changed by hand; the next export rebuilds it"
        return Findings(problems=[damaged, *_find_unreadable(store)])
    findings = Findings()
    for table in tables or [table for table in ALL_TABLES if manifest.days.get(table)]:
        known = manifest.days.get(table, {})
        expected = _list_expected(known, first or find_first(table, manifest), last)
        for gap in join_days({day: () for day in expected if day not in known}):
            findings.problems.append(f"{table}: {gap} is missing")
        if not expected:
            findings.problems.append(f"{table}: there are no partitions")
        files = {manifest.locate(table, day): day for day in expected if day in known}
        for path, day in files.items():
            findings.partitions += 1
            findings.rows += known[day].rows
            findings.problems += _check(store, manifest, table, path, day, today)

    def is_meant(path: str) -> bool:
        place = parse_path(path)
        return not place or (
            (tables is None or place.table in tables)
            and any((first or day) <= day <= (last or day) for day in place.days)
        )

    findings.problems += [
        f"{path} is not in the manifest"
        for path in filter(is_meant, store.list_partitions())
        if not _is_known(path, manifest)
    ]
    findings.problems += [
        f"{path} was being written by a run that has not ended; the next one completes it"
        for path in filter(is_meant, chain(manifest.pending, *manifest.merging.values()))
    ]
    if (tables, first, last) == (None, None, None):
        findings.problems += _check_restatements(store, manifest)
    return findings


def _check_restatements(store: Store, manifest: Manifest) -> Iterator[str]:
    """What is wrong with the files of restatements."""
    known = {format_restatements(run, manifest.file_format): run for run in manifest.restatements}
    for path, run in known.items():
        file = manifest.restatements[run]
        try:
            body = store.read(path)
            if body is None:
                yield f"{path} is missing"
            elif hash_bytes(body) != file.sha256:
                yield f"{path} was changed: its checksum differs from the manifest"
        except Unreadable as error:
            yield _UNREADABLE.format(path, error.reason)
    for path in store.list_restatements():
        if path not in known:
            yield f"{path} is not in the manifest"


def _find_unreadable(store: Store) -> Iterator[str]:
    """Partitions whose damage shows without a manifest."""
    paths = store.list_partitions()
    for path in paths:
        file_format = path.rpartition(".")[2]
        if paths[0].endswith(file_format):  # as the next export takes them
            try:
                read_content(file_format, store.read(path) or b"")
            except (Unreadable, ValueError) as error:
                yield _UNREADABLE.format(path, getattr(error, "reason", error))


def _check(
    store: Store, manifest: Manifest, table: str, path: str, day: date, today: date
) -> Iterator[str]:
    """What is wrong with a partition, which has this day; columns of an older version are fine."""
    entry = manifest.days[table][day]
    days = manifest.list_month(table, day) if entry.in_month else {day: entry}
    try:
        body = store.read(path)
        if body is None:
            yield f"{path} is missing"
            return
        if day <= today and any(one.fetched_at is None for one in days.values()):
            yield f"{path} has no known time of fetching; the next export fetches it again"
        if hash_bytes(body) != entry.sha256:
            yield f"{path} was changed: its checksum differs from the manifest"
        content = read_content(manifest.file_format, body)
        others = set(find_days(manifest.file_format, body)) - days.keys() if entry.in_month else ()
    except (Unreadable, ValueError) as error:
        yield _UNREADABLE.format(path, getattr(error, "reason", error))
        return
    columns = declare_columns(manifest, table)
    types = list_types(manifest.file_format, columns)
    number = len(content.columns)
    if not number or content.columns != tuple(column.key for column in columns[:number]):
        yield f"{path} has other columns: {', '.join(content.columns)}"
    elif content.types != types[:number]:
        yield f"{path} has columns of other types: {', '.join(content.types)}"
    if content.rows != entry.rows:
        yield f"{path} has {content.rows} rows instead of {entry.rows}"
    if others:
        yield f"{path} has rows of {min(others)}, which is not a day of it"


def _list_expected(known: Iterable[date], first: date | None, last: date | None) -> list[date]:
    """Every day between the bounds; a missing bound is that of the known days."""
    start = first or min(known, default=last)
    end = last or max(known, default=first)
    return list_days(start, end) if start and end else []


def _is_known(path: str, manifest: Manifest) -> bool:
    place = parse_path(path)
    if not place or place.file_format != manifest.file_format:
        return False
    days = manifest.days.get(place.table, {})
    return any(day in days and days[day].in_month == place.is_month for day in place.days)
