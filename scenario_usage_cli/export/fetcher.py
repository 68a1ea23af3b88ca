"""Fetches what a plan wants, and hands it to a writer day by day."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.api.query import UsagesQuery
from scenario_usage_cli.buckets import cut_into_buckets
from scenario_usage_cli.clocks import MILLISECOND, start_of_day
from scenario_usage_cli.collect.activity import EventNames, fetch_activity
from scenario_usage_cli.collect.breakdown import Breakdown, Ids
from scenario_usage_cli.collect.fetch import Effort, list_queries, stream_usages
from scenario_usage_cli.collect.hiding import hide_events, hide_usages
from scenario_usage_cli.collect.lookup import NameLookup
from scenario_usage_cli.collect.names import UserName
from scenario_usage_cli.collect.request import ACTIVITY, Request
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.export.centres import Centres
from scenario_usage_cli.export.focus import UNPRICED
from scenario_usage_cli.export.layout import COST_AND_USAGE
from scenario_usage_cli.export.plan import Plan, Stretch
from scenario_usage_cli.export.writer import DAYS_PER_COMMIT, Writer
from scenario_usage_cli.money import Money
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.daily import PROJECT_ID, ProjectUsage, add_day_amounts, build_day
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.focus.charges import FOCUS_SECTIONS
from scenario_usage_cli.report.focus.rows import FocusRows
from scenario_usage_cli.report.frame import build_warnings
from scenario_usage_cli.report.words import list_words

if TYPE_CHECKING:
    from scenario_usage_cli.collect.pseudonyms import Pseudonyms

_LEFT_OUT = "the API left out {}: not written; the next export asks for it again"


def build_period(first: date, last: date, now: datetime) -> Period:
    """Whole days, as far as they have passed."""
    beyond = start_of_day(last + timedelta(days=1), UTC)
    return Period(start_of_day(first, UTC), min(beyond - MILLISECOND, now), UTC, False)


class Fetcher:
    """Fetches what a plan wants, for all projects together.

    With `projects` (ids to names), each of them is fetched as well, so that figures which belong to
    none of them can be told.
    """

    def __init__(
        self,
        client: Client,
        plan: Plan,
        filters: Filters,
        *,
        projects: Mapping[str, str] | None,
        centres: Centres | None = None,
        names: NameLookup,
        money: Money | None = None,
        effort: Effort,
        now: datetime,
        pseudonyms: "Pseudonyms | None" = None,
        focus: FocusRows | None = None,
    ) -> None:
        self._client = client
        self._plan = plan
        self._filters = filters
        self._projects = projects
        self._centres = centres
        self._names = names
        self._effort = effort._replace(see=names.see)
        self._money = money
        self._now = now
        self._pseudonyms = pseudonyms
        self._focus = focus
        names.expect(filters, is_headed=False, has_users=focus is None)
        self._by_project = {
            project_id: filters._replace(project_ids=(project_id,)) for project_id in projects or ()
        }
        # The filters of all and of a project are the same if a single project was asked for.
        self._all_filters = list(dict.fromkeys([filters, *self._by_project.values()]))

    def take_checks(self, most_queries: int) -> bool:
        """Take as many of the plan's checks as these queries are enough for.

        Returns False if they are not enough for a single day.
        """
        alone = self._plan._replace(wanted={})
        number = 0
        while number < len(self._plan.checks):
            if len(self._list_queries(alone.with_checks(number + 1))) > most_queries:
                break
            number += 1
        is_enough = number > 0 or not self._plan.checks
        self._plan = self._plan.with_checks(number)
        return is_enough

    @property
    def period(self) -> Period:
        """From the first day of all stretches to the last one; the plan must have a stretch."""
        return self._build_period(
            min(stretch.first for stretch in self._plan.stretches),
            max(stretch.last for stretch in self._plan.stretches),
        )

    @property
    def request(self) -> Request:
        """All of that period at once; the plan must have a stretch."""
        return Request(self._client, self.period, self._filters, ())

    def list_queries(self) -> list[UsagesQuery]:
        """The queries that would be made.

        The API may want them in smaller parts, and the event log may have more pages.
        """
        return self._list_queries(self._plan)

    def _list_queries(self, plan: Plan) -> list[UsagesQuery]:
        requests = [one for stretch in plan.stretches for one in self._build_requests(stretch)]
        logs = [self._build_log_request(day) for day in plan.log_days]
        return list_queries([*requests, *logs])

    def fetch(self, writer: Writer, check: Callable[[Usage, Breakdown], None]) -> None:
        """Hand everything to the writer, day by day.

        `check` sees the first usage that comes, and its projects, before any of it is written.
        Raises the client's errors and what `check` raises; what was whole by then has been written.
        """
        is_first = True
        try:
            for stretch, usages in self._fetch_stretches():
                if is_first:
                    parts: dict[Ids, Usage] = {
                        (one,): usages[own] for one, own in self._by_project.items()
                    }
                    check(usages[self._filters], Breakdown(("project",), parts, {}))
                    is_first = False
                self._add(stretch, usages, writer)
                writer.commit(at_least_days=DAYS_PER_COMMIT)
            self._fetch_logs(writer)
        finally:
            writer.commit(is_last=True)
        if self._centres:
            writer.tally.notes += self._centres.warnings

    def _fetch_stretches(self) -> Iterator[tuple[Stretch, Mapping[Filters, Usage]]]:
        """Each stretch with its usages, as soon as all of them have come."""
        stretches = {start_of_day(stretch.first, UTC): stretch for stretch in self._plan.stretches}
        if not stretches:
            return
        found: dict[datetime, dict[Filters, Usage]] = {}
        requests = [one for stretch in stretches.values() for one in self._build_requests(stretch)]
        buckets = cut_into_buckets(self.period, "day")
        for number, usage in stream_usages(requests, buckets=buckets, effort=self._effort):
            start = requests[number].period.start
            found.setdefault(start, {})[requests[number].filters] = usage
            if len(found[start]) == len(self._all_filters):
                yield stretches[start], found.pop(start)

    def _build_requests(self, stretch: Stretch) -> list[Request]:
        period = self._build_period(stretch.first, stretch.last)
        sections = FOCUS_SECTIONS if self._focus else stretch.tables
        return [Request(self._client, period, one, sections) for one in self._all_filters]

    def _build_log_request(self, day: date) -> Request:
        return Request(self._client, self._build_period(day, day), self._filters, ACTIVITY)

    def _build_period(self, first: date, last: date) -> Period:
        return build_period(first, last, self._now)

    def _add(self, stretch: Stretch, usages: Mapping[Filters, Usage], writer: Writer) -> None:
        """Add every table of every day, except those that the API left out.

        A table that was left out must not look like a quiet day.
        """
        whole, tally = usages[self._filters], writer.tally
        for warning in self._names.fill(list(usages.values())):
            tally.remark(warning, stretch.first)
        told = dict.fromkeys(whole.consumption) | whole.users
        hide_usages(usages.values(), self._pseudonyms)
        left_out = {table for usage in usages.values() for table in usage.left_out}
        for warning in build_warnings(replace(whole, left_out=set()), (), ()):
            tally.remark(warning, stretch.first)
        projects = None
        if self._projects is not None:
            projects = [
                ProjectUsage(project_id, name, usages[self._by_project[project_id]])
                for project_id, name in self._projects.items()
            ]
        for day in stretch.days:
            if self._focus:
                self._add_focus(self._focus, day, left_out, whole, projects or (), writer)
                continue
            for table in stretch.tables:
                if table in left_out:
                    tally.remark(_LEFT_OUT.format(table), day)
                    continue
                rows = build_day(table, start_of_day(day, UTC), whole, projects)
                if projects is not None and rows and PROJECT_ID.of(rows[-1]) is None:
                    tally.remark(f"some {table} belong to no project that is listed", day)
                if self._centres:
                    rows = self._centres.add(rows, told)
                writer.add(table, day, self._price(rows, day))

    def _add_focus(
        self,
        focus: FocusRows,
        day: date,
        left_out: Collection[str],
        whole: Usage,
        projects: Sequence[ProjectUsage],
        writer: Writer,
    ) -> None:
        """The same as rows of FOCUS, which are made of several sections."""
        if left_out:
            writer.tally.remark(_LEFT_OUT.format(list_words(sorted(left_out))), day)
            return
        rows = focus.build(day, whole, projects, is_provisional=not writer.is_final(day))
        if not focus.has_price(day):
            writer.tally.remark(UNPRICED, day)
        writer.add(COST_AND_USAGE, day, rows)

    def _price(self, rows: list[Row], day: date) -> list[Row]:
        """The same rows with their amounts, if the dataset has these."""
        return rows if self._money is None else add_day_amounts(rows, day, self._money)

    def _fetch_logs(self, writer: Writer) -> None:
        """Fetch the events of each day; they do not depend on other days."""
        names = EventNames(self._names)
        for day in self._plan.log_days:
            names.begin_anew()
            rows = fetch_activity(self._build_log_request(day), names, jobs=self._effort.jobs)
            for warning in names.take_warnings():
                writer.tally.remark(warning, day)
            if rows is None:
                writer.tally.remark(_LEFT_OUT.format("activity"), day)
                continue
            named = {one.user_id: UserName(one.user, None, None) for one in rows if one.user_id}
            events: list[Row] = [event._asdict() for event in hide_events(rows, self._pseudonyms)]
            if self._centres:
                events = self._centres.add(events, named)
            writer.add("activity", day, self._price(events, day))
            writer.commit(at_least_days=DAYS_PER_COMMIT)
