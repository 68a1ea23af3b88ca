"""What tables are declared with: a field for each column, and a table of fields.

Whatever is shown, written or described of a figure is derived from its field, and a value is
found in a row by the key of its field, never by its place.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum, auto
from itertools import zip_longest
from typing import Any, Generic, NamedTuple, TypeVar, cast

from scenario_usage_cli.collect.sections import Figure

Value = str | int | Decimal | bool | datetime | list[Figure | None] | list[str] | None
"""What a cell may hold; numbers are exact, instants are aware."""

Json = Value | Sequence["Json"] | Mapping[str, "Json"]
"""What a document may hold; renderers write instants and numbers as JSON has them."""

Row = Mapping[str, Value]
"""One row: the values of the table's keys."""

_Type = TypeVar("_Type", covariant=True)


class Kind(Enum):
    """What a field holds, which decides its unit and how each format shows it."""

    TEXT = auto()
    TEXTS = auto()
    """Several texts."""
    TIME = auto()
    """An instant; as text, ISO 8601."""
    DAY = auto()
    """A day of UTC, as text: ISO 8601."""
    FLAG = auto()
    COUNT = auto()
    TALLY = auto()
    """A count of rows that this tool has made itself: a whole number."""
    CU = auto()
    FIGURE = auto()
    """CU or a count: another field of the row tells which."""
    RATE = auto()
    """CU per job: an average, so it never adds up."""
    CAP = auto()
    """A limit in CU, which never adds up."""
    AMOUNT = auto()
    """Money, in the currency of the field."""
    PART = auto()
    """A fraction of another figure of the same row; above 1 where it has more."""
    SHARE = auto()
    """A fraction of the section's whole, 0 to 1."""
    DELTA = auto()
    """How much more it is than before; signed."""
    CHANGE = auto()
    """A delta as a fraction of what was before; signed."""
    STATUS = auto()
    """A word for what became of a row: new, gone, changed or same."""
    FULLNESS = auto()
    """A word for how full a limit is: one of `FULLNESS`."""
    COURSE = auto()
    """Figures in order of time, to be drawn."""


FULLNESS = ("ok", "near", "full", "over", "expired")
"""From a limit with room to one that more was used of; the last one is that of packs."""
UNITS: Mapping[Kind, str] = dict.fromkeys((Kind.CU, Kind.RATE, Kind.CAP), "CU")
"""What people are shown with the figures of a kind; others count things."""
ADDITIVE = (Kind.COUNT, Kind.TALLY, Kind.CU, Kind.FIGURE, Kind.DELTA, Kind.AMOUNT)
SIGNED = (Kind.DELTA, Kind.CHANGE)
NUMERIC = (*ADDITIVE, Kind.RATE, Kind.CAP, Kind.PART, Kind.SHARE, Kind.CHANGE)


class Field(NamedTuple, Generic[_Type]):
    """A column: its JSON key, its title and the kind of its values, which are of the type.

    The higher `weight`, the later a narrow table drops it; one of 0 is not for tables at all.
    """

    key: str
    title: str
    kind: Kind
    weight: int = 0
    meaning: str = ""
    """In a sentence; `{of}` stands for what a row of the table is."""
    nullable: bool = False
    formula: "Callable[[Row], _Type] | None" = None
    """How it is made of others of the same row, if it is not read or a share of the whole."""
    total: "Field[Any] | None" = None
    """What its sum is called among the totals, where it stands there."""
    is_part: bool = False
    """Whether it is a part of another figure: that which is by API keys."""
    order: str = ""
    """What the order of rows is called that this figure makes: one of `ORDERS`, if any."""
    amount: str = ""
    """The key of the amount of money beside it, if it is what was charged."""
    currency: str = ""
    """That of an amount."""

    def of(self, row: Row) -> _Type:
        """Its value in a row."""
        return row[self.key]  # type: ignore[return-value]  # it is what the field is declared with

    def find(self, row: Row) -> "_Type | None":
        """Its value in a row that need not have it."""
        return self.of(row) if self.key in row else None

    @property
    def unit(self) -> str:
        """Its unit, empty if it has none."""
        return self.currency or UNITS.get(self.kind, "")

    @property
    def column(self) -> str:
        """What programs call a column of it: its key, of an amount with the currency."""
        return f"{self.key}_{self.currency.lower()}" if self.currency else self.key

    @property
    def heading(self) -> str:
        """What stands above a column of it: `Cost, CU`."""
        return name_with_unit(self.title, self.unit)

    def summed(self, meaning: str, **changes: Any) -> "Field[_Type]":
        """The same, with its sum among the totals, where it is null if it is not known."""
        total = self._replace(meaning=meaning, nullable=True, formula=None, total=None, **changes)
        return self._replace(total=total)

    def or_null(self) -> "Field[_Type | None]":
        """The same, where it may be unknown."""
        return cast("Field[_Type | None]", self._replace(nullable=True))


ORDERS = ("cost", "jobs", "count", "name")
"""What rows can be sorted by, in every table that has it."""

Fields = tuple[Field[Any], ...]


class Gauges(NamedTuple):
    """The names of the figures of a table in Prometheus.

    `prefix` is put before their keys; in these, `counted` replaces the word `count`.
    """

    prefix: str
    counted: str = ""


class Counter(NamedTuple):
    """How the rows of a table are counted in the totals: those with any of some figures."""

    field: Field[int]
    any_of: Fields


class Table(NamedTuple):
    """A table: `ids` identify a row, and `names` are what people call them.

    If there are names, there is one for each id, which may be the id itself. All ids but the last
    tell the group of a row.
    `size` is the figure that shares and bars are made of.
    """

    name: str
    title: str
    ids: Fields
    names: Fields
    fields: Fields
    """What follows them."""
    size: Field[Any]
    meaning: str = ""
    of: str = ""
    """What one row is, for the meanings of its fields."""
    all: str = ""
    """What all rows together are, for those of the totals."""
    gauges: Gauges | None = None
    note: str = ""
    """What a reader of the table must know of its rows."""
    is_additive: bool = True
    """False where a row may be the sum of others: none is summed up with them."""
    counts: Counter | None = None

    @property
    def id(self) -> Field[Any]:
        """What identifies a row, in its group if it has one."""
        return self.ids[-1]

    @property
    def named(self) -> Fields:
        """What people call a row by."""
        return self.names or self.ids

    @property
    def columns(self) -> Fields:
        """All fields in their order; each id is followed by its name."""
        pairs = zip_longest(self.ids, self.names)
        known = dict.fromkeys(field for pair in pairs for field in pair if field)
        return (*known, *self.fields)

    def describe(self, field: Field[Any]) -> str:
        """What a field means here."""
        return field.meaning.format(of=self.of)


def name_with_unit(title: str, unit: str) -> str:
    """The title, and its unit if it has one."""
    return f"{title}, {unit}" if unit else title


def pick(fields: Fields, *kinds: Kind) -> Fields:
    """Those of some kinds."""
    return tuple(field for field in fields if field.kind in kinds)
