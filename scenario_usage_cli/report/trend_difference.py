"""What a trend leaves out: consumption is of more than models and actions."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.report.numbers import is_shown, sum_cu
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
    consumption_cost = sum_cu(figures["cost"] for _, figures in usage.figures("consumption"))
    difference = Difference(section, consumption_cost, sum_cu(known))
    return difference if is_shown(difference.amount) else None
