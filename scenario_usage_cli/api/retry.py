"""When a request is tried again, and how long to wait before."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeVar

import httpx

from scenario_usage_cli.api.gate import Gate
from scenario_usage_cli.errors import ApiError

LONGEST_WAIT_S = 60.0
"""The most that one request waits because of its own failures; it is not tried again if an
answer asks for more.
"""

_WAITS_S = (0.5, 1.0, 2.0, 4.0, 8.0)
_JITTER_S = 0.5
_HINTS = {"retry-after-ms": 0.001, "retry-after": 1.0}
_RETRIED_STATUSES = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT)
_SLOWING_STATUSES = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.FORBIDDEN)
"""The statuses of rate limits; any other 403 is not tried again."""

_T = TypeVar("_T")


class Transient(Exception):
    """An attempt that failed with `failure` and is worth another one.

    `wait_s` is how long the server asked to wait, in seconds, or None.
    """

    def __init__(self, failure: ApiError, *, wait_s: float | None = None) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.wait_s = wait_s


@dataclass(frozen=True)
class RetryPolicy:
    """How often to try again; `sleep` waits (seconds), and `log` tells of it.

    All requests of a client pass one gate, which a rate limit closes for all of them.
    """

    retries: int
    sleep: Callable[[float], None]
    log: Callable[[str], None]
    gate: Gate = field(default_factory=Gate)

    def run(self, attempt: Callable[[int], _T]) -> _T:
        """The result of `attempt(number of retries so far)`, tried again while Transient.

        Raises the last failure when tries or patience are used up.
        """
        waited_s = waited_until = 0.0
        tries = 0
        while True:
            self.gate.pass_through(self.sleep, waited_until)
            try:
                return attempt(tries)
            except Transient as failed:
                failure = failed.failure
                wait_s = _back_off_s(tries) if failed.wait_s is None else failed.wait_s
                is_too_long = waited_s + wait_s > LONGEST_WAIT_S
                if is_too_long or tries == self.retries:
                    _tell_the_end(failed, tries + 1, is_too_long=is_too_long)
                    raise failure from failed.__cause__
            if failure.status in _SLOWING_STATUSES:
                waited_until = self.gate.close_for(wait_s)
            self.log(f"retry {tries + 1} of {self.retries} in {wait_s:.1f} s: {failure.message}")
            self.sleep(wait_s)
            waited_s += wait_s
            tries += 1


def is_rate_limit(status: int, headers: httpx.Headers) -> bool:
    """Whether an error status asks to slow down: 429, or a 403 that says when to come back."""
    is_told = any(name in headers for name in _HINTS)
    return status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.FORBIDDEN and is_told)


def is_retried(status: int, headers: httpx.Headers) -> bool:
    """Whether an error status is worth another try; what the server says about it comes first."""
    told = str(headers.get("x-should-retry", "")).lower()
    if told in ("true", "false"):
        return told == "true"
    return status in _RETRIED_STATUSES or status >= 500 or is_rate_limit(status, headers)


def parse_retry_after(headers: httpx.Headers, now: datetime) -> float | None:
    """The seconds that a server asks to wait, above 0; None if it does not ask.

    It may say so by `retry-after-ms` in milliseconds, or by `retry-after` in seconds or as an HTTP
    date. A date is by the server's clock: it is compared with the answer's own `Date` or, without
    one, with `now`.
    """
    for name, scale in _HINTS.items():
        try:
            wait_s = float(headers[name]) * scale
        except (KeyError, ValueError):
            continue
        if wait_s > 0 and math.isfinite(wait_s):
            return wait_s
    until = parse_http_date(headers.get("retry-after", ""))
    if until is None:
        return None
    wait_s = (until - (parse_http_date(headers.get("date", "")) or now)).total_seconds()
    return wait_s if wait_s > 0 else None


def parse_http_date(text: str) -> datetime | None:
    """A date of a header as aware UTC; None for anything else."""
    try:
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _back_off_s(tries: int) -> float:
    """Twice as long each time, up to a bound, and never the same for all that wait."""
    return _WAITS_S[min(tries, len(_WAITS_S) - 1)] + random.uniform(0.0, _JITTER_S)


def _tell_the_end(last: Transient, attempts: int, *, is_too_long: bool) -> None:
    """Say in the last failure why it is the last one."""
    failure = last.failure
    if last.wait_s is not None and is_too_long:
        failure.message += f", and asks to wait {last.wait_s:,.0f} s"
        failure.hint = (
            f"more than {LONGEST_WAIT_S:.0f} s is longer than this tool waits: try again later"
        )
    elif attempts > 1:
        failure.message += f" (tried {attempts} times)"
