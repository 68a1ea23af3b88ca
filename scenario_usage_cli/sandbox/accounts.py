"""The account endpoints: teams, their people and limits, and the price list."""

from typing import Any

from scenario_usage_cli.sandbox.answers import make_number
from scenario_usage_cli.sandbox.events import select_events
from scenario_usage_cli.sandbox.members import LISTED_KEYS, MEMBERS, list_keys, list_members
from scenario_usage_cli.sandbox.query import Params
from scenario_usage_cli.sandbox.studio import (
    PROJECTS,
    TEAM_CREATED,
    TEAM_ID,
    TEAM_NAME,
    USER_CAP_CU,
)
from scenario_usage_cli.sandbox.times import DAY, build_month, format_time

Json = dict[str, Any]

PLAN = "enterprise"
PLAN_CU = 30_000

_PACKS = ((10_000, 2_350.5), (25_000, 25_000))  # CU bought and CU left
_PRICES = ((1_000, 1_500), (5_000, 7_000), (10_000, 13_000), (50_000, 60_000))  # CU, US cents


def list_teams(params: Params, now: int) -> Json:
    """The one team, with all its projects in brief."""
    context = {
        "invitationsCount": 1,
        "keysCount": len(LISTED_KEYS),
        "userRole": "key",
        "usersCount": len(MEMBERS),
    }
    return {"teams": [_build_team() | {"context": context}]}


def retrieve_team(params: Params, now: int) -> Json:
    """The team with its members and API keys, without those who left and those deleted."""
    indexes = {key: {"private": "", "public": ""} for key in ("assets", "models", "workflows")}
    return {
        "team": _build_team()
        | {
            "paymentStatus": "succeeded",
            "subscriptionStatus": "active",
            "searchHost": "",
            "searchIndexes": indexes,
            "invitations": [],
            "users": list_members(now),
            "keys": list_keys(now),
        }
    }


def _build_team() -> Json:
    return {
        "id": TEAM_ID,
        "name": TEAM_NAME,
        "plan": PLAN,
        "type": "shared",
        "createdAt": TEAM_CREATED,
        "updatedAt": TEAM_CREATED,
        "defaultUserMaxConsumption": USER_CAP_CU,
        "projects": [
            {
                "id": project.id,
                "name": project.name,
                "createdAt": TEAM_CREATED,
                "updatedAt": TEAM_CREATED,
            }
            for project in PROJECTS
        ],
    }


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
        "oneShotCreativeUnits": [
            {
                "amount": amount,
                "remaining": remaining,
                "createdAt": format_time(start - 40 * DAY),
                "updatedAt": format_time(start),
                "expiration": format_time(start + 325 * DAY),
            }
            for amount, remaining in _PACKS
        ],
    }


def list_prices(params: Params, now: int) -> Json:
    """The public price of packs, `unitAmount` in cents for the whole pack."""
    return {
        "prices": [
            {"creativeUnits": units, "unitAmount": cents, "currency": "usd"}
            for units, cents in _PRICES
        ]
    }
