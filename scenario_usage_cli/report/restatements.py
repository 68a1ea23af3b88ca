"""Restatements: figures of a day that came back from the API other than they were written."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.report.activity_table import ACTIVITY
from scenario_usage_cli.report.daily import DAILY, DATE, PROJECT, PROJECT_ID
from scenario_usage_cli.report.fields import Field, Fields, Kind, Row, Table, pick

_FIGURES = (Kind.COUNT, Kind.CU, Kind.AMOUNT)

RESTATED_AT = Field[str](
    "restated_at", "Restated at", Kind.TIME, 20, "When the run began that found it."
)
TABLE = Field[str]("table", "Table", Kind.TEXT, 60, "The table of the dataset.")
DAY = DATE._replace(weight=100, meaning="The day of UTC whose figure it is.")
ID = Field[str]("id", "Id", Kind.TEXT, 0, "The id that the table has: of a model, a user, a kind.")
NAME = Field[str]("name", "Name", Kind.TEXT, 95, "The name of that; the id where there is none.")
COLUMN = Field[str]("column", "Column", Kind.TEXT, 70, "The column of the table.")
BEFORE = Field[Figure | None](
    "before", "Before", Kind.FIGURE, 80, "What it was; null where there was no row.", nullable=True
)
AFTER = Field[Figure | None](
    "after", "After", Kind.FIGURE, 90, "What it is; null where there is no row.", nullable=True
)
OF_PROJECT = PROJECT._replace(weight=85, meaning="The project's name.")
RECORD: Fields = (
    *(RESTATED_AT, TABLE, DAY),
    PROJECT_ID._replace(meaning="Null if the dataset does not tell projects apart."),
    OF_PROJECT,
    *(ID, NAME, COLUMN, BEFORE, AFTER),
)
"""The columns of a restatement. A new column goes to the end; none is renamed or removed."""


def compute_change(row: Row) -> Figure:
    """After less before; null counts as 0."""
    return (AFTER.of(row) or 0) - (BEFORE.of(row) or 0)


CHANGE = Field[Figure](
    "change",
    "Change",
    Kind.DELTA,
    92,
    "After less before; null counts as 0.",
    formula=compute_change,
)
REASON = Field[str | None](
    "reason",
    "Reason",
    Kind.TEXT,
    50,
    "What the other figures of the same row suggest, such as refunds; null where they tell "
    "nothing.",
    nullable=True,
)
TEXT = Field[str]("text", "Text", Kind.TEXT, 0, "All of it in a sentence.")
RESTATEMENTS = Table(
    "restatements",
    "Restatements",
    (),
    (),
    (*RECORD, CHANGE, REASON, TEXT),
    CHANGE,
    "A figure of a day that has moved since it was written.",
    is_additive=False,
)
TOTALS = Table(
    "totals",
    "Totals",
    (),
    (),
    (
        Field[int]("restatements", "Restatements", Kind.TALLY, meaning="How many there are."),
        Field[int]("days", "Days", Kind.TALLY, meaning="How many days they are of."),
        Field[Figure](
            "cost_change",
            "Cost",
            Kind.DELTA,
            meaning="How much more or less these days cost: by consumption, if that has moved, or "
            "else by models. In CU.",
        ),
    ),
    CHANGE,
    "All of the restatements together.",
)
COMPARED = tuple(table for table in DAILY if table != ACTIVITY.name)
"""The tables whose rows can be told apart; events have no ids."""


def compare_rows(
    table: str,
    day: date,
    columns: Fields,
    before: Iterable[Row],
    after: Iterable[Row],
    *,
    restated_at: str,
) -> list[Row]:
    """Each figure of a table and day that was other before, in the order of the rows.

    A row that was not there, or is not any more, has null in each of its figures.
    """
    old, new = (_index(table, rows) for rows in (before, after))
    found: list[Row] = []
    for project_id, row_id in dict.fromkeys((*new, *old)):
        was, now = (rows.get((project_id, row_id), {}) for rows in (old, new))
        told = now or was
        names = DAILY[table].names
        place: Row = {
            RESTATED_AT.key: restated_at,
            TABLE.key: table,
            DAY.key: day.isoformat(),
            PROJECT_ID.key: project_id,
            PROJECT.key: PROJECT.find(told),
            ID.key: row_id,
            NAME.key: (names and names[-1].find(told)) or row_id,
        }
        for figure in pick(columns, *_FIGURES):
            moved = {BEFORE.key: figure.find(was), AFTER.key: figure.find(now)}
            if moved[BEFORE.key] != moved[AFTER.key]:
                found.append({**place, COLUMN.key: figure.key, **moved})
    return found


def parse_record(raw: Mapping[str, str | None]) -> Row:
    """A restatement from the texts of its values. Raises ValueError."""
    return {
        key: Decimal(value) if value is not None and key in (BEFORE.key, AFTER.key) else value
        for key, value in raw.items()
    }


def _index(table: str, rows: Iterable[Row]) -> dict[tuple[str | None, str], Row]:
    """The rows by project, if they tell it, and id."""
    row_id = DAILY[table].id
    return {(PROJECT_ID.find(row), str(row_id.of(row))): row for row in rows}
