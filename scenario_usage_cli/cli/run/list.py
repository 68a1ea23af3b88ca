"""What `list` does: look up what an account has, and show it."""

from typing import TYPE_CHECKING

from scenario_usage_cli.cli.config.file import read_settings
from scenario_usage_cli.cli.effort import open_effort
from scenario_usage_cli.cli.made_at import find_made_at
from scenario_usage_cli.cli.money import add_amounts, check_prices, find_list_price, read_money
from scenario_usage_cli.cli.options import (
    ConnectionOptions,
    FetchOptions,
    FilterOptions,
    ListOutputOptions,
    ModelFilterOptions,
    PeriodOptions,
    TeamOptions,
)
from scenario_usage_cli.cli.output import check_output, prepare_format, write_view
from scenario_usage_cli.cli.parsers import check_choice
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import find_billing, open_session, read_period
from scenario_usage_cli.collect.fetch import fetch_usage
from scenario_usage_cli.collect.hidden_lists import hide_listing
from scenario_usage_cli.collect.listing import fetch_keys, fetch_people, fetch_projects
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.render import FORMATS
from scenario_usage_cli.report.fields import Table
from scenario_usage_cli.report.figures import JOBS
from scenario_usage_cli.report.listing import Inventory, build_inventory, build_models
from scenario_usage_cli.report.listing_tables import (
    CONSUMPTION,
    LISTED_MODELS,
    LISTS,
    list_orders,
)
from scenario_usage_cli.report.listing_view import build_inventory_view
from scenario_usage_cli.report.usage import build_report

if TYPE_CHECKING:
    from scenario_usage_cli.money import Money

_FETCHERS = {"projects": fetch_projects, "people": fetch_people, "keys": fetch_keys}
"""What looks up the rows of the lists of whole teams."""


def run_list(
    what: str,
    runtime: Runtime,
    *,
    filters: TeamOptions,
    output: ListOutputOptions,
    connection: ConnectionOptions,
) -> None:
    """Write the list of projects, people or keys; raises ScenarioUsageError, with nothing written.

    The projects of a profile narrow what is reported, and not what there is.
    """
    now = runtime.now()
    table = LISTS[what]
    order = _read_order(output, table)
    check_output(output.output)
    settings = read_settings(runtime, PeriodOptions(), output, demo=connection.demo)
    money = read_money(settings.config, output)
    output_format = prepare_format(settings, "list", output, runtime)
    made_at = find_made_at(now, output_format, runtime)
    settings = settings._replace(projects=())
    with open_session(runtime, settings, FilterOptions(team=filters.team), connection) as session:
        listing = _FETCHERS[what](session.client, session.team_id, now)
        listing = hide_listing(listing, session.pseudonyms)
        money = find_list_price(money, session.client)
    check_prices(money, listing.period, is_billing_period=True)
    inventory = build_inventory(table, listing, generated_at=made_at)
    _write(inventory.sort(order), money, output_format, output, runtime)


def run_list_models(
    runtime: Runtime,
    *,
    period: PeriodOptions,
    filters: ModelFilterOptions,
    output: ListOutputOptions,
    connection: FetchOptions,
) -> None:
    """Write the list of models in use; raises ScenarioUsageError, with nothing written."""
    now = runtime.now()
    models = tuple(filters.model or ())
    order = _read_order(output, LISTED_MODELS)
    check_output(output.output)
    settings = read_settings(runtime, period, output, demo=connection.demo)
    money = read_money(settings.config, output)
    output_format = prepare_format(settings, "list", output, runtime)
    made_at = find_made_at(now, output_format, runtime)
    billing = find_billing(runtime, settings, filters, connection)
    span = read_period(period, settings, now, ask_billing=billing)
    check_prices(money, span)
    with (
        open_session(runtime, settings, filters, connection) as session,
        open_effort(runtime, connection, see=session.names.see) as effort,
    ):
        asked = session.read_filters(span, models=models)
        session.names.expect(asked, is_headed=FORMATS[output_format].is_for_people, has_users=False)
        request = Request(session.client, span, asked, ("models",))
        money = find_list_price(money, session.client)
        usage = fetch_usage(request, effort=effort)
        session.settle([usage])
    report = build_report(usage, models=usage.patterns, generated_at=made_at).sort(order)
    _write(build_models(report), money, output_format, output, runtime)


def _read_order(output: ListOutputOptions, table: Table) -> str | None:
    """The order that --sort names.

    What a list calls consumption may be called cost as well, and what it calls jobs is its count.
    """
    orders = list_orders(table)
    given = output.sort and output.sort.lower().replace("_", "-")
    known_as = {"cost": CONSUMPTION.order, "count": JOBS.order}.get(given or "")
    if given not in orders and known_as in orders:
        given = known_as
    return check_choice("--sort", given, orders)


def _write(
    inventory: Inventory,
    money: "Money | None",
    output_format: str,
    output: ListOutputOptions,
    runtime: Runtime,
) -> None:
    for warning in inventory.warnings:
        runtime.warn(warning)
    view = add_amounts(build_inventory_view(inventory), money, inventory.period, runtime)
    write_view(view, output_format, output, runtime)
