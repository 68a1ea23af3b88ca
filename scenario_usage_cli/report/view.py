"""What every renderer is given: a document for JSON, and tables of typed columns."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum, auto
from itertools import groupby
from typing import Any, NamedTuple

from scenario_usage_cli.report.numbers import change, round_cu, share

Row = Mapping[str, Any]
"""One row: the values of the section's JSON keys, numbers exact."""

DEFAULT_TOP = 20


class Kind(Enum):
    """What a column holds, which decides how each format shows it."""

    TEXT = auto()
    TIME = auto()
    """An instant as text, ISO 8601 in UTC."""
    FLAG = auto()
    COUNT = auto()
    CU = auto()
    RATE = auto()
    """CU per job: an average, so it never adds up."""
    SHARE = auto()
    """A fraction of the section's whole, 0 to 1."""
    DELTA = auto()
    """How much more it is than before; signed."""
    CHANGE = auto()
    """A delta as a fraction of what was before; signed."""
    STATUS = auto()
    """A word for what became of a row: new, gone, changed or same."""
    COURSE = auto()
    """Figures in order of time, to be drawn."""


class Audience(Enum):
    """Who is given a section."""

    ALL = auto()
    TABLES = auto()
    DATA = auto()


_ADDITIVE = (Kind.COUNT, Kind.CU, Kind.DELTA)
SIGNED = (Kind.DELTA, Kind.CHANGE)
NUMERIC = (Kind.COUNT, Kind.CU, Kind.RATE, Kind.SHARE, *SIGNED)


class Column(NamedTuple):
    """A column by its JSON key. The higher `weight`, the later a narrow table drops it;
    one of weight 0 is not for tables at all.
    """

    key: str
    title: str
    kind: Kind
    weight: int


class Section(NamedTuple):
    """A table: the first column identifies a row, `name_key` is what people call it.

    `size_key` is the measure that shares and bars are of.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    name_key: str
    size_key: str
    summed: frozenset[int] = frozenset()
    """Positions of the rows that sum up those left out."""
    whole: Decimal | None = None
    """What shares are of, where it is not the sum of the rows."""
    is_known: bool = True
    """False where the API left the section out."""
    audience: Audience = Audience.ALL
    is_timeline: bool = False
    """Rows follow each other in time: none is left out, and none is summed up."""
    is_additive: bool = True
    """False where a row may be the sum of others: none is summed up with them."""
    has_bars: bool = True
    """Whether shares are drawn as bars as well."""
    id_keys: tuple[str, ...] = ()
    name_keys: tuple[str, ...] = ()
    """Where it takes several columns to identify a row, and to call it by name: all but the last
    say which group of rows it belongs to.
    """
    note: str = ""
    """What a reader of the table must know of its rows."""

    @property
    def id_key(self) -> str:
        """The key of the column that identifies a row."""
        return self.columns[0].key

    def identify(self, row: Row) -> tuple[str, str]:
        """The id and the name of a row, in one text each, of those parts that it has."""
        ids = [str(row[key]) for key in self.id_keys or (self.id_key,) if row[key] is not None]
        names = [
            str(row[key]) for key in self.name_keys or (self.name_key,) if row[key] is not None
        ]
        return "/".join(ids), " / ".join(names)

    def for_table(self, top: int) -> "Section":
        """The rows a person wants to see: those with any number, and all after the first `top` of
        a group summed in one row (0 keeps all), where they add up.
        """
        if self.is_timeline:
            return self
        numeric = [column.key for column in self.columns if column.kind in NUMERIC]
        rows = [
            row for row in self.rows if any(round_cu(Decimal(row[key] or 0)) for key in numeric)
        ]
        if not top or not self.is_additive:
            return self._replace(rows=rows)
        shown: list[Row] = []
        summed = set()
        for _, members in groupby(rows, lambda row: [row[key] for key in self.id_keys[:-1]]):
            group = list(members)
            shown += group[:top]
            if group[top:]:
                summed.add(len(shown))
                shown.append(self._sum_up(group[top:]))
        return self._replace(rows=shown, summed=frozenset(summed))

    def _sum_up(self, rows: Sequence[Row]) -> Row:
        """One row for several of a group, whose names it keeps."""
        other: dict[str, Any] = dict.fromkeys((column.key for column in self.columns), None)
        for keys in (self.id_keys or (self.id_key,), self.name_keys or (self.name_key,)):
            other |= {key: rows[0][key] for key in keys[:-1]}
            other[keys[-1]] = f"other ({len(rows)})"
        for column in self.columns:
            figures = [row[column.key] for row in rows if row[column.key] is not None]
            if column.kind in _ADDITIVE and figures:
                other[column.key] = sum(figures)
            elif column.kind is Kind.SHARE:
                sizes = sum(row[self.size_key] or 0 for row in self.rows)
                whole = sizes if self.whole is None else self.whole
                other[column.key] = share(Decimal(other[self.size_key] or 0), Decimal(whole))
            elif column.kind is Kind.RATE and other["jobs"]:
                other[column.key] = other["cost"] / other["jobs"]
            elif column.kind is Kind.COURSE:
                other[column.key] = [sum(together) for together in zip(*figures, strict=True)]
            elif column.kind is Kind.CHANGE:
                other[column.key] = change(other["before"], other["delta"])
        return other


class Headline(NamedTuple):
    """One figure on its own: its title and value, null where it is not known."""

    title: str
    value: int | Decimal | None


class View(NamedTuple):
    """A whole report, ready for any format: `document` is the JSON, with exact numbers.

    The headlines, or a table of totals, open the tables; the closing figures end them.
    """

    document: Mapping[str, Any]
    title: str
    subtitle: str
    headlines: tuple[Headline, ...]
    sections: tuple[Section, ...]
    period_start: str | None
    period_end: str | None
    closing: tuple[Headline, ...] = ()
    closing_title: str = ""
    closing_note: str = ""
    opening: Section | None = None
    """A table of totals, whole in every format; CSV has it where it has several sections."""

    @property
    def data_sections(self) -> tuple[Section, ...]:
        """Those that are read by programs."""
        return tuple(s for s in self.sections if s.audience is not Audience.TABLES)

    @property
    def table_sections(self) -> tuple[Section, ...]:
        """Those that are read by people."""
        return tuple(s for s in self.sections if s.audience is not Audience.DATA)
