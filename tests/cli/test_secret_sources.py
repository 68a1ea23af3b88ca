"""`secret_command` and `keyring`: where a secret comes from that is not in the config file."""

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from scenario_usage_cli.cli.config import secrets
from tests.support import CREDENTIALS, KEY, SECRET, FakeApi, Result, answer, run, usages

PERIOD = ("--start", "2026-11-01", "--end", "2026-11-02")


def write(folder: Path, *lines: str, key: str = f"api_key = '{KEY}'") -> dict[str, str]:
    """A config file with one profile, which is the default one, as the variables of a run."""
    path = folder / "config.toml"
    path.write_text("\n".join(['default_profile = "studio"', "[profiles.studio]", key, *lines]))
    path.chmod(0o600)
    return {"SCENARIO_USAGE_CONFIG": str(path), "PATH": os.environ["PATH"]}


def python(code: str, *arguments: str) -> str:
    """A setting that runs some Python, as a list of its parts."""
    return f"secret_command = {json.dumps([sys.executable, '-c', code, *arguments])}"


def report(environ: dict[str, str], *argv: str, api: FakeApi | None = None) -> Result:
    """A report in JSON."""
    return run("report", "--json", *PERIOD, *argv, environ=environ, transport=api)


def has_ended(group: int) -> bool:
    """Whether every process of a group has ended, or does so within a second."""
    for _ in range(100):
        states = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                states.append(path.read_text().rpartition(")")[2].split()[:3])
        if not any(int(its) == group and state != "Z" for state, _, its in states):
            return True
        time.sleep(0.01)
    return False


def basic(api: FakeApi) -> str:
    """What was sent as credentials."""
    return str(api.requests[0].headers["authorization"])


BOTH = "Basic a2V5LTRmN2E5MTpzZWNyZXQtMGM1NWUy"
"""KEY and SECRET as the header has them."""


@pytest.mark.parametrize(
    "line",
    [
        python(f"print('{SECRET}')"),
        python(f"print('{SECRET}', end='')"),
        python(f"print(' {SECRET}', end='\\r\\n\\n')"),
        f"secret_command = 'echo {SECRET}'",
        f"secret_command = '''printf '%s' {SECRET}'''",
        f"secret_command = 'echo {SECRET}'\nkeyring = false\napi_secret = ''",
    ],
)
def test_the_line_that_a_command_prints_is_the_secret(tmp_path: Path, line: str) -> None:
    """A line is read as a shell would cut it, and no shell runs it; blanks at the ends go."""
    api = FakeApi(answer(usages()))
    result = report(write(tmp_path, line), api=api)

    assert (result.code, result.stderr) == (0, "")
    assert basic(api) == BOTH


