"""The vendor's own SDK reads everything the sandbox serves, over a real socket."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from scenario_usage_cli.sandbox import API_KEY, API_SECRET
from tests.sandbox.probe import MAY, Probe, days_back

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


@pytest.fixture
def sdk(port: int) -> Iterator["Scenario"]:
    from scenario_sdk import Scenario

    with Scenario(
        api_key=API_KEY,
        api_secret=API_SECRET,
        base_url=f"http://127.0.0.1:{port}/v1",
        max_retries=0,
        _strict_response_validation=True,
    ) as client:
        yield client


@pytest.mark.parametrize("days", [0, 1, 14, 31, 120])
@pytest.mark.parametrize("drop", [True, False])
def test_sdk_reads_every_section(sdk: "Scenario", days: int, drop: bool) -> None:
    """All sections of every granularity parse under strict validation."""
    dates = days_back(days or 1)
    answer = sdk.usages.list(
        start_date=dates["startDate"], end_date=dates["endDate"], drop_zero_points=drop
    )

    assert answer.activity
    assert answer.consumption
    assert answer.asset_usages
    assert answer.api_model_usages
    assert answer.usages
    assert answer.quality_gate_usages
    assert answer.entities
    assert answer.entities.assets
    assert answer.nsfw_usages or days < 31


@pytest.mark.parametrize("name", TYPES)
def test_sdk_reads_each_type_alone(sdk: "Scenario", name: Any) -> None:
    """One section and the entities; the SDK sends lists with commas."""
    answer = sdk.usages.list(type=[name])
    assert len(answer.to_dict(exclude_unset=True)) == 2
    assert len(sdk.usages.list(type=[name, "usages"]).to_dict(exclude_unset=True)) in {2, 3}


def test_sdk_reads_the_whole_log(sdk: "Scenario", probe: Probe) -> None:
    """Every action, asset, job and collection of a month is one that the SDK knows."""
    times: list[str] = []
    while True:
        page = sdk.usages.list(
            start_date=MAY["startDate"],
            end_date=MAY["endDate"],
            type=["activity"],
            activity_offset=len(times),
        )
        if not page.activity:
            break
        times += [row.time for row in page.activity]

    assert times == [row["time"] for row in probe.activity(**MAY)]


def test_sdk_reads_the_accounts(sdk: "Scenario") -> None:
    """Projects (over two pages), teams, their people, limits and prices, strictly validated."""
    team = sdk.teams.list().teams[0]

    assert len(list(sdk.projects.list())) == 12
    details = sdk.teams.retrieve(team.id).team
    assert (len(details.users), len(details.keys)) == (10, 6)
    assert details.payment_status == "succeeded"
    assert {user.max_consumption for user in details.users} >= {750, 10_000}
    limits = sdk.teams.retrieve_limits(team.id)
    assert limits.values.creative_units > 0
    assert limits.limits.creative_units > 0
    assert [pack.amount for pack in limits.one_shot_creative_units] == [10_000, 25_000]
    with pytest.deprecated_call():
        assert sdk.oscu.retrieve_prices().prices


def test_sdk_sees_refusals(sdk: "Scenario") -> None:
    """A bad range and wrong credentials are the SDK's own errors."""
    from scenario_sdk import AuthenticationError, BadRequestError

    with pytest.raises(BadRequestError, match="require the other"):
        sdk.usages.list(start_date="2026-05-01")
    with pytest.raises(AuthenticationError):
        sdk.with_options(api_secret="wrong").usages.list()
