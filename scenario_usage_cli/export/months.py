"""Months that become one file: which ones, and how all of their days are replaced by it.

Readers see a folder's files only, so no day may be there twice, nor missing. What is new is staged
first, and noted in the manifest. Then it takes its place: at one moment where the store can do
that. Elsewhere a file that no program can read stands in for a month while its days are removed,
so that a reader fails rather than misses or counts a day twice. Whenever this is interrupted, the
next run completes it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta

from scenario_usage_cli.export.checksum import hash_bytes, read_intact
from scenario_usage_cli.export.entries import Entry
from scenario_usage_cli.export.exchange import swap_table
from scenario_usage_cli.export.joining import add_date, join_days, split_days
from scenario_usage_cli.export.layout import (
    STAGE,
    find_last_day,
    format_path,
    list_days,
    parse_path,
)
from scenario_usage_cli.export.manifest import Manifest
from scenario_usage_cli.export.note import write_manifest
from scenario_usage_cli.export.plan import list_due
from scenario_usage_cli.export.store import Store, Unreadable

_STAND_IN = "an export is joining the days of this month: read it again when it has ended"


def complete_merges(store: Store, manifest: Manifest | None, settle: timedelta) -> None:
    """Complete what a run began that ended before it could. Raises the store's errors."""
    if manifest and manifest.merging:
        Merger(store, manifest, settle).complete()


