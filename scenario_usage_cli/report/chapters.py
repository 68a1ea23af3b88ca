"""What a page or a workbook tells of any view: chapters made of its figures and its tables."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from scenario_usage_cli.report.courses import CALENDAR_DAYS, draw_calendar, draw_course
from scenario_usage_cli.report.fields import Field, Kind
from scenario_usage_cli.report.numbers import sum_cu
from scenario_usage_cli.report.story.changes import Change, sort_changes
from scenario_usage_cli.report.story.making import describe_bounds, describe_origin
from scenario_usage_cli.report.story.told import describe_parts
from scenario_usage_cli.report.tables import COURSE, DELTA, MODELS, SECTION_TABLES
from scenario_usage_cli.report.timelines import coarsen
from scenario_usage_cli.report.view import Chapter, Chart, Drawing, Section, View
from scenario_usage_cli.report.words import write_sentence

_MOST_ROWS = 1100
"""Of a timeline, which is not cut: three years of days, or a month of hours."""


def list_chapters(view: View, version: str) -> tuple[Chapter, ...]:
    """Those of the view itself, or else its figures, its tables and what is said of them."""
    return view.chapters or tuple(_build_chapters(view, version))


def _build_chapters(view: View, version: str) -> Iterator[Chapter]:
    if view.headlines or view.sentences:
        yield Chapter("Totals", tuple(map(write_sentence, view.sentences)), view.headlines)
    if view.opening:
        yield Chapter(view.opening.table.title, sections=(view.opening,))
    for section in view.table_sections:
        yield _build_chapter(section, str(view.document.get("by")))
    if view.closing:
        note = (write_sentence(view.closing_note),) if view.closing_note else ()
        yield Chapter(view.closing_title, note, view.closing)
    if warnings := view.untold_warnings:
        yield Chapter("Warnings", tuple(map(write_sentence, warnings)))
    yield Chapter(
        "How these figures were made", tuple(_describe_making(view, version)), is_folded=True
    )


def _build_chapter(section: Section, unit: str) -> Chapter:
    own = section.table.size
    size = next((field for field in section.columns if field.key == own.key), own)
    if own.kind is Kind.DELTA:
        return Chapter(section.table.title, tuple(_tell_changes(section)), sections=(section,))
    charts: tuple[Chart, ...] = ()
    if section.is_timeline and len(section.rows) > _MOST_ROWS:
        charts = tuple(_draw_timeline(section, size, unit))
        told = f"The {len(section.rows):,} {unit}s are too many for a page: a workbook has them."
        return Chapter(section.table.title, (told,), charts=charts[:1])
    if any(size.of(row) for row in section.rows):
        if section.is_timeline:
            charts = tuple(_draw_timeline(section, size, unit))
        elif any(field.key == COURSE.key for field in section.columns) and section.rows[1:]:
            title = f"{size.title} of {section.table.title.lower()}"
            text = f"The largest of {len(section.rows)}, in the order of the table."
            (name,) = section.table.named
            charts = (Chart(title, Drawing.RANKING, section, name, size, text),)
    return Chapter(section.table.title, charts=charts, sections=(section,))


def _tell_changes(section: Section) -> Iterator[str]:
    """What grew and shrank most, where that is a cost."""
    if SECTION_TABLES.get(section.table.name, MODELS).size.kind is Kind.CU:
        (name,) = section.table.named
        rows = section.for_table(0).rows
        changes = [Change(name.of(row), Decimal(DELTA.of(row))) for row in rows]
        yield from describe_parts(sort_changes(changes), sum_cu(map(DELTA.of, rows)), "")


def _draw_timeline(section: Section, size: Field[Any], unit: str) -> Iterator[Chart]:
    """Bars, of longer stretches where they are too many; and a calendar of days."""
    drawn, longer = coarsen(section, unit)
    yield draw_course(f"{size.title} by {longer}", drawn, size, longer)
    if unit == "day" and len(section.rows) in CALENDAR_DAYS:
        yield draw_calendar(section, size)


def _describe_making(view: View, version: str) -> Iterator[str]:
    yield from describe_origin("answers", version)
    if view.period:
        yield describe_bounds(view.period)
