"""The comparison: what two usage reports have in common, what is new, gone or changed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, Self

from scenario_usage_cli.collect.breakdown import BREAKDOWN
from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.report.breakdown_tables import declare_breakdown_totals
from scenario_usage_cli.report.fields import ADDITIVE, Field, Fields, Json, Row, Table, pick
from scenario_usage_cli.report.frame import build_filters, build_head, build_period
from scenario_usage_cli.report.numbers import is_shown, round_cu
from scenario_usage_cli.report.rows import build_row, sort_rows
from scenario_usage_cli.report.tables import (
    DELTA,
    DIFFERENCE,
    SECTION_TABLES,
    SUMMED,
    TOTALS,
    UNEXPLAINED,
    declare_difference,
)
from scenario_usage_cli.report.usage import Report
from scenario_usage_cli.report.words import format_cu

COMPARED_SECTIONS = tuple(SUMMED)


class Rest(NamedTuple):
    """CU of consumption that are in no model, in both periods; at least one is not shown as 0."""

    before: Decimal
    after: Decimal

    def describe(self) -> str:
        """In one line."""
        return (
            "consumption differs from the cost of models, before by "
            f"{format_cu(self.before)} CU and after by {format_cu(self.after)} CU: "
            "operations without a model, and refunds"
        )


class Comparison(NamedTuple):
    """What is in common between two reports."""

    report: Report
    against: Report
    totals: Sequence[Row]
    sections: Mapping[str, Sequence[Row]]
    """By name; a breakdown is the last of them."""
    warnings: list[str]
    unknown_sections: frozenset[str]
    """Those that the API left out for either period."""
    rest: Rest | None
    """What consumption has and no model, where both are shown as a whole."""
    by: tuple[str, ...] = ()
    """What the breakdown is of, if there is one."""

    @property
    def document(self) -> dict[str, Json]:
        """The JSON."""
        return {
            **build_head("compare", self.report.generated_at),
            "period": build_period(self.report.period),
            "against": build_period(self.against.period),
            "filters": build_filters(self.report.filters),
            **({"by": ",".join(self.by)} if self.by else {}),
            "totals": self.totals,
            **self.sections,
            "warnings": self.warnings,
        }

    def sort(self, order: str | None) -> Self:
        """With the rows of every section in this order, by what they are after; None keeps them.

        The totals stay in the order of the report.
        """
        sections = {
            name: sort_rows(self.declare(name), rows, order) for name, rows in self.sections.items()
        }
        return self._replace(sections=sections)

    def declare(self, section: str) -> Table:
        """The table of a section."""
        return declare_difference(_find_table(section, self.by))


def build_comparison(report: Report, against: Report, *, note: str | None) -> Comparison:
    """What changed from `against` to `report`, both made with the same filters and sections.

    Figures are compared as they are shown, so that each delta is the difference of what is there.
    `note` is what a reader must know of their lengths, if anything. Rows are in the order of their
    absolute delta, ties by id; totals in that of the report. Of a breakdown that both have, the
    totals are compared.
    """
    unknown = report.unknown_sections | against.unknown_sections
    rest = _find_rest(report, against)
    sections = {
        name: []
        if name in unknown
        else _compare_rows(SECTION_TABLES[name], report.sections[name], against.sections[name])
        for name in COMPARED_SECTIONS
        if name in report.sections
    }
    warnings = _build_warnings(report, against, note, rest)
    by: tuple[str, ...] = ()
    for new, old in zip(report.blocks, against.blocks, strict=True):
        by = new.by
        table = _find_table(BREAKDOWN, by)
        sections[BREAKDOWN] = _compare_rows(table, new.totals, old.totals)
        if "consumption" in unknown:
            unknown |= {BREAKDOWN}
        warnings += _warn_of_unknown(table, new.totals, old.totals)
    return Comparison(
        report,
        against,
        compare_totals(TOTALS.fields, report.totals, against.totals),
        sections,
        warnings,
        unknown,
        rest,
        by,
    )


def _find_table(section: str, by: tuple[str, ...]) -> Table:
    """What the rows of a section are of, before they are compared."""
    if section == BREAKDOWN:
        return declare_breakdown_totals(*by)._replace(name=section)
    return SECTION_TABLES[section]


def compare_totals(fields: Fields, totals: Row, against: Row) -> list[Row]:
    """Each of the figures that both have, in a row."""
    rows = []
    for field in fields:
        before, after = field.of(against), field.of(totals)
        if before is not None and after is not None:
            was, remains = is_shown(before), is_shown(after)
            rows.append(_build_row(field, field.key, field.title, (before, after), (was, remains)))
    return rows


def _compare_rows(table: Table, report: Sequence[Row], against: Sequence[Row]) -> list[Row]:
    """Those whose figure is known of both periods."""
    old, new = ({table.id.of(row): row for row in side} for side in (against, report))
    rows = []
    for row_id in old | new:
        both = (old.get(row_id), new.get(row_id))
        before, after = (0 if row is None else table.size.of(row) for row in both)
        if before is None or after is None:
            continue
        was, remains = (_is_present(row, table) for row in both)
        name = _find_name(row_id, table.named[-1], *reversed(both))
        rows.append(_build_row(table.size, row_id, name, (before, after), (was, remains)))
    return sorted(rows, key=lambda row: (-abs(Decimal(DELTA.of(row))), DIFFERENCE.id.of(row)))


def _warn_of_unknown(table: Table, *sides: Sequence[Row]) -> list[str]:
    """A line for each row that cannot be compared."""
    unknown = dict.fromkeys(
        table.named[-1].of(row) for rows in sides for row in rows if table.size.of(row) is None
    )
    return [f"the {table.size.key} of {name} is unknown: its row is left out" for name in unknown]


def _build_row(
    measure: Field[Figure],
    row_id: str,
    name: str,
    figures: tuple[Figure, Figure],
    presence: tuple[bool, bool],
) -> Row:
    """Of a measure before and after, and of whether it was there and still is."""
    before, after = map(_show, figures)
    status = "changed" if after != before else "same"
    if presence[0] != presence[1]:
        status = "gone" if presence[0] else "new"
    found = {
        "id": row_id,
        "name": name,
        "measure": measure.key,
        "before": before,
        "after": after,
        "delta": after - before,
        "status": status,
    }
    return build_row(DIFFERENCE.columns, found)


def _find_name(row_id: str, name: Field[str], *rows: Row | None) -> str:
    """The name that the first of these rows knows which has one beside the id."""
    names = (name.of(row) for row in rows if row is not None)
    return next((name for name in names if name != row_id), row_id)


def _is_present(row: Row | None, table: Table) -> bool:
    """A row without any figure counts as missing."""
    figures = pick(table.fields, *ADDITIVE)
    return row is not None and any(is_shown(figure.of(row)) for figure in figures)


def _show(figure: Figure) -> Figure:
    """The figure that a reader sees: what is beyond it is noise of the API's doubles."""
    return figure if isinstance(figure, int) else round_cu(figure)


def _build_warnings(
    report: Report, against: Report, note: str | None, rest: Rest | None
) -> list[str]:
    """What holds for both periods once, what holds for one of them by its column's name."""
    warnings = [note] if note else []
    new, old = report.warnings, against.warnings
    warnings += [line for line in new if line in old]
    warnings += [f"after: {line}" for line in new if line not in old]
    warnings += [f"before: {line}" for line in old if line not in new]
    warnings += [rest.describe()] if rest else []
    known_once = report.unknown_sections ^ against.unknown_sections
    warnings += [
        f"{name} is known of one period only: its rows and totals are left out"
        for name in COMPARED_SECTIONS
        if name in known_once
    ]
    return warnings


def _find_rest(report: Report, against: Report) -> Rest | None:
    new, old = report.reconciliation, against.reconciliation
    is_shown_whole = {"consumption", "models"} <= report.sections.keys()
    if new is None or old is None or not is_shown_whole:
        return None
    if report.filters and report.filters.models:
        return None
    rest = Rest(UNEXPLAINED.of(old), UNEXPLAINED.of(new))
    return rest if any(map(is_shown, rest)) else None
