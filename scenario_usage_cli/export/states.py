"""What has become of partitions since they were written: what a plan must know of files."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum, auto
from typing import NamedTuple

from scenario_usage_cli.export.layout import format_path
from scenario_usage_cli.export.manifest import Entry, Manifest, hash_bytes
from scenario_usage_cli.export.store import Store, Unreadable


class State(Enum):
    """What has become of a partition since it was written."""

    MISSING = auto()
    INTACT = auto()
    PENDING = auto()
    """Written by a run that ended before it could say so."""
    EDITED = auto()
    """Written by something else."""
    UNREADABLE = auto()


class Found(NamedTuple):
    """The state of a partition; `stamp` is a new one of a file that is intact otherwise.

    `reason` says why it is unreadable.
    """

    state: State
    stamp: str | None = None
    reason: str = ""


Finds = Mapping[tuple[str, date], Found]
"""What was found of each partition, by table and day."""

_MISSING, _INTACT = Found(State.MISSING), Found(State.INTACT)


def read_states(
    store: Store, manifest: Manifest, partitions: Iterable[tuple[str, date]], *, at_content: bool
) -> Finds:
    """Look at partitions. A file is read only if its stamp does not tell, or with `at_content`.

    Raises the store's errors.
    """
    states: dict[tuple[str, date], Found] = {}
    for table, day in partitions:
        path = format_path(table, day, manifest.file_format)
        entry = manifest.find(table, day)
        try:
            stamp = store.stamp(path)
            if stamp is None:
                states[table, day] = _MISSING
            elif entry and entry.stamp == stamp and not at_content:
                states[table, day] = _INTACT
            else:
                checksum = hash_bytes(store.read(path) or b"")
                known = manifest.pending.get(path, ())
                state = _judge(checksum, entry, known, is_whole=store.writes_whole)
                states[table, day] = Found(state, stamp if state is State.INTACT else None)
        except Unreadable as error:
            states[table, day] = Found(State.UNREADABLE, reason=error.reason)
    return states


def _judge(
    checksum: str, entry: Entry | None, pending: tuple[str, ...], *, is_whole: bool
) -> State:
    if entry and entry.sha256 == checksum:
        return State.INTACT
    is_ours = checksum in pending or (pending and not is_whole)
    return State.PENDING if is_ours else State.EDITED
