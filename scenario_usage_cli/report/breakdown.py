"""Projects or users beside models, and whether they add up to the whole."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from scenario_usage_cli.collect.breakdown import BrokenDown
from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.report.model_filter import ModelFilter

if TYPE_CHECKING:
    from scenario_usage_cli.report.documents import Breakdown

_CHECKED = ("jobs", "cost", "discount")
_MOST_NAMED = 5


def build_breakdown(broken: BrokenDown, models: tuple[str, ...]) -> Breakdown:
    """Totals by cost, and rows in the totals' order and then by cost; ties by id."""
    id_key, wanted = f"{broken.by}_id", ModelFilter(models)
    totals = sorted(
        (_build_totals(id_key, one, usage, broken.names) for one, usage in broken.usages.items()),
        key=lambda row: (-(row["cost"] or 0), row[id_key]),
    )
    rows = [
        {id_key: row[id_key], broken.by: row["name"], **figures}
        for row in totals
        for figures in _build_rows(broken.usages[row[id_key]], wanted)
    ]
    return {"by": broken.by, "totals": totals, "rows": rows}  # type: ignore[typeddict-item]  # their keys are those of `by`


def find_differences(whole: Usage, broken: BrokenDown) -> dict[str, dict[str, Figure]]:
    """Model by model, how much more the whole has than the parts of it, where that is anything."""
    parts: dict[str, dict[str, Figure]] = {}
    for usage in broken.usages.values():
        for model_id, figures in usage.figures("models"):
            sums = parts.setdefault(model_id, dict.fromkeys(_CHECKED, 0))
            for key in _CHECKED:
                sums[key] += figures[key] or 0
    of_whole = dict(whole.figures("models"))
    differences = {
        model_id: {
            key: (of_whole.get(model_id, {}).get(key) or 0) - parts.get(model_id, {}).get(key, 0)
            for key in _CHECKED
        }
        for model_id in {*of_whole, *parts}
    }
    return {key: found for key, found in differences.items() if any(found.values())}


def sum_differences(differences: Mapping[str, Mapping[str, Figure]]) -> Decimal:
    """The cost that the whole has and its parts have not, over all models."""
    return sum((Decimal(found["cost"]) for found in differences.values()), Decimal(0))


def warn_of_differences(
    by: str, differences: Mapping[str, Mapping[str, Figure]], names: Mapping[str, str]
) -> list[str]:
    """A line for each of the first few models that do not add up, and one for the rest."""
    lines = []
    for model_id in sorted(differences)[:_MOST_NAMED]:
        amounts = ", ".join(
            f"{key} {Decimal(figure).normalize():f}"
            for key, figure in differences[model_id].items()
        )
        lines.append(
            f"{names.get(model_id, model_id)} does not add up by {by}: "
            f"the whole has more by {amounts}"
        )
    if len(differences) > _MOST_NAMED:
        lines.append(f"{len(differences) - _MOST_NAMED} more models do not add up by {by}")
    return lines


def warn_of_gaps(broken: BrokenDown) -> list[str]:
    """What is missing from the usage of one project or user, a line each."""
    lines = []
    for one, usage in broken.usages.items():
        name = broken.names.get(one, one)
        lines += [f"not included: {message}" for _, message in sorted(usage.failures.items())]
        lines += [f"the API left out {section} of {name}" for section in sorted(usage.left_out)]
        if usage.unreadable_points:
            lines.append(f"{usage.unreadable_points} points of {name} could not be read, left out")
    return lines


def _build_totals(id_key: str, one: str, usage: Usage, names: Mapping[str, str]) -> dict[str, Any]:
    """Null where what it is made of did not come."""
    known = set() if usage.failures else set(usage.sections) - usage.left_out
    charges = usage.consumption.values() if "consumption" in known else None
    jobs = [figures["jobs"] or 0 for _, figures in usage.figures("models")]
    assets = [figures["count"] or 0 for _, figures in usage.figures("assets")]
    return {
        id_key: one,
        "name": names.get(one, one),
        "cost": None if charges is None else sum((c.cost for c in charges), Decimal(0)),
        "discount": None if charges is None else sum((c.discount for c in charges), Decimal(0)),
        "gross": None if charges is None else sum((c.gross for c in charges), Decimal(0)),
        "jobs": sum(jobs) if "models" in known else None,
        "assets": sum(assets) if "assets" in known else None,
    }


def _build_rows(usage: Usage, wanted: ModelFilter) -> list[dict[str, Any]]:
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
        if wanted.matches(model_id, usage.models.get(model_id, model_id))
    ]
    return sorted(rows, key=lambda row: (-row["cost"], row["model_id"]))
