"""The first sheet of a workbook: what it is of, its totals as formulas, and what to know of it."""

from collections.abc import Iterable, Sequence
from datetime import UTC
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import quote_sheetname, xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from scenario_usage_cli import __version__
from scenario_usage_cli.render.cells import describe_empty
from scenario_usage_cli.render.xlsx.cells import Pen, count_lines, to_cell
from scenario_usage_cli.report.book import Book, Line, Sheet
from scenario_usage_cli.report.fields import UNITS, Field, Kind, Row
from scenario_usage_cli.report.sums import Sum
from scenario_usage_cli.report.tables import AFTER, BEFORE, CHANGE, DELTA
from scenario_usage_cli.report.view import Headline, View

_WIDTHS = (34, 20, 20, 20, 14, 30)
_LAST = len(_WIDTHS) - 1
_FILLED = 1.2
"""How many letters a line has for each that its width tells, as most are narrower than a digit."""
_LINE_HEIGHT = 15
_MOST_LINES = 27
"""So many lines a row of a spreadsheet can be high."""
_TITLE = {"bold": True, "font_size": 18}
_BLOCK = {"bold": True, "font_size": 13, "bottom": 1, "bottom_color": "#8A97A8"}
_HEAD = {"bold": True, "font_color": "#444444"}
_ALARM = {"bold": True, "font_color": "#B3261E"}
_PALE = {"font_color": "#666666"}
_ASIDE = {"font_color": "#666666", "indent": 1}


def write_summary(sheet: Worksheet, view: View, book: Book, pen: Pen) -> None:
    """Write all of it; the sheets that its formulas are over are those of the book."""
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    _Summary(sheet, view, book, pen).write()


