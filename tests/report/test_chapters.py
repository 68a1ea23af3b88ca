"""Chapters of what is not a report: charts of timelines and series, and what is said of them."""

import re
from decimal import Decimal

import pytest

from tests.pages import Page, open_page
from tests.support import run


def read_costs(page: Page, table: str) -> Decimal:
    """The sum of a column of costs."""
    return sum(
        (Decimal(cell.replace(",", "")) for cell in page.column(table, "Cost, CU")), Decimal(0)
    )


def list_looks(page: Page) -> list[str]:
    """The classes of the bars of all charts, in their order."""
    looks = [attrs.get("class") or "" for tag, attrs in page.elements if tag == "rect"]
    return [look for look in looks if look.split()[:1] == ["bar"]]


@pytest.mark.parametrize(
    ("period", "table"),
    [
        (("--by", "day", "--last", "30d"), "By day"),
        (("--by", "day", "--last", "2y"), "Cost by week: the figures"),
        (("--by", "hour", "--last", "30d"), "Cost by day: the figures"),
    ],
)
def test_bars_of_a_trend_are_few_and_add_up(period: tuple[str, ...], table: str) -> None:
    """Hours are drawn as days and days as weeks, where they are too many; nothing gets lost."""
    argv = ("trend", "--demo", *period)
    page = open_page(*argv)
    points = run(*argv, "--json").json["points"]

    bars = list_looks(page)
    assert 28 <= len(bars) <= 106
    assert len(page.tables[table]) - 1 >= len(bars)
    expected = sum(Decimal(str(point["cost"] or 0)) for point in points)
    assert read_costs(page, table) == expected


@pytest.mark.parametrize(
    ("argv", "partial"),
    [
        (("--by", "day", "--start", "2025-09-10", "--end", "2026-11-19"), {0, 62}),
        (("--by", "week", "--start", "2026-09-07", "--end", "2026-10-07"), {4}),
        (("--by", "month", "--start", "2026-07-15", "--end", "2026-09-30"), {0}),
        (("--by", "day", "--start", "2026-09-01", "--end", "2026-09-30"), set()),
    ],
    ids=["weeks-of-days", "weeks", "months", "days"],
)
def test_bars_of_partial_buckets_are_pale_and_say_so(
    argv: tuple[str, ...], partial: set[int]
) -> None:
    """As a part of a week cannot be compared with whole ones; without any, there is no word."""
    page = open_page("trend", "--demo", *argv)

    looks = list_looks(page)
    assert {number for number, look in enumerate(looks) if look == "bar partial"} == partial
    assert set(looks) <= {"bar", "bar partial"}
    titles = re.findall(r"\(partial\): [\d,.]+ CU", page.text)
    assert len(titles) == len(partial)
    keys = [attrs for _, attrs in page.elements if attrs.get("class") == "key partial"]
    assert len(keys) == bool(partial)


TEAM, OCTOBER = "team Kumo & Forêt ☁️", "2026-10-01 to 2026-10-31, UTC"
BILLING_PERIOD = "billing period 2026-11-01 to 2026-11-30, UTC, still running"


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("trend", "--period", "2026-10"), [OCTOBER]),
        (("report", "--period", "2026-10"), [TEAM, OCTOBER]),
        (("quota",), ["Provisional", TEAM, "plan enterprise", BILLING_PERIOD]),
    ],
    ids=["trend", "report", "quota"],
)
def test_the_head_of_a_page_tells_what_it_is_of(argv: tuple[str, ...], told: list[str]) -> None:
    """The team where it is known, once, and nothing in its place where it is not."""
    page = open_page(*argv, "--demo")

    lines = [line.strip() for line in page.text.splitlines() if line.strip()]
    first, last = lines.index(page.headings[0][1]), lines.index("made at 2026-11-22T18:30:00Z")
    assert lines[first + 1 : last] == told


def test_a_page_has_no_table_of_thousands_of_hours() -> None:
    """A sentence says where they are; the figures of the chart are there, and add up."""
    argv = ("trend", "--demo", "--by", "hour", "--start", "2026-07-01", "--end", "2026-09-30")
    page = open_page(*argv)
    points = run(*argv, "--json").json["points"]

    assert "The 2,208 hours are too many for a page: a workbook has them." in page.text
    assert "By hour" not in page.tables
    expected = sum(Decimal(str(point["cost"] or 0)) for point in points)
    assert read_costs(page, "Cost by day: the figures") == expected


def test_series_are_ranked() -> None:
    """Ten of them, and a pale bar for the others."""
    page = open_page("trend", "--demo", "--split", "model")

    assert "Cost of models, CU" in [text for _, text in page.headings]
    looks = [attrs.get("class") for tag, attrs in page.elements if tag == "rect"]
    assert (looks.count("track"), looks.count("rest")) == (11, 1)


def test_warnings_and_making_end_a_page() -> None:
    """A comparison of a running period says so; how figures were made is folded."""
    page = open_page("compare", "--demo")

    assert [text for _, text in page.headings][-2:] == ["Warnings", "How these figures were made"]
    assert "The period is still running: compared with the same elapsed part" in page.text
    assert ("details", {"class": "fold"}) in page.elements


def test_a_trend_of_nothing_has_no_chart() -> None:
    """But a table of its buckets, or a sentence."""
    page = open_page("trend", "--demo", "--model", "no-such-*", "--last", "7d")

    assert page.count("svg") == 0
    assert "nothing in this period" in page.text or page.tables


def test_changes_are_told_in_sentences_that_add_up() -> None:
    """What grew, what shrank, and all others, of each cost; counts have their table alone."""
    argv = ("compare", "--demo", "--period", "2026-10", "--section", "models,assets")
    page, rows = open_page(*argv), run(*argv, "--json").json["models"]
    told = page.text[page.text.index("Grew most: ") : page.text.index("Status")]
    deltas = [Decimal(one.replace(",", "")) for one in re.findall("([+-][0-9.,]+) CU[.;]", told)]

    assert page.text.count("Grew most") == 1
    assert sum(deltas) == sum(Decimal(str(row["delta"])) for row in rows)


def test_each_picture_can_be_read_out() -> None:
    """It has a title and a description."""
    page = open_page("trend", "--demo", "--split", "model")
    pictures = [
        attrs for tag, attrs in page.elements if tag == "svg" and attrs.get("role") == "img"
    ]

    assert len(pictures) > 3
    assert page.count("desc") == len(pictures)
    assert all(page.descriptions)
