"""Projects by models and by people, as matrices whose sums are those of the whole."""

from collections.abc import Mapping
from decimal import Decimal

from scenario_usage_cli.report.figures import COST
from scenario_usage_cli.report.matrix import Matrix
from scenario_usage_cli.report.numbers import sum_cu
from scenario_usage_cli.report.story.cells import Cells


def build_matrix(title: str, cells: Cells) -> Matrix | None:
    """All projects, the largest first; None where there is less than two of them."""
    rows = _arrange(cells.costs, 0)
    columns = _arrange(cells.costs, 1)
    if not rows[1:]:
        return None
    table = tuple(tuple(cells.costs.get((row, one)) for one in columns) for row in rows)
    return Matrix(
        title,
        "Project",
        tuple(cells.projects[one] for one in rows),
        tuple(cells.others[one] for one in columns),
        table,
        tuple(map(sum_cu, table)),
        tuple(map(sum_cu, zip(*table, strict=True))),
        COST,
    )


def _arrange(costs: Mapping[tuple[str, str], Decimal], side: int) -> list[str]:
    """The ids of rows or columns, the largest first."""
    sums: dict[str, Decimal] = {}
    for place, cost in costs.items():
        sums[place[side]] = sums.get(place[side], Decimal(0)) + cost
    return sorted(sums, key=lambda one: (-sums[one], one))
