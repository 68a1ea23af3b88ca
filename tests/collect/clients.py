"""Clients of made-up APIs, without a command line."""

from datetime import UTC, datetime

import httpx

from scenario_usage_cli.api.client import Client, Connection
from scenario_usage_cli.api.deadline import Deadline
from scenario_usage_cli.api.retry import RetryPolicy
from scenario_usage_cli.periods import Period
from scenario_usage_cli.redaction import Redactor
from tests.support import NOW

OCTOBER = Period(
    datetime(2026, 10, 1, tzinfo=UTC),
    datetime(2026, 10, 31, 23, 59, 59, 999000, tzinfo=UTC),
    UTC,
    provisional=False,
)


def connect(transport: httpx.BaseTransport) -> Client:
    """A client that neither sleeps nor retries."""

    def sleep(seconds: float) -> None:
        """No time passes."""

    def log(line: str) -> None:
        """Nobody listens."""

    return Client(
        Connection(
            base_url="http://127.0.0.1/v1",
            auth=httpx.BasicAuth("sandbox-key", "sandbox-secret"),
            retry=RetryPolicy(retries=0, sleep=sleep, log=log),
            redactor=Redactor(),
            log=log,
            now=lambda: NOW,
            transport=transport,
            deadline=Deadline(),
        )
    )
