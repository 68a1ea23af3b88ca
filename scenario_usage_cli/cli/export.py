"""`scenario-usage export`: a daily dataset on disk or in a bucket, kept up to date."""

from datetime import timedelta
from typing import Annotated

import typer

from scenario_usage_cli.cli.options import ConnectionOptions, FilterOptions, JobsOption
from scenario_usage_cli.cli.parsers import parse_duration
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.typer_adapter import build_app, define_command

app = build_app()

_DATASET, _RUN = "Dataset", "Run"


@define_command(app, "export")
def export(
    runtime: Runtime,
    directory: Annotated[
        str,
        typer.Argument(
            metavar="DIR",
            rich_help_panel=_DATASET,
            help="A folder, or a URL such as s3://bucket/usage.",
        ),
    ],
    datasets: Annotated[
        list[str] | None,
        typer.Option(
            "--datasets",
            metavar="NAMES",
            rich_help_panel=_DATASET,
            help="models, assets, actions, moderation, quality_gates, consumption, activity; "
            "repeatable, commas too. Default: all but activity.",
        ),
    ] = None,
    file_format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            rich_help_panel=_DATASET,
            help="csv or parquet. Default: as DIR has it, csv in a new one.",
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="DATE",
            rich_help_panel=_DATASET,
            help="The first day (UTC). Default: the dataset's first day; 31 days ago in a new one.",
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            metavar="DATE",
            rich_help_panel=_DATASET,
            help="The last day, included. Default: today.",
        ),
    ] = None,
    by_project: Annotated[
        bool,
        typer.Option(
            "--by-project",
            rich_help_panel=_DATASET,
            help="Tell projects apart: columns project_id and project, one query for each.",
        ),
    ] = False,
    settle: Annotated[
        timedelta | None,
        typer.Option(
            "--settle",
            metavar="DURATION",
            parser=parse_duration,
            rich_help_panel=_DATASET,
            help="Days younger than this are fetched again, as refunds come late. Default: 3d.",
        ),
    ] = None,
    filters: FilterOptions = FilterOptions(),
    repair: Annotated[
        bool,
        typer.Option(
            "--repair", rich_help_panel=_RUN, help="Fetch again what somebody else has changed."
        ),
    ] = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            rich_help_panel=_RUN,
            help="Check manifest, checksums, columns and gaps instead, without the network.",
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", rich_help_panel=_RUN, help="List the queries, and stop."),
    ] = False,
    lock_timeout: Annotated[
        timedelta | None,
        typer.Option(
            "--lock-timeout",
            metavar="DURATION",
            parser=parse_duration,
            rich_help_panel=_RUN,
            help="How long to wait for another run into DIR. Default: 60s.",
        ),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", rich_help_panel=_RUN, help="Print the summary as JSON."),
    ] = False,
    connection: ConnectionOptions = ConnectionOptions(),
    jobs: JobsOption = JobsOption(),
) -> None:
    """Keep a daily dataset: only what is missing is fetched.

    scenario-usage export usage --since 2026-01-01

    scenario-usage export s3://bucket/usage --format parquet --by-project
    """
    # Imported when it runs, so that --help does not wait for it.
    from scenario_usage_cli.cli.export_options import ExportOptions
    from scenario_usage_cli.cli.run_export import run_export

    run_export(
        ExportOptions(
            directory=directory,
            datasets=datasets,
            file_format=file_format,
            since=since,
            until=until,
            by_project=by_project,
            settle=settle,
            filters=filters,
            repair=repair,
            verify=verify,
            dry_run=dry_run,
            lock_timeout=lock_timeout,
            as_json=as_json,
            connection=connection,
            jobs=jobs.jobs,
        ),
        runtime,
    )
