"""What `trend` does: fetch fine enough, add up by bucket and series, show."""

from scenario_usage_cli.buckets import UNITS, Buckets, choose_unit, cut_into_buckets
from scenario_usage_cli.cli.config.file import read_settings
from scenario_usage_cli.cli.dimensions import KNOWN_DIMENSIONS, find_dimensions
from scenario_usage_cli.cli.effort import open_effort
from scenario_usage_cli.cli.formats import read_format
from scenario_usage_cli.cli.made_at import find_made_at
from scenario_usage_cli.cli.money import (
    add_amounts_of_trend,
    cut_at_changes,
    find_list_price,
    read_money,
)
from scenario_usage_cli.cli.options import (
    FetchOptions,
    ModelFilterOptions,
    OutputOptions,
    PeriodOptions,
    TrendOptions,
)
from scenario_usage_cli.cli.options.source import SourceOptions
from scenario_usage_cli.cli.output import check_output, prepare_format, tell_warnings, write_view
from scenario_usage_cli.cli.parsers import check_choice
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import find_billing, read_period
from scenario_usage_cli.cli.source import check_source, open_source
from scenario_usage_cli.collect.breakdown import PROJECT, USER, fetch_breakdowns
from scenario_usage_cli.collect.fetch import fetch_usage
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.render import FORMATS
from scenario_usage_cli.report.fields import ORDERS
from scenario_usage_cli.report.trend import SPLITS, Trend, build_trend, list_sections
from scenario_usage_cli.report.trend_view import build_trend_view
from scenario_usage_cli.settings import Setting


def run_trend(
    options: TrendOptions,
    runtime: Runtime,
    *,
    period: PeriodOptions,
    filters: ModelFilterOptions,
    output: OutputOptions,
    source: SourceOptions,
    connection: FetchOptions,
) -> None:
    """Write the trend; raises ScenarioUsageError, with nothing written."""
    now = runtime.now()
    check_source(source.from_dataset, connection, now)
    by = check_choice("--by", options.by, UNITS)
    split = check_choice("--split", options.split, (*SPLITS, *KNOWN_DIMENSIONS)) or SPLITS[0]
    order = check_choice("--sort", output.sort, ORDERS)
    models = tuple(filters.model or ())
    check_output(output.output)
    settings = read_settings(runtime, period, output, demo=connection.demo)
    money = None if options.heatmap else read_money(settings.config, output)
    output_format = prepare_format(settings, "trend", output, runtime)
    made_at = find_made_at(now, output_format, runtime)
    if models and split in ("kind", "action"):
        raise BadArgument(
            f"--model narrows models, and --split {split} shows none",
            hint="leave --model out, or split by model",
        )
    named = [split] if split in KNOWN_DIMENSIONS else []
    dimensions = find_dimensions("--split", named, options.cost_centres, settings.config, runtime)
    if options.heatmap:
        _refuse_beside_heatmap(output, by, split)
    billing = find_billing(runtime, settings, filters, connection, source.from_dataset)
    span = read_period(period, settings, now, ask_billing=billing)
    unit = "day" if options.heatmap else by or choose_unit(span)
    if source.from_dataset is not None and unit == "hour" and by is None:
        unit = "day"
    buckets = cut_into_buckets(span, unit)
    fine = cut_at_changes(buckets, money, span)
    with (
        open_source(runtime, settings, filters, connection, source.from_dataset) as session,
        open_effort(runtime, connection, see=session.names.see) as effort,
    ):
        asked = session.read_filters(span, models=models)
        session.names.expect(
            asked,
            is_headed=FORMATS[output_format].is_for_people,
            has_users=USER in dimensions,
            has_projects=PROJECT in dimensions,
        )
        request = Request(
            session.client,
            span,
            asked,
            list_sections(split, tells_granularity=source.from_dataset is None),
        )
        money = find_list_price(money, session.client)
        usage = fetch_usage(request, buckets=fine, effort=effort)
        breakdowns = fetch_breakdowns(dimensions, [request], [usage], buckets=fine, effort=effort)
        breakdowns = session.settle([usage], breakdowns)

    def build(buckets: Buckets) -> Trend:
        return build_trend(
            usage,
            span,
            buckets,
            split,
            models=usage.patterns,
            breakdown=next(iter(breakdowns), None),
            generated_at=made_at,
        )

    trend = build(buckets)
    view = build_trend_view(trend.sort(order))
    view = add_amounts_of_trend(
        view, money, trend, lambda: trend if fine == buckets else build(fine), runtime
    )
    shown_as = "heatmap" if options.heatmap else output_format
    tell_warnings(trend.warnings, view, shown_as, runtime)
    write_view(view, shown_as, output, runtime)


def _refuse_beside_heatmap(output: OutputOptions, by: str | None, split: str) -> None:
    chosen = read_format(output) or Setting("table", "default")
    as_option = f" {chosen.value}" if chosen.source == "--format" else ""
    others = {
        "--top": output.top is not None,
        "--cu-price": output.cu_price is not None,
        "--currency": output.currency is not None,
        "--sort": output.sort is not None,
        f"--by {by}": by not in (None, "day"),
        f"--split {split}": split not in ("total", *KNOWN_DIMENSIONS),
        f"{chosen.source}{as_option}": chosen.value != "table",
    }
    for option, contradicts in others.items():
        if contradicts:
            raise BadArgument(
                f"--heatmap shows the cost of days, and {option} something else",
                hint="leave one of them out; without --heatmap, a page has a calendar of days",
            )
