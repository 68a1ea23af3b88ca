"""`trend` where buckets are no whole ones: at the bounds of the calendar, and of the period."""

from datetime import UTC, datetime

import httpx
import pytest

from tests.support import FakeApi, Result, answer, model_row, point, run, usages


class Api(httpx.BaseTransport):
    """Has one job at the first instant of whatever it is asked for."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        first = point(request.url.params["startDate"], jobs=1, cost=2)
        return answer(usages(models=[model_row("m", first)]))


@pytest.mark.parametrize(
    ("zone", "end", "minute"), [("UTC", "9999-12-31", 30), ("America/New_York", "9999", 59)]
)
@pytest.mark.parametrize("shown", ["hour", "day", "week", "month", "heatmap"])
def test_where_the_calendar_ends_buckets_end_with_it(
    zone: str, end: str, minute: int, shown: str
) -> None:
    """What a zone's clocks have after the year 9999 is cut off."""
    how = ("--heatmap",) if shown == "heatmap" else ("--by", shown)
    asked = ("--start", "9999-12-30", "--end", end, "--tz", zone)
    now = datetime(9999, 12, 31, 23, minute, tzinfo=UTC)

    assert run("trend", *asked, *how, now=now, transport=Api()).code == 0


def trend(*argv: str) -> Result:
    """A trend of one job or more."""
    result = run("trend", *argv, transport=Api())
    assert result.code == 0
    return result


@pytest.mark.parametrize(
    ("argv", "partial"),
    [
        (("--start", "2026-05-14", "--end", "2026-05-26", "--by", "week"), [True, False, True]),
        (("--start", "2026-05-11", "--end", "2026-05-24", "--by", "week"), [False, False]),
        (("--start", "2026-05-11", "--end", "2026-05-25", "--by", "week"), [False, False, True]),
        (("--start", "2026-04-30", "--end", "2026-05-31", "--by", "month"), [True, False]),
        (("--start", "2026-05-03", "--end", "2026-05-05", "--by", "month"), [True]),
        (("--last", "2d", "--by", "day"), [False, True]),
        (("--last", "2h",), [True, False, True]),
        (("--last", "1h", "--tz", "Asia/Kathmandu"), [True, True]),
        (("--start", "2026-05-01T01:00", "--end", "2026-05-02T00:00", "--by", "day"), [True, True]),
        (("--period", "2026-10", "--tz", "Europe/Paris", "--by", "month"), [False]),
    ],
)  # fmt: skip
def test_a_bucket_that_is_cut_is_marked(argv: tuple[str, ...], partial: list[bool]) -> None:
    """Whether the period begins or ends within it, or is still running: in every format."""
    points = trend(*argv, "--json").json["points"]
    header, *rows = trend(*argv, "--csv").stdout.splitlines()
    table = trend(*argv).stdout.partition("\nBy ")[2].splitlines()
    markdown = trend(*argv, "-f", "markdown").stdout.partition("\n## By ")[2]

    assert [row["partial"] for row in points] == partial
    assert header.rpartition(",")[2] == "partial"
    assert [row.rpartition(",")[2] for row in rows] == [str(one).lower() for one in partial]
    assert [" * " in line for line in table[2 : 2 + len(partial)]] == partial
    assert (" * partial: the period begins or ends within it" in table) is any(partial)
    assert [" \\* " in line for line in markdown.splitlines()[4 : 4 + len(partial)]] == partial
    assert ("\n\\* partial: " in markdown) is any(partial)


@pytest.mark.parametrize(
    ("start", "end", "note"),
    [
        ("2026-05-14", "2026-05-26", "By week: the first and the last are partial"),
        ("2026-05-11", "2026-05-26", "By week: the last is partial"),
        ("2026-05-14", "2026-05-24", "By week: the first is partial"),
        ("2026-05-14", "2026-05-15", "By week: the only one is partial"),
        ("2026-05-11", "2026-05-17", ""),
    ],
)
def test_the_legend_of_the_course_says_what_is_partial(start: str, end: str, note: str) -> None:
    """A low end of the course may be a short week and no quiet one."""
    series = trend("--start", start, "--end", end, "--by", "week").stdout.split("\n\n")[1]

    assert series.splitlines()[3:] == ([f" {note}"] if note else [])


def test_the_heatmap_names_the_days_that_are_partial() -> None:
    """Today is never as dark as it will be."""
    assert trend("--last", "3d", "--heatmap").stdout.endswith("\n     partial: 2026-11-22\n")
    assert "partial" not in trend("--period", "2026-10", "--heatmap").stdout


def test_a_point_beside_its_part_is_counted_within_it() -> None:
    """What it counts is the part's, though its bucket begins a day before or right after it."""
    ends = ("2026-08-28T00:00:00.000Z", "2026-08-29T00:00:00.000Z")
    both = [
        usages(
            models=[model_row("m", point(beside, cost=cost))],
            actions=[{"usageName": "a", "granularity": "1d", "points": []}],
        )
        for beside, cost in ((ends[1], 1), (ends[0], 10))
    ]
    argv = ("--start", "2026-05-01", "--end", "2026-10-31", "--by", "day", "--jobs", "1", "--json")
    result = run("trend", *argv, transport=FakeApi(*map(answer, both)))

    assert [(row["start"], row["cost"]) for row in result.json["points"] if row["cost"]] == [
        ("2026-08-28T00:00:00Z", 1),
        ("2026-08-29T00:00:00Z", 10),
    ]
