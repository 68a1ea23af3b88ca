"""What every renderer is given: a document for JSON, and tables of typed columns."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum, Flag, auto
from itertools import groupby
from types import MappingProxyType
from typing import Any, NamedTuple

from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.fields import (
    ADDITIVE,
    NUMERIC,
    Field,
    Fields,
    Json,
    Kind,
    Row,
    Table,
    Value,
    pick,
)
from scenario_usage_cli.report.matrix import Matrix
from scenario_usage_cli.report.numbers import add_up, fraction, is_shown, share
from scenario_usage_cli.report.tables import TOTALS
from scenario_usage_cli.report.words import write_sentence

DEFAULT_TOP = 20


class Audience(Flag):
    """Who is given a section."""

    TABLES = auto()
    """People, on a screen or a page."""
    DATA = auto()
    """Programs."""
    GAUGES = auto()
    """Those that draw gauges alone; these are given all others as well."""
    BOOKS = auto()
    """Who goes on to work with the figures, in a workbook."""
    ALL = TABLES | DATA | BOOKS


class Section(NamedTuple):
    """The rows of a table, and what the renderers must know of them."""

    table: Table
    rows: Sequence[Row]
    summed: frozenset[int] = frozenset()
    """Positions of the rows that sum up those left out."""
    rests: Mapping[int, int] = MappingProxyType({})
    """How many rows each of these sums up, by its position."""
    subtotals: Mapping[tuple[str, ...], Row] = MappingProxyType({})
    """What groups sum to, by the ids that tell the group: the last row of each in tables."""
    totals: frozenset[int] = frozenset()
    """Positions of those rows."""
    periods: Mapping[int, Period | None] = MappingProxyType({})
    """The periods of rows that are not of that of the view, by their positions; null if unknown."""
    whole: Decimal | None = None
    """What shares are of, where it is not the sum of the rows."""
    is_known: bool = True
    """False where the API left the section out."""
    audience: Audience = Audience.ALL
    is_timeline: bool = False
    """Rows follow each other in time: none is left out, and none is summed up."""
    is_inventory: bool = False
    """Rows are what there is, used or not: those of zeros are shown as well."""
    kept: frozenset[str] = frozenset()
    """Ids of rows that are not summed up with others, however many there are."""
    has_bars: bool = True
    """Whether shares are drawn as bars as well."""
    bar: Field[Decimal | None] | None = None
    """A fraction to draw as bars in the place of shares, full at 1; null has none."""
    shown: Fields = ()
    """The columns of tables for people, where these are not all, or in another order."""
    labels: Mapping[str, Mapping[str, str]] = MappingProxyType({})
    """What people read as names, where it is not what programs read; by the key of the id."""
    prepare: Callable[["Section"], "Section"] | None = None
    """What is done to all rows before people are shown some of them."""

    @property
    def columns(self) -> Fields:
        """Those of tables for people that have the room for them."""
        return tuple(field for field in self.shown or self.table.columns if field.weight)

    def identify(self, row: Row) -> tuple[str, str]:
        """The id and the name of a row, in one text each, of those parts that it has."""
        ids, names = (
            [str(value) for field in fields if (value := row[field.key]) is not None]
            for fields in (self.table.ids or self.table.columns[:1], self.table.named)
        )
        return "/".join(ids), " / ".join(names)

    def for_table(self, top: int) -> "Section":
        """The rows that a person wants to see: those with any number.

        All rows after the first `top` of a group are summed in one row, if they add up; 0 keeps
        all. A group ends with its subtotal, if it has one.
        """
        whole = self.prepare(self) if self.prepare else self
        return whole if self.is_timeline else whole._choose(top)

    def _choose(self, top: int) -> "Section":
        numeric = pick(self.table.columns, *NUMERIC)
        rows = [
            self._label(row)
            for row in self.rows
            if self.is_inventory or any(is_shown(field.of(row)) for field in numeric)
        ]
        most = top if top and self.table.is_additive else len(rows)
        shown: list[Row] = []
        rests, totals = dict[int, int](), set()
        group_ids = self.table.ids[:-1]
        for ids, members in groupby(rows, lambda row: tuple(one.of(row) for one in group_ids)):
            group = list(members)
            shown += group[:most]
            kept = [row for row in group[most:] if self.table.id.of(row) in self.kept]
            if rest := [row for row in group[most:] if row not in kept]:
                rests[len(shown)] = len(rest)
                shown.append(self._sum_up(rest))
            shown += kept
            if subtotal := self.subtotals.get(ids):
                totals.add(len(shown))
                shown.append(self._label(subtotal))
        return self._replace(
            rows=shown, summed=frozenset(rests), rests=rests, totals=frozenset(totals)
        )

    def _label(self, row: Row) -> Row:
        labelled = dict(row)
        for one, name in zip(self.table.ids, self.table.names, strict=False):
            labelled[name.key] = self.labels.get(one.key, {}).get(one.of(row), name.of(row))
        return labelled

    def _sum_up(self, rows: Sequence[Row]) -> Row:
        """One row for several of a group, whose names it keeps."""
        table = self.table
        other: dict[str, Value] = dict.fromkeys(field.key for field in table.columns)
        for fields in (table.ids, table.named):
            other |= {field.key: field.of(rows[0]) for field in fields[:-1]}
            other[fields[-1].key] = f"other ({len(rows)})"
        for field in table.fields:
            values = [value for row in rows if (value := field.of(row)) is not None]
            if field.kind in ADDITIVE:
                other[field.key] = add_up(values)
            elif field.kind is Kind.COURSE:
                other[field.key] = [add_up(together) for together in zip(*values, strict=True)]
            elif field.kind is Kind.SHARE:
                whole = self.whole
                if whole is None:
                    whole = Decimal(sum(table.size.of(row) or 0 for row in self.rows))
                other[field.key] = share(Decimal(table.size.of(other) or 0), whole)
            elif field.formula:
                other[field.key] = field.formula(other)
        return other


class Headline(NamedTuple):
    """One figure on its own: its title and value, null where it is not known."""

    title: str
    value: int | Decimal | None
    kind: Kind = Kind.COUNT
    key: str = ""
    """The key of its field, if it is one of a table."""
    unit: str = ""
    """Its unit, where it is not that of its kind."""
    before: int | Decimal | None = None
    """The same figure of the period before, null where that was not asked for or is not known."""

    @property
    def change(self) -> Decimal | None:
        """How much more it is than before, as a fraction of that; null where that is 0."""
        if self.value is None or self.before is None:
            return None
        return fraction(self.value - self.before, self.before)


class Drawing(Enum):
    """What a chart looks like."""

    BARS = auto()
    """A bar for each row, in the order of time."""
    CALENDAR = auto()
    """A square for each day, in columns of weeks, the darker the higher."""
    RANKING = auto()
    """A bar for each row, the longest first."""


class Chart(NamedTuple):
    """One figure of the rows of a section as a picture; the section's table has all of them."""

    title: str
    drawing: Drawing
    section: Section
    label: Field[Any]
    """What tells the rows: an instant for bars and calendars, a name for rankings."""
    figure: Field[Any]
    description: str = ""
    """What the picture shows, in sentences for those who do not see it."""
    mean: Decimal | None = None
    """A line across the bars."""
    marked: frozenset[int] = frozenset()
    """Positions of rows that are shaded otherwise, such as weekends."""


