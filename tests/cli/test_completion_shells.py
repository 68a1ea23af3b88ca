"""Completion in real shells: what stands on the command line after the Tab key is what is run."""

import ast
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from scenario_usage_cli.cli.completion import SHELLS

ROOT = Path(__file__).parent.parent.parent
PATIENCE_S = 30
PROGRAM = """#!/bin/sh
if [ -n "$_SCENARIO_USAGE_COMPLETE" ] || [ "$1" != report ]; then
  exec "{python}" -m scenario_usage_cli "$@"
fi
exec "{python}" -S -c 'import sys; print("RUN", ascii(sys.argv[1:]), "END")' "$@"
"""
"""The program of a test: it completes as ours does, and prints what `report` would be given."""
COMMANDS = {
    "bash": ["--norc", "--noprofile"],
    "zsh": ["-f"],
    "fish": ["--no-config"],
}
SOURCE = {
    "bash": "source <(scenario-usage completion bash)",
    "zsh": "source <(scenario-usage completion zsh)",
    "fish": "scenario-usage completion fish | source",
}
TAB = "\t"


class Shell:
    """A shell on a terminal of its own, in an empty home folder."""

    def __init__(self, name: str, home: Path) -> None:
        self.name = name
        folder = home / "bin"
        folder.mkdir(parents=True, exist_ok=True)
        program = folder / "scenario-usage"
        program.write_text(PROGRAM.format(python=sys.executable))
        program.chmod(0o755)
        self._child = pexpect.spawn(
            str(shutil.which(name)),
            COMMANDS[name],
            env={
                "HOME": str(home),
                "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
                "PYTHONPATH": str(ROOT),
                "SCENARIO_USAGE_CONFIG": str(home / "config.toml"),
                "TERM": "xterm",
                "LC_ALL": "C.UTF-8",
            },
            cwd=str(home),
            encoding="utf-8",
            dimensions=(50, 160),
            timeout=PATIENCE_S,
        )

    def do(self, line: str) -> None:
        """Run a line, and wait for its end."""
        self._child.sendline(f"{line}; echo do''ne")
        self._child.expect("done")

    def complete(self, typed: str) -> list[str]:
        """Type what has Tabs in it, run the line, and give what the program was given."""
        self._child.send(f"{typed}\r")
        try:
            self._child.expect("RUN (.*) END")
        except pexpect.TIMEOUT:
            self._child.sendintr()
            raise
        assert isinstance(self._child.match, re.Match)
        found: list[str] = ast.literal_eval(self._child.match[1])
        return found

    def close(self) -> None:
        """End it with all that it runs."""
        self._child.close(force=True)


@pytest.fixture(scope="module", params=SHELLS)
def shell(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shell]:
    """Each of the shells, with the script evaluated."""
    name = request.param
    if not shutil.which(name):
        pytest.skip(f"{name} is not installed here; .ci/run installs it")
    home = tmp_path_factory.mktemp(name)
    (home / "config.toml").write_text('[profiles."big films"]\n')
    (home / "answer.json").touch()
    started = Shell(name, home)
    try:
        started.do(SOURCE[name])
        yield started
    finally:
        started.close()


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
