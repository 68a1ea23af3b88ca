"""The comparison as tables: the totals, and a section for each kind of row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scenario_usage_cli.report.comparison import Comparison
from scenario_usage_cli.report.usage_view import describe_filters, describe_period
from scenario_usage_cli.report.view import Column, Kind, Row, Section, View

if TYPE_CHECKING:
    from scenario_usage_cli.report.documents import ComparisonDocument

_Look = tuple[str, str, Kind, int]
"""A section's title, that of its first column, what it measures, and the weight of the status."""

_LOOKS: dict[str, _Look] = {
    "consumption": ("Cost by user", "User", Kind.CU, 50),
    "models": ("Cost by model", "Model", Kind.CU, 50),
    "assets": ("Assets", "Kind", Kind.COUNT, 50),
}


def build_comparison_view(comparison: Comparison) -> View:
    """The comparison ready for any renderer."""
    document = comparison.document
    period = document["period"]
    return View(
        document=document,
        title="Scenario usage compared",
        subtitle=_describe(document),
        headlines=(),
        opening=_build_section("totals", ("Totals", "Measure", Kind.CU, 0), document["totals"]),
        sections=tuple(
            _build_section(
                name,
                look,
                document[name],  # type: ignore[literal-required]  # one of its sections
                is_known=name not in comparison.unknown_sections,
            )
            for name, look in _LOOKS.items()
            if name in document
        ),
        period_start=period["start"] if period else None,
        period_end=period["end"] if period else None,
    )


def _build_section(
    name: str, look: _Look, rows: Sequence[Row], *, is_known: bool = True
) -> Section:
    title, name_title, kind, status_weight = look
    return Section(
        name,
        title,
        (
            Column("id", "Id", Kind.TEXT, 0),
            Column("name", name_title, Kind.TEXT, 100),
            Column("measure", "Measure", Kind.TEXT, 0),
            Column("before", "Before", kind, 86),
            Column("after", "After", kind, 87),
            Column("delta", "Delta", Kind.DELTA, 90),
            Column("change", "Change", Kind.CHANGE, 88),
            Column("status", "Status", Kind.STATUS, status_weight),
        ),
        rows,
        name_key="name",
        size_key="delta",
        is_known=is_known,
    )


def _describe(document: ComparisonDocument) -> str:
    """Both periods and the filters, as in `2026-05, UTC · against 2026-04, UTC`."""
    parts = []
    if document["period"]:
        parts.append(describe_period(document["period"]))
    if document["against"]:
        parts.append(f"against {describe_period(document['against'])}")
    return " · ".join([*parts, *describe_filters(document["filters"])])
