"""Values to text: the same digits in every format."""

import re
from datetime import datetime, tzinfo
from decimal import Decimal
from functools import lru_cache

from scenario_usage_cli.clocks import format_instant
from scenario_usage_cli.report.numbers import WIDE, Exact, round_number

_UNSAFE = (
    r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f"
    r"\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]"
)
_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def format_number(number: int | Decimal) -> str:
    """Plain digits: at most 6 decimals, no zeros at the end, no exponent, no grouping.

    Amounts of money have more decimals, if they have them. Exact ones have all of theirs, and
    always a point.
    """
    if isinstance(number, int):
        return str(number)
    if isinstance(number, Exact):
        whole, _, fraction = f"{WIDE.plus(number):f}".partition(".")  # no -0
        return f"{whole}.{fraction.rstrip('0') or '0'}"
    return f"{round_number(number):f}".rstrip("0").rstrip(".")


def format_percent(fraction: Decimal) -> str:
    """A fraction of 4 decimals as a percentage of 2, so that no digit is lost: `12.50 %`."""
    return f"{fraction * 100:,.2f} %"


def add_sign(digits: str) -> str:
    """The same number with its sign, also where it is above 0: `+12.5`, `-3`, `0`."""
    return digits if digits.startswith("-") or not digits.strip("0.,% ") else f"+{digits}"


def format_time(instant: datetime) -> str:
    """ISO 8601, with the offset where its clocks are not UTC's: `2026-05-01T00:00:00Z`."""
    return _format_time(instant, instant.tzinfo, instant.fold)


@lru_cache(maxsize=256)  # one bucket stands in many rows
def _format_time(instant: datetime, zone: tzinfo | None, fold: int) -> str:
    """The zone and the fold tell apart what is the same instant, or the same time of one zone."""
    return instant.isoformat() if instant.utcoffset() else format_instant(instant)


def escape_controls(text: str) -> str:
    """Text from the API with control characters, escapes and direction marks made visible."""
    if text.isascii() and text.isprintable():  # most are, and this is ten times as fast
        return text
    return re.sub(_UNSAFE, _escape, text)


def wrap_words(text: str, width: int | None, *, indent: str = "") -> list[str]:
    """The lines of a text, no wider than so many terminal cells, and broken between words only.

    Those below the first are indented. A word that is wider, such as an address, stays whole.
    """
    if width is None or (text.isascii() and len(text) <= width):
        return [text]
    # Imported when it runs, as few messages are that long.
    from rich.cells import cell_len

    first, *words = text.split(" ")
    lines = [first]
    for word in words:
        if cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(indent + word)
    return [line.rstrip() for line in lines]


def escape_halves(text: str) -> str:
    """The same text; half a surrogate, which UTF-8 cannot have, as its escape."""
    return text if text.isascii() else re.sub(r"[\ud800-\udfff]", _escape, text)


def _escape(found: re.Match[str]) -> str:
    letter = found[0]
    return _SHORT_ESCAPES.get(letter) or (
        f"\\x{ord(letter):02x}" if ord(letter) < 256 else f"\\u{ord(letter):04x}"
    )
