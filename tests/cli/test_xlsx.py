"""`--format xlsx` from the command line: the figures of JSON in sheets, and totals as formulas."""

import io
import json
import re
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support import CREDENTIALS, NOW, FakeApi, Terminal, run, usages
from tests.workbooks import (
    read_figures,
    read_formulas,
    read_rows,
    read_values,
    recalculate,
    write_book,
)

OCTOBER = ("--demo", "--period", "2026-10")
MONEY = ("--cu-price", "0.0095", "--currency", "EUR")
COMMANDS = {
    "report": ("report", *OCTOBER),
    "report of money": ("report", *OCTOBER, *MONEY),
    "report by": ("report", *OCTOBER, "--by", "project,user"),
    "trend": ("trend", *OCTOBER, "--split", "model"),
    "compare": ("compare", *OCTOBER, "--by", "project"),
    "quota": ("quota", "--demo"),
    "list": ("list", "keys", "--demo"),
    "list of models": ("list", "models", *OCTOBER),
}


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A workbook of each."""
    folder = tmp_path_factory.mktemp("books")
    return {
        name: write_book(folder / f"{name.replace(' ', '-')}.xlsx", *argv)
        for name, argv in COMMANDS.items()
    }


def test_every_row_and_figure_is_that_of_json(books: dict[str, Path]) -> None:
    """Numbers as numbers, nothing as an empty cell; rows of zeros are there as well."""
    document = run(*COMMANDS["report"], "--json").json
    book = read_values(books["report"])

    for sheet, section, columns in (
        (
            "Consumption by user",
            "consumption",
            {"User": "name", "User id": "user_id", "Cost": "cost", "API key": "is_api_key"},
        ),
        (
            "Models",
            "models",
            {"Model": "name", "Jobs": "jobs", "Cost/job": "cost_per_job", "Share": "share"},
        ),
        ("Actions", "actions", {"Action": "action", "Count": "count", "Cost": "cost"}),
    ):
        rows = read_rows(book, sheet)
        assert [{key: row[title] for title, key in columns.items()} for row in rows] == [
            {key: row[key] for key in columns.values()} for row in document[section]
        ]


def test_what_a_column_is_has_a_subject(books: dict[str, Path]) -> None:
    """In every command: no sentence has a gap where the row should stand."""
    for name, path in books.items():
        for row in read_rows(read_values(path), "Columns"):
            told = row["What it is"] or ""
            place = (name, row["Sheet"], row["Column"], told)
            assert not re.search(r"[{}]|  | [.,'’]|^'| (with|of|on|for|to)[.,]", told), place


def test_the_totals_are_formulas_with_the_values_of_json(books: dict[str, Path]) -> None:
    """So that finance can follow every sum."""
    document = run(*COMMANDS["report"], "--json").json
    totals, gaps = document["totals"], document["reconciliation"]
    cost = "=ROUND(SUM('Consumption by user'!$D$2:$D$17),6)"
    labels = [cell.value for cell in read_values(books["report"])["Summary"]["A"]]
    above = labels.index("Consumption") + 1

    figures = read_figures(books["report"])
    first = next(n for n, one in enumerate(figures) if one.title == "Consumption")

    assert figures[:7] == [
        ("Cost", totals["cost"], cost),
        ("Discount", totals["discount"], cost.replace("$D$", "$E$")),
        ("Gross", totals["gross"], cost.replace("$D$", "$F$")),
        ("Jobs", totals["jobs"], "=ROUND(SUM(Models!$B$2:$B$34),6)"),
        ("Assets", totals["assets"], "=ROUND(SUM(Assets!$B$2:$B$9),6)"),
        (
            "Users",
            totals["users"],
            "=SUMPRODUCT(--((('Consumption by user'!$D$2:$D$17<>0)"
            "+('Consumption by user'!$E$2:$E$17<>0))>0))",
        ),
        (
            "Models",
            totals["models"],
            "=SUMPRODUCT(--(((Models!$B$2:$B$34<>0)+(Models!$C$2:$C$34<>0))>0))",
        ),
    ]
    assert figures[first : first + 3] == [
        ("Consumption", gaps["consumption_cost"], cost),
        ("Models", gaps["model_cost"], "=ROUND(SUM(Models!$C$2:$C$34),6)"),
        ("Difference", gaps["difference"], f"=ROUND(B{above}-B{above + 1},6)"),
    ]


@pytest.mark.parametrize(
    ("name", "formulas"),
    [
        ("report of money", {"Amount": "=ROUND(SUM('Consumption by user'!$H$2:$H$17),2)"}),
        (
            "trend",
            {
                "Jobs": "=ROUND(SUM(Models!$B$2:$B$34),6)",
                "Cost": "=ROUND(SUM(Models!$C$2:$C$34),6)",
                "Discount": "=ROUND(SUM(Models!$D$2:$D$34),6)",
                "Gross": "=ROUND(SUM(Models!$E$2:$E$34),6)",
                "Consumption": None,
                "Models": None,
                "Difference": "=ROUND(B11-B12,6)",
            },
        ),
        (
            "compare",
            {
                "Measure": None,
                "Cost, CU": "=ROUND(SUM('Cost by user, CU'!$C$2:$C$17),6)",
                "Discount, CU": None,
                "Gross, CU": None,
                "Jobs": None,
                "Assets": "=ROUND(SUM(Assets!$C$2:$C$9),6)",
                "Users": None,
                "Models": None,
                "Before": None,
                "After": None,
            },
        ),
        (
            "list",
            {
                "API keys": "=ROWS('API keys'!$A$2:$A$7)",
                "Idle": "=COUNTIF('API keys'!$J$2:$J$7,TRUE)",
                "Consumption": "=ROUND(SUM('API keys'!$M$2:$M$7),6)",
            },
        ),
        (
            "list of models",
            {
                "Models": "=SUMPRODUCT(--(((Models!$B$2:$B$33<>0)+(Models!$C$2:$C$33<>0))>0))",
                "Jobs": "=ROUND(SUM(Models!$B$2:$B$33),6)",
                "Cost": "=ROUND(SUM(Models!$C$2:$C$33),6)",
            },
        ),
    ],
)
def test_a_figure_is_a_formula_where_rows_add_up_to_it(
    books: dict[str, Path], name: str, formulas: dict[str, str | None]
) -> None:
    """Over the rows that it is declared to be the sum of; any other is a plain number."""
    titles = [one.title for one in read_figures(books[name])]
    figures = read_figures(books[name])[: titles.index("Sheet")]
    if name == "report of money":
        figures = [one for one in figures if one.title == "Amount"][:1]

    assert [(one.title, one.formula) for one in figures] == [*formulas.items()]


def test_an_office_recalculates_every_book_to_the_same_figures(
    books: dict[str, Path], tmp_path: Path
) -> None:
    """Every formula of every command, from the cells alone."""
    paths = [path for name, path in books.items() if name not in ("report", "quota", "list")]
    for path, again in zip(paths, recalculate(paths, tmp_path), strict=True):
        stored, found = read_values(path), read_values(again)
        formulas = read_formulas(path)
        compared = 0
        for sheet in formulas.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        old = stored[sheet.title][cell.coordinate].value
                        new = found[sheet.title][cell.coordinate].value
                        assert (path.stem, cell.value, new) == (path.stem, cell.value, old)
                        compared += 1
        assert compared


def test_a_comparison_has_both_sums(books: dict[str, Path]) -> None:
    """Before, after, how much more, and the fraction."""
    document = run(*COMMANDS["compare"], "--json").json
    sheet, formulas = (read(books["compare"])["Summary"] for read in (read_values, read_formulas))
    cost = document["totals"][0]
    (row,) = (r for r in sheet.iter_rows(max_col=6) if r[0].value == "Cost, CU")
    number = row[0].row or 0

    assert [cell.value for cell in row[1:5]] == [
        cost[key] for key in ("before", "after", "delta", "change")
    ]
    assert [formulas.cell(number, column).value for column in (2, 3, 4, 5)] == [
        "=ROUND(SUM('Cost by user, CU'!$C$2:$C$17),6)",
        "=ROUND(SUM('Cost by user, CU'!$D$2:$D$17),6)",
        f"=ROUND(C{number}-B{number},6)",
        f"=ROUND(D{number}/B{number},4)",
    ]


def test_a_book_says_what_it_is_of(books: dict[str, Path]) -> None:
    """The period, its zone, when it was made, and by what."""
    told = {one.title: one.value for one in read_figures(books["report"])}

    assert str(told["Start"]) == "2026-10-01 00:00:00"
    assert str(told["End"]) == "2026-10-31 23:59:59"
    assert (told["Time zone of the sheets"], told["Provisional"]) == ("UTC", "no")
    assert told["Generated"] == "2026-11-22 18:30:00 UTC"
    assert told["Tool"].startswith("scenario-usage-cli ")


def test_a_period_that_runs_is_marked(tmp_path: Path) -> None:
    """Its figures still change."""
    path = write_book(tmp_path / "a.xlsx", "report", "--demo", "--period", "this-month")
    texts = [cell.value for row in read_values(path)["Summary"]["A1:A5"] for cell in row]

    assert "The period is still running: its figures are provisional." in texts


def test_the_same_data_is_the_same_bytes(books: dict[str, Path], tmp_path: Path) -> None:
    """A book that is kept shows whether anything changed."""
    again = write_book(tmp_path / "again.xlsx", *COMMANDS["report by"])

    assert again.read_bytes() == books["report by"].read_bytes()


@pytest.mark.parametrize("name", ["compare", "quota", "list", "list of models"])
def test_source_date_epoch_is_when_a_book_was_made(name: str, tmp_path: Path) -> None:
    """Whatever the clock says within the day."""
    environ = {**CREDENTIALS, "SOURCE_DATE_EPOCH": "1795000000"}
    pair = [
        write_book(tmp_path / f"{hour}.xlsx", *COMMANDS[name], environ=environ, now=now)
        for hour, now in enumerate([NOW, NOW.replace(second=7)])
    ]

    assert {one.title: one.value for one in read_figures(pair[0])}["Generated"] == (
        "2026-11-18 11:06:40 UTC"
    )
    assert name == "quota" or pair[0].read_bytes() == pair[1].read_bytes()


def test_times_are_on_the_clocks_of_the_zone(tmp_path: Path) -> None:
    """The heading names it, as a cell cannot."""
    argv = ("trend", "--demo", "--start", "2026-10-05", "--end", "2026-10-06", "--by", "day")
    path = write_book(tmp_path / "a.xlsx", *argv, "--tz", "Asia/Tokyo")
    rows = read_rows(read_values(path), "By day")

    assert [str(row["Start, Asia/Tokyo"]) for row in rows] == [
        "2026-10-05 00:00:00",
        "2026-10-06 00:00:00",
    ]
    assert read_values(path)["By day"]["B2"].number_format == "yyyy-mm-dd"


def test_figures_have_their_units_and_digits(books: dict[str, Path]) -> None:
    """As the terminal shows them."""
    models = read_values(books["report of money"])["Models"]
    formats = {
        str(cell.value): models.cell(2, cell.column or 0).number_format for cell in models[1]
    }

    assert formats["Cost"] == '#,##0.000" CU"'
    assert formats["Jobs"] == "#,##0"
    assert formats["Share"] == "0.00%"
    assert formats["Amount"] == '#,##0.00" EUR"'
    assert models.freeze_panes == "B2"
    assert models.auto_filter.ref == models.dimensions


def test_limits_are_whole_in_one_sheet(books: dict[str, Path]) -> None:
    """Plan, packs, caps, seats: each in its own unit."""
    document = run(*COMMANDS["quota"], "--json").json
    sheet = read_formulas(books["quota"])["Limits"]
    rows = read_rows(read_values(books["quota"]), "Limits")
    formats = {
        str(row[2].value): row[3].number_format
        for row in sheet.iter_rows(min_row=2)
        if row[3].value
    }

    assert [row["Used"] for row in rows] == [row["used"] for row in document["limits"]]
    assert formats["count"] == "#,##0"
    assert formats["CU"].endswith('" CU"')


@pytest.mark.parametrize(
    ("name", "sheet", "headings"),
    [
        (
            "report",
            "By day",
            "Day|Start, UTC|Jobs|Cost|Discount|Gross|Cost by API key|Discount by API key|Count|"
            "Count by API key|Share|Partial",
        ),
        (
            "trend",
            "Models",
            "Name|Jobs|Cost|Discount|Gross|Cost by API key|Discount by API key|Count|"
            "Count by API key|Share|Id",
        ),
        (
            "trend",
            "Points",
            "Start, UTC|Id|Name|Jobs|Cost|Discount|Gross|Cost by API key|Discount by API key|"
            "Count|Count by API key|Partial",
        ),
        (
            "compare",
            "Cost by project, CU",
            "Project|Measure|Before|After|Delta|Change|Status|Id",
        ),
        (
            "quota",
            "Limits",
            "Kind|Name|Unit|Used|Limit|Left|Used, %|State|At the end|Reached on|Expires, UTC|Id",
        ),
        (
            "list",
            "API keys",
            "API key|API key id|Scope|Role|Project ids|Projects|Owner id|Status|Last used, UTC|"
            "Idle|Team id|Team|Consumption|Cap|Cap used|Id",
        ),
    ],
    ids=lambda text: text.split("|")[0],
)
def test_columns_keep_their_headings(
    books: dict[str, Path], name: str, sheet: str, headings: str
) -> None:
    """Also those that no terminal has room for: formulas and pivot tables refer to them."""
    first, *_ = read_values(books[name])[sheet].iter_rows(values_only=True)

    assert "|".join(map(str, first)) == headings


def test_no_two_columns_of_a_sheet_have_one_heading(books: dict[str, Path]) -> None:
    """As the one that is meant could not be found."""
    for name, path in books.items():
        for sheet in read_values(path).worksheets[1:]:
            headings, *_ = sheet.iter_rows(values_only=True)
            assert len(set(headings)) == len(headings), (name, sheet.title)


def test_one_is_drawn_for_each_course_and_ranking(books: dict[str, Path]) -> None:
    """By Excel itself, over the cells."""
    for name, count in (("trend", 2), ("report", 2), ("quota", 0), ("list of models", 1)):
        summary = read_formulas(books[name])["Summary"]
        assert (name, len(summary._charts)) == (name, count)  # type: ignore[attr-defined]


def test_a_chart_has_the_largest_rows(books: dict[str, Path]) -> None:
    """Of those that are not in order of time, 15."""
    with zipfile.ZipFile(books["list of models"]) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()

    assert re.findall("<c:f>(.*?)</c:f>", chart) == ["Models!$A$2:$A$16", "Models!$C$2:$C$16"]


def test_a_chart_is_described_to_those_who_do_not_see_it(books: dict[str, Path]) -> None:
    """By its title, where there is nothing more to say."""
    with zipfile.ZipFile(books["trend"]) as archive:
        drawing = archive.read("xl/drawings/drawing1.xml").decode()

    assert re.findall('descr="([^"]*)"', drawing) == ["Cost, by day", "Models: cost of the largest"]


def test_nothing_in_the_period_is_said(tmp_path: Path) -> None:
    """Headings alone, and a sentence."""
    saved = json.dumps(usages()).encode()
    path = write_book(tmp_path / "a.xlsx", "report", "--from", "-", stdin=saved)
    book = read_values(path)

    assert [cell.value for cell in book["Models"]["A"]] == ["Model", "nothing in this period"]
    assert {one.title: one.value for one in read_figures(path)}["Cost"] == 0


def test_a_terminal_is_refused_before_anything_is_fetched() -> None:
    """It would show noise; the hint names a file."""
    for command in ("report", "trend", "compare", "quota", "list people"):
        result = run(*command.split(), "--format", "xlsx", columns=80)
        assert (result.code, result.stdout) == (2, "")
        assert result.error == "error: a terminal cannot show the format xlsx"
        assert f"hint: name a file: --output {command.split()[0]}.xlsx" in result.stderr


def test_a_pipe_is_given_the_bytes(books: dict[str, Path]) -> None:
    """Those of the file."""
    from scenario_usage_cli.cli.app import main
    from scenario_usage_cli.cli.runtime import Runtime

    pipe = io.BytesIO()
    out = io.TextIOWrapper(pipe)
    runtime = Runtime(io.BytesIO(), out, Terminal(), CREDENTIALS, now=lambda: NOW)

    assert main([*COMMANDS["list"], "-f", "xlsx"], runtime) == 0
    assert pipe.getvalue() == books["list"].read_bytes()


def test_a_stdout_that_takes_text_only_is_told() -> None:
    """As that of an editor: exit 3, and nothing is written."""
    result = run(*COMMANDS["list"], "-f", "xlsx")

    assert (result.code, result.stdout) == (3, "")
    assert result.error == "error: cannot write to stdout: it takes text only"


@pytest.mark.parametrize("command", ["report", "trend", "compare", "quota", "list projects"])
def test_without_its_extra_the_hint_installs_it(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 3, before anything is fetched; what was there stays."""
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    target = tmp_path / "a.xlsx"
    target.write_text("old")
    result = run(*command.split(), "-o", str(target), transport=FakeApi())

    assert (result.code, result.stdout, target.read_text()) == (3, "", "old")
    assert result.error.startswith("error: the format xlsx needs the extra xlsx: ")
    assert "hint: pip install 'scenario-usage-cli[xlsx]'" in result.stderr


def test_a_place_that_takes_no_files_is_told(tmp_path: Path) -> None:
    """As for every format: exit 3."""
    result = run("report", "--demo", "-o", str(tmp_path / "none" / "a.xlsx"))

    assert (result.code, result.stdout) == (3, "")
