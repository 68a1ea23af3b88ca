"""What `activity` does: fetch page by page, and write each page before the next one."""

from collections.abc import Generator, Sequence

from scenario_usage_cli.cli.config.file import read_settings
from scenario_usage_cli.cli.formats import check_format
from scenario_usage_cli.cli.money import add_amounts_of_events, find_list_price, read_money
from scenario_usage_cli.cli.options import (
    ActivityOptions,
    FetchOptions,
    FilterOptions,
    PeriodOptions,
    StreamOptions,
)
from scenario_usage_cli.cli.options.source import SourceOptions
from scenario_usage_cli.cli.output import check_output, is_stdout, open_output
from scenario_usage_cli.cli.parsers import check_choice, split_values
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import find_billing, read_period
from scenario_usage_cli.cli.source import check_source, open_source
from scenario_usage_cli.collect.activity import Event, EventNames, stream_activity
from scenario_usage_cli.collect.hiding import hide_filters, hide_pages
from scenario_usage_cli.collect.request import ACTIVITY, Request
from scenario_usage_cli.collect.workers import JOBS
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.render import FORMATS, list_formats
from scenario_usage_cli.render.stream import STREAM_RENDERERS
from scenario_usage_cli.report.activity import build_activity_stream, sort_by_cost
from scenario_usage_cli.report.fields import ORDERS
from scenario_usage_cli.report.figures import COST

USUAL_LIMIT = 100


def run_activity(
    options: ActivityOptions,
    runtime: Runtime,
    *,
    period: PeriodOptions,
    filters: FilterOptions,
    output: StreamOptions,
    source: SourceOptions,
    connection: FetchOptions,
) -> None:
    """Write the events as they come.

    Raises ScenarioUsageError, perhaps after whole rows on stdout, but never with half a file.
    """
    now = runtime.now()
    check_source(source.from_dataset, connection, now)
    if options.every and options.limit is not None:
        raise BadArgument("--limit and --all contradict each other", hint="give one of them only")
    order = check_choice("--sort", options.sort, ORDERS)
    limit = None if options.every else options.limit or USUAL_LIMIT
    check_output(output.output)
    settings = read_settings(runtime, period, output, demo=connection.demo)
    output_format = check_format(settings, list_formats("activity"))
    render = STREAM_RENDERERS[output_format]
    money = read_money(settings.config, output)
    billing = find_billing(runtime, settings, filters, connection, source.from_dataset)
    span = read_period(period, settings, now, ask_billing=billing)
    actions = split_values(options.action)
    warnings: list[str] = []
    with open_source(runtime, settings, filters, connection, source.from_dataset) as session:
        asked = session.read_filters(span)
        names = EventNames(session.names)
        pages: Generator[Sequence[Event], None, bool] = stream_activity(
            Request(session.client, span, asked, ACTIVITY),
            names,
            actions=actions,
            limit=None if order == COST.order else limit,
            jobs=connection.jobs or JOBS,
            warnings=warnings,
            on_nothing=lambda: session.check_ids(asked),
        )
        pages = hide_pages(pages, warnings, session.pseudonyms)
        if order == COST.order:
            pages = sort_by_cost(pages, limit, warnings)
        stream = build_activity_stream(
            pages,
            span,
            hide_filters(asked, session.pseudonyms),
            actions=actions,
            warnings=warnings,
            users=names if FORMATS[output_format].is_for_people else None,
            generated_at=now,
        )
        money = find_list_price(money, session.client)
        stream = add_amounts_of_events(stream, money, warnings)
        medium = runtime.build_medium(to_stdout=is_stdout(output.output), top=None)
        with open_output(output.output, runtime) as put:
            for piece in render(stream, medium):
                put(piece)
    for warning in warnings:
        runtime.warn(warning)
