"""A look at a dataset: what is there, and the plan to have all that is wanted."""

from datetime import date
from typing import NamedTuple

from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.export.layout import CHARGED, COST_AND_USAGE
from scenario_usage_cli.export.manifest import Manifest
from scenario_usage_cli.export.plan import (
    Plan,
    build_plan,
    leave_out_blocked,
    list_checks,
    list_due,
    list_partitions,
)
from scenario_usage_cli.export.request import ExportRequest
from scenario_usage_cli.export.states import Finds, State, read_stamps


class Look(NamedTuple):
    """What is there, and the plan to have all that is wanted."""

    manifest: Manifest
    plan: Plan
    must_join: bool = False
    """Whether days are to be joined to months."""
    must_mend: bool = False
    """Whether there is disorder that --repair ends."""

    @property
    def has_work(self) -> bool:
        """Whether there is anything to fetch or to write."""
        return bool(self.plan.wanted or self.plan.checks or self.must_join or self.must_mend)


def glance(request: ExportRequest) -> Look | None:
    """A look that reads no file but the manifest; most runs need no more.

    None if that does not tell enough. Raises BadArgument if the request contradicts what is there,
    and the store's errors.
    """
    manifest = None if request.repair else request.find_manifest()
    if manifest is None:
        return None
    found = read_stamps(request.store, manifest, list_wanted(request, manifest))
    if any(one.state in (State.UNCLEAR, State.UNREADABLE) for one in found.values()):
        return None
    return finish_look(request, manifest, found)


def list_wanted(request: ExportRequest, manifest: Manifest) -> list[tuple[str, date]]:
    """The partitions to look at, by table and day.

    Raises BadArgument if the request contradicts what is there.
    """
    request.check(manifest)
    tables = request.list_tables(manifest)
    first = min(request.days.since(table, manifest) for table in tables)
    if first > request.days.last:
        raise BadArgument(
            f"--until {request.days.last} is before the first day, which is {first}",
            hint="add --since with an earlier one",
        )
    manifest.forget_times_after(request.now)
    return list_partitions(manifest, tables, request.days, request.now.date())


def finish_look(request: ExportRequest, manifest: Manifest, found: Finds) -> Look:
    """The plan that follows from what was found; the manifest learns the new stamps."""
    stamps = {
        place: one.stamp for place, one in found.items() if one.state is State.INTACT and one.stamp
    }
    manifest.note_stamps(stamps)
    plan = build_plan(
        manifest,
        found,
        request.days.settle,
        repair=request.repair,
        anew=(*CHARGED, COST_AND_USAGE) if request.prices_anew(manifest) else (),
    )
    paths = [*plan.list_paths(manifest), *plan.unreadable]
    obstacles = {path: request.store.find_obstacle(path) for path in paths}
    blocked = {path: reason for path, reason in obstacles.items() if reason}
    plan = leave_out_blocked(plan, blocked, manifest)
    days = request.days
    if request.check_age is not None:
        checks = list_checks(manifest, plan, request.tables, days, request.check_age)
        plan = plan._replace(checks=checks)
    is_due = manifest.by_month and bool(list_due(manifest, days.settle, plan.edited))
    return Look(manifest, plan, request.converts(manifest) or bool(manifest.merging) or is_due)
