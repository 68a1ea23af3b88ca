"""What a team may use: the plan, packs, caps and counts, as the API tells them."""

from collections.abc import Collection
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from scenario_usage_cli.collect.quota import (
    LIMITS,
    Allowance,
    BoughtPack,
    Capped,
    Quota,
    fetch_quota,
)
from scenario_usage_cli.errors import AccessDenied, BadArgument, UnreadableAnswer
from tests.account import Account, build_account
from tests.collect.clients import connect
from tests.support import NOW

PERIOD = {"start": "2026-11-05T10:00:00.000Z", "end": "2026-12-05T10:00:00.000Z"}


def fetch(
    account: Account, team_id: str | None = None, *, needed: Collection[str] = (LIMITS,)
) -> Quota:
    """The quota of an account, at the usual instant."""
    with connect(account) as client:
        return fetch_quota(client, team_id, NOW, needed=needed)


def limits(**more: Any) -> dict[str, Any]:
    """An answer of /teams/{teamId}/limits."""
    return {"plan": "pro", "period": PERIOD, **more}


def test_everything_is_read_exactly() -> None:
    """Numbers as they were written, instants in UTC, what has no cap without one."""
    account = build_account(
        projects=[
            {"id": "project_1", "name": "Hero", "consumption": 0.1, "maxConsumption": 10},
            {"id": "project_2", "consumption": 5},
        ],
        users=[{"id": "user_1", "email": "a@b.c", "consumption": 3, "maxConsumption": 0}],
        keys=[{"id": "apiu_1", "name": "build", "maxConsumption": 2.5}],
        limits=limits(
            limits={"creativeUnits": 100, "seats": 5, "apiKeys": -1},
            values={"creativeUnits": 12.3, "seats": 2, "apiKeys": 1},
            oneShotCreativeUnits=[
                {"amount": 50, "remaining": 4.5, "createdAt": "2026-01-02T00:00:00+01:00"},
            ],
        ),
    )

    quota = fetch(account)

    assert quota.team == ("team_1", "Kumo")
    assert (quota.plan, quota.used, quota.limit) == ("pro", Decimal("12.3"), 100)
    assert quota.period is not None
    assert quota.period.start == datetime(2026, 11, 5, 10, tzinfo=UTC)
    assert quota.period.end == datetime(2026, 12, 5, 9, 59, 59, 999000, tzinfo=UTC)
    bought = datetime(2026, 1, 1, 23, tzinfo=UTC)
    assert quota.packs == (
        BoughtPack("2026-01-02T00:00:00+01:00", 50, Decimal("4.5"), bought, None),
    )
    assert quota.allowances == (Allowance("seats", 2, 5), Allowance("api_keys", 1, None))
    assert quota.caps == (
        Capped("project", "project_1", "Hero", Decimal("0.1"), 10),
        Capped("project", "project_2", "project_2", 5, None),
        Capped("user", "user_1", "a@b.c", 3, 0),
        Capped("key", "apiu_1", "build", None, Decimal("2.5")),
    )
    assert quota.warnings == []


def test_a_cap_below_0_is_none() -> None:
    """As the limit of a plan is."""
    listed = [{"id": "one", "consumption": 5, "maxConsumption": -1, "email": "a@b.c", "name": "A"}]

    quota = fetch(build_account(projects=listed, users=listed, keys=listed, limits=limits()))

    assert {cap.cap for cap in quota.caps} == {None}


def test_what_is_listed_twice_has_one_cap() -> None:
    """The later one; an id may be of several kinds."""
    twice = [
        {"id": "one", "consumption": used, "maxConsumption": 10, "email": "a@b.c", "name": "A"}
        for used in (4, 5)
    ]

    quota = fetch(build_account(projects=twice, users=twice, keys=twice, limits=limits()))

    assert [(cap.kind, cap.id, cap.used) for cap in quota.caps] == [
        (kind, "one", 5) for kind in ("project", "user", "key")
    ]


def test_packs_are_in_the_order_in_which_they_expire() -> None:
    """Those without a date are last; an odd date is told of, and counts as none."""
    packs = [
        {"createdAt": "2026-03-01T00:00:00Z"},
        {"createdAt": "2026-02-01T00:00:00Z", "expiration": "2027-02-01T00:00:00Z"},
        {"createdAt": "2026-01-01T00:00:00Z", "expiration": "someday"},
        {"createdAt": "2026-02-01T00:00:00Z", "expiration": "2026-12-01T00:00:00Z"},
        {},
    ]

    quota = fetch(build_account(limits=limits(oneShotCreativeUnits=packs)))

    assert [pack.id for pack in quota.packs] == [
        "2026-02-01T00:00:00Z",
        "2026-02-01T00:00:00Z#2",
        "2026-01-01T00:00:00Z",
        "2026-03-01T00:00:00Z",
        "pack_5",
    ]
    assert quota.warnings == ["the day that it expires of pack 3 cannot be read: 'someday'"]


