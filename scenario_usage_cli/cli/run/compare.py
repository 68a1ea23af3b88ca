"""What `compare` does: fetch two periods, put them side by side, show."""

from scenario_usage_cli.against import PREVIOUS, describe_lengths, parse_against
from scenario_usage_cli.cli.config.file import read_settings
from scenario_usage_cli.cli.dimensions import (
    KNOWN_DIMENSIONS,
    check_breakdown,
    find_dimensions,
)
from scenario_usage_cli.cli.effort import open_effort
from scenario_usage_cli.cli.made_at import find_made_at
from scenario_usage_cli.cli.money import (
    add_amounts_of_both,
    check_prices,
    find_list_price,
    read_money,
)
from scenario_usage_cli.cli.options import (
    CompareFilterOptions,
    CompareOptions,
    CompareOutputOptions,
    FetchOptions,
    PeriodOptions,
)
from scenario_usage_cli.cli.options.source import SourceOptions
from scenario_usage_cli.cli.output import check_output, prepare_format, tell_warnings, write_view
from scenario_usage_cli.cli.parsers import check_choice, parse_names
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import check_models, find_billing, read_period
from scenario_usage_cli.cli.source import check_source, open_source
from scenario_usage_cli.collect.breakdown import (
    BREAKDOWN,
    PROJECT,
    SECTIONS_OF_BREAKDOWN,
    USER,
    fetch_breakdowns,
)
from scenario_usage_cli.collect.fetch import fetch_usages
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.days import parse_billing
from scenario_usage_cli.render import FORMATS
from scenario_usage_cli.report.comparison import COMPARED_SECTIONS, build_comparison
from scenario_usage_cli.report.comparison_view import build_comparison_view
from scenario_usage_cli.report.fields import ORDERS
from scenario_usage_cli.report.usage import build_report


def run_compare(
    options: CompareOptions,
    runtime: Runtime,
    *,
    period: PeriodOptions,
    filters: CompareFilterOptions,
    output: CompareOutputOptions,
    source: SourceOptions,
    connection: FetchOptions,
) -> None:
    """Write the comparison; raises ScenarioUsageError, with nothing written."""
    now = runtime.now()
    check_source(source.from_dataset, connection, now)
    sections = parse_names("--section", filters.section, (*COMPARED_SECTIONS, BREAKDOWN))
    by = check_choice("--by", options.by, KNOWN_DIMENSIONS)
    order = check_choice("--sort", output.sort, ORDERS)
    models = tuple(filters.model or ())
    check_models(models, sections)
    check_breakdown(by and [by], sections)
    check_output(output.output)
    settings = read_settings(runtime, period, output, demo=connection.demo)
    money = read_money(settings.config, output)
    output_format = prepare_format(settings, "compare", output, runtime)
    made_at = find_made_at(now, output_format, runtime)
    dimensions = find_dimensions(
        "--by", [by] if by else [], options.cost_centres, settings.config, runtime
    )
    billing = find_billing(runtime, settings, filters, connection, source.from_dataset)
    span = read_period(period, settings, now, ask_billing=billing)
    against = parse_against(options.against or PREVIOUS, span, now)
    check_prices(money, span)
    check_prices(money, against.period, is_against=True)
    with (
        open_source(runtime, settings, filters, connection, source.from_dataset) as session,
        open_effort(runtime, connection, see=session.names.see) as effort,
    ):
        asked = session.read_filters(span, against.period, models=models)
        needed = SECTIONS_OF_BREAKDOWN if by else sections or COMPARED_SECTIONS
        session.names.expect(
            asked,
            is_headed=FORMATS[output_format].is_for_people,
            has_users="consumption" in (sections or COMPARED_SECTIONS) or USER in dimensions,
            has_projects=PROJECT in dimensions,
        )
        request = Request(session.client, span, asked, needed)
        requests = [request, request._replace(period=against.period)]
        money = find_list_price(money, session.client)
        usages = fetch_usages(requests, effort=effort)
        breakdowns = fetch_breakdowns(dimensions, requests, usages, effort=effort)
        breakdowns = session.settle(usages, breakdowns)
    shown = sections and tuple(name for name in sections if name != BREAKDOWN)
    reports = [
        build_report(
            usage,
            models=usage.patterns,
            sections=shown,
            breakdowns=breakdowns[number : number + 1],
            are_detailed=False,
            generated_at=made_at,
        )
        for number, usage in enumerate(usages)
    ]
    notes = (_describe_billing(period, options), describe_lengths(span, against))
    note = "; ".join(filter(None, notes)) or None
    comparison = build_comparison(*reports, note=note)
    view = build_comparison_view(comparison.sort(order))
    view = add_amounts_of_both(view, money, span, against.period, runtime)
    tell_warnings(comparison.warnings, view, output_format, runtime)
    write_view(view, output_format, output, runtime)


def _describe_billing(period: PeriodOptions, options: CompareOptions) -> str | None:
    """What a reader must know who may take the stretch before for a billing period."""
    asked = [text for text in (period.period, period.start) if text and parse_billing(text)]
    if not asked or options.against not in (None, PREVIOUS):
        return None
    return "past billing periods are not known: the other period is as long, before this one"
