"""What stories say adds up to the report, whatever was used by whom in which project."""

import re
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.collect.breakdown import Breakdown
from scenario_usage_cli.collect.sections import Figures
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.report.comparison import build_comparison
from scenario_usage_cli.report.figures import COST
from scenario_usage_cli.report.labels import NO_LABELS
from scenario_usage_cli.report.numbers import round_cu, sum_cu
from scenario_usage_cli.report.story.cells import cross_models, cross_people
from scenario_usage_cli.report.story.changes import Change, Changes, list_changes, list_people
from scenario_usage_cli.report.story.material import Before, Making, Material
from scenario_usage_cli.report.story.matrices import build_matrix
from scenario_usage_cli.report.story.told import describe_changes
from scenario_usage_cli.report.usage import build_report
from tests.report.strategies import bounded
from tests.support import NOW
from tests.test_periods import parse

SECTIONS = ("consumption", "models")
cu = st.integers(-(10**9), 10**9).map(lambda thousandths: Decimal(thousandths) / 1000)


def costs(letter: str, most: int) -> st.SearchStrategy[dict[str, Decimal]]:
    """What some models or people cost."""
    return st.dictionaries(st.integers(0, most).map(lambda n: f"{letter}{n}"), cu, max_size=most)


def build_usage(models: dict[str, Decimal], people: dict[str, Decimal]) -> Usage:
    """The usage of one project, or of all."""
    zero = Decimal(0)
    nothing: Figures = {"jobs": 0, "discount": zero, "api_key_cost": zero, "api_key_discount": zero}
    return Usage(
        SECTIONS,
        filters=Filters(),
        consumption={
            one: {"cost": cost, "discount": zero, "gross": cost} for one, cost in people.items()
        },
        series={"models": {one: {None: {**nothing, "cost": cost}} for one, cost in models.items()}},
    )


usages = st.builds(build_usage, costs("m", 30), costs("u", 30))
projects = st.dictionaries(st.integers(0, 40).map(lambda n: f"p{n}"), usages, max_size=30)


def divide(parts: dict[str, Usage]) -> Breakdown:
    """The breakdown by project."""
    return Breakdown(
        ("project",),
        {(one,): usage for one, usage in parts.items()},
        {(one,): (f"Project {one}",) for one in parts},
    )


def sum_models(usage: Usage) -> Decimal:
    return sum_cu(figures["cost"] for _, figures in usage.figures("models"))


def sum_people(usage: Usage) -> Decimal:
    return sum_cu(figures["cost"] for _, figures in usage.figures("consumption"))


@given(whole=usages, parts=projects)
@bounded
def test_the_sums_of_matrices_are_those_of_the_report(
    whole: Usage, parts: dict[str, Usage]
) -> None:
    """By rows, by columns and as a whole; also where projects do not add up to the whole."""
    by_model = cross_models(whole, divide(parts), ())
    by_person = cross_people(whole, divide(parts))

    for cells in (by_model, by_person):
        matrix = build_matrix("Cost", cells)
        assert sum_cu(cells.costs.values()) == sum_people(whole)
        if matrix is None:
            continue
        for one in (matrix, matrix.for_page(), matrix.keep(2, 2)):
            assert sum(one.row_sums) == sum(one.column_sums) == sum_people(whole)
            assert list(one.row_sums) == [sum_cu(row) for row in one.cells]
            assert list(one.column_sums) == list(map(sum_cu, zip(*one.cells, strict=True)))
        assert len(matrix.for_page().rows) <= 20
        assert len(matrix.for_page().columns) <= 12
        assert (len(one.rows), len(one.columns)) <= (2, 2)


@given(whole=usages, parts=projects)
@bounded
def test_narrowed_matrices_sum_to_these_models(whole: Usage, parts: dict[str, Usage]) -> None:
    """There is no column for what was charged without a model."""
    cells = cross_models(whole, divide(parts), ("m1*",))

    report = build_report(whole, models=("m1*",), generated_at=NOW)
    assert sum_cu(cells.costs.values()) == sum_cu(map(COST.of, report.sections["models"]))


def tell(
    now: tuple[Usage, dict[str, Usage]], old: tuple[Usage, dict[str, Usage]]
) -> tuple[Any, Material]:
    """The comparison of two periods, and the material of the story of the later one."""
    after, before = (build_report(one[0], generated_at=NOW) for one in (now, old))
    material = Material(
        Making("1", 1),
        now[0],
        NO_LABELS,
        before=Before(parse(period="2026-10"), old[0], before, divide(old[1])),
        projects=divide(now[1]),
    )
    return build_comparison(after, before, note=None), material


both = st.tuples(usages, projects)


@given(now=both, old=both)
@bounded
def test_changes_are_those_of_compare(
    now: tuple[Usage, dict[str, Usage]], old: tuple[Usage, dict[str, Usage]]
) -> None:
    """The parts sum to the change of the whole, by model and project, and by person."""
    comparison, material = tell(now, old)
    changes = list_changes(comparison.report, comparison, material)
    people = list_people(comparison)

    assert changes is not None
    assert changes.delta == comparison.totals[0]["delta"]
    assert sum_cu(one.delta for one in changes.parts) == changes.delta
    assert sum_cu(one.delta for one in people) == changes.delta


NUMBER = re.compile(r"([+-][\d,]+(?:\.\d+)?|\b0) CU")


def read_numbers(sentence: str) -> list[Decimal]:
    """The changes that a sentence tells."""
    return [Decimal(text.replace(",", "")) for text in NUMBER.findall(sentence)]


@given(st.lists(cu.filter(bool), max_size=20), cu)
@bounded
def test_the_numbers_of_sentences_add_up(deltas: list[Decimal], before: Decimal) -> None:
    """What grew, what shrank and all others are the whole change."""
    parts = sorted(
        (Change(f"it{n}", one) for n, one in enumerate(deltas)), key=lambda c: -abs(c[1])
    )
    after = before + sum_cu(deltas)

    sentences = list(describe_changes(Changes(before, after, parts), []))

    listed = [one for one in sentences if one.startswith(("Grew", "Shrank", "All others"))]
    assert sum(number for one in listed for number in read_numbers(one)) == after - before
    if after != before:
        assert read_numbers(sentences[0])[0] == round_cu(after - before)
