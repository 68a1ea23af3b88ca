"""Stories of reports as they are given to pages and workbooks, and as text to be looked at."""

import sys
from types import ModuleType
from typing import Any, TextIO

import pytest

from scenario_usage_cli.render import FORMATS, Format, Medium
from scenario_usage_cli.render.cells import format_cell, format_headline
from scenario_usage_cli.report.matrix import Matrix
from scenario_usage_cli.report.view import Chapter, View
from tests.support import Result, run

NAME = "story"


def catch(patch: pytest.MonkeyPatch, *argv: str, **more: Any) -> tuple[Result, View]:
    """Run `report` in a format that tells a story: how it ended, and the view."""
    views: list[View] = []

    def render_story(view: View, out: TextIO, medium: Medium) -> None:
        views.append(view)
        print(*(line for chapter in view.chapters for line in write(chapter)), sep="\n", file=out)

    module = ModuleType(f"scenario_usage_cli.render.{NAME}")
    vars(module)["render_story"] = render_story
    patch.setitem(sys.modules, module.__name__, module)
    patch.setitem(
        FORMATS,
        NAME,
        Format(("report",), is_for_people=True, tells_story=True),
    )
    result = run("report", "--format", NAME, *argv, **more)
    return result, views[-1] if views else None  # type: ignore[return-value]


def find(view: View, title: str) -> Chapter:
    """The chapter of a title."""
    return next(one for one in view.chapters if one.title == title)


def write(chapter: Chapter) -> list[str]:
    """A chapter as lines of text."""
    lines = ["", f"# {chapter.title}{' (folded)' if chapter.is_folded else ''}"]
    lines += chapter.sentences
    for one in chapter.headlines:
        before = "" if one.before is None else f" before {format_cell(one.before, one.kind)}"
        lines.append(f"  {one.title}: {format_headline(one)}{before}")
    for chart in chapter.charts:
        lines.append(
            f"  [{chart.drawing.name}] {chart.title}: {chart.description} "
            f"mean {chart.mean} marked {len(chart.marked)} rows {len(chart.section.rows)}"
        )
    for matrix in chapter.matrices:
        lines += write_matrix(matrix.for_page())
    for section in chapter.sections:
        shown = section.for_table(8)
        lines.append(f"  == {section.table.title} ({len(section.rows)} rows)")
        lines.append("  " + " | ".join(field.heading for field in shown.columns))
        lines += (
            "  " + " | ".join(format_cell(field.of(row), field.kind) for field in shown.columns)
            for row in shown.rows
        )
    return lines


def write_matrix(matrix: Matrix) -> list[str]:
    """A matrix as lines of text."""
    lines = [f"  ## {matrix.title}"]
    lines.append("  " + " | ".join([matrix.row_title, *matrix.columns, "Total"]))
    for name, cells, total in zip(matrix.rows, matrix.cells, matrix.row_sums, strict=True):
        lines.append("  " + " | ".join([name, *map(format_cell, cells), format_cell(total)]))
    lines.append("  " + " | ".join(["Total", *map(format_cell, matrix.column_sums)]))
    return lines


if __name__ == "__main__":
    from datetime import UTC, datetime

    with pytest.MonkeyPatch.context() as patch:
        ended, _ = catch(patch, *sys.argv[1:], now=datetime(2026, 11, 22, 18, 30, tzinfo=UTC))
    print(ended.stdout, ended.stderr)
