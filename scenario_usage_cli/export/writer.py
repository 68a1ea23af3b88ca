"""From the rows of days to files: none is ever half written, and the manifest knows each."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from scenario_usage_cli.export.checksum import hash_bytes
from scenario_usage_cli.export.layout import MANIFEST, format_path
from scenario_usage_cli.export.manifest import Entry, Manifest, dump_manifest
from scenario_usage_cli.export.partitions import encode
from scenario_usage_cli.export.store import Store
from scenario_usage_cli.export.tally import Tally
from scenario_usage_cli.report.daily import list_columns
from scenario_usage_cli.report.fields import Row

DAYS_PER_COMMIT = 8
"""How many days are written before the manifest is; a killed run loses no more than these."""


class Partition(NamedTuple):
    """The rows of a table and day, as the bytes of the file to write."""

    table: str
    day: date
    path: str
    body: bytes
    rows: int


class Writer:
    """Writes partitions, some days at a time, and then notes them in the manifest."""

    def __init__(
        self,
        store: Store,
        manifest: Manifest,
        *,
        settle: timedelta,
        tell_time: Callable[[], datetime],
        anew: bool = False,
    ) -> None:
        self.tally = Tally()
        self.manifest = manifest
        self._store = store
        self._settle = settle
        self._tell_time = tell_time
        self._anew = anew
        self._waiting: list[Partition] = []
        self.written: set[tuple[str, date]] = set()
        """The partitions that are in their place, by table and day."""

    def add(self, table: str, day: date, rows: Sequence[Row]) -> None:
        """Take the rows of a day; they are written together with those of the days around it."""
        file_format = self.manifest.file_format
        columns = list_columns(
            table,
            by_project=self.manifest.by_project,
            has_centres=self.manifest.cost_centres is not None,
            has_amounts=self.manifest.has_amounts,
        )
        body = encode(file_format, columns, rows)
        path = format_path(table, day, file_format)
        self._waiting.append(Partition(table, day, path, body, len(rows)))

    def commit(self, *, at_least_days: int = 1) -> None:
        """Write what is waiting, if it is of at least so many days.

        Whenever this is interrupted, each partition is either old or new, and the manifest knows
        both.
        """
        if len({partition.day for partition in self._waiting}) < at_least_days:
            return
        waiting, self._waiting = self._waiting, []
        fetched_at = self._tell_time()
        pending = self.manifest.pending
        checksums = {one.path: hash_bytes(one.body) for one in waiting}
        for path, checksum in checksums.items():
            pending[path] = tuple(dict.fromkeys((*pending.get(path, ()), checksum)))
        self.write_manifest()
        for one in waiting:
            stamp = self._put(one, checksums[one.path])
            entry = Entry(fetched_at, one.rows, checksums[one.path], stamp)
            self.manifest.days.setdefault(one.table, {})[one.day] = entry
            del pending[one.path]
            self.written.add((one.table, one.day))
            self.tally.days.add(one.day)
            self.tally.partitions += 1
            self.tally.rows += one.rows
        self.write_manifest()

    def _put(self, partition: Partition, checksum: str) -> str:
        """Write a file; returns its stamp.

        It is not written if its stamp tells that the same content is there, unless all are to be
        written anew.
        """
        known = self.manifest.find(partition.table, partition.day)
        if not self._anew and known and known.sha256 == checksum:
            stamp = self._store.stamp(partition.path)
            if stamp == known.stamp:
                return stamp
        return self._store.write(partition.path, partition.body)

    def write_manifest(self) -> None:
        """Write the manifest as it is by now."""
        body = dump_manifest(self.manifest, self._settle)
        self._store.write(MANIFEST, body)
