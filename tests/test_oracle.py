"""The vendor's own SDK against the same server: every figure of the report is its sum, too."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox
from scenario_usage_cli.sandbox.server import build_server
from tests.support import NOW, Result, run

if TYPE_CHECKING:
    from scenario_sdk import Scenario  # which takes a second

TYPES = (
    "usages",
    "activity",
    "consumption",
    "model-usages",
    "asset-usages",
    "nsfw-usages",
    "quality-gate-usages",
)


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """The sandbox over real HTTP, at a fixed time."""
    server = build_server(Sandbox(lambda: NOW), 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with server:
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def sdk(base_url: str) -> Iterator["Scenario"]:
    """The vendor's client, refusing anything that it does not expect."""
    from scenario_sdk import Scenario

    with Scenario(
        api_key=API_KEY,
        api_secret=API_SECRET,
        base_url=base_url,
        max_retries=0,
        _strict_response_validation=True,
    ) as client:
        yield client


@pytest.mark.parametrize("section", TYPES)
def test_the_sdk_reads_every_section(sdk: "Scenario", section: Any) -> None:
    """Strict validation passes for each `type`, and the section is there."""
    answer = sdk.usages.list(time_range="last-seven-days", type=[section])

    key = {"nsfw-usages": "nsfw_usages", "model-usages": "api_model_usages"}
    assert getattr(answer, key.get(section, section.replace("-", "_")))


def test_the_sdk_reads_projects_teams_and_limits(sdk: "Scenario") -> None:
    """Strict validation passes for the other endpoints, page by page."""
    (team,) = sdk.teams.list().teams
    projects = list(sdk.projects.list())
    limits = sdk.teams.retrieve_limits(team.id)

    assert {project.team_id for project in projects} == {team.id}
    assert len(projects) > 10
    assert limits.values.creative_units > 0


def ask(base_url: str, *argv: str) -> Result:
    """A command that asks the same server."""
    return run(
        *argv,
        environ={
            "SCENARIO_SDK_API_KEY": API_KEY,
            "SCENARIO_SDK_API_SECRET": API_SECRET,
            "SCENARIO_BASE_URL": base_url,
            "SCENARIO_USAGE_CONFIG": "/proc/nonexistent",
        },
        transport=httpx.HTTPTransport(),
    )


CASES = {
    "default": [],
    "a month": ["--period", "2026-10"],
    "a day": ["--start", "2026-11-03", "--end", "2026-11-03"],
    "an hour": ["--start", "2026-11-03T09:00", "--end", "2026-11-03T09:59:59.999"],
    "120 days": ["--start", "2026-07-01", "--end", "2026-10-28"],
    "Tokyo days": ["--tz", "Asia/Tokyo", "--period", "2026-05"],
    "one project": ["--project", "PROJECT", "--period", "2026-Q3"],
    "two projects": ["--project", "PROJECT,PROJECT2", "--last", "3w"],
    "one user": ["--user", "USER", "--last", "60d"],
    "a user in a project": ["--user", "USER", "--project", "PROJECT", "--last", "90d"],
    "some sections": ["--section", "models,quality-gates", "--last", "7d"],
    "up to now": ["--last", "24h"],
}


@pytest.mark.parametrize("options", CASES.values(), ids=CASES)
def test_every_figure_equals_the_sum_of_the_sdks_objects(
    options: list[str], sdk: "Scenario", base_url: str
) -> None:
    """The report's JSON and sums over the SDK's objects, for the same period and filters."""
    names = name_the_busiest(sdk)
    argv = [",".join(names.get(word, word) for word in option.split(",")) for option in options]
    result = ask(base_url, "report", "--json", *argv)
    assert result.code == 0, result.stderr
    report = result.json
    filters: dict[str, Any] = {
        name: ",".join(report["filters"][key])
        for name, key in (("project_ids", "project_ids"), ("user_ids", "user_ids"))
        if report["filters"][key]
    }
    period = report["period"]

    assert_equal_to_sdk(
        report, sdk.usages.list(start_date=period["start"], end_date=period["end"], **filters)
    )


def name_the_busiest(sdk: "Scenario") -> dict[str, str]:
    """Ids to filter by: two projects and a user with much to show."""
    projects = sorted(sdk.projects.list(), key=lambda project: -(project.consumption or 0))
    week = (NOW - timedelta(days=7)).astimezone(UTC)
    answer = sdk.usages.list(
        start_date=week.isoformat(), end_date=datetime(2026, 11, 22, tzinfo=UTC).isoformat()
    )
    assert answer.consumption
    return {
        "PROJECT": projects[0].id,
        "PROJECT2": projects[1].id,
        "USER": answer.consumption[0].user_id,
    }


