"""The rules of the report: its keys, what adds up to what, in which order, under which name."""

from decimal import Decimal
from typing import Any

import pytest

from tests.report.builders import ID_KEYS, Document, action, build, charge, column, kind, model
from tests.support import point, usages


def test_every_section_has_its_keys() -> None:
    """One row of each section, every figure different, comes out under the contract's keys."""
    figures: dict[str, Any] = {
        "cost": 6.5,
        "discount": 1.5,
        "apiKeyCost": 2.5,
        "apiKeyDiscount": 0.5,
    }
    counted = {"points": [point(count=9, countApiKey=4)]}

    document = build(
        usages(
            consumption=[charge("user_1", 10.25, 0.75)],
            models=[model("model_1", jobs=4, **figures)],
            assets=[{"kind": "image", **counted}],
            actions=[
                {"usageName": "upscale", "points": [point(value="12", apiKey="5", **figures)]}
            ],
            moderation=[{"label": "nudity", **counted}],
            quality_gates=[{"verdict": "pass", **counted}],
            users=[{"id": "user_1", "fullName": "Ada", "email": "ada@x.org", "isApiKey": True}],
            model_names={"model_1": "Flux"},
        )
    )

    assert document == {
        "schema_version": 1,
        "report": "usage",
        "generated_at": "2026-11-22T18:30:00Z",
        "period": None,
        "filters": {"team_id": None, "project_ids": [], "user_ids": [], "models": []},
        "totals": {
            "cost": Decimal("10.25"),
            "discount": Decimal("0.75"),
            "gross": 11,
            "jobs": 4,
            "assets": 9,
            "users": 1,
            "models": 1,
        },
        "consumption": [
            {
                "user_id": "user_1",
                "name": "Ada",
                "email": "ada@x.org",
                "is_api_key": True,
                "cost": Decimal("10.25"),
                "discount": Decimal("0.75"),
                "gross": 11,
                "share": 1,
            }
        ],
        "models": [
            {
                "model_id": "model_1",
                "name": "Flux",
                "jobs": 4,
                "cost": Decimal("6.5"),
                "discount": Decimal("1.5"),
                "gross": 8,
                "cost_per_job": Decimal("1.625"),
                "api_key_cost": Decimal("2.5"),
                "api_key_discount": Decimal("0.5"),
                "share": 1,
            }
        ],
        "assets": [{"kind": "image", "count": 9, "api_key_count": 4, "share": 1}],
        "actions": [
            {
                "action": "upscale",
                "count": 12,
                "api_key_count": 5,
                "cost": Decimal("6.5"),
                "discount": Decimal("1.5"),
                "api_key_cost": Decimal("2.5"),
                "api_key_discount": Decimal("0.5"),
            }
        ],
        "moderation": [{"label": "nudity", "count": 9, "api_key_count": 4}],
        "quality_gates": [{"verdict": "pass", "count": 9, "api_key_count": 4}],
        "reconciliation": {
            "consumption_cost": Decimal("10.25"),
            "model_cost": Decimal("6.5"),
            "difference": Decimal("3.75"),
        },
        "warnings": [],
    }


def test_totals_come_from_the_sections_that_own_them() -> None:
    """Money from consumption, jobs and models from models, assets from assets."""
    document = build(
        usages(
            consumption=[charge("a", 1, 2), charge("b", 3), charge("idle", 0)],
            models=[
                model("x", jobs=5, cost=100),
                model("free", jobs=2),
                model("late fee", cost=1),
                model("given", discount=7),
                model("idle"),
            ],
            assets=[kind("image", 3, 4), kind("video", 2)],
        )
    )

    assert document["totals"] == {
        "cost": 4,
        "discount": 2,
        "gross": 6,
        "jobs": 7,
        "assets": 9,
        "users": 2,
        "models": 3,
    }


@pytest.mark.parametrize(
    ("row", "counted"),
    [
        (charge("u", 1), 1),
        (charge("u", 0, 1), 1),
        (charge("u", -1), 1),
        (charge("u", 0), 0),
        ({"userId": "u"}, 0),
    ],
)
def test_users_counts_those_with_any_cost_or_discount(row: Document, counted: int) -> None:
    """A user with a refund or a gift counts, one with nothing does not."""
    assert build(usages(consumption=[row]))["totals"]["users"] == counted


