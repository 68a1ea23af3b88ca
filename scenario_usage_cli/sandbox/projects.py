"""The `/projects` endpoint: pages of projects, each with its members and what it has spent."""

from collections import Counter
from typing import Any

from scenario_usage_cli.sandbox.answers import make_number
from scenario_usage_cli.sandbox.events import select_events
from scenario_usage_cli.sandbox.members import build_key, build_user
from scenario_usage_cli.sandbox.query import Params, RefusedError, check_team
from scenario_usage_cli.sandbox.studio import (
    PROJECTS,
    SEATS,
    TEAM_CREATED,
    TEAM_ID,
    Project,
    make_id,
)
from scenario_usage_cli.sandbox.times import DAY, build_month

Json = dict[str, Any]


def list_projects(params: Params, now: int) -> Json:
    """A page of the projects, each with the CU charged to it in the running month.

    Raises:
        RefusedError: 400 for a bad `pageSize` or `paginationToken`, 403 for another team.
    """
    check_team(params)
    size = _parse_page_size(params.get_last("pageSize"))
    first = _read_token(params.get_last("paginationToken"))
    spent: Counter[str] = Counter()
    for event in select_events(build_month(now)[0], now):
        spent[event.project] += event.cost or 0
    page = PROJECTS[first : first + size]
    answer: Json = {
        "projects": [_build_project(project, spent[project.id], now) for project in page]
    }
    if first + size < len(PROJECTS):
        answer["nextPaginationToken"] = _make_token(first + size)
    return answer


def _build_project(project: Project, spent: int, now: int) -> Json:
    day = now // DAY
    members = sorted(
        {
            seat.person
            for seat in SEATS
            if seat.project is project and seat.until >= day and seat.person.is_listed
        }
    )
    answer: Json = {
        "id": project.id,
        "name": project.name,
        "teamId": TEAM_ID,
        "createdAt": TEAM_CREATED,
        "updatedAt": TEAM_CREATED,
        "privacyMode": False,
        "consumption": make_number(spent),
        "users": [build_user(person) for person in members if not person.is_key],
        "keys": [build_key(key, now) | {"role": "editor"} for key in members if key.is_key],
    }
    if project.cap is not None:
        answer["maxConsumption"] = project.cap
    return answer


def _parse_page_size(text: str | None) -> int:
    if text is None:
        return 10
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= 100):
        raise RefusedError(400, "pageSize must be a whole number from 1 to 100")
    return int(text)


def _read_token(text: str | None) -> int:
    if not text:
        return 0
    known = {_make_token(first): first for first in range(len(PROJECTS))}
    if text not in known:
        raise RefusedError(400, "paginationToken is not one that this endpoint gave")
    return known[text]


def _make_token(first: int) -> str:
    return make_id("page", str(first))