def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    """Variables, pipes and further commands are words like all others."""
    (tmp_path / "told").mkdir()
    tool = tmp_path / "tool"
    tool.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/told/words\necho {SECRET}\n')
    tool.chmod(0o755)
    line = f"secret_command = '{tool} $HOME | ~ ; \"a b\" `id` > x'"

    assert report(write(tmp_path, line), api=FakeApi(answer(usages()))).code == 0
    assert (tmp_path / "told" / "words").read_text().splitlines() == [
        *("$HOME", "|", "~", ";", "a b", "`id`", ">", "x"),
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (python("print('s3cret-77'); exit(7)"), "failed with exit code 7"),
        (python("import os; print('s3cret-77'); os.kill(os.getpid(), 9)"), "ended by signal 9"),
        (python("pass"), "printed nothing"),
        (python("print(' \\t ')"), "printed nothing"),
        (python("print('\\n\\n')"), "printed nothing"),
        (python("print('s3cret-77\\nurl: x')"), "printed more than one line"),
        (python("print('\\ns3cret-77')"), "printed more than one line"),
        (python("print('s3cret-77\\rx')"), "printed more than one line"),
        (python("while True: print('s3cret-77')"), "printed more than one line"),
        (python("while True: print('s3cret-77', end='')"), "printed more than one line"),
        (python("import os; os.write(1, b's3cret-77\\xff')"), "printed what is not text"),
        (python("print('s3cret-77-\\u00e9')"), "characters that are not allowed"),
        (python("print('s3cret-77\\x1b[0m')"), "characters that are not allowed"),
        (python("import sys; sys.exit('s3cret-77')"), "failed with exit code 1"),
        ("secret_command = 's3cret-77'", "cannot be run: No such file"),
        ("secret_command = '/dev/null s3cret-77'", "cannot be run: Permission denied"),
        ("secret_command = ['', 's3cret-77']", "cannot be run"),
        ("secret_command = ['s3cret-77\\u0000']".replace("'", '"'), "cannot be run"),
        ("secret_command = '''echo \"s3cret-77'''", "has a quote or a backslash without its end"),
        ("secret_command = 's3cret-77\\'", "has a quote or a backslash without its end"),
        ("secret_command = '# s3cret-77'", "cannot be run"),
    ],
)
def test_a_command_that_gives_no_secret_is_exit_3(tmp_path: Path, line: str, told: str) -> None:
    """The message names the key of the profile; nothing that it printed is shown, nor the command
    itself, and nothing is asked of the API.
    """
    result = report(write(tmp_path, line), "--verbose")

    assert (result.code, result.stdout) == (3, "")
    assert told in result.error
    assert "secret_command" in result.error
    assert f"profile 'studio' of {tmp_path}" in result.error
    assert "s3cret-77" not in result.stderr
    assert "hint: " in result.stderr


@pytest.mark.parametrize(
    "code",
    [
        "time.sleep(60)",
        "print('s3cret-77', flush=True); time.sleep(60)",
        "os.close(1); time.sleep(60)",
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
        "subprocess.run(['sleep', '60'])",
        "subprocess.Popen(['sleep', '60']); print('s3cret-77')",
        "subprocess.Popen(['sleep', '3'], start_new_session=True)",
        "input(); time.sleep(60) if sys.stdin.isatty() else print('s3cret-77') or time.sleep(60)",
        "time.sleep(60) if not sys.stdin.read() else None",
    ],
)
def test_a_command_that_hangs_is_stopped_with_all_that_it_started(
    tmp_path: Path, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its time, whatever it ignores, and whoever else keeps its output open."""
    monkeypatch.setattr(secrets, "COMMAND_PATIENCE_S", 0.5)
    started = tmp_path / "pid"
    head = "import os, signal, subprocess, sys, time; "
    note = f"open({str(started)!r}, 'w').write(str(os.getpid())); "
    before = time.monotonic()
    result = report(write(tmp_path, python(head + note + code)))

    assert (result.code, result.stdout) == (3, "")
    if "input()" not in code:  # which fails, as there is nothing to read
        assert "did not end within 0.5 s, and was stopped" in result.error
    assert time.monotonic() - before < 5
    assert has_ended(int(started.read_text()))


def test_an_interrupted_command_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C does not reach its group of its own."""
    started = tmp_path / "pid"
    note = f"import os, time; open({str(started)!r}, 'w').write(str(os.getpid())); time.sleep(60)"

    def interrupt(self: Any, timeout: float | None = None) -> None:
        while not (started.exists() and started.read_text()):
            time.sleep(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr("threading.Thread.join", interrupt)
    result = report(write(tmp_path, python(note)))

    assert (result.code, result.stdout, result.stderr) == (130, "", "interrupted\n")
    assert has_ended(int(started.read_text()))


def test_the_command_runs_once_and_only_where_its_secret_is_needed(tmp_path: Path) -> None:
    """Not where the environment has credentials, not for the demo, and not for help."""
    log = tmp_path / "log"
    line = python(f"open({str(log)!r}, 'a').write('x'); print('{SECRET}')")
    environ = write(tmp_path, line)

    def answers() -> FakeApi:
        return FakeApi(*[answer(usages())] * 3, answer({"teams": []}), answer({"projects": []}))

    for line in (
        "report --demo",
        "report --help",
        "doctor --demo",
        "config path",
        "trend --last x",
    ):
        run(*line.split(), environ=environ)
    run("report", environ={**environ, **CREDENTIALS} | environ, transport=answers())
    assert not log.exists()

    for times, command in enumerate(("compare", "doctor", "activity"), start=1):
        run(command, environ=environ, transport=answers())
        assert len(log.read_text()) == times


def test_the_secret_is_masked_like_any_other(tmp_path: Path) -> None:
    """Also in an error that repeats it, alone or as the Basic header has it."""
    environ = write(tmp_path, python(f"print('{SECRET}')"))
    refusal = answer({"message": f"no {SECRET} or {BOTH} for {KEY}"}, 401)
    result = report(environ, "--verbose", api=FakeApi(refusal))

    assert result.code == 4
    assert "no *** or Basic *** for ***" in result.stderr
    assert [text for text in (KEY, SECRET, BOTH[6:]) if text in result.stderr] == []


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        (["secret_command = 'x'", "api_secret = 's3cret-77'"], "api_secret and secret_command"),
        (["keyring = true", "api_secret = 's3cret-77'"], "api_secret and keyring"),
        (["keyring = true", "secret_command = ['x']"], "secret_command and keyring"),
        (
            ["keyring = true", "secret_command = 'x'", "api_secret = 's3cret-77'"],
            "api_secret and secret_command and keyring",
        ),
        (["secret_command = 'x'", "token = 's3cret-77'"], "(api_key, token)"),
        (["keyring = true", "token = 's3cret-77'"], "(api_key, token)"),
    ],
)
def test_two_places_of_a_secret_are_exit_3(tmp_path: Path, lines: list[str], named: str) -> None:
    """Both are named, none is asked, and nothing of them is shown."""
    result = report(write(tmp_path, *lines))

    assert (result.code, result.stdout) == (3, "")
    assert named in result.error
    assert "s3cret-77" not in result.stderr


