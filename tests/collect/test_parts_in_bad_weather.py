"""Periods in parts over real sockets: every fault is survived, or fails the whole by name."""

import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox
from tests.api.reporting import Outcome, report
from tests.support import NOW, heed_interrupts
from tests.weather import (
    Behaviour,
    Request,
    Weather,
    answers,
    hangs_up,
    resets,
    sends,
    serve,
    stalls,
)

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
"""Where one part fails, nobody waits for the others, whose sockets are closed when they end."""

ENVIRON = {
    "SCENARIO_SDK_API_KEY": API_KEY,
    "SCENARIO_SDK_API_SECRET": API_SECRET,
    "SCENARIO_USAGE_CONFIG": "/proc/nonexistent",
}
PERIOD = ("--start", "2025-10-01", "--end", "2026-10-31")
PARTS = 4
STUDIO = serve(Sandbox(lambda: NOW))
HTML = b"<html><body>Bad Gateway</body></html>"
GATEWAY = {"message": "Internal server error"}
Behave = Callable[[Request], Behaviour]


def ask(behave: Behave, *argv: str) -> Outcome:
    """A report as JSON, asked of a server that behaves like this, but for lists of names."""

    def behave_for_usages(request: Request) -> Behaviour:
        return behave(request) if request.path.endswith("/usages") else STUDIO(request)

    with Weather(behave_for_usages) as weather:
        return report(weather.url, "--json", *argv, environ=ENVIRON)


@pytest.fixture(scope="module")
def undisturbed() -> str:
    """The report without any fault."""
    outcome = ask(STUDIO, *PERIOD)
    assert outcome.code == 0, outcome.stderr
    return outcome.stdout


def length_of(request: Request) -> timedelta:
    """How far apart the bounds of a query are."""
    start, end = (datetime.fromisoformat(request.query[key]) for key in ("startDate", "endDate"))
    return end - start


class Disturbed:
    """Serves the studio, but for the first time that the part which begins so is asked for."""

    def __init__(self, start: str, fault: Behaviour) -> None:
        self._start, self._fault = start, fault
        self._lock = threading.Lock()
        self._is_over = False

    def __call__(self, request: Request) -> Behaviour:
        with self._lock:
            if request.query.get("startDate") != self._start or self._is_over:
                return STUDIO(request)
            self._is_over = True
        return self._fault


