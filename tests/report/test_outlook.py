"""What is expected of the days to come, and the parts of days at both ends."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.outlook import build_outlook, find_day, follow, sum_days

START = datetime(2026, 11, 1, 10, tzinfo=UTC)
END = datetime(2026, 12, 1, 10, tzinfo=UTC)
PERIOD = Period(START, END - timedelta(milliseconds=1), UTC, provisional=True)


def steady(until: datetime, *, today: Decimal = Decimal(0), days: int = 182) -> dict[date, Decimal]:
    """24 CU a day up to an instant, and what its own day has so far."""
    first = until.date()
    return {first: today} | {
        first - timedelta(days=back): Decimal(24) for back in range(1, days + 1)
    }


def test_the_running_day_has_what_is_left_of_it_and_the_last_one_its_part() -> None:
    """24 CU a day: 10 were used today, and the period ends at 10 in the morning."""
    now = datetime(2026, 11, 28, 12, tzinfo=UTC)

    outlook = build_outlook(PERIOD, steady(now, today=Decimal(10)), now)

    assert outlook is not None
    assert [(day.isoformat(), int(amount)) for day, amount in outlook.expected] == [
        ("2026-11-28", 14),
        ("2026-11-29", 24),
        ("2026-11-30", 24),
        ("2026-12-01", 10),
    ]
    assert outlook.rest == 72
    assert outlook.interval is not None
    assert round(outlook.interval.low, 9) == round(outlook.interval.high, 9) == 72
    assert outlook.interval.tries > 26
    assert outlook.note is None


def test_on_the_last_day_only_the_hours_to_the_end_count() -> None:
    """16 CU are to come until midnight, and 2 of these 16 hours are of the period."""
    now = datetime(2026, 12, 1, 8, tzinfo=UTC)

    outlook = build_outlook(PERIOD, steady(now, today=Decimal(8)), now)

    assert outlook is not None
    assert [(day.isoformat(), int(amount)) for day, amount in outlook.expected] == [
        ("2026-12-01", 2)
    ]


@pytest.mark.parametrize("now", [END, END + timedelta(days=2)])
def test_after_the_end_nothing_is_expected(now: datetime) -> None:
    """A period that the API has not begun anew."""
    outlook = build_outlook(PERIOD, steady(now), now)

    assert outlook is not None
    assert list(outlook.expected) == []
    assert outlook.rest == 0


def test_without_any_use_there_is_no_outlook() -> None:
    """And none without a period."""
    now = datetime(2026, 11, 20, tzinfo=UTC)

    assert build_outlook(PERIOD, {}, now) is None
    assert build_outlook(PERIOD, {now.date(): Decimal(5)}, now) is None
    assert build_outlook(None, steady(now), now) is None


def test_a_young_account_is_told_why_it_has_no_interval() -> None:
    """The days to come are expected all the same."""
    now = datetime(2026, 11, 20, tzinfo=UTC)

    outlook = build_outlook(PERIOD, steady(now, days=10), now)

    assert outlook is not None
    assert outlook.rest > 0
    assert outlook.interval is None
    assert outlook.note == "past forecasts for 12 days can be checked too few times"


def test_days_are_sums_of_actions_with_their_refunds() -> None:
    """What restates them is not added; nulls are nothing."""
    first, second = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
    usage = Usage(("actions",))
    usage.series["actions"] = {
        "images-generation": {first: {"cost": Decimal(5)}, second: {"cost": Decimal("0.1")}},
        "refunds": {first: {"cost": Decimal(-2)}, second: {"cost": None}},
        "creative-unit-cost": {first: {"cost": Decimal(3)}},
    }

    assert sum_days(usage) == {first.date(): 3, second.date(): Decimal("0.1")}
    assert sum_days(Usage(("consumption",))) == {}


@pytest.mark.parametrize(
    ("left", "rate", "reached"),
    [
        (5, 10, date(2026, 11, 28)),
        (Decimal("5.0000001"), 10, date(2026, 11, 28)),
        (Decimal("5.000001"), 10, date(2026, 11, 29)),
        (15, 10, date(2026, 11, 29)),
        (16, 10, date(2026, 11, 30)),
        (Decimal("29.1"), 10, date(2026, 12, 1)),
        (Decimal("29.2"), 10, None),
        (0, 10, None),
        (10, 0, None),
        (10, -1, None),
    ],
)
def test_the_day_on_which_something_is_used_at_a_rate(
    left: Any, rate: int, reached: date | None
) -> None:
    """Half of today, two days, and ten hours of the last one are to come, at 10 a day 29.17 CU.

    What is less than people are shown is nothing.
    """
    now = datetime(2026, 11, 28, 12, tzinfo=UTC)
    course = follow(PERIOD, now)

    assert find_day(course, Decimal(rate), left) == reached
