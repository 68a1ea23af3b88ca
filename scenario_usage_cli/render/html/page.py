"""What the template of a page is given: everything as text, in the order in which it stands."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from scenario_usage_cli import __version__
from scenario_usage_cli.render.cells import describe_change, describe_empty, format_headline
from scenario_usage_cli.render.html.charts import Picture, build_picture
from scenario_usage_cli.render.html.grids import Grid, build_grid
from scenario_usage_cli.render.html.matrices import build_matrix
from scenario_usage_cli.render.text import format_time
from scenario_usage_cli.report.chapters import list_chapters
from scenario_usage_cli.report.fields import name_with_unit
from scenario_usage_cli.report.matrix import Matrix
from scenario_usage_cli.report.view import Chapter, Headline, Section, View

_PARTS = " · "
_MOST_UNFOLDED = 45
"""A longer timeline is folded below its chart."""


class Card(NamedTuple):
    """A figure on its own, and what it was before."""

    title: str
    value: str
    before: str = ""
    change: str = ""


_MOST_ROWS, _FEWEST_ROWS = 500, 3
"""Of a table in groups: all of them, and those of each group."""
_Most = Callable[[Section], int]
"""How many rows of each group of a section are shown; 0 for all."""


class Part(NamedTuple):
    """A chart, a matrix or a table; a chart whose figures are nowhere else has their table."""

    id: str
    title: str
    """What stands above it; nothing where the title of the chapter is enough."""
    note: str
    picture: Picture | None = None
    grid: Grid | None = None
    caption: str = ""
    is_folded: bool = False
    """Whether the table is shown when it is asked for, as a picture has its figures."""
    empty: str = ""
    """What stands in the place of a table without rows."""


class Block(NamedTuple):
    """A chapter."""

    id: str
    title: str
    sentences: Sequence[str]
    cards: Sequence[Card]
    parts: Sequence[Part]
    is_folded: bool


class Page(NamedTuple):
    """A whole page."""

    title: str
    told: Sequence[str]
    """Of what it is: the account, the period, the filters."""
    is_running: bool
    alarms: Sequence[str]
    blocks: Sequence[Block]
    generated_at: str
    program: str


def build_page(view: View, top: int, *, is_chosen: bool) -> Page:
    """The page of a view; tables have `top` rows, 0 for all, and one that sums up the others.

    Unless somebody has chosen the number, tables of many groups have less rows of each.
    """
    most = (lambda section: top) if is_chosen else partial(_fit_groups, top)
    return Page(
        title=view.title,
        told=_list_told(view),
        is_running=bool(view.period and view.period.provisional),
        alarms=view.alarms,
        blocks=tuple(
            _build_block(number, chapter, most)
            for number, chapter in enumerate(list_chapters(view, __version__), start=1)
        ),
        generated_at=format_time(view.generated_at.replace(microsecond=0)),
        program=f"scenario-usage {__version__}",
    )


def _fit_groups(top: int, section: Section) -> int:
    """So many rows of each group that all together are not too long for a page."""
    if not top or not section.table.ids[1:]:
        return top
    groups = {tuple(one.of(row) for one in section.table.ids[:-1]) for row in section.rows}
    return max(_FEWEST_ROWS, min(top, _MOST_ROWS // max(1, len(groups))))


def _list_told(view: View) -> Sequence[str]:
    told = view.subtitle.split(_PARTS) if view.subtitle else []
    return told if view.account in ("", *told) else [view.account, *told]


def _build_block(number: int, chapter: Chapter, most: _Most) -> Block:
    return Block(
        id=f"c{number}",
        title=chapter.title,
        sentences=chapter.sentences,
        cards=tuple(_build_card(one) for one in chapter.headlines if one.value is not None),
        parts=tuple(_build_parts(f"c{number}", chapter, most)),
        is_folded=chapter.is_folded,
    )


def _build_card(headline: Headline) -> Card:
    if headline.before is None:
        return Card(headline.title, format_headline(headline))
    before = headline._replace(value=headline.before)
    return Card(
        headline.title,
        format_headline(headline),
        format_headline(before),
        describe_change(headline),
    )


def _build_parts(of: str, chapter: Chapter, most: _Most) -> Iterator[Part]:
    number = 0
    for chart in chapter.charts:
        number += 1
        picture = build_picture(chart)
        has_own = any(chart.section is section for section in chapter.sections)
        grid = None if has_own else build_grid(chart.section.for_table(most(chart.section)))
        yield Part(
            f"{of}p{number}",
            picture.title if picture else chart.title,
            "" if picture else describe_empty(is_known=chart.section.is_known),
            picture=picture,
            grid=grid if picture else None,
            caption=f"{chart.title}: the figures",
            is_folded=True,
        )
    for matrix in chapter.matrices:
        number += 1
        yield _build_matrix(f"{of}p{number}", matrix)
    for section in chapter.sections:
        number += 1
        title = "" if number == len(chapter.sections) == 1 else section.table.title
        part = _build_table(f"{of}p{number}", title, section, most(section))
        is_folded = bool(chapter.charts) and len(section.rows) > _MOST_UNFOLDED
        yield part._replace(is_folded=is_folded and section.is_timeline)


def _build_matrix(of: str, matrix: Matrix) -> Part:
    title = name_with_unit(matrix.title, matrix.figure.unit)
    return Part(of, title, "", grid=build_matrix(matrix.for_page()), caption=title)


def _build_table(of: str, title: str, section: Section, top: int) -> Part:
    shown = section.for_table(top)
    if not shown.rows:
        empty = describe_empty(is_known=section.is_known, is_inventory=section.is_inventory)
        return Part(of, title, "", empty=empty)
    grid = build_grid(shown)
    return Part(of, title, section.table.note, grid=grid, caption=section.table.title)
