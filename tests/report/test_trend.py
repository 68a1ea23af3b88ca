"""The trend, built from answers: series, points, order, and what is null."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scenario_usage_cli.api.body import parse_usages
from scenario_usage_cli.buckets import cut_into_buckets
from scenario_usage_cli.collect.merge import Merger
from scenario_usage_cli.collect.parts import Part
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.numbers import add_up
from scenario_usage_cli.report.tables import COURSE
from scenario_usage_cli.report.trend import build_trend
from scenario_usage_cli.report.trend_view import build_trend_view
from scenario_usage_cli.report.view import View
from tests.cases import each
from tests.report.builders import charge, written
from tests.support import NOW, model_row, point, usages

SECTIONS = ("consumption", "models", "assets", "actions")
ONE, TWO, THREE = (f"2026-05-0{day}T00:00:00.000Z" for day in (1, 2, 3))
POINT_KEYS = [
    *("start", "id", "name", "jobs", "cost", "discount", "gross"),
    *("api_key_cost", "api_key_discount", "count", "api_key_count", "partial"),
]
ANSWER = usages(
    consumption=[charge("u", 20)],
    models=[
        model_row("m1", point(ONE, jobs=1, cost=0.1, discount=0.5, apiKeyCost=0.1)),
        model_row("m2", point(ONE, jobs=2, cost=5), point(THREE, jobs=1, cost=-7)),
        model_row("m3", point(THREE, jobs=3, cost=0.2)),
    ],
    assets=[
        {"kind": "image", "points": [point(ONE, count=4, countApiKey=1)]},
        {"kind": "video", "points": [point(THREE, count=6, countApiKey=0)]},
    ],
    actions=[
        {"usageName": "free", "points": [point(TWO, value="50", apiKey="5")]},
        {"usageName": "paid", "points": [point(ONE, value="2", apiKey="1", cost=60, discount=1)]},
    ],
    model_names={"m1": "Flux", "m2": "[Imagen]"},
)


def make_period(days: int = 3, timezone: str = "UTC", hour: int = 0) -> Period:
    """Days from the first of May."""
    start = datetime(2026, 5, 1, hour, tzinfo=UTC)
    end = datetime(2026, 5, 1, tzinfo=UTC) + timedelta(days=days, milliseconds=-1)
    return Period(start, end, ZoneInfo(timezone), provisional=False)


def build_view(
    split: str,
    answer: dict[str, Any] = ANSWER,
    *,
    unit: str = "day",
    models: tuple[str, ...] = (),
    period: Period | None = None,
) -> View:
    """The trend of one answer, ready to be rendered."""
    period = period or make_period()
    buckets = cut_into_buckets(period, unit)
    usage = Usage(SECTIONS, period, Filters())
    part = Part(period.start, period.end, SECTIONS, Filters())
    Merger(usage, buckets.find).add(
        parse_usages(json.dumps(answer).encode(), source="the test"), part
    )
    return build_trend_view(
        build_trend(usage, period, buckets, split, models=models, generated_at=NOW)
    )


def build(split: str, answer: dict[str, Any] = ANSWER, **more: Any) -> Any:
    """Its document, with exact numbers."""
    return written(build_view(split, answer, **more).document)


def pick(document: Any, *keys: str) -> list[tuple[Any, ...]]:
    """Some keys of every point, in order."""
    return [tuple(row[key] for key in keys) for row in document["points"]]


def test_the_document_has_its_keys() -> None:
    """In this order, whatever the split."""
    document = build("total")

    assert list(document) == [
        *("schema_version", "report", "generated_at", "period", "filters"),
        *("by", "split", "points", "warnings"),
    ]
    assert [document[key] for key in ("schema_version", "report", "by", "split")] == [
        *(1, "trend", "day", "total"),
    ]
    assert document["generated_at"] == "2026-11-22T18:30:00Z"
    assert {tuple(row) for row in document["points"]} == {tuple(POINT_KEYS)}


def test_the_total_has_one_point_per_bucket_and_no_id() -> None:
    """The money of models, the count of assets; a day without data is zeros, sums are exact."""
    document = build("total")

    assert pick(document, "start", "id", "jobs", "cost", "discount", "gross", "count") == [
        ("2026-05-01T00:00:00Z", None, 3, Decimal("5.1"), Decimal("0.5"), Decimal("5.6"), 4),
        ("2026-05-02T00:00:00Z", None, 0, 0, 0, 0, 0),
        ("2026-05-03T00:00:00Z", None, 4, Decimal("-6.8"), 0, Decimal("-6.8"), 6),
    ]


def test_models_are_in_order_of_time_and_then_of_their_size() -> None:
    """A model that was refunded more than it cost comes last; counts are null."""
    document = build("model")

    assert pick(document, "start", "id", "name", "cost") == [
        (f"2026-05-0{day}T00:00:00Z", key, name, Decimal(cost))
        for day, costs in ((1, ("0", "0.1", "5")), (2, ("0", "0", "0")), (3, ("0.2", "0", "-7")))
        for (key, name), cost in zip(
            (("m3", "m3"), ("m1", "Flux"), ("m2", "[Imagen]")), costs, strict=True
        )
    ]
    assert set(pick(document, "count", "api_key_count")) == {(None, None)}


def test_kinds_have_counts_only() -> None:
    """Their size is the count of all their buckets."""
    document = build("kind")

    assert pick(document, "id", "count", "api_key_count") == [
        *(("video", 0, 0), ("image", 4, 1)),
        *(("video", 0, 0), ("image", 0, 0)),
        *(("video", 6, 0), ("image", 0, 0)),
    ]
    assert {row[key] for row in document["points"] for key in POINT_KEYS[3:9]} == {None}


def test_actions_have_counts_and_those_that_are_charged_money() -> None:
    """A bucket without data has zeros in what its series has, and null in what it has not."""
    document = build("action")

    assert pick(document, "id", "jobs", "cost", "discount", "gross", "count") == [
        *(("paid", None, 60, 1, 61, 2), ("free", None, None, None, None, 0)),
        *(("paid", None, 0, 0, 0, 0), ("free", None, None, None, None, 50)),
        *(("paid", None, 0, 0, 0, 0), ("free", None, None, None, None, 0)),
    ]


def test_actions_that_restate_others_are_left_out() -> None:
    """They would count twice."""
    rows = [{"usageName": "creative-unit-cost", "points": [point(ONE, value="60")]}]

    assert build("action", usages(actions=rows))["points"] == []


@pytest.mark.parametrize("split", ["model", "kind", "action"])
def test_without_series_there_are_no_points(split: str) -> None:
    """And the tables say that there was nothing."""
    view = build_view(split, usages())

    assert written(view.document)["points"] == []
    assert [len(section.rows) for section in view.table_sections] == [0, 0]


def test_the_total_of_nothing_is_zeros() -> None:
    """Every bucket of the period is there."""
    assert pick(build("total", usages()), "jobs", "cost", "count") == [(0, 0, 0)] * 3
    assert pick(build("total", usages()), "id", "name") == [(None, "total")] * 3


def test_ties_are_broken_by_id() -> None:
    """So that the output is the same for the same data."""
    rows = [model_row(key, point(ONE, jobs=1, cost=2)) for key in ("b", "c", "a")]

    assert [row["id"] for row in build("model", usages(models=rows))["points"]][:3] == [*"abc"]


def test_series_that_look_alike_are_in_the_order_of_their_ids() -> None:
    """Noise beyond the sixth decimal is neither an order nor a level of the course."""
    rows = [
        model_row("b", point(ONE, cost=0.1), point(TWO, cost=0.20000004)),
        model_row("a", point(ONE, cost=0.3), point(THREE, cost=1e-9)),
    ]
    view = build_view("model", usages(models=rows))

    assert pick(view.document, "id")[:2] == [("a",), ("b",)]
    assert view.table_sections[0].rows[0]["course"] == [Decimal("0.3"), 0, 0]


def test_starts_are_on_the_clocks_of_the_zone() -> None:
    """With their offset."""
    document = build("total", period=make_period(2, "Asia/Kathmandu"))

    assert [start for (start,) in pick(document, "start")] == [
        "2026-05-01T00:00:00+05:45",
        "2026-05-02T00:00:00+05:45",
        "2026-05-03T00:00:00+05:45",
    ]


@pytest.mark.parametrize(
    ("unit", "label"), [("day", "0987-01-01 Mon"), ("week", "0987-W01 *"), ("month", "0987-01 *")]
)
def test_years_have_four_digits(unit: str, label: str) -> None:
    """As ISO 8601 has them."""
    start = datetime(987, 1, 1, tzinfo=UTC)
    end = start + timedelta(days=1, milliseconds=-1)
    period = Period(start, end, UTC, provisional=False)
    view = build_view("total", usages(), unit=unit, period=period)

    assert [row["label"] for row in view.table_sections[1].rows] == [label]


def test_a_point_that_begins_before_the_period_belongs_to_its_first_bucket() -> None:
    """The API's bucket may begin earlier: what it counts is only what was asked for."""
    early = usages(
        models=[model_row("m", point("2026-04-30T23:00:00.000Z", jobs=1, cost=3))],
    )
    document = build("total", early, period=make_period(1, hour=0), unit="hour")

    assert pick(document, "start", "cost")[0] == ("2026-05-01T00:00:00Z", 3)
    assert sum(cost for (cost,) in pick(document, "cost")) == 3


