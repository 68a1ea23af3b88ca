"""XLSX: a sheet per section with every row, and a first one whose totals are formulas over them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, tzinfo
from typing import Any, BinaryIO

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from scenario_usage_cli import __version__
from scenario_usage_cli.render import Medium
from scenario_usage_cli.render.cells import describe_empty
from scenario_usage_cli.render.xlsx.cells import Pen, fit, to_cell
from scenario_usage_cli.render.xlsx.charts import draw_charts
from scenario_usage_cli.render.xlsx.summary import write_summary
from scenario_usage_cli.report.book import Book, Sheet, build_book
from scenario_usage_cli.report.fields import NUMERIC, Field, Kind
from scenario_usage_cli.report.matrix import Matrix
from scenario_usage_cli.report.view import View

_A4 = 9
_COLUMNS_OF_A_PAGE = 20
"""With more of a matrix, its print could not be read."""
_HEADING = {
    "bold": True,
    "bg_color": "#E8EDF4",
    "bottom": 1,
    "bottom_color": "#8A97A8",
    "valign": "vcenter",
    "text_wrap": True,
}
_PALE, _STRONG = "#FFFFFF", "#7FB2E5"


def render_xlsx(view: View, out: BinaryIO, medium: Medium) -> None:
    """The whole view, whatever the medium; raises the errors of `build_book`."""
    content = build_book(view)
    zone = view.period.zone if view.period else UTC
    book = Workbook(out, {"in_memory": True, "strings_to_urls": False})
    book.set_properties(
        {
            "title": view.title,
            "author": f"scenario-usage-cli {__version__}",
            "created": view.generated_at.astimezone(UTC).replace(tzinfo=None),
        }
    )
    pen = Pen(book, zone)
    summary = book.add_worksheet("Summary")
    for sheet in content.sheets:
        _write_sheet(book.add_worksheet(sheet.name), sheet, pen, zone)
    for name, matrix in content.matrices:
        _write_matrix(book.add_worksheet(name), matrix, pen)
    _write_columns(book.add_worksheet("Columns"), content, pen)
    write_summary(summary, view, content, pen)
    draw_charts(book, summary, content)
    book.close()


def _write_headings(sheet: Worksheet, headings: Sequence[tuple[str, bool]], pen: Pen) -> None:
    """The first row, which stays in sight and is printed on every page.

    Each heading comes with whether numbers stand below it.
    """
    for column, (heading, is_numeric) in enumerate(headings):
        align = {"align": "right"} if is_numeric else {"align": "left", "indent": min(column, 1)}
        pen.put_text(sheet, 0, column, heading, **align, **_HEADING)
    sheet.set_row_pixels(0, 24)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P / &N")


def _write_sheet(sheet: Worksheet, content: Sheet, pen: Pen, zone: tzinfo) -> None:
    columns, section = content.columns, content.section
    headings = [_head(field, zone) for field in columns]
    are_numeric = [field.kind in NUMERIC for field in columns]
    _write_headings(sheet, list(zip(headings, are_numeric, strict=True)), pen)
    for column, (field, heading) in enumerate(zip(columns, headings, strict=True)):
        width = pen.put_column(sheet, 1, column, field, content.rows)
        sheet.set_column(column, column, fit(len(heading), width))
    if not content.rows:
        empty = describe_empty(is_known=section.is_known, is_inventory=section.is_inventory)
        pen.put_text(sheet, 1, 0, empty, italic=True, font_color="#666666")
    sheet.autofilter(0, 0, len(content.rows), len(columns) - 1)


def _head(field: Field[Any], zone: tzinfo) -> str:
    """The title; instants tell the zone, which cells have none of."""
    return f"{field.title}, {zone}" if field.kind is Kind.TIME else field.title


def _write_matrix(sheet: Worksheet, matrix: Matrix, pen: Pen) -> None:
    """One figure by two dimensions, with sums at the right and below, the darker the more."""
    _write_headings(
        sheet,
        [(matrix.row_title, False), *((one, True) for one in (*matrix.columns, "Sum"))],
        pen,
    )
    sheet.set_row_pixels(0, 60)
    sheet.fit_to_pages(1 + len(matrix.columns) // _COLUMNS_OF_A_PAGE, 0)
    sheet.repeat_columns(0)
    sheet.set_column(0, 0, fit(*map(len, matrix.rows)))
    sheet.set_column(1, len(matrix.columns) + 1, fit(12))
    last, right = len(matrix.rows), len(matrix.columns)
    look = pen.look_at(matrix.figure, [*matrix.row_sums, *(v for row in matrix.cells for v in row)])
    strong = pen.look(num_format=look.num_format, bold=True)
    for number, (name, figures) in enumerate(zip(matrix.rows, matrix.cells, strict=True), 1):
        pen.put_text(sheet, number, 0, name)
        for column, value in enumerate(figures, 1):
            if value is not None:
                sheet.write_number(number, column, to_cell(value), look)
    for number, total in enumerate(matrix.row_sums, 1):
        cells = f"B{number + 1}:{xl_col_to_name(right)}{number + 1}"
        sheet.write_formula(number, right + 1, f"=ROUND(SUM({cells}),6)", strong, to_cell(total))
    pen.put_text(sheet, last + 1, 0, "Sum", bold=True)
    for column, total in enumerate((*matrix.column_sums, matrix.whole), 1):
        name = xl_col_to_name(column)
        formula = f"=ROUND(SUM({name}2:{name}{last + 1}),6)"
        sheet.write_formula(last + 1, column, formula, strong, to_cell(total))
    if matrix.cells and matrix.columns:
        scale = {"type": "2_color_scale", "min_color": _PALE, "max_color": _STRONG}
        sheet.conditional_format(1, 1, last, right, scale)


def _write_columns(sheet: Worksheet, content: Book, pen: Pen) -> None:
    """What each column of each sheet is, and what it is called in JSON."""
    headings = ("Sheet", "Column", "Key in JSON and CSV", "Unit", "What it is")
    _write_headings(sheet, [(one, False) for one in headings], pen)
    told = list(_describe_columns(content))
    for number, texts in enumerate(told, 1):
        for column, text in enumerate(texts):
            pen.put_text(sheet, number, column, text)
    for column, heading in enumerate(headings):
        sheet.set_column(column, column, fit(len(heading), *(len(texts[column]) for texts in told)))
    sheet.autofilter(0, 0, len(told), len(headings) - 1)


def _describe_columns(content: Book) -> Iterable[tuple[str, ...]]:
    for sheet in content.sheets:
        table = sheet.section.table
        for field in sheet.columns:
            meaning = table.describe(field).replace("`", "")
            yield sheet.name, field.title, field.column, field.unit, meaning
