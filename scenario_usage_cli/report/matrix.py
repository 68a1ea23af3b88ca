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
    note: str = ""

    @property
    def whole(self) -> Decimal:
        """What all cells sum to."""
        return sum(self.row_sums, Decimal(0))

    def for_page(self) -> "Matrix":
        """What a person can take in at once."""
        return self.keep(_MOST_ROWS, _MOST_COLUMNS)

    def keep(self, most_rows: int, most_columns: int) -> "Matrix":
        """At most so many rows and columns, the last of which sum up all that are left out."""
        cells, row_sums = self.cells, self.row_sums
        if len(self.rows) > most_rows:
            rest = zip(*cells[most_rows - 1 :], strict=True)
            cells = (*cells[: most_rows - 1], tuple(map(_add, rest)))
            row_sums = _sum_rest(row_sums, most_rows)
        column_sums = self.column_sums
        if len(self.columns) > most_columns:
            last = most_columns - 1
            cells = tuple((*row[:last], _add(row[last:])) for row in cells)
            column_sums = _sum_rest(column_sums, most_columns)
        return self._replace(
            rows=_name(self.rows, most_rows),
            columns=_name(self.columns, most_columns),
            cells=cells,
            row_sums=row_sums,
            column_sums=column_sums,
        )


def _name(names: tuple[str, ...], most: int) -> tuple[str, ...]:
    if len(names) <= most:
        return names
    return (*names[: most - 1], f"other ({len(names) - most + 1})")


def _sum_rest(sums: tuple[Decimal, ...], most: int) -> tuple[Decimal, ...]:
    return (*sums[: most - 1], sum_cu(sums[most - 1 :]))


def _add(cells: Sequence[Decimal | None]) -> Decimal | None:
    """The sum of those there are."""
    return None if all(one is None for one in cells) else sum_cu(cells)
