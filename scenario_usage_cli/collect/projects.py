"""What projects are called."""

from http import HTTPStatus

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.api.wire import Project, Team
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.errors import AccessDenied


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
