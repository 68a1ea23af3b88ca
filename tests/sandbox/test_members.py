"""The team's people and API keys, beside the usage they must agree with."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.probe import NOW, Json, Probe, between, sum_figures, total

MONTH = between(datetime(2026, 6, 1, tzinfo=UTC), NOW)


@pytest.fixture(scope="module")
def team(probe: Probe) -> Json:
    """What `/teams/{id}` tells."""
    return read_team(probe)


def read_team(probe: Probe) -> Json:
    """The one team in detail."""
    (team,) = probe.read("/teams")["teams"]
    details: Json = probe.read(f"/teams/{team['id']}")["team"]
    return details


def find_key(team: Json, name: str) -> Json:
    """The one key of this name."""
    (key,) = (key for key in team["keys"] if key["name"] == name)
    return dict(key)


def test_consumption_is_their_usage_this_month(probe: Probe, team: Json) -> None:
    """Of each person and key, what `/usages` answers for them from the first of the month."""
    for row in (*team["users"], *team["keys"]):
        figures = sum_figures(probe.usages(**MONTH, userIds=row["id"], type="consumption"))
        assert total(figures, "consumption", "value") == row["consumption"]


def test_listed_and_gone_sum_to_the_month(probe: Probe, team: Json) -> None:
    """Who left and what was deleted is in consumption, and in no list."""
    listed = {row["id"]: row["consumption"] for row in (*team["users"], *team["keys"])}
    charged = {
        row["userId"]: row["value"]
        for row in probe.usages(**MONTH, type="consumption")["consumption"]
    }
    gone = charged.keys() - listed.keys()

    assert len(gone) == 3
    assert sum(charged.values()) == sum(listed.values()) + sum(charged[one] for one in gone)
    limits = probe.read(f"/teams/{team['id']}/limits")
    assert sum(charged.values()) == limits["values"]["creativeUnits"]


def test_caps_are_their_own_or_the_teams(team: Json) -> None:
    """There are both, and some people and keys without any."""
    usual = team["defaultUserMaxConsumption"]
    for rows in (team["users"], team["keys"]):
        caps = [row.get("maxConsumption") for row in rows]
        assert None in caps
        assert usual in caps
        assert {cap for cap in caps if cap} > {usual}


def test_keys_are_of_all_sorts(team: Json) -> None:
    """One of the team, one in two projects, one that was never used, one that is idle."""
    reader = find_key(team, "finance-reader")
    assert (reader["scope"], reader["role"]) == ("team", "team.read;team.usage.read")
    assert "projects" not in reader
    assert "ownerId" not in reader

    projects = {project["id"]: project["name"] for project in team["projects"]}
    pipeline = find_key(team, "build-pipeline")
    assert [projects[one["projectId"]] for one in pipeline["projects"]] == [
        'Props, Tiles & "Bits"',
        "紅葉戦記",
    ]
    assert "lastUsedAt" not in find_key(team, "render-farm (not set up)")
    kiosk = parse_time(find_key(team, "lobby-kiosk")["lastUsedAt"])
    assert NOW - kiosk > timedelta(days=90)
    assert {key["apiKeyStatus"] for key in team["keys"]} == {"active", "inactive"}


def test_last_use_is_the_last_event(probe: Probe, team: Json) -> None:
    """Of a key that makes something; nothing is later than now."""
    for key in team["keys"]:
        log = probe.usages(**MONTH, userIds=key["id"], type="activity")["activity"]
        if log:
            assert log[0]["time"] == key["lastUsedAt"]
        assert parse_time(key.get("lastUsedAt") or "2023-01-01T00:00Z") <= NOW


@pytest.mark.parametrize("day", ["2024-08-01", "2026-03-01", "2027-01-01"])
def test_nothing_is_later_than_now(day: str) -> None:
    """Whatever the clock says."""
    now = datetime.fromisoformat(f"{day}T01:00:00+00:00")
    for key in read_team(Probe(now))["keys"]:
        assert parse_time(key.get("lastUsedAt") or "2023-01-01T00:00Z") <= now


def test_keys_are_in_the_projects_that_they_name(probe: Probe, team: Json) -> None:
    """And in no other one."""
    there = {
        project["id"]: {key["id"] for key in project["keys"]}
        for project in probe.read("/projects", pageSize=100)["projects"]
    }
    for key in team["keys"]:
        named = {one["projectId"] for one in key.get("projects", ())}
        assert named == {project for project, keys in there.items() if key["id"] in keys}


def test_projects_sum_to_the_month(probe: Probe) -> None:
    """Exactly."""
    figures = sum_figures(probe.usages(**MONTH, type="consumption"))
    rows = probe.read("/projects", pageSize=100)["projects"]

    assert sum((row["consumption"] for row in rows), Decimal(0)) == total(
        figures, "consumption", "value"
    )


def parse_time(text: Any) -> datetime:
    """An aware time."""
    return datetime.fromisoformat(text)
