"""The sections of one answer say the same thing, to the last digit."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.probe import (
    MAY,
    NOW,
    RESTATING,
    WITH_MODEL,
    Json,
    Probe,
    between,
    days_back,
    sum_figures,
    total,
)

RANGES = {
    "hour": between(NOW - timedelta(hours=1), NOW),
    "quarter-day": between(NOW - timedelta(hours=6), NOW),
    "day": days_back(1),
    "three days": days_back(3),
    "two weeks": days_back(14),
    "may": MAY,
    "120 days": days_back(120),
    "long ago": {"startDate": "2024-07-01", "endDate": "2024-09-01"},
}


@pytest.fixture(scope="module")
def ids(probe: Probe) -> dict[str, str]:
    """A few filters that match something: one project, one person, one key."""
    projects = probe.read("/projects")["projects"]
    users = [row["userId"] for row in probe.usages(**MAY, type="consumption")["consumption"]]
    return {
        "": "",
        "projectIds": ",".join(row["id"] for row in projects[:2]),
        "userIds": next(user for user in users if user.startswith("user_")),
        "userId": next(user for user in users if user.startswith("apiu_")),
    }


@pytest.fixture(params=["", "projectIds", "userIds", "userId"])
def filters(request: pytest.FixtureRequest, ids: dict[str, str]) -> dict[str, str]:
    return {request.param: ids[request.param]} if request.param else {}


@pytest.mark.parametrize("name", RANGES)
def test_consumption_is_models_and_operations_and_refunds(
    probe: Probe, name: str, filters: dict[str, str]
) -> None:
    """Consumption sums to model costs, costs of operations without a model, and refunds."""
    figures = sum_figures(probe.usages(**RANGES[name], **filters))

    for consumed, charged in (("value", "cost"), ("discount", "discount")):
        models = total(figures, "modelUsages", charged)
        others = total(figures, "usages", charged, lambda row: row not in RESTATING | WITH_MODEL)
        assert total(figures, "consumption", consumed) == models + others


@pytest.mark.parametrize("name", RANGES)
def test_generation_rows_restate_the_models(probe: Probe, name: str) -> None:
    """The usages that run models count the models' jobs and cost what the models cost."""
    figures = sum_figures(probe.usages(**RANGES[name]))

    for usage, model in (
        ("value", "jobs"),
        ("cost", "cost"),
        ("discount", "discount"),
        ("apiKeyCost", "apiKeyCost"),
        ("apiKeyDiscount", "apiKeyDiscount"),
    ):
        generations = total(figures, "usages", usage, lambda row: row in WITH_MODEL)
        assert generations == total(figures, "modelUsages", model)


@pytest.mark.parametrize("name", RANGES)
def test_restating_rows_are_the_sum_of_the_others(probe: Probe, name: str) -> None:
    """In each bucket the two creative-unit rows say what all the other rows sum to."""
    usages = {row["usageName"]: row for row in probe.usages(**RANGES[name])["usages"]}
    for restating, figure, of_keys in (
        ("creative-unit-cost", "cost", "apiKeyCost"),
        ("creative-unit-discount", "discount", "apiKeyDiscount"),
    ):
        expected: dict[str, list[Decimal]] = {}
        for usage, row in usages.items():
            for point in row["points"] if usage not in RESTATING else ():
                sums = expected.setdefault(point["time"], [Decimal(0), Decimal(0)])
                sums[0] += point.get(figure, 0)
                sums[1] += point.get(of_keys, 0)

        stated = {
            point["time"]: [Decimal(point["value"]), Decimal(point["apiKey"])]
            for point in usages[restating]["points"]
        }
        assert expected == stated


