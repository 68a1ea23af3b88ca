"""FOCUS rows: the columns of each version, what becomes of each charge, and the sums."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.api.body import parse_usages
from scenario_usage_cli.collect.listed import Named
from scenario_usage_cli.collect.merge import Merger
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.money import Money, Price
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.focus.columns import VERSIONS
from scenario_usage_cli.report.focus.rows import (
    FocusRows,
    Prices,
    ProjectDay,
    build_rows,
    declare_table,
    describe_provisional,
    describe_unpriced,
    find_version,
)
from tests.cases import each
from tests.report.builders import action, charge, model
from tests.support import usages

DAY = date(2026, 11, 1)
TEAM = Named("team_a", "Studio")
PIRATES = Named("project_a", "Pirates")
EURO = Money("EUR", (Price(None, Decimal("0.0095")),), "option")
AGREED = Prices(EURO)
LISTED = Money("EUR", (Price(None, Decimal("0.02")),), "list", Decimal(5000))

COMMON = (
    "BillingAccountId BillingAccountName BillingPeriodStart BillingPeriodEnd ChargePeriodStart "
    "ChargePeriodEnd SubAccountId SubAccountName ChargeCategory ChargeClass ChargeFrequency "
    "ChargeDescription {} InvoiceIssuerName ServiceName ServiceCategory ServiceSubcategory SkuId "
    "SkuPriceId SkuMeter SkuPriceDetails PricingCategory PricingCurrency PricingUnit "
    "PricingCurrencyListUnitPrice PricingCurrencyContractedUnitPrice PricingQuantity "
    "PricingCurrencyEffectiveCost ConsumedQuantity ConsumedUnit BillingCurrency ListUnitPrice "
    "ContractedUnitPrice ListCost ContractedCost EffectiveCost BilledCost InvoiceId{} "
    "CommitmentDiscountStatus{} x_ModelName x_PriceSource x_Provisional"
)


def read(
    *, sections: tuple[str, ...] = ("consumption", "models", "actions"), **answered: Any
) -> Usage:
    """The usage of an answer."""
    usage = Usage(sections, None, Filters())
    Merger(usage).add(parse_usages(json.dumps(usages(**answered)).encode(), source="the test"))
    return usage


def build(
    usage: Usage,
    *,
    project: Named | None = PIRATES,
    prices: Prices | None = AGREED,
    version: str = "1.2",
    day: date = DAY,
    names: dict[str, str] | None = None,
) -> list[Row]:
    """The rows of one project and day."""
    found = [ProjectDay(day, project, usage)]
    return build_rows(found, account=TEAM, prices=prices, model_names=names or {}, version=version)


def pick(rows: Iterable[Row], *keys: str) -> list[tuple[Any, ...]]:
    """Some columns of each row."""
    return [tuple(row[key] for key in keys) for row in rows]


def cu(rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    """The CU of each row, before and after discounts, by SKU."""
    return pick(rows, "SkuId", "PricingQuantity", "PricingCurrencyEffectiveCost")


def test_columns_of_each_version_are_retyped_by_hand() -> None:
    """1.3 has the providers' old and new names, 1.4 the new ones and two more columns."""
    old, new = "ProviderName PublisherName", "ServiceProviderName HostProviderName"
    expected = {
        "1.2": COMMON.format(old, "", ""),
        "1.3": COMMON.format(f"{old} {new}", "", ""),
        "1.4": COMMON.format(new, " InvoiceDetailId", " CommitmentProgramEligibilityDetails"),
    }
    assert {
        version: " ".join(field.key for field in declare_table(version).columns)
        for version in VERSIONS
    } == expected


@pytest.mark.parametrize("version", VERSIONS)
def test_rows_have_the_columns_of_their_version(version: str) -> None:
    """Neither more nor less."""
    (row,) = build(
        read(consumption=[charge("a", 5)], models=[model("model_a", jobs=1, cost=5, discount=0)]),
        version=version,
    )
    assert list(row) == [field.key for field in declare_table(version).columns]


