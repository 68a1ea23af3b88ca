"""Chapters of a view that has none: in which order, and what each of them has."""

from datetime import timedelta
from typing import Any

from scenario_usage_cli.report.chapters import list_chapters
from scenario_usage_cli.report.fields import Kind
from scenario_usage_cli.report.tables import COURSE, LABEL, PARTIAL, START
from scenario_usage_cli.report.view import Chapter, Drawing, Headline, Section
from tests.cases import each
from tests.report.things import COST, FOUR, ID, MAY, NAME, PLAIN, build_view

THINGS = Section(PLAIN._replace(fields=(COST, COURSE)), FOUR, shown=(ID, NAME, COST))
COST_OF_ALL = Headline("Cost", 100, Kind.CU)
MADE = "How these figures were made"


def build(*sections: Section, **changes: Any) -> tuple[Chapter, ...]:
    """The chapters of a view."""
    return list_chapters(build_view(*sections, **{"document": {"by": "day"}, **changes}), "1.2.3")


def draw_days(count: int, cost: int = 1) -> Section:
    """A timeline of so many days."""
    days = [MAY.start + timedelta(days=n) for n in range(count)]
    table = PLAIN._replace(title="By day", ids=(LABEL,), names=(), fields=(COST,))
    rows: list[dict[str, Any]] = [
        {LABEL.key: f"{day:%Y-%m-%d}", START.key: day, PARTIAL.key: False, COST.key: cost}
        for day in days
    ]
    return Section(table, rows, is_timeline=True)


def test_each_part_of_a_view_is_a_chapter() -> None:
    """Totals first, warnings behind the figures, and last how all of it was made."""
    found = build(
        THINGS,
        headlines=(COST_OF_ALL,),
        sentences=("so it is",),
        opening=THINGS._replace(table=PLAIN._replace(title="Opening")),
        closing=(COST_OF_ALL,),
        closing_title="End",
        closing_note="as it is",
        document={"warnings": ["the log is cut"]},
    )

    assert [one.title for one in found] == ["Totals", "Opening", "Things", "End", "Warnings", MADE]
    totals, opening, things, end, warnings, made = found
    assert (totals.sentences, totals.headlines) == (("So it is.",), (COST_OF_ALL,))
    assert ([one.table.title for one in opening.sections], things.sections) == (
        ["Opening"],
        (THINGS,),
    )
    assert (end.sentences, end.headlines) == (("As it is.",), (COST_OF_ALL,))
    assert warnings.sentences == ("The log is cut.",)
    assert [one.is_folded for one in found] == [False] * 5 + [True]
    assert made.sentences[0].startswith("scenario-usage 1.2.3 made them from answers of ")
    assert any("2026-05-01T00:00:00Z to 2026-05-31T23:59:59.999Z" in one for one in made.sentences)


def test_what_a_view_does_not_have_is_no_chapter() -> None:
    """A view without a period does not tell its bounds; sentences alone are totals."""
    assert [one.title for one in build()] == [MADE]
    assert len(build(period=None)[0].sentences) < len(build()[0].sentences)
    assert [one.title for one in build(sentences=("a",))] == ["Totals", MADE]
    assert build(closing=(COST_OF_ALL,), closing_title="End")[0].sentences == ()
    own = (Chapter("Own"),)
    assert build(THINGS, chapters=own) == own


@each(
    ("days", "charts"),
    [
        (20, [("Cost by day", Drawing.BARS)]),
        (21, [("Cost by day", Drawing.BARS), ("Calendar", Drawing.CALENDAR)]),
        (400, [("Cost by day", Drawing.BARS), ("Calendar", Drawing.CALENDAR)]),
        (401, [("Cost by week", Drawing.BARS), ("Calendar", Drawing.CALENDAR)]),
        (1100, [("Cost by week", Drawing.BARS), ("Calendar", Drawing.CALENDAR)]),
        (1101, [("Cost by week", Drawing.BARS)]),
    ],
)
def test_days_are_bars_and_a_calendar(days: int, charts: list[tuple[str, Drawing]]) -> None:
    """A calendar from three weeks on; of too many days there are the bars and a sentence."""
    chapter, _ = build(draw_days(days))

    assert [(one.title, one.drawing) for one in chapter.charts] == charts
    assert len(chapter.sections) == (days <= 1100)
    told = "The 1,101 days are too many for a page: a workbook has them."
    assert chapter.sentences == ((told,) if days > 1100 else ())


def test_other_buckets_have_no_calendar_and_nothing_has_no_chart() -> None:
    """Hours are bars."""
    (hours, _) = build(draw_days(30), document={"by": "hour"})

    assert [one.title for one in hours.charts] == ["Cost by hour"]
    assert build(draw_days(30, cost=0))[0].charts == ()


def test_series_are_ranked_if_there_are_several() -> None:
    """Only rows with a course are series."""
    series = THINGS._replace(shown=(ID, NAME, COST, COURSE))
    (chapter, _) = build(series)

    (chart,) = chapter.charts
    assert (chart.title, chart.drawing, chart.label) == ("Cost of things", Drawing.RANKING, NAME)
    assert chart.description == "The largest of 4, in the order of the table."
    assert build(THINGS)[0].charts == ()
    assert build(series._replace(rows=FOUR[:1]))[0].charts == ()
    assert len(build(series._replace(rows=FOUR[:2]))[0].charts) == 1
