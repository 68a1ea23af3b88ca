"""A topic of help: drawn for a terminal, and the Markdown itself for everything else."""

import io
import re
from typing import TextIO

from scenario_usage_cli.render import Medium

_WIDTH = 80
"""Of what is coloured although it goes into a pipe."""
_RELATIVE_LINK = re.compile(r"\[([^\]]+)\]\((?![a-z]+:)[^)]*\)")


def render_help(text: str, out: TextIO, medium: Medium) -> None:
    """Write a page of Markdown. On a terminal, links to other pages are their text only."""
    if not (medium.is_terminal or medium.colour):
        out.write(text)
        return
    # Imported where something is drawn: a pipe does not wait for it.
    from rich.markdown import Markdown
    from rich.theme import Theme

    from scenario_usage_cli.render.console import build_console, read_lines

    drawn = io.StringIO()
    theme = Theme({"markdown.code": "bold cyan"})
    console = build_console(drawn, medium, width=_WIDTH, theme=theme)
    page = _RELATIVE_LINK.sub(r"\1", text)
    console.print(Markdown(page, code_theme="ansi_dark", hyperlinks=False))
    lines = "\n".join(read_lines(drawn))
    out.write(re.sub("\n{3,}", "\n\n", lines).strip("\n") + "\n")
