"""Which prices amounts are made at, and what is said of them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from scenario_usage_cli.clocks import MILLISECOND
from scenario_usage_cli.money import Money, Price
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.pricing import Pricing, describe_price, price_at, price_both
from tests.cases import each

PRICES = (
    Price(None, Decimal("0.01")),
    Price(date(2026, 5, 10), Decimal("0.02")),
    Price(date(2026, 6, 1), Decimal("0.03")),
)
MONEY = Money("EUR", PRICES, "profile")
TENTH, JUNE = PRICES[1].start, PRICES[2].start
DAY = timedelta(days=1)


def build(start: datetime, end: datetime) -> Period:
    """A period in UTC that is over."""
    return Period(start, end, UTC, provisional=False)


BEFORE, AFTER = build(TENTH, TENTH + DAY - MILLISECOND), build(JUNE, JUNE + DAY - MILLISECOND)


@each(
    ("start", "end", "expected"),
    [
        (TENTH - DAY, TENTH - MILLISECOND, [0]),
        (TENTH - DAY, TENTH, [0, 1]),
        (TENTH, JUNE - MILLISECOND, [1]),
        (TENTH - MILLISECOND, JUNE, [0, 1, 2]),
        (JUNE, JUNE + DAY, [2]),
    ],
)
def test_the_prices_of_a_period_are_those_that_it_has(
    start: datetime, end: datetime, expected: list[int]
) -> None:
    """To the millisecond: a price is that of its first instant, and not of the next one's."""
    assert price_at(MONEY, build(start, end)).list_prices() == tuple(PRICES[n] for n in expected)


def test_of_two_periods_the_prices_of_either_are_told() -> None:
    """In order of time, each once."""
    first = build(TENTH - DAY, TENTH - MILLISECOND)

    assert price_both(MONEY, AFTER, first).list_prices() == (PRICES[0], PRICES[2])
    assert price_both(MONEY, AFTER, AFTER).list_prices() == PRICES[2:]


def test_several_prices_are_written_with_their_days() -> None:
    """A price that has no first day has always been so."""
    assert price_both(MONEY, AFTER, BEFORE).document == {
        "currency": "EUR",
        "price": None,
        "source": "profile",
        "prices": [
            {"from": None, "price": Decimal("0.01")},
            {"from": "2026-05-10", "price": Decimal("0.02")},
            {"from": "2026-06-01", "price": Decimal("0.03")},
        ],
    }


def test_two_periods_of_one_price_have_one() -> None:
    """Although there are others."""
    found = price_both(MONEY, AFTER, build(JUNE + DAY, JUNE + 2 * DAY))

    assert found.document == {"currency": "EUR", "price": Decimal("0.03"), "source": "profile"}


CHANGED = "the price of a CU changed within the period before: its amounts are unknown"
OTHER = "amounts of the period before are at the price of a CU that it had then"


@each(
    ("before", "note", "amount"),
    [
        (build(JUNE - DAY, JUNE - MILLISECOND), [OTHER], Decimal("0.2")),
        (build(JUNE - DAY, JUNE), [CHANGED], None),
        (build(JUNE + DAY, JUNE + 2 * DAY), [], Decimal("0.3")),
        (None, [], Decimal("0.3")),
    ],
)
def test_the_period_before_has_the_price_of_its_own(
    before: Period | None, note: list[str], amount: Decimal | None
) -> None:
    """What it has is told where it is another one, or none."""
    pricing = price_at(MONEY, AFTER, before)
    row: dict[str, Any] = {"before": 10, "cost": 10}

    assert pricing.describe() == note
    assert (pricing.find(row, "before"), pricing.find(row, "cost")) == (amount, Decimal("0.3"))


def describe(money: Money) -> list[str]:
    """What is said of amounts in May and June."""
    return Pricing(money, lambda row, key: None, None, (build(TENTH - DAY, JUNE),)).describe()


def test_what_is_said_of_list_prices() -> None:
    """With the pack that they are of, if that is known."""
    listed = Money("USD", PRICES[:1], "list")
    said = "amounts are indicative list prices{}: the price of a contract differs"

    assert describe(listed) == [said.format("")]
    assert describe(listed._replace(pack=Decimal(25000))) == [
        said.format(", of the pack of 25,000 CU")
    ]


@each(
    ("number", "told"),
    [(4, "EUR 0.01, 0.02 from 2026-06-01, "), (5, "EUR 0.01 to 0.05 per CU, 5 prices")],
)
def test_many_prices_are_told_by_their_ends(number: int, told: str) -> None:
    """Up to four with the day of each."""
    starts = [date(2026, 6, day) for day in range(1, number)]
    prices = [Price(one, Decimal(n) / 100) for n, one in enumerate((None, *starts), 1)]
    before, after = build(JUNE - DAY, JUNE + DAY), build(JUNE + 2 * DAY, JUNE + 9 * DAY)
    pricing = price_both(MONEY._replace(prices=tuple(prices)), after, before)

    assert next(describe_price(pricing)).startswith(told)


def test_the_time_before_the_first_price_is_told() -> None:
    """Its amounts are unknown; without any price nothing is."""
    assert describe(MONEY) == []
    assert describe(MONEY._replace(prices=PRICES[1:])) == [
        "no price of a CU is known before 2026-05-10 (UTC): amounts of the time before it are "
        "unknown"
    ]
    assert describe(MONEY._replace(prices=())) == []