STARTS = (
    "2025-10-01T00:00:00.000Z",
    "2026-01-29T00:00:00.000Z",
    "2026-05-29T00:00:00.000Z",
    "2026-09-26T00:00:00.000Z",
)
CUT_SHORT = answers({"consumption": [], "padding": "x" * 5000}).cut_short(2000, "reset")
GZIPPED = gzip.compress(json.dumps({"consumption": [], "noise": list(range(200))}).encode())
PASSING = {
    "429 in milliseconds": sends(429, headers={"retry-after-ms": "1500"}),
    "429 in seconds": sends(429, headers={"Retry-After": "2"}),
    "429 as a date": sends(429, headers={"Retry-After": "Sun, 22 Nov 2026 18:30:09 GMT"}),
    "500": sends(500, b"{}"),
    "502 with a page": sends(502, HTML, {"Content-Type": "text/html"}),
    "502 of the gateway, once": answers(GATEWAY, 502),
    "reset before": resets(),
    "hang-up before": hangs_up(),
    "reset in the middle": CUT_SHORT,
    "stall": stalls(),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_fault_that_passes_leaves_no_trace(fault: Behaviour, undisturbed: str) -> None:
    """Whichever part it hits, the report is byte for byte the one without."""
    for start in (STARTS[0], STARTS[-1]):
        outcome = ask(Disturbed(start, fault), *PERIOD, "--timeout", "2")

        assert (outcome.code, outcome.stdout) == (0, undisturbed), outcome.stderr


LASTING = {
    "wrong JSON": (sends(200, b'{"consumption": [}'), 7),
    "truncated gzip": (sends(200, GZIPPED[:-40], {"Content-Encoding": "gzip"}), 7),
    "another shape": (answers({"modelUsages": [{"points": [{"cost": "1"}]}]}), 7),
    "a page": (sends(200, HTML), 7),
    "404": (answers({"message": "gone"}, 404), 5),
    "403": (answers({"message": "no"}, 403), 4),
}


@pytest.mark.parametrize(("fault", "code"), LASTING.values(), ids=LASTING)
@pytest.mark.parametrize("start", STARTS[1:3])
def test_one_part_that_fails_fails_the_whole_by_name(
    fault: Behaviour, code: int, start: str
) -> None:
    """Never a partial total that looks whole."""
    outcome = ask(Disturbed(start, fault), *PERIOD)

    outcome.assert_failed(code, f"{start.replace('.000', '')} to 2026-")


def test_random_faults_on_every_part_change_nothing(undisturbed: str) -> None:
    """With probability 0.3 for each try of each part, from a fixed seed: the same, or a failure."""
    kinds = [fault for name, fault in PASSING.items() if name != "stall"]
    codes: Counter[int] = Counter()
    for seed in range(8):
        tries: Counter[str] = Counter()
        lock = threading.Lock()

        def behave(
            request: Request,
            seed: int = seed,
            tries: Counter[str] = tries,
            lock: threading.Lock = lock,
        ) -> Behaviour:
            with lock:
                tries[request.target] += 1
                turn = tries[request.target]
            digest = hashlib.sha256(f"{seed} {request.target} {turn}".encode()).digest()
            return kinds[digest[1] % len(kinds)] if digest[0] < 77 else STUDIO(request)

        outcome = ask(behave, *PERIOD)
        codes[outcome.code] += 1
        if outcome.code == 0:
            assert outcome.stdout == undisturbed
        else:
            outcome.assert_failed(outcome.code, "")

    assert codes[0] > 4


SHORT = ("--start", "2026-10-05", "--end", "2026-10-05")
TOO_LARGE = {
    "413": answers({"message": "Request Entity Too Large"}, 413),
    "502 of the gateway": answers(GATEWAY, 502),
    "500 of the gateway": answers(GATEWAY, 500),
    "504 of the gateway": answers({"message": "Endpoint request timed out"}, 504),
}


@pytest.mark.parametrize("refusal", TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_is_too_large_is_halved_until_it_is_not(refusal: Behaviour) -> None:
    """Down to an hour, and then section by section; the figures are those of one answer."""
    whole = ask(STUDIO, *SHORT)

    def behave(request: Request) -> Behaviour:
        fits = length_of(request) <= timedelta(hours=1) and "," not in request.query["type"]
        return STUDIO(request) if fits else refusal

    outcome = ask(behave, *SHORT)

    assert (outcome.code, outcome.stdout) == (0, whole.stdout), outcome.stderr


def test_a_body_that_dies_near_the_limit_is_too_large() -> None:
    """Only part of 7 MB comes through; the halves are asked for instead, at once."""
    whole = ask(STUDIO, *SHORT)
    giant = sends(200, b" " * 7_000_000).cut_short(700_000, "close")

    def behave(request: Request) -> Behaviour:
        return STUDIO(request) if length_of(request) < timedelta(hours=20) else giant

    outcome = ask(behave, *SHORT)

    assert (outcome.code, outcome.stdout) == (0, whole.stdout), outcome.stderr
    assert outcome.waits == ()


def test_too_large_for_ever_is_a_failure() -> None:
    """An hour of one section is the least; the message names it, the hint says what to do."""
    outcome = ask(lambda request: TOO_LARGE["413"], *SHORT)

    outcome.assert_failed(5, "413", "shorter period")


def test_a_failure_of_the_api_itself_is_not_one_of_size() -> None:
    """Its own words may end like the gateway's: nothing smaller is asked for."""
    lengths: set[timedelta] = set()

    def behave(request: Request) -> Behaviour:
        lengths.add(length_of(request))
        return answers({"message": "could not count models: Internal Server Error"}, 500)

    outcome = ask(behave, *SHORT)

    outcome.assert_failed(5, "could not count models: Internal Server Error")
    assert len(lengths) == 1


def test_the_length_that_fitted_is_kept_to() -> None:
    """The second part is not asked for at a length that was too large for the first."""
    seen: list[timedelta] = []

    def behave(request: Request) -> Behaviour:
        seen.append(length_of(request))
        fits = length_of(request) < timedelta(days=60)
        return STUDIO(request) if fits else TOO_LARGE["413"]

    outcome = ask(behave, *PERIOD, "--jobs", "1")

    assert outcome.code == 0
    assert [length.days for length in seen if length.days >= 60] == [119]


def test_interrupted_it_ends_at_once() -> None:
    """Ctrl-C while all parts stall: code 130 and one line, whatever the timeout."""
    arrived = threading.Event()

    def behave(request: Request) -> Behaviour:
        arrived.set()
        return stalls()

    with Weather(behave) as weather:
        process = subprocess.Popen(
            [sys.executable, "-m", "scenario_usage_cli", "report", *PERIOD],
            env={**os.environ, **ENVIRON, "SCENARIO_BASE_URL": weather.url},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=heed_interrupts,
        )
        assert arrived.wait(30)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=120)

    assert (process.returncode, stdout, stderr) == (130, "", "interrupted\n")
