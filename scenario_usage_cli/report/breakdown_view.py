"""Breakdowns as tables: projects or users, and each of them with its models."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from scenario_usage_cli.collect.breakdown import COST_CENTRE, Ids
from scenario_usage_cli.cost_centres import UNASSIGNED
from scenario_usage_cli.report.breakdown import Block, identify
from scenario_usage_cli.report.breakdown_tables import (
    declare_breakdown,
    declare_breakdown_totals,
)
from scenario_usage_cli.report.fields import Kind, Row, Table, pick
from scenario_usage_cli.report.figures import SHARE
from scenario_usage_cli.report.numbers import share, sum_cu
from scenario_usage_cli.report.rows import add_shares
from scenario_usage_cli.report.view import Audience, Section

_TOTAL = "total"


def build_breakdown_tables(blocks: Sequence[Block]) -> list[Section]:
    """What people read: the totals of each breakdown, and then the rows of each.

    The models of pairs are not for tables: they are the most rows by far.
    """
    for_all = Audience.TABLES | Audience.BOOKS
    return [
        *(_build_totals(block, blocks) for block in blocks),
        *(
            _build_rows([block])._replace(audience=Audience.BOOKS if block.by[1:] else for_all)
            for block in blocks
        ),
    ]


def build_breakdown_data(blocks: Sequence[Block]) -> list[Section]:
    """What programs read: the rows of all breakdowns."""
    return [_build_rows(blocks)._replace(audience=Audience.DATA)] if blocks else []


def keep_centres(section: Section, *by: str) -> Section:
    """The same section; of cost centres, all are shown, and so is what belongs to none."""
    if by != (COST_CENTRE,):
        return section
    return section._replace(is_inventory=True, kept=frozenset([UNASSIGNED]))


def _build_totals(block: Block, blocks: Sequence[Block]) -> Section:
    """People are shown what was run and made before what it cost.

    Pairs stand in groups, each with the totals that its breakdown tells of it.
    """
    table = declare_breakdown_totals(*block.by)
    is_grouped = bool(block.by[1:])
    note = "the models of each are in JSON and CSV" if is_grouped else ""
    table = table._replace(fields=(*table.fields, SHARE), note=note)
    shown = [*pick(table.fields, Kind.COUNT), *pick(table.fields, Kind.CU), SHARE]
    rows = add_shares(table, block.totals)
    groups = next((one for one in blocks if is_grouped and one.by == block.by[:-1]), None)
    section = Section(
        table,
        rows,
        is_known=block.is_known,
        audience=Audience.TABLES | Audience.BOOKS,
        has_bars=not is_grouped,
        shown=(*dict.fromkeys((*table.ids, *table.names)), *shown),
        subtotals=_build_subtotals(table, block, groups) if groups else dict[Ids, Row](),
    )
    return keep_centres(section, *block.by)


def _build_subtotals(table: Table, block: Block, groups: Block) -> Mapping[Ids, Row]:
    """For each group a row of the same table, with its own totals and its share of all rows."""
    whole = sum_cu(map(table.size.of, block.totals))
    own = declare_breakdown_totals(*groups.by)
    subtotals = {}
    for row in groups.totals:
        ids, names = identify(own.ids, row), identify(own.names, row)
        keys = [field.key for field in (*table.ids, *table.names)]
        subtotals[ids] = {
            **row,
            **dict(zip(keys, (*ids, "", *names, _TOTAL), strict=True)),
            SHARE.key: share(Decimal(table.size.of(row) or 0), whole),
        }
    return subtotals


def _build_rows(blocks: Sequence[Block]) -> Section:
    """The rows of several one after the other, with the columns of all; null where one has none."""
    table = declare_breakdown(*dict.fromkeys(by for block in blocks for by in block.by))
    rows: list[Row] = [row for block in blocks for row in block.rows]
    if len(blocks) > 1:
        nothing = dict.fromkeys(field.key for field in table.columns)
        rows = [{**nothing, **row} for row in rows]
    return Section(table, rows, is_known=any(block.is_known for block in blocks))
