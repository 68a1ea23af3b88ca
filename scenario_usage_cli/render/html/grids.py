"""The tables of a page: cells as text, in the digits and the order of every other format."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from scenario_usage_cli.render.cells import (
    NOTHING,
    align_decimals,
    format_cell,
    is_right_aligned,
    name_rest,
)
from scenario_usage_cli.render.html.share_bars import Bar, build_share_bars
from scenario_usage_cli.report.fields import Field, Kind
from scenario_usage_cli.report.view import Section

LEVELS = 5
"""How many shades there are, with that of nothing."""
_LONGEST_TEXT = 100
_LONGEST_LINE = 24
"""Up to here, a text is never broken."""
_LONGEST_TITLE = 1000


class Cell(NamedTuple):
    """A cell: its text, how it looks, and the whole text where that is cut."""

    text: str
    look: str = ""
    title: str = ""
    bar: Bar | None = None
    course: Sequence[int] = ()
    """The heights of a small chart, each of `COURSE_HEIGHT` at most."""
    is_foreign: bool = False
    """Whether it may have letters that are written from right to left."""


class Column(NamedTuple):
    """A column: its heading, and whether it has numbers, or what tells the rows."""

    heading: str
    is_number: bool = False
    is_name: bool = False


class Line(NamedTuple):
    """A row; it has a look if it sums up others."""

    cells: Sequence[tuple[Column, Cell]]
    look: str = ""


class Grid(NamedTuple):
    """A whole table, its rows in groups; a matrix is shaded."""

    columns: Sequence[Column]
    groups: Sequence[Sequence[Line]]
    is_matrix: bool = False

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return sum(map(len, self.groups))


COURSE_HEIGHT = 16


def build_grid(section: Section) -> Grid:
    """The rows that a person is shown."""
    names = {field.key for field in (*section.columns[:1], *section.table.named)}
    fields = section.columns
    columns = tuple(Column(f.heading, is_right_aligned(f), f.key in names) for f in fields)
    bars = build_share_bars(section)
    cells = [_build_cells(field, section, bars) for field in fields]
    lines = [
        Line(tuple(zip(columns, row, strict=True)), _look_of(number, section))
        for number, row in enumerate(zip(*cells, strict=True))
    ]
    return Grid(columns, _group(section, lines))


def _group(section: Section, lines: Sequence[Line]) -> Sequence[Sequence[Line]]:
    """Rows of one group stay together, however they are sorted."""
    ids = section.table.ids[:-1]
    pairs = zip(section.rows, lines, strict=True)
    grouped = groupby(pairs, key=lambda pair: tuple(one.of(pair[0]) for one in ids))
    return tuple(tuple(line for _, line in pairs) for _, pairs in grouped)


def _look_of(number: int, section: Section) -> str:
    if number in section.summed:
        return "rest"
    return "total" if number in section.totals else ""


def _build_cells(
    column: Field[Any], section: Section, bars: tuple[str, Sequence[Bar | None]]
) -> list[Cell]:
    kind = column.kind
    if kind is Kind.COURSE:
        return [_draw_course(column.of(row)) for row in section.rows]
    texts = [format_cell(column.of(row), kind) for row in section.rows]
    if column.key == section.table.named[-1].key:
        for number, count in section.rests.items():
            texts[number] = name_rest(count)
    if not is_right_aligned(column):
        is_word = kind in (Kind.FULLNESS, Kind.STATUS)
        return [
            build_text(text, f"w-{text}" if is_word and text != NOTHING else "") for text in texts
        ]
    key, drawn = bars
    own = drawn if key == column.key else [None] * len(texts)
    return [
        Cell(text, look, bar=bar) for text, look, bar in zip(texts, _pad(texts), own, strict=True)
    ]


def _pad(texts: list[str]) -> list[str]:
    """What puts points below each other: for how many letters there is room after each number.

    Where a number has no point, its room is that for a point as well.
    """
    return [
        f"{'d' if '.' in text else 'i'}{len(padded) - len(text)}" if padded != text else ""
        for text, padded in zip(texts, align_decimals(texts), strict=True)
    ]


def build_text(text: str, look: str = "") -> Cell:
    """A name, cut if it is very long."""
    cut, title = cut_text(text)
    is_long = len(text) > _LONGEST_LINE
    return Cell(cut, "long" if is_long else look, title, is_foreign=not text.isascii())


def cut_text(text: str, longest: int = _LONGEST_TEXT) -> tuple[str, str]:
    """A text that is not too long, and the whole one if it was."""
    if len(text) <= longest:
        return text, ""
    return f"{text[:longest]}…", text[:_LONGEST_TITLE]


def _draw_course(figures: Sequence[int | Decimal | None]) -> Cell:
    known = [figure or 0 for figure in figures]
    highest = max(known, default=0)
    heights = tuple(
        max(1, round(figure * COURSE_HEIGHT / highest)) if figure > 0 else 0 for figure in known
    )
    if not any(heights):
        return Cell(NOTHING)
    return Cell(f"at most {format_cell(highest)}", "course", course=heights)
