"""What is said of the days of a story: means, extremes, and which days are weekends."""

import json
from decimal import Decimal

import pytest

from scenario_usage_cli.api.body import parse_usages
from scenario_usage_cli.buckets import cut_into_buckets
from scenario_usage_cli.collect.merge import Merger
from scenario_usage_cli.collect.parts import Part
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.report.figures import KNOWN_COST
from scenario_usage_cli.report.story.days import build_days
from scenario_usage_cli.report.trend import Trend, build_trend
from scenario_usage_cli.report.view import Chapter, Drawing
from tests.report.test_trend import make_period
from tests.support import NOW, model_row, point, usages

BESIDE = "It is the cost of models: operations without a model, and refunds, have no day."


def build_course(*costs: float, unit: str = "day", days: int = 3, hour: int = 0) -> Trend:
    """What a model cost on the days from Friday, 2026-05-01, which begins at this hour.

    As for a story, figures are read by day, if not by hour, whatever is drawn.
    """
    period = make_period(max(len(costs), days), hour=hour)
    buckets = cut_into_buckets(period, unit)
    finest = buckets if unit == "hour" else cut_into_buckets(period, "day")
    points = [
        point(f"2026-05-{day:02}T{hour if day == 1 else 0:02}:00:00.000Z", jobs=1, cost=cost)
        for day, cost in enumerate(costs, 1)
    ]
    usage = Usage(("models",), period, Filters())
    document = usages(models=[model_row("m", *points)])
    Merger(usage, finest.find).add(
        parse_usages(json.dumps(document).encode(), source="the test"),
        Part(period.start, period.end, ("models",), Filters()),
    )
    return build_trend(usage, period, buckets, "total", models=(), generated_at=NOW)


def tell(course: Trend, days: Trend | None = None, *, is_all: bool = True) -> Chapter:
    """The chapter, which there is."""
    chapter = build_days(course, days, is_all=is_all)
    assert chapter is not None
    return chapter


@pytest.mark.parametrize(
    ("costs", "hour", "expected"),
    [
        (
            (3, 0, 1.5),
            0,
            [
                "The mean is 1.5 CU a day, of 3 whole days.",
                "The highest day is 2026-05-01 Fri, with 3 CU.",
                "1 day had no cost.",
            ],
        ),
        (
            (9, 4, -2, 0.0000001, 0),
            12,
            [
                "The mean is 0.5 CU a day, of 4 whole days.",
                "The highest day is 2026-05-01 Fri, with 9 CU.",
                "The lowest day is 2026-05-03 Sun, with -2 CU.",
                "2 days had no cost.",
            ],
        ),
    ],
)
def test_means_and_extremes(costs: tuple[float, ...], hour: int, expected: list[str]) -> None:
    """Days of which the period has a part are in no mean; a lowest day is told of below zero."""
    assert list(tell(build_course(*costs, hour=hour)).sentences) == expected


def test_hours() -> None:
    """The article is that of an hour, and the bars have the same sentences."""
    chapter = tell(build_course(12, 12, 0, unit="hour"))

    assert chapter.title == "Cost by hour"
    assert chapter.sentences == (
        "The mean is 0.333 CU an hour, of 72 whole hours.",
        "The highest hour is 2026-05-01 00:00, with 12 CU.",
        "70 hours had no cost.",
    )
    assert chapter.charts[0].description == " ".join(chapter.sentences)


def test_a_period_shorter_than_its_bucket_has_no_mean() -> None:
    """The bucket is called by its start, without the mark of its parts."""
    chapter = tell(build_course(5, unit="month"))

    assert chapter.charts[0].mean is None
    assert chapter.sentences == ("The highest month is 2026-05, with 5 CU.",)


@pytest.mark.parametrize("is_all", [True, False])
def test_what_has_no_time_is_told_of(is_all: bool) -> None:
    """Where there may be any."""
    assert (BESIDE in tell(build_course(1), is_all=is_all).sentences) is not is_all


def test_nothing_is_told_of_days_that_cost_nothing() -> None:
    """Less than is shown is nothing."""
    assert build_days(build_course(0, 0.0000001), None, is_all=True) is None


def test_a_calendar_beside_bars_of_other_buckets_has_rows_of_its_own() -> None:
    """Weekends are marked in it; a month that begins on one, as August, is not."""
    costs = (90, 3)
    chapter = tell(build_course(*costs, unit="month", days=93), build_course(*costs, days=93))

    months, calendar = chapter.charts
    assert [one.section for one in chapter.charts] == list(chapter.sections)
    assert (months.drawing, calendar.drawing) == (Drawing.BARS, Drawing.CALENDAR)
    assert [KNOWN_COST.of(row) for row in months.section.rows] == [93, 0, 0, 0]
    assert months.marked == frozenset()
    assert sorted(calendar.marked)[:4] == [1, 2, 8, 9]
    assert calendar.description.startswith("The mean is 1 CU a day, of 93 whole days.")


def test_bars_by_day_share_their_rows_with_the_calendar() -> None:
    """So that the table is there once."""
    chapter = tell(build_course(1, 2), build_course(1, 2))

    assert len(chapter.sections) == 1
    assert [one.section is chapter.sections[0] for one in chapter.charts] == [True, True]
    assert chapter.charts[0].mean == Decimal(1)
