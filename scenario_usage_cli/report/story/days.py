"""What was used when: bars over time, and a calendar."""

from scenario_usage_cli.report.courses import describe_course, draw_calendar, draw_course
from scenario_usage_cli.report.figures import KNOWN_COST
from scenario_usage_cli.report.numbers import is_shown
from scenario_usage_cli.report.trend import Trend
from scenario_usage_cli.report.trend_view import build_buckets
from scenario_usage_cli.report.view import Chapter

_BESIDE_MODELS = "It is the cost of models: operations without a model, and refunds, have no {}."


def build_days(course: Trend, days: Trend | None, *, is_all: bool) -> Chapter | None:
    """Bars of the course, and a calendar of the days, if there are any; None without any cost.

    With `is_all`, nothing was used that has no time.
    """
    unit = course.buckets.unit
    section = build_buckets(course)
    if not any(is_shown(KNOWN_COST.of(row)) for row in section.rows):
        return None
    sentences = describe_course(section, KNOWN_COST, unit)
    if not is_all:
        sentences.append(_BESIDE_MODELS.format(unit))
    sections = [section]
    charts = [draw_course(f"Cost of models by {unit}", section, KNOWN_COST, unit)]
    if days:
        if days.buckets != course.buckets:
            sections.append(build_buckets(days))
        charts.append(draw_calendar(sections[-1], KNOWN_COST))
    return Chapter(
        f"Cost by {unit}", tuple(sentences), charts=tuple(charts), sections=tuple(sections)
    )