@pytest.mark.parametrize(
    ("line", "name"), [("secret_command='x'", "secret_command"), ("keyring = true", "keyring")]
)
def test_a_secret_without_its_key_is_exit_3(tmp_path: Path, line: str, name: str) -> None:
    """The key is in the profile in any case; a token beside the other's secret is too much."""
    missing = report(write(tmp_path, line, key=""))
    beside = report(write(tmp_path, line, key="token = 's3cret-77'"))

    assert missing.error.endswith(f"has {name} but no api_key")
    assert f"({name}, token)" in beside.error
    assert (missing.code, beside.code) == (3, 3)


@pytest.mark.parametrize(
    "line",
    [
        *("secret_command = 3", "secret_command = [3]", "secret_command = {}"),
        *("keyring = 'yes'", "keyring = 1", "keyring = []"),
    ],
)
def test_a_value_of_the_wrong_type_is_exit_3(tmp_path: Path, line: str) -> None:
    """As with every other key."""
    name = line.split()[0]
    result = report(write(tmp_path, line))

    assert (result.code, result.stdout) == (3, "")
    assert result.error.startswith(f"error: profiles.studio.{name} in the config file {tmp_path}")


@pytest.mark.parametrize("value", ["''", "'  '", "[]", "['', ' ']"])
def test_an_empty_command_is_said_to_be_empty(tmp_path: Path, value: str) -> None:
    """Not that another key is missing: this one is there."""
    result = report(write(tmp_path, f"secret_command = {value}"))

    assert (result.code, result.stdout) == (3, "")
    assert "profiles.studio.secret_command in the config file" in result.error
    assert "is empty" in result.error


# --- the keyring


