"""Reads the price list of the API: what packs of CU cost without a contract."""

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.api.wire import exact
from scenario_usage_cli.money import ListPrice


def fetch_list_prices(client: Client) -> list[ListPrice]:
    """The packs that have a size, a price and a currency, in the order of the list."""
    found = []
    for one in client.price_list():
        pack, amount = one.get("creativeUnits"), one.get("unitAmount")
        currency = one.get("currency")
        if pack is not None and amount is not None and currency is not None:
            found.append(ListPrice(exact(pack), exact(amount), currency.upper()))
    return found
