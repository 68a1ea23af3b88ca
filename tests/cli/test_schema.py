"""`schema`: every JSON that a command prints has one, and validates against it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from scenario_usage_cli.report.schema import DOCUMENTS
from tests.support import run

MONTH = ("--period", "2026-10")
SINCE = ("--since", "2026-11-20")
PRINTED = {
    "report": ("report", *MONTH, "--by", "project,user"),
    "trend": ("trend", *MONTH, "--split", "action"),
    "compare": ("compare", *MONTH),
    "activity": ("activity", "--last", "2d", "--limit", "3"),
    "quota": ("quota",),
    "quota-backtest": ("quota", "--backtest"),
    "doctor": ("doctor",),
    "list-projects": ("list", "projects"),
    "list-people": ("list", "people"),
    "list-keys": ("list", "keys"),
    "list-models": ("list", "models", *MONTH),
    "export": ("export", "{}", *SINCE),
    "export-queries": ("export", "{}", *SINCE, "--dry-run"),
    "export-verify": ("export", "{}", "--verify"),
}


def read_schema(name: str) -> Any:
    """What `schema` prints, which is a schema itself."""
    schema = run("schema", name).json
    Draft202012Validator.check_schema(schema)
    return schema


_OF_NAMES = ("properties", "$defs", "dependentSchemas")
"""The keywords whose values have a schema by name."""
_OF_VALUES = ("default", "enum", "const", "required", "dependentRequired")
"""Those whose values have none."""


def walk(schema: Any) -> Iterator[dict[str, Any]]:
    """A schema and all within it."""
    if isinstance(schema, list):
        for one in schema:
            yield from walk(one)
    elif isinstance(schema, dict):
        yield schema
        for key, value in schema.items():
            if key not in _OF_VALUES:
                yield from walk(list(value.values()) if key in _OF_NAMES else value)


@pytest.mark.parametrize("name", PRINTED)
def test_every_json_has_a_schema_and_validates(name: str, tmp_path: Path) -> None:
    """Also what the export says, and no key that is not described would do."""
    argv = [part.format(tmp_path) for part in PRINTED[name]]
    if name == "export-verify":
        run("export", str(tmp_path), *SINCE, "--demo")
    schema = read_schema(name)

    document = run(*argv, "--demo", "--json").json

    Draft202012Validator(schema).validate(document)
    objects = [one for one in walk(schema) if one.get("type") == "object"]
    assert all(one["additionalProperties"] is False for one in objects)


def test_a_report_of_a_saved_answer_validates(tmp_path: Path) -> None:
    """It says when the answer was fetched, and its amounts are of a price that was given."""
    saved = str(tmp_path / "saved.json")
    run("report", *MONTH, "--demo", "--save-raw", saved)
    price = ("--cu-price", "0.01", "--currency", "EUR")

    document = run("report", "--from", saved, *price, "--json").json

    assert "fetched_at" in document
    assert document["money"]["source"] == "option"
    Draft202012Validator(read_schema("report")).validate(document)


DEFINITIONS = {
    "report": "ActionRow AssetRow ConsumptionRow CostCentreBreakdown CostCentreModelRow "
    "CostCentreTotals FiltersRow ModelRow ModerationRow Money PeriodRow PriceRow ProjectBreakdown "
    "ProjectModelRow ProjectTotals ProjectUserBreakdown ProjectUserModelRow ProjectUserTotals "
    "QualityGateRow Reconciliation Totals UserBreakdown UserModelRow UserTotals",
    "trend": "FiltersRow Money PeriodRow PriceRow TrendPoint",
    "compare": "DifferenceRow FiltersRow Money PeriodRow PriceRow",
    "activity": "ActivityFilters ActivityRow Money PeriodRow PriceRow",
    "quota": "LimitRow Money PeriodRow PriceRow TeamName Totals",
    "quota-backtest": "HorizonRow Money PeriodRow PriceRow TeamName",
    "doctor": "CheckRow",
    "list-projects": "Money PeriodRow PriceRow ProjectRow TeamName Totals",
    "list-people": "Money PeopleRow PeriodRow PriceRow TeamName Totals",
    "list-keys": "KeyRow Money PeriodRow PriceRow TeamName Totals",
    "list-models": "FiltersRow ModelRow Money PeriodRow PriceRow TeamName Totals",
    "config-show": "SettingRow",
    "config-list": "ProfileRow",
    "restatements": "RestatementRow Totals",
    "config": "Budget CostCentre Profile",
}


def test_objects_keep_their_names() -> None:
    """As those of generated code have them; what has no rows defines none."""
    schemas = {name: read_schema(name) for name in run("schema").stdout.split()}

    found = {name: " ".join(sorted(schema.get("$defs", {}))) for name, schema in schemas.items()}
    assert {name: names for name, names in found.items() if names} == DEFINITIONS
    dialects = {schema["$schema"] for schema in schemas.values()}
    assert dialects == {"https://json-schema.org/draft/2020-12/schema"}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_two_objects_have_one_name(name: str) -> None:
    """Only one of them would be defined."""
    parts = [one for part in DOCUMENTS[name].values() for one in walk(part)]
    objects = [one for one in parts if one.get("type") == "object" and "title" in one]

    found = {json.dumps(one, sort_keys=True): one["title"] for one in objects}
    assert len(set(found.values())) == len(found)


def test_descriptions_are_sentences() -> None:
    """Or lists of values; where there is nothing to say, nothing is said."""
    schemas = list(walk([read_schema(name) for name in run("schema").stdout.split()]))

    told = {one["description"] for one in schemas if "description" in one}
    assert len(told) > 100
    assert [one for one in told if not re.fullmatch(r"\S.*\.", one)] == []
    commands = [text for one in told for text in re.findall(r"^The document of `(.*) --json`", one)]
    assert sorted(commands) == [
        *("activity", "compare", "config list", "config show", "doctor", "list keys"),
        *("list models", "list people", "list projects", "quota", "quota --backtest", "report"),
        *("restatements", "trend"),
    ]


def test_no_schema_has_a_word_that_means_nothing() -> None:
    """A validator passes over what it does not know: a typing error would allow anything."""
    names = run("schema").stdout.split()
    schemas = list(walk([run("schema", name).json for name in names]))

    assert {word for schema in schemas for word in schema} <= {
        *("$schema", "$defs", "$ref", "title", "description", "type", "enum", "const", "items"),
        *("anyOf", "allOf", "not", "properties", "required", "additionalProperties", "pattern"),
        *("dependentSchemas", "dependentRequired", "exclusiveMinimum", "minItems", "minLength"),
    }
    objects = [one for one in schemas if "type" in one]
    fields = [field for one in objects for field in one.get("properties", {}).values()]
    assert len(fields) > 500
    constraints = {"type", "enum", "const", "anyOf", "$ref"}
    empty: Any = {}  # a date of TOML, of which JSON Schema knows nothing
    assert [one for one in fields if constraints.isdisjoint(one)] == [empty]


def test_an_unknown_name_is_told_all_of_them() -> None:
    """They are those of the commands, and of what export prints."""
    result = run("schema", "quotas")

    assert (result.code, result.stdout) == (2, "")
    assert result.stderr == (
        "error: there is no schema 'quotas'\nhint: one of report, trend, compare, activity, "
        "quota, quota-backtest, doctor, list-projects, list-people, list-keys, list-models, "
        "config-show, config-list, export, export-verify, export-queries, restatements, "
        "config\n"
    )


def test_without_a_name_all_of_them_are_listed() -> None:
    """A line each, for a loop or for completion."""
    result = run("schema")

    assert (result.code, result.stderr) == (0, "")
    assert f"one of {', '.join(result.stdout.splitlines())}\n" in run("schema", "?").stderr