class Drawer(KeyringBackend):
    """A keyring that keeps what it is given in memory, or fails."""

    priority = 1

    def __init__(self, failure: Exception | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library's
        self.kept: dict[tuple[str, str], str] = {}
        self.failure = failure

    def get_password(self, service: str, username: str) -> str | None:
        """What is kept for a user."""
        if self.failure:
            raise self.failure
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        if self.failure:
            raise self.failure
        self.kept[service, username] = password


@pytest.fixture
def drawer() -> Iterator[Drawer]:
    """The keyring of a test."""
    before = keyring.get_keyring()
    keyring.set_keyring(drawer := Drawer())
    yield drawer
    keyring.set_keyring(before)


def test_the_keyring_has_the_secret_of_the_key(tmp_path: Path, drawer: Drawer) -> None:
    """Under the name of this tool, for the API key."""
    drawer.kept["scenario-usage", KEY] = SECRET
    api = FakeApi(answer(usages()))
    result = report(write(tmp_path, "keyring = true"), api=api)

    assert (result.code, result.stderr) == (0, "")
    assert basic(api) == BOTH


@pytest.mark.parametrize("kept", [None, ""])
def test_a_keyring_without_the_secret_is_exit_3(
    tmp_path: Path, drawer: Drawer, kept: str | None
) -> None:
    """With what stores it there."""
    if kept is not None:
        drawer.kept["scenario-usage", KEY] = kept
    result = report(write(tmp_path, "keyring = true"))

    assert (result.code, result.stdout) == (3, "")
    assert "the system keyring has no secret for this API key" in result.error
    assert "scenario-usage config init --keyring" in result.stderr
    assert KEY not in result.stderr


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (keyring.errors.KeyringLocked("Failed to unlock the collection!"), "Failed to unlock"),
        (keyring.errors.InitError("no D-Bus\nat all"), "failed: no D-Bus\n"),
        (RuntimeError(), "RuntimeError"),
        (OSError(5, "Input/output error"), "Input/output error"),
    ],
)
def test_a_keyring_that_fails_is_exit_3(
    tmp_path: Path, drawer: Drawer, failure: Exception, told: str
) -> None:
    """However its backend fails: it is no bug of this tool."""
    drawer.failure = failure
    result = report(write(tmp_path, "keyring = true"))

    assert (result.code, result.stdout) == (3, "")
    assert told in result.stderr
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["error", "hint"]


def test_a_system_without_a_keyring_is_exit_3(tmp_path: Path, drawer: Drawer) -> None:
    """As servers and containers mostly are."""
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]  # the library's
    result = report(write(tmp_path, "keyring = true"))

    assert (result.code, result.stdout) == (3, "")
    assert "this system has no keyring that can be used" in result.error
    assert "secret_command" in result.stderr


def test_a_missing_extra_is_exit_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the line that installs it; a profile that does not use it does not need it."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    result = report(write(tmp_path, "keyring = true"))
    other = report(write(tmp_path, f"api_secret = '{SECRET}'"), api=FakeApi(answer(usages())))

    assert (result.code, result.stdout) == (3, "")
    assert "keyring in profile 'studio' of " in result.error
    assert "pip install 'scenario-usage-cli[keyring]'" in result.stderr
    assert other.code == 0


def test_a_secret_of_the_keyring_that_no_header_can_hold_is_exit_3(
    tmp_path: Path, drawer: Drawer
) -> None:
    """It is not shown."""
    drawer.kept["scenario-usage", KEY] = "s3cret-77\nx"
    result = report(write(tmp_path, "keyring = true"))

    assert (result.code, result.stdout) == (3, "")
    assert "has a keyring with characters that are not allowed" in result.error
    assert "s3cret-77" not in result.stderr


@pytest.mark.parametrize("line", ["keyring = true", python(f"print('{SECRET}')")])
def test_doctor_says_where_the_secret_comes_from(tmp_path: Path, drawer: Drawer, line: str) -> None:
    """And what is wrong with it."""
    environ = write(tmp_path, line)
    broken = run("doctor", environ=write(tmp_path, line.replace("print", "exit")))
    drawer.kept["scenario-usage", KEY] = SECRET
    api = FakeApi(answer(usages()), answer({"teams": []}), answer({"projects": []}))
    result = run("doctor", environ=write(tmp_path, line), transport=api)

    name = line.split()[0]
    assert result.code == 0
    assert (
        "✓ credentials  an API key and its secret from profile 'studio' of "
        f"{environ['SCENARIO_USAGE_CONFIG']} (the secret: {name})\n"
    ) in result.stdout
    assert (broken.code, "✗ credentials" in broken.stdout) == (3, True)
    assert SECRET not in broken.stdout
