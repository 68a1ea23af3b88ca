"""Answers to another question: their points are of another time than what was asked for."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cases import each
from tests.export.support import Api, assert_refused, export, read_tree
from tests.support import FakeApi, answer, model_row, point, run, usages

NOVEMBER = usages(
    consumption=[{"userId": "u", "value": 100, "discount": 0, "total": 100}],
    models=[
        model_row("m", *(point(f"2026-11-{day:02}T00:00:00.000Z", cost=5) for day in range(1, 21)))
    ],
)
OCTOBER = ("--period", "2026-10")


def day(text: str, **figures: Any) -> dict[str, Any]:
    """A point of a day."""
    return point(f"{text}T00:00:00.000Z", **figures)


@each("period", ["2025", "2026-10", "2026-Q1", "2026-09"])
@each(
    "command",
    [("report",), ("report", "--json"), ("report", "-f", "csv"), ("trend",), ("trend", "--csv")],
)
def test_a_server_that_ignores_the_dates_is_found_out(
    command: tuple[str, ...], period: str
) -> None:
    """Whether the period is asked for in one part or in several: the times of both are named."""
    transport = httpx.MockTransport(lambda request: answer(NOVEMBER))
    result = run(*command, "--period", period, transport=transport)

    assert (result.code, result.stdout) == (7, "")
    assert "from 2026-11-01T00:00:00Z to 2026-11-20T00:00:00Z" in result.error
    assert f"was asked for {period[:4]}-" in result.error


def test_a_file_stays_as_it_was(tmp_path: Path) -> None:
    """The one with yesterday's report."""
    file = tmp_path / "report.csv"
    file.write_text("good", encoding="utf-8")
    result = run("report", *OCTOBER, "-o", str(file), transport=FakeApi(answer(NOVEMBER)))

    assert (result.code, file.read_text(encoding="utf-8")) == (7, "good")


def test_nothing_of_it_is_written_into_a_day(tmp_path: Path) -> None:
    """No partition of an export, although each day would be settled."""
    api = Api(lambda asked, query: NOVEMBER)
    argv = ("--since", "2026-10-05", "--until", "2026-10-06", "--datasets", "models,consumption")

    assert_refused(export(tmp_path, *argv, transport=api), 7, "to another query")
    assert read_tree(tmp_path) == {}


def test_keeping_going_leaves_the_part_out() -> None:
    """Nothing of it is in the figures, and a warning names it."""
    good = usages(models=[model_row("m", day("2026-06-30", cost=3), day("2026-07-01", cost=4))])
    first = usages(models=[model_row("m", day("2026-03-01", cost=1), day("2026-03-02", cost=1))])
    api = FakeApi(answer(first), answer(NOVEMBER), answer(good))
    argv = ("--start", "2025-12-01", "--end", "2026-10-31", "--keep-going", "--jobs", "1")
    result = run("report", *argv, "--json", transport=api)

    assert [row["cost"] for row in result.json["models"]] == [2]
    assert [line[:20] for line in result.json["warnings"]] == ["not included: 2026-0"] * 2


@pytest.mark.parametrize(
    ("times", "code", "told"),
    [
        (["2026-10-01", "2026-10-02"], 0, False),
        (["2026-09-30", "2026-10-01"], 0, True),  # a bucket before
        (["2026-09-29", "2026-10-01", "2026-10-02"], 7, False),
        (["2026-10-31", "2026-11-01"], 0, True),  # a bucket after
        (["2026-10-31", "2026-11-01", "2026-11-02"], 7, False),
        (["2026-09-26", "2026-10-03", "2026-10-10"], 0, False),  # a week that reaches into it
        (["2026-09-22", "2026-09-29"], 7, False),
        (["2026-09-25"], 0, False),  # perhaps a week
        (["2026-09-23"], 7, False),
        (["2026-11-20"], 7, False),
    ],
)
def test_a_bucket_is_the_distance_of_times(times: list[str], code: int, told: bool) -> None:
    """Points that lie more than one outside are refused; a whole bucket beside is told."""
    document = usages(models=[model_row("m", *(day(time, cost=1) for time in times))])
    result = run("report", *OCTOBER, "--json", transport=FakeApi(answer(document)))

    assert (result.code, "warning: 1 point came from outside" in result.stderr) == (code, told)