class Merger:
    """Joins the days of months, table by table. Its methods raise the store's errors."""

    def __init__(self, store: Store, manifest: Manifest, settle: timedelta) -> None:
        self._store = store
        self._manifest = manifest
        self._settle = settle
        self.months = 0
        """How many files of months were written."""

    def complete(self) -> None:
        """Complete what a run began that has ended since."""
        for table, checksums in list(self._manifest.merging.items()):
            if self._are_there(checksums):
                self._note(table)
            elif self._are_there(checksums, f"{STAGE}/"):
                self._replace(table)
                self._note(table)
            else:
                self._forget(table)
            write_manifest(self._store, self._manifest, self._settle)

    def convert(self) -> None:
        """Give every row its date, and join the months that are due, in a dataset of days."""
        manifest = self._manifest
        if not manifest.by_month:
            manifest.by_month = True
            manifest.undated = tuple(manifest.days)
        for table in manifest.undated:
            self._merge(table, list_due(manifest, self._settle).get(table, []))

    def merge(self) -> None:
        """Join the months that are due."""
        for table, months in list_due(self._manifest, self._settle).items():
            self._merge(table, months)

    def _merge(self, table: str, months: Sequence[date]) -> None:
        self._store.clear_stage()
        checksums: dict[str, str] = {}
        joined: set[date] = set()
        for first in months:
            if body := self._join(table, first):
                path = format_path(table, first, self._manifest.file_format, is_month=True)
                checksums[path] = self._stage(path, body)
                joined.add(first)
        if table in self._manifest.undated:
            for path, body in self._date_days(table, joined):
                checksums[path] = self._stage(path, body)
        self._manifest.merging[table] = checksums
        if checksums:
            write_manifest(self._store, self._manifest, self._settle)
            self._replace(table)
        self._note(table)
        write_manifest(self._store, self._manifest, self._settle)

    def _join(self, table: str, first: date) -> bytes | None:
        """The file of a month; None if one of its days is not what was written.

        Also None where something else stands in its place.
        """
        manifest, bodies = self._manifest, dict[date, bytes]()
        in_month = manifest.list_month(table, first)
        path = format_path(table, first, manifest.file_format, is_month=True)
        if not in_month and not self._is_free(path):
            return None
        for day in self._list_days(table, first):
            if day in bodies:
                continue
            sha256 = manifest.days[table][day].sha256
            body = read_intact(self._store, manifest.locate(table, day), sha256)
            try:
                if body is None:
                    return None
                if day in in_month:
                    bodies |= split_days(manifest.file_format, body, list(in_month))
                else:
                    bodies[day] = add_date(manifest.file_format, body, day)
            except ValueError:
                return None
        try:
            return join_days(manifest.file_format, bodies)
        except ValueError:
            return None

    def _date_days(self, table: str, joined: Collection[date]) -> Iterator[tuple[str, bytes]]:
        """The partitions of days that are not in these months, with their dates."""
        for day, entry in self._manifest.days[table].items():
            path = self._manifest.locate(table, day)
            if entry.in_month or day.replace(day=1) in joined:
                continue
            body = read_intact(self._store, path, entry.sha256)
            if body is not None:
                yield path, add_date(self._manifest.file_format, body, day)

    def _stage(self, path: str, body: bytes) -> str:
        self._store.write(f"{STAGE}/{path}", body)
        return hash_bytes(body)

    def _is_free(self, path: str) -> bool:
        try:
            return self._store.stamp(path) is None and self._store.find_obstacle(path) is None
        except Unreadable:
            return False

    def _are_there(self, checksums: Mapping[str, str], folder: str = "") -> bool:
        """Whether all files have these checksums, by path in a folder."""
        return all(
            read_intact(self._store, f"{folder}{path}", own) is not None
            for path, own in checksums.items()
        )

    def _replace(self, table: str) -> None:
        """Put what is staged in its place, and remove the days that it has."""
        paths = self._manifest.merging[table]
        months = [path for path in paths if _is_month(path)]
        joined = {
            self._manifest.locate(table, day)
            for place in filter(None, map(parse_path, months))
            for day in self._list_days(table, place.day)
        }
        removed = sorted(path for path in joined if not _is_month(path))
        if not swap_table(self._store, table, removed):
            self._put(path for path in paths if not _is_month(path))
            for path in months:
                self._store.write(path, self._build_stand_in(path))
            self._store.remove(removed)
            self._put(months)

    def _put(self, paths: Iterator[str] | Sequence[str]) -> None:
        for path in paths:
            self._store.write(path, self._store.read(f"{STAGE}/{path}") or b"")

    def _build_stand_in(self, path: str) -> bytes:
        """A file that no program can read as figures."""
        if path.endswith(".parquet"):
            return f"{_STAND_IN}\n".encode()
        header = (self._store.read(f"{STAGE}/{path}") or b"").partition(b"\n")[0].decode()
        row = ",".join([_STAND_IN] * (header.count(",") + 1))
        return f"{header}\n{row}\n".encode()

    def _note(self, table: str) -> None:
        """Note what is in its place now."""
        manifest = self._manifest
        days = manifest.days[table]
        for path, checksum in manifest.merging.pop(table).items():
            place, stamp = parse_path(path), self._store.stamp(path) or ""
            if place and place.is_month:
                joined = self._list_days(table, place.day)
                rows = sum({manifest.locate(table, day): days[day].rows for day in joined}.values())
                for day in joined:
                    days[day] = Entry(days[day].fetched_at, rows, checksum, stamp, in_month=True)
                self.months += 1
            elif place:
                days[place.day] = days[place.day]._replace(sha256=checksum, stamp=stamp)
        manifest.undated = tuple(other for other in manifest.undated if other != table)
        self._store.clear_stage()

    def _forget(self, table: str) -> None:
        """Give up what somebody has removed before it was in its place."""
        manifest = self._manifest
        for path, checksum in manifest.merging.pop(table).items():
            place = parse_path(path)
            if place and place.is_month and not manifest.list_month(table, place.day):
                self._store.remove([path])
                continue
            manifest.pending[path] = (*manifest.pending.get(path, ()), checksum)

    def _list_days(self, table: str, first: date) -> list[date]:
        """The days of a month that the manifest knows, in order."""
        known = self._manifest.days[table]
        return [day for day in list_days(first, find_last_day(first)) if day in known]


def _is_month(path: str) -> bool:
    place = parse_path(path)
    return place is not None and place.is_month
