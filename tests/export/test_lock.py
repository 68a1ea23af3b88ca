"""Two exports into one folder: one waits, or is told by whom; nobody waits for the dead."""

import errno
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox
from tests.export.support import (
    ONE_DAY,
    TWO_DAYS,
    Api,
    Studio,
    assert_refused,
    export,
    export_well,
    no_request,
    read_everything,
    read_tree,
    summary,
)
from tests.support import NOW, Result
from tests.weather import Behaviour, Request, Weather, serve

MODELS = ("--datasets", "models")


class Gate:
    """The studio on loopback, which answers nothing until it is let go."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self.open = threading.Event()
        self._serve = serve(Sandbox(lambda: NOW))

    def __call__(self, request: Request) -> Behaviour:
        self.arrived.set()
        assert self.open.wait(60)
        return self._serve(request)


@pytest.fixture
def gate() -> Gate:
    """Closed."""
    return Gate()


@pytest.fixture
def weather(gate: Gate) -> Iterator[Weather]:
    """The server behind the gate, which is open at the end."""
    with Weather(gate) as weather:
        try:
            yield weather
        finally:
            gate.open.set()


def start(weather: Weather, folder: Path, *argv: str, **environ: str) -> "subprocess.Popen[str]":
    """An export in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "scenario_usage_cli", "export", str(folder), "--json", *argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={
            "PATH": os.environ["PATH"],
            "SCENARIO_SDK_API_KEY": API_KEY,
            "SCENARIO_SDK_API_SECRET": API_SECRET,
            "SCENARIO_USAGE_CONFIG": "/proc/nonexistent/config.toml",
            "SCENARIO_USAGE_NO_CACHE": "1",
            "SCENARIO_BASE_URL": weather.url,
            **environ,
        },
        encoding="utf-8",
    )


def finish(process: "subprocess.Popen[str]") -> Result:
    """How it ended."""
    stdout, stderr = process.communicate(timeout=120)
    return Result(process.returncode, stdout, stderr)


@contextmanager
def hold(
    weather: Weather, gate: Gate, folder: Path, *argv: str, **environ: str
) -> Iterator["subprocess.Popen[str]"]:
    """Another run that has the lock, and waits for the API; killed if it is still there."""
    process = start(weather, folder, *argv, **environ)
    try:
        assert gate.arrived.wait(60)
        yield process
    finally:
        process.kill()
        process.communicate()


def test_without_patience_the_second_is_told_the_pid_and_start_of_the_first(
    weather: Weather, gate: Gate, tmp_path: Path
) -> None:
    """Exit 3 at once, and no request was made; also when it is asked several times."""
    with hold(weather, gate, tmp_path, *ONE_DAY, *MODELS) as holder:
        for _ in range(3):
            result = export(
                tmp_path, *ONE_DAY, *MODELS, "--lock-timeout", "0s", transport=Api(no_request)
            )

            assert_refused(result, 3, f"process {holder.pid}, since 20")
            assert re.search(r"since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\+00:00|Z)", result.error)
        gate.open.set()
        assert finish(holder).code == 0


def test_the_second_waits_and_finds_everything_done(
    weather: Weather, gate: Gate, tmp_path: Path
) -> None:
    """It asks for nothing, because it looks again once it has the lock."""
    argv = (*TWO_DAYS, *MODELS)
    with (
        hold(weather, gate, tmp_path, *argv) as holder,
        start(weather, tmp_path, *argv) as second,
    ):
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(1.5)
        gate.open.set()
        first_result, second_result = finish(holder), finish(second)

    assert (first_result.code, first_result.json["days_fetched"]) == (0, 2)
    assert (second_result.code, second_result.json["days_fetched"]) == (0, 0)
    assert (second_result.stderr, len(weather.requests)) == ("", 1)


def test_the_lock_of_a_run_that_was_killed_is_free(
    weather: Weather, gate: Gate, tmp_path: Path
) -> None:
    """What it has written into the lock is not believed."""
    with hold(weather, gate, tmp_path, *ONE_DAY, *MODELS) as holder:
        holder.send_signal(signal.SIGKILL)
        assert holder.wait(60) == -signal.SIGKILL
        argv = (*ONE_DAY, *MODELS, "--lock-timeout", "0s", "--json")

        assert summary(export_well(tmp_path, *argv)) == (1, 1)


def test_the_lock_of_a_run_that_is_over_is_free(tmp_path: Path) -> None:
    """Well, refused by the API, or interrupted."""
    export_well(tmp_path, *ONE_DAY, *MODELS)
    argv = ("--since", "2026-10-09", "--until", "2026-10-09", "--lock-timeout", "0s", *MODELS)
    interrupted = Api(lambda day, query: KeyboardInterrupt())

    assert export(tmp_path, *argv, transport=interrupted).code == 130
    assert export(tmp_path, *argv, transport=Api(lambda day, query: "no usages")).code == 7
    assert export(tmp_path, *argv, transport=Studio()).code == 0


