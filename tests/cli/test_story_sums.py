"""Whatever is charged, a story adds up to the report, and its changes are those of compare."""

from decimal import Decimal

import httpx
import pytest
from hypothesis import given, settings

from scenario_usage_cli.report.figures import KNOWN_COST
from scenario_usage_cli.report.numbers import sum_cu
from tests.charges import PROJECTS, Charge, ChargesApi, charges
from tests.report.strategies import bounded, exact
from tests.stories import catch, find
from tests.support import answer, run

SPAN = ("--start", "2026-10-05", "--end", "2026-10-31")
"""The stretch before has the first of October."""


class Api(ChargesApi):
    """The same for a key that may read nothing else."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(("/projects", "/usages")):
            return super().handle_request(request)
        return answer({"message": "no"}, 403)


def test_what_is_in_no_project_has_a_row_and_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the sums of the matrix are those of the report."""
    charged = [Charge(project, "user_0", "model_0", 10**6) for project in PROJECTS]

    ended, view = catch(monkeypatch, *SPAN, transport=Api(charged, PROJECTS[:-1]))

    assert ended.code == 0, ended.stderr
    by_model, _ = find(view, "Projects by model and person").matrices
    assert by_model.rows[0] == "(in none of these projects)"
    assert list(by_model.row_sums) == [Decimal(1)] * 4
    assert (
        "model_0 does not add up by project: the whole has more by jobs 1, cost 1."
        in find(view, "Reconciliation and warnings").sentences
    )


@given(charges)
@settings(bounded, max_examples=10)
def test_a_story_adds_up(charged: list[Charge]) -> None:
    """Matrices, tables and days, and the headlines beside those of compare.

    One of the projects is not listed, as one that was deleted.
    """
    listed = PROJECTS[:-1]
    with pytest.MonkeyPatch.context() as patch:
        ended, view = catch(patch, *SPAN, transport=Api(charged, listed))
    compared = exact(run("compare", *SPAN, "--json", transport=Api(charged, listed)).stdout)

    assert ended.code == 0, ended.stderr
    cost = sum_cu(Decimal(one.millionths) for one in charged if one.day >= "2026-10-05") / 10**6
    for chapter in view.chapters:
        for matrix in chapter.matrices:
            assert sum(matrix.row_sums) == sum(matrix.column_sums) == cost
    (total,) = [one for one in compared["totals"] if one["id"] == "cost"]
    assert (view.headlines[0].value, view.headlines[0].before) == (total["after"], total["before"])
    changed = find(view, "What changed most").sections
    assert [row["delta"] for row in changed[1].rows] == [
        row["delta"] for row in compared["consumption"]
    ]
    days = [one for one in view.chapters if one.title == "Cost by day"]
    models = sum_cu(
        Decimal(one.millionths)
        for one in charged
        if one.day >= "2026-10-05" and one.model is not None
    )
    for one in days:
        assert sum_cu(map(KNOWN_COST.of, one.sections[0].rows)) == models / 10**6
