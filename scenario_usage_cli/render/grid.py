"""Grids: cells below each other as lines of styled text, which Rich prints as they are."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style

from scenario_usage_cli.render import Medium

INDENT = 1
GAP = 2
_DIM = "dim"


class Strip(NamedTuple):
    """A column of a grid: its title and its cells, all as wide as it is.

    Each cell has the name of a style, empty for none; without colours there need not be any.
    """

    title: str
    width: int
    texts: Sequence[str]
    styles: Sequence[str]


class Grid:
    """Lines of segments below each other, indented, of which none is wider than `width`.

    Rich's own Table measures, wraps and pads every cell for itself, which takes a minute where
    there are many rows.
    """

    def __init__(self, lines: Iterable[Sequence[Segment]], width: int) -> None:
        self._lines = lines
        self._width = width

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = options.max_width - INDENT
        fits = room <= 0 or self._width <= room
        for line in self._lines:
            yield Segment(" " * INDENT)
            yield from line if fits else _cut(line, room)
            yield Segment.line()


def build_grid(strips: Sequence[Strip], medium: Medium) -> Grid:
    """The titles and the rows of a table; a terminal has a rule between them."""
    width = sum(strip.width for strip in strips) + GAP * (len(strips) - 1)
    return Grid(_draw(strips, width, medium), width)


def _draw(strips: Sequence[Strip], width: int, medium: Medium) -> Iterator[Sequence[Segment]]:
    titles = [strip.title for strip in strips]
    rows = zip(*(strip.texts for strip in strips), strict=True)
    yield build_line(titles, [_DIM] * len(titles), _build_gap(medium, _DIM))
    if medium.is_terminal:
        yield build_line(["─" * width], [_DIM], ())
    if not medium.colour:
        for row in rows:
            yield (Segment((" " * GAP).join(row)),)
        return
    gap = _build_gap(medium, "")
    styles = zip(*(strip.styles for strip in strips), strict=True)
    for row, names in zip(rows, styles, strict=True):
        yield build_line(row, names, gap)


def build_line(
    texts: Sequence[str], styles: Sequence[str], gap: Sequence[Segment]
) -> Sequence[Segment]:
    """Texts beside each other, each in the style of a name, with a gap between them."""
    line: list[Segment] = []
    for text, style in zip(texts, styles, strict=True):
        line += [*(gap if line else ()), _style(text, style)]
    return line


def _cut(line: Sequence[Segment], room: int) -> Sequence[Segment]:
    """The line, or where it is too long what there is room for, with an ellipsis in its end."""
    if Segment.get_line_length(list(line)) <= room:
        return line
    return [*Segment.adjust_line_length(list(line), room - 1), Segment("…", line[-1].style)]


def _build_gap(medium: Medium, style: str) -> Sequence[Segment]:
    """Between two columns; on a terminal the half of it that a rule would have is dim."""
    if not medium.is_terminal:
        return (_style(" " * GAP, style),)
    return _style(" " * (GAP - 1), style), _style(" ", _DIM)


def _style(text: str, style: str) -> Segment:
    return Segment(text, Style.parse(style) if style else None)


def measure(text: str) -> int:
    """How many cells of a terminal it takes, of text without controls."""
    return len(text) if text.isascii() else cell_len(text)


def fit(text: str, length: int, width: int, *, to_right: bool) -> str:
    """A text that takes `length` cells, in exactly `width`; a longer one ends in an ellipsis."""
    if length > width:
        return set_cell_size(text, width - 1) + "…"
    padding = " " * (width - length)
    return padding + text if to_right else text + padding
