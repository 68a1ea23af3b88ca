"""A topic of help: drawn for a terminal, and the Markdown itself for everything else."""

import io
import re
from typing import TextIO

from scenario_usage_cli.render import Medium

_WIDTH = 80
"""Of what is coloured although it goes into a pipe."""
_HEIGHT = 100
"""Never looked at, but without one Rich takes a dumb terminal for 80 columns."""
_RELATIVE_LINK = re.compile(r"\[([^\]]+)\]\((?![a-z]+:)[^)]*\)")


def render_help(text: str, out: TextIO, medium: Medium) -> None:
    """Write a page of Markdown. On a terminal, links to other pages are their text only."""
    if not (medium.is_terminal or medium.colour):
        out.write(text)
        return
    # Imported where something is drawn: a pipe does not wait for it.
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.theme import Theme

    drawn = io.StringIO()
    console = Console(
        file=drawn,
        width=medium.width or _WIDTH,
        height=_HEIGHT,
        force_terminal=medium.colour,
        color_system="standard" if medium.colour else None,
        no_color=not medium.colour,
        legacy_windows=False,
        theme=Theme({"markdown.code": "bold cyan"}),
    )
    page = _RELATIVE_LINK.sub(r"\1", text)
    console.print(Markdown(page, code_theme="ansi_dark", hyperlinks=False))
    lines = "\n".join(line.rstrip() for line in drawn.getvalue().splitlines())
    out.write(re.sub("\n{3,}", "\n\n", lines).strip("\n") + "\n")
