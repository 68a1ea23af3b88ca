"""`config init` at a terminal: secrets are not echoed, and an interruption leaves no trace."""

import os
import signal
import socket
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect
import pytest

from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox
from scenario_usage_cli.sandbox.server import build_server
from tests.support import heed_interrupts

NAME = r"Name of the profile \[studio\]: "
KEY = r"API key \(not shown\): "
SECRET = r"Its secret \(not shown\): "


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """Where the studio is served."""
    server = build_server(Sandbox(), 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with server:
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
    thread.join()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Where the config file of a test will be."""
    return tmp_path / "config.toml"


@contextmanager
def start(config: Path, *argv: str, **variables: str) -> Iterator[Any]:
    """The command at a terminal of its own, which is closed at the end."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("SCENARIO", "COVERAGE"))}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "scenario_usage_cli", "config", "init", *argv],
        env={**inherited, "SCENARIO_USAGE_CONFIG": str(config), **variables},
        encoding="utf-8",
        timeout=30,
        preexec_fn=heed_interrupts,
        dimensions=(40, 200),
    )
    child.delaybeforesend = None  # nothing is shown any more when a question has been asked
    try:
        yield child
    finally:
        child.close(force=True)


def end(child: Any) -> tuple[int, str]:
    """The exit code, and the rest of what was shown."""
    child.expect(pexpect.EOF)
    shown = str(child.before)
    child.close()
    return (child.exitstatus if child.exitstatus is not None else -child.signalstatus), shown


def say(child: Any, question: str, answer: str) -> str:
    """Answer a question; what was shown before it."""
    child.expect(question)
    child.sendline(answer)
    return str(child.before)


def test_the_answers_become_a_profile_and_no_secret_is_echoed(config: Path, base_url: str) -> None:
    """A line that is empty takes the name that is offered, and asks again for a secret."""
    with start(config, "--base-url", base_url) as child:
        shown = say(child, NAME, "")
        shown += say(child, KEY, "")
        shown += say(child, KEY, f"  {API_KEY} ")
        shown += say(child, SECRET, "sécret-77")
        shown += say(child, SECRET, API_SECRET)
        code, rest = end(child)

    assert code == 0
    assert "characters that are not allowed" in shown
    assert "✓ the credentials are accepted: 1 team (" in rest
    assert "12 projects" in rest
    hidden = (API_KEY, API_SECRET, "cret-77")
    assert [secret for secret in hidden if secret in shown + rest] == []
    assert tomllib.loads(config.read_text()) == {
        "default_profile": "studio",
        "profiles": {
            "studio": {"api_key": API_KEY, "api_secret": API_SECRET, "base_url": base_url}
        },
    }


def test_refused_credentials_are_exit_4(config: Path, base_url: str) -> None:
    """Nothing is written, and what was typed is not shown."""
    with start(config, "--base-url", base_url, "--profile", "films") as child:
        shown = say(child, KEY, "wrong-key-1")
        shown += say(child, SECRET, "wrong-secret-1")
        code, rest = end(child)

    assert code == 4
    assert "nothing was written" in rest
    assert "wrong-" not in shown + rest
    assert list(config.parent.iterdir()) == []


@pytest.mark.parametrize(("answer", "is_written"), [("", False), ("n", False), ("y", True)])
def test_an_api_that_is_not_there_is_a_question(
    config: Path, answer: str, is_written: bool
) -> None:
    """No, unless somebody says yes."""
    with start(config, "--base-url", "http://127.0.0.1:1/v1") as child:
        for question, given in ((NAME, ""), (KEY, "a-key-123"), (SECRET, "a-secret-1")):
            say(child, question, given)
        say(child, r"Write them anyway\? \[y/N\]: ", answer)
        code, _ = end(child)

    assert (code, config.exists()) == ((0, True) if is_written else (6, False))


@pytest.mark.parametrize(("answer", "key"), [("", "old-key-1"), ("yes", API_KEY)])
def test_credentials_that_are_there_are_replaced_only_after_a_question(
    config: Path, base_url: str, answer: str, key: str
) -> None:
    """No is no failure: nothing was changed."""
    config.write_text(
        f"[profiles.studio]\napi_key = 'old-key-1'\nsecret_command = 'x'\nbase_url = '{base_url}'\n"
    )
    config.chmod(0o600)
    with start(config) as child:
        say(child, NAME, "studio")
        say(child, r"has credentials\. Replace them\? \[y/N\]: ", answer)
        if answer:
            say(child, KEY, API_KEY)
            say(child, SECRET, API_SECRET)
        code, rest = end(child)

    profile = tomllib.loads(config.read_text())["profiles"]["studio"]
    assert (code, profile["api_key"]) == (0, key)
    assert ("nothing was changed" in rest) == (not answer)
    assert ("secret_command" in profile) == (not answer)


QUESTIONS = (NAME, KEY, SECRET)


@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize(
    ("ending", "code", "told"),
    [
        ("\x03", 130, "interrupted"),
        ("\x04", 130, "interrupted"),
        (signal.SIGTERM, 143, "ended by SIGTERM"),
    ],
)
def test_an_interruption_writes_nothing_and_restores_the_echo(
    config: Path, base_url: str, at: int, ending: str | signal.Signals, code: int, told: str
) -> None:
    """At any question, by Ctrl-C, Ctrl-D or a signal."""
    with start(config, "--base-url", base_url) as child:
        for question, given in zip(QUESTIONS[:at], ("", API_KEY), strict=False):
            say(child, question, given)
        child.expect(QUESTIONS[at])
        assert at == 0 or child.waitnoecho(timeout=5)
        if isinstance(ending, str):
            child.send(ending)
        else:
            child.kill(ending)
        child.expect(told)
        has_echo = child.getecho()
        found, _ = end(child)

    assert (found, has_echo) == (code, True)
    assert list(config.parent.iterdir()) == []


def test_an_interruption_of_the_check_writes_nothing(config: Path) -> None:
    """While the API is being asked, which does not answer."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with start(config, "--base-url", f"http://127.0.0.1:{port}/v1") as child:
            for question, given in ((NAME, ""), (KEY, "a-key-123"), (SECRET, "a-secret-1")):
                say(child, question, given)
            child.expect("asking http")
            with silent.accept()[0] as connection:
                connection.recv(1)
                child.send("\x03")
                code, rest = end(child)

    assert (code, "interrupted" in rest) == (130, True)
    assert list(config.parent.iterdir()) == []


def test_stdin_is_not_the_terminal(config: Path) -> None:
    """What is typed there would be seen."""
    with start(config, "--stdin") as child:
        code, rest = end(child)

    assert code == 2
    assert "--stdin reads a pipe or a file" in rest
