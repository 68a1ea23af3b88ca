"""What one project used in a day, as charges: a model, an operation, refunds, and what is left."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from scenario_usage_cli.collect.sections import REFUNDS, RESTATING_ACTIONS, Figure, Figures
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.report.figures import COUNT, DISCOUNT, GROSS, JOBS, KNOWN_COST
from scenario_usage_cli.report.numbers import sum_cu

CU = "Compute Units"
"""What the provider calls its own currency, which is also what its price list sells."""

FOCUS_SECTIONS = ("consumption", "models", "actions")
"""The sections that charges are made of."""

_GENERATIONS = ("custom", "images-generation")
"""The actions that run models, whose cost is in the rows of these."""

_OPERATIONS = (
    *("background-removal", "captioning", "custom-asset-created", "detection"),
    *("image-prompt-editing", "ip-detection", "models-training", "patch", "pixelate", "repaint"),
    *("restyle", "segmentation", "skybox-base-360", "skybox-upscale-360", "texture", "upscale"),
    "vectorization",
)
"""Those that are known to run none."""

_REST = "other"
"""What nothing itemises, among the names of operations."""

_LIKE_REST = re.compile(f"{_REST}_*")
_LIKE_OPERATION = re.compile("(model:)*operation:.*", re.DOTALL)

_NOISE = Decimal("1e-9")
"""Less than this is not usage, but what sums of doubles lose."""


class Charge(NamedTuple):
    """What one thing that has a price of its own (a SKU) was used and charged for."""

    sku: str
    name: str | None
    """That of a model."""
    description: str
    meter: str
    gross: Decimal
    """In CU, before discounts."""
    cost: Decimal
    """In CU, after discounts."""
    quantity: Decimal
    """How much was consumed, in the unit."""
    unit: str

    @property
    def is_used(self) -> bool:
        """Whether any of its numbers is more or less than nothing."""
        return any(abs(one) >= _NOISE for one in (self.gross, self.cost, self.quantity))


def build_charges(usage: Usage, model_names: Mapping[str, str]) -> list[Charge]:
    """The charges of a usage, by SKU, none of zeros; they sum to its consumption, exactly.

    Where the consumption did not come, they are those that are itemised.
    """
    charges = [*_list_models(usage, model_names), *_list_refunds(usage)]
    charges += _list_operations(usage, charges)
    if "consumption" in usage.came:
        charges.append(_take_rest(usage, charges))
    return sorted((one for one in charges if one.is_used), key=lambda one: one.sku)


def _list_models(usage: Usage, names: Mapping[str, str]) -> Iterator[Charge]:
    for model_id, figures in usage.figures("models"):
        name = names.get(model_id) or model_id
        cost, gross = _read_cu(figures)
        jobs = Decimal(figures[JOBS.key] or 0)
        described = f"Generation with {name}"
        sku = _name_model_sku(model_id)
        yield Charge(sku, name, described, "Generation Jobs", gross, cost, jobs, "Jobs")


def _list_refunds(usage: Usage) -> Iterator[Charge]:
    for action, figures in usage.figures("actions"):
        if action == REFUNDS:
            cost, gross = _read_cu(figures)
            count = Decimal(figures[COUNT.key] or 0)
            consumed = _consume(-abs(count) if cost < 0 else count, cost)
            yield Charge(_name_sku(action), None, "Refunds", "Refunds", gross, cost, *consumed)


def _list_operations(usage: Usage, charges: Sequence[Charge]) -> Iterator[Charge]:
    """The operations that run no model.

    An action with a name that is new may run models. It is an operation if the consumption has
    room for it beside all else; otherwise models have its cost already.
    """
    consumed = sum_cu(figures[GROSS.key] for _, figures in usage.figures("consumption"))
    room = consumed - sum_cu(charge.gross for charge in charges)
    actions = {
        action: figures
        for action, figures in sorted(usage.figures("actions"))
        if action not in (*_GENERATIONS, *RESTATING_ACTIONS, REFUNDS)
    }
    for action in sorted(actions, key=lambda one: one not in _OPERATIONS):
        cost, gross = _read_cu(actions[action])
        if action in _OPERATIONS or gross <= max(room, Decimal(0)) + _NOISE:
            room -= gross
            consumption = _consume(actions[action][COUNT.key], cost)
            described = f"Operation {action}"
            # The API's own name for one may be that of the rest, which is another SKU.
            sku = _name_sku(f"{action}_" if _LIKE_REST.fullmatch(action) else action)
            yield Charge(sku, None, described, "Operations", gross, cost, *consumption)


def _take_rest(usage: Usage, charges: Sequence[Charge]) -> Charge:
    """What was consumed beside the charges, of which no count is known."""
    consumed = [figures for _, figures in usage.figures("consumption")]
    gross, cost = (
        sum_cu(figures[key] for figures in consumed) - sum_cu(taken)
        for key, taken in (
            (GROSS.key, [charge.gross for charge in charges]),
            (KNOWN_COST.key, [charge.cost for charge in charges]),
        )
    )
    return Charge(
        _name_sku(_REST), None, "Other operations", "Operations", gross, cost, *_consume(None, cost)
    )


def _name_model_sku(model_id: str) -> str:
    """The id of a model, unless an operation may have the same."""
    return f"model:{model_id}" if _LIKE_OPERATION.fullmatch(model_id) else model_id


def _name_sku(operation: str) -> str:
    return f"operation:{operation}"


def _read_cu(figures: Figures) -> tuple[Decimal, Decimal]:
    """The cost after and before discounts."""
    cost = Decimal(figures[KNOWN_COST.key] or 0)
    return cost, cost + Decimal(figures[DISCOUNT.key] or 0)


def _consume(count: Figure | None, cost: Decimal) -> tuple[Decimal, str]:
    """What was consumed, and its unit: CU where nothing was counted."""
    return (Decimal(count), "Operations") if count else (cost, CU)
