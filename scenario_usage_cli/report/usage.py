"""The usage report: consumption, models, assets and the rest, with totals that add up."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from scenario_usage_cli.collect.sections import SECTIONS
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.periods import Period, format_instant
from scenario_usage_cli.report.model_filter import ModelFilter
from scenario_usage_cli.report.numbers import Count, Cu, Share, share


class Model(BaseModel):
    """A part of the JSON document; keys are never renamed or removed within a schema version."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class PeriodRow(Model):
    """Both ends are included, UTC; `timezone` is where its days begin."""

    start: str
    end: str
    timezone: str
    provisional: bool


class FiltersRow(Model):
    """What the report is narrowed to; empty lists mean all."""

    team_id: str | None
    project_ids: list[str]
    user_ids: list[str]
    models: list[str]


class Totals(Model):
    """Null where the section it comes from was not asked for, or left out by the API."""

    cost: Cu | None
    discount: Cu | None
    gross: Cu | None
    jobs: Count | None
    assets: Count | None
    users: int | None
    models: int | None


class ConsumptionRow(Model):
    """What a user or API key was charged; `is_api_key` is null without an entity."""

    user_id: str
    name: str
    email: str | None
    is_api_key: bool | None
    cost: Cu
    discount: Cu
    gross: Cu
    share: Share


class ModelRow(Model):
    """What generations with a model cost; the api_key figures are a part of the others."""

    model_id: str
    name: str
    jobs: Count
    cost: Cu
    discount: Cu
    gross: Cu
    cost_per_job: Cu | None
    api_key_cost: Cu
    api_key_discount: Cu
    share: Share


class AssetRow(Model):
    """How many assets of a kind were made."""

    kind: str
    count: Count
    api_key_count: Count
    share: Share


class ActionRow(Model):
    """How often an action ran; CU are null where the API gives none for it."""

    action: str
    count: Count
    api_key_count: Count
    cost: Cu | None
    discount: Cu | None
    api_key_cost: Cu | None
    api_key_discount: Cu | None


class ModerationRow(Model):
    """How many assets got a moderation label."""

    label: str
    count: Count
    api_key_count: Count


class QualityGateRow(Model):
    """How many assets got a verdict; `total` is the sum of the others."""

    verdict: str
    count: Count
    api_key_count: Count


class Reconciliation(Model):
    """What was charged beside generations: operations without a model, and refunds."""

    consumption_cost: Cu
    model_cost: Cu
    difference: Cu


class Report(Model):
    """The document of `report --json`. Sections that were not asked for are absent."""

    schema_version: Literal[1] = 1
    report: Literal["usage"] = "usage"
    generated_at: str
    period: PeriodRow | None
    filters: FiltersRow | None
    totals: Totals
    consumption: list[ConsumptionRow] = Field(default_factory=list)
    models: list[ModelRow] = Field(default_factory=list)
    assets: list[AssetRow] = Field(default_factory=list)
    actions: list[ActionRow] = Field(default_factory=list)
    moderation: list[ModerationRow] = Field(default_factory=list)
    quality_gates: list[QualityGateRow] = Field(default_factory=list)
    reconciliation: Reconciliation | None
    warnings: list[str]
    model_cost: Cu = Field(exclude=True)
    """What the shares of models are of, also where these are narrowed."""
    unknown_sections: frozenset[str] = Field(exclude=True)
    """Those that the API left out."""


