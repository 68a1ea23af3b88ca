"""Rich, set up for a medium: it draws into text, and decides nothing for itself."""

from io import StringIO
from typing import Any

from rich.console import Console

from scenario_usage_cli.render import Medium

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


def read_lines(file: StringIO) -> list[str]:
    """What was drawn, without blanks at the ends of lines."""
    return [line.rstrip() for line in file.getvalue().splitlines()]
