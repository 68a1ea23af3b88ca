"""The columns of FOCUS, each declared once: how its value is made, and which versions have it."""

from collections.abc import Callable
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import NamedTuple

from scenario_usage_cli.clocks import format_instant, start_of_day
from scenario_usage_cli.collect.listed import Named
from scenario_usage_cli.money import multiply
from scenario_usage_cli.report.fields import Field, Kind, Value
from scenario_usage_cli.report.focus.charges import CU, Charge

VERSIONS = ("1.2", "1.3", "1.4")
"""The versions of FOCUS, the usual one first."""

_PROVIDER = "Scenario"
DAY, COST = "ChargePeriodStart", "EffectiveCost"
"""The columns by which rows without a price are found."""


class UnitPrices(NamedTuple):
    """What one CU costs on a day: by the customer's contract, and by the price list."""

    currency: str
    contracted: Decimal
    listed: Decimal
    source: str
    """contract, list or contract+list."""


class Line(NamedTuple):
    """All that a row is made of."""

    account: Named
    day: date
    project: Named | None
    charge: Charge
    prices: UnitPrices | None
    is_provisional: bool


class Column(NamedTuple):
    """A column, how its value is made, and the first and last version that have it."""

    field: Field[Value]
    read: Callable[[Line], Value]
    first: str
    last: str


def _declare(
    key: str,
    kind: Kind,
    read: Callable[[Line], Value],
    *,
    first: str = VERSIONS[0],
    last: str = VERSIONS[-1],
) -> Column:
    return Column(Field[Value](key, key, kind, nullable=True), read, first, last)


def _text(
    key: str, text: str | None, *, first: str = VERSIONS[0], last: str = VERSIONS[-1]
) -> Column:
    """A column with the same text, or nothing, in every row."""
    return _declare(key, Kind.TEXT, lambda line: text, first=first, last=last)


def _write_day(day: date) -> str:
    return format_instant(start_of_day(day, UTC))


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _read_project(line: Line) -> Named | tuple[None, None]:
    return line.project or (None, None)


def _price(
    find: Callable[[UnitPrices], Decimal], quantity: Callable[[Charge], Decimal]
) -> Callable[[Line], Decimal | None]:
    """A quantity of CU times a price; null without one."""

    def read(line: Line) -> Decimal | None:
        return multiply(quantity(line.charge), find(line.prices)) if line.prices else None

    return read


def _of_prices(find: Callable[[UnitPrices], Value]) -> Callable[[Line], Value]:
    return lambda line: find(line.prices) if line.prices else None


_ONE = Decimal(1)
COLUMNS: tuple[Column, ...] = (
    _declare("BillingAccountId", Kind.TEXT, lambda line: line.account.id),
    _declare("BillingAccountName", Kind.TEXT, lambda line: line.account.name),
    _declare("BillingPeriodStart", Kind.TIME, lambda line: _write_day(line.day.replace(day=1))),
    _declare("BillingPeriodEnd", Kind.TIME, lambda line: _write_day(_next_month(line.day))),
    _declare(DAY, Kind.TIME, lambda line: _write_day(line.day)),
    _declare("ChargePeriodEnd", Kind.TIME, lambda line: _write_day(line.day + timedelta(days=1))),
    _declare("SubAccountId", Kind.TEXT, lambda line: _read_project(line)[0]),
    _declare("SubAccountName", Kind.TEXT, lambda line: _read_project(line)[1]),
    # Refunds of usage are usage: a credit would have to be on an invoice, which knows none.
    _text("ChargeCategory", "Usage"),
    _text("ChargeClass", None),
    _text("ChargeFrequency", "Usage-Based"),
    _declare("ChargeDescription", Kind.TEXT, lambda line: line.charge.description),
    _text("ProviderName", _PROVIDER, last="1.3"),
    _text("PublisherName", _PROVIDER, last="1.3"),
    _text("ServiceProviderName", _PROVIDER, first="1.3"),
    _text("HostProviderName", _PROVIDER, first="1.3"),
    _text("InvoiceIssuerName", _PROVIDER),
    _text("ServiceName", _PROVIDER),
    _text("ServiceCategory", "AI and Machine Learning"),
    _text("ServiceSubcategory", "Generative AI"),
    _declare("SkuId", Kind.TEXT, lambda line: line.charge.sku),
    _declare("SkuPriceId", Kind.TEXT, lambda line: line.charge.sku),
    _declare("SkuMeter", Kind.TEXT, lambda line: line.charge.meter),
    _text("SkuPriceDetails", None),
    _text("PricingCategory", "Standard"),
    _text("PricingCurrency", CU),
    _text("PricingUnit", CU),
    # What the provider sells is CU, and a CU costs one CU; CU per job vary with its parameters.
    _declare("PricingCurrencyListUnitPrice", Kind.CU, lambda line: _ONE),
    _declare("PricingCurrencyContractedUnitPrice", Kind.CU, lambda line: _ONE),
    _declare("PricingQuantity", Kind.CU, lambda line: line.charge.gross),
    _declare("PricingCurrencyEffectiveCost", Kind.CU, lambda line: line.charge.cost),
    _declare("ConsumedQuantity", Kind.CU, lambda line: line.charge.quantity),
    _declare("ConsumedUnit", Kind.TEXT, lambda line: line.charge.unit),
    _declare("BillingCurrency", Kind.TEXT, _of_prices(lambda prices: prices.currency)),
    _declare("ListUnitPrice", Kind.AMOUNT, _of_prices(lambda prices: prices.listed)),
    _declare("ContractedUnitPrice", Kind.AMOUNT, _of_prices(lambda prices: prices.contracted)),
    _declare(
        "ListCost", Kind.AMOUNT, _price(lambda prices: prices.listed, lambda charge: charge.gross)
    ),
    _declare(
        "ContractedCost",
        Kind.AMOUNT,
        _price(lambda prices: prices.contracted, lambda charge: charge.gross),
    ),
    _declare(
        COST,
        Kind.AMOUNT,
        _price(lambda prices: prices.contracted, lambda charge: charge.cost),
    ),
    # CU are paid for with the plan or a pack: that purchase is invoiced, and its usage is not.
    _declare("BilledCost", Kind.AMOUNT, _of_prices(lambda prices: Decimal(0))),
    _text("InvoiceId", None),
    _text("InvoiceDetailId", None, first="1.4"),
    _text("CommitmentDiscountStatus", None),
    _text("CommitmentProgramEligibilityDetails", None, first="1.4"),
    _declare("x_ModelName", Kind.TEXT, lambda line: line.charge.name),
    _declare("x_PriceSource", Kind.TEXT, _of_prices(lambda prices: prices.source)),
    _declare("x_Provisional", Kind.FLAG, lambda line: line.is_provisional),
)
"""All columns, in the order of every file; those that are not of FOCUS are last."""


def select_columns(version: str) -> list[Column]:
    """Those of a version."""
    return [column for column in COLUMNS if column.first <= version <= column.last]
