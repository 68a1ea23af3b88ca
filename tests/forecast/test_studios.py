"""How well the method does in studios of all shapes; `tests.benchmarks.forecast` prints it all.

Every eleventh day only, so with wider margins than those the benchmark has.
"""

from functools import cache

from tests.forecast.scores import Score, count_won, find_coverage, find_errors, score
from tests.forecast.studios import SHAPES, draw_studios


@cache
def score_studios() -> list[Score]:
    """Those of all studios."""
    return [one for name, daily in draw_studios().items() for one in score(name, daily, step=11)]


def test_there_are_twenty_and_the_sandbox() -> None:
    """Of shapes that differ."""
    assert len(SHAPES) == 20
    assert len({tuple(daily.values()) for daily in draw_studios().values()}) == 21


def test_the_forecast_is_nearer_than_the_straight_line() -> None:
    """In at least 20 of 24 months, and on the whole by a fifth."""
    ours, line = find_errors(score_studios())
    won, months = count_won(score_studios())

    assert months == 24
    assert won >= 20
    assert ours < 0.8 * line


def test_the_interval_holds_as_often_as_it_says() -> None:
    """80 %, in all studios together, and never less than half in one."""
    coverage, count = find_coverage(score_studios())
    each = [
        find_coverage(one for one in score_studios() if one.studio == name)[0]
        for name in draw_studios()
    ]

    assert count > 1000
    assert 0.68 <= coverage <= 0.92
    assert min(each) > 0.5


def test_its_own_proof_is_honest() -> None:
    """The coverage printed beside the intervals is, on average, the one that they turn out with."""
    claims = [float(one.claim) for one in score_studios() if one.claim is not None]

    assert abs(sum(claims) / len(claims) - find_coverage(score_studios())[0]) < 0.06
