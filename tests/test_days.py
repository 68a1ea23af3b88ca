"""What people call a stretch of the calendar: every option with a period knows the same words."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.against import parse_against
from scenario_usage_cli.days import DAY, NAMES, Days, parse_days
from scenario_usage_cli.errors import BadArgument
from tests.cases import each
from tests.test_periods import NOW, bounds, parse

TODAY = NOW.date()
"""A Sunday, 22 November 2026, in the 47th week."""

SAME = {
    "2026-05-12": "12 may 2026|May 12, 2026|2026-may-12|20260512|2026_05_12|2026 5 12|12-May|may 12"
    "|2026-W20-2| 2026-05-12 ",
    "2026-05": "may|May|MAY|may 2026|2026 may|2026-5|May-2026|may2026",
    "2026-09": "sep|sept|september|2026-9",
    "2025-12": "december|dec|Dec 2025",
    "2026-W20": "w20|W20|week 20|2026w20|2026 W20|w20 2026|2026-w20",
    "2025-W48": "w48",
    "2026-W47": "this week|this-week|current week|THIS_WEEK|w47|week to date|wtd",
    "2026-W46": "last week|last_week|previous-week|prev week|Last  Week",
    "2026-Q2": "q2|Q2|2026 q2|q2 2026|2026q2|quarter 2|2026-q2",
    "2026-Q4": "q4|this quarter|qtd",
    "2025-Q4": "q4 2025",
    "2026-10": "last month|last_month|LAST-MONTH|previous month|october|oct",
    "2026-11": "this month|mtd|month to date|november",
    "2026": "this year|ytd|year-to-date",
    "2024-02-29": "29 feb|feb 29|29-february",
    "2026-11-16": "monday|Mon",
    "2026-11-22": "sunday|today|TODAY",
    "2026-11-21": "yesterday|saturday|sat",
    "7d": "7 days|7days|7-days|last 7 days|last-7-days|LAST_7_DAYS|past 7 days|seven days"
    "|last seven days|7 D|1w|1 week|last one week",
    "4w": "4 weeks|last-4-weeks|28d|four wks",
    "24h": "24 hours|last 24 hours|last-24h|past 24 hrs",
    "1h": "last hour|past-hour|1 hour",
    "3mo": "3 months|last-3-months|last three months|1 quarter",
    "1y": "1 year|12 months|12mo|last 12 months",
    "2026-05-01..2026-05-31": "may|2026-05-01 to 2026-05-31|1 may to 31 may|may..may|may to may",
}  # fmt: skip
"""Each text, and others that mean the same."""


@each(
    ("text", "other"),
    [(text, other) for text, others in SAME.items() for other in others.split("|")],
)
def test_case_spaces_and_dashes_do_not_matter(text: str, other: str) -> None:
    """Nor does the order of a month and its year, nor a year that is clear without."""
    assert bounds(period=other) == bounds(period=text)


@each(
    ("text", "first", "last"),
    [
        ("2026-W20", date(2026, 5, 11), date(2026, 5, 17)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 3)),
        ("w53", date(2020, 12, 28), date(2021, 1, 3)),
        ("2026-W20-7", date(2026, 5, 17), date(2026, 5, 17)),
        ("2026-05-12", date(2026, 5, 12), date(2026, 5, 12)),
        ("23 november", date(2025, 11, 23), date(2025, 11, 23)),
        ("22 november", TODAY, TODAY),
        ("9999-12-31", date.max, date.max),
        ("9999-Q4", date(9999, 10, 1), date.max),
        ("9999-W52", date(9999, 12, 27), date.max),
    ],
)
def test_weeks_and_days_are_those_of_the_calendar(text: str, first: date, last: date) -> None:
    """ISO weeks begin on Monday, and cross years."""
    assert parse_days(text, TODAY) == Days(first, last)


def test_the_first_week_of_a_year_may_begin_in_the_year_before() -> None:
    """So that it has begun on 30 December."""
    assert parse_days("w1", date(2024, 12, 30)) == (date(2024, 12, 30), date(2025, 1, 5))


DATES = st.dates(date(1971, 1, 1), date(2200, 12, 31))
NOWS = st.datetimes(datetime(1975, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(DATES, st.sampled_from(["%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%Y-%b-%d", "%G-W%V-%u"]))
def test_a_day_is_found_again_however_it_is_written(day: date, form: str) -> None:
    """In every form that names one."""
    assert parse_days(day.strftime(form).upper(), TODAY) == Days(day, day)


@given(DATES, DATES, st.sampled_from(["%Y-%m", "%B %Y", "%b", "%B", "%G-W%V", "w%V", "%d %b"]))
def test_what_has_no_year_is_the_latest_that_has_begun(day: date, today: date, form: str) -> None:
    """And with a year, it is that which the day lies in."""
    text = day.strftime(form)
    days = parse_days(text, today)

    assert days is not None
    assert days.first.strftime(form) == text
    if "%Y" in form or "%G" in form:
        assert days.first <= day <= days.last
    else:
        assert days.first <= today < days.first + 9 * 366 * DAY


@given(NOWS, st.sampled_from(["may", "w20", "q2", "monday", "29 feb", "last month", *NAMES]))
def test_every_option_reads_the_same_words(now: datetime, text: str) -> None:
    """As a period, as both ends, and as the other period of a comparison."""
    period = parse("UTC", now, period=text)

    assert parse("UTC", now, start=text, end=text) == period
    assert parse("UTC", now, period=f"{text}..{text}") == period
    against = parse_against(text, parse("UTC", now, start="1970"), now).named
    assert (against.start, against.end) == (period.start, period.end)


@each(
    ("text", "instant"),
    [
        ("2026-05-12 08:30", "2026-05-12T08:30:00Z"),
        ("2026-05-12  8:30", "2026-05-12T08:30:00Z"),
        ("2026-05-12 8:30:15", "2026-05-12T08:30:15Z"),
        ("2026-05-12 08:30:15.5", "2026-05-12T08:30:15.500Z"),
        ("2026-05-12 08:30+02:00", "2026-05-12T06:30:00Z"),
        ("2026-05-12 08:30 +0200", "2026-05-12T06:30:00Z"),
        ("2026-05-12 08:30 UTC", "2026-05-12T08:30:00Z"),
        ("2026-05-12t08:30z", "2026-05-12T08:30:00Z"),
        ("12 may 08:30", "2026-05-12T08:30:00Z"),
        ("yesterday 23:59", "2026-11-21T23:59:00Z"),
        ("Today at 8:00", "2026-11-22T08:00:00Z"),
        ("monday 09:00", "2026-11-16T09:00:00Z"),
        ("2 hours ago", "2026-11-22T16:30:00Z"),
        ("3 days ago", "2026-11-19T00:00:00Z"),
        ("2 weeks ago", "2026-11-08T00:00:00Z"),
        ("one month ago", "2026-10-22T00:00:00Z"),
        ("last week", "2026-11-09T00:00:00Z"),
        ("2026-Q2", "2026-04-01T00:00:00Z"),
        (" NOW ", "2026-11-22T18:30:00Z"),
    ],
)
def test_a_date_may_have_a_time_or_words(text: str, instant: str) -> None:
    """A day of any name with a time, some time ago, and the first instant of what is longer."""
    assert bounds(start=text) == (instant, "2026-11-22T18:30:00Z")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-W20", "2026-05-17T23:59:59.999Z"),
        ("q2", "2026-06-30T23:59:59.999Z"),
        ("last month", "2026-10-31T23:59:59.999Z"),
        ("may", "2026-05-31T23:59:59.999Z"),
        ("3 days ago", "2026-11-19T23:59:59.999Z"),
        ("yesterday 08:30", "2026-11-21T08:30:00Z"),
    ],
)
def test_a_week_a_quarter_or_a_month_as_an_end_is_included_whole(text: str, instant: str) -> None:
    """As a day is."""
    assert bounds(start="2026-01-01", end=text)[1] == instant


def test_a_time_without_an_offset_is_that_of_the_zone() -> None:
    """Also beside a word."""
    assert bounds("Europe/Paris", start="yesterday 08:30")[0] == "2026-11-21T07:30:00Z"
    assert parse("Asia/Tokyo", NOW, period="today").start == NOW.replace(hour=15, minute=0)


def test_a_range_that_ends_now_goes_on() -> None:
    """As a start without an end does."""
    assert parse(period="2026-05-01..now") == parse(start="2026-05-01")
    assert parse(period="2026-05-01 to Now").is_open
    assert timedelta(0) < parse(period="may to now").length


WORDS = [
    "last",
    "past",
    "this",
    "week",
    "month",
    "day",
    "days",
    "hours",
    "7",
    "0",
    "1",
    "99",
    "2026",
    "0001",
    "9999",
    "20260512",
    "w",
    "q",
    "20",
    "53",
    "may",
    "feb",
    "29",
    "31",
    "mon",
    "ago",
    "to",
    "..",
    "T",
    "08:30",
    "24:00",
    "Z",
    "+02:00",
    "now",
    "at",
    "one",
    "h",
    "mo",
    "y",
    "9999999",
    "date",
    "ytd",
    "é",
    "\x00",
    "/",
    ".",
    "today",
]


@given(
    NOWS | st.just(datetime(9999, 1, 1, tzinfo=UTC)),
    st.lists(st.sampled_from(WORDS), max_size=5),
    st.sampled_from(["", " ", "-"]),
    st.sampled_from(["period", "start", "last", "against"]),
)
def test_whatever_is_typed_is_understood_or_refused(
    now: datetime, words: list[str], between: str, option: str
) -> None:
    """With a hint, and without an error of Python's own; what is understood is a period."""
    text = between.join(words)
    hint = ""
    period = parse("UTC", now, last="1d")
    try:
        if option == "against":
            period = parse_against(text, period, now).named
        else:
            period = parse("UTC", now, **{option: text})
    except BadArgument as error:
        hint = error.hint

    assert hint != "" or period.start <= period.end
