"""The figures are the same however they were fetched: cut, bucketed, broken down or compared."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox
from tests.support import NOW, Result, run

FIRST = datetime(2026, 4, 1, tzinfo=UTC)
LAST = datetime(2026, 11, 15, 23, 59, 59, 999000, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
ZONES = ("UTC", "Asia/Tokyo", "America/New_York", "Asia/Kathmandu", "Europe/Paris")
APP = Sandbox(lambda: NOW)
ENVIRON = {
    "SCENARIO_SDK_API_KEY": API_KEY,
    "SCENARIO_SDK_API_SECRET": API_SECRET,
    "SCENARIO_USAGE_CONFIG": "/proc/nonexistent",
}
SECTIONS = {
    "consumption": "user_id",
    "models": "model_id",
    "assets": "kind",
    "actions": "action",
    "moderation": "label",
    "quality_gates": "verdict",
}
DERIVED = ("share", "cost_per_job")
slow = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
instants = st.integers(0, int((LAST - FIRST) / MILLISECOND)).map(lambda n: FIRST + n * MILLISECOND)


class Counting(httpx.WSGITransport):
    """The studio, and the queries that it was asked."""

    def __init__(self) -> None:
        super().__init__(APP)
        self.queries: list[dict[str, str]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.queries.append(dict(request.url.params))
        return super().handle_request(request)


def ask(*argv: str, transport: httpx.BaseTransport | None = None) -> Result:
    """A command that must go well, asked of the studio."""
    result = run(*argv, environ=ENVIRON, transport=transport or Counting())
    assert result.code == 0, result.stderr
    return result


def bounds(start: datetime, end: datetime) -> tuple[str, ...]:
    """The options of a period."""
    return "--start", start.isoformat(), "--end", end.isoformat()


@cache
def report(start: datetime = FIRST, end: datetime = LAST, *options: str) -> Any:
    """The report of a period."""
    return ask("report", "--json", *options, *bounds(start, end)).json


def figures(document: Any) -> Counter[tuple[str, ...]]:
    """Every additive figure of a report, by section, id and measure, in millionths."""
    found: Counter[tuple[str, ...]] = Counter()
    for section, id_key in SECTIONS.items():
        for row in document[section]:
            for key, value in row.items():
                if key not in DERIVED and isinstance(value, int | float) and value is not True:
                    found[section, row[id_key], key] += millionths(value)
    return found


def millionths(number: float | None) -> int:
    """An exact integer of what JSON wrote with at most 6 decimals."""
    return int(Decimal(str(number or 0)) * 1_000_000)


def without_zeros(counts: Counter[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """Only what is not zero: a row of zeros may be missing where nothing happened."""
    return {key: count for key, count in counts.items() if count}


@slow
@given(st.lists(instants, max_size=5, unique=True))
def test_the_reports_of_the_parts_add_up_to_that_of_the_whole(cuts: list[datetime]) -> None:
    """For any cut points of a period of 229 days, which itself is fetched in two parts."""
    edges = [FIRST, *sorted(cut for cut in cuts if cut > FIRST), LAST + MILLISECOND]
    parts: Counter[tuple[str, ...]] = Counter()
    for start, beyond in pairwise(edges):
        parts.update(figures(report(start, beyond - MILLISECOND)))

    assert without_zeros(parts) == without_zeros(figures(report()))


@slow
@given(
    st.sampled_from(["day", "week", "month"]),
    st.sampled_from(ZONES),
    st.sampled_from(["total", "model", "kind", "action"]),
    st.lists(instants, min_size=2, max_size=2, unique=True).map(sorted),
)
def test_a_trend_sums_to_the_report(by: str, zone: str, split: str, ends: list[datetime]) -> None:
    """By any bucket, in any zone: series by series, to the models, kinds or actions there."""
    start, end = max(ends[0], ends[1] - timedelta(days=45)), ends[1]
    options = ("trend", "--json", "--by", by, "--tz", zone, "--split", split)
    trend = ask(*options, *bounds(start, end)).json
    whole = report(start, end)
    sums: Counter[tuple[str | None, str]] = Counter()
    for point in trend["points"]:
        for key in ("jobs", "cost", "discount", "count", "api_key_cost"):
            sums[point["id"], key] += millionths(point[key])

    if split == "total":
        for key in ("jobs", "cost", "discount", "api_key_cost"):
            assert sums[None, key] == sum(millionths(row[key]) for row in whole["models"])
        assert sums[None, "count"] == millionths(whole["totals"]["assets"])
    else:
        section, id_key, keys = {
            "model": ("models", "model_id", ("jobs", "cost", "discount", "api_key_cost")),
            "kind": ("assets", "kind", ("count",)),
            "action": ("actions", "action", ("count", "cost", "discount", "api_key_cost")),
        }[split]
        for row in whole[section]:
            for key in keys:
                assert sums[row[id_key], key] == millionths(row[key]), (row[id_key], key)


def test_hours_sum_to_the_report_over_a_clock_change() -> None:
    """A week of hours in New York, with the hour that comes twice."""
    options = ("--tz", "America/New_York", "--start", "2026-10-29", "--end", "2026-11-04")
    trend = ask("trend", "--json", "--by", "hour", *options).json
    whole = ask("report", "--json", *options).json

    assert len(trend["points"]) == 7 * 24 + 1
    assert sum(millionths(point["cost"]) for point in trend["points"]) == millionths(
        whole["reconciliation"]["model_cost"]
    )


@pytest.mark.parametrize("by", ["project", "user"])
def test_projects_and_users_sum_to_the_whole(by: str) -> None:
    """Totals to consumption, rows model by model to the models, and nothing is left over."""
    document = report(datetime(2026, 10, 1, tzinfo=UTC), LAST, "--by", by)
    breakdown, totals = document["breakdown"], document["totals"]

    for key in ("cost", "discount", "gross", "jobs", "assets"):
        assert sum(millionths(row[key]) for row in breakdown["totals"]) == millionths(totals[key])
    for model in document["models"]:
        for key in ("jobs", "cost", "discount", "api_key_cost", "api_key_discount"):
            mine = [row for row in breakdown["rows"] if row["model_id"] == model["model_id"]]
            assert sum(millionths(row[key]) for row in mine) == millionths(model[key])
    assert document["reconciliation"]["breakdown_difference"] == 0


@slow
@given(st.lists(instants, min_size=2, max_size=2, unique=True).map(sorted))
def test_a_comparison_is_the_difference_of_two_reports(ends: list[datetime]) -> None:
    """Every delta of consumption, models and assets."""
    start, end = max(ends[0], ends[1] - timedelta(days=30)), ends[1]
    before = (start - timedelta(days=40), end - timedelta(days=40))
    against = "..".join(bound.isoformat() for bound in before)
    compared = ask("compare", "--json", "--against", against, *bounds(start, end)).json
    newer, older = figures(report(start, end)), figures(report(*before))

    for section in ("consumption", "models", "assets"):
        measure = "count" if section == "assets" else "cost"
        deltas = {row["id"]: millionths(row["delta"]) for row in compared[section]}
        ids = {key[1] for key in (*newer, *older) if key[0] == section}
        for one in ids:
            key = (section, one, measure)
            assert deltas.get(one, 0) == newer[key] - older[key]


def test_a_granularity_once_learned_is_not_asked_for_again() -> None:
    """240 days by day: 120 are too coarse, once; then four queries of 60."""
    studio = Counting()
    argv = ("--by", "day", "--start", "2026-03-01", "--end", "2026-10-26")
    ask("trend", "--json", "--jobs", "1", *argv, transport=studio)
    lengths = [
        datetime.fromisoformat(query["endDate"]) - datetime.fromisoformat(query["startDate"])
        for query in studio.queries
    ]

    assert [length.days for length in lengths] == [119, 59, 59, 59, 59]


class Coarse(Counting):
    """The studio through an API whose buckets are a week, however short the range."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        response.read()
        document = response.json()
        for section in ("usages", "modelUsages", "assetUsages"):
            for row in document.get(section) or ():
                row["granularity"] = "7d"
                for point in row["points"]:
                    day = datetime.fromisoformat(point["time"])
                    monday = day - timedelta(days=day.weekday())
                    point["time"] = monday.strftime("%Y-%m-%dT00:00:00.000Z")
        return httpx.Response(200, json=document)


def test_an_api_that_is_always_too_coarse_is_asked_day_by_day() -> None:
    """What lies in one bucket needs no finer answer, so the figures are right all the same."""
    argv = ("trend", "--json", "--split", "model", "--by", "day", "--period", "2026-10")
    coarse = Coarse()

    # As they are not added up into one of each week, there is a warning of equal times.
    assert ask(*argv, transport=coarse).json["points"] == ask(*argv).json["points"]
    single_days = {query["startDate"] for query in coarse.queries}
    assert len(single_days) == 31
