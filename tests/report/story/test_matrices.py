"""The matrix of projects by models or people: which are shown, in which order, and the rest."""

from decimal import Decimal

from scenario_usage_cli.report.matrix import Matrix
from scenario_usage_cli.report.story.cells import Cells
from scenario_usage_cli.report.story.matrices import build_matrix


def build(costs: dict[tuple[str, str], int]) -> Matrix | None:
    """The matrix of some cells; names are ids in capitals."""
    return build_matrix(
        "Cost",
        Cells(
            {place: Decimal(cost) for place, cost in costs.items()},
            {project: project.upper() for project, _ in costs},
            {other: other.upper() for _, other in costs},
        ),
    )


def test_the_largest_come_first() -> None:
    """By what they sum to; of the same sums, by id. What is not there is null."""
    costs = {("b", "x"): 3, ("a", "y"): 1, ("c", "x"): 1, ("c", "y"): 4, ("d", "x"): 3}

    matrix = build(costs)

    assert matrix is not None
    assert (matrix.rows, matrix.columns) == (("C", "B", "D", "A"), ("X", "Y"))
    assert list(map(list, matrix.cells)) == [[1, 4], [3, None], [3, None], [None, 1]]
    assert list(map(int, (*matrix.row_sums, *matrix.column_sums))) == [5, 3, 3, 1, 7, 5]


def test_one_project_is_no_matrix() -> None:
    """Two are."""
    assert build({("a", "x"): 1, ("a", "y"): 2}) is None
    assert build({("a", "x"): 1, ("b", "x"): 2}) is not None


def test_a_page_has_as_many_as_fit_and_the_rest_in_one() -> None:
    """20 projects by 12 others, or one less and the sum of all that are left."""
    fits = {(f"p{n:02}", f"m{n % 12:02}"): 100 - n for n in range(20)}

    whole = build(fits)
    larger = build({**fits, ("q", "n"): 7, ("r", "n"): 1})

    assert whole is not None
    assert whole.for_page() == whole
    assert (whole.rows[-1], whole.columns[-1]) == ("P19", "M11")
    assert larger is not None
    assert (len(larger.rows), len(larger.columns)) == (22, 13)
    longer = larger.for_page()
    assert (len(longer.rows), len(longer.columns)) == (20, 12)
    assert (longer.rows[18:], longer.columns[10:]) == (("P18", "other (3)"), ("M10", "other (2)"))
    assert longer.row_sums[-1] == 81 + 7 + 1
    assert longer.column_sums[-1] == 89 + 7 + 1
    assert longer.whole == sum(fits.values()) + 8
