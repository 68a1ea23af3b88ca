"""The story of an account with many projects."""

from decimal import Decimal

import httpx
import pytest

from scenario_usage_cli.report.view import View
from tests.stories import catch
from tests.support import answer, model_row, point, run, usages

COUNT = 210
SIZE_OF_PAGE = 100


class Projects(httpx.BaseTransport):
    """An account of many projects, each of which costs more than the one before."""

    def __init__(self) -> None:
        self.asked: list[httpx.QueryParams] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        query = request.url.params
        if request.url.path.endswith("/projects"):
            return self._list(int(query.get("paginationToken") or 0))
        if not request.url.path.endswith("/usages"):
            return answer({"message": "no"}, 403)
        self.asked.append(query)
        numbers = [int(one.split("_")[1]) for one in query.get("projectIds", "").split(",") if one]
        cost = sum(numbers or range(COUNT)) * int(query["startDate"][5:7])
        day = f"{query['startDate'][:10]}T00:00:00.000Z"
        return answer(
            usages(
                consumption=[{"userId": "user_1", "value": cost, "discount": 0, "total": cost}],
                models=[model_row("m", point(day, jobs=1, cost=cost))],
                actions=[{"usageName": "custom", "granularity": "1d", "points": []}],
            )
        )

    def _list(self, start: int) -> httpx.Response:
        beyond = start + SIZE_OF_PAGE
        listed = range(start, min(beyond, COUNT))
        page = {"projects": [{"id": f"project_{n}", "name": f"P {n}"} for n in listed]}
        return answer({**page, "nextPaginationToken": str(beyond) if beyond < COUNT else None})


@pytest.fixture(scope="module")
def story() -> tuple[View, Projects, str]:
    """A story, what was asked for it, and what was said on the way."""
    api = Projects()
    with pytest.MonkeyPatch.context() as patch:
        ended, view = catch(patch, "--period", "2026-05", transport=api)
    assert ended.code == 0, ended.stderr
    return view, api, ended.stderr


def test_all_projects_have_a_row(story: tuple[View, Projects, str]) -> None:
    """So that a workbook has all of them."""
    (section,) = next(one for one in story[0].chapters if one.title == "Projects").sections

    assert len(section.rows) == COUNT


def test_matrices_have_all_and_on_a_page_the_largest_and_the_sum_of_the_rest(
    story: tuple[View, Projects, str],
) -> None:
    """Nothing is lost."""
    chapter = next(one for one in story[0].chapters if one.matrices)

    for whole in chapter.matrices:
        matrix = whole.for_page()
        assert (len(whole.rows), whole.rows[0]) == (COUNT - 1, "P 209")
        assert (matrix.rows[0], matrix.rows[-1]) == ("P 209", "other (190)")
        assert sum(matrix.row_sums) == sum(range(COUNT)) * 5


def test_only_the_largest_are_asked_for_in_the_period_before(
    story: tuple[View, Projects, str],
) -> None:
    """A sentence says so, and the changes still add up."""
    view, api, _ = story
    before = [
        one for one in api.asked if one["startDate"].startswith("2026-04") and "projectIds" in one
    ]
    chapter = next(one for one in view.chapters if one.title == "What changed most")

    assert len(before) == 50
    whole = sum(range(COUNT))
    assert chapter.sentences[0] == (
        f"+{whole:,} CU, of which +{sum(range(COUNT - 50)):,} CU from m in other projects."
    )
    assert chapter.sentences[-1] == (
        "Of 210 projects, the 50 that cost most are compared one by one, and all others together."
    )
    assert "By project" not in [section.table.title for section in chapter.sections]


def test_the_number_of_queries_is_said_once_and_before(story: tuple[View, Projects, str]) -> None:
    """The report itself, the period before, what was before that, days, and all projects."""
    _, api, stderr = story

    assert len(api.asked) == 1 + 2 + 1 + COUNT + 50
    assert stderr == f"note: {len(api.asked)} queries are needed; --jobs N makes N at a time\n"


def test_given_projects_are_compared_whether_listed_or_not() -> None:
    """Those that cost nothing now are looked up, however many there are."""
    ids = ",".join(f"project_{n}" for n in range(1, 60))
    with pytest.MonkeyPatch.context() as patch:
        ended, view = catch(patch, "--period", "2026-05", "--project", ids, transport=Projects())

    assert ended.code == 0, ended.stderr
    assert view.totals["cost"] == Decimal(sum(range(1, 60)) * 5)


def test_json_asks_once() -> None:
    """A format without a story has one query."""
    api = Projects()
    assert run("report", "--period", "2026-05", "--json", transport=api).code == 0

    assert len(api.asked) == 1