def test_total_verdict_is_the_sum_of_the_three(probe: Probe) -> None:
    """In each bucket the verdict `total` counts what pass, warn and fail count."""
    rows = {row["verdict"]: row for row in probe.usages(**MAY)["qualityGateUsages"]}

    assert list(rows) == ["total", "pass", "warn", "fail"]
    for place, point in enumerate(rows["total"]["points"]):
        for figure in ("count", "countApiKey"):
            parts = [rows[verdict]["points"][place][figure] for verdict in ("pass", "warn", "fail")]
            assert sum(parts) == point[figure]


def test_consumption_rows_add_up_in_themselves(probe: Probe, filters: dict[str, str]) -> None:
    """`total` is `value` and `discount`, `costDetails` sums to `value`, largest value first."""
    rows = probe.usages(**MAY, **filters)["consumption"]

    assert rows
    for row in rows:
        assert row["value"] + row["discount"] == row["total"]
        assert sum(row["costDetails"].values()) == row["value"]
    assert sorted((row["value"] for row in rows), reverse=True) == [row["value"] for row in rows]


def test_key_figures_are_those_of_the_keys(probe: Probe) -> None:
    """Every apiKey figure is what the same query answers for the API keys alone."""
    answer = probe.usages(**MAY)
    keys = [row["userId"] for row in answer["consumption"] if row["userId"].startswith("apiu_")]
    whole = sum_figures(answer)
    of_keys = sum_figures(probe.usages(**MAY, userIds=",".join(keys)))

    for part, figure in {
        "apiKeyCost": "cost",
        "apiKeyDiscount": "discount",
        "countApiKey": "count",
        "apiKey": "value",
    }.items():
        expected = {key: n for key, n in of_keys.items() if key[2] == figure}
        expected = {key: n for key, n in expected.items() if key[0] != "consumption"}
        stated = {(a, b, figure): n for (a, b, c), n in whole.items() if c == part}
        assert expected == stated
        assert stated


@pytest.mark.parametrize("name", ["day", "may", "120 days"])
def test_log_adds_up_to_every_section(probe: Probe, name: str) -> None:
    """Jobs and costs per model, counts per action and CU per user can be summed from the log."""
    figures = sum_figures(probe.usages(**RANGES[name]))
    rows = probe.activity(**RANGES[name])
    usages = {row for section, row, _ in figures if section == "usages"} - RESTATING
    expected: Counter[Any] = Counter()
    for row in rows:
        cost = row.get("creativeUnitsCost", Decimal(0))
        if row["action"] in usages:
            expected["usages", row["action"], "value"] += 1
            expected["usages", row["action"], "cost"] += cost
            expected["usages", row["action"], "apiKey"] += row["data"]["isApiKey"]
        if row["action"] in WITH_MODEL:
            expected["modelUsages", row["data"]["modelId"], "jobs"] += 1
            expected["modelUsages", row["data"]["modelId"], "cost"] += cost
        expected["consumption", row["userId"], "value"] += cost
        if cost:
            expected["costDetails", row["userId"], row["action"]] += cost

    expected = Counter({key: value for key, value in expected.items() if value})
    sections = {"usages", "modelUsages", "consumption", "costDetails"}
    stated = {
        key: value
        for key, value in figures.items()
        if key[0] in sections
        and key[1] not in RESTATING
        and key[2] not in {"discount", "total", "apiKeyCost", "apiKeyDiscount"}
    }
    assert expected == stated


def test_numbers_carry_no_noise(probe: Probe) -> None:
    """CU have at most three decimals, and whole ones no decimal point."""
    answer: Json = probe.usages(**MAY)
    figures = [
        point[figure]
        for row in answer["modelUsages"]
        for point in row["points"]
        for figure in ("cost", "discount")
    ] + [row[figure] for row in answer["consumption"] for figure in ("value", "discount", "total")]

    assert any(figure.as_tuple().exponent == -3 for figure in figures)
    for figure in figures:
        assert 0 <= -figure.as_tuple().exponent <= 3
        assert figure.as_tuple().exponent == 0 or figure.as_tuple().digits[-1] != 0
