"""What has become of partitions since they were written, as far as their stamps tell."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum, auto
from typing import NamedTuple

from scenario_usage_cli.export.layout import format_path
from scenario_usage_cli.export.manifest import Manifest
from scenario_usage_cli.export.store import Store, Unreadable


class State(Enum):
    """What has become of a partition since it was written."""

    MISSING = auto()
    INTACT = auto()
    UNCLEAR = auto()
    """Its stamp does not tell: the file must be read."""
    PENDING = auto()
    """Written by a run that ended before it could say so."""
    EDITED = auto()
    """Written by something else."""
    UNREADABLE = auto()


class Found(NamedTuple):
    """The state of a partition, and the stamp that its file has now.

    `reason` says why it is unreadable.
    """

    state: State
    stamp: str | None = None
    reason: str = ""


Finds = Mapping[tuple[str, date], Found]
"""What was found of each partition, by table and day."""


def read_stamps(
    store: Store, manifest: Manifest, partitions: Iterable[tuple[str, date]]
) -> dict[tuple[str, date], Found]:
    """Look at partitions, given by table and day, without reading a file.

    Raises the store's errors.
    """
    found: dict[tuple[str, date], Found] = {}
    for table, day in partitions:
        entry = manifest.find(table, day)
        try:
            stamp = store.stamp(format_path(table, day, manifest.file_format))
        except Unreadable as error:
            found[table, day] = Found(State.UNREADABLE, reason=error.reason)
            continue
        if stamp is None:
            found[table, day] = _MISSING
        elif entry and entry.stamp == stamp:
            found[table, day] = _INTACT
        else:
            found[table, day] = Found(State.UNCLEAR, stamp)
    return found


_MISSING, _INTACT = Found(State.MISSING), Found(State.INTACT)
