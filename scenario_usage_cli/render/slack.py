"""Slack: one message in Block Kit, as an incoming webhook takes it, within Slack's limits.

The limits are those of https://docs.slack.dev/reference/block-kit/blocks.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from scenario_usage_cli.render import FORMATS, Medium
from scenario_usage_cli.render.cells import describe_empty, format_headline
from scenario_usage_cli.render.grid import INDENT
from scenario_usage_cli.render.json import write_json
from scenario_usage_cli.render.table import draw_rows
from scenario_usage_cli.render.text import escape_controls

if TYPE_CHECKING:
    from scenario_usage_cli.report.view import Headline, Section, View

_MOST_BLOCKS = 50
_LONGEST_TEXT = 3000
_LONGEST_HEADER = 150
_LONGEST_FALLBACK = 1000
"""What a notification shows; Slack would take more."""
_MOST_FIELDS = 10
_WIDTH = 64
"""Letters in a line of code that Slack's window shows without breaking it."""
_FENCE = "```\n{}\n```"
_APART = "\u200b"
"""A space without any width, of which names have none left when they are shown."""

_Block = Mapping[str, Any]


def render_slack(view: "View", out: TextIO, medium: Medium) -> None:
    """The period, the figures, the first rows of each section and the warnings.

    What a text has no room for is left out, and the message says so.
    """
    top = FORMATS["slack"].top if medium.top is None else medium.top
    blocks = list(_build_blocks(view, top or 0))
    if len(blocks) > _MOST_BLOCKS:
        rest = f"{len(blocks) - _MOST_BLOCKS + 1} more parts are left out"
        blocks = [*blocks[: _MOST_BLOCKS - 1], _build_note([rest])]
    figures = [f"{h.title} {format_headline(h)}" for h in view.headlines if h.value is not None]
    fallback = escape_text(" · ".join(filter(None, [view.title, *figures, view.subtitle])))
    message = {"text": _shorten(fallback, _LONGEST_FALLBACK), "blocks": blocks}
    write_json(message, out, indented=medium.is_terminal)


def _build_blocks(view: "View", top: int) -> Iterator[_Block]:
    title = _shorten(escape_text(view.title), _LONGEST_HEADER)
    yield {"type": "header", "text": _build_plain(title)}
    if view.alarms:
        yield _build_note([f"! {alarm}" for alarm in view.alarms])
    if view.subtitle:
        yield _build_note([view.subtitle])
    yield from _build_headlines(view.headlines)
    if view.sentences:
        yield _build_note(view.sentences)
    if view.opening:
        yield _build_section(view.opening, 0)
    for section in view.table_sections:
        yield _build_section(section, top)
    if closing := [f"{h.title} {format_headline(h)}" for h in view.closing if h.value is not None]:
        note = f" ({view.closing_note})" if view.closing_note else ""
        yield _build_note([f"{view.closing_title}: {' · '.join(closing)}{note}"])
    if told := [f"warning: {line}" for line in view.untold_warnings]:
        yield _build_note(told)


def _build_headlines(headlines: Iterable["Headline"]) -> Iterator[_Block]:
    fields = [
        _build_mrkdwn(f"*{escape_text(h.title)}*\n{escape_text(format_headline(h))}")
        for h in headlines
        if h.value is not None
    ]
    for first in range(0, len(fields), _MOST_FIELDS):
        yield {"type": "section", "fields": fields[first : first + _MOST_FIELDS]}


def _build_section(section: "Section", top: int) -> _Block:
    """A table as code; where there are too many rows, a lower top sums more of them up."""
    table = section.table
    title = f"*{escape_text(table.title)}*\n"
    shown = section.for_table(0)
    if not shown.rows:
        empty = describe_empty(is_known=section.is_known, is_inventory=section.is_inventory)
        return {"type": "section", "text": _build_mrkdwn(title + escape_text(empty))}
    note = f"\n{escape_text(table.note)}" if table.note else ""
    room = _LONGEST_TEXT - _measure(title + note) - _measure(_FENCE)
    top = min(top or len(shown.rows), room // _WIDTH)
    lines = _draw(section, top)
    while _measure("\n".join(lines)) > room and top > 1:
        top //= 2
        lines = _draw(section, top)
    code = "\n".join(_take(lines, room, "rows"))
    return {"type": "section", "text": _build_mrkdwn(title + _FENCE.format(code) + note)}


def _draw(section: "Section", top: int) -> list[str]:
    lines = draw_rows(section.for_table(top), _WIDTH)
    return [escape_text(line[INDENT:]).rstrip() for line in lines]


def _build_note(texts: Sequence[str]) -> _Block:
    """Small print, a line for each text."""
    lines = [_shorten(escape_text(text), _LONGEST_TEXT // 2) for text in texts]
    text = _build_plain("\n".join(_take(lines, _LONGEST_TEXT, "lines")))
    return {"type": "context", "elements": [text]}


def _build_plain(text: str) -> _Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def _build_mrkdwn(text: str) -> _Block:
    """Text with bold and code; `verbatim` keeps Slack from looking for names and addresses."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def escape_text(text: str) -> str:
    """Text that nobody is notified by, that links nowhere, and that ends no code."""
    apart = re.sub(r"[@#](?=\w)|`", rf"\g<0>{_APART}", escape_controls(text))
    return apart.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _measure(text: str) -> int:
    """Its length as Slack may count it: what is beyond the first 65,536 letters counts twice."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def _shorten(escaped: str, room: int) -> str:
    """The same text, or where it is too long its beginning, which ends with no half an escape."""
    if _measure(escaped) <= room:
        return escaped
    cut = escaped[: room - 1]
    while _measure(cut) > room - 1:
        cut = cut[:-1]
    return re.sub(r"&[a-z]*$", "", cut) + "…"


def _take(lines: list[str], room: int, what: str) -> list[str]:
    """As many lines as there is room for; the last one tells how many others there are."""
    taken = len(lines)
    text = lines
    while _measure("\n".join(text)) > room:
        taken -= 1
        text = [*lines[:taken], f"… {len(lines) - taken} more {what}"]
    return text
