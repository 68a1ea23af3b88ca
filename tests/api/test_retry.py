"""Which answers are tried again, which hints are understood, and how a policy runs and ends."""

from datetime import UTC, datetime, timedelta, timezone

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.api.retry import (
    LONGEST_WAIT_S,
    RetryPolicy,
    Transient,
    is_retried,
    parse_retry_after,
)
from scenario_usage_cli.errors import RequestFailed, UnreadableAnswer
from tests.cases import each

NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
LATER = "Sun, 22 Nov 2026 18:30:07 GMT"


@each(
    ("headers", "wait_s"),
    [
        ({}, None),
        ({"retry-after": "0"}, None),
        ({"retry-after": "0.000"}, None),
        ({"retry-after": "-0"}, None),
        ({"retry-after-ms": "0"}, None),
        ({"retry-after-ms": "0", "retry-after": "9"}, 9.0),
        ({"retry-after-ms": "-1", "retry-after": LATER}, 7.0),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after": ".5"}, 0.5),
        ({"retry-after": "1e2"}, 100.0),
        ({"Retry-After": "  7  "}, 7.0),
        ({"retry-after": "86400"}, 86400.0),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "0.5"}, 0.0005),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "x", "retry-after": "9"}, 9.0),
        ({"retry-after-ms": "nan", "retry-after": "9"}, 9.0),
        ({"retry-after-ms": "inf", "retry-after": LATER}, 7.0),
        ({"retry-after": LATER}, 7.0),
        ({"retry-after": "Sun, 22 Nov 2026 19:30:07 +0100"}, 7.0),
        ({"retry-after": "Sunday, 22-Nov-26 18:30:07 GMT"}, 7.0),
        ({"retry-after": "Sun Nov 22 18:30:07 2026"}, 7.0),  # RFC 9110: an HTTP date, in UTC
        ({"retry-after": "Sun, 22 Nov 2026 18:30:07 -0000"}, 7.0),  # RFC 5322: UTC, of no zone
        ({"retry-after": "Sun, 22 Nov 2026 18:00:00 GMT"}, None),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
        ({"retry-after": LATER, "date": "Sun, 22 Nov 2026 18:30:03 GMT"}, 4.0),
        ({"retry-after": LATER, "date": "Sun, 22 Nov 2026 17:30:07 GMT"}, 3600.0),
        ({"retry-after": LATER, "date": LATER}, None),
        ({"retry-after": LATER, "date": "Sun, 22 Nov 2026 19:00:00 GMT"}, None),
        ({"retry-after": LATER, "date": "yesterday"}, 7.0),
        (
            {
                "retry-after": "Sun, 22 Nov 2020 00:00:09 GMT",
                "date": "Sun, 22 Nov 2020 00:00:00 GMT",
            },
            9.0,
        ),
        ({"retry-after": "5", "date": "Sun, 22 Nov 2020 00:00:00 GMT"}, 5.0),
        ({"retry-after": "Mon, 23 Nov 2026 18:30:00 GMT"}, 86400.0),
        ({"retry-after": ""}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "1e999"}, None),
        ({"retry-after": "7, 8"}, None),
        ({"retry-after": "7 s"}, None),
        ({"retry-after": "Sun, 31 Feb 2026 18:30:07 GMT"}, None),
        ({"retry-after": "Sun, 22 Nov 2026 18:30:07 +99999999999"}, None),
        ({"retry-after": "Sun, 22 Nov 99999999999999999999 18:30:07 GMT"}, None),
        ({"retry-after": "Sun, 99999999999999999999 Nov 2026 18:30:07 GMT"}, None),
        ({"retry-after-ms": ""}, None),
        ({"retry-after-ms": LATER}, None),
    ],
)
def test_a_hint_is_seconds_from_now(headers: dict[str, str], wait_s: float | None) -> None:
    """In any of its forms; what has no sense is no hint."""
    assert parse_retry_after(httpx.Headers(headers), NOW) == wait_s


@pytest.mark.parametrize("hint", ["-1", "-0.5", "-1e300"])
@pytest.mark.parametrize("name", ["retry-after", "retry-after-ms"])
def test_no_hint_is_negative(name: str, hint: str) -> None:
    """It is none at all."""
    assert parse_retry_after(httpx.Headers({name: hint}), NOW) is None


def test_a_date_is_compared_across_zones() -> None:
    """Now may be in any zone."""
    now = NOW.astimezone(timezone(timedelta(hours=-8)))

    assert parse_retry_after(httpx.Headers({"retry-after": LATER}), now) == 7.0


@given(st.text() | st.from_regex(r"\w{3}, \d+ \w{3} \d+ \d+:\d+:\d+ [+-]?\w+"), st.booleans())
def test_no_hint_can_crash(text: str, in_ms: bool) -> None:
    """Any header gives a finite number of seconds above 0, or none."""
    name = "retry-after-ms" if in_ms else "retry-after"
    wait_s = parse_retry_after(httpx.Headers([(name.encode(), text.encode())]), NOW)

    assert wait_s is None or 0 < wait_s < float("inf")