def test_a_row_in_full() -> None:
    """Of a model, with a discount, and with the list price beside that of the contract."""
    usage = read(
        consumption=[charge("a", 24.2, 6.05)],
        models=[model("model_a", jobs=3, cost=24.2, discount=6.05)],
    )
    (row,) = build(usage, prices=Prices(EURO, LISTED), names={"model_a": "海賊 V3"})
    assert row == {
        "BillingAccountId": "team_a",
        "BillingAccountName": "Studio",
        "BillingPeriodStart": "2026-11-01T00:00:00Z",
        "BillingPeriodEnd": "2026-12-01T00:00:00Z",
        "ChargePeriodStart": "2026-11-01T00:00:00Z",
        "ChargePeriodEnd": "2026-11-02T00:00:00Z",
        "SubAccountId": "project_a",
        "SubAccountName": "Pirates",
        "ChargeCategory": "Usage",
        "ChargeClass": None,
        "ChargeFrequency": "Usage-Based",
        "ChargeDescription": "Generation with 海賊 V3",
        "ProviderName": "Scenario",
        "PublisherName": "Scenario",
        "InvoiceIssuerName": "Scenario",
        "ServiceName": "Scenario",
        "ServiceCategory": "AI and Machine Learning",
        "ServiceSubcategory": "Generative AI",
        "SkuId": "model_a",
        "SkuPriceId": "model_a",
        "SkuMeter": "Generation Jobs",
        "SkuPriceDetails": None,
        "PricingCategory": "Standard",
        "PricingCurrency": "Compute Units",
        "PricingUnit": "Compute Units",
        "PricingCurrencyListUnitPrice": Decimal(1),
        "PricingCurrencyContractedUnitPrice": Decimal(1),
        "PricingQuantity": Decimal("30.25"),
        "PricingCurrencyEffectiveCost": Decimal("24.2"),
        "ConsumedQuantity": Decimal(3),
        "ConsumedUnit": "Jobs",
        "BillingCurrency": "EUR",
        "ListUnitPrice": Decimal("0.02"),
        "ContractedUnitPrice": Decimal("0.0095"),
        "ListCost": Decimal("0.605"),
        "ContractedCost": Decimal("0.287375"),
        "EffectiveCost": Decimal("0.2299"),
        "BilledCost": Decimal(0),
        "InvoiceId": None,
        "CommitmentDiscountStatus": None,
        "x_ModelName": "海賊 V3",
        "x_PriceSource": "contract+list",
        "x_Provisional": False,
    }


def test_operations_and_refunds_are_rows_of_their_own() -> None:
    """The actions that run models, and those that restate others, are none."""
    usage = read(
        consumption=[charge("a", 19.5, 2)],
        models=[model("model_a", jobs=2, cost=16, discount=2)],
        actions=[
            action("images-generation", "2", cost=10, discount=2),
            action("custom", "1", cost=6, discount=0),
            action("creative-unit-cost", "19.5", cost=19.5, discount=0),
            action("creative-unit-discount", "2", cost=2, discount=0),
            action("upscale", "3", cost=7.5, discount=0),
            action("custom-asset-created", "4"),
            action("detection", "0", cost=0, discount=0),
            action("refunds", "2", cost=-4, discount=0),
        ],
    )
    assert pick(
        build(usage),
        *("SkuId", "SkuMeter", "ChargeDescription", "PricingQuantity", "ConsumedQuantity"),
        *("ConsumedUnit", "x_ModelName"),
    ) == [
        ("model_a", "Generation Jobs", "Generation with model_a", 18, 2, "Jobs", "model_a"),
        (
            *("operation:custom-asset-created", "Operations", "Operation custom-asset-created"),
            *(0, 4, "Operations", None),
        ),
        ("operation:refunds", "Refunds", "Refunds", -4, -2, "Operations", None),
        ("operation:upscale", "Operations", "Operation upscale", 7.5, 3, "Operations", None),
    ]


