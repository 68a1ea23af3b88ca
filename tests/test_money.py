"""Prices and amounts: exact decimals, whatever the prices, the dates of change and the currency."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.money import (
    ListPrice,
    Money,
    Price,
    apportion,
    check_period,
    choose_list_price,
    multiply,
    parse_currency,
    parse_price,
    parse_prices,
    round_amount,
)
from tests.cases import each

JANUARY, JULY = date(2026, 1, 1), date(2026, 7, 1)
TWO = [{"from": "2026-07-01", "price": "0.0095"}, {"from": "2026-01-01", "price": "0.0100"}]

prices = st.decimals(0, 1000, places=8).map(lambda price: price.normalize())
charges = st.decimals(-(10**9), 10**9, places=6)
currencies = st.sampled_from(["EUR", "JPY", "KWD", "UYW"])
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def at(day: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["0.0095", "0", "12", "999999999.99999999", "00.5"])
def test_a_price_is_exact(text: str) -> None:
    """It is the decimal that was written."""
    assert parse_price(text, "--cu-price") == Decimal(text)


@each(
    "text",
    [
        *("-0.01", "NaN", "nan", "inf", "Infinity", "0,0095", "1.123456789012", "0.123456789"),
        *("1e-3", "1_000", "٠.٥", ".5", "5.", "+1", "$1", "", " 1", "1/2", "10000000000"),
    ],
)
def test_what_is_no_price_is_refused(text: str) -> None:
    """With the text, and where it comes from."""
    with pytest.raises(BadArgument, match=r"--cu-price .* is not a price of one CU"):
        parse_price(text, "--cu-price")


def test_prices_are_in_order_of_time() -> None:
    """However they are written; days may be TOML's own."""
    found = parse_prices([*TWO, {"from": date(2026, 3, 1), "price": "1"}], "cu_price")

    assert [one.first for one in found] == [JANUARY, date(2026, 3, 1), JULY]


@each(
    ("found", "message"),
    [
        (0.0095, "must be a text in quotes, or a list of prices"),
        ([], "must be a text in quotes, or a list of prices"),
        ({"from": "2026-01-01", "price": "1"}, "must be a text in quotes"),
        (["0.01"], "each price must have from and price"),
        ([{"from": "2026-01-01"}], "each price must have from and price"),
        ([{**TWO[0], "currency": "EUR"}], "each price must have from and price"),
        ([{"from": "2026-01-01", "price": 0.01}], "the price from 2026-01-01 must be a text"),
        ([{"from": "2026-01-01", "price": "-1"}], "the price '-1' is not a price"),
        ([{"from": "2026-02-30", "price": "1"}], "'2026-02-30' is not a day"),
        ([{"from": "20260101", "price": "1"}], "'20260101' is not a day"),
        ([{"from": at("2026-01-01"), "price": "1"}], "is not a day"),
        ([{"from": 3, "price": "1"}], "'3' is not a day"),
        ([TWO[0], {**TWO[0], "price": "1"}], "has two prices from 2026-07-01"),
    ],
)
def test_prices_that_make_no_sense_are_refused(found: Any, message: str) -> None:
    """Each says what is wrong with it."""
    with pytest.raises(BadArgument, match=message):
        parse_prices(found, "cu_price")


def test_a_currency_is_a_code_of_iso_4217() -> None:
    """In any case; anything else is refused."""
    assert parse_currency("eur", "--currency") == "EUR"
    for text in ("EURO", "XYZ", "€", "CU", ""):
        with pytest.raises(BadArgument, match="is not a currency"):
            parse_currency(text, "--currency")


@pytest.mark.parametrize(
    ("currency", "shown"),
    [("EUR", "1234.57"), ("JPY", "1235"), ("KWD", "1234.568"), ("CLF", "1234.5678")],
)
def test_amounts_have_the_digits_of_their_currency(currency: str, shown: str) -> None:
    """Zeros at the end included."""
    assert str(round_amount(Decimal("1234.56784"), currency)) == shown
    assert str(round_amount(Decimal("-0.00001"), currency)).strip("0.") == ""


@given(st.lists(charges, max_size=30), prices, currencies)
def test_shown_amounts_add_up_to_the_shown_total(
    cus: list[Decimal], price: Decimal, currency: str
) -> None:
    """Each is less than a smallest unit from the exact one, and exact ones stay as they are."""
    exact = [multiply(cu, price) for cu in cus]
    shown = apportion(exact, currency)

    unit = Decimal(1).scaleb(-{"EUR": 2, "JPY": 0, "KWD": 3, "UYW": 4}[currency])
    assert sum(shown, Decimal(0)) == round_amount(sum(exact, Decimal(0)), currency)
    for one, other in zip(exact, shown, strict=True):
        assert abs(one - other) < unit
        assert one % unit or one == other
        assert other == other.quantize(unit)


