"""What a page or a workbook tells of any view: chapters made of what it has."""

from collections.abc import Iterator, Sequence
from typing import Any

from scenario_usage_cli.report.view import Chapter, Section, View


def list_chapters(view: View) -> tuple[Chapter, ...]:
    """Those of the view itself, or else its figures, its tables and what is said of them."""
    return view.chapters or tuple(_build_chapters(view))


def _build_chapters(view: View) -> Iterator[Chapter]:
    if view.headlines or view.sentences:
        told = tuple(map(_begin, view.sentences))
        yield Chapter("Totals", told, view.headlines)
    if view.opening:
        yield _build_chapter(view.opening)
    for section in view.table_sections:
        yield _build_chapter(section)
    if view.closing:
        note = _as_sentence(view.closing_note)
        yield Chapter(view.closing_title, note, view.closing)
    if warnings := list_warnings(view):
        yield Chapter("Warnings", sentences=tuple(map(_begin, warnings)))


def list_warnings(view: View) -> Sequence[str]:
    """Those of its document that its tables do not tell as well."""
    found: Any = view.document.get("warnings") or ()
    return [text for text in found if text not in view.told]


def _build_chapter(section: Section) -> Chapter:
    return Chapter(section.table.title, sections=(section,))


def _as_sentence(note: str) -> tuple[str, ...]:
    return (f"{_begin(note)}.",) if note else ()


def _begin(text: str) -> str:
    return text[:1].upper() + text[1:]
