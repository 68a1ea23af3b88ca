"""The chapters of a report, in their order."""

from collections.abc import Iterator

from scenario_usage_cli.report.numbers import is_shown
from scenario_usage_cli.report.story.changes import compare_with_before
from scenario_usage_cli.report.story.checks import build_checks
from scenario_usage_cli.report.story.days import build_days
from scenario_usage_cli.report.story.firsts import build_firsts
from scenario_usage_cli.report.story.glance import build_glance, compare_headlines
from scenario_usage_cli.report.story.making import build_making
from scenario_usage_cli.report.story.material import Material
from scenario_usage_cli.report.story.subjects import build_crossings, build_subjects
from scenario_usage_cli.report.story.told import build_changes
from scenario_usage_cli.report.tables import UNEXPLAINED
from scenario_usage_cli.report.usage import Report
from scenario_usage_cli.report.view import Chapter, View


def tell_story(view: View, report: Report, material: Material) -> View:
    """The view of a report with its chapters; its headlines know what they were before."""
    if material.before:
        view = view._replace(headlines=compare_headlines(view.headlines, material.before))
    return view._replace(chapters=tuple(_build_chapters(view, report, material)))


def add_plan(view: View, plan: Chapter) -> View:
    """The same story with the chapter about the plan, before what is said of all figures."""
    *told, checks, making = view.chapters
    return view._replace(chapters=(*told, plan, checks, making))


def _build_chapters(view: View, report: Report, material: Material) -> Iterator[Chapter]:
    models = report.filters.models if report.filters else ()
    comparison = compare_with_before(report, material)
    yield build_glance(view.headlines, material.before)
    if material.course:
        rest = UNEXPLAINED.of(report.reconciliation) if report.reconciliation else None
        chapter = build_days(material.course, material.days, is_all=not is_shown(rest))
        yield from [chapter] if chapter else []
    yield from build_subjects(view, material, models)
    if crossings := build_crossings(material, models):
        yield crossings
    if comparison:
        yield build_changes(report, comparison, material)
    if material.earlier:
        firsts = build_firsts(report, material.earlier, material.labels.users)
        yield from [firsts] if firsts else []
    yield build_checks(view, report, comparison, material)
    yield build_making(report, material)
