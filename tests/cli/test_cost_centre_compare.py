"""`compare --by cost-centre` from the command line."""

from collections import Counter
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.charges import Charge
from tests.cli.test_cost_centres import GAMES, REST, Studio, ask, file, refuse, warnings
from tests.support import Result, run

__all__ = ["file"]
MONTHS = ("compare", "--period", "2026-10")
BY = (*MONTHS, "--by", "cost-centre")
FOUND = [
    Charge("project_0", "user_0", "model_0", 5_000_000, "2026-09-05"),
    Charge("project_0", "user_1", "model_0", 7_000_000, "2026-10-05"),
    Charge("project_1", "user_0", "model_1", 20_000_000, "2026-10-05"),
    Charge("project_2", "user_0", "model_1", 300_000, "2026-09-30"),
    Charge("project_2", "user_0", None, -500_000, "2026-10-31"),
]


def compare(file: Path, table: str, *argv: str, api: Any = None) -> Result:
    """October with September, by the cost centres of a table."""
    return ask(file, table, *argv, api=api or Studio(FOUND), command=BY)


def test_each_cost_centre_is_compared(file: Path) -> None:
    """Its name is its id; so is the rest, whatever it was before."""
    document = compare(file, GAMES, "--json").json

    assert document["by"] == "cost-centre"
    assert [list(row.values()) for row in document["breakdown"]] == [
        ["Game B", "Game B", "cost", 0, 20, 20, None, "new"],
        ["Game A", "Game A", "cost", 5, 7, 2, 0.4, "changed"],
        [REST, REST, "cost", 0.3, -0.5, -0.8, -2.6667, "changed"],
    ]
    Draft202012Validator(run("schema", "compare").json).validate(document)


def test_each_cost_centre_is_asked_for_once_in_each_period(file: Path) -> None:
    """And looked up once."""
    api = Studio(FOUND)
    compare(file, GAMES, api=api)

    asked = [(None, None), ("project_0", None), ("project_1", None)]
    assert Counter(api.asked) == Counter(asked * 2)
    assert api.listed == ["projects"]


def test_a_text_without_meaning_is_told_once(file: Path) -> None:
    """Not for each period."""
    lines = warnings(compare(file, 'A = ["Nope"]'))

    assert [line for line in lines if "Nope" in line] == [
        "'Nope' of the cost centre 'A' matches no project"
    ]


def test_the_rest_is_always_a_row(file: Path) -> None:
    """Where it was nothing, and is nothing."""
    table = 'All = ["*"]'

    rows = compare(file, table, "--json").json["breakdown"]
    assert [(row["id"], row["after"], row["status"]) for row in rows] == [
        *(("All", 26.5, "changed"), (REST, 0, "same")),
    ]
    for more in ((), ("--top", "1"), ("--format", "markdown")):
        assert REST in compare(file, table, *more).stdout


def test_what_is_in_two_is_refused_in_either_period(file: Path) -> None:
    """As in a report; so is a file for another dimension."""
    table = 'Game = ["project_2"]\nPeople = {users = ["user_0"]}'
    refuse(compare(file, table), 3, "user_0", "project_2", "'Game'", "'People'")
    table = 'Game = ["project_0"]\nPeople = {users = ["user_0"]}'  # in September only
    refuse(compare(file, table), 3, "user_0", "project_0", "'Game'", "'People'")

    result = ask(file, GAMES, api=Studio(FOUND), command=(*MONTHS, "--by", "project"))
    refuse(result, 2, "--cost-centres needs --by cost-centre")
    refuse(run(*BY), 3, "no cost centres are defined")
