"""Sections by other names, and counts that are not what they seem: what is said of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import FakeApi, Result, answer, point, run, usages

ROWS = [
    {"verdict": "total", "points": [point(count=5, countApiKey=1)]},
    {"verdict": "pass", "points": [point(count=5, countApiKey=1)]},
]
NEW = usages(quality_gates=ROWS)
OLD = {key: rows for key, rows in NEW.items() if key != "qualityGateUsages"} | {"slopUsages": ROWS}
RENAMED = "the API calls quality_gates slopUsages, as it did before: they are read as usual"
NOTE = "an asset scored in several buckets of time counts in each"


def load(document: Any, *argv: str) -> Result:
    """The report of a bare answer."""
    return run("report", "--from", "-", *argv, stdin=json.dumps(document).encode())


@pytest.mark.parametrize("more", [{}, {"qualityGateUsages": None}])
def test_quality_gates_are_read_by_their_former_name(more: dict[str, Any]) -> None:
    """As old raw answers have it; that is told, and nothing else of the report differs."""
    for result in (
        load(OLD | more, "--json"),
        run("report", "--json", transport=FakeApi(answer(OLD | more))),
    ):
        assert result.json["quality_gates"] == load(NEW, "--json").json["quality_gates"]
        assert result.json["warnings"] == [RENAMED]


def test_several_that_are_not_known_are_named_in_order() -> None:
    """With what they may stand in the place of, if something is left out."""
    new = {key: rows for key, rows in NEW.items() if key not in ("nsfwUsages", "assetUsages")}
    (*_, line) = load(new | {"zUsages": [], "aUsages": []}, "--json").json["warnings"]

    assert line == (
        "the API sent sections that this version does not know, and that no figure here includes, "
        "perhaps in the place of assets, moderation: aUsages, zUsages"
    )


def test_of_both_names_the_present_one_counts() -> None:
    """The other is named as what is in no figure."""
    both = NEW | {"slopUsages": [{"verdict": "total", "points": [point(count=100)]}]}
    document = load(both, "--json").json

    assert [row["count"] for row in document["quality_gates"]] == [5, 5]
    assert [
        line.endswith("no figure here includes: slopUsages") for line in document["warnings"]
    ] == [True]


def test_a_former_name_is_not_told_where_it_is_not_asked_for() -> None:
    """The models are all there."""
    assert load(OLD, "--section", "models", "--json").json["warnings"] == []


def test_a_wrong_shape_by_a_former_name_is_exit_7() -> None:
    """It is checked like any other section."""
    result = load({"slopUsages": [{"verdict": "total", "points": [{"count": "5"}]}]})

    assert (result.code, result.stdout) == (7, "")
    assert "slopUsages[0].points[0].count:" in result.error


def test_what_was_saved_by_a_former_name_gives_the_same_report(tmp_path: Path) -> None:
    """Of several parts, too: their rows are joined by verdict."""
    file = tmp_path / "saved.json"
    argv = ("--start", "2026-05-01", "--end", "2026-10-31", "--jobs", "1", "--json")
    parts = [
        json.loads(json.dumps(OLD).replace("2026-11-01", day))
        for day in ("2026-05-01", "2026-09-01")
    ]
    api = FakeApi(*map(answer, parts))
    first = run("report", *argv, "--save-raw", str(file), transport=api).json
    again = run("report", "--from", str(file), "--json").json

    assert [row["count"] for row in again["quality_gates"]] == [10, 10]
    assert again["warnings"] == first["warnings"] == [RENAMED]
    assert len(json.loads(file.read_text(encoding="utf-8"))["slopUsages"]) == 2


def test_an_unknown_section_may_be_one_that_was_left_out() -> None:
    """The warning says which figures it may be missing from."""
    renamed = {"models2" if key == "modelUsages" else key: rows for key, rows in usages().items()}
    unknown = (
        "the API sent sections that this version does not know, and that no figure here includes"
    )

    assert load(renamed, "--json").json["warnings"][1:] == [
        f"{unknown}, perhaps in the place of models: models2"
    ]
    assert load(usages() | {"audio": []}, "--json").json["warnings"] == [f"{unknown}: audio"]
    assert load(usages() | {"activity": []}, "--json").json["warnings"] == []


@pytest.mark.parametrize(
    "argv", [("-f", "table"), ("-f", "markdown"), ("--section", "quality-gates")]
)
def test_counts_of_quality_gates_are_said_to_be_distinct_per_bucket(argv: tuple[str, ...]) -> None:
    """Once, where they are shown to people."""
    assert load(NEW, *argv).stdout.count(NOTE) == 1


@pytest.mark.parametrize("argv", [("--csv",), ("--json",), ("--section", "models")])
def test_nothing_is_said_of_quality_gates_where_none_are_shown(argv: tuple[str, ...]) -> None:
    """Data has it in the schema; and no rows need no note."""
    assert NOTE not in load(NEW, *argv).stdout
    assert NOTE not in load(usages()).stdout


def test_the_schema_says_it_too() -> None:
    """In the description of a row."""
    row = run("schema", "report").json["$defs"]["QualityGateRow"]

    assert "one scored in several of them counts in each" in " ".join(row["description"].split())
