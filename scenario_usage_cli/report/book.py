"""A view as a workbook: which sheets it has, which figures stand on the first, and its charts."""

from collections.abc import Container, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.report.fields import Field, Fields, Kind, Row
from scenario_usage_cli.report.matrix import Matrix
from scenario_usage_cli.report.numbers import fraction
from scenario_usage_cli.report.sums import Sum, find_difference_sum, find_sum
from scenario_usage_cli.report.tables import AFTER, BEFORE, TOTALS, UNEXPLAINED
from scenario_usage_cli.report.view import (
    Chapter,
    Chart,
    Drawing,
    Headline,
    Section,
    View,
)

MOST_ROWS = 1_048_575
"""So many rows fit below the headings of a sheet."""
MOST_COLUMNS = 16_382
"""So many columns fit between the names and the sums of a matrix."""
MOST_BARS = 15
"""So many rows a chart has of those that are not in order of time."""
_MOST_RANKINGS = 3
_LONGEST_NAME = 31
_FORBIDDEN = "[]:*?/\\"
"""What the name of a sheet may not have, and how long it may be."""
_NO_COLUMNS = (Kind.COURSE,)
"""A sheet has the figures themselves."""
_CHARGED = frozenset(field.key for field in TOTALS.fields if field.unit)
"""The measures that are CU."""
_FROM = Field[Any]("period_start", "From", Kind.TIME, nullable=True, meaning="What it is of.")
_TO = Field[Any]("period_end", "To", Kind.TIME, nullable=True, meaning="The last instant of that.")


class Sheet(NamedTuple):
    """The rows of a section under a name that no other sheet has, and the columns of them."""

    name: str
    meaning: str
    """What a row is, or where the rows belong."""
    section: Section
    columns: Fields
    rows: Sequence[Row]


class Line(NamedTuple):
    """A figure of the first sheet, and where it comes from."""

    headline: Headline
    sum: Sum | None = None
    is_difference: bool = False
    """Whether it is the figure two above it, less the one above it."""

    @property
    def change(self) -> Decimal | None:
        """How much more it is than before, as a fraction of that."""
        value, before = self.headline.value, self.headline.before
        return None if value is None or before is None else fraction(value - before, before)


class Told(NamedTuple):
    """What the first sheet tells below the totals, under a title of its own."""

    title: str
    lines: tuple[Line, ...]
    sentences: tuple[str, ...]


class Book(NamedTuple):
    """What is written into a workbook."""

    sheets: tuple[Sheet, ...]
    matrices: tuple[tuple[str, Matrix], ...]
    """Each with the name of its sheet."""
    totals: tuple[Line, ...]
    differences: tuple[tuple[Row, tuple[Sum | None, Sum | None]], ...]
    """The totals of a comparison: each row, and what its figures before and after are sums of."""
    told: tuple[Told, ...]
    notes: tuple[str, ...]
    """What is said of the totals."""
    warnings: tuple[str, ...]
    """Those that are not told elsewhere."""
    origin: tuple[str, ...]
    """How the figures were made, in sentences."""
    charts: tuple[Chart, ...]

    def find_sheet(self, section: Section) -> Sheet | None:
        """The sheet of a section, if it has one."""
        wanted = _identify(section)
        return next((one for one in self.sheets if _identify(one.section) == wanted), None)


def build_book(view: View) -> Book:
    """What a workbook has of a view.

    Raises ConfigurationError for a section of more rows than a sheet has.
    """
    chapters = view.chapters
    parts = [
        (one, chapter.title)
        for chapter in chapters
        for one in (*(chart.section for chart in chapter.charts), *chapter.sections)
    ]
    parts += [(one, "") for one in view.book_sections]
    # The rows for programs come last, as they count in doubt: those of chapters may be cut.
    wanted = {_identify(section): section for section, _ in parts}
    of = {_identify(section): title for section, title in reversed(parts)}
    sections = tuple(map(_hold, wanted.values()))
    charts = tuple(chart for chapter in chapters for chart in chapter.charts)
    matrices = [
        one.keep(MOST_ROWS - 1, MOST_COLUMNS) for chapter in chapters for one in chapter.matrices
    ]
    belonging = [of[_identify(section)] for section in sections]
    titles = [(one.table.title, title) for one, title in zip(sections, belonging, strict=True)]
    names = _name_sheets([*titles, *((one.title, "") for one in matrices)])
    known = zip(names, sections, belonging, strict=False)
    open_chapters = [one for one in chapters if not one.is_folded]
    return Book(
        sheets=tuple(_build_sheet(name, section, told, view) for name, section, told in known),
        matrices=tuple(zip(names[len(sections) :], matrices, strict=True)),
        totals=tuple(_trace(view.headlines, sections)),
        differences=tuple(_trace_differences(view.opening, sections)),
        told=tuple(_tell(view, open_chapters, sections)),
        notes=(
            *view.sentences,
            *(line for one in open_chapters if _has_totals(one, view) for line in one.sentences),
        ),
        warnings=view.untold_warnings,
        origin=tuple(line for one in chapters if one.is_folded for line in one.sentences),
        charts=(*charts, *_choose_charts(sections, {one.drawing for one in charts})),
    )


