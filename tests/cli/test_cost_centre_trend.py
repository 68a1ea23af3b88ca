"""`trend --split cost-centre` from the command line."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.charges import PROJECTS, USERS, Charge, charges
from tests.cli.test_cost_centres import GAMES, REST, Studio, ask, file, refuse, warnings
from tests.report.strategies import bounded, exact
from tests.support import Result, run

__all__ = ["file"]
OCTOBER = ("trend", "--period", "2026-10")
SPLIT = (*OCTOBER, "--split", "cost-centre")
FOUND = [
    Charge("project_0", "user_0", "model_0", 5_000_000, "2026-10-01"),
    Charge("project_0", "user_1", "model_0", 7_000_000, "2026-10-05"),
    Charge("project_1", "user_0", "model_1", 20_000_000, "2026-10-05"),
    Charge("project_2", "user_0", "model_1", 300_000, "2026-10-31"),
]


def trend(file: Path, table: str, *argv: str, found: Any = FOUND) -> Result:
    """October, by the cost centres of a table."""
    return ask(file, table, *argv, api=Studio(found), command=SPLIT)


def costs(document: Any) -> dict[tuple[str, str], Any]:
    """What each series cost in each bucket, without zeros."""
    assert all(point["id"] == point["name"] for point in document["points"])
    return {
        (point["id"], point["start"][:10]): point["cost"]
        for point in document["points"]
        if point["cost"]
    }


@pytest.mark.parametrize("by", ["day", "month"])
def test_each_cost_centre_is_a_series(file: Path, by: str) -> None:
    """Its name is its id; what belongs to none is the last line of the sum."""
    document = trend(file, GAMES, "--by", by, "--json").json

    assert document["split"] == "cost-centre"
    expected: Counter[tuple[str, str]] = Counter()
    for name, day, cost in (
        ("Game A", "01", 5),
        ("Game A", "05", 7),
        ("Game B", "05", 20),
        (REST, "31", 0.3),
    ):
        expected[name, f"2026-10-{day if by == 'day' else '01'}"] += cost  # type: ignore[assignment]
    assert costs(document) == dict(expected)
    assert document["warnings"] == []
    Draft202012Validator(run("schema", "trend").json).validate(document)


def test_each_cost_centre_is_asked_for_once(file: Path) -> None:
    """Beside the whole."""
    api = Studio(FOUND)
    ask(file, GAMES, "--json", api=api, command=(*OCTOBER, "--split", "COST_CENTRE"))

    assert Counter(api.asked) == Counter([(None, None), ("project_0", None), ("project_1", None)])


def test_the_rest_is_always_there(file: Path) -> None:
    """Where it is nothing, and where others are summed up."""
    table = 'All = ["*_0", "*_1"]\nTwo = ["*_2"]'

    assert {point["id"] for point in trend(file, table, "--json").json["points"]} == {
        *("All", "Two", REST),
    }
    for more in ((), ("--top", "1"), ("--format", "markdown")):
        assert REST in trend(file, table, *more).stdout


def test_a_calendar_for_each(file: Path) -> None:
    """With the name above it."""
    lines = trend(file, GAMES, "--heatmap").stdout.splitlines()

    assert [line for line in lines if line in ("Game A", "Game B", REST)] == [
        *("Game B", "Game A", REST),
    ]


def test_what_is_in_two_is_refused(file: Path) -> None:
    """As in a report, and so is a file for another split."""
    table = 'Game = ["project_1"]\nPeople = {users = ["user_0"]}'
    refuse(trend(file, table), 3, "user_0", "project_1", "'Game'", "'People'")

    result = ask(file, GAMES, api=Studio(FOUND), command=OCTOBER)
    refuse(result, 2, "--cost-centres needs --split cost-centre")
    refuse(run(*SPLIT), 3, "no cost centres are defined")


def test_more_than_the_whole_is_a_warning(file: Path) -> None:
    """As in a report."""

    class Odd(Studio):
        def handle_request(self, request: Any) -> Any:
            self.charges = FOUND * (2 if "projectIds" in request.url.params else 1)
            return super().handle_request(request)

    result = ask(file, GAMES, "--json", api=Odd(), command=SPLIT)
    assert "model_0: cost centres have more than the whole, by jobs 2, cost 12" in warnings(result)


@bounded
@given(charges, st.data())
def test_any_mapping_sums_to_the_whole_in_each_bucket(
    tmp_path_factory: pytest.TempPathFactory, found: list[Charge], data: st.DataObject
) -> None:
    """Of projects or of users, on each day."""
    part, ids = data.draw(st.sampled_from([("projects", PROJECTS), ("users", USERS)]))
    owners = {one: data.draw(st.sampled_from(["A", "B", None])) for one in ids}
    table = "".join(
        f"{name} = {{{part} = {[one for one in ids if owners[one] == name]}}}\n" for name in "AB"
    )
    folder = tmp_path_factory.mktemp("table")
    result = trend(folder / "table.toml", table, "--json", found=found)

    assert result.code == 0, result.stderr
    expected: Counter[tuple[str, str]] = Counter()
    for one in found:
        if one.model:
            owner = owners[one.project if part == "projects" else one.user]
            expected[owner or REST, one.day] += one.millionths
    document = exact(result.stdout)
    assert {key: cost * 10**6 for key, cost in costs(document).items()} == {
        key: millionths for key, millionths in expected.items() if millionths
    }
