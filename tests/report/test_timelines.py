"""Timelines that are drawn coarser: what a row of several is called and holds."""

from datetime import UTC, datetime, timedelta

from scenario_usage_cli.buckets import cut_into_buckets
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.figures import JOBS
from scenario_usage_cli.report.timelines import coarsen
from scenario_usage_cli.report.trend import build_trend
from scenario_usage_cli.report.trend_view import build_buckets
from scenario_usage_cli.report.view import Section
from tests.support import NOW

MAY = datetime(2026, 5, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def draw(
    start: datetime, end: datetime, unit: str, missing: frozenset[datetime] = frozenset()
) -> tuple[Section, str]:
    """A timeline whose buckets count 1, 2, 3 … jobs, but for those that are missing."""
    period = Period(start, end - timedelta(milliseconds=1), UTC, provisional=False)
    buckets = cut_into_buckets(period, unit)
    usage = Usage(("models",), period, missing={"models": missing})
    figures = dict.fromkeys(("cost", "discount", "api_key_cost", "api_key_discount"), 0)
    usage.series["models"] = {
        "m": {one: {"jobs": n, **figures} for n, one in enumerate(buckets.starts, 1)}
    }
    return coarsen(
        build_buckets(build_trend(usage, period, buckets, "model", generated_at=NOW)), unit
    )


def test_few_rows_stay_as_they_are() -> None:
    """Up to 400 of them."""
    section, unit = draw(MAY, MAY + 400 * HOUR, "hour")

    assert (unit, len(section.rows), section.table.title) == ("hour", 400, "By hour")
    assert draw(MAY, MAY + 401 * HOUR, "hour")[1] == "day"


def test_hours_become_days() -> None:
    """Each is called as days are, begins with its first hour, and is the sum of its hours."""
    section, unit = draw(MAY - 30 * timedelta(minutes=1), MAY + 20 * DAY, "hour")
    first, second, third, *_, last = section.rows

    assert (unit, section.table.title, section.table.note) == ("day", "By day", "")
    assert [row["label"] for row in (first, second, last)] == [
        "2026-04-30 Thu",
        "2026-05-01 Fri",
        "2026-05-20 Wed",
    ]
    assert (second["start"], second["jobs"]) == (MAY, sum(range(2, 26)))
    assert [row["partial"] for row in (first, second, third)] == [True, False, False]


def test_what_lacks_a_part_is_partial() -> None:
    """A week of which a day is missing is no whole week; the mean is not of it."""
    section, unit = draw(MAY, MAY + 420 * DAY, "day", frozenset([MAY + 12 * DAY]))

    assert unit == "week"
    assert [row["partial"] for row in section.rows[:4]] == [True, False, True, False]


def test_a_period_may_begin_and_end_within_a_week_or_a_day() -> None:
    """These are partial, and those that it has as a whole are not, up to its first and last."""
    monday = MAY + 3 * DAY
    first_monday = datetime(2018, 5, 7, tzinfo=UTC)
    years = timedelta(weeks=417)
    for start, end, unit, cut in (
        (MAY, monday + 420 * DAY, "day", (True, False)),
        (monday, monday + 420 * DAY, "day", (False, False)),
        (monday, monday + 421 * DAY, "day", (False, True)),
        (monday + DAY, monday + 419 * DAY, "day", (True, True)),
        (first_monday, first_monday + years, "week", (False, False)),
        (first_monday + 7 * DAY, first_monday + years - 7 * DAY, "week", (True, True)),
        (MAY, MAY + 20 * DAY, "hour", (False, False)),
        (MAY + HOUR, MAY + 20 * DAY, "hour", (True, False)),
        (MAY, MAY + 20 * DAY - HOUR, "hour", (False, True)),
    ):
        section, _ = draw(start, end, unit)
        partial = [row["partial"] for row in section.rows]

        assert (partial[0], partial[-1]) == cut
        assert not any(partial[1:-1])


def test_weeks_become_months() -> None:
    """Of a period so long that even weeks are too many; each week counts where it begins."""
    section, unit = draw(MAY - 3000 * DAY, MAY, "week")

    assert (unit, section.table.title) == ("month", "By month")
    assert section.columns[0].title == "Month"
    assert [row["label"] for row in section.rows[-2:]] == ["2026-03", "2026-04"]
    assert len(section.rows) == 99
    assert sum(map(JOBS.of, section.rows)) == sum(range(1, 430))
