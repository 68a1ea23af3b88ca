"""From names of projects to their ids."""

from http import HTTPStatus

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.api.wire import Project, Team
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.errors import AccessDenied, BadArgument
from scenario_usage_cli.patterns import find_near

_ID_PREFIXES = ("project_", "proj_")


def resolve_projects(
    client: Client,
    wanted: tuple[str, ...],
    *,
    team_id: str | None = None,
    source: str = "--project",
) -> tuple[str, ...]:
    """The ids of projects given by id or by name, in the order given, each once.

    A text may hold several, with commas between them; a name may contain commas, too. What looks
    like an id is accepted as one; names are looked up, ignoring case. Raises BadArgument, naming
    the `source`, for an unknown or ambiguous name, and AccessDenied if the key may not list
    projects.
    """
    parts = {text: [part for p in text.split(",") if (part := p.strip())] for text in wanted}
    if all(is_project_id(part) for text in wanted for part in parts[text]):
        return tuple(dict.fromkeys(part for text in wanted for part in parts[text]))
    try:
        projects = client.projects(team_id=team_id)
    except AccessDenied as error:
        if error.status == HTTPStatus.FORBIDDEN:
            error.hint = "this key may not list projects: give ids (project_…) instead of names"
        raise
    names: dict[str, list[str]] = {}
    for project in projects:
        names.setdefault(read_name(project).casefold(), []).append(project["id"])
    called = [read_name(project) for project in projects]
    shown = {name.casefold(): name for name in called}
    known_ids = {project["id"] for project in projects}

    def find(text: str) -> str:
        if is_project_id(text) or text in known_ids:
            return text
        ids = names.get(text.casefold(), [])
        if len(ids) > 1:
            raise BadArgument(
                f"{source} {text!r} is the name of {len(ids)} projects",
                hint=f"give one of their ids: {', '.join(ids)}",
            )
        if not ids:
            near = find_near(text, names)
            raise BadArgument(
                f"{source} {text!r} is not known",
                hint=_suggest([shown[name] for name in near], sorted(shown.values())),
            )
        return ids[0]

    whole = {text for text in wanted if text.casefold() in names}
    found = (find(part) for text in wanted for part in ([text] if text in whole else parts[text]))
    return tuple(dict.fromkeys(found))


def is_project_id(text: str) -> bool:
    """Whether a text looks like the id of a project."""
    return text.startswith(_ID_PREFIXES)


def read_name(known: Project | Team) -> str:
    """What people call a project or a team; its id if it has no name."""
    return known.get("name") or known["id"]


def name_projects(client: Client, filters: Filters) -> dict[str, str]:
    """The projects that the filters mean, by id and with their names; all if none are given.

    Raises AccessDenied if they are not given and may not be listed.
    """
    try:
        projects = client.projects(team_id=filters.team_id)
    except AccessDenied as error:
        if error.status != HTTPStatus.FORBIDDEN:
            raise
        if not filters.project_ids:
            error.hint = "this key may not list projects: name them by --project project_…"
            raise
        projects = []
    names = {project["id"]: read_name(project) for project in projects}
    return {one: names.get(one, one) for one in filters.project_ids or names}


def _suggest(near: list[str], known: list[str]) -> str:
    if near:
        return f"the nearest names: {', '.join(near)}"
    if known:
        return f"known names: {', '.join(known[:10])}" + (", …" if known[10:] else "")
    return "this key lists no projects: give ids (project_…) instead of names"
