"""SIGTERM and SIGHUP to real processes: one line, a code, and everything put in order."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from scenario_usage_cli.sandbox import API_KEY, API_SECRET
from tests.support import heed_interrupts
from tests.weather import Behaviour, Request, Weather, stalls

COMMAND = [sys.executable, "-m", "scenario_usage_cli"]
ENVIRON = {
    **{name: value for name, value in os.environ.items() if name == "PATH"},
    "SCENARIO_SDK_API_KEY": API_KEY,
    "SCENARIO_SDK_API_SECRET": API_SECRET,
    "SCENARIO_USAGE_CONFIG": "/proc/nonexistent",
}
ENDS = [(signal.SIGTERM, 143, "SIGTERM"), (signal.SIGHUP, 129, "SIGHUP")]
WHILE_IMPORTING = """
import os, signal, sys

class Impatience:
    def find_spec(self, name, path=None, target=None):
        if name == "scenario_usage_cli.cli.app":
            os.kill(os.getpid(), signal.{name})

sys.meta_path.insert(0, Impatience())
from scenario_usage_cli.__main__ import main
sys.exit(main())
"""


def begin(argv: list[str], **options: Any) -> "subprocess.Popen[str]":
    """A process with pipes for what it says."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    given: dict[str, Any] = {"env": ENVIRON, **pipes, **options}
    return subprocess.Popen(argv, text=True, preexec_fn=heed_interrupts, **given)


@pytest.mark.parametrize(("number", "code", "name"), ENDS)
@pytest.mark.parametrize(
    "argv",
    [
        ["report", "--json", "--output", "out"],
        ["activity", "--csv", "--output", "out"],
        ["export", "usage", "--since", "yesterday", "--until", "yesterday"],
    ],
    ids=lambda argv: argv[0],
)
def test_it_ends_like_ctrl_c(
    argv: list[str], number: signal.Signals, code: int, name: str, tmp_path: Path
) -> None:
    """While an answer is waited for, and however often it is said: the old file is there, the
    temporary one is not, and the lock is let go of.
    """
    (tmp_path / "out").write_text("old")
    arrived = threading.Event()

    def behave(request: Request) -> Behaviour:
        arrived.set()
        return stalls()

    with Weather(behave) as weather:
        environ = {**ENVIRON, "SCENARIO_BASE_URL": weather.url}
        with begin([*COMMAND, *argv], env=environ, cwd=tmp_path) as process:
            assert arrived.wait(120)
            process.send_signal(number)
            process.send_signal(number)
            stdout, stderr = process.communicate()

    assert (process.returncode, stdout, stderr) == (code, "", f"ended by {name}\n")
    files = {path.name: path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {"out": "old"} | ({"_lock": ""} if argv[0] == "export" else {})


@pytest.mark.parametrize(("number", "code", "name"), ENDS)
def test_at_the_very_start_it_ends_the_same(number: signal.Signals, code: int, name: str) -> None:
    """Before there is anything but imports."""
    script = WHILE_IMPORTING.format(name=name)
    with begin([sys.executable, "-c", script, "report", "--demo"]) as process:
        stdout, stderr = process.communicate()

    assert (process.returncode, stdout, stderr) == (code, "", f"ended by {name}\n")


def serve(*prefix: str) -> "subprocess.Popen[str]":
    """A sandbox that is ready."""
    process = begin([*prefix, *COMMAND, "sandbox", "--port", "0"])
    assert process.stdout is not None
    assert process.stdout.readline().startswith("export ")
    return process


def test_what_is_ignored_stays_so() -> None:
    """With nohup a process outlives its terminal; it ends by the other signal."""
    with serve("sh", "-c", 'trap "" HUP; exec "$@"', "sh") as process:
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate()

    assert (process.returncode, stderr) == (143, "ended by SIGTERM\n")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may begin a new space of processes")
@pytest.mark.parametrize(("number", "code", "name"), [*ENDS, (signal.SIGINT, 130, "")])
def test_process_1_of_a_container_ends_as_well(
    number: signal.Signals, code: int, name: str
) -> None:
    """The system has it hear of no signal that it does not handle."""
    if subprocess.run(["sh", "-c", "unshare --pid --fork true"], check=False).returncode:
        pytest.skip("no new space of processes can be begun here")
    with serve("unshare", "--pid", "--fork", "--kill-child") as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        os.kill(int(children), number)
        _, stderr = process.communicate()

    assert (process.returncode, stderr) == (code, f"ended by {name}\n" if name else "interrupted\n")
