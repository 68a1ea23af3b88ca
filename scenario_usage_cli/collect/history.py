"""The days that a forecast is made of: half a year of consumption."""

from datetime import UTC, datetime, timedelta

from scenario_usage_cli.buckets import cut_into_buckets
from scenario_usage_cli.clocks import start_of_day
from scenario_usage_cli.collect.fetch import Effort, fetch_usage
from scenario_usage_cli.collect.local import Source
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.periods import Period

_LENGTH = timedelta(weeks=26)


def build_history_request(client: Source, team_id: str, now: datetime) -> Request:
    """What asks for the 26 weeks before this UTC day, and for what there is of it.

    The actions have the days, with refunds; consumption has the names of users.
    """
    today = now.astimezone(UTC).date()
    period = Period(start_of_day(today - _LENGTH, UTC), now, UTC, provisional=True, is_open=True)
    return Request(client, period, Filters(team_id), ("consumption", "actions"))


def fetch_history(request: Request, effort: Effort) -> Usage:
    """The consumption of each UTC day; raises the client's errors."""
    return fetch_usage(request, buckets=cut_into_buckets(request.period, "day"), effort=effort)
