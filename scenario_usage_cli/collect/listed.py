"""Projects, people and API keys as an account lists them, with their CU of the billing period."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from scenario_usage_cli.api.wire import Project, TeamKey, TeamMember, parse_time
from scenario_usage_cli.collect.known import read_name
from scenario_usage_cli.collect.names import parse_name
from scenario_usage_cli.collect.sections import Figure, read_number


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
    created_at: datetime | None
    last_used_at: datetime | None
    is_last_use_known: bool
    """False where the API's time cannot be read; else a key without one was never used."""
    team: Named
    consumption: Figure | None
    cap: Figure | None


Listed = ListedProject | ListedPerson | ListedKey


def read_figure(number: float | None) -> Figure | None:
    """A number of CU or of things; null is what the API does not tell."""
    return None if number is None else read_number(number)


def read_limit(number: float | None) -> Figure | None:
    """The most that may be used; one below 0 is none."""
    return None if number is None or number < 0 else read_figure(number)


def _read_time(text: str | None) -> datetime | None:
    """None for one that cannot be read, too."""
    try:
        return parse_time(text) if text else None
    except ValueError:
        return None


def read_project(
    project: Project, teams: Mapping[str, Named], asked: Named | None
) -> ListedProject:
    """A project, by default of the team that was asked for."""
    team_id = project.get("teamId")
    return ListedProject(
        project["id"],
        read_name(project),
        teams.get(team_id, Named(team_id, team_id)) if team_id else asked,
        read_figure(project.get("consumption")),
        read_limit(project.get("maxConsumption")),
    )


def read_person(person: TeamMember, team: Named, names: Mapping[str, str]) -> ListedPerson:
    """A person; without a name, the address is the name."""
    email = parse_name(person.get("email"))
    return ListedPerson(
        person["id"],
        names.get(person["id"]) or email or person["id"],
        email,
        person.get("role"),
        team,
        read_figure(person.get("consumption")),
        read_limit(person.get("maxConsumption")),
    )


def read_key(key: TeamKey, team: Named, names: Mapping[str, str]) -> ListedKey:
    """An API key; `names` are those of projects."""
    ids = [found for one in key.get("projects") or () if (found := one.get("projectId"))]
    used = key.get("lastUsedAt")
    last_used_at = _read_time(used)
    return ListedKey(
        key["id"],
        parse_name(key.get("name")) or key.get("apiKeyId") or key["id"],
        key.get("apiKeyId"),
        key.get("scope"),
        key.get("role"),
        tuple(Named(one, names.get(one, one)) for one in ids),
        key.get("ownerId"),
        key.get("apiKeyStatus"),
        _read_time(key.get("createdAt")),
        last_used_at,
        last_used_at is not None or not used,
        team,
        read_figure(key.get("consumption")),
        read_limit(key.get("maxConsumption")),
    )
