"""Projects or users beside models: totals, and rows that add up to them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, Self

from scenario_usage_cli.collect.breakdown import Breakdown, Ids
from scenario_usage_cli.collect.sections import CHARGES
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.cost_centres import UNASSIGNED
from scenario_usage_cli.report.breakdown_tables import (
    CENTRE,
    declare_breakdown,
    declare_breakdown_totals,
)
from scenario_usage_cli.report.fields import Fields, Json, Row, Table, Value
from scenario_usage_cli.report.figures import COST
from scenario_usage_cli.report.frame import describe_remarks
from scenario_usage_cli.report.model_filter import ModelFilter
from scenario_usage_cli.report.numbers import add_up, is_shown, sum_cu
from scenario_usage_cli.report.rows import build_row, describe, sort_by_size, sort_rows
from scenario_usage_cli.report.tables import MODEL, MODEL_ID, SUMMED
from scenario_usage_cli.report.words import list_words

NO_MODEL = "(no model: operations and refunds)"
"""What the row is called that has no model; its id is empty."""


class Block(NamedTuple):
    """What one of `report --by` tells."""

    by: tuple[str, ...]
    totals: Sequence[Row]
    rows: Sequence[Row]
    cost: Decimal
    """What the rows of all models sum to, in CU, whatever these are narrowed to."""
    is_known: bool
    """False where nothing of it came, or it is not known what it is of."""

    @property
    def places(self) -> Mapping[Ids, int]:
        """Where the totals of each are among all."""
        ids = declare_breakdown_totals(*self.by).ids
        return {identify(ids, whole): place for place, whole in enumerate(self.totals)}

    @property
    def document(self) -> dict[str, Json]:
        """As JSON has it."""
        return {"by": ",".join(self.by), "totals": self.totals, "rows": self.rows}

    def sort(self, order: str | None, groups: Mapping[Ids, int]) -> Self:
        """With its totals in this order, and the rows of each; None keeps the usual one.

        Totals of several dimensions stand in groups, in the order of their places.
        """
        table, detailed = declare_breakdown_totals(*self.by), declare_breakdown(*self.by)
        grouped = sorted(self.totals, key=lambda row: groups.get(identify(table.ids[:-1], row), 0))
        totals = sort_rows(table, grouped, order)
        places, whose = self._replace(totals=totals).places, detailed.ids[:-1]
        rows = sorted(self.rows, key=lambda row: places[identify(whose, row)])
        return self._replace(totals=totals, rows=sort_rows(detailed, rows, order))


def sort_blocks(blocks: Sequence[Block], order: str | None) -> list[Block]:
    """All of them in this order; pairs stand in that of what comes first in them."""
    found: dict[tuple[str, ...], Block] = {}
    for block in blocks:
        first = found.get(block.by[:-1])
        found[block.by] = block.sort(order, first.places if first else {})
    return list(found.values())


def build_breakdown(breakdown: Breakdown, models: tuple[str, ...]) -> Block:
    """Totals by cost, and rows in the totals' order and then by cost; ties by id.

    What is narrowed to `models` has no row without a model.
    """
    by, wanted = breakdown.by, ModelFilter(models)
    table, detailed = declare_breakdown_totals(*by), declare_breakdown(*by)
    totals = [
        _build_totals(table, ids, breakdown.name(ids), usage)
        for ids, usage in breakdown.usages.items()
    ]
    totals = sort_by_size(table, totals)
    rows = []
    for whole in totals:
        ids = identify(table.ids, whole)
        whose = _describe_whose(detailed, ids, breakdown.name(ids))
        rows += _build_rows(detailed, whose, breakdown.usages[ids])
    cost = sum_cu(map(COST.of, rows))
    if models:
        rows = [row for row in rows if _is_wanted(row, wanted)]
    parts = breakdown.usages.values()
    is_known = any(part.came for part in parts) if parts else not breakdown.unknown
    return Block(by, totals, rows, cost, is_known)


def warn_of_gaps(breakdown: Breakdown, models: tuple[str, ...]) -> list[str]:
    """What is missing from the rows of projects or users, a line each."""
    lines = []
    if models:
        lines.append(
            f"rows by {list_words(breakdown.by)} are narrowed to {', '.join(models)}: "
            "they do not sum to the consumption"
        )
    for ids, usage in breakdown.usages.items():
        if ids == (UNASSIGNED,):  # what is unknown of all others is unknown of the rest
            continue
        name = breakdown.describe(ids)
        lines += [f"not included: {message}" for _, message in sorted(usage.failures.items())]
        lines += [f"the API left out {section} of {name}" for section in sorted(usage.left_out)]
        lines += [f"{name}: {line}" for line in describe_remarks(usage)]
    return lines


def _is_wanted(row: Row, wanted: ModelFilter) -> bool:
    return bool(MODEL_ID.of(row)) and wanted.matches(MODEL_ID.of(row), MODEL.of(row))


def identify(fields: Fields, row: Row) -> Ids:
    """The values of some fields of a row: its ids, or its names."""
    return tuple(field.of(row) for field in fields)


def _describe_whose(table: Table, ids: Ids, names: Ids) -> dict[str, Value]:
    """The ids and names of whose a row is; the table may have more of them."""
    whose: dict[str, Value] = {}
    for id_field, name_field, one, name in zip(table.ids, table.names, ids, names, strict=False):
        whose |= {id_field.key: one, name_field.key: name}
    return whose


def _build_totals(table: Table, ids: Ids, names: Ids, usage: Usage) -> Row:
    """Null where what it is made of did not come."""
    sums = _describe_whose(table, ids, names)
    for section, summed in SUMMED.items():
        rows = [figures for _, figures in usage.figures(section)]
        for field, total in summed:
            known = (row[field.key] for row in rows)
            sums[total.key] = add_up(known) or 0 if section in usage.came else None
    return build_row(table.columns, sums)


def _build_rows(table: Table, whose: Row, usage: Usage) -> list[Row]:
    """The models of a project or user, and what its consumption has beside them."""
    columns = table.columns
    rows = [
        build_row(
            columns,
            {**whose, **describe("models", model_id, usage), MODEL_ID.key: model_id, **figures},
        )
        for model_id, figures in usage.figures("models")
    ]
    return sort_by_size(table, [*rows, *_build_rest(table, whose, rows, usage)])


def _build_rest(table: Table, whose: Row, models: Sequence[Row], usage: Usage) -> list[Row]:
    """A row of what was charged beside the models, if anything was, and both are known.

    How much of it is by API keys is not: the API does not tell. A cost centre without models has
    the row also where that is nothing, so that there is a row for each in every format.
    """
    if not {"consumption", "models"} <= usage.came:
        return []
    charged = [figures for _, figures in usage.figures("consumption")]
    rest = {
        field.key: sum_cu(map(field.of, charged)) - sum_cu(map(field.of, models))
        for field in table.fields
        if field.key in CHARGES
    }
    is_always_there = not models and table.ids[0] == CENTRE
    if not (is_always_there or any(map(is_shown, rest.values()))):
        return []
    unknown = {field.key: None if field.nullable else 0 for field in table.fields}
    return [{**whose, MODEL_ID.key: "", MODEL.key: NO_MODEL, **unknown, **rest}]
