"""What is asked of the API, and by whom."""

from typing import NamedTuple

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.periods import Period


class Request(NamedTuple):
    """One usage to fetch. `sections` have our names; the client says whose usage it is."""

    client: Client
    period: Period
    filters: Filters
    sections: tuple[str, ...]
