"""`report --format focus`: whole days of each project, as rows of FOCUS."""

from collections.abc import Sequence
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
from scenario_usage_cli.collect.breakdown import (
    PROJECT,
    Breakdown,
    Dimension,
    Member,
    fetch_breakdowns,
)
from scenario_usage_cli.collect.combine import combine
from scenario_usage_cli.collect.fetch import Effort, fetch_usages
from scenario_usage_cli.collect.listed import Named
from scenario_usage_cli.collect.prices import fetch_list_prices
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.errors import ApiError, BadArgument
from scenario_usage_cli.export.content import load_arrow
from scenario_usage_cli.export.partitions import encode
from scenario_usage_cli.money import Money, choose_list_price
from scenario_usage_cli.periods import MILLISECOND, Period, find_whole_days
from scenario_usage_cli.report.focus import (
    VERSIONS,
    Prices,
    ProjectDay,
    build_rows,
    build_view,
    declare_table,
    describe_provisional,
    describe_unpriced,
)
from scenario_usage_cli.report.focus_charges import FOCUS_SECTIONS
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
        requests = [request._replace(period=day) for day in _list_days(span)]
        wholes = fetch_usages(requests, effort=effort)
        days = fetch_breakdowns([_PROJECTS], requests, wholes, effort=effort)
        days = session.settle(wholes, days)
    whole = _add_up(request, wholes)
    report = build_report(whole, breakdowns=[_add_up_projects(request, days)], generated_at=now)
    found = [
        ProjectDay(
            day.period.start.date(),
            Named(project, name) if project else None,
            usage,
            is_provisional=now < day.period.start + _DAY + SETTLE,
        )
        for day, breakdown in zip(requests, days, strict=True)
        for (project,), usage in breakdown.usages.items()
        for (name,) in [breakdown.name((project,))]
    ]
    rows = build_rows(found, account=team, prices=prices, model_names=whole.models, version=version)
    for warning in (*report.warnings, *describe_unpriced(rows, prices)):
        runtime.warn(warning)
    for note in describe_provisional(found):
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
                hint="rows of FOCUS are everything that was used, by day, project and model",
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


def _find_members(request: Request, wholes: Sequence[Usage], effort: Effort) -> list[Member]:
    """All projects, and what belongs to none of them."""
    return [*PROJECT.find_members(request, wholes, effort), Member("", "", is_rest=True)]


_PROJECTS = Dimension(PROJECT.name, _find_members)


def _add_up(request: Request, usages: Sequence[Usage]) -> Usage:
    return combine(Usage(request.sections, request.period, request.filters), usages)


def _add_up_projects(request: Request, days: Sequence[Breakdown]) -> Breakdown:
    """The projects over all days, to be checked against the whole."""
    first = days[0]
    ids = [one for one in first.usages if any(one)]
    sums = {one: _add_up(request, [day.usages[one] for day in days]) for one in ids}
    return first._replace(usages=sums)
