"""The activity log: newest first, a hundred rows at a time, none twice and none missing."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.sandbox.probe import MAY, NOW, RESTATING, Json, Probe, between, sum_figures


@pytest.fixture(scope="module")
def log(probe: Probe) -> list[Json]:
    return probe.activity(**MAY)


def test_page_has_a_hundred_rows(probe: Probe, log: list[Json]) -> None:
    """Every page is full but the last; past the end there is an empty one."""
    sizes = [
        len(probe.usages(**MAY, activityOffset=offset, type="activity")["activity"])
        for offset in (0, 100, len(log) - 1, len(log), len(log) + 1, 10**9)
    ]

    assert sizes == [100, 100, 1, 0, 0, 0]


@pytest.mark.parametrize("step", [7, 37, 99])
def test_pages_meet_without_gap_or_repeat(probe: Probe, log: list[Json], step: int) -> None:
    """Whatever the steps, reading page by page gives the same list."""
    day = {"startDate": "2026-05-12", "endDate": "2026-05-13T12:00:00Z"}
    first, last = "2026-05-12T00:00:00.000Z", "2026-05-13T12:00:00.000Z"
    expected = [row for row in log if first <= str(row["time"]) <= last]

    assert expected == probe.activity(step, **day)


def test_days_make_up_the_month(probe: Probe, log: list[Json]) -> None:
    """The log of a month is the logs of its days, latest day first."""
    days = []
    for day in range(31, 0, -1):
        date = f"2026-05-{day:02}"
        days += probe.activity(startDate=date, endDate=f"{date}T23:59:59.999Z")

    assert days == log


def test_newest_is_first(log: list[Json]) -> None:
    """Times never rise, and have milliseconds."""
    times = [str(row["time"]) for row in log]

    assert times == sorted(times, reverse=True)
    assert len({time[-4:-1] for time in times}) > 900


def test_log_has_every_event(probe: Probe, log: list[Json]) -> None:
    """Each action of `usages` has as many rows in the log as it was counted."""
    figures = sum_figures(probe.usages(**MAY))
    counts = Counter(str(row["action"]) for row in log)

    expected = {row: n for (section, row, what), n in figures.items() if what == "value"}
    for row in {*RESTATING, *(user for user in expected if user.startswith(("user_", "apiu_")))}:
        expected.pop(row, None)
    assert expected == {row: counts[row] for row in expected}
    assert {"download-assets", "delete-asset", "collection"} <= set(counts) - set(expected)


def test_jobs_are_never_repeated(log: list[Json]) -> None:
    """A job is in the log once, and once more when it was refunded."""
    jobs = Counter(
        (row["data"]["jobId"], row["action"] == "refunds") for row in log if "jobId" in row["data"]
    )

    assert set(jobs.values()) == {1}


def test_filters_apply_to_the_log(probe: Probe, log: list[Json]) -> None:
    """A project's log is the rows of the whole log that are its own, and so is a user's."""
    for column, name in (("projectId", "projectIds"), ("userId", "userIds")):
        value = str(log[0][column])
        assert probe.activity(**MAY, **{name: value}) == [r for r in log if r[column] == value]


def test_free_actions_have_no_or_no_positive_cost(log: list[Json]) -> None:
    """Some free actions say 0, some say nothing, each always the same."""
    costs: dict[str, set[object]] = {}
    for row in log:
        costs.setdefault(str(row["action"]), set()).add(row.get("creativeUnitsCost"))

    for action in ("download-assets", "update-model", "collection", "ip-detection"):
        assert costs[action] == {None}
    for action in ("tag-asset", "delete-asset"):
        assert costs[action] == {0}
    assert None not in costs["images-generation"]


def test_two_years_are_over_100000_rows(probe: Probe) -> None:
    """The log of all there is has more than 100,000 rows, to be read in parts of 120 days."""
    rows = 0
    end = NOW
    for _ in range(7):
        figures = between(max(end - timedelta(days=119), NOW - timedelta(days=730)), end)
        low, high = 0, 40_000
        while low < high:  # the first offset with an empty page
            middle = (low + high) // 2
            page = probe.usages(**figures, type="activity", activityOffset=middle)["activity"]
            low, high = (middle + 1, high) if page else (low, middle)
        rows += low
        end -= timedelta(days=119, milliseconds=1)

    assert 100_000 < rows < 130_000
