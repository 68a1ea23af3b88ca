"""Projects by models and by people, as matrices whose sums are those of the whole."""

from collections.abc import Mapping
from decimal import Decimal

from scenario_usage_cli.report.figures import COST
from scenario_usage_cli.report.numbers import sum_cu
from scenario_usage_cli.report.story.cells import Cells
from scenario_usage_cli.report.view import Matrix

_MOST_ROWS = 20
_MOST_COLUMNS = 12
_Places = Mapping[str, int]
"""By id, where it is among the rows or columns."""


def build_matrix(title: str, cells: Cells, *, note: str = "") -> Matrix | None:
    """The largest projects first; None where there is less than two of them."""
    costs = cells.costs
    rows, row_names = _arrange({row: cells.projects[row] for row, _ in costs}, costs, 0)
    columns, column_names = _arrange({one: cells.others[one] for _, one in costs}, costs, 1)
    if not row_names[1:]:
        return None
    table: list[list[Decimal | None]] = [[None] * len(column_names) for _ in row_names]
    for (row, column), cost in costs.items():
        line, place = table[rows[row]], columns[column]
        line[place] = (line[place] or Decimal(0)) + cost
    return Matrix(
        title,
        "Project",
        row_names,
        column_names,
        tuple(map(tuple, table)),
        tuple(map(sum_cu, table)),
        tuple(map(sum_cu, zip(*table, strict=True))),
        COST,
        note,
    )


def _arrange(
    names: Mapping[str, str], costs: Mapping[tuple[str, str], Decimal], side: int
) -> tuple[_Places, tuple[str, ...]]:
    """The places of rows or columns, the largest first, and their names; the rest have the last."""
    sums: dict[str, Decimal] = {}
    for place, cost in costs.items():
        sums[place[side]] = sums.get(place[side], Decimal(0)) + cost
    order = sorted(sums, key=lambda one: (-sums[one], one))
    most = _MOST_COLUMNS if side else _MOST_ROWS
    kept = order if len(order) <= most else order[: most - 1]
    places = {one: min(place, len(kept)) for place, one in enumerate(order)}
    shown = [names[one] for one in kept]
    if rest := len(order) - len(kept):
        shown.append(f"other ({rest})")
    return places, tuple(shown)
