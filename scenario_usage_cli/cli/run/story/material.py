"""What was fetched, as the material of a story."""

from dataclasses import replace

from scenario_usage_cli.buckets import cut_into_buckets
from scenario_usage_cli.cli.run.story.extra import Extra
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.report.courses import choose_bar_unit, choose_finest, suits_calendar
from scenario_usage_cli.report.frame import build_warnings
from scenario_usage_cli.report.labels import build_labels
from scenario_usage_cli.report.story.material import Before, Making, Material
from scenario_usage_cli.report.trend import Trend, build_trend
from scenario_usage_cli.report.usage import Report, build_report


def build_material(making: Making, report: Report, usage: Usage, extra: Extra) -> Material:
    """The material of the story of a report, which is made of `usage`."""
    course, days = _build_trends(report, extra)
    before = _build_report(report, extra.before, _find_patterns(report))
    return Material(
        making,
        usage,
        build_labels([usage], [one for one in (extra.projects,) if one]),
        course,
        days,
        Before(
            extra.period_before,
            extra.before,
            before,
            extra.projects_before,
            extra.note,
        )
        if before and extra.before and extra.period_before
        else None,
        _build_report(report, extra.earlier, ()),
        extra.projects,
        extra.centres,
        extra.missing,
    )


def _build_trends(report: Report, extra: Extra) -> tuple[Trend | None, Trend | None]:
    """The bars and, for a calendar, the days."""
    usage = extra.days
    if usage is None or (period := usage.period) is None:
        return None, None
    patterns = _find_patterns(report)
    # What is said of patterns is said of the report.
    warnings = build_warnings(usage, (), (), shown=("models",))
    unasked = {"models", "assets"}.difference(usage.sections)
    usage = replace(usage, left_out=usage.left_out | unasked)
    course, days = (
        build_trend(
            usage,
            period,
            cut_into_buckets(period, unit),
            "total",
            models=patterns,
            generated_at=report.generated_at,
        )._replace(warnings=warnings)
        for unit in (choose_bar_unit(period), choose_finest(period))
    )
    return course, days if suits_calendar(period) else None


def _build_report(report: Report, usage: Usage | None, models: tuple[str, ...]) -> Report | None:
    """The same report of another period, narrowed to `models`."""
    if usage is None:
        return None
    return build_report(
        usage,
        models=models,
        sections=tuple(one for one in report.sections if one in usage.sections),
        generated_at=report.generated_at,
    )


def _find_patterns(report: Report) -> tuple[str, ...]:
    """What narrows its models."""
    return report.filters.models if report.filters else ()
