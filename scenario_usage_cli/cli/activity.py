"""`scenario-usage activity`: the event log, newest first, written while it is read."""

from typing import Annotated

import typer

from scenario_usage_cli.cli.options import (
    ConnectionOptions,
    FilterOptions,
    JobsOption,
    PeriodOptions,
    StreamOptions,
)
from scenario_usage_cli.cli.parsers import parse_limit
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.typer_adapter import build_app, define_command

app = build_app()


@define_command(app, "activity")
def activity(
    runtime: Runtime,
    period: PeriodOptions,
    filters: FilterOptions,
    action: Annotated[
        list[str] | None,
        typer.Option(
            "--action",
            metavar="NAME",
            rich_help_panel="Filters",
            help="Only events of this action; repeatable, commas too.",
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            metavar="N",
            parser=parse_limit,
            rich_help_panel="Filters",
            help="Only the newest N of what the other filters leave. Default: 100.",
        ),
    ] = None,
    every: Annotated[
        bool,
        typer.Option("--all", rich_help_panel="Filters", help="Every event of the period."),
    ] = False,
    output: StreamOptions = StreamOptions(),
    connection: ConnectionOptions = ConnectionOptions(),
    jobs: JobsOption = JobsOption(),
) -> None:
    """What happened, event by event, and what it cost.

    scenario-usage activity --last 24h

    scenario-usage activity --period last-month --all --format ndjson | jq -c 'select(.cost > 5)'
    """
    # Imported when it runs, so that --help does not wait for the client and the data models.
    from scenario_usage_cli.cli.run_activity import ActivityOptions, run_activity

    run_activity(
        ActivityOptions(period, filters, output, connection, action, limit, every, jobs.jobs),
        runtime,
    )
