"""The comparison: what two usage reports have in common, what is new, gone or changed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.report.numbers import change, round_cu
from scenario_usage_cli.report.usage import Report
from scenario_usage_cli.report.view import Row
from scenario_usage_cli.report.words import format_cu

if TYPE_CHECKING:
    from scenario_usage_cli.report.documents import (
        ComparisonDocument,
        DifferenceRow,
        Status,
        Totals,
    )

COMPARED_SECTIONS = ("consumption", "models", "assets")


class Comparison(NamedTuple):
    """The document, and what a reader of it must know beside."""

    document: ComparisonDocument
    unknown_sections: frozenset[str]
    """Those that the API left out for either period."""


class _Compared(NamedTuple):
    """How the rows of a report's section are told apart, and which measure is compared."""

    id_key: str
    name_key: str
    measure: str
    figures: tuple[str, ...]
    """A row in which all of these are zero counts as missing."""


_COMPARED: Mapping[str, _Compared] = {
    "consumption": _Compared("user_id", "name", "cost", ("cost", "discount", "gross")),
    "models": _Compared("model_id", "name", "cost", ("jobs", "cost", "discount", "gross")),
    "assets": _Compared("kind", "kind", "count", ("count",)),
}
_TOTALS = {
    "cost": "Cost",
    "discount": "Discount",
    "gross": "Gross",
    "jobs": "Jobs",
    "assets": "Assets",
    "users": "Users",
    "models": "Models",
}


def build_comparison(report: Report, against: Report, *, note: str | None) -> Comparison:
    """What changed from `against` to `report`, both made with the same filters and sections.
    Figures are compared as they are shown, so that each delta is the difference of what is there.

    `note` is what a reader must know of how long they are, if anything.
    Rows are in the order of their absolute delta, ties by id; totals in that of the report.
    """
    unknown = report.unknown_sections | against.unknown_sections
    sections = {
        name: [] if name in unknown else _compare_rows(name, report, against)
        for name in COMPARED_SECTIONS
        if name in report.document
    }
    document: ComparisonDocument = {
        "schema_version": 1,
        "report": "compare",
        "generated_at": report.document["generated_at"],
        "period": report.document["period"],
        "against": against.document["period"],
        "filters": report.document["filters"],
        "totals": _compare_totals(report.document["totals"], against.document["totals"]),
        **sections,  # type: ignore[typeddict-item]  # the keys are the document's
        "warnings": _build_warnings(report, against, note),
    }
    return Comparison(document, unknown)


def _compare_totals(totals: Totals, against: Totals) -> list[DifferenceRow]:
    rows = []
    for measure, name in _TOTALS.items():
        both = (against[measure], totals[measure])  # type: ignore[literal-required]  # they are its keys
        if None not in both:
            before, after = map(_show, both)
            rows.append(
                _build_row(
                    measure, name, measure, before, after, was=bool(before), remains=bool(after)
                )
            )
    return rows


def _compare_rows(section: str, report: Report, against: Report) -> list[DifferenceRow]:
    how = _COMPARED[section]
    old, new = (
        {row[how.id_key]: row for row in side.document[section]}  # type: ignore[literal-required]  # one of its sections
        for side in (against, report)
    )
    rows = [
        _build_row(
            row_id,
            _find_name(row_id, how.name_key, new.get(row_id), old.get(row_id)),
            how.measure,
            _figure(old.get(row_id), how.measure),
            _figure(new.get(row_id), how.measure),
            was=_is_present(old.get(row_id), how),
            remains=_is_present(new.get(row_id), how),
        )
        for row_id in old | new
    ]
    return sorted(rows, key=lambda row: (-abs(Decimal(row["delta"])), row["id"]))


def _build_row(
    row_id: str, name: str, measure: str, before: Figure, after: Figure, *, was: bool, remains: bool
) -> DifferenceRow:
    delta = after - before
    status: Status = "changed" if delta else "same"
    if was != remains:
        status = "gone" if was else "new"
    return {
        "id": row_id,
        "name": name,
        "measure": measure,
        "before": before,
        "after": after,
        "delta": delta,
        "change": change(before, delta),
        "status": status,
    }


def _find_name(row_id: str, name_key: str, *rows: Row | None) -> str:
    """The name that the first of these rows knows which has one beside the id."""
    names = [row[name_key] for row in rows if row is not None]
    return next((name for name in names if name != row_id), row_id)


def _figure(row: Row | None, measure: str) -> Figure:
    return 0 if row is None else _show(row[measure])


def _is_present(row: Row | None, how: _Compared) -> bool:
    return row is not None and any(_show(row[figure]) for figure in how.figures)


def _show(figure: Figure) -> Figure:
    """The figure that a reader sees: what is beyond it is noise of the API's doubles."""
    return figure if isinstance(figure, int) else round_cu(figure)


def _build_warnings(report: Report, against: Report, note: str | None) -> list[str]:
    """What holds for both periods once, what holds for one of them by its column's name."""
    warnings = [note] if note else []
    new, old = report.document["warnings"], against.document["warnings"]
    warnings += [line for line in new if line in old]
    warnings += [f"after: {line}" for line in new if line not in old]
    warnings += [f"before: {line}" for line in old if line not in new]
    warnings += _warn_of_the_rest(report, against)
    known_once = report.unknown_sections ^ against.unknown_sections
    warnings += [
        f"{name} is known of one period only: its rows and totals are left out"
        for name in COMPARED_SECTIONS
        if name in known_once
    ]
    return warnings


def _warn_of_the_rest(report: Report, against: Report) -> list[str]:
    """What consumption has and no model, where both are shown as a whole."""
    new, old = report.document["reconciliation"], against.document["reconciliation"]
    filters = report.document["filters"]
    if new is None or old is None or (filters and filters["models"]):
        return []
    before, after = old["difference"], new["difference"]
    if not (round_cu(before) or round_cu(after)):
        return []
    return [
        "consumption differs from the cost of models, before by "
        f"{format_cu(before)} CU and after by {format_cu(after)} CU: "
        "operations without a model, and refunds"
    ]
