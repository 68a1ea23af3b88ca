"""From text to time: what a period option means in a time zone, with inclusive ends."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from scenario_usage_cli.clocks import (
    MILLISECOND,
    format_instant,
    localise,
    start_of_day,
    whole_milliseconds,
)
from scenario_usage_cli.days import (
    BILLING,
    DAY,
    NAMES,
    Days,
    Length,
    advise,
    parse_billing,
    parse_days,
    parse_length,
)
from scenario_usage_cli.errors import BadArgument, quote

LONGEST_QUERY = timedelta(days=120)
"""The longest distance of both ends of one query that the API allows."""

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""The API refuses what begins before, even if there is nothing to find."""

PERIOD_FORMS = (
    f"one of {', '.join(NAMES)}, {BILLING}, 2026-05, 2026-W20, 2026-Q2, 2026, may, 7d, or a day "
    "such as 2026-05-12"
)
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)
_INSTANT = (
    r"\d{4}-?\d\d-?\d\dT(?!24)\d\d(:?\d\d(:?\d\d([.,]\d+)?)?)?(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?"
)
_DAY_AND_TIME = (
    r"(?P<day>\S.*?) (at )?(?P<time>(?!24)\d?\d:\d\d(:\d\d([.,]\d+)?)?)"
    r"( ?(?P<offset>Z|UTC|[+-]([01]\d|2[0-3])(:?[0-5]\d)?))?"
)
_RANGE = r"(.*?)(?:\.\.| to (?!date\b))(.*)"
DEFAULT_LAST = "30d"
_DATE_FORMS = (
    "write 2026-05-01, 2026-05-01T08:30, 2026-05-01T08:30:00+02:00, 2026-05, 2026-W20 or 2026, "
    "or a word such as now, today, yesterday, last-month or may"
)
_WHOLE_DAYS = "write whole days of UTC, such as 2026-05-01, 2026-05 or yesterday"
_AT_ONCE = Length(0, "d")
_BILLING_FORMS = (
    f"write {BILLING}, or {BILLING}-1d to begin a day before it, or name the days, as in --start "
    "2026-05-01 --end 2026-05-31"
)
_LENGTH_FORMS = "give a number above 0 and a unit: 24h, 7d, 4w, 3mo or 1y"


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
    option: str = "--period",
    forms: str = PERIOD_FORMS,
    ask_billing: "Callable[[], Period] | None" = None,
) -> Period:
    """What the period options mean at the instant `now`; without any, the last 30 days.

    An end in the future is cut to `now`. Raises BadArgument for what cannot be read, for
    contradicting options, for a start after the end, in the future, or before what the API takes.
    Errors call --period by `option`, and hint at its `forms`. `ask_billing` is asked for the
    running billing period where a text means that.
    """
    options = (("--start", start), ("--end", end), ("--last", last), (option, period))
    given = [f"{name} {text}" for name, text in options if text is not None]
    asked = " ".join(given) or f"--last {DEFAULT_LAST}"
    if len(given) > 1 and (start is None or end is None or len(given) > 2):
        raise BadArgument(f"{asked}: two ways to name a period", hint="give one of them only")
    if start is None and end is not None:
        raise BadArgument(
            f"--end {end} has no --start", hint=f"add one, as in --start 2026-05-01 --end {end}"
        )
    reader = _Reader(zone, whole_milliseconds(now), ask_billing)
    start_option, end_option = "--start", "--end"
    if period is not None and (ends := re.fullmatch(_RANGE, period, re.IGNORECASE)):
        start, end = ends.groups()
        start_option = end_option = f"{asked}:"
    try:
        if start is not None:
            first, beyond = reader.read_bound(start, start_option)[0], reader.now + MILLISECOND
            if end is not None:
                beyond = reader.read_bound(end, end_option)[1]
        elif period is not None:
            first, beyond = reader.read_named(period, option, forms)
        else:
            first, beyond = reader.read_last(DEFAULT_LAST if last is None else last)
    except OverflowError:
        raise BadArgument(
            f"{asked} is outside the calendar", hint="years run from 1 to 9999"
        ) from None
    now = reader.now
    if first > now:
        raise BadArgument(
            f"{asked} starts in the future ({format_instant(first)})",
            hint=f"it is now {format_instant(now)}",
        )
    if beyond <= first:
        raise BadArgument(f"{asked} ends before it starts", hint="swap the two, or check the years")
    last_included = min(beyond - MILLISECOND, now)
    found = Period(
        first,
        last_included,
        zone,
        provisional=last_included >= start_of_day(reader.today, zone),
        named_end=beyond - MILLISECOND if beyond - MILLISECOND > now else None,
        is_open=start is not None and (end or "now").strip().lower() == "now",
    )
    check_askable(found, asked)
    return found


