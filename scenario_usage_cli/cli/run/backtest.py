"""What `quota --backtest` does: check the forecast on the days that are over."""

from scenario_usage_cli.cli.config.file import read_settings
from scenario_usage_cli.cli.effort import open_effort
from scenario_usage_cli.cli.options import FetchOptions, FilterOptions, PeriodOptions
from scenario_usage_cli.cli.options.quota import AlertOptions, OneTeamOptions, QuotaOutputOptions
from scenario_usage_cli.cli.options.source import SourceOptions
from scenario_usage_cli.cli.output import check_output, prepare_format, tell_warnings, write_view
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import open_session
from scenario_usage_cli.cli.source import check_history, find_history
from scenario_usage_cli.collect.billing import (
    fetch_limits,
    find_only_team,
    read_billing_period,
)
from scenario_usage_cli.collect.hiding import hide_usages
from scenario_usage_cli.collect.history import build_history_request, fetch_history
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.report.backtest import build_backtest, build_backtest_view
from scenario_usage_cli.report.frame import build_warnings
from scenario_usage_cli.report.outlook import sum_days

_TAKEN = ("--format", "--json", "--csv", "--output")


def run_backtest(
    runtime: Runtime,
    *,
    team: OneTeamOptions,
    output: QuotaOutputOptions,
    alerts: AlertOptions,
    source: SourceOptions,
    connection: FetchOptions,
) -> None:
    """Write the record of the forecast; raises ScenarioUsageError, with nothing written."""
    now = runtime.now()
    if others := [name for name in output.list_given() + alerts.list_given() if name not in _TAKEN]:
        raise BadArgument(
            f"--backtest and {others[0]} contradict each other",
            hint="--backtest shows the record of the forecast, and no limits",
        )
    check_history(source, now)
    check_output(output.output)
    settings = read_settings(runtime, PeriodOptions(), output, demo=connection.demo)
    output_format = prepare_format(settings, "backtest", output, runtime)
    settings = settings._replace(projects=())
    with open_session(runtime, settings, FilterOptions(team=team.team), connection) as session:
        of_team = find_only_team(session.client, session.team_id)
        period = read_billing_period(fetch_limits(session.client, of_team), now)
        request = build_history_request(session.client, of_team.id, now)
        with open_effort(runtime, connection, see=session.names.see) as effort:
            usage = fetch_history(find_history(request, source, runtime), effort)
        hide_usages([usage], session.pseudonyms)
    report = build_backtest(
        of_team,
        period,
        sum_days(usage),
        warnings=build_warnings(usage, (), ()),
        generated_at=now,
    )
    view = build_backtest_view(report)
    tell_warnings(report.warnings, view, output_format, runtime)
    write_view(view, output_format, output, runtime)