def test_a_first_bucket_that_is_cut_keeps_its_own_start() -> None:
    """A week that began before the period is named by its Monday."""
    assert [start for (start,) in pick(build("total", unit="week"), "start")] == [
        "2026-04-27T00:00:00Z"
    ]


def test_models_narrow_the_total_and_are_named_when_unknown() -> None:
    """By id or name, with wildcards; assets stay."""
    document = build("total", models=("flux", "nothing*"))

    assert pick(document, "cost", "count")[0] == (Decimal("0.1"), 4)
    assert document["filters"]["models"] == ["flux", "nothing*"]
    assert document["warnings"] == [
        "models are narrowed to flux, nothing*; the other sections are not",
        "no model is called nothing*",
    ]


def test_a_section_that_was_left_out_is_null_and_not_zero() -> None:
    """What the API did not say is unknown, and there is a warning."""
    without = {key: rows for key, rows in ANSWER.items() if key != "modelUsages"}
    document = build("total", without)

    assert document["warnings"] == [
        "the API left out models: its rows are unknown, and so are the totals made of them"
    ]
    assert pick(document, "jobs", "cost", "gross", "count")[0] == (None, None, None, 4)


def test_it_says_where_consumption_differs() -> None:
    """Under the table, with the signed amount; without a difference there is nothing to say."""
    different = build_view("total")
    same = build_view("total", ANSWER | {"consumption": [charge("u", -1.7)]})

    assert [(line.title, line.value) for line in different.closing] == [
        ("Consumption", 20),
        ("Models", Decimal("-1.7")),
        ("Difference", Decimal("21.7")),
    ]
    assert same.closing == ()
    assert build_view("total", models=("flux",)).closing == ()
    assert build_view("kind").closing == ()


