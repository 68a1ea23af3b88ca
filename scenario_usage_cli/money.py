"""Prices of a CU and amounts of money: exact decimals, rounded only where they are shown."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal, localcontext
from itertools import pairwise
from typing import Any, NamedTuple

from scenario_usage_cli.errors import BadArgument

LIST = "list"
"""What stands for the list price of the API in the place of a price."""

_PRICE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,8})?")
GIVE_PRICE = "give a price, such as --cu-price 0.0095 --currency EUR"
"""The hint where the list price cannot be had."""
_EXAMPLE = '"0.0095"'
_SCHEDULE = '[{from = "2026-01-01", price = "0.0100"}, {from = "2026-07-01", price = "0.0095"}]'
_HINT = f"write cu_price = {_EXAMPLE}, or cu_price = {_SCHEDULE}"
_EXACT = Context(prec=700, rounding=ROUND_HALF_EVEN)
_CU_STEP = Decimal("0.000001")
_DIGITS: Mapping[int, str] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP "
    "BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP "
    "GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK "
    "LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK "
    "NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP "
    "STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER "
    "ZAR ZMW ZWG",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
"""The codes of ISO 4217 by the number of digits after the point that their amounts have."""
DIGITS = {code: digits for digits, codes in _DIGITS.items() for code in codes.split()}
"""How many digits after the point the amounts of each currency have."""


class Price(NamedTuple):
    """What a CU costs from a UTC day on, or always if there is no day."""

    first: date | None
    price: Decimal

    @property
    def start(self) -> datetime:
        """The first instant; that of the calendar if it is always."""
        return datetime.combine(self.first or date.min, datetime.min.time(), UTC)


class Money(NamedTuple):
    """The price of a CU in a currency, or the prices in order of time."""

    currency: str
    prices: tuple[Price, ...]
    source: str
    """profile, option or list."""
    pack: Decimal | None = None
    """How many CU the pack has that a list price is of."""
    place: str = ""
    """For messages: the option, or the place in the config file, that asks for the list price."""

    def __str__(self) -> str:
        prices = ", ".join(
            f"{one.price:f}" + (f" from {one.first}" if one.first else "") for one in self.prices
        )
        return f"{self.currency} {prices or 'as the price list has it'}".strip()

    @property
    def is_list(self) -> bool:
        """Whether it is the list price, which has no prices until they are asked for."""
        return self.source == LIST

    @property
    def definition(self) -> Mapping[str, Any]:
        """As JSON has it, to tell whether prices are others than before."""
        return {
            "currency": self.currency,
            "prices": [
                {
                    "from": one.first.isoformat() if one.first else None,
                    "price": _write_price(one.price),
                }
                for one in self.prices
            ],
        }

    def find(self, instant: datetime) -> Decimal | None:
        """The price at an instant; null before the first one."""
        prices = (one.price for one in reversed(self.prices) if one.start <= instant)
        return next(prices, None)

    def charge(self, cu: int | Decimal, instant: datetime) -> Decimal | None:
        """What so many CU cost at an instant, exactly; null before the first price."""
        price = self.find(instant)
        return None if price is None else multiply(cu, price)

    def buy(self, amount: Decimal, instant: datetime) -> Decimal | None:
        """How many CU an amount of the currency is, to 6 decimals; null without a price above 0."""
        price = self.find(instant)
        return _EXACT.divide(amount, price).quantize(_CU_STEP, context=_EXACT) if price else None

    def list_changes(self, start: datetime, end: datetime) -> list[datetime]:
        """The instants after the start, and up to the end, from which there is another price."""
        before = Price(None, Decimal(-1))
        return [
            new.start
            for old, new in pairwise((before, *self.prices))
            if start < new.start <= end and old.price != new.price
        ]


def _write_price(price: Decimal) -> str:
    """The same text for the same price: plain digits, without zeros at their end."""
    return f"{price.normalize(_EXACT):f}"


def is_list(price: Any) -> bool:
    """Whether the list price is meant."""
    return isinstance(price, str) and price.lower() == LIST


def parse_price(text: str, source: str) -> Decimal:
    """A price of one CU: digits, and perhaps a point and up to 8 more; raises BadArgument."""
    if not _PRICE.fullmatch(text):
        raise BadArgument(
            f"{source} {text!r} is not a price of one CU",
            hint="write digits and a point, at most 8 of them after it, such as 0.0095",
        )
    return Decimal(text)


def parse_prices(found: Any, source: str) -> tuple[Price, ...]:
    """The prices of a `cu_price` in TOML, in order of time; raises BadArgument."""
    if isinstance(found, str):
        return (Price(None, parse_price(found, source)),)
    if not isinstance(found, list) or not found:
        raise BadArgument(f"{source} must be a text in quotes, or a list of prices", hint=_HINT)
    prices: dict[date, Price] = {}
    for one in found:
        if not isinstance(one, dict) or one.keys() != {"from", "price"}:
            raise BadArgument(f"{source}: each price must have from and price, only", hint=_HINT)
        first = _parse_day(one["from"], source)
        if first in prices:
            raise BadArgument(f"{source} has two prices from {first}", hint="keep one of them")
        if not isinstance(one["price"], str):
            raise BadArgument(
                f"{source}: the price from {first} must be a text in quotes", hint=_HINT
            )
        prices[first] = Price(first, parse_price(one["price"], f"{source}: the price"))
    return tuple(prices[first] for first in sorted(prices))


def parse_currency(text: str, source: str) -> str:
    """The code of a currency in capital letters; raises BadArgument for an unknown one."""
    code = text.strip().upper()
    if code not in DIGITS:
        raise BadArgument(
            f"{source} {text!r} is not a currency",
            hint="write its code of three letters (ISO 4217), such as EUR, USD or JPY",
        )
    return code


def _parse_day(found: Any, source: str) -> date:
    if isinstance(found, date) and not isinstance(found, datetime):
        return found
    text = str(found) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", str(found)) else ""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadArgument(
            f"{source}: {str(found)!r} is not a day", hint=f"write from as a day; {_HINT}"
        ) from None


def multiply(cu: int | Decimal, price: Decimal) -> Decimal:
    """What so many CU cost, exactly."""
    return _EXACT.multiply(Decimal(cu), price)


def round_amount(amount: Decimal, currency: str) -> Decimal:
    """The amount with the digits of the currency, ties to even; never -0."""
    return _EXACT.plus(amount.quantize(_step(currency), context=_EXACT))


def apportion(
    amounts: Sequence[Decimal], currency: str, *, total: Decimal | None = None
) -> list[Decimal]:
    """The amounts with the digits of the currency, so that they add up to the rounded total.

    The total is their sum, unless another rounding of it is given. All are rounded down; what is
    then missing is given, one smallest unit each, to those that lost most, the first ones of
    equals. An amount that is exact stays as it is.
    """
    step = _step(currency)
    with localcontext(_EXACT):
        if total is None:
            total = round_amount(sum(amounts, Decimal(0)), currency)
        shown = [one.quantize(step, rounding=ROUND_FLOOR) + 0 for one in amounts]
        missing = int((total - sum(shown)) / step)
        lost = [amount - floor for amount, floor in zip(amounts, shown, strict=True)]
        for place in sorted(range(len(amounts)), key=lambda place: (-lost[place], place))[:missing]:
            shown[place] += step
    return shown


def _step(currency: str) -> Decimal:
    """The smallest unit of a currency."""
    return Decimal(1).scaleb(-DIGITS[currency])


def check_period(
    money: Money,
    start: datetime,
    end: datetime,
    *,
    in_days: bool,
    is_billing_period: bool = False,
    is_against: bool = False,
) -> None:
    """Raise BadArgument for a period in which the price changes: it names the parts that have one.

    They are named by days, if these are UTC's, or else by instants. Nobody can ask for parts of
    the billing period; `is_against` tells that it is the other period of a comparison.
    """
    changes = money.list_changes(start, end)
    if not changes:
        return
    starts = [start, *changes]
    ends = [*(one - timedelta(milliseconds=1) for one in changes), end]
    form = "--against {}..{}" if is_against else "--start {} --end {}"
    asked = ", and ".join(
        form.format(_write(first, in_days), _write(last, in_days))
        for first, last in zip(starts, ends, strict=True)
    )
    days = " and ".join(f"{one:%Y-%m-%d}" for one in changes)
    raise BadArgument(
        f"the price of a CU changes on {days} (UTC), within the "
        f"{'billing ' if is_billing_period else ''}period{' of --against' if is_against else ''}",
        hint="give one price with --cu-price"
        if is_billing_period
        else f"ask for {asked}; or give one price with --cu-price",
    )


def _write(instant: datetime, in_days: bool) -> str:
    """An end of a period as an option takes it."""
    text = instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    day, _, clock = text.partition("T")
    is_whole = in_days and clock in ("00:00:00.000Z", "23:59:59.999Z")
    return day if is_whole else text.replace(".000Z", "Z")


class ListPrice(NamedTuple):
    """What a pack of CU costs by the price list, in its currency."""

    pack: Decimal
    amount: Decimal
    """In the smallest unit of the currency."""
    currency: str


def choose_list_price(found: Sequence[ListPrice], currency: str) -> Money:
    """The price of a CU in the smallest pack, in a currency or, without one, the only one.

    It has 8 digits after the point at most. Raises BadArgument where the list has none.
    """
    usable = [one for one in found if one.currency in DIGITS and one.pack > 0 and one.amount >= 0]
    known = sorted({one.currency for one in usable})
    wanted = currency or (known[0] if len(known) == 1 else "")
    packs = [one for one in usable if one.currency == wanted]
    if not known:
        raise BadArgument("the price list has no price of a CU", hint=GIVE_PRICE)
    if not packs:
        raise BadArgument(
            f"the price list has no price in {wanted}"
            if wanted
            else "the price list has prices in several currencies",
            hint=f"its currencies: {', '.join(known)}; choose one with --currency, or {GIVE_PRICE}",
        )
    pack = min(packs)
    whole = _EXACT.divide(pack.amount * _step(wanted), pack.pack)
    price = whole.quantize(Decimal("0.00000001"), context=_EXACT).normalize(_EXACT)
    return Money(wanted, (Price(None, price),), LIST, pack.pack.normalize(_EXACT))
