"""The breakdown: projects or users beside models, and whether they add up to the whole."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest

from scenario_usage_cli.api.body import parse_usages
from scenario_usage_cli.collect.breakdown import Breakdown, Ids
from scenario_usage_cli.collect.merge import Merger
from scenario_usage_cli.collect.sections import SECTIONS
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.report.usage import build_report
from tests.report.builders import action, charge, kind, model
from tests.support import NOW, usages

TOTAL_KEYS = ["project_id", "name", "cost", "discount", "gross", "jobs", "assets"]
ROW_KEYS = [
    *("project_id", "project", "model_id", "model", "jobs", "cost", "discount", "gross"),
    *("api_key_cost", "api_key_discount"),
]
NO_MODEL = "(no model: operations and refunds)"
NAMES = {"m1": "Flux", "m2": "[Imagen]"}
WHOLE = usages(
    consumption=[charge("u1", 12, 1), charge("u2", 0.3)],
    models=[
        model("m1", jobs=3, cost=10.1, discount=1, apiKeyCost=0.1),
        model("m2", jobs=2, cost=0.2),
    ],
    assets=[kind("image", 2, 3), kind("video", 1)],
    users=[{"id": "u1", "fullName": "Ann"}],
    model_names=NAMES,
)
PART_A = usages(
    consumption=[charge("u1", 3, 1), charge("u2", 0.3)],
    models=[
        model("m1", jobs=1, cost=0.1, discount=1, apiKeyCost=0.1),
        model("m2", jobs=2, cost=0.2),
    ],
    assets=[kind("image", 2, 3), kind("video", 1)],
    model_names=NAMES,
)
PART_B = usages(consumption=[charge("u1", 9)], models=[model("m1", jobs=2, cost=10)])


def read(document: dict[str, Any], sections: tuple[str, ...] = SECTIONS) -> Usage:
    """The usage of one answer."""
    usage = Usage(sections, None, Filters())
    Merger(usage).add(parse_usages(json.dumps(document).encode(), source="the test"))
    return usage


def build(
    whole: dict[str, Any],
    by: str = "project",
    models: tuple[str, ...] = (),
    names: dict[str, str] | None = None,
    **parts: dict[str, Any],
) -> Any:
    """The report with the breakdown to these parts, with exact numbers."""
    usages_of_parts: dict[Ids, Usage] = {(key,): read(part) for key, part in parts.items()}
    names = {"a": "Hero", "b": "[b]"} if names is None else names
    breakdown = Breakdown((by,), usages_of_parts, {(key,): (name,) for key, name in names.items()})
    return build_report(
        read(whole), models=models, breakdowns=[breakdown], generated_at=NOW
    ).document


def test_totals_are_of_consumption_and_in_order_of_cost() -> None:
    """Jobs are those of models, assets those of all kinds."""
    block = build(WHOLE, a=PART_A, b=PART_B)["breakdown"]

    assert list(block) == ["by", "totals", "rows"]
    assert block["by"] == "project"
    assert [list(row) for row in block["totals"]] == [TOTAL_KEYS] * 2
    assert [list(row.values()) for row in block["totals"]] == [
        ["b", "[b]", 9, 0, 9, 2, 0],
        ["a", "Hero", Decimal("3.3"), 1, Decimal("4.3"), 3, 6],
    ]


def test_rows_are_of_models_in_the_order_of_totals() -> None:
    """Then by cost, the row without a model among them; gross is cost and discount; names are
    the part's own, or the id.
    """
    rows = build(WHOLE, a=PART_A, b=PART_B)["breakdown"]["rows"]

    assert [list(row) for row in rows] == [ROW_KEYS] * 5
    assert [list(row.values())[:8] for row in rows] == [
        ["b", "[b]", "m1", "m1", 2, 10, 0, 10],
        ["b", "[b]", "", NO_MODEL, 0, -1, 0, -1],
        ["a", "Hero", "", NO_MODEL, 0, 3, 0, 3],
        ["a", "Hero", "m2", "[Imagen]", 2, Decimal("0.2"), 0, Decimal("0.2")],
        ["a", "Hero", "m1", "Flux", 1, Decimal("0.1"), 1, Decimal("1.1")],
    ]
    assert [row["api_key_cost"] for row in rows] == [0, None, None, 0, Decimal("0.1")]


def test_by_user_the_keys_are_those_of_users() -> None:
    """A user without a name is called by the id."""
    block = build(WHOLE, "user", names={"u1": "Ann"}, u1=PART_B, u2=PART_A)["breakdown"]

    assert list(block["totals"][0]) == ["user_id", "name", *TOTAL_KEYS[2:]]
    assert list(block["rows"][0]) == ["user_id", "user", *ROW_KEYS[2:]]
    assert [(row["user_id"], row["user"]) for row in block["rows"]] == [
        *[("u1", "Ann")] * 2,
        *[("u2", "u2")] * 3,
    ]


def test_ties_are_broken_by_id() -> None:
    """Totals as well as rows."""
    same = usages(
        consumption=[charge("u1", 3)],
        models=[model("y", jobs=1, cost=1), model("x", jobs=1, cost=1)],
    )
    block = build(usages(), d=same, c=same)["breakdown"]

    assert [row["project_id"] for row in block["totals"]] == ["c", "d"]
    assert [(row["project_id"], row["model_id"]) for row in block["rows"]] == [
        *(("c", ""), ("c", "x"), ("c", "y"), ("d", ""), ("d", "x"), ("d", "y")),
    ]


def test_parts_that_add_up_have_a_difference_of_zero_and_no_warning() -> None:
    """0.1 and 10 are 10.1."""
    document = build(WHOLE, a=PART_A, b=PART_B)

    assert document["reconciliation"] == {
        "consumption_cost": Decimal("12.3"),
        "model_cost": Decimal("10.3"),
        "difference": 2,
        "breakdown_difference": 0,
    }
    assert document["warnings"] == []


def test_what_is_in_no_part_is_a_positive_difference() -> None:
    """The warnings name whose it is and the amounts; no row has any of it."""
    document = build(WHOLE, a=PART_A)

    assert document["reconciliation"]["breakdown_difference"] == 9
    assert sum(row["cost"] for row in document["breakdown"]["rows"]) == Decimal("3.3")
    assert document["warnings"] == [
        "consumption of Ann does not add up by project: the whole has more by cost 9, gross 9",
        "Flux does not add up by project: the whole has more by jobs 2, cost 10",
    ]


def test_what_is_in_two_parts_is_a_negative_difference() -> None:
    """Signed, as it is."""
    document = build(WHOLE, a=PART_A, b=PART_B, c=PART_B)

    assert document["reconciliation"]["breakdown_difference"] == -9
    assert [warning.partition(" by jobs ")[2] for warning in document["warnings"]] == [
        *("", "-2, cost -10"),
    ]


def test_differences_that_cancel_each_other_out_are_still_warned_of() -> None:
    """Model by model, though the sum is zero."""
    rows = [model("m1", jobs=3, cost=9.1, discount=1, apiKeyCost=0.1)]
    part = {**WHOLE, "modelUsages": [*rows, model("m2", jobs=2, cost=1.2)]}
    document = build(WHOLE, a=part)

    assert document["reconciliation"]["breakdown_difference"] == 0
    assert [warning.split(" does ")[0] for warning in document["warnings"]] == ["Flux", "[Imagen]"]


def test_jobs_or_discounts_that_differ_are_warned_of_too() -> None:
    """With a cost that adds up."""
    rows = [model("m1", jobs=4, cost=10.1), model("m2", jobs=2, cost=0.2)]
    document = build(WHOLE, a={**WHOLE, "modelUsages": rows})

    assert document["reconciliation"]["breakdown_difference"] == 0
    assert document["warnings"] == [
        "Flux does not add up by project: "
        "the whole has more by jobs -1, discount 1, api_key_cost 0.1"
    ]


def test_a_model_that_only_a_part_has_is_a_difference() -> None:
    """The whole has nothing of it; rows sum to the consumption all the same."""
    document = build(usages(), a=usages(models=[model("m9", jobs=1, cost=2.5)]))

    assert document["reconciliation"]["breakdown_difference"] == 0
    assert document["warnings"] == [
        "m9 does not add up by project: the whole has more by jobs -1, cost -2.5"
    ]


CHARGES = [charge("u1", 12, 1), charge("u2", 0.3)]
FOUND = "does not add up by {}: the whole has more by"


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        (
            {"consumption": [charge("u1", 17, 1), CHARGES[1]]},
            "consumption of Ann {} cost -5, gross -5",
        ),
        (
            {"consumption": [charge("u1", 12, 3), CHARGES[1]]},
            "consumption of Ann {} discount -2, gross -2",
        ),
        (
            {"consumption": [charge("u1", 12, 1, total=14), CHARGES[1]]},
            "consumption of Ann {} gross -1",
        ),
        ({"consumption": CHARGES[:1]}, "consumption of u2 {} cost 0.3, gross 0.3"),
        ({"consumption": [*CHARGES, charge("u9", 30)]}, "consumption of u9 {} cost -30, gross -30"),
        ({"assetUsages": [kind("image", 5)]}, "assets of kind video {} count 1"),
        ({"assetUsages": [kind("image", 6), kind("video", 1)]}, "assets of kind image {} count -1"),
    ],
)
def test_everything_that_a_breakdown_shows_is_checked(
    changes: dict[str, Any], warning: str
) -> None:
    """Each difference is a warning that names whose it is, and by how much."""
    document = build(WHOLE, a={**WHOLE, **changes})

    differences = [line for line in document["warnings"] if not line.startswith("Hero: ")]
    assert differences == [warning.format(FOUND.format("project"))]


def test_what_comes_with_a_user_is_taken_for_that_user() -> None:
    """Two answers that changed places add up user by user, but not by who was asked for."""
    ann, bob = usages(consumption=CHARGES[:1]), usages(consumption=CHARGES[1:])
    whole = usages(consumption=CHARGES)

    assert build(whole, "user", u1=ann, u2=bob)["warnings"] == []
    assert build(whole, "user", u1=bob, u2=ann)["warnings"] == [
        f"consumption of {user} {FOUND.format('user')} {amounts}"
        for user, amounts in (
            ("u1", "cost 11.7, discount 1, gross 12.7"),
            ("u2", "cost -11.7, discount -1, gross -12.7"),
        )
    ]


def test_a_section_that_a_part_left_out_is_not_said_to_differ() -> None:
    """It is said to be missing; the others are checked."""
    bare = {key: value for key, value in PART_B.items() if key != "modelUsages"}
    document = build(WHOLE, a=PART_A, b=bare | {"consumption": [charge("u1", 8)]})

    assert document["warnings"] == [
        "the API left out models of [b]",
        f"consumption of Ann {FOUND.format('project')} cost 1, gross 1",
    ]
    assert document["reconciliation"]["breakdown_difference"] == 9


def test_noise_is_no_difference_and_no_row() -> None:
    """What is shown as 0 is 0: the API computes in doubles."""
    part = usages(consumption=[charge("u1", 0.3)], models=[model("m1", jobs=1, cost=0.1 + 0.2)])
    document = build(
        usages(consumption=[charge("u1", 0.1 + 0.2)], models=part["modelUsages"]), a=part
    )

    assert [row["model_id"] for row in document["breakdown"]["rows"]] == ["m1"]
    assert document["warnings"] == []


def test_refunds_are_a_row_without_a_model() -> None:
    """Negative, and also where no model ran; discount and gross are the rest of theirs."""
    part = usages(
        consumption=[charge("u1", 5, 2), charge("u2", -7)], models=[model("m1", jobs=1, cost=4)]
    )
    rows = build(part, a=part, b=usages(consumption=[charge("u3", -1)]))["breakdown"]["rows"]

    assert [list(row.values())[2:] for row in rows] == [
        ["", NO_MODEL, 0, -1, 0, -1, None, None],
        ["m1", "m1", 1, 4, 0, 4, 0, 0],
        ["", NO_MODEL, 0, -6, 2, -4, None, None],
    ]


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ({"models": [model(f"row{n}", jobs=1, cost=n) for n in range(1, 9)]}, "models"),
        ({"consumption": [charge(f"row{n}", n) for n in range(1, 9)]}, "users"),
        ({"assets": [kind(f"row{n}", n) for n in range(1, 9)]}, "kinds of assets"),
    ],
)
def test_the_largest_few_of_a_section_are_named(rows: dict[str, Any], what: str) -> None:
    """The rest is counted."""
    *named, last = build(usages(**rows))["warnings"]

    assert [re.findall(r"row\d", warning) for warning in named] == [
        [f"row{n}"] for n in (8, 7, 6, 5, 4)
    ]
    assert last == f"3 more {what} do not add up by project"


def test_a_model_pattern_narrows_rows_and_not_the_sums_that_are_checked() -> None:
    """Totals are of consumption, which it does not narrow."""
    document = build(WHOLE, models=("flux",), a=PART_A, b=PART_A)

    assert [row["model"] for row in document["breakdown"]["rows"]] == ["Flux", "Flux"]
    assert [row["cost"] for row in document["breakdown"]["totals"]] == [Decimal("3.3")] * 2
    assert document["reconciliation"]["breakdown_difference"] == Decimal("5.7")
    assert document["warnings"][1] == (
        "rows by project are narrowed to flux: they do not sum to the consumption"
    )


def test_without_a_breakdown_no_key_of_it_is_there() -> None:
    """Neither the block nor the difference."""
    report = build_report(read(WHOLE), generated_at=NOW)

    assert "breakdown" not in report.document
    assert list(report.reconciliation or ()) == [
        "consumption_cost",
        "model_cost",
        "difference",
    ]


def test_a_breakdown_to_nothing_has_no_rows() -> None:
    """All of the cost is in no part, then."""
    document = build(WHOLE)

    assert document["breakdown"] == {"by": "project", "totals": [], "rows": []}
    assert document["reconciliation"]["breakdown_difference"] == Decimal("12.3")


def test_what_is_odd_in_a_part_is_told_of_the_part() -> None:
    """By its name."""
    odd = usages(actions=[action("custom", "value")])

    warnings = build(WHOLE, a=odd, b=PART_B)["warnings"]

    assert [line[:33] for line in warnings if "could not" in line] == [
        "Hero: 1 point could not be read, "
    ]


def test_what_a_part_lacks_is_told_in_order() -> None:
    """Section by section, by the alphabet."""
    bare = {key: rows for key, rows in PART_B.items() if key == "entities"}

    told = [line for line in build(WHOLE, b=bare)["warnings"] if "left out" in line]

    assert told == [f"the API left out {name} of [b]" for name in sorted(SECTIONS)]


def test_any_model_is_not_no_model() -> None:
    """A pattern that fits all of them does not fit the row that has none."""
    document = build(WHOLE, models=("*",), a=PART_A, b=PART_B)

    assert [row["model_id"] for row in document["breakdown"]["rows"] if not row["model_id"]] == []
