"""The forecast: its days, its interval, and the day on which a limit is reached."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.forecast import Forecast, Interval, build_forecast, find_day_reached
from tests.cases import each

MONDAY = date(2026, 6, 1)
WEEK = [10, 20, 30, 40, 50, 0, 0]

AMOUNTS = st.lists(st.decimals(-50, 5000, places=2), max_size=190)


def daily_of(amounts: list[Decimal] | list[int] | list[float]) -> dict[date, Decimal]:
    """Days that end before the Monday."""
    first = MONDAY - timedelta(days=len(amounts))
    return {first + timedelta(days=n): Decimal(str(one)) for n, one in enumerate(amounts)}


def day(number: int) -> date:
    """So many days after the Monday."""
    return MONDAY + timedelta(days=number)


def test_each_day_has_its_weekday() -> None:
    """From the first day of the horizon on."""
    forecast = build_forecast(daily_of(WEEK * 10), MONDAY, 9)

    assert list(forecast.days) == [10, 20, 30, 40, 50, 0, 0, 10, 20]
    assert forecast.expected == 180


def test_a_running_day_has_what_is_left_of_it() -> None:
    """What it has used is behind us, and cannot be less than nothing."""
    daily = daily_of(WEEK * 26)
    rests = [
        build_forecast({**daily, MONDAY: Decimal(so_far)}, MONDAY, 2).days[0]
        for so_far in (-5, 0, 4, 10, 25)
    ]

    assert rests == [10, 10, 6, 0, 0]


def test_an_interval_of_a_running_day_begins_at_what_is_left() -> None:
    """The horizon's whole sum has the errors; what is behind us is taken off it."""
    noisy = [100 + (number * 37) % 61 for number in range(182)]
    whole = build_forecast(daily_of(noisy), MONDAY, 3).interval
    running = build_forecast({**daily_of(noisy), MONDAY: Decimal(20)}, MONDAY, 3).interval

    assert whole is not None
    assert running == whole._replace(low=whole.low - 20, high=whole.high - 20)


def test_later_and_older_days_are_not_looked_at() -> None:
    """What is not known on a day, and what is older than 26 weeks."""
    daily = daily_of(WEEK * 26)
    more = {day(number): Decimal(999) for number in (*range(1, 30), *range(-300, -182))}

    assert build_forecast({**more, **daily}, MONDAY, 9) == build_forecast(daily, MONDAY, 9)


def test_missing_days_are_days_without_use() -> None:
    """The API leaves them out."""
    daily = daily_of(WEEK * 26)
    used = {when: amount for when, amount in daily.items() if amount}

    assert build_forecast(used, MONDAY, 9) == build_forecast(daily, MONDAY, 9)


def test_an_interval_says_what_it_held() -> None:
    """All, where nothing ever changes."""
    interval = build_forecast(daily_of(WEEK * 26), MONDAY, 7).interval

    assert interval == Interval(Decimal(150), Decimal(150), Decimal("0.8"), 128, 128)


@pytest.mark.parametrize(
    ("amounts", "days", "reason"),
    [
        ([5] * 182, 0, "no days are left"),
        ([], 7, "there is no use to go by yet"),
        ([0] * 182, 7, "there is no use to go by yet"),
        ([10] * 100 + [0] * 82, 7, "no use is expected"),
        ([-5] * 182, 7, "no use is expected"),
        ([5], 7, "past forecasts for 7 days can be checked too few times"),
        ([5] * 27, 1, "past forecasts for 1 day can be checked too few times"),
        ([5] * 182, 90, "past forecasts for 90 days can be checked too few times"),
        (
            [10, 0, 0, 0, 0, 0, 0, 0, 0, 0] * 18 + [0, 0],
            1,
            "too often, 1 day had no use where some was expected, or the reverse",
        ),
        ([100] + [0] * 6, 5, "past forecasts for 5 days can be checked too few times"),
    ],
)
def test_a_reason_stands_in_for_an_interval(amounts: list[int], days: int, reason: str) -> None:
    """One or the other, always."""
    forecast = build_forecast(daily_of(amounts), MONDAY, days)

    assert (forecast.interval, forecast.reason) == (None, reason)


def test_a_young_account_has_an_interval_only_if_it_held() -> None:
    """Sixteen weeks that are all alike have; sixteen of which the last five double do not."""
    steady = build_forecast(daily_of(WEEK * 16), MONDAY, 7)
    rising = build_forecast(
        daily_of([amount * 2 ** max(week - 10, 0) for week in range(16) for amount in WEEK]),
        MONDAY,
        7,
    )

    assert steady.interval is not None
    assert rising.interval is None
    assert rising.reason is not None
    assert rising.reason.startswith("there is use of 16 weeks only, and past intervals held ")
    assert rising.reason.endswith(" times, less than 70 %")


def test_an_older_account_has_an_interval_that_tells_how_little_it_held() -> None:
    """From 26 weeks on, the coverage beside it is the judgement."""
    grown = [amount * 2 ** max(week - 14, 0) for week in range(26) for amount in WEEK]
    interval = build_forecast(daily_of(grown), MONDAY, 7).interval

    assert interval is not None
    assert interval.coverage < Decimal("0.7")


