"""The comparison as tables: the totals, and a section for each kind of row."""

from scenario_usage_cli.report.comparison import Comparison
from scenario_usage_cli.report.fields import Field, Kind
from scenario_usage_cli.report.tables import (
    DIFFERENCE,
    SECTION_TABLES,
    STATUS,
    TOTALS,
    declare_difference,
)
from scenario_usage_cli.report.usage_view import describe_filters, describe_period
from scenario_usage_cli.report.view import Headline, Section, View

_MEASURE = Field[str]("heading", "Measure", Kind.TEXT, 100)
"""What people call a measure by, with its unit: each row of the totals has its own."""


def build_comparison_view(comparison: Comparison) -> View:
    """The comparison ready for any renderer; its subtitle has both periods and the filters."""
    report, against = comparison.report, comparison.against
    periods = [describe_period(report.period)] if report.period else []
    if against.period:
        periods.append(f"against {describe_period(against.period)}")
    headings = {field.key: field.heading for field in TOTALS.fields}
    return View(
        document=comparison.document,
        title="Scenario usage compared",
        subtitle=" · ".join([*periods, *describe_filters(report.filters)]),
        headlines=(),
        opening=Section(
            DIFFERENCE,
            [{**row, _MEASURE.key: headings[DIFFERENCE.id.of(row)]} for row in comparison.totals],
            shown=(_MEASURE, *(field for field in DIFFERENCE.fields if field is not STATUS)),
            is_known=bool(comparison.totals),
        ),
        sections=tuple(
            Section(
                declare_difference(SECTION_TABLES[name]),
                rows,
                is_known=name not in comparison.unknown_sections,
            )
            for name, rows in comparison.sections.items()
        ),
        closing=(
            (
                Headline("Before", comparison.rest.before, Kind.CU),
                Headline("After", comparison.rest.after, Kind.CU),
            )
            if comparison.rest
            else ()
        ),
        closing_title="Consumption beside the models",
        closing_note="operations without a model, and refunds",
        told=(comparison.rest.describe(),) if comparison.rest else (),
        period=report.period,
        generated_at=report.generated_at,
    )
