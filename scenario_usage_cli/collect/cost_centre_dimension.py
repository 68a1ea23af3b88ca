"""Cost centres as a dimension: what the projects and users of each used, and what is in none."""

from collections.abc import Iterator, Sequence
from functools import partial

from scenario_usage_cli.collect.breakdown import (
    COST_CENTRE,
    SECTIONS_OF_BREAKDOWN,
    Dimension,
    Member,
)
from scenario_usage_cli.collect.cost_centres import Assignment, Directory
from scenario_usage_cli.collect.fetch import Effort, fetch_usage, fetch_usages
from scenario_usage_cli.collect.names import UserName
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.cost_centres import UNASSIGNED, CostCentres

_MOST_IDS = 50
"""In one query, whose URL must not become too long."""


def build_dimension(centres: CostCentres) -> Dimension:
    """The dimension whose members are these, and one of what belongs to none of them.

    It may take queries to know that nothing is in two of them.
    """
    return Dimension(COST_CENTRE, partial(_find_members, centres))


def _find_members(
    centres: CostCentres, request: Request, wholes: Sequence[Usage], effort: Effort
) -> list[Member]:
    """The members, in the order of the file, and the rest of the whole.

    What is in a project and of a user of one cost centre is in both of its queries, and therefore
    taken from them once. Raises ConfigurationError where it is of two cost centres.
    """
    assigned = _assign(centres, request, wholes)
    for whole in wholes:
        whole.notes += assigned.warnings
    _refuse_overlaps(assigned, effort._replace(keep_going=False), request, wholes)
    rest = Member(UNASSIGNED, UNASSIGNED, is_rest=True)
    return [*(build_member(one, assigned, request.filters) for one in centres.by_name), rest]


def check_overlaps(centres: CostCentres, request: Request, effort: Effort) -> None:
    """Raises ConfigurationError for what a request would have of two cost centres.

    It takes queries only where some have projects, and some have users.
    """
    if all(map(centres.list_texts, ("projects", "users"))):
        whole = fetch_usage(request._replace(sections=("consumption",)), effort=effort)
        _refuse_overlaps(_assign(centres, request, [whole]), effort, request, [whole])


def _assign(centres: CostCentres, request: Request, wholes: Sequence[Usage]) -> Assignment:
    told: dict[str, UserName | None] = {}
    for whole in wholes:
        told |= dict.fromkeys(whole.consumption) | whole.users
    return Directory(centres, request.client, request.filters.team_id).assign(told)


def build_member(centre: str, assigned: Assignment, filters: Filters) -> Member:
    """What is asked of the API for a cost centre: its usage is that of all its filters.

    What is in a project and of a user of it is in two of these, and taken from them once.
    """
    projects, users = assigned.projects.ids[centre], assigned.users.ids[centre]
    return Member(
        centre,
        centre,
        (*_narrow(filters, project_ids=projects), *_narrow(filters, user_ids=users)),
        tuple(_narrow(filters, project_ids=projects, user_ids=users)),
    )


def _narrow(filters: Filters, **ids: Sequence[str]) -> Iterator[Filters]:
    """The filters of some ids, where the filters allow them, in as many as there have to be."""
    (key, wanted), *others = ids.items()
    allowed = getattr(filters, key)
    kept = [one for one in wanted if not allowed or one in allowed]
    for start in range(0, len(kept), _MOST_IDS):
        narrowed = _set(filters, key, kept[start : start + _MOST_IDS])
        yield from _narrow(narrowed, **dict(others)) if others else [narrowed]


def _refuse_overlaps(
    assigned: Assignment, effort: Effort, request: Request, wholes: Sequence[Usage]
) -> None:
    """Raises ConfigurationError for usage in a project of one cost centre by a user of another.

    The projects of each cost centre are asked for, so that what one user was charged in those of
    one cost centre cannot be cancelled out by what the same user was refunded in another.
    """
    projects, users = assigned.projects, assigned.users
    asked = [
        request._replace(
            period=whole.period or request.period, filters=one, sections=SECTIONS_OF_BREAKDOWN
        )
        for centre, project_ids in projects.ids.items()
        for one in _narrow(
            request.filters,
            project_ids=project_ids,
            user_ids=[one for other, ids in users.ids.items() if other != centre for one in ids],
        )
        for whole in wholes
    ]
    overlap = _find_used(asked, effort)
    for key in ("project_ids", "user_ids"):
        overlap = overlap and (_find_used(_split(overlap, key), effort) or overlap)
    if overlap:
        raise assigned.refuse(overlap.filters.project_ids[0], overlap.filters.user_ids[0])


def _find_used(requests: Sequence[Request], effort: Effort) -> Request | None:
    """The first of the requests whose answer has anything."""
    usages = fetch_usages(requests, effort=effort) if requests else []
    answered = zip(requests, usages, strict=True)
    return next((one for one, usage in answered if usage.came and not usage.is_empty), None)


def _split(request: Request, key: str) -> list[Request]:
    """The request once for each of its ids."""
    filters = request.filters
    return [request._replace(filters=_set(filters, key, [one])) for one in getattr(filters, key)]


def _set(filters: Filters, key: str, ids: Sequence[str]) -> Filters:
    return Filters(**{**filters._asdict(), key: tuple(ids)})
