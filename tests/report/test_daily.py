"""The rows of one day: which there are, in which order, and what belongs to no project."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from scenario_usage_cli.collect.names import UserName
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.errors import UnreadableAnswer
from scenario_usage_cli.export.layout import TABLES
from scenario_usage_cli.report import daily
from scenario_usage_cli.report.daily import DAILY, ProjectUsage, list_columns

DAY = datetime(2026, 11, 1, tzinfo=UTC)
NEXT = datetime(2026, 11, 2, tzinfo=UTC)


def cu(*amounts: str) -> list[Decimal]:
    """Amounts of CU."""
    return [Decimal(amount) for amount in amounts]


KEYS = {
    "models": ("jobs", "cost", "discount", "api_key_cost", "api_key_discount"),
    "assets": ("count", "api_key_count"),
    "actions": (
        *("count", "api_key_count", "cost", "discount", "api_key_cost", "api_key_discount"),
    ),
}


def usage(**series: Any) -> Usage:
    """A usage with these series, `table={id: {day: figures}}`, in the order of their keys."""
    keyed = {
        table: {
            row_id: {
                day: dict(zip(KEYS[table], figures, strict=True)) for day, figures in days.items()
            }
            for row_id, days in rows.items()
        }
        for table, rows in series.items()
    }
    return Usage(TABLES, None, Filters(), series=keyed)


def build_day(table: str, day: datetime, whole: Usage, *projects: Any) -> list[tuple[Any, ...]]:
    """The rows of a day as a partition has them: their values in the order of the columns."""
    columns = list_columns(table, by_project=bool(projects))
    rows = daily.build_day(table, day, whole, *projects)
    assert all(set(row) == {column.key for column in columns} for row in rows)
    return [tuple(row[column.key] for column in columns) for row in rows]


def charge(cost: Decimal, discount: Decimal, gross: Decimal) -> dict[str, Any]:
    """What a user was charged, was given, and both together."""
    return {"cost": cost, "discount": discount, "gross": gross}


def models(**rows: list[Any]) -> Usage:
    """Models of one day: jobs, cost, discount and both of API keys."""
    found = usage(models={f"model_{key}": {DAY: figures} for key, figures in rows.items()})
    found.models["model_a"] = "Lumen"
    return found


def test_columns_are_fixed_in_order() -> None:
    """Retyped from what the issue promises."""
    assert {
        name: ",".join(column.key for column in table.columns) for name, table in DAILY.items()
    } == {
        "models": "model_id,model,jobs,cost,discount,gross,api_key_cost,api_key_discount",
        "assets": "kind,count,api_key_count",
        "actions": "action,count,api_key_count,cost,discount,api_key_cost,api_key_discount",
        "moderation": "label,count,api_key_count",
        "quality_gates": "verdict,count,api_key_count",
        "consumption": "user_id,name,email,is_api_key,cost,discount,gross",
        "activity": "time,action,project_id,project,user_id,user,is_api_key,model_id,model,job_id,"
        "asset_id,collection_id,cost",
    }
    assert tuple(DAILY) == TABLES


def test_by_project_two_columns_come_first() -> None:
    """But for events, which have their project anyway."""
    assert [column.key for column in list_columns("assets", by_project=True)] == [
        *("project_id", "project", "kind", "count", "api_key_count")
    ]
    assert list_columns("activity", by_project=True) == list_columns("activity", by_project=False)


def test_models_have_their_name_and_gross() -> None:
    """Gross is cost and discount together; a model without a name is called by its id."""
    whole = models(b=[1, *cu("0.1", "0.2", "0", "0")], a=[2, *cu("1.5", "0.5", "1", "0.25")])

    assert build_day("models", DAY, whole) == [
        ("model_a", "Lumen", 2, *cu("1.5", "0.5", "2.0", "1", "0.25")),
        ("model_b", "model_b", 1, *cu("0.1", "0.2", "0.3", "0", "0")),
    ]


def test_only_the_day_counts() -> None:
    """Other days of the same usage are other partitions."""
    whole = usage(assets={"image": {DAY: [3, 1], NEXT: [5, 0]}, "video": {NEXT: [1, 1]}})

    assert build_day("assets", DAY, whole) == [("image", 3, 1)]
    assert build_day("assets", NEXT, whole) == [("image", 5, 0), ("video", 1, 1)]


@pytest.mark.parametrize(
    ("figures", "is_there"),
    [
        ([0, *cu("0", "0", "0", "0")], False),
        ([0, *cu("0.0000004", "-0.0000004", "0", "0")], False),
        ([1, *cu("0", "0", "0", "0")], True),
        ([0, *cu("-0.000001", "0", "0", "0")], True),
        ([0, *cu("0", "0", "0", "0.5")], True),
    ],
)
def test_a_row_is_there_for_any_figure(figures: list[Any], is_there: bool) -> None:
    """A free job is one; noise below the sixth decimal is none."""
    assert bool(build_day("models", DAY, models(a=figures))) is is_there


def test_actions_keep_null_apart_from_zero() -> None:
    """An action that is never charged has no cost, rather than a cost of 0."""
    whole = usage(actions={"download": {DAY: [4, 1, None, None, None, None]}})

    assert build_day("actions", DAY, whole) == [("download", 4, 1, None, None, None, None)]


def test_users_come_with_what_is_known_of_them() -> None:
    """Name and e-mail where there is an entity; else the id, and null."""
    whole = usage()
    whole.consumption |= {
        "user_2": charge(*cu("1", "0", "1")),
        "user_1": charge(*cu("2", "1", "3")),
    }
    whole.users["user_1"] = UserName("Ada", "ada@example.com", False)

    assert build_day("consumption", DAY, whole) == [
        ("user_1", "Ada", "ada@example.com", False, *cu("2", "1", "3")),
        ("user_2", "user_2", None, None, *cu("1", "0", "1")),
    ]


def test_rows_of_projects_and_then_what_is_left() -> None:
    """The rows add up to the whole: what no project has stands in a row without one."""
    whole = usage(assets={"image": {DAY: [10, 2]}, "video": {DAY: [1, 0]}})
    first = ProjectUsage("p1", "Hero", usage(assets={"image": {DAY: [4, 2]}}))
    second = ProjectUsage("p2", "Hero", usage(assets={"image": {DAY: [5, 0]}}))

    assert build_day("assets", DAY, whole, [second, first]) == [
        ("p1", "Hero", "image", 4, 2),
        ("p2", "Hero", "image", 5, 0),
        (None, None, "image", 1, 0),
        (None, None, "video", 1, 0),
    ]


def test_what_projects_have_beyond_the_whole_is_taken_back() -> None:
    """Two answers that disagree are not made to agree: the difference is a row, negative here."""
    project = ProjectUsage("p1", "Hero", usage(assets={"audio": {DAY: [2, 0]}}))

    assert build_day("assets", DAY, usage(), [project]) == [
        ("p1", "Hero", "audio", 2, 0),
        (None, None, "audio", -2, 0),
    ]


def test_without_any_project_everything_is_left() -> None:
    """A key that lists none still has the two columns."""
    whole = usage(assets={"image": {DAY: [10, 2]}})

    assert build_day("assets", DAY, whole, []) == [(None, None, "image", 10, 2)]


def test_noise_of_doubles_is_no_rest() -> None:
    """0.1 and 0.2 do not make 0.3 in doubles; no row stands for the difference."""
    whole = usage(models={"m": {DAY: [2, *cu("0.30000000000000004", "0", "0", "0")]}})
    projects = [
        ProjectUsage(f"p{n}", "", usage(models={"m": {DAY: [1, *cu(cost, "0", "0", "0")]}}))
        for n, cost in enumerate(["0.1", "0.2"])
    ]

    assert [row[0] for row in build_day("models", DAY, whole, projects)] == ["p0", "p1"]


def test_a_count_that_is_no_whole_number_is_refused() -> None:
    """Its column holds integers: rounding it would be a lie."""
    whole = usage(actions={"upscale": {DAY: [Decimal("2.5"), 0, None, None, None, None]}})

    with pytest.raises(UnreadableAnswer) as caught:
        build_day("actions", DAY, whole)

    assert caught.value.message == "the API counted 2.5 of actions 'upscale': no whole number"
    assert caught.value.hint == "please report it; --datasets leaves a table out"


def test_halves_that_make_a_whole_number_are_one() -> None:
    """A count of 2.5 and one of 0.5 are three."""
    whole = usage(actions={"upscale": {DAY: [Decimal("3.0"), 0, None, None, None, None]}})

    assert [row[:2] for row in build_day("actions", DAY, whole)] == [("upscale", 3)]