REST = "operations without a model, and refunds"


def consumption_of(value: float) -> dict[str, Any]:
    """The answer with another consumption."""
    return ANSWER | {"consumption": [charge("u", value)]}


@pytest.mark.parametrize(
    ("split", "answer", "said"),
    [
        ("total", ANSWER, f"models by 21.7 CU: {REST}"),
        ("model", ANSWER, f"models by 21.7 CU: {REST}"),
        ("model", consumption_of(-100), f"models by -98.3 CU: {REST}"),
        ("model", usages(consumption=[charge("u", 5)]), f"models by 5 CU: {REST}"),
        ("action", ANSWER, "actions by -40 CU: what the API charges to no action"),
        ("model", consumption_of(-1.70000004), None),
        ("action", consumption_of(60), None),
        ("kind", ANSWER, None),
        ("total", ANSWER | {"modelUsages": None}, None),
        ("total", ANSWER | {"consumption": None}, None),
    ],
)
def test_what_a_trend_leaves_out_is_a_warning(
    split: str, answer: dict[str, Any], said: str | None
) -> None:
    """Whoever reads JSON or CSV sees no closing lines; what is not known is not guessed."""
    found = [line for line in build(split, answer)["warnings"] if "differs" in line]

    assert found == ([f"consumption differs from this trend of {said}"] if said else [])


def test_the_series_table_has_the_course_of_each() -> None:
    """One figure a bucket; the buckets' table sums over the series."""
    series, buckets = build_view("model").table_sections

    assert [(row["name"], row["cost"], row["course"]) for row in series.rows] == [
        ("m3", Decimal("0.2"), [0, 0, Decimal("0.2")]),
        ("Flux", Decimal("0.1"), [Decimal("0.1"), 0, 0]),
        ("[Imagen]", -2, [5, 0, -7]),
    ]
    assert [(row["label"], row["cost"]) for row in buckets.rows] == [
        ("2026-05-01 Fri", Decimal("5.1")),
        ("2026-05-02 Sat", 0),
        ("2026-05-03 Sun", Decimal("-6.8")),
    ]


@each(("days", "figures"), [(31, 31), (32, 16), (62, 31), (63, 21)])
def test_a_course_has_at_most_31_figures(days: int, figures: int) -> None:
    """A month has one for each day; a longer one has one for as many days each."""
    series, _ = build_view("model", period=make_period(days)).table_sections

    assert {len(COURSE.of(row)) for row in series.rows} == {figures}


