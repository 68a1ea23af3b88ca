"""What an account has: its projects, people and API keys, with their CU of the billing period."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time
from http import HTTPStatus
from typing import Generic, NamedTuple, TypeVar

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.api.wire import Project, TeamDetails, TeamKey, TeamMember, parse_time
from scenario_usage_cli.collect.projects import read_name
from scenario_usage_cli.collect.sections import Figure, read_number
from scenario_usage_cli.errors import AccessDenied, ApiError, ServiceUnreachable
from scenario_usage_cli.periods import MILLISECOND, Period

_NEEDED_RIGHTS = (
    "an Analytics API key may not read people and keys: use a team key with the scope team.read"
)


class Named(NamedTuple):
    """A team or a project; the id is the name where there is no other."""

    id: str
    name: str


class ListedProject(NamedTuple):
    """A project. Its CU are null where the API does not tell, the cap where there is none."""

    id: str
    name: str
    team: Named | None
    consumption: Figure | None
    cap: Figure | None


class ListedPerson(NamedTuple):
    """A member of a team; the cap is the one that counts, their own or the team's."""

    id: str
    name: str
    email: str | None
    role: str | None
    team: Named
    consumption: Figure | None
    cap: Figure | None


class ListedKey(NamedTuple):
    """An API key; its `id` is the user id that usages have."""

    id: str
    name: str
    api_key_id: str | None
    scope: str | None
    role: str | None
    projects: tuple[Named, ...]
    owner_id: str | None
    status: str | None
    last_used_at: datetime | None
    is_last_use_known: bool
    """False where the API's time cannot be read; else a key without one was never used."""
    team: Named
    consumption: Figure | None
    cap: Figure | None


_Row = TypeVar("_Row", bound=ListedProject | ListedPerson | ListedKey)
_Id = TypeVar("_Id", str, str | None)
_Answer = TypeVar("_Answer")


class Listing(NamedTuple, Generic[_Row]):
    """What was read; without any teams, it is not known which it is of."""

    teams: tuple[Named, ...]
    rows: Sequence[_Row]
    period: Period | None
    """The running billing period, if there is one team, and the API tells it."""
    warnings: list[str]
    is_known: bool = True
    """False where the API left out the list of a team."""


def fetch_projects(client: Client, team_id: str | None, now: datetime) -> Listing[ListedProject]:
    """Every project of the team, or of all teams of the key if it is None.

    Only `/projects` must be allowed: without more, names of teams and the period are left out.
    """
    warnings: list[str] = []
    teams = _try(lambda: _list_teams(client), "the names of teams are unknown", warnings) or ()
    if team_id is not None:
        teams = tuple(team for team in teams if team.id == team_id) or (Named(team_id, team_id),)
    asked = [team.id for team in teams] if teams[1:] else [team_id]
    pages = _gather(asked, lambda one: client.projects(team_id=one), warnings)
    names = {team.id: team for team in teams}
    only = teams[0].id if len(teams) == 1 else None
    rows = {
        project["id"]: _read_project(project, names, only or one)
        for one, projects in pages
        for project in projects
    }
    owners = {row.team for row in rows.values() if row.team}
    found = teams or tuple(sorted(owners))
    return Listing(found, [*rows.values()], _find_period(client, found, now, warnings), warnings)


def fetch_people(client: Client, team_id: str | None, now: datetime) -> Listing[ListedPerson]:
    """Everybody in the team, or in all teams of the key if it is None.

    Raises AccessDenied if the key may not read them.
    """

    def read(team: Named, details: TeamDetails, warnings: list[str]) -> list[ListedPerson] | None:
        people = details.get("users")
        return None if people is None else [_read_person(one, team) for one in people]

    return _fetch_members(client, team_id, now, "people", read)


def fetch_keys(client: Client, team_id: str | None, now: datetime) -> Listing[ListedKey]:
    """Every API key of the team and of its projects; the rest is the same."""

    def read(team: Named, details: TeamDetails, warnings: list[str]) -> list[ListedKey] | None:
        keys = details.get("keys")
        if keys is None:
            return None
        projects = {one["id"]: read_name(one) for one in details.get("projects") or ()}
        rows = [_read_key(key, team, projects) for key in keys]
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
    read: Callable[[Named, TeamDetails, list[str]], list[_Row] | None],
) -> Listing[_Row]:
    warnings: list[str] = []
    try:
        asked = [team.id for team in _list_teams(client)] if team_id is None else [team_id]
        answers = _gather(asked, client.team, warnings)
    except AccessDenied as error:
        if error.status == HTTPStatus.FORBIDDEN:
            error.hint = _NEEDED_RIGHTS
        raise
    if not answers:
        raise AccessDenied("this key lists no teams", hint="name the team by --team ID")
    rows: list[_Row] = []
    teams: list[Named] = []
    is_known = True
    for one, details in answers:
        team = Named(one, details.get("name") or one)
        teams.append(team)
        found = read(team, details, warnings)
        if found is None:
            is_known = False
            warnings.append(f"the API left out the {what} of the team {team.name}")
        rows += found or ()
    period = _find_period(client, teams, now, warnings)
    return Listing(tuple(teams), rows, period, warnings, is_known)


