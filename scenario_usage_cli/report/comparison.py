"""The comparison: what two usage reports have in common, what is new, gone or changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from scenario_usage_cli.report.frame import FiltersRow, Model, PeriodRow
from scenario_usage_cli.report.numbers import Change, Count, change
from scenario_usage_cli.report.usage import Report

COMPARED_SECTIONS = ("consumption", "models", "assets")

Status = Literal["new", "gone", "changed", "same"]


class DifferenceRow(Model):
    """One measure of one thing in both periods. What is missing in one has 0 there, and is
    `new` or `gone`; `change` is null where `before` is 0.
    """

    id: str
    name: str
    measure: str
    before: Count
    after: Count
    delta: Count
    change: Change | None
    status: Status


class Comparison(Model):
    """The document of `compare --json`. Sections that were not asked for are absent."""

    schema_version: Literal[1] = 1
    report: Literal["compare"] = "compare"
    generated_at: str
    period: PeriodRow | None
    against: PeriodRow | None
    filters: FiltersRow | None
    totals: list[DifferenceRow]
    consumption: list[DifferenceRow] = Field(default_factory=list)
    models: list[DifferenceRow] = Field(default_factory=list)
    assets: list[DifferenceRow] = Field(default_factory=list)
    warnings: list[str]
    unknown_sections: frozenset[str] = Field(exclude=True)
    """Those that the API left out for either period."""


@dataclass(frozen=True)
class _Compared:
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


def build_comparison(report: Report, against: Report, *, is_running: bool) -> Comparison:
    """What changed from `against` to `report`, both made with the same filters and sections.

    `is_running` tells that the period was cut to now, and the other one to the same elapsed part.
    Rows are in the order of their absolute delta, ties by id; totals in that of the report.
    """
    unknown = report.unknown_sections | against.unknown_sections
    sections = {
        name: [] if name in unknown else _compare_rows(name, report, against)
        for name in COMPARED_SECTIONS
        if name in report.model_fields_set
    }
    return Comparison(
        generated_at=report.generated_at,
        period=report.period,
        against=against.period,
        filters=report.filters,
        totals=_compare_totals(report, against),
        warnings=_build_warnings(report, against, is_running),
        unknown_sections=unknown,
        **sections,  # type: ignore[arg-type]  # the keys are those of the model
    )


def dump_comparison(comparison: Comparison) -> dict[str, Any]:
    """The document as plain data, without the sections that were not asked for."""
    absent = {name for name in COMPARED_SECTIONS if name not in comparison.model_fields_set}
    return comparison.model_dump(exclude=absent)


def _compare_totals(report: Report, against: Report) -> list[DifferenceRow]:
    rows = []
    for measure, name in _TOTALS.items():
        before, after = getattr(against.totals, measure), getattr(report.totals, measure)
        if before is not None and after is not None:
            rows.append(
                _build_row(
                    measure, name, measure, before, after, was=bool(before), remains=bool(after)
                )
            )
    return rows


def _compare_rows(section: str, report: Report, against: Report) -> list[DifferenceRow]:
    how = _COMPARED[section]
    old, new = (
        {getattr(row, how.id_key): row for row in getattr(side, section)}
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
    return sorted(rows, key=lambda row: (-abs(Decimal(row.delta)), row.id))


def _build_row(
    row_id: str, name: str, measure: str, before: Count, after: Count, *, was: bool, remains: bool
) -> DifferenceRow:
    delta = after - before
    status: Status = "changed" if delta else "same"
    if was != remains:
        status = "gone" if was else "new"
    return DifferenceRow(
        id=row_id,
        name=name,
        measure=measure,
        before=before,
        after=after,
        delta=delta,
        change=change(before, delta),
        status=status,
    )


def _find_name(row_id: str, name_key: str, *rows: Model | None) -> str:
    """The name that the first of these rows knows which has one beside the id."""
    names = [getattr(row, name_key) for row in rows if row is not None]
    return next((name for name in names if name != row_id), row_id)


def _figure(row: Model | None, measure: str) -> Count:
    return 0 if row is None else getattr(row, measure)


def _is_present(row: Model | None, how: _Compared) -> bool:
    return row is not None and any(getattr(row, figure) for figure in how.figures)


def _build_warnings(report: Report, against: Report, is_running: bool) -> list[str]:
    """What holds for both periods once, what holds for one of them by its column's name."""
    warnings = []
    if is_running and against.period is not None:
        part = f"{against.period.start} to {against.period.end}"
        warnings.append(f"the period is still running: compared with the same elapsed part, {part}")
    warnings += [line for line in report.warnings if line in against.warnings]
    warnings += [f"after: {line}" for line in report.warnings if line not in against.warnings]
    warnings += [f"before: {line}" for line in against.warnings if line not in report.warnings]
    known_once = report.unknown_sections ^ against.unknown_sections
    warnings += [
        f"{name} is known of one period only: its rows and totals are left out"
        for name in COMPARED_SECTIONS
        if name in known_once
    ]
    return warnings
