"""Rich, set up for a medium: it draws into text, and decides nothing for itself."""

from collections.abc import Iterable
from io import StringIO
from typing import Any

from rich.console import Console, RenderableType

from scenario_usage_cli.render import Medium

UNCUT = 1_000_000
"""The width of what has none."""
_HEIGHT = 100
"""Never looked at, but without one Rich takes a dumb terminal for 80 columns."""


def build_console(file: StringIO, medium: Medium, *, width: int, **options: Any) -> Console:
    """A console that draws into `file`; `width` is for a medium that has none, in cells."""
    return Console(
        file=file,
        width=medium.width or width,
        height=_HEIGHT,
        force_terminal=medium.colour,
        color_system="standard" if medium.colour else None,
        no_color=not medium.colour,
        legacy_windows=False,
        **options,
    )


def draw(blocks: Iterable[RenderableType], medium: Medium, *, is_whole: bool) -> list[str]:
    """The lines of blocks that are as they are meant; those that are whole are never broken."""
    text = StringIO()
    console = build_console(text, medium, width=UNCUT, highlight=False, markup=False, emoji=False)
    for block in blocks:
        console.print(block, soft_wrap=is_whole)
    return read_lines(text)


def read_lines(file: StringIO) -> list[str]:
    """What was drawn, without blanks at the ends of lines."""
    return [line.rstrip() for line in file.getvalue().splitlines()]
