"""From the rows of days to files: none is ever half written, and the manifest knows each."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from scenario_usage_cli.export.checksum import hash_bytes
from scenario_usage_cli.export.content import read_content
from scenario_usage_cli.export.entries import Entry
from scenario_usage_cli.export.joining import join_days, split_days
from scenario_usage_cli.export.ledger import Ledger
from scenario_usage_cli.export.manifest import Manifest
from scenario_usage_cli.export.note import write_manifest
from scenario_usage_cli.export.partitions import declare_columns, encode
from scenario_usage_cli.export.store import Store, Unreadable
from scenario_usage_cli.export.tally import Tally
from scenario_usage_cli.report.daily import add_dates
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.figures import AMOUNT
from scenario_usage_cli.report.restatements import COLUMN

DAYS_PER_COMMIT = 8
"""How many days are written before the manifest is; a killed run loses no more than these."""
_RESTATED = "final figures of {} have changed: the table of restatements has what they were"


class Partition(NamedTuple):
    """The bytes of a file to write, and what was fetched for it."""

    table: str
    path: str
    body: bytes
    fetched: Mapping[date, int]
    """The days that were fetched, with their numbers of rows."""
    rows: int
    """Of the whole file, which has more days if it is of a month."""
    restated: Sequence[Row] = ()
    """What it restates."""


class _Day(NamedTuple):
    """A day of a month that is one file, as a partition of its own."""

    body: bytes
    rows: int
    restated: Sequence[Row]


class Writer:
    """Writes partitions, some days at a time, and then notes them in the manifest."""

    def __init__(
        self,
        store: Store,
        manifest: Manifest,
        *,
        ledger: Ledger,
        settle: timedelta,
        tell_time: Callable[[], datetime],
        anew: bool = False,
    ) -> None:
        self.tally = Tally()
        self.manifest = manifest
        self._store = store
        self._ledger = ledger
        self._settle = settle
        self._tell_time = tell_time
        self._anew = anew
        self._waiting: list[Partition] = []
        self._of_months: dict[tuple[str, date], dict[date, _Day]] = {}
        self.written: set[tuple[str, date]] = set()
        """The partitions that are in their place, by table and day."""

    def add(self, table: str, day: date, rows: Sequence[Row]) -> None:
        """Take the rows of a day; they are written together with those of the days around it.

        A day of a month that is one file waits for all others of it that are to come.
        """
        file_format = self.manifest.file_format
        dated = add_dates(rows, day) if self.manifest.has_dates(table) else rows
        body = encode(file_format, declare_columns(self.manifest, table), dated)
        known = self.manifest.find(table, day)
        restated = self._ledger.compare(table, day, body)
        # Amounts move with their prices, too, of which the person who changes them knows.
        moved = any(COLUMN.of(row) != AMOUNT.key for row in restated)
        # Where somebody else has changed the file, the API may tell what it told before.
        is_other = known is not None and known.sha256 != hash_bytes(body)
        if moved and is_other and known and known.is_final(day, self._settle):
            self.tally.remark(_RESTATED.format(table), day)
        if known and known.in_month:
            month = self._of_months.setdefault((table, day.replace(day=1)), {})
            month[day] = _Day(body, len(rows), restated)
            return
        path = self.manifest.locate(table, day)
        self._waiting.append(Partition(table, path, body, {day: len(rows)}, len(rows), restated))

    def commit(self, *, at_least_days: int = 1, is_last: bool = False) -> None:
        """Write what is waiting, if it is of at least so many days.

        Whenever this is interrupted, each partition is either old or new, and the manifest knows
        both. Months of which only some days were fetched are written when it is the last time.
        """
        self._join_months(is_last=is_last)
        if len({day for partition in self._waiting for day in partition.fetched}) < at_least_days:
            return
        waiting, self._waiting = self._waiting, []
        fetched_at = self._tell_time()
        pending = self.manifest.pending
        checksums = {one.path: hash_bytes(one.body) for one in waiting}
        for path, checksum in checksums.items():
            pending[path] = tuple(dict.fromkeys((*pending.get(path, ()), checksum)))
        self._ledger.begin([row for one in waiting for row in one.restated], checksums)
        self.write_manifest()
        for one in waiting:
            stamp = self._put(one, checksums[one.path])
            entry = Entry(fetched_at, one.rows, checksums[one.path], stamp)
            self._note(one, entry)
            del pending[one.path]
            self.written.update((one.table, day) for day in one.fetched)
            self.tally.days.update(one.fetched)
            self.tally.partitions += 1
            self.tally.rows += sum(one.fetched.values())
        self._ledger.complete()
        self.write_manifest()

    def is_final(self, day: date) -> bool:
        """Whether what is fetched of a day now is final."""
        return Entry(self._tell_time(), 0, "", "").is_final(day, self._settle)

    def _join_months(self, *, is_last: bool) -> None:
        """Let the months wait of which all days are there."""
        for (table, first), fetched in list(self._of_months.items()):
            days = self.manifest.list_month(table, first)
            if not is_last and fetched.keys() != days.keys():
                continue
            del self._of_months[table, first]
            bodies = {day: one.body for day, one in fetched.items()}
            if fetched.keys() != days.keys():
                bodies = self._read_month(table, days) | bodies
            if bodies.keys() != days.keys():  # the file is damaged: the next run fetches all of it
                continue
            body = join_days(self.manifest.file_format, bodies)
            rows = {day: one.rows for day, one in fetched.items()}
            path = self.manifest.locate(table, next(iter(days)))
            total = read_content(self.manifest.file_format, body).rows
            restated = [row for one in fetched.values() for row in one.restated]
            self._waiting.append(Partition(table, path, body, rows, total, restated))

    def _read_month(self, table: str, days: Mapping[date, Entry]) -> dict[date, bytes]:
        """The days of a month that is one file; nothing if the file is not what was written."""
        day, entry = next(iter(days.items()))
        try:
            body = self._store.read(self.manifest.locate(table, day)) or b""
        except Unreadable:
            return {}
        if hash_bytes(body) != entry.sha256:
            return {}
        return split_days(self.manifest.file_format, body, list(days))

    def _note(self, partition: Partition, entry: Entry) -> None:
        """Note a file that was written, and when its days were fetched."""
        days = self.manifest.days.setdefault(partition.table, {})
        (first, *_) = partition.fetched
        if not (first in days and days[first].in_month):
            days[first] = entry
            return
        for day, known in self.manifest.list_month(partition.table, first).items():
            time = entry.fetched_at if day in partition.fetched else known.fetched_at
            days[day] = entry._replace(fetched_at=time, in_month=True)

    def _put(self, partition: Partition, checksum: str) -> str:
        """Write a file; returns its stamp.

        It is not written if its stamp tells that the same content is there, unless all are to be
        written anew.
        """
        known = self.manifest.find(partition.table, next(iter(partition.fetched)))
        if not self._anew and known and known.sha256 == checksum:
            stamp = self._store.stamp(partition.path)
            if stamp == known.stamp:
                return stamp
        return self._store.write(partition.path, partition.body)

    def write_manifest(self) -> None:
        """Write the manifest as it is by now."""
        write_manifest(self._store, self.manifest, self._settle)
