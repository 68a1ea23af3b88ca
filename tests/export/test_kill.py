"""kill -9 at random moments of real processes: in the end nobody can tell."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox
from scenario_usage_cli.sandbox.server import build_server
from tests.export.support import assert_whole, export, read_manifest_core, read_tree
from tests.support import Result

KILLS = 12
SETTLED = datetime(2024, 6, 30, 12, 0, tzinfo=UTC)
ARGV = ("--since", "2024-05-01", "--until", "2024-05-20")
TABLES = ("--datasets", "models,consumption")
DAYS, PARTITIONS = 20, 40


class SlowStudio:
    """The sandbox on loopback at a fixed time, which takes its time and counts its requests."""

    def __init__(self) -> None:
        self._sandbox = Sandbox(lambda: SETTLED)
        self._came = threading.Condition()
        self._requests = 0
        self._pause = threading.Event()
        self._server = build_server(self._answer, 0)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> "SlowStudio":
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, environ: Any, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"].endswith("/usages"):
            with self._came:
                self._requests += 1
                self._came.notify_all()
        self._pause.wait(0.01)
        return self._sandbox(environ, start_response)

    def begin(self) -> None:
        """Count from here."""
        with self._came:
            self._requests = 0

    def wait_for(self, number: int, process: "subprocess.Popen[str]") -> None:
        """Until so many requests have come, or the process has ended without them."""
        with self._came:
            while self._requests < number and process.poll() is None:
                self._came.wait(0.05)

    @property
    def environ(self) -> dict[str, str]:
        """What a process needs to ask it."""
        return {
            "PATH": os.environ["PATH"],
            "SCENARIO_USAGE_NO_CACHE": "1",
            "SCENARIO_SDK_API_KEY": API_KEY,
            "SCENARIO_SDK_API_SECRET": API_SECRET,
            "SCENARIO_USAGE_CONFIG": "/proc/nonexistent/config.toml",
            "SCENARIO_BASE_URL": f"http://127.0.0.1:{self._server.server_port}/v1",
        }


@pytest.fixture(scope="module")
def studio() -> Iterator[SlowStudio]:
    """One server for all runs."""
    with SlowStudio() as studio:
        yield studio


def start(studio: SlowStudio, folder: Path, *argv: str) -> "subprocess.Popen[str]":
    """A real run; its streams are piped."""
    return subprocess.Popen(
        [sys.executable, "-m", "scenario_usage_cli", "export", str(folder), "--json", *argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=studio.environ,
        encoding="utf-8",
    )


def finish(process: "subprocess.Popen[str]") -> Result:
    """How it ended."""
    stdout, stderr = process.communicate(timeout=120)
    return Result(process.returncode, stdout, stderr)


def kill(process: "subprocess.Popen[str]", after_s: float) -> Result:
    """Kill it unless it ends before."""
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        process.kill()
    return finish(process)


def assert_readable(folder: Path) -> int:
    """Whatever has its final name is whole; returns how many partitions that are."""
    partitions = {path: body for path, body in read_tree(folder).items() if path.endswith(".csv")}
    for path, body in partitions.items():
        assert_whole(path, body)
    return len(partitions)


def test_kills_at_random_leave_the_same_bytes_as_a_run_in_peace(
    studio: SlowStudio, tmp_path: Path
) -> None:
    """Folder after folder: killed again and again until a run comes to its end by itself."""
    luck = random.Random(20260501)
    undisturbed = tmp_path / "undisturbed"
    first = finish(start(studio, undisturbed, *ARGV, *TABLES))
    assert (first.code, first.json["partitions"]) == (0, PARTITIONS), first.stderr
    kills = interrupted = folders = 0
    while kills < KILLS:
        folder = tmp_path / str(folders)
        folders += 1
        ended = None
        while ended is None and kills < KILLS:
            studio.begin()
            process = start(studio, folder, *ARGV, *TABLES)
            studio.wait_for(luck.randint(1, DAYS), process)
            result = kill(process, luck.uniform(0, 0.04))
            whole = assert_readable(folder)
            if result.code == -signal.SIGKILL:
                kills += 1
                interrupted += 0 < whole < PARTITIONS
            else:
                ended = result
        ended = ended or finish(start(studio, folder, *ARGV, *TABLES))

        assert (ended.code, ended.json["edited"]) == (0, []), folder
        # Where all was there already, nothing was asked that could tell the API's time.
        assert ended.stderr == (first.stderr if ended.json["days_fetched"] else "")
        assert read_tree(folder) == read_tree(undisturbed)
        assert read_manifest_core(folder) == read_manifest_core(undisturbed)
        assert read_manifest_core(folder)["pending"] == {}
        verified = export(folder, "--verify", "--json")
        assert (verified.code, verified.json["problems"]) == (0, [])
    assert interrupted >= KILLS // 5


def test_a_run_after_a_kill_asks_only_for_what_is_missing(
    studio: SlowStudio, tmp_path: Path
) -> None:
    """What the manifest knew when it was killed is not fetched again."""
    studio.begin()
    process = start(studio, tmp_path, *ARGV, *TABLES, "--jobs", "1")
    studio.wait_for(DAYS - 2, process)
    assert kill(process, 0).code == -signal.SIGKILL
    known = len(read_manifest_core(tmp_path)["datasets"]["models"])
    result = finish(start(studio, tmp_path, *ARGV, *TABLES))

    assert known == 16
    assert (result.code, result.json["days_fetched"]) == (0, DAYS - known)
