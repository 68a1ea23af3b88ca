"""Both date rules, the default range, the 120 days, and the granularity of each length."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.sandbox.probe import MAY, NOW, Probe, between, days_back, stamp, sum_figures

DAY = timedelta(days=1)
MS = timedelta(milliseconds=1)


@pytest.mark.parametrize("name", ["startDate", "endDate"])
def test_dates_require_each_other(probe: Probe, name: str) -> None:
    """One date without the other is refused."""
    assert probe.refusal(**{name: "2026-05-01"}) == (
        400,
        "startDate and endDate each require the other",
    )


def test_120_days_are_the_longest(probe: Probe) -> None:
    """Exactly 120 days are answered, one millisecond more is not."""
    start = NOW - 120 * DAY

    assert probe.get("/usages", **between(start, NOW)).status_code == 200
    assert probe.refusal(**between(start - MS, NOW)) == (
        400,
        "The time range must not exceed 120 days",
    )


def test_end_before_start_is_refused(probe: Probe) -> None:
    """A range of one instant is fine, one that ends a millisecond before it starts is not."""
    assert probe.get("/usages", **between(NOW, NOW)).status_code == 200
    assert probe.refusal(**between(NOW, NOW - MS))[0] == 400


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026",
        "2026-05",
        "20260501",
        "2026-5-1",
        "2026-02-30",
        "2026-05-01T",
        "2026-05-01 00:00:00Z",
        "2026-05-01T00:00:00 02:00",
        "2026-05-01T24:00:00Z",
        "2026-05-01T00:60:00Z",
        "2026-05-01T00:00:00.Z",
        "2026-05-01T00:00:00+24:00",
        "2026-W18-5",
        "1969-12-31",
        "9999-01-01",
        "٢٠٢٦-05-01",
        "1777593600000",
    ],
)
def test_what_is_no_date_is_refused(probe: Probe, text: str) -> None:
    """Anything but an ISO 8601 date or timestamp names the parameter and is a 400."""
    assert probe.refusal(startDate=text, endDate="2026-05-02") == (
        400,
        "startDate must be an ISO 8601 date",
    )
    assert probe.refusal(startDate="2026-05-01", endDate=text) == (
        400,
        "endDate must be an ISO 8601 date",
    )


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-05-04", "2026-05-06"),
        ("2026-05-04T00:00Z", "2026-05-06T00:00"),
        ("2026-05-04T02:00:00+02:00", "2026-05-05T16:30:00-07:30"),
        ("2026-05-04T00:00:00.000999Z", "2026-05-06T00:00:00.0Z"),
        ("2026-05-04T05:45:00+0545", "2026-05-06T00:00:00.000000Z"),
    ],
)
def test_writings_of_one_instant_are_equal(probe: Probe, start: str, end: str) -> None:
    """A bare date is its first instant; offsets, `Z` and fractions mean what they say."""
    expected = probe.usages(startDate="2026-05-04T00:00:00.000Z", endDate="2026-05-06T00:00:00Z")

    assert expected == probe.usages(startDate=start, endDate=end)


def test_bare_end_date_leaves_its_day_out(probe: Probe) -> None:
    """`endDate=2026-05-06` has nothing of that Wednesday, its last millisecond has all of it."""
    bare = probe.activity(startDate="2026-05-04", endDate="2026-05-06")
    whole = probe.activity(startDate="2026-05-04", endDate="2026-05-06T23:59:59.999Z")

    assert max(row["time"] for row in bare) < "2026-05-06"
    assert sum(row["time"] >= "2026-05-06" for row in whole) > 100


@pytest.mark.parametrize(
    ("name", "length"),
    [
        ("last-hour", timedelta(hours=1)),
        ("last-day", DAY),
        ("last-three-days", 3 * DAY),
        ("last-seven-days", 7 * DAY),
        ("last-thirty-one-days", 31 * DAY),
    ],
)
def test_time_range_ends_now(probe: Probe, name: str, length: timedelta) -> None:
    """A named range is the same as the dates from that long ago to now."""
    assert probe.usages(**between(NOW - length, NOW)) == probe.usages(timeRange=name)


def test_default_is_31_days(probe: Probe) -> None:
    """A query without dates is about the 31 days up to now."""
    assert probe.usages(**days_back(31)) == probe.usages()


def test_dates_win_over_time_range(probe: Probe) -> None:
    """With dates any timeRange is ignored; without them an unknown one is refused."""
    assert probe.usages(**MAY) == probe.usages(**MAY, timeRange="last-hour")
    assert probe.usages(**MAY) == probe.usages(**MAY, timeRange="nonsense")
    assert probe.refusal(timeRange="nonsense")[0] == 400


@pytest.mark.parametrize(
    ("length", "granularity", "step"),
    [
        (timedelta(), "1m", timedelta(minutes=1)),
        (timedelta(hours=1), "1m", timedelta(minutes=1)),
        (timedelta(hours=6), "5m", timedelta(minutes=5)),
        (timedelta(hours=6) + MS, "15m", timedelta(minutes=15)),
        (DAY, "15m", timedelta(minutes=15)),
        (3 * DAY, "30m", timedelta(minutes=30)),
        (14 * DAY, "1h", timedelta(hours=1)),
        (31 * DAY, "1d", DAY),
        (62 * DAY, "1d", DAY),
        (62 * DAY + MS, "7d", 7 * DAY),
        (120 * DAY, "7d", 7 * DAY),
    ],
)
def test_buckets_follow_the_length(
    probe: Probe, length: timedelta, granularity: str, step: timedelta
) -> None:
    """Each length has its granularity; buckets are aligned, adjoining, and cover the range."""
    end = datetime(2026, 5, 13, 16, 47, 31, 5000, tzinfo=UTC)
    start = end - length
    answer = probe.usages(**between(start, end))
    monday = datetime(2020, 1, 6, tzinfo=UTC)

    assert {granularity} == {row["granularity"] for row in answer["usages"]} or not length
    expected = [monday + (start - monday) // step * step]
    while expected[-1] + step <= end:
        expected.append(expected[-1] + step)
    rows = [
        row
        for section in ("usages", "modelUsages", "assetUsages", "nsfwUsages", "qualityGateUsages")
        for row in answer[section]
    ]
    for row in rows:
        assert [stamp(time) for time in expected] == [point["time"] for point in row["points"]]
    assert rows or not length


def test_first_bucket_has_the_range_only(probe: Probe) -> None:
    """The week that a range begins in starts before it, but holds only what is inside."""
    start = datetime(2026, 2, 26, 9, 30, tzinfo=UTC)  # a Thursday
    answer = probe.usages(**between(start, datetime(2026, 5, 20, tzinfo=UTC)))
    row = next(row for row in answer["usages"] if row["usageName"] == "creative-unit-cost")
    inside = probe.activity(**between(start, datetime(2026, 3, 1, 23, 59, 59, 999_000, tzinfo=UTC)))

    assert row["points"][0]["time"] == "2026-02-23T00:00:00.000Z"
    assert row["points"][0]["cost"] == sum(entry.get("creativeUnitsCost", 0) for entry in inside)


def test_future_is_empty_but_there(probe: Probe) -> None:
    """Buckets reach to an end in the future, and nothing after now is in them."""
    start = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
    future = probe.usages(**between(start, start + 20 * DAY))
    so_far = probe.usages(**between(start, NOW))

    assert sum_figures(so_far) == sum_figures(future)
    assert [row["points"][-1]["time"] for row in future["usages"]][:1] == [stamp(start + 20 * DAY)]


def test_history_reaches_back_two_years(probe: Probe) -> None:
    """730 days before today there was work, the day before that there is none."""
    first = NOW.replace(hour=0, minute=0, second=0, microsecond=0) - 730 * DAY

    assert probe.activity(**between(first, first + DAY))
    assert probe.activity(**between(first - 100 * DAY, first - MS)) == []
