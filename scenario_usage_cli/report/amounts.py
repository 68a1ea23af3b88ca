"""Amounts of money beside CU: the field of each, its values in every row, and how they are shown.

An amount is exact: the charge times the price, which `pricing` finds. What people are shown of it
is in `shown_amounts`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from scenario_usage_cli.money import Money, multiply, round_amount
from scenario_usage_cli.report.activity_table import ACTIVITY
from scenario_usage_cli.report.fields import Field, Fields, Json, Row, Table
from scenario_usage_cli.report.figures import AMOUNT, COST, describe_amount
from scenario_usage_cli.report.lazy_rows import LazyRows, map_rows
from scenario_usage_cli.report.listing_tables import CONSUMPTION
from scenario_usage_cli.report.numbers import Amount
from scenario_usage_cli.report.pricing import FindAmount, Pricing, describe_price, name_pack
from scenario_usage_cli.report.quota_tables import KIND, UNIT, USED
from scenario_usage_cli.report.row_stream import RowStream
from scenario_usage_cli.report.shown_amounts import round_section, subtract_amounts
from scenario_usage_cli.report.tables import (
    AFTER,
    BEFORE,
    DELTA,
    DIFFERENCE,
)
from scenario_usage_cli.report.view import Chapter, Headline, Section, View
from scenario_usage_cli.report.words import write_sentence

_MEASURE = DIFFERENCE.fields[0]
_CHARGES = {field.key: field for field in (COST, CONSUMPTION, BEFORE, AFTER, DELTA, USED)}
"""The figures that have an amount beside them, by their keys."""
_FIGURE = (int, Decimal, type(None))
_OTHER_TIMES = ("pack", "budget")
"""The limits whose use is not that of the billing period."""
_LIST_TITLE = "Indicative list price"


def declare_amount(charge: Field[Any], money: Money) -> Field[Decimal | None]:
    """The amount beside a charge."""
    field = describe_amount(charge)
    title, meaning = field.title, field.meaning
    if money.is_list:
        title, meaning = (
            _LIST_TITLE,
            f"{meaning} It is an indicative list price{name_pack(money)}.",
        )
    if charge.amount != AMOUNT.key:
        title = f"{title} {charge.title.lower()}"
    return field._replace(title=title, meaning=meaning, currency=money.currency)


def price_table(table: Table, money: Money) -> Table:
    """The same table, with an amount for each charge as its last columns."""
    amounts = tuple(declare_amount(field, money) for field in table.fields if field.amount)
    return table._replace(fields=(*table.fields, *amounts))


def price_row(row: Row, find: FindAmount) -> dict[str, Any]:
    """The same row, with an amount beside each charge."""
    priced: dict[str, Any] = {}
    for key, value in row.items():
        priced[key] = value
        if (charge := _CHARGES.get(key)) is None or not isinstance(value, _FIGURE):
            continue
        amount = None
        if value is not None and _is_charged(row):
            amount = subtract_amounts(priced) if charge is DELTA else find(row, key)
        priced[charge.amount] = None if amount is None else Amount(amount)
    return priced


def _is_charged(row: Row) -> bool:
    """Whether the figures of a row are CU of the period that the document is of."""
    is_cost = row.get(_MEASURE.key, COST.key) == COST.key
    return is_cost and row.get(UNIT.key, "CU") == "CU" and row.get(KIND.key) not in _OTHER_TIMES


def price_view(view: View, pricing: Pricing) -> View:
    """The same view, with an amount beside each charge in every format."""
    money, find = pricing.money, pricing.find

    priced: dict[int, Section] = {}
    """By the identity of what they were: one that is shown twice stays the same."""

    def price(section: Section) -> Section:
        if id(section) not in priced:
            priced[id(section)] = section._replace(
                table=price_table(section.table, money),
                rows=map_rows(lambda row: price_row(row, find), section.rows),
                subtotals={ids: price_row(row, find) for ids, row in section.subtotals.items()},
                shown=tuple(_put_beside(section.shown or section.table.columns, money)),
                prepare=lambda whole: round_section(whole, money.currency),
            )
        return priced[id(section)]

    return view._replace(
        document=price_document(view.document, pricing),
        subtitle=" · ".join(filter(None, (view.subtitle, *describe_price(pricing)))),
        headlines=tuple(_price_headlines(view.headlines, pricing)),
        chapters=tuple(_price_chapters(view.chapters, pricing, price)),
        sections=tuple(map(price, view.sections)),
        opening=price(view.opening) if view.opening else None,
        totals=price_row(view.totals, find),
        totals_table=price_table(view.totals_table, money),
    )


def price_document(document: Mapping[str, Json], pricing: Pricing) -> Mapping[str, Json]:
    """The same JSON, with an amount beside each charge, and the money that they are in."""
    priced: dict[str, Any] = {
        key: _price_json(value, pricing.find) for key, value in document.items()
    }
    warnings = priced.pop("warnings", [])
    return {**priced, "money": pricing.document, "warnings": [*warnings, *pricing.describe()]}


def _price_json(value: Json, find: FindAmount) -> Json:
    if isinstance(value, Mapping):
        within = {key: _price_json(one, find) for key, one in value.items()}
        return price_row(within, find)  # type: ignore[arg-type]  # other values stay
    if isinstance(value, LazyRows):
        return map_rows(lambda row: price_row(row, find), value)
    if isinstance(value, list):
        return [_price_json(one, find) for one in value]
    return value


def price_stream(stream: RowStream, money: Money, warnings: list[str]) -> RowStream:
    """The same event log, each event with the amount of its day as the last column.

    What a reader must know of the amounts is added to the `warnings`.
    """
    keys = [field.key for field in ACTIVITY.columns]
    time_at, cost_at = keys.index(ACTIVITY.id.key), keys.index(COST.key)
    changes = money.list_changes(stream.period.start, stream.period.end)
    price = None if changes else money.find(stream.period.start)
    pricing = Pricing(money, lambda row, key: None, price, (stream.period,))
    warnings += pricing.describe()

    def find(time: str | None, cost: Decimal | None) -> Decimal | None:
        at = _find_at(money, time) if changes else price
        return None if cost is None or at is None else Amount(multiply(cost, at))

    def read() -> Iterator[list[tuple[Any, ...]]]:
        for page in stream.pages:
            yield [(*event, find(event[time_at], event[cost_at])) for event in page]  # type: ignore[arg-type]

    return stream._replace(
        head={**stream.head, "money": pricing.document},
        columns=(*stream.columns, declare_amount(stream.columns[cost_at], money)),
        pages=read(),
    )


def _find_at(money: Money, time: str | None) -> Decimal | None:
    """The price at a time in ISO 8601; null where it is none."""
    try:
        return money.find(datetime.fromisoformat(time or ""))
    except (ValueError, TypeError):
        return None


def _price_headlines(headlines: Iterable[Headline], pricing: Pricing) -> Iterator[Headline]:
    """The amount of a figure follows it."""
    money = pricing.money
    for headline in headlines:
        yield headline
        charge = _CHARGES.get(headline.key)
        if charge is not None and headline.value is not None:
            field = declare_amount(charge, money)
            found = pricing.find({headline.key: headline.value}, headline.key)
            old = headline.before
            was = None if old is None else pricing.find({BEFORE.key: old}, BEFORE.key)
            amount, before = (
                None if one is None else round_amount(one, money.currency) for one in (found, was)
            )
            yield Headline(
                field.title, amount, field.kind, key=field.key, unit=field.unit, before=before
            )


def _price_chapters(
    chapters: Iterable[Chapter], pricing: Pricing, price: Callable[[Section], Section]
) -> Iterator[Chapter]:
    """The same with amounts; the first one tells what a reader must know of them."""
    told = tuple(map(write_sentence, pricing.describe()))
    for chapter in chapters:
        yield chapter._replace(
            sentences=(*chapter.sentences, *told),
            headlines=tuple(_price_headlines(chapter.headlines, pricing)),
            charts=tuple(one._replace(section=price(one.section)) for one in chapter.charts),
            sections=tuple(map(price, chapter.sections)),
        )
        told = ()


def _put_beside(fields: Fields, money: Money) -> Iterator[Field[Any]]:
    for field in fields:
        yield field
        if field.amount:
            yield declare_amount(field, money)
