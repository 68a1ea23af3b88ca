"""What has become of partitions since they were written, as far as their stamps tell."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum, auto
from functools import cache, partial
from typing import NamedTuple

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
    look = cache(partial(_look, store))
    for table, day in partitions:
        entry = manifest.find(table, day)
        stamp, reason = look(manifest.locate(table, day))
        if reason is not None:
            found[table, day] = Found(State.UNREADABLE, reason=reason)
            continue
        if stamp is None:
            found[table, day] = _MISSING
        elif entry and entry.stamp == stamp:
            found[table, day] = _INTACT
        else:
            found[table, day] = Found(State.UNCLEAR, stamp)
    return found


def _look(store: Store, path: str) -> tuple[str | None, str | None]:
    """The stamp of a file, and why it cannot be read."""
    try:
        return store.stamp(path), None
    except Unreadable as error:
        return None, error.reason


_MISSING, _INTACT = Found(State.MISSING), Found(State.INTACT)
