"""What is said of a period that cannot be read: both lines, word by word."""

from datetime import UTC, datetime, timedelta

import pytest

from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.periods import (
    EARLIEST,
    PERIOD_FORMS,
    Period,
    check_askable,
    parse_period,
    parse_whole_days,
)
from tests.cases import each

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
IT_IS = "it is now 2026-11-22T09:30:00Z"
ONE_ONLY = "give one of them only"
DATES = (
    "write 2026-05-01, 2026-05-01T08:30, 2026-05-01T08:30:00+02:00, 2026-05, 2026-W20 or 2026, or "
    "a word such as now, today, yesterday, last-month or may"
)
LENGTHS = "give a number above 0 and a unit: 24h, 7d, 4w, 3mo or 1y"
SWAP = "swap the two, or check the years"
BILLING = (
    "write billing, or billing-1d to begin a day before it, or name the days, as in --start "
    "2026-05-01 --end 2026-05-31"
)
EARLY = "begins at {}T00:00:00Z, and the API accepts nothing from before 1970"
FIRST = "the earliest is --start 1970-01-01T00:00Z"


def test_the_forms_of_a_period_are_named() -> None:
    """Each word, then one example of each form."""
    assert PERIOD_FORMS == (
        "one of today, yesterday, this-week, last-week, this-month, last-month, this-quarter, "
        "last-quarter, this-year, last-year, billing, 2026-05, 2026-W20, 2026-Q2, 2026, may, 7d, "
        "or a day such as 2026-05-12"
    )


@each(
    ("given", "message", "hint"),
    [
        ("last=7d period=may", "--last 7d --period may: two ways to name a period", ONE_ONLY),
        (
            "start=2026-05-01 end=now period=may",
            "--start 2026-05-01 --end now --period may: two ways to name a period",
            ONE_ONLY,
        ),
        (
            "end=2026-05-31",
            "--end 2026-05-31 has no --start",
            "add one, as in --start 2026-05-01 --end 2026-05-31",
        ),
        ("last=9999y", "--last 9999y is outside the calendar", "years run from 1 to 9999"),
        (
            "period=9999-12",
            "--period 9999-12 starts in the future (9999-12-01T00:00:00Z)",
            IT_IS,
        ),
        (
            "start=2026-11-22T09:30:00.001Z",
            "--start 2026-11-22T09:30:00.001Z starts in the future (2026-11-22T09:30:00.001Z)",
            IT_IS,
        ),
        (
            "start=2026-05-02 end=2026-05-01",
            "--start 2026-05-02 --end 2026-05-01 ends before it starts",
            SWAP,
        ),
        (
            "period=2026-05-02..2026-05-01",
            "--period 2026-05-02..2026-05-01 ends before it starts",
            SWAP,
        ),
        (
            "start=1969-12-31",
            f"--start 1969-12-31 {EARLY.format('1969-12-31')}",
            f"{FIRST}, the longest --last 56y",
        ),
        ("period=1969", f"--period 1969 {EARLY.format('1969-01-01')}", FIRST),
        ("start=7d", "--start '7d' is not a date", "that is a length of time: write --last 7d"),
        (
            "start=2026-05-01 end=2026-13-01",
            "--end '2026-13-01' is not a date: month must be in 1..12",
            DATES,
        ),
        ("start=soon", "--start 'soon' is not a date", DATES),
        ("period=0d", "--period '0d' is not known", PERIOD_FORMS),
        ("period=now", "--period 'now' is not known", PERIOD_FORMS),
        (
            "period=2026-05-12T08:30",
            "--period '2026-05-12T08:30' is not known",
            "an instant is not a period: give both ends, as in 2026-05-12T08:30..now",
        ),
        ("last=may", "--last 'may' is not a length of time", "write --period may"),
        ("last=0d", "--last '0d' is not a length of time", LENGTHS),
        ("start=billing", "--start 'billing': the billing period is not known here", DATES),
        (
            "start=billing-2q",
            "--start 'billing-2q': only the running billing period is known, as an upgrade starts "
            "a new one",
            BILLING,
        ),
        (
            "period=2026-02-30..2026-03-01",
            "--period 2026-02-30..2026-03-01: '2026-02-30' is not a date: day is out of range for "
            "month",
            DATES,
        ),
    ],
)
def test_a_period_that_cannot_be_read(given: str, message: str, hint: str) -> None:
    """With the option, its value, and what to write."""
    options = dict(one.split("=") for one in given.split())
    with pytest.raises(BadArgument) as caught:
        parse_period(**options, zone=UTC, now=NOW)  # type: ignore[arg-type]  # all are texts

    assert (caught.value.message, caught.value.hint) == (message, hint)


@each(
    ("text", "message", "hint"),
    [
        (
            "7d",
            "--since '7d' is not a date",
            'that is a length of time: write --since "7d ago"',
        ),
        (
            "24h",
            "--since '24h' is not a date",
            "that is a length of time: write whole days of UTC, such as 2026-05-01, 2026-05 or "
            "yesterday",
        ),
        ("x", "--since 'x' is not a date", DATES),
        ("9999y ago", "--since '9999y ago' is outside the calendar", DATES),
        ("1969-05-01", f"--since 1969-05-01 {EARLY.format('1969-05-01')}", FIRST),
        (
            "2026-05-01T08:30",
            "--since '2026-05-01T08:30' is not a whole day",
            "write whole days of UTC, such as 2026-05-01, 2026-05 or yesterday",
        ),
    ],
)
def test_days_that_cannot_be_read(text: str, message: str, hint: str) -> None:
    """The same of the options of `export`."""
    with pytest.raises(BadArgument) as caught:
        parse_whole_days(text, "--since", now=NOW)

    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_what_begins_with_1970_may_be_asked_for() -> None:
    """And nothing that begins a millisecond before; a period that nobody named is `a period`."""
    check_askable(Period(EARLIEST, EARLIEST, UTC, provisional=False))

    before = Period(EARLIEST - timedelta(milliseconds=1), NOW, UTC, provisional=False)
    with pytest.raises(BadArgument, match=r"^a period begins at 1969-12-31T23:59:59\.999Z, "):
        check_askable(before)
