"""What `trend` does: fetch fine enough, add up by bucket and series, show."""

from typing import NamedTuple

from scenario_usage_cli.buckets import UNITS, choose_unit, cut_into_buckets
from scenario_usage_cli.cli.choices import check_choice, read_format
from scenario_usage_cli.cli.config_file import read_settings
from scenario_usage_cli.cli.formats import check_format, write_view
from scenario_usage_cli.cli.options import (
    ConnectionOptions,
    FilterOptions,
    OutputOptions,
    PeriodOptions,
)
from scenario_usage_cli.cli.output import check_output
from scenario_usage_cli.cli.progress import show_progress
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import (
    check_ids,
    connect,
    explain_team,
    read_filters,
    read_period,
)
from scenario_usage_cli.collect.fetch import Effort, fetch_usage
from scenario_usage_cli.collect.identify import find_missing
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.workers import JOBS
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.render import FORMATS, load_renderer
from scenario_usage_cli.report.trend import SECTIONS_OF_SPLIT, SPLITS, build_trend
from scenario_usage_cli.report.trend_view import build_trend_view


class TrendOptions(NamedTuple):
    """Everything that was asked of `trend`."""

    period: PeriodOptions
    filters: FilterOptions
    output: OutputOptions
    connection: ConnectionOptions
    model: list[str] | None
    by: str | None
    split: str | None
    heatmap: bool
    jobs: int | None


def run_trend(options: TrendOptions, runtime: Runtime) -> None:
    """Write the trend; raises ScenarioUsageError, with nothing written."""
    now = runtime.now()
    by = check_choice("--by", options.by, UNITS)
    split = check_choice("--split", options.split, SPLITS) or SPLITS[0]
    models = tuple(options.model or ())
    check_output(options.output.output)
    settings = read_settings(runtime, options.period, options.output, demo=options.connection.demo)
    output_format = check_format(settings, FORMATS)
    _refuse_contradictions(options, by, split, models)
    period = read_period(options.period, settings, now)
    unit = "day" if options.heatmap else by or choose_unit(period)
    buckets = cut_into_buckets(period, unit)
    with (
        connect(runtime, settings.config, options.connection) as client,
        explain_team(client, options.filters, settings),
        show_progress(runtime) as progress,
    ):
        filters = read_filters(options.filters, settings, client, models=models)
        usage = fetch_usage(
            Request(client, period, filters, SECTIONS_OF_SPLIT[split]),
            buckets=buckets,
            effort=Effort(jobs=options.jobs or JOBS, progress=progress),
        )
        usage.notes += check_ids(client, find_missing([usage]), options.filters, settings)
    trend = build_trend(usage, buckets, split, models=usage.patterns, generated_at=now)
    for warning in trend.warnings:
        runtime.warn(warning)
    view = build_trend_view(trend)
    render = load_renderer("heatmap" if options.heatmap else output_format)
    write_view(view, render, options.output, runtime)


def _refuse_contradictions(
    options: TrendOptions, by: str | None, split: str, models: tuple[str, ...]
) -> None:
    if models and split not in ("total", "model"):
        raise BadArgument(
            f"--model narrows models, and --split {split} shows none",
            hint="leave --model out, or split by model",
        )
    if not options.heatmap:
        return
    output_format = read_format(options.output)
    others = {
        "--top": options.output.top is not None,
        f"--by {by}": by not in (None, "day"),
        f"--split {split}": split != "total",
        f"--format {output_format}": output_format not in (None, "table"),
    }
    for option, contradicts in others.items():
        if contradicts:
            raise BadArgument(
                f"--heatmap shows the cost of days, and {option} something else",
                hint="leave one of them out",
            )
