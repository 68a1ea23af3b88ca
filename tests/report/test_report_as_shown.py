"""What is ordered, or called zero, is first what it is shown as: doubles carry noise."""

from typing import Any

import pytest

from tests.report.builders import action, charge, column, kind, model
from tests.report.builders import build as build_report
from tests.report.test_breakdown import build as build_breakdown
from tests.report.test_report_exact import report
from tests.support import usages

NOISY, CLEAN = 0.1 + 0.2, 0.3  # 0.30000000000000004
LEAST, NEXT = 0.0000014, 0.000001


@pytest.mark.parametrize(
    ("section", "id_key", "answer"),
    [
        ("consumption", "user_id", {"consumption": [charge("b", NOISY), charge("a", CLEAN)]}),
        ("consumption", "user_id", {"consumption": [charge("b", LEAST), charge("a", NEXT)]}),
        ("models", "model_id", {"models": [model("b", cost=NOISY), model("a", cost=CLEAN)]}),
        ("assets", "kind", {"assets": [kind("b", NOISY), kind("a", CLEAN)]}),
        ("actions", "action", {"actions": [action("b", cost=NOISY), action("a", cost=CLEAN)]}),
        (
            "actions",
            "action",
            {"actions": [action("b", "0.30000000000000004"), action("a", "0.3")]},
        ),
    ],
)
def test_rows_that_show_the_same_are_in_order_of_their_ids(
    section: str, id_key: str, answer: dict[str, Any]
) -> None:
    """The larger one beyond the sixth decimal is no larger."""
    assert column(build_report(usages(**answer)), section, id_key) == ["a", "b"]


def test_breakdowns_are_in_order_of_what_they_show() -> None:
    """Projects as well as their models."""
    part = usages(
        consumption=[charge("u1", NOISY)], models=[model("b", cost=NOISY), model("a", cost=CLEAN)]
    )
    block = build_breakdown(usages(), d=part, c={**part, "consumption": [charge("u1", CLEAN)]})

    rows = [(row["project_id"], row["model_id"]) for row in block["breakdown"]["rows"]]
    assert [row["project_id"] for row in block["breakdown"]["totals"]] == ["c", "d"]
    assert rows == [("c", "a"), ("c", "b"), ("c", ""), ("d", "a"), ("d", "b"), ("d", "")]


def test_what_is_shown_as_zero_is_nobody() -> None:
    """It is neither counted nor a row of a table; it is a row for programs, with zeros."""
    answer = usages(
        consumption=[charge("u1", 1), charge("u2", 4e-7, -4e-7)],
        models=[model("m1", jobs=1, cost=1), model("m2", jobs=0, cost=-4e-7)],
    )
    document = build_report(answer)

    assert (document["totals"]["users"], document["totals"]["models"]) == (1, 1)
    assert column(document, "models", "model_id") == ["m1", "m2"]
    assert "u2" not in report(answer)
    assert "m2" not in report(answer, "-f", "markdown")


@pytest.mark.parametrize(("cost", "share"), [(6e-7, 1), (5e-7, 0)])
def test_shares_are_of_a_whole_that_shows(cost: float, share: int) -> None:
    """0.0000006 shows as 0.000001, 0.0000005 as 0."""
    assert column(
        build_report(usages(consumption=[charge("u1", cost)])), "consumption", "share"
    ) == [share]
