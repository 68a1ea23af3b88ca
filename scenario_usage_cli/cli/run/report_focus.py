"""`report --format focus`: whole days of each project, as rows of FOCUS."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from pathlib import PurePath

from scenario_usage_cli.buckets import cut_into_buckets
from scenario_usage_cli.cli.effort import open_effort
from scenario_usage_cli.cli.money import find_list_price, read_money
from scenario_usage_cli.cli.options import PeriodOptions
from scenario_usage_cli.cli.options.report import (
    ReportFilterOptions,
)
from scenario_usage_cli.cli.output import write_output, write_view
from scenario_usage_cli.cli.parsers import check_choice
from scenario_usage_cli.cli.run.export_days import SETTLE
from scenario_usage_cli.cli.run.report_asked import Asked
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import Session, find_billing, read_period
from scenario_usage_cli.cli.source import open_source
from scenario_usage_cli.clocks import MILLISECOND
from scenario_usage_cli.collect.billing import find_only_team
from scenario_usage_cli.collect.breakdown import PROJECT, Breakdown, Ids
from scenario_usage_cli.collect.combine import combine
from scenario_usage_cli.collect.fetch import Effort, fetch_usages
from scenario_usage_cli.collect.known import is_id, name_projects
from scenario_usage_cli.collect.listed import Named
from scenario_usage_cli.collect.local import Local, Source
from scenario_usage_cli.collect.prices import fetch_list_prices
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.errors import ApiError, BadArgument
from scenario_usage_cli.export.content import load_arrow
from scenario_usage_cli.export.partitions import encode
from scenario_usage_cli.money import Money, choose_list_price
from scenario_usage_cli.periods import Period, find_whole_days
from scenario_usage_cli.report.daily import ProjectUsage
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.focus.charges import FOCUS_SECTIONS
from scenario_usage_cli.report.focus.columns import VERSIONS
from scenario_usage_cli.report.focus.rows import (
    FocusRows,
    Prices,
    build_view,
    declare_table,
    describe_provisional,
    describe_unpriced,
)
from scenario_usage_cli.report.usage import build_report
from scenario_usage_cli.settings import Settings

_DAY = timedelta(days=1)


def run_report_focus(asked: Asked, settings: Settings, runtime: Runtime) -> None:
    """Write the rows, also of a dataset; raises ScenarioUsageError, with nothing written."""
    _refuse_others(asked)
    filters, output, connection = asked.filters, asked.output, asked.connection
    dataset, now = asked.dataset, asked.now
    version = check_choice("--focus-version", output.focus_version, VERSIONS) or VERSIONS[0]
    is_parquet = PurePath(output.output or "").suffix.lower() == ".parquet"
    if is_parquet:
        load_arrow()  # to fail before anything is fetched
    money = read_money(settings.config, output)
    billing = find_billing(runtime, settings, filters, connection, dataset)
    span = read_period(asked.period, settings, now, ask_billing=billing)
    _check_days(asked.period, span, settings)
    with open_source(runtime, settings, filters, connection, dataset) as session:
        team = _find_account(session, filters)
        prices = _find_prices(money, session.client, runtime)
        narrowed = session.read_filters(span)
        session.names.expect(narrowed, is_headed=False, has_users=False, has_projects=True)
        request = Request(session.client, span, narrowed, FOCUS_SECTIONS)
        warnings, provisional = _describe_days(request, now)
        with open_effort(runtime, connection, see=session.names.see) as effort:
            days, wholes, projects = _fetch(request, effort)
        projects = session.settle(wholes, projects)
    whole = _add_up(request, wholes)
    report = build_report(whole, breakdowns=[_add_up_projects(request, projects)], generated_at=now)
    maker = FocusRows(team, prices, version)
    rows: list[Row] = []
    for first, usage, parts in zip(days, wholes, projects, strict=True):
        named = [
            ProjectUsage(one, name, part)
            for (one,), part in parts.usages.items()
            for (name,) in [parts.name((one,))]
        ]
        # A name may be in the answers to other days only.
        of_all = replace(usage, models=whole.models)
        rows += maker.build(first, of_all, named, is_provisional=first in provisional)
    for warning in (*warnings, *report.warnings, *describe_unpriced(rows, prices)):
        runtime.warn(warning)
    for note in describe_provisional(provisional):
        runtime.say(f"note: {note}")
    if is_parquet:
        body = encode("parquet", declare_table(version).columns, rows)
        write_output(output.output, runtime, lambda out: out.write(body), is_binary=True)
        return
    view = build_view(rows, version=version, period=span, generated_at=now)
    write_view(view, "focus", output, runtime)


def _refuse_others(asked: Asked) -> None:
    """Raise BadArgument for options that would leave out rows, or put them in another order."""
    given = {
        **dict.fromkeys(asked.options.list_given(), True),
        "--model": asked.models,
        "--section": asked.sections,
        "--sort": asked.order,
        "--from": asked.file is not None,
    }
    for option, is_given in given.items():
        if is_given:
            raise BadArgument(
                f"--format focus and {option} contradict each other",
                hint="name the DIR of an export: a saved answer does not tell days apart"
                if option == "--from"
                else "rows of FOCUS are everything that was used, by day, project and model",
            )


def _check_days(options: PeriodOptions, span: Period, settings: Settings) -> None:
    """Raises BadArgument for a period that is not of whole days of UTC."""
    if span.zone != UTC:
        raise BadArgument(
            f"{settings.tz.source} {settings.tz.value}: rows of FOCUS are of days in UTC",
            hint="add --tz UTC",
        )
    values = {one.name: getattr(options, field) for field, one in options.declared.items()}
    given = [f"{name} {value}" for name, value in values.items() if value is not None]
    find_whole_days(span, " ".join(given))


def _list_days(span: Period) -> list[Period]:
    """Each day, the last one as far as it has passed; consumption has no other axis of time."""
    starts = cut_into_buckets(span, "day").starts
    return [Period(one, min(one + _DAY - MILLISECOND, span.end), UTC, False) for one in starts]


def _find_account(session: Session, filters: ReportFilterOptions) -> Named:
    """The team that is billed; of a dataset that does not tell it, the one that is named."""
    client, team = session.client, filters.team or session.settings.team
    if isinstance(client, Local) and not client.teams():
        if team is None or not is_id(team):
            raise BadArgument(
                "the dataset does not tell which team its rows are billed to",
                hint="name the team by --team ID",
            )
        client.take_account(team)
    return find_only_team(client, session.team_id)


def _find_prices(money: Money | None, client: Source, runtime: Runtime) -> Prices | None:
    """The prices of the customer and, as far as the API tells it, the list price beside them."""
    money = find_list_price(money, client)
    if money is None:
        return None
    if money.is_list or isinstance(client, Local):
        return Prices(money)
    try:
        return Prices(money, choose_list_price(fetch_list_prices(client), money.currency))
    except BadArgument:
        pass
    except ApiError as error:
        if error.status not in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
            runtime.warn(f"the list price is unknown, and not in ListUnitPrice: {error.message}")
    return Prices(money)


def _fetch(request: Request, effort: Effort) -> tuple[list[date], list[Usage], list[Breakdown]]:
    """The days that there are, the usage of each, and that of each project in it."""
    names = name_projects(request.client, request.filters)
    own = {one: request.filters._replace(project_ids=(one,)) for one in names}
    # The whole and a project are the same if a single project was asked for.
    found = _fetch_days(request, dict.fromkeys([request.filters, *own.values()]), effort)
    wholes = [usages[request.filters] for usages in found.values()]
    projects = []
    for usages in found.values():
        parts: dict[Ids, Usage] = {(one,): usages[filters] for one, filters in own.items()}
        projects.append(Breakdown((PROJECT.name,), parts, {one: (names[one[0]],) for one in parts}))
    return list(found), wholes, projects


def _fetch_days(
    request: Request, filters: Iterable[Filters], effort: Effort
) -> dict[date, dict[Filters, Usage]]:
    """What was used on each day, by these filters."""
    days = _list_days(request.period)
    requests = [request._replace(filters=one) for one in filters]
    found: dict[date, dict[Filters, Usage]] = {}
    if isinstance(request.client, Local):
        for one in requests:
            for first, usage in request.client.read_days(one, days).items():
                effort.see(usage)
                found.setdefault(first, {})[one.filters] = usage
        return found
    of_days = [one._replace(period=day) for day in days for one in requests]
    for one, usage in zip(of_days, fetch_usages(of_days, effort=effort), strict=True):
        found.setdefault(one.period.start.date(), {})[one.filters] = usage
    return found


def _describe_days(request: Request, now: datetime) -> tuple[list[str], list[date]]:
    """What to warn of, and the days that are not settled."""
    client = request.client
    if isinstance(client, Local):
        return client.describe_days(request), client.list_provisional(request)
    days = _list_days(request.period)
    return [], [day.start.date() for day in days if now < day.start + _DAY + SETTLE]


def _add_up(request: Request, usages: Sequence[Usage]) -> Usage:
    return combine(Usage(request.sections, request.period, request.filters), usages)


def _add_up_projects(request: Request, days: Sequence[Breakdown]) -> Breakdown:
    """The projects over all days, to be checked against the whole."""
    first = days[0]
    sums = {one: _add_up(request, [day.usages[one] for day in days]) for one in first.usages}
    return first._replace(usages=sums)
