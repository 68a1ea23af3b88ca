"""Buckets: where hours, days, weeks and months begin on the clocks of a zone."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_usage_cli.buckets import Buckets, choose_unit, cut_into_buckets
from scenario_usage_cli.periods import Period
from tests.cases import each

MS = timedelta(milliseconds=1)
ZONES = (
    *("UTC", "Asia/Tokyo", "Asia/Kolkata", "Asia/Kathmandu", "Europe/Paris"),
    *("America/New_York", "Australia/Lord_Howe", "America/Havana", "America/Sao_Paulo"),
)
HOURS_OF_A_WHOLE_CLOCK = tuple(zone for zone in ZONES if zone != "Australia/Lord_Howe")


def make_period(start: str, beyond: str, zone: str) -> Period:
    """From a local time to the millisecond before another."""
    tz = ZoneInfo(zone)
    first = datetime.fromisoformat(start).replace(tzinfo=tz).astimezone(UTC)
    last = datetime.fromisoformat(beyond).replace(tzinfo=tz).astimezone(UTC) - MS
    return Period(first, last, tz, provisional=False)


def cut(start: str, beyond: str, zone: str, unit: str) -> Buckets:
    """The buckets between two local times."""
    return cut_into_buckets(make_period(start, beyond, zone), unit)


def show(buckets: Buckets) -> list[str]:
    """The starts on the local clock, to the minute, with the offset."""
    return [
        start.astimezone(buckets.zone).isoformat(timespec="minutes") for start in buckets.starts
    ]


def lengths(buckets: Buckets) -> list[float]:
    """The hours from each start to the next."""
    return [(after - before) / timedelta(hours=1) for before, after in pairwise(buckets.starts)]


@each(
    ("unit", "starts"),
    [
        ("day", ["2026-05-30T00:00", "2026-05-31T00:00", "2026-06-01T00:00", "2026-06-02T00:00"]),
        ("week", ["2026-05-25T00:00", "2026-06-01T00:00"]),
        ("month", ["2026-05-01T00:00", "2026-06-01T00:00"]),
    ],
)
@each(
    ("zone", "offset"),
    [
        ("UTC", "+00:00"),
        ("Asia/Tokyo", "+09:00"),
        ("Asia/Kolkata", "+05:30"),
        ("Asia/Kathmandu", "+05:45"),
    ],
)
def test_units_begin_at_local_midnight(
    unit: str, starts: list[str], zone: str, offset: str
) -> None:
    """Weeks on Monday, months on the first; the first bucket may begin before the period."""
    found = cut("2026-05-30", "2026-06-03", zone, unit)

    assert show(found) == [start + offset for start in starts]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "Asia/Kolkata", "Asia/Kathmandu"])
def test_hours_begin_on_the_local_hour(zone: str) -> None:
    """Also where the offset is not a whole hour, and where the period begins within one."""
    found = cut("2026-05-30T10:20", "2026-05-30T12:01", zone, "hour")

    assert [text[11:16] for text in show(found)] == ["10:00", "11:00", "12:00"]


@pytest.mark.parametrize(
    ("zone", "day", "after", "hours"),
    [
        ("Europe/Paris", "2026-03-29", "2026-03-31", 23),
        ("Europe/Paris", "2026-10-25", "2026-10-27", 25),
        ("America/New_York", "2026-03-08", "2026-03-10", 23),
        ("America/New_York", "2026-11-01", "2026-11-03", 25),
        ("America/Havana", "2026-03-08", "2026-03-10", 23),
        ("America/Havana", "2026-11-01", "2026-11-03", 25),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-06", 23.5),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-07", 24.5),
    ],
)
def test_days_are_as_long_as_the_clocks_make_them(
    zone: str, day: str, after: str, hours: float
) -> None:
    """A day of 23 or 25 hours is one bucket; so is one of half an hour more or less."""
    assert lengths(cut(day, after, zone, "day")) == [hours]


@pytest.mark.parametrize(
    ("zone", "day", "after", "hours"),
    [
        ("Europe/Paris", "2026-03-29", "2026-03-30", 23),
        ("Europe/Paris", "2026-10-25", "2026-10-26", 25),
        ("America/New_York", "2026-11-01", "2026-11-02", 25),
        ("America/Havana", "2026-03-08", "2026-03-09", 23),
    ],
)
def test_a_day_has_as_many_hour_buckets_as_hours(
    zone: str, day: str, after: str, hours: int
) -> None:
    """An hour that comes twice is two buckets, told apart by their offsets."""
    found = cut(day, after, zone, "hour")

    assert len(set(show(found))) == len(found.starts) == hours
    assert set(lengths(found)) == {1}


def test_a_midnight_that_the_clocks_skip_begins_the_day_after_the_gap() -> None:
    """In Havana the day of the change begins at one o'clock."""
    assert show(cut("2026-03-07", "2026-03-10", "America/Havana", "day")) == [
        "2026-03-07T00:00-05:00",
        "2026-03-08T01:00-04:00",
        "2026-03-09T00:00-04:00",
    ]


