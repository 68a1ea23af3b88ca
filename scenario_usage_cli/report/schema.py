"""JSON Schema (draft 2020-12) of every JSON that a command prints, made of its tables.

Keys are never renamed or removed within a schema version.
"""

from collections.abc import Mapping

from scenario_usage_cli.collect.breakdown import BREAKDOWN, COST_CENTRE
from scenario_usage_cli.report.activity_table import ACTIVITY
from scenario_usage_cli.report.backtest import BACKTEST
from scenario_usage_cli.report.breakdown_tables import (
    declare_breakdown,
    declare_breakdown_totals,
)
from scenario_usage_cli.report.config import PROFILES, SETTINGS
from scenario_usage_cli.report.fields import Json
from scenario_usage_cli.report.listing_tables import LIST_TOTALS, LISTED_MODELS, LISTS
from scenario_usage_cli.report.quota_tables import LIMITS
from scenario_usage_cli.report.quota_tables import TOTALS as QUOTA_TOTALS
from scenario_usage_cli.report.restatements import RESTATEMENTS
from scenario_usage_cli.report.restatements import TOTALS as RESTATED_TOTALS
from scenario_usage_cli.report.schema_parts import (
    FLAG,
    TEXT,
    TEXTS,
    WHOLE,
    Key,
    Schema,
    build_document,
    build_object,
    build_row,
    build_value,
    describe,
    list_of,
    or_null,
)
from scenario_usage_cli.report.tables import (
    BREAKDOWN_DIFFERENCE,
    DIFFERENCE,
    POINTS,
    RECONCILIATION,
    SECTION_TABLES,
    SUMMED,
    TOTALS,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def build_schema(document: str) -> Schema:
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


_PERIOD = build_object(
    "PeriodRow",
    "Both ends are included, UTC; `timezone` is where its days begin.",
    {"start": TEXT, "end": TEXT, "timezone": TEXT, "provisional": FLAG},
)
_FILTER_KEYS: Mapping[str, Schema] = {
    "team_id": or_null(TEXT),
    "project_ids": TEXTS,
    "user_ids": TEXTS,
    "models": TEXTS,
}
_NARROWED = "What the report is narrowed to; empty lists mean all."
_FILTERS = build_object("FiltersRow", _NARROWED, _FILTER_KEYS)
_WARNINGS = describe(TEXTS, "What a reader of it must know, a line each.")


def _build_breakdown(*by: str) -> Schema:
    who = "".join(word.capitalize() for one in by for word in one.split("-"))
    return build_object(
        f"{who}Breakdown",
        "The block of `report --by`; totals are of consumption, and its rows add up to them.",
        {
            "by": {"const": ",".join(by)},
            "totals": list_of(build_row(declare_breakdown_totals(*by), f"{who}Totals")),
            "rows": list_of(build_row(declare_breakdown(*by), f"{who}ModelRow")),
        },
    )


_BREAKDOWN: Schema = {
    "anyOf": [
        _build_breakdown("project"),
        _build_breakdown("user"),
        _build_breakdown("project", "user"),
        _build_breakdown(COST_CENTRE),
    ]
}
_REPORT = build_document(
    "usage",
    "The document of `report --json`. Sections that were not asked for are absent; one breakdown "
    "is in `breakdown`, several are in `breakdowns`.",
    {
        "fetched_at": Key(
            describe(
                TEXT, "When the first of the saved answers was fetched; only there with --from."
            ),
            is_required=False,
        ),
        "period": or_null(_PERIOD),
        "filters": or_null(_FILTERS),
        "totals": build_row(TOTALS, "Totals"),
        **{
            name: Key(list_of(build_row(table)), is_required=False)
            for name, table in SECTION_TABLES.items()
        },
        "breakdown": Key(_BREAKDOWN, is_required=False),
        "breakdowns": Key(list_of(_BREAKDOWN), is_required=False),
        "reconciliation": or_null(
            build_object(
                "Reconciliation",
                "What was charged beside generations: operations without a model, and refunds.",
                {
                    field.key: Key(
                        build_value(field, TOTALS),
                        is_required=field is not BREAKDOWN_DIFFERENCE,
                    )
                    for field in RECONCILIATION
                },
            )
        ),
        "warnings": _WARNINGS,
    },
)
_DIFFERENCES = list_of(build_row(DIFFERENCE, "DifferenceRow"))
_COMPARISON = build_document(
    "compare",
    "The document of `compare --json`. Sections that were not asked for are absent.",
    {
        "period": or_null(_PERIOD),
        "against": or_null(_PERIOD),
        "filters": or_null(_FILTERS),
        "by": Key(
            describe(TEXT, "What `breakdown` is of; both are only there with --by."),
            is_required=False,
        ),
        "totals": _DIFFERENCES,
        **{name: Key(_DIFFERENCES, is_required=False) for name in (*SUMMED, BREAKDOWN)},
        "warnings": _WARNINGS,
    },
)
_TREND = build_document(
    "trend",
    "The document of `trend --json`: points in order of time, then of their series' size.",
    {
        "period": _PERIOD,
        "filters": _FILTERS,
        "by": describe(TEXT, "How long a bucket is."),
        "split": describe(TEXT, "What the series are."),
        "points": list_of(build_row(POINTS, "TrendPoint")),
        "warnings": _WARNINGS,
    },
)
_ACTIVITY = build_document(
    "activity",
    "The document of `activity --json`; its rows are written as they come, newest first.",
    {
        "period": _PERIOD,
        "filters": build_object("ActivityFilters", _NARROWED, {**_FILTER_KEYS, "actions": TEXTS}),
        "rows": list_of(build_row(ACTIVITY)),
        "complete": describe(
            FLAG,
            "Whether the rows are known to be all that the period and the filters have.",
        ),
        "warnings": _WARNINGS,
    },
)
_CHECK = build_object(
    "CheckRow",
    "One check: what was found, and what to do about it where it failed.",
    {"check": TEXT, "passed": FLAG, "found": TEXT, "hint": or_null(TEXT)},
)
_DOCTOR = build_document(
    "doctor",
    "The document of `doctor --json`: the checks in the order in which they were made.",
    {
        "passed": describe(FLAG, "Whether all of them passed."),
        "exit_code": describe(WHOLE, "That of the first check that failed, or 0."),
        "checks": list_of(_CHECK),
        "warnings": _WARNINGS,
    },
)
_TEAM = build_object(
    "TeamName", "A team; its id is the name where there is no other.", {"id": TEXT, "name": TEXT}
)


def _build_list(name: str) -> Schema:
    """The document of one of the lists; that of models is of a period, and has filters."""
    is_of_usage = name == LISTED_MODELS.name
    period = "The period." if is_of_usage else "The billing period; null where it is unknown."
    return build_document(
        name,
        f"The document of `list {name} --json`.",
        {
            "team": describe(
                or_null(_TEAM), "Null where it is unknown, or where there are several."
            ),
            "period": describe(or_null(_PERIOD), period),
            **({"filters": _FILTERS} if is_of_usage else {}),
            name: list_of(build_row(LISTS[name])),
            "totals": build_row(LIST_TOTALS[name], "Totals"),
            "warnings": _WARNINGS,
        },
    )


_QUOTA = build_document(
    "quota",
    "The document of `quota --json`; CU of the running billing period.",
    {
        "team": _TEAM,
        "plan": or_null(TEXT),
        "payment_status": or_null(TEXT),
        "subscription_status": or_null(TEXT),
        "period": describe(or_null(_PERIOD), "The billing period; null where it is unknown."),
        "totals": build_row(QUOTA_TOTALS, "Totals"),
        LIMITS.name: list_of(build_row(LIMITS)),
        "warnings": _WARNINGS,
    },
)
_QUOTA_BACKTEST = build_document(
    "quota-backtest",
    "The document of `quota --backtest --json`.",
    {
        "team": _TEAM,
        "period": describe(or_null(_PERIOD), "The billing period; null where it is unknown."),
        BACKTEST.name: list_of(build_row(BACKTEST, "HorizonRow")),
        "warnings": _WARNINGS,
    },
)
_CONFIG_TABLES = {
    report: build_document(
        report,
        f"The document of `{report.replace('-', ' ')} --json`.",
        {
            "config_file": describe(TEXT, "Where it is, or would be."),
            table.name: list_of(build_row(table)),
            "warnings": _WARNINGS,
        },
    )
    for report, table in (("config-show", SETTINGS), ("config-list", PROFILES))
}
_DIRECTORY = describe(TEXT, "The folder or URL of the dataset, as it was given.")
_EXPORT = build_document(
    "export",
    "What `export --json` prints when the dataset is up to date.",
    {
        "directory": _DIRECTORY,
        "days_fetched": describe(WHOLE, "Days of which anything was written."),
        "partitions": describe(WHOLE, "Partitions that were written."),
        "rows": describe(WHOLE, "Their rows."),
        "provisional_days": describe(WHOLE, "Those of the days whose figures may still change."),
        "edited": describe(TEXTS, "Partitions that somebody else changed, left as they are."),
        "warnings": _WARNINGS,
    },
    is_dated=False,
)
_EXPORT_VERIFY = build_document(
    "export-verify",
    "What `export --verify --json` prints.",
    {
        "directory": _DIRECTORY,
        "partitions": describe(WHOLE, "Partitions that were looked at."),
        "rows": describe(WHOLE, "Their rows."),
        "problems": describe(TEXTS, "What is wrong, a line each."),
    },
    is_dated=False,
)
_EXPORT_QUERIES = build_document(
    "export-queries",
    "What `export --dry-run --json` prints.",
    {"queries": describe(TEXTS, "What would be asked of the API, as paths.")},
    is_dated=False,
)
_RESTATEMENTS = build_document(
    "restatements",
    "The document of `restatements --json`, in the order of the days.",
    {
        "directory": _DIRECTORY,
        "totals": build_row(RESTATED_TOTALS, "Totals"),
        RESTATEMENTS.name: list_of(build_row(RESTATEMENTS)),
        "warnings": _WARNINGS,
    },
)

DOCUMENTS: Mapping[str, Schema] = {
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
