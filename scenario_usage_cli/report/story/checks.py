"""Whether the figures add up, and what else a reader must know of them, in plain words."""

from collections.abc import Iterator

from scenario_usage_cli.report.breakdown import warn_of_gaps
from scenario_usage_cli.report.breakdown_check import warn_of_differences, warn_of_excess
from scenario_usage_cli.report.comparison import Comparison
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.numbers import is_shown
from scenario_usage_cli.report.story.material import Material
from scenario_usage_cli.report.tables import (
    BREAKDOWN_DIFFERENCE,
    CONSUMPTION_COST,
    MODEL_COST,
    UNEXPLAINED,
)
from scenario_usage_cli.report.usage import Report
from scenario_usage_cli.report.view import Chapter, View
from scenario_usage_cli.report.words import group_thousands, write_sentence


def build_checks(
    view: View, report: Report, comparison: Comparison | None, material: Material
) -> Chapter:
    """The reconciliation, and all warnings, each once."""
    sentences = list(_reconcile(report.reconciliation)) if report.reconciliation else []
    warnings = list(report.warnings)
    if comparison:
        warnings += [one for one in comparison.warnings if one.startswith("before: ")]
    if material.course:
        unit = material.course.buckets.unit
        warnings += [f"by {unit}: {one}" for one in material.course.warnings if one not in warnings]
    told = dict.fromkeys([*warnings, *_check_parts(material)])
    sentences += map(write_sentence, told)
    if not told:
        sentences.append("There are no warnings.")
    return Chapter("Reconciliation and warnings", tuple(sentences), view.closing)


def _check_parts(material: Material) -> Iterator[str]:
    """What projects and cost centres lack, and whether they add up."""
    parts = [one for one in (material.projects, material.centres) if one]
    for one in parts:
        yield from warn_of_gaps(one, ())
        yield from warn_of_excess(one)
    yield from warn_of_differences(material.usage, parts)


def _reconcile(row: Row) -> Iterator[str]:
    charged, cost, rest = (
        group_thousands(one.of(row)) for one in (CONSUMPTION_COST, MODEL_COST, UNEXPLAINED)
    )
    if is_shown(UNEXPLAINED.of(row)):
        yield (
            f"{charged} CU were charged, and models cost {cost} CU: the difference of {rest} CU is "
            "operations without a model, and refunds."
        )
    else:
        yield f"{charged} CU were charged, and models cost as much."
    lacking = BREAKDOWN_DIFFERENCE.find(row)
    if lacking is not None and is_shown(lacking):
        yield f"{group_thousands(lacking)} CU are in no row of the breakdown."
