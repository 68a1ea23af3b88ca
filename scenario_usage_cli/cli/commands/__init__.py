"""Every command with its options and its help; what it does is in the module of its name in `run`.

That module is imported when the command runs, so that --help does not wait for the client, the
data models and the renderers.
"""

from scenario_usage_cli.cli.options import (
    ActivityOptions,
    CompareFilterOptions,
    CompareOptions,
    CompareOutputOptions,
    CompletionOptions,
    ConnectionOptions,
    DoctorOptions,
    FetchOptions,
    FilterOptions,
    HelpOptions,
    ModelFilterOptions,
    PeriodOptions,
    SandboxOptions,
    SchemaOptions,
    StreamOptions,
    TargetOptions,
    TrendOptions,
    TrendOutputOptions,
)
from scenario_usage_cli.cli.options.export import (
    DatasetOptions,
    DatasetPeriodOptions,
    ExportOptions,
)
from scenario_usage_cli.cli.options.quota import (
    AlertOptions,
    LineOptions,
    OneTeamOptions,
    QuotaOptions,
    QuotaOutputOptions,
)
from scenario_usage_cli.cli.options.report import (
    ReportFilterOptions,
    ReportOptions,
    ReportOutputOptions,
)
from scenario_usage_cli.cli.options.restatements import RestatementOptions
from scenario_usage_cli.cli.options.source import SourceOptions
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.typer_adapter import print_version


def report(
    runtime: Runtime,
    period: PeriodOptions,
    filters: ReportFilterOptions,
    output: ReportOutputOptions,
    connection: FetchOptions,
    options: ReportOptions,
) -> None:
    """What was spent, in CU, on which models, by whom, and for what.

    Examples:
    scenario-usage report --period last-month
    scenario-usage report --last 7d --project Onboarding --json | jq .totals
    scenario-usage report --period may --by project --output may.md
    """
    from scenario_usage_cli.cli.run.report import run_report

    run_report(
        options, runtime, period=period, filters=filters, output=output, connection=connection
    )


def trend(
    runtime: Runtime,
    period: PeriodOptions,
    filters: ModelFilterOptions,
    options: TrendOptions,
    output: TrendOutputOptions,
    source: SourceOptions,
    connection: FetchOptions,
) -> None:
    """How usage and its cost in CU went, by hour, day, week or month.

    Examples:
    scenario-usage trend --last 4w --split model --top 5
    scenario-usage trend --period 2026 --by month --csv
    scenario-usage trend --period 90d --heatmap
    """
    from scenario_usage_cli.cli.run.trend import run_trend

    run_trend(
        options,
        runtime,
        period=period,
        filters=filters,
        output=output,
        source=source,
        connection=connection,
    )


def compare(
    runtime: Runtime,
    period: PeriodOptions,
    filters: CompareFilterOptions,
    options: CompareOptions,
    output: CompareOutputOptions,
    source: SourceOptions,
    connection: FetchOptions,
) -> None:
    """What changed from one period to another, in CU and in counts.

    Examples:
    scenario-usage compare --period last-month
    scenario-usage compare --period 2026-Q2 --against year-ago --section models
    scenario-usage compare --period 2026-W46 --against 2026-W42 --json
    """
    from scenario_usage_cli.cli.run.compare import run_compare

    run_compare(
        options,
        runtime,
        period=period,
        filters=filters,
        output=output,
        source=source,
        connection=connection,
    )


def activity(
    runtime: Runtime,
    period: PeriodOptions,
    filters: FilterOptions,
    options: ActivityOptions,
    output: StreamOptions,
    source: SourceOptions,
    connection: FetchOptions,
) -> None:
    """What happened, event by event, and what it cost in CU.

    Examples:
    scenario-usage activity --last 24h
    scenario-usage activity --period yesterday --action refunds
    scenario-usage activity --last 7d --all -f ndjson | jq -c 'select(.cost > 5)'
    """
    from scenario_usage_cli.cli.run.activity import run_activity

    run_activity(
        options,
        runtime,
        period=period,
        filters=filters,
        output=output,
        source=source,
        connection=connection,
    )