def test_whoever_writes_nothing_needs_no_lock(weather: Weather, gate: Gate, tmp_path: Path) -> None:
    """--verify, --dry-run and a run with nothing to do, while another one is under way."""
    export_well(tmp_path, *ONE_DAY, *MODELS)
    before = read_everything(tmp_path)
    none = ("--lock-timeout", "0s", "--json")
    with hold(weather, gate, tmp_path, *TWO_DAYS, *MODELS):
        verified = export(tmp_path, "--verify", "--json")
        listed = export(tmp_path, *TWO_DAYS, *MODELS, "--dry-run", *none, transport=Studio())
        idle = export(tmp_path, *ONE_DAY, *MODELS, *none, transport=Api(no_request))

    assert (verified.code, verified.json["problems"]) == (0, [])
    assert (listed.code, len(listed.json["queries"])) == (0, 1)
    assert (idle.code, summary(idle)) == (0, (0, 0))
    assert read_everything(tmp_path) == before


def test_two_at_once_into_a_new_folder_make_one_dataset(
    weather: Weather, gate: Gate, tmp_path: Path
) -> None:
    """Different tables, side by side: the manifest has both."""
    gate.open.set()
    folder = tmp_path / "usage"
    with (
        start(weather, folder, *TWO_DAYS, "--datasets", "models") as one,
        start(weather, folder, *TWO_DAYS, "--datasets", "assets") as other,
    ):
        codes = [finish(one).code, finish(other).code]
    export_well(tmp_path / "undisturbed", *TWO_DAYS, "--datasets", "models,assets")

    assert codes == [0, 0]
    assert read_tree(folder) == read_tree(tmp_path / "undisturbed")
    assert export(folder, "--verify").code == 0


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[1]", b"{}", b"null"])
def test_whatever_stands_in_the_lock_of_another_it_is_refused_in_two_lines(
    body: bytes, weather: Weather, gate: Gate, tmp_path: Path
) -> None:
    """The holder may not have come to say who it is."""
    with hold(weather, gate, tmp_path, *ONE_DAY, *MODELS):
        (tmp_path / "_lock").write_bytes(body)
        argv = (*ONE_DAY, *MODELS, "--lock-timeout", "0s")

        assert_refused(export(tmp_path, *argv, transport=Api(no_request)), 3, "under way")


def test_the_lock_says_who_has_it(weather: Weather, gate: Gate, tmp_path: Path) -> None:
    """A line of JSON, for people and for scripts; a waiting run does not wipe it out."""
    with hold(weather, gate, tmp_path, *ONE_DAY, *MODELS) as holder:
        export(tmp_path, *ONE_DAY, *MODELS, "--lock-timeout", "0s", transport=Api(no_request))
        held = json.loads((tmp_path / "_lock").read_text())

    assert (sorted(held), held["pid"]) == (["pid", "started"], holder.pid)


NO_LOCKS = [(errno.ENOSYS, "3s"), (errno.EOPNOTSUPP, "0s"), (errno.ENOLCK, "0s")]
"""What a system may say, and how long to wait: a lock that looks damaged is taken after two
seconds.
"""


@pytest.fixture(scope="module")
def without_flock(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A library that refuses every lock with the number that is in NO_FLOCK."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no compiler")
    source = tmp_path_factory.mktemp("preload") / "flock.c"
    source.write_text(
        "#include <errno.h>\n#include <stdlib.h>\n"
        'int flock(int fd, int how) { errno = atoi(getenv("NO_FLOCK")); return -1; }\n'
    )
    library = source.with_suffix(".so")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
    return str(library)


@pytest.mark.parametrize(("number", "patience"), NO_LOCKS)
def test_without_flock_there_is_a_lock_all_the_same(
    number: int,
    patience: str,
    without_flock: str,
    weather: Weather,
    gate: Gate,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second is told of the first, who it is and what to do if it is not; no warning of
    Python's is shown; and nobody waits for one that was killed.
    """

    def flock(descriptor: int, how: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)
    argv = (*ONE_DAY, *MODELS, "--lock-timeout", patience)
    preload = {"LD_PRELOAD": without_flock, "NO_FLOCK": str(number)}
    with hold(weather, gate, tmp_path, *argv, **preload) as holder:
        refused = export(tmp_path, *argv, transport=Api(no_request))
        assert_refused(refused, 3, f"under way: process {holder.pid}, since 20")
        assert refused.stderr.endswith(
            f"; if no export runs on any machine, remove {tmp_path}/_lock.held\n"
        )
        holder.kill()
        assert holder.communicate() == ("", "")
        assert summary(export_well(tmp_path, *ONE_DAY, *MODELS, "--json")) == (1, 1)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["_lock", "_manifest.json", "models"]


def test_what_stands_for_the_lock_and_is_no_file_is_not_opened(tmp_path: Path) -> None:
    """Whoever read a FIFO would wait for ever."""
    os.mkfifo(tmp_path / "_lock")

    assert_refused(
        export(tmp_path, *ONE_DAY, *MODELS, transport=Api(no_request)), 3, "_lock is not a file"
    )
