"""What an answer takes is given back as soon as nobody looks at it, without the cycle collector."""

import gc
import tracemalloc
import weakref
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from scenario_usage_cli.api.client import Client, Connection
from scenario_usage_cli.api.deadline import Deadline
from scenario_usage_cli.api.query import UsagesQuery
from scenario_usage_cli.api.retry import RetryPolicy
from scenario_usage_cli.api.transport import open_transport
from scenario_usage_cli.redaction import Redactor
from tests.support import NOW
from tests.weather import Weather, always, sends

QUERY = UsagesQuery(NOW - timedelta(days=1), NOW, ("consumption",))
BODY_BYTES = 1_000_000


class Answer:
    """Anything that can be watched."""


@pytest.fixture(autouse=True)
def _without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def policy() -> RetryPolicy:
    """One that never waits."""
    return RetryPolicy(0, lambda seconds: None, lambda line: None)


def test_a_retried_result_belongs_to_the_caller_alone() -> None:
    """Parts are fetched by the dozen, and each holds megabytes."""
    result = policy().run(lambda tries: Answer())
    watched = weakref.ref(result)
    del result

    assert watched() is None


def test_bodies_do_not_pile_up() -> None:
    """Twenty answers of a megabyte, one after the other, leave less than three behind."""
    with Weather(always(sends(200, b" " * BODY_BYTES))) as weather:
        deadline = Deadline()
        connection = Connection(
            base_url=weather.url,
            auth=None,
            retry=policy(),
            redactor=Redactor(),
            log=lambda line: None,
            now=lambda: NOW,
            transport=open_transport(httpx.URL(weather.url), deadline),
            deadline=deadline,
        )
        with Client(connection) as client:
            client.usages_body(QUERY)
            tracemalloc.start()
            for _ in range(20):
                assert len(client.usages_body(QUERY)) == BODY_BYTES
            kept_bytes, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()

    assert kept_bytes < 3 * BODY_BYTES
