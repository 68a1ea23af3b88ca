"""What was restated, as a report: which figures, by how much, and what that suggests."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from scenario_usage_cli.report.daily import DAILY, PROJECT_ID
from scenario_usage_cli.report.fields import Fields, Kind, Row
from scenario_usage_cli.report.frame import build_head
from scenario_usage_cli.report.numbers import is_shown
from scenario_usage_cli.report.restatements import (
    AFTER,
    BEFORE,
    CHANGE,
    COLUMN,
    DAY,
    ID,
    NAME,
    OF_PROJECT,
    REASON,
    RESTATED_AT,
    RESTATEMENTS,
    TABLE,
    TEXT,
    TOTALS,
    compute_change,
)
from scenario_usage_cli.report.usage_view import build_headlines
from scenario_usage_cli.report.view import Section, View
from scenario_usage_cli.report.words import cut_name, format_day, format_delta, group_thousands

_COUNTS = ("jobs", "count")
_CHARGED = ("consumption", "models")
"""The tables that tell what days cost, the whole first."""
_KEY = (RESTATED_AT, TABLE, DAY, PROJECT_ID, ID)
"""What tells a row of a table as one run has found it."""


class Restated(NamedTuple):
    """The restatements of a dataset, or some of them."""

    directory: str
    rows: Sequence[Row]
    every: bool
    """Whether these are of all columns; otherwise of the one by which a table is ordered."""
    generated_at: datetime
    around: str
    """What they are narrowed to, in words."""


def build_restated(
    records: Iterable[Row],
    *,
    directory: str,
    is_meant: Callable[[Row], bool],
    every: bool,
    generated_at: datetime,
    around: str,
) -> Restated:
    """The records that are meant, each with its change and the reason, in the order of the days.

    Restatements of the same day follow each other in the order of the runs.
    """
    rows: list[Row] = []
    for _, grouped in groupby(records, lambda row: tuple(field.of(row) for field in _KEY)):
        of_row = [{**row, CHANGE.key: compute_change(row)} for row in grouped]
        reason = _explain(of_row)
        for row in of_row:
            is_main = COLUMN.of(row) == DAILY[TABLE.of(row)].size.key
            if (every or (is_main and is_shown(CHANGE.of(row)))) and is_meant(row):
                told = {**row, REASON.key: reason}
                rows.append({**told, TEXT.key: _tell(told, generated_at)})
    rows.sort(key=DAY.of)
    return Restated(directory, rows, every, generated_at, around)


def build_restated_view(restated: Restated) -> View:
    """The restatements ready for any renderer."""
    totals = _add_up(restated.rows)
    return View(
        document={
            **build_head(RESTATEMENTS.name, restated.generated_at),
            "directory": restated.directory,
            "totals": totals,
            RESTATEMENTS.name: restated.rows,
            "warnings": [],
        },
        title="Scenario restatements",
        subtitle=" · ".join(filter(None, (restated.directory, restated.around))),
        headlines=build_headlines(TOTALS.fields, totals),
        sections=(
            Section(
                RESTATEMENTS,
                restated.rows,
                is_timeline=True,
                shown=_choose_columns(restated),
            ),
        ),
        period=None,
        generated_at=restated.generated_at,
    )


def _choose_columns(restated: Restated) -> Fields:
    """What tells the rows apart, and how they have moved."""
    projects = {PROJECT_ID.of(row) for row in restated.rows} - {None}
    tables = {TABLE.of(row) for row in restated.rows}
    columns = {COLUMN.of(row) for row in restated.rows}
    return (
        DAY,
        *([OF_PROJECT] if projects else []),
        NAME,
        *([TABLE] if len(tables) > 1 else []),
        *([COLUMN] if len(columns) > 1 else []),
        *(BEFORE, AFTER, CHANGE, REASON, RESTATED_AT),
    )


def _add_up(rows: Sequence[Row]) -> Row:
    tables = {TABLE.of(row) for row in rows}
    charged = next((table for table in _CHARGED if table in tables), None)
    changes = [
        CHANGE.of(row) for row in rows if TABLE.of(row) == charged and COLUMN.of(row) == "cost"
    ]
    days = len({DAY.of(row) for row in rows})
    figures = (len(rows), days, sum(changes, Decimal(0)))
    return dict(zip((field.key for field in TOTALS.fields), figures, strict=True))


def _explain(rows: Sequence[Row]) -> str | None:
    """What the figures of one row of a table suggest, all of which have moved together."""
    if all(BEFORE.of(row) is None for row in rows):
        return "new"
    if all(AFTER.of(row) is None for row in rows):
        return "gone"
    changes = {COLUMN.of(row): CHANGE.of(row) for row in rows}
    counted = next((changes[column] for column in _COUNTS if column in changes), 0)
    if counted:
        return "counted later" if counted > 0 else "counted less"
    cost = changes.get("cost", 0)
    if not cost:
        return "prices" if changes.keys() == {"amount"} else None
    if "discount" in changes and "gross" not in changes:
        return "discounts"
    return "refunds" if cost < 0 else "charged later"


def _tell(row: Row, now: datetime) -> str:
    """`12 Oct, project Pirates, Kling V3: 5,120 to 4,780 CU (-340, refunds)`."""
    day = date.fromisoformat(DAY.of(row))
    project = OF_PROJECT.of(row) or PROJECT_ID.of(row)
    place = [
        format_day(day, now),
        *([f"project {cut_name(project)}"] if project else []),
        cut_name(NAME.of(row)),
    ]
    table, column = DAILY[TABLE.of(row)], COLUMN.of(row)
    kinds = {field.key: field.kind for field in table.fields}
    unit = " CU" if kinds.get(column) is Kind.CU else ""
    what = "" if column == table.size.key else f"{column}, "
    reason = f", {REASON.of(row)}" if REASON.of(row) else ""
    before, after = (group_thousands(field.of(row) or 0) for field in (BEFORE, AFTER))
    change = format_delta(CHANGE.of(row))
    return f"{', '.join(place)}: {what}{before} to {after}{unit} ({change}{reason})"


def describe_days(first: date | None, last: date | None, restated_since: date | None) -> str:
    """What the restatements are narrowed to, in words."""
    return ", ".join(
        filter(
            None,
            (
                f"from {first}" if first else "",
                f"to {last}" if last else "",
                f"restated since {restated_since}" if restated_since else "",
            ),
        )
    )
