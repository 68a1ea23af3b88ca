"""Colour, width, closed pipes and Ctrl-C: what the terminal and its user have to say."""

import io
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from rich.cells import cell_len

from scenario_usage_cli.cli.app import main
from scenario_usage_cli.cli.runtime import Runtime
from tests.support import (
    CREDENTIALS,
    NOW,
    FakeApi,
    Terminal,
    answer,
    heed_interrupts,
    model_row,
    point,
    run,
    usages,
)

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LONG = "Model of a very long name " * 10


def plain(text: str) -> list[str]:
    """The lines without their colours, and the blanks at their ends."""
    return [line.rstrip() for line in COLOUR.sub("", text).splitlines()]


@pytest.mark.parametrize(
    ("columns", "environ", "coloured"),
    [
        (100, {}, True),
        (100, {"TERM": "xterm-256color"}, True),
        (100, {"NO_COLOR": "1"}, False),
        (100, {"NO_COLOR": ""}, True),
        (100, {"TERM": "dumb"}, False),
        (100, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (None, {}, False),
        (None, {"TERM": "xterm-256color"}, False),
        (None, {"FORCE_COLOR": "1"}, True),
        (None, {"FORCE_COLOR": ""}, False),
        (None, {"FORCE_COLOR": "0"}, False),
        (100, {"FORCE_COLOR": "0"}, False),
        (100, {"FORCE_COLOR": "False"}, False),
        (100, {"FORCE_COLOR": ""}, True),
        (None, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    columns: int | None, environ: dict[str, str], coloured: bool
) -> None:
    """`NO_COLOR` beats `FORCE_COLOR`, which beats the pipe, and with 0 the terminal; an empty
    variable counts as unset.
    """
    stdout = run("report", "--demo", environ=environ, columns=columns).stdout

    assert (COLOUR.search(stdout) is not None) is coloured
    assert plain(stdout) == plain(run("report", "--demo", columns=columns).stdout)


@pytest.mark.parametrize("argv", [("--json",), ("--csv",), ("-f", "tsv"), ("-f", "markdown")])
def test_only_tables_have_colour(argv: tuple[str, ...]) -> None:
    """Data is data, whatever the terminal wants."""
    for columns in (None, 100):
        stdout = run("report", "--demo", *argv, environ={"FORCE_COLOR": "1"}, columns=columns)

        assert "\x1b" not in stdout.stdout


def test_a_pipe_has_no_lines_drawn_and_nothing_cut() -> None:
    """Whatever `COLUMNS` says, a name of 260 letters is whole."""
    document = usages(models=[model_row("model_1", point(jobs=1, cost=1))])
    document["entities"]["models"] = [{"id": "model_1", "name": LONG.strip()}]
    stdout = run(
        "report", environ={**CREDENTIALS, "COLUMNS": "60"}, transport=FakeApi(answer(document))
    ).stdout

    assert LONG.strip() in stdout
    assert re.search(r"[─━│┃┌└╭╰]", stdout) is None


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 132, 250])
def test_nothing_is_wider_than_the_terminal(columns: int) -> None:
    """Columns go and names shrink; the cost of each user stays as it is in the pipe."""
    lines = plain(run("report", "--demo", columns=columns).stdout)
    costs = re.findall(r"^ Mateo Álvarez .*? (\d[\d,]*\.\d+) ", "\n".join(lines), re.MULTILINE)

    assert [line for line in lines if cell_len(line) > columns] == []
    assert costs == ["2,956.35"]


@pytest.mark.parametrize("columns", ["", "0", "-5", "abc", "1", "7", "²", "٨٠", "99999999", "1e3"])
def test_an_odd_width_is_no_reason_to_fail(columns: str) -> None:
    """What is no number of columns counts as unset; the narrowest terminals still get a table."""
    stdout, stderr = Terminal(), io.StringIO()
    environ = {**CREDENTIALS, "COLUMNS": columns}
    runtime = Runtime(io.BytesIO(), stdout, stderr, environ, now=lambda: NOW)

    assert (main(["report", "--demo"], runtime), stderr.getvalue()) == (0, "")
    assert stdout.getvalue() != ""


def test_json_is_indented_for_people_and_compact_for_programs() -> None:
    """The same document either way."""
    seen = run("report", "--demo", "--json", columns=80)
    piped = run("report", "--demo", "--json")

    assert seen.stdout[:24] == '{\n  "schema_version": 1,'
    assert piped.stdout.count("\n") == 1
    assert seen.json == piped.json


class Interrupted(httpx.BaseTransport):
    """A network during which the user presses Ctrl-C."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt


def interrupt(seconds: float) -> None:
    """A wait during which the user presses Ctrl-C."""
    raise KeyboardInterrupt


def test_ctrl_c_ends_with_130_and_one_line(tmp_path: Path) -> None:
    """While waiting for an answer; the old output file stays."""
    output = tmp_path / "out.json"
    output.write_text("old")
    result = run("report", "--json", "-o", str(output), transport=Interrupted())

    assert (result.code, result.stdout, result.stderr) == (130, "", "interrupted\n")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_ctrl_c_while_waiting_for_a_retry_ends_the_same() -> None:
    """No further request is made."""
    api = FakeApi(answer({}, 503), answer(usages()))
    result = run("report", transport=api, sleep=interrupt)

    assert (result.code, result.stdout, result.stderr) == (130, "", "interrupted\n")
    assert len(api.requests) == 1


def test_ctrl_c_ends_doctor_and_verbose_runs_the_same() -> None:
    """One line for people, after those that were asked for."""
    assert run("doctor", transport=Interrupted()).code == 130
    assert run("report", "--verbose", transport=Interrupted()).stderr == "interrupted\n"


def test_a_real_ctrl_c_ends_the_process_the_same() -> None:
    """The signal, to a process that is at work."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scenario_usage_cli", "sandbox", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("export ")
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=120)

    assert (process.returncode, stderr) == (130, "interrupted\n")


class ClosedPipe(io.StringIO):
    """The end of a pipe that nobody reads."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


@pytest.mark.parametrize(
    "argv", [("report", "--demo"), ("doctor", "--demo"), ("--help",), ("schema", "report")]
)
def test_a_closed_pipe_ends_quietly(argv: tuple[str, ...]) -> None:
    """Whoever reads has seen enough."""
    stderr = io.StringIO()
    runtime = Runtime(io.BytesIO(), ClosedPipe(), stderr, CREDENTIALS, now=lambda: NOW)

    assert (main(argv, runtime), stderr.getvalue()) == (0, "")


@pytest.mark.parametrize(
    "environ", [{"SCENARIO_SDK_API_KEY": "k\udcffey"}, {"SCENARIO_USAGE_CONFIG": "/\udcff"}]
)
def test_an_environment_of_undecodable_bytes_is_no_traceback(environ: dict[str, str]) -> None:
    """Bytes that are no text come as lone surrogates; `main` lets no exception out."""
    result = run("report", environ={**CREDENTIALS, **environ}, transport=FakeApi(answer(usages())))

    assert result.code in (0, 3)


@pytest.mark.parametrize("option", ["--user", "--team", "--project", "--model", "--output"])
def test_an_argument_of_undecodable_bytes_is_no_bug(option: str, tmp_path: Path) -> None:
    """It is refused, or understood; a file may well be called so."""
    value = os.fsdecode(bytes(tmp_path / "f") + b"\xff")
    result = run("report", "--demo", option, value)

    assert result.code in (0, 2)