def check_askable(period: Period, asked: str = "a period") -> None:
    """Raises BadArgument for a period that the API would refuse, in whole or in part."""
    if period.start >= EARLIEST:
        return
    years = period.end.year - EARLIEST.year
    raise BadArgument(
        f"{asked} begins at {format_instant(period.start)}, and the API accepts nothing from "
        f"before {EARLIEST.year}",
        hint=f"the earliest is --start {EARLIEST.year}-01-01T00:00Z"
        + (f", the longest --last {years}y" if years > 0 else ""),
    )


def parse_whole_days(text: str, option: str, *, now: datetime) -> Days:
    """The UTC days that a text names.

    Raises BadArgument for any other text, and for days that the API would refuse; errors name the
    `option`.
    """
    reader = _Reader(UTC, whole_milliseconds(now))
    try:
        first, beyond = reader.read_bound(text, option)
    except OverflowError:
        raise BadArgument(f"{option} {text!r} is outside the calendar", hint=_DATE_FORMS) from None
    except BadArgument as error:
        if length := parse_length(text):  # not every command with days has --last
            ago = quote(f"{length.number}{length.unit} ago")
            write = _WHOLE_DAYS if length.is_hours else f"write {option} {ago}"
            error.hint = f"that is a length of time: {write}"
        raise
    period = Period(first, beyond - MILLISECOND, UTC, provisional=False)
    check_askable(period, f"{option} {text}")
    return find_whole_days(period, f"{option} {text!r}")


def find_whole_days(period: Period, asked: str) -> Days:
    """The UTC days of a period; the last one may be running.

    Raises BadArgument, which says what was `asked`, if it begins or ends within a day.
    """
    first, last = period.start, period.named_end or period.end
    ends_whole = (last + MILLISECOND).time() in (time(), _END_OF_TIME.time())
    if first.time() != time() or not (ends_whole or period.is_open):
        raise BadArgument(
            f"{asked} is not a whole day",
            hint=_WHOLE_DAYS,
        )
    return Days(first.date(), last.date())


