"""Where the rows of one page of the event log end in what is read afterwards.

Events may be equal, and late events move rows down while a log is read. So no row is taken for a
repetition because it is equal to another: only what stands around it tells.
"""

from collections.abc import Sequence

from scenario_usage_cli.api.wire import Activity


def count_moved(rows: Sequence[Activity], before: Sequence[Activity]) -> int:
    """How many rows at the beginning of a page are the last ones of the page before, where the
    order of times proves it; 0 where nothing does.

    A log in order goes on with what is older. Where it begins with what is newer, that has been
    moved there, and cannot be a new event that is equal to an old one.
    """
    times = [row.get("time") or "" for row in before]
    if times != sorted(times, reverse=True) or (rows[0].get("time") or "") <= times[-1]:
        return 0
    most = min(len(rows), len(before))
    return next((n for n in range(1, most + 1) if rows[:n] == before[-n:]), 0)


def can_tell_moves(rows: Sequence[Activity]) -> bool:
    """Whether rows would look otherwise wherever they were moved to; not if they repeat
    themselves, as equal rows do.
    """
    again = [at for at in range(1, len(rows)) if rows[at] == rows[0]]
    return all(rows[at:] != rows[:-at] for at in again)


def find_again(rows: Sequence[Activity], among: Sequence[Activity]) -> int | None:
    """By how many places rows have been moved down, if all of them are still there: all in one
    piece, or else with late events between them.
    """
    size = len(rows)
    for at in range(len(among) - size + 1):
        if among[at] == rows[0] and among[at : at + size] == rows:
            return at
    places = enumerate(among, 1)
    end: int | None = None
    for row in rows:
        end = next((place for place, other in places if other == row), None)
        if end is None:
            return None
    return None if end is None else end - size
