"""A plan and packs are spent in their order, whatever is expected of each day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.report.spending import Expected, Source, Spending, cut_rest, spend

FIRST = date(2026, 11, 1)
AMOUNTS = st.decimals(-50, 200, places=2)
EXPECTED = st.lists(AMOUNTS, max_size=12).map(
    lambda amounts: [
        Expected(FIRST + timedelta(days=number), amount) for number, amount in enumerate(amounts)
    ]
)
EXPIRIES = st.none() | st.integers(-2, 14).map(
    lambda days: datetime(2026, 11, 1, 12, tzinfo=UTC) + timedelta(days=days)
)
SOURCES = st.lists(st.builds(Source, st.decimals(-50, 300, places=2), EXPIRIES), max_size=4)


def sum_taken(spending: Spending) -> Decimal:
    """What is taken of all sources."""
    return sum((one.taken for one in spending.by_source), Decimal(0))


@given(SOURCES, EXPECTED)
def test_no_more_is_taken_than_there_is_or_is_wanted(
    sources: list[Source], expected: list[Expected]
) -> None:
    """A source runs out if and only if all of it is taken."""
    spending = spend(sources, expected)

    assert sum_taken(spending) <= sum((max(one.amount, Decimal(0)) for one in expected), Decimal(0))
    for source, spent in zip(sources, spending.by_source, strict=True):
        assert 0 <= spent.taken <= max(source.left, Decimal(0))
        assert (spent.runs_out_on is not None) == (0 < spent.taken == source.left)


@given(SOURCES, EXPECTED)
def test_an_earlier_source_is_used_up_or_expired_before_a_later_one(
    sources: list[Source], expected: list[Expected]
) -> None:
    """Day by day."""
    before = [Decimal(0)] * len(sources)
    for days in range(1, len(expected) + 1):
        after = [one.taken for one in spend(sources, expected[:days]).by_source]
        today = expected[days - 1].day
        for number, (old, new) in enumerate(zip(before, after, strict=True)):
            earlier = zip(sources[:number], after[:number], strict=True)
            assert new == old or all(
                taken == max(source.left, Decimal(0))
                or (source.expires_at is not None and source.expires_at.date() < today)
                for source, taken in earlier
            )
        before = after


@given(st.lists(st.decimals(0, 300, places=2), min_size=1, max_size=4), EXPECTED)
def test_nothing_is_left_on_the_day_that_is_told(
    amounts: list[Decimal], expected: list[Expected]
) -> None:
    """The first on which all that was expected so far is as much as there was."""
    whole, so_far = sum(amounts, Decimal(0)), Decimal(0)
    day = None
    for one in expected:
        so_far += max(one.amount, Decimal(0))
        if day is None and one.amount > 0 and 0 < whole <= so_far:
            day = one.day

    assert spend([Source(amount) for amount in amounts], expected).runs_out_on == day


@given(
    st.timedeltas(timedelta(0), timedelta(days=60)), st.timedeltas(timedelta(0), timedelta(days=40))
)
def test_the_parts_of_days_are_the_whole_rest(since: timedelta, length: timedelta) -> None:
    """Each day once, with no more than all of it."""
    now = datetime(2026, 2, 1, tzinfo=UTC) + since
    rest = cut_rest(now, now + length)

    assert [day for day, _ in rest] == sorted({day for day, _ in rest})
    assert all(0 < part <= 1 for _, part in rest)
    whole = sum((part for _, part in rest), Decimal(0))
    assert abs(whole - Decimal(str(length / timedelta(days=1)))) < Decimal("1e-12")