@pytest.mark.parametrize(("hour", "code"), [(10, 0), (9, 7)])
def test_a_single_time_is_taken_for_a_day(hour: int, code: int) -> None:
    """Of an hour that was asked for, it may be the day that the hour is in, and no more."""
    time = f"2026-10-04T{hour:02}:00:00.000Z"
    document = usages(models=[model_row("m", point(time, cost=1))])
    argv = ("report", "--start", "2026-10-05T10:00", "--end", "2026-10-05T11:00")

    assert run(*argv, transport=FakeApi(answer(document))).code == code


@pytest.mark.parametrize(
    ("granularity", "code"), [("7d", 0), ("1d", 7), ("1h", 7), ("new", 0), (None, 0)]
)
def test_a_bucket_is_as_long_as_the_answer_says(granularity: str | None, code: int) -> None:
    """Where it says so."""
    row = {"usageName": "a", "granularity": granularity, "points": [day("2026-09-28", value="1")]}
    result = run("report", *OCTOBER, transport=FakeApi(answer(usages(actions=[row]))))

    assert result.code == code


def test_a_saved_file_is_checked_by_the_period_that_it_carries(tmp_path: Path) -> None:
    """As the answer was, before it was saved."""
    file = tmp_path / "saved.json"
    good = usages(models=[model_row("m", day("2026-10-05", cost=1))])
    saved = run("report", *OCTOBER, "--save-raw", str(file), transport=FakeApi(answer(good)))
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("2026-10-05T", "2026-08-05T"), encoding="utf-8")
    result = run("report", "--from", str(file))

    assert (saved.code, result.code, result.stdout) == (0, 7, "")
    assert f"{file} belongs to another query" in result.error


def test_an_answer_about_another_time_is_refused() -> None:
    """And called an answer, where a saved one has the name of its file."""
    other = usages(models=[model_row("m", day("2026-08-05", cost=1))])
    result = run("report", *OCTOBER, transport=FakeApi(answer(other)))

    assert (result.code, result.stdout) == (7, "")
    assert result.error.startswith(
        "error: the answer belongs to another query: it has points from 2026-08-05"
    )


TWO_PARTS = ("--start", "2026-05-01", "--end", "2026-10-31", "--jobs", "1")


def months(first: float, second: float, *, costs: tuple[float, float] = (100, 100)) -> FakeApi:
    """An API of two parts: the cost of the models, and what was charged."""
    return FakeApi(
        *(
            answer(
                usages(
                    consumption=[{"userId": "u", "value": charged}],
                    models=[model_row("m", day(time, cost=cost))] if cost else [],
                )
            )
            for time, cost, charged in (
                ("2026-05-01", first, costs[0]),
                ("2026-09-01", second, costs[1]),
            )
        )
    )


@pytest.mark.parametrize(
    ("api", "told"),
    [
        (months(100, 20), True),
        (months(100, 0), True),
        (months(100, 100), False),
        (months(0, 0), False),
        (months(100, 20, costs=(100, 20)), False),
        (months(100, 20, costs=(0, 0)), False),
    ],
)
def test_the_same_consumption_for_every_part_is_told(api: FakeApi, told: bool) -> None:
    """Where the points of the parts are not the same: it may be that of another time."""
    warnings = run("report", *TWO_PARTS, "--json", transport=api).json["warnings"]

    same = (
        "consumption is the same in 2 parts of the period, each of which has other points: the API "
        "may have ignored the dates, and the sum may count the same 100 CU again and again"
    )
    assert [line for line in warnings if "is the same" in line] == [same] * told


