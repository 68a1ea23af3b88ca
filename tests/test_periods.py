"""What the period options mean: every name, unit and form of date, to the millisecond."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from scenario_usage_cli.clocks import format_instant
from scenario_usage_cli.periods import Period, parse_period
from scenario_usage_cli.zones import parse_zone
from tests.cases import each

NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
"""A Sunday."""


def parse(zone: str = "UTC", now: datetime = NOW, /, **options: Any) -> Period:
    """The period of some options."""
    return parse_period(zone=parse_zone(zone), now=now, **options)


def bounds(zone: str = "UTC", now: datetime = NOW, /, **options: str) -> tuple[str, str]:
    """Both ends of the period of some options."""
    period = parse(zone, now, **options)
    return format_instant(period.start), format_instant(period.end)


def test_without_options_the_period_is_the_last_30_days() -> None:
    """30 whole days that end with today, cut to now."""
    assert bounds() == ("2026-10-24T00:00:00Z", "2026-11-22T18:30:00Z")


@each(
    ("name", "start", "end"),
    [
        ("today", "2026-11-22T00:00:00Z", "2026-11-22T18:30:00Z"),
        ("yesterday", "2026-11-21T00:00:00Z", "2026-11-21T23:59:59.999Z"),
        ("this-week", "2026-11-16T00:00:00Z", "2026-11-22T18:30:00Z"),
        ("last-week", "2026-11-09T00:00:00Z", "2026-11-15T23:59:59.999Z"),
        ("this-month", "2026-11-01T00:00:00Z", "2026-11-22T18:30:00Z"),
        ("last-month", "2026-10-01T00:00:00Z", "2026-10-31T23:59:59.999Z"),
        ("this-quarter", "2026-10-01T00:00:00Z", "2026-11-22T18:30:00Z"),
        ("last-quarter", "2026-07-01T00:00:00Z", "2026-09-30T23:59:59.999Z"),
        ("this-year", "2026-01-01T00:00:00Z", "2026-11-22T18:30:00Z"),
        ("last-year", "2025-01-01T00:00:00Z", "2025-12-31T23:59:59.999Z"),
        ("2026-05", "2026-05-01T00:00:00Z", "2026-05-31T23:59:59.999Z"),
        ("2024-02", "2024-02-01T00:00:00Z", "2024-02-29T23:59:59.999Z"),
        ("2026-02", "2026-02-01T00:00:00Z", "2026-02-28T23:59:59.999Z"),
        ("2025-12", "2025-12-01T00:00:00Z", "2025-12-31T23:59:59.999Z"),
        ("2026-11", "2026-11-01T00:00:00Z", "2026-11-22T18:30:00Z"),
        ("2026-Q1", "2026-01-01T00:00:00Z", "2026-03-31T23:59:59.999Z"),
        ("2026-Q2", "2026-04-01T00:00:00Z", "2026-06-30T23:59:59.999Z"),
        ("2026-Q3", "2026-07-01T00:00:00Z", "2026-09-30T23:59:59.999Z"),
        ("2026-Q4", "2026-10-01T00:00:00Z", "2026-11-22T18:30:00Z"),
        ("2025-Q4", "2025-10-01T00:00:00Z", "2025-12-31T23:59:59.999Z"),
        ("2026", "2026-01-01T00:00:00Z", "2026-11-22T18:30:00Z"),
        ("2024", "2024-01-01T00:00:00Z", "2024-12-31T23:59:59.999Z"),
    ],
)
def test_each_named_period_has_its_bounds(name: str, start: str, end: str) -> None:
    """Whole days, the last one cut to now where it is running."""
    assert bounds(period=name) == (start, end)


@each(
    ("today", "name", "start", "end"),
    [
        ("2027-01-01", "this-week", "2026-12-28T00:00:00Z", "2027-01-01T12:00:00Z"),
        ("2027-01-01", "last-week", "2026-12-21T00:00:00Z", "2026-12-27T23:59:59.999Z"),
        ("2027-01-04", "this-week", "2027-01-04T00:00:00Z", "2027-01-04T12:00:00Z"),
        ("2027-01-04", "last-week", "2026-12-28T00:00:00Z", "2027-01-03T23:59:59.999Z"),
        ("2024-12-31", "this-week", "2024-12-30T00:00:00Z", "2024-12-31T12:00:00Z"),
        ("2027-01-01", "yesterday", "2026-12-31T00:00:00Z", "2026-12-31T23:59:59.999Z"),
        ("2027-01-01", "last-month", "2026-12-01T00:00:00Z", "2026-12-31T23:59:59.999Z"),
        ("2027-01-01", "last-quarter", "2026-10-01T00:00:00Z", "2026-12-31T23:59:59.999Z"),
        ("2027-01-01", "last-year", "2026-01-01T00:00:00Z", "2026-12-31T23:59:59.999Z"),
        ("2026-12-31", "this-quarter", "2026-10-01T00:00:00Z", "2026-12-31T12:00:00Z"),
        ("2026-03-31", "this-quarter", "2026-01-01T00:00:00Z", "2026-03-31T12:00:00Z"),
        ("2026-04-01", "this-quarter", "2026-04-01T00:00:00Z", "2026-04-01T12:00:00Z"),
        ("2026-04-01", "last-quarter", "2026-01-01T00:00:00Z", "2026-03-31T23:59:59.999Z"),
        ("2026-03-31", "last-month", "2026-02-01T00:00:00Z", "2026-02-28T23:59:59.999Z"),
        ("2024-03-31", "last-month", "2024-02-01T00:00:00Z", "2024-02-29T23:59:59.999Z"),
        ("2024-03-01", "yesterday", "2024-02-29T00:00:00Z", "2024-02-29T23:59:59.999Z"),
        ("2024-02-29", "last-year", "2023-01-01T00:00:00Z", "2023-12-31T23:59:59.999Z"),
        ("2026-05-31", "this-month", "2026-05-01T00:00:00Z", "2026-05-31T12:00:00Z"),
    ],
)
def test_named_periods_hold_at_the_ends_of_weeks_months_and_years(
    today: str, name: str, start: str, end: str
) -> None:
    """ISO weeks cross years, quarters end where months do, and leap days belong to their month."""
    now = datetime.fromisoformat(f"{today}T12:00:00+00:00")

    assert bounds("UTC", now, period=name) == (start, end)


@pytest.mark.parametrize("name", ["This-Week", "TODAY", "2026-q2"])
def test_named_periods_may_be_written_in_any_case(name: str) -> None:
    """Case carries no meaning in them."""
    upper = {"This-Week": "this-week", "TODAY": "today", "2026-q2": "2026-Q2"}

    assert bounds(period=name) == bounds(period=upper[name])


@each(
    ("today", "last", "first_day"),
    [
        ("2026-11-22", "1d", "2026-11-22"),
        ("2026-11-22", "7d", "2026-11-16"),
        ("2026-11-22", "30d", "2026-10-24"),
        ("2026-11-22", "1w", "2026-11-16"),
        ("2026-11-22", "4w", "2026-10-26"),
        ("2026-11-22", "1mo", "2026-10-23"),
        ("2026-11-22", "3mo", "2026-08-23"),
        ("2026-11-22", "12mo", "2025-11-23"),
        ("2026-11-22", "1y", "2025-11-23"),
        ("2026-11-22", "2y", "2024-11-23"),
        ("2026-11-22", "007d", "2026-11-16"),
        ("2026-11-22", "1MO", "2026-10-23"),
        ("2026-01-31", "1mo", "2026-01-01"),
        ("2026-03-31", "1mo", "2026-03-01"),
        ("2026-03-29", "1mo", "2026-03-01"),
        ("2026-03-28", "1mo", "2026-03-01"),
        ("2026-03-01", "1mo", "2026-02-02"),
        ("2026-05-31", "1mo", "2026-05-01"),
        ("2026-12-31", "1mo", "2026-12-01"),
        ("2028-03-31", "1mo", "2028-03-01"),
        ("2026-03-31", "13mo", "2025-03-01"),
        ("2028-02-29", "1mo", "2028-01-30"),
        ("2028-02-29", "1y", "2027-03-01"),
        ("2028-02-29", "4y", "2024-03-01"),
        ("2027-02-28", "1y", "2026-03-01"),
        ("2029-02-28", "1y", "2028-02-29"),
        ("2028-03-01", "1d", "2028-03-01"),
        ("2028-03-01", "2d", "2028-02-29"),
        ("2027-01-01", "2d", "2026-12-31"),
    ],
)
def test_last_counts_whole_days_that_end_with_today(today: str, last: str, first_day: str) -> None:
    """They start on (today - N units) + 1 day, where a month's missing day is its last one."""
    now = datetime.fromisoformat(f"{today}T12:00:00+00:00")

    assert bounds("UTC", now, last=last) == (f"{first_day}T00:00:00Z", f"{today}T12:00:00Z")


