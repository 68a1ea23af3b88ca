"""Breakdowns as tables: projects or users, and each of them with its models."""

from collections.abc import Sequence

from scenario_usage_cli.report.breakdown import Block
from scenario_usage_cli.report.breakdown_tables import (
    declare_breakdown,
    declare_breakdown_totals,
)
from scenario_usage_cli.report.fields import Kind, Row, pick
from scenario_usage_cli.report.figures import SHARE
from scenario_usage_cli.report.rows import add_shares
from scenario_usage_cli.report.view import Audience, Section


def build_breakdown_sections(blocks: Sequence[Block]) -> list[Section]:
    """For people the totals and the rows of each breakdown, for programs the rows of all."""
    sections = []
    for block in blocks:
        sections += [_build_totals(block), _build_rows([block])]
    if len(blocks) < 2:
        return sections
    for_people = [section._replace(audience=Audience.TABLES) for section in sections]
    return [*for_people, _build_rows(blocks)._replace(audience=Audience.DATA)]


def _build_totals(block: Block) -> Section:
    """People are shown what was run and made before what it cost."""
    table = declare_breakdown_totals(*block.by)
    table = table._replace(fields=(*table.fields, SHARE))
    shown = [*pick(table.fields, Kind.COUNT), *pick(table.fields, Kind.CU), SHARE]
    return Section(
        table,
        add_shares(table, block.totals),
        audience=Audience.TABLES,
        shown=(*table.ids, *table.names, *shown),
    )


def _build_rows(blocks: Sequence[Block]) -> Section:
    """The rows of several one after the other, with the columns of all; null where one has none."""
    table = declare_breakdown(*dict.fromkeys(by for block in blocks for by in block.by))
    rows: list[Row] = [row for block in blocks for row in block.rows]
    if len(blocks) > 1:
        nothing = dict.fromkeys(field.key for field in table.columns)
        rows = [{**nothing, **row} for row in rows]
    return Section(table, rows)
