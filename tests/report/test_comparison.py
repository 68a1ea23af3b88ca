"""The comparison of two reports: which rows there are, in which order, and what they say."""

import json
from decimal import Decimal
from typing import Any

import pytest

from scenario_usage_cli.api.body import parse_usages
from scenario_usage_cli.collect.merge import Merger
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.report.comparison import build_comparison
from scenario_usage_cli.report.comparison_view import build_comparison_view
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.usage import Report, build_report
from tests.cases import each
from tests.report.builders import Document, charge, column, kind, model, written
from tests.support import NOW, usages
from tests.test_periods import parse

SECTIONS = ("consumption", "models", "assets")


def report(
    answer: Document,
    period: str,
    sections: tuple[str, ...] = SECTIONS,
    models: tuple[str, ...] = (),
) -> Report:
    """The report of an answer of the API."""
    usage = Usage(sections, parse(period=period), Filters())
    Merger(usage).add(parse_usages(json.dumps(answer).encode(), source="the test"))
    return build_report(usage, models=models, generated_at=NOW)


def compare(
    before: Document,
    after: Document,
    *,
    note: str | None = None,
    **how: Any,
) -> Any:
    """The comparison's document, with exact numbers."""
    new, old = report(after, "2026-10", **how), report(before, "2026-09", **how)
    return written(build_comparison(new, old, note=note).document)


def rows(document: Any, section: str, *keys: str) -> list[tuple[Any, ...]]:
    """Some keys of every row of a section, in order."""
    return [tuple(row[key] for key in keys) for row in document[section]]


def test_the_document_has_the_documented_keys() -> None:
    """Retyped from the issue."""
    document = compare(
        usages(consumption=[charge("u", 40, 10)]), usages(consumption=[charge("u", 50, 5)])
    )

    assert list(document) == [
        *("schema_version", "report", "generated_at", "period", "against", "filters"),
        *("totals", "consumption", "models", "assets", "warnings"),
    ]
    assert (document["schema_version"], document["report"]) == (1, "compare")
    assert document["period"]["start"] == "2026-10-01T00:00:00Z"
    assert document["against"]["start"] == "2026-09-01T00:00:00Z"
    assert document["consumption"] == [
        {
            "id": "u",
            "name": "u",
            "measure": "cost",
            "before": 40,
            "after": 50,
            "delta": 10,
            "change": Decimal("0.25"),
            "status": "changed",
        }
    ]


def test_the_totals_come_in_the_order_of_the_report() -> None:
    """Whatever their deltas are."""
    document = compare(
        usages(consumption=[charge("u", 40, 10)], models=[model("m", jobs=1, cost=5)]),
        usages(consumption=[charge("u", 50, 5)], assets=[kind("image", 3)]),
    )

    assert rows(document, "totals", "id", "measure", "before", "after", "delta", "status") == [
        ("cost", "cost", 40, 50, 10, "changed"),
        ("discount", "discount", 10, 5, -5, "changed"),
        ("gross", "gross", 50, 55, 5, "changed"),
        ("jobs", "jobs", 1, 0, -1, "gone"),
        ("assets", "assets", 0, 3, 3, "new"),
        ("users", "users", 1, 1, 0, "same"),
        ("models", "models", 1, 0, -1, "gone"),
    ]
    assert column(document, "totals", "name") == [
        *("Cost", "Discount", "Gross", "Jobs", "Assets", "Users", "Models")
    ]


@each(
    ("before", "after", "delta", "change", "status"),
    [
        (8, 10, "2", "0.25", "changed"),
        (3, 4, "1", "0.3333", "changed"),
        (3, 2, "-1", "-0.3333", "changed"),
        (7, 7, "0", "0", "same"),
        (None, 7, "7", None, "new"),
        (0, 7, "7", None, "new"),
        (7, None, "-7", "-1", "gone"),
        (7, 0, "-7", "-1", "gone"),
        (0, 0, "0", None, "same"),
        (0, None, "0", None, "same"),
        (0.1, 0.3, "0.2", "2", "changed"),
        (1, -1, "-2", "-2", "changed"),
        (1000000, 1000001, "1", "0", "changed"),
    ],
)
def test_a_row_says_what_became_of_it(
    before: float | None, after: float | None, delta: str, change: str | None, status: str
) -> None:
    """What is missing has 0; new and gone are those that one side does not have."""
    document = compare(
        usages(models=[] if before is None else [model("m", cost=before)]),
        usages(models=[] if after is None else [model("m", cost=after)]),
    )

    assert rows(document, "models", "before", "after", "delta", "change", "status") == [
        (
            Decimal(str(before or 0)),
            Decimal(str(after or 0)),
            Decimal(delta),
            None if change is None else Decimal(change),
            status,
        )
    ]


def test_free_jobs_make_a_model_present() -> None:
    """It is new or gone although its cost is 0 on both sides."""
    document = compare(
        usages(models=[model("a", jobs=2), model("c", jobs=1)]),
        usages(models=[model("b", jobs=1), model("c", jobs=5)]),
    )

    assert rows(document, "models", "id", "delta", "status") == [
        ("a", 0, "gone"),
        ("b", 0, "new"),
        ("c", 0, "same"),
    ]


