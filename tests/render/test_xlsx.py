"""Workbooks and what people call things: text is text, and no name breaks a file."""

import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from xlsxwriter import Workbook

from scenario_usage_cli.render import Medium, load_renderer
from scenario_usage_cli.report.book import MOST_COLUMNS, MOST_ROWS, build_book
from scenario_usage_cli.report.fields import Field, Kind, Row, Table
from scenario_usage_cli.report.figures import COST
from scenario_usage_cli.report.matrix import Matrix
from scenario_usage_cli.report.story.cells import Cells
from scenario_usage_cli.report.story.matrices import build_matrix
from scenario_usage_cli.report.view import Chapter, Headline, Section, View
from tests.report.builders import charge, model
from tests.support import NOW, run, usages
from tests.workbooks import (
    list_cells,
    read_figures,
    read_formulas,
    read_rows,
    read_values,
    write_book,
)

FORMULAS = ["=1+1", "+1", "-1-1", "@SUM(A1)", "\t=1", "=HYPERLINK('http://x')", "＝1", "{=1}"]
ODD = [
    "<r><t>x</t></r>",
    "<r></sst></r>",
    "]]></si>",
    "_x0041_",
    "a & b < c > \"d\" 'e'",
    "http://example.com/",
    "mailto:a@b.c",
    "internal:Summary!A1",
    " leading and trailing ",
    "007",
    "1e5",
    "TRUE",
    "2026-01-01",
    "ネオ東京スタイル",
    "שלום",
    "👩‍🎨 studio",
]


def write_named(path: Path, *names: str) -> Path:
    """A report with a model of each name."""
    saved = usages(
        models=[model(f"m{number:02}", cost=99 - number) for number in range(len(names))],
        model_names={f"m{number:02}": name for number, name in enumerate(names)},
    )
    return write_saved(path, saved)


def write_saved(path: Path, saved: object) -> Path:
    """A report of a saved answer."""
    return write_book(path, "report", "--from", "-", stdin=json.dumps(saved).encode())


def save(view: View, path: Path) -> None:
    """A view of our own as a workbook."""
    with path.open("wb") as file:
        load_renderer("xlsx")(view, file, Medium())


def test_no_name_becomes_a_formula(tmp_path: Path) -> None:
    """It is stored as text, and stays text when somebody edits its cell."""
    sheet = read_formulas(write_named(tmp_path / "a.xlsx", *FORMULAS))["Models"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]

    assert [(cell.value, cell.data_type) for cell in cells] == [
        (name.replace("\t", "\\t"), "s") for name in FORMULAS
    ]
    quoted = [cell.value for cell in cells if cell.quotePrefix]
    assert quoted == ["=1+1", "-1-1", "@SUM(A1)", "\\t=1", "=HYPERLINK('http://x')", "＝1"]


def test_only_the_first_sheet_has_formulas_and_links(tmp_path: Path) -> None:
    """And these are our own: of sums, and to the other sheets."""
    path = write_named(tmp_path / "a.xlsx", *FORMULAS, *ODD)

    for cell in list_cells(read_formulas(path)):
        assert cell.parent is not None
        if cell.parent.title != "Summary":
            assert (cell.data_type, cell.hyperlink) != ("f", None)
            assert cell.hyperlink is None
        elif cell.hyperlink:
            assert str(cell.hyperlink.location).endswith("!A1")
            assert cell.hyperlink.target is None


def test_odd_names_come_back_as_they_are(tmp_path: Path) -> None:
    """Numbers as text, markup, addresses, other scripts: each is the name, and nothing else."""
    rows = read_rows(read_values(write_named(tmp_path / "a.xlsx", *ODD)), "Models")

    assert [row["Model"] for row in rows[2:]] == ODD[2:]
    assert [row["Model"].rstrip() for row in rows[:2]] == ODD[:2]


