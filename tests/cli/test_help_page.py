"""--help: options in groups, examples that work, and as wide and bold as its reader likes."""

import re
import shutil
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.cases import each
from tests.readme import run_as_written, serve_shell
from tests.support import run

BOLD = "\x1b[1m"


@cache
def read_page(*command: str) -> str:
    """The help of a command, in a pipe."""
    return run(*command, "--help").stdout


def list_commands(*group: str) -> list[str]:
    """The names below the heading Commands, those of groups with those of their commands."""
    _, heading, rest = read_page(*group).partition("\nCommands:\n")
    names = re.findall(r"^  ([a-z]+)  ", rest, re.MULTILINE) if heading else []
    paths = [(*group, name) for name in names]
    return [one for path in paths for one in (" ".join(path), *list_commands(*path))]


ALL = ["", *list_commands()]


def read_examples(command: str) -> list[str]:
    """The lines below the heading that ends the help of a command."""
    page = read_page(*command.split())
    return [line.strip() for line in page.split("\nExamples:\n")[1].splitlines()]


EXAMPLES = [example for command in ALL for example in read_examples(command)]


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A shell's environment with this command in its path, a sandbox to ask, and two profiles."""
    with serve_shell(tmp_path_factory.mktemp("bin")) as environ:
        config = Path(environ["SCENARIO_USAGE_CONFIG"])
        with config.open("a", encoding="utf-8") as file:
            file.write('\n[profiles.another-studio]\ntz = "Asia/Tokyo"\n')
        yield {**environ, "EDITOR": "cat"}


@each("command", ALL)
def test_every_command_has_three_examples(command: str) -> None:
    """Each is a command line, and short enough for 80 columns; a small group has fewer."""
    examples = read_examples(command)

    assert len(examples) == 3 or 0 < len(examples) == len(list_commands(*command.split()))
    assert [line for line in examples if "scenario-usage" not in line or len(line) > 78] == []


@pytest.mark.parametrize("example", dict.fromkeys(EXAMPLES))
def test_an_example_works(example: str, environ: Mapping[str, str], tmp_path: Path) -> None:
    """As it is written, in a folder with a dataset; what needs S3 or a person is only read."""
    if "jq" in example and not shutil.which("jq"):
        pytest.skip("jq is not installed here; .ci/run installs it")
    if any(words in example for words in ("s3://", "scenario-usage sandbox", "config init")):
        example += " --help"
    if found := re.search(r"scenario-usage completion \w+", example):
        example = found[0]  # the rest is for a shell that is being configured
    example = example.replace("--since 2026-01-01", "--since yesterday")  # a year takes long
    if "--verify" in example or "restatements" in example:
        argv = ("--demo", "--last", "1d", "--by-project", "--datasets", "models")
        run("export", str(tmp_path / "usage"), *argv, environ={})

    done = run_as_written(example, environ, tmp_path)

    is_over = "--fail-over" in example and done.code == 8
    assert done.code == 0 or is_over, done.stderr
    assert "error:" not in done.stderr
    assert done.stdout or "config" in example or list(tmp_path.iterdir())


@each("command", ALL)
def test_headings_are_bold_on_a_terminal_only(command: str) -> None:
    """And nothing else is; without colour the page is the same."""
    shown = run(*command.split(), "--help", environ={}, columns=80).stdout
    lines = [line for line in shown.splitlines() if "\x1b" in line]

    assert re.sub(r"\x1b\[[01]m", "", shown) == read_page(*command.split())
    assert lines[0].startswith(f"{BOLD}Usage\x1b[0m: scenario-usage")
    assert all(re.fullmatch(r"\x1b\[1m[A-Z][a-z ]+:\x1b\[0m", line) for line in lines[1:])
    assert len(lines) > 2


@each(
    ("environ", "columns", "is_bold"),
    [
        ({}, 80, True),
        ({"NO_COLOR": "1"}, 80, False),
        ({"TERM": "dumb"}, 80, False),
        ({"FORCE_COLOR": "0"}, 80, False),
        ({}, None, False),
        ({"FORCE_COLOR": "1"}, None, True),
    ],
)
@each("argv", [(), ("report", "-h"), ("help",), ("help", "report")])
def test_bold_is_a_colour(
    argv: tuple[str, ...], environ: dict[str, str], columns: int | None, is_bold: bool
) -> None:
    """Whatever turns colour off or on does the same to it, in every way to the page."""
    assert (BOLD in run(*argv, environ=environ, columns=columns).stdout) is is_bold


@each(
    ("columns", "in_pipe", "widest"),
    [(200, None, 100), (100, None, 100), (80, None, 80), (60, None, 60), (40, None, 40),
     (None, "200", 80), (None, None, 80), (None, "60", 60), (None, "nonsense", 80)],
)  # fmt: skip
@each("argv", [("report", "--help"), ("--help",), ("help",)])
def test_a_page_is_as_wide_as_its_reader(
    argv: tuple[str, ...], columns: int | None, in_pipe: str | None, widest: int
) -> None:
    """Up to 100 columns on a terminal, 80 in a pipe, less where COLUMNS says so."""
    environ = {"NO_COLOR": "1"} | ({"COLUMNS": in_pipe} if in_pipe else {})
    page = run(*argv, environ=environ, columns=columns).stdout.split("\nExamples:")[0]
    longest = max(map(len, page.splitlines()))

    assert longest <= widest
    assert longest > widest * 0.8 or argv == ("help",)


def test_a_summary_is_never_cut() -> None:
    """Where a terminal is narrow, it goes on in the next line."""
    assert "..." not in run("--help", columns=40, environ={}).stdout.split("Commands:")[1]


@pytest.mark.parametrize("argv", [("-V",), ("version",), ("report", "-V"), ("-V", "report")])
def test_the_version_is_told_in_every_way(argv: tuple[str, ...]) -> None:
    """As an option, short or long, and as a command."""
    assert run(*argv) == run("--version")
