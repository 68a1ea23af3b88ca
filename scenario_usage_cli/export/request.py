"""What is asked of an export: which data, where to, and in which form."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.export.layout import CHARGED, COST_AND_USAGE, MANIFEST, USUAL_TABLES
from scenario_usage_cli.export.manifest import Manifest, Scope
from scenario_usage_cli.export.manifest_text import load_manifest
from scenario_usage_cli.export.plan import Days
from scenario_usage_cli.export.store import Store

if TYPE_CHECKING:
    from scenario_usage_cli.collect.pseudonyms import Pseudonyms
    from scenario_usage_cli.collect.usage import Filters
    from scenario_usage_cli.cost_centres import CostCentres
    from scenario_usage_cli.money import Money

_OPTIONS = "give the same options again, or another DIR; options of the profile count, too"
_FOCUS_VERSION = "1.2"
_NOT_RESTATED = "leave it out: what rows of FOCUS were before is not kept"
_PRICE = "give a price again (--cu-price and --currency, or the profile), or another DIR"
_CENTRES = "give the same cost centres again (--cost-centres FILE), or another DIR"


class ExportRequest(NamedTuple):
    """A dataset as the options want it.

    A `file_format` or a `scope` of None stands for whatever there is.
    """

    store: Store
    tables: tuple[str, ...]
    days: Days
    scope: Scope | None
    file_format: str | None
    by_project: bool
    repair: bool
    now: datetime
    cost_centres: CostCentres | None = None
    centres_are_given: bool = False
    """Whether an option names them; otherwise they are those of the config file."""
    money: Money | None = None
    """The prices of a CU, if there are any."""
    pseudonyms: Pseudonyms | None = None
    """What hides people and API keys, if they are to be hidden: also in the manifest."""

    by_month: bool | None = None
    """Whether settled months are to be one file each; None stands for whatever there is."""
    check_age: timedelta | None = None
    """The age up to which final days are looked at again; None looks at none."""
    check_queries: int = 0
    """The most queries for that."""

    is_focus: bool = False
    """Whether it is to be of FOCUS; False stands for whatever there is."""
    focus_version: str | None = None
    """Its version; None stands for whatever there is, or the usual one."""

    @property
    def centres_definition(self) -> dict[str, dict[str, list[str]]]:
        """What the cost centres are, with aliases of the texts that name people."""
        definition = self.cost_centres.definition if self.cost_centres else {}
        return {
            name: {**parts, "users": self._hide_texts(parts["users"])}
            for name, parts in definition.items()
        }

    @property
    def secret_fingerprint(self) -> str | None:
        """What tells the secret of the aliases; None without aliases."""
        return self.pseudonyms.fingerprint if self.pseudonyms else None

    def _hide_texts(self, texts: Sequence[str]) -> list[str]:
        """Aliases of ids, addresses or names, each as good as the text to be compared with."""
        hide = self.pseudonyms.alias if self.pseudonyms else None
        return sorted(hide(text).id for text in texts) if hide else list(texts)

    def list_tables(self, manifest: Manifest) -> tuple[str, ...]:
        """Those that are asked for; a dataset of FOCUS has one table only."""
        return (COST_AND_USAGE,) if manifest.focus else self.tables

    def find_focus(self) -> dict[str, str] | None:
        """What a new manifest notes of FOCUS."""
        return {"version": self.focus_version or _FOCUS_VERSION} if self.is_focus else None

    def converts(self, manifest: Manifest) -> bool:
        """Whether a dataset of days is to become one of months, or is on its way to that."""
        return bool(manifest.undated) or (self.by_month is True and not manifest.by_month)

    def prices_anew(self, manifest: Manifest) -> bool:
        """Whether amounts that are there are made again: --repair, where prices have changed."""
        return (
            self.repair
            and self.money is not None
            and manifest.prices not in (None, [self.money.definition])
        )

    def note_prices(self, manifest: Manifest) -> bool:
        """Note by which prices amounts are made from now on.

        Returns whether those that are there are kept although they were made by others.
        """
        if self.money is None or manifest.prices is None:
            return False
        others = [one for one in manifest.prices if one != self.money.definition]
        is_change = manifest.prices[-1:] not in ([], [self.money.definition])
        manifest.prices[:] = [*others, self.money.definition]
        return is_change and not self.repair

    def settle_prices(self, manifest: Manifest, written: Container[tuple[str, date]]) -> bool:
        """Forget prices by which no amounts are left, once these partitions are written.

        Returns whether there were any.
        """
        is_whole = all(
            (table, day) in written
            for table in (*CHARGED, COST_AND_USAGE)
            for day in manifest.days.get(table, ())
        )
        if self.money is None or not (manifest.prices or [])[1:] or not is_whole:
            return False
        manifest.prices = [self.money.definition]
        return True

    def note_first_days(self, manifest: Manifest) -> None:
        """Note in the manifest the first day of each table, after which there must be no gap."""
        for table in self.list_tables(manifest):
            first = self.days.since(table, manifest)
            if first <= self.days.last:
                manifest.since[table] = min(first, manifest.since.get(table, first))

    def find_manifest(self) -> Manifest | None:
        """The manifest that is there; None for a damaged one, and if there is none."""
        return self.load_manifest(self.store.read(MANIFEST))

    def load_manifest(self, body: bytes | None) -> Manifest | None:
        """The same, where its file has been read already."""
        return None if body is None else load_manifest(body, source=f"{self.store}/{MANIFEST}")

    def check(self, manifest: Manifest) -> None:
        """Raises BadArgument if the request contradicts what is there."""
        self._check_focus(manifest)
        if self.file_format not in (None, manifest.file_format):
            raise self._refuse(f"in {manifest.file_format}", f"in {self.file_format}")
        if self.by_month is False and manifest.by_month:
            raise self._refuse("by month", "by day")
        if self.by_project and not manifest.by_project:
            raise self._refuse("without --by-project", "with it")
        if self.scope:
            self._check_pseudonyms(manifest)  # first, as the texts of others depend on it
        if self.scope or self.centres_are_given:
            self._check_centres(manifest)
        if self.scope and manifest.has_amounts and self.money is None:
            raise self._refuse("with amounts", "without them", hint=_PRICE)
        if self.scope and self.scope._replace(projects=()) != manifest.scope._replace(projects=()):
            raise self._refuse(_describe(manifest.scope), _describe(self.scope))

    def has_other_names(self, manifest: Manifest) -> bool:
        """Whether other names of projects are given than before.

        They may mean the same projects, which only the API can tell.
        """
        return self.scope is not None and self.scope.projects != manifest.scope.projects

    def agree_on_ids(self, manifest: Manifest, filters: Filters) -> None:
        """Note which projects, users and team are meant.

        Raises BadArgument for others than before: a name may have come to mean another one.
        """
        projects, users = (tuple(sorted(ids)) for ids in (filters.project_ids, filters.user_ids))
        if manifest.project_ids not in (None, projects):
            raise self._refuse(_name_projects(manifest.project_ids or ()), _name_projects(projects))
        scope, now = manifest.scope, (users, filters.team_id)
        known = (manifest.user_ids or scope.users, manifest.team_id or scope.team)
        if manifest.project_ids is not None and known != now:
            raise self._refuse(_describe_ids(*known), _describe_ids(*now))
        manifest.project_ids, (manifest.user_ids, manifest.team_id) = projects, now

    def _check_focus(self, manifest: Manifest) -> None:
        """Raises BadArgument where rows would be of another kind, or of another version."""
        if manifest.focus is None:
            if self.is_focus:
                raise self._refuse("as tables", "as rows of FOCUS")
            return
        version = manifest.focus["version"]
        if self.focus_version not in (None, version):
            raise self._refuse(f"as FOCUS {version}", f"as FOCUS {self.focus_version}")
        if self.by_month:
            raise self._refuse("as rows of FOCUS", "by month")
        if self.check_age is not None:
            raise self._refuse("as rows of FOCUS", "with --check-settled", hint=_NOT_RESTATED)
        if not self.is_focus and self.tables != USUAL_TABLES:
            raise self._refuse("as rows of FOCUS", f"as {', '.join(self.tables)}")

    def agree_on_account(self, manifest: Manifest, account: str) -> None:
        """Note whose account the rows of FOCUS are of; raises BadArgument for another one."""
        focus = dict(manifest.focus or {})
        if focus.setdefault("account", account) != account:
            raise self._refuse(f"of the team {focus['account']}", f"of {account}")
        manifest.focus = focus

    def _check_pseudonyms(self, manifest: Manifest) -> None:
        """Raises BadArgument where the same person would have two names."""
        before = manifest.pseudonyms
        now = self.secret_fingerprint
        if before is None and now is not None:
            raise self._refuse("without --pseudonyms", "with it")
        if before is not None and now is None:
            raise self._refuse("with --pseudonyms", "without it")
        if before != now:
            hint = "use the config file that has the first secret, or another DIR"
            raise self._refuse(
                "with another pseudonym_secret", "with that of the config file", hint=hint
            )

    def _check_centres(self, manifest: Manifest) -> None:
        """Raises BadArgument for cost centres that are not those of the rows that are there.

        A dataset that was begun without them stays so, whatever the config file has.
        """
        before = manifest.cost_centres
        if self.centres_are_given and not manifest.by_project:
            raise BadArgument(
                "--cost-centres needs --by-project", hint="add it: rows then tell their project"
            )
        if before is None:
            if self.centres_are_given:
                raise self._refuse("without cost centres", "with them", hint=_CENTRES)
        elif self.cost_centres is None:
            raise self._refuse("with cost centres", "without them", hint=_CENTRES)
        elif changes := _list_changes(before, self.centres_definition):
            now = f"with these ({', '.join(changes)})"
            raise self._refuse("with other cost centres", now, hint=_CENTRES)

    def _refuse(self, before: str, now: str, *, hint: str = _OPTIONS) -> BadArgument:
        return BadArgument(f"{self.store} was exported {before}, and not {now}", hint=hint)


def _list_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What has become of cost centres, if anything, by their names."""
    changes = {
        "new": now.keys() - before.keys(),
        "gone": before.keys() - now.keys(),
        "changed": {name for name in now.keys() & before.keys() if now[name] != before[name]},
    }
    return [f"{name!r} is {change}" for change, names in changes.items() for name in sorted(names)]


def _describe(scope: Scope) -> str:
    parts = [
        {"demo": "from --demo"}.get(scope.source, f"from {scope.source}"),
        *([f"with --team {scope.team}"] if scope.team else []),
        *(f"with --user {user}" for user in scope.users),
    ]
    return " ".join(parts)


def _describe_ids(user_ids: tuple[str, ...], team_id: str | None) -> str:
    ids = [*([team_id] if team_id else []), *user_ids]
    return f"of {', '.join(ids)}" if ids else "of everybody"


def _name_projects(project_ids: tuple[str, ...]) -> str:
    return f"of {', '.join(project_ids)}" if project_ids else "of all projects"
