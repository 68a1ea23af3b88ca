"""The ledger of a dataset: what was restated, a file for each run, which no later run changes.

A restatement and the partition that it is about are two files. So that a run that is killed between
them neither loses nor doubles it, the manifest notes it first, with the checksum that the partition
will have. The next run finds out which partitions are in their place, and completes the file.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from scenario_usage_cli.clocks import format_instant
from scenario_usage_cli.export.checksum import hash_bytes, read_intact
from scenario_usage_cli.export.decode import Columns, Decoder
from scenario_usage_cli.export.entries import LedgerFile
from scenario_usage_cli.export.joining import split_days
from scenario_usage_cli.export.layout import format_restatements
from scenario_usage_cli.export.manifest import Manifest
from scenario_usage_cli.export.note import write_manifest
from scenario_usage_cli.export.partitions import declare_columns, encode
from scenario_usage_cli.export.store import Store, Unreadable
from scenario_usage_cli.report.daily import DATE
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.restatements import (
    COMPARED,
    RECORD,
    compare_rows,
    parse_record,
)

_KEYS = [field.key for field in RECORD]


class Ledger:
    """Notes what a run restates. Its methods raise the store's errors."""

    def __init__(self, store: Store, manifest: Manifest, now: datetime) -> None:
        self._store = store
        self._manifest = manifest
        self._restated_at = format_instant(now)
        self._run = _name_run(manifest, now)
        self._records: list[Row] = []
        """All of this run that are in the file by now."""
        self._months: dict[str, dict[date, bytes]] = {}
        """Days of months by the path of the month, while only these are read."""

    def compare(self, table: str, day: date, body: bytes) -> list[Row]:
        """What a new partition of a day restates in the one that is there.

        Nothing, if that was fetched before its day had ended, or cannot be read.
        """
        manifest = self._manifest
        entry = manifest.find(table, day)
        if table not in COMPARED or entry is None or not entry.is_of_whole(day):
            return []
        before = self._read(manifest.locate(table, day), table, day)
        if before is None or before == body:
            return []
        columns = declare_columns(manifest, table)
        try:
            old, new = (
                _list_rows(Decoder(manifest.file_format, columns).decode(one))
                for one in (before, body)
            )
        except ValueError:
            return []
        return compare_rows(table, day, columns, old, new, restated_at=self._restated_at)

    def begin(self, records: Sequence[Row], files: Mapping[str, str]) -> None:
        """Let the manifest note what is restated once files have these checksums, by path."""
        if records:
            raws = [[_dump(row[key]) for key in _KEYS] for row in records]
            self._manifest.restating = {"run": self._run, "records": raws, "files": dict(files)}

    def complete(self) -> None:
        """Write the file, now that the partitions are in their place."""
        begun = self._manifest.restating
        self._months.clear()
        if begun is not None:
            self._records += _load(begun)
            _write(self._store, self._manifest, self._run, self._records)

    def _read(self, path: str, table: str, day: date) -> bytes | None:
        """The partition of a day as it is; None if it cannot be read."""
        entry = self._manifest.days[table][day]
        try:
            if not entry.in_month:
                return self._store.read(path)
            if path not in self._months:
                self._months[path] = {}
                days = list(self._manifest.list_month(table, day))
                body = self._store.read(path)
                if body is not None:
                    self._months[path] = split_days(self._manifest.file_format, body, days)
            return self._months[path].get(day)
        except (Unreadable, ValueError):
            return None


def complete_ledger(store: Store, manifest: Manifest | None, settle: timedelta) -> None:
    """Complete the file of a run that ended before it could: what is in its place was restated.

    Raises the store's errors.
    """
    if manifest is None or manifest.restating is None:
        return
    begun, run = manifest.restating, str(manifest.restating["run"])
    known = {_identify(row): row for row in _read_file(store, manifest, run)}
    files = begun["files"].items()
    in_place = {path for path, own in files if read_intact(store, path, own) is not None}
    for row in _load(begun):
        day = date.fromisoformat(str(row[DATE.key]))
        if manifest.locate(str(row["table"]), day) in in_place:
            known.setdefault(_identify(row), row)
    _write(store, manifest, run, list(known.values()))
    write_manifest(store, manifest, settle)


def _write(store: Store, manifest: Manifest, run: str, rows: Sequence[Row]) -> None:
    """Write the file of a run, and note it."""
    if rows:
        path = format_restatements(run, manifest.file_format)
        body = encode(manifest.file_format, RECORD, rows)
        stamp = store.write(path, body)
        manifest.restatements[run] = LedgerFile(len(rows), hash_bytes(body), stamp)
    manifest.restating = None


def _read_file(store: Store, manifest: Manifest, run: str) -> list[Row]:
    """What the file of a run has by now."""
    try:
        body = store.read(format_restatements(run, manifest.file_format))
        decoder = Decoder(manifest.file_format, RECORD)
        return [] if body is None else _list_rows(decoder.decode(body))
    except (Unreadable, ValueError):
        return []


def _list_rows(columns: Columns) -> list[Row]:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _identify(row: Row) -> tuple[Any, ...]:
    """What tells a figure from all others of one run."""
    return tuple(row[key] for key in ("table", DATE.key, "project_id", "id", "column"))


def _name_run(manifest: Manifest, now: datetime) -> str:
    """The name of a run: its start, and a number where there is one of that name."""
    name = f"{now:%Y%m%dT%H%M%SZ}"
    others = sum(run.startswith(name) for run in manifest.restatements)
    return f"{name}-{others + 1}" if others else name


def _dump(value: Any) -> str | None:
    return None if value is None else str(value)


def _load(begun: Mapping[str, Any]) -> list[Row]:
    """The records that a manifest has noted."""
    return [parse_record(dict(zip(_KEYS, raw, strict=True))) for raw in begun["records"]]
