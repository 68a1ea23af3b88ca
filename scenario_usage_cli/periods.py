"""From text to time: what a period option means in a time zone, with inclusive ends."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from scenario_usage_cli.errors import BadArgument

if TYPE_CHECKING:
    from dateutil.relativedelta import relativedelta

MILLISECOND = timedelta(milliseconds=1)
LONGEST_QUERY = timedelta(days=120)
"""The longest distance of both ends of one query that the API allows."""

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""The API refuses what begins before, even if there is nothing to find."""

_END_OF_TIME = datetime.max.replace(tzinfo=UTC)
_DAY = r"\d{4}-?\d\d-?\d\d"
_MONTH = r"\d{4}-\d\d"
_QUARTER = r"(\d{4})-[Qq]([1-4])"
_YEAR = r"\d{4}"
_INSTANT = (
    r"\d{4}-?\d\d-?\d\dT(?!24)\d\d(:?\d\d(:?\d\d([.,]\d+)?)?)?(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?"
)
_LAST = r"0*(\d{1,7})(h|d|w|mo|y)"
DEFAULT_LAST = "30d"
_DATE_FORMS = "write 2026-05-01, 2026-05-01T08:30, 2026-05-01T08:30:00+02:00, 2026-05 or 2026"
_DAY_FORMS = "write 2026-05-01, 2026-05 or 2026, or today or yesterday"
_PERIOD_FORMS = (
    "one of today, yesterday, this-week, last-week, this-month, last-month, this-quarter, "
    "last-quarter, this-year, last-year, 2026-05, 2026-Q2, 2026"
)


class Period(NamedTuple):
    """A stretch of time; both ends are aware UTC, whole milliseconds, and included."""

    start: datetime
    end: datetime
    zone: tzinfo
    """That in which its days begin."""
    provisional: bool
    """Whether it contains the running day of its time zone, whose figures still change."""
    named_end: datetime | None = None
    """The end that was asked for, if it was in the future and cut to now."""
    is_open: bool = False
    """Whether it has a start, but no end of its own: it runs to now, and continues."""

    @property
    def timezone(self) -> str:
        """The name of its zone."""
        return str(self.zone)

    @property
    def is_running(self) -> bool:
        """Whether more of it is still to come."""
        return self.is_open or self.named_end is not None

    @property
    def length(self) -> timedelta:
        """The distance of its ends, as the API measures it."""
        return self.end - self.start


def parse_period(
    *,
    start: str | None = None,
    end: str | None = None,
    last: str | None = None,
    period: str | None = None,
    zone: tzinfo,
    now: datetime,
) -> Period:
    """What the period options mean at the instant `now`; without any, the last 30 days.

    An end in the future is cut to `now`. Raises BadArgument for what cannot be read, for
    contradicting options, for a start after the end and for a start in the future.
    """
    options = (("--start", start), ("--end", end), ("--last", last), ("--period", period))
    given = [f"{option} {text}" for option, text in options if text is not None]
    asked = " ".join(given) or f"--last {DEFAULT_LAST}"
    if len(given) > 1 and (start is None or end is None or len(given) > 2):
        raise BadArgument(f"{asked}: two ways to name a period", hint="give one of them only")
    if start is None and end is not None:
        raise BadArgument(
            f"--end {end} has no --start", hint=f"add one, as in --start 2026-05-01 --end {end}"
        )
    now = whole_milliseconds(now)
    try:
        if start is not None:
            first = _parse_bound(start, "--start", zone=zone, now=now)[0]
            beyond = now + MILLISECOND
            if end is not None:
                beyond = _parse_bound(end, "--end", zone=zone, now=now)[1]
        elif period is not None:
            first, beyond = _parse_named(period, zone=zone, now=now)
        else:
            text = DEFAULT_LAST if last is None else last
            first, beyond = _parse_last(text, zone=zone, now=now)
    except OverflowError:
        raise BadArgument(
            f"{asked} is outside the calendar", hint="years run from 1 to 9999"
        ) from None
    if first > now:
        raise BadArgument(
            f"{asked} starts in the future ({format_instant(first)})",
            hint=f"it is now {format_instant(now)}",
        )
    if beyond <= first:
        raise BadArgument(f"{asked} ends before it starts", hint="swap the two, or check the years")
    last_included = min(beyond - MILLISECOND, now)
    running_day = start_of_day(now.astimezone(zone).date(), zone)
    return Period(
        first,
        last_included,
        zone,
        provisional=last_included >= running_day,
        named_end=beyond - MILLISECOND if beyond - MILLISECOND > now else None,
        is_open=start is not None and (end or "now").lower() == "now",
    )


