"""Exact numbers: what goes in as a decimal comes out as the same one, and sums are decimal sums."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest

from tests.cases import each
from tests.support import model_row, point, run, usages


def report(document: Any, *argv: str) -> str:
    """What `report --from -` prints for an answer."""
    result = run("report", "--from", "-", *argv, stdin=json.dumps(document).encode())
    assert result.code == 0
    return result.stdout


def charges(*values: float) -> dict[str, Any]:
    """An answer in which user n was charged the n-th value."""
    return usages(consumption=[{"userId": f"u{n}", "value": v} for n, v in enumerate(values)])


def numbers(text: str) -> Any:
    """JSON with every number as it is written."""
    return json.loads(text, parse_float=str, parse_int=str)


@each(
    ("values", "total"),
    [
        ([0.1, 0.2], "0.3"),
        ([0.1] * 10, "1"),
        ([0.1, 0.2, -0.3], "0"),
        ([1e9, 0.000001], "1000000000.000001"),
        ([999999999.999999, 0.000001], "1000000000"),
        ([0.000001] * 3, "0.000003"),
        ([1e9 - 0.000001, 1e9], "1999999999.999999"),
        ([123456789.123456] * 7, "864197523.864192"),
        ([-0.1, -0.2], "-0.3"),
        ([1e-7] * 10, "0.000001"),
        ([1e-7], "0"),
        ([-1e-7], "0"),
        ([-0.0], "0"),
        ([1e6], "1000000"),
        ([1e16], "10000000000000000"),
        ([1e22], "10000000000000000000000"),
        ([0.30000000000000004], "0.3"),
        ([1.1000000000000001, 2.2], "3.3"),
        ([4.35, 4.35, 4.35], "13.05"),
        ([10.10], "10.1"),
        ([100.0], "100"),
    ],
)
def test_consumption_adds_up_in_decimal(values: list[float], total: str) -> None:
    """At most 6 decimals, integers without `.0`, no exponent and no -0."""
    assert numbers(report(charges(*values), "--json"))["totals"]["cost"] == total


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.1, "0.1"),
        (1234567.5, "1234567.5"),
        (0.30000000000000004, "0.3"),
        (999999999.123456, "999999999.123456"),
        (0.0000005, "0"),
        (0.0000015, "0.000002"),
        (-0.0000004, "0"),
        (5, "5"),
        (1e-05, "0.00001"),
    ],
)
def test_every_format_writes_the_same_digits(value: float, shown: str) -> None:
    """JSON, CSV and TSV as they are, the tables with thousands grouped."""
    answer = charges(value)
    whole, point_, decimals = shown.partition(".")
    grouped = f"{int(whole):,}{point_}{decimals}"

    assert numbers(report(answer, "--json"))["consumption"][0]["cost"] == shown
    row = f",,u0,u0,,,{shown},0,{shown},"
    assert report(answer, "--csv", "--section", "consumption").splitlines()[1].startswith(row)
    assert row.replace(",", "\t") in report(answer, "-f", "tsv", "--section", "consumption")
    assert f"| {grouped} |" in report(answer, "-f", "markdown")
    assert f" {grouped} " in report(answer)


def test_points_add_up_in_decimal() -> None:
    """Ten thousand points of 0.1 are 1000, in cost and in everything made of it."""
    points = [point(jobs=1, cost=0.1, discount=0.2, apiKeyCost=0.1)] * 10_000

    (row,) = numbers(report(usages(models=[model_row("m", *points)]), "--json"))["models"]

    assert row == {
        "model_id": "m",
        "name": "m",
        "jobs": "10000",
        "cost": "1000",
        "discount": "2000",
        "gross": "3000",
        "cost_per_job": "0.1",
        "api_key_cost": "1000",
        "api_key_discount": "0",
        "share": "1",
    }


@pytest.mark.parametrize(
    ("jobs", "cost", "expected"),
    [(3, 1, "0.333333"), (3, 2, "0.666667"), (7, 1e9, "142857142.857143"), (8, 1, "0.125")],
)
def test_cost_per_job_has_six_decimals_at_most(jobs: int, cost: float, expected: str) -> None:
    """The one figure that does not come out even."""
    answer = usages(models=[model_row("m", point(jobs=jobs, cost=cost))])

    assert numbers(report(answer, "--json"))["models"][0]["cost_per_job"] == expected


@pytest.mark.parametrize(("count", "shown"), [(3.0, "3"), (2.5, "2.5"), (2**53, str(2**53))])
def test_counts_are_whole_unless_the_api_says_otherwise(count: float, shown: str) -> None:
    """A half of a job would be odd, but it is not ours to round."""
    answer = usages(assets=[{"kind": "image", "points": [point(count=count)]}])

    assert numbers(report(answer, "--json"))["totals"]["assets"] == shown


def test_the_difference_is_exact() -> None:
    """0.3 - 0.1 is 0.2, where doubles say 0.19999999999999998."""
    answer = charges(0.3) | {"modelUsages": [model_row("m", point(cost=0.1))]}

    document = json.loads(report(answer, "--json"), parse_float=Decimal)

    assert document["reconciliation"] == {
        "consumption_cost": Decimal("0.3"),
        "model_cost": Decimal("0.1"),
        "difference": Decimal("0.2"),
    }


@pytest.mark.parametrize("cost", [-0.001, -0.04])
def test_no_zero_has_a_sign(cost: float) -> None:
    """A share that rounds to nothing is 0, in every format."""
    answer = charges(1000, cost)

    for argv in (["--json"], ["--csv"], ["-f", "tsv"], ["-f", "markdown"], []):
        assert re.findall(r"-0(?:\.0+)?(?![.\d])", report(answer, *argv)) == []
