"""Restatements as a report: why figures have moved, in words, sums and columns."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from scenario_usage_cli.report.restated import (
    Restated,
    build_restated,
    build_restated_view,
    describe_days,
)
from tests.cases import each

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def record(column: str, before: Any, after: Any, **more: Any) -> dict[str, Any]:
    """A figure of a model on the twelfth that has moved."""
    return {
        "restated_at": "2026-10-14T06:15:00Z",
        "table": "models",
        "date": "2026-10-12",
        "project_id": None,
        "project": None,
        "id": "m",
        "name": "Kling V3",
        "column": column,
        "before": before,
        "after": after,
        **more,
    }


def build(*records: dict[str, Any], every: bool = False, around: str = "") -> Restated:
    """The report of these records."""
    return build_restated(
        records,
        directory="usage",
        is_meant=lambda row: row["name"] != "left out",
        every=every,
        generated_at=NOW,
        around=around,
    )


def tell(*records: dict[str, Any], every: bool = False) -> list[Any]:
    """The sentences."""
    return [row["text"] for row in build(*records, every=every).rows]


@each(
    ("moved", "reason"),
    [
        ([("cost", None, 5), ("jobs", None, 1)], "new"),
        ([("cost", 5, None), ("jobs", 1, None)], "gone"),
        ([("cost", 0, 5), ("jobs", None, 1)], "counted later"),
        ([("cost", 5, 0), ("jobs", 1, None)], "counted less"),
        ([("cost", 5, 9), ("jobs", 3, 4)], "counted later"),
        ([("cost", 5, 4), ("jobs", 3, 4)], "counted later"),
        ([("cost", 5, 4), ("jobs", 4, 3)], "counted less"),
        ([("cost", 5, 4), ("jobs", 3, 3), ("gross", 7, 6)], "refunds"),
        ([("cost", 5, 4), ("discount", 1, 2)], "discounts"),
        ([("cost", 5, 6), ("discount", 2, 1)], "discounts"),
        ([("cost", 5, 4), ("discount", 1, 2), ("gross", 6, 7)], "refunds"),
        ([("cost", 5, 6), ("gross", 5, 6)], "charged later"),
        ([("cost", 5, Decimal("4.9"))], "refunds"),
        ([("cost", 5, Decimal("5.1"))], "charged later"),
        ([("amount", 5, 6)], "prices"),
        ([("amount", 5, 6), ("discount", 1, 2)], None),
        ([("discount", 1, 2)], None),
    ],
)
def test_the_reason_is_what_the_figures_of_a_row_suggest(
    moved: list[tuple[str, Any, Any]], reason: str | None
) -> None:
    """All of them together: what came or went, jobs, discounts, refunds, or prices."""
    rows = build(*(record(*one) for one in moved), every=True).rows

    assert {row["reason"] for row in rows} == {reason}
    assert len(rows) == len(moved)


def test_kinds_are_explained_by_their_counts() -> None:
    """As models are by their jobs."""
    moved = record("count", 3, 5, table="assets", id="image", name="image")

    assert tell(moved) == ["12 Oct, image: 3 to 5 (+2, counted later)"]


def test_the_figures_of_one_run_are_explained_apart_from_those_of_another() -> None:
    """As are those of other days, projects and rows."""
    later = {"restated_at": "2026-10-15T06:15:00Z"}
    rows = build(
        record("cost", None, 5),
        record("cost", 5, 4, **later),
        record("cost", 4, 3, **later, project_id="p"),
        record("cost", 3, None, **later, project_id="p", date="2026-10-13"),
    ).rows

    assert [row["reason"] for row in rows] == ["new", "refunds", "refunds", "gone"]


@each(
    ("moved", "text"),
    [
        (record("cost", 5120, 4780), "12 Oct, Kling V3: 5,120 to 4,780 CU (-340, refunds)"),
        (
            record("cost", 1, 2, project_id="p1", project="Pirates", date="2025-01-02"),
            "2 Jan 2025, project Pirates, Kling V3: 1 to 2 CU (+1, charged later)",
        ),
        (
            record("cost", 1, 2, project_id="p1", project=None),
            "12 Oct, project p1, Kling V3: 1 to 2 CU (+1, charged later)",
        ),
        (record("jobs", 0, 1), "12 Oct, Kling V3: jobs, 0 to 1 (+1, counted later)"),
        (record("discount", 1, 2), "12 Oct, Kling V3: discount, 1 to 2 CU (+1)"),
        (record("amount", 1, 2), "12 Oct, Kling V3: amount, 1 to 2 (+1, prices)"),
        (record("cost", None, 2), "12 Oct, Kling V3: 0 to 2 CU (+2, new)"),
        (record("cost", 2, None), "12 Oct, Kling V3: 2 to 0 CU (-2, gone)"),
    ],
)
def test_a_sentence_has_day_place_figures_and_reason(moved: dict[str, Any], text: str) -> None:
    """The column too, unless it is the one by which its table is ordered."""
    assert tell(moved, every=True) == [text]


def test_without_every_only_main_figures_that_are_seen_to_move_are_told() -> None:
    """And only those that are meant."""
    moved = (
        record("jobs", 3, 4),
        record("cost", 5, 6),
        record("cost", 5, Decimal("5.0000001"), id="n"),
        record("cost", 5, 6, id="o", name="left out"),
        record("count", 3, 4, table="assets", id="image", name="image"),
    )

    assert tell(*moved) == [
        "12 Oct, Kling V3: 5 to 6 CU (+1, counted later)",
        "12 Oct, image: 3 to 4 (+1, counted later)",
    ]
    assert len(tell(*moved, every=True)) == 4


def test_rows_are_in_the_order_of_their_days() -> None:
    """Of one day, in that of the runs."""
    rows = build(
        record("cost", 1, 2, date="2026-10-13"),
        record("cost", 2, 3),
        record("cost", 3, 4, restated_at="2026-10-20T06:15:00Z"),
    ).rows

    assert [(row["date"], row["before"]) for row in rows] == [
        *(("2026-10-12", 2), ("2026-10-12", 3), ("2026-10-13", 1))
    ]


def add_up(*records: dict[str, Any], every: bool = False) -> Any:
    """The totals."""
    return build_restated_view(build(*records, every=every)).document["totals"]


def test_the_cost_of_days_is_that_of_consumption_or_else_of_models() -> None:
    """Never of both, and of no other column."""
    models = (record("cost", 5, 6), record("discount", 0, 9), record("cost", 1, 4, id="n"))
    person = record("cost", 10, 8, table="consumption", id="u", name="Ann", date="2026-10-13")
    kind = record("count", 1, 9, table="assets", id="image", name="image")

    assert add_up(*models, every=True) == {"restatements": 3, "days": 1, "cost_change": 4}
    assert add_up(*models, person, kind) == {"restatements": 4, "days": 2, "cost_change": -2}
    assert add_up(kind) == {"restatements": 1, "days": 1, "cost_change": 0}
    assert add_up() == {"restatements": 0, "days": 0, "cost_change": 0}


@each(
    ("records", "columns"),
    [
        ([record("cost", 1, 2)], []),
        ([record("cost", 1, 2, project_id="p")], ["project"]),
        ([record("cost", 1, 2), record("discount", 1, 2)], ["column"]),
        (
            [record("cost", 1, 2), record("cost", 1, 2, table="consumption", id="u")],
            ["table"],
        ),
        (
            [record("cost", 1, 2), record("count", 1, 2, table="assets", project_id="p")],
            ["project", "table", "column"],
        ),
    ],
)
def test_people_are_shown_what_tells_the_rows_apart(
    records: list[dict[str, Any]], columns: list[str]
) -> None:
    """A column in which all are alike is left out."""
    (section,) = build_restated_view(build(*records, every=True)).sections
    shown = [field.key for field in section.shown]

    fixed = ["date", "name", "before", "after", "change", "reason", "restated_at"]
    assert [key for key in shown if key not in fixed] == columns
    assert [key for key in shown if key in fixed] == fixed
    assert (section.is_timeline, len(section.rows)) == (True, len(records))


def test_the_subtitle_says_what_they_are_of() -> None:
    """The dataset, and what they are narrowed to, if they are."""
    days = describe_days(date(2026, 10, 1), date(2026, 10, 2), date(2026, 11, 3))

    assert build_restated_view(build(around=days)).subtitle == (
        "usage · from 2026-10-01, to 2026-10-02, restated since 2026-11-03"
    )
    assert build_restated_view(build()).subtitle == "usage"
    assert describe_days(None, date(2026, 10, 2), None) == "to 2026-10-02"
