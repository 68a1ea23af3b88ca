"""From words to days: what people call a stretch of the calendar, one vocabulary for all options.

Case, spaces, commas, `-` and `_` between words do not matter. Nothing here knows zones or clocks.
"""

import re
from datetime import date, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dateutil.relativedelta import relativedelta

DAY = timedelta(days=1)
UNITS = ("week", "month", "quarter", "year")
NAMES = (
    *("today", "yesterday"),
    *(f"{which}-{unit}" for unit in UNITS for which in ("this", "last")),
)
"""Those that messages and completion show; `parse_days` knows more."""
BILLING = "billing"
"""The one period that no calendar has: the API knows it."""

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LENGTHS = {
    "h": "h hr hrs hour hours",
    "d": "d day days",
    "w": "w wk wks week weeks",
    "mo": "mo month months",
    "q": "quarter quarters",
    "y": "y yr yrs year years",
}
_COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_THIS, _LAST = ("this", "current"), ("last", "previous", "prev")
_TO_DATE = {"wtd": "week", "mtd": "month", "qtd": "quarter", "ytd": "year"}
_DIGITS = {1: "n", 2: "n", 4: "Y", 8: "D"}
_KINDS = {"q": "q", "quarter": "q", "w": "w", "week": "w"}
_SHAPES = (
    *("Y", "Yn", "YM", "MY", "M", "Yqn", "qnY", "qn", "Ywn", "wnY", "wn"),
    *("D", "Ynn", "YMn", "nMY", "MnY", "nM", "Mn", "Ywnn", "W"),
)
"""How years (Y), months (M), weekdays (W), whole dates (D), numbers (n), q and w may stand."""

_YEARS_BACK = 8
"""A 29 February is at most so far away."""
_FIRST_SHORT_YEAR = 20
"""`may 20` may be a day, or May 2020; before that, nobody has usage."""


class Days(NamedTuple):
    """Whole days, the last of them included."""

    first: date
    last: date


class Length(NamedTuple):
    """A number of hours (h), days (d), weeks (w), months (mo), quarters (q) or years (y)."""

    number: int
    unit: str

    @property
    def is_hours(self) -> bool:
        """Whether it does not consist of days."""
        return self.unit == "h"

    def before(self, day: date) -> date:
        """The day that is so many days, weeks, months or years before another.

        Raises OverflowError outside of the calendar.
        """
        months = {"mo": 1, "q": 3, "y": 12}.get(self.unit)
        try:
            if months:
                return day - calendar_months(self.number * months)
            return day - timedelta(days=self.number * (7 if self.unit == "w" else 1))
        except ValueError:
            raise OverflowError from None


def parse_days(text: str, today: date) -> Days | None:
    """The days that a text names; None if it names none.

    `last-month`, `2026-05-12`, `2026-W20`, `2026-Q2`, `may 2026`, `12 May`: what has no year is the
    latest that has begun. Raises ValueError, with the reason, for dates that do not exist, and
    OverflowError for what is outside of the calendar.
    """
    match _read_words(text):
        case ["today"]:
            return Days(today, today)
        case ["yesterday"]:
            return Days(today - DAY, today - DAY)
        case [which, ("week" | "month" | "quarter" | "year") as unit] if which in _THIS + _LAST:
            this = _find_unit(unit, today)
            return this if which in _THIS else _find_unit(unit, this.first - DAY)
        case [("week" | "month" | "quarter" | "year") as unit, "to", "date"]:
            return _find_unit(unit, today)
        case [word] if word in _TO_DATE:
            return _find_unit(_TO_DATE[word], today)
        case words:
            return _parse_date(words, today)


def parse_length(text: str) -> Length | None:
    """A number and a unit, with or without `last` before them; None for any other text.

    `7d`, `7 days`, `last-3-months`, `past two weeks`. The number may be 0.
    """
    words = _read_words(text)
    if words and words[0] in ("last", "past"):
        words = ["1", *words[1:]] if words[1:] == ["hour"] else words[1:]
    if len(words) != 2:
        return None
    count = str(_COUNTS.index(words[0]) + 1) if words[0] in _COUNTS else words[0]
    unit = next((unit for unit, names in _LENGTHS.items() if words[1] in names.split()), None)
    if not (unit and count.isdigit() and len(count.lstrip("0")) <= 7):
        return None
    return Length(int(count), unit)


def parse_billing(text: str) -> Length | None:
    """How long before the running billing period began a text means; None if it is about another.

    `billing`, `this billing period`, `billing-1d`. Raises ValueError, with the reason, for any
    other billing period.
    """
    words = [word for word in _read_words(text) if word not in ("period", "periods")]
    if BILLING not in words:
        return None
    match words:
        case [word] | [("this" | "current"), word] if word == BILLING:
            return Length(0, "d")
        case [word, number, unit] if word == BILLING:
            if length := parse_length(f"{number} {unit}"):
                return length
    raise ValueError("only the running billing period is known, as an upgrade starts a new one")


