"""Charts of a workbook: Excel's own, over the cells of its sheets."""

from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from scenario_usage_cli.render.xlsx.cells import clean
from scenario_usage_cli.report.book import MOST_BARS, Book, Sheet
from scenario_usage_cli.report.fields import Field, Kind, name_with_unit
from scenario_usage_cli.report.view import Chart, Drawing

_FIRST_COLUMN = 7
_ROW_HEIGHT = 20
_WIDTH, _HEIGHT = 760, 300
_BAR, _PALE_BAR = "#2F6DB5", "#A9C4E4"
_GRID = {"visible": True, "line": {"color": "#E3E7EC", "width": 0.75}}
_FONT = {"size": 9, "color": "#444444"}
_LONGEST_TEXT = 1000
"""Of what is read out in the place of a chart."""
_MOST_MARKED = 400
"""Where there are more bars, weekends are too narrow to be seen."""


def draw_charts(book: Workbook, sheet: Worksheet, content: Book) -> None:
    """Draw all that have rows, one below the other, beside what is on the sheet."""
    place = 1
    for chart in content.charts:
        source = content.find_sheet(chart.section)
        if source is None or not source.rows or chart.drawing is Drawing.CALENDAR:
            continue
        drawn = _draw(book, chart, source)
        if drawn is not None:
            told = {"description": clean(chart.description or chart.title)[:_LONGEST_TEXT]}
            sheet.insert_chart(place, _FIRST_COLUMN, drawn, told)
            place += drawn.height // _ROW_HEIGHT + 1


def _draw(book: Workbook, chart: Chart, source: Sheet) -> Any:
    keys = [field.key for field in source.columns]
    if chart.label.key not in keys or chart.figure.key not in keys:
        return None
    is_ranking = chart.drawing is Drawing.RANKING
    last = len(source.rows)
    if is_ranking:
        some = [row for row in source.rows[:MOST_BARS] if (chart.figure.of(row) or 0) > 0]
        last = len(some) or min(last, MOST_BARS)
    drawn: Any = book.add_chart({"type": "bar" if is_ranking else "column"})

    def locate(field: Field[Any]) -> list[Any]:
        column = keys.index(field.key)
        return [source.name, 1, column, last, column]

    series: dict[str, Any] = {
        "name": chart.figure.title,
        "categories": locate(chart.label),
        "values": locate(chart.figure),
        "fill": {"color": _BAR},
        "gap": 40,
    }
    if chart.marked and last <= _MOST_MARKED:
        series["points"] = [
            {"fill": {"color": _PALE_BAR}} if number in chart.marked else None
            for number in range(last)
        ]
    drawn.add_series(series)
    drawn.set_title(
        {"name": clean(chart.title), "name_font": {"size": 12, "bold": True}, "overlay": False}
    )
    drawn.set_legend({"none": True})
    drawn.set_size({"width": _WIDTH, "height": max(_HEIGHT, 100 + 22 * last * is_ranking)})
    unit = name_with_unit(chart.figure.title, chart.figure.unit)
    figures = {"num_format": "#,##0", "num_font": _FONT, "major_gridlines": _GRID, "name": unit}
    figures["name_font"] = {**_FONT, "bold": False}
    names: dict[str, Any] = {"num_font": _FONT, "label_position": "low"}
    if is_ranking:
        names |= {"reverse": True, "crossing": "max", "interval_unit": 1}
    elif chart.label.kind is Kind.TIME:
        names |= {"date_axis": True, "num_format": "yyyy-mm-dd"}
    # The library calls the axis that lies below the bars x, whatever it has.
    across, up = (figures, names) if is_ranking else (names, figures)
    drawn.set_x_axis(across)
    drawn.set_y_axis(up)
    return drawn