def check_askable(period: Period) -> None:
    """Raises BadArgument for a period that the API would refuse, in whole or in part."""
    if period.start >= EARLIEST:
        return
    years = period.end.year - EARLIEST.year
    raise BadArgument(
        f"a period begins at {format_instant(period.start)}, and the API accepts none from before "
        f"{EARLIEST.year}",
        hint=f"the earliest is --start {EARLIEST.year}-01-01T00:00Z"
        + (f", the longest --last {years}y" if years > 0 else ""),
    )


def parse_days(text: str, option: str, *, now: datetime) -> tuple[date, date]:
    """The first and the last UTC day of a day, month or year, or of today or yesterday.

    Raises BadArgument for any other text, and for days that the API would refuse; errors name the
    `option`.
    """
    try:
        first, beyond = _parse_bound(text, option, zone=UTC, now=now, forms=_DAY_FORMS)
    except OverflowError:
        raise BadArgument(f"{option} {text!r} is outside the calendar", hint=_DAY_FORMS) from None
    if first.time() != time() or beyond.time() not in (time(), _END_OF_TIME.time()):
        raise BadArgument(f"{option} {text!r} is not a whole day", hint=_DAY_FORMS)
    if first < EARLIEST:
        raise BadArgument(
            f"{option} {text!r} begins before 1970, and the API accepts no such day",
            hint="the earliest day is 1970-01-01",
        )
    return first.date(), (beyond - MILLISECOND).date()


def format_instant(instant: datetime) -> str:
    """UTC in ISO 8601, with milliseconds only where there are any: `2026-05-01T00:00:00Z`."""
    spec = "milliseconds" if instant.microsecond else "seconds"
    return instant.astimezone(UTC).isoformat(timespec=spec).replace("+00:00", "Z")


def to_local(instant: datetime, zone: tzinfo) -> datetime:
    """The same instant on the clocks of a zone; UTC on the first and last day of the calendar."""
    try:
        return instant.astimezone(zone)
    except OverflowError:
        return instant


def calendar_months(count: int) -> "relativedelta":
    """So many months to add to a date; in a month without that day, the result is its last day."""
    # What counts in days or weeks does without it: it would add 1.5 % to a report's instructions.
    from dateutil.relativedelta import relativedelta  # noqa: PLC0415 - see above

    return relativedelta(months=count)


def _parse_bound(
    text: str, option: str, *, zone: tzinfo, now: datetime, forms: str = _DATE_FORMS
) -> tuple[datetime, datetime]:
    """The first instant of what `text` names, and the first instant after it."""
    today = now.astimezone(zone).date()
    match text.lower():
        case "now":
            return now, now + MILLISECOND
        case "today":
            return _days(today, timedelta(days=1), zone)
        case "yesterday":
            return _days(today - timedelta(days=1), timedelta(days=1), zone)
    try:
        if re.fullmatch(_DAY, text):
            return _days(date.fromisoformat(text), timedelta(days=1), zone)
        if re.fullmatch(_MONTH, text):
            return _days(date.fromisoformat(f"{text}-01"), calendar_months(1), zone)
        if re.fullmatch(_YEAR, text):
            return _days(date.fromisoformat(f"{text}-01-01"), calendar_months(12), zone)
        if re.fullmatch(_INSTANT, text, re.ASCII | re.IGNORECASE):
            return _parse_instant(text.upper(), zone=zone)
    except ValueError as error:
        raise BadArgument(f"{option} {text!r} is not a date: {error}", hint=forms) from None
    raise BadArgument(f"{option} {text!r} is not an ISO 8601 date", hint=forms)


