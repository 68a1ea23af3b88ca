"""Fetches what a story is made of beside the report itself."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import TypeVar

from scenario_usage_cli.against import PREVIOUS, Against, describe_lengths, parse_against
from scenario_usage_cli.buckets import cut_into_buckets
from scenario_usage_cli.cli.run.story.extra import Extra, Wanted
from scenario_usage_cli.cli.run.story.plan import fetch_plan
from scenario_usage_cli.clocks import MILLISECOND
from scenario_usage_cli.collect.breakdown import (
    PROJECT,
    SECTIONS_OF_BREAKDOWN,
    Breakdown,
    Dimension,
    Member,
    fetch_breakdowns,
)
from scenario_usage_cli.collect.fetch import Effort, fetch_usage, fetch_usages, list_queries
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.errors import (
    AccessDenied,
    ApiError,
    BadArgument,
    ConfigurationError,
    ScenarioUsageError,
)
from scenario_usage_cli.periods import EARLIEST, LONGEST_QUERY, Period, check_askable
from scenario_usage_cli.report.courses import choose_finest
from scenario_usage_cli.report.story.cells import find_largest
from scenario_usage_cli.report.tables import ACTIONS
from scenario_usage_cli.report.words import write_sentence

_OF_DAYS = ("models", "assets", ACTIONS.name)
"""The sections of a timeline; actions are always asked for, as they alone tell the granularity."""
_OF_EARLIER = ("consumption", "models")
"""Those of what may be new."""
_Found = TypeVar("_Found")
_MOST_BEFORE = 50
"""So many projects are asked for in the period before as well."""


def fetch_extra(
    request: Request,
    usage: Usage,
    breakdowns: Sequence[Breakdown],
    wanted: Wanted,
    effort: Effort,
) -> Extra:
    """What the story needs beside `usage`, the answer to `request`, and its `breakdowns`.

    How many queries it takes is said before. Raises the client's errors; what the key may not read,
    or the source of the answers does not have, is left out.
    """
    return _Fetcher(request, usage, wanted, effort).fetch(
        {one.by[0]: one for one in breakdowns if not one.by[1:]}
    )


class _Fetcher:
    """Fetches one part after the other, and notes what is left out."""

    def __init__(self, request: Request, usage: Usage, wanted: Wanted, effort: Effort) -> None:
        self._request = request
        self._usage = usage
        self._wanted = wanted
        self._announce = effort.announce
        self._effort = effort._replace(announce=lambda queries: None)
        self._parts = request._replace(sections=SECTIONS_OF_BREAKDOWN)
        self._missing: list[str] = []

    def fetch(self, known: Mapping[str, Breakdown]) -> Extra:
        """All parts; those that are `known` by their dimension are not asked for again."""
        wanted, request = self._wanted, self._request
        against = self._find_period_before()
        before = _list_before(request, against) if against else []
        own = tuple(one for one in _OF_DAYS if one in (*request.sections, ACTIONS.name))
        days = [request._replace(sections=own)] if "models" in request.sections else []
        members = self._find_projects() if wanted.has_breakdowns else []
        old_parts = self._parts._replace(period=against.period) if against else self._parts
        new = 0 if PROJECT.name in known else len(members)
        old = min(len(members), _MOST_BEFORE) if against else 0
        asked = [*before, *days, *[self._parts] * new, *[old_parts] * old]
        self._announce(len(list_queries(asked)))
        extra = self._fetch_before(before, against) if against else Extra()
        extra = extra._replace(days=self._fetch_days(days[0]) if days else None)
        if members:
            projects = known.get(PROJECT.name) or self._divide(members, self._parts, self._usage)
            extra = extra._replace(projects=projects)
            if extra.before and projects:
                ids = find_largest([one.id for one in members], projects, _MOST_BEFORE)
                largest = [one for one in members if one.id in ids]
                divided = self._divide(largest, old_parts, extra.before, " of the period before")
                extra = extra._replace(projects_before=divided)
        if wanted.has_breakdowns and wanted.centres:
            extra = extra._replace(centres=self._fetch_centres(wanted.centres))
        if wanted.has_plan:
            plan = fetch_plan(request, wanted.now, self._effort, self._missing)
            extra = extra._replace(plan=plan)
        return extra._replace(missing=tuple(self._missing))

    def _try(self, what: str, fetch: Callable[[], _Found]) -> _Found | None:
        """What it returns; None, and a sentence, where that is refused or cannot be asked for.

        Nobody asked for it, and the report has all that was asked for. What may come another time
        fails the whole.
        """
        try:
            return fetch()
        except (ApiError, BadArgument) as error:
            self._forgive(what, error)
            return None

    def _forgive(self, what: str, error: ApiError | BadArgument) -> None:
        if isinstance(error, ApiError) and not error.is_refusal:
            raise error
        self._leave_out(what, error)

    def _leave_out(self, what: str, error: ScenarioUsageError) -> None:
        self._missing.append(write_sentence(f"{what} left out: {error.message}"))

    def _find_period_before(self) -> Against | None:
        """That which `compare` would take."""
        try:
            against = parse_against(PREVIOUS, self._request.period, self._wanted.now)
            check_askable(against.period)
        except BadArgument as error:
            self._leave_out("the period before is", error)
            return None
        return against

    def _fetch_before(self, asked: Sequence[Request], against: Against) -> Extra:
        """The period before, and what was used for longer before, if that can be had."""
        usages = None
        for length in range(len(asked), 0, -1):
            part = partial(fetch_usages, asked[:length], effort=self._effort)
            usages = self._try("what is new is" if length > 1 else "the period before is", part)
            if usages:
                break
        if not usages:
            return Extra()
        return Extra(
            before=usages[0],
            period_before=against.period,
            note=describe_lengths(self._request.period, against),
            earlier=usages[-1] if len(usages) == len(asked) else None,
        )

    def _fetch_days(self, asked: Request) -> Usage | None:
        buckets = cut_into_buckets(asked.period, choose_finest(asked.period))
        return self._try(
            f"{buckets.unit}s are",
            lambda: fetch_usage(asked, buckets=buckets, effort=self._effort),
        )

    def _find_projects(self) -> Sequence[Member]:
        """All that there are; none where the key may not list them."""
        found: Sequence[Member] = ()
        try:
            found = PROJECT.find_members(self._parts, [self._usage], self._effort)
        except AccessDenied as error:
            if error.status != HTTPStatus.FORBIDDEN:
                raise
            self._missing.append(
                "Projects are left out, as this key may not list them: --project with their ids "
                "brings them."
            )
        except (ApiError, BadArgument) as error:
            self._forgive("projects are", error)
        else:
            if not found:
                self._missing.append("Projects are left out, as none are listed.")
        return found

    def _divide(
        self, members: Sequence[Member], asked: Request, whole: Usage, when: str = ""
    ) -> Breakdown | None:
        """The usage of each of some projects."""
        own = Dimension(PROJECT.name, lambda *_: members)
        part = partial(fetch_breakdowns, [own], [asked], [whole], effort=self._effort)
        found = self._try(f"projects{when} are", part)
        return found[0] if found else None

    def _fetch_centres(self, centres: Dimension) -> Breakdown | None:
        """The usage of each cost centre; the key may not list what they are made of."""
        try:
            (found,) = fetch_breakdowns(
                [centres], [self._parts], [self._usage], effort=self._effort
            )
        except (ConfigurationError, BadArgument, ApiError) as error:
            if self._wanted.are_centres_given:
                raise
            if isinstance(error, ConfigurationError):
                self._leave_out("cost centres are", error)
            else:
                self._forgive("cost centres are", error)
            return None
        return found


def _list_before(request: Request, against: Against) -> list[Request]:
    """What asks for the period before and, unless that is the same, for what was used before.

    The latter is of 120 days at least, and goes up to the period.
    """
    start = request.period.start
    first = max(EARLIEST, min(against.named.start, start - LONGEST_QUERY))
    earlier = Period(first, start - MILLISECOND, request.period.zone, provisional=False)
    before = against.period
    asked = [request._replace(period=before)]
    if (before.start, before.end) != (earlier.start, earlier.end):
        sections = tuple(one for one in request.sections if one in _OF_EARLIER)
        asked += [request._replace(period=earlier, sections=sections)] if sections else []
    return asked