def test_refunds_of_nothing_are_counted() -> None:
    """Only what is given back counts below 0."""
    usage = read(consumption=[], actions=[action("refunds", "2", cost=0, discount=0)])
    assert pick(build(usage), "SkuId", "ConsumedQuantity") == [("operation:refunds", 2)]


def test_refunds_are_negative_usage_at_positive_prices() -> None:
    """Costs and quantities are below 0."""
    usage = read(
        consumption=[charge("a", -4, -1)], actions=[action("refunds", cost=-4, discount=-1)]
    )
    assert pick(
        build(usage, prices=Prices(EURO, LISTED)),
        *("ChargeCategory", "PricingQuantity", "ListUnitPrice", "ListCost", "ContractedCost"),
        *("EffectiveCost", "BilledCost", "ConsumedQuantity"),
    ) == [
        (
            *("Usage", -5, Decimal("0.02"), Decimal("-0.1"), Decimal("-0.0475")),
            *(Decimal("-0.038"), 0, -1),
        )
    ]


@pytest.mark.parametrize(("charged", "rest"), [(13, "3"), (9, "-1")])
def test_what_nothing_explains_is_one_row_in_cu(charged: float, rest: str) -> None:
    """Also where the consumption is less than what is itemised."""
    usage = read(
        consumption=[charge("a", charged)],
        models=[model("model_a", jobs=1, cost=8, discount=0)],
        actions=[action("upscale", cost=2, discount=0)],
    )
    (row,) = [row for row in build(usage) if row["SkuId"] == "operation:other"]
    assert pick(
        [row],
        *("SkuMeter", "ChargeDescription", "PricingQuantity", "PricingCurrencyEffectiveCost"),
        *("ConsumedQuantity", "ConsumedUnit"),
    ) == [
        (
            *("Operations", "Other operations", Decimal(rest), Decimal(rest), Decimal(rest)),
            "Compute Units",
        )
    ]


def test_no_two_charges_have_one_sku() -> None:
    """Whatever the API calls a model or an operation: other SKUs have these names already."""
    usage = read(
        consumption=[charge("a", 20)],
        models=[
            model(one, jobs=1, cost=1, discount=0)
            for one in ("model_a", "operation:upscale", "model:operation:upscale", "model:other")
        ],
        actions=[
            action(one, cost=cost, discount=0)
            for one, cost in (("upscale", 1), ("other", 2), ("other_", 3), ("others", 4))
        ],
    )
    assert cu(build(usage)) == [
        ("model:model:operation:upscale", 1, 1),
        ("model:operation:upscale", 1, 1),
        ("model:other", 1, 1),
        ("model_a", 1, 1),
        ("operation:other", 6, 6),
        ("operation:other_", 2, 2),
        ("operation:other__", 3, 3),
        ("operation:others", 4, 4),
        ("operation:upscale", 1, 1),
    ]


def test_the_gross_of_the_api_counts_where_it_is_not_the_sum() -> None:
    """PricingQuantity sums to gross, whatever the API calls the total."""
    usage = read(
        consumption=[charge("a", 8, 2, total=12)],
        models=[model("model_a", jobs=1, cost=8, discount=2)],
    )
    assert cu(build(usage)) == [("model_a", 10, 8), ("operation:other", 2, 0)]


@pytest.mark.parametrize(
    ("charged", "expected"),
    [
        (10, [("model_a", 10, 10)]),  # a new name for what runs models
        (13, [("model_a", 10, 10), ("operation:other", 3, 3)]),
        (20, [("model_a", 10, 10), ("operation:3d-generation", 10, 10)]),
    ],
)
def test_an_action_of_a_new_name_is_no_operation_if_models_have_its_cost(
    charged: float, expected: list[Any]
) -> None:
    """Nothing is counted twice, only for a negative rest to take it back."""
    usage = read(
        consumption=[charge("a", charged)],
        models=[model("model_a", jobs=1, cost=10, discount=0)],
        actions=[action("3d-generation", cost=10, discount=0)],
    )
    assert cu(build(usage)) == expected


