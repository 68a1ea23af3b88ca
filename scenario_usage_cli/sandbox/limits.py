"""The limits of the team: its plan, and the packs that were bought on top."""

from typing import Any, NamedTuple

from scenario_usage_cli.sandbox.answers import make_number
from scenario_usage_cli.sandbox.events import select_events
from scenario_usage_cli.sandbox.members import LISTED_KEYS, MEMBERS
from scenario_usage_cli.sandbox.query import Params
from scenario_usage_cli.sandbox.studio import PROJECTS
from scenario_usage_cli.sandbox.times import DAY, build_month, format_time

Json = dict[str, Any]

PLAN = "enterprise"
PLAN_CU = 26_000


class _Pack(NamedTuple):
    """CU, and how many days before and after the running month began it is bought and expires."""

    amount: int
    bought: int
    expires: int


_PACKS = (_Pack(10_000, 70, 45), _Pack(25_000, 40, 325))
"""In the order in which they are spent."""


def retrieve_limits(params: Params, now: int) -> Json:
    """The plan's limits and the CU charged in the running month (UTC, `end` is exclusive)."""
    start, end = build_month(now)
    used = sum(event.cost or 0 for event in select_events(start, now))
    return {
        "plan": PLAN,
        "period": {"start": format_time(start), "end": format_time(end)},
        "limits": {
            "apiKeys": 20,
            "canvasAssetLayers": 100,
            "canvasAssets": 500,
            "collections": 1_000,
            "creativeUnits": PLAN_CU,
            "defaultSeats": 10,
            "downloadAssets": 10_000,
            "downloadModel": 100,
            "inferenceBatchSize": 16,
            "maxCooldown": 0,
            "maxTrainingDatasets": 100,
            "minCooldown": 0,
            "models": 500,
            "OTPSessions": 5,
            "parallelCustomJobs": 20,
            "parallelInferences": 20,
            "parallelTraining": 4,
            "parallelWorkflowRuns": 10,
            "premiumGenerationSamples": 8,
            "projects": 50,
            "scalingFactor": 1,
            "seats": 25,
            "snapshotsRetention": 90,
            "upload": 10_000,
        },
        "values": {
            "apiKeys": len(LISTED_KEYS),
            "canvasAssets": 112,
            "collections": 6,
            "creativeUnits": make_number(used),
            "projects": len(PROJECTS),
            "seats": len(MEMBERS),
        },
        "oneShotCreativeUnits": _list_packs(now),
    }


def _list_packs(now: int) -> list[Json]:
    """Each with what the months took from it that needed more than the plan."""
    start, _ = build_month(now)
    taken, last = _find_excess(start - _PACKS[0].bought * DAY, now)
    packs = []
    for amount, bought, expires in _PACKS:
        own = min(taken, amount * 1000)
        taken -= own
        created = start - bought * DAY
        packs.append(
            {
                "amount": amount,
                "remaining": make_number(amount * 1000 - own),
                "createdAt": format_time(created),
                "updatedAt": format_time(max(created, last) if own else created),
                "expiration": format_time(start + expires * DAY),
            }
        )
    return packs


def _find_excess(since: int, now: int) -> tuple[int, int]:
    """How many milli-CU the months used that the plan did not have, and when they last did."""
    start, end = build_month(since)
    excess, last = -_count_excess(start, since - 1), since
    while start <= now:
        if found := _count_excess(start, min(end - 1, now)):
            excess, last = excess + found, min(end - 1, now)
        start, end = build_month(end)
    return excess, last


def _count_excess(start: int, end: int) -> int:
    return max(0, sum(event.cost or 0 for event in select_events(start, end)) - PLAN_CU * 1000)
