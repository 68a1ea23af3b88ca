"""Looks up what an account has: its projects, people and API keys, and the billing period."""

from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple, TypeVar

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.api.wire import TeamDetails
from scenario_usage_cli.collect.billing import read_billing_period
from scenario_usage_cli.collect.known import list_recent_users, read_name
from scenario_usage_cli.collect.listed import (
    Listed,
    Named,
    read_key,
    read_person,
    read_project,
)
from scenario_usage_cli.collect.names import parse_name
from scenario_usage_cli.errors import (
    AccessDenied,
    ApiError,
    ServiceUnreachable,
    UnreadableAnswer,
)
from scenario_usage_cli.periods import Period

_NEEDED_RIGHTS = (
    "an Analytics API key may not read people and keys: use a team key with the scope team.read"
)
_Answer = TypeVar("_Answer")


class Listing(NamedTuple):
    """What was read; without any teams, it is not known which it is of."""

    teams: tuple[Named, ...]
    rows: Sequence[Listed]
    period: Period | None
    """The running billing period, if there is one team, and the API tells it."""
    warnings: list[str]
    is_known: bool = True
    """False where the API left out the list of a team."""


def fetch_projects(client: Client, team_id: str | None, now: datetime) -> Listing:
    """Every project of the team, or of all teams of the key if it is None.

    Only `/projects` must be allowed: without more, names of teams and the period are left out.
    """
    warnings: list[str] = []
    try:
        teams = _list_teams(client)
    except ServiceUnreachable:
        raise
    except ApiError as error:
        _tolerate(error, "the names of teams", warnings)
        teams = ()
    if team_id is not None:
        teams = tuple(team for team in teams if team.id == team_id) or (Named(team_id, team_id),)
    only = teams[0] if len(teams) == 1 else None
    found = (
        _gather(teams, lambda team: client.projects(team_id=team.id), warnings)
        if teams[1:]
        else [(only, client.projects(team_id=team_id))]
    )
    names = {team.id: team for team in teams}
    rows = {
        project["id"]: read_project(project, names, team)
        for team, projects in found
        for project in projects
    }
    teams = tuple(dict.fromkeys([*teams, *(row.team for row in rows.values() if row.team)]))
    return Listing(teams, [*rows.values()], _find_period(client, teams, now, warnings), warnings)


def fetch_people(client: Client, team_id: str | None, now: datetime) -> Listing:
    """Everybody in the team, or in all teams of the key if it is None.

    Raises AccessDenied if the key may not read them.
    """

    def read(team: Named, details: TeamDetails, warnings: list[str]) -> Sequence[Listed] | None:
        people = details.get("users")
        if not people:
            return None if people is None else []
        what = f"the names of people in {team.name}"
        charged = _try(lambda: list_recent_users(client, team.id, now), what, warnings)
        names = {one.id: one.names[0] for one in charged or () if one.names}
        return [read_person(one, team, names) for one in people]

    return _fetch_members(client, team_id, now, "people", read)


def fetch_keys(client: Client, team_id: str | None, now: datetime) -> Listing:
    """Every API key of the team and of its projects; the rest is the same."""

    def read(team: Named, details: TeamDetails, warnings: list[str]) -> Sequence[Listed] | None:
        keys = details.get("keys")
        if keys is None:
            return None
        projects = {one["id"]: read_name(one) for one in details.get("projects") or ()}
        rows = [read_key(key, team, projects) for key in keys]
        unread = [row for row in rows if not row.is_last_use_known]
        if unread:
            warnings.append(
                f"the time of the last use could not be read, and is unknown, of {len(unread)} "
                f"API keys; the first is {unread[0].id}"
            )
        return rows

    return _fetch_members(client, team_id, now, "keys", read)


def _fetch_members(
    client: Client,
    team_id: str | None,
    now: datetime,
    what: str,
    read: Callable[[Named, TeamDetails, list[str]], Sequence[Listed] | None],
) -> Listing:
    warnings: list[str] = []
    try:
        asked = _list_teams(client) if team_id is None else (Named(team_id, team_id),)
        answers = _gather(asked, lambda team: client.team(team.id), warnings)
    except AccessDenied as error:
        if error.status == HTTPStatus.FORBIDDEN:
            error.hint = _NEEDED_RIGHTS
        raise
    if not answers:
        raise AccessDenied("this key lists no teams", hint="name the team by --team ID")
    rows: list[Listed] = []
    teams: list[Named] = []
    is_known = True
    for asked_for, details in answers:
        team = asked_for._replace(name=parse_name(details.get("name")) or asked_for.name)
        teams.append(team)
        found = read(team, details, warnings)
        if found is None:
            is_known = False
            warnings.append(f"the API left out the {what} of the team {team.name}")
        rows += {row.id: row for row in found or ()}.values()  # each once, as in `fetch_projects`
    period = _find_period(client, teams, now, warnings)
    return Listing(tuple(teams), rows, period, warnings, is_known)


def _list_teams(client: Client) -> tuple[Named, ...]:
    teams = {team["id"]: Named(team["id"], read_name(team)) for team in client.teams()}
    return tuple(teams.values())


def _gather(
    teams: Sequence[Named], ask: Callable[[Named], _Answer], warnings: list[str]
) -> list[tuple[Named, _Answer]]:
    """The answer for each team; raises the first refusal if the key may not read any of them."""
    answers: list[tuple[Named, _Answer]] = []
    refusals: list[AccessDenied] = []
    for team in teams:
        try:
            answers.append((team, ask(team)))
        except AccessDenied as error:
            if error.status != HTTPStatus.FORBIDDEN:
                raise
            refusals.append(error)
            warnings.append(f"not included: the team {team.name}: {error.message}")
    if refusals and not answers:
        raise refusals[0]
    return answers


def _try(ask: Callable[[], _Answer], what: str, warnings: list[str]) -> _Answer | None:
    """An answer that there need not be; without it, a warning tells `what` is unknown."""
    try:
        return ask()
    except ApiError as error:
        _tolerate(error, what, warnings)
        return None


def _tolerate(error: ApiError, what: str, warnings: list[str]) -> None:
    """Go on after a failure, with a warning; one of the credentials is raised."""
    if error.status == HTTPStatus.UNAUTHORIZED:
        raise error
    if error.status == HTTPStatus.FORBIDDEN:
        warnings.append(f"this key may not read {what} (403)")
    else:
        warnings.append(f"{what} could not be read: {error.message}")


def _find_period(
    client: Client, teams: Sequence[Named], now: datetime, warnings: list[str]
) -> Period | None:
    if len(teams) != 1:
        return None
    what = "the billing period"
    limits = _try(lambda: client.team_limits(teams[0].id), what, warnings) or {}
    try:
        return read_billing_period(limits, now)
    except UnreadableAnswer:
        warnings.append(f"{what} could not be read: it has no such times")
        return None
