"""Where a report has its figures from: the API, a dataset, or a saved answer."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from scenario_usage_cli.cli.config.pseudonyms import open_pseudonyms
from scenario_usage_cli.cli.effort import open_effort
from scenario_usage_cli.cli.money import check_prices, find_list_price, refuse_list_price
from scenario_usage_cli.cli.run.report_asked import Asked
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import Session, find_billing, read_period
from scenario_usage_cli.cli.source import open_source
from scenario_usage_cli.collect.breakdown import (
    PROJECT,
    SECTIONS_OF_BREAKDOWN,
    USER,
    Breakdown,
    Dimension,
    fetch_breakdowns,
    fetch_pairs,
)
from scenario_usage_cli.collect.fetch import Effort, fetch_usage
from scenario_usage_cli.collect.hiding import hide_usages
from scenario_usage_cli.collect.identify import describe_missing, find_missing
from scenario_usage_cli.collect.lookup import NameLookup
from scenario_usage_cli.collect.raw import RawAnswers, ignore_raw
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.sections import SECTIONS
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.render import FORMATS
from scenario_usage_cli.settings import Settings

if TYPE_CHECKING:
    from scenario_usage_cli.cli.run.story import Story
    from scenario_usage_cli.money import Money


class Wish(NamedTuple):
    """What is to be found, and in which format it is shown."""

    asked: Asked
    settings: Settings
    output_format: str
    money: "Money | None"
    dimensions: Sequence[Dimension]
    story: "Story | None"


class Found(NamedTuple):
    """What a report is made of."""

    usage: Usage
    breakdowns: Sequence[Breakdown]
    money: "Money | None"
    raw: str | None = None
    """What --save-raw keeps."""

    @property
    def has_failures(self) -> bool:
        """Whether a part of it failed."""
        return any(usage.failures for usage in self._list_usages())

    def _list_usages(self) -> Iterator[Usage]:
        yield self.usage
        for one in self.breakdowns:
            yield from one.usages.values()


def read_file(wish: Wish, path: str, runtime: Runtime) -> Found:
    """What a saved answer has; raises the errors of `read_saved_usage`."""
    asked, story = wish.asked, wish.story
    open_pseudonyms(runtime, wish.settings.config, asked.connection)
    # Imported here, as most reports neither read nor save a file.
    from scenario_usage_cli.cli.run.saved_input import read_saved_usage

    usage = read_saved_usage(
        path,
        runtime,
        wish.settings,
        period=asked.period,
        filters=asked.filters,
        sections=asked.sections,
        models=asked.models,
        now=asked.now,
        **({"see": story.read} if story else {}),
    )
    # The ids of a saved answer were looked up when it was fetched.
    was_looked_up = not (asked.filters.user or asked.filters.project)
    usage.notes += describe_missing(find_missing([usage]), only_names=was_looked_up)
    hide_usages([usage], runtime.pseudonyms)
    refuse_list_price(wish.money)
    check_prices(wish.money, usage.period)
    return Found(usage, [], wish.money)


def fetch_all(wish: Wish, runtime: Runtime) -> Found:
    """What the API or a dataset answers; raises the client's errors."""
    asked, settings, story = wish.asked, wish.settings, wish.story
    filters, connection, dataset = asked.filters, asked.connection, asked.dataset
    billing = find_billing(runtime, settings, filters, connection, dataset)
    span = read_period(asked.period, settings, asked.now, ask_billing=billing)
    check_prices(wish.money, span)
    raw = RawAnswers(runtime.now) if asked.options.save_raw is not None else None
    with (
        open_source(runtime, settings, filters, connection, dataset) as session,
        open_effort(
            runtime,
            connection,
            see=session.names.see,
            keep_going=asked.options.keep_going,
            keep=raw.add if raw else ignore_raw,
        ) as effort,
    ):
        request = Request(
            session.client,
            span,
            session.read_filters(span, models=asked.models),
            _list_sections(asked),
        )
        session.names.expect(
            request.filters,
            # A saved answer may be shown in any format.
            is_headed=FORMATS[wish.output_format].is_for_people or raw is not None,
            has_users="consumption" in (asked.sections or SECTIONS) or USER in wish.dimensions,
            has_projects=PROJECT in wish.dimensions or story is not None,
        )
        money = find_list_price(wish.money, session.client)
        usage, breakdowns = _fetch(session, request, wish.dimensions, effort, story)
    kept = _dump(raw, request, usage, session.names) if raw else None
    return Found(usage, breakdowns, money, kept)


def _list_sections(asked: Asked) -> tuple[str, ...]:
    """Those that the API is asked for."""
    needed = {*(asked.sections or SECTIONS), *(SECTIONS_OF_BREAKDOWN if asked.by else ())}
    return tuple(name for name in SECTIONS if name in needed)


def _fetch(
    session: Session,
    request: Request,
    dimensions: Sequence[Dimension],
    effort: Effort,
    story: "Story | None",
) -> tuple[Usage, list[Breakdown]]:
    """The usage of all, and its breakdowns; and what is needed for a story."""
    if story:
        effort = story.watch(effort)
    usage = fetch_usage(request, effort=effort)
    parts = request._replace(sections=SECTIONS_OF_BREAKDOWN)
    breakdowns = fetch_breakdowns(dimensions, [parts], [usage], effort=effort)
    if {PROJECT, USER} <= set(dimensions):
        projects, users = (
            next(found for found in breakdowns if found.by == (one.name,))
            for one in (PROJECT, USER)
        )
        breakdowns.append(fetch_pairs(parts, projects, users, effort=effort))
    if story is None:
        return usage, session.settle([usage], breakdowns)
    story.fetch(request, usage, breakdowns, effort)
    return usage, story.settle(session, usage, breakdowns)


def _dump(raw: RawAnswers, request: Request, usage: Usage, names: NameLookup) -> str:
    """What --save-raw keeps of the answers."""
    from scenario_usage_cli.collect.saved import dump_saved

    merged, parts = raw.merge()
    told = names.given, names.warnings
    return dump_saved(merged, request, parts, usage.remarks, *told)
