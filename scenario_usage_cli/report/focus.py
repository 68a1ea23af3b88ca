"""FOCUS, the FinOps Open Cost and Usage Specification: usage as rows of its CostAndUsage table.

Each column is declared here once, with the versions of FOCUS that have it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from scenario_usage_cli.collect.listed import Named
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.money import Money, multiply
from scenario_usage_cli.periods import Period, format_instant
from scenario_usage_cli.report.fields import Field, Kind, Row, Table, Value
from scenario_usage_cli.report.focus_charges import CU, Charge, build_charges
from scenario_usage_cli.report.numbers import Exact
from scenario_usage_cli.report.view import Section, View
from scenario_usage_cli.report.words import count

VERSIONS = ("1.2", "1.3", "1.4")
"""The versions of FOCUS, the usual one first."""

_PROVIDER = "Scenario"
_DAY, _COST = "ChargePeriodStart", "EffectiveCost"


class UnitPrices(NamedTuple):
    """What one CU costs on a day: by the customer's contract, and by the price list."""

    currency: str
    contracted: Decimal
    listed: Decimal
    source: str
    """contract, list or contract+list."""


class Prices(NamedTuple):
    """The customer's prices and, if it is known in the same currency, the list price."""

    money: Money
    listed: Money | None = None

    def find(self, day: date) -> UnitPrices | None:
        """Those of a day; null before the first one."""
        instant = _begin(day)
        contracted = self.money.find(instant)
        if contracted is None:
            return None
        listed = self.listed.find(instant) if self.listed else None
        source = "list" if self.money.is_list else "contract" if listed is None else "contract+list"
        return UnitPrices(
            self.money.currency, contracted, contracted if listed is None else listed, source
        )


class ProjectDay(NamedTuple):
    """What a project used on a UTC day; without a project, what belongs to none that is known."""

    day: date
    project: Named | None
    usage: Usage
    is_provisional: bool = False
    """Whether later answers may have other figures."""


class _Line(NamedTuple):
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
    read: Callable[[_Line], Value]
    first: str
    last: str


def _declare(
    key: str,
    kind: Kind,
    read: Callable[[_Line], Value],
    *,
    first: str = VERSIONS[0],
    last: str = VERSIONS[-1],
) -> Column:
    return Column(Field[Value](key, key, kind, nullable=True), read, first, last)


def _text(key: str, text: str | None, *, first: str = VERSIONS[0], last: str = "1.4") -> Column:
    """A column with the same text, or nothing, in every row."""
    return _declare(key, Kind.TEXT, lambda line: text, first=first, last=last)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _write_day(day: date) -> str:
    return format_instant(_begin(day))


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _read_project(line: _Line) -> Named | tuple[None, None]:
    return line.project or (None, None)


def _price(
    find: Callable[[UnitPrices], Decimal], quantity: Callable[[Charge], Decimal]
) -> Callable[[_Line], Decimal | None]:
    """A quantity of CU times a price; null without one."""

    def read(line: _Line) -> Decimal | None:
        return multiply(quantity(line.charge), find(line.prices)) if line.prices else None

    return read


def _of_prices(find: Callable[[UnitPrices], Value]) -> Callable[[_Line], Value]:
    return lambda line: find(line.prices) if line.prices else None


_ONE = Decimal(1)
COLUMNS: tuple[Column, ...] = (
    _declare("BillingAccountId", Kind.TEXT, lambda line: line.account.id),
    _declare("BillingAccountName", Kind.TEXT, lambda line: line.account.name),
    _declare("BillingPeriodStart", Kind.TIME, lambda line: _write_day(line.day.replace(day=1))),
    _declare("BillingPeriodEnd", Kind.TIME, lambda line: _write_day(_next_month(line.day))),
    _declare(_DAY, Kind.TIME, lambda line: _write_day(line.day)),
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
        _COST,
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


def _select(version: str) -> list[Column]:
    return [column for column in COLUMNS if column.first <= version <= column.last]


def declare_table(version: str) -> Table:
    """The columns of a version, whether or not there are rows or prices."""
    fields = {column.field.key: column.field for column in _select(version)}
    size = fields["PricingCurrencyEffectiveCost"]
    return Table("cost_and_usage", "Cost and usage", (), (), tuple(fields.values()), size)


def find_version(columns: Sequence[str]) -> str:
    """The version that has these columns; the usual one if there is none."""
    known = {tuple(one.field.key for one in _select(version)): version for version in VERSIONS}
    return known.get(tuple(columns), VERSIONS[0])


def build_rows(
    days: Iterable[ProjectDay],
    *,
    account: Named,
    prices: Prices | None,
    model_names: Mapping[str, str],
    version: str,
) -> list[Row]:
    """The rows, by day, project (what belongs to none is last) and SKU; none of zeros only.

    Numbers are exact, and null without a price of the day.
    """
    columns = _select(version)
    lines = [
        _Line(account, one.day, one.project, charge, unit_prices, one.is_provisional)
        for one in sorted(days, key=_rank)
        for unit_prices in [prices.find(one.day) if prices else None]
        for charge in build_charges(one.usage, model_names)
    ]
    return [{column.field.key: _write(column.read(line)) for column in columns} for line in lines]


def _write(value: Value) -> Value:
    return Exact(value) if isinstance(value, Decimal) else value


def _rank(one: ProjectDay) -> tuple[date, bool, str]:
    return one.day, one.project is None, one.project.id if one.project else ""


def build_view(
    rows: Sequence[Row], *, version: str, period: Period, generated_at: datetime
) -> View:
    """The rows ready for a renderer; FOCUS has nothing around its table."""
    return View(
        document={},
        title="Cost and usage",
        subtitle="",
        headlines=(),
        sections=(Section(declare_table(version), rows),),
        period=period,
        generated_at=generated_at,
    )


def describe_unpriced(rows: Sequence[Row], prices: Prices | None) -> list[str]:
    """What to tell of rows without a price: they break the rules of FOCUS."""
    if prices is None:
        return [
            "this does not conform to FOCUS: without the price of a CU, all columns of money are "
            "empty; --cu-price PRICE --currency CODE, or --cu-price list, makes it conform"
        ]
    days = sorted({str(row[_DAY])[:10] for row in rows if row[_COST] is None})
    if not days:
        return []
    return [
        f"this does not conform to FOCUS: there is no price of a CU for {count(len(days), 'day')}, "
        f"from {days[0]} to {days[-1]}, and their columns of money are empty"
    ]


def describe_provisional(days: Iterable[ProjectDay]) -> list[str]:
    """Which days may still change, where there are any."""
    found = {one.day for one in days if one.is_provisional}
    if not found:
        return []
    return [
        f"{count(len(found), 'day')} may still change, from {min(found)} to {max(found)}: "
        "x_Provisional is true"
    ]
