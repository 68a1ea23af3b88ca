"""A manifest made from the partitions that are there, after it was lost or damaged."""

from scenario_usage_cli.export.checksum import hash_bytes
from scenario_usage_cli.export.content import Content, read_content
from scenario_usage_cli.export.layout import FORMATS, parse_path
from scenario_usage_cli.export.manifest import Entry, Manifest, Scope
from scenario_usage_cli.export.store import Store, Unreadable

_PROJECT_COLUMN, _CENTRE_COLUMN = "project_id", "cost_centre"
"""The first and the last column of a partition by project; events have only the last one there."""
_AMOUNT_COLUMNS = ("amount", "currency")
"""The last columns of a partition with amounts."""


def rebuild_manifest(store: Store, scope: Scope, file_format: str | None) -> Manifest:
    """A manifest with every partition of one format.

    Their fetch times are unknown, so their days will be fetched again. Something that is not a file
    counts as missing. The format is that of the first partition or, without any, the one given.
    """
    partitions = {path: found for path in store.list_partitions() if (found := parse_path(path))}
    formats = [*(found[2] for found in partitions.values()), file_format or FORMATS[0]]
    manifest = Manifest(formats[0], scope=scope)
    for path, (table, day, partition_format) in partitions.items():
        if partition_format != manifest.file_format:
            continue
        try:
            body, stamp = store.read(path) or b"", store.stamp(path) or ""
            content = read_content(manifest.file_format, body)
        except Unreadable:
            continue
        except ValueError:
            content = Content((), 0)
        manifest.by_project |= content.columns[:1] == (_PROJECT_COLUMN,)
        if content.columns[-2:] == _AMOUNT_COLUMNS:
            manifest.prices = []
        others = content.columns[:-2] if manifest.has_amounts else content.columns
        manifest.by_project |= _CENTRE_COLUMN in others[-1:]
        entry = Entry(None, content.rows, hash_bytes(body), stamp)
        manifest.days.setdefault(table, {})[day] = entry
        manifest.rebuilt_from += 1
    return manifest
