"""Ids without any usage: whether they exist, and which ids may have been meant.

An id is accepted without a check. Only if it has no usage, the list of all ids is requested,
because a quiet project and a misspelt one look the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING

from scenario_usage_cli.collect.known import (
    Known,
    is_id,
    list_projects,
    list_teams,
    list_users,
)
from scenario_usage_cli.collect.local import Source
from scenario_usage_cli.collect.remarks import Oddity
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.errors import ApiError, BadArgument, list_some
from scenario_usage_cli.patterns import find_near, fold

if TYPE_CHECKING:
    from scenario_usage_cli.collect.breakdown import Breakdown


def find_missing(usages: Sequence[Usage], breakdowns: Sequence[Breakdown] = ()) -> Filters:
    """The ids that were asked for and have no usage, as far as the answers tell.

    The `usages` have the same filters, and `breakdowns` are those of one or all of them.
    """
    first, *others = map(_find_missing, usages)
    projects, users = (
        [one for one in getattr(first, key) if all(one in getattr(other, key) for other in others)]
        for key in ("project_ids", "user_ids")
    )
    asked = usages[0].filters or Filters()
    for by, ids, found in (
        (("project",), asked.project_ids, projects),
        (("user",), asked.user_ids, users),
    ):
        parts = [breakdown.usages for breakdown in breakdowns if breakdown.by == by]
        if parts:
            empty = [
                one for one in ids if all(part[one,].is_empty for part in parts if (one,) in part)
            ]
            found += [one for one in empty if one not in found]
    team_id = first.team_id if all(other.team_id for other in others) else None
    return Filters(team_id, tuple(projects), tuple(users))


def check_team(client: Source, team_id: str, source: str) -> list[str]:
    """Raises BadArgument, naming the `source`, for a team that does not exist.

    Returns warnings if that cannot be known.
    """
    return _check("team", [team_id], source, lambda: list_teams(client))


def check_projects(
    client: Source, project_ids: Sequence[str], team_id: str | None, source: str
) -> list[str]:
    """The same for projects."""
    return _check("project", project_ids, source, lambda: list_projects(client, team_id))


def check_users(client: Source, user_ids: Sequence[str], team_id: str | None) -> list[str]:
    """The same for users and API keys."""
    return _check("user", user_ids, "--user", lambda: list(list_users(client, team_id)))


def describe_missing(missing: Filters, *, only_names: bool) -> list[str]:
    """What can be said of missing projects and users without asking the API.

    A name in the place of an id finds nothing either. With `only_names`, only those that cannot be
    ids are described.
    """
    asked = [("project", one) for one in missing.project_ids]
    asked += [("user", one) for one in missing.user_ids]
    return [
        f"nothing was found for the {what} {one}"
        + ("" if is_id(one) else f": beside --from, --{what} takes ids, not names")
        for what, one in asked
        if not (only_names and is_id(one))
    ]


def _find_missing(usage: Usage) -> Filters:
    filters = usage.filters
    if not filters:
        return Filters()
    if usage.is_empty:
        return filters
    if "consumption" not in usage.came or _is_nameless(usage) or not filters.user_ids[1:]:
        return Filters()
    charges = {one: usage.consumption.get(one) for one in filters.user_ids}
    return Filters(
        user_ids=tuple(
            one for one, charge in charges.items() if not charge or not any(charge.values())
        )
    )


def _is_nameless(usage: Usage) -> bool:
    """Whether any row came without an id, and so may belong to any of those who were asked for."""
    return usage.remarks.find(Oddity.NAMELESS_ROW, usage.sections) is not None


def _check(
    what: str, ids: Sequence[str], source: str, look: Callable[[], list[Known]]
) -> list[str]:
    if not ids:
        return []
    reason = f"this key lists no {what}s"
    known: list[Known] = []
    try:
        known = look()
    except ApiError as error:
        is_refused = error.status == HTTPStatus.FORBIDDEN
        reason = f"this key may not list {what}s (403)" if is_refused else error.message
    if not known:
        return [
            f"nothing was found for the {what} {one}: "
            f"it is unknown whether it exists, because {reason}"
            for one in ids
        ]
    refuse_unknown(ids, known, source)
    return []


def refuse_unknown(ids: Sequence[str], known: Sequence[Known], source: str) -> None:
    """Raises BadArgument, naming the `source`, for an id that is not among those that are known."""
    for one in ids:
        if one not in {each.id for each in known}:
            raise BadArgument(f"{source} {one!r} is not known", hint=_suggest(one, known))


def _suggest(text: str, known: Sequence[Known]) -> str:
    called: dict[str, list[Known]] = {}
    for one in known:
        for alias in (one.id, *one.names):
            called.setdefault(fold(alias), []).append(one)
    if near := dict.fromkeys(one for alias in find_near(text, called) for one in called[alias]):
        return f"the nearest: {', '.join(map(str, near))}"
    return f"known: {list_some(sorted(map(str, known)))}"
