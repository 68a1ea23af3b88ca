"""One figure by two dimensions: the whole matrix, and the part of it that fits a page."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from scenario_usage_cli.report.fields import Field
from scenario_usage_cli.report.numbers import sum_cu

_MOST_ROWS, _MOST_COLUMNS = 20, 12
"""Of a matrix on a page."""


class Matrix(NamedTuple):
    """One figure by two dimensions, the larger rows and columns first; null where there is none."""

    title: str
    row_title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Decimal | None, ...], ...]
    """By rows, then columns."""
    row_sums: tuple[Decimal, ...]
    column_sums: tuple[Decimal, ...]
    figure: Field[Any]
    rest_rows: int = 0
    """How many rows the last one sums up; 0 if it is one of its own."""
    rest_columns: int = 0
    """The same of columns."""

    @property
    def whole(self) -> Decimal:
        """What all cells sum to."""
        return sum(self.row_sums, Decimal(0))

    def for_page(self) -> "Matrix":
        """What a person can take in at once."""
        return self.keep(_MOST_ROWS, _MOST_COLUMNS)

    def keep(self, most_rows: int, most_columns: int) -> "Matrix":
        """At most so many rows and columns, the last of which sum up all that are left out."""
        rows, columns = (
            len(names) - most + 1 if len(names) > most else 0
            for names, most in ((self.rows, most_rows), (self.columns, most_columns))
        )
        cells = self.cells
        if rows:
            cells = (*cells[:-rows], tuple(map(_add, zip(*cells[-rows:], strict=True))))
        if columns:
            cells = tuple((*row[:-columns], _add(row[-columns:])) for row in cells)
        return self._replace(
            rows=_name_rest(self.rows, rows),
            columns=_name_rest(self.columns, columns),
            cells=cells,
            row_sums=_sum_rest(self.row_sums, rows),
            column_sums=_sum_rest(self.column_sums, columns),
            rest_rows=rows,
            rest_columns=columns,
        )


def _name_rest(names: tuple[str, ...], rest: int) -> tuple[str, ...]:
    return (*names[:-rest], f"other ({rest})") if rest else names


def _sum_rest(sums: tuple[Decimal, ...], rest: int) -> tuple[Decimal, ...]:
    return (*sums[:-rest], sum_cu(sums[-rest:])) if rest else sums


def _add(cells: Sequence[Decimal | None]) -> Decimal | None:
    """The sum of those there are."""
    return None if all(one is None for one in cells) else sum_cu(cells)