def test_limits_that_are_forbidden_say_which_key_may_read_them() -> None:
    """The hint names the scopes."""
    with pytest.raises(AccessDenied) as refused:
        fetch(build_account(limits=403))

    assert "team.read;team.usage.read" in refused.value.hint


def test_caps_are_known_without_limits() -> None:
    """Where these are not needed."""
    projects = [{"id": "project_1", "consumption": 9, "maxConsumption": 10}]

    quota = fetch(build_account(projects=projects, limits=403), needed=())

    assert not quota.is_known
    assert (quota.period, quota.used, quota.limit, quota.packs) == (None, None, None, ())
    assert quota.caps == (Capped("project", "project_1", "project_1", 9, 10),)
    assert quota.warnings == ["the plan and its packs are not included: this key may not read them"]


def test_limits_are_known_without_caps() -> None:
    """Each kind that the key may not read is told of."""
    quota = fetch(build_account(team=403, listed=403, limits=limits()))

    assert quota.is_known
    assert quota.caps == ()
    assert quota.warnings == [
        "caps of people and API keys are not included: this key may not read them",
        "caps of projects are not included: this key may not read them",
    ]


def test_a_wrong_key_is_no_lack_of_rights() -> None:
    """401 is raised wherever it comes."""
    with pytest.raises(AccessDenied):
        fetch(build_account(team=401, limits=limits()))


def test_of_several_teams_one_must_be_named() -> None:
    """They have billing periods of their own."""
    teams = {"teams": [{"id": "team_1", "name": "Kumo"}, {"id": "team_2", "name": "Nuage"}]}

    with pytest.raises(BadArgument) as refused:
        fetch(build_account(teams=teams, limits=limits()))

    assert refused.value.message.startswith("this key sees 2 teams")
    assert refused.value.hint == "choose one with --team: Kumo, Nuage"
    assert fetch(build_account(teams=teams, limits=limits()), "team_1").team.name == "Kumo"


def test_teams_of_one_name_are_told_apart_by_their_ids() -> None:
    """However it is written; others keep their names."""
    names = {"team_1": "Kumo", "team_2": "KUMO", "team_3": "Nuage"}
    teams = {"teams": [{"id": one, "name": name} for one, name in names.items()]}

    with pytest.raises(BadArgument) as refused:
        fetch(build_account(teams=teams, limits=limits()))

    assert refused.value.hint == "choose one with --team: team_1, team_2, Nuage"


def test_the_team_is_that_of_the_projects_where_teams_may_not_be_listed() -> None:
    """One is enough to know it."""
    projects = [{"id": "project_1", "teamId": "team_1"}]

    assert fetch(build_account(projects=projects, teams=403, limits=limits())).team.id == "team_1"
    with pytest.raises(AccessDenied, match="lists no teams"):
        fetch(build_account(teams=403, limits=limits()))


@pytest.mark.parametrize(
    "bounds",
    [
        {"start": "2026-11-05", "end": "2026-11-05"},
        {"start": "soon", "end": "2026-12-05T10:00:00.000Z"},
    ],
)
def test_a_period_that_cannot_be_read_is_an_error(bounds: dict[str, str]) -> None:
    """No figure would be right."""
    with pytest.raises(UnreadableAnswer, match="billing period") as failed:
        fetch(build_account(limits={"period": bounds}))

    assert "--start" not in failed.value.hint


@pytest.mark.parametrize("team", [{"name": "Kumo"}, {"name": "Kumo", "users": None}, None])
def test_lists_that_are_left_out_are_told(team: dict[str, Any] | None) -> None:
    """Nobody with a cap is something else than nobody known."""
    quota = fetch(build_account(team={"team": team}, limits=limits(limits={})))

    assert quota.warnings == [
        "caps of people are not included: the API left people out",
        "caps of API keys are not included: the API left API keys out",
    ]
    assert quota.is_limit_known


def test_limits_that_are_left_out_are_not_known() -> None:
    """A plan without a limit has limits, but none of CU."""
    assert not fetch(build_account(limits=limits(limits=None))).is_limit_known
