"""A table of rows that are still coming: laid out by the first page, and never again."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from rich.cells import cell_len, set_cell_size

from scenario_usage_cli.render import Medium
from scenario_usage_cli.render.cells import (
    align_decimals,
    describe_empty,
    is_right_aligned,
    narrow,
)
from scenario_usage_cli.render.clock import Clock, build_clock
from scenario_usage_cli.report.fields import NUMERIC, Field, Kind
from scenario_usage_cli.report.row_stream import RowStream

_GAP = "  "
_WIDEST = 40
"""No column reserves more than this; longer texts are cut, on a terminal only."""
_NARROWEST = 10
_DIM, _PLAIN = "\x1b[2m", "\x1b[0m"


class _Place(NamedTuple):
    """A column, its title, where its values stand in a row, and its width in terminal cells.

    `decimals` is a number with as many decimals as the column has room for.
    """

    column: Field[Any]
    title: str
    position: int
    width: int
    decimals: str = ""

    @property
    def is_uncut(self) -> bool:
        """Numbers and flags, and the first column, which is the time."""
        return self.position == 0 or self.column.kind is not Kind.TEXT

    @property
    def is_name(self) -> bool:
        """Whether a part of it says something, too; a part of an id does not."""
        return not self.is_uncut and not self.column.key.endswith("_id")


def stream_table(stream: RowStream, medium: Medium) -> Iterator[str]:
    """A header, and a line for each row.

    A terminal shows the columns that it has room for, with names cut to them; elsewhere, all
    columns are there, whole.
    """
    places: list[_Place] = []
    clock = build_clock(stream.period, is_short=True)
    for page in stream.pages:
        lines = []
        if not places:
            places = _lay_out(stream, clock, page, medium.width)
            lines = _build_head(places, medium)
        is_cut = medium.width is not None
        cells = [_format_column(place, clock, page, is_cut) for place in places]
        lines += [_GAP.join(row).rstrip() for row in zip(*cells, strict=True)]
        yield "\n".join([*lines, ""])
    if not places:
        yield describe_empty(is_known=bool(stream.tail["complete"])) + "\n"


def _lay_out(
    stream: RowStream, clock: Clock, page: Sequence[Sequence[Any]], width: int | None
) -> list[_Place]:
    places = [
        _measure(column, index, clock, page)
        for index, column in enumerate(stream.columns)
        if column.weight
    ]
    if width is None:
        return places
    while (taken := _sum_widths(places)) > width:
        names = [place for place in places if place.is_name]
        spare = sum(max(0, place.width - _NARROWEST) for place in names)
        if spare >= taken - width:
            return _shrink(places, taken - width)
        if len(places) == 1:
            break
        least = min(places, key=lambda place: place.column.weight)
        places = [place for place in places if place is not least]
    return places


def _measure(column: Field[Any], index: int, clock: Clock, page: Sequence[Sequence[Any]]) -> _Place:
    title = clock.title(column)
    cells = [clock.format(row[index], column) for row in page]
    decimals = ""
    if column.kind in NUMERIC:
        room = max((len(cell.partition(".")[2]) for cell in cells), default=0)
        decimals = "0." + "0" * room if room else ""
        cells = align_decimals(cells)
    widest = max(map(cell_len, (title, *cells)))
    return _Place(
        column, title, index, widest if column.kind in NUMERIC else min(widest, _WIDEST), decimals
    )


def _shrink(places: list[_Place], excess: int) -> list[_Place]:
    """Take from the names until all fits."""
    widths = {place.position: place.width for place in places if place.is_name}
    fitted = dict(zip(widths, narrow(widths.values(), sum(widths.values()) - excess), strict=True))
    return [place._replace(width=fitted.get(place.position, place.width)) for place in places]


def _sum_widths(places: list[_Place]) -> int:
    return sum(place.width for place in places) + len(_GAP) * (len(places) - 1)


def _build_head(places: list[_Place], medium: Medium) -> list[str]:
    titles = [
        place.title.rjust(place.width)
        if is_right_aligned(place.column)
        else place.title.ljust(place.width)
        for place in places
    ]
    lines = [_GAP.join(titles).rstrip()]
    if medium.is_terminal:
        lines.append("─" * _sum_widths(places))
    return [f"{_DIM}{line}{_PLAIN}" for line in lines] if medium.colour else lines


def _format_column(
    place: _Place, clock: Clock, page: Sequence[Sequence[Any]], is_cut: bool
) -> list[str]:
    width = place.width
    cells = [clock.format(row[place.position], place.column) for row in page]
    if is_right_aligned(place.column):
        return [cell.rjust(width) for cell in align_decimals([*cells, place.decimals])[:-1]]
    is_cut = is_cut and not place.is_uncut
    return [_fit(cell, width, is_cut=is_cut) for cell in cells]


def _fit(cell: str, width: int, *, is_cut: bool) -> str:
    """A text of at least this width in terminal cells, and if it is cut of no more."""
    taken = len(cell) if cell.isascii() else cell_len(cell)
    if taken <= width:
        return cell + " " * (width - taken)
    return set_cell_size(cell, width - 1) + "…" if is_cut else cell
