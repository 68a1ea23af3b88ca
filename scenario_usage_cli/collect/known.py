"""What an account has: the ids of its projects, users and teams, and what else they are called."""

import re
from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

from scenario_usage_cli.api.query import UsagesQuery
from scenario_usage_cli.api.wire import Project, Team
from scenario_usage_cli.collect.local import Source
from scenario_usage_cli.collect.names import parse_name
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.errors import AccessDenied
from scenario_usage_cli.periods import LONGEST_QUERY

_ID = re.compile(r"[A-Za-z]+_\S+|[^\s@]{16,}")


class Known(NamedTuple):
    """One entry of a list: its id, and what else it is called."""

    id: str
    names: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called first; its id if it has no name."""
        return self.names[0] if self.names else self.id

    def __str__(self) -> str:
        return f"{self.id} ({self.names[0]})" if self.names else self.id


def is_id(text: str) -> bool:
    """Whether a text looks like an id, and not like a name or an address."""
    return _ID.fullmatch(text) is not None


def list_teams(client: Source) -> list[Known]:
    """The teams of the key."""
    return [_know(team["id"], team.get("name")) for team in client.teams()]


def list_projects(client: Source, team_id: str | None) -> list[Known]:
    """The projects that the key may list."""
    return [_know(one["id"], one.get("name")) for one in client.projects(team_id=team_id)]


def list_users(client: Source, team_id: str | None) -> Iterator[Known]:
    """The members and API keys of the team, or of all teams that the key can see."""
    for one in [team_id] if team_id else [team["id"] for team in client.teams()]:
        team = client.team(one)
        for user in team.get("users") or ():
            yield _know(user["id"], user.get("email"))
        for key in team.get("keys") or ():
            yield _know(key["id"], key.get("name"), key.get("apiKeyId"))


def list_charged_users(
    client: Source, team_id: str | None, start: datetime, end: datetime
) -> list[Known]:
    """The users of one cheap answer; only answers have full names, and people who left."""
    query = UsagesQuery(start=start, end=end, types=("consumption",), team_id=team_id)
    entities = client.usages(query).get("entities") or {}
    return [
        _know(user_id, user.get("fullName"), user.get("email"))
        for user in entities.get("users") or ()
        if (user_id := user.get("id"))
    ]


def list_recent_users(client: Source, team_id: str | None, now: datetime) -> list[Known]:
    """Those of the longest answer that ends now."""
    return list_charged_users(client, team_id, now - LONGEST_QUERY, now)


def name_projects(client: Source, filters: Filters) -> dict[str, str]:
    """The projects that the filters mean, by id and with their names; all if none are given.

    Raises AccessDenied if they are not given and may not be listed.
    """
    try:
        names = {one.id: one.name for one in list_projects(client, filters.team_id)}
    except AccessDenied as error:
        if error.status != HTTPStatus.FORBIDDEN:
            raise
        if not filters.project_ids:
            error.hint = "this key may not list projects: name them by --project project_…"
            raise
        names = {}
    return {one: names.get(one, one) for one in filters.project_ids or names}


def read_name(known: Project | Team) -> str:
    """What people call a project or a team; its id if it has no name."""
    return parse_name(known.get("name")) or known["id"]


def _know(found: str, *names: str | None) -> Known:
    return Known(found, tuple(filter(None, map(parse_name, names))))
