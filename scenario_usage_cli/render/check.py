"""What `doctor` found of one thing: a line for a pipe, and some more for a terminal."""

from typing import NamedTuple

from scenario_usage_cli.render import Medium
from scenario_usage_cli.render.text import escape_controls, wrap_words

_NAME_WIDTH = 12
_INDENT = _NAME_WIDTH + 3
_LEAST_ROOM = 30


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

    from scenario_usage_cli.render.console import draw

    room = medium.width and max(medium.width - _INDENT, _LEAST_ROOM)
    lines = [Text(line) for line in wrap_words(escape_controls(check.found), room)]
    if check.hint:
        first, *others = wrap_words(f"hint: {escape_controls(check.hint)}", room)
        lines += [Text.assemble((first[:5], "dim"), first[5:]), *map(Text, others)]
    style = "green" if check.passed else "bold red"
    head = Text.assemble((mark, style), " ", (f"{check.check:{_NAME_WIDTH}}", "bold"), " ")
    heads = [head, *[Text(" " * _INDENT)] * (len(lines) - 1)]
    told = draw(map(Text.assemble, heads, lines), medium, is_whole=True)
    return "\n".join(told) + "\n"