@each(
    "name",
    [
        *("background-removal", "captioning", "custom-asset-created", "detection", "patch"),
        *("image-prompt-editing", "ip-detection", "models-training", "pixelate", "repaint"),
        *("restyle", "segmentation", "skybox-base-360", "skybox-upscale-360", "texture"),
        *("upscale", "vectorization"),
    ],
)
def test_an_operation_that_is_known_is_one_wherever_its_cost_is(name: str) -> None:
    """Also beside models that cost as much as was charged: then there is a negative rest."""
    usage = read(
        consumption=[charge("a", 10)],
        models=[model("model_a", jobs=1, cost=10, discount=0)],
        actions=[action(name, cost=4, discount=0)],
    )
    assert sorted(cu(build(usage))) == sorted(
        [("model_a", 10, 10), (f"operation:{name}", 4, 4), ("operation:other", -4, -4)]
    )


@each("name", ["custom", "images-generation"])
def test_what_runs_models_is_no_operation(name: str) -> None:
    """Whatever room the consumption has: the models have its cost."""
    usage = read(
        consumption=[charge("a", 20)],
        models=[model("model_a", jobs=1, cost=10, discount=0)],
        actions=[action(name, cost=10, discount=0)],
    )
    assert cu(build(usage)) == [("model_a", 10, 10), ("operation:other", 10, 10)]


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ({"3d-generation": 0.5, "upscale": 3}, "upscale"),  # one that is known has its cost first
        ({"z-new": 3, "a-new": 3}, "a-new"),  # in whatever order they come
        ({"z-new": 3, "a-new": 4}, "z-new"),
    ],
)
def test_actions_of_new_names_share_the_room_that_is_left(
    actions: dict[str, float], expected: str
) -> None:
    """Each takes its cost from it, by name; there is no other row for the rest."""
    usage = read(
        consumption=[charge("a", 13)],
        models=[model("model_a", jobs=1, cost=10, discount=0)],
        actions=[action(name, cost=cost, discount=0) for name, cost in actions.items()],
    )
    assert cu(build(usage)) == [("model_a", 10, 10), (f"operation:{expected}", 3, 3)]


def test_what_doubles_lose_is_no_usage() -> None:
    """A row is left out if all its numbers are below a billionth."""
    usage = read(
        consumption=[charge("a", 0.1 + 0.2)],
        models=[model("model_a", jobs=1, cost=0.3, discount=0)],
        actions=[action("upscale", "0", cost=0, discount=0)],
    )
    assert cu(build(usage)) == [("model_a", Decimal("0.3"), Decimal("0.3"))]


def test_free_jobs_are_rows() -> None:
    """A job that is discounted whole has a quantity and no cost, one without a price its jobs."""
    usage = read(
        consumption=[charge("a", 0, 8)],
        models=[
            model("model_a", jobs=1, cost=0, discount=8),
            model("model_b", jobs=2, cost=0, discount=0),
            model("model_c", jobs=0, cost=0, discount=0),
        ],
    )
    rows = build(usage)
    assert cu(rows) == [("model_a", 8, 0), ("model_b", 0, 0)]
    assert pick(rows, "ConsumedQuantity", "EffectiveCost") == [(1, 0), (2, 0)]


def test_without_consumption_there_is_no_rest() -> None:
    """What did not come is not taken for zero."""
    usage = read(models=[model("model_a", jobs=1, cost=5, discount=0)])
    usage.left_out.add("consumption")
    assert cu(build(usage)) == [("model_a", 5, 5)]