def test_the_largest_difference_comes_first_in_either_direction() -> None:
    """Ties are in the order of their ids."""
    document = compare(
        usages(assets=[kind("a", 1), kind("b", 9), kind("c", 5), kind("d", 5)]),
        usages(assets=[kind("a", 3), kind("b", 1), kind("c", 7), kind("d", 5), kind("e", 4)]),
    )

    assert rows(document, "assets", "id", "delta") == [
        ("b", -8),
        ("e", 4),
        ("a", 2),
        ("c", 2),
        ("d", 0),
    ]
    assert set(column(document, "assets", "measure")) == {"count"}


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [("Old", "New", "New"), ("Old", None, "Old"), (None, "New", "New"), (None, None, "m")],
)
def test_a_row_has_the_latest_name(before: str | None, after: str | None, name: str) -> None:
    """The id only where neither period knows a name."""
    old, new = (
        usages(models=[model("m", cost=1)], model_names={"m": known} if known else {})
        for known in (before, after)
    )

    assert column(compare(old, new), "models", "name") == [name]


def test_sections_that_were_not_asked_for_are_absent() -> None:
    """And so are the totals made of them."""
    answer = usages(models=[model("m", jobs=1, cost=1)])
    document = compare(answer, answer, sections=("models",))

    assert set(document) & set(SECTIONS) == {"models"}
    assert column(document, "totals", "id") == ["jobs", "models"]
    assert document["warnings"] == []


@pytest.mark.parametrize("left_out", ["before", "after"])
def test_what_one_period_does_not_tell_is_not_taken_for_zero(left_out: str) -> None:
    """No row is new only because the API left the other side out."""
    whole = usages(models=[model("m", cost=1)], assets=[kind("image", 1)])
    part = {key: value for key, value in whole.items() if key != "modelUsages"}
    document = compare(
        *((part, whole) if left_out == "before" else (whole, part)),
        sections=("models", "assets"),
    )

    assert (document["models"], column(document, "totals", "id")) == ([], ["assets"])
    assert document["warnings"] == [
        f"{left_out}: the API left out models: its rows are unknown, and so are the totals made "
        "of them",
        "models is known of one period only: its rows and totals are left out",
    ]


def test_what_holds_for_both_periods_is_said_once() -> None:
    """After a note, and before what holds for one of them."""
    old = usages(models=[model("m1", cost=1)])
    new = usages(models=[model("m2", cost=1)])
    document = compare(old, new, models=("m2", "x"), note="something")

    assert document["warnings"] == [
        "something",
        "models are narrowed to m2, x; the other sections are not",
        "no model is called x",
        "before: no model is called m2",
    ]
    assert rows(document, "models", "id", "status") == [("m2", "new")]


@pytest.mark.parametrize(
    ("before", "after", "delta", "status"),
    [
        ([0.1, 0.2], [0.3], "0", "same"),
        ([5], [5, 1e-9], "0", "same"),
        ([], [1e-9], "0", "same"),
        ([1e-9], [7], "7", "new"),
        ([7], [0.1, -0.1, 1e-10], "-7", "gone"),
        ([0.0000004], [0.0000006], "0.000001", "new"),
    ],
)
def test_noise_beyond_what_is_shown_is_no_change(
    before: list[float], after: list[float], delta: str, status: str
) -> None:
    """Doubles carry some; a delta is the difference of the figures that stand beside it."""
    old, new = (
        usages(
            consumption=[charge("u", value) for value in values],
            models=[model("m", cost=value) for value in values],
        )
        for values in (before, after)
    )
    document = compare(old, new)

    found = {
        (f"{row['delta'].normalize():f}", row["status"])
        for section in ("totals", "consumption", "models")
        for row in document[section]
        if row["measure"] == "cost"
    }
    assert found == {(delta, status)}


def test_deltas_that_look_alike_are_in_the_order_of_their_ids() -> None:
    """Whatever stands beyond the sixth decimal."""
    old = usages(models=[model("b", cost=1), model("a", cost=1), model("c", cost=2)])
    new = usages(models=[model("b", cost=1.30000004), model("a", cost=1.3), model("c", cost=1.7)])

    assert column(compare(old, new), "models", "id") == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("charged", "how", "amounts"),
    [
        ((15, 26), {}, ("5", "6")),
        ((10, 17.5), {}, ("0", "-2.5")),
        ((10, 20), {}, None),
        ((10.0000001, 20), {}, None),
        ((15, 26), {"models": ("m",)}, None),
        ((15, 26), {"sections": ("models",)}, None),
    ],
)
def test_what_no_model_was_charged_for_is_told_of_both_periods(
    charged: tuple[float, float], how: Any, amounts: tuple[str, str] | None
) -> None:
    """Rows of models do not add up to the cost where there were refunds, or operations without."""
    old, new = (
        usages(consumption=[charge("u", value)], models=[model("m", cost=cost)])
        for value, cost in zip(charged, (10, 20), strict=True)
    )
    found = [line for line in compare(old, new, **how)["warnings"] if "differs" in line]

    assert found == [
        f"consumption differs from the cost of models, before by {before} CU and after by "
        f"{after} CU: operations without a model, and refunds"
        for before, after in ([amounts] if amounts else [])
    ]


def test_the_rest_of_a_table_is_summed_up() -> None:
    """Its change is that of the sums, and its rows without any figure are gone."""
    before = usages(assets=[kind("a", 10), kind("b", 4), kind("c", 4), kind("z", 0)])
    after = usages(assets=[kind("a", 30), kind("b", 5), kind("c", 6)])
    comparison = build_comparison(report(after, "2026-10"), report(before, "2026-09"), note=None)
    table = build_comparison_view(comparison).sections[2].for_table(1)
    other: Row = table.rows[-1]

    assert [row["id"] for row in table.rows] == ["a", "other (2)"]
    assert (other["before"], other["after"], other["delta"]) == (8, 11, 3)
    assert (other["change"], other["status"]) == (Decimal("0.375"), None)