def quota(
    runtime: Runtime,
    team: OneTeamOptions,
    output: QuotaOutputOptions,
    options: QuotaOptions,
    alerts: AlertOptions,
    line: LineOptions,
    source: SourceOptions,
    connection: FetchOptions,
) -> None:
    """What is left of plan, packs, caps and budgets, and when it runs out.

    In CU of the running billing period. The key that asks must be allowed to read limits: a team
    key with the scopes team.read and team.usage.read, not an Analytics key.

    Examples:
    scenario-usage quota
    scenario-usage quota --line
    scenario-usage quota --fail-over 80% --on used,forecast
    """
    if line.list_given():
        # A prompt waits for this, so it imports no more than it needs.
        from scenario_usage_cli.cli.run.quota_line import run_line

        run_line(
            line,
            runtime,
            team=team,
            output=output,
            connection=connection,
            others=[options, alerts, source],
        )
        return
    if options.backtest:
        from scenario_usage_cli.cli.run.backtest import run_backtest

        run_backtest(
            runtime,
            team=team,
            output=output,
            alerts=alerts,
            source=source,
            connection=connection,
        )
        return
    from scenario_usage_cli.cli.run.quota import run_quota

    run_quota(
        runtime, team=team, output=output, alerts=alerts, source=source, connection=connection
    )


def export(
    runtime: Runtime,
    dataset: DatasetOptions,
    period: DatasetPeriodOptions,
    filters: FilterOptions,
    options: ExportOptions,
    connection: FetchOptions,
) -> None:
    """Keep a daily dataset: only what is missing is fetched.

    Examples:
    scenario-usage export usage --since 2026-01-01
    scenario-usage export s3://bucket/usage --format parquet --by-project
    scenario-usage export usage --verify
    """
    from scenario_usage_cli.cli.run.export import run_export

    run_export(
        options,
        runtime,
        dataset=dataset,
        period=period,
        filters=filters,
        connection=connection,
    )


def restatements(runtime: Runtime, options: RestatementOptions, output: TargetOptions) -> None:
    """What has moved in a dataset since it was written, such as by refunds.

    It reads what `export` keeps in DIR, without the network and without a key.

    Examples:
    scenario-usage restatements usage --since 2026-10-01 --until 2026-10-31
    scenario-usage restatements usage --restated-since yesterday --all
    scenario-usage restatements usage --json | jq -r '.restatements[].text'
    """
    from scenario_usage_cli.cli.run.restatements import run_restatements

    run_restatements(options, runtime, output=output)


def doctor(runtime: Runtime, connection: ConnectionOptions, options: DoctorOptions) -> None:
    """Check config, credentials, network and clock.

    A line for each, for what the key can see, and for what the profile narrows every command to.
    The exit code is that of the first check that fails.

    Examples:
    scenario-usage doctor
    scenario-usage doctor --profile studio
    scenario-usage doctor --json | jq .checks
    """
    from scenario_usage_cli.cli.run.doctor import run_doctor

    run_doctor(options, runtime, connection=connection)


def sandbox(runtime: Runtime, options: SandboxOptions) -> None:
    """Serve a local Scenario usage API with a made-up studio.

    It runs until Ctrl-C, and prints the three lines that point a shell to it.

    Examples:
    scenario-usage sandbox
    scenario-usage sandbox --port 9000
    scenario-usage sandbox --port 0
    """
    from scenario_usage_cli.cli.run.sandbox import run_sandbox

    run_sandbox(options, runtime)


def schema(runtime: Runtime, options: SchemaOptions) -> None:
    """Print the JSON Schema (draft 2020-12) of a report's JSON, or of the config file.

    Examples:
    scenario-usage schema report
    scenario-usage schema trend | jq .properties
    scenario-usage schema
    """
    from scenario_usage_cli.cli.run.schema import run_schema

    run_schema(options, runtime)


def completion(runtime: Runtime, options: CompletionOptions) -> None:
    """Print the script for completion in bash, zsh or fish.

    It completes commands, options and values; `help completion` says how to install it.

    Examples:
    source <(scenario-usage completion bash)
    scenario-usage completion zsh > "${fpath[1]}/_scenario-usage"
    scenario-usage completion fish | source
    """
    from scenario_usage_cli.cli.run.completion import run_completion

    run_completion(options, runtime)


def help(runtime: Runtime, options: HelpOptions) -> None:
    """Explain a topic, or list the options of a command.

    Examples:
    scenario-usage help
    scenario-usage help periods
    scenario-usage help export
    """
    from scenario_usage_cli.cli.run.help import run_help

    run_help(options, runtime)


def version(runtime: Runtime) -> None:
    """Print the version.

    Examples:
    scenario-usage version
    scenario-usage --version
    scenario-usage -V
    """
    print_version(wanted=True)
