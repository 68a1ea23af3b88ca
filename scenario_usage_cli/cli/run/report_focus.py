"""`report --format focus`: whole days of each project, as rows of FOCUS."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import PurePath

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.buckets import cut_into_buckets
from scenario_usage_cli.cli.effort import open_effort
from scenario_usage_cli.cli.money import find_list_price, read_money
from scenario_usage_cli.cli.options import (
    FetchOptions,
    PeriodOptions,
    ReportFilterOptions,
    ReportOptions,
    ReportOutputOptions,
)
from scenario_usage_cli.cli.output import write_output, write_view
from scenario_usage_cli.cli.parsers import check_choice
from scenario_usage_cli.cli.run.export_days import SETTLE
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import find_billing, open_session, read_period
from scenario_usage_cli.collect.billing import find_only_team
from scenario_usage_cli.collect.breakdown import PROJECT, Breakdown, Ids
from scenario_usage_cli.collect.combine import combine
from scenario_usage_cli.collect.fetch import Effort, fetch_usages
from scenario_usage_cli.collect.known import name_projects
from scenario_usage_cli.collect.prices import fetch_list_prices
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.errors import ApiError, BadArgument
from scenario_usage_cli.export.content import load_arrow
from scenario_usage_cli.export.partitions import encode
from scenario_usage_cli.money import Money, choose_list_price
from scenario_usage_cli.periods import MILLISECOND, Period, find_whole_days
from scenario_usage_cli.report.daily import ProjectUsage
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.focus import (
    FocusRows,
    Prices,
    build_view,
    declare_table,
    describe_provisional,
    describe_unpriced,
)
from scenario_usage_cli.report.focus_charges import FOCUS_SECTIONS
from scenario_usage_cli.report.focus_columns import VERSIONS
from scenario_usage_cli.report.usage import build_report
from scenario_usage_cli.settings import Settings

_DAY = timedelta(days=1)


def run_report_focus(
    options: ReportOptions,
    runtime: Runtime,
    settings: Settings,
    now: datetime,
    *,
    period: PeriodOptions,
    filters: ReportFilterOptions,
    output: ReportOutputOptions,
    connection: FetchOptions,
) -> None:
    """Write the rows; raises ScenarioUsageError, with nothing written."""
    _refuse_others(options, filters, output)
    version = check_choice("--focus-version", output.focus_version, VERSIONS) or VERSIONS[0]
    is_parquet = PurePath(output.output or "").suffix.lower() == ".parquet"
    if is_parquet:
        load_arrow()  # to fail before anything is fetched
    money = read_money(settings.config, output)
    billing = find_billing(runtime, settings, filters, connection)
    span = _read_days(period, read_period(period, settings, now, ask_billing=billing), settings)
    with (
        open_session(runtime, settings, filters, connection) as session,
        open_effort(runtime, connection, see=session.names.see) as effort,
    ):
        asked = session.read_filters(span)
        team = find_only_team(session.client, asked.team_id)
        prices = _find_prices(money, session.client, runtime)
        session.names.expect(asked, is_headed=False, has_users=False, has_projects=True)
        request = Request(session.client, span, asked, FOCUS_SECTIONS)
        days = _list_days(span)
        wholes, projects = _fetch(request, days, effort)
        projects = session.settle(wholes, projects)
    whole = _add_up(request, wholes)
    report = build_report(whole, breakdowns=[_add_up_projects(request, projects)], generated_at=now)
    maker = FocusRows(team, prices, version)
    provisional = [day.start.date() for day in days if now < day.start + _DAY + SETTLE]
    rows: list[Row] = []
    for day, usage, parts in zip(days, wholes, projects, strict=True):
        named = [
            ProjectUsage(one, name, part)
            for (one,), part in parts.usages.items()
            for (name,) in [parts.name((one,))]
        ]
        first = day.start.date()
        # A name may be in the answers to other days only.
        of_all = replace(usage, models=whole.models)
        rows += maker.build(first, of_all, named, is_provisional=first in provisional)
    for warning in (*report.warnings, *describe_unpriced(rows, prices)):
        runtime.warn(warning)
    for note in describe_provisional(provisional):
        runtime.say(f"note: {note}")
    if is_parquet:
        body = encode("parquet", declare_table(version).columns, rows)
        write_output(output.output, runtime, lambda out: out.write(body), is_binary=True)
        return
    view = build_view(rows, version=version, period=span, generated_at=now)
    write_view(view, "focus", output, runtime)


def _refuse_others(
    options: ReportOptions, filters: ReportFilterOptions, output: ReportOutputOptions
) -> None:
    """Raise BadArgument for options that would leave out rows, or put them in another order."""
    given = {
        **dict.fromkeys(options.list_given(), True),
        "--model": filters.model,
        "--section": filters.section,
        "--sort": output.sort,
    }
    for option, is_given in given.items():
        if is_given:
            raise BadArgument(
                f"--format focus and {option} contradict each other",
                hint="the API is asked for each day; export --format focus keeps what it said"
                if option == "--from"
                else "rows of FOCUS are everything that was used, by day, project and model",
            )


def _read_days(options: PeriodOptions, span: Period, settings: Settings) -> Period:
    """The period, if it is of whole days of UTC; raises BadArgument otherwise."""
    if span.zone != UTC:
        raise BadArgument(
            f"{settings.tz.source} {settings.tz.value}: rows of FOCUS are of days in UTC",
            hint="add --tz UTC",
        )
    values = {one.name: getattr(options, field) for field, one in options.declared.items()}
    given = [f"{name} {value}" for name, value in values.items() if value is not None]
    find_whole_days(span, " ".join(given))
    return span


def _list_days(span: Period) -> list[Period]:
    """Each day, the last one as far as it has passed; consumption has no other axis of time."""
    starts = cut_into_buckets(span, "day").starts
    return [Period(one, min(one + _DAY - MILLISECOND, span.end), UTC, False) for one in starts]


def _find_prices(money: Money | None, client: Client, runtime: Runtime) -> Prices | None:
    """The prices of the customer and, as far as the API tells it, the list price beside them."""
    money = find_list_price(money, client)
    if money is None or money.is_list:
        return money and Prices(money)
    try:
        return Prices(money, choose_list_price(fetch_list_prices(client), money.currency))
    except BadArgument:
        pass
    except ApiError as error:
        if error.status not in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
            runtime.warn(f"the list price is unknown, and not in ListUnitPrice: {error.message}")
    return Prices(money)


def _fetch(
    request: Request, days: Sequence[Period], effort: Effort
) -> tuple[list[Usage], list[Breakdown]]:
    """The usage of each day, and that of each project in it."""
    names = name_projects(request.client, request.filters)
    own = {one: request.filters._replace(project_ids=(one,)) for one in names}
    # The whole and a project are the same if a single project was asked for.
    requests = [
        request._replace(period=day, filters=filters)
        for day in days
        for filters in dict.fromkeys([request.filters, *own.values()])
    ]
    found = dict(zip(requests, fetch_usages(requests, effort=effort), strict=True))
    wholes = [found[request._replace(period=day)] for day in days]
    projects = []
    for day in days:
        usages: dict[Ids, Usage] = {
            (one,): found[request._replace(period=day, filters=filters)]
            for one, filters in own.items()
        }
        projects.append(
            Breakdown((PROJECT.name,), usages, {one: (names[one[0]],) for one in usages})
        )
    return wholes, projects


def _add_up(request: Request, usages: Sequence[Usage]) -> Usage:
    return combine(Usage(request.sections, request.period, request.filters), usages)


def _add_up_projects(request: Request, days: Sequence[Breakdown]) -> Breakdown:
    """The projects over all days, to be checked against the whole."""
    first = days[0]
    sums = {one: _add_up(request, [day.usages[one] for day in days]) for one in first.usages}
    return first._replace(usages=sums)
