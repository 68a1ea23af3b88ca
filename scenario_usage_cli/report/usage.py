"""The usage report: consumption, models, assets and the rest, with totals that add up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Self

from scenario_usage_cli.collect.breakdown import Breakdown
from scenario_usage_cli.collect.sections import SECTIONS
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.breakdown import Block, build_breakdown, sort_blocks, warn_of_gaps
from scenario_usage_cli.report.breakdown_check import (
    warn_of_differences,
    warn_of_excess,
)
from scenario_usage_cli.report.fields import Fields, Json, Row
from scenario_usage_cli.report.figures import COST
from scenario_usage_cli.report.frame import (
    build_filters,
    build_head,
    build_period,
    build_warnings,
)
from scenario_usage_cli.report.labels import Labels, build_labels
from scenario_usage_cli.report.model_filter import ModelFilter
from scenario_usage_cli.report.numbers import add_up, is_shown, sum_cu
from scenario_usage_cli.report.rows import build_rows, sort_rows
from scenario_usage_cli.report.tables import (
    BREAKDOWN_DIFFERENCE,
    CONSUMPTION_COST,
    MODEL_COST,
    MODEL_ID,
    MODEL_NAME,
    SECTION_TABLES,
    SUMMED,
    UNEXPLAINED,
)


class Report(NamedTuple):
    """What was read, as the rows of tables, ready to be shown, written or compared."""

    generated_at: datetime
    fetched_at: datetime | None
    period: Period | None
    filters: Filters | None
    """With the patterns that narrow the models of this report."""
    totals: Row
    whole: Row
    """The totals of all that was fetched, whatever of it is shown."""
    sections: Mapping[str, Sequence[Row]]
    """Those that were asked for, by name; without rows where the API left one out."""
    blocks: Sequence[Block]
    """The breakdowns."""
    reconciliation: Row | None
    warnings: list[str]
    model_cost: Decimal
    """What the shares of models are of, also where these are narrowed."""
    unknown_sections: frozenset[str]
    """Those that did not come, or not as a whole."""
    labels: Labels
    """What people read in the place of ids."""

    @property
    def document(self) -> dict[str, Json]:
        """The JSON. One breakdown is in `breakdown`, several are in `breakdowns`."""
        blocks: list[Json] = [block.document for block in self.blocks]
        breakdowns: dict[str, Json] = {"breakdowns": blocks}
        if len(blocks) == 1:
            breakdowns = {"breakdown": blocks[0]}
        return {
            **build_head("usage", self.generated_at),
            **({"fetched_at": self.fetched_at} if self.fetched_at else {}),
            "period": build_period(self.period),
            "filters": build_filters(self.filters),
            "totals": self.totals,
            **self.sections,
            **(breakdowns if blocks else {}),
            "reconciliation": self.reconciliation,
            "warnings": self.warnings,
        }

    def sort(self, order: str | None) -> Self:
        """With the rows of every table in this order; None keeps the usual one."""
        sections = {
            name: sort_rows(SECTION_TABLES[name], rows, order)
            for name, rows in self.sections.items()
        }
        return self._replace(sections=sections, blocks=sort_blocks(self.blocks, order))


def build_report(
    usage: Usage,
    *,
    models: tuple[str, ...] = (),
    sections: tuple[str, ...] | None = None,
    breakdowns: Sequence[Breakdown] = (),
    are_detailed: bool = True,
    generated_at: datetime,
) -> Report:
    """The report of what was read, its `models` narrowed to these patterns.

    `sections` are those to show, if not all that were fetched; each of the `breakdowns` becomes a
    block of rows, of which no more than the totals are shown unless they `are_detailed`.
    """
    asked = usage.sections if sections is None else sections
    tables: dict[str, list[Row]] = {
        name: [] if name in usage.left_out else build_rows(table, usage)
        for name, table in SECTION_TABLES.items()
    }
    whole, wanted = tables["models"], ModelFilter(models)
    named = [(MODEL_ID.of(row), MODEL_NAME.of(row)) for row in whole]
    tables["models"] = [
        row for row, model in zip(whole, named, strict=True) if wanted.matches(*model)
    ]
    known = usage.came & set(asked)
    blocks = sort_blocks([build_breakdown(one, models) for one in breakdowns], None)
    model_cost = sum_cu(map(COST.of, whole))
    reconciliation = None
    if {"consumption", "models"} <= (usage.came if breakdowns else known):
        cost = sum_cu(map(COST.of, tables["consumption"]))
        reconciliation = _reconcile(cost, model_cost, blocks)
    filters = usage.filters
    if models or filters:
        filters = (filters or Filters())._replace(models=models)
    return Report(
        generated_at=generated_at.replace(microsecond=0),
        fetched_at=usage.fetched_at,
        period=usage.period,
        filters=filters,
        totals=_build_totals({name: tables[name] for name in known}),
        whole=_build_totals({name: tables[name] for name in usage.came}),
        sections={name: tables[name] for name in SECTIONS if name in asked},
        blocks=blocks,
        reconciliation=reconciliation,
        warnings=[
            *build_warnings(usage, models, wanted.describe_unmatched(named)),
            *_check(usage, breakdowns, models if are_detailed else ()),
        ],
        model_cost=model_cost,
        unknown_sections=frozenset(usage.sections) - usage.came,
        labels=build_labels([usage], breakdowns),
    )


def _reconcile(cost: Decimal, model_cost: Decimal, blocks: Sequence[Block]) -> Row:
    """Of several breakdowns, the one that lacks or exceeds most counts."""
    row = {
        CONSUMPTION_COST.key: cost,
        MODEL_COST.key: model_cost,
        UNEXPLAINED.key: cost - model_cost,
    }
    if blocks:
        row[BREAKDOWN_DIFFERENCE.key] = max((cost - block.cost for block in blocks), key=abs)
    return row


def _check(usage: Usage, breakdowns: Sequence[Breakdown], models: tuple[str, ...]) -> Iterator[str]:
    """Warnings of each breakdown against the whole, and of pairs against those of either."""
    for one in breakdowns:
        yield from warn_of_gaps(one, models)
        yield from warn_of_excess(one)
    yield from warn_of_differences(usage, breakdowns)


def _build_totals(known: Mapping[str, Sequence[Row]]) -> Row:
    """Sums of the sections that are known; null for all others."""
    sums = {
        total.key: add_up(field.of(row) for row in known[name]) or 0 if name in known else None
        for name, sums in SUMMED.items()
        for field, total in sums
    }
    counts = {
        table.counts.field.key: _count(known.get(name), table.counts.any_of)
        for name, table in SECTION_TABLES.items()
        if table.counts
    }
    return {**sums, **counts}


def _count(rows: Sequence[Row] | None, figures: Fields) -> int | None:
    """How many rows have any of these figures, as shown."""
    if rows is None:
        return None
    return sum(any(is_shown(figure.of(row)) for figure in figures) for row in rows)
