"""What `activity` does: read page by page, and write each before the next is needed."""

from typing import NamedTuple

from scenario_usage_cli.cli.config_file import read_settings
from scenario_usage_cli.cli.formats import check_format
from scenario_usage_cli.cli.options import (
    ConnectionOptions,
    FilterOptions,
    PeriodOptions,
    StreamOptions,
    split_values,
)
from scenario_usage_cli.cli.output import check_output, is_stdout, open_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import (
    check_ids,
    connect,
    explain_team,
    read_filters,
    read_period,
)
from scenario_usage_cli.collect.activity import stream_activity
from scenario_usage_cli.collect.request import ACTIVITY, Request
from scenario_usage_cli.collect.workers import JOBS
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.render.stream import STREAM_RENDERERS
from scenario_usage_cli.report.activity import build_activity_stream

USUAL_LIMIT = 100


class ActivityOptions(NamedTuple):
    """Everything that was asked of `activity`."""

    period: PeriodOptions
    filters: FilterOptions
    output: StreamOptions
    connection: ConnectionOptions
    action: list[str] | None
    limit: int | None
    every: bool
    jobs: int | None


def run_activity(options: ActivityOptions, runtime: Runtime) -> None:
    """Write the log while it comes; raises ScenarioUsageError, after whole rows on stdout
    perhaps, but never with half a file.
    """
    now = runtime.now()
    if options.every and options.limit is not None:
        raise BadArgument("--limit and --all contradict each other", hint="give one of them only")
    target = options.output.output
    check_output(target)
    settings = read_settings(runtime, options.period, options.output, demo=options.connection.demo)
    render = STREAM_RENDERERS[check_format(settings, tuple(STREAM_RENDERERS))]
    period = read_period(options.period, settings, now)
    actions = split_values(options.action)
    warnings: list[str] = []
    with (
        connect(runtime, settings.config, options.connection) as client,
        explain_team(client, options.filters, settings),
    ):
        filters = read_filters(options.filters, settings, client)
        pages = stream_activity(
            Request(client, period, filters, ACTIVITY),
            actions=actions,
            limit=None if options.every else options.limit or USUAL_LIMIT,
            jobs=options.jobs or JOBS,
            warnings=warnings,
            on_nothing=lambda: check_ids(client, filters, options.filters, settings),
        )
        stream = build_activity_stream(
            pages, period, filters, actions=actions, warnings=warnings, generated_at=now
        )
        medium = runtime.build_medium(to_stdout=is_stdout(target), top=None)
        with open_output(target, runtime) as put:
            for piece in render(stream, medium):
                put(piece)
    for warning in warnings:
        runtime.warn(warning)
