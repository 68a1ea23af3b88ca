"""`trend` where buckets are no whole ones: at the bounds of the calendar, and of the period."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.support import NOW, answer, run, usages


class Always(httpx.BaseTransport):
    """Gives the same answer to every request."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return answer(self._document)


@pytest.mark.parametrize(
    ("zone", "start", "end", "now"),
    [
        ("Asia/Tokyo", "0001-01-02", "0001-03-01", NOW),
        ("America/New_York", "0001-01-01T00:00Z", "0001-01-02", NOW),
        ("Asia/Kathmandu", "0001-01-01T10:00+09:00", "0001-01-03", NOW),
        ("UTC", "9999-12-30", "9999-12-31", datetime(9999, 12, 31, 23, 30, tzinfo=UTC)),
        ("America/New_York", "9999-12-30", "9999", datetime(9999, 12, 31, 23, 59, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("shown", ["hour", "day", "week", "month", "heatmap"])
def test_where_the_calendar_ends_buckets_end_with_it(
    zone: str, start: str, end: str, now: datetime, shown: str
) -> None:
    """What a zone's clocks have before the year 1 or after the year 9999 is cut off."""
    how = ("--heatmap",) if shown == "heatmap" else ("--by", shown)
    asked = ("--start", start, "--end", end, "--tz", zone)
    result = run("trend", *asked, *how, now=now, transport=Always(usages()))

    assert (result.code, result.stderr) == (0, "")


def test_years_have_four_digits_in_tables() -> None:
    """As ISO 8601 has them."""
    asked = ("--start", "0987-01-01", "--end", "0987-01-01", "--by")
    tables = [
        run("trend", *asked, unit, transport=Always(usages())).stdout
        for unit in ("day", "week", "month")
    ]
    labels = [table.splitlines()[-1].partition("  ")[0] for table in tables]

    assert labels == [" 0987-01-01 Mon", " 0987-W01", " 0987-01"]
