"""The rows of a CostAndUsage table: whole days of each project, and the prices of their CU."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from scenario_usage_cli.clocks import start_of_day
from scenario_usage_cli.collect.combine import combine
from scenario_usage_cli.collect.listed import Named
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.money import Money
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.daily import ProjectUsage
from scenario_usage_cli.report.fields import Row, Table, Value
from scenario_usage_cli.report.focus.charges import build_charges
from scenario_usage_cli.report.focus.columns import (
    COST,
    DAY,
    VERSIONS,
    Line,
    UnitPrices,
    select_columns,
)
from scenario_usage_cli.report.numbers import Exact
from scenario_usage_cli.report.view import Section, View
from scenario_usage_cli.report.words import count


class Prices(NamedTuple):
    """The customer's prices and, if it is known in the same currency, the list price."""

    money: Money
    listed: Money | None = None

    def find(self, day: date) -> UnitPrices | None:
        """Those of a day; null before the first one."""
        instant = start_of_day(day, UTC)
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


def declare_table(version: str) -> Table:
    """The columns of a version, whether or not there are rows or prices."""
    fields = {column.field.key: column.field for column in select_columns(version)}
    size = fields["PricingCurrencyEffectiveCost"]
    return Table("cost_and_usage", "Cost and usage", (), (), tuple(fields.values()), size)


def find_version(columns: Sequence[str]) -> str:
    """The version that has these columns; the usual one if there is none."""
    known = {
        tuple(one.field.key for one in select_columns(version)): version for version in VERSIONS
    }
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
    columns = select_columns(version)
    lines = [
        Line(account, one.day, one.project, charge, unit_prices, one.is_provisional)
        for one in sorted(days, key=_rank)
        for unit_prices in [prices.find(one.day) if prices else None]
        for charge in build_charges(one.usage, model_names)
    ]
    return [{column.field.key: _write(column.read(line)) for column in columns} for line in lines]


def _write(value: Value) -> Value:
    return Exact(value) if isinstance(value, Decimal) else value


def _rank(one: ProjectDay) -> tuple[date, bool, str]:
    return one.day, one.project is None, one.project.id if one.project else ""


class FocusRows(NamedTuple):
    """What makes rows of whole days: the team, its prices, and the version of FOCUS."""

    account: Named
    prices: Prices | None
    version: str

    def build(
        self, day: date, whole: Usage, projects: Sequence[ProjectUsage], *, is_provisional: bool
    ) -> list[Row]:
        """The rows of a day, of which the usages are; what belongs to no project is among them."""
        rest = combine(
            Usage(whole.sections, whole.period, whole.filters),
            [whole],
            [project.usage for project in projects],
        )
        parts = [(Named(one.id, one.name), one.usage) for one in projects]
        return build_rows(
            [ProjectDay(day, *part, is_provisional) for part in (*parts, (None, rest))],
            account=self.account,
            prices=self.prices,
            model_names=whole.models,
            version=self.version,
        )

    def has_price(self, day: date) -> bool:
        """Whether rows of a day have amounts of money."""
        return self.prices is not None and self.prices.find(day) is not None


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
    days = sorted({str(row[DAY])[:10] for row in rows if row[COST] is None})
    if not days:
        return []
    return [
        f"this does not conform to FOCUS: there is no price of a CU for {count(len(days), 'day')}, "
        f"from {days[0]} to {days[-1]}, and their columns of money are empty"
    ]


def describe_provisional(days: Sequence[date]) -> list[str]:
    """Which days may still change, where there are any; they are in order."""
    if not days:
        return []
    return [
        f"{count(len(days), 'day')} may still change, from {days[0]} to {days[-1]}: "
        "x_Provisional is true"
    ]
