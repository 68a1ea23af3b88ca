"""Completion in real shells: what stands on the command line after the Tab key is what is run."""

import ast
import os
import re
import shutil
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest

from scenario_usage_cli.cli.completion import SHELLS
from scenario_usage_cli.cli.name_cache import find_cache
from scenario_usage_cli.collect.names import Names
from scenario_usage_cli.sandbox.studio import PROJECTS
from scenario_usage_cli.settings import Config
from tests.support import CREDENTIALS, KEY, SECRET, run

ROOT = Path(__file__).parent.parent.parent
PATIENCE_S = 60
PROGRAM = """#!/bin/sh
if [ -n "$_SCENARIO_USAGE_COMPLETE" ] && [ -p .question ]; then
  printf '%s\\000' "$_SCENARIO_USAGE_COMPLETE" "$@" >.question
  exec cat .reply
fi
if [ -n "$_SCENARIO_USAGE_COMPLETE" ] || [ "$1" != report ]; then
  exec "{python}" -m scenario_usage_cli "$@"
fi
exec "{python}" -S -c 'import sys; print("RUN", ascii(sys.argv[1:]), "END")' "$@"
"""
"""The program of a test: it completes as ours does, and prints what `report` would be given.

Where there is a pipe called `.question`, this process of the tests answers, and starts no other.
"""
COMMANDS = {
    "bash": ["--norc", "--noprofile"],
    "zsh": ["-f"],
    "fish": ["--no-config"],
}
SOURCE = {
    "bash": "set -u; source <(scenario-usage completion bash)",
    "zsh": "source <(scenario-usage completion zsh)",
    "fish": "scenario-usage completion fish | source",
}
TAB = "\t"
NAMES = [
    "ac: $HOME `id` $(id) | & ; * ? # ~ ^ % @ + = / x",
    "bc \"double\" 'single' back\\slash\\",
    "cc two\nlines [x] {a,b} (c) <d>",
    "dc !! !x wow!",
    "ec\u00a0Éà 漢字 👩‍🎨",
    "fc ends with a 'quote'",
    'gc ends with a "quote"',
    "hc ends with a line feed\n",
    "'ic' begins with a quote",
    '"jc" begins with a quote',
    "~kc",
    "-lc",
    "=mc",
    "!nc",
]
"""Each begins with other letters, so that these complete it."""


class Shell:
    """A shell on a terminal of its own, in an empty home folder."""

    def __init__(self, name: str, home: Path) -> None:
        self.seen = ""
        folder = home / "bin"
        folder.mkdir(parents=True, exist_ok=True)
        program = folder / "scenario-usage"
        program.write_text(PROGRAM.format(python=sys.executable))
        program.chmod(0o755)
        self.environ = {
            "HOME": str(home),
            "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "SCENARIO_USAGE_CONFIG": str(home / "config.toml"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "SCENARIO_SDK_API_KEY": KEY,
            "SCENARIO_SDK_API_SECRET": SECRET,
            "TERM": "xterm",
            "LC_ALL": "C.UTF-8",
        }
        self._child = pexpect.spawn(
            str(shutil.which(name)),
            COMMANDS[name],
            env=self.environ,
            cwd=str(home),
            encoding="utf-8",
            dimensions=(50, 160),
            timeout=PATIENCE_S,
        )
        self._child.delaybeforesend = None  # what is sent is read whenever the shell is ready

    def run(self, typed: str) -> str:
        """Type what may have Tabs in it, run the line, and give what is seen up to its end."""
        self._child.send(f"{typed}; echo do''ne\r")
        self._child.expect("done")
        return str(self._child.before)

    def complete(self, typed: str) -> list[str]:
        """Type what has Tabs in it, run the line, and give what the program was given."""
        self._child.send(f"{typed}\r")
        try:
            self._child.expect("RUN (.*) END")
        except pexpect.TIMEOUT:
            self._child.sendintr()
            raise
        assert isinstance(self._child.match, re.Match)
        self.seen += f"{self._child.before}"
        found: list[str] = ast.literal_eval(self._child.match[1])
        return found

    def close(self) -> None:
        """End it with all that it runs."""
        self._child.close(force=True)


def keep_names(folder: Path) -> None:
    """What a command keeps of a list of projects."""
    environ = {**CREDENTIALS, "XDG_CACHE_HOME": str(folder)}
    cache = find_cache(environ, Config(Path(), found=False))
    assert cache
    projects = {f"project_{number}": name for number, name in enumerate(NAMES)}
    cache.keep({"projects": projects}, Names())


@contextmanager
def start_shell(name: str, home: Path) -> Iterator[Shell]:
    """A shell in a home with a profile, a file and kept names."""
    if not shutil.which(name):
        pytest.skip(f"{name} is not installed here; .ci/run installs it")
    (home / "config.toml").write_text('[profiles."big films"]\n')
    (home / "answer.json").touch()
    keep_names(home / "cache")
    started = Shell(name, home)
    try:
        yield started
    finally:
        started.close()


@contextmanager
def answer_in_process(home: Path, environ: Mapping[str, str]) -> Iterator[None]:
    """Complete for the program of a shell in this home."""
    question, reply = home / ".question", home / ".reply"
    for pipe in (question, reply):
        os.mkfifo(pipe)

    def complete() -> None:
        while asked := question.read_bytes():
            shell, *argv = os.fsdecode(asked).split("\0")[:-1]
            said = run(*argv, environ={**environ, "_SCENARIO_USAGE_COMPLETE": shell})
            reply.write_bytes(said.stdout.encode())

    thread = threading.Thread(target=complete)
    thread.start()
    try:
        yield
    finally:
        question.write_bytes(b"")
        thread.join()


