"""What is known: the days before a moment, without gaps."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

WEEKS = 26
"""How far back anything is looked at."""


class History(NamedTuple):
    """Whole days of use, in order."""

    end: date
    """The day after the last of them."""
    amounts: tuple[Decimal, ...]
    """The CU of each; less than 0 where refunds were more than use."""

    @property
    def weeks(self) -> int:
        """How many weeks it is of, begun ones included."""
        return -(-len(self.amounts) // 7)

    def weekday(self, number: int) -> int:
        """That of its first day or of one so many days later; Monday is 0."""
        return (self.end.weekday() - len(self.amounts) + number) % 7

    def add_up(self) -> list[Decimal]:
        """The CU before each of its days, and at last those of all."""
        return list(accumulate(self.amounts, initial=Decimal(0)))


def build_history(daily: Mapping[date, Decimal], end: date) -> History:
    """The last 26 weeks before a day, from the first day with use on; other days count as zero.

    Days before the first use belong to no account yet, so that they say nothing about it.
    """
    first = end - timedelta(weeks=WEEKS)
    used = [day for day, amount in daily.items() if first <= day < end and amount]
    days = (end - min(used, default=end)).days
    amounts = (daily.get(end - timedelta(days=back), Decimal(0)) for back in range(days, 0, -1))
    return History(end, tuple(amounts))