@pytest.mark.parametrize(
    ("last", "start"),
    [
        ("1h", "2026-11-22T17:30:00Z"),
        ("24h", "2026-11-21T18:30:00Z"),
        ("720h", "2026-10-23T18:30:00Z"),
    ],
)
def test_hours_are_rolling(last: str, start: str) -> None:
    """They are hours up to now, not whole days."""
    assert bounds(last=last) == (start, "2026-11-22T18:30:00Z")


@each(
    ("text", "instant"),
    [
        ("2026-05-01", "2026-05-01T00:00:00Z"),
        ("2026-05", "2026-05-01T00:00:00Z"),
        ("2026", "2026-01-01T00:00:00Z"),
        ("2024-02-29", "2024-02-29T00:00:00Z"),
        ("1970-01-01", "1970-01-01T00:00:00Z"),
        ("2026-05-01T08", "2026-05-01T08:00:00Z"),
        ("2026-05-01T08:30", "2026-05-01T08:30:00Z"),
        ("2026-05-01T08:30:15", "2026-05-01T08:30:15Z"),
        ("2026-05-01T08:30:15.25", "2026-05-01T08:30:15.250Z"),
        ("2026-05-01T08:30:15.123999", "2026-05-01T08:30:15.123Z"),
        ("2026-05-01T08:30:00Z", "2026-05-01T08:30:00Z"),
        ("2026-05-01T08:30:00+02:00", "2026-05-01T06:30:00Z"),
        ("20260501T083015,5-0130", "2026-05-01T10:00:15.500Z"),
        ("2026-05-01T08:30:15.12345678z", "2026-05-01T08:30:15.123Z"),
        ("2026-05-01T08+02", "2026-05-01T06:00:00Z"),
        ("2026-05-01T00:30:00+05:30", "2026-04-30T19:00:00Z"),
        ("2026-05-01T23:30:00-08:00", "2026-05-02T07:30:00Z"),
        ("today", "2026-11-22T00:00:00Z"),
        ("yesterday", "2026-11-21T00:00:00Z"),
        ("now", "2026-11-22T18:30:00Z"),
    ],
)
def test_a_start_alone_runs_to_now(text: str, instant: str) -> None:
    """Every form names its first instant."""
    assert bounds(start=text) == (instant, "2026-11-22T18:30:00Z")


