"""The table: what people read in a terminal, and what a pipe or a file keeps of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, TextIO, TypeVar

from rich.cells import cell_len
from rich.console import RenderableType
from rich.padding import Padding
from rich.segment import Segment
from rich.text import Text

from scenario_usage_cli.render import Medium
from scenario_usage_cli.render.cells import (
    NOTHING,
    align_decimals,
    describe_empty,
    format_cell,
    format_headline,
    is_right_aligned,
    narrow,
)
from scenario_usage_cli.render.console import UNCUT, draw
from scenario_usage_cli.render.grid import (
    GAP,
    INDENT,
    Grid,
    Strip,
    build_grid,
    build_line,
    fit,
    measure,
)
from scenario_usage_cli.render.text import escape_controls, format_percent
from scenario_usage_cli.report.fields import NUMERIC, SIGNED, Field, Kind
from scenario_usage_cli.report.figures import SHARE
from scenario_usage_cli.report.view import (
    DEFAULT_TOP,
    Headline,
    Section,
    View,
)

_USUAL_NAME = 28
"""Names up to this width are worth a longer bar, and a minor column."""
_MINOR_WEIGHT = 20
_NARROWEST_NAME = 16
_NARROWEST_NAME_OF_ALL = 6
_ESSENTIAL_WEIGHT = 85
"""Columns for which a name gets shorter still."""
_BAR_WIDTHS = (20, 14, 8)
_BAR_WEIGHT = 45
_HEADLINE_GAP = 3
_TELLING = ("new", "gone")
"""What a status is worth a look for."""
_NOTHINGS = (NOTHING, "0", format_percent(Decimal(0)), format_cell(False))
"""How nothing looks, of whatever kind."""
_PALE = "░"
_FULLNESS_STYLES: Mapping[Any, str] = {
    "ok": "cyan",
    "near": "yellow",
    **dict.fromkeys(("full", "over"), "bold red"),
}
_EIGHTHS = " ▏▎▍▌▋▊▉█"

_T = TypeVar("_T")


def render_table(view: View, out: TextIO, medium: Medium) -> None:
    """Totals, a table per section with a bar for the share, and what reconciles them.

    What does not fit on a screen ends with the totals once more.
    """
    is_whole = medium.width is None
    lines = draw(build_blocks(view, medium), medium, is_whole=is_whole)
    if medium.height is not None and len(lines) >= medium.height:  # one is for the prompt
        lines += draw(_build_totals(view, medium), medium, is_whole=is_whole)
    out.write("\n".join(lines) + "\n")


def draw_rows(section: Section, width: int) -> list[str]:
    """The rows of a section below its titles, in plain lines of no more than a width."""
    medium = Medium(width=width)
    return draw(
        [_build_table(section._replace(has_bars=False, bar=None), medium)], medium, is_whole=False
    )


def build_blocks(view: View, medium: Medium) -> Iterable[RenderableType]:
    """All that a table shows, from its title to what reconciles it, for Rich to print."""
    yield Text(escape_controls(view.title), style="bold")
    for alarm in view.alarms:
        yield Text(f"! {escape_controls(alarm)}", style="bold red")
    if view.subtitle:
        yield Text(escape_controls(view.subtitle), style="dim")
    yield from _build_headlines(view.headlines, medium)
    if view.sentences:
        yield Text()
    for sentence in view.sentences:
        yield _indent(sentence)
    if view.opening:
        yield from _build_section(view.opening.for_table(0), medium)
    top = DEFAULT_TOP if medium.top is None else medium.top
    for section in view.table_sections:
        yield from _build_section(section.for_table(top), medium)
    if view.closing:
        yield Text()
        yield Text.assemble((view.closing_title, "bold"), " · ", (view.closing_note, "dim"))
        yield from _build_headlines(view.closing, medium)


def _build_totals(view: View, medium: Medium) -> Iterable[RenderableType]:
    """The totals and what they are of, for those who no longer see the first lines."""
    if view.opening:
        yield from _build_section(view.opening.for_table(0), medium)
    elif any(headline.value is not None for headline in view.headlines):
        yield Text()
        of = (" · ", (escape_controls(view.subtitle), "dim")) if view.subtitle else ()
        yield Text.assemble(("Totals", "bold"), *of)
        yield from _build_headlines(view.headlines, medium)


def _build_section(section: Section, medium: Medium) -> Iterable[RenderableType]:
    yield Text()
    yield Text(section.table.title, style="bold")
    if section.rows:
        yield _build_table(section, medium)
    if (
        note := section.table.note
        if section.rows
        else describe_empty(is_known=section.is_known, is_inventory=section.is_inventory)
    ):
        yield _indent(note, style="dim")


def _indent(text: str, style: str = "") -> RenderableType:
    return Padding(Text(escape_controls(text), style=style), (0, 0, 0, INDENT), expand=False)


def _build_headlines(headlines: Iterable[Headline], medium: Medium) -> Iterable[RenderableType]:
    """The figures beside each other, on as few lines as the width allows."""
    known = [(h.title, format_headline(h)) for h in headlines if h.value is not None]
    widths = [max(cell_len(title), cell_len(value)) + _HEADLINE_GAP for title, value in known]
    room = UNCUT if medium.width is None else medium.width - INDENT + _HEADLINE_GAP
    parts = next(
        (n for n in range(1, len(known)) if max(map(sum, _divide(widths, n))) <= room), len(known)
    )
    for line in _divide(known, parts):
        if medium.is_terminal:
            yield Text()
        widths = [max(map(cell_len, pair)) for pair in line]
        gap = [Segment(" " * _HEADLINE_GAP)]
        lines = [
            build_line(list(map(str.rjust, texts, widths)), [style] * len(widths), gap)
            for texts, style in zip(zip(*line, strict=True), ("dim", "bold"), strict=True)
        ]
        yield Grid(lines, sum(widths) + _HEADLINE_GAP * (len(widths) - 1))


def _divide(items: list[_T], lines: int) -> list[list[_T]]:
    """The same items on so many lines, of about the same number each."""
    size = -(-len(items) // max(1, lines))
    return [items[first : first + size] for first in range(0, len(items), size or 1)]


class _Cells(NamedTuple):
    """A column with its cells as text, what each takes, and the width of all, in terminal cells."""

    column: Field[Any]
    texts: list[str]
    lengths: list[int]
    width: int

    def fit(self, text: str, length: int) -> str:
        """In the width of the column; numbers end, and text begins, at the same place."""
        return fit(text, length, self.width, to_right=is_right_aligned(self.column))


def _build_table(section: Section, medium: Medium) -> RenderableType:
    columns = [_format_column(column, section) for column in section.columns]
    has_shares = any(cells.column.kind is Kind.SHARE for cells in columns)
    has_bars = section.bar is not None or (has_shares and section.has_bars)
    bar_width = _BAR_WIDTHS[0] if has_bars else 0
    if medium.width is not None:
        names = [field.key for field in (*section.columns[:1], *section.table.named)]
        columns, bar_width = _fit(columns, names, bar_width, medium.width)
    strips = [
        Strip(
            cells.fit(cells.column.heading, measure(cells.column.heading)),
            cells.width,
            list(map(cells.fit, cells.texts, cells.lengths)),
            _choose_styles(cells, section) if medium.colour else (),
        )
        for cells in columns
    ]
    if bar_width:
        build_bars = _build_fullness if section.bar else _build_bars
        strips.append(build_bars(section, bar_width))
    return build_grid(strips, medium)


def _build_bars(section: Section, width: int) -> Strip:
    """The largest row sets the scale; what sums up others is pale, and cut where it is larger."""
    shares, summed = list(map(SHARE.of, section.rows)), section.summed
    own = (share for number, share in enumerate(shares) if number not in summed)
    largest = max(own, default=Decimal(0))
    bars = [
        (_draw_pale_bar if number in summed else _draw_bar)(share, largest, width).ljust(width)
        for number, share in enumerate(shares)
    ]
    styles = ["dim" if number in summed else "cyan" for number in range(len(bars))]
    return Strip(" " * width, width, bars, styles)


def _build_fullness(section: Section, width: int) -> Strip:
    """How full each row is, in the colour of the word for it."""
    word = next((f for f in section.table.fields if f.kind is Kind.FULLNESS), None)
    parts = [section.bar and section.bar.of(row) for row in section.rows]
    bars = [
        " " * width if part is None else _draw_bar(part, Decimal(1), width).ljust(width, _PALE)
        for part in parts
    ]
    words = [word and word.of(row) for row in section.rows]
    return Strip(" " * width, width, bars, [_FULLNESS_STYLES.get(one, "dim") for one in words])


def _format_column(column: Field[Any], section: Section) -> _Cells:
    texts = [format_cell(column.of(row), column.kind) for row in section.rows]
    texts = (
        align_decimals(texts)
        if column.kind in NUMERIC
        else [escape_controls(text) for text in texts]
    )
    lengths = list(map(measure, texts))
    return _Cells(column, texts, lengths, max(measure(column.heading), *lengths))


def _fit(
    columns: list[_Cells], names: Sequence[str], bar_width: int, width: int
) -> tuple[list[_Cells], int]:
    """The columns and the bar that a width has room for.

    The least important columns go first; names are shortened, and more so to keep the essential
    columns or the last one. Usual names are shortened only where the loss of the bar and of minor
    columns leaves them no room. Numbers are never cut.
    """
    bars = [bar for bar in _BAR_WIDTHS if bar_width] or [0]
    widths = {cells.column.key: cells.width for cells in columns if cells.column.key in names}
    while True:
        others = [cells for cells in columns if cells.column.key not in names]
        is_least = not others[1:] or all(c.column.weight >= _ESSENTIAL_WEIGHT for c in others)
        narrowest = _NARROWEST_NAME_OF_ALL if is_least else _NARROWEST_NAME
        taken = INDENT + sum(cells.width for cells in others) + GAP * (len(columns) - 1)
        rooms = {bar: width - taken - (bar + GAP if bar else 0) for bar in bars}
        least_room = sum(min(name, narrowest) for name in widths.values())
        usual_room = sum(min(name, _USUAL_NAME) for name in widths.values())
        least = min(others, key=lambda cells: cells.column.weight, default=None)
        is_minor = least is not None and least.column.weight <= _MINOR_WEIGHT
        needed = usual_room if is_minor or bars != [0] else least_room
        fitting = [bar for bar in bars if rooms[bar] >= needed]
        if fitting or (not others and bars == [0]):
            if bars == [0] and bar_width:  # there may be room again, for what was lost since
                bars = [bar for bar in _BAR_WIDTHS if rooms[0] - bar - GAP >= usual_room] or [0]
                rooms |= {bar: rooms[0] - bar - GAP for bar in bars if bar}
                fitting = bars
            bar = next((bar for bar in fitting if rooms[bar] >= usual_room), (*bars, *fitting)[-1])
            fitted = dict(zip(widths, narrow(widths.values(), rooms[bar]), strict=True))
            return [
                cells._replace(width=fitted.get(cells.column.key, cells.width)) for cells in columns
            ], bar
        if least is None or (bars != [0] and least.column.weight > _BAR_WEIGHT):
            bars = [0]
        else:
            columns = [cells for cells in columns if cells is not least]


def _choose_styles(cells: _Cells, section: Section) -> list[str]:
    """A style for each cell, by what it shows."""
    choose = _build_chooser(cells.column, section)
    return [
        "dim"
        if number in section.summed
        else "bold"
        if number in section.totals
        else choose(text.strip())
        for number, text in enumerate(cells.texts)
    ]


def _build_chooser(column: Field[Any], section: Section) -> Callable[[str], str]:
    """What gives a text of a column its style."""
    usual = "bold" if column.key == section.table.size.key else ""
    if column.kind is Kind.COURSE:
        return lambda shown: "cyan"
    if column.kind is Kind.FULLNESS:
        return lambda shown: _FULLNESS_STYLES.get(shown, "dim")
    if column.kind is Kind.STATUS:
        return lambda shown: "" if shown in _TELLING else "dim"
    if column.kind in SIGNED:
        return lambda shown: "dim" if shown in _NOTHINGS else usual
    if column.kind is Kind.TEXT:
        return lambda shown: usual
    nothing, is_numeric = usual or "dim", column.kind in NUMERIC

    def choose(shown: str) -> str:
        if is_numeric and shown.startswith("-"):
            return "red"
        return nothing if shown in _NOTHINGS else usual

    return choose


def _draw_bar(share: Decimal, largest: Decimal, width: int) -> str:
    """A bar in eighths of a cell, full for the largest share; nothing for what is not positive."""
    if share <= 0:
        return ""
    whole, part = divmod(round(share / largest * width * 8), 8)
    return "█" * whole + _EIGHTHS[part].strip()


def _draw_pale_bar(share: Decimal, largest: Decimal, width: int) -> str:
    """A bar in whole cells that does not catch the eye; one that is too long has an ellipsis."""
    if share <= 0:
        return ""
    if share > largest:
        return _PALE * (width - 1) + "…"
    return _PALE * round(share / largest * width)
