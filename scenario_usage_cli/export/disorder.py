"""What somebody else has done beside partitions: to restatements, and copies of days."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from scenario_usage_cli.export.checksum import hash_bytes
from scenario_usage_cli.export.content import read_content
from scenario_usage_cli.export.entries import LedgerFile
from scenario_usage_cli.export.layout import format_restatements, parse_path
from scenario_usage_cli.export.manifest import Manifest
from scenario_usage_cli.export.store import Store, Unreadable
from scenario_usage_cli.report.words import count

_SHOWN = 5


class Disorder(NamedTuple):
    """What is in disorder."""

    runs: dict[str, str]
    """The runs whose file of restatements is not as it was written, and what has become of it."""
    copies: dict[str, str]
    """The files of days that another file has, too, by the path of that."""

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.runs or self.copies)


def find_disorder(store: Store, manifest: Manifest) -> Disorder:
    """What is in disorder; files with the same stamp are not read. Raises the store's errors."""
    return Disorder(dict(_find_damage(store, manifest)), dict(_find_copies(store, manifest)))


def _find_damage(store: Store, manifest: Manifest) -> Iterator[tuple[str, str]]:
    begun = manifest.restating["run"] if manifest.restating else None
    for run, file in manifest.restatements.items():
        path = format_restatements(run, manifest.file_format)
        try:
            stamp = store.stamp(path)
            if stamp is None:
                yield run, "is missing"
            elif stamp != file.stamp and run != begun and _has_other_bytes(store, path, file):
                yield run, "was changed by somebody else"
        except Unreadable as error:
            yield run, f"cannot be read ({error.reason})"


def _has_other_bytes(store: Store, path: str, file: LedgerFile) -> bool:
    return hash_bytes(store.read(path) or b"") != file.sha256


def _find_copies(store: Store, manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Only datasets of months have files of two kinds, which may be about the same day."""
    if not manifest.by_month or manifest.merging:
        return
    for path in store.list_partitions():
        place = parse_path(path)
        if not place or place.file_format != manifest.file_format or path in manifest.pending:
            continue
        known = manifest.days.get(place.table, {})
        days: list[date] = [day for day in place.days if day in known]
        holders = {manifest.locate(place.table, day) for day in days}
        if holders and path not in holders:
            yield path, min(holders)


def describe_disorder(store: Store, manifest: Manifest) -> list[str]:
    """The same in sentences; raises the store's errors."""
    runs, copies = find_disorder(store, manifest)
    found = [
        f"{format_restatements(run, manifest.file_format)} {problem}, and the API does not tell it "
        "again: restore it from a backup; --repair goes on with what is there"
        for run, problem in runs.items()
    ]
    found += [
        f"{path} has days that {holder} has, too, and they count twice for programs that read all "
        "files; --repair removes it"
        for path, holder in copies.items()
    ]
    others = found[_SHOWN:]
    return found[:_SHOWN] + ([f"so {count(len(others), 'other file')}"] if others else [])


def mend_disorder(store: Store, manifest: Manifest) -> bool:
    """Take restatements as they are, and remove copies; returns whether there was any disorder.

    Raises the store's errors.
    """
    disorder = find_disorder(store, manifest)
    for run in disorder.runs:
        path = format_restatements(run, manifest.file_format)
        try:
            body, stamp = store.read(path), store.stamp(path)
            rows = 0 if body is None else read_content(manifest.file_format, body).rows
        except (Unreadable, ValueError):
            body = stamp = None
        if body is None or stamp is None:
            del manifest.restatements[run]
        else:
            manifest.restatements[run] = LedgerFile(rows, hash_bytes(body), stamp)
    store.remove(list(disorder.copies))
    return bool(disorder)
