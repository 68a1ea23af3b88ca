"""The level: what a usual week has, weekday by weekday."""

from collections import deque
from collections.abc import Iterator, Sequence
from decimal import Decimal

from scenario_usage_cli.forecast.history import History

WEEKS = 6
"""How many weeks it is the mean of: fewer are noisier, more are later to see a change."""
SURE_DAYS = 28
"""From so many days on the largest is dropped; a mean of one or two would lose more than noise."""

Level = Sequence[Decimal]
"""CU per weekday, Monday first; never below 0."""


def build_levels(history: History) -> Iterator[Level]:
    """The level before each day of a history, and at last the one after all of them.

    Each is made of the days before it alone: the mean per weekday of the last 6 weeks, without the
    largest. All of it is then raised by what dropping the largest has taken on average since the
    history began: single large days are not a habit of one weekday, but they do happen, and without
    them a forecast would be too low. Where they are more than half of all, nothing is dropped. A
    weekday that has not been yet has the mean of all days.
    """
    recent: list[deque[Decimal]] = [deque(maxlen=WEEKS) for _ in range(7)]
    means = [Decimal(0)] * 7
    trimmed = [Decimal(0)] * 7
    whole = kept = Decimal(0)
    for number in range(len(history.amounts) + 1):
        if number:
            weekday = history.weekday(number - 1)
            days = recent[weekday]
            days.append(history.amounts[number - 1])
            means[weekday] = _average(days)
            trimmed[weekday] = _average(sorted(days)[:-1])
        if number < SURE_DAYS:
            other = _average(history.amounts[:number])
            yield [mean if days else other for mean, days in zip(means, recent, strict=True)]
            continue
        whole += sum(means)
        kept += sum(trimmed)
        yield [mean * whole / kept for mean in trimmed] if whole < 2 * kept else list(means)


def add_up(level: Level, weekday: int, days: int) -> Decimal:
    """The CU of so many days, the first of which is a weekday."""
    weeks, rest = divmod(days, 7)
    return sum(level) * weeks + sum(
        (level[(weekday + number) % 7] for number in range(rest)), Decimal(0)
    )


def _average(amounts: Sequence[Decimal] | deque[Decimal]) -> Decimal:
    """Their mean, and at least 0: what is paid back does not come again."""
    return max(sum(amounts, Decimal(0)) / len(amounts), Decimal(0)) if amounts else Decimal(0)