@each("days", range(1, 28))
def test_a_new_account_has_its_mean(days: int) -> None:
    """From the first day on, without an interval."""
    forecast = build_forecast(daily_of([10] * days), MONDAY, 30)

    assert forecast.expected == 300
    assert forecast.known_days == days
    assert forecast.interval is None


@each(
    ("left", "reached"),
    [
        ("-5", 0),
        ("0", 0),
        ("0.001", 0),
        ("10", 0),
        ("10.001", 1),
        ("30", 1),
        ("150", 4),
        ("150.001", 7),
        ("160", 7),
        ("300", 11),
        ("300.001", 14),
        ("15000", 7 * 99 + 4),
        ("15000.001", 7 * 100),
    ],
)
@each("days", [0, 1, 5, 7, 9, 40])
def test_the_day_reached(left: str, reached: int, days: int) -> None:
    """The same within the horizon and after it."""
    forecast = build_forecast(daily_of(WEEK * 10), MONDAY, days)

    assert find_day_reached(forecast, Decimal(left)) == day(reached)


def test_what_a_running_day_has_used_is_not_used_again() -> None:
    """With 4 of 10 used, 6 are reached on the same day."""
    daily = {**daily_of(WEEK * 10), MONDAY: Decimal(4)}
    forecast = build_forecast(daily, MONDAY, 3)

    assert find_day_reached(forecast, Decimal(6)) == MONDAY
    assert find_day_reached(forecast, Decimal(7)) == day(1)


@pytest.mark.parametrize("left", ["1", "1e40"])
def test_a_limit_that_is_never_reached(left: str) -> None:
    """Without use, or past the end of the calendar."""
    idle = build_forecast(daily_of([0] * 50), MONDAY, 3)

    assert find_day_reached(idle, Decimal(left)) is None
    assert find_day_reached(idle, Decimal(0)) == MONDAY
    assert find_day_reached(build_forecast(daily_of(WEEK), MONDAY, 3), Decimal("1e40")) is None


@given(amounts=AMOUNTS, days=st.integers(-1, 200), so_far=st.decimals(-10, 9000, places=2))
def test_a_forecast_is_sound(amounts: list[Decimal], days: int, so_far: Decimal) -> None:
    """Whatever was used: no day below zero, and the interval around the sum or a reason."""
    forecast = build_forecast({**daily_of(amounts), MONDAY: so_far}, MONDAY, days)

    assert len(forecast.days) == max(days, 0)
    assert all(amount.is_finite() and amount >= 0 for amount in forecast.days)
    assert (forecast.interval is None) == (forecast.reason is not None)
    if interval := forecast.interval:
        assert 0 <= interval.low <= forecast.expected <= interval.high
        assert interval.high.is_finite()
        assert 0 <= interval.held <= interval.tries


@given(amounts=AMOUNTS, days=st.integers(1, 60))
def test_ten_times_the_use_is_ten_times_the_forecast(amounts: list[Decimal], days: int) -> None:
    """With the same proof."""
    one, ten = (
        build_forecast(daily_of([amount * factor for amount in amounts]), MONDAY, days)
        for factor in (1, 10)
    )

    assert ten.days == tuple(amount * 10 for amount in one.days)
    assert ten.reason == one.reason
    if one.interval:
        low, high, *proof = one.interval
        assert ten.interval == (low * 10, high * 10, *proof)


@given(
    week=st.lists(st.decimals(0, 5000, places=2), min_size=7, max_size=7),
    weeks=st.integers(1, 30),
    days=st.integers(0, 40),
)
def test_one_more_week_of_the_same_changes_nothing(
    week: list[Decimal], weeks: int, days: int
) -> None:
    """Of what is expected."""
    fewer, more = (
        build_forecast(daily_of(week * count), MONDAY, days) for count in (weeks, weeks + 1)
    )
    # The first days of an account without use are not known to be its own.
    if week[0]:
        assert more.days == fewer.days == tuple(week[number % 7] for number in range(days))


@given(amounts=AMOUNTS, days=st.integers(0, 40), lefts=st.lists(st.decimals(-9, 10**6, places=2)))
def test_more_is_reached_later(amounts: list[Decimal], days: int, lefts: list[Decimal]) -> None:
    """Never earlier; and never is later than all."""
    forecast = build_forecast(daily_of(amounts), MONDAY, days)
    reached = [find_day_reached(forecast, left) or date.max for left in sorted(lefts)]

    assert reached == sorted(reached)


def test_a_forecast_is_the_same_in_any_order() -> None:
    """Days have no order of their own."""
    daily = daily_of([(number * 37) % 61 for number in range(182)])
    turned = dict(reversed(daily.items()))
    both: list[Forecast] = [build_forecast(one, MONDAY, 20) for one in (daily, turned)]

    assert both[0] == both[1]
