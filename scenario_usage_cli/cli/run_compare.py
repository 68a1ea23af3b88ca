"""What `compare` does: fetch two periods, put them side by side, show."""

from typing import NamedTuple

from scenario_usage_cli.against import describe_lengths, parse_against
from scenario_usage_cli.cli.config_file import read_settings
from scenario_usage_cli.cli.formats import (
    check_format,
    check_models,
    parse_sections,
    write_view,
)
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
from scenario_usage_cli.collect.fetch import Effort, fetch_usages
from scenario_usage_cli.collect.identify import find_missing
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.workers import JOBS
from scenario_usage_cli.render import FORMATS, load_renderer
from scenario_usage_cli.report.comparison import COMPARED_SECTIONS, build_comparison
from scenario_usage_cli.report.comparison_view import build_comparison_view
from scenario_usage_cli.report.usage import build_report


class CompareOptions(NamedTuple):
    """Everything that was asked of `compare`."""

    period: PeriodOptions
    against: str
    filters: FilterOptions
    output: OutputOptions
    connection: ConnectionOptions
    model: list[str] | None
    section: list[str] | None
    jobs: int | None


def run_compare(options: CompareOptions, runtime: Runtime) -> None:
    """Write the comparison; raises ScenarioUsageError, with nothing written."""
    now = runtime.now()
    sections = parse_sections(options.section, COMPARED_SECTIONS)
    models = tuple(options.model or ())
    check_models(models, sections)
    check_output(options.output.output)
    settings = read_settings(runtime, options.period, options.output, demo=options.connection.demo)
    render = load_renderer(check_format(settings, FORMATS))
    period = read_period(options.period, settings, now)
    against = parse_against(options.against, period, now)
    with (
        connect(runtime, settings.config, options.connection) as client,
        explain_team(client, options.filters, settings),
        show_progress(runtime) as progress,
    ):
        filters = read_filters(options.filters, settings, client, models=models)
        effort = Effort(jobs=options.jobs or JOBS, progress=progress)
        request = Request(client, period, filters, sections or COMPARED_SECTIONS)
        usages = fetch_usages([request, request._replace(period=against.period)], effort=effort)
        remarks = check_ids(client, find_missing(usages), options.filters, settings)
        for usage in usages:
            usage.notes += remarks
    reports = [build_report(usage, models=usage.patterns, generated_at=now) for usage in usages]
    comparison = build_comparison(*reports, note=describe_lengths(period, against))
    for warning in comparison.warnings:
        runtime.warn(warning)
    write_view(build_comparison_view(comparison), render, options.output, runtime)
