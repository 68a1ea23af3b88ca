"""Parts: a period cut into what single queries may ask for."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_usage_cli.buckets import cut_into_buckets
from scenario_usage_cli.collect.parts import Part, cut_period
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.periods import Period

MS = timedelta(milliseconds=1)
LONGEST = timedelta(days=120)
START = datetime(2026, 1, 1, tzinfo=UTC)


def make_period(length: timedelta) -> Period:
    """A period whose ends are so far apart."""
    return Period(START, START + length, UTC, provisional=False)


def make_part(length: timedelta, sections: tuple[str, ...] = ("models",)) -> Part:
    """A part whose ends are so far apart."""
    return Part(START, START + length, sections, Filters(project_ids=("project_1",)))


@pytest.mark.parametrize(
    ("length", "count"),
    [
        (timedelta(0), 1),
        (LONGEST - MS, 1),
        (LONGEST, 1),
        (LONGEST + MS, 2),
        (2 * LONGEST - MS, 2),
        (2 * LONGEST, 2),
        (2 * LONGEST + MS, 3),
        (timedelta(days=365) - MS, 4),
    ],
)
def test_a_period_is_cut_into_as_few_stretches_as_it_needs(length: timedelta, count: int) -> None:
    """Ends that are exactly 120 days apart are one query."""
    assert len(cut_period(make_period(length), LONGEST)) == count


@given(st.integers(0, 1200 * 86_400_000))
@settings(max_examples=60, deadline=None)
def test_stretches_are_adjacent_and_never_too_long(length_ms: int) -> None:
    """One ends a millisecond before the next begins; together they are the period."""
    period = make_period(length_ms * MS)
    stretches = cut_period(period, LONGEST)
    pairs = pairwise(stretches)

    assert (stretches[0][0], stretches[-1][1]) == (period.start, period.end)
    assert [after[0] - before[1] for before, after in pairs] == [MS] * (len(stretches) - 1)
    assert all(timedelta(0) <= end - start <= LONGEST for start, end in stretches)


@pytest.mark.parametrize(
    "length", [timedelta(hours=1, milliseconds=1), timedelta(hours=2) - MS, timedelta(days=119)]
)
def test_halves_are_adjacent_and_equally_long(length: timedelta) -> None:
    """Nothing else of the part changes."""
    part = make_part(length)
    first, second = part.halve(None)

    assert (first.start, second.start - first.end, second.end) == (part.start, MS, part.end)
    assert abs(first.length - second.length) <= MS
    assert first.sections == second.sections == part.sections
    assert first.filters == second.filters == part.filters


@pytest.mark.parametrize("length", [timedelta(0), MS, timedelta(hours=1) - MS, timedelta(hours=1)])
def test_an_hour_is_not_halved(length: timedelta) -> None:
    """What is too large then has its sections asked apart."""
    assert make_part(length).halve(None) == []


def test_with_buckets_a_part_is_halved_at_the_boundary_next_to_its_middle() -> None:
    """Never within a bucket."""
    part = make_part(timedelta(days=5) - MS)
    buckets = cut_into_buckets(make_period(timedelta(days=10) - MS), "day")

    assert [(half.start, half.end) for half in part.halve(buckets)] in (
        [(START, START + n * timedelta(days=1) - MS), (START + n * timedelta(days=1), part.end)]
        for n in (2, 3)
    )


def test_with_buckets_a_part_of_one_is_not_halved_however_long_it_is() -> None:
    """A month is one answer, whatever its granularity."""
    buckets = cut_into_buckets(make_period(timedelta(days=59) - MS), "month")

    assert make_part(timedelta(days=31) - MS).halve(buckets) == []
    assert len(make_part(timedelta(days=31)).halve(buckets)) == 2


def test_with_buckets_even_an_hour_is_halved_where_one_begins() -> None:
    """The shortest length is for answers that are too large only."""
    buckets = cut_into_buckets(make_period(timedelta(days=1)), "hour")
    part = Part(
        START + timedelta(minutes=50), START + timedelta(minutes=70), ("models",), Filters()
    )

    assert [half.start for half in part.halve(buckets)] == [
        START + timedelta(minutes=50),
        START + timedelta(hours=1),
    ]


def test_halving_with_buckets_ends_with_a_part_for_each() -> None:
    """Over a clock change, too: the whole is covered, in order."""
    zone, start = "Europe/Paris", datetime(2026, 3, 27, 23, tzinfo=UTC)
    period = Period(start, start + timedelta(days=4), ZoneInfo(zone), provisional=False)
    buckets = cut_into_buckets(period, "day")
    waiting, done = [Part(period.start, period.end, ("models",), Filters())], []
    while waiting:
        part = waiting.pop(0)
        halves = part.halve(buckets)
        waiting = halves + waiting
        done += [] if halves else [part]

    assert [part.start for part in done] == list(buckets.starts)
    assert [part.end + MS for part in done[:-1]] == [part.start for part in done[1:]]
    assert done[-1].end == period.end


def test_sections_are_split_one_by_one() -> None:
    """In their order, over the same stretch; a single one is not split."""
    part = make_part(timedelta(hours=1), ("consumption", "models", "assets"))
    split = part.split_sections()

    assert [one.sections for one in split] == [("consumption",), ("models",), ("assets",)]
    assert {(one.start, one.end, one.filters) for one in split} == {
        (part.start, part.end, part.filters)
    }
    assert split[0].split_sections() == []


def test_a_part_says_what_it_is_of() -> None:
    """Its bounds, and the ids that it is narrowed to."""
    assert str(make_part(timedelta(days=1) - MS)) == (
        "2026-01-01T00:00:00Z to 2026-01-01T23:59:59.999Z of project_1"
    )
    assert str(Part(START, START, ("models",), Filters())) == (
        "2026-01-01T00:00:00Z to 2026-01-01T00:00:00Z"
    )
