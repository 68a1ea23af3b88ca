"""Where the data of a command comes from: the API or, with --from, a dataset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scenario_usage_cli.cli.options import FetchOptions, FilterOptions
from scenario_usage_cli.cli.options.source import SourceOptions
from scenario_usage_cli.cli.parsers import split_values
from scenario_usage_cli.cli.runtime import STDIN, Runtime
from scenario_usage_cli.cli.session import Session, open_session
from scenario_usage_cli.collect.hiding import learn_names
from scenario_usage_cli.collect.identify import describe_missing, refuse_unknown
from scenario_usage_cli.collect.known import Known, list_projects
from scenario_usage_cli.collect.names import Names, looks_like_alias
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.errors import BadArgument, ConfigurationError
from scenario_usage_cli.settings import Settings

if TYPE_CHECKING:
    from scenario_usage_cli.export.source import DatasetSource
    from scenario_usage_cli.periods import Period

_ALLOWED = ("--from", "--no-cache", "--pseudonyms")


def is_dataset(place: str | None) -> bool:
    """Whether --from names a folder or a URL, and not a file."""
    return place is not None and ("://" in place or (place != STDIN and Path(place).is_dir()))


def check_source(
    place: str | None, connection: FetchOptions, now: datetime, others: Sequence[str] = ()
) -> None:
    """Raises BadArgument for a file, and for options of the API, beside --from DIR.

    `others` are the options of the command alone. Raises ConfigurationError if nothing is there.
    """
    if place is None:
        return
    _check_place(place, now)
    refused = [name for name in (*connection.list_given(), *others) if name not in _ALLOWED]
    if refused:
        raise BadArgument(
            f"--from and {refused[0]} contradict each other",
            hint="--from reads a dataset, and asks no API",
        )


def check_history(source: SourceOptions, now: datetime) -> None:
    """The same for a command that asks the API for all but the days before."""
    if source.from_dataset is not None:
        _check_place(source.from_dataset, now)


def _check_place(place: str, now: datetime) -> None:
    if not is_dataset(place):
        # Imported here, as most runs are right.
        from scenario_usage_cli.cli.run.saved_input import refuse_date

        refuse_date(place, now, kind="folder", reads="a dataset")
        if place == STDIN or Path(place).exists():
            raise BadArgument(
                f"--from {place} is not a folder",
                hint="name a folder or URL of export; report --from reads a saved answer, too",
            )
        raise ConfigurationError(
            f"cannot read --from {place}: there is no such folder",
            hint="name a folder or URL that scenario-usage export has written",
        )


@contextmanager
def open_source(
    runtime: Runtime,
    settings: Settings,
    filters: FilterOptions,
    connection: FetchOptions,
    place: str | None,
) -> Iterator[Session]:
    """A session with the API or, if there is a place, with the dataset there."""
    if place is None:
        with open_session(runtime, settings, filters, connection) as session:
            yield session
        return
    # Imported here, as most runs ask the API.
    from scenario_usage_cli.cli.config.pseudonyms import open_pseudonyms

    pseudonyms = open_pseudonyms(runtime, settings.config, connection)
    source = open_dataset_source(place, runtime)
    yield DatasetSession(source, filters, settings, now=runtime.now, pseudonyms=pseudonyms)


def open_dataset_source(place: str, runtime: Runtime) -> DatasetSource:
    """The dataset at a place; a note says what it was narrowed to."""
    from scenario_usage_cli.export.open_store import open_store
    from scenario_usage_cli.export.read import open_dataset
    from scenario_usage_cli.export.source import DatasetSource

    source = DatasetSource(open_dataset(open_store(place)))
    own = source.own
    named = [*own.project_ids, *own.user_ids, *([own.team_id] if own.team_id else [])]
    if named:
        runtime.say(f"note: {place} was exported for {', '.join(named)} only, as all figures here")
    return source


def find_history(request: Request, source: SourceOptions, runtime: Runtime) -> Request:
    """A request for the days before a forecast, of the dataset if there is one.

    Raises BadArgument for a dataset that is not of the whole team, or lacks the last days.
    """
    if source.from_dataset is None:
        return request
    from scenario_usage_cli.export.coverage import cut_gaps

    found = open_dataset_source(source.from_dataset, runtime)
    own, team_id = found.own, request.filters.team_id
    if own.project_ids or own.user_ids:
        raise BadArgument(
            f"{source.from_dataset} is not of the whole team, as a quota is",
            hint="name the DIR of an export without --project and --user",
        )
    # Most datasets do not tell their team: they are of all that the key can see.
    filters = Filters(team_id if own.team_id else None)
    period = cut_gaps(found.dataset, request.period, request.sections)
    return Request(found, period, filters, request.sections)


class DatasetSession(Session):
    """A session with a dataset, which knows no names but those of its rows."""

    client: DatasetSource

    def _read_kept(self) -> dict[str, dict[str, str | None]]:
        return self.client.known

    @cached_property
    def team_id(self) -> str | None:
        """The team of the dataset, if one is asked for; raises BadArgument for another one."""
        if not (team := self.options.team or self.settings.team):
            return None
        dataset, own = self.client.dataset, self.client.account
        if own is None or team not in (*own, dataset.manifest.scope.team):
            from scenario_usage_cli.export.narrowing import refuse_team

            with self._locate_team():
                raise refuse_team(dataset, team)
        return own.id

    def read_filters(self, *periods: Period, models: tuple[str, ...] = ()) -> Filters:
        """The same filters, or those of the dataset itself where there are none.

        Texts that the export was given mean what they meant then.
        """
        own, scope = self.client.own, self.client.dataset.manifest.scope
        given = dict(vars(self.options))
        for option, texts, ids in (
            ("project", scope.projects, own.project_ids),
            ("user", scope.users, own.user_ids),
        ):
            if texts and tuple(sorted(split_values(given.get(option)))) == texts:
                given[option] = list(ids)
        self.options = FilterOptions(**given)
        if tuple(sorted(self.settings.projects)) == scope.projects:
            self.settings = self.settings._replace(projects=own.project_ids)
        found = super().read_filters(*periods, models=models)
        filters = Filters(
            found.team_id or own.team_id,
            found.project_ids or own.project_ids,
            self._find_in_rows(found.user_ids) or own.user_ids,
            models,
        )
        self.client.expect(filters)
        return filters

    def _find_in_rows(self, user_ids: tuple[str, ...]) -> tuple[str, ...]:
        """The ids that rows have of these people: aliases, if the export made them.

        Raises BadArgument where nothing tells the alias of an id.
        """
        dataset, pseudonyms = self.client.dataset, self.pseudonyms
        secret = dataset.manifest.pseudonyms
        if secret is None:
            return user_ids
        if pseudonyms and pseudonyms.fingerprint == secret:
            return tuple(pseudonyms.alias(one).id for one in user_ids)
        for one in user_ids:
            if not looks_like_alias(one):
                raise BadArgument(
                    f"{dataset} has aliases in the place of people, and --user {one} is none",
                    hint="give an alias; or --pseudonyms, with the secret that the export had",
                )
        return user_ids

    def check_ids(self, missing: Filters) -> list[str]:
        """The same of ids that have nothing on any day; the team is checked before.

        A dataset without a single project, or person, cannot tell: then there are warnings.
        """
        own, named = self.client.own, self._named_users
        projects = [one for one in missing.project_ids if one not in own.project_ids]
        users = [one for one in missing.user_ids if one not in {*own.user_ids, *named}]
        there = list_projects(self.client, None) if projects else []
        people = self.client.list_people() if users else {}
        learn_names(Names(people=people), self.pseudonyms)
        if there:
            with self._locate_projects() as source:
                refuse_unknown(projects, there, source)
        if people:
            refuse_unknown(users, [Known(one, (name,)) for one, name in people.items()], "--user")
        unknown = Filters(None, () if there else tuple(projects), () if people else tuple(users))
        return describe_missing(unknown, only_names=False)
