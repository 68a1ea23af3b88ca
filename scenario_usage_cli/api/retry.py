"""When a request is tried again, and how long to wait before."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    wait_exponential,
    wait_random,
)

from scenario_usage_cli.api.gate import Gate
from scenario_usage_cli.errors import ApiError

LONGEST_WAIT_S = 60.0
"""All waiting for one request together; an answer that asks for more ends the trying."""

_BACKOFF = wait_exponential(multiplier=0.5, max=8.0) + wait_random(0.0, 0.5)
TOO_MANY_REQUESTS = 429
_RETRIED_STATUSES = (408, 409, TOO_MANY_REQUESTS)

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
    """How often to try again, and what waits (seconds) and tells of it. All requests of a client
    pass one gate, which a 429 closes for all of them.
    """

    retries: int
    sleep: Callable[[float], None]
    log: Callable[[str], None]
    gate: Gate = field(default_factory=Gate)

    def run(self, attempt: Callable[[int], _T]) -> _T:
        """The result of `attempt(number of retries so far)`, tried again while Transient.

        Raises the last failure when tries or patience are used up.
        """
        waited_until = 0.0

        def pass_and_try() -> _T:
            closed_s = self.gate.remaining_s(waited_until)
            if closed_s > 0:
                self.sleep(closed_s)
            return attempt(retrying.statistics["attempt_number"] - 1)

        def tell(state: RetryCallState) -> None:
            nonlocal waited_until
            failure = _failure(state).failure
            if failure.status == TOO_MANY_REQUESTS:
                waited_until = self.gate.close_for(state.upcoming_sleep)
            self.log(
                f"retry {state.attempt_number} of {self.retries} "
                f"in {state.upcoming_sleep:.1f} s: {failure.message}"
            )

        retrying = Retrying(
            retry=retry_if_exception_type(Transient),
            wait=_wait_s,
            stop=self._is_over,
            sleep=self.sleep,
            before_sleep=tell,
            retry_error_callback=_give_up,
        )
        result: _T = retrying(pass_and_try)
        return result

    def _is_over(self, state: RetryCallState) -> bool:
        waited_s: float = state.idle_for + state.upcoming_sleep
        tries: int = state.attempt_number
        return tries > self.retries or waited_s > LONGEST_WAIT_S


def is_retried(status: int, headers: httpx.Headers) -> bool:
    """Whether an error status is worth another try; the server's own word comes first."""
    told = str(headers.get("x-should-retry", "")).lower()
    if told in ("true", "false"):
        return told == "true"
    return status in _RETRIED_STATUSES or status >= 500


def parse_retry_after(headers: httpx.Headers, now: datetime) -> float | None:
    """The seconds a server asks to wait, from any of its three forms; None without a usable one.

    `retry-after-ms` in milliseconds, then `retry-after` in seconds or as an HTTP date.
    """
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            wait_s = float(headers[name]) * scale
        except (KeyError, ValueError):
            continue
        if math.isfinite(wait_s):
            return max(0.0, wait_s)
    until = parse_http_date(headers.get("retry-after", ""))
    return None if until is None else max(0.0, (until - now).total_seconds())


def parse_http_date(text: str) -> datetime | None:
    """A date as headers write it, as aware UTC; None for anything else."""
    try:
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _wait_s(state: RetryCallState) -> float:
    asked = _failure(state).wait_s
    return _BACKOFF(state) if asked is None else asked


def _give_up(state: RetryCallState) -> None:
    last = _failure(state)
    failure = last.failure
    if last.wait_s is not None and state.idle_for + last.wait_s > LONGEST_WAIT_S:
        failure.message += f", and asks to wait {last.wait_s:,.0f} s"
        failure.hint = f"more than {LONGEST_WAIT_S:.0f} s of waiting is left to you: try later"
    elif state.attempt_number > 1:
        failure.message += f" (tried {state.attempt_number} times)"
    raise failure from last.__cause__


def _failure(state: RetryCallState) -> Transient:
    """What the attempt raised; tenacity asks only after a failure."""
    failure = state.outcome.exception() if state.outcome else None
    assert isinstance(failure, Transient)
    return failure
