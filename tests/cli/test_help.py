"""`help`: the topics and commands, each topic, and what there is no help on."""

import re
from collections.abc import Mapping

import pytest

from tests.cases import each
from tests.readme import PAGES, TOPICS, find_blocks
from tests.support import run

TEXTS = {page.stem: PAGES[page] for page in TOPICS}
COMMANDS = (
    "report",
    "trend",
    "compare",
    "activity",
    "list",
    "doctor",
    "schema",
    "config",
    "help",
    "version",
)
"""Those that no topic is named after."""
COMMANDS_WITH_TOPICS = ("export", "restatements", "quota", "sandbox", "completion")
ESCAPE = "\x1b"


def test_without_a_topic_all_are_listed() -> None:
    """Each topic with its heading, each command with what its own help begins with."""
    result = run("help")

    rows = dict(re.findall(r"^  ([a-z-]+)  +(.*)$", result.stdout, re.MULTILINE))
    headings = {name: text.splitlines()[0].removeprefix("# ") for name, text in TEXTS.items()}
    assert (result.code, result.stderr) == (0, "")
    assert {name: rows[name] for name in headings if name not in COMMANDS_WITH_TOPICS} == {
        name: heading for name, heading in headings.items() if name not in COMMANDS_WITH_TOPICS
    }
    assert [heading for heading in headings.values() if heading not in result.stdout] == []
    assert set(rows) == {*TEXTS, *COMMANDS}
    listed = run("--help").stdout.split("Commands:")[1].split("\nExamples:")[0]
    assert listed == result.stdout.split("Commands:")[1]


@each("topic", sorted(set(TEXTS) - {"dashboard"}))
def test_a_topic_in_a_pipe_is_its_markdown(topic: str) -> None:
    """As the page is written, to the letter."""
    result = run("help", topic)

    assert (result.code, result.stdout, result.stderr) == (0, TEXTS[topic], "")


def test_a_topic_about_a_file_is_that_file_in_a_pipe() -> None:
    """The dashboard; on a terminal it is a page."""
    assert run("help", "dashboard").json["title"] == "Scenario usage"
    page = run("help", "Dashboard", environ={"NO_COLOR": "1"}, columns=80).stdout
    assert page.strip().startswith("A dashboard for Grafana")


@each("columns", [40, 80])
@each("topic", TEXTS)
def test_a_topic_on_a_terminal_is_drawn_to_its_width(topic: str, columns: int) -> None:
    """No line is longer, and nothing of Markdown is left."""
    result = run("help", topic, environ={"NO_COLOR": "1"}, columns=columns)

    lines = result.stdout.splitlines()
    assert (result.code, result.stderr) == (0, "")
    assert max(map(len, lines)) <= columns
    assert [line for line in lines if re.search(r"```|^#|\]\(|<!--|\*\*\w", line)] == []
    assert ESCAPE not in result.stdout


def test_commands_are_not_broken_in_eighty_columns() -> None:
    """So that they can be copied from a terminal."""
    broken = {}
    for topic, text in TEXTS.items():
        drawn = run("help", topic, environ={"NO_COLOR": "1"}, columns=80).stdout.splitlines()
        blocks = find_blocks("(?:sh|bash|zsh|fish|sql|python|toml)", text)
        lines = {line.strip() for block in blocks for line in block.splitlines()}
        broken[topic] = lines - {line.strip() for line in drawn}

    assert {topic: lines for topic, lines in broken.items() if lines} == {}


@pytest.mark.parametrize(
    ("environ", "columns", "is_coloured"),
    [
        ({}, 80, True),
        ({"NO_COLOR": "1"}, 80, False),
        ({"TERM": "dumb"}, 80, False),
        ({"FORCE_COLOR": "1"}, None, True),
        ({"FORCE_COLOR": "0"}, 80, False),
        ({}, None, False),
    ],
)
def test_colour_is_that_of_every_command(
    environ: Mapping[str, str], columns: int | None, is_coloured: bool
) -> None:
    """On a terminal, and in a pipe where it is asked for."""
    result = run("help", "settings", environ=environ, columns=columns)

    assert (ESCAPE in result.stdout) == is_coloured


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_without_a_topic_shows_its_options(command: str) -> None:
    """What `--help` shows."""
    result = run("help", command)

    assert (result.code, result.stderr) == (0, "")
    assert result.stdout == run(command, "--help").stdout


@pytest.mark.parametrize("group", ["list", "config"])
def test_a_command_below_another_shows_its_options(group: str) -> None:
    """What `--help` shows, for each of them."""
    commands = re.findall(r"(?m)^  ([a-z]+)  ", run(group, "--help").stdout.split("Commands:")[1])

    assert commands
    for name in commands:
        result = run("help", group, name.upper())
        assert (result.code, result.stderr) == (0, "")
        assert result.stdout == run(group, name, "--help").stdout


@pytest.mark.parametrize("written", ["exit-codes", "exit_codes", "EXIT-CODES", "Exit-Codes"])
def test_case_and_dashes_do_not_matter(written: str) -> None:
    """As in the names of other options."""
    assert run("help", written).stdout == TEXTS["exit-codes"]


@pytest.mark.parametrize(
    ("topic", "hint"),
    [
        ("exprot", "try scenario-usage help export"),
        ("PERIOD", "try scenario-usage help periods"),
        ("exit_code", "try scenario-usage help exit-codes"),
        ("reports", "try scenario-usage help report"),
        ("list projcts", "try scenario-usage help list projects"),
        ("config pth", "try scenario-usage help config path"),
        ("report last-month", "try scenario-usage help report"),
        ("quux", "scenario-usage help lists the topics and commands"),
        ("../settings", "try scenario-usage help settings"),
        ("export.md", "try scenario-usage help export"),
    ],
)
def test_an_unknown_topic_is_refused(topic: str, hint: str) -> None:
    """With the nearest topic or command."""
    result = run("help", *topic.split())

    assert (result.code, result.stdout) == (2, "")
    assert result.stderr == f"error: there is no help on {topic!r}\nhint: {hint}\n"


def test_two_topics_are_refused() -> None:
    """One at a time."""
    result = run("help", "export", "columns")

    assert (result.code, result.stdout) == (2, "")
    assert "columns" in result.error
