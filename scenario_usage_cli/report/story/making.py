"""The last chapter: how the figures were made, and what the story lacks."""

from collections.abc import Iterator

from scenario_usage_cli.clocks import format_instant
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.frame import SCHEMA_VERSION
from scenario_usage_cli.report.story.material import Making, Material
from scenario_usage_cli.report.usage import Report
from scenario_usage_cli.report.usage_view import describe_filters
from scenario_usage_cli.report.view import Chapter
from scenario_usage_cli.report.words import group_thousands


def build_making(report: Report, material: Material) -> Chapter:
    """It is folded, as few readers ask for it."""
    sentences = [
        *_describe_making(material.making),
        *(_describe_period(report.period) if report.period else ()),
        *_describe_fetching(report, material),
        *material.missing,
    ]
    return Chapter("How these figures were made", tuple(sentences), is_folded=True)


def describe_origin(answers: str, version: str) -> Iterator[str]:
    """Which version of this tool made figures, and of what; and how to read them as JSON."""
    yield f"scenario-usage {version} made them from {answers} of Scenario's usage API."
    yield f"The same figures as JSON have schema version {SCHEMA_VERSION}."


def describe_bounds(period: Period) -> str:
    """Both ends of a period, and the zone of its days."""
    return (
        f"The period is from {format_instant(period.start)} to {format_instant(period.end)} (UTC), "
        f"both included; its days begin in the time zone {period.timezone}."
    )


def _describe_making(making: Making) -> Iterator[str]:
    number = group_thousands(making.answers)
    answers = "a saved answer" if not making.answers else f"{number} answers"
    yield from describe_origin(answers if making.answers != 1 else "one answer", making.version)
    yield "Cost is in Compute Units (CU), after discounts."


def _describe_period(period: Period) -> Iterator[str]:
    yield describe_bounds(period)
    if period.provisional:
        yield "The period contains the running day: its figures still change."


def _describe_fetching(report: Report, material: Material) -> Iterator[str]:
    fetched_at = report.fetched_at or (report.generated_at if material.making.answers else None)
    if fetched_at:
        yield f"The figures were fetched at {format_instant(fetched_at)}."
    filters = describe_filters(report.filters, report.labels)
    yield f"Only these are in them: {'; '.join(filters)}." if filters else "No filter was set."
