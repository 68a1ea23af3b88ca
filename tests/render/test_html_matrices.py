"""What a page makes of what is too much for it: of matrices, and of tables of many groups."""

from decimal import Decimal

from scenario_usage_cli.render.html.matrices import build_matrix
from scenario_usage_cli.render.html.page import build_page
from scenario_usage_cli.report.breakdown_tables import declare_breakdown
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.figures import COST
from scenario_usage_cli.report.matrix import Matrix
from scenario_usage_cli.report.view import Section, View
from tests.support import NOW


def make(size: int) -> Matrix:
    """As many rows as columns; the first cell is the largest, and the rest is more than that."""
    cells = tuple(
        tuple(Decimal(100 if row == column == 0 else 10) for column in range(size))
        for row in range(size)
    )
    sums = tuple(sum(row, Decimal(0)) for row in cells)
    names = tuple(f"n{number}" for number in range(size))
    return Matrix("Costs", "Project", names, names, cells, sums, sums, COST)


def test_the_rest_of_a_matrix_is_no_part_of_its_shades() -> None:
    """The largest cell is the darkest; the sums of many others have none."""
    grid = build_matrix(make(90).for_page())
    lines = [[cell for _, cell in line.cells] for line in grid.groups[0]]

    assert (lines[0][1].text, lines[0][1].look) == ("100", "l4")
    assert {cell.look for line in lines[:-2] for cell in line[2:-2]} == {"l1"}
    assert {line[-2].look for line in lines} == {""}
    assert {cell.look for cell in lines[-2][:-1]} == {""}
    assert (lines[-2][0].text, grid.columns[-2].heading) == ("and 71 others", "and 79 others")
    assert lines[-2][1].text == "710"


def test_a_small_matrix_is_shaded_whole() -> None:
    """Its last row and column are like all others."""
    grid = build_matrix(make(3).for_page())
    lines = [[cell.look for _, cell in line.cells] for line in grid.groups[0]]

    assert lines[0] == ["", "l4", "l1", "l1", "total"]
    assert lines[1:] == [["", "l1", "l1", "l1", "total"]] * 2 + [[""] * 5]


def test_many_groups_have_less_rows_each() -> None:
    """Unless somebody asks for a number of rows; what is not shown is summed up."""
    rows = [build_row(project, number) for project in range(100) for number in range(20)]
    section = Section(declare_breakdown("project"), rows)
    shown = {
        (number, is_chosen): count_rows(section, number, is_chosen=is_chosen)
        for number in (0, 4, 50)
        for is_chosen in (True, False)
    }

    assert shown[50, False] == 100 * 6  # five of each, and the sum of the others
    assert shown[4, False] == shown[4, True] == 100 * 5
    assert shown[0, True] == shown[50, True] == len(rows)


def build_row(project: int, number: int) -> Row:
    """A model of a project."""
    return {
        "project_id": f"p{project}",
        "project": f"P {project}",
        "model_id": f"m{number}",
        "model": f"M {number}",
        "jobs": 1,
        "cost": Decimal(1),
        "discount": Decimal(0),
        "gross": Decimal(1),
        "api_key_cost": None,
        "api_key_discount": None,
    }


def count_rows(section: Section, top: int, *, is_chosen: bool) -> int:
    """How many rows a page has of a section."""
    view = View({}, "T", "", (), (section,), None, NOW)
    page = build_page(view, top, is_chosen=is_chosen)
    return sum(part.grid.row_count for block in page.blocks for part in block.parts if part.grid)
