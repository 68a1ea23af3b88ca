"""Where the shapes of charts stand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from scenario_usage_cli.render.html.bars import HEIGHT, Bars, build_bars
from scenario_usage_cli.render.html.calendars import build_calendars
from scenario_usage_cli.render.html.charts import build_picture
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.figures import KNOWN_COST
from scenario_usage_cli.report.tables import BUCKETS, PARTIAL, SERIES, SERIES_NAME, START
from scenario_usage_cli.report.view import Chart, Drawing, Section

FIRST = datetime(2026, 5, 1, tzinfo=UTC)


def draw(
    *costs: Decimal | int | None,
    step: timedelta = timedelta(days=1),
    mean: int | None = None,
    marked: frozenset[int] = frozenset(),
) -> Bars:
    """Bars of these costs, one after the other."""
    rows: list[Row] = [
        {
            START.key: FIRST + number * step,
            KNOWN_COST.key: None if cost is None else Decimal(cost),
            PARTIAL.key: False,
        }
        for number, cost in enumerate(costs)
    ]
    section = Section(BUCKETS, rows, is_timeline=True)
    average = None if mean is None else Decimal(mean)
    return build_bars(
        Chart("Cost", Drawing.BARS, section, START, KNOWN_COST, mean=average, marked=marked)
    )


def test_bars_stand_on_zero_and_hang_from_it() -> None:
    """In proportion, also below 0; nothing and what is not known have none."""
    drawn = draw(200, -100, 0, None, 100, mean=50)

    assert [tick.text for tick in drawn.ticks] == ["200", "100", "0", "-100"]
    unit = HEIGHT / 3
    assert drawn.zero == pytest.approx(2 * unit, abs=0.1)
    found = [(bar.y, bar.height) for bar in drawn.bars]
    expected = [(0, 2 * unit), (2 * unit, unit), (unit, unit)]
    assert [number for pair in found for number in pair] == pytest.approx(
        [number for pair in expected for number in pair], abs=0.11
    )
    assert drawn.bars[0].title == "2026-05-01 Fri: 200 CU"
    assert drawn.mean is not None
    assert drawn.mean.y == pytest.approx(1.5 * unit, abs=0.1)
    assert drawn.mean.text == "50"


@pytest.mark.parametrize("costs", [(0,), (None, None), (7,), (-3,), ("0.000001", "0.000002")])
def test_few_or_tiny_figures_can_be_drawn(costs: tuple[Decimal | int | None, ...]) -> None:
    """There are always two lines at least, and no bar is outside of them."""
    drawn = draw(*costs)

    assert len(drawn.ticks) >= 2
    assert all(0 <= bar.y <= bar.y + bar.height <= HEIGHT + 0.2 for bar in drawn.bars)


@pytest.mark.parametrize(
    ("count", "step", "first", "second"),
    [
        (1, timedelta(days=1), "1 May", None),
        (24, timedelta(hours=1), "00:00", "03:00"),
        (7, timedelta(days=1), "1 May", "2 May"),
        (31, timedelta(days=1), "4 May", "11 May"),
        (365, timedelta(days=1), "May 2026", "Jul"),
        (104, timedelta(days=7), "Jun 2026", "Sep"),
    ],
)
def test_labels_are_few(count: int, step: timedelta, first: str, second: str | None) -> None:
    """At most ten, and four of them on a telephone; at Mondays and firsts of months."""
    labels = draw(*range(1, count + 1), step=step).labels

    assert [label.text for label in labels[:2]] == [one for one in (first, second) if one]
    assert len(labels) <= 10
    assert 1 <= sum(not label.is_minor for label in labels) <= 4


def test_neighbours_share_a_shaded_ground() -> None:
    """A weekend is one stretch, as wide as its days."""
    bands = draw(*range(10), marked=frozenset((1, 2, 8, 9))).bands

    assert [(band.x, band.width) for band in bands] == [("10%", "20%"), ("80%", "20%")]


def test_a_calendar_of_years_has_each_apart() -> None:
    """With the same shades, and a square for each day."""
    days = [date(2025, 1, 1) + timedelta(days=number) for number in range(730)]
    years = build_calendars({day: Decimal(day.day) for day in days}, KNOWN_COST)
    (short,) = build_calendars({day: Decimal(-1) for day in days[:40]}, KNOWN_COST)

    assert [len(year.squares) for year in years] == [365, 365]
    assert years[1].words[0].text == "Jan 2026"
    assert {square.level for year in years for square in year.squares} == {1, 2, 3, 4}
    assert (short.has_numbers, {square.level for square in short.squares}) == (True, {0})


def test_names_in_a_ranking_have_room_on_a_telephone() -> None:
    """Letters of two cells count twice; the whole name is at hand."""
    names = ("L" * 10_000, "水晶遊戲" * 30, "Short")
    rows: list[Row] = [
        {"id": name, SERIES_NAME.key: name, KNOWN_COST.key: Decimal(3 - number)}
        for number, name in enumerate(names)
    ]
    section = Section(SERIES._replace(fields=(KNOWN_COST,)), rows)
    picture = build_picture(Chart("Cost", Drawing.RANKING, section, SERIES_NAME, KNOWN_COST))

    assert picture is not None
    assert [rank.name for rank in picture.ranks] == [
        "L" * 28 + "…",
        "水晶遊戲" * 3 + "水晶…",
        "Short",
    ]
    assert [rank.width for rank in picture.ranks] == ["100%", "66.67%", "33.33%"]


def test_nothing_known_makes_no_picture() -> None:
    """Neither do no rows."""
    for rows in ([], [{START.key: FIRST, KNOWN_COST.key: None}]):
        section = Section(BUCKETS, rows, is_timeline=True)
        assert build_picture(Chart("Cost", Drawing.BARS, section, START, KNOWN_COST)) is None
