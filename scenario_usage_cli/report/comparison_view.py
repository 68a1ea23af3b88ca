"""The comparison as tables: the totals, and a section for each kind of row."""

from scenario_usage_cli.collect.breakdown import BREAKDOWN
from scenario_usage_cli.report.breakdown_view import keep_centres
from scenario_usage_cli.report.comparison import Comparison, compare_totals
from scenario_usage_cli.report.fields import Field, Kind
from scenario_usage_cli.report.shown_totals import list_shown_totals
from scenario_usage_cli.report.tables import (
    DIFFERENCE,
    STATUS,
    TOTALS,
)
from scenario_usage_cli.report.usage_view import describe_filters, describe_period
from scenario_usage_cli.report.view import Audience, Headline, Section, View

_MEASURE = Field[str]("heading", "Measure", Kind.TEXT, 100)
"""What people call a measure by, with its unit: each row of the totals has its own."""


def build_comparison_view(comparison: Comparison) -> View:
    """The comparison ready for any renderer; its subtitle has both periods and the filters."""
    report, against = comparison.report, comparison.against
    periods = [describe_period(report.period)] if report.period else []
    if against.period:
        periods.append(f"against {describe_period(against.period)}")
    return View(
        document=comparison.document,
        title="Scenario usage compared",
        subtitle=" · ".join([*periods, *describe_filters(report.filters, report.labels)]),
        headlines=(),
        opening=_build_totals(comparison),
        sections=_build_sections(comparison),
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


def _build_totals(comparison: Comparison) -> Section:
    totals, fields = comparison.totals, TOTALS.fields
    if len(comparison.sections) == 1:  # with the sums of that one, which CSV leaves to its rows
        fields, new = list_shown_totals(comparison.report)
        totals = compare_totals(fields, new, list_shown_totals(comparison.against)[1])
    headings = {field.key: field.heading for field in fields}
    return Section(
        DIFFERENCE,
        [{**row, _MEASURE.key: headings[DIFFERENCE.id.of(row)]} for row in totals],
        shown=(_MEASURE, *(field for field in DIFFERENCE.fields if field is not STATUS)),
        is_known=bool(totals),
    )


def _build_sections(comparison: Comparison) -> tuple[Section, ...]:
    """People see the breakdown first, as it is what they asked for."""
    labels = comparison.report.labels
    labelled = {"consumption": labels.users, BREAKDOWN: labels.of(",".join(comparison.by))}
    sections = {
        name: Section(
            comparison.declare(name),
            rows,
            is_known=name not in comparison.unknown_sections,
            labels={DIFFERENCE.id.key: labelled.get(name, {})},
        )
        for name, rows in comparison.sections.items()
    }
    breakdown = sections.pop(BREAKDOWN, None)
    if breakdown is None:
        return tuple(sections.values())
    breakdown = keep_centres(breakdown, *comparison.by)
    return (
        breakdown._replace(audience=Audience.TABLES | Audience.BOOKS),
        *sections.values(),
        breakdown._replace(audience=Audience.DATA),
    )
