"""CSV and TSV: RFC 4180, one section as it is, several as one long table."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TextIO

from scenario_usage_cli.periods import Period
from scenario_usage_cli.render import Medium
from scenario_usage_cli.render.text import (
    escape_controls,
    escape_halves,
    format_number,
    format_time,
)
from scenario_usage_cli.report.fields import NUMERIC, pick
from scenario_usage_cli.report.view import View

LONG_HEADER = ("period_start", "period_end", "section", "id", "name", "measure", "value")
"""The header of several sections; it never changes."""

_SIGNS = "=+-@"
"""What a formula begins with; also as a full-width letter, and behind what nobody sees."""
_BREAKS = "\t\r\n"
_UNSEEN = ("C", "Z", "M")
"""Categories of Unicode: controls and formats, blanks, and marks that take no room alone."""
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def render_csv(view: View, out: TextIO, medium: Medium) -> None:
    """Separated by commas."""
    write_rows(_build_rows(view), out, delimiter=",", on_terminal=medium.is_terminal)


def render_tsv(view: View, out: TextIO, medium: Medium) -> None:
    """Separated by tabs."""
    write_rows(_build_rows(view), out, delimiter="\t", on_terminal=medium.is_terminal)


def write_rows(
    rows: Iterable[Sequence[Any]], out: TextIO, *, delimiter: str, on_terminal: bool = False
) -> None:
    """Write rows of values with `\n` line ends.

    Text that a spreadsheet would run is made harmless and, on a terminal, text that the terminal
    would obey is escaped.
    """
    writer = csv.writer(_LineFeeds(out), delimiter=delimiter, lineterminator="\r\n")
    cells = (
        [
            # A letter or a digit in front is safe, and most texts have one.
            value if type(value) is str and value[:1].isalnum() else _format_cell(value)
            for value in row
        ]
        for row in rows
    )
    if on_terminal:
        cells = ([escape_controls(cell) for cell in row] for row in cells)
    writer.writerows(cells)


class _LineFeeds:
    """Takes the rows of the writer, and gives each its real line end.

    With CR LF as line end, the writer quotes both, as RFC 4180 wants. Half a surrogate, which no
    encoding has, is escaped.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, row: str) -> None:
        self._out.write(escape_halves(row.removesuffix("\r\n")) + "\n")


def _build_rows(view: View) -> Iterator[Sequence[Any]]:
    bounds = _bound(view.period)
    if len(view.data_sections) == 1:
        (section,) = view.data_sections
        keys = [column.key for column in section.table.columns]
        names = [column.column for column in section.table.columns]
        yield ("period_start", "period_end", *names)
        own = {number: _bound(period) for number, period in section.periods.items()}
        for number, row in enumerate(section.rows):
            yield (*own.get(number, bounds), *(row[key] for key in keys))
        return
    yield LONG_HEADER
    for section in (*filter(None, (view.opening,)), *view.data_sections):
        measures = [(field.key, field.column) for field in pick(section.table.columns, *NUMERIC)]
        for row in section.rows:
            row_id, name = section.identify(row)
            for key, measure in measures:
                if row[key] is not None:
                    yield (*bounds, section.table.name, row_id, name, measure, row[key])


def _bound(period: Period | None) -> Sequence[str | None]:
    """Both ends of a period as cells."""
    return (format_time(period.start), format_time(period.end)) if period else (None, None)


def _format_cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return format_number(value)
        case datetime():
            return format_time(value)
    text = ", ".join(value) if isinstance(value, list) else str(value)
    # Behind apostrophes as well, or else such a text would lose one when it is read.
    return f"'{text}" if is_formula(text.lstrip("'")) else text


def unescape_cell(cell: str) -> str:
    """The text of a cell, without what makes it harmless in a spreadsheet."""
    return cell[1:] if cell[:1] == "'" and is_formula(cell.lstrip("'")) else cell


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might run it, which may look for a sign behind what is not seen."""
    seen = next((letter for letter in text if unicodedata.category(letter)[0] not in _UNSEEN), "")
    is_signed = seen != "" and unicodedata.normalize("NFKC", seen) in _SIGNS
    return text.startswith(tuple(_BREAKS)) or (is_signed and not _NUMBER.fullmatch(text))