class Chapter(NamedTuple):
    """A part of a page or a workbook: what it holds, in this order."""

    title: str
    sentences: tuple[str, ...] = ()
    headlines: tuple[Headline, ...] = ()
    charts: tuple[Chart, ...] = ()
    matrices: tuple[Matrix, ...] = ()
    sections: tuple[Section, ...] = ()
    is_folded: bool = False
    """Whether it is of interest to few, and shown when it is asked for."""


class View(NamedTuple):
    """A whole report, ready for any format: `document` is the JSON, with exact numbers.

    The headlines, or a table of totals, open the tables; the closing figures end them.
    """

    document: Mapping[str, Json]
    title: str
    subtitle: str
    headlines: tuple[Headline, ...]
    sections: tuple[Section, ...]
    period: Period | None
    generated_at: datetime
    closing: tuple[Headline, ...] = ()
    closing_title: str = ""
    closing_note: str = ""
    opening: Section | None = None
    """A table of totals, whole in every format; CSV has it where it has several sections."""
    told: tuple[str, ...] = ()
    """Those of the warnings that its tables tell as well."""
    totals: Row = MappingProxyType({})
    """What a report sums to, as it stands in its document."""
    totals_table: Table = TOTALS
    """What it is the row of."""
    account: str = ""
    """Whose figures these are, where that is known and not told in the subtitle."""
    frame: str = ""
    """What its gauges about itself begin with, where they lie beside those of a report."""
    alarms: tuple[str, ...] = ()
    """Sentences that people must read before any figure."""
    sentences: tuple[str, ...] = ()
    """What is said of the headlines, after them."""
    chapters: tuple[Chapter, ...] = ()
    """What is told on a page and in a workbook; without any, the tables of people are."""

    @property
    def untold_warnings(self) -> tuple[str, ...]:
        """Those of the document that neither its tables nor its chapters tell as well."""
        found = self.document.get("warnings")
        told = {line for chapter in self.chapters for line in chapter.sentences}
        return tuple(
            line
            for line in (map(str, found) if isinstance(found, list) else ())
            if line not in self.told and write_sentence(line) not in told
        )

    @property
    def data_sections(self) -> tuple[Section, ...]:
        """Those that are read by programs."""
        return self._pick(Audience.DATA)

    @property
    def table_sections(self) -> tuple[Section, ...]:
        """Those that are read by people."""
        return self._pick(Audience.TABLES)

    @property
    def book_sections(self) -> tuple[Section, ...]:
        """Those that make the sheets of a workbook: every row once."""
        return self._pick(Audience.BOOKS)

    def _pick(self, audience: Audience) -> tuple[Section, ...]:
        return tuple(one for one in self.sections if audience in one.audience)