def build_report(usage: Usage, *, models: tuple[str, ...] = (), generated_at: datetime) -> Report:
    """The report of what was read, its `models` narrowed to these patterns."""
    whole = [_build_model(row_id, f, usage) for row_id, f in usage.figures("models")]
    model_cost = _sum(row["cost"] for row in whole)
    for row in whole:
        row["share"] = share(row["cost"], model_cost)
    wanted = ModelFilter(models)
    shown = [row for row in whole if wanted.matches(row["model_id"], row["name"])]
    unmatched = wanted.unmatched((row["model_id"], row["name"]) for row in whole)
    consumption = _build_consumption(usage)
    assets = _build_assets(usage)
    known = {name for name in usage.sections if name not in usage.left_out}
    consumption_cost = _sum(row["cost"] for row in consumption)
    sections: dict[str, list[dict[str, Any]]] = {
        "consumption": _by_size(consumption, "user_id", "cost"),
        "models": _by_size(shown, "model_id", "cost"),
        "assets": _by_size(assets, "kind", "count"),
        "actions": _by_size(_build_actions(usage), "action", "cost"),
        "moderation": _by_size(_build_counts(usage, "moderation", "label"), "label", "count"),
        "quality_gates": _by_size(
            _build_counts(usage, "quality_gates", "verdict"), "verdict", "count"
        ),
    }
    reconciliation = None
    if {"consumption", "models"} <= known:
        reconciliation = Reconciliation(
            consumption_cost=consumption_cost,
            model_cost=model_cost,
            difference=consumption_cost - model_cost,
        )
    charged, ran, made = ("consumption" in known, "models" in known, "assets" in known)
    return Report(
        generated_at=format_instant(generated_at.replace(microsecond=0)),
        period=build_period(usage.period),
        filters=_build_filters(usage.filters, models),
        totals=Totals(
            cost=consumption_cost if charged else None,
            discount=_sum(row["discount"] for row in consumption) if charged else None,
            gross=_sum(row["gross"] for row in consumption) if charged else None,
            jobs=sum(row["jobs"] for row in shown) if ran else None,
            assets=sum(row["count"] for row in assets) if made else None,
            users=sum(1 for row in consumption if row["cost"] or row["discount"])
            if charged
            else None,
            models=sum(1 for row in shown if row["jobs"] or row["cost"]) if ran else None,
        ),
        reconciliation=reconciliation,
        warnings=_build_warnings(usage, models, unmatched),
        model_cost=model_cost,
        unknown_sections=frozenset(usage.left_out),
        **{name: rows for name, rows in sections.items() if name in usage.sections},  # type: ignore[arg-type]  # rows become models
    )


def dump_report(report: Report) -> dict[str, Any]:
    """The document as plain data, without the sections that were not asked for."""
    absent = {name for name in SECTIONS if name not in report.model_fields_set}
    return report.model_dump(exclude=absent)


def build_period(period: Period | None) -> PeriodRow | None:
    """A period as JSON has it."""
    if period is None:
        return None
    return PeriodRow(
        start=format_instant(period.start),
        end=format_instant(period.end),
        timezone=period.timezone,
        provisional=period.provisional,
    )


def _build_filters(filters: Filters | None, models: tuple[str, ...]) -> FiltersRow | None:
    if filters is None and not models:
        return None
    filters = filters or Filters()
    return FiltersRow(
        team_id=filters.team_id,
        project_ids=list(filters.project_ids),
        user_ids=list(filters.user_ids),
        models=list(models),
    )


def _build_consumption(usage: Usage) -> list[dict[str, Any]]:
    whole = _sum(charge.cost for charge in usage.consumption.values())
    rows = []
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


def _build_actions(usage: Usage) -> list[dict[str, Any]]:
    return _build_counts(usage, "actions", "action")


def _by_size(rows: list[dict[str, Any]], id_key: str, size_key: str) -> list[dict[str, Any]]:
    """The largest first; rows without that size come last, by count; ties by id."""

    def key(row: dict[str, Any]) -> tuple[bool, Any, str]:
        size = row[size_key]
        return (size is None, -(row["count"] if size is None else size), row[id_key])

    return sorted(rows, key=key)


def _sum(amounts: Iterable[Any]) -> Decimal:
    return sum(amounts, Decimal(0))


def _build_warnings(usage: Usage, models: tuple[str, ...], unmatched: tuple[str, ...]) -> list[str]:
    warnings = [
        f"the API left out {name}: its rows are unknown, and so are the totals made of them"
        for name in SECTIONS
        if name in usage.left_out
    ]
    if models and "models" in usage.sections:
        warnings.append(f"models are narrowed to {', '.join(models)}; the other sections are not")
    warnings += [f"no model is called {pattern}" for pattern in unmatched]
    if usage.unreadable_points:
        warnings.append(
            f"{_count(usage.unreadable_points, 'point')} could not be read, left out; "
            f"the first is {str(usage.first_unreadable)[:200]}"
        )
    if usage.nameless_rows:
        rows = _count(usage.nameless_rows, "row")
        warnings.append(f"{rows} came without an id, shown as unknown")
    if usage.disagreeing_totals:
        users = _count(usage.disagreeing_totals, "user")
        warnings.append(
            f"for {users} the API's total is not value + discount; gross is the API's total"
        )
    if usage.unknown_sections:
        names = ", ".join(sorted(usage.unknown_sections))
        warnings.append(f"the API sent sections that this version does not know: {names}")
    return warnings


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