def test_a_midnight_that_comes_twice_begins_the_day_once() -> None:
    """In Havana the first of the two is the start, also for a period between them."""
    zone = ZoneInfo("America/Havana")
    second = datetime(2026, 11, 1, 0, 30, tzinfo=zone, fold=1).astimezone(UTC)
    period = Period(second, second + timedelta(hours=30), zone, provisional=False)

    assert show(cut_into_buckets(period, "day")) == [
        "2026-11-01T00:00-04:00",
        "2026-11-02T00:00-05:00",
    ]


def test_a_day_that_was_skipped_has_no_bucket() -> None:
    """Apia went from 29 to 31 December 2011."""
    assert show(cut("2011-12-29", "2012-01-02", "Pacific/Apia", "day")) == [
        "2011-12-29T00:00-10:00",
        "2011-12-31T00:00+14:00",
        "2012-01-01T00:00+14:00",
    ]


@pytest.mark.parametrize("day", ["2026-10-04", "2026-04-05"])
def test_no_hour_bucket_begins_within_an_hour_of_the_clock(day: str) -> None:
    """Where clocks change by half an hour, a bucket begins at a whole hour or at the change."""
    zone = ZoneInfo("Australia/Lord_Howe")
    begun_within = [
        start.astimezone(zone).isoformat(timespec="minutes")
        for start in cut(day, f"{day}T06:00", zone.key, "hour").starts
        if start.astimezone(zone).minute
        and start.astimezone(zone).utcoffset() == (start - MS).astimezone(zone).utcoffset()
    ]

    assert begun_within == []


def test_weeks_and_months_over_a_clock_change_keep_their_midnights() -> None:
    """A week has an hour less in spring, a month an hour more in autumn."""
    assert lengths(cut("2026-03-23", "2026-04-06", "Europe/Paris", "week")) == [7 * 24 - 1]
    assert lengths(cut("2026-10-01", "2026-12-01", "Europe/Paris", "month")) == [31 * 24 + 1]


def test_a_long_month_does_not_shift_the_next() -> None:
    """Months begin on the first, whatever day the period begins on."""
    assert show(cut("2026-01-31", "2026-04-01", "UTC", "month")) == [
        "2026-01-01T00:00+00:00",
        "2026-02-01T00:00+00:00",
        "2026-03-01T00:00+00:00",
    ]


def test_weeks_over_the_turn_of_the_year_are_iso_weeks() -> None:
    """The first of January 2026 lies in a week that began in December."""
    assert show(cut("2026-01-01", "2026-01-06", "UTC", "week")) == [
        "2025-12-29T00:00+00:00",
        "2026-01-05T00:00+00:00",
    ]


def test_the_last_instant_of_a_bucket_is_still_in_it() -> None:
    """Starts belong to the bucket they begin."""
    found = cut("2026-05-30", "2026-06-02", "Asia/Tokyo", "day")
    first, second, third = found.starts

    assert [found.find(instant) for instant in (first, second - MS, second, third + MS)] == [
        first,
        first,
        second,
        third,
    ]


def test_the_boundary_between_two_instants_is_that_next_to_their_middle() -> None:
    """None where one bucket has both; a boundary at the range's end counts, one at its start
    does not.
    """
    found = cut("2026-05-01", "2026-05-11", "UTC", "day")
    day = found.starts

    assert found.boundary_between(day[0], day[4]) == day[2]
    assert found.boundary_between(day[0], day[1]) == day[1]
    assert found.boundary_between(day[0], day[1] - MS) is None
    assert found.boundary_between(day[3], day[3]) is None
    assert found.boundary_between(day[0] + MS, day[9]) in (day[4], day[5])


@pytest.mark.parametrize(
    ("zone", "unit", "needed"),
    [
        ("UTC", "day", timedelta(days=1)),
        ("UTC", "week", timedelta(days=1)),
        ("UTC", "month", timedelta(days=1)),
        ("UTC", "hour", timedelta(hours=1)),
        ("Asia/Tokyo", "day", timedelta(hours=1)),
        ("Europe/Paris", "day", timedelta(hours=1)),
        ("Asia/Kolkata", "day", timedelta(minutes=30)),
        ("Asia/Kolkata", "hour", timedelta(minutes=30)),
        ("Australia/Lord_Howe", "day", timedelta(minutes=30)),
        ("Asia/Kathmandu", "month", timedelta(minutes=15)),
        ("Asia/Kathmandu", "hour", timedelta(minutes=15)),
    ],
)
def test_the_granularity_is_what_the_offsets_demand(
    zone: str, unit: str, needed: timedelta
) -> None:
    """A day in UTC, an hour in most zones, half or a quarter of one in some."""
    assert cut("2026-03-01", "2026-05-20", zone, unit).granularity == needed


def test_nothing_is_finer_than_a_minute() -> None:
    """Liberia's clocks were 44 minutes and 30 seconds behind, and the API tells no seconds."""
    buckets = cut("1971-03-01", "1971-03-05", "Africa/Monrovia", "day")

    assert buckets.granularity == timedelta(minutes=1)


