"""What a trend leaves out: consumption is of more than models and actions."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.report.numbers import round_cu
from scenario_usage_cli.report.words import format_cu

_BESIDE = {
    "models": "operations without a model, and refunds",
    "actions": "what the API charges to no action",
}
"""What is in consumption and not in these."""


class Difference(NamedTuple):
    """How far consumption is from the cost that a trend sums to, in CU; never shown as 0."""

    section: str
    """What the trend is of: models or actions."""
    consumption_cost: Decimal
    cost: Decimal

    @property
    def amount(self) -> Decimal:
        """What the trend leaves out; below 0, what it has too much."""
        return self.consumption_cost - self.cost

    def describe(self) -> str:
        """In one line."""
        return (
            f"consumption differs from this trend of {self.section} by "
            f"{format_cu(self.amount)} CU: {_BESIDE[self.section]}"
        )


def find_difference(
    usage: Usage, section: str, costs: Sequence[Figure | None]
) -> Difference | None:
    """That of a trend with series of these costs; None where there is none, or it is unknown."""
    known = [cost for cost in costs if cost is not None]
    is_charged = "consumption" in usage.sections and "consumption" not in usage.left_out
    if not is_charged or section not in _BESIDE or (costs and not known):
        return None
    consumption_cost = _sum(charge.cost for charge in usage.consumption.values())
    difference = Difference(section, consumption_cost, _sum(known))
    return difference if round_cu(difference.amount) else None


def _sum(amounts: Iterable[Any]) -> Decimal:
    return sum(amounts, Decimal(0))
