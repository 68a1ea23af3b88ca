"""Projects or users beside models: totals, and rows that add up to them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from scenario_usage_cli.collect.breakdown import Breakdown
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.report.frame import describe_remarks
from scenario_usage_cli.report.model_filter import ModelFilter
from scenario_usage_cli.report.numbers import round_cu

if TYPE_CHECKING:
    from scenario_usage_cli.report.documents import Breakdown as BreakdownBlock

NO_MODEL = "(no model: operations and refunds)"
"""What the row is called that has no model; its id is empty."""


def build_breakdown(
    breakdown: Breakdown, models: tuple[str, ...]
) -> tuple[BreakdownBlock, Decimal]:
    """Totals by cost, and rows in the totals' order and then by cost; ties by id.

    With them the CU that the rows of all models sum to, whatever these are narrowed to. What is
    narrowed has no row without a model.
    """
    id_key, wanted = f"{breakdown.by}_id", ModelFilter(models)
    totals = sorted(
        (
            _build_totals(id_key, one, usage, breakdown.names)
            for one, usage in breakdown.usages.items()
        ),
        key=lambda row: (-round_cu(row["cost"] or Decimal(0)), row[id_key]),
    )
    rows = [
        {id_key: row[id_key], breakdown.by: row["name"], **figures}
        for row in totals
        for figures in _build_rows(breakdown.usages[row[id_key]])
    ]
    block = {
        "by": breakdown.by,
        "totals": totals,
        "rows": [row for row in rows if _is_wanted(row, wanted)] if models else rows,
    }
    return block, _sum(row["cost"] for row in rows)  # type: ignore[return-value]  # the keys are those of `by`


def warn_of_gaps(breakdown: Breakdown, models: tuple[str, ...]) -> list[str]:
    """What is missing from the rows of projects or users, a line each."""
    lines = []
    if models:
        lines.append(
            f"rows by {breakdown.by} are narrowed to {', '.join(models)}: "
            "they do not sum to the consumption"
        )
    for one, usage in breakdown.usages.items():
        name = breakdown.names.get(one, one)
        lines += [f"not included: {message}" for _, message in sorted(usage.failures.items())]
        lines += [f"the API left out {section} of {name}" for section in sorted(usage.left_out)]
        lines += [f"{name}: {line}" for line in describe_remarks(usage)]
    return lines


def _is_wanted(row: dict[str, Any], wanted: ModelFilter) -> bool:
    return bool(row["model_id"]) and wanted.matches(row["model_id"], row["model"])


def _build_totals(id_key: str, one: str, usage: Usage, names: Any) -> dict[str, Any]:
    """Null where what it is made of did not come."""
    charges = usage.consumption.values() if "consumption" in usage.came else None
    jobs = [figures["jobs"] or 0 for _, figures in usage.figures("models")]
    assets = [figures["count"] or 0 for _, figures in usage.figures("assets")]
    return {
        id_key: one,
        "name": names.get(one, one),
        "cost": None if charges is None else _sum(charge.cost for charge in charges),
        "discount": None if charges is None else _sum(charge.discount for charge in charges),
        "gross": None if charges is None else _sum(charge.gross for charge in charges),
        "jobs": sum(jobs) if "models" in usage.came else None,
        "assets": sum(assets) if "assets" in usage.came else None,
    }


def _build_rows(usage: Usage) -> list[dict[str, Any]]:
    """The models of a project or user, and what its consumption has beside them."""
    rows = [
        {
            "model_id": model_id,
            "model": usage.models.get(model_id, model_id),
            "jobs": figures["jobs"],
            "cost": figures["cost"],
            "discount": figures["discount"],
            "gross": (figures["cost"] or 0) + (figures["discount"] or 0),
            "api_key_cost": figures["api_key_cost"],
            "api_key_discount": figures["api_key_discount"],
        }
        for model_id, figures in usage.figures("models")
    ]
    rows += _build_rest(usage, rows)
    return sorted(rows, key=lambda row: (-round_cu(Decimal(row["cost"])), row["model_id"]))


def _build_rest(usage: Usage, models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row of what was charged beside the models, if anything was, and both are known.

    How much of it is by API keys is not: the API does not tell.
    """
    if not {"consumption", "models"} <= usage.came:
        return []
    rest = {
        key: _sum(getattr(charge, key) for charge in usage.consumption.values())
        - _sum(row[key] for row in models)
        for key in ("cost", "discount", "gross")
    }
    if not any(map(round_cu, rest.values())):
        return []
    unknown = dict.fromkeys(("api_key_cost", "api_key_discount"))
    return [{"model_id": "", "model": NO_MODEL, "jobs": 0, **rest, **unknown}]


def _sum(amounts: Iterable[Any]) -> Decimal:
    return sum(amounts, Decimal(0))
