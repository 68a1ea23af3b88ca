"""What people read about tables is what the package declares."""

import re
from pathlib import Path

import pytest

import scenario_usage_cli
from scenario_usage_cli.report.daily import DAILY
from scenario_usage_cli.report.tables import SECTION_TABLES
from tests.support import run
from tests.tables import list_columns

PACKAGE = Path(scenario_usage_cli.__file__).parent
PAGES = [PACKAGE.parent / "README.md", *sorted(PACKAGE.glob("help/*.md"))]


def read_help(command: str) -> str:
    """The words of a command's help, without its boxes."""
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", run(command, "--help").stdout).split())


@pytest.mark.parametrize("name", DAILY)
def test_the_columns_of_an_export_are_documented(name: str) -> None:
    """All of them with their types, in their order."""
    row = f"| `{name}` | {list_columns(DAILY[name])}"
    lines = [line for page in PAGES for line in page.read_text(encoding="utf-8").splitlines()]

    assert [line for line in lines if line.startswith((f"{row} |", f"{row}; "))]


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("report", [*SECTION_TABLES]),
        ("export", [*DAILY]),
    ],
)
def test_the_help_names_every_table(command: str, names: list[str]) -> None:
    """In the order in which they are shown, or of the folders."""
    words = re.sub(r" or,? ", ", ", read_help(command))

    assert ", ".join(names) in words
