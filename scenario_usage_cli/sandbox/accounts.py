"""The account endpoints: teams with their people, and the price list."""

from typing import Any

from scenario_usage_cli.sandbox.limits import PLAN
from scenario_usage_cli.sandbox.members import LISTED_KEYS, MEMBERS, list_keys, list_members
from scenario_usage_cli.sandbox.query import Params
from scenario_usage_cli.sandbox.studio import (
    PROJECTS,
    TEAM_CREATED,
    TEAM_ID,
    TEAM_NAME,
    USER_CAP_CU,
)

Json = dict[str, Any]

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


def list_prices(params: Params, now: int) -> Json:
    """The public price of packs, `unitAmount` in cents for the whole pack."""
    return {
        "prices": [
            {"creativeUnits": units, "unitAmount": cents, "currency": "usd"}
            for units, cents in _PRICES
        ]
    }
