"""What users meet at the edges: Ctrl-C at once, slow networks, dumb terminals, two periods."""

import errno
import io
import os
import signal
import subprocess
import sys
import threading
from typing import Any

import httpx
import pytest

from scenario_usage_cli.cli.app import main
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import ExitCode
from tests.collect.event_log import EventLog, events
from tests.support import CREDENTIALS, NOW, FakeApi, Terminal, answer, run, usages

PERIOD = ("--start", "2026-11-01", "--end", "2026-11-02")
PATIENCE_S = 120
"""How long a test waits for another thread before it fails."""

INTERRUPTED_WHILE_IMPORTING = """
import sys

class Impatience:
    def find_spec(self, name, path=None, target=None):
        if name == "scenario_usage_cli.cli.app":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Impatience())
from scenario_usage_cli.__main__ import main
sys.exit(main())
"""


def test_ctrl_c_at_the_very_start_is_130_and_one_line() -> None:
    """Also before there is anything but imports."""
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_WHILE_IMPORTING, "report", "--demo"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")
    assert done.returncode == 128 + signal.SIGINT


def test_the_end_of_a_file_is_no_interruption() -> None:
    """What reads a file that was cut off says so with the exception that a question has as well."""
    result = run(
        "report", *PERIOD, environ=CREDENTIALS, transport=FakeApi(EOFError("data too short"))
    )

    assert (result.code, result.stdout) == (ExitCode.BUG, "")
    assert "error: unexpected EOFError: data too short\nhint: this is a bug" in result.stderr


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((), "no connection to api.cloud.scenario.com within 5 s"),
        (("--timeout", "12"), "no connection to api.cloud.scenario.com within 12 s"),
        (("--timeout", "2"), "no connection to api.cloud.scenario.com within 2 s"),
    ],
)
def test_timeout_is_also_how_long_to_wait_for_a_connection(
    argv: tuple[str, ...], said: str
) -> None:
    """As the hint says."""
    asked: list[dict[str, float]] = []

    class Nowhere(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            asked.append(request.extensions["timeout"])
            raise httpx.ConnectTimeout("")

    result = run("report", *PERIOD, "--retries", "0", *argv, transport=Nowhere())

    assert (result.code, result.error) == (6, f"error: {said}")
    assert f"{asked[0]['connect']:g} s" in said


def test_the_built_in_studio_has_no_other_address() -> None:
    """Nothing that is given is ignored."""
    result = run("report", "--demo", "--base-url", "http://127.0.0.1:1/v1")

    assert (result.code, result.stdout) == (2, "")
    assert result.error == "error: --demo and --base-url contradict each other"


@pytest.mark.parametrize(("term", "is_shown"), [("xterm", True), ("dumb", False), ("", True)])
def test_progress_is_for_terminals_that_can_erase_it(
    term: str, is_shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dumb one would keep every line of it, and its escapes."""
    monkeypatch.setattr("scenario_usage_cli.cli.runtime._PATIENCE_S", -1.0)
    stderr = Terminal()
    environ = CREDENTIALS | {"TERM": term}
    runtime = Runtime(io.BytesIO(), io.StringIO(), stderr, environ, now=lambda: NOW)
    code = main(["report", "--demo", "--last", "1y"], runtime)

    assert (code, "fetching" in stderr.getvalue()) == (0, is_shown)
    assert ("\x1b" in stderr.getvalue()) == is_shown


class Gone(Terminal):
    """A terminal that has been closed, as under a process that goes on without it."""

    def write(self, text: str) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_terminal_that_is_gone_does_not_end_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress and warnings are lost, the data and the exit code are not."""
    monkeypatch.setattr("scenario_usage_cli.cli.runtime._PATIENCE_S", -1.0)
    stdout = io.StringIO()
    runtime = Runtime(io.BytesIO(), stdout, Gone(), CREDENTIALS, now=lambda: NOW)
    code = main(["report", "--demo", "--last", "1y", "--model", "nope", "--csv"], runtime)

    assert (code, stdout.getvalue()[:13]) == (0, "period_start,")


class Together(httpx.BaseTransport):
    """Answers two requests, when both are there."""

    def __init__(self) -> None:
        self._gate = threading.Barrier(2, timeout=PATIENCE_S)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._gate.wait()
        return answer(usages())


def test_both_periods_of_a_comparison_are_asked_for_at_once() -> None:
    """One waits for neither."""
    assert run("compare", "--period", "2026-10", "--json", transport=Together()).code == 0


def test_a_comparison_that_fails_says_which_period() -> None:
    """The other one came."""
    transport = FakeApi(answer(usages()), answer({"message": "boom"}, 400))
    result = run("compare", "--period", "2026-10", "--jobs", "1", transport=transport)

    assert (result.code, result.stdout) == (5, "")
    assert result.error == (
        "error: 2026-09-01T00:00:00Z to 2026-09-30T23:59:59.999Z: "
        "the API answered 400 Bad Request: boom"
    )


def test_a_long_log_that_fails_says_which_part() -> None:
    """A short one has no parts to speak of."""

    def fail(**period: Any) -> str:
        api = EventLog(events(5), before=lambda n: answer({"message": "boom"}, 400))
        argv = [word for name, text in period.items() for word in (f"--{name}", text)]
        return run("activity", "--all", *argv, transport=api).error

    told = "the API answered 400 Bad Request: boom"
    assert fail(start="2026-11-01") == f"error: {told}"
    assert fail(start="2026-01-01", end="2026-10-31") == (
        f"error: 2026-08-29T00:00:00Z to 2026-10-31T23:59:59.999Z: {told}"
    )


@pytest.mark.parametrize("command", ["report", "trend", "compare", "activity"])
def test_a_document_is_made_at_a_whole_second(command: str) -> None:
    """Whatever the clock can tell."""
    now = NOW.replace(microsecond=987_654)

    document = run(command, "--demo", "--json", *PERIOD, environ={}, now=now).json

    assert document["generated_at"] == "2026-11-22T18:30:00Z"


@pytest.mark.parametrize(
    ("output_format", "told"),
    [
        ("openmetrics", "scenario_usage_generated_timestamp_seconds 1.7953722e+09\n"),
        ("html", "The figures were fetched at 2026-11-22T18:30:00Z."),
    ],
)
def test_other_formats_are_made_at_the_same_second(output_format: str, told: str) -> None:
    """What is compared with the document has no more digits."""
    now = NOW.replace(microsecond=987_654)

    shown = run("report", "--demo", "-f", output_format, *PERIOD, environ={}, now=now).stdout

    assert told in shown
