"""A manifest made from the partitions that are there, after it was lost or damaged."""

import re
from datetime import date

from scenario_usage_cli.export.checksum import hash_bytes
from scenario_usage_cli.export.content import Content, read_content
from scenario_usage_cli.export.entries import Entry, LedgerFile
from scenario_usage_cli.export.joining import find_days
from scenario_usage_cli.export.layout import (
    COST_AND_USAGE,
    FORMATS,
    Place,
    format_restatements,
    list_days,
    parse_path,
    parse_restatements,
)
from scenario_usage_cli.export.manifest import SOME_ALIASES, Manifest, Scope
from scenario_usage_cli.export.store import Store, Unreadable
from scenario_usage_cli.report.focus.rows import find_version

_DATE_COLUMN = "date"
"""The first one, in a dataset of months."""
_PROJECT_COLUMN, _CENTRE_COLUMN = "project_id", "cost_centre"
"""The next and the last column of a partition by project; events have only the last one there."""
_AMOUNT_COLUMNS = ("amount", "currency")
"""The last columns of a partition with amounts."""
_ALIAS_ID = re.compile(rb"(?:person|key)_[1-9][0-9]{15}")
"""What only rows of aliases have."""


def rebuild_manifest(store: Store, scope: Scope, file_format: str | None) -> Manifest:
    """A manifest with every partition of one format.

    Their fetch times are unknown, so their days will be fetched again. Something that is not a file
    counts as missing. The format is that of the first partition or, without any, the one given.
    """
    partitions = {path: found for path in store.list_partitions() if (found := parse_path(path))}
    formats = [*(found.file_format for found in partitions.values()), file_format or FORMATS[0]]
    manifest = Manifest(formats[0], scope=scope)
    undated: dict[str, None] = {}
    for path, place in partitions.items():
        if place.file_format != manifest.file_format:
            continue
        try:
            body, stamp = store.read(path) or b"", store.stamp(path) or ""
        except Unreadable:
            continue
        try:
            content = read_content(manifest.file_format, body)
            days = _list_days(place, body)
        except ValueError:
            content, days = Content((), 0), place.days
        if _ALIAS_ID.search(body):
            manifest.pseudonyms = SOME_ALIASES
        columns = content.columns
        if columns[:1] == (_DATE_COLUMN,):
            columns = columns[1:]
            manifest.by_month = True
        elif columns:
            undated[place.table] = None
        manifest.by_month |= place.is_month
        if place.table == COST_AND_USAGE:
            manifest.focus = {"version": find_version(columns)}
            manifest.by_project = True
        manifest.by_project |= columns[:1] == (_PROJECT_COLUMN,)
        if columns[-2:] == _AMOUNT_COLUMNS:
            manifest.prices = []
        others = columns[:-2] if manifest.has_amounts else columns
        manifest.by_project |= _CENTRE_COLUMN in others[-1:]
        entry = Entry(None, content.rows, hash_bytes(body), stamp, place.is_month)
        manifest.days.setdefault(place.table, {}).update(dict.fromkeys(days, entry))
        manifest.rebuilt_from += 1
    manifest.undated = tuple(undated) if manifest.by_month else ()
    _find_restatements(store, manifest)
    return manifest


def _find_restatements(store: Store, manifest: Manifest) -> None:
    """Enter the files of restatements that can be read, as they are."""
    for path in store.list_restatements():
        run = parse_restatements(path)
        try:
            body, stamp = store.read(path) or b"", store.stamp(path) or ""
            rows = read_content(manifest.file_format, body).rows
        except (Unreadable, ValueError):
            continue
        if run and path == format_restatements(run, manifest.file_format):
            manifest.restatements[run] = LedgerFile(rows, hash_bytes(body), stamp)


def _list_days(place: Place, body: bytes) -> list[date]:
    """The days of a partition; a month begins with its first row, as days before may be missing."""
    if not place.is_month:
        return place.days
    first, *_ = find_days(place.file_format, body) or place.days
    return list_days(max(first, place.day), place.days[-1])