@each(
    ("status", "headers", "retried"),
    [
        (400, {}, False),
        (401, {}, False),
        (403, {}, False),
        (404, {}, False),
        (408, {}, True),
        (409, {}, True),
        (410, {}, False),
        (422, {}, False),
        (425, {}, False),
        (429, {}, True),
        (499, {}, False),
        (500, {}, True),
        (501, {}, True),
        (502, {}, True),
        (503, {}, True),
        (504, {}, True),
        (599, {}, True),
        (302, {}, False),
        (400, {"x-should-retry": "true"}, True),
        (400, {"X-Should-Retry": "TRUE"}, True),
        (302, {"x-should-retry": "true"}, True),
        (500, {"x-should-retry": "false"}, False),
        (429, {"x-should-retry": "False"}, False),
        (500, {"x-should-retry": ""}, True),
        (500, {"x-should-retry": "no"}, True),
        (400, {"x-should-retry": "yes"}, False),
        (400, {"retry-after": "1"}, False),
        (401, {"retry-after": "1"}, False),
        (403, {"retry-after": "1"}, True),
        (403, {"Retry-After": "0"}, True),
        (403, {"retry-after-ms": "soon"}, True),
        (403, {"retry-after": "1", "x-should-retry": "false"}, False),
    ],
)
def test_a_status_is_retried_as_the_sdk_does(
    status: int, headers: dict[str, str], retried: bool
) -> None:
    """408, 409, 429 and 5xx are; what the server says of it comes first."""
    assert is_retried(status, httpx.Headers(headers)) == retried


class Trying:
    """Runs a policy over attempts that fail as told, and keeps what it did."""

    def __init__(self, retries: int, *failures: Exception) -> None:
        self.waits: list[float] = []
        self.lines: list[str] = []
        self.tries: list[int] = []
        self._failures = list(failures)
        self._policy = RetryPolicy(retries, self.waits.append, self.lines.append)

    def run(self) -> str:
        return self._policy.run(self._attempt)

    def _attempt(self, tries: int) -> str:
        self.tries.append(tries)
        if self._failures:
            raise self._failures.pop(0)
        return "done"


def transient(message: str = "busy", wait_s: float | None = None) -> Transient:
    """A failure that may pass."""
    return Transient(RequestFailed(message, hint="wait", status=503), wait_s=wait_s)


def test_a_success_is_returned_without_waiting() -> None:
    """One attempt, told that it is the first."""
    trying = Trying(4)

    assert trying.run() == "done"
    assert (trying.tries, trying.waits, trying.lines) == ([0], [], [])


def test_each_retry_is_told_its_number_and_logged() -> None:
    """The wait, the reason and how many there may be stand in the log."""
    trying = Trying(4, transient(wait_s=2), transient("reset", wait_s=0.25))

    assert trying.run() == "done"
    assert trying.tries == [0, 1, 2]
    assert trying.waits == [2, 0.25]
    assert trying.lines == ["retry 1 of 4 in 2.0 s: busy", "retry 2 of 4 in 0.2 s: reset"]


def test_the_last_failure_is_raised_when_tries_are_used_up() -> None:
    """With the number of tries, and its own hint."""
    trying = Trying(1, transient("first", wait_s=1), transient("second", wait_s=1))

    with pytest.raises(RequestFailed) as caught:
        trying.run()

    assert caught.value.message == "second (tried 2 times)"
    assert caught.value.hint == "wait"
    assert caught.value.status == 503
    assert trying.waits == [1]


def test_without_retries_the_failure_is_as_it_was() -> None:
    """Nothing was tried again, so nothing is said of it."""
    trying = Trying(0, transient())

    with pytest.raises(RequestFailed, match=r"^busy$"):
        trying.run()

    assert trying.waits == []


@pytest.mark.parametrize(
    "failure", [UnreadableAnswer("no", hint="x"), ValueError("no"), KeyboardInterrupt()]
)
def test_what_is_not_transient_is_raised_at_once(failure: Exception) -> None:
    """As it is, though retries are left."""
    trying = Trying(4, failure)

    with pytest.raises(type(failure)) as caught:
        trying.run()

    assert caught.value is failure
    assert trying.tries == [0]


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        ([LONGEST_WAIT_S] * 5, [LONGEST_WAIT_S]),
        ([LONGEST_WAIT_S + 0.001] * 5, []),
        ([20, 20, 20, 0.5, 0], [20, 20, 20]),
        ([59, 1, 0, 0, 1], [59, 1, 0, 0]),
        ([1, 3600], [1]),
    ],
)
def test_patience_counts_all_waits_of_a_request(asked: list[float], waits: list[float]) -> None:
    """What would pass 60 s together is not waited for."""
    trying = Trying(4, *(transient(wait_s=seconds) for seconds in asked))

    with pytest.raises(RequestFailed):
        trying.run()

    assert trying.waits == waits


def test_each_request_has_its_own_patience() -> None:
    """A policy that is used again begins anew."""
    trying = Trying(4, transient(wait_s=50))
    trying.run()
    trying._failures = [transient(wait_s=50)]

    assert trying.run() == "done"
    assert trying.waits == [50, 50]
    assert trying.tries == [0, 1, 0, 1]


def test_without_a_hint_waits_double_to_a_point() -> None:
    """From half a second to eight, each with up to half a second of chance, within patience."""
    trying = Trying(1_000, *(transient() for _ in range(1_000)))

    with pytest.raises(RequestFailed) as caught:
        trying.run()

    assert caught.value.message == f"busy (tried {len(trying.tries)} times)"
    steps = [0.5, 1, 2, 4, *([8] * 10)]
    assert 8 <= len(trying.waits) <= 10
    assert all(step <= wait <= step + 0.5 for step, wait in zip(steps, trying.waits, strict=False))
    assert sum(trying.waits) <= LONGEST_WAIT_S


def test_many_waits_of_nothing_do_not_add_up() -> None:
    """As often as was asked for: a server may say that it need not be waited for."""
    trying = Trying(2_000, *(transient(wait_s=0) for _ in range(1_500)), transient())

    assert trying.run() == "done"
    assert len(trying.waits) == 1_501
