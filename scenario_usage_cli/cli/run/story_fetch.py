"""Fetches what a story is made of beside the report itself."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from http import HTTPStatus

from scenario_usage_cli.against import PREVIOUS, Against, describe_lengths, parse_against
from scenario_usage_cli.buckets import cut_into_buckets
from scenario_usage_cli.cli.run.story_extra import Extra, Wanted
from scenario_usage_cli.cli.run.story_material import choose_finest
from scenario_usage_cli.cli.run.story_plan import fetch_plan
from scenario_usage_cli.collect.breakdown import (
    COST_CENTRE,
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
from scenario_usage_cli.errors import AccessDenied, BadArgument, ConfigurationError
from scenario_usage_cli.periods import EARLIEST, LONGEST_QUERY, MILLISECOND, Period, check_askable
from scenario_usage_cli.report.words import write_sentence

_OF_DAYS = ("models", "assets", "actions")
"""The sections of a timeline; actions alone tell the granularity."""
_OF_EARLIER = ("consumption", "models")
"""Those of what may be new."""
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

    How many queries it takes is said before. Raises the client's errors; what the key may not read
    is left out.
    """
    missing: list[str] = []
    against = _find_period_before(request.period, wanted.now, missing)
    before = _list_before(request, against) if against else []
    days = [request._replace(sections=_OF_DAYS)] if "models" in request.sections else []
    parts = request._replace(sections=SECTIONS_OF_BREAKDOWN)
    known = {one.by[0]: one for one in breakdowns if not one.by[1:]}
    members = _find_projects(parts, usage, effort, missing) if wanted.has_breakdowns else []
    each = [parts] * (0 if PROJECT.name in known else len(members))
    each_before = [one._replace(sections=parts.sections) for one in before[:1] for _ in members]
    asked = [*before, *days, *each, *each_before[:_MOST_BEFORE]]
    effort.announce(len(list_queries(asked)))
    effort = effort._replace(announce=lambda queries: None)
    usages = fetch_usages(before, effort=effort) if before else []
    extra = Extra()
    if against:
        extra = Extra(
            before=usages[0],
            period_before=against.period,
            note=describe_lengths(request.period, against),
            earlier=usages[-1],
        )
    if days:
        buckets = cut_into_buckets(request.period, choose_finest(request.period))
        extra = extra._replace(days=fetch_usage(days[0], buckets=buckets, effort=effort))
    if members:
        projects = known.get(PROJECT.name) or _fetch(parts, usage, members, effort)
        extra = extra._replace(projects=projects)
        if extra.before:
            own = _find_largest(members, projects)
            old = _fetch(each_before[0], extra.before, own, effort)
            extra = extra._replace(projects_before=old)
    if wanted.centres and wanted.has_breakdowns:
        own_centres = known.get(COST_CENTRE)
        extra = extra._replace(
            centres=own_centres or _fetch_centres(parts, usage, wanted, effort, missing)
        )
    if wanted.has_plan:
        extra = extra._replace(plan=fetch_plan(request, wanted.now, effort, missing))
    return extra._replace(missing=tuple(missing))


def _find_period_before(period: Period, now: datetime, missing: list[str]) -> Against | None:
    """That which `compare` would take; where there is none, a sentence says so."""
    try:
        against = parse_against(PREVIOUS, period, now)
        check_askable(against.period)
    except BadArgument as error:
        missing.append(f"There is no period before to compare with: {error.message}.")
        return None
    return against


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


def _find_projects(
    request: Request, usage: Usage, effort: Effort, missing: list[str]
) -> Sequence[Member]:
    """All that there are; none, and a sentence, where the key may not list them."""
    found: Sequence[Member] = ()
    try:
        found = PROJECT.find_members(request, [usage], effort)
    except AccessDenied as error:
        if error.status != HTTPStatus.FORBIDDEN:
            raise
        missing.append(
            "Projects are left out, as this key may not list them: --project with their ids "
            "brings them."
        )
    else:
        if not found:
            missing.append("Projects are left out, as this key lists none.")
    return found


def _find_largest(members: Sequence[Member], projects: Breakdown) -> Sequence[Member]:
    """Those that cost most, in the order in which they came."""
    costs = {
        one: sum(Decimal(row["cost"] or 0) for row in usage.consumption.values())
        for (one,), usage in projects.usages.items()
    }
    order = sorted(members, key=lambda one: (-costs.get(one.id, Decimal(0)), one.id))
    kept = {one.id for one in order[:_MOST_BEFORE]}
    return [one for one in members if one.id in kept]


def _fetch(request: Request, whole: Usage, members: Sequence[Member], effort: Effort) -> Breakdown:
    """The usage of each of some projects."""
    own = Dimension(PROJECT.name, lambda *_: members)
    (found,) = fetch_breakdowns([own], [request], [whole], effort=effort)
    return found


def _fetch_centres(
    request: Request, usage: Usage, wanted: Wanted, effort: Effort, missing: list[str]
) -> Breakdown | None:
    """The usage of each cost centre; what they are made of may be what the key may not list."""
    assert wanted.centres is not None
    try:
        (found,) = fetch_breakdowns([wanted.centres], [request], [usage], effort=effort)
    except (ConfigurationError, AccessDenied) as error:
        is_unread = isinstance(error, ConfigurationError) or error.status == HTTPStatus.FORBIDDEN
        if wanted.are_centres_given or not is_unread:
            raise
        missing.append(write_sentence(f"cost centres are left out: {error.message}"))
        return None
    return found
