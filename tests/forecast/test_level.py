"""The level: what a usual week has."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.forecast.history import History, build_history
from scenario_usage_cli.forecast.level import add_up, build_levels

MONDAY = date(2026, 6, 1)

AMOUNTS = st.lists(st.decimals(-50, 5000, places=2), max_size=190)


def level_of(*amounts: float, end: date = MONDAY) -> list[Decimal]:
    """The level after days up to this one, to four digits."""
    history = History(end, tuple(Decimal(str(amount)) for amount in amounts))
    return [round(amount, 4) for amount in list(build_levels(history))[-1]]


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([], [0] * 7),
        ([30], [30] * 7),
        ([30, 10], [20, 20, 20, 20, 20, 30, 10]),
        ([1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7]),
        ([1, 2, 3, 4, 5, 6, 7, 3, 4, 5, 6, 7, 8, 9], [2, 3, 4, 5, 6, 7, 8]),
        ([5] * 27, [5] * 7),
        ([1, 2, 3, 4, 5, 6, 7] * 6, [1, 2, 3, 4, 5, 6, 7]),
        ([0] * 60, [0] * 7),
        ([-5] * 60, [0] * 7),
    ],
    ids=["none", "one", "two", "week", "weeks", "27", "six-weeks", "no-use", "refunds-only"],
)
def test_level_is_the_mean_of_each_weekday(amounts: list[float], expected: list[float]) -> None:
    """Of all days where the weekday has not been yet; never below zero."""
    assert level_of(*amounts) == expected


def test_only_the_last_six_weeks_count() -> None:
    """A change of level is all there after six weeks; a little more was dropped while it came."""
    level = level_of(*[10] * 70, *[20] * 42)

    assert len(set(level)) == 1
    assert 20 <= level[0] < 21


def test_a_single_large_day_is_no_habit_of_its_weekday() -> None:
    """What it takes away is given back to the whole week, as it was on average."""
    level = level_of(*[10] * 170, 100, *[10] * 11)

    assert len(set(level)) == 1
    assert 10 < level[0] < 11


def test_weekends_without_use_stay_without() -> None:
    """Nothing is given back to days that have nothing."""
    level = level_of(*[8, 9, 10, 11, 12, 0, 0, 12, 11, 10, 9, 8, 0, 0] * 5)

    assert level[5:] == [0, 0]
    assert float(sum(level)) == pytest.approx(50, abs=1)


def test_rare_use_is_not_dropped() -> None:
    """Who works one day in ten has no usual weekday, and still uses something."""
    level = level_of(*[100, 0, 0, 0, 0, 0, 0, 0, 0, 0] * 12)

    assert float(sum(level)) == pytest.approx(70, abs=15)


def test_noise_has_the_level_of_its_mean() -> None:
    """Dropping the largest of six leaves too little; what is given back makes up for it."""
    days = [(number * 7919) % 101 for number in range(182)]

    assert float(sum(level_of(*days))) == pytest.approx(sum(days) / 26, rel=0.02)


@given(amounts=AMOUNTS, later=AMOUNTS)
def test_a_level_knows_nothing_of_later_days(amounts: list[Decimal], later: list[Decimal]) -> None:
    """The one before a day is the same, whatever comes."""
    start = date(2026, 1, 1)
    short, long = (
        list(build_levels(History(start + timedelta(days=len(days)), tuple(days))))
        for days in (amounts, amounts + later)
    )

    assert long[: len(short)] == short


@given(weekday=st.integers(0, 6), days=st.integers(0, 100))
def test_days_add_up(weekday: int, days: int) -> None:
    """Whole weeks at once are the same as day by day."""
    level = [Decimal(number * number) for number in range(7)]

    assert add_up(level, weekday, days) == sum(level[(weekday + n) % 7] for n in range(days))


def test_a_history_begins_with_the_first_use() -> None:
    """Days without use before it are no days of the account; later ones are zero."""
    daily = {MONDAY - timedelta(days=back): Decimal(0) for back in range(100)}
    daily[MONDAY - timedelta(days=4)] = Decimal(5)
    del daily[MONDAY - timedelta(days=2)]

    assert build_history(daily, MONDAY) == History(MONDAY, (Decimal(5), *[Decimal(0)] * 3))


def test_a_history_is_of_26_weeks() -> None:
    """What is older, and the day itself and later ones, are left out."""
    days = [MONDAY + timedelta(days=number) for number in range(-400, 20)]
    history = build_history({day: Decimal(1) for day in days}, MONDAY)

    assert (len(history.amounts), history.weeks) == (182, 26)
    assert history.weekday(0) == MONDAY.weekday()


def test_an_empty_history_is_one() -> None:
    """Nothing is known of an account that begins today."""
    assert build_history({MONDAY: Decimal(3)}, MONDAY) == History(MONDAY, ())