@pytest.mark.parametrize(
    ("document", "warning"),
    [
        (
            usages(consumption=[{"userId": "u", "value": 1}, {"userId": "u", "value": 2}]),
            "1 row came more than once in one answer, all are added up; "
            "the first is consumption[1]: userId 'u'",
        ),
        (
            usages(models=[model_row("a"), model_row("m"), model_row("m"), model_row("m")]),
            "2 rows came more than once in one answer, all are added up; "
            "the first is modelUsages[2]: modelId 'm'",
        ),
        (
            usages(assets=[{"kind": "image", "points": []}, {"kind": "image", "points": []}]),
            "1 row came more than once in one answer, all are added up; "
            "the first is assetUsages[1]: kind 'image'",
        ),
        (
            usages(models=[model_row("m"), model_row("n", point(cost=1), point(cost=2))]),
            "1 point came with the time of another one of the same row, all are added up; "
            "the first is modelUsages[1].points[1]: time '2026-11-01T00:00:00.000Z'",
        ),
        (
            usages(
                actions=[
                    {
                        "usageName": "a",
                        "points": [point("2026-11-01"), point("2026-11-01T01:00:00+01:00")],
                    }
                ]
            ),
            "1 point came with the time of another one of the same row, all are added up; "
            "the first is usages[0].points[1]: time '2026-11-01T01:00:00+01:00'",
        ),
        (
            usages(models=[model_row("m", point(jobs=2, cost=1)), model_row("n", point(jobs=-3))]),
            "1 count came as a negative or fractional number, added up all the same; "
            "the first is modelUsages[1].points[0]: jobs -3",
        ),
        (
            usages(
                assets=[{"kind": "image", "points": [point(count=2.5, countApiKey=-1), point("x")]}]
            ),
            "2 counts came as a negative or fractional number, added up all the same; "
            "the first is assetUsages[0].points[0]: count 2.5",
        ),
        (
            usages(actions=[{"usageName": "upscale", "points": [point(value="-2", apiKey="+1")]}]),
            "1 count came as a negative or fractional number, added up all the same; "
            "the first is usages[0].points[0]: value -2",
        ),
        (
            usages(actions=[{"usageName": "upscale", "points": [point(value="two")]}]),
            "1 point could not be read, left out; the first is usages[0].points[0]: value 'two'",
        ),
        (
            usages(actions=[{"usageName": "upscale", "points": [point(value="x" * 300)]}]),
            "1 point could not be read, left out; the first is usages[0].points[0]: value '"
            + "x" * (200 - len("usages[0].points[0]: value '")),
        ),
        (
            usages(consumption=[{"userId": "u", "value": 5, "discount": 1, "total": 6.000001}]),
            "for 1 user the API's total is not value + discount; gross is the API's total; "
            "the first is consumption[0]",
        ),
        (
            usages(consumption=[{"userId": "u", "value": 5, "discount": 1, "total": 7}]),
            "for 1 user the API's total is not value + discount; gross is the API's total; "
            "the first is consumption[0]",
        ),
    ],
)
def test_what_is_odd_within_an_answer_is_added_up_and_told(document: Any, warning: str) -> None:
    """With the place, and how many."""
    result = run("report", "--json", transport=FakeApi(answer(document)))

    assert result.code == 0
    assert warning in result.json["warnings"]
    saved = run("report", "--from", "-", "--json", stdin=json.dumps(document).encode())
    assert saved.json["warnings"] == result.json["warnings"]


def test_the_noise_of_doubles_is_not_odd() -> None:
    """A total may be off by less than the millionth of a CU that figures are given in."""
    row = {"userId": "u", "value": 5, "discount": 1, "total": 6.0000009}
    result = run("report", "--json", transport=FakeApi(answer(usages(consumption=[row]))))

    assert (result.code, [line for line in result.json["warnings"] if "total" in line]) == (0, [])


def test_refunds_may_be_negative_and_what_restates_others_may_repeat() -> None:
    """Neither is odd."""
    rows = [
        {"usageName": "refunds", "points": [point(value="-2", apiKey="0", cost=-4.5)]},
        *[{"usageName": "creative-unit-cost", "points": [point(value="2.5")]}] * 2,
    ]
    result = run("report", "--json", transport=FakeApi(answer(usages(actions=rows))))

    assert (result.code, result.stderr) == (0, "")


def test_a_trend_tells_it_as_well() -> None:
    """Every command that shows the figures."""
    row = model_row("m", point(jobs=1), point(jobs=-1))
    transport = httpx.MockTransport(lambda request: answer(usages(models=[row])))
    result = run("trend", "--start", "2026-11-01", "--end", "2026-11-01", transport=transport)

    assert result.code == 0
    assert result.stderr.count("warning: ") == 2
