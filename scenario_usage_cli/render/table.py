"""The table: what people read in a terminal, and what a pipe or a file keeps of it."""

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple, TextIO, TypeVar

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scenario_usage_cli.render import Medium
from scenario_usage_cli.render.cells import (
    align_decimals,
    describe_empty,
    format_cell,
    is_right_aligned,
    narrow,
)
from scenario_usage_cli.render.text import show
from scenario_usage_cli.report.view import (
    DEFAULT_TOP,
    NUMERIC,
    SIGNED,
    Column,
    Headline,
    Kind,
    Row,
    Section,
    View,
)

_UNCUT = 1_000_000
"""The width of what has none."""
_HEIGHT = 100
"""Never looked at, but without one rich takes a dumb terminal for 80 columns."""
_NARROWEST_NAME = 16
_NARROWEST_NAME_OF_ALL = 6
_ESSENTIAL_WEIGHT = 85
"""Columns for which a name gets shorter still."""
_BAR_WIDTHS = (20, 14, 8)
_BAR_WEIGHT = 45
_GAP = 2
_HEADLINE_GAP = 3
_INDENT = 1
_TELLING = ("new", "gone")
"""What a status is worth a look for."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"

_T = TypeVar("_T")


def render_table(view: View, out: TextIO, medium: Medium) -> None:
    """Totals, a table per section with a bar for the share, and what reconciles them."""
    text = io.StringIO()
    console = Console(
        file=text,
        width=medium.width or _UNCUT,
        height=_HEIGHT,
        force_terminal=medium.colour,
        color_system="standard" if medium.colour else None,
        no_color=not medium.colour,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    for block in _build_blocks(view, medium):
        console.print(block, soft_wrap=medium.width is None)
    out.write("\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n")


def _build_blocks(view: View, medium: Medium) -> Iterable[RenderableType]:
    yield Text(show(view.title), style="bold")
    if view.subtitle:
        yield Text(show(view.subtitle), style="dim")
    yield from _build_headlines(view.headlines, medium)
    if view.opening:
        yield from _build_section(view.opening.for_table(0), medium)
    top = DEFAULT_TOP if medium.top is None else medium.top
    for section in view.table_sections:
        yield from _build_section(section.for_table(top), medium)
    if view.closing:
        yield Text()
        yield Text.assemble((view.closing_title, "bold"), " · ", (view.closing_note, "dim"))
        yield from _build_headlines(view.closing, medium)


def _build_section(section: Section, medium: Medium) -> Iterable[RenderableType]:
    yield Text()
    yield Text(section.title, style="bold")
    if section.rows:
        yield _build_table(section, medium)
    if note := section.note if section.rows else describe_empty(section):
        yield _indent(Text(note, style="dim"))


def _build_headlines(headlines: Iterable[Headline], medium: Medium) -> Iterable[RenderableType]:
    """The figures beside each other, on as few lines as the width allows."""
    known = [(h.title, format_cell(h.value)) for h in headlines if h.value is not None]
    widths = [max(cell_len(title), cell_len(value)) + _HEADLINE_GAP for title, value in known]
    room = _UNCUT if medium.width is None else medium.width - _INDENT
    lines = next(
        (n for n in range(1, len(known)) if max(map(sum, _divide(widths, n))) <= room), len(known)
    )
    for line in _divide(known, lines):
        grid = Table.grid(padding=(0, _HEADLINE_GAP, 0, 0))
        for _ in line:
            grid.add_column(justify="right", no_wrap=True)
        grid.add_row(*(Text(title, style="dim") for title, _ in line))
        grid.add_row(*(Text(value, style="bold") for _, value in line))
        yield Padding(grid, (int(medium.is_terminal), 0, 0, _INDENT), expand=False)


def _divide(items: list[_T], lines: int) -> list[list[_T]]:
    """The same items on so many lines, of about the same number each."""
    size = -(-len(items) // max(1, lines))
    return [items[first : first + size] for first in range(0, len(items), size or 1)]


class _Cells(NamedTuple):
    """A column with its cells as text, and the width it takes, in terminal cells."""

    column: Column
    texts: list[str]
    width: int


def _build_table(section: Section, medium: Medium) -> RenderableType:
    columns = [_format_column(column, section) for column in section.columns if column.weight]
    has_shares = any(cells.column.kind is Kind.SHARE for cells in columns)
    bar_width = _BAR_WIDTHS[0] if has_shares and section.has_bars else 0
    if medium.width is not None:
        names = section.name_keys or (section.name_key,)
        columns, bar_width = _fit(columns, names, bar_width, medium.width)
    table = Table(
        box=box.SIMPLE_HEAD if medium.is_terminal else None,
        padding=(0, _GAP - 1 if medium.is_terminal else _GAP, 0, 0),
        pad_edge=False,
        show_edge=False,
        header_style="dim",
        border_style="dim",
    )
    for cells in columns:
        table.add_column(
            Text(_pad(cells.column.title, cells)),
            no_wrap=True,
            overflow="ellipsis",
            width=cells.width,
        )
    if bar_width:
        table.add_column("", no_wrap=True, min_width=bar_width)
    largest = (
        max((row["share"] for row in section.rows), default=Decimal(0)) if bar_width else Decimal(0)
    )
    for number, row in enumerate(section.rows):
        line = [_style_cell(cells, number, row, section) for cells in columns]
        if bar_width:
            line.append(Text(_draw_bar(row["share"], largest, bar_width), style="cyan"))
        table.add_row(*line)
    return _indent(table)


def _format_column(column: Column, section: Section) -> _Cells:
    texts = [show(format_cell(row[column.key], column.kind)) for row in section.rows]
    if is_right_aligned(column):
        texts = align_decimals(texts)
    return _Cells(column, texts, max(map(cell_len, (column.title, *texts))))


def _pad(text: str, cells: _Cells) -> str:
    """Numbers to the full width of their column; the table itself aligns to the left."""
    return text.rjust(cells.width) if is_right_aligned(cells.column) else text


def _fit(
    columns: list[_Cells], names: Sequence[str], bar_width: int, width: int
) -> tuple[list[_Cells], int]:
    """The columns and the bar that a width has room for: the least important go first, names
    shrink, and further to keep the essential columns or the last one, and numbers are never cut.
    """
    bars = [bar for bar in _BAR_WIDTHS if bar_width] or [0]
    widths = {cells.column.key: cells.width for cells in columns if cells.column.key in names}
    while True:
        others = [cells for cells in columns if cells.column.key not in names]
        is_least = not others[1:] or all(c.column.weight >= _ESSENTIAL_WEIGHT for c in others)
        narrowest = _NARROWEST_NAME_OF_ALL if is_least else _NARROWEST_NAME
        taken = _INDENT + sum(cells.width for cells in others) + _GAP * (len(columns) - 1)
        for bar in bars:
            room = width - taken - (bar + _GAP if bar else 0)
            least_room = sum(min(name, narrowest) for name in widths.values())
            if room >= least_room or (not others and not bar):
                fitted = dict(zip(widths, narrow(widths.values(), room), strict=True))
                return [
                    cells._replace(width=fitted.get(cells.column.key, cells.width))
                    for cells in columns
                ], bar
        least = min(others, key=lambda cells: cells.column.weight, default=None)
        if least is None or (bars != [0] and least.column.weight > _BAR_WEIGHT):
            bars = [0]
        else:
            columns = [cells for cells in columns if cells is not least]


def _style_cell(cells: _Cells, number: int, row: Row, section: Section) -> Text:
    value, column = row[cells.column.key], cells.column
    if number in section.summed:
        style = "dim"
    elif column.kind is Kind.COURSE:
        style = "cyan"
    elif column.kind is Kind.STATUS:
        style = "" if value in _TELLING else "dim"
    elif column.kind in SIGNED and not value:
        style = "dim"
    elif column.kind in NUMERIC and column.kind not in SIGNED and value and value < 0:
        style = "red"
    elif column.key == section.size_key:
        style = "bold"
    elif column.kind is not Kind.TEXT and not value:
        style = "dim"
    else:
        style = ""
    return Text(_pad(cells.texts[number], cells), style=style)


def _draw_bar(share: Decimal, largest: Decimal, width: int) -> str:
    """A bar in eighths of a cell, full for the largest share; nothing for what is not positive."""
    if share <= 0:
        return ""
    whole, part = divmod(round(share / largest * width * 8), 8)
    return "█" * whole + _EIGHTHS[part].strip()


def _indent(block: RenderableType) -> RenderableType:
    return Padding(block, (0, 0, 0, _INDENT), expand=False)
