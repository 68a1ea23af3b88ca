"""Where the rows of one page of the event log end in what is read afterwards.

Events may be equal, and late events move rows down while a log is being read. So no row is taken
for a repetition because it is equal to another one: only the rows around it can tell.
"""

from collections.abc import Sequence

from scenario_usage_cli.api.wire import Activity


def count_moved(rows: Sequence[Activity], before: Sequence[Activity]) -> int:
    """How many rows at the start of a page are the last rows of the page before it.

    Only the order of times proves it; otherwise the result is 0. A log in order continues with
    older rows. If a page begins with newer rows, these have been moved there; they cannot be new
    events that are equal to old ones.
    """
    times = [row.get("time") or "" for row in before]
    if times != sorted(times, reverse=True) or (rows[0].get("time") or "") <= times[-1]:
        return 0
    most = min(len(rows), len(before))
    return next((n for n in range(1, most + 1) if rows[:n] == before[-n:]), 0)


def can_tell_moves(rows: Sequence[Activity]) -> bool:
    """Whether these rows would look different wherever they were moved to.

    They would not if they repeat themselves, as equal rows do.
    """
    again = [at for at in range(1, len(rows)) if rows[at] == rows[0]]
    return all(rows[at:] != rows[:-at] for at in again)


def find_again(rows: Sequence[Activity], among: Sequence[Activity]) -> int | None:
    """By how many places rows have been moved down, if all of them are still there.

    They may be in one piece, or have late events between them.
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
