"""Where periods are hard: clocks that change, dates that mean nothing, and what always holds."""

from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, reset_tzpath

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.periods import EARLIEST, Period, parse_period, parse_whole_days
from scenario_usage_cli.zones import parse_zone
from tests.cases import each
from tests.test_periods import bounds, parse

MILLISECOND = timedelta(milliseconds=1)
DAY = timedelta(days=1)
EPOCH = datetime(1975, 1, 1, tzinfo=UTC)
LATER = datetime(2150, 1, 1, tzinfo=UTC)
ZONES = (
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Havana",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Chatham",
    "Etc/GMT+12",
)
NAMES = ("week", "month", "quarter", "year")


@each(
    ("zone", "day", "start", "end"),
    [
        ("Asia/Kolkata", "2026-05-01", "2026-04-30T18:30:00Z", "2026-05-01T18:29:59.999Z"),
        ("Europe/Paris", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59.999Z"),
        ("Europe/Paris", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T22:59:59.999Z"),
        ("America/New_York", "2026-03-08", "2026-03-08T05:00:00Z", "2026-03-09T03:59:59.999Z"),
        ("America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T04:59:59.999Z"),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z", "2026-10-04T12:59:59.999Z"),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z", "2026-04-05T13:29:59.999Z"),
        # Midnight is skipped: the day begins at 01:00, and the day before ends at 23:59.
        ("America/Havana", "2026-03-08", "2026-03-08T05:00:00Z", "2026-03-09T03:59:59.999Z"),
        ("America/Havana", "2026-03-07", "2026-03-07T05:00:00Z", "2026-03-08T04:59:59.999Z"),
        # Midnight comes twice: the day begins with the first.
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T04:59:59.999Z"),
        ("America/Havana", "2026-10-31", "2026-10-31T04:00:00Z", "2026-11-01T03:59:59.999Z"),
        # The hour before midnight comes twice.
        ("Asia/Beirut", "2026-10-24", "2026-10-23T21:00:00Z", "2026-10-24T21:59:59.999Z"),
        # The day between these two never was.
        ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", "2011-12-30T09:59:59.999Z"),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", "2011-12-31T09:59:59.999Z"),
    ],
)
def test_a_day_is_as_long_as_its_zone_makes_it(zone: str, day: str, start: str, end: str) -> None:
    """Days of 23, 23.5, 24.5 and 25 hours begin and end with the local midnight."""
    now = datetime(2026, 12, 1, tzinfo=UTC)

    assert bounds(zone, now, start=day, end=day) == (start, end)


