"""What an export is to be of and where, and what of it is there already."""

from datetime import datetime
from typing import NamedTuple

from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.export.layout import MANIFEST
from scenario_usage_cli.export.manifest import Manifest, Scope, load_manifest
from scenario_usage_cli.export.plan import (
    Days,
    Plan,
    build_plan,
    leave_out_blocked,
    list_partitions,
)
from scenario_usage_cli.export.states import read_states
from scenario_usage_cli.export.store import Store


class ExportRequest(NamedTuple):
    """A dataset as the options want it; a `file_format` or a `scope` of None is whatever there
    is.
    """

    store: Store
    tables: tuple[str, ...]
    days: Days
    scope: Scope | None
    file_format: str | None
    by_project: bool
    repair: bool
    now: datetime

    def look(self) -> tuple[Manifest, Plan]:
        """What is there, and what it takes to have all that is wanted. A manifest that was lost
        is made anew of the partitions that are there, perhaps none.

        Raises BadArgument where something else is wanted than there is, and the store's errors.
        """
        while True:
            body = self.store.read(MANIFEST)
            manifest, plan = self._look_with(body)
            # What another run has written meanwhile was not edited.
            if not plan.edited or self.store.read(MANIFEST) == body:
                return manifest, plan

    def _look_with(self, body: bytes | None) -> tuple[Manifest, Plan]:
        manifest = self._load(body)
        if manifest is None:
            # Few runs are the first, or find that one lost.
            from scenario_usage_cli.export.rebuild import rebuild_manifest

            manifest = rebuild_manifest(self.store, self.scope or Scope(), self.file_format)
            manifest.by_project |= self.by_project and not manifest.rebuilt_from
            manifest.was_damaged = body is not None
        self.check(manifest)
        first = min(self.days.since(table, manifest) for table in self.tables)
        if first > self.days.last:
            raise BadArgument(
                f"--until {self.days.last} is before the first day, which is {first}",
                hint="add --since with an earlier one",
            )
        return manifest, self.plan_for(manifest)

    def plan_for(self, manifest: Manifest) -> Plan:
        """Look at the files, and plan; the manifest learns of it what it did not know."""
        from_the_future = manifest.forget_future_times(self.now)
        partitions = list_partitions(manifest, self.tables, self.days, self.now.date())
        found = read_states(self.store, manifest, partitions, at_content=self.repair)
        manifest.note_stamps({place: one.stamp for place, one in found.items() if one.stamp})
        plan = build_plan(manifest, found, self.days.settle, repair=self.repair)
        paths = [*plan.list_paths(manifest.file_format), *plan.unreadable]
        obstacles = {path: self.store.find_obstacle(path) for path in paths}
        blocked = {path: reason for path, reason in obstacles.items() if reason}
        plan = leave_out_blocked(plan, blocked, manifest.file_format)
        return plan._replace(from_the_future=from_the_future)

    def note_first_days(self, manifest: Manifest) -> None:
        """Have the manifest know, when it is written next, since when there is to be no gap."""
        for table in self.tables:
            first = self.days.since(table, manifest)
            if first <= self.days.last:
                manifest.since[table] = min(first, manifest.since.get(table, first))

    def find_manifest(self) -> Manifest | None:
        """The manifest that is there; None for a damaged one, and if there is none."""
        return self._load(self.store.read(MANIFEST))

    def _load(self, body: bytes | None) -> Manifest | None:
        return None if body is None else load_manifest(body, source=f"{self.store}/{MANIFEST}")

    def check(self, manifest: Manifest) -> None:
        """Raises BadArgument where something else is wanted than there is."""
        if self.file_format not in (None, manifest.file_format):
            raise self._refuse(f"in {manifest.file_format}", f"in {self.file_format}")
        if self.by_project and not manifest.by_project:
            raise self._refuse("without --by-project", "with it")
        if self.scope and self.scope._replace(projects=()) != manifest.scope._replace(projects=()):
            raise self._refuse(_describe(manifest.scope), _describe(self.scope))

    def has_other_names(self, manifest: Manifest) -> bool:
        """Whether projects are named otherwise than before, so that somebody must look whether
        they are the same.
        """
        return self.scope is not None and self.scope.projects != manifest.scope.projects

    def agree_on_projects(self, manifest: Manifest, project_ids: tuple[str, ...]) -> None:
        """Note which projects are meant. Raises BadArgument for others than before: names may
        come to mean something else.
        """
        known, found = manifest.project_ids, tuple(sorted(project_ids))
        if known not in (None, found):
            raise self._refuse(_name_projects(known or ()), _name_projects(found))
        manifest.project_ids = found

    def _refuse(self, before: str, now: str) -> BadArgument:
        return BadArgument(
            f"{self.store} was exported {before}, and not {now}",
            hint="give the same options again, or another DIR; the profile's count as well",
        )


def _describe(scope: Scope) -> str:
    parts = [
        {"demo": "from --demo"}.get(scope.source, f"from {scope.source}"),
        *([f"with --team {scope.team}"] if scope.team else []),
        *(f"with --user {user}" for user in scope.users),
    ]
    return " ".join(parts)


def _name_projects(project_ids: tuple[str, ...]) -> str:
    return f"of {', '.join(project_ids)}" if project_ids else "of all projects"