@given(charges, prices)
def test_an_amount_is_the_product_of_plain_decimals(cu: Decimal, price: Decimal) -> None:
    """Nothing is rounded before it is shown."""
    assert multiply(cu, price) == cu * price
    assert round_amount(cu * price, "EUR") == (cu * price).quantize(
        Decimal("0.01"), rounding=ROUND_HALF_EVEN
    )


@given(st.dictionaries(days, prices, min_size=1, max_size=6), days, st.integers(0, 900))
def test_each_day_has_the_last_price_before_it(
    found: dict[date, Decimal], first: date, length: int
) -> None:
    """And a period is refused exactly if two of its days have different ones."""
    money = Money("EUR", tuple(Price(day, found[day]) for day in sorted(found)), "profile")
    whole = [first + timedelta(days=number) for number in range(length + 1)]
    wanted = [
        found[max(known)] if (known := [d for d in found if d <= day]) else None for day in whole
    ]
    starts = [datetime.combine(day, datetime.min.time(), UTC) for day in whole]

    assert [money.find(start) for start in starts] == wanted
    changes = [
        start for start, old, new in zip(starts[1:], wanted, wanted[1:], strict=False) if old != new
    ]
    end = starts[-1] + timedelta(days=1) - timedelta(milliseconds=1)
    assert money.list_changes(starts[0], end) == changes
    if changes:
        with pytest.raises(BadArgument) as caught:
            check_period(money, starts[0], end, in_days=True)
        assert f"{changes[0]:%Y-%m-%d} (UTC)" in caught.value.message.replace(" and ", " (UTC) ")
        assert caught.value.hint.count("--start") == len(changes) + 1
    else:
        check_period(money, starts[0], end, in_days=True)


def test_a_change_names_the_reports_to_ask_for() -> None:
    """By days where these are UTC's, and by instants elsewhere."""
    money = Money("EUR", parse_prices(TWO, "cu_price"), "profile")
    start, end = at("2026-06-01"), at("2026-07-31T23:59:59.999")

    with pytest.raises(BadArgument) as caught:
        check_period(money, start, end, in_days=True)
    assert caught.value.message == (
        "the price of a CU changes on 2026-07-01 (UTC), within the period"
    )
    assert caught.value.hint == (
        "ask for --start 2026-06-01 --end 2026-06-30, and --start 2026-07-01 --end 2026-07-31; "
        "or give one price with --cu-price"
    )
    with pytest.raises(BadArgument) as caught:
        check_period(money, start, end, in_days=False)
    assert "--end 2026-06-30T23:59:59.999Z, and --start 2026-07-01T00:00:00Z" in caught.value.hint


def test_the_list_price_is_that_of_the_smallest_pack() -> None:
    """Its amount is in the smallest unit of the currency, which yen have no hundredths of."""
    packs = [
        ListPrice(Decimal(5000), Decimal(7000), "USD"),
        ListPrice(Decimal(3000), Decimal(5000), "USD"),
    ]

    money = choose_list_price(packs, "")
    assert money == Money("USD", (Price(None, Decimal("0.01666667")),), "list", pack=Decimal(3000))
    yen = choose_list_price([*packs, ListPrice(Decimal(1000), Decimal(2000), "JPY")], "JPY")
    assert yen.prices == (Price(None, Decimal(2)),)


@pytest.mark.parametrize(
    ("packs", "currency", "message"),
    [
        ([], "", "has no price of a CU"),
        ([ListPrice(Decimal(1), Decimal(1), "USD")], "EUR", "has no price in EUR"),
        ([ListPrice(Decimal(0), Decimal(1), "USD")], "", "has no price of a CU"),
        ([ListPrice(Decimal(-1), Decimal(1), "EUR")], "EUR", "has no price of a CU"),
        ([ListPrice(Decimal(1), Decimal(-1), "USD")], "", "has no price of a CU"),
        ([ListPrice(Decimal(1), Decimal(1), c) for c in ("USD", "EUR")], "", "several currencies"),
    ],
)
def test_a_list_without_a_price_is_refused(
    packs: list[ListPrice], currency: str, message: str
) -> None:
    """It names the currencies that there are."""
    with pytest.raises(BadArgument, match=message):
        choose_list_price(packs, currency)


def test_an_amount_buys_cu_at_the_price_of_the_day() -> None:
    """To 6 decimals, as CU have them; nothing without a price, or with one of 0."""
    money = Money("EUR", parse_prices(TWO, "cu_price"), "profile")

    assert money.buy(Decimal(500), at("2026-03-01")) == 50_000
    assert money.buy(Decimal(500), at("2026-07-01")) == Decimal("52631.578947")
    assert money.buy(Decimal(500), at("2025-12-31")) is None
    assert Money("EUR", parse_prices("0", "x"), "profile").buy(Decimal(1), at("2026-07-01")) is None
