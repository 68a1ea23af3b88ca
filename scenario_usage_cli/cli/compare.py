"""`scenario-usage compare`: a period beside another one, and what changed."""

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


@define_command(app, "compare")
def compare(
    runtime: Runtime,
    period: PeriodOptions,
    filters: FilterOptions,
    against: Annotated[
        str,
        typer.Option(
            "--against",
            metavar="P",
            show_default=False,
            rich_help_panel="Period",
            help="previous, year-ago, any --period, or START..END. Default: previous.",
        ),
    ] = "previous",
    model: ModelNames = None,
    section: Annotated[
        list[str] | None,
        typer.Option(
            "--section",
            metavar="NAME",
            rich_help_panel="Output",
            help="Only consumption, models or assets; repeatable, commas too.",
        ),
    ] = None,
    output: OutputOptions = OutputOptions(),
    connection: ConnectionOptions = ConnectionOptions(),
    jobs: JobsOption = JobsOption(),
) -> None:
    """What changed from one period to another.

    scenario-usage compare --period last-month

    scenario-usage compare --period 2026-Q2 --against year-ago --section models
    """
    # Imported when it runs, so that --help does not wait for the client and the data models.
    from scenario_usage_cli.cli.run_compare import CompareOptions, run_compare

    run_compare(
        CompareOptions(period, against, filters, output, connection, model, section, jobs.jobs),
        runtime,
    )
