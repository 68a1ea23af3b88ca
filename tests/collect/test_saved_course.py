"""A saved answer bucket by bucket is the same as one that was fetched into buckets."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.api.body import parse_usages
from scenario_usage_cli.buckets import cut_into_buckets
from scenario_usage_cli.collect.merge import Merger
from scenario_usage_cli.collect.saved import Saved
from scenario_usage_cli.collect.saved_course import read_course, sum_as_shown
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.numbers import round_cu
from tests.report.strategies import bounded, rows

PERIOD = Period(
    datetime(2026, 11, 1, tzinfo=UTC),
    datetime(2026, 11, 3, 23, 59, 59, 999_000, tzinfo=UTC),
    UTC,
    provisional=False,
)
BUCKETS = cut_into_buckets(PERIOD, "day")
TOLD = [{"usageName": "custom", "granularity": "1d", "points": []}]
ids = st.text(alphabet="abc", min_size=1, max_size=2)


def read(document: Any, **more: Any) -> Usage | None:
    """The course of a saved answer."""
    saved = Saved(parse_usages(json.dumps(document).encode(), source="the test"), PERIOD)
    return read_course(saved._replace(**more), PERIOD, BUCKETS, by_row=True)


def show(usage: Usage) -> Any:
    """All figures with the digits that are shown, without those of rows that have none."""
    return {
        (section, row_id, bucket, key): round_cu(Decimal(figure))
        for section, table in usage.series.items()
        for row_id, buckets in table.items()
        for bucket, figures in buckets.items()
        for key, figure in figures.items()
        if figure
    }


@given(models=rows("models", ids), assets=rows("assets", ids))
@bounded
def test_it_is_the_same_as_what_is_merged_into_buckets(models: Any, assets: Any) -> None:
    """Whatever is null, left out, or comes twice."""
    document = {"modelUsages": models, "assetUsages": assets, "usages": TOLD}
    merged = Usage(("models", "assets"), PERIOD)
    answer = parse_usages(json.dumps(document).encode(), source="the test")
    Merger(merged, BUCKETS.find).add(answer)

    course = read(document)

    assert course is not None
    assert show(course) == show(merged)


@given(st.lists(st.floats(-1e12, 1e12) | st.integers(-(10**12), 10**12).map(lambda n: n / 1e6)))
@bounded
def test_sums_are_exact_in_the_digits_that_are_shown(numbers: list[float]) -> None:
    """Of large numbers and of small ones, and of those with more digits."""
    exact = sum((Decimal(repr(number)) for number in numbers), Decimal(0))

    assert not numbers or round_cu(sum_as_shown(numbers)) == round_cu(exact)


def test_weeks_do_not_tell_days() -> None:
    """Nor do several parts that do not all say how long their buckets are."""
    weeks = [{"usageName": "custom", "granularity": "7d", "points": []}]
    days = {"modelUsages": [{"modelId": "a", "points": [{"time": "2026-11-02T00:00:00Z"}]}]}

    assert read({**days, "usages": weeks}) is None
    assert read(days, is_one_answer=False) is None
    assert read({**days, "usages": TOLD}, is_one_answer=False) is not None