class _Reader(NamedTuple):
    """What texts mean on the clocks of a zone at an instant.

    Each method returns the first instant, and the first instant after the end.
    """

    zone: tzinfo
    now: datetime
    ask_billing: Callable[[], Period] | None = None

    @property
    def today(self) -> date:
        """The running day of the zone."""
        return self.now.astimezone(self.zone).date()

    def read_bound(self, text: str, option: str) -> tuple[datetime, datetime]:
        """A date: days of the calendar, an instant, now, or some time ago."""
        words = " ".join(text.split())
        if bounds := self._read_word(words, option):
            return bounds
        try:
            if days := parse_days(words, self.today):
                return self._as_instants(days)
            if re.fullmatch(_INSTANT, words, re.ASCII | re.IGNORECASE):
                return _parse_instant(words.upper(), zone=self.zone)
            if found := re.fullmatch(_DAY_AND_TIME, words, re.ASCII | re.IGNORECASE):
                days = parse_days(found["day"], self.today)
                if days and days.first == days.last:
                    offset = (found["offset"] or "").upper().replace("UTC", "Z")
                    hour, _, rest = found["time"].partition(":")
                    moment = f"{days.first}T{hour:0>2}:{rest}{offset}"
                    return _parse_instant(moment, zone=self.zone)
        except ValueError as error:
            raise BadArgument(
                f"{option} {text!r} is not a date: {error}", hint=_DATE_FORMS
            ) from None
        if words.lower().endswith(" ago") and (length := parse_length(words[:-4])):
            if length.is_hours:
                first = self.now - timedelta(hours=length.number)
                return first, first + MILLISECOND
            day = length.before(self.today)
            return self._as_instants(Days(day, day))
        if parse_length(words):
            hint = f"that is a length of time: write --last {quote(text)}"
        else:
            hint = advise(words, self.today) or _DATE_FORMS
        raise BadArgument(f"{option} {text!r} is not a date", hint=hint)

    def read_named(self, text: str, option: str, forms: str) -> tuple[datetime, datetime]:
        """Days of the calendar, a length of time up to now, or the billing period."""
        if billing := self._read_billing(text, option):
            return billing
        try:
            if days := parse_days(text, self.today):
                return self._as_instants(days)
        except ValueError as error:
            raise BadArgument(f"{option} {text!r} is not a date: {error}", hint=forms) from None
        if (length := parse_length(text)) and length.number:
            return self._read_length(length)
        hint = advise(text, self.today) or forms
        with suppress(BadArgument, OverflowError):
            self.read_bound(text, option)
            if text.strip().lower() != "now":
                hint = f"an instant is not a period: give both ends, as in {quote(f'{text}..now')}"
        raise BadArgument(f"{option} {text!r} is not known", hint=hint)

    def read_last(self, text: str) -> tuple[datetime, datetime]:
        """A length of time up to now: hours as they are, and otherwise whole days."""
        length = parse_length(text)
        if length and length.number:
            return self._read_length(length)
        with suppress(ValueError, OverflowError):
            if parse_days(text, self.today):
                raise BadArgument(
                    f"--last {text!r} is not a length of time",
                    hint=f"write --period {quote(text)}",
                )
        raise BadArgument(
            f"--last {text!r} is not a length of time",
            hint=advise(text, self.today) or _LENGTH_FORMS,
        )

    def _read_word(self, words: str, option: str) -> tuple[datetime, datetime] | None:
        """Now, the billing period, or the instant at some time before it."""
        if words.lower() == "now":
            return self.now, self.now + MILLISECOND
        found = self._read_billing(words, option)
        if found and parse_billing(words) != _AT_ONCE:
            return found[0], found[0] + MILLISECOND
        return found

    def _read_billing(self, text: str, option: str) -> tuple[datetime, datetime] | None:
        """The billing period, or from some time before it to its end."""
        try:
            back = parse_billing(text)
        except ValueError as error:
            raise BadArgument(f"{option} {text!r}: {error}", hint=_BILLING_FORMS) from None
        if back is None:
            return None
        if self.ask_billing is None:
            raise BadArgument(
                f"{option} {text!r}: the billing period is not known here", hint=_DATE_FORMS
            )
        period = self.ask_billing()
        first = period.start
        if back.is_hours:
            first -= timedelta(hours=back.number)
        elif back.number:
            first = datetime.combine(back.before(first.date()), first.timetz())
        return first, period.end + MILLISECOND

    def _read_length(self, length: Length) -> tuple[datetime, datetime]:
        if length.is_hours:
            return self.now - timedelta(hours=length.number), self.now + MILLISECOND
        return self._as_instants(Days(length.before(self.today) + DAY, self.today))

    def _as_instants(self, days: Days) -> tuple[datetime, datetime]:
        start = start_of_day(days.first, self.zone)
        try:
            return start, start_of_day(days.last + DAY, self.zone)
        except OverflowError:  # past the year 9999, and so past now
            return start, _END_OF_TIME


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
