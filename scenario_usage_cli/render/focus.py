"""FOCUS as CSV: its rows as they are, and every number with a decimal point."""

from decimal import Decimal
from typing import TextIO

from scenario_usage_cli.render import Medium
from scenario_usage_cli.render.csv import write_rows
from scenario_usage_cli.report.fields import Value
from scenario_usage_cli.report.numbers import WIDE
from scenario_usage_cli.report.view import View


def render_focus(view: View, out: TextIO, medium: Medium) -> None:
    """The header, and the rows of the only section."""
    (section,) = view.data_sections
    keys = [field.key for field in section.table.columns]
    rows = ([_write(row[key]) for key in keys] for row in section.rows)
    write_rows([keys, *rows], out, delimiter=",", on_terminal=medium.is_terminal)


def _write(value: Value) -> Value:
    """A number as plain text, exact, and never without a point: readers take 12 for an integer."""
    if not isinstance(value, Decimal):
        return value
    digits = f"{WIDE.plus(value):f}"  # no -0
    if "." not in digits:
        return f"{digits}.0"
    whole, _, fraction = digits.partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}"
