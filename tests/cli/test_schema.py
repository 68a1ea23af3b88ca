"""`schema`: every JSON that a command prints has one, and validates against it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

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
