"""Several requests at a time: each is of its own client, period and filters."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx

from scenario_usage_cli.clocks import MILLISECOND
from scenario_usage_cli.collect.fetch import fetch_usages, list_queries
from scenario_usage_cli.collect.model_patterns import split_models
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.periods import Period
from tests.collect.clients import connect
from tests.support import answer, usages

START = datetime(2026, 11, 1, tzinfo=UTC)
DAY = Period(START, START + timedelta(days=1) - MILLISECOND, UTC, provisional=False)


class Account(httpx.BaseTransport):
    """Charges so much for every query, and finds more than so many hours too large."""

    def __init__(self, cost: float, most_hours: float = 24) -> None:
        self._cost, self._most = cost, timedelta(hours=most_hours)
        self.asked = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        start, end = (
            datetime.fromisoformat(request.url.params[key]) for key in ("startDate", "endDate")
        )
        if end - start > self._most:
            return answer({"message": "Request Entity Too Large"}, 413)
        charge = {"userId": "u", "value": self._cost, "discount": 0, "total": self._cost}
        return answer(usages(consumption=[charge]))


def test_requests_of_two_clients_are_fetched_side_by_side() -> None:
    """Each usage is that of its own account, and cut as small as that account needs it."""
    plain, narrow = Account(1), Account(2, most_hours=12)
    requests = [Request(connect(one), DAY, Filters(), ("consumption",)) for one in (narrow, plain)]
    found = fetch_usages(requests)

    assert [usage.consumption["u"]["cost"] for usage in found] == [Decimal(4), Decimal(1)]
    assert (narrow.asked, plain.asked) == (3, 1)


def test_one_client_may_be_asked_for_the_same_twice() -> None:
    """As where a period is compared with itself: there are as many usages as requests."""
    account = Account(1)
    request = Request(connect(account), DAY, Filters(), ("consumption",))

    assert [u.consumption["u"]["cost"] for u in fetch_usages([request, request])] == [1, 1]
    assert (account.asked, len(list_queries([request, request]))) == (2, 2)


def test_models_are_split_by_the_names_of_all_usages() -> None:
    """The same patterns hold for both, though only one of them has the model."""
    named, other = (Usage(("models",), DAY, Filters(models=("Icon, small, b",))) for _ in "ab")
    named.series["models"] = {"m": {}}
    named.models["m"] = "Icon, small, b"
    split_models([named, other])
    assert [usage.patterns for usage in (named, other)] == [("Icon, small, b",)] * 2

    split_models([other])
    assert other.patterns == ("Icon", "small", "b")
