"""The same period once for each project or user: the API has no table of two dimensions."""

from collections.abc import Mapping
from typing import NamedTuple

from scenario_usage_cli.collect.fetch import Effort, fetch_usages
from scenario_usage_cli.collect.merge import NAMELESS
from scenario_usage_cli.collect.projects import name_projects
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.usage import Usage

DIMENSIONS = ("project", "user")
SECTIONS_OF_BREAKDOWN = ("consumption", "models", "assets")


class Breakdown(NamedTuple):
    """One usage for each project or user, by id, with their names where they are known."""

    by: str
    usages: Mapping[str, Usage]
    names: Mapping[str, str]


def fetch_breakdown(request: Request, by: str, whole: Usage, *, effort: Effort) -> Breakdown:
    """The usages that together should be `whole`, the answer to the request.

    Raises the client's errors; AccessDenied, too, if projects are neither given nor listed.
    """
    filters = request.filters
    if by == "project":
        names = name_projects(request.client, filters)
        ids = tuple(names)
        many = [filters._replace(project_ids=(one,)) for one in ids]
    else:
        names = {key: user.name for key, user in whole.users.items() if user.name}
        ids = filters.user_ids or tuple(one for one in whole.consumption if one != NAMELESS)
        many = [filters._replace(user_ids=(one,)) for one in ids]
    requests = [request._replace(filters=one, sections=SECTIONS_OF_BREAKDOWN) for one in many]
    usages = fetch_usages(requests, effort=effort)
    return Breakdown(by, dict(zip(ids, usages, strict=True)), names)
