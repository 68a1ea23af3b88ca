"""The parts that a JSON Schema is made of: objects, rows of tables, and whole documents."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from scenario_usage_cli.report.fields import FULLNESS, NUMERIC, Field, Json, Kind, Table, Value
from scenario_usage_cli.report.figures import describe_amount
from scenario_usage_cli.report.frame import SCHEMA_VERSION
from scenario_usage_cli.report.money_schema import MONEY

Schema = Mapping[str, Json]

TEXT: Schema = {"type": "string"}
TEXTS: Schema = {"type": "array", "items": TEXT}
FLAG: Schema = {"type": "boolean"}
WHOLE: Schema = {"type": "integer"}
_NUMBER: Schema = {"type": "number"}
_TYPES: Mapping[Kind, Schema] = {
    **dict.fromkeys(NUMERIC, _NUMBER),
    Kind.TEXT: TEXT,
    Kind.TEXTS: TEXTS,
    Kind.TIME: TEXT,
    Kind.DAY: TEXT,
    Kind.FLAG: FLAG,
    Kind.TALLY: WHOLE,
    Kind.STATUS: {"enum": ["new", "gone", "changed", "same"]},
    Kind.FULLNESS: {"enum": list(FULLNESS)},
}
_UNITS = {"": "", "CU": "In Compute Units (CU)."}
"""What is said of each unit that a field may have."""


class Key(NamedTuple):
    """A key of an object: what it holds, and whether it is always there."""

    schema: Schema
    is_required: bool = True


def build_object(title: str, meaning: str, keys: Mapping[str, Schema | Key]) -> Schema:
    """An object of these keys, and of no others."""
    found = {key: one if isinstance(one, Key) else Key(one) for key, one in keys.items()}
    return {
        "title": title,
        "type": "object",
        "description": meaning,
        "properties": {key: one.schema for key, one in found.items()},
        "required": [key for key, one in found.items() if one.is_required],
        "additionalProperties": False,
    }


def describe(schema: Schema, meaning: str) -> Schema:
    """The same with what it means."""
    return {**schema, "description": meaning}


def or_null(schema: Schema) -> Schema:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def list_of(items: Schema) -> Schema:
    """A list of these."""
    return {"type": "array", "items": items}


def build_row(table: Table, title: str = "") -> Schema:
    """One row of a table; that of `quality_gates` is a QualityGateRow unless it is titled."""
    words = table.name.removesuffix("s").split("_")
    return build_object(
        title or "".join(map(str.capitalize, [*words, "row"])),
        table.meaning,
        {key: one for field in table.columns for key, one in _build_keys(field, table)},
    )


def _build_keys(field: Field[Value], table: Table) -> Iterator[tuple[str, Schema | Key]]:
    """The key of a field, and that of the amount of money beside it, if it may have one."""
    yield field.key, build_value(field, table)
    if field.amount:
        yield field.amount, Key(build_value(describe_amount(field), table), is_required=False)


def build_value(field: Field[Value], table: Table) -> Schema:
    meaning = " ".join(filter(None, (table.describe(field), _UNITS[field.unit])))
    schema = _TYPES[field.kind]
    schema = or_null(schema) if field.nullable else schema
    return describe(schema, meaning) if meaning else schema


def build_document(
    report: str, meaning: str, keys: Mapping[str, Schema | Key], *, is_dated: bool = True
) -> Schema:
    """Between what every document begins with and its warnings, if it is one of figures."""
    head: dict[str, Schema | Key] = {
        "schema_version": {"const": SCHEMA_VERSION},
        "report": {"const": report},
    }
    if is_dated:
        head["generated_at"] = describe(TEXT, "When it was made: ISO 8601, UTC.")
    if "period" in keys:
        keys = {**keys, "money": Key(MONEY, is_required=False)}
    return build_object(report, meaning, {**head, **keys})
