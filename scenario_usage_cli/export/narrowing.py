"""What a dataset was narrowed to, and whether its rows can be narrowed further."""

from collections.abc import Sequence
from typing import NamedTuple

from scenario_usage_cli.collect.listed import Named
from scenario_usage_cli.collect.request import ACTIVITY
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.errors import BadArgument, list_some
from scenario_usage_cli.export.layout import OF_PEOPLE
from scenario_usage_cli.export.manifest import Manifest
from scenario_usage_cli.export.read import Dataset


class Narrower(NamedTuple):
    """The ids of the rows that count; all rows do, where there are none."""

    project_ids: Sequence[str]
    user_ids: Sequence[str]


def find_own_filters(manifest: Manifest) -> Filters:
    """What the whole dataset was narrowed to, by ids."""
    scope = manifest.scope
    return Filters(
        manifest.team_id or scope.team,
        scope.projects if manifest.project_ids is None else manifest.project_ids,
        manifest.user_ids or scope.users,
    )


def find_account(manifest: Manifest) -> Named | None:
    """The team that the whole dataset is of, if it tells that."""
    team_id = find_own_filters(manifest).team_id
    account = manifest.account
    if account and team_id in (None, account["id"]):
        return Named(account["id"], account["name"])
    return Named(team_id, manifest.scope.team or team_id) if team_id else None


def find_narrower(dataset: Dataset, filters: Filters, tables: Sequence[str]) -> Narrower:
    """What narrows the rows of these tables to what filters ask for.

    Raises BadArgument for what the dataset does not have, or cannot tell apart.
    """
    own, team = find_own_filters(dataset.manifest), find_account(dataset.manifest)
    if filters.team_id not in (None, team and team.id):
        raise refuse_team(dataset, str(filters.team_id))
    project_ids = _leave_out(dataset, "projects", filters.project_ids, own.project_ids)
    user_ids = _leave_out(dataset, "people", filters.user_ids, own.user_ids)
    if project_ids and not dataset.manifest.by_project and tables != ACTIVITY:
        raise refuse_projects(dataset)
    without = [table for table in tables if table not in OF_PEOPLE]
    if user_ids and without:
        raise BadArgument(
            f"{dataset} does not tell people apart in {list_some(without)}",
            hint="no option of export does: only consumption and activity have people; leave "
            "--from out to ask the API",
        )
    return Narrower(project_ids, user_ids)


def refuse_projects(dataset: Dataset) -> BadArgument:
    """The error for projects where no row tells its project."""
    return BadArgument(
        f"{dataset} does not tell projects apart",
        hint="an export with --by-project into another DIR does; a profile may narrow, too",
    )


def refuse_team(dataset: Dataset, team: str) -> BadArgument:
    """The error for a team that the dataset is not of."""
    own = find_account(dataset.manifest)
    of = f"of the team {own.id}" if own else "of all teams of its key"
    return BadArgument(
        f"{dataset} is {of}, and not of {team}", hint="name the DIR of an export with this --team"
    )


def _leave_out(
    dataset: Dataset, kind: str, asked: Sequence[str], own: Sequence[str]
) -> Sequence[str]:
    """The ids, but for those that all of the dataset is of."""
    if set(asked) == set(own):
        return ()
    if own and (others := [one for one in asked if one not in own]):
        raise BadArgument(
            f"{dataset} has only the {kind} {', '.join(own)}, and not {others[0]}",
            hint="name the DIR of an export that has them",
        )
    return asked
