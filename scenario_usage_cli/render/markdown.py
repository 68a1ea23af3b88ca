"""Markdown: the same tables for a wiki, an issue or a mail."""

import re
from collections.abc import Iterable
from html import escape
from typing import TextIO

from scenario_usage_cli.render import Medium
from scenario_usage_cli.render.cells import describe_empty, format_cell, is_right_aligned
from scenario_usage_cli.render.text import show
from scenario_usage_cli.report.view import Headline, Section, View

_SPECIAL = re.compile(r"[\\`*_{}\[\]|~#$!]")


def render_markdown(view: View, out: TextIO, medium: Medium) -> None:
    """A heading, the totals, and a table per section; all rows, unless a top was asked for."""
    blocks = [f"# {view.title}", _escape(view.subtitle), *_headline_table(view.headlines)]
    for section in view.sections:
        blocks += [f"## {section.title}", _build_table(section.for_table(medium.top or 0))]
    if view.closing:
        blocks += [f"## {view.closing_title}", *_headline_table(view.closing), view.closing_note]
    out.write("\n\n".join(block for block in blocks if block) + "\n")


def _headline_table(headlines: Iterable[Headline]) -> list[str]:
    known = [(h.title, format_cell(h.value)) for h in headlines if h.value is not None]
    if not known:
        return []
    titles, values = zip(*known, strict=True)
    return ["\n".join([_row(titles), _row("---:" for _ in titles), _row(values)])]


def _build_table(section: Section) -> str:
    columns = [column for column in section.columns if column.weight]
    if not section.rows:
        return describe_empty(section)
    lines = [
        _row(column.title for column in columns),
        _row("---:" if is_right_aligned(column) else "---" for column in columns),
    ]
    lines += [
        _row(_escape(format_cell(row[c.key], c.kind)) for c in columns) for row in section.rows
    ]
    return "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _escape(text: str) -> str:
    """Text that no Markdown or HTML reader obeys."""
    return _SPECIAL.sub(r"\\\g<0>", escape(show(text), quote=False))
