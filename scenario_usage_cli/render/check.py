"""What `doctor` found of one thing: a line for a pipe, and some more for a terminal."""

import io
from typing import NamedTuple

from scenario_usage_cli.render import Medium
from scenario_usage_cli.render.text import escape_controls

_NAME_WIDTH = 12
_INDENT = _NAME_WIDTH + 3
_LEAST_ROOM = 30
_UNCUT = 1_000_000
"""The width of what has none."""


class Check(NamedTuple):
    """What a check found and, if it failed, what to do about it."""

    check: str
    passed: bool
    found: str
    hint: str | None


def format_check(check: Check, medium: Medium) -> str:
    """The mark of a check, its name and what was found, with a line end.

    On a terminal, what is longer than a line goes on below itself, and a hint has lines of its own.
    """
    mark = "✓" if check.passed else "✗"
    if not (medium.is_terminal or medium.colour):
        hint = f" (hint: {check.hint})" if check.hint else ""
        return escape_controls(f"{mark} {check.check:{_NAME_WIDTH}} {check.found}{hint}") + "\n"
    # Imported where something is drawn: a pipe does not wait for it.
    from rich.text import Text

    from scenario_usage_cli.render.console import build_console, read_lines

    drawn = io.StringIO()
    console = build_console(drawn, medium, width=_UNCUT, highlight=False, markup=False, emoji=False)
    room = max((medium.width or _UNCUT) - _INDENT, _LEAST_ROOM)
    lines = [Text(line) for line in _wrap(escape_controls(check.found), room)]
    if check.hint:
        first, *others = _wrap(f"hint: {escape_controls(check.hint)}", room)
        lines += [Text.assemble((first[:5], "dim"), first[5:]), *map(Text, others)]
    style = "green" if check.passed else "bold red"
    head = Text.assemble((mark, style), " ", (f"{check.check:{_NAME_WIDTH}}", "bold"), " ")
    for line in lines:
        console.print(Text.assemble(head, line), soft_wrap=True)
        head = Text(" " * _INDENT)
    return "\n".join(read_lines(drawn)) + "\n"


def _wrap(text: str, room: int) -> list[str]:
    """Lines of words, of which one that is longer than the room, such as a path, stays whole."""
    from rich.cells import cell_len

    lines: list[str] = []
    for word in text.split(" "):
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