@each(
    ("zone", "local", "as_start", "as_end"),
    [
        # Skipped: moved forward by the gap, on either side.
        ("Europe/Paris", "2026-03-29T02:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
        ("Europe/Paris", "2026-03-29T02:30", "2026-03-29T01:30:00Z", "2026-03-29T01:30:00Z"),
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:30:00Z", "2026-03-08T07:30:00Z"),
        ("America/Havana", "2026-03-08T00:00", "2026-03-08T05:00:00Z", "2026-03-08T05:00:00Z"),
        ("America/Havana", "2026-03-08T00:30", "2026-03-08T05:30:00Z", "2026-03-08T05:30:00Z"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45:00Z", "2026-10-03T15:45:00Z"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T22:00:00Z", "2011-12-30T22:00:00Z"),
        # Doubled: the first as a start, the second as an end.
        ("Europe/Paris", "2026-10-25T02:00", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"),
        ("Europe/Paris", "2026-10-25T02:30", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"),
        ("America/Havana", "2026-11-01T00:30", "2026-11-01T04:30:00Z", "2026-11-01T05:30:00Z"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"),
        ("Asia/Beirut", "2026-10-24T23:30", "2026-10-24T20:30:00Z", "2026-10-24T21:30:00Z"),
        # Just outside of a change, and with an offset, there is nothing to choose.
        ("Europe/Paris", "2026-03-29T01:59", "2026-03-29T00:59:00Z", "2026-03-29T00:59:00Z"),
        ("Europe/Paris", "2026-03-29T03:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
        ("Europe/Paris", "2026-10-25T01:59", "2026-10-24T23:59:00Z", "2026-10-24T23:59:00Z"),
        ("Europe/Paris", "2026-10-25T03:00", "2026-10-25T02:00:00Z", "2026-10-25T02:00:00Z"),
        ("Europe/Paris", "2026-10-25T02:30+02:00", "2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z"),
        ("Europe/Paris", "2026-10-25T02:30+01:00", "2026-10-25T01:30:00Z", "2026-10-25T01:30:00Z"),
    ],
)
def test_skipped_and_doubled_local_times_are_settled(
    zone: str, local: str, as_start: str, as_end: str
) -> None:
    """One that the clocks skip moves forward by the gap; of two, a period gets both."""
    now = datetime(2026, 12, 1, tzinfo=UTC)

    assert bounds(zone, now, start=local, end=local) == (as_start, as_end)


def test_a_day_that_never_was_is_no_period() -> None:
    """Samoa went from 29 to 31 December 2011; there is nothing to report on the 30th."""
    with pytest.raises(BadArgument):
        parse("Pacific/Apia", start="2011-12-30", end="2011-12-30")


def test_rolling_hours_do_not_follow_the_clock_on_the_wall() -> None:
    """24 hours are 24 hours, also over a change of clocks."""
    now = datetime(2026, 10, 25, 12, tzinfo=UTC)

    assert parse("Europe/Paris", now, last="24h").length == timedelta(hours=24)
    assert parse("Europe/Paris", now, last="1d").length == timedelta(hours=14)


@each(
    ("options", "named"),
    [
        ({"end": "2026-05-01"}, ["--end", "2026-05-01", "--start"]),
        ({"end": ""}, ["--end", "--start"]),
        ({"last": "7d", "period": "today"}, ["--last", "--period"]),
        ({"start": "2026-05-01", "last": "7d"}, ["--start", "--last"]),
        ({"start": "2026-05-01", "end": "2026-06", "period": "today"}, ["--start", "--period"]),
        ({"end": "2026-05-01", "last": "7d"}, ["--end", "--last"]),
        ({"start": "2026-05-02", "end": "2026-05-01"}, ["--start 2026-05-02", "--end 2026-05-01"]),
        ({"start": "2026-05-01T08:30:00.001", "end": "2026-05-01T08:30"}, ["--start", "--end"]),
        ({"start": "2026-11-22T18:30:00.001Z"}, ["--start", "2026-11-22T18:30:00.001Z"]),
        ({"start": "2026-11-23"}, ["--start", "2026-11-23"]),
        ({"start": "2027", "end": "2028"}, ["--start", "2027"]),
        ({"start": "now", "end": "yesterday"}, ["--start now", "--end yesterday"]),
        ({"period": "2027"}, ["--period", "2027"]),
        ({"period": "2026-12"}, ["--period", "2026-12"]),
        ({"period": "2027-Q1"}, ["--period", "2027-Q1"]),
    ],
)
def test_a_contradiction_names_the_options_and_their_values(
    options: dict[str, str], named: list[str]
) -> None:
    """Two periods at once, an end alone, a start after the end or in the future."""
    with pytest.raises(BadArgument) as caught:
        parse(**options)

    assert [text for text in named if text not in caught.value.message] == []
    assert caught.value.hint != ""


def words(text: str) -> list[str]:
    """A table with one cell in a row."""
    return text.split()


DATES = words("""
05/01/2026 2026/05/01 01.05.2026 01-05-2026 31-12-2026 5-2026 2026-02-30 2025-02-29 2026-13
2026-00 2026-00-10 2026-05-00 2026-W54 2026-W18-8 2026W185 2026-121 2026121 202605 26-05-01
2026-05-01T24:00 2026-05-01T08.5 2026-05-01T08:30.5 2026-05-01T08:3 2026-05-01T08:30+02:60
2026-05-01T08:30+02:00:30 2026-05-01T08:30:00.1234567Z[] 2026-05-01T08:30٥ 2026-05--01
2026-05-01T24:00:00Z 2026-05-01T25:00 2026-05-01T08:60 2026-05-01T08:30:60Z 2026-05-01T8:30
2026-05-01T 2026-05-01T08:30+25:00 2026-05-01T08:30+2 2026-05-01T08:30Z[UTC] -2026 +2026 0000
0000-01 0000-01-01 9999 9999-12-31 10000 10000-01-01 tomorrow today-1 next-month 2026-Q5 30d week
1777593600 ２０２６-05-01 ٢٠٢٦ nan 2026-05-01T08:30:00Z+02:00 may-26 12th-may 31-june mayday 2026-Q
""")
SPACED = (
    *("", " ", "2026-05-01 08", "2026-05-01 24:00", "may 08:30", "last week 08:30", "08:30"),
    *("2026-05-01 08:30pm", "7 days", "5 minutes ago", "month ago", "2026-05-01 08:30 CET"),
)


@each("text", [*DATES, *SPACED])
def test_what_is_no_date_is_refused_as_a_start(text: str) -> None:
    """The message names option and value; the hint shows what to write, or the clock."""
    with pytest.raises(BadArgument) as caught:
        parse(start=text)

    assert "--start" in caught.value.message
    assert repr(text)[1:-1] in caught.value.message
    assert any(shown in caught.value.hint for shown in ("2026", "9999", "--last", "mo", "today"))
    assert "timedelta" not in caught.value.message  # Python's own words help nobody


@pytest.mark.parametrize("text", ["05/01/2026", "2026-02-30", "2026-05-01T24:00", "0000", "", "x"])
def test_what_is_no_date_is_refused_as_an_end(text: str) -> None:
    """The message names `--end` with its value, not the start beside it."""
    with pytest.raises(BadArgument) as caught:
        parse(start="2026-05-01", end=text)

    assert f"--end {text!r}" in caught.value.message


LASTS = words("""
0d 00d 0h 0mo -3d +3d 1.5d 1,5d 7m 7min 7D7 d7 1e3d 0x7d 1_0d 7s 7 d week month last-month
99999999999d 99999999999h 99999999999w 99999999999mo 99999999999y 2026y 9999y 3652060d today
2026-05 may eleventy-days
""")


@each("text", [*LASTS, "", "7 d d", "last", "9" * 5000 + "d"])
def test_what_is_no_length_is_refused_as_last(text: str) -> None:
    """Zero, negative and broken counts, unknown units, and lengths that leave the calendar."""
    with pytest.raises(BadArgument) as caught:
        parse(last=text)

    assert "--last" in caught.value.message
    assert repr(text)[1:-1] in caught.value.message
    assert caught.value.hint != ""


PERIODS = words("""
this last this- -week next-week this-day now tomorrow 202605 2026-13 2026-00 2026-Q0 2026-Q5 Q5
2026-W00 2026-W54 W54 0000 0000-01 0000-Q1 9999 9999-12 9999-Q4 9999-W52 05/2026 26 0d 7 7m
past-week week month last-day may-26 30-february last--month 2026-05-12T08:30 3-days-ago may.
12/05/2026
""")


@each("text", [*PERIODS, "", "last week month", "2026-05-01..", "..", "a to b"])
def test_what_is_no_period_is_refused(text: str) -> None:
    """The message names option and value."""
    with pytest.raises(BadArgument) as caught:
        parse(period=text)

    assert "--period" in caught.value.message
    assert repr(text)[1:-1] in caught.value.message


@each(
    ("options", "hint"),
    [
        ({"start": "05/12/2026"}, "write 2026-12-05 or 2026-05-12"),
        ({"period": "12-05-2026"}, "write 2026-05-12 or 2026-12-05"),
        ({"period": "31.12.2026"}, "write 2026-12-31"),
        ({"start": "2026/5/1"}, "write 2026-05-01"),
        ({"period": "may 26"}, "write 26 may or may 2026"),
        ({"period": "past week"}, "write this-week, last-week or, for the days up to today, "
                                  "--last 1w"),
        ({"last": "month"}, "write this-month, last-month or, for the days up to today, "
                            "--last 1mo"),
        ({"last": "last day"}, "write today, yesterday or, for the last 24 hours, --last 24h"),
        ({"last": "7"}, "write the unit as well, as in 7d or 7mo"),
        ({"last": "30m"}, "write 30mo for months; the shortest unit is 1h"),
        ({"last": "last month"}, 'write --period "last month"'),
        ({"last": "2026-05"}, "write --period 2026-05"),
        ({"start": "7d"}, "that is a length of time: write --last 7d"),
        ({"period": "last-mnth"}, "did you mean last-month?"),
        ({"start": "yesteday"}, "did you mean yesterday?"),
        ({"period": "2026-05-12 08:30"}, "an instant is not a period: give both ends, as in "
                                         '"2026-05-12 08:30..now"'),
        ({"period": "2026-05-01..12/05/2026"}, "write 2026-05-12 or 2026-12-05"),
    ],
)  # fmt: skip
def test_the_hint_says_what_may_have_been_meant(options: dict[str, str], hint: str) -> None:
    """Each reading of what has several, and the option that takes what this one does not."""
    with pytest.raises(BadArgument) as caught:
        parse(**options)

    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({"start": "1969-12-31"}, "--start 1969-12-31"),
        ({"start": "1960", "end": "1961"}, "--start 1960 --end 1961"),
        ({"period": "1969-Q4"}, "--period 1969-Q4"),
        ({"last": "60y"}, "--last 60y"),
    ],
)
def test_what_the_api_does_not_take_is_refused_with_its_option(
    options: dict[str, str], asked: str
) -> None:
    """It has nothing from before 1970."""
    with pytest.raises(BadArgument, match=f"^{asked} begins at 19.*nothing from before 1970$"):
        parse(**options)


@each(
    "name",
    [
        *words("Mars/Base ../etc/passwd /etc/passwd . .. Europe Europe/ Europe/../UTC zone.tab"),
        *words("localtime LocalTime POSIXRULES factory europe/"),
        *("", " ", "é", "+02:00", "Europe/Paris ", "Europe/Paris\0", "x" * 300),
    ],
)
def test_an_unknown_zone_is_refused(name: str) -> None:
    """The message names the zone and where it was given; no path leads out of the database."""
    with pytest.raises(BadArgument) as caught:
        parse_zone(name, source="SCENARIO_USAGE_TZ")

    assert caught.value.message == f"unknown time zone {name!r} in SCENARIO_USAGE_TZ"
    assert "Europe/Paris" in caught.value.hint


@pytest.mark.parametrize("name", ["localtime", "LocalTime", "posixrules", "Factory"])
def test_the_zone_of_a_machine_is_no_zone_of_the_world(name: str, tmp_path: Path) -> None:
    """Where a system has it among the others, it still means another time on the next machine."""
    for file in ("localtime", "LocalTime", "posixrules", "Factory"):
        (tmp_path / file).write_bytes(files("tzdata.zoneinfo").joinpath("Etc/GMT-5").read_bytes())
    reset_tzpath(to=[str(tmp_path)])
    try:
        with pytest.raises(BadArgument):
            parse_zone(name)
    finally:
        reset_tzpath()


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("utc", "UTC"),
        ("Utc", "UTC"),
        ("europe/paris", "Europe/Paris"),
        ("AMERICA/ARGENTINA/BUENOS_AIRES", "America/Argentina/Buenos_Aires"),
        ("etc/gmt+5", "Etc/GMT+5"),
        ("gmt", "GMT"),
    ],
)
def test_a_zone_is_known_in_any_case_and_called_by_its_own_name(name: str, canonical: str) -> None:
    """As every other value of an option; a report says the name that everybody knows."""
    period = parse(name, start="2026-05-01", end="2026-05-31")

    assert period == parse(canonical, start="2026-05-01", end="2026-05-31")
    assert period.timezone == canonical


zones = st.sampled_from(ZONES)
days = st.dates(date(1975, 1, 1), date(2100, 12, 31))
nows = st.timedeltas(timedelta(0), 45_000 * DAY).map(lambda passed: EPOCH + passed)


def days_of(first: date, count: int, zone: str) -> list[Period]:
    """The days that existed, each as a period of its own."""
    noons = [
        datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
        for day in (first + number * DAY for number in range(count))
    ]
    real = [noon.date() for noon in noons if noon.astimezone(UTC).astimezone(noon.tzinfo) == noon]
    return [parse(zone, LATER, start=str(day), end=str(day)) for day in real]


@given(zones, days)
@example("Pacific/Apia", date(2011, 12, 1))
@example("Pacific/Kiritimati", date(1994, 12, 1))
@example("America/Havana", date(2026, 3, 1))
@example("America/St_Johns", date(2006, 10, 1))
def test_the_days_of_a_month_tile_it(zone: str, day: date) -> None:
    """Adjacent days touch with exactly a millisecond between, and together are the month."""
    first, after = day.replace(day=1), (day.replace(day=28) + 4 * DAY).replace(day=1)
    tiles = days_of(first, (after - first).days, zone)
    month = parse(zone, LATER, period=f"{day:%Y-%m}")
    gaps = {later.start - earlier.end for earlier, later in pairwise(tiles)}

    assert gaps == {MILLISECOND}
    assert (tiles[0].start, tiles[-1].end) == (month.start, month.end)


@given(zones, nows, st.sampled_from(NAMES))
def test_this_and_last_are_adjacent(zone: str, now: datetime, name: str) -> None:
    """What follows the last week, month, quarter or year is this one."""
    last, this = (parse(zone, now, period=f"{which}-{name}") for which in ("last", "this"))

    assert this.start - last.end == MILLISECOND


@given(zones, nows, st.integers(1, 500), st.sampled_from(["h", "d", "w", "mo", "y", *NAMES]))
def test_a_period_never_ends_before_it_starts_nor_after_now(
    zone: str, now: datetime, count: int, unit: str
) -> None:
    """For every zone, moment and length that stays in the calendar."""
    most_days = count * {"w": 7, "mo": 31, "y": 366}.get(unit, 1)
    assume(now - most_days * DAY > EARLIEST)
    options = {"period": f"last-{unit}"} if unit in NAMES else {"last": f"{count}{unit}"}
    period = parse(zone, now, **options)

    assert period.start <= period.end <= now
    assert (period.start.microsecond % 1000, period.end.microsecond % 1000) == (0, 0)


@given(zones, nows, st.integers(1, 800))
def test_last_n_days_starts_n_minus_1_local_days_ago(zone: str, now: datetime, count: int) -> None:
    """The first instant of the period lies on that local day, or after a day that never was."""
    period = parse_period(last=f"{count}d", zone=ZoneInfo(zone), now=now)
    first = period.start.astimezone(ZoneInfo(zone)).date()
    ago = now.astimezone(ZoneInfo(zone)).date() - first

    assert ago.days in (count - 1, count - 2)
    assert now.astimezone(ZoneInfo(zone)).date() == period.end.astimezone(ZoneInfo(zone)).date()
    assert period.provisional is True


def test_the_first_day_that_the_api_takes_may_be_named() -> None:
    """And the one before may not."""
    first = date(1970, 1, 1)

    assert parse_whole_days("1970-01-01", "--since", now=LATER) == (first, first)
    with pytest.raises(BadArgument):
        parse_whole_days("1969-12-31", "--since", now=LATER)


@pytest.mark.parametrize(
    ("options", "is_running"),
    [
        ({"start": "2026-05-01"}, True),
        ({"start": "2026-05-01", "end": "now"}, True),
        ({"start": "2026-05-01", "end": "2026-05-02"}, False),
        ({"period": "this-year"}, True),
        ({"period": "last-year"}, False),
    ],
)
def test_what_goes_on_is_running(options: dict[str, str], is_running: bool) -> None:
    """A period without an end of its own, or whose end is to come."""
    assert parse(**options).is_running is is_running


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("3d", 'write --since "3d ago"'),
        ("last 2 weeks", 'write --since "2w ago"'),
        ("24h", "write whole days of UTC, such as 2026-05-01, 2026-05 or yesterday"),
    ],
)
def test_a_length_in_the_place_of_a_day_has_a_hint_that_every_command_takes(
    text: str, hint: str
) -> None:
    """Not all of those with days have --last."""
    with pytest.raises(BadArgument) as caught:
        parse_whole_days(text, "--since", now=LATER)
    assert caught.value.hint == f"that is a length of time: {hint}"
    if " ago" in hint:
        parse_whole_days(hint.split('"')[1], "--since", now=LATER)