def _list_teams(client: Client) -> tuple[Named, ...]:
    teams = {team["id"]: Named(team["id"], read_name(team)) for team in client.teams()}
    return tuple(teams.values())


def _gather(
    asked: Sequence[_Id], ask: Callable[[_Id], _Answer], warnings: list[str]
) -> list[tuple[_Id, _Answer]]:
    """The answer for each team; raises the first refusal if the key may not read any of them."""
    answers: list[tuple[_Id, _Answer]] = []
    refusals: list[AccessDenied] = []
    for one in asked:
        try:
            answers.append((one, ask(one)))
        except AccessDenied as error:
            if error.status != HTTPStatus.FORBIDDEN:
                raise
            refusals.append(error)
            warnings.append(f"not included: the team {one}: {error.message}")
    if refusals and not answers:
        raise refusals[0]
    return answers


def _try(ask: Callable[[], _Answer], unknown: str, warnings: list[str]) -> _Answer | None:
    """An answer that there need not be: where the API gives none, it is told what is `unknown`.

    A refusal is usual, and not told. Raises what ends every other request too.
    """
    try:
        return ask()
    except ApiError as error:
        if isinstance(error, ServiceUnreachable) or error.status == HTTPStatus.UNAUTHORIZED:
            raise
        if error.status != HTTPStatus.FORBIDDEN:
            warnings.append(f"{unknown}: {error.message}")
        return None


def _find_period(
    client: Client, teams: Sequence[Named], now: datetime, warnings: list[str]
) -> Period | None:
    if len(teams) != 1:
        return None
    unknown = "the billing period is unknown"
    limits = _try(lambda: client.team_limits(teams[0].id), unknown, warnings) or {}
    bounds = limits.get("period") or {}
    start, end = bounds.get("start"), bounds.get("end")
    if start is None or end is None:
        return None
    try:
        return _read_period(parse_time(start), parse_time(end), now)
    except ValueError:
        warnings.append(f"{unknown}: it cannot be read")
        return None


def _read_period(start: datetime, beyond: datetime, now: datetime) -> Period:
    """Both ends included: a whole second as end is that at which the next period begins."""
    end = beyond if beyond.microsecond else beyond - MILLISECOND
    if end < start:
        raise ValueError(beyond)
    today = datetime.combine(now.astimezone(UTC), time(), UTC)
    return Period(start, end, UTC, provisional=start <= now and end >= today)


def _read_figure(number: float | None) -> Figure | None:
    return None if number is None else read_number(number)


def _read_project(project: Project, teams: Mapping[str, Named], asked: str | None) -> ListedProject:
    """A project, by default of the team that was asked for."""
    team_id = project.get("teamId") or asked or ""
    return ListedProject(
        project["id"],
        read_name(project),
        teams.get(team_id, Named(team_id, team_id)) if team_id else None,
        _read_figure(project.get("consumption")),
        _read_figure(project.get("maxConsumption")),
    )


def _read_person(person: TeamMember, team: Named) -> ListedPerson:
    return ListedPerson(
        person["id"],
        person.get("email") or person["id"],
        person.get("email"),
        person.get("role"),
        team,
        _read_figure(person.get("consumption")),
        _read_figure(person.get("maxConsumption")),
    )


def _read_key(key: TeamKey, team: Named, names: Mapping[str, str]) -> ListedKey:
    ids = [found for one in key.get("projects") or () if (found := one.get("projectId"))]
    used = key.get("lastUsedAt")
    try:
        last_used_at = parse_time(used) if used else None
    except ValueError:
        last_used_at = None
    return ListedKey(
        key["id"],
        key.get("name") or key.get("apiKeyId") or key["id"],
        key.get("apiKeyId"),
        key.get("scope"),
        key.get("role"),
        tuple(Named(one, names.get(one, one)) for one in ids),
        key.get("ownerId"),
        key.get("apiKeyStatus"),
        last_used_at,
        last_used_at is not None or not used,
        team,
        _read_figure(key.get("consumption")),
        _read_figure(key.get("maxConsumption")),
    )
