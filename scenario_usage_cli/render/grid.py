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
    """A column of a grid: its title, and its cells with the name of a style each.

    The name is empty for no style; without colours, there need not be any styles.
    """

    title: str
    width: int
    texts: Sequence[str]
    styles: Sequence[str]


class Grid:
    """Lines of segments below each other, indented.

    Rich's own Table measures, wraps and pads every cell for itself, which takes a minute where
    there are many rows.
    """

    def __init__(self, lines: Iterable[Sequence[Segment]]) -> None:
        self._lines = lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = options.max_width - INDENT
        for line in self._lines:
            yield Segment(" " * INDENT)
            yield from _cut(line, room)
            yield Segment.line()


def build_grid(strips: Sequence[Strip], medium: Medium) -> Grid:
    """The titles and the rows of a table; a terminal has a rule between them."""
    return Grid(_draw(strips, medium))


def _draw(strips: Sequence[Strip], medium: Medium) -> Iterator[Sequence[Segment]]:
    titles = [_fit(strip.title, strip.width) for strip in strips]
    rows = zip(*([_fit(t, strip.width) for t in strip.texts] for strip in strips), strict=True)
    yield build_line(titles, [_DIM] * len(titles), _build_gap(medium, _DIM))
    if medium.is_terminal:
        length = sum(strip.width for strip in strips) + GAP * (len(strips) - 1)
        yield build_line(["─" * length], [_DIM], ())
    if not medium.colour:
        for row in rows:
            yield (Segment((" " * GAP).join(row)),)
        return
    gap = _build_gap(medium, "")
    for row, styles in zip(
        rows, zip(*(strip.styles for strip in strips), strict=True), strict=True
    ):
        yield build_line(row, styles, gap)


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
    if room <= 0 or Segment.get_line_length(list(line)) <= room:
        return line
    return [*Segment.adjust_line_length(list(line), room - 1), Segment("…", line[-1].style)]


def _build_gap(medium: Medium, style: str) -> Sequence[Segment]:
    """Between two columns; on a terminal the half of it that a rule would have is dim."""
    if not medium.is_terminal:
        return (_style(" " * GAP, style),)
    return _style(" " * (GAP - 1), style), _style(" ", _DIM)


def _style(text: str, style: str) -> Segment:
    return Segment(text, Style.parse(style) if style else None)


def _fit(text: str, width: int) -> str:
    """Exactly so many cells of a terminal; what is too long ends in an ellipsis."""
    missing = width - cell_len(text)
    return text + " " * missing if missing >= 0 else set_cell_size(text, width - 1) + "…"
