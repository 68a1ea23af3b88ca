"""The sums: one pass over a query's events, into the figures of every section.

A section's `Rows` are name -> bucket number -> figures; CU are milli-CU throughout.
"""

from collections.abc import Iterable
from operator import add
from typing import NamedTuple

from scenario_usage_cli.sandbox.catalogue import COUNTED
from scenario_usage_cli.sandbox.day import Event
from scenario_usage_cli.sandbox.times import Grid

Rows = dict[str, dict[int, tuple[int, ...]]]

TOTAL = "total"
COST, DISCOUNT = "creative-unit-cost", "creative-unit-discount"


class Spending(NamedTuple):
    """One user's CU: charged (per action) and given."""

    costs: dict[str, int]
    discount: int


class Tally(NamedTuple):
    """The figures of each row, in this order (those of API keys are part of the others):

    usages       count, key count; with CU: cost, discount, key cost, key discount
    models       jobs, cost, discount, key cost, key discount
    assets, labels, verdicts   count, key count
    """

    usages: Rows
    models: Rows
    assets: Rows
    labels: Rows
    verdicts: Rows
    consumption: dict[str, Spending]


def build_tally(events: Iterable[Event], grid: Grid) -> Tally:
    """Sum *events*, all of which lie on *grid*."""
    tally = Tally({}, {}, {}, {}, {}, {})
    usages, models, assets, labels, verdicts, consumption = tally
    first, step = grid.first, grid.step
    for event in events:
        bucket = (event.time - first) // step
        key, cost, discount = event.is_key, event.cost, event.discount
        if event.action in COUNTED:
            if cost is None:
                _add(usages, event.action, bucket, (1, int(key)))
            else:
                charged = (cost, discount, cost, discount) if key else (cost, discount, 0, 0)
                _add(usages, event.action, bucket, (1, int(key), *charged))
                if event.jobs:
                    _add(models, event.model or "", bucket, (event.jobs, *charged))
                _spend(consumption, event.user, event.action, cost, discount)
        if event.assets:
            made = (event.assets, event.assets if key else 0)
            _add(assets, event.kind or "", bucket, made)
            if event.label:
                _add(labels, event.label, bucket, (1, int(key)))
            if event.verdict:
                _add(verdicts, event.verdict, bucket, made)
                _add(verdicts, TOTAL, bucket, made)
    _restate(usages)
    return tally


def _add(rows: Rows, name: str, bucket: int, figures: tuple[int, ...]) -> None:
    row = rows.setdefault(name, {})
    sums = row.get(bucket)
    row[bucket] = figures if sums is None else tuple(map(add, sums, figures))


def _spend(
    consumption: dict[str, Spending], user: str, action: str, cost: int, discount: int
) -> None:
    costs, given = consumption.get(user) or Spending({}, 0)
    costs[action] = costs.get(action, 0) + cost
    consumption[user] = Spending(costs, given + discount)


def _restate(usages: Rows) -> None:
    """Add the two rows that say again what the others' costs and discounts sum to."""
    restated: Rows = {COST: {}, DISCOUNT: {}}
    for row in usages.values():
        for bucket, figures in row.items():
            if len(figures) > 2:
                _, _, cost, discount, key_cost, key_discount = figures
                _add(restated, COST, bucket, (cost, key_cost))
                _add(restated, DISCOUNT, bucket, (discount, key_discount))
    if restated[COST]:
        usages.update(restated)