def test_a_long_course_is_condensed_without_losing_anything() -> None:
    """Neighbours share a cell; together they are the series' size."""
    period = make_period(3)
    series, _ = build_view("model", unit="hour", period=period).table_sections

    courses = [COURSE.of(row) for row in series.rows]
    assert all(len(course) <= 31 for course in courses)
    assert [add_up(course) for course in courses] == [row["cost"] for row in series.rows]


def test_dumping_a_trend_gives_the_document() -> None:
    """Without what is only there for tables."""
    period = make_period()
    buckets = cut_into_buckets(period, "day")
    usage = Usage(SECTIONS, period, Filters())
    trend = build_trend(usage, period, buckets, "total", generated_at=NOW)

    assert "series" not in trend.document
    assert "consumption_cost" not in trend.document


def test_a_row_without_points_is_a_series_of_zeros() -> None:
    """As it is a row of a report."""
    view = build_view("model", usages(models=[model_row("m1")]))

    (series,) = view.sections[0].rows
    assert (series["jobs"], series["cost"]) == (0, 0)
    assert pick(written(view.document), "jobs", "cost") == [(0, 0)] * 3


def test_a_cost_that_some_buckets_lack_is_zero_there() -> None:
    """And null in all, where the API tells it of none."""
    actions = [
        {"usageName": "x", "points": [point(ONE, value="1", cost=2), point(TWO, value="1")]},
        {"usageName": "y", "points": [point(ONE, value="1"), point(TWO, value="1")]},
    ]
    document = build("action", usages(actions=actions))

    assert [cost for name, cost in pick(document, "name", "cost") if name == "x"] == [2, 0, 0]
    assert [cost for name, cost in pick(document, "name", "cost") if name == "y"] == [None] * 3


_PARTS = ("api_key_cost", "api_key_discount")
_CHARGED = ("cost", "discount", "gross", *_PARTS)
_COUNTED = ("count", "api_key_count")
_OF_MODELS = "this is a trend of models; the rest ran without one, or was refunded"


@each(
    ("split", "title", "size", "of_series", "of_buckets", "note"),
    [
        (
            *("total", "Total", "cost", (*_PARTS, "api_key_count")),
            *(("jobs", *_CHARGED, *_COUNTED), _OF_MODELS),
        ),
        (
            *("model", "Models", "cost", ("jobs", *_CHARGED, "share"), ("jobs", *_CHARGED)),
            _OF_MODELS,
        ),
        ("kind", "Kinds", "count", (*_COUNTED, "share"), _COUNTED, ""),
        (
            *("action", "Actions", "cost", (*_CHARGED, *_COUNTED, "share"), (*_CHARGED, *_COUNTED)),
            "this is a trend of actions; the rest was charged to none of them",
        ),
    ],
)
def test_people_are_shown_the_figures_that_a_split_has(
    split: str,
    title: str,
    size: str,
    of_series: tuple[str, ...],
    of_buckets: tuple[str, ...],
    note: str,
) -> None:
    """Of the total, those that the headlines do not tell; and what is not in the trend."""
    view = build_view(split)
    series, buckets = view.table_sections

    assert [(one.table.title, one.table.size.key) for one in (series, buckets)] == [
        *((title, size), ("By day", size))
    ]
    assert [field.key for field in series.shown] == ["id", "name", *of_series, "course"]
    assert [field.key for field in buckets.shown] == ["label", *of_buckets, "share"]
    titles = ["Jobs", "Cost", "Discount", "Gross", "Count" if split == "action" else "Assets"]
    assert [one.title for one in view.headlines] == titles
    assert (view.closing_title, view.closing_note, len(view.told)) == (
        *("Consumption", note, len(note) > 0),
    )
    assert [one.title for one in view.closing] == (
        ["Consumption", f"{split.title()}s" if split == "action" else "Models", "Difference"]
        if note
        else []
    )


def test_what_the_api_left_out_has_no_rows() -> None:
    """Its figures are unknown, and those of the rest are there."""
    answer = {key: rows for key, rows in ANSWER.items() if key != "modelUsages"}
    unknown, total = build_view("model", answer), build_view("total", answer)

    assert [(one.is_known, len(one.rows)) for one in unknown.table_sections] == [(False, 0)] * 2
    assert [one.value for one in unknown.headlines] == [None] * 5
    assert [(one.is_known, len(one.rows)) for one in total.table_sections] == [(True, 1), (True, 3)]
    assert [one.value for one in total.headlines] == [None] * 4 + [10]
    assert [field.key for field in total.table_sections[0].shown] == [
        *("id", "name", "api_key_count", "course")
    ]
