"""What `quota` does: look up what a team may use, and show what is left and expected of it."""

from collections.abc import Sequence
from datetime import datetime

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.budgets import Budget
from scenario_usage_cli.cli.alerts import read_watch, tell_alerts
from scenario_usage_cli.cli.config.budgets import find_budgets, refuse_budgets
from scenario_usage_cli.cli.config.cost_centres import find_cost_centres
from scenario_usage_cli.cli.config.file import read_settings
from scenario_usage_cli.cli.effort import open_effort
from scenario_usage_cli.cli.made_at import find_made_at
from scenario_usage_cli.cli.money import add_amounts_of_quota, find_list_price, read_money
from scenario_usage_cli.cli.options import FetchOptions, FilterOptions, PeriodOptions
from scenario_usage_cli.cli.options.quota import AlertOptions, OneTeamOptions, QuotaOutputOptions
from scenario_usage_cli.cli.options.source import SourceOptions
from scenario_usage_cli.cli.output import check_output, prepare_format, tell_warnings, write_view
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import open_session, read_zone
from scenario_usage_cli.cli.source import check_history, find_history
from scenario_usage_cli.collect.budgets import BILLING, BUDGET, BudgetUse, fetch_budgets
from scenario_usage_cli.collect.fetch import Effort
from scenario_usage_cli.collect.hidden_lists import hide_quota
from scenario_usage_cli.collect.hiding import hide_usages
from scenario_usage_cli.collect.history import build_history_request, fetch_history
from scenario_usage_cli.collect.quota import LIMITS, Quota, fetch_quota
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.errors import ApiError
from scenario_usage_cli.render import FORMATS
from scenario_usage_cli.report.frame import build_warnings
from scenario_usage_cli.report.outlook import build_outlook, sum_days
from scenario_usage_cli.report.quota import QuotaReport, build_quota
from scenario_usage_cli.report.quota_view import build_quota_view
from scenario_usage_cli.settings import Settings


def run_quota(
    runtime: Runtime,
    *,
    team: OneTeamOptions,
    output: QuotaOutputOptions,
    alerts: AlertOptions,
    source: SourceOptions,
    connection: FetchOptions,
) -> None:
    """Write the quota; raises ScenarioUsageError, with nothing written.

    Raises typer.Exit after it is written, if anything is over a threshold.
    """
    now = runtime.now()
    watch = read_watch(alerts)
    check_history(source, now)
    check_output(output.output)
    settings = read_settings(runtime, PeriodOptions(), output, demo=connection.demo)
    money = read_money(settings.config, output)
    output_format = prepare_format(settings, "quota", output, runtime)
    made_at = find_made_at(now, output_format, runtime)
    budgets = find_budgets(settings.config, runtime)
    is_budget_needed = watch is not None and BUDGET in watch.watched
    if is_budget_needed and not budgets:
        raise refuse_budgets(settings.config)
    settings = settings._replace(projects=())
    with open_session(runtime, settings, FilterOptions(team=team.team), connection) as session:
        money = find_list_price(money, session.client)
        needed = watch.needed if watch else frozenset([LIMITS])
        if is_budget_needed and any(one.period == BILLING for one in budgets):
            needed |= {LIMITS}  # nothing is known of them without the billing period
        quota = fetch_quota(session.client, session.team_id, now, needed=needed)
        request = build_history_request(session.client, quota.team.id, now)
        with open_effort(runtime, connection, see=session.names.see) as effort:
            usage = fetch_days(find_history(request, source, runtime), quota, effort)
            uses = _fetch_budgets(
                budgets,
                session.client,
                request,
                quota,
                settings,
                runtime,
                effort,
                is_needed=is_budget_needed,
            )
    quota = hide_quota(quota, session.pseudonyms)
    hide_usages([usage] if usage else [], session.pseudonyms)
    report = build_report(quota, usage, now, budgets=uses)
    top = FORMATS[output_format].top if output.top is None else output.top
    view = build_quota_view(report, top=top)._replace(generated_at=made_at)
    view = add_amounts_of_quota(view, money, quota.period, runtime)
    tell_warnings(report.warnings, view, output_format, runtime)
    write_view(view, output_format, output, runtime)
    tell_alerts(watch, report, runtime)


def build_report(
    quota: Quota, usage: Usage | None, now: datetime, *, budgets: Sequence[BudgetUse] = ()
) -> QuotaReport:
    """The report, with what is expected of the daily consumption; without it, in a line."""
    outlook = None
    if usage:
        quota = quota.name_users({one: user.name for one, user in usage.users.items() if user.name})
        quota.warnings.extend(build_warnings(usage, (), ()))
        outlook = build_outlook(quota.period, sum_days(usage), now)
    return build_quota(quota, outlook, generated_at=now, budgets=budgets)


def fetch_days(request: Request, quota: Quota, effort: Effort) -> Usage | None:
    """The consumption of each day; None with a warning if it cannot be fetched."""
    try:
        return fetch_history(request, effort)
    except ApiError as error:
        quota.warnings.append(
            f"without daily consumption the forecast is a straight line: {error.message}"
        )
        return None


def _fetch_budgets(
    budgets: Sequence[Budget],
    client: Client,
    request: Request,
    quota: Quota,
    settings: Settings,
    runtime: Runtime,
    effort: Effort,
    *,
    is_needed: bool,
) -> list[BudgetUse]:
    """What was used of each; none with a warning if it cannot be fetched, and is not needed."""
    if not budgets:
        return []
    try:
        uses, warnings = fetch_budgets(
            budgets,
            find_cost_centres(settings.config, None, runtime),
            client,
            request.filters,
            path=str(settings.config.path),
            billing=quota.period,
            zone=read_zone(settings),
            now=request.period.end,
            money=read_money(settings.config),
            effort=effort,
        )
    except ApiError as error:
        if is_needed:
            raise
        uses, warnings = [], [f"budgets are not included: {error.message}"]
    quota.warnings.extend(warnings)
    return uses