@each(
    ("text", "instant"),
    [
        ("2026-05-31", "2026-05-31T23:59:59.999Z"),
        ("2026-06", "2026-06-30T23:59:59.999Z"),
        ("2025", "2025-12-31T23:59:59.999Z"),
        ("2024-02", "2024-02-29T23:59:59.999Z"),
        ("2024-02-29", "2024-02-29T23:59:59.999Z"),
        ("yesterday", "2026-11-21T23:59:59.999Z"),
        ("2026-05-31T08:30", "2026-05-31T08:30:00Z"),
        ("2026-05-31T08:30:00.001Z", "2026-05-31T08:30:00.001Z"),
        ("2026-05-31T00:00:00Z", "2026-05-31T00:00:00Z"),
        ("2026-05-31T23:59:59.999999Z", "2026-05-31T23:59:59.999Z"),
        ("2026-05-31T08:30:00+02:00", "2026-05-31T06:30:00Z"),
        ("today", "2026-11-22T18:30:00Z"),
        ("now", "2026-11-22T18:30:00Z"),
        ("2026-11", "2026-11-22T18:30:00Z"),
        ("2026", "2026-11-22T18:30:00Z"),
        ("2026-11-22T18:30:00.001Z", "2026-11-22T18:30:00Z"),
        ("2027-01-01", "2026-11-22T18:30:00Z"),
        ("9998", "2026-11-22T18:30:00Z"),
        ("9999", "2026-11-22T18:30:00Z"),
        ("9999-12", "2026-11-22T18:30:00Z"),
        ("9999-12-31", "2026-11-22T18:30:00Z"),
        ("9999-12-31T23:59:59.999Z", "2026-11-22T18:30:00Z"),
    ],
)
def test_an_end_is_included_whole_and_cut_to_now(text: str, instant: str) -> None:
    """Days, months and years end with their last millisecond; nothing ends in the future."""
    assert bounds(start="2024-01-01", end=text) == ("2024-01-01T00:00:00Z", instant)


