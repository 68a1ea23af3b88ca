"""Projects, teams, limits and prices, beside the usage they must agree with."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.sandbox.probe import NOW, Probe, between, sum_figures, total

MONTH = between(datetime(2026, 6, 1, tzinfo=UTC), NOW)


def test_projects_come_in_pages(probe: Probe) -> None:
    """Ten projects, a token, then the last two; every page size gives the same list."""
    first = probe.read("/projects")
    second = probe.read("/projects", paginationToken=first["nextPaginationToken"])

    assert (len(first["projects"]), len(second["projects"])) == (10, 2)
    assert "nextPaginationToken" not in second
    expected = first["projects"] + second["projects"]
    for size in (1, 5, 12, 100):
        projects, token = [], ""
        while True:
            page = probe.read("/projects", pageSize=size, paginationToken=token)
            projects += page["projects"]
            token = page.get("nextPaginationToken", "")
            assert len(page["projects"]) == size or not token
            if not token:
                break
        assert expected == projects
    assert len({row["id"] for row in expected}) == 12


@pytest.mark.parametrize("size", ["", "0", "101", "1000", "-1", "ten", "1.5", "²"])
def test_bad_page_size_is_refused(probe: Probe, size: str) -> None:
    """A page has 1 to 100 projects."""
    assert probe.refusal("/projects", pageSize=size) == (
        400,
        "pageSize must be a whole number from 1 to 100",
    )


def test_foreign_token_is_refused(probe: Probe) -> None:
    """A token that was made up is a 400, not the first page."""
    assert probe.refusal("/projects", paginationToken="10")[0] == 400


def test_project_consumption_is_its_usage_this_month(probe: Probe) -> None:
    """`consumption` is what `/usages` answers for the project from the first of the month."""
    for row in probe.read("/projects", pageSize=100)["projects"]:
        figures = sum_figures(probe.usages(**MONTH, projectIds=row["id"], type="consumption"))
        assert total(figures, "consumption", "value") == row["consumption"]


def test_some_projects_are_capped(probe: Probe) -> None:
    """`maxConsumption` is absent where there is no cap, and may be 0."""
    caps = [row.get("maxConsumption") for row in probe.read("/projects", pageSize=100)["projects"]]

    assert None in caps
    assert 0 in caps
    assert sum(cap is not None for cap in caps) == 7


def test_members_are_those_who_work_there(probe: Probe) -> None:
    """Whoever used a project this month is listed in it, but for deleted keys and who left."""
    for row in probe.read("/projects", pageSize=100)["projects"]:
        answer = probe.usages(**MONTH, projectIds=row["id"], type="consumption")
        listed = {member["id"] for member in (*row["users"], *row["keys"])}
        for user in answer["entities"]["users"]:
            gone = user.get("apiKeyStatus") == "deleted" or not (
                user["isApiKey"] or "email" in user
            )
            assert gone != (user["id"] in listed)


def test_limits_say_what_the_month_used(probe: Probe) -> None:
    """`values.creativeUnits` is all projects' consumption in the calendar month."""
    team = probe.read("/teams")["teams"][0]
    limits = probe.read(f"/teams/{team['id']}/limits")
    figures = sum_figures(probe.usages(**MONTH, type="consumption"))

    assert total(figures, "consumption", "value") == limits["values"]["creativeUnits"]
    assert limits["plan"] == team["plan"]
    assert limits["period"] == {
        "start": "2026-06-01T00:00:00.000Z",
        "end": "2026-07-01T00:00:00.000Z",
    }
    assert 0 < limits["values"]["creativeUnits"] < limits["limits"]["creativeUnits"]
    packs = limits["oneShotCreativeUnits"]
    assert len(packs) == 2
    assert all(0 < pack["remaining"] <= pack["amount"] for pack in packs)
    assert all(pack["expiration"] > "2026-07" for pack in packs)


@pytest.mark.parametrize("date", ["2026-11-29T08:00:00+00:00", "2025-06-15T00:00:00+00:00"])
def test_packs_have_what_the_months_beyond_the_plan_left(date: str) -> None:
    """Of the days since the first of them was bought; the one that expires first is spent first."""
    now = datetime.fromisoformat(date)
    probe = Probe(now)
    team = probe.read("/teams")["teams"][0]["id"]
    limits = probe.read(f"/teams/{team}/limits")
    plan = limits["limits"]["creativeUnits"]

    def count_excess(start: datetime, end: datetime) -> Decimal:
        figures = sum_figures(probe.usages(**between(start, end), type="consumption"))
        return max(Decimal(total(figures, "consumption", "value") - plan), Decimal(0))

    first, second = limits["oneShotCreativeUnits"]
    bought = datetime.fromisoformat(first["createdAt"])
    last = timedelta(milliseconds=1)
    month = bought.replace(day=1, hour=0)
    excess = -count_excess(month, bought - last)
    while month <= now:
        following = (month + timedelta(days=32)).replace(day=1)
        excess += count_excess(month, min(following - last, now))
        month = following
    assert first["expiration"] < second["expiration"]
    assert first["remaining"] == max(first["amount"] - excess, 0)
    assert first["remaining"] + second["remaining"] == 35_000 - excess
    assert (excess > 0) == (now.year == 2026)


@pytest.mark.parametrize(
    ("now", "start", "end"),
    [
        ("2026-01-01T00:00:00+00:00", "2026-01-01", "2026-02-01"),
        ("2025-12-31T23:59:59.999+00:00", "2025-12-01", "2026-01-01"),
        ("2026-02-28T23:30:00-05:00", "2026-03-01", "2026-04-01"),
    ],
)
def test_billing_period_is_the_month_in_utc(now: str, start: str, end: str) -> None:
    """The period turns over at midnight UTC on the first, whatever zone the clock speaks."""
    probe = Probe(datetime.fromisoformat(now))
    team = probe.read("/teams")["teams"][0]["id"]
    period = probe.read(f"/teams/{team}/limits")["period"]

    assert {"start": f"{start}T00:00:00.000Z", "end": f"{end}T00:00:00.000Z"} == period


def test_team_lists_who_works_in_any_project(probe: Probe) -> None:
    """By the ids that usages have; `apiKeyId` is a key's own."""
    team = probe.read("/teams")["teams"][0]["id"]
    details = probe.read(f"/teams/{team}")["team"]
    listed = {row["id"]: row for row in (*details["users"], *details["keys"])}

    for project in probe.read("/projects", pageSize=100)["projects"]:
        for member in (*project["users"], *project["keys"]):
            found = listed[member["id"]]
            assert member.get("apiKeyId") == found.get("apiKeyId")
    assert all(row["id"].startswith("apiu_") for row in details["keys"])


def test_team_lists_every_project(probe: Probe) -> None:
    """`/teams` has the one team, with the projects that `/projects` has."""
    (team,) = probe.read("/teams")["teams"]
    projects = probe.read("/projects", pageSize=100)["projects"]

    assert [(row["id"], row["name"]) for row in projects] == [
        (row["id"], row["name"]) for row in team["projects"]
    ]
    assert {team["id"]} == {row["teamId"] for row in projects}


def test_larger_packs_are_cheaper(probe: Probe) -> None:
    """Prices are in cents, and fall per CU as packs grow."""
    prices = probe.read("/oscu/prices")["prices"]
    each = [row["unitAmount"] / row["creativeUnits"] for row in prices]

    assert each == sorted(each, reverse=True)
    assert {"usd"} == {row["currency"] for row in prices}
