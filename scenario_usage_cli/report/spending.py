"""In which order a plan and packs are spent, and on which days they run out; all in CU."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

_DAY = timedelta(days=1)


class Expected(NamedTuple):
    """What is expected to be used on a UTC day, or on the part of it that is to come."""

    day: date
    amount: Decimal


class Source(NamedTuple):
    """The plan or a pack: what is left, and when it expires, if it does; then it has none left."""

    left: Decimal
    expires_at: datetime | None = None


class Spent(NamedTuple):
    """What is taken from a source, and the day on which nothing of it is left, if there is one."""

    taken: Decimal
    runs_out_on: date | None


class _Taking:
    """One source while it is spent."""

    def __init__(self, source: Source) -> None:
        self.left = max(source.left, Decimal(0))
        self.taken = Decimal(0)
        self.runs_out_on: date | None = None
        self._expires_on = source.expires_at and source.expires_at.date()

    def has_any(self, day: date) -> bool:
        """Whether anything of it can be spent on a day."""
        return self.left > 0 and (self._expires_on is None or day <= self._expires_on)

    def take(self, day: date, wanted: Decimal) -> Decimal:
        """Take what is wanted, as far as there is any; returns what is still wanted."""
        if wanted <= 0 or not self.has_any(day):
            return wanted
        taken = min(self.left, wanted)
        self.left -= taken
        self.taken += taken
        if self.left <= 0:
            self.runs_out_on = day
        return wanted - taken


class Spending(NamedTuple):
    """What is taken of each source, and the day on which nothing of any is left."""

    by_source: list[Spent]
    runs_out_on: date | None


def spend(sources: Sequence[Source], expected: Iterable[Expected]) -> Spending:
    """Spend the expected amounts, each from the first source that has any.

    A pack counts up to the day on which it expires. Amounts below 0 give nothing back. Sources
    that have nothing from the beginning do not run out.
    """
    takings = [_Taking(source) for source in sources]
    has_any = any(taking.left for taking in takings)
    runs_out_on = None
    for day, amount in expected:
        wanted = max(amount, Decimal(0))
        is_used = wanted > 0
        for taking in takings:
            wanted = taking.take(day, wanted)
        has_left = any(taking.has_any(day) for taking in takings)
        if has_any and is_used and runs_out_on is None and (wanted > 0 or not has_left):
            runs_out_on = day
    return Spending([Spent(taking.taken, taking.runs_out_on) for taking in takings], runs_out_on)


def cut_rest(now: datetime, end: datetime) -> list[tuple[date, Decimal]]:
    """The UTC days from now to an end, each with the part of it that is to come, 0 to 1."""
    found: list[tuple[date, Decimal]] = []
    while now < end:
        midnight = datetime.combine(now.date() + _DAY, datetime.min.time(), now.tzinfo)
        until = min(midnight, end)
        found.append((now.date(), divide(until - now, _DAY)))
        now = until
    return found


def divide(length: timedelta, unit: timedelta) -> Decimal:
    """How many of the unit a length has, exactly."""
    step = timedelta(microseconds=1)
    return Decimal(length // step) / Decimal(unit // step)
