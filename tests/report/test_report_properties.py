"""Whatever the API sends: nothing is lost, order means nothing, and the schema holds."""

import json
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.report.strategies import MEASURES, SECTIONS, answers, bounded, exact, report, wild_ids
from tests.support import run, usages


def add_up(answer: dict[str, Any]) -> dict[tuple[str, str, str], Decimal]:
    """Section, id and key to the sum of all that the raw answer says, for what is not 0."""
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for name, (wire, id_key, _) in SECTIONS.items():
        for row in answer.get(wire) or ():
            row_id = row[id_key] or "unknown"
            points = [row] if name == "consumption" else row["points"] or ()
            for point in points:
                for theirs, ours in MEASURES[name].items():
                    sums[name, row_id, ours] += Decimal(str(point.get(theirs) or 0))
                if name == "consumption" and point.get("total") is None:
                    sums[name, row_id, "gross"] += Decimal(str(row.get("value") or 0))
                    sums[name, row_id, "gross"] += Decimal(str(row.get("discount") or 0))
    return {key: value for key, value in sums.items() if value}


def shuffled(data: st.DataObject, answer: dict[str, Any]) -> dict[str, Any]:
    """The same answer in another order: of sections, rows, points and names."""

    def mix(value: Any) -> Any:
        if isinstance(value, list):
            return data.draw(st.permutations([mix(item) for item in value]))
        if isinstance(value, dict):
            return {key: mix(value[key]) for key in data.draw(st.permutations(list(value)))}
        return value

    return {key: mix(value) for key, value in mix(answer).items()}


@bounded
@given(answers(wild_ids), st.data())
def test_the_order_of_the_answer_means_nothing(answer: dict[str, Any], data: Any) -> None:
    """The same rows, points and names in any order give the same bytes, in every format; but
    that a warning names the place where something is first.
    """
    other = shuffled(data, answer)

    for output_format in ("json", "csv", "tsv", "markdown", "table"):
        one, two = (report(document, "-f", output_format) for document in (answer, other))
        if output_format == "json":
            one, two = map(without_places, (one, two))
        assert one == two


def without_places(text: str) -> Any:
    """A report whose warnings do not say where in the answer something was."""
    document = exact(text)
    warnings = [line.partition("; the first is ")[0] for line in document["warnings"]]
    return document | {"warnings": warnings}


@bounded
@given(answers(wild_ids))
def test_nothing_is_lost(answer: dict[str, Any]) -> None:
    """Every figure of the answer is in the report's sums; every gap and novelty is told."""
    document = exact(report(answer, "--json"))

    found = {
        (name, row[ours], key): row[key]
        for name, (_, _, ours) in SECTIONS.items()
        for row in document[name]
        for key in MEASURES[name].values()
        if row[key]
    }
    assert found == add_up(answer)
    told = " ".join(document["warnings"])
    missing = {name for name, (wire, _, _) in SECTIONS.items() if answer.get(wire) is None}
    assert {name for name in SECTIONS if f"left out {name}:" in told} == missing
    assert ("newUsages" in told) == ("newUsages" in answer)


@bounded
@given(answers(wild_ids))
def test_totals_are_the_sums_of_what_is_shown(answer: dict[str, Any]) -> None:
    """Every total is found again by adding up the rows of the same document."""
    document = exact(report(answer, "--json"))
    known = [name for name, (wire, _, _) in SECTIONS.items() if answer.get(wire) is not None]

    def total(section: str, key: str) -> Decimal | None:
        shown = sum((row[key] for row in document[section]), Decimal(0))
        return shown if section in known else None

    def number(section: str, *keys: str) -> int | None:
        shown = sum(1 for row in document[section] if any(row[key] for key in keys))
        return shown if section in known else None

    assert document["totals"] == {
        "cost": total("consumption", "cost"),
        "discount": total("consumption", "discount"),
        "gross": total("consumption", "gross"),
        "jobs": total("models", "jobs"),
        "assets": total("assets", "count"),
        "users": number("consumption", "cost", "discount"),
        "models": number("models", "jobs", "cost"),
    }
    if {"consumption", "models"} <= set(known):
        assert document["reconciliation"]["difference"] == sum(
            row["cost"] for row in document["consumption"]
        ) - sum(row["cost"] for row in document["models"])


@pytest.fixture(scope="module")
def schema() -> Any:
    """The validator that `scenario-usage schema report` describes."""
    document = run("schema", "report").json
    Draft202012Validator.check_schema(document)
    return Draft202012Validator(document)


@bounded
@given(
    answers(wild_ids),
    st.lists(st.sampled_from(sorted(SECTIONS)), max_size=3),
    st.lists(st.sampled_from(["--model=a*", "--last=7d", "--team=t"]), unique=True),
)
def test_every_json_validates(
    schema: Any, answer: dict[str, Any], sections: list[str], options: list[str]
) -> None:
    """Whatever was asked and answered, the document keeps to the published schema."""
    if sections and "models" not in sections:
        options = [option for option in options if not option.startswith("--model")]
    argv = [f"--section={name}" for name in sections] + options

    assert list(schema.iter_errors(json.loads(report(answer, "--json", *argv)))) == []


def test_the_schema_is_closed() -> None:
    """It tells a document with a key too many, a wrong type and a missing total from a good one."""
    validator = Draft202012Validator(run("schema", "report").json)
    document = json.loads(report(usages(), "--json"))
    totals = document["totals"]

    assert list(validator.iter_errors(document)) == []
    wrongs: tuple[dict[str, Any], ...] = (
        {"extra": 1},
        {"schema_version": 2},
        {"totals": totals | {"cost": "1"}},
        {"totals": {k: v for k, v in totals.items() if k != "jobs"}},
        {"consumption": [{}]},
        {"warnings": None},
    )
    for wrong in wrongs:
        assert list(validator.iter_errors(document | wrong)) != []
