"""Where a figure comes from: the rows that it is the sum of, for those who add them up again.

A sum is only named where it is exactly the figure: one that other rows make has none.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from scenario_usage_cli.money import DIGITS
from scenario_usage_cli.report.fields import ADDITIVE, Field, Fields, Kind, Row, pick
from scenario_usage_cli.report.numbers import WIDE, add_up, is_shown, round_number
from scenario_usage_cli.report.tables import (
    CONSUMPTION_COST,
    DIFFERENCE,
    MODEL_COST,
    SECTION_TABLES,
    SUMMED,
)
from scenario_usage_cli.report.view import Headline, Section

_CU_DIGITS = 6
_RECONCILED = {CONSUMPTION_COST.key: "consumption", MODEL_COST.key: "models"}
"""The sections whose cost the figures of a reconciliation are."""


class Sum(NamedTuple):
    """What adds up to a figure.

    It is the sum of a field of all rows, or the number of those rows that have any of the fields;
    without a field, of all rows.
    """

    section: Section
    fields: Fields
    is_count: bool = False
    digits: int = _CU_DIGITS
    """To so many after the point."""


def find_sum(headline: Headline, sections: Iterable[Section]) -> Sum | None:
    """What adds up to a headline: that which is declared to, or else the first that does."""
    known = [one for one in sections if one.rows and one.table.is_additive]
    known.sort(key=lambda one: one.table.name not in SECTION_TABLES)
    candidates = (*_list_declared(headline.key, known), *_list_likely(headline, known))
    return _choose(headline.value, candidates)


def find_difference_sum(row: Row, field: Field[Any], sections: Iterable[Section]) -> Sum | None:
    """What adds up to a figure of a row of the totals of a comparison."""
    (measure,) = DIFFERENCE.ids
    key = measure.of(row)
    own = {
        name
        for name, sums in SUMMED.items()
        for summed, total in sums
        if total.key == key and summed.key == SECTION_TABLES[name].size.key
    }
    known = [
        one
        for one in sections
        if field.key in {f.key for f in one.table.fields}
        and (one.table.name in own or all(r.get("measure") == key for r in one.rows))
    ]
    known.sort(key=lambda one: one.table.name not in own)
    return _choose(field.of(row), (Sum(one, (field,)) for one in known if one.rows))


def _list_declared(key: str, sections: Sequence[Section]) -> Iterator[Sum]:
    """The sums and counts that a figure of this key is declared to be."""
    for section in sections:
        table = section.table
        for field in table.fields:
            if field.total and field.total.key == key:
                yield Sum(section, (field,))
            if field.total and field.amount and field.total.amount == key:
                yield from _add_amounts(section, field.amount)
            if _RECONCILED.get(key) == table.name and field.key == table.size.key:
                yield Sum(section, (field,))
        if table.counts and table.counts.field.key == key:
            fields = {field.key: field for field in table.fields}
            yield Sum(section, tuple(fields[one.key] for one in table.counts.any_of), is_count=True)


def _list_likely(headline: Headline, sections: Sequence[Section]) -> Iterator[Sum]:
    """What is called the same: a figure of the rows, how many are so, or how many there are."""
    for section in sections:
        table = section.table
        named = [field for field in table.fields if field.key == headline.key]
        for field in named:
            if field.kind is Kind.AMOUNT:
                yield from _add_amounts(section, field.key)
            elif field.kind in ADDITIVE:
                yield Sum(section, (field,))
            elif field.kind is Kind.FLAG:
                yield Sum(section, (field,), is_count=True)
        if headline.kind is Kind.TALLY and table.name == headline.key:
            yield Sum(section, (), is_count=True)


def _add_amounts(section: Section, key: str) -> Iterator[Sum]:
    for field in pick(section.table.fields, Kind.AMOUNT):
        if field.key == key:
            yield Sum(section, (field,), digits=DIGITS[field.currency])


def _choose(value: int | Decimal | None, candidates: Iterable[Sum]) -> Sum | None:
    return next((one for one in candidates if _is_sum(one, value)), None)


def _is_sum(found: Sum, value: int | Decimal | None) -> bool:
    """Whether the figure is just that, in the digits that are shown."""
    if value is None:
        return False
    rows = found.section.rows
    if found.is_count:
        return value == sum(
            not found.fields or any(is_shown(field.of(row)) for field in found.fields)
            for row in rows
        )
    (field,) = found.fields
    shown = [round_number(Decimal(one)) for row in rows if (one := field.of(row)) is not None]
    return _round(add_up(shown), found.digits) == _round(value, found.digits)


def _round(number: int | Decimal | None, digits: int) -> Decimal | None:
    """As a spreadsheet rounds."""
    if number is None:
        return None
    step = Decimal(1).scaleb(-digits)
    return Decimal(number).quantize(step, rounding=ROUND_HALF_UP, context=WIDE)
