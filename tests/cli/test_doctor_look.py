"""How `doctor` looks: coloured marks in a column, and lines that fit a terminal."""

import re
from pathlib import Path

import pytest

from tests.cli.test_doctor import NO_CONFIG, PROJECTS, TEAMS, line, ok
from tests.support import CREDENTIALS, FakeApi, Result, answer, run

GREEN, RED, END = "\x1b[32m", "\x1b[1;31m", "\x1b[0m"
INDENT = " " * 15


def doctor(columns: int | None = None, **variables: str) -> Result:
    """With one check that fails."""
    environ = {**CREDENTIALS, "SCENARIO_USAGE_TZ": "Mars/Base", **variables}
    api = FakeApi(ok(), answer(TEAMS), answer(PROJECTS))
    return run("doctor", environ=environ, columns=columns, transport=api)


def test_marks_are_coloured_on_a_terminal() -> None:
    """Green or red, and the name beside it is bold."""
    shown = doctor(100).stdout

    assert f"{GREEN}✓{END} \x1b[1mconfig      {END} none at " in shown
    assert f"{RED}✗{END} \x1b[1mtime zone   {END} unknown time zone" in shown


@pytest.mark.parametrize(
    ("columns", "variables", "is_coloured"),
    [
        (80, {}, True),
        (80, {"NO_COLOR": "1"}, False),
        (80, {"TERM": "dumb"}, False),
        (80, {"FORCE_COLOR": "0"}, False),
        (None, {}, False),
        (None, {"FORCE_COLOR": "1"}, True),
    ],
)
def test_colour_is_that_of_every_command(
    columns: int | None, variables: dict[str, str], is_coloured: bool
) -> None:
    """On a terminal, and in a pipe where it is asked for."""
    assert ("\x1b" in doctor(columns, **variables).stdout) == is_coloured


@pytest.mark.parametrize("columns", [60, 80, 100, 140])
def test_long_findings_go_on_below_themselves(columns: int) -> None:
    """No line is longer than the terminal, and the marks stand alone in their column."""
    lines = doctor(columns, NO_COLOR="1").stdout.splitlines()

    assert max(map(len, lines)) <= columns
    assert [text for text in lines if text[0] not in "✓✗" and not text.startswith(INDENT)] == []
    assert f"{INDENT}hint: use an IANA name" in "\n".join(lines)
    words = " ".join(" ".join(lines).split())
    assert "7: Project 1, Project 2, Project 3, Project 4, Project 5, …" in words


def test_a_word_that_fits_no_line_stays_whole() -> None:
    """It may have to be copied."""
    path = "/nonexistent/" + "long" * 30
    result = run(
        "doctor", "--demo", environ={"SCENARIO_USAGE_CONFIG": path, "NO_COLOR": "1"}, columns=60
    )

    assert re.search(rf"^{INDENT}{path},$", result.stdout, re.MULTILINE)


def test_wide_letters_take_two_columns() -> None:
    """So that the terminal does not break the line once more."""
    teams = {"teams": [{"id": "t", "name": "紅葉 戦記 " * 8}]}
    api = FakeApi(ok(), answer(teams), answer(PROJECTS))
    environ = {**CREDENTIALS, "NO_COLOR": "1"}
    lines = run("doctor", environ=environ, columns=50, transport=api).stdout.splitlines()

    wide = [text for text in lines if "紅葉" in text]
    assert len(wide) > 1
    assert max(len(text) + len(re.findall("[紅葉戦記]", text)) for text in wide) <= 50


@pytest.mark.parametrize("columns", [None, 60])
def test_verbose_names_all_that_the_key_sees(columns: int | None) -> None:
    """Not only the first five."""
    api = FakeApi(ok(), answer(TEAMS), answer(PROJECTS))
    environ = {**CREDENTIALS, "NO_COLOR": "1"}
    result = run("doctor", "--verbose", environ=environ, columns=columns, transport=api)
    names = ", ".join(f"Project {n}" for n in range(1, 8))

    assert f"7: {names}" in " ".join(result.stdout.split())
    if columns is None:
        assert line(result, "projects") == f"7: {names}"


def test_what_a_terminal_would_obey_is_shown(tmp_path: Path) -> None:
    """Also where it is drawn; Rich's markup is text."""
    teams = {"teams": [{"id": "t", "name": "[red]a\x1b[31m\nb"}]}
    api = FakeApi(ok(), answer(teams), answer(PROJECTS))
    result = run("doctor", environ=CREDENTIALS | NO_CONFIG, columns=80, transport=api)

    assert r"1: [red]a\x1b[31m\nb" in result.stdout