def test_what_no_file_may_hold_is_shown(tmp_path: Path) -> None:
    """Control characters, halves of letters, and orders to change the direction."""
    names = ["a\x00b\x1b[31m", "c\ud800d", "e\u202ef", "g\ufffeh\uffff", "i\r\nj"]
    path = write_named(tmp_path / "a.xlsx", *names)

    assert [row["Model"] for row in read_rows(read_values(path), "Models")] == [
        "a\\x00b\\x1b[31m",
        "c\\ud800d",
        "e\\u202ef",
        "g\\ufffeh\\uffff",
        "i\\r\\nj",
    ]


def test_every_part_of_the_file_is_xml(tmp_path: Path) -> None:
    """Whatever the names."""
    path = write_named(tmp_path / "a.xlsx", *FORMULAS, *ODD, "\x00\ufffe\ud800")

    with zipfile.ZipFile(path) as archive:
        for part in archive.namelist():
            ElementTree.fromstring(archive.read(part))


@pytest.mark.parametrize("letter", ["a", "水", "👩"])
def test_a_name_too_long_for_a_cell_is_cut_with_a_mark(letter: str, tmp_path: Path) -> None:
    """Excel takes 32,767 letters, of which an emoji is two."""
    path = write_named(tmp_path / "a.xlsx", letter * 40_000, letter * 10_000)
    cut, whole = (row["Model"] for row in read_rows(read_values(path), "Models"))

    assert whole == letter * 10_000
    assert cut.startswith(letter * 10_000)
    assert cut.endswith("… (cut here)")
    assert 32_760 < len(cut.encode("utf-16-le")) // 2 <= 32_767
    width = read_values(path)["Models"].column_dimensions["A"].width
    assert width < 60


def test_what_is_unknown_is_an_empty_cell(tmp_path: Path) -> None:
    """Never a 0: a model without jobs has no cost per job, and a user may have no e-mail."""
    saved = usages(consumption=[charge("u", 0.5)], models=[model("m", cost=0.5)])
    book = read_values(write_saved(tmp_path / "a.xlsx", saved))

    assert read_rows(book, "Models")[0]["Cost/job"] is None
    user = read_rows(book, "Consumption by user")[0]
    assert (user["E-mail"], user["API key"]) == (None, None)


def test_three_thousand_rows_are_all_there(tmp_path: Path) -> None:
    """No row stands for others, and the total is still a formula."""
    path = write_named(tmp_path / "a.xlsx", *(f"n{number}" for number in range(3000)))
    values = [row["Cost"] for row in read_rows(read_values(path), "Models")]

    assert values == [99 - number for number in range(3000)]
    (jobs,) = (one for one in read_figures(path) if one.title == "Jobs")
    assert jobs.formula == "=ROUND(SUM(Models!$B$2:$B$3001),6)"


def test_a_sheet_has_as_many_rows_and_columns_as_excel_takes() -> None:
    """One row is of headings; a matrix has a column of names, and one of sums."""
    sheet = Workbook(io.BytesIO()).add_worksheet()

    assert (sheet.xls_rowmax, sheet.xls_colmax) == (MOST_ROWS + 1, MOST_COLUMNS + 2)


