"""The daily dataset: the columns of each of its tables, and the rows of one day."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple, cast

from scenario_usage_cli.collect.sections import Figures
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.errors import UnreadableAnswer
from scenario_usage_cli.money import Money, multiply
from scenario_usage_cli.report.activity_table import ACTIVITY
from scenario_usage_cli.report.fields import Field, Fields, Kind, Row, Table, Value
from scenario_usage_cli.report.figures import AMOUNT, KNOWN_COST
from scenario_usage_cli.report.numbers import Amount, is_shown
from scenario_usage_cli.report.rows import build_row, describe
from scenario_usage_cli.report.tables import (
    ACTIONS,
    ASSETS,
    CONSUMPTION,
    MODEL,
    MODELS,
    MODERATION,
    QUALITY_GATES,
)

DATE = Field[str]("date", "Date", Kind.DAY)
"""The day of UTC, in datasets that have months in one file; in others the path tells it."""

PROJECT_ID = Field[str | None]("project_id", "Project id", Kind.TEXT, nullable=True)
PROJECT = Field[str | None]("project", "Project", Kind.TEXT, nullable=True)
COST_CENTRE = Field[str]("cost_centre", "Cost centre", Kind.TEXT)

CURRENCY = Field[str | None]("currency", "Currency", Kind.TEXT, nullable=True)

FindCentre = Callable[[str | None, str | None], str]
"""What tells the cost centre of a project and a user, by their ids; None is nobody."""


def _declare_daily(table: Table) -> Table:
    """The same without what is of all rows or an average: neither adds up over days."""
    added = tuple(f for f in table.fields if f.kind not in (Kind.SHARE, Kind.RATE))
    return table._replace(fields=added)


DAILY: Mapping[str, Table] = MappingProxyType(
    {
        table.name: _declare_daily(table)
        for table in (
            MODELS._replace(names=(MODEL,)),
            ASSETS,
            ACTIONS,
            MODERATION,
            QUALITY_GATES,
            CONSUMPTION,
            ACTIVITY,
        )
    }
)
"""Every table with its columns. A new column goes to the end; none is renamed or removed."""


class ProjectUsage(NamedTuple):
    """What one project used."""

    id: str
    name: str
    usage: Usage


def list_columns(
    table: str,
    *,
    by_project: bool,
    has_centres: bool = False,
    has_amounts: bool = False,
    has_dates: bool = False,
) -> Fields:
    """The columns of a table; events have their project among their own.

    Amounts are only in tables that have CU.
    """
    of_project = (PROJECT_ID, PROJECT) if by_project and table != ACTIVITY.name else ()
    is_charged = any(field.amount for field in DAILY[table].fields)
    return (
        *([DATE] if has_dates else []),
        *of_project,
        *DAILY[table].columns,
        *([COST_CENTRE] if has_centres else []),
        *([AMOUNT, CURRENCY] if has_amounts and is_charged else []),
    )


def add_dates(rows: Iterable[Row], day: date) -> list[Row]:
    """The same rows, each with its day."""
    return [{DATE.key: day.isoformat(), **row} for row in rows]


def add_day_amounts(rows: Iterable[Row], day: date, money: Money) -> list[Row]:
    """The same rows, each with what its cost is in money at the price of its day."""
    price = money.find(datetime.combine(day, time(), UTC))
    return [
        {**row, AMOUNT.key: _price(KNOWN_COST.of(row), price), CURRENCY.key: money.currency}
        if KNOWN_COST.key in row
        else row
        for row in rows
    ]


def _price(cost: Decimal | None, price: Decimal | None) -> Decimal | None:
    return None if cost is None or price is None else Amount(multiply(cost, price))


def add_centres(rows: Iterable[Row], find: FindCentre) -> list[Row]:
    """The same rows, each with its cost centre: by its project, and its user if it has one."""
    user_id = CONSUMPTION.id.key
    return [
        {**row, COST_CENTRE.key: find(PROJECT_ID.of(row), cast("str | None", row.get(user_id)))}
        for row in rows
    ]


def build_day(
    table: str, day: datetime, whole: Usage, projects: Sequence[ProjectUsage] | None = None
) -> list[Row]:
    """The rows of a day, which is a bucket of the usages, in order of their ids; none of zeros.

    With projects, each row has its project's id and name. What `whole` has beyond them stands in
    rows without a project, last, so that the sums are always those of the whole. Raises
    UnreadableAnswer for a count that is not a whole number.
    """
    declared = DAILY[table]
    figures = _read(table, day, whole)
    if projects is None:
        return list(_build_rows(declared, figures, whole, {}))
    rows: list[Row] = []
    for project in sorted(projects):
        own = _read(table, day, project.usage)
        of_project = {PROJECT_ID.key: project.id, PROJECT.key: project.name}
        rows += _build_rows(declared, own, project.usage, of_project)
        for row_id, taken in own.items():
            left = figures.get(row_id, dict.fromkeys(taken))
            figures[row_id] = _subtract(left, taken)
    of_none = {PROJECT_ID.key: None, PROJECT.key: None}
    return [*rows, *_build_rows(declared, figures, whole, of_none)]


def _read(table: str, day: datetime, usage: Usage) -> dict[str, Figures]:
    """The figures of every id of a table."""
    if table == CONSUMPTION.name:
        return dict(usage.figures(table))
    series = usage.series.get(table, {})
    return {row_id: buckets[day] for row_id, buckets in series.items() if day in buckets}


def _subtract(figures: Figures, taken: Figures) -> Figures:
    """What is left; null takes nothing."""
    return {
        key: figure if (less := taken[key]) is None else (figure or 0) - less
        for key, figure in figures.items()
    }


def _build_rows(
    table: Table, found: Mapping[str, Figures], usage: Usage, project: Mapping[str, Value]
) -> Iterator[Row]:
    columns = table.columns
    for row_id, figures in sorted(found.items()):
        if any(map(is_shown, figures.values())):
            _check_counts(table, row_id, figures)
            known = describe(table.name, row_id, usage)
            yield {**project, **build_row(columns, {table.id.key: row_id, **known, **figures})}


def _check_counts(table: Table, row_id: str, figures: Figures) -> None:
    for field in table.fields:
        if field.kind is Kind.COUNT:
            figure = figures[field.key]
            if isinstance(figure, Decimal) and figure % 1:
                raise UnreadableAnswer(
                    f"the API counted {figure} of {table.name} {row_id!r}: no whole number",
                    hint="please report it; --datasets leaves a table out",
                )
