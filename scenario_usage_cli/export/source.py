"""A dataset in the place of the API: the same answers, from its rows."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import cast

from scenario_usage_cli.api.query import UsagesQuery
from scenario_usage_cli.api.wire import Project, Team, TeamDetails, UsagesAnswer
from scenario_usage_cli.buckets import Buckets, cut_into_buckets
from scenario_usage_cli.clocks import start_of_day
from scenario_usage_cli.collect.listed import Named
from scenario_usage_cli.collect.local import Local
from scenario_usage_cli.collect.request import ACTIVITY, Request
from scenario_usage_cli.collect.sections import Figures
from scenario_usage_cli.collect.usage import Bucket, Filters, Usage
from scenario_usage_cli.export.coverage import (
    check_buckets,
    describe_days,
    find_days,
    find_gaps,
    list_provisional,
)
from scenario_usage_cli.export.gather import Gathered, gather
from scenario_usage_cli.export.layout import OF_PEOPLE, list_days
from scenario_usage_cli.export.log import Names, read_pages
from scenario_usage_cli.export.narrowing import (
    find_account,
    find_narrower,
    find_own_filters,
    refuse_projects,
)
from scenario_usage_cli.export.read import Dataset
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.daily import PROJECT, PROJECT_ID
from scenario_usage_cli.report.tables import USER_ID, USER_NAME

_OF_PROJECTS = ("consumption", "models", "assets")
"""Those that are read for the projects that there are."""


class DatasetSource(Local):
    """Answers from the rows of a dataset.

    `known` are names of all rows that have been read; null of an id that has none.
    """

    def __init__(self, dataset: Dataset) -> None:
        super().__init__()
        self.own = find_own_filters(dataset.manifest)
        self.known: Names = {"projects": {}, "keys": {}, "teams": {}}
        self.dataset = dataset
        if len(self.own.project_ids) == len(texts := dataset.manifest.scope.projects) == 1:
            # Where rows do not tell their project, this is what it was called.
            self._learn_projects(dict(zip(self.own.project_ids, texts, strict=True)))
        self._days = dataset.manifest.days
        self._gathered: dict[tuple[str, date, date, Buckets | None], Gathered] = {}

    @property
    def account(self) -> Named | None:
        """The team that all of it is of, if it tells that."""
        return find_account(self.dataset.manifest)

    def take_account(self, team_id: str) -> None:
        """Take a team for the one that all is of, where the dataset does not tell it."""
        self.dataset.manifest.account = Named(team_id, team_id)._asdict()

    def expect(self, filters: Filters) -> None:
        """Say what is about to be asked for: names of these are in rows, if anywhere."""
        known = self.known
        known["projects"] = {**dict.fromkeys(filters.project_ids), **known["projects"]}
        known["keys"] |= dict.fromkeys(filters.user_ids)
        if filters.team_id:
            known["teams"] |= {self.account.id: self.account.name} if self.account else {}

    def read_usage(self, request: Request, buckets: Buckets | None) -> Usage:
        """What was used on the days that there are; notes say which are not, or not final."""
        notes = self.describe_days(request)
        if buckets:
            check_buckets(buckets, request.period)
        usage = Usage(request.sections, request.period, request.filters, notes=notes)
        for section in request.sections:
            # Consumption has no axis of time.
            cut = None if section == "consumption" else buckets
            found, sums = self._add_up(section, request, cut)
            if section == "consumption":
                usage.consumption = {one: buckets[None] for one, buckets in sums.items()}
                usage.users = {one: found.users[one] for one in sums}
                self.known["keys"] |= dict.fromkeys(sums)
            else:
                usage.series[section] = sums
                if cut:
                    usage.missing[section], gaps = find_gaps(
                        self.dataset, request.period, section, cut
                    )
                    usage.cut |= gaps
                usage.models |= {one: found.models[one] for one in sums if one in found.models}
        return usage

    def read_days(self, request: Request, days: Sequence[Period]) -> dict[date, Usage]:
        """What was used on each of these days that there is, in their order; without users."""
        if not self.dataset.manifest.by_project:
            raise refuse_projects(self.dataset)
        usages: dict[date, Usage] = {}
        for day in days:
            first = day.start.date()
            there = tuple(one for one in request.sections if first in self._days.get(one, ()))
            if there:
                usages[first] = Usage(there, day, request.filters)
        buckets = cut_into_buckets(request.period, "day")
        for section in request.sections:
            found, sums = self._add_up(section, request, buckets)
            for row_id, course in sums.items():
                for bucket, figures in course.items():
                    usage = usages[cast("datetime", bucket).date()]
                    if section == "consumption":
                        usage.consumption[row_id] = figures
                    else:
                        usage.series.setdefault(section, {})[row_id] = {None: figures}
                    if row_id in found.models:
                        usage.models[row_id] = found.models[row_id]
        return usages

    def read_log(self, query: UsagesQuery) -> Iterator[UsagesAnswer]:
        """The pages of the event log, newest first; a day that is missing has no rows."""
        filters = Filters(query.team_id, query.project_ids, query.user_ids)
        days = list_days(query.start.date(), query.end.date())
        narrower = find_narrower(self.dataset, filters, ACTIVITY)
        return read_pages(self.dataset, reversed(days), narrower, self.known)

    def describe_days(self, request: Request) -> list[str]:
        """Which days of a request are missing, and which are not final, a line for each stretch."""
        return describe_days(self.dataset, request.period, request.sections)

    def list_provisional(self, request: Request) -> list[date]:
        """The days of a request that were not final when they were exported, in order."""
        return list_provisional(self.dataset, request.period, request.sections)

    def usages(self, query: UsagesQuery) -> UsagesAnswer:
        """The people of the days of a query, with their names."""
        if not (known := self._days.get("consumption")):
            return {}
        days = [day for day in known if query.start.date() <= day <= query.end.date()]
        found = gather(self.dataset, "consumption", days, lambda day: None)
        users = found.users.items()
        return {
            "entities": {
                "users": [
                    {"id": one, "fullName": u.name, "email": u.email, "isApiKey": u.is_api_key}
                    for one, u in users
                ]
            }
        }

    def projects(self, *, team_id: str | None = None) -> list[Project]:
        """The projects that any day has rows of, and those that the dataset is of."""
        if team_id not in self.lists.projects:
            if not self._list_tables_of_projects():
                raise refuse_projects(self.dataset)
            names: dict[str | None, str | None] = {
                one: self.known["projects"].get(one) for one in self.own.project_ids
            }
            for table in self._list_tables_of_projects():
                keys = (PROJECT_ID.key, PROJECT.key)
                for _, columns in self.dataset.read_columns(table, self._days[table], keys):
                    names |= dict(zip(*(columns[key] for key in keys), strict=True))
            if not names and not self.dataset.manifest.by_project:
                raise refuse_projects(self.dataset)
            self._learn_projects(names)
            self.lists.projects[team_id] = [
                {"id": one, "name": self.known["projects"][one]} for one in names if one
            ]
        return self.lists.projects[team_id]

    def list_people(self) -> dict[str, str]:
        """What the people of all days are called, by id; the id of one without a name."""
        found: dict[str, str] = {}
        for table, key in (("activity", "user"), ("consumption", USER_NAME.key)):
            keys = (USER_ID.key, key)
            for _, columns in self.dataset.read_columns(table, self._days.get(table, ()), keys):
                found |= dict(zip(*(columns[one] for one in keys), strict=True))
        return {one: name for one, name in found.items() if one}

    def teams(self) -> list[Team]:
        """The team that the dataset is of, if it tells that."""
        return [{"id": self.account.id, "name": self.account.name}] if self.account else []

    def team(self, team_id: str) -> TeamDetails:
        """Nothing: a dataset has no members of teams."""
        return {}

    def _add_up(
        self, table: str, request: Request, buckets: Buckets | None
    ) -> tuple[Gathered, dict[str, dict[Bucket, Figures]]]:
        """The rows of a table, and their sums as far as a request asks for them."""
        narrower = find_narrower(self.dataset, request.filters, request.sections)
        found = self._gather(table, request.period, buckets)
        of_users = narrower.user_ids if table in OF_PEOPLE else ()
        return found, found.add_up(narrower.project_ids, of_users)

    def _gather(self, table: str, period: Period, buckets: Buckets | None) -> Gathered:
        """The rows of a table, each day of them read only once."""
        days = find_days(period)
        place = (table, days[0], days[-1], buckets)
        if place not in self._gathered:

            def find_bucket(day: date) -> Bucket:
                return buckets.find(start_of_day(day, UTC)) if buckets else None

            self._gathered[place] = gather(self.dataset, table, days, find_bucket)
            self._learn_projects(self._gathered[place].projects)
        return self._gathered[place]

    def _learn_projects(self, names: Mapping[str | None, str | None]) -> None:
        """An id in the place of a name is not a name."""
        self.known["projects"] |= {
            one: None if name == one else name for one, name in names.items() if one
        }

    def _list_tables_of_projects(self) -> Sequence[str]:
        there = [table for table, days in self._days.items() if days]
        if not self.dataset.manifest.by_project:
            return [table for table in ACTIVITY if table in there]
        return [table for table in there if table in _OF_PROJECTS] or there
