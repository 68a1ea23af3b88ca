"""What is asked of the API, and by whom."""

from typing import NamedTuple

from scenario_usage_cli.collect.local import Source
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.periods import Period

ACTIVITY = ("activity",)


class Request(NamedTuple):
    """One usage, or event log, to fetch. The client says whose it is.

    `sections` have our names; those of the event log are `ACTIVITY`.
    """

    client: Source
    period: Period
    filters: Filters
    sections: tuple[str, ...]