def test_without_a_price_all_money_is_null() -> None:
    """And the CU are there."""
    usage = read(
        consumption=[charge("a", 5)], models=[model("model_a", jobs=1, cost=5, discount=0)]
    )
    rows = build(usage, prices=None)
    assert pick(
        rows,
        *("BillingCurrency", "BilledCost", "ListCost", "ContractedCost", "EffectiveCost"),
        *("ListUnitPrice", "ContractedUnitPrice", "x_PriceSource"),
    ) == [(None,) * 8]
    assert cu(rows) == [("model_a", 5, 5)]
    assert describe_unpriced(rows, None) == [
        "this does not conform to FOCUS: without the price of a CU, all columns of money are "
        "empty; --cu-price PRICE --currency CODE, or --cu-price list, makes it conform"
    ]


def test_each_day_has_its_price() -> None:
    """Before the first one there is none."""
    changing = Money(
        "EUR",
        (Price(date(2026, 10, 5), Decimal("0.01")), Price(DAY, Decimal("0.02"))),
        "profile",
    )
    usage = read(consumption=[charge("a", 5)])
    days = [ProjectDay(date(2026, *day), PIRATES, usage) for day in ((11, 1), (10, 31), (10, 4))]
    rows = build_rows(days, account=TEAM, prices=Prices(changing), model_names={}, version="1.2")
    assert pick(rows, "BillingPeriodStart", "ChargePeriodStart", "ContractedUnitPrice") == [
        ("2026-10-01T00:00:00Z", "2026-10-04T00:00:00Z", None),
        ("2026-10-01T00:00:00Z", "2026-10-31T00:00:00Z", Decimal("0.01")),
        ("2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z", Decimal("0.02")),
    ]
    assert describe_unpriced(rows, Prices(changing)) == [
        "this does not conform to FOCUS: there is no price of a CU for 1 day, from 2026-10-04 to "
        "2026-10-04, and their columns of money are empty"
    ]
    assert describe_unpriced(rows[1:], Prices(changing)) == []


def test_days_without_a_price_are_told_of_from_first_to_last() -> None:
    """And so are those that may change."""
    later = Prices(Money("EUR", (Price(date(2026, 12, 1), Decimal("0.01")),), "profile"))
    usage = read(consumption=[charge("a", 5)])
    dates = [date(2026, 11, day) for day in range(1, 25)]
    rows = [row for day in dates for row in build(usage, prices=later, day=day)]
    assert describe_unpriced(rows, later) == [
        "this does not conform to FOCUS: there is no price of a CU for 24 days, from 2026-11-01 to "
        "2026-11-24, and their columns of money are empty"
    ]
    assert describe_provisional(dates) == [
        "24 days may still change, from 2026-11-01 to 2026-11-24: x_Provisional is true"
    ]
    assert describe_provisional([]) == []


@pytest.mark.parametrize(
    ("day", "first", "end"),
    [
        (date(2026, 2, 14), "2026-02-01", "2026-03-01"),
        (date(2028, 2, 29), "2028-02-01", "2028-03-01"),
        (date(2026, 12, 31), "2026-12-01", "2027-01-01"),
    ],
)
def test_the_billing_period_is_the_month_of_the_day(day: date, first: str, end: str) -> None:
    """Its end is the first day of the next one."""
    rows = build(read(consumption=[charge("a", 5)]), day=day)
    assert pick(rows, "BillingPeriodStart", "BillingPeriodEnd") == [
        (f"{first}T00:00:00Z", f"{end}T00:00:00Z")
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_columns_tell_their_version(version: str) -> None:
    """Those of no version are taken for the usual one."""
    columns = [field.key for field in declare_table(version).columns]
    assert find_version(columns) == version
    assert find_version([*columns, "x_New"]) == "1.2"


@pytest.mark.parametrize(
    ("prices", "day", "expected"),
    [
        (None, DAY, False),
        (AGREED, DAY, True),
        (Prices(Money("EUR", (Price(DAY, Decimal(1)),), "profile")), DAY, True),
        (Prices(Money("EUR", (Price(DAY, Decimal(1)),), "profile")), date(2026, 10, 31), False),
    ],
)
def test_a_day_has_a_price_from_that_of_the_first_on(
    prices: Prices | None, day: date, expected: bool
) -> None:
    """Without one, its rows do not conform."""
    assert FocusRows(TEAM, prices, "1.2").has_price(day) is expected


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        (Prices(EURO), ("contract", Decimal("0.0095"))),
        (Prices(LISTED), ("list", Decimal("0.02"))),
        (Prices(EURO, LISTED), ("contract+list", Decimal("0.02"))),
    ],
)
def test_the_source_of_the_price_is_told(prices: Prices, expected: tuple[str, Decimal]) -> None:
    """An unknown list price is the customer's: no saving is invented."""
    rows = build(read(consumption=[charge("a", 5)]), prices=prices)
    assert pick(rows, "x_PriceSource", "ListUnitPrice") == [expected]


