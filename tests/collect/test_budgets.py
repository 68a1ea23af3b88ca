"""What was used of budgets: what a report of the same people, projects and period says."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from scenario_usage_cli.budgets import Amount, Budget
from scenario_usage_cli.collect.budgets import BudgetUse, fetch_budgets
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.cost_centres import CostCentre, CostCentres
from scenario_usage_cli.errors import AccessDenied, ConfigurationError
from scenario_usage_cli.periods import Period
from scenario_usage_cli.sandbox import Sandbox
from scenario_usage_cli.zones import parse_zone
from tests.account import Account, build_account
from tests.collect.clients import connect
from tests.support import NOW, answer, run, usages

BILLING = Period(
    datetime(2026, 11, 5, 10, tzinfo=UTC),
    datetime(2026, 12, 5, 9, 59, 59, 999000, tzinfo=UTC),
    UTC,
    provisional=True,
)
SANDBOX = httpx.WSGITransport(Sandbox(lambda: NOW))
CENTRES = CostCentres(
    "f.toml",
    {"Films": CostCentre(("Marketing*",), ("ci-*", "Jonas Lindqvist")), "None": CostCentre()},
)


def budget(name: str = "B", period: str = "month", **of: Any) -> Budget:
    """A budget; how much it has does not matter here."""
    return Budget(name, Amount(Decimal(1)), Decimal(1), period, **of)


def fetch(
    *budgets: Budget,
    transport: httpx.BaseTransport = SANDBOX,
    billing: Period | None = BILLING,
    zone: str = "UTC",
) -> tuple[list[BudgetUse], list[str]]:
    """What was used of some budgets."""
    with connect(transport) as client:
        return fetch_budgets(
            budgets,
            CENTRES,
            client,
            Filters(),
            path="f.toml",
            billing=billing,
            zone=parse_zone(zone),
            now=NOW,
        )


def report(*argv: str) -> Decimal:
    """What a report says of the same."""
    result = run("report", "--demo", "--section", "consumption", "--json", *argv)
    assert result.code == 0, result.stderr
    return Decimal(str(result.json["totals"]["cost"]))


@pytest.mark.parametrize(
    ("made", "argv"),
    [
        (budget(), ("--period", "this-month")),
        (budget(period="quarter"), ("--period", "this-quarter")),
        (budget(period="year"), ("--period", "this-year")),
        (budget(period="billing"), ("--start", "2026-11-05T10:00:00Z")),
        (budget(projects=("R&D",)), ("--period", "this-month", "-p", "R&D")),
        (
            budget(projects=("Marketing*", "r&d")),
            ("--period", "this-month", "-p", "R&D", "-p", "Marketing & Trailers"),
        ),
        (budget(users=("Jonas Lindqvist",)), ("--period", "this-month", "-u", "Jonas Lindqvist")),
    ],
)
def test_a_budget_is_what_a_report_says(made: Budget, argv: tuple[str, ...]) -> None:
    """Of its period up to now, and of whom it means."""
    (use,), warnings = fetch(made)

    assert (use.used, warnings) == (report(*argv), [])


def test_a_budget_of_a_cost_centre_counts_nothing_twice() -> None:
    """What its users did in its projects is in both, and counts once."""
    (use,), _ = fetch(budget(cost_centre="Films"))
    argv = ("report", "--demo", "--period", "this-month", "--by", "project,user", "--json")
    (pairs,) = (one for one in run(*argv).json["breakdowns"] if one["by"] == "project,user")

    expected = [
        Decimal(str(row["cost"]))
        for row in pairs["totals"]
        if row["project"].startswith("Marketing") or row["user"] == "Jonas Lindqvist"
    ]
    assert use.used == sum(expected)


def test_budgets_may_overlap() -> None:
    """A project may be in several, which are asked for once if they are the same."""
    uses, _ = fetch(budget("A", projects=("R&D",)), budget("B", projects=("r&*",)))

    assert uses[0].used == uses[1].used


def test_periods_last_to_their_end() -> None:
    """In the zone of the command; a billing period is that of the team."""
    uses, _ = fetch(budget("A"), budget("B", "billing"), zone="Asia/Tokyo")

    ends = [(one.period.start, one.period.end) for one in uses if one.period]
    assert ends == [
        (
            datetime(2026, 10, 31, 15, tzinfo=UTC),
            datetime(2026, 11, 30, 14, 59, 59, 999000, tzinfo=UTC),
        ),
        (BILLING.start, BILLING.end),
    ]


def test_a_budget_of_nobody_that_there_is_has_nothing() -> None:
    """A warning says so; it is not taken for a budget of all."""
    uses, warnings = fetch(budget("A", projects=("Nothing*",)), budget("C", cost_centre="None"))

    assert [one.used for one in uses] == [0, 0]
    assert warnings == ["'Nothing*' of the budget 'A' matches no project"]


def test_without_a_billing_period_a_budget_of_it_is_not_known() -> None:
    """The others are."""
    uses, warnings = fetch(budget("A", "billing"), budget("B"), billing=None)

    assert (uses[0].period, uses[0].used) == (None, None)
    assert uses[1].used is not None
    assert warnings == ["the budget 'A' is not known: the billing period of the team is not"]


def test_where_the_api_leaves_consumption_out_a_budget_is_not_known() -> None:
    """Nothing is not 0."""
    account = build_account()
    account.answers["/usages"] = {"consumption": None}

    uses, warnings = fetch(budget("A"), transport=account)

    assert uses[0].used is None
    assert warnings == ["the budget 'A' is not known: the API left consumption out"]


def test_a_name_of_two_projects_is_refused() -> None:
    """Their ids are told."""
    account = build_account(projects=[{"id": f"project_{n}", "name": "Twin"} for n in (1, 2)])

    with pytest.raises(
        ConfigurationError, match=r"'twin' of the budget 'A' in f\.toml is the name"
    ):
        fetch(budget("A", projects=("twin",)), transport=account)


def test_ids_need_no_list() -> None:
    """Names do, where the key may not list."""
    account = Account({"/usages": usages(consumption=[{"userId": "u", "value": 3, "total": 3}])})

    (use,), _ = fetch(budget("A", projects=("project_1",)), transport=account)
    with pytest.raises(AccessDenied) as caught:
        fetch(budget("A", projects=("Hero",)), transport=account)

    assert use.used == 3
    assert "give ids in f.toml" in caught.value.hint


def test_a_list_that_is_refused_costs_only_the_budgets_that_need_it() -> None:
    """A warning names each of these, and what to do."""
    account = Account({"/usages": usages(consumption=[{"userId": "u", "value": 3, "total": 3}])})
    named, ids = budget("A", projects=("Hero",)), budget("B", projects=("project_1",))

    uses, warnings = fetch(named, ids, budget("C"), transport=account)

    assert [use.used for use in uses] == [None, 3, 3]
    (warning,) = warnings
    assert warning.startswith("the budget 'A' is not known: the API answered 403")
    assert warning.endswith("; this key may not list projects: give ids in f.toml, not names")


class Refunds(httpx.BaseTransport):
    """More was refunded than used."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return answer(usages(consumption=[{"userId": "u", "value": -3, "total": -3}]))


def test_refunds_are_negative() -> None:
    """As everywhere."""
    (use,), _ = fetch(budget(), transport=Refunds())

    assert use.used == -3