def assert_equal_to_sdk(report: Any, answer: Any) -> None:
    """Compare every section of the report with plain sums over the SDK's objects."""
    if "consumption" in report:
        assert {
            row["user_id"]: (cu(row["cost"]), cu(row["discount"]), cu(row["gross"]))
            for row in report["consumption"]
        } == {
            row.user_id: (cu(row.value), cu(row.discount), cu(row.total))
            for row in answer.consumption
        }
        assert cu(report["totals"]["cost"]) == add(row.value for row in answer.consumption)
        assert cu(report["totals"]["gross"]) == add(row.total for row in answer.consumption)
    if "models" in report:
        keys = ("jobs", "cost", "discount", "api_key_cost", "api_key_discount")
        assert {
            row["model_id"]: [cu(row[key]) for key in keys] for row in report["models"]
        } == sum_points(answer.api_model_usages, "api_model_id", keys)
        names = {model.id: model.name for model in answer.entities.models}
        for row in report["models"]:
            assert row["name"] == names.get(row["model_id"], row["model_id"])
    for section, rows, id_key in (
        ("assets", answer.asset_usages, "kind"),
        ("moderation", answer.nsfw_usages, "label"),
        ("quality_gates", answer.quality_gate_usages, "verdict"),
    ):
        if section in report:
            assert {
                row[id_key]: [cu(row["count"]), cu(row["api_key_count"])] for row in report[section]
            } == sum_points(rows, id_key, ("count", "count_api_key"))
    if "actions" in report:
        restating = ("creative-unit-cost", "creative-unit-discount")
        real = [row for row in answer.usages if row.usage_name not in restating]
        assert {
            row["action"]: [cu(row["count"]), cu(row["api_key_count"])] for row in report["actions"]
        } == sum_points(real, "usage_name", ("value", "api_key"))
        assert {row["action"]: cu(row["cost"] or 0) for row in report["actions"]} == {
            row.usage_name: add(point.cost or 0 for point in row.points) for row in real
        }


def sum_points(rows: Any, id_key: str, keys: tuple[str, ...]) -> dict[str, list[Decimal]]:
    """Each row's points added up, measure by measure."""
    return {
        getattr(row, id_key): [add(getattr(point, key) for point in row.points) for key in keys]
        for row in rows
    }


def add(numbers: Any) -> Decimal:
    """The exact sum of what the SDK holds as floats or strings."""
    return sum((cu(number) for number in numbers), Decimal(0))


def cu(number: Any) -> Decimal:
    """An exact decimal."""
    return Decimal(str(number))


def test_two_years_equal_the_sdk_used_by_hand_over_the_same_windows(
    sdk: "Scenario", base_url: str
) -> None:
    """One command against a loop over windows of 120 days, as one would write it."""
    period = ("--start", "2024-11-25", "--end", "2026-11-21")
    result = ask(base_url, "report", "--json", *period)
    sums = {"cost": Decimal(0), "jobs": Decimal(0), "assets": Decimal(0), "model": Decimal(0)}
    users = set()
    start, last = datetime(2024, 11, 25, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC)
    while start < last:
        beyond = min(start + timedelta(days=120), last)
        answer = sdk.usages.list(
            start_date=start.isoformat(), end_date=(beyond - timedelta(milliseconds=1)).isoformat()
        )
        sums["cost"] += add(row.value for row in answer.consumption or ())
        users |= {row.user_id for row in answer.consumption or () if row.value or row.discount}
        for model in answer.api_model_usages or ():
            sums["jobs"] += add(point.jobs for point in model.points)
            sums["model"] += add(point.cost for point in model.points)
        for kind in answer.asset_usages or ():
            sums["assets"] += add(point.count for point in kind.points)
        start = beyond

    assert result.code == 0, result.stderr
    totals = result.json["totals"]
    assert {
        "cost": cu(totals["cost"]),
        "jobs": cu(totals["jobs"]),
        "assets": cu(totals["assets"]),
        "model": cu(result.json["reconciliation"]["model_cost"]),
    } == sums
    assert totals["users"] == len(users)


def test_lists_equal_the_sdks_objects(sdk: "Scenario", base_url: str) -> None:
    """Projects over all pages, people and keys: consumption, caps, names and last use."""
    details = sdk.teams.retrieve(sdk.teams.list().teams[0].id).team
    expected = {
        "projects": [
            (row.id, row.name, row.consumption, row.max_consumption) for row in sdk.projects.list()
        ],
        "people": [
            (row.id, row.email, row.consumption, row.max_consumption) for row in details.users
        ],
        "keys": [(row.id, row.name, row.consumption, row.max_consumption) for row in details.keys],
    }
    ids = {"projects": "project_id", "people": "user_id", "keys": "user_id"}
    names = {"projects": "name", "people": "email", "keys": "name"}
    lists = {what: ask(base_url, "list", what, "--json").json[what] for what in expected}

    for what, rows in lists.items():
        assert sorted(
            (row[ids[what]], row[names[what]], row["consumption"], row["cap"]) for row in rows
        ) == sorted(expected[what])
    assert {row["user_id"]: row["project_ids"] for row in lists["keys"]} == {
        key.id: [one.project_id for one in key.projects or ()] for key in details.keys
    }
    assert {row["user_id"]: row["last_used_at"] for row in lists["keys"]} == {
        key.id: key.last_used_at and key.last_used_at.replace(".000Z", "Z") for key in details.keys
    }
