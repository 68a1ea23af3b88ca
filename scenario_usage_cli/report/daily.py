"""The daily dataset: the columns of each of its tables, and the rows of one day."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.errors import UnreadableAnswer
from scenario_usage_cli.report.activity import COLUMNS as ACTIVITY_COLUMNS
from scenario_usage_cli.report.numbers import round_cu
from scenario_usage_cli.report.view import Kind

Row = tuple[Any, ...]
"""The values of a row in the order of the columns; figures are exact."""

_COUNTS = {"count": Kind.COUNT, "api_key_count": Kind.COUNT}
_CHARGES = {"cost": Kind.CU, "discount": Kind.CU}
_API_KEY_CHARGES = {"api_key_cost": Kind.CU, "api_key_discount": Kind.CU}
_PROJECT = {"project_id": Kind.TEXT, "project": Kind.TEXT}

COLUMNS: Mapping[str, Mapping[str, Kind]] = MappingProxyType(
    {
        "models": {
            "model_id": Kind.TEXT,
            "model": Kind.TEXT,
            "jobs": Kind.COUNT,
            **_CHARGES,
            "gross": Kind.CU,
            **_API_KEY_CHARGES,
        },
        "assets": {"kind": Kind.TEXT, **_COUNTS},
        "actions": {"action": Kind.TEXT, **_COUNTS, **_CHARGES, **_API_KEY_CHARGES},
        "moderation": {"label": Kind.TEXT, **_COUNTS},
        "quality_gates": {"verdict": Kind.TEXT, **_COUNTS},
        "consumption": {
            "user_id": Kind.TEXT,
            "name": Kind.TEXT,
            "email": Kind.TEXT,
            "is_api_key": Kind.FLAG,
            **_CHARGES,
            "gross": Kind.CU,
        },
        "activity": {column.key: column.kind for column in ACTIVITY_COLUMNS},
    }
)
"""Every table with its columns. A new column goes to the end; none is renamed or removed."""


class ProjectUsage(NamedTuple):
    """What one project used."""

    id: str
    name: str
    usage: Usage


def list_columns(table: str, *, by_project: bool) -> dict[str, Kind]:
    """The columns of a table; events have their project among their own."""
    own = COLUMNS[table]
    return {**_PROJECT, **own} if by_project and table != "activity" else dict(own)


def build_day(
    table: str, day: datetime, whole: Usage, projects: Sequence[ProjectUsage] | None = None
) -> list[Row]:
    """The rows of a day, which is a bucket of the usages, in order of their ids; none of zeros.

    With projects, each row begins with its project's id and name. What `whole` has beyond them
    stands in rows without a project, last, so that the sums are always those of the whole.
    Raises UnreadableAnswer for a count that is no whole number.
    """
    figures = _read(table, day, whole)
    if projects is None:
        return _build_rows(table, figures, whole, ())
    rows: list[Row] = []
    for project in sorted(projects):
        own = _read(table, day, project.usage)
        rows += _build_rows(table, own, project.usage, (project.id, project.name))
        for key, taken in own.items():
            left = figures.get(key, (None,) * len(taken))
            figures[key] = tuple(map(_subtract, left, taken))
    return rows + _build_rows(table, figures, whole, (None, None))


def _read(table: str, day: datetime, usage: Usage) -> dict[str, tuple[Figure | None, ...]]:
    """The figures of every id of a table, in the order of its columns."""
    if table == "consumption":
        return {
            user_id: (charge.cost, charge.discount, charge.gross)
            for user_id, charge in usage.consumption.items()
        }
    found = {
        row_id: tuple(buckets[day])
        for row_id, buckets in usage.series.get(table, {}).items()
        if day in buckets
    }
    return {key: _add_gross(*row) for key, row in found.items()} if table == "models" else found


def _add_gross(jobs: Any, cost: Any, discount: Any, *of_api_keys: Any) -> tuple[Any, ...]:
    return (jobs, cost, discount, cost + discount, *of_api_keys)


def _subtract(figure: Figure | None, taken: Figure | None) -> Figure | None:
    return figure if taken is None else (figure or 0) - taken


def _build_rows(
    table: str,
    figures: Mapping[str, tuple[Figure | None, ...]],
    usage: Usage,
    project: tuple[str | None, ...],
) -> list[Row]:
    return [
        (*project, row_id, *_name(table, row_id, usage), *_check_counts(table, row_id, row))
        for row_id, row in sorted(figures.items())
        if any(round_cu(Decimal(figure or 0)) for figure in row)
    ]


def _name(table: str, row_id: str, usage: Usage) -> tuple[Any, ...]:
    """What stands between a row's id and its figures."""
    if table == "models":
        return (usage.models.get(row_id, row_id),)
    if table == "consumption":
        user = usage.users.get(row_id)
        return (user and user.name) or row_id, user and user.email, user and user.is_api_key
    return ()


def _check_counts(
    table: str, row_id: str, figures: tuple[Figure | None, ...]
) -> Iterator[Figure | None]:
    numeric = (kind for kind in COLUMNS[table].values() if kind in (Kind.COUNT, Kind.CU))
    for kind, figure in zip(numeric, figures, strict=True):
        if kind is Kind.COUNT and isinstance(figure, Decimal) and figure % 1:
            raise UnreadableAnswer(
                f"the API counted {figure} of {table} {row_id!r}: no whole number",
                hint="please report it; --datasets leaves a table out",
            )
        yield figure
