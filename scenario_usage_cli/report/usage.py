"""The usage report: consumption, models, assets and the rest, with totals that add up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from scenario_usage_cli.collect.breakdown import Breakdown
from scenario_usage_cli.collect.sections import SECTIONS
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.periods import format_instant
from scenario_usage_cli.report.breakdown import build_breakdown, warn_of_gaps
from scenario_usage_cli.report.breakdown_check import find_differences, warn_of_differences
from scenario_usage_cli.report.frame import build_filters, build_period, build_warnings
from scenario_usage_cli.report.model_filter import ModelFilter
from scenario_usage_cli.report.numbers import round_cu, share

if TYPE_CHECKING:
    from scenario_usage_cli.report.documents import (
        ConsumptionRow,
        Reconciliation,
        Totals,
        UsageDocument,
    )


class Report(NamedTuple):
    """The document, and what a reader of it must know beside."""

    document: UsageDocument
    model_cost: Decimal
    """What the shares of models are of, also where these are narrowed."""
    unknown_sections: frozenset[str]
    """Those that did not come, or not as a whole."""


def build_report(
    usage: Usage,
    *,
    models: tuple[str, ...] = (),
    sections: tuple[str, ...] | None = None,
    breakdowns: Sequence[Breakdown] = (),
    generated_at: datetime,
) -> Report:
    """The report of what was read, its `models` narrowed to these patterns.

    `sections` are those to show, if not all that were fetched; each of the `breakdowns` becomes a
    block of rows.
    """
    asked = usage.sections if sections is None else sections
    tables = _build_tables(usage)
    whole, wanted = tables["models"], ModelFilter(models)
    tables["models"] = [row for row in whole if wanted.matches(row["model_id"], row["name"])]
    unmatched = wanted.unmatched((row["model_id"], row["name"]) for row in whole)
    known = usage.came & set(asked)
    built = [build_breakdown(one, models) for one in breakdowns]
    blocks = [block for block, _ in built]
    model_cost = _sum(row["cost"] for row in whole)
    reconciliation: Reconciliation | None = None
    if {"consumption", "models"} <= (usage.came if breakdowns else known):
        consumption_cost = _sum(row["cost"] for row in tables["consumption"])
        reconciliation = {
            "consumption_cost": consumption_cost,
            "model_cost": model_cost,
            "difference": consumption_cost - model_cost,
        }
        if breakdowns:
            reconciliation["breakdown_difference"] = max(
                (consumption_cost - cost_of_rows for _, cost_of_rows in built), key=abs
            )
    document: UsageDocument = {
        "schema_version": 1,
        "report": "usage",
        "generated_at": format_instant(generated_at.replace(microsecond=0)),
        **({"fetched_at": format_instant(usage.fetched_at)} if usage.fetched_at else {}),  # type: ignore[typeddict-item]  # or nothing
        "period": build_period(usage.period),
        "filters": build_filters(usage.filters, models),
        "totals": _build_totals(tables, known),
        **{name: tables[name] for name in SECTIONS if name in asked},  # type: ignore[typeddict-item]  # the keys are the document's
        **({"breakdowns": blocks} if blocks[1:] else {}),
        **({"breakdown": blocks[0]} if len(blocks) == 1 else {}),
        "reconciliation": reconciliation,
        "warnings": [
            *build_warnings(usage, models, unmatched),
            *(line for one in breakdowns for line in _check(usage, one, models)),
        ],
    }
    return Report(document, model_cost, frozenset(usage.sections) - usage.came)


def _check(usage: Usage, breakdown: Breakdown, models: tuple[str, ...]) -> list[str]:
    differences = find_differences(usage, breakdown)
    return warn_of_gaps(breakdown, models) + warn_of_differences(usage, breakdown, differences)


def _build_tables(usage: Usage) -> dict[str, list[Any]]:
    """The rows of every section, in order; none of those that the API left out."""
    tables: dict[str, list[Any]] = {
        "consumption": _by_size(_build_consumption(usage), "user_id", "cost"),
        "models": _by_size(_build_models(usage), "model_id", "cost"),
        "assets": _by_size(_build_assets(usage), "kind", "count"),
        "actions": _by_size(_build_counts(usage, "actions", "action"), "action", "cost"),
        "moderation": _by_size(_build_counts(usage, "moderation", "label"), "label", "count"),
        "quality_gates": _by_size(
            _build_counts(usage, "quality_gates", "verdict"), "verdict", "count"
        ),
    }
    return tables | {name: [] for name in usage.left_out}


def _build_totals(tables: dict[str, list[Any]], known: set[str]) -> Totals:
    """Sums of the sections that are known; null for all others."""
    users, models, assets = (
        tables[name] if name in known else None for name in ("consumption", "models", "assets")
    )
    charged, used = _select(users, "cost", "discount"), _select(models, "jobs", "cost")
    return {
        "cost": None if users is None else _sum(row["cost"] for row in users),
        "discount": None if users is None else _sum(row["discount"] for row in users),
        "gross": None if users is None else _sum(row["gross"] for row in users),
        "jobs": None if models is None else sum(row["jobs"] for row in models),
        "assets": None if assets is None else sum(row["count"] for row in assets),
        "users": None if charged is None else len(charged),
        "models": None if used is None else len(used),
    }


def _select(rows: list[Any] | None, *keys: str) -> list[Any] | None:
    """The rows with any of these figures, as shown."""
    if rows is None:
        return None
    return [row for row in rows if any(round_cu(Decimal(row[key])) for key in keys)]


def _build_consumption(usage: Usage) -> list[ConsumptionRow]:
    whole = _sum(charge.cost for charge in usage.consumption.values())
    rows: list[ConsumptionRow] = []
    for user_id, charge in usage.consumption.items():
        user = usage.users.get(user_id)
        rows.append(
            {
                "user_id": user_id,
                "name": (user and user.name) or user_id,
                "email": user and user.email,
                "is_api_key": user and user.is_api_key,
                "cost": charge.cost,
                "discount": charge.discount,
                "gross": charge.gross,
                "share": share(charge.cost, whole),
            }
        )
    return rows


def _build_models(usage: Usage) -> list[dict[str, Any]]:
    rows = [_build_model(row_id, figures, usage) for row_id, figures in usage.figures("models")]
    whole = _sum(row["cost"] for row in rows)
    return [row | {"share": share(row["cost"], whole)} for row in rows]


def _build_model(model_id: str, figures: Any, usage: Usage) -> dict[str, Any]:
    jobs, cost = figures["jobs"], Decimal(figures["cost"])
    return {
        "model_id": model_id,
        "name": usage.models.get(model_id, model_id),
        "jobs": jobs,
        "cost": cost,
        "discount": figures["discount"],
        "gross": cost + figures["discount"],
        "cost_per_job": cost / jobs if jobs else None,
        "api_key_cost": figures["api_key_cost"],
        "api_key_discount": figures["api_key_discount"],
    }


def _build_assets(usage: Usage) -> list[dict[str, Any]]:
    rows = _build_counts(usage, "assets", "kind")
    whole = _sum(row["count"] for row in rows)
    return [row | {"share": share(Decimal(row["count"]), whole)} for row in rows]


def _build_counts(usage: Usage, section: str, id_key: str) -> list[dict[str, Any]]:
    return [{id_key: row_id, **figures} for row_id, figures in usage.figures(section)]


def _by_size(rows: Iterable[Any], id_key: str, size_key: str) -> list[dict[str, Any]]:
    """The largest first, as they are shown; rows without that size last, by count; ties by id."""

    def key(row: dict[str, Any]) -> tuple[bool, Any, str]:
        size = row[size_key]
        shown = round_cu(Decimal(row["count"] if size is None else size))
        return (size is None, -shown, row[id_key])

    return sorted(rows, key=key)


def _sum(amounts: Iterable[Any]) -> Decimal:
    return sum(amounts, Decimal(0))
