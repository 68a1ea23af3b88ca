"""Cells for people: how a value of each kind looks in a table, on a screen or in Markdown."""

from decimal import Decimal
from typing import Any

from scenario_usage_cli.render.text import format_number, format_percent, group_thousands
from scenario_usage_cli.report.view import NUMERIC, Column, Kind, Section

NOTHING = "–"


def format_cell(value: Any, kind: Kind = Kind.CU) -> str:
    """Thousands grouped, shares as percentages, a dash for null; text as it is."""
    match value:
        case None:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case Decimal() if kind is Kind.SHARE:
            return format_percent(value)
        case int() | Decimal():
            return group_thousands(format_number(value))
    return str(value)


def describe_empty(section: Section) -> str:
    """What stands in the place of a table without rows."""
    return "nothing in this period" if section.is_known else "unknown: the API left it out"


def is_right_aligned(column: Column) -> bool:
    """Numbers end, and text begins, at the same place."""
    return column.kind in NUMERIC


def align_decimals(cells: list[str]) -> list[str]:
    """The same numbers, padded so that their points stand below each other."""
    room = max((len(_decimals(cell)) for cell in cells), default=0)
    return [cell + " " * (room - len(_decimals(cell))) for cell in cells]


def _decimals(cell: str) -> str:
    """The point and what follows it, or nothing."""
    _, point, decimals = cell.partition(".")
    return point + decimals
