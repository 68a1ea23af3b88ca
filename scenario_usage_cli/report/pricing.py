"""What a CU cost at each time, and the amounts of money that follow from it."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import product
from typing import Any, NamedTuple

from scenario_usage_cli.money import Money, Price, multiply
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.fields import Json, Row
from scenario_usage_cli.report.figures import KNOWN_COST
from scenario_usage_cli.report.numbers import Amount
from scenario_usage_cli.report.tables import BEFORE, SERIES_ID, START
from scenario_usage_cli.report.trend import Trend

_ALL = object()
"""All series, or all buckets."""
_MOST_PRICES = 4
"""So many prices are told one by one above a table."""

FindAmount = Callable[[Row, str], Decimal | None]
"""The amount of a row's figure, which is known, by the key of the figure."""


class Pricing(NamedTuple):
    """How the figures of a document become amounts."""

    money: Money
    find: FindAmount
    price: Decimal | None
    """The price of all figures; null where there are several, or none is known."""
    periods: tuple[Period, ...] = ()
    """What the figures are of."""
    note: str = ""
    """What must be known of the amounts of the period before, if anything."""

    def describe(self) -> list[str]:
        """What a reader must know of the amounts, a line each."""
        return [*self._describe_prices(), *([self.note] if self.note else [])]

    def _describe_prices(self) -> list[str]:
        money = self.money
        if money.is_list:
            return [
                f"amounts are indicative list prices{name_pack(money)}: "
                "the price of a contract differs"
            ]
        unknown = [one for one in self.periods if money.find(one.start) is None]
        if unknown and money.prices:
            first = money.prices[0].start
            return [
                f"no price of a CU is known before {first:%Y-%m-%d} (UTC): amounts of the time "
                "before it are unknown"
            ]
        return []

    def list_prices(self) -> tuple[Price, ...]:
        """The prices that the periods have, in order of time."""
        prices = self.money.prices
        ends = [*(one.start for one in prices[1:]), None]
        return tuple(
            price
            for price, beyond in zip(prices, ends, strict=True)
            if any(
                price.start <= one.end and (beyond is None or one.start < beyond)
                for one in self.periods
            )
        )

    @property
    def document(self) -> Json:
        """As JSON has it; `prices` is only there where there are several, or none is known."""
        found: dict[str, Json] = {
            "currency": self.money.currency,
            "price": None if self.price is None else Amount(self.price),
            "source": self.money.source,
        }
        if self.money.pack is not None:
            found["pack"] = self.money.pack
        if self.price is None:
            found["prices"] = [
                {"from": one.first.isoformat() if one.first else None, "price": Amount(one.price)}
                for one in self.money.prices
            ]
        return found


def price_at(money: Money, period: Period | None, before: Period | None = None) -> Pricing:
    """One price for all; without a period, the only one that there is.

    Figures of the period before have the price of their own, if it had a single one.
    """
    price = money.find(period.start) if period else money.prices[0].price
    periods = (period,) if period else ()
    if before is None:
        return Pricing(money, _multiply_by({}, price), price, periods)
    changes = money.list_changes(before.start, before.end)
    old = None if changes else money.find(before.start)
    note = ""
    if changes:
        note = "the price of a CU changed within the period before: its amounts are unknown"
    elif old != price:
        note = "amounts of the period before are at the price of a CU that it had then"
    return Pricing(money, _multiply_by({BEFORE.key: old}, price), price, periods, note)


def price_both(money: Money, after: Period, before: Period) -> Pricing:
    """For a comparison: each period has the price of its own."""
    old, new = money.find(before.start), money.find(after.start)
    price = new if old == new else None
    return Pricing(money, _multiply_by({BEFORE.key: old}, new), price, (after, before))


def _multiply_by(prices: Mapping[str, Decimal | None], usual: Decimal | None) -> FindAmount:
    def find(row: Row, key: str) -> Decimal | None:
        price = prices.get(key, usual)
        return None if price is None else multiply(row[key], price)  # type: ignore[arg-type]  # a figure

    return find


def price_trend(money: Money, trend: Trend, fine: Trend) -> Pricing:
    """For a trend: every bucket has the prices of its parts, which are the buckets of `fine`.

    An amount is null where a part of it is not known.
    """
    amounts: dict[tuple[Any, Any], Decimal | None] = {}
    for point in fine.points:
        cost = KNOWN_COST.of(point)
        if cost is None:
            continue
        instant = max(START.of(point), trend.period.start)  # the first may begin before the period
        price = money.find(instant)
        amount = Decimal(0) if not cost else None if price is None else multiply(cost, price)
        start, one = trend.buckets.find(instant), SERIES_ID.of(point)
        for place in product((start, _ALL), (one, _ALL)):
            known = amounts.get(place, Decimal(0))
            amounts[place] = None if known is None or amount is None else known + amount

    def find(row: Row, key: str) -> Decimal | None:
        return amounts.get((row.get(START.key, _ALL), row.get(SERIES_ID.key, _ALL)))

    changes = money.list_changes(trend.period.start, trend.period.end)
    price = None if changes else money.find(trend.period.start)
    return Pricing(money, find, price, (trend.period,))


def describe_price(pricing: Pricing) -> Iterator[str]:
    """For people: what a CU costs, or what it costs from which day on."""
    money = pricing.money
    if pricing.price is not None:
        price = f"{money.currency} {pricing.price:f} per CU"
        yield f"indicative list price {price}{name_pack(money)}" if money.is_list else price
    elif found := pricing.list_prices():
        prices = [one.price for one in found]
        if prices[_MOST_PRICES:]:
            span = f"{min(prices):f} to {max(prices):f}"
            yield f"{money.currency} {span} per CU, {len(prices)} prices"
        else:
            yield f"{money._replace(prices=found)} per CU"


def name_pack(money: Money) -> str:
    """For people: what the price of the list is of."""
    return "" if money.pack is None else f", of the pack of {money.pack:,f} CU"