def test_one_bucket_needs_no_fine_granularity() -> None:
    """Without a boundary nothing can cross one."""
    assert cut("2026-03-01", "2026-03-02", "Asia/Kathmandu", "day").granularity == timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "unit"),
    [
        (1, "hour"),
        (2, "hour"),
        (3, "day"),
        (62, "day"),
        (63, "week"),
        (190, "week"),
        (365, "month"),
    ],
)
def test_the_unit_follows_the_length(days: int, unit: str) -> None:
    """Hours for two days, days for two months, weeks for half a year, then months."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    period = Period(start, start + timedelta(days=days) - MS, UTC, provisional=False)

    assert choose_unit(period) == unit


instants = st.datetimes(
    datetime(2012, 1, 1),  # noqa: DTZ001 - the zone is given beside
    datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))


@given(instants, st.integers(0, 86_400_000), st.sampled_from(ZONES), st.data())
@settings(max_examples=80, deadline=None)
def test_buckets_tile_the_period(
    start: datetime, length_s: int, zone: str, data: st.DataObject
) -> None:
    """Each instant of the period falls into exactly one, the last that has begun."""
    unit = data.draw(st.sampled_from(("hour", "day", "week", "month")))
    cap = {"hour": 4, "day": 60, "week": 200, "month": 700}[unit] * 86_400
    end = start + timedelta(seconds=length_s % cap)
    found = cut_into_buckets(Period(start, end, ZoneInfo(zone), provisional=False), unit)
    instant = data.draw(st.datetimes(start.replace(tzinfo=None), end.replace(tzinfo=None)))
    instant = instant.replace(tzinfo=UTC)

    assert list(found.starts) == sorted(set(found.starts))
    assert found.starts[0] <= start
    assert all(start < boundary <= end for boundary in found.starts[1:])
    assert found.find(instant) == found.starts[bisect_right(found.starts, instant) - 1]


@given(instants, st.sampled_from(ZONES), st.integers(0, 30 * 86_400), st.data())
@settings(max_examples=80, deadline=None)
def test_two_instants_share_a_day_if_their_clocks_show_the_same_date(
    start: datetime, zone: str, length_s: int, data: st.DataObject
) -> None:
    """The local calendar is the judge, over every clock change."""
    end = start + timedelta(seconds=length_s)
    found = cut_into_buckets(Period(start, end, ZoneInfo(zone), provisional=False), "day")
    offsets = data.draw(st.tuples(*[st.integers(0, length_s)] * 2))
    one, other = (start + timedelta(seconds=offset) for offset in offsets)
    dates = [instant.astimezone(ZoneInfo(zone)).date() for instant in (one, other)]

    assert (found.find(one) == found.find(other)) == (dates[0] == dates[1])


@given(instants, st.sampled_from(HOURS_OF_A_WHOLE_CLOCK), st.integers(1, 72))
@settings(max_examples=60, deadline=None)
def test_hours_begin_when_the_clock_shows_a_whole_one(
    start: datetime, zone: str, hours: int
) -> None:
    """In every zone whose clocks change by whole hours, each bucket is an hour long."""
    end = start + timedelta(hours=hours)
    found = cut_into_buckets(Period(start, end, ZoneInfo(zone), provisional=False), "hour")

    assert {begun.astimezone(ZoneInfo(zone)).minute for begun in found.starts} == {0}
    assert set(lengths(found)) <= {1}


@pytest.mark.parametrize(
    ("zone", "unit", "starts"),
    [
        ("Asia/Tokyo", "month", ["01-01T00:00:00", "01-31T14:41:01"]),
        ("Asia/Tokyo", "week", ["01-01T00:00:00", "01-07T14:41:01"]),
        ("Asia/Tokyo", "day", ["01-01T00:00:00", "01-01T14:41:01", "01-02T14:41:01"]),
        ("Asia/Tokyo", "hour", ["01-01T00:00:00", "01-01T00:41:01", "01-01T01:41:01"]),
        ("America/New_York", "month", ["01-01T00:00:00", "01-01T04:56:02", "02-01T04:56:02"]),
        ("America/New_York", "day", ["01-01T00:00:00", "01-01T04:56:02", "01-02T04:56:02"]),
        ("America/New_York", "hour", ["01-01T00:00:00", "01-01T01:00:00", "01-01T02:00:00"]),
    ],
)
def test_before_the_calendar_begins_there_is_no_bucket(
    zone: str, unit: str, starts: list[str]
) -> None:
    """One that a zone's clocks begin before the year 1 begins with the calendar."""
    first = datetime.min.replace(tzinfo=UTC)
    period = Period(first, first + timedelta(days=32) - MS, ZoneInfo(zone), provisional=False)
    found = cut_into_buckets(period, unit).starts[: len(starts)]

    assert [start.isoformat()[:19] for start in found] == [f"0001-{start}" for start in starts]
