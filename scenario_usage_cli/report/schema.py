"""JSON Schema (draft 2020-12) of every JSON that a command prints, made of its tables.

Keys are never renamed or removed within a schema version.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from scenario_usage_cli.collect.breakdown import BREAKDOWN, COST_CENTRE
from scenario_usage_cli.report.activity_table import ACTIVITY
from scenario_usage_cli.report.backtest import BACKTEST
from scenario_usage_cli.report.breakdown_tables import (
    declare_breakdown,
    declare_breakdown_totals,
)
from scenario_usage_cli.report.config import PROFILES, SETTINGS
from scenario_usage_cli.report.fields import FULLNESS, NUMERIC, Field, Json, Kind, Table, Value
from scenario_usage_cli.report.figures import describe_amount
from scenario_usage_cli.report.frame import SCHEMA_VERSION
from scenario_usage_cli.report.listing_tables import LIST_TOTALS, LISTED_MODELS, LISTS
from scenario_usage_cli.report.money_schema import MONEY
from scenario_usage_cli.report.quota_tables import LIMITS
from scenario_usage_cli.report.quota_tables import TOTALS as QUOTA_TOTALS
from scenario_usage_cli.report.restatements import RESTATEMENTS
from scenario_usage_cli.report.restatements import TOTALS as RESTATED_TOTALS
from scenario_usage_cli.report.tables import (
    BREAKDOWN_DIFFERENCE,
    DIFFERENCE,
    POINTS,
    RECONCILIATION,
    SECTION_TABLES,
    SUMMED,
    TOTALS,
)

_Schema = Mapping[str, Json]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: _Schema = {"type": "string"}
_TEXTS: _Schema = {"type": "array", "items": _TEXT}
_FLAG: _Schema = {"type": "boolean"}
_WHOLE: _Schema = {"type": "integer"}
_NUMBER: _Schema = {"type": "number"}
_TYPES: Mapping[Kind, _Schema] = {
    **dict.fromkeys(NUMERIC, _NUMBER),
    Kind.TEXT: _TEXT,
    Kind.TEXTS: _TEXTS,
    Kind.TIME: _TEXT,
    Kind.DAY: _TEXT,
    Kind.FLAG: _FLAG,
    Kind.TALLY: _WHOLE,
    Kind.STATUS: {"enum": ["new", "gone", "changed", "same"]},
    Kind.FULLNESS: {"enum": list(FULLNESS)},
}
_UNITS = {"": "", "CU": "In Compute Units (CU)."}
"""What is said of each unit that a field may have."""


class _Key(NamedTuple):
    """A key of an object: what it holds, and whether it is always there."""

    schema: _Schema
    is_required: bool = True


def build_schema(document: str) -> _Schema:
    """The schema of one of the `DOCUMENTS`, in which each kind of object is defined once."""
    definitions: dict[str, Json] = {}
    whole = {key: _refer(part, definitions) for key, part in DOCUMENTS[document].items()}
    return {"$schema": DIALECT, **whole, **({"$defs": definitions} if definitions else {})}


def _refer(part: Json, definitions: dict[str, Json]) -> Json:
    """The same with references to the objects in it, which go to the definitions."""
    if isinstance(part, list):
        return [_refer(item, definitions) for item in part]
    if not isinstance(part, Mapping):
        return part
    found = {key: _refer(item, definitions) for key, item in part.items()}
    if found.get("type") != "object":
        return found
    definitions[str(found["title"])] = found
    return {"$ref": f"#/$defs/{found['title']}"}


def _build_object(title: str, meaning: str, keys: Mapping[str, _Schema | _Key]) -> _Schema:
    """An object of these keys, and of no others."""
    found = {key: one if isinstance(one, _Key) else _Key(one) for key, one in keys.items()}
    return {
        "title": title,
        "type": "object",
        "description": meaning,
        "properties": {key: one.schema for key, one in found.items()},
        "required": [key for key, one in found.items() if one.is_required],
        "additionalProperties": False,
    }


def _describe(schema: _Schema, meaning: str) -> _Schema:
    return {**schema, "description": meaning}


def _or_null(schema: _Schema) -> _Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(items: _Schema) -> _Schema:
    return {"type": "array", "items": items}


def _build_row(table: Table, title: str = "") -> _Schema:
    """One row of a table; that of `quality_gates` is a QualityGateRow unless it is titled."""
    words = table.name.removesuffix("s").split("_")
    return _build_object(
        title or "".join(map(str.capitalize, [*words, "row"])),
        table.meaning,
        {key: one for field in table.columns for key, one in _build_keys(field, table)},
    )


def _build_keys(field: Field[Value], table: Table) -> Iterator[tuple[str, _Schema | _Key]]:
    """The key of a field, and that of the amount of money beside it, if it may have one."""
    yield field.key, _build_value(field, table)
    if field.amount:
        yield field.amount, _Key(_build_value(describe_amount(field), table), is_required=False)


def _build_value(field: Field[Value], table: Table) -> _Schema:
    meaning = " ".join(filter(None, (table.describe(field), _UNITS[field.unit])))
    schema = _TYPES[field.kind]
    schema = _or_null(schema) if field.nullable else schema
    return _describe(schema, meaning) if meaning else schema


def _build_document(
    report: str, meaning: str, keys: Mapping[str, _Schema | _Key], *, is_dated: bool = True
) -> _Schema:
    """Between what every document begins with and its warnings, if it is one of figures."""
    head: dict[str, _Schema | _Key] = {
        "schema_version": {"const": SCHEMA_VERSION},
        "report": {"const": report},
    }
    if is_dated:
        head["generated_at"] = _describe(_TEXT, "When it was made: ISO 8601, UTC.")
    if "period" in keys:
        keys = {**keys, "money": _Key(MONEY, is_required=False)}
    return _build_object(report, meaning, {**head, **keys})


_PERIOD = _build_object(
    "PeriodRow",
    "Both ends are included, UTC; `timezone` is where its days begin.",
    {"start": _TEXT, "end": _TEXT, "timezone": _TEXT, "provisional": _FLAG},
)
_FILTER_KEYS: Mapping[str, _Schema] = {
    "team_id": _or_null(_TEXT),
    "project_ids": _TEXTS,
    "user_ids": _TEXTS,
    "models": _TEXTS,
}
_NARROWED = "What the report is narrowed to; empty lists mean all."
_FILTERS = _build_object("FiltersRow", _NARROWED, _FILTER_KEYS)
_WARNINGS = _describe(_TEXTS, "What a reader of it must know, a line each.")


def _build_breakdown(*by: str) -> _Schema:
    who = "".join(word.capitalize() for one in by for word in one.split("-"))
    return _build_object(
        f"{who}Breakdown",
        "The block of `report --by`; totals are of consumption, and its rows add up to them.",
        {
            "by": {"const": ",".join(by)},
            "totals": _list(_build_row(declare_breakdown_totals(*by), f"{who}Totals")),
            "rows": _list(_build_row(declare_breakdown(*by), f"{who}ModelRow")),
        },
    )


_BREAKDOWN: _Schema = {
    "anyOf": [
        _build_breakdown("project"),
        _build_breakdown("user"),
        _build_breakdown("project", "user"),
        _build_breakdown(COST_CENTRE),
    ]
}
_REPORT = _build_document(
    "usage",
    "The document of `report --json`. Sections that were not asked for are absent; one breakdown "
    "is in `breakdown`, several are in `breakdowns`.",
    {
        "fetched_at": _Key(
            _describe(
                _TEXT, "When the first of the saved answers was fetched; only there with --from."
            ),
            is_required=False,
        ),
        "period": _or_null(_PERIOD),
        "filters": _or_null(_FILTERS),
        "totals": _build_row(TOTALS, "Totals"),
        **{
            name: _Key(_list(_build_row(table)), is_required=False)
            for name, table in SECTION_TABLES.items()
        },
        "breakdown": _Key(_BREAKDOWN, is_required=False),
        "breakdowns": _Key(_list(_BREAKDOWN), is_required=False),
        "reconciliation": _or_null(
            _build_object(
                "Reconciliation",
                "What was charged beside generations: operations without a model, and refunds.",
                {
                    field.key: _Key(
                        _build_value(field, TOTALS),
                        is_required=field is not BREAKDOWN_DIFFERENCE,
                    )
                    for field in RECONCILIATION
                },
            )
        ),
        "warnings": _WARNINGS,
    },
)
_DIFFERENCES = _list(_build_row(DIFFERENCE, "DifferenceRow"))
_COMPARISON = _build_document(
    "compare",
    "The document of `compare --json`. Sections that were not asked for are absent.",
    {
        "period": _or_null(_PERIOD),
        "against": _or_null(_PERIOD),
        "filters": _or_null(_FILTERS),
        "by": _Key(
            _describe(_TEXT, "What `breakdown` is of; both are only there with --by."),
            is_required=False,
        ),
        "totals": _DIFFERENCES,
        **{name: _Key(_DIFFERENCES, is_required=False) for name in (*SUMMED, BREAKDOWN)},
        "warnings": _WARNINGS,
    },
)
_TREND = _build_document(
    "trend",
    "The document of `trend --json`: points in order of time, then of their series' size.",
    {
        "period": _PERIOD,
        "filters": _FILTERS,
        "by": _describe(_TEXT, "How long a bucket is."),
        "split": _describe(_TEXT, "What the series are."),
        "points": _list(_build_row(POINTS, "TrendPoint")),
        "warnings": _WARNINGS,
    },
)
_ACTIVITY = _build_document(
    "activity",
    "The document of `activity --json`; its rows are written as they come, newest first.",
    {
        "period": _PERIOD,
        "filters": _build_object("ActivityFilters", _NARROWED, {**_FILTER_KEYS, "actions": _TEXTS}),
        "rows": _list(_build_row(ACTIVITY)),
        "complete": _describe(
            _FLAG,
            "Whether the rows are known to be all that the period and the filters have.",
        ),
        "warnings": _WARNINGS,
    },
)
_CHECK = _build_object(
    "CheckRow",
    "One check: what was found, and what to do about it where it failed.",
    {"check": _TEXT, "passed": _FLAG, "found": _TEXT, "hint": _or_null(_TEXT)},
)
_DOCTOR = _build_document(
    "doctor",
    "The document of `doctor --json`: the checks in the order in which they were made.",
    {
        "passed": _describe(_FLAG, "Whether all of them passed."),
        "exit_code": _describe(_WHOLE, "That of the first check that failed, or 0."),
        "checks": _list(_CHECK),
        "warnings": _WARNINGS,
    },
)
_TEAM = _build_object(
    "TeamName", "A team; its id is the name where there is no other.", {"id": _TEXT, "name": _TEXT}
)


def _build_list(name: str) -> _Schema:
    """The document of one of the lists; that of models is of a period, and has filters."""
    is_of_usage = name == LISTED_MODELS.name
    period = "The period." if is_of_usage else "The billing period; null where it is unknown."
    return _build_document(
        name,
        f"The document of `list {name} --json`.",
        {
            "team": _describe(
                _or_null(_TEAM), "Null where it is unknown, or where there are several."
            ),
            "period": _describe(_or_null(_PERIOD), period),
            **({"filters": _FILTERS} if is_of_usage else {}),
            name: _list(_build_row(LISTS[name])),
            "totals": _build_row(LIST_TOTALS[name], "Totals"),
            "warnings": _WARNINGS,
        },
    )


_QUOTA = _build_document(
    "quota",
    "The document of `quota --json`; CU of the running billing period.",
    {
        "team": _TEAM,
        "plan": _or_null(_TEXT),
        "payment_status": _or_null(_TEXT),
        "subscription_status": _or_null(_TEXT),
        "period": _describe(_or_null(_PERIOD), "The billing period; null where it is unknown."),
        "totals": _build_row(QUOTA_TOTALS, "Totals"),
        LIMITS.name: _list(_build_row(LIMITS)),
        "warnings": _WARNINGS,
    },
)
_QUOTA_BACKTEST = _build_document(
    "quota-backtest",
    "The document of `quota --backtest --json`.",
    {
        "team": _TEAM,
        "period": _describe(_or_null(_PERIOD), "The billing period; null where it is unknown."),
        BACKTEST.name: _list(_build_row(BACKTEST, "HorizonRow")),
        "warnings": _WARNINGS,
    },
)
_CONFIG_TABLES = {
    report: _build_document(
        report,
        f"The document of `{report.replace('-', ' ')} --json`.",
        {
            "config_file": _describe(_TEXT, "Where it is, or would be."),
            table.name: _list(_build_row(table)),
            "warnings": _WARNINGS,
        },
    )
    for report, table in (("config-show", SETTINGS), ("config-list", PROFILES))
}
_DIRECTORY = _describe(_TEXT, "The folder or URL of the dataset, as it was given.")
_EXPORT = _build_document(
    "export",
    "What `export --json` prints when the dataset is up to date.",
    {
        "directory": _DIRECTORY,
        "days_fetched": _describe(_WHOLE, "Days of which anything was written."),
        "partitions": _describe(_WHOLE, "Partitions that were written."),
        "rows": _describe(_WHOLE, "Their rows."),
        "provisional_days": _describe(_WHOLE, "Those of the days whose figures may still change."),
        "edited": _describe(_TEXTS, "Partitions that somebody else changed, left as they are."),
        "warnings": _WARNINGS,
    },
    is_dated=False,
)
_EXPORT_VERIFY = _build_document(
    "export-verify",
    "What `export --verify --json` prints.",
    {
        "directory": _DIRECTORY,
        "partitions": _describe(_WHOLE, "Partitions that were looked at."),
        "rows": _describe(_WHOLE, "Their rows."),
        "problems": _describe(_TEXTS, "What is wrong, a line each."),
    },
    is_dated=False,
)
_EXPORT_QUERIES = _build_document(
    "export-queries",
    "What `export --dry-run --json` prints.",
    {"queries": _describe(_TEXTS, "What would be asked of the API, as paths.")},
    is_dated=False,
)
_RESTATEMENTS = _build_document(
    "restatements",
    "The document of `restatements --json`, in the order of the days.",
    {
        "directory": _DIRECTORY,
        "totals": _build_row(RESTATED_TOTALS, "Totals"),
        RESTATEMENTS.name: _list(_build_row(RESTATEMENTS)),
        "warnings": _WARNINGS,
    },
)

DOCUMENTS: Mapping[str, _Schema] = {
    "report": _REPORT,
    "trend": _TREND,
    "compare": _COMPARISON,
    "activity": _ACTIVITY,
    "quota": _QUOTA,
    "quota-backtest": _QUOTA_BACKTEST,
    "doctor": _DOCTOR,
    **{f"list-{name}": _build_list(name) for name in LISTS},
    **_CONFIG_TABLES,
    "export": _EXPORT,
    "export-verify": _EXPORT_VERIFY,
    "export-queries": _EXPORT_QUERIES,
    "restatements": _RESTATEMENTS,
}
"""What `schema` describes: each is what one command prints."""
