"""The totals that people are shown: those of a report, and sums that none of them tells."""

from collections.abc import Sequence
from typing import Any

from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.report.fields import Field, Fields, Kind, Row, Table, pick
from scenario_usage_cli.report.numbers import add_up
from scenario_usage_cli.report.tables import SECTION_TABLES, SUMMED, TOTALS
from scenario_usage_cli.report.usage import Report


def list_shown_totals(report: Report) -> tuple[Fields, Row]:
    """The totals; where no consumption is shown, with the sums of the only table that has CU.

    Breakdowns alone have the sums of what they divide, of which they may not have all.
    """
    if not report.sections:
        return tuple(total for sums in SUMMED.values() for _, total in sums), report.whole
    sums = {} if "consumption" in report.sections else _sum_up(report)
    totals = {**report.totals, **{field.key: amount for field, amount in sums.items()}}
    others = tuple(field for field in sums if field.key not in report.totals)
    return (*TOTALS.fields, *others), totals


def _sum_up(report: Report) -> dict[Field[Any], Figure | None]:
    """What no total tells of a table, if it is the only one, or the only one that has CU."""
    found: list[tuple[Table, Sequence[Row]]] = [
        (SECTION_TABLES[name], rows)
        for name, rows in report.sections.items()
        if SECTION_TABLES[name].is_additive and name not in report.unknown_sections
    ]
    charged = [(table, rows) for table, rows in found if pick(table.fields, Kind.CU)]
    is_alone = len(report.sections) <= 1
    if len(charged or found) != 1 or not (charged or is_alone):
        return {}
    ((table, rows),) = charged or found
    return {
        field: add_up(map(field.of, rows))
        for field in pick(table.fields, Kind.CU, *((Kind.COUNT,) if is_alone else ()))
        if not field.is_part and report.totals.get((field.total or field).key) is None
    }
