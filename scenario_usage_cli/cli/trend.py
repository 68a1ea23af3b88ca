"""`scenario-usage trend`: what was used bucket by bucket."""

from typing import Annotated

import typer

from scenario_usage_cli.cli.options import (
    ConnectionOptions,
    FilterOptions,
    JobsOption,
    ModelNames,
    OutputOptions,
    PeriodOptions,
)
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.typer_adapter import build_app, define_command

app = build_app()


@define_command(app, "trend")
def trend(
    runtime: Runtime,
    period: PeriodOptions,
    filters: FilterOptions,
    model: ModelNames = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="UNIT",
            rich_help_panel="Period",
            help="hour, day, week or month, as the zone has them. Default: by the period's length.",
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            "--split",
            metavar="WHAT",
            rich_help_panel="Output",
            help="total, model, kind or action: one series for each. Default: total.",
        ),
    ] = None,
    heatmap: Annotated[
        bool,
        typer.Option(
            "--heatmap",
            rich_help_panel="Output",
            help="A calendar of days, the stronger the shade the more they cost.",
        ),
    ] = False,
    output: OutputOptions = OutputOptions(),
    connection: ConnectionOptions = ConnectionOptions(),
    jobs: JobsOption = JobsOption(),
) -> None:
    """How usage went, by hour, day, week or month.

    scenario-usage trend --last 4w --split model --top 5

    scenario-usage trend --period 2026 --by month --csv
    """
    # Imported when it runs, so that --help does not wait for the client and the data models.
    from scenario_usage_cli.cli.run_trend import TrendOptions, run_trend

    run_trend(
        TrendOptions(period, filters, output, connection, model, by, split, heatmap, jobs.jobs),
        runtime,
    )
