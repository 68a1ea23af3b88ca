"""How fine an answer is, as it says itself or as its times tell."""

import json
from datetime import timedelta
from typing import Any

import pytest

from scenario_usage_cli.api.body import parse_usages
from scenario_usage_cli.collect.granularity import is_as_fine_as
from tests.support import model_row, point, usages

HOUR, DAY, QUARTER = timedelta(hours=1), timedelta(days=1), timedelta(minutes=15)


def is_fine(document: dict[str, Any], needed: timedelta) -> bool:
    """The question, of an answer as it comes over the wire."""
    return is_as_fine_as(parse_usages(json.dumps(document).encode(), source="the test"), needed)


def told(*granularities: str | None) -> dict[str, Any]:
    """An answer whose actions tell these granularities."""
    return usages(
        actions=[
            {"usageName": f"a{number}", "granularity": one, "points": []}
            for number, one in enumerate(granularities)
        ]
    )


def at(*times: str) -> dict[str, Any]:
    """An answer with points of models at these times, and nothing told."""
    return usages(models=[model_row("m", *(point(time, jobs=1) for time in times))])


@pytest.mark.parametrize(
    ("granularity", "needed", "fine"),
    [
        ("15m", QUARTER, True),
        ("30m", QUARTER, False),
        ("1h", HOUR, True),
        ("1h", DAY, True),
        ("1d", HOUR, False),
        ("1d", DAY, True),
        ("7d", DAY, False),
    ],
)
def test_what_is_told_counts(granularity: str, needed: timedelta, fine: bool) -> None:
    """An answer is fine enough if its granularity is no longer than what is needed."""
    assert is_fine(told(granularity), needed) is fine


def test_the_coarsest_that_is_told_counts() -> None:
    """One row that is too coarse is enough."""
    assert is_fine(told("1h", "1d", "1h"), HOUR) is False


def test_what_is_told_wins_over_the_times() -> None:
    """Points at whole days may be those of hours."""
    document = told("1h") | {"modelUsages": at("2026-05-01T00:00:00.000Z")["modelUsages"]}

    assert is_fine(document, HOUR) is True


@pytest.mark.parametrize("unknown", ["2h", "1 hour", "", None])
def test_an_unknown_granularity_tells_nothing(unknown: str | None) -> None:
    """The times decide then."""
    document = told(unknown) | {
        "modelUsages": at("2026-05-01T00:00:00.000Z", "2026-05-01T01:00:00.000Z")["modelUsages"]
    }

    assert is_fine(document, HOUR) is True
    assert is_fine(document, QUARTER) is False


@pytest.mark.parametrize(
    ("times", "needed", "fine"),
    [
        (("2026-05-01T00:00:00.000Z", "2026-05-02T00:00:00.000Z"), DAY, True),
        (("2026-05-01T00:00:00.000Z", "2026-05-02T00:00:00.000Z"), HOUR, False),
        (("2026-05-01T00:00:00.000Z", "2026-05-01T07:00:00.000Z"), HOUR, True),
        (("2026-05-01T00:15:00.000Z", "2026-05-01T07:00:00.000Z"), QUARTER, True),
        (("2026-05-01T00:15:00.000Z", "2026-05-01T07:00:00.000Z"), HOUR, True),
        (("2026-05-01T05:00:00.000Z", "2026-05-08T05:00:00.000Z"), HOUR, True),
        (("2026-05-01T00:00:00.000Z", "2026-05-08T00:00:00.000Z"), DAY, False),
    ],
)
def test_the_times_tell_where_nothing_else_does(
    times: tuple[str, ...], needed: timedelta, fine: bool
) -> None:
    """The granularity divides them all; what they do not prove is not believed."""
    assert is_fine(at(*times), needed) is fine


def test_times_of_all_rows_and_sections_count() -> None:
    """Two rows of whole days, and one of an hour between."""
    document = at("2026-05-01T00:00:00.000Z") | {
        "assetUsages": [
            {"kind": "image", "points": [point("2026-05-01T05:00:00.000Z", count=1, countApiKey=0)]}
        ]
    }

    assert is_fine(document, HOUR) is True


def test_a_single_day_proves_no_hours() -> None:
    """It might be all that a day had."""
    assert is_fine(at("2026-05-01T00:00:00.000Z"), HOUR) is False


@pytest.mark.parametrize(
    ("days", "fine"),
    [((1,), False), ((1, 8), False), ((1, 8, 29), False), ((1, 8, 10), True), ((1, 2), True)],
)
def test_days_that_are_weeks_apart_prove_no_days(days: tuple[int, ...], fine: bool) -> None:
    """Weeks begin on any day, so that a day divides their times as well."""
    assert is_fine(at(*(f"2026-05-{day:02}T00:00:00.000Z" for day in days)), DAY) is fine


def test_an_answer_without_points_is_fine() -> None:
    """Nothing can be in the wrong bucket; sections that are missing do not matter."""
    assert is_fine(usages(), QUARTER) is True
    assert is_fine({"consumption": []}, QUARTER) is True


def test_a_time_that_cannot_be_read_is_passed_over() -> None:
    """It is left out of the figures, too."""
    assert is_fine(at("yesterday"), HOUR) is True
    assert is_fine(at("2026-05-01T00:00:00.000Z", "no", "2026-05-01T05:00:00.000Z"), HOUR) is True


def test_rows_without_points_tell_nothing() -> None:
    """Null is no point, and where there are none, nothing is too coarse."""
    document = usages(models=[{"modelId": "m", "points": None}, {"modelId": "n", "points": []}])

    assert is_fine(document, QUARTER) is True