def advise(text: str, today: date) -> str | None:
    """What to write instead of a text that could mean several things, or is misspelt."""
    words = _read_words(text)
    if found := re.fullmatch(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})", text.strip()):
        ways = ((found[2], found[1]), (found[1], found[2]))
        dates = (f"{found[3]}-{month:0>2}-{day:0>2}" for month, day in ways)
        return _offer(list(dict.fromkeys(filter(_is_date, dates))))
    if re.fullmatch(r"[0-9]{4}[/.][0-9]{1,2}([/.][0-9]{1,2})?", text.strip()):
        return _offer(["-".join(part.zfill(2) for part in re.split("[/.]", text.strip()))])
    if words[:-1] in ([], ["past"], ["last"]) and words[-1:] and words[-1] in ("day", *UNITS):
        return _advise_unit(words[-1])
    match words:
        case [number] if number.isdigit() and len(number) < 4:
            return f"write the unit as well, as in {number}d or {number}mo"
        case [number, "m" | "min" | "mins"] if number.isdigit():
            return f"write {number}mo for months; the shortest unit is 1h"
        case [month, day] if _is_short_year(month, day, today):
            return _offer([f"{day} {month}", f"{month} 20{day}"])
    near = get_close_matches("-".join(words), NAMES, n=1, cutoff=0.8)
    return f"did you mean {near[0]}?" if near else None


def _advise_unit(unit: str) -> str:
    """What `past week` or `month` may mean: that of the calendar, or the time up to now."""
    if unit == "day":
        return "write today, yesterday or, for the last 24 hours, --last 24h"
    length = {"week": "1w", "month": "1mo", "quarter": "3mo", "year": "1y"}[unit]
    return f"write this-{unit}, last-{unit} or, for the days up to today, --last {length}"


def calendar_months(count: int) -> "relativedelta":
    """So many months to add to a date; in a month without that day, the result is its last day."""
    # What counts in days or weeks does without it: it would add 1.5 % to a report's instructions.
    from dateutil.relativedelta import relativedelta  # noqa: PLC0415 - see above

    return relativedelta(months=count)


def _read_words(text: str) -> list[str]:
    """The words and numbers of a text in lower case; none if there is anything else in it."""
    lowered = text.strip().lower()
    if not re.fullmatch(r"[a-z0-9]+(([\s,]+|[-_])[a-z0-9]+)*", lowered):
        return []
    return re.findall("[0-9]+|[a-z]+", lowered)


def _parse_date(words: list[str], today: date) -> Days | None:
    shape = "".join(map(_classify, words))
    if shape not in _SHAPES:
        return None
    if shape == "D":
        return _one(date.fromisoformat(words[0]))
    if shape == "W":
        number = _find_name(words[0], _WEEKDAYS)
        return _one(today - timedelta(days=(today.weekday() - number) % 7))
    by_kind = dict(zip(shape, words, strict=True))
    numbers = [int(word) for kind, word in zip(shape, words, strict=True) if kind == "n"]
    month = [_find_name(by_kind["M"], _MONTHS) + 1] if "M" in shape else []
    unit = shape.replace("Y", "").replace("M", "n")
    if "Y" in shape:
        return _build(unit, int(by_kind["Y"]), month + numbers)
    if shape == "Mn" and _is_short_year(words[0], words[1], today):
        return None
    reason = ValueError("there is no such day")
    for year in range(today.year + 1, max(today.year - _YEARS_BACK, 1) - 1, -1):
        try:
            days = _build(unit, year, month + numbers)
        except ValueError as error:
            reason = error
            continue
        if days.first <= today:
            return days
    raise reason


def _build(unit: str, year: int, numbers: list[int]) -> Days:
    """The year, month, day, quarter or week that a shape without its year and month stands for."""
    match unit:
        case "":
            return _months(date(year, 1, 1), 12)
        case "n":
            return _months(date(year, numbers[0], 1), 1)
        case "nn":
            return _one(date(year, *numbers))
        case "qn":
            if not 1 <= numbers[0] <= 4:
                raise ValueError("a year has four quarters")
            return _months(date(year, 3 * numbers[0] - 2, 1), 3)
        case "wn":
            first = date.fromisocalendar(year, numbers[0], 1)
            return Days(first, first + 6 * DAY if first < date.max - 6 * DAY else date.max)
        case _:
            return _one(date.fromisocalendar(year, *numbers))


def _classify(word: str) -> str:
    """The letter for a kind of word in a shape; ? for any other."""
    if word.isdigit():
        return _DIGITS.get(len(word), "?")
    if word in _KINDS:
        return _KINDS[word]
    for kind, names in (("M", _MONTHS), ("W", _WEEKDAYS)):
        if _find_name(word, names) >= 0:
            return kind
    return "?"


def _find_name(word: str, names: tuple[str, ...]) -> int:
    """The place of a name that a word is, or shortens to three letters or more; -1 for none."""
    found = (number for number, name in enumerate(names) if name.startswith(word))
    return next(found, -1) if len(word) >= 3 else -1


def _find_unit(unit: str, day: date) -> Days:
    """The calendar week, month, quarter or year with a day in it."""
    match unit:
        case "week":
            first = day - timedelta(days=day.weekday())
            return Days(first, first + 6 * DAY)
        case "month":
            return _months(day.replace(day=1), 1)
        case "quarter":
            return _months(date(day.year, (day.month + 2) // 3 * 3 - 2, 1), 3)
        case _:
            return _months(date(day.year, 1, 1), 12)


def _months(first: date, count: int) -> Days:
    try:
        return Days(first, first + calendar_months(count) - DAY)
    except (ValueError, OverflowError):  # past the year 9999
        return Days(first, date.max)


def _one(day: date) -> Days:
    return Days(day, day)


def _is_short_year(month: str, day: str, today: date) -> bool:
    """Whether `may 26` may as well be May 2026 as a day."""
    is_pair = _classify(month) == "M" and day.isdigit() and len(day) == 2
    return is_pair and _FIRST_SHORT_YEAR <= int(day) <= today.year - 2000


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _offer(texts: list[str]) -> str | None:
    return f"write {' or '.join(texts)}" if texts else None
