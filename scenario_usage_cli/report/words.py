"""Figures and days for people: in sentences, and the digits that are shown."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from scenario_usage_cli.report.numbers import WIDE, round_cu

_DIGITS_OF_A_RATE = 3
_LONGEST_NAME = 60
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def count(number: int, noun: str) -> str:
    """So many of them: `1 day`, `2 days`, `0 days`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def list_words(words: Sequence[str]) -> str:
    """Them in a sentence: `project`, `project and user`, `project, user and model`."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def cut_name(name: str) -> str:
    """The name in a sentence, of which only the beginning is there if it is very long."""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def write_sentence(line: str) -> str:
    """A line of a log as a sentence; one that begins with an id keeps its letters."""
    ended = line if line.endswith((".", "!", "?", "…")) else f"{line}."
    is_word = line.partition(" ")[0].rstrip(",:;").isalpha()
    return f"{ended[:1].upper()}{ended[1:]}" if is_word else ended


def format_day(day: date, today: date) -> str:
    """In English, whatever the locale is; with its year, unless that is today's: `11 Dec 2027`."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day.day} {_MONTHS[day.month - 1]}{year}"


def format_cu(number: Decimal) -> str:
    """The number with the digits that every format shows: `-12.5`."""
    return f"{round_cu(number).normalize():f}"


def group_thousands(number: int | Decimal) -> str:
    """The same digits in groups, for people: `1,234,567.5`."""
    if isinstance(number, int):
        return f"{number:,}"
    return f"{round_cu(number):,f}".rstrip("0").rstrip(".")


def format_delta(number: int | Decimal) -> str:
    """The same with its sign, also where it is above 0: `+412`, `-30`, `0`."""
    digits = group_thousands(number)
    return digits if digits.startswith("-") or digits == "0" else f"+{digits}"


def format_rate(rate: Decimal) -> str:
    """An average in no more digits than it means, for people: three, and all before the point.

    `0.0123`, `12.3` or `1,234`; as everywhere, with 6 decimals at most.
    """
    digits_after = min(max(0, _DIGITS_OF_A_RATE - 1 - rate.adjusted()), 6)
    return group_thousands(rate.quantize(Decimal(1).scaleb(-digits_after), context=WIDE))
