"""Parts of a range, of the projects and of the users add up to the whole."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_usage_cli.sandbox.studio import KEYS, PEOPLE
from tests.sandbox.probe import MAY, NOW, Probe, between, merge, sum_figures

START = NOW - timedelta(days=100)
LENGTH_MS = 100 * 24 * 3600 * 1000


@settings(max_examples=20, deadline=None)
@given(cut=st.integers(0, LENGTH_MS - 1), width=st.integers(0, LENGTH_MS))
def test_two_parts_add_up_to_the_whole(probe: Probe, cut: int, width: int) -> None:
    """Cut at any millisecond, two adjoining ranges have the whole's figures, none twice."""
    moment = START + timedelta(milliseconds=cut)
    end = min(NOW, moment + timedelta(milliseconds=1 + width))
    parts = [
        probe.usages(**between(START, moment)),
        probe.usages(**between(moment + timedelta(milliseconds=1), end)),
    ]

    assert merge([sum_figures(part) for part in parts]) == sum_figures(
        probe.usages(**between(START, end))
    )


@settings(max_examples=10, deadline=None)
@given(index=st.integers(0, 3000))
def test_cut_beside_an_event_takes_it_once(probe: Probe, index: int) -> None:
    """An event on the last millisecond of one range is not in the next one."""
    row = probe.usages(**MAY, type="activity", activityOffset=index)["activity"][0]
    at = {"startDate": row["time"], "endDate": row["time"]}
    day = row["time"][:10]
    whole = {"startDate": f"{day}T00:00:00Z", "endDate": f"{day}T23:59:59.999Z"}

    alone = probe.activity(**at)
    until = probe.activity(startDate=whole["startDate"], endDate=row["time"])
    since = probe.activity(startDate=row["time"], endDate=whole["endDate"])

    assert row in alone
    assert since[: len(since) - len(alone)] + until == probe.activity(**whole)


def test_projects_partition_the_whole(probe: Probe) -> None:
    """The figures of every project, one query each, sum to those of the query without a filter."""
    projects = probe.read("/projects", pageSize=100)["projects"]
    parts = [sum_figures(probe.usages(**MAY, projectIds=row["id"])) for row in projects]

    assert merge(parts) == sum_figures(probe.usages(**MAY))
    assert sum(1 for part in parts if part) == 6


def test_users_partition_the_whole(probe: Probe) -> None:
    """The figures of every person and key sum to those of the query without a filter."""
    users = [person.id for person in (*PEOPLE, *KEYS)]
    parts = [sum_figures(probe.usages(**MAY, userId=user)) for user in users]

    assert merge(parts) == sum_figures(probe.usages(**MAY))
    assert all(parts)


def test_filters_narrow_together(probe: Probe) -> None:
    """A project's figures are those of its users within it, in one query or in several."""
    project = probe.read("/projects")["projects"][0]["id"]
    users = [person.id for person in (*PEOPLE, *KEYS)]
    parts = [
        sum_figures(probe.usages(**MAY, projectIds=project, userIds=",".join(pair)))
        for pair in (users[:5], users[5:9], users[9:])
    ]

    assert merge(parts) == sum_figures(probe.usages(**MAY, projectIds=project))


@pytest.mark.parametrize("name", ["projectIds", "userIds", "userId"])
def test_unknown_id_matches_nothing(probe: Probe, name: str) -> None:
    """A filter that nobody answers to leaves every section empty, and is no error."""
    answer = probe.usages(**MAY, **{name: "nobody_0"})

    assert answer.pop("entities") == {
        "users": [],
        "models": [],
        "assets": [],
        "collections": [],
        "jobs": [],
    }
    assert len(answer) == 7
    assert not any(answer.values())


def test_several_ids_are_a_union(probe: Probe) -> None:
    """Comma separated and repeated ids mean any of them."""
    first, second = (row["id"] for row in probe.read("/projects")["projects"][:2])
    together = probe.usages(**MAY, projectIds=f"{first},{second}")

    query = f"startDate={MAY['startDate']}&endDate={MAY['endDate']}"
    repeated = probe.client.get(f"/usages?{query}&projectIds={first}&projectIds[]={second}")
    parts = [sum_figures(probe.usages(**MAY, projectIds=one)) for one in (first, second)]
    assert merge(parts) == sum_figures(together)
    assert probe.get("/usages", **MAY, projectIds=f"{first},{second}").content == repeated.content
