"""`scenario-usage report`: consumption, models, assets and the rest, in any format."""

from dataclasses import dataclass
from typing import Annotated

import typer

from scenario_usage_cli.cli.options import (
    ConnectionOptions,
    FilterOptions,
    JobsOption,
    ModelNames,
    OutputOptions,
    PeriodOptions,
    format_option,
)
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.typer_adapter import build_app, define_command

app = build_app()


@dataclass(frozen=True)
class ReportOutputOptions(OutputOptions):
    """As for other commands, with one format more."""

    format: Annotated[
        str | None, format_option("table, json, csv, tsv, markdown or openmetrics")
    ] = None


@define_command(app, "report")
def report(
    runtime: Runtime,
    period: PeriodOptions,
    filters: FilterOptions,
    model: ModelNames = None,
    section: Annotated[
        list[str] | None,
        typer.Option(
            "--section",
            metavar="NAME",
            rich_help_panel="Output",
            help="Only consumption, models, assets, actions, moderation, quality_gates or, "
            "with --by, breakdown; repeatable, commas too.",
        ),
    ] = None,
    output: ReportOutputOptions = ReportOutputOptions(),
    connection: ConnectionOptions = ConnectionOptions(),
    jobs: JobsOption = JobsOption(),
    from_file: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="FILE",
            rich_help_panel="Connection",
            help="Report a saved raw answer instead of asking the API; - is stdin.",
        ),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            metavar="WHAT",
            rich_help_panel="Output",
            help="project or user: also each with its models, one query apiece; repeatable, "
            "commas too.",
        ),
    ] = None,
    save_raw: Annotated[
        str | None,
        typer.Option(
            "--save-raw",
            metavar="FILE",
            rich_help_panel="Output",
            help="Also keep the raw answer, for --from.",
        ),
    ] = None,
    keep_going: Annotated[
        bool,
        typer.Option(
            "--keep-going",
            rich_help_panel="Connection",
            help="Report what came although parts failed: totals are null, the exit code is 5.",
        ),
    ] = False,
) -> None:
    """What was spent, on which models, by whom, and for what.

    scenario-usage report --period last-month

    scenario-usage report --last 7d --project Hero --json | jq .totals
    """
    # Imported when it runs, so that --help does not wait for the client and the data models.
    from scenario_usage_cli.cli.run_report import ReportOptions, run_report

    run_report(
        ReportOptions(
            period,
            filters,
            output,
            connection,
            model,
            section,
            from_file,
            save_raw,
            keep_going,
            by,
            jobs.jobs,
        ),
        runtime,
    )
