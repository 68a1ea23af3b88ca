"""The gate: one 429 slows all requests down, not just its own."""

import threading

from scenario_usage_cli.api.gate import Gate
from scenario_usage_cli.api.retry import RetryPolicy, Transient
from scenario_usage_cli.errors import RequestFailed


class Clock:
    """A clock that stands still unless somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_a_closed_gate_is_waited_for() -> None:
    """The longest closure counts, and time opens it."""
    clock = Clock()
    gate = Gate(lambda: clock.now)
    gate.close_for(5)
    gate.close_for(2)

    gate.pass_through(clock.sleep)
    gate.pass_through(clock.sleep)
    assert clock.slept == [5]

    gate.close_for(5)
    clock.now += 4
    gate.pass_through(clock.sleep)
    assert clock.slept == [5, 1]


def test_who_has_waited_already_waits_for_the_rest_only() -> None:
    """The request that was told to wait does so once; a longer closure by another still counts."""
    clock = Clock()
    gate = Gate(lambda: clock.now)
    waited_until = gate.close_for(3)

    gate.pass_through(clock.sleep, waited_until)
    assert clock.slept == []
    gate.close_for(10)
    gate.pass_through(clock.sleep, waited_until)
    assert clock.slept == [7]


def test_a_gate_that_is_closed_again_lets_nobody_slip_through() -> None:
    """Another request is told to slow down while this one waits: it waits for that as well."""
    clock = Clock()
    gate = Gate(lambda: clock.now)
    gate.close_for(10)

    def sleep(seconds: float) -> None:
        if not clock.slept:
            gate.close_for(35)
        clock.sleep(seconds)

    gate.pass_through(sleep)

    assert clock.slept == [10, 25]


def test_another_request_waits_until_the_first_may_go_on() -> None:
    """While one request waits out its 429, one that begins meanwhile waits as well."""
    clock = Clock()
    gate = Gate(lambda: clock.now)
    other_slept: list[float] = []
    other = RetryPolicy(0, other_slept.append, lambda line: None, gate)

    def sleep(seconds: float) -> None:
        assert other.run(lambda tries: "other") == "other"
        clock.sleep(seconds)

    first = RetryPolicy(4, sleep, lambda line: None, gate)
    failure = RequestFailed("slow down", hint="", status=429)

    def attempt(tries: int) -> str:
        if not tries:
            raise Transient(failure, wait_s=7)
        return "first"

    assert first.run(attempt) == "first"
    assert clock.slept == [7]
    assert other_slept == [7]


def test_a_403_that_is_tried_again_closes_it_too() -> None:
    """It is a rate limit by another name."""
    clock = Clock()
    gate = Gate(lambda: clock.now)
    policy = RetryPolicy(1, lambda seconds: None, lambda line: None, gate)
    failures = [Transient(RequestFailed("slow down", hint="", status=403), wait_s=7)]

    def attempt(tries: int) -> str:
        if failures:
            raise failures.pop()
        return "done"

    policy.run(attempt)

    gate.pass_through(clock.sleep)
    assert clock.slept == [7]


def test_other_failures_close_nothing() -> None:
    """A 500 of one request is no reason for another to wait."""
    clock = Clock()
    gate = Gate(lambda: clock.now)
    policy = RetryPolicy(1, clock.sleep, lambda line: None, gate)
    failure = RequestFailed("broken", hint="", status=500)

    def attempt(tries: int) -> str:
        if not tries:
            raise Transient(failure, wait_s=7)
        return "done"

    policy.run(attempt)

    gate.pass_through(clock.sleep)
    assert clock.slept == [7]


def test_threads_may_close_it_at_once() -> None:
    """The longest of many closures is the one that holds."""
    clock = Clock()
    gate = Gate(lambda: clock.now)
    threads = [threading.Thread(target=gate.close_for, args=(n,)) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    gate.pass_through(clock.sleep)
    assert clock.slept == [49]
