"""What the report does with gaps: absent sections, unreadable points, rows without an id."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from scenario_usage_cli.collect.sections import SECTIONS
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.report.frame import build_warnings
from tests.cases import each
from tests.report.builders import build
from tests.support import model_row, point, run, usages

WIRE_NAMES = {
    "consumption": "consumption",
    "models": "modelUsages",
    "assets": "assetUsages",
    "actions": "usages",
    "moderation": "nsfwUsages",
    "quality_gates": "qualityGateUsages",
}
NULL_TOTALS = {
    "consumption": {"cost", "discount", "gross", "users"},
    "models": {"jobs", "models"},
    "assets": {"assets"},
    "actions": set(),
    "moderation": set(),
    "quality_gates": set(),
}
NO_TOTALS: set[str] = {"cost", "discount", "gross", "users", "jobs", "models", "assets"}


def null_totals(document: Any) -> set[str]:
    """The totals that are null."""
    return {name for name, value in document["totals"].items() if value is None}


@each("how", ["absent", "null"])
@each("section", WIRE_NAMES)
def test_a_section_that_the_api_left_out_is_empty_and_told(section: str, how: str) -> None:
    """It is `[]` with one line that names it, and the totals that need it are null."""
    answer = usages()
    if how == "absent":
        del answer[WIRE_NAMES[section]]
    else:
        answer[WIRE_NAMES[section]] = None

    document = build(answer)

    assert document[section] == []
    assert [section in line for line in document["warnings"]] == [True]
    assert null_totals(document) == NULL_TOTALS[section]
    assert (document["reconciliation"] is None) == (section in ("consumption", "models"))


def test_parts_that_failed_are_told_in_order_of_time() -> None:
    """Whichever failed first."""
    failures = {
        (datetime(2026, month, 1, tzinfo=UTC), SECTIONS): f"part {month}" for month in (9, 5, 7)
    }

    assert build_warnings(Usage(SECTIONS, failures=failures), (), ()) == [
        f"not included: part {month}" for month in (5, 7, 9)
    ]


def test_an_empty_section_is_known_to_be_empty() -> None:
    """`[]` is an answer: its totals are 0, and nothing is warned of."""
    document = build(usages())

    assert set(document["totals"].values()) == {0}
    assert document["warnings"] == []
    assert set(document["reconciliation"].values()) == {0}


def test_an_answer_without_anything_is_a_report_without_figures() -> None:
    """`{}` leaves every section out: all empty, all told, all totals null."""
    document = build({})

    assert [document[section] for section in WIRE_NAMES] == [[]] * 6
    assert null_totals(document) == NO_TOTALS
    assert len(document["warnings"]) == 6


@pytest.mark.parametrize("section", WIRE_NAMES)
def test_a_section_that_was_not_asked_for_is_absent(section: str) -> None:
    """Its key is not there, what is made of it is null, and that is no warning."""
    asked = tuple(name for name in WIRE_NAMES if name != section)

    document = build(usages(), sections=asked)

    assert set(WIRE_NAMES) & set(document) == set(asked)
    assert null_totals(document) == NULL_TOTALS[section]
    assert document["warnings"] == []


@pytest.mark.parametrize("section", WIRE_NAMES)
def test_one_section_alone_has_its_own_totals_only(section: str) -> None:
    """And no reconciliation, which needs two."""
    document = build(usages(), sections=(section,))

    assert set(WIRE_NAMES) & set(document) == {section}
    assert null_totals(document) == NO_TOTALS - NULL_TOTALS[section]
    assert document["reconciliation"] is None


def test_consumption_and_models_are_enough_to_reconcile() -> None:
    """The other four sections are not needed for it."""
    document = build(usages(), sections=("consumption", "models"))

    assert document["reconciliation"] == {"consumption_cost": 0, "model_cost": 0, "difference": 0}


BAD_TIMES = (
    "time",
    "",
    None,
    "2026-11-31T00:00:00Z",
    "2026-11-01T25:00:00Z",
    "1730419200",
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00",
    "9" * 5000,
)


@pytest.mark.parametrize("time", BAD_TIMES, ids=lambda time: str(time)[:30])
def test_a_point_whose_time_cannot_be_read_is_left_out(time: str | None) -> None:
    """The other points of its row count; the warning names the place."""
    answer = usages(models=[model_row("m", {"time": time, "cost": 5}, point(cost=2, jobs=1))])

    document = build(answer)

    assert [(row["cost"], row["jobs"]) for row in document["models"]] == [(2, 1)]
    assert ["modelUsages[0].points[0]" in line for line in document["warnings"]] == [True]


@each("key", ["value", "apiKey"])
@each("text", ["value", "", "NaN", "Infinity", "-Infinity", "sNaN", "0x10", "1,5", "1_000", "--1"])
def test_a_point_whose_number_cannot_be_read_is_left_out(key: str, text: str) -> None:
    """The reference page's own example has `"value": "value"`."""
    bad = point() | {"value": "4", "apiKey": "2", "cost": 9, key: text}
    good = point(value="3", apiKey="1", cost=1)

    document = build(usages(actions=[{"usageName": "upscale", "points": [good, bad]}]))

    (row,) = document["actions"]
    assert (row["count"], row["api_key_count"], row["cost"]) == (3, 1, 1)
    assert [f"usages[0].points[1]: {key}" in line for line in document["warnings"]] == [True]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12),
        ("-3", -3),
        ("0.5", Decimal("0.5")),
        ("1e+21", 10**21),
        ("5e-7", Decimal("0.0000005")),
        ("0", 0),
        ("007", 7),
        ("9007199254740993", 9007199254740993),
    ],
)
def test_a_number_that_is_written_as_text_is_exact(text: str, expected: Any) -> None:
    """Text is not squeezed through a double; JavaScript writes the largest with an exponent."""
    action = {"usageName": "a", "points": [point(value=text, apiKey="0")]}

    assert [row["count"] for row in build(usages(actions=[action]))["actions"]] == [expected]


