"""Reads a dataset: the rows of its tables, day by day, checked against its manifest."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from itertools import groupby
from typing import cast

from scenario_usage_cli.errors import ConfigurationError, DamagedDataset
from scenario_usage_cli.export.checksum import hash_bytes
from scenario_usage_cli.export.decode import Columns, Decoder
from scenario_usage_cli.export.holder import refuse_reading, refuse_writing
from scenario_usage_cli.export.layout import MANIFEST, format_restatements, order_run
from scenario_usage_cli.export.manifest import Manifest
from scenario_usage_cli.export.manifest_text import load_manifest
from scenario_usage_cli.export.partitions import declare_columns
from scenario_usage_cli.export.store import Store, Unreadable
from scenario_usage_cli.report.daily import DATE, list_columns
from scenario_usage_cli.report.fields import Fields, Row
from scenario_usage_cli.report.restatements import RECORD

_RESTORE = (
    "restore it from a backup; without it and without _manifest.json, the next export makes the "
    "manifest anew"
)
_REPAIR = "scenario-usage export {} --repair fetches it again; --verify lists all that is damaged"

_FILES_AT_A_TIME = 32
"""So many are fetched side by side from a store far away."""


class Dataset:
    """A dataset that is read, and never written.

    Days are those of the partitions that are there. Whatever is read is what an export wrote:
    anything else raises DamagedDataset, which names the file.
    """

    def __init__(self, store: Store, manifest: Manifest, body: bytes) -> None:
        self.store = store
        self.manifest = manifest
        self._body = body

    def __str__(self) -> str:
        return str(self.store)

    def list_columns(self, table: str) -> Fields:
        """The columns that rows of a table have, or may have, without their date."""
        return list_columns(
            table,
            by_project=self.manifest.by_project,
            has_centres=self.manifest.cost_centres is not None,
            has_amounts=self.manifest.has_amounts,
        )

    def read_columns(
        self, table: str, days: Iterable[date], keys: Collection[str] | None = None
    ) -> Iterator[tuple[date, Columns]]:
        """What a table has of each of these days that there is, by the keys of its columns.

        With `keys`, only these columns are read. Raises DamagedDataset, the store's errors, and
        ConfigurationError if a run writes at the same time, or the extra for the format is missing.
        """
        wanted = None if keys is None else {*keys, DATE.key}
        columns = declare_columns(self.manifest, table)
        decoder = Decoder(self.manifest.file_format, columns, wanted)
        known = self.manifest.days.get(table, {})
        begun = {*self.manifest.pending, *self.manifest.merging.get(table, ())}
        files = [
            (path, list(grouped))
            for path, grouped in groupby(days, partial(self.manifest.locate, table))
        ]
        for number, (path, of_file) in enumerate(files):
            if number % _FILES_AT_A_TIME == 0:
                following = files[number : number + _FILES_AT_A_TIME]
                self.store.expect([one for one, (day, *_) in following if day in known])
            # While files are joined, those of other days change, too.
            if path in begun or table in self.manifest.merging:
                raise self._refuse(
                    f"{path if path in begun else min(begun)} was being written by a run that has "
                    "not ended",
                    hint="the next export completes it",
                )
            if entry := known.get(of_file[0]):
                body = self._read(path, entry.sha256)
                found = self._decode(path, decoder, body)
                if DATE.key in found:
                    yield from _tell_days(of_file, found)
                else:
                    yield of_file[0], found
            elif self._find_stray(path):
                raise self._refuse(f"{path} is not in the manifest")

    def read_restatements(self) -> Iterator[Row]:
        """What runs have restated, in the order of the runs; raises the same."""
        if self.manifest.restating:
            raise self._refuse(
                "restatements were being written by a run that has not ended",
                hint="the next export completes it",
            )
        decoder = Decoder(self.manifest.file_format, RECORD)
        for run in sorted(self.manifest.restatements, key=order_run):
            path = format_restatements(run, self.manifest.file_format)
            body = self._read(path, self.manifest.restatements[run].sha256, hint=_RESTORE)
            columns = self._decode(path, decoder, body)
            for values in zip(*columns.values(), strict=True):
                yield dict(zip(columns, values, strict=True))

    def _read(self, path: str, checksum: str, hint: str | None = None) -> bytes:
        try:
            body = self.store.read(path)
        except Unreadable as error:
            raise self._refuse(f"{path} cannot be read: {error.reason}", hint) from error
        if body is None:
            raise self._refuse(f"{path} is missing", hint)
        if hash_bytes(body) != checksum:
            raise self._refuse(f"{path} was changed: its checksum differs from the manifest", hint)
        return body

    def _decode(self, path: str, decoder: Decoder, body: bytes) -> Columns:
        try:
            return decoder.decode(body)
        except ValueError as error:
            raise self._refuse(f"{path} cannot be read: {error}") from error

    def _find_stray(self, path: str) -> bool:
        try:
            return self.store.stamp(path) is not None
        except Unreadable:
            return True

    def _refuse(self, reason: str, hint: str | None = None) -> ConfigurationError | DamagedDataset:
        """The error for a file; if a run has written in the meantime, that is the reason."""
        if self.store.read(MANIFEST) != self._body:
            return refuse_reading(self.store)
        return DamagedDataset(f"{self}: {reason}", hint=hint or _REPAIR.format(self))


def _tell_days(days: Sequence[date], found: Columns) -> Iterator[tuple[date, Columns]]:
    """What a file has of each of these days, without their date."""
    dates = cast("Sequence[str]", found[DATE.key])
    columns = {key: values for key, values in found.items() if key != DATE.key}
    for day in days:
        text = day.isoformat()  # the rows of a file are in order of time
        start, end = bisect_left(dates, text), bisect_right(dates, text)
        yield day, {key: values[start:end] for key, values in columns.items()}


def open_dataset(store: Store) -> Dataset:
    """The dataset in a store.

    Raises ConfigurationError if there is none, if it is of a newer version, or if a run writes it,
    DamagedDataset for a damaged manifest, and the store's errors.
    """
    refuse_writing(store)
    body = store.read(MANIFEST)
    if body is None:
        raise ConfigurationError(
            f"there is no dataset in {store}: {MANIFEST} is missing",
            hint="name a folder or URL that scenario-usage export has written",
        )
    manifest = load_manifest(body, source=f"{store}/{MANIFEST}")
    if manifest is None:
        raise DamagedDataset(
            f"{store}: {MANIFEST} is damaged, or was changed by hand",
            hint="the next export rebuilds it",
        )
    return Dataset(store, manifest, body)


def read_rows(dataset: Dataset, table: str, days: Iterable[date]) -> Iterator[tuple[date, Row]]:
    """The rows of a table, each with its day, in the order of the days; raises the same."""
    for day, columns in dataset.read_columns(table, days):
        for values in zip(*columns.values(), strict=True):
            yield day, dict(zip(columns, values, strict=True))