def test_rows_are_by_day_project_and_sku() -> None:
    """What belongs to no project is the last of its day, and has neither its id nor its name."""
    usage = read(
        consumption=[charge("a", 5)],
        models=[model(f"model_{one}", jobs=1, cost=1, discount=0) for one in "ba"],
    )
    days = [
        ProjectDay(date(2026, 11, day), project, usage, is_provisional=day == 2)
        for day in (2, 1)
        for project in (None, Named("project_b", "A"), Named("project_a", "B"))
    ]
    rows = build_rows(days, account=TEAM, prices=None, model_names={}, version="1.2")
    assert pick(rows, "ChargePeriodStart", "SubAccountId", "SubAccountName", "SkuId") == [
        (f"2026-11-0{day}T00:00:00Z", *project, sku)
        for day in (1, 2)
        for project in (("project_a", "B"), ("project_b", "A"), (None, None))
        for sku in ("model_a", "model_b", "operation:other")
    ]
    assert pick(rows, "x_Provisional") == [(False,)] * 9 + [(True,)] * 9


def test_nothing_used_is_no_row() -> None:
    """The columns are there all the same."""
    assert build(read()) == []


numbers = st.integers(-(10**12), 10**12).map(lambda millionths: millionths / 10**6)
names = st.sampled_from(
    ["upscale", "custom", "refunds", "images-generation", "creative-unit-cost", "new", "repaint"]
)


@given(
    st.lists(st.tuples(numbers, numbers), max_size=3),
    st.dictionaries(st.sampled_from("abc"), st.tuples(numbers, numbers), max_size=3),
    st.dictionaries(names, st.tuples(numbers, numbers), max_size=5),
)
def test_rows_sum_to_the_consumption(charged: Any, models: Any, actions: Any) -> None:
    """Whatever is itemised: exactly, in CU before and after discounts, and in money."""
    usage = read(
        consumption=[
            charge(
                f"user_{number}",
                cost,
                discount,
                total=float(Decimal(str(cost)) + Decimal(str(discount))),
            )
            for number, (cost, discount) in enumerate(charged)
        ],
        models=[
            model(one, jobs=1, cost=cost, discount=given) for one, (cost, given) in models.items()
        ],
        actions=[action(one, cost=cost, discount=given) for one, (cost, given) in actions.items()],
    )
    rows = build(usage)
    figures = [figures for _, figures in usage.figures("consumption")]
    for column, key in (("PricingQuantity", "gross"), ("PricingCurrencyEffectiveCost", "cost")):
        consumed = sum(Decimal(figure[key] or 0) for figure in figures)
        assert sum(row[column] for row in rows) == consumed  # type: ignore[misc]
    effective = sum(row["EffectiveCost"] for row in rows)  # type: ignore[misc]
    assert effective == sum(Decimal(figure["cost"] or 0) for figure in figures) * Decimal("0.0095")
    for row in rows:
        assert row["ListCost"] == row["PricingQuantity"] * row["ListUnitPrice"]  # type: ignore[operator]
        assert row["ContractedCost"] == row["PricingQuantity"] * row["ContractedUnitPrice"]  # type: ignore[operator]
