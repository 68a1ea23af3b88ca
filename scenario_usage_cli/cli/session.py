"""What the options of a command mean: a client, filters and a period."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING

from scenario_usage_cli.cli.options import (
    ConnectionOptions,
    FilterOptions,
    PeriodOptions,
)
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.collect.hiding import hide_breakdowns, hide_usages, learn_names
from scenario_usage_cli.collect.identify import (
    check_projects,
    check_team,
    check_users,
    find_missing,
)
from scenario_usage_cli.collect.local import Source
from scenario_usage_cli.collect.lookup import PATIENCE_S, NameLookup
from scenario_usage_cli.collect.names import NO_NAMES, Listed, Names
from scenario_usage_cli.collect.resolve import resolve_projects, resolve_team, resolve_users
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.errors import ApiError, BadArgument, ConfigurationError
from scenario_usage_cli.periods import Period, parse_period
from scenario_usage_cli.settings import Settings

if TYPE_CHECKING:
    from scenario_usage_cli.api.client import Client
    from scenario_usage_cli.cli.name_cache import NameCache
    from scenario_usage_cli.collect.breakdown import Breakdown
    from scenario_usage_cli.collect.pseudonyms import Pseudonyms

_REFUSALS = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
"""What the API may answer where there is no such team."""


def read_zone(settings: Settings) -> tzinfo:
    """The zone in which days begin.

    Raises BadArgument for an unknown one, or ConfigurationError where it is not an option's.
    """
    if settings.tz.value.upper() == "UTC":
        return UTC
    # Most runs are about UTC, and need no database of zones.
    from scenario_usage_cli.zones import parse_zone

    try:
        return parse_zone(settings.tz.value, source=settings.tz.source)
    except BadArgument as error:
        if settings.tz.source == "--tz":
            raise
        raise ConfigurationError(error.message, hint=error.hint) from None


def read_period(
    options: PeriodOptions,
    settings: Settings,
    now: datetime,
    *,
    ask_billing: Callable[[], Period] | None = None,
) -> Period:
    """The period that the options name; raises BadArgument for options that name none."""
    return parse_period(
        start=options.start,
        end=options.end,
        last=options.last,
        period=options.period,
        zone=read_zone(settings),
        now=now,
        ask_billing=ask_billing,
    )


def find_billing(
    runtime: Runtime,
    settings: Settings,
    filters: FilterOptions,
    connection: ConnectionOptions,
    dataset: str | None = None,
) -> Callable[[], Period]:
    """What asks the API for the running billing period of the team of a command.

    It raises BadArgument if the command reads a dataset, which has no such period.
    """

    def ask() -> Period:
        if dataset is not None:
            raise BadArgument(
                "--from and the billing period contradict each other",
                hint="a dataset does not have it: name the days, as in --start 2026-05-01",
            )
        # Imported here, as hardly any period is that of the bill.
        from scenario_usage_cli.collect.billing import fetch_billing_period

        of_team = FilterOptions(team=filters.team)
        with open_session(runtime, settings, of_team, connection) as session:
            return fetch_billing_period(session.client, session.team_id, runtime.now())

    return ask


class Session:
    """A client, what options and profile narrow its queries to, and names for the ids.

    `find_cache` tells where names are kept from one run to the next, if anywhere. With
    `pseudonyms`, what is settled has these in the place of people and API keys.
    """

    def __init__(
        self,
        client: Source,
        options: FilterOptions,
        settings: Settings,
        *,
        find_cache: Callable[[], "NameCache | None"] = lambda: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        patience_s: float = PATIENCE_S,
        pseudonyms: "Pseudonyms | None" = None,
    ) -> None:
        self.client = client
        self.options = options
        self.settings = settings
        self._find_cache = find_cache
        self._now = now
        self._patience_s = patience_s
        self.pseudonyms = pseudonyms
        self._named_users: Mapping[str, str] = {}
        """Those of the filters that were found by what they are called."""

    @cached_property
    def names(self) -> NameLookup:
        """What looks up names for ids."""
        return NameLookup(
            self.client,
            self.team_id,
            kept=self._read_kept,
            patience_s=self._patience_s,
            has_aliases=self.pseudonyms is not None,
        )

    def settle(
        self, usages: Sequence[Usage], breakdowns: "Sequence[Breakdown]" = ()
    ) -> "list[Breakdown]":
        """Give usages of the same filters their names, and look up ids that have no usage.

        The usages are given the warnings, too. Returns the breakdowns with names. Raises what
        `check_ids` does.
        """
        warnings = self.check_ids(find_missing(usages, breakdowns))
        warnings = [*self.names.fill(usages, warnings), *warnings]
        for usage in usages:
            usage.notes += warnings
        users = usages[0].users.items()
        named = {one: user.name for one, user in users if user.name}
        projects = self.names.find("projects") if breakdowns else {}
        breakdowns = [one.rename("user", named).rename("project", projects) for one in breakdowns]
        hide_usages(usages, self.pseudonyms)
        return hide_breakdowns(breakdowns, self.pseudonyms)

    def keep_names(self, *, is_watched: bool) -> None:
        """Keep the names of this run for the next ones.

        Those that came with answers are worth a file of their own only if somebody sits at a
        terminal, and may complete them.
        """
        listed, seen = self.names.gather()
        if not listed and not (is_watched and any(seen)):
            return
        cache = self._cache
        if cache and (listed or not cache.is_fresh):
            cache.keep(listed, seen)

    def _read_kept(self) -> Listed:
        return self._cache.read_fresh() if self._cache else {}

    def _read_all_kept(self) -> Names:
        kept = self._cache.read_all() if self._cache else NO_NAMES
        learn_names(kept, self.pseudonyms)
        return kept

    @cached_property
    def _cache(self) -> "NameCache | None":
        return self._find_cache()

    def read_filters(self, *periods: Period, models: tuple[str, ...] = ()) -> Filters:
        """The filters, names of projects, users and the team looked up.

        People who were charged in the periods that are asked for have names then.

        Raises BadArgument for a name that cannot be found, or ConfigurationError where the
        profile has it.
        """
        team_id = self.team_id
        projects = self.options.project or self.settings.projects
        with self._locate_projects() as source:
            project_ids = resolve_projects(self.client, projects, team_id, source=source)
        users = resolve_users(
            self.client,
            self.options.user or (),
            team_id,
            periods=periods,
            now=self._now(),
            kept=self._read_all_kept,
            pseudonyms=self.pseudonyms,
        )
        self._named_users = {one: name for one, name in users.items() if name != one}
        addresses = [one for one, name in self._named_users.items() if "@" in name]
        kept = self._read_all_kept().people if addresses else {}
        full_names = {one: kept[one] for one in addresses if one in kept}
        self.names.learn("people", {**self._named_users, **full_names})
        return Filters(team_id, project_ids, tuple(users), models)

    def check_ids(self, missing: Filters) -> list[str]:
        """Look up the ids for which nothing was found, but for those that names meant.

        Returns warnings about those that the credentials may not look up. Raises BadArgument for
        an unknown id, or ConfigurationError where the profile has it.
        """
        warnings: list[str] = []
        if missing.team_id:
            with self._locate_team() as source:
                warnings += check_team(self.client, missing.team_id, source)
        with self._locate_projects() as source:
            warnings += check_projects(self.client, missing.project_ids, self.team_id, source)
        users = [one for one in missing.user_ids if one not in self._named_users]
        return warnings + check_users(self.client, users, self.team_id)

    @property
    def has_team(self) -> bool:
        """Whether the team is known by its id by now, if there is one."""
        return "team_id" in vars(self)

    @cached_property
    def team_id(self) -> str | None:
        """The id of the team that is asked for; raises what `read_filters` does."""
        if not (team := self.options.team or self.settings.team):
            return None
        with self._locate_team() as source:
            return resolve_team(self.client, team, source=source)

    def _locate_team(self) -> AbstractContextManager[str]:
        return _locate(self.settings, "team", option="--team" if self.options.team else None)

    def _locate_projects(self) -> AbstractContextManager[str]:
        option = "--project" if self.options.project else None
        return _locate(self.settings, "projects", option=option)


class ApiSession(Session):
    """The same with a client of the API."""

    client: "Client"


def check_models(
    models: tuple[str, ...],
    sections: tuple[str, ...] | None,
    *,
    narrowed: tuple[str, ...] = ("models",),
) -> None:
    """Raises BadArgument if --model narrows what --section leaves out."""
    if models and sections and not set(narrowed) & set(sections):
        raise BadArgument(
            "--model narrows the section models, which --section leaves out",
            hint="add --section models, or leave --model out",
        )


@contextmanager
def open_session(
    runtime: Runtime, settings: Settings, filters: FilterOptions, connection: ConnectionOptions
) -> Iterator[ApiSession]:
    """A session with a client, which is closed at the end.

    Where the API refuses a query because there is no such team, the error says so.
    """
    team = filters.team or settings.team

    def find_own_cache() -> "NameCache | None":
        if connection.demo or connection.no_cache:
            return None
        # Imported here, as most runs need no names that they would have to look up.
        from scenario_usage_cli.cli.name_cache import find_cache

        return find_cache(
            runtime.environ,
            settings.config,
            base_url=connection.base_url,
            team=team,
            now=runtime.now,
            log=runtime.log,
        )

    # Imported here, as a dataset needs no library of HTTP.
    from scenario_usage_cli.cli.connect import connect

    with connect(runtime, settings.config, connection) as client:
        session = ApiSession(
            client,
            filters,
            settings,
            find_cache=find_own_cache,
            now=runtime.now,
            patience_s=min(PATIENCE_S, connection.timeout or PATIENCE_S),
            pseudonyms=runtime.pseudonyms,
        )
        try:
            yield session
        except ApiError as error:
            if error.status in _REFUSALS and session.has_team:
                session.check_ids(Filters(session.team_id))
            raise
        session.keep_names(is_watched=runtime.stdout.isatty() or runtime.stderr.isatty())


@contextmanager
def _locate(settings: Settings, key: str, *, option: str | None) -> Iterator[str]:
    """Give the source of a value: the option or, without one, a key of the profile.

    A value of the profile that is refused is a ConfigurationError.
    """
    if option:
        yield option
        return
    try:
        yield settings.config.locate(key)
    except BadArgument as error:
        raise ConfigurationError(error.message, hint=error.hint) from None