@pytest.fixture(scope="module", params=SHELLS)
def shell(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shell]:
    """Each of the shells, with the script evaluated; what stands there comes from this process."""
    home = tmp_path_factory.mktemp(request.param)
    with start_shell(request.param, home) as started, answer_in_process(home, started.environ):
        started.run(SOURCE[request.param])
        yield started


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (f"rep{TAB}--sec{TAB}models,ass{TAB}", ["--section", "models,assets"]),
        (f"report --period=last-m{TAB}", ["--period=last-month"]),
        (f"report --tz Europe/Par{TAB}-f mark{TAB}", ["--tz", "Europe/Paris", "-f", "markdown"]),
        (f"report --profile big{TAB}", ["--profile", "big films"]),
        (f"report --from ans{TAB}", ["--from", "answer.json"]),
        (f"report --output=ans{TAB}", ["--output=answer.json"]),
    ],
    ids=["words", "equals sign", "two values", "profile", "file", "file behind an equals sign"],
)
def test_words_are_completed(shell: Shell, typed: str, words: list[str]) -> None:
    """Commands, options, their values, and files."""
    assert shell.complete(f"scenario-usage {typed}") == ["report", *words]


@pytest.mark.parametrize(
    ("typed", "project"),
    [
        (f"Mark{TAB}", "Marketing & Trailers"),
        (f"mark{TAB}", "Marketing & Trailers"),
        (f'"Mark{TAB}', "Marketing & Trailers"),
        (f"'Mark{TAB}", "Marketing & Trailers"),
        (f"Marketing\\ \\&{TAB}", "Marketing & Trailers"),
        (f'"Marketing & T{TAB}', "Marketing & Trailers"),
        (f"Prop{TAB}", 'Props, Tiles & "Bits"'),
        (f'"Prop{TAB}', 'Props, Tiles & "Bits"'),
        (f"'Props, T{TAB}", 'Props, Tiles & "Bits"'),
        (f"'Zo{TAB}", "Zoë's playground"),
        (f"\\[d{TAB}", "[draft] Neon Harbor"),
        (f"紅{TAB}", "紅葉戦記"),
        (f"Old{TAB}", "Old Lighthouse (shipped)"),
        (f"'R&D,Mark{TAB}", "R&D,Marketing & Trailers"),
    ],
)
def test_a_name_is_inserted_so_that_the_shell_gets_it(
    shell: Shell, typed: str, project: str
) -> None:
    """Whatever is in it, in the quote that is open."""
    given = shell.complete(f"scenario-usage report --demo --project {typed}")

    assert given == ["report", "--demo", "--project", project]


def test_a_completed_line_reports_that_project(shell: Shell) -> None:
    """By the program itself, which takes the name as it is inserted."""
    (project,) = (one for one in PROJECTS if one.name == "Marketing & Trailers")

    seen = shell.run(f"scenario-usage trend --demo --json --last 1d -p Mark{TAB}")

    assert f'"{project.id}"' in seen
    assert '"project_ids"' in seen


@pytest.mark.parametrize("opened", ["", '"', "'"], ids=["bare", "double", "single"])
def test_kept_names_are_inserted_whatever_is_in_them(shell: Shell, opened: str) -> None:
    """From their first letters, in each kind of quote."""
    names = [name for name in NAMES if name[0] != opened]
    escaped = {name: name[:2] if opened or name[0].isalnum() else f"\\{name[:2]}" for name in names}

    typed = " ".join(f"-p {opened}{begun}{TAB}" for begun in escaped.values())

    assert shell.complete(f"scenario-usage report {typed}")[2::2] == names


@pytest.mark.parametrize(
    ("name", "before", "place", "after"),
    [
        ("bash", "mkdir completions", "completions/x", "source completions/x"),
        (
            "zsh",
            "mkdir functions; fpath=(~/functions $fpath)",
            "${fpath[1]}/_scenario-usage",
            "autoload -Uz compinit; compinit -u",
        ),
        (
            "fish",
            "mkdir completions; set fish_complete_path ~/completions",
            "~/completions/scenario-usage.fish",
            "true",
        ),
    ],
)
def test_the_script_may_be_kept_as_a_file(
    name: str, before: str, place: str, after: str, tmp_path: Path
) -> None:
    """In the folder in which the shell looks for completions; it asks the program itself."""
    with start_shell(name, tmp_path) as started:
        started.run(before)
        started.run(f"scenario-usage completion {name} > {place}")
        started.run(after)

        given = started.complete(f"scenario-usage report --period=last-m{TAB} -p 'fc{TAB}")

        assert given == ["report", "--period=last-month", "-p", "fc ends with a 'quote'"]


@pytest.mark.parametrize("name", SHELLS)
def test_broken_files_are_not_told_of(name: str, tmp_path: Path) -> None:
    """There is nothing to choose from; the line stays as it is."""
    with start_shell(name, tmp_path) as started:
        started.run(SOURCE[name])
        (tmp_path / "config.toml").write_text("[profiles")
        shutil.rmtree(tmp_path / "cache")
        (tmp_path / "cache").touch()

        given = started.complete(f"scenario-usage report --profile b{TAB} -p a{TAB} --json")

        assert given == ["report", "--profile", "b", "-p", "a", "--json"]
        assert "error" not in started.seen
        assert "Traceback" not in started.seen