def test_unreadable_points_are_counted_and_the_first_is_named() -> None:
    """One warning for all of them, whatever their number."""
    bad = {"time": "time", "count": 1}
    answer = usages(
        assets=[{"kind": "a", "points": [point(count=1), bad]}, {"kind": "b", "points": [bad] * 40}]
    )

    document = build(answer)

    assert [row["count"] for row in document["assets"]] == [1, 0]
    assert len(document["warnings"]) == 1
    assert "41 points" in document["warnings"][0]
    assert "assetUsages[0].points[1]: time 'time'" in document["warnings"][0]


def test_a_warning_does_not_repeat_a_whole_novel() -> None:
    """What could not be read is shown, but not all 100,000 letters of it."""
    document = build(usages(assets=[{"kind": "a", "points": [{"time": "x" * 100_000}]}]))

    assert [len(line) < 1000 for line in document["warnings"]] == [True]


@pytest.mark.parametrize("row_id", [{}, {"modelId": None}, {"modelId": ""}])
def test_rows_without_an_id_are_kept_and_told(row_id: dict[str, Any]) -> None:
    """Their figures are in the sums, under one name."""
    nameless = {**row_id, "points": [point(cost=3, jobs=1)]}

    document = build(usages(models=[nameless, nameless, model_row("m", point(cost=4, jobs=1))]))

    assert [(row["cost"], row["jobs"]) for row in document["models"]] == [(6, 2), (4, 1)]
    assert len(document["warnings"]) == 1
    assert document["warnings"][0].startswith("2 rows")


def test_a_user_without_an_id_is_kept_and_told() -> None:
    """The bill includes what nobody is named for."""
    document = build(usages(consumption=[{"value": 3, "total": 3}, {"userId": "u", "value": 1}]))

    assert document["totals"]["cost"] == 4
    assert document["warnings"][0].startswith("1 row")


@pytest.mark.parametrize("points", [{}, {"points": None}, {"points": []}])
def test_a_row_without_points_is_kept_with_zeros(points: dict[str, Any]) -> None:
    """`dropZeroPoints` leaves rows like this, and a known kind stays in the data."""
    document = build(usages(assets=[{"kind": "video", **points}]))

    expected = [{"kind": "video", "count": 0, "api_key_count": 0, "share": 0}]
    assert (document["assets"], document["warnings"]) == (expected, [])


def test_new_sections_are_told_and_change_nothing() -> None:
    """What this version does not know is named, in alphabetical order, in one line."""
    answer = usages() | {"videoMinutes": [{"points": []}], "audio": 3, "activity": []}

    document = build(answer)

    assert len(document["warnings"]) == 1
    assert "audio, videoMinutes" in document["warnings"][0]
    assert {k: v for k, v in document.items() if k != "warnings"} == {
        k: v for k, v in build(usages()).items() if k != "warnings"
    }


def test_new_kinds_and_fields_are_data() -> None:
    """An unknown enum value is a row like any other; an unknown field disturbs nothing."""
    answer = usages(
        assets=[{"kind": "hologram", "points": [point(count=2, countApiKey=1, depth=3)], "x": {}}],
        quality_gates=[{"verdict": "maybe", "points": [point(count=1)]}],
    )

    document = build(answer)

    assert [(r["kind"], r["count"]) for r in document["assets"]] == [("hologram", 2)]
    assert [(r["verdict"], r["count"]) for r in document["quality_gates"]] == [("maybe", 1)]
    assert document["warnings"] == []


@each("number", [1e22, 1e95, 1e300, -1e300, 5e-324])
@each("output_format", ["json", "csv", "table", "markdown"])
def test_no_number_is_too_large_to_report(number: float, output_format: str) -> None:
    """Absurd figures are shown or refused, but they are no bug of this tool."""
    row = {"userId": "u", "value": number, "discount": 0, "total": number}
    rows = [row, {"userId": "v", "value": 1}, model_row("m", point(cost=number, jobs=3))]
    answer = usages(consumption=rows[:2], models=rows[2:])

    result = run("report", "--from", "-", "-f", output_format, stdin=json.dumps(answer).encode())

    assert result.code in (0, 7)


@pytest.mark.parametrize("text", ["1e400", "1e5000", "-1e5000", "9" * 5000, "1e-5000"])
def test_no_number_in_text_is_too_large_to_report(text: str) -> None:
    """The same for those that the API writes as text."""
    action = {"usageName": "a", "points": [point(value=text, apiKey="0")]}

    result = run(
        "report", "--from", "-", "--json", stdin=json.dumps(usages(actions=[action])).encode()
    )

    assert result.code in (0, 7)


def test_shares_survive_amounts_that_nearly_cancel_out() -> None:
    """A whole of a trillionth beside rows of a trillion is no bug of this tool."""
    rows = [{"userId": str(n), "value": v} for n, v in enumerate((1e12, -1e12, 1e-16))]

    result = run(
        "report", "--from", "-", "--json", stdin=json.dumps(usages(consumption=rows)).encode()
    )

    assert result.code == 0