def test_more_rows_than_a_sheet_has_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 3 with what to do; nothing is cut in silence, and what was there stays."""
    monkeypatch.setattr("scenario_usage_cli.report.book.MOST_ROWS", 20)
    target = tmp_path / "a.xlsx"
    target.write_text("old")
    result = run("list", "models", "--demo", "--period", "2026-10", "-o", str(target))

    assert (result.code, result.stdout, target.read_text()) == (3, "", "old")
    assert result.error == "error: Models has 32 rows, and a sheet of a workbook has room for 20"
    assert "hint: choose a shorter period or longer buckets, or write it with" in result.stderr


TABLE = Table(
    "t", "A/B: *[all]?", (Field[str]("id", "Id", Kind.TEXT),), (), (COST,), COST, "A thing."
)


def view_of(*sections: Section, **more: Any) -> View:
    """A view with these sections."""
    return View({}, "T", "", (), sections, None, NOW)._replace(**more)


def test_names_of_sheets_are_those_that_excel_takes() -> None:
    """At most 31 letters, none of []:*?/\\, none twice in any case, none of ours."""
    titles = ["A/B: *[all]?", "a b   all", "Summary", "'quoted'", "x" * 40, "X" * 40, "", "History"]
    sections = [Section(TABLE._replace(name=str(n), title=t), []) for n, t in enumerate(titles)]

    assert [sheet.name for sheet in build_book(view_of(*sections)).sheets] == [
        "A B    all",
        "a b   all",
        "Summary 2",
        "quoted",
        "x" * 31,
        "X" * 26 + " 2",
        "2",
        "History 2",
    ]


def test_a_figure_is_traced_only_where_the_rows_add_up_to_it() -> None:
    """A total that other rows make stays a value: a formula would show another figure."""
    rows: list[Row] = [{"id": "a", "cost": Decimal("0.1")}, {"id": "b", "cost": Decimal("0.2")}]
    section = Section(TABLE, rows)
    total = Headline("Cost", Decimal("0.3"), Kind.CU, key="cost")
    other = total._replace(value=Decimal("0.4"))
    book = build_book(view_of(section, headlines=(total, other)))

    assert [line.sum and line.sum.section for line in book.totals] == [section, None]


def test_a_sentence_is_one_cell_that_is_high_enough(tmp_path: Path) -> None:
    """A spreadsheet wraps it, over all columns; also a word that is wider than these."""
    long = " ".join(["sentence"] * 60)
    told = {"short": 1, "=short": 1, long: 4, "x" * 1000: 7, "混" * 400: 5, "y" * 20_000: 27}
    path = tmp_path / "a.xlsx"
    save(view_of(chapters=(Chapter("C", tuple(told)),)), path)
    sheet = read_formulas(path)["Summary"]

    found = {cell.value: cell for (cell, *_) in sheet.iter_rows() if cell.value in told}
    assert {text: sheet.row_dimensions[cell.row].height for text, cell in found.items()} == {
        text: None if lines == 1 else 15 * lines for text, lines in told.items()
    }
    assert {cell.data_type for cell in found.values()} == {"s"}
    merged = {str(one) for one in sheet.merged_cells.ranges}
    assert {f"A{cell.row}:F{cell.row}" for cell in found.values()} <= merged


def test_a_matrix_has_every_row_and_column(tmp_path: Path) -> None:
    """A page has the largest; a workbook has all of them."""
    ids = range(60)
    cells = Cells(
        {(f"p{row}", f"m{one}"): Decimal(row + one) for row in ids for one in ids},
        {f"p{one}": f"P {one}" for one in ids},
        {f"m{one}": f"M {one}" for one in ids},
    )
    matrix = build_matrix("Projects by model", cells)
    assert matrix is not None
    path = tmp_path / "a.xlsx"
    save(view_of(chapters=(Chapter("C", matrices=(matrix,)),)), path)

    headings, *rows, sums = read_values(path)["Projects by model"].iter_rows(values_only=True)
    assert headings[1:-1] == tuple(f"M {one}" for one in reversed(ids))
    assert [row[0] for row in rows] == [f"P {one}" for one in reversed(ids)]
    assert sums[-1] == sum(row + one for row in ids for one in ids)


def test_a_matrix_has_its_sums(tmp_path: Path) -> None:
    """As formulas, at the right and below, and what is nothing is an empty cell."""
    matrix = Matrix(
        "Projects and people",
        "Project",
        ("=P", "Q"),
        ("Ann", "Bob"),
        ((Decimal("1.5"), None), (Decimal(2), Decimal(-3))),
        (Decimal("1.5"), Decimal(-1)),
        (Decimal("3.5"), Decimal(-3)),
        COST,
    )
    path = tmp_path / "a.xlsx"
    save(view_of(chapters=(Chapter("C", matrices=(matrix,)),)), path)
    values, formulas = (read(path)["Projects and people"] for read in (read_values, read_formulas))

    assert list(values.iter_rows(values_only=True)) == [
        ("Project", "Ann", "Bob", "Sum"),
        ("=P", 1.5, None, 1.5),
        ("Q", 2, -3, -1),
        ("Sum", 3.5, -3, 0.5),
    ]
    assert formulas["D2"].value == "=ROUND(SUM(B2:C2),6)"
    assert formulas["B4"].value == "=ROUND(SUM(B2:B3),6)"
