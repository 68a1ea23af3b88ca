"""Figures made of others: shares, cost per job, gross and what reconciles the sections."""

from decimal import Decimal
from typing import Any

import pytest

from tests.cases import each
from tests.report.builders import ID_KEYS, build, charge, column, kind, model
from tests.support import usages


@each(
    ("costs", "shares"),
    [
        ([3, 1], ["0.75", "0.25"]),
        ([1, 1, 1], ["0.3333", "0.3333", "0.3333"]),
        ([2, 1], ["0.6667", "0.3333"]),
        ([99999, 1], ["1", "0"]),
        ([12, -2], ["1.2", "-0.2"]),
        ([5, -5], ["0", "0"]),
        ([5, -6], ["0", "0"]),
        ([0, 0], ["0", "0"]),
        ([0.1, 0.2, -0.3], ["0", "0", "0"]),
    ],
)
@each("section", ["consumption", "models"])
def test_share_is_a_fraction_of_the_sections_cost(
    section: str, costs: list[float], shares: list[str]
) -> None:
    """Four decimals; negative beside a refund; 0 when the whole is not positive."""
    rows = {f"id{number}": cost for number, cost in enumerate(costs)}
    answer = usages(
        consumption=[charge(name, cost) for name, cost in rows.items()],
        models=[model(name, cost=cost) for name, cost in rows.items()],
    )

    found = {row[ID_KEYS[section]]: row["share"] for row in build(answer)[section]}
    assert found == dict(zip(rows, map(Decimal, shares), strict=True))


def test_share_of_what_cancels_out_but_for_noise_is_zero() -> None:
    """A whole that is shown as 0 is not positive, even where doubles leave a crumb of it."""
    document = build(usages(consumption=[charge("a", 0.30000000000000004), charge("b", -0.3)]))

    assert column(document, "consumption", "share") == [0, 0]


def test_share_of_assets_is_of_their_count() -> None:
    """Counts make the whole where there is no cost."""
    document = build(usages(assets=[kind("image", 1, 1), kind("3d", 1)]))

    assert column(document, "assets", "share") == [Decimal("0.6667"), Decimal("0.3333")]


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"jobs": 4, "cost": 10}, Decimal("2.5")),
        ({"jobs": 4, "cost": 0}, 0),
        ({"jobs": 0, "cost": 10}, None),
        ({"cost": 10}, None),
        ({"jobs": 2, "cost": -3}, Decimal("-1.5")),
    ],
)
def test_cost_per_job_is_null_without_jobs(figures: dict[str, float], expected: Any) -> None:
    """Cost divided by jobs, where there are any."""
    document = build(usages(models=[model("m", **figures)]))

    assert column(document, "models", "cost_per_job") == [expected]


def test_gross_of_a_user_is_the_apis_total() -> None:
    """It is not made again from value and discount, and a total that disagrees is told."""
    document = build(usages(consumption=[charge("a", 1, 2, total=5), charge("b", 1, 1)]))

    assert column(document, "consumption", "gross") == [5, 2]
    assert document["totals"]["gross"] == 7
    assert len(document["warnings"]) == 1
    assert "gross" in document["warnings"][0]


def test_gross_without_a_total_is_value_and_discount() -> None:
    """An API that leaves the total out means the sum, and nothing disagrees."""
    document = build(usages(consumption=[{"userId": "a", "value": 1, "discount": 2}]))

    assert (document["totals"]["gross"], document["warnings"]) == (3, [])


def test_the_noise_of_doubles_is_no_disagreement() -> None:
    """0.1 + 0.2 is 0.3 for the API's doubles too."""
    row = charge("a", 0.1, 0.2)
    assert row["total"] == 0.30000000000000004

    assert build(usages(consumption=[row]))["warnings"] == []


@pytest.mark.parametrize(
    ("consumption", "models", "expected"),
    [
        ([10], [4], (10, 4, 6)),
        ([4], [10], (4, 10, -6)),
        ([10, -12], [4], (-2, 4, -6)),
        ([], [], (0, 0, 0)),
    ],
)
def test_the_difference_is_signed(
    consumption: list[int], models: list[int], expected: tuple[int, int, int]
) -> None:
    """Consumption minus models, whichever is larger, and no row changes for it."""
    document = build(
        usages(
            consumption=[charge(f"u{n}", cost) for n, cost in enumerate(consumption)],
            models=[model(f"m{n}", cost=cost) for n, cost in enumerate(models)],
        )
    )

    assert tuple(document["reconciliation"].values()) == expected
    assert column(document, "models", "cost") == models
