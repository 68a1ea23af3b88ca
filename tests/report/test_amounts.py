"""Amounts against plain decimals: any costs, any prices, any days of change, any zone."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.api.body import parse_usages
from scenario_usage_cli.buckets import UNITS, cut_into_buckets
from scenario_usage_cli.collect.merge import Merger
from scenario_usage_cli.collect.parts import Part
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.money import Money, Price
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.amounts import price_view
from scenario_usage_cli.report.pricing import price_at, price_trend
from scenario_usage_cli.report.trend import build_trend
from scenario_usage_cli.report.trend_view import build_trend_view
from scenario_usage_cli.report.usage import build_report
from scenario_usage_cli.report.usage_view import build_usage_view
from scenario_usage_cli.report.view import View
from tests.report.builders import charge
from tests.support import NOW, model_row, point, usages

FIRST = datetime(2026, 5, 1, tzinfo=UTC)
CENT = Decimal("0.01")

days = st.integers(0, 20)
costs = st.decimals(-1000, 100_000, places=3)
prices = st.decimals(0, 10, places=8)
zones = st.sampled_from(["UTC", "Europe/Paris", "America/Los_Angeles", "Asia/Tokyo"])
charges = st.dictionaries(st.tuples(days, st.sampled_from("abc")), costs, max_size=25)
contracts = st.dictionaries(st.integers(-9, 20), prices, min_size=1, max_size=4)


def build_money(contract: dict[int, Decimal]) -> Money:
    """Prices from these days of the period on; the first one counts before it, too."""
    first, *others = sorted(contract)
    found = [Price(None, contract[first])]
    found += [Price(date(2026, 5, 1) + timedelta(days=day), contract[day]) for day in others]
    return Money("EUR", tuple(found), "profile")


def read(period: Period, answer: Any, find: Any) -> Usage:
    """The usage of an answer."""
    sections = ("consumption", "models", "actions")
    usage = Usage(sections, period, Filters())
    part = Part(period.start, period.end, sections, Filters())
    body = json.dumps(answer).encode()
    Merger(usage, find).add(parse_usages(body, source="the test"), part)
    return usage


def add_shown(view: View, place: int) -> Decimal:
    """What people see in the column of a table, together."""
    shown = view.sections[place].for_table(2)
    amounts: list[Any] = [row["amount"] for row in shown.rows]
    return sum((one for one in amounts if one is not None), Decimal(0))


@given(charges, contracts, zones, st.sampled_from(UNITS))
def test_a_trend_has_the_price_of_each_utc_day(
    found: dict[tuple[int, str], Decimal], contract: dict[int, Decimal], zone: str, unit: str
) -> None:
    """In every bucket and series; what people see adds up to its total."""
    period = Period(FIRST, FIRST + timedelta(days=21, milliseconds=-1), ZoneInfo(zone), False)
    noons = {day: FIRST + timedelta(days=day, hours=12) for day, _ in found}
    rows = [
        model_row(name, point(f"{noons[day]:%Y-%m-%dT12:00:00Z}", cost=float(cost), jobs=1))
        for (day, name), cost in found.items()
    ]
    money = build_money(contract)
    buckets = cut_into_buckets(period, unit)
    fine = buckets.cut(money.list_changes(period.start, period.end))
    usage = read(period, usages(models=rows), fine.find)
    trend, parts = (
        build_trend(usage, period, one, "model", generated_at=NOW) for one in (buckets, fine)
    )
    view = price_view(build_trend_view(trend), price_trend(money, trend, parts))

    wanted: dict[tuple[datetime, str], Decimal] = {}
    for (day, name), cost in found.items():
        known = [one for one in contract if one <= day] or [min(contract)]
        key = buckets.find(noons[day]), name
        wanted[key] = wanted.get(key, Decimal(0)) + cost * contract[max(known)]
    document: Any = view.document
    assert {
        (one["start"].astimezone(UTC), one["id"]): one["amount"]
        for one in document["points"]
        if one["amount"]
    } == {key: amount for key, amount in wanted.items() if amount}
    total = sum(wanted.values(), Decimal(0)).quantize(CENT, rounding=ROUND_HALF_EVEN)
    assert add_shown(view, 0) == add_shown(view, 1) == total


@given(st.lists(costs, max_size=12), prices)
def test_a_report_adds_up_as_it_is_shown(found: list[Decimal], price: Decimal) -> None:
    """Rows, the row for the others, and the total."""
    answer = usages(consumption=[charge(f"u{n}", float(cost)) for n, cost in enumerate(found)])
    period = Period(FIRST, FIRST + timedelta(days=1, milliseconds=-1), UTC, False)
    usage = read(period, answer, None)
    report = build_report(usage, sections=("consumption",), generated_at=NOW)
    money = Money("EUR", (Price(None, price),), "option")
    view = price_view(build_usage_view(report), price_at(money, period))

    document: Any = view.document
    amounts = [row["amount"] for row in document["consumption"]]
    assert amounts == [row["cost"] * price for row in document["consumption"]]
    total = sum(found, Decimal(0)) * price
    assert document["totals"]["amount"] == total
    (headline,) = (one for one in view.headlines if one.title == "Amount")
    assert headline.value == total.quantize(CENT, rounding=ROUND_HALF_EVEN)
    assert add_shown(view, 0) == headline.value
