"""Cells of a workbook: values as Excel has them, and how each kind looks.

Text is text, whatever it begins with; figures are doubles, of 15 digits; instants are shown on the
clocks of the report's zone, as Excel knows no zones; what is not known is an empty cell.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, tzinfo
from decimal import Decimal
from typing import Any

from rich.cells import cell_len
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from scenario_usage_cli.clocks import to_local
from scenario_usage_cli.money import DIGITS
from scenario_usage_cli.render.csv import is_formula
from scenario_usage_cli.render.text import escape_controls, wrap_words
from scenario_usage_cli.report.book import find_unit
from scenario_usage_cli.report.fields import NUMERIC, Field, Kind, Row
from scenario_usage_cli.report.numbers import round_number
from scenario_usage_cli.report.words import format_rate

MOST_LETTERS = 32_767
"""So many a cell holds, in UTF-16."""
_MARK = "… (cut here)"
_FIRST_DAY = datetime(1900, 3, 1, tzinfo=UTC)
"""Before it, Excel has another calendar."""
_PERCENT = "0.00%"
_SIGNED = "+{0};-{0};{0}"
_NARROWEST, _WIDEST = 8, 48
_BESIDE_NUMBERS = {"align": "left", "indent": 1}
"""How texts look where a number may end at their side."""
_ROOM = 3
"""What a column is wider than its texts: for the button of its filter."""


def clean(text: str) -> str:
    """Text that is shown, and never obeyed, by whatever reads the file.

    What is longer than a cell is cut, with a mark.
    """
    text = escape_controls(text)
    if len(text) > MOST_LETTERS // 2:
        units = text.encode("utf-16-le")
        if len(units) > 2 * MOST_LETTERS:
            kept = units[: 2 * (MOST_LETTERS - len(_MARK))]
            text = kept.decode("utf-16-le", "ignore") + _MARK
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "  # the library takes it for markup of its own
    return text


def format_of_number(field: Field[Any], unit: str, values: Iterable[Any]) -> str:
    """How Excel shows the figures of a field, with the digits that the terminal has of them."""
    kind = field.kind
    if kind in (Kind.SHARE, Kind.PART):
        return _PERCENT
    if kind is Kind.CHANGE:
        return _SIGNED.format(_PERCENT)
    if kind is Kind.AMOUNT:
        places = DIGITS[field.currency]
    else:
        found = max((_count_places(one, kind) for one in values), default=0)
        places = max(2, found) if found else 0
    plain = "#,##0" + (f".{'0' * places}" if places else "") + (f'" {unit}"' if unit else "")
    return _SIGNED.format(plain) if kind is Kind.DELTA else plain


def _count_places(value: Any, kind: Kind) -> int:
    if value is None or isinstance(value, int):
        return 0
    if kind is Kind.RATE:
        return len(format_rate(value).partition(".")[2])
    exponent = round_number(value).normalize().as_tuple().exponent
    return min(6, max(0, -exponent)) if isinstance(exponent, int) else 0


def to_cell(value: int | Decimal) -> int | float:
    """A figure as a cell holds it."""
    return value if isinstance(value, int) else float(round_number(value))


class Pen:
    """Writes cells of one workbook; what looks the same shares a format."""

    def __init__(self, book: Workbook, zone: tzinfo) -> None:
        self._book = book
        self._zone = zone
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def look(self, **properties: Any) -> Format:
        """A format with these properties of the library."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]

    def look_at(
        self, field: Field[Any], values: Iterable[Any], row: Row | None = None, **more: Any
    ) -> Format:
        """How figures of a field look together, with the unit that it has in a row."""
        unit = find_unit(field, row or {})
        return self.look(num_format=format_of_number(field, unit, values), **more)

    def put_text(self, sheet: Worksheet, row: int, column: int, text: str, **look: Any) -> None:
        """Write text; what a spreadsheet might take for a formula stays text when it is edited."""
        if is_formula(text):
            look = {**look, "quote_prefix": True}
        sheet.write_string(row, column, clean(text), self.look(**look) if look else None)

    def put_time(
        self, sheet: Worksheet, row: int, column: int, at: datetime, shape: str, **look: Any
    ) -> None:
        """Write an instant on the clocks of the zone; one that Excel does not have, as text."""
        if at < _FIRST_DAY:
            self.put_text(sheet, row, column, at.isoformat())
        else:
            look = self.look(num_format=shape, **(look or {"align": "left"}))
            sheet.write_datetime(row, column, self._localize(at), look)

    def _localize(self, instant: datetime) -> datetime:
        return to_local(instant, self._zone).replace(tzinfo=None, microsecond=0)

    def shape_times(self, times: Sequence[datetime]) -> str:
        """How instants are shown: as days, where all of them begin one."""
        clocks = {self._localize(one).time() for one in times}
        if clocks <= {time()}:
            return "yyyy-mm-dd"
        has_seconds = any(clock.second for clock in clocks)
        return "yyyy-mm-dd hh:mm:ss" if has_seconds else "yyyy-mm-dd hh:mm"

    def put_column(
        self, sheet: Worksheet, top: int, column: int, field: Field[Any], rows: Sequence[Row]
    ) -> int:
        """Write the values of a field below each other; returns how wide they are."""
        values = [field.of(row) for row in rows]
        look = _BESIDE_NUMBERS if column else {}
        if field.kind in NUMERIC:
            return self._put_numbers(sheet, top, column, field, rows, values)
        if field.kind is Kind.TIME:
            known = [one for one in values if one is not None]
            shape = self.shape_times(known)
            for number, value in enumerate(values, top):
                if value is not None:
                    self.put_time(sheet, number, column, value, shape, **look)
            return len(shape)
        for number, value in enumerate(values, top):
            if isinstance(value, bool):
                sheet.write_boolean(number, column, value)
            elif value:
                text = ", ".join(value) if isinstance(value, list) else str(value)
                self.put_text(sheet, number, column, text, **look)
        return max((cell_len(text[:_WIDEST]) for text in set(map(str, values))), default=0)

    def _put_numbers(
        self,
        sheet: Worksheet,
        top: int,
        column: int,
        field: Field[Any],
        rows: Sequence[Row],
        values: Sequence[Any],
    ) -> int:
        units = [find_unit(field, row) for row in rows]
        looks: Mapping[str, Format] = {
            unit: self.look(
                num_format=format_of_number(
                    field, unit, (v for v, own in zip(values, units, strict=True) if own == unit)
                )
            )
            for unit in set(units)
        }
        longest = 0
        for number, (value, unit) in enumerate(zip(values, units, strict=True), top):
            if value is not None:
                sheet.write_number(number, column, to_cell(value), looks[unit])
                longest = max(longest, abs(int(value)))
        digits = len(f"{longest:,}")
        return digits + max((len(look.num_format) - 5 for look in looks.values()), default=0)


def count_lines(text: str, width: int) -> int:
    """So many a spreadsheet makes of a text that it wraps; it breaks words that are wider."""
    return sum(-(-cell_len(line) // width) or 1 for line in wrap_words(clean(text), width))


def fit(*widths: int) -> int:
    """The width of a column for what it has."""
    return min(max(_NARROWEST, *widths) + _ROOM, _WIDEST)
