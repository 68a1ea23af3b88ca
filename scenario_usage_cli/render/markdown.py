"""Markdown: the same tables for a wiki, an issue or a mail."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TextIO

from scenario_usage_cli.render import Medium
from scenario_usage_cli.render.cells import (
    describe_empty,
    format_cell,
    format_headline,
    is_right_aligned,
)
from scenario_usage_cli.render.text import escape_controls
from scenario_usage_cli.report.view import Headline, Section, View

_SPECIAL = re.compile(r"[\\`*_{}\[\]|~#$!]")
_ENTITY = re.compile("&(?=#?[A-Za-z0-9]+;)")
"""How begins what is read as another character; any other & stands for itself."""
_LIVE = re.compile(
    r"@(?=\w)|#(?=\d)|[Gg][Hh]-(?=\d)"  # people and issues
    r"|:(?=//)|[Ww]{3}(?=\.)"  # addresses; those of mail have an @
    r"|:(?!\d\d:)(?=[\w+-]+:)"  # emojis, and no time of day
)
"""How begins what GitHub takes for a mention or a link although no Markdown says so."""
_APART = "\u200b"
"""A space without any width, of which names have none left when they are shown."""


def render_markdown(view: View, out: TextIO, medium: Medium) -> None:
    """A heading, the totals, and a table per section; all rows, unless a top was asked for."""
    blocks = [
        f"# {view.title}",
        *(f"**{escape_text(alarm)}**" for alarm in view.alarms),
        escape_text(view.subtitle),
        *_headline_table(view.headlines),
        "\n".join(f"- {escape_text(sentence)}" for sentence in view.sentences),
    ]
    if view.opening:
        blocks.append(_build_table(view.opening.for_table(0)))
    for section in view.table_sections:
        blocks += [f"## {section.table.title}", _build_table(section.for_table(medium.top or 0))]
        blocks.append(escape_text(section.table.note if section.rows else ""))
    if view.closing:
        blocks += [f"## {view.closing_title}", *_headline_table(view.closing), view.closing_note]
    out.write("\n\n".join(block for block in blocks if block) + "\n")


def _headline_table(headlines: Iterable[Headline]) -> list[str]:
    known = [(h.title, format_headline(h)) for h in headlines if h.value is not None]
    if not known:
        return []
    titles, values = zip(*known, strict=True)
    return ["\n".join([build_row(titles), build_row("---:" for _ in titles), build_row(values)])]


def _build_table(section: Section) -> str:
    columns = section.columns
    if not section.rows:
        return describe_empty(is_known=section.is_known, is_inventory=section.is_inventory)
    lines = [
        build_row(column.heading for column in columns),
        build_row("---:" if is_right_aligned(column) else "---" for column in columns),
    ]
    lines += [
        build_row(escape_text(format_cell(c.of(row), c.kind)) for c in columns)
        for row in section.rows
    ]
    return "\n".join(lines)


def build_row(cells: Iterable[str]) -> str:
    """One line of a table, of cells that are safe already."""
    return "| " + " | ".join(cells) + " |"


@lru_cache(maxsize=1024)  # few names stand in many rows
def escape_text(text: str) -> str:
    """Text that no reader of Markdown or HTML obeys.

    GitHub finds nobody in it to notify, and nothing to link: it sees a backslash, or an escape,
    only when that is gone.
    """
    plain = _ENTITY.sub("&amp;", escape_controls(text)).replace("<", "&lt;").replace(">", "&gt;")
    apart = _LIVE.sub(rf"\g<0>{_APART}", plain)
    return _SPECIAL.sub(r"\\\g<0>", apart).replace(_APART, "&#8203;")
