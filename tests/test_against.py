"""What `--against` means: the period before, a year ago, or any other one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_usage_cli.against import describe_lengths, parse_against
from scenario_usage_cli.clocks import format_instant
from scenario_usage_cli.errors import BadArgument
from tests.cases import each
from tests.test_periods import NOW, parse


def against(
    text: str, zone: str = "UTC", now: datetime = NOW, /, **options: str
) -> tuple[str, str]:
    """Both ends of the period that stands beside the one of these options."""
    other = parse_against(text, parse(zone, now, **options), now).period
    return format_instant(other.start), format_instant(other.end)


def days(first: str, last: str) -> tuple[str, str]:
    """Both ends of whole days in UTC."""
    return f"{first}T00:00:00Z", f"{last}T23:59:59.999Z"


@each(
    ("options", "first", "last"),
    [
        # A calendar month, quarter or year: the one before, however long it is.
        ({"period": "2026-10"}, "2026-09-01", "2026-09-30"),
        ({"period": "2026-03"}, "2026-02-01", "2026-02-28"),
        ({"period": "2024-03"}, "2024-02-01", "2024-02-29"),
        ({"period": "2026-01"}, "2025-12-01", "2025-12-31"),
        ({"period": "last-month"}, "2026-09-01", "2026-09-30"),
        ({"start": "2026-02-01", "end": "2026-02-28"}, "2026-01-01", "2026-01-31"),
        ({"period": "2026-Q1"}, "2025-10-01", "2025-12-31"),
        ({"period": "2026-Q2"}, "2026-01-01", "2026-03-31"),
        ({"period": "last-quarter"}, "2026-04-01", "2026-06-30"),
        ({"period": "2025"}, "2024-01-01", "2024-12-31"),
        ({"start": "2025-01", "end": "2025-12"}, "2024-01-01", "2024-12-31"),
        # Anything else: as many days.
        ({"period": "yesterday"}, "2026-11-20", "2026-11-20"),
        ({"period": "last-week"}, "2026-11-02", "2026-11-08"),
        ({"start": "2026-03-01", "end": "2026-03-30"}, "2026-01-30", "2026-02-28"),
        ({"start": "2026-02", "end": "2026-04"}, "2025-11-04", "2026-01-31"),
        ({"start": "2026-02", "end": "2026-03"}, "2025-12-04", "2026-01-31"),
        ({"start": "2026-02-02", "end": "2026-03-01"}, "2026-01-05", "2026-02-01"),
        ({"start": "2024-07", "end": "2025-06"}, "2023-07-02", "2024-06-30"),
    ],
)
def test_previous_is_the_calendar_unit_before_or_as_many_days(
    options: dict[str, str], first: str, last: str
) -> None:
    """It ends a millisecond before the period starts."""
    assert against("previous", **options) == days(first, last)
    assert against("Previous", **options) == days(first, last)


@each(
    ("options", "first", "last"),
    [
        ({"period": "2026-10"}, "2025-10-01", "2025-10-31"),
        ({"period": "2026-Q1"}, "2025-01-01", "2025-03-31"),
        ({"period": "2025"}, "2024-01-01", "2024-12-31"),
        ({"period": "yesterday"}, "2025-11-21", "2025-11-21"),
        ({"period": "last-week"}, "2025-11-09", "2025-11-15"),
        # Whole months stay whole, with or without a leap day.
        ({"period": "2024-02"}, "2023-02-01", "2023-02-28"),
        ({"period": "2025-02"}, "2024-02-01", "2024-02-29"),
        # 29 February is 28 February in other years.
        ({"start": "2024-02-29", "end": "2024-02-29"}, "2023-02-28", "2023-02-28"),
        ({"start": "2024-02-28", "end": "2024-02-28"}, "2023-02-28", "2023-02-28"),
        ({"start": "2024-02-22", "end": "2024-02-28"}, "2023-02-22", "2023-02-28"),
        ({"start": "2024-02-15", "end": "2024-02-29"}, "2023-02-15", "2023-02-28"),
        ({"start": "2024-02-29", "end": "2024-03-05"}, "2023-02-28", "2023-03-05"),
        ({"start": "2025-02-20", "end": "2025-02-28"}, "2024-02-20", "2024-02-28"),
    ],
)
def test_year_ago_is_the_same_dates_of_the_year_before(
    options: dict[str, str], first: str, last: str
) -> None:
    """Both ends move by one calendar year."""
    assert against("year-ago", **options) == days(first, last)


@pytest.mark.parametrize(
    ("text", "zone", "options", "start", "end"),
    [
        # Months begin where the zone says: October has 745 hours in Paris, September 720.
        ("previous", "Europe/Paris", {"period": "2026-10"}, "2026-08-31T22", "2026-09-30T21"),
        ("previous", "Europe/Paris", {"period": "2026-04"}, "2026-02-28T23", "2026-03-31T21"),
        ("year-ago", "Europe/Paris", {"period": "2026-03"}, "2025-02-28T23", "2025-03-31T21"),
        # Days of 23 and 25 hours count as days.
        ("previous", "Europe/Paris", {"start": "2026-03-30", "end": "2026-03-30"},
         "2026-03-28T23", "2026-03-29T21"),
        ("previous", "Europe/Paris", {"start": "2026-10-26", "end": "2026-11-01"},
         "2026-10-18T22", "2026-10-25T22"),
        ("previous", "America/New_York", {"start": "2026-03-08", "end": "2026-03-08"},
         "2026-03-07T05", "2026-03-08T04"),
        # A year earlier the clocks changed on another day.
        ("year-ago", "Europe/Paris", {"start": "2026-03-29", "end": "2026-03-29"},
         "2025-03-28T23", "2025-03-29T22"),
        # The same month is no calendar month in another zone.
        ("previous", "Asia/Tokyo",
         {"start": "2026-03-01T00:00Z", "end": "2026-03-31T23:59:59.999Z"},
         "2026-01-29T00", "2026-02-28T23"),
    ],
)  # fmt: skip
def test_days_and_months_are_those_of_the_zone(
    text: str, zone: str, options: dict[str, str], start: str, end: str
) -> None:
    """Whole days stay whole days where the clocks change."""
    assert against(text, zone, **options) == (f"{start}:00:00Z", f"{end}:59:59.999Z")


@pytest.mark.parametrize(
    ("text", "options", "start", "end"),
    [
        ("previous", {"last": "24h"}, "2026-11-20T18:29:59.999Z", "2026-11-21T18:29:59.999Z"),
        ("year-ago", {"last": "24h"}, "2025-11-21T18:30:00Z", "2025-11-22T18:30:00Z"),
        ("previous", {"start": "2026-05-01T08:30", "end": "2026-05-02T08:29:59.999"},
         "2026-04-30T08:30:00Z", "2026-05-01T08:29:59.999Z"),
        ("previous", {"start": "2026-11-20"}, "2026-11-17T05:29:59.999Z",
         "2026-11-19T23:59:59.999Z"),
        # On 29 February, a year earlier, both ends would be one instant: the length is kept.
        ("year-ago", {"start": "2024-02-28T12:00", "end": "2024-02-29T12:00"},
         "2023-02-28T12:00:00Z", "2023-03-01T12:00:00Z"),
    ],
)  # fmt: skip
def test_a_stretch_of_hours_has_one_of_the_same_length_beside_it(
    text: str, options: dict[str, str], start: str, end: str
) -> None:
    """To the millisecond; nothing was cut, so nothing is cut."""
    assert against(text, **options) == (start, end)


@each(
    ("text", "options", "start", "end"),
    [
        ("previous", {"period": "this-month"}, "2026-10-01T00:00:00Z", "2026-10-22T18:30:00Z"),
        ("previous", {"period": "this-quarter"}, "2026-07-01T00:00:00Z", "2026-08-22T18:30:00Z"),
        ("previous", {"period": "2026"}, "2025-01-01T00:00:00Z", "2025-11-22T18:30:00Z"),
        ("previous", {"period": "this-week"}, "2026-11-09T00:00:00Z", "2026-11-15T18:30:00Z"),
        ("previous", {"period": "today"}, "2026-11-21T00:00:00Z", "2026-11-21T18:30:00Z"),
        ("previous", {}, "2026-09-24T00:00:00Z", "2026-10-23T18:30:00Z"),
        ("year-ago", {"period": "this-month"}, "2025-11-01T00:00:00Z", "2025-11-22T18:30:00Z"),
        ("year-ago", {"last": "7d"}, "2025-11-16T00:00:00Z", "2025-11-22T18:30:00Z"),
        ("last-month", {"period": "this-month"}, "2026-10-01T00:00:00Z", "2026-10-22T18:30:00Z"),
        ("2026-02", {"period": "this-quarter"}, *days("2026-02-01", "2026-02-28")),
        ("2026-10", {"start": "2026-11-01"}, "2026-10-01T00:00:00Z", "2026-10-22T18:30:00Z"),
        (
            "2026-10",
            {"start": "2026-11-01", "end": "Now"},
            "2026-10-01T00:00:00Z",
            "2026-10-22T18:30:00Z",
        ),
        ("year-ago", {"start": "2026-11-01"}, "2025-11-01T00:00:00Z", "2025-11-22T18:30:00Z"),
    ],
)
def test_beside_a_running_period_stands_the_same_elapsed_part(
    text: str, options: dict[str, str], start: str, end: str
) -> None:
    """As long as what has passed of it, and never beyond its own end."""
    assert against(text, **options) == (start, end)


def test_the_last_hours_are_whole() -> None:
    """They go on no more than an hour of last week does."""
    assert against("2026-10", last="24h") == days("2026-10-01", "2026-10-31")


def test_a_year_ago_is_on_the_clocks_also_without_an_end() -> None:
    """Neither a leap day nor an hour of summer time is taken from it."""
    leap, summer = datetime(2029, 3, 10, 12, tzinfo=UTC), datetime(2026, 10, 26, 12, tzinfo=UTC)

    assert against("year-ago", "UTC", leap, start="2029-02-01")[1] == "2028-03-10T12:00:00Z"
    for day in ({"last": "24h"}, {"start": "2026-10-26"}):
        assert against("year-ago", "Europe/Paris", summer, **day)[1] == "2025-10-26T12:00:00Z"


def test_the_elapsed_part_ends_with_a_shorter_month() -> None:
    """By 30 March more has passed than February has."""
    now = datetime(2026, 3, 30, 12, tzinfo=UTC)

    assert against("previous", "UTC", now, period="this-month") == days("2026-02-01", "2026-02-28")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-04", *days("2026-04-01", "2026-04-30")),
        ("2026-q1", *days("2026-01-01", "2026-03-31")),
        ("2025", *days("2025-01-01", "2025-12-31")),
        ("last-week", *days("2026-11-09", "2026-11-15")),
        ("this-month", "2026-11-01T00:00:00Z", "2026-11-22T18:30:00Z"),
        ("2026-11-01..now", "2026-11-01T00:00:00Z", "2026-11-22T18:30:00Z"),
        ("2026-04-01..2026-04-15", *days("2026-04-01", "2026-04-15")),
        ("2026-04..2026-05", *days("2026-04-01", "2026-05-31")),
        ("2026-11-20..now", "2026-11-20T00:00:00Z", "2026-11-22T18:30:00Z"),
        ("2026-04-01T08:30+02:00..2026-04-02T08", "2026-04-01T06:30:00Z", "2026-04-02T08:00:00Z"),
    ],
)
def test_any_other_period_is_read_as_its_options_are(text: str, start: str, end: str) -> None:
    """As --period, or with two dots as --start and --end."""
    assert against(text, period="2026-10") == (start, end)


def test_another_period_is_in_the_zone_of_the_first() -> None:
    """April in Tokyo."""
    start, end = against("2026-04", "Asia/Tokyo", period="2026-10")

    assert (start, end) == ("2026-03-31T15:00:00Z", "2026-04-30T14:59:59.999Z")


@pytest.mark.parametrize(
    ("text", "options", "is_provisional"),
    [
        ("previous", {"period": "this-month"}, False),
        ("this-month", {"period": "2026-10"}, True),
        ("today", {"period": "yesterday"}, True),
        ("previous", {"last": "24h"}, False),
        ("2026-11-20..now", {"period": "2026-10"}, True),
        ("2026-11-20..now", {"start": "2026-11-22T10:00"}, False),
    ],
)
def test_the_other_period_is_provisional_if_it_has_the_running_day(
    text: str, options: dict[str, str], is_provisional: bool
) -> None:
    """Whatever the first one is."""
    assert parse_against(text, parse(**options), NOW).period.provisional is is_provisional


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nonsense", "--against 'nonsense' is not known"),
        ("next-month", "--against 'next-month' is not known"),
        ("2026-13", "--against '2026-13' is not a date"),
        ("0000-Q1", "--against '0000-Q1' is not a date"),
    ],
)
def test_what_is_no_period_is_refused(text: str, told: str) -> None:
    """The error names the option and what was typed, the hint what to type."""
    with pytest.raises(BadArgument) as caught:
        against(text, period="2026-10")

    assert caught.value.message.startswith(told)
    assert "previous, year-ago" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2027-05", "--against 2027-05 starts in the future"),
        ("1960", "--against 1960 begins at 1960-01-01T00:00:00Z, and the API accepts nothing"),
        ("2026-05-02..2026-05-01", "--against 2026-05-02..2026-05-01 ends before it starts"),
        ("01/02/2026..now", "--against 01/02/2026..now: '01/02/2026' is not a date"),
        ("2026-05-01..", "--against 2026-05-01..: '' is not a date"),
        ("..2026-05-01", "--against ..2026-05-01: '' is not a date"),
        ("2027-01-01..2027-02-01", "--against 2027-01-01..2027-02-01 starts in the future"),
        ("last week to last mnth", "--against last week to last mnth: 'last mnth' is not a date"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, told: str) -> None:
    """The error names the option, and never one that was not given."""
    with pytest.raises(BadArgument) as caught:
        against(text, period="2026-10")

    assert caught.value.message.startswith(told)
    assert "--start" not in caught.value.message


@pytest.mark.parametrize("text", ["Year-Ago", "year_ago", "year ago", " YEAR-AGO "])
def test_case_and_dashes_do_not_matter(text: str) -> None:
    """As in every other option."""
    assert against(text, period="2026-10") == days("2025-10-01", "2025-10-31")


def test_the_calendar_has_a_beginning() -> None:
    """Before the year 1 there is nothing to compare with."""
    with pytest.raises(BadArgument, match="--against previous is outside the calendar"):
        against("previous", start="1970", end="9999")


@settings(max_examples=40)
@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2026, 6, 1)),  # noqa: DTZ001 - made aware below
    st.timedeltas(timedelta(milliseconds=1), timedelta(days=90)),
    st.sampled_from(["UTC", "Europe/Paris", "America/Havana", "Australia/Lord_Howe"]),
)
def test_previous_always_ends_where_the_period_starts(
    start: datetime, length: timedelta, zone: str
) -> None:
    """A millisecond lies between their ends, and a stretch of hours keeps its length."""
    first = start.replace(microsecond=1000, tzinfo=UTC)
    last = first + length
    period = parse(zone, start=format_instant(first), end=format_instant(last))
    other = parse_against("previous", period, NOW).period

    assert other.end + timedelta(milliseconds=1) == period.start
    assert other.length == period.length
    assert parse_against("year-ago", period, NOW).period.start < period.start


YEAR_AGO = "; --against year-ago is the same stretch a year earlier"


@each(
    ("options", "text", "zone", "note"),
    [
        # Calendar units of one kind are compared as they are, and so is a day of 23 or 25 hours.
        ({"period": "2026-03"}, "2026-02", "UTC", None),
        ({"period": "2026-Q2"}, "2026-Q1", "UTC", None),
        ({"period": "2025"}, "2024", "UTC", None),
        ({"start": "2026-02", "end": "2026-03"}, "2025-12..2026-01", "UTC", None),
        ({"start": "2026-03-29", "end": "2026-03-29"}, "previous", "Europe/Paris", None),
        ({"start": "2026-10-01", "end": "2026-10-31"}, "year-ago", "America/New_York", None),
        # Anything else is said.
        ({"period": "2026-Q1"}, "2026-01", "UTC", "90 days beside 31 days"),
        (
            {"start": "2026-03-01", "end": "2026-03-30"},
            "2026-01",
            "UTC",
            "30 days beside 31 days",
        ),
        ({"period": "yesterday"}, "last-week", "UTC", "1 day beside 7 days"),
        (
            {"start": "2024-02-10", "end": "2024-03-10"},
            "year-ago",
            "UTC",
            "30 days beside 29 days",
        ),
        ({"last": "6h"}, "2026-04-30T00:00..2026-04-30T04:00", "UTC", "6 hours beside 4 hours"),
        # A year ago is likely meant, where the other period has it and more.
        ({"period": "2026-01"}, "2025", "UTC", f"31 days beside 365 days{YEAR_AGO}"),
        ({"period": "last-week"}, "2025-Q4", "Asia/Tokyo", f"7 days beside 92 days{YEAR_AGO}"),
    ],
)
def test_periods_of_unequal_length_are_told_of(
    options: dict[str, str], text: str, zone: str, note: str | None
) -> None:
    """A month beside a year is nearly always a slip, and no saving of 89 %."""
    period = parse(zone, **options)
    expected = note and f"the periods differ in length: {note}"

    assert describe_lengths(period, parse_against(text, period, NOW)) == expected
