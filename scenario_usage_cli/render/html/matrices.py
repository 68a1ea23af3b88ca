"""The matrices of a page: shaded, and with the sums of rows and columns."""

from collections.abc import Sequence
from decimal import Decimal

from scenario_usage_cli.render.cells import find_level, format_cell, name_rest
from scenario_usage_cli.render.html.grids import (
    LEVELS,
    Cell,
    Column,
    Grid,
    Line,
    build_text,
    cut_text,
)
from scenario_usage_cli.report.fields import Kind
from scenario_usage_cli.report.matrix import Matrix

_LONGEST_HEADING = 40


def build_matrix(matrix: Matrix) -> Grid:
    """The cells are the darker, the higher; sums end the rows and the columns.

    What sums up the rest of them is higher than any of its parts, and has no shade.
    """
    kind = matrix.figure.kind
    rows, columns = len(matrix.rows), len(matrix.columns)
    own_rows, own_columns = rows - bool(matrix.rest_rows), columns - bool(matrix.rest_columns)
    own = [one for cells in matrix.cells[:own_rows] for one in cells[:own_columns] if one]
    highest = max(own, default=Decimal(0))
    headings = _name_rest(matrix.columns, matrix.rest_columns)
    heads = (
        Column(matrix.row_title, is_name=True),
        *(Column(cut_text(name, _LONGEST_HEADING)[0], is_number=True) for name in headings),
        Column("Total", is_number=True),
    )
    names = _name_rest(matrix.rows, matrix.rest_rows)
    lines = []
    for number, (name, cells) in enumerate(zip(names, matrix.cells, strict=True)):
        shaded = own_columns if number < own_rows else 0
        line = (
            build_text(name),
            *(_shade(cell, kind, highest) for cell in cells[:shaded]),
            *(Cell(format_cell(cell, kind)) for cell in cells[shaded:]),
            Cell(format_cell(matrix.row_sums[number], kind), "total"),
        )
        lines.append(Line(tuple(zip(heads, line, strict=True))))
    sums = [Cell(format_cell(total, kind)) for total in (*matrix.column_sums, matrix.whole)]
    lines.append(Line(tuple(zip(heads, (Cell("Total"), *sums), strict=True)), "total"))
    return Grid(heads, (lines,), is_matrix=True)


def _name_rest(names: Sequence[str], rest: int) -> Sequence[str]:
    return (*names[:-1], name_rest(rest)) if rest else names


def _shade(cell: Decimal | None, kind: Kind, highest: Decimal) -> Cell:
    level = 0 if cell is None else find_level(cell, highest, LEVELS)
    return Cell(format_cell(cell, kind), f"l{level}" if level else "")
