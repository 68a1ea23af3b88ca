"""The same period once for each project or user: the API has no table of two dimensions."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, Self

from scenario_usage_cli.buckets import Buckets
from scenario_usage_cli.collect.combine import combine
from scenario_usage_cli.collect.fetch import Effort, fetch_usages
from scenario_usage_cli.collect.known import name_projects
from scenario_usage_cli.collect.merge import NAMELESS
from scenario_usage_cli.collect.remarks import Remarks
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.usage import Filters, Usage

BREAKDOWN = "breakdown"
"""What it is called where sections are named."""
SECTIONS_OF_BREAKDOWN = ("consumption", "models", "assets")

Ids = tuple[str, ...]
"""Whose a usage is: an id for each dimension of a breakdown."""


class Member(NamedTuple):
    """One of a dimension, such as a project: its usage is that of the filters, added up.

    What is used by `without` is taken from it. The rest is the whole less all other members.
    """

    id: str
    name: str
    filters: tuple[Filters, ...] = ()
    without: tuple[Filters, ...] = ()
    is_rest: bool = False


class Dimension(NamedTuple):
    """What usage is divided by: `find_members` tells the members of a request.

    It is given the request, the answers to it and to the same of other periods, and the effort for
    the queries that it may take. It raises the client's errors.
    """

    name: str
    find_members: Callable[[Request, Sequence[Usage], Effort], Sequence[Member]]


class Division(NamedTuple):
    """A request that is asked again for each of some members; `whole` is the answer to it."""

    by: str
    request: Request
    whole: Usage
    members: Sequence[Member]


class Breakdown(NamedTuple):
    """The usages that together are a whole, by whose they are."""

    by: tuple[str, ...]
    """The names of the dimensions."""
    usages: Mapping[Ids, Usage]
    names: Mapping[Ids, tuple[str, ...]]
    """A name for each of the ids, where they are known."""
    unknown: frozenset[str] = frozenset()
    """Members of the first dimension of which it is not known what parts they have."""

    def name(self, ids: Ids) -> tuple[str, ...]:
        """The names, or the ids where there are none."""
        return self.names.get(ids, ids)

    def pick(self, dimension: str, one: str) -> "Breakdown":
        """What one member of a dimension has of it, by the other dimensions.

        Where parts of it are unknown, they may be those of any member of the second.
        """
        place = self.by.index(dimension)

        def drop(parts: tuple[str, ...]) -> tuple[str, ...]:
            return (*parts[:place], *parts[place + 1 :])

        usages = {drop(ids): usage for ids, usage in self.usages.items() if ids[place] == one}
        names = {drop(ids): drop(self.name(ids)) for ids in self.usages if ids[place] == one}
        unknown = self.unknown if place else self.unknown & {one}
        return Breakdown(drop(self.by), usages, names, unknown)

    def rename(self, dimension: str, names: Mapping[str, str]) -> Self:
        """The same with names of one dimension that were found later."""
        if dimension not in self.by:
            return self
        place = self.by.index(dimension)
        renamed = {}
        for ids in self.usages:
            known = list(self.name(ids))
            known[place] = names.get(ids[place], known[place])
            renamed[ids] = tuple(known)
        return self._replace(names=renamed)

    def describe(self, ids: Ids) -> str:
        """The names in one text."""
        return " / ".join(self.name(ids))


def fetch_breakdowns(
    dimensions: Iterable[Dimension],
    requests: Sequence[Request],
    wholes: Sequence[Usage],
    *,
    buckets: Buckets | None = None,
    effort: Effort = Effort(),
) -> list[Breakdown]:
    """For each dimension, a breakdown of each of the requests, to which `wholes` are the answers.

    The requests differ in their periods only, and all have the same members. Raises the client's
    errors; AccessDenied, too, if projects are neither given nor listed.
    """
    divisions = [
        Division(dimension.name, request, whole, members)
        for dimension in dimensions
        for members in [dimension.find_members(requests[0], wholes, effort)]
        for request, whole in zip(requests, wholes, strict=True)
    ]
    return _fetch_divisions(divisions, buckets, effort)


def fetch_pairs(
    request: Request, projects: Breakdown, users: Breakdown, *, effort: Effort = Effort()
) -> Breakdown:
    """The usages of the users of each project, as far as these were charged for anything.

    That spares all other pairs a query; where it is not known who was, pairs may be missing.
    `request` is that of the whole, which has been divided by projects and by users already.
    """
    divisions = [
        _divide_project(request, project, usage, users)
        for (project,), usage in projects.usages.items()
    ]
    found = _fetch_divisions(divisions, None, effort)
    usages, names = dict[Ids, Usage](), dict[Ids, tuple[str, ...]]()
    for project, part in zip(projects.usages, found, strict=True):
        for user, usage in part.usages.items():
            usages[project + user] = usage
            names[project + user] = projects.name(project) + part.name(user)
    unknown = frozenset(
        project for (project,), usage in projects.usages.items() if "consumption" not in usage.came
    )
    return Breakdown(projects.by + users.by, usages, names, unknown)


def _divide_project(request: Request, project: str, usage: Usage, users: Breakdown) -> Division:
    own = request._replace(filters=request.filters._replace(project_ids=(project,)))
    members = [
        one._replace(name=users.name((one.id,))[0] if (one.id,) in users.names else one.name)
        for one in USER.find_members(own, [usage], Effort())
        if one.id in usage.consumption
    ]
    return Division(USER.name, own, usage, members)


def _fetch_divisions(
    divisions: Sequence[Division], buckets: Buckets | None, effort: Effort
) -> list[Breakdown]:
    """The usages of all members of each; what several of them need is asked for once."""
    requests = list(dict.fromkeys(one for division in divisions for one in _list(division)))
    usages = fetch_usages(requests, buckets=buckets, effort=effort)
    found = dict(zip(requests, usages, strict=True))
    return [_build(division, found) for division in divisions]


def _list(division: Division) -> Iterator[Request]:
    for member in division.members:
        for filters in (*member.filters, *member.without):
            yield division.request._replace(filters=filters)


def _build(division: Division, found: Mapping[Request, Usage]) -> Breakdown:
    request, members = division.request, division.members

    def pick(filters: Sequence[Filters]) -> list[Usage]:
        return [found[request._replace(filters=one)] for one in filters]

    usages: dict[str, Usage] = {}
    for member in members:
        added, taken = pick(member.filters), pick(member.without)
        if member.is_rest:
            continue
        usages[member.id] = (
            added[0] if len(added) == 1 and not taken else _combine(request, added, taken)
        )
    for member in members:
        if member.is_rest:
            told = replace(division.whole, remarks=Remarks(), notes=[])
            usages[member.id] = _combine(request, [told], list(usages.values()))
    return Breakdown(
        (division.by,),
        {(member.id,): usages[member.id] for member in members},
        {(member.id,): (member.name,) for member in members},
    )


def _combine(request: Request, added: Sequence[Usage], taken: Sequence[Usage]) -> Usage:
    return combine(Usage(request.sections, request.period, request.filters), added, taken)


def _find_projects(request: Request, wholes: Sequence[Usage], effort: Effort) -> list[Member]:
    """All that are listed, unless they are given: then names are looked up beside the requests."""
    filters = request.filters
    names = dict(zip(filters.project_ids, filters.project_ids, strict=True))
    return [
        Member(one, name, (filters._replace(project_ids=(one,)),))
        for one, name in (names or name_projects(request.client, filters)).items()
    ]


def _find_users(request: Request, wholes: Sequence[Usage], effort: Effort) -> list[Member]:
    """Those that were charged, unless they are given."""
    filters = request.filters
    charged = dict.fromkeys(one for whole in wholes for one in whole.consumption)
    charged.pop(NAMELESS, None)
    names = {one: user.name for whole in wholes for one, user in whole.users.items() if user.name}
    return [
        Member(one, names.get(one, one), (filters._replace(user_ids=(one,)),))
        for one in filters.user_ids or charged
    ]


PROJECT = Dimension("project", _find_projects)
USER = Dimension("user", _find_users)
DIMENSIONS: Mapping[str, Dimension] = {one.name: one for one in (PROJECT, USER)}
COST_CENTRE = "cost-centre"
"""The name of the dimension that is made of a table of cost centres."""