def _hold(section: Section) -> Section:
    """The same, its rows made once."""
    if len(section.rows) > MOST_ROWS:
        raise ConfigurationError(
            f"{section.table.title} has {len(section.rows):,} rows, and a sheet of a workbook has "
            f"room for {MOST_ROWS:,}",
            hint="choose a shorter period or longer buckets, or write it with --format csv",
        )
    return section._replace(rows=list(section.rows))


def find_unit(field: Field[Any], row: Row) -> str:
    """The unit of a figure in a row, which may tell it; empty where things are counted."""
    if field.kind not in (Kind.FIGURE, Kind.DELTA):
        return field.unit
    is_charged = row["unit"] == "CU" if "unit" in row else row.get("measure") in _CHARGED
    return "CU" if is_charged else ""


def _identify(section: Section) -> tuple[str, ...]:
    """What sections with the same rows have in common."""
    return (section.table.name, *(field.key for field in section.table.ids))


def _has_totals(chapter: Chapter, view: View) -> bool:
    """Whether its figures are the totals."""
    return bool(chapter.headlines) and chapter.headlines[:1] == view.headlines[:1]


def _tell(view: View, chapters: Sequence[Chapter], sections: Sequence[Section]) -> Iterator[Told]:
    for one in chapters:
        lines = tuple(_trace(one.headlines, sections))
        if (lines or one.sentences) and not _has_totals(one, view):
            yield Told(one.title, lines, one.sentences)
    if view.closing and not any(one.headlines == view.closing for one in chapters):
        note = (view.closing_note,) if view.closing_note else ()
        yield Told(view.closing_title, tuple(_trace(view.closing, sections)), note)


def _build_sheet(name: str, section: Section, told: str, view: View) -> Sheet:
    """What people call a row stands first, and what identifies it last."""
    table, rows = section.table, section.rows
    fields = dict.fromkeys((*table.named, *table.fields, *table.ids))
    columns = tuple(field for field in fields if field.kind not in _NO_COLUMNS)
    if section.periods:
        columns = (*columns, _FROM, _TO)
        periods = [section.periods.get(number, view.period) for number in range(len(rows))]
        rows = [
            {**row, _FROM.key: period and period.start, _TO.key: period and period.end}
            for row, period in zip(rows, periods, strict=True)
        ]
    meaning = (table.meaning or table.note or told).replace("`", "")
    return Sheet(name, meaning, section, columns, rows)


def _name_sheets(titles: Iterable[tuple[str, str]]) -> list[str]:
    """Names that a spreadsheet takes, none of them twice, whatever the case.

    Each title comes with that of the chapter, which tells it from others, if that is short enough.
    """
    names: list[str] = []
    taken = {"", "summary", "columns", "history"}
    for title, chapter in titles:
        plain = "".join(" " if letter in _FORBIDDEN else letter for letter in title).strip("' ")
        name, number = plain[:_LONGEST_NAME], 1
        longer = f"{plain}, {chapter.lower()}"
        if name.lower() in taken and chapter and len(longer) <= _LONGEST_NAME:
            name = longer
        while name.lower() in taken:
            number += 1
            name = f"{plain[: _LONGEST_NAME - 5]} {number}".lstrip()
        taken.add(name.lower())
        names.append(name)
    return names


def _trace(headlines: Sequence[Headline], sections: Sequence[Section]) -> Iterator[Line]:
    known = [one for one in headlines if one.value is not None]
    values = [one.value or 0 for one in known]
    for number, headline in enumerate(known):
        is_difference = (
            headline.key == UNEXPLAINED.key
            and number > 1
            and values[number - 2] - values[number - 1] == values[number]
        )
        yield Line(headline, find_sum(headline, sections), is_difference)


def _trace_differences(
    opening: Section | None, sections: Sequence[Section]
) -> Iterator[tuple[Row, tuple[Sum | None, Sum | None]]]:
    for row in opening.rows if opening else ():
        before, after = (find_difference_sum(row, one, sections) for one in (BEFORE, AFTER))
        yield row, (before, after)


def _choose_charts(sections: Sequence[Section], drawn: Container[Drawing]) -> Iterator[Chart]:
    """What is drawn where nobody has chosen: each course of time, and the largest rows."""
    timelines = [one for one in sections if one.is_timeline and one.rows]
    for section in timelines if Drawing.BARS not in drawn else ():
        size, label = section.table.size, section.table.ids[0]
        title = f"{size.title}, {section.table.title.lower()}"
        yield Chart(title, Drawing.BARS, section, label, size)
    rankings = [one for one in sections if not one.is_timeline and _is_ranking(one)]
    for section in rankings[:_MOST_RANKINGS] if Drawing.RANKING not in drawn else ():
        size, label = section.table.size, section.table.named[-1]
        title = f"{section.table.title}: {size.title.lower()} of the largest"
        yield Chart(title, Drawing.RANKING, section, label, size)


def _is_ranking(section: Section) -> bool:
    """Whether the rows are things that cost CU, those that cost most first."""
    table = section.table
    if not table.is_additive or table.named[-1].kind is not Kind.TEXT or len(section.rows) < 2:
        return False
    sizes = [table.size.of(row) or 0 for row in section.rows]
    return table.size.kind is Kind.CU and sizes[0] > 0 and sizes == sorted(sizes, reverse=True)
