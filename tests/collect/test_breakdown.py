"""Members of a dimension: which queries each takes, and that sums and rests are exact."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.collect.breakdown import (
    PROJECT,
    USER,
    Breakdown,
    Dimension,
    Member,
    fetch_breakdowns,
)
from scenario_usage_cli.collect.fetch import fetch_usage
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.collect.usage import Filters, Usage
from tests.charges import PROJECTS, USERS, Charge, ChargesApi, charges
from tests.collect.clients import OCTOBER, connect
from tests.report.strategies import bounded

HERO = Charge("project_0", "user_0", "model_0", 5_000_000)
OTHER = Charge("project_1", "user_0", "model_0", 2_000_000)
REFUND = Charge("project_1", "user_1", None, -1_000_000)


def narrow(*project_ids: str, users: Sequence[str] = ()) -> Filters:
    """The filters of one query."""
    return Filters(project_ids=project_ids, user_ids=tuple(users))


def break_down(api: ChargesApi, *members: Member) -> tuple[Usage, Breakdown]:
    """October as a whole, and by these members."""
    dimension = Dimension("centre", lambda request, wholes, effort: members)
    with connect(api) as client:
        request = _request(client)
        whole = fetch_usage(request)
        (found,) = fetch_breakdowns([dimension], [request], [whole])
    return whole, found


def _request(client: Client) -> Request:
    return Request(client, OCTOBER, Filters(), ("consumption", "models", "assets"))


def cost_of(usage: Usage, section: str = "consumption") -> Figure:
    """What a section sums to, in CU; exact."""
    return sum((Decimal(row["cost"] or 0) for _, row in usage.figures(section)), Decimal(0))


def test_projects_are_those_that_are_listed_and_users_those_that_were_charged() -> None:
    """Each with its name, in one query."""
    api = ChargesApi([HERO, OTHER])
    with connect(api) as client:
        request = _request(client)
        whole = fetch_usage(request)
        projects, users = fetch_breakdowns([PROJECT, USER], [request], [whole])

    assert Counter(api.asked) == Counter(
        [*[(None, None), (None, "user_0")], *((project, None) for project in PROJECTS)]
    )
    assert (projects.by, users.by) == (("project",), ("user",))
    assert [cost_of(usage) for usage in projects.usages.values()] == [5, 2, 0, 0]
    assert projects.name(("project_1",)) == ("The project_1",)
    assert users.describe(("user_0",)) == "Name of user_0"


def test_a_member_of_several_queries_is_their_sum() -> None:
    """Section by section, model by model; a query that two members need is made once."""
    api = ChargesApi([HERO, OTHER, REFUND])
    queries = (narrow("project_0"), narrow("project_1"))
    _, found = break_down(api, Member("a", "A", queries), Member("b", "B", queries[1:]))

    both, one = found.usages.values()
    assert Counter(api.asked) == Counter([(None, None), ("project_0", None), ("project_1", None)])
    assert (cost_of(both), cost_of(one)) == (6, 1)
    assert dict(both.figures("models"))["model_0"]["jobs"] == 2
    assert both.users["user_0"].name == "Name of user_0"


def test_what_a_member_is_without_is_taken_from_it() -> None:
    """So a user's part of a project is not counted twice."""
    queries = (narrow("project_1"), narrow(users=["user_0"]))
    overlap = (narrow("project_1", users=["user_0"]),)
    _, found = break_down(ChargesApi([HERO, OTHER, REFUND]), Member("a", "A", queries, overlap))

    (usage,) = found.usages.values()
    assert (cost_of(usage), cost_of(usage, "models")) == (6, 7)
    assert dict(usage.figures("models"))["model_0"]["jobs"] == 2


def test_nothing_is_left_of_a_whole_that_is_all_in_other_members() -> None:
    """Without rows of zeros."""
    rest = Member("", "(unassigned)", is_rest=True)
    _, found = break_down(
        ChargesApi([HERO, OTHER]),
        rest,
        Member("a", "A", (narrow("project_0", "project_1"),)),
    )

    assert list(found.usages) == [("",), ("a",)]
    assert list(found.usages["",].figures("consumption")) == []
    assert list(found.usages["",].figures("models")) == []
    assert found.usages["",].came == {"consumption", "models", "assets"}


def test_a_member_without_queries_is_nothing_and_not_unknown() -> None:
    """A pattern that matches no project, say."""
    _, found = break_down(ChargesApi([HERO]), Member("a", "A"))

    assert (found.usages["a",].came, cost_of(found.usages["a",])) == (
        {"consumption", "models", "assets"},
        0,
    )


@bounded
@given(charges, st.lists(st.sets(st.sampled_from(PROJECTS)), max_size=3))
def test_members_and_the_rest_sum_to_the_whole(found: list[Charge], groups: list[set[str]]) -> None:
    """Exactly, in consumption and models, for any charges and any projects of each."""
    members = [
        Member(str(number), "", tuple(narrow(one) for one in sorted(group)))
        for number, group in enumerate(groups)
    ]
    whole, breakdown = break_down(ChargesApi(found), *members, Member("rest", "", is_rest=True))

    for section in ("consumption", "models"):
        parts = (cost_of(usage, section) for usage in breakdown.usages.values())
        assert sum(parts) == cost_of(whole, section)
    assert {one for usage in breakdown.usages.values() for one in usage.consumption} <= set(USERS)
