"""CU stand where people read figures, and nowhere in what programs read."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import CREDENTIALS, run

COMMANDS = (
    ("report", "--by", "project"),
    ("trend",),
    ("trend", "--split", "model"),
    ("trend", "--split", "action"),
    ("compare",),
    ("activity",),
)
each_command = pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
AMOUNT = re.compile("cost(?![_ ]centre)|discount|gross|consumption|difference", re.IGNORECASE)


def demo(*argv: str, columns: int | None = None) -> str:
    """What a command prints of three days of the built-in studio."""
    environ = CREDENTIALS | {"NO_COLOR": "1"}
    result = run(*argv, "--demo", "--last", "3d", columns=columns, environ=environ)
    assert result.code == 0, result.stderr
    return result.stdout


def find_headings(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each column title of a Markdown page, with its cells."""
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        titles, _, *rows = [line.strip("| ").split(" | ") for line in table.splitlines()]
        for number, title in enumerate(titles):
            yield title, [row[number] for row in rows]


@each_command
def test_every_amount_has_its_unit(argv: tuple[str, ...]) -> None:
    """In the heading of its column, or beside it where it stands alone."""
    found = list(find_headings(demo(*argv, "-f", "markdown")))
    amounts = [(title, cells) for title, cells in found if AMOUNT.search(title)]

    assert [
        title
        for title, cells in amounts
        if not title.endswith(", CU") and not all(cell.endswith(" CU") for cell in cells)
    ] == []
    assert amounts or argv == ("compare",)


@each_command
def test_what_is_counted_has_none(argv: tuple[str, ...]) -> None:
    """Jobs, assets and people are no CU."""
    for title, cells in find_headings(demo(*argv, "-f", "markdown")):
        if re.match("(By API key|Count|Jobs|Assets|Users|Share)", title):
            assert "CU" not in title + "".join(cells)


def test_a_comparison_tells_amounts_from_counts() -> None:
    """Row by row where both stand in one table, otherwise in the title of the table."""
    text = demo("compare")
    measures = re.findall(r"^ (.+?)  +[\d-]", text.partition("\n\n")[2].partition("\n\n")[0], re.M)

    assert measures == [
        *("Cost, CU", "Discount, CU", "Gross, CU"),
        *("Jobs", "Assets", "Users", "Models"),
    ]
    assert re.findall("^(Cost.*|Assets.*)$", text, re.MULTILINE) == [
        *("Cost by user, CU", "Cost by model, CU", "Assets")
    ]


@pytest.mark.parametrize("columns", [None, 60, 80, 100, 140])
def test_the_unit_is_there_on_every_terminal(columns: int | None) -> None:
    """Whatever columns there is room for."""
    text = demo("report", columns=columns)

    assert re.search(r"\bCost\b.*\n +[\d,.]+ CU", text)
    assert text.count("Cost, CU") == 3


def test_the_heatmap_names_it() -> None:
    """In its legend."""
    assert re.search(r"at most [\d,.]+ CU a day", demo("trend", "--heatmap"))


@each_command
def test_programs_read_names_without_units(argv: tuple[str, ...]) -> None:
    """Neither keys nor headers have them."""
    header = next(csv.reader(io.StringIO(demo(*argv, "--csv"))))
    keys = re.findall(r'"([^"]*)":', demo(*argv, "--json"))

    assert [name for name in (*header, *keys) if re.search(r"\bcu\b|,", name, re.I)] == []


@pytest.mark.parametrize("document", ["report", "trend", "compare", "activity"])
def test_the_schema_names_the_unit_of_every_amount(document: str) -> None:
    """In its description."""
    definitions: dict[str, Any] = run("schema", document).json["$defs"]
    amounts = {
        f"{title}.{key}": schema.get("description", "")
        for title, found in definitions.items()
        for key, schema in found["properties"].items()
        if (AMOUNT.search(key) and key != "consumption") or key in ("before", "after", "delta")
    }

    assert [key for key, text in amounts.items() if "Compute Units (CU)" not in text] == []
    assert amounts


@pytest.mark.parametrize("command", ["report", "trend", "compare", "activity"])
def test_the_help_of_a_command_speaks_of_it(command: str) -> None:
    """Before somebody takes CU for dollars."""
    assert "CU" in run(command, "--help").stdout