@pytest.mark.parametrize("section", ["consumption", "models", "assets"])
def test_rows_stand_by_size_and_then_by_id(section: str) -> None:
    """The largest first, ties by id, refunds at the end."""
    sizes = {"z": 1, "b": 5, "a": 5, "A": 5, "c": -9}
    answer = usages(
        consumption=[charge(name, size) for name, size in sizes.items()],
        models=[model(name, cost=size) for name, size in sizes.items()],
        assets=[kind(name, size) for name, size in sizes.items()],
    )

    assert column(build(answer), section, ID_KEYS[section]) == ["A", "a", "b", "z", "c"]


def test_actions_without_a_cost_come_last_by_count() -> None:
    """A null cost is below every cost, also below a refund; ties by id."""
    document = build(
        usages(
            actions=[
                action("few", "2"),
                action("refunds", "1", cost=-50),
                action("more-b", "30"),
                action("more-a", "30"),
                action("free", "9", cost=0),
                action("dear", "1", cost=7),
            ]
        )
    )

    assert column(document, "actions", "action") == [
        "dear",
        "free",
        "refunds",
        "more-a",
        "more-b",
        "few",
    ]


@pytest.mark.parametrize(
    ("entity", "expected"),
    [
        (None, ("u", None, None)),
        ({"id": "u"}, ("u", None, None)),
        ({"id": "u", "fullName": None, "email": None, "isApiKey": None}, ("u", None, None)),
        ({"id": "u", "fullName": "", "isApiKey": False}, ("u", None, False)),
        ({"id": "u", "fullName": "CI key", "isApiKey": True}, ("CI key", None, True)),
        ({"id": "other", "fullName": "Not me"}, ("u", None, None)),
    ],
)
def test_a_user_without_a_name_is_called_by_the_id(entity: Document | None, expected: Any) -> None:
    """`is_api_key` is null without an entity that says."""
    document = build(usages(consumption=[charge("u", 1)], users=[entity] if entity else []))

    (row,) = document["consumption"]
    assert (row["name"], row["email"], row["is_api_key"]) == expected


@pytest.mark.parametrize(("name", "expected"), [("Flux", "Flux"), ("", "m"), (None, "m")])
def test_a_model_without_a_name_is_called_by_the_id(name: Any, expected: str) -> None:
    """An empty name is none."""
    document = build(usages(models=[model("m", cost=1)], model_names={"m": name}))

    assert column(document, "models", "name") == [expected]


def test_rows_that_restate_others_are_left_out() -> None:
    """`creative-unit-cost` and `creative-unit-discount` would count everything twice."""
    document = build(
        usages(
            actions=[
                action("creative-unit-cost", "100", cost=100),
                action("creative-unit-discount", "5", discount=5),
                action("creative-unit-other", "1"),
            ]
        )
    )

    assert column(document, "actions", "action") == ["creative-unit-other"]


def test_figures_of_an_action_are_null_when_no_point_had_them() -> None:
    """One point with a cost is enough for a sum; a zero is a cost."""
    document = build(
        usages(
            actions=[
                {
                    "usageName": "some",
                    "points": [
                        point(value="1", apiKey="0"),
                        point(value="1", apiKey="1", cost=2, apiKeyCost=0),
                        point(value="1", apiKey="0", cost=None),
                    ],
                }
            ]
        )
    )

    assert document["actions"] == [
        {
            "action": "some",
            "count": 3,
            "api_key_count": 1,
            "cost": 2,
            "discount": None,
            "api_key_cost": 0,
            "api_key_discount": None,
        }
    ]


def test_the_total_verdict_keeps_its_row_and_is_added_to_nothing() -> None:
    """`total` is what the others sum to, so each row is its own points only."""
    verdicts = {"total": 10, "pass": 6, "warn": 3, "fail": 1}
    rows = [{"verdict": v, "points": [point(count=n)]} for v, n in verdicts.items()]

    document = build(usages(quality_gates=rows, assets=[kind("image", 10)]))

    found = {row["verdict"]: row["count"] for row in document["quality_gates"]}
    assert (found, document["totals"]["assets"]) == (verdicts, 10)


def test_the_same_id_adds_up_within_and_across_answers() -> None:
    """Rows and points of one id are one row, in one answer or in several."""
    half = usages(
        consumption=[charge("u", 1, 1), charge("u", 2)],
        models=[model("m", jobs=1, cost=1, apiKeyCost=1), model("m", jobs=2, cost=0.5)],
        assets=[kind("image", 1, 2), kind("image", 3)],
    )

    document = build(half, half)

    assert [(r["cost"], r["discount"], r["gross"]) for r in document["consumption"]] == [(6, 2, 8)]
    assert [(r["jobs"], r["cost"], r["api_key_cost"]) for r in document["models"]] == [(6, 3, 2)]
    assert column(document, "assets", "count") == [12]
    assert document["totals"]["users"] == 1
