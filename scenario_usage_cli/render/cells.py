"""Cells for people: how a value of each kind looks in a table, on a screen or in Markdown."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from scenario_usage_cli.render.text import (
    add_sign,
    format_percent,
    format_time,
)
from scenario_usage_cli.report.fields import NUMERIC, UNITS, Field, Kind
from scenario_usage_cli.report.view import Headline
from scenario_usage_cli.report.words import format_rate, group_thousands

NOTHING = "–"
_LEVELS = "▁▂▃▄▅▆▇█"
_NO_LEVEL = "·"
_ARROWS = {"+": "▲ ", "-": "▼ "}
NOTHING_HERE = "nothing in this period"
NONE = "none"
UNKNOWN = "unknown: the API left it out, or a part of it"


def format_cell(value: Any, kind: Kind = Kind.CU) -> str:
    """The text of a cell; text stays as it is.

    Thousands are grouped, shares are percentages, deltas have arrows, and null is a dash.
    """
    match value:
        case None:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case list() if kind is Kind.TEXTS:
            return ", ".join(value) or NOTHING
        case list():
            return draw_course(value)
        case Decimal() if kind in (Kind.SHARE, Kind.PART):
            return format_percent(value)
        case Decimal() if kind is Kind.CHANGE:
            return add_sign(format_percent(value))
        case Decimal() if kind is Kind.RATE:
            return format_rate(value)
        case int() | Decimal():
            # An amount has the digits of its currency.
            digits = f"{value:,f}" if kind is Kind.AMOUNT else group_thousands(value)
            return _point(add_sign(digits)) if kind is Kind.DELTA else digits
        case datetime():
            return format_time(value)
    return str(value)


def format_headline(headline: Headline) -> str:
    """The value of a headline, with its unit; its title stands above it."""
    unit = headline.unit or UNITS.get(headline.kind, "")
    return f"{format_cell(headline.value, headline.kind)} {unit}".rstrip()


def describe_change(headline: Headline) -> str:
    """How much more the figure is than before, as a part of that; empty where that was nothing."""
    change = headline.change
    return "" if change is None else _point(add_sign(format_percent(change)))


def _point(signed: str) -> str:
    """An arrow before what grew or shrank, so that it is seen without colours."""
    return _ARROWS.get(signed[:1], "") + signed


def draw_course(figures: list[int | Decimal | None]) -> str:
    """One letter a figure, the higher the larger; a dot for nothing, or less than nothing.

    A dash is a figure that is not known.
    """
    highest = max((figure for figure in figures if figure is not None), default=0)
    steps = len(_LEVELS) - 1

    def draw(figure: int | Decimal | None) -> str:
        if figure is None:
            return NOTHING
        return _LEVELS[max(0, round(figure * steps / highest))] if figure > 0 else _NO_LEVEL

    return "".join(map(draw, figures))


def name_rest(count: int) -> str:
    """What people call the sum of so many rows, in a sentence that the table began."""
    return f"and {count:,} other{'' if count == 1 else 's'}"


def find_level(figure: int | Decimal, highest: Decimal, levels: int) -> int:
    """How dark a shade is: 0 for what is not positive, or else up to `levels - 1`."""
    darkest = levels - 1
    return 0 if figure <= 0 else min(darkest, 1 + int(figure * darkest / highest))


def describe_empty(*, is_known: bool, is_inventory: bool = False) -> str:
    """What stands in the place of a table without rows, if it is known that there are none."""
    if not is_known:
        return UNKNOWN
    return NONE if is_inventory else NOTHING_HERE


def is_right_aligned(column: Field[Any]) -> bool:
    """Numbers end, and text begins, at the same place."""
    return column.kind in NUMERIC


def align_decimals(cells: list[str]) -> list[str]:
    """The same numbers, padded so that their points stand below each other."""
    decimals = [len(cell) - cell.find(".") if "." in cell else 0 for cell in cells]
    room = max(decimals, default=0)
    return [cell + " " * (room - own) for cell, own in zip(cells, decimals, strict=True)]


def narrow(widths: Iterable[int], room: int) -> list[int]:
    """Widths that have room together: it is taken from whichever is the widest, but for 1."""
    fitted = [min(width, max(1, room)) for width in widths]
    while sum(fitted) > room and max(fitted) > 1:
        fitted[fitted.index(max(fitted))] -= 1
    return fitted
