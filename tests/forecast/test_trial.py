"""The proof of the method: errors, intervals, and the straight line beside them."""

from datetime import date, timedelta
from decimal import Decimal
from math import inf, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.forecast import Trial, backtest
from scenario_usage_cli.forecast.history import History
from scenario_usage_cli.forecast.level import build_levels
from scenario_usage_cli.forecast.trial import Past, count_held, find_spread, replay

TODAY = date(2026, 6, 1)


def replay_days(amounts: list[Decimal], days: int) -> list[Past]:
    """The past forecasts of days that end before today."""
    history = History(TODAY, tuple(amounts))
    return replay(history, list(build_levels(history)), days)


def past(number: int, expected: float, error: float | None) -> Past:
    """A forecast of which only these matter."""
    return Past(number, Decimal(str(expected)), Decimal(1), error)


def daily_of(*amounts: float) -> dict[date, Decimal]:
    """Days that end before today."""
    first = TODAY - timedelta(days=len(amounts))
    return {first + timedelta(days=n): Decimal(str(one)) for n, one in enumerate(amounts)}


@pytest.mark.parametrize(
    ("count", "rank"), [(14, 12), (15, 13), (19, 16), (20, 17), (24, 20), (100, 81)]
)
def test_spread_is_the_error_of_the_conformal_rank(count: int, rank: int) -> None:
    """ceil((n + 1) * 0.8), not the 80th percent of what was seen."""
    assert find_spread([float(number) for number in range(1, count + 1)]) == rank


@pytest.mark.parametrize("errors", [[], [0.1] * 13, [0.1] * 11 + [inf] * 5])
def test_no_spread_of_few_or_infinite_errors(errors: list[float]) -> None:
    """Nothing that could be printed."""
    assert find_spread(errors) is None


def test_pasts_begin_after_four_weeks_and_end_in_time() -> None:
    """The last sum that is known ends yesterday."""
    pasts = replay_days([Decimal(10)] * 40, 5)

    assert [one.number for one in pasts] == list(range(28, 36))
    assert set(pasts) == {Past(one.number, Decimal(50), Decimal(50), 0) for one in pasts}


@pytest.mark.parametrize(
    ("before", "after", "error"),
    [(10, 20, log(2)), (20, 10, log(2)), (10, 0, inf), (10, -5, inf), (0, 5, inf), (0, 0, None)],
)
def test_error_is_the_log_ratio(before: float, after: float, error: float | None) -> None:
    """As far up as down; infinite where one side is not above zero."""
    found = replay_days([Decimal(before)] * 28 + [Decimal(after)], 1)

    assert found[0].error == (None if error is None else pytest.approx(error))


@pytest.mark.parametrize("days", [0, -3, 13, 500])
def test_no_pasts_of_horizons_that_do_not_fit(days: int) -> None:
    """Nor of none."""
    assert replay_days([Decimal(10)] * 40, days) == []


def test_an_interval_is_made_of_errors_that_were_known() -> None:
    """Of sums that were over by then: with horizons of 5 days, the first 14 are over on day 18."""
    quiet = [past(number, 1, 0.1) for number in range(28, 28 + 14 + 4)]
    loud = [past(number, 1, 0.5) for number in range(46, 60)]

    assert count_held(quiet, 5) == (0, 0)
    assert count_held([*quiet, loud[0]], 5) == (0, 1)
    held, tries = count_held([*quiet, *loud], 5)
    assert tries == 14
    assert held < tries


def test_what_could_not_have_been_said_does_not_count() -> None:
    """An expectation of zero has no interval; a sum of zero was outside of its."""
    known = [past(number, 1, 0.1) for number in range(20)]

    assert count_held([*known, past(20, 0, 0.1)], 1) == (6, 6)
    assert count_held([*known, past(20, 1, inf)], 1) == (6, 7)


def test_backtest_of_the_same_each_day() -> None:
    """Nothing is wrong, and all held."""
    (trial,) = backtest(daily_of(*[10] * 182), TODAY, [7])

    assert trial == Trial(7, trial.tries, trial.tries, 148, Decimal(0), Decimal(0))
    assert trial.tries == 182 - 7 - (28 + 13 + 7) + 1
    assert trial.coverage == 1


def test_backtest_tells_the_line_from_the_level() -> None:
    """A week of five days: the line does not know which days are left."""
    (trial,) = backtest(daily_of(*[10, 10, 10, 10, 10, 0, 0] * 26), TODAY, [3])

    assert trial.error == 0
    assert trial.line_error is not None
    assert trial.line_error > Decimal("0.2")


def test_the_line_is_of_the_days_gone() -> None:
    """27 of 30 days at 10, and three at 20: it expects 30 of 60."""
    trial = backtest(daily_of(*[10] * 28, *[20] * 3), TODAY, [3])[0]

    assert (trial.compared, trial.error, trial.line_error) == (1, Decimal("0.5"), Decimal("0.5"))


@pytest.mark.parametrize(
    "amounts", [[], [5], [5] * 27, [0] * 182, [-5] * 182], ids=["none", "one", "27", "zero", "neg"]
)
def test_backtest_without_anything_to_test(amounts: list[float]) -> None:
    """Says so by None, horizon by horizon."""
    trials = backtest(daily_of(*amounts), TODAY, [1, 30])

    assert trials == [Trial(days, 0, 0, 0, None, None) for days in (1, 30)]
    assert trials[0].coverage is None


def test_no_line_without_a_day_gone() -> None:
    """As long as the period, or longer."""
    trials = backtest(daily_of(*[10] * 100), TODAY, [30, 31])

    assert [trial.error for trial in trials] == [0, 0]
    assert [trial.line_error for trial in trials] == [None, None]


@given(
    amounts=st.lists(st.decimals(-50, 5000, places=2), max_size=190),
    horizons=st.lists(st.integers(-2, 200), max_size=3),
    period=st.integers(-1, 400),
)
def test_backtest_never_fails(amounts: list[Decimal], horizons: list[int], period: int) -> None:
    """Counts are counts, and errors are finite."""
    daily = dict(zip(daily_of(*[0] * len(amounts)), amounts, strict=True))
    for trial in backtest(daily, TODAY, horizons, period):
        assert 0 <= trial.held <= trial.tries
        assert all(error is None or error.is_finite() for error in (trial.error, trial.line_error))
