"""Every command with its options and its help; what it does is in the module of its name in `run`.

That module is imported when the command runs, so that --help does not wait for the client, the
data models and the renderers.
"""

from scenario_usage_cli.cli.options import (
    ActivityOptions,
    CompareFilterOptions,
    CompareOptions,
    ConnectionOptions,
    DatasetOptions,
    DoctorOptions,
    ExportOptions,
    FetchOptions,
    FilterOptions,
    HelpOptions,
    ModelFilterOptions,
    OutputOptions,
    PeriodOptions,
    ReportFilterOptions,
    ReportOptions,
    ReportOutputOptions,
    SandboxOptions,
    SchemaOptions,
    StreamOptions,
    TrendOptions,
)
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.typer_adapter import Group


def report(
    runtime: Runtime,
    period: PeriodOptions,
    filters: ReportFilterOptions,
    output: ReportOutputOptions,
    connection: FetchOptions,
    options: ReportOptions,
) -> None:
    """What was spent, on which models, by whom, and for what.

    scenario-usage report --period last-month

    scenario-usage report --last 7d --project Hero --json | jq .totals
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
    output: OutputOptions,
    connection: FetchOptions,
) -> None:
    """How usage went, by hour, day, week or month.

    scenario-usage trend --last 4w --split model --top 5

    scenario-usage trend --period 2026 --by month --csv
    """
    from scenario_usage_cli.cli.run.trend import run_trend

    run_trend(
        options, runtime, period=period, filters=filters, output=output, connection=connection
    )


def compare(
    runtime: Runtime,
    period: PeriodOptions,
    filters: CompareFilterOptions,
    options: CompareOptions,
    output: OutputOptions,
    connection: FetchOptions,
) -> None:
    """What changed from one period to another.

    scenario-usage compare --period last-month

    scenario-usage compare --period 2026-Q2 --against year-ago --section models
    """
    from scenario_usage_cli.cli.run.compare import run_compare

    run_compare(
        options, runtime, period=period, filters=filters, output=output, connection=connection
    )


def activity(
    runtime: Runtime,
    period: PeriodOptions,
    filters: FilterOptions,
    options: ActivityOptions,
    output: StreamOptions,
    connection: FetchOptions,
) -> None:
    """What happened, event by event, and what it cost.

    scenario-usage activity --last 24h

    scenario-usage activity --period last-month --all --format ndjson | jq -c 'select(.cost > 5)'
    """
    from scenario_usage_cli.cli.run.activity import run_activity

    run_activity(
        options, runtime, period=period, filters=filters, output=output, connection=connection
    )


def export(
    runtime: Runtime,
    dataset: DatasetOptions,
    filters: FilterOptions,
    options: ExportOptions,
    connection: FetchOptions,
) -> None:
    """Keep a daily dataset: only what is missing is fetched.

    scenario-usage export usage --since 2026-01-01

    scenario-usage export s3://bucket/usage --format parquet --by-project
    """
    from scenario_usage_cli.cli.run.export import run_export

    run_export(options, runtime, dataset=dataset, filters=filters, connection=connection)


def doctor(runtime: Runtime, connection: ConnectionOptions, options: DoctorOptions) -> None:
    """Check config, credentials, network and clock.

    A line for each, for what the key can see, and for what the profile narrows every command to.
    The exit code is that of the first check that fails.

    scenario-usage doctor --profile studio
    """
    from scenario_usage_cli.cli.run.doctor import run_doctor

    run_doctor(options, runtime, connection=connection)


def sandbox(runtime: Runtime, options: SandboxOptions) -> None:
    """Serve a local Scenario usage API with a made-up studio.

    It runs until Ctrl-C, and prints the three lines that point a shell to it.

    scenario-usage sandbox --port 8080
    """
    from scenario_usage_cli.cli.run.sandbox import run_sandbox

    run_sandbox(options, runtime)


def schema(runtime: Runtime, options: SchemaOptions) -> None:
    """Print the JSON Schema (draft 2020-12) of a report's JSON.

    scenario-usage schema report
    """
    from scenario_usage_cli.cli.run.schema import run_schema

    run_schema(options, runtime)


def _config_path(runtime: Runtime) -> None:
    """Print where the config file is, or would be.

    $EDITOR "$(scenario-usage config path)"
    """
    from scenario_usage_cli.cli.config_file import print_config_path

    print_config_path(runtime)


config = Group("Where the settings are.", {"path": _config_path})


def help(runtime: Runtime, options: HelpOptions) -> None:
    """Explain a topic, or list the options of a command.

    scenario-usage help export
    """
    from scenario_usage_cli.cli.run.help import run_help

    run_help(options, runtime)
