"""A view as a workbook: its sheets, its first sheet, and its charts."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.report import book
from scenario_usage_cli.report.book import Book, Line, build_book, find_unit
from scenario_usage_cli.report.fields import Field, Kind
from scenario_usage_cli.report.matrix import Matrix
from scenario_usage_cli.report.tables import DELTA, DIFFERENCE, UNEXPLAINED
from scenario_usage_cli.report.view import Chapter, Chart, Drawing, Headline, Section
from tests.cases import each
from tests.report.things import COST, FOUR, JOBS, MAY, NAME, PLAIN, build_view, row

THINGS = Section(PLAIN, FOUR)
OTHERS = Section(PLAIN._replace(name="others", title="Others", size=JOBS), FOUR[:2])
COST_OF_ALL = Headline("Cost", 100, Kind.CU, key="cost")
SPENT = Headline("Spent", 7, Kind.CU, key="spent")


def build(*sections: Section, **changes: Any) -> Book:
    """The workbook of a view."""
    return build_book(build_view(*sections, **changes))


def test_each_section_is_a_sheet_without_courses() -> None:
    """Names come first, then figures, ids last; all rows are there."""
    (sheet,) = build(THINGS).sheets

    assert [one.key for one in sheet.columns] == [
        *("name", "jobs", "cost", "double", "share", "hidden", "id")
    ]
    assert (sheet.name, sheet.rows) == ("Things", FOUR)


def test_rows_of_other_periods_say_of_which() -> None:
    """Beside them stand both ends; the others have those of the view."""
    other = MAY._replace(start=MAY.start - timedelta(days=30), end=MAY.start)
    (sheet,) = build(THINGS._replace(periods={1: other, 2: None})).sheets

    assert [one.key for one in sheet.columns[-2:]] == ["period_start", "period_end"]
    ends = [(one["period_start"], one["period_end"]) for one in sheet.rows]
    assert ends == [(MAY.start, MAY.end), (other.start, other.end), (None, None), ends[0]]


def test_a_sheet_says_what_its_rows_are() -> None:
    """By its table, or else by a note, or else by its chapter."""
    told = [
        PLAIN._replace(meaning="A `thing` is one.", note="so"),
        PLAIN._replace(name="b", note="a note"),
        PLAIN._replace(name="c"),
    ]
    chapter = Chapter("Where they are", sections=tuple(Section(one, FOUR) for one in told))

    found = build(chapters=(chapter,)).sheets
    assert [one.meaning for one in found] == ["A thing is one.", "a note", "Where they are"]
    assert [one.name for one in found] == [
        "Things",
        "Things, where they are",
        "Things 2",
    ]


def test_the_rows_for_programs_count_where_a_chapter_has_a_part_of_them() -> None:
    """One sheet for both, under its first name, with the title of the chapter to tell it by."""
    cut = THINGS._replace(rows=FOUR[:1])
    chapter = Chapter("C", charts=(Chart("Chart", Drawing.RANKING, cut, NAME, COST),))
    found = build(THINGS, OTHERS, chapters=(chapter,))

    assert [(one.name, len(one.rows)) for one in found.sheets] == [("Things", 4), ("Others", 2)]
    assert found.sheets[0].meaning == "C"
    assert found.find_sheet(cut) is found.sheets[0]
    assert found.find_sheet(OTHERS) is found.sheets[1]
    assert found.find_sheet(Section(PLAIN._replace(name="none"), ())) is None


def test_more_rows_than_a_sheet_has_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Just as many are none."""
    monkeypatch.setattr(book, "MOST_ROWS", 4)
    assert len(build(THINGS).sheets[0].rows) == 4

    monkeypatch.setattr(book, "MOST_ROWS", 3)
    with pytest.raises(ConfigurationError) as caught:
        build(THINGS)
    assert caught.value.message == ("Things has 4 rows, and a sheet of a workbook has room for 3")
    assert caught.value.hint == (
        "choose a shorter period or longer buckets, or write it with --format csv"
    )