class _Summary:
    """Knows which row is the next one."""

    def __init__(self, sheet: Worksheet, view: View, book: Book, pen: Pen) -> None:
        self._sheet = sheet
        self._view = view
        self._book = book
        self._pen = pen
        self._row = 0

    def write(self) -> None:
        view = self._view
        self._put(view.title, **_TITLE)
        self._put_lines([view.subtitle], **_PALE)
        self._put_lines(view.alarms, **_ALARM)
        if view.period and view.period.provisional:
            self._put("The period is still running: its figures are provisional.", **_ALARM)
        if self._book.totals:
            self._head("Totals")
            self._write_lines(self._book.totals)
        self._write_differences()
        self._put_lines(self._book.notes)
        for told in self._book.told:
            self._head(told.title)
            self._write_lines(told.lines)
            self._put_lines(told.sentences)
        if self._book.warnings:
            self._head("Warnings")
            self._put_lines(self._book.warnings)
        self._write_sheets()
        self._write_origin()

    def _put(self, text: str, **look: Any) -> None:
        """Write a text in the first column, which ends its row."""
        self._put_beside(text, 0, **look)
        self._row += 1

    def _put_beside(self, text: str, column: int, **look: Any) -> None:
        self._pen.put_text(self._sheet, self._row, column, text, **look)

    def _put_lines(self, texts: Iterable[str], **look: Any) -> None:
        for text in filter(None, texts):
            self._put_paragraph(text, 0, **look)
            self._row += 1

    def _put_paragraph(self, text: str, first: int, **look: Any) -> None:
        """Write a sentence over all columns from the first on, which the spreadsheet wraps.

        The row gets the height that it needs, which nothing finds out for merged cells.
        """
        wraps = {"text_wrap": True, "align": "left", "valign": "top", **look}
        row, blank = self._row, self._pen.look(**wraps)
        self._sheet.merge_range(row, first, row, _LAST, "", blank)
        self._put_beside(text, first, **wraps)
        lines = count_lines(text, int(sum(_WIDTHS[first:]) * _FILLED))
        self._sheet.set_row(row, _LINE_HEIGHT * min(lines, _MOST_LINES))

    def _head(self, title: str) -> None:
        self._row += 1
        for column in range(1, len(_WIDTHS)):
            self._sheet.write_blank(self._row, column, None, self._pen.look(**_BLOCK))
        self._put(title, **_BLOCK)

    def _put_headings(self, *headings: str, numeric: int) -> None:
        """Write headings; so many after the first are of numbers."""
        for column, heading in enumerate(headings):
            if not heading:
                continue
            is_numeric = 0 < column <= numeric
            look = {"align": "right"} if is_numeric else {"indent": 1} if column else {}
            self._put_beside(heading, column, **look, **_HEAD)
        self._row += 1

    def _write_lines(self, lines: Sequence[Line]) -> None:
        """Figures, each with what it was before, and where it comes from."""
        has_before = any(line.headline.before is not None for line in lines)
        if has_before:
            self._put_headings("", "", "Before", "Change", numeric=3)
        for line in lines:
            headline = line.headline
            field = _declare(headline)
            formula = self._sum(line.sum)
            told = self._describe(line.sum)
            if line.is_difference and formula is None:
                above = [xl_rowcol_to_cell(self._row - lines_up, 1) for lines_up in (2, 1)]
                formula, told = f"=ROUND({above[0]}-{above[1]},6)", "the first less the second"
            self._put_figure(1, field, headline.value, formula)
            if has_before:
                self._put_figure(2, field, headline.before)
                self._put_figure(3, CHANGE, line.change)
            self._put_beside(told, 4 if has_before else 2, **_ASIDE)
            self._put(headline.title)

    def _write_differences(self) -> None:
        """The totals of a comparison."""
        if not self._book.differences:
            return
        self._head("Totals")
        titles = (one.title for one in (BEFORE, AFTER, DELTA, CHANGE))
        self._put_headings("Measure", *titles, numeric=4)
        heading = self._view.opening.shown[0] if self._view.opening else BEFORE
        for row, (before, after) in self._book.differences:
            old, new, delta = (xl_rowcol_to_cell(self._row, one) for one in (1, 2, 3))
            self._put_figure(1, BEFORE, BEFORE.of(row), self._sum(before), row)
            self._put_figure(2, AFTER, AFTER.of(row), self._sum(after), row)
            self._put_figure(3, DELTA, DELTA.of(row), f"=ROUND({new}-{old},6)", row)
            change = CHANGE.of(row)
            self._put_figure(4, CHANGE, change, f"=ROUND({delta}/{old},4)")
            self._put_beside(self._describe(after), 5, **_ASIDE)
            self._put(str(heading.of(row)))

    def _put_figure(
        self,
        column: int,
        field: Field[Any],
        value: int | Decimal | None,
        formula: str | None = None,
        row: Row | None = None,
    ) -> None:
        if value is None:
            return
        look = self._pen.look_at(field, [value], row, bold=column == 1 and row is None)
        if formula is None:
            self._sheet.write_number(self._row, column, to_cell(value), look)
        else:
            self._sheet.write_formula(self._row, column, formula, look, to_cell(value))

    def _sum(self, found: Sum | None) -> str | None:
        """The formula of a sum, over the sheet of its section."""
        sheet = found and self._book.find_sheet(found.section)
        if not (found and sheet):
            return None
        ranges = [_locate(sheet, field) for field in found.fields]
        if not found.is_count:
            return f"=ROUND(SUM({ranges[0]}),{found.digits})"
        if not ranges:
            return f"=ROWS({_locate(sheet, sheet.columns[0])})"
        if found.fields[0].kind is Kind.FLAG:
            return f"=COUNTIF({ranges[0]},TRUE)"
        return f"=SUMPRODUCT(--(({'+'.join(f'({one}<>0)' for one in ranges)})>0))"

    def _describe(self, found: Sum | None) -> str:
        """Where a sum comes from, in words."""
        sheet = found and self._book.find_sheet(found.section)
        if not (found and sheet):
            return ""
        titles = [field.title for field in found.fields]
        if not found.is_count:
            return f"sum of {titles[0]} in {sheet.name}"
        return f"rows of {sheet.name}" + (f" with any {' or '.join(titles)}" if titles else "")

    def _write_sheets(self) -> None:
        """What the other sheets hold, each a click away."""
        self._head("Sheets")
        self._put_headings("Sheet", "Rows", "What a row is", numeric=1)
        for sheet in self._book.sheets:
            section = sheet.section
            count = len(sheet.rows)
            self._sheet.write_number(
                self._row, 1, count, self._pen.look(num_format="#,##0", valign="top")
            )
            told = sheet.meaning
            if not count:
                told = describe_empty(is_known=section.is_known, is_inventory=section.is_inventory)
            self._link(sheet.name, told)
        for name, matrix in self._book.matrices:
            self._link(name, matrix.title)
        self._link("Columns", "What each column is, and its key in JSON and CSV.")

    def _link(self, name: str, told: str) -> None:
        place = f"internal:{quote_sheetname(name)}!A1"
        look = self._pen.look(font_color="#0B57D0", underline=1, valign="top")
        self._sheet.write_url(self._row, 0, place, look, name)
        if told:
            self._put_paragraph(told, 2, **_ASIDE)
        self._row += 1

    def _write_origin(self) -> None:
        """What the figures are of, and what made them."""
        view, pen, sheet = self._view, self._pen, self._sheet
        self._head("How these figures were made")
        if period := view.period:
            for title, at in (("Start", period.start), ("End", period.end)):
                pen.put_time(sheet, self._row, 1, at, pen.shape_times([period.start, at]))
                self._put(title)
            self._put_beside(period.timezone, 1)
            self._put("Time zone of the sheets")
            self._put_beside("yes" if period.provisional else "no", 1)
            self._put("Provisional")
        self._put_beside(f"{view.generated_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC", 1)
        self._put("Generated")
        self._put_beside(f"scenario-usage-cli {__version__}", 1)
        self._put("Tool")
        if (version := view.document.get("schema_version")) is not None:
            self._put_beside(str(version), 1)
            self._put("Version of the JSON Schema")
        self._put_lines(self._book.origin)


def _locate(sheet: Sheet, field: Field[Any]) -> str:
    """The cells of a field, all rows."""
    column = [one.key for one in sheet.columns].index(field.key)
    cells = xl_range_abs(1, column, len(sheet.rows), column)
    return f"{quote_sheetname(sheet.name)}!{cells}"


def _declare(headline: Headline) -> Field[Any]:
    """A field that looks like a headline."""
    unit = headline.unit or UNITS.get(headline.kind, "")
    currency = unit if headline.kind is Kind.AMOUNT else ""
    return Field(headline.key, headline.title, headline.kind, currency=currency)
