"""Which bars a period has, and whether it has a calendar."""

from datetime import UTC, datetime, timedelta

from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.courses import choose_bar_unit, choose_finest, suits_calendar
from tests.cases import each

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
LEAST = timedelta(milliseconds=1)
LAST = 3 * 367 * DAY


def build(length: timedelta) -> Period:
    """A period that is so long; both ends are included."""
    start = datetime(2026, 5, 1, tzinfo=UTC)
    return Period(start, start + length - LEAST, UTC, provisional=False)


@each(
    "length, unit",
    [
        (DAY, "hour"),
        (2 * DAY, "hour"),
        (2 * DAY + HOUR, "day"),
        (367 * DAY, "day"),
        (367 * DAY + HOUR, "week"),
        (LAST, "week"),
        (LAST + HOUR, "month"),
    ],
)
def test_the_bars_of_a_period_are_few(length: timedelta, unit: str) -> None:
    """The last length of each unit, and the first of the next."""
    assert choose_bar_unit(build(length)) == unit


@each(
    "length, suits, finest",
    [
        (20.4 * DAY, False, "day"),
        (21 * DAY - HOUR, True, "day"),
        (21 * DAY, True, "day"),
        (LAST, True, "day"),
        (LAST + DAY, False, "month"),
        (2 * DAY, False, "hour"),
    ],
)
def test_a_calendar_has_three_weeks_to_three_years(
    length: timedelta, suits: bool, finest: str
) -> None:
    """A change of the clock makes no difference; its days are what the bars are made of."""
    period = build(length)

    assert (suits_calendar(period), choose_finest(period)) == (suits, finest)