def test_matrices_are_whole_as_far_as_a_sheet_reaches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its heading and its sums take a row and two columns."""
    monkeypatch.setattr(book, "MOST_ROWS", 5)
    monkeypatch.setattr(book, "MOST_COLUMNS", 3)
    ones = tuple(Decimal(1) for _ in range(5))
    matrix = Matrix(
        "M",
        "R",
        tuple("abcde"),
        tuple("vwxyz"),
        (ones,) * 5,
        (Decimal(5),) * 5,
        (Decimal(5),) * 5,
        COST,
    )
    ((name, kept),) = build(chapters=(Chapter("C", matrices=(matrix,)),)).matrices

    assert (name, kept.rows, kept.columns) == (
        "M",
        ("a", "b", "c", "other (2)"),
        ("v", "w", "other (3)"),
    )
    assert list(kept.cells[-1]) == [2, 2, 6]
    assert kept.whole == 25


def test_totals_have_their_chapter_and_others_follow() -> None:
    """Sentences about the totals stand below them; the last chapter says how they were made."""
    chapters = (
        Chapter("At a glance", ("So much.",), (COST_OF_ALL,)),
        Chapter("Spent", ("In all.",), (SPENT,)),
        Chapter("Bare", sections=(OTHERS,)),
        Chapter("Made", ("By us.",), is_folded=True),
    )
    found = build(THINGS, headlines=(COST_OF_ALL,), chapters=chapters, sentences=("Plain.",))

    assert [line.headline for line in found.totals] == [COST_OF_ALL]
    assert found.notes == ("Plain.", "So much.")
    assert [
        (one.title, [line.headline for line in one.lines], one.sentences) for one in found.told
    ] == [("Spent", [SPENT], ("In all.",))]
    assert found.origin == ("By us.",)


@each("note", ["", "as it is"])
def test_closing_figures_are_told_once(note: str) -> None:
    """With their note; not if a chapter has them."""
    closing: dict[str, Any] = {
        "closing": (SPENT,),
        "closing_title": "End",
        "closing_note": note,
        "headlines": (COST_OF_ALL,),
    }
    (told,) = build(THINGS, **closing).told

    assert (told.title, told.lines, told.sentences) == ("End", (Line(SPENT),), (note,) * bool(note))
    chapters = (Chapter("Spent", headlines=(SPENT,)), Chapter("None"))
    assert [one.title for one in build(THINGS, chapters=chapters, **closing).told] == ["Spent"]


def test_warnings_are_those_that_nothing_else_tells() -> None:
    """Chapters tell them as sentences."""
    document = {"warnings": ["the log is cut", "nobody knows", "2 are gone"]}
    chapter = Chapter("Warnings", ("The log is cut.",))
    found = build(THINGS, document=document, chapters=(chapter,), told=("2 are gone",))

    assert found.warnings == ("nobody knows",)
    assert build(THINGS, document={"warnings": None}).warnings == ()


def test_a_difference_is_that_of_the_two_above_it() -> None:
    """If it is one; figures that are not known have no line."""
    both = [Headline("All", 10, Kind.CU), Headline("Some", 4, Kind.CU)]
    rest = Headline("Rest", 6, Kind.CU, key=UNEXPLAINED.key)
    unknown = Headline("?", None)

    def trace(*headlines: Headline) -> list[bool]:
        return [one.is_difference for one in build(headlines=headlines).totals]

    assert trace(*both, unknown, rest) == [False, False, True]
    assert trace(*both, rest._replace(value=5)) == [False, False, False]
    assert trace(*both, rest._replace(key="")) == [False, False, False]
    assert trace(both[0], rest) == [False, False]
    assert trace(Headline("No", 0), *both[::-1], rest._replace(value=-6)) == [False] * 3 + [True]


@each(
    ("value", "before", "change"),
    [(30, 20, "0.5"), (None, 20, None), (20, None, None), (20, 0, None)],
)
def test_a_line_has_the_change_of_its_figure(value: Any, before: Any, change: str | None) -> None:
    """As a fraction of what was before."""
    found = Line(Headline("Cost", value, before=before)).change

    assert found == (None if change is None else Decimal(change))


def test_the_totals_of_a_comparison_have_both_sums() -> None:
    """Each of the figures before and after, where its rows are there."""
    totals: list[dict[str, Any]] = [
        {"id": "cost", "measure": "cost", "before": 3, "after": 4, "delta": 1, "change": None}
    ]
    rows: list[dict[str, Any]] = [
        {"id": "a", "name": "A", "measure": "cost", "before": 1, "after": 4},
        {"id": "b", "name": "B", "measure": "cost", "before": 2, "after": 0},
    ]
    before, after = (Field[int](key, key.title(), Kind.FIGURE) for key in ("before", "after"))
    table = PLAIN._replace(fields=(before, after), size=after)
    found = build(Section(table, rows), opening=Section(DIFFERENCE, totals))

    ((line, (first, second)),) = found.differences
    assert line is totals[0]
    assert first
    assert second
    assert (first.fields[0].key, second.fields[0].key) == ("before", "after")
    rows[0]["before"] = 2
    ((_, (first, second)),) = build(
        Section(table, rows), opening=Section(DIFFERENCE, totals)
    ).differences
    assert (first, second is not None) == (None, True)


@each(
    ("kind", "cells", "unit"),
    [
        (Kind.CU, {}, "CU"),
        (Kind.COUNT, {"unit": "CU"}, ""),
        (Kind.FIGURE, {"unit": "CU"}, "CU"),
        (Kind.FIGURE, {"unit": "days", "measure": "cost"}, ""),
        (Kind.FIGURE, {"measure": "cost"}, "CU"),
        (Kind.DELTA, {"measure": "jobs"}, ""),
        (Kind.DELTA, {}, ""),
    ],
)
def test_the_unit_of_a_figure_is_that_of_its_row(
    kind: Kind, cells: dict[str, str], unit: str
) -> None:
    """Where a column has figures of several units; an empty one counts things."""
    assert find_unit(Field[Any]("x", "X", kind), cells) == unit


def list_charts(*sections: Section, **changes: Any) -> list[tuple[str, Drawing, str]]:
    """The charts of a workbook: title, what it looks like, and the column of names."""
    return [(one.title, one.drawing, one.label.key) for one in build(*sections, **changes).charts]


COSTS = ("Things: cost of the largest", Drawing.RANKING, "name")


def test_a_course_and_rankings_are_drawn_where_nobody_has_chosen() -> None:
    """Of what costs CU, the dearest first; four of them are too many."""
    timeline = Section(PLAIN._replace(name="t", title="By day"), FOUR, is_timeline=True)
    many = [Section(PLAIN._replace(name=name), FOUR) for name in "abcd"]

    assert list_charts(timeline, THINGS) == [("Cost, by day", Drawing.BARS, "id"), COSTS]
    assert list_charts(*many) == [COSTS] * 3
    assert list_charts(timeline._replace(rows=[])) == []


@each(
    "section",
    [
        THINGS._replace(table=PLAIN._replace(is_additive=False)),
        THINGS._replace(table=PLAIN._replace(names=(JOBS,))),
        THINGS._replace(table=PLAIN._replace(size=JOBS)),
        THINGS._replace(table=PLAIN._replace(size=DELTA)),
        THINGS._replace(rows=FOUR[:1]),
        THINGS._replace(rows=FOUR[::-1]),
        THINGS._replace(rows=[row("a", 0), row("b", -1)]),
    ],
)
def test_other_rows_are_not_ranked(section: Section) -> None:
    """What does not add up, has no name, is no cost, alone, in another order, or nothing."""
    rows = [{**one, DELTA.key: 1} for one in section.rows]

    assert list_charts(section._replace(rows=rows)) == []


def test_two_rows_are_a_ranking() -> None:
    """Also if the second cost nothing."""
    assert list_charts(THINGS._replace(rows=FOUR[:2])) == [COSTS]
    assert list_charts(THINGS._replace(rows=[row("a", 1), row("b", 0)])) == [COSTS]


@each("drawing", [Drawing.BARS, Drawing.RANKING])
def test_what_a_chapter_draws_is_not_drawn_again(drawing: Drawing) -> None:
    """Only charts that look otherwise are added."""
    timeline = Section(PLAIN._replace(name="t", title="By day"), FOUR, is_timeline=True)
    chosen = Chart("Chosen", drawing, THINGS, NAME, COST)
    found = list_charts(timeline, THINGS, chapters=(Chapter("C", charts=(chosen,)),))

    others = {Drawing.BARS: COSTS, Drawing.RANKING: ("Cost, by day", Drawing.BARS, "id")}
    assert found == [("Chosen", drawing, "name"), others[drawing]]