def _parse_instant(text: str, *, zone: tzinfo) -> tuple[datetime, datetime]:
    """An instant as a start, and as the first instant after an end.

    They differ where clocks show the same time twice.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        first, second = localise(moment, zone, fold=0), localise(moment, zone, fold=1)
    else:
        first = second = moment.astimezone(UTC)
    beyond = min(whole_milliseconds(second), _END_OF_TIME - MILLISECOND) + MILLISECOND
    return whole_milliseconds(first), beyond


def _parse_named(text: str, *, zone: tzinfo, now: datetime) -> tuple[datetime, datetime]:
    today = now.astimezone(zone).date()
    which, _, unit = text.lower().partition("-")
    if text.lower() in ("today", "yesterday"):
        return _parse_bound(text, "--period", zone=zone, now=now, forms=_PERIOD_FORMS)
    if which in ("this", "last"):
        starts: dict[str, tuple[date, timedelta | relativedelta]] = {
            "week": (today - timedelta(days=today.weekday()), timedelta(weeks=1)),
            "month": (today.replace(day=1), calendar_months(1)),
            "quarter": (_quarter(today.year, (today.month + 2) // 3), calendar_months(3)),
            "year": (today.replace(month=1, day=1), calendar_months(12)),
        }
        if unit in starts:
            first, length = starts[unit]
            return _days(first - length if which == "last" else first, length, zone)
    if found := re.fullmatch(_QUARTER, text):
        try:
            return _days(_quarter(int(found[1]), int(found[2])), calendar_months(3), zone)
        except ValueError:
            raise OverflowError from None
    if re.fullmatch(_MONTH, text) or re.fullmatch(_YEAR, text):
        return _parse_bound(text, "--period", zone=zone, now=now, forms=_PERIOD_FORMS)
    raise BadArgument(f"--period {text!r} is not known", hint=_PERIOD_FORMS)


def _parse_last(text: str, *, zone: tzinfo, now: datetime) -> tuple[datetime, datetime]:
    found = re.fullmatch(_LAST, text.lower())
    if not found or not int(found[1]):
        raise BadArgument(
            f"--last {text!r} is not a length of time",
            hint="give a number above 0 and a unit: 24h, 7d, 4w, 3mo or 1y",
        )
    count, unit = int(found[1]), found[2]
    if unit == "h":
        return now - timedelta(hours=count), now + MILLISECOND
    today = now.astimezone(zone).date()
    try:
        match unit:
            case "d":
                before = today - timedelta(days=count)
            case "w":
                before = today - timedelta(weeks=count)
            case "mo":
                before = today - calendar_months(count)
            case _:
                before = today - calendar_months(12 * count)
    except ValueError:
        raise OverflowError from None
    day = timedelta(days=1)
    return start_of_day(before + day, zone), start_of_day(today + day, zone)


def _days(
    first: date, length: "timedelta | relativedelta", zone: tzinfo
) -> tuple[datetime, datetime]:
    start = start_of_day(first, zone)
    try:
        return start, start_of_day(first + length, zone)
    except (ValueError, OverflowError):  # past the year 9999, and so past now
        return start, _END_OF_TIME


def _quarter(year: int, number: int) -> date:
    return date(year, 3 * number - 2, 1)


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """The first instant of a day on the clocks of a zone, as aware UTC."""
    return localise(datetime.combine(day, time()), zone, fold=0)


def localise(naive: datetime, zone: tzinfo, *, fold: int) -> datetime:
    """A local time as UTC. One that the clocks skip is moved forward by the gap.

    `fold` is 1 for the second of two equal times.
    """
    instant = naive.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    skipped = instant.astimezone(zone).replace(tzinfo=None) != naive
    return localise(naive, zone, fold=0) if skipped and fold else instant


def whole_milliseconds(instant: datetime) -> datetime:
    """The same instant without the part that the API's timestamps cannot hold."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