def test_a_period_may_be_one_instant() -> None:
    """An end equal to the start holds that millisecond; `now` to `now` is such a period."""
    moment = "2026-05-01T08:30:00Z"

    assert bounds(start=moment, end=moment) == (moment, moment)
    assert parse(start="now", end="now").length == timedelta(0)


def test_now_is_taken_in_whole_milliseconds() -> None:
    """The API has no finer times, and an end is never after the clock."""
    now = NOW.replace(microsecond=1999)

    assert bounds("UTC", now, last="1h") == ("2026-11-22T17:30:00.001Z", "2026-11-22T18:30:00.001Z")


def test_now_may_come_in_any_zone() -> None:
    """Only the instant counts, not how the clock writes it."""
    elsewhere = NOW.astimezone(timezone(timedelta(hours=9)))

    assert bounds("UTC", elsewhere, period="today") == bounds(period="today")


@each(
    ("options", "provisional"),
    [
        ({}, True),
        ({"last": "1h"}, True),
        ({"period": "today"}, True),
        ({"period": "this-year"}, True),
        ({"period": "2026-11"}, True),
        ({"start": "2026-05-01"}, True),
        ({"start": "now"}, True),
        ({"start": "2026-05-01", "end": "2026-11-22T00:00:00Z"}, True),
        ({"start": "2026-05-01", "end": "2026-11-21T23:59:59.999Z"}, False),
        ({"start": "2026-05-01", "end": "yesterday"}, False),
        ({"start": "2026-05-01", "end": "2030"}, True),
        ({"period": "yesterday"}, False),
        ({"period": "last-week"}, False),
        ({"period": "2026-10"}, False),
    ],
)
def test_a_period_is_provisional_when_it_holds_the_running_day(
    options: dict[str, str], provisional: bool
) -> None:
    """The figures of the day that is not over still change."""
    assert parse(**options).provisional is provisional


@pytest.mark.parametrize(("zone", "provisional"), [("UTC", True), ("Asia/Tokyo", False)])
def test_the_running_day_is_that_of_the_zone(zone: str, provisional: bool) -> None:
    """At 18:30 UTC it is tomorrow in Tokyo, and 14:00 UTC is over there as a day."""
    period = parse(zone, start="2026-11-01T00:00:00Z", end="2026-11-22T14:00:00Z")

    assert (period.timezone, period.provisional) == (zone, provisional)


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2026, 5, 1, tzinfo=UTC), "2026-05-01T00:00:00Z"),
        (datetime(2026, 5, 31, 23, 59, 59, 999_000, tzinfo=UTC), "2026-05-31T23:59:59.999Z"),
        (datetime(2026, 5, 1, 0, 0, 0, 1_000, tzinfo=UTC), "2026-05-01T00:00:00.001Z"),
        (datetime(2026, 5, 1, 2, tzinfo=timezone(timedelta(hours=2))), "2026-05-01T00:00:00Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
    ],
)
def test_an_instant_is_written_in_utc(instant: datetime, text: str) -> None:
    """With milliseconds only where there are any, and always with a Z."""
    assert format_instant(instant) == text
