"""What the manifest notes of each file."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import NamedTuple

_DAY = timedelta(days=1)


class Entry(NamedTuple):
    """A day in its file; `stamp` changes whenever that does, as far as a store can tell cheaply.

    `fetched_at` is None if it is unknown: then the day will be fetched again. If the day is
    `in_month`, its file is that of its month, and all but `fetched_at` is of the whole file.
    """

    fetched_at: datetime | None
    rows: int
    sha256: str
    stamp: str
    in_month: bool = False
    was_final: bool = False
    """What the run that noted it said of it; a reader knows no other age at which days are."""

    def is_final(self, day: date, settle: timedelta) -> bool:
        """Whether it was fetched so late that nothing changes any more."""
        return self.fetched_at is not None and self.fetched_at >= _settles_at(day, settle)

    def is_of_whole(self, day: date) -> bool:
        """Whether its day had ended when it was fetched; if that is unknown, it had."""
        return self.fetched_at is None or self.is_final(day, timedelta())


class LedgerFile(NamedTuple):
    """A file of restatements."""

    rows: int
    sha256: str
    stamp: str


@cache
def start_of_day(day: date) -> datetime:
    """Its first moment."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@cache
def _settles_at(day: date, settle: timedelta) -> datetime:
    """The time after which a day no longer changes; the end of time if that is later."""
    try:
        return start_of_day(day) + _DAY + settle
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
