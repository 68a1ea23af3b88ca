"""The recipes for prompts and bars, in real ones under tmux, as far as they are installed."""

import json
import os
import shutil
import subprocess
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pexpect
import pytest

from tests.readme import TEXT, find_blocks, serve_shell

PATIENCE_S = 60
SHELLS = {
    "bash": "bash --norc --noprofile",
    "zsh": "zsh -f",
    "fish": "fish --no-config",
}

pytestmark = pytest.mark.skipif(
    not shutil.which("tmux"), reason="tmux is not installed here; .ci/run installs it"
)

Tmux = Callable[..., str]
"""Runs a command of tmux; returns what it printed."""


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A shell's environment with this command in its path, a sandbox to ask, and a kept line."""
    with serve_shell(tmp_path_factory.mktemp("bin")) as environ:
        cached = {**environ, "XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache"))}
        asked = ["scenario-usage", "quota", "--line", "--timeout", "60"]
        subprocess.run(asked, env=cached, check=True, capture_output=True)
        yield {**cached, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}


@pytest.fixture
def line(environ: Mapping[str, str]) -> str:
    """What the command prints."""
    command = ["scenario-usage", "quota", "--line"]
    done = subprocess.run(command, env=environ, check=True, capture_output=True, text=True)
    return done.stdout.rstrip("\n")


@pytest.fixture
def tmux(environ: dict[str, str], tmp_path: Path) -> Iterator[Tmux]:
    """A server of tmux for this test alone, with the recipe as its configuration."""
    (recipe,) = find_blocks("tmux", TEXT)
    config = tmp_path / "tmux.conf"
    config.write_text(recipe)
    start = ["tmux", "-u", "-S", str(tmp_path / "socket"), "-f", str(config)]

    def run(*argv: str) -> str:
        done = subprocess.run(
            [*start, *argv], env=environ, check=True, capture_output=True, text=True
        )
        return done.stdout

    run("new-session", "-d", "-x", "120", "-y", "10", "sh")
    yield run
    run("kill-server")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_prompt_has_the_line(shell: str, tmux: Tmux, line: str) -> None:
    """In the prompt itself, not only on the command line: it stands there once more after Enter."""
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed here; .ci/run installs it")
    (recipe,) = (block for block in find_blocks(shell, TEXT) if "quota --line" in block)
    tmux("respawn-pane", "-k", SHELLS[shell])
    for command in recipe.splitlines():
        tmux("send-keys", "-l", command)
        tmux("send-keys", "Enter")
    tmux("send-keys", "Enter")
    ends_at = time.monotonic() + PATIENCE_S
    while (shown := tmux("capture-pane", "-p")).count(line) < 2:
        assert time.monotonic() < ends_at, shown
        time.sleep(0.1)


def test_the_status_line_of_tmux_has_it(
    tmux: Tmux, environ: dict[str, str], line: str, tmp_path: Path
) -> None:
    """As whoever is attached sees it."""
    attach = ["-u", "-S", str(tmp_path / "socket"), "attach"]
    env: dict[str, str] = {**os.environ, **environ}
    with pexpect.spawn(
        "tmux", attach, env=env, dimensions=(10, 120), encoding="utf-8", timeout=PATIENCE_S
    ) as screen:
        screen.expect_exact(line)


def test_the_other_recipes_run_what_prints_the_line(environ: dict[str, str], line: str) -> None:
    """Their files are well-formed, and their commands are run by a shell."""
    (starship,) = find_blocks("starship", TEXT)
    (waybar,) = find_blocks("waybar", TEXT)
    module = tomllib.loads(starship)["custom"]["scenario"]
    commands = [module["command"], json.loads(f"{{{waybar}}}")["custom/scenario"]["exec"]]

    shown = [
        subprocess.run(["sh", "-c", one], env=environ, check=True, capture_output=True, text=True)
        for one in commands
    ]

    assert [done.stdout for done in shown] == [f"{line}\n"] * 2
    assert tomllib.loads(starship)["command_timeout"] > 2000
