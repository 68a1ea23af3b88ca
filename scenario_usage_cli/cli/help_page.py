"""What --help shows: options in groups, then examples, as wide and as bold as its reader likes.

It is text of Typer's own formatter, so that nothing waits for Rich.
"""

import inspect
import re
from collections.abc import Callable
from typing import Any

import typer

_WIDEST = 100
_USUAL = 80
_NARROWEST = 40
_OTHER = "Other options"
_EXAMPLES = "Examples:"
_HEADING = re.compile(r"^(Usage(?=: )|[A-Z][a-z ]*:$)", re.MULTILINE)
_BOLD = r"\033[1m\1\033[0m"


class HelpPage:
    """The help of a command or of a group of commands; it comes before Typer's class."""

    def get_help(self, ctx: Any) -> str:
        """The whole page, with bold headings where there is colour."""
        fit_to_reader(ctx)
        page: str = super().get_help(ctx)  # type: ignore[misc]  # Typer's, which comes after it
        return embolden(page) if ctx.color else page

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first paragraph, which a list of commands shows whole."""
        text: str = getattr(self, "help", None) or ""
        return text.partition("\n\n")[0]

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """What stands behind the name in the first line, arguments without braces.

        Stray arguments have no name, and are not there.
        """
        pieces: list[str] = super().collect_usage_pieces(ctx)  # type: ignore[misc]
        return [piece.strip("{}") for piece in pieces if piece.strip("[].")]

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples, each in a line of its own that can be copied."""
        if examples := getattr(self, "epilog", None):
            with formatter.section(_EXAMPLES.rstrip(":")):
                for line in inspect.cleandoc(examples).splitlines():
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


def show_help(ctx: typer.Context) -> None:
    """What a group does without a command of it."""
    if ctx.invoked_subcommand is None:
        page = ctx.get_help()  # which finds out about colour
        typer.echo(page, color=ctx.color)


def write_panels(params: list[Any], ctx: Any, formatter: Any) -> None:
    """Write a section per panel, the options without one last."""
    panels: dict[str, list[tuple[str, str]]] = {}
    for param in params:
        record = param.get_help_record(ctx)
        if record is not None:
            names, text = record
            if param.param_type_name == "argument":  # as in the first line, without a type
                names, text = names.partition(" ")[0], text.replace("  [required]", "")
            panel = getattr(param, "rich_help_panel", None) or _OTHER
            panels.setdefault(panel, []).append((names, text))
    panels |= {_OTHER: panels.pop(_OTHER)}
    for panel, records in panels.items():
        with formatter.section(panel):
            formatter.write_dl(records)


def fit_to_reader(ctx: Any) -> None:
    """Let a context's formatter be as wide as the terminal, and know whether there is colour."""
    medium = ctx.obj.build_medium(to_stdout=True, top=None)
    columns = medium.width or min(ctx.obj.read_size("COLUMNS") or _USUAL, _USUAL)
    ctx.terminal_width = max(min(columns, _WIDEST), _NARROWEST) - 2
    ctx.color = medium.colour


def embolden(page: str) -> str:
    """A page with bold headings."""
    return _HEADING.sub(_BOLD, page)


def split_help(function: Callable[..., Any]) -> tuple[str, str | None]:
    """What the docstring of a command says of it, and its examples."""
    text, _, examples = inspect.cleandoc(function.__doc__ or "").partition(f"\n\n{_EXAMPLES}\n")
    return text, inspect.cleandoc(examples) or None
