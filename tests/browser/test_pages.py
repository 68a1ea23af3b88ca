"""Pages in a real browser: what people see, hear, press and print."""

import re
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import describe
from tests.browser.pages import OCTOBER, PAGES
from tests.needs import require_tool
from tests.support import run

Visit = Callable[..., Any]

_READ_TABLES = """() => Object.fromEntries([...document.querySelectorAll("table")].reverse().map(
  table => [table.caption.textContent, [...table.rows].map(row =>
    [...row.cells].map(cell => cell.textContent.trim()))]))"""


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_its_window(name: str, visit: Visit) -> None:
    """Wide tables scroll in their own place. Nothing is asked for, and nothing complains."""
    page = visit(name)
    for width in (360, 768, 2560):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("name", ["report", "trend", "compare", "quota", "hostile", "empty"])
def test_axe_finds_nothing(name: str, visit: Visit, axe: str) -> None:
    """Contrast, names, headings, tables, keyboard: no rule of axe is broken, folded or not."""
    page = visit(name, 1000)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.evaluate(axe)
    violations = page.evaluate("axe.run().then(found => found.violations)")
    page.emulate_media(color_scheme="dark")
    violations += page.evaluate("axe.run({runOnly: ['color-contrast']}).then(f => f.violations)")

    assert violations == [], describe(violations)


def read_number(text: str) -> Decimal | None:
    """As people read it."""
    return None if text == "–" else Decimal(text.replace(",", "").removesuffix(" %"))


def test_the_figures_are_those_of_json(visit: Visit) -> None:
    """Every number of every section that the page and the document have, also without scripts."""
    document = run("report", *OCTOBER, "--json").json
    tables = visit("report", java_script_enabled=False).evaluate(_READ_TABLES)
    keys = {
        "Jobs": "jobs",
        "Assets": "count",
        "Count": "count",
        "Cost, CU": "cost",
        "Discount, CU": "discount",
        "Gross, CU": "gross",
        "Cost by API key, CU": "api_key_cost",
        "Discount by API key, CU": "api_key_discount",
        "By API key": "api_key_count",
    }
    seen = 0
    for table, section in (
        *(("Consumption by user", "consumption"), ("Models", "models"), ("Assets", "assets")),
        *(("Actions", "actions"), ("Moderation", "moderation"), ("Quality gates", "quality_gates")),
    ):
        head, *rows = tables[table]
        figures = [keys[heading] for heading in head if heading in keys]
        expected = [[row[key] for key in figures] for row in document[section]]
        shown = [row for row in expected if any(row)]
        found = [
            [read_number(cell) for cell, heading in zip(row, head, strict=True) if heading in keys]
            for row in rows
        ]
        assert found == [
            [None if figure is None else Decimal(str(figure)) for figure in row] for row in shown
        ]
        seen += len(found)
    assert seen > 60


def test_tables_are_sorted_and_filtered_by_mouse(visit: Visit) -> None:
    """A click sorts numbers from the highest, the next one from the lowest; words narrow rows."""
    page = visit("report")
    table = page.locator("table", has=page.locator("caption", has_text=re.compile("^Models$")))
    head = table.locator("thead th", has_text="Jobs")

    def read() -> list[Decimal | None]:
        return [
            read_number(text) for text in table.locator("tbody td:nth-child(2)").all_inner_texts()
        ]

    before = read()
    head.locator("button").click()
    assert (head.get_attribute("aria-sort"), read()) == (
        "descending",
        sorted(before, key=lambda number: -(number or 0)),
    )
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert read() == sorted(before, key=lambda number: number or 0)

    box = page.get_by_role("searchbox", name="Filter rows: Models", exact=True)
    box.fill("lumen PRO")
    names = table.locator("tbody tr:not([hidden]) th").all_inner_texts()
    assert names == ["Lumen 3 Pro"]
    assert f"1 of {len(before)} rows" in page.get_by_role("status").all_inner_texts()
    box.fill("")
    assert table.locator("tbody tr:not([hidden])").count() == len(before)


def test_everything_is_reached_by_keyboard(visit: Visit) -> None:
    """The first key leads past the head; headings sort, boxes filter, the theme switches."""
    page = visit("quota")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the figures"
    page.keyboard.press("Tab")
    for theme in ("light", "dark", None):
        page.keyboard.press("Enter")
        assert page.locator("html").get_attribute("data-theme") == theme

    head = page.locator("thead th", has_text="State").first
    for _ in range(60):
        page.keyboard.press("Tab")
        if head.evaluate("head => head.contains(document.activeElement)"):
            break
    page.keyboard.press("Space")
    assert head.get_attribute("aria-sort") == "ascending"


def test_sums_stay_at_the_end(visit: Visit) -> None:
    """However the others are sorted."""
    page = visit("long")
    names = page.locator("table tbody th")
    assert names.last.inner_text() == "and 2,950 others"
    page.locator("thead button").first.click()
    page.locator("thead button").first.click()
    assert names.last.inner_text() == "and 2,950 others"
    assert names.first.inner_text().startswith("Alder0049")


def test_names_do_nothing(visit: Visit) -> None:
    """No name becomes an element or runs, and a long one is cut, with more of it at hand."""
    page = visit("hostile", 360)

    assert page.locator("img, iframe, object, b:not(dd b)").count() == 0
    assert page.locator("script").count() == 1
    assert page.locator("th span[title^=LLLL]").first.get_attribute("title") == "L" * 1000
    assert "<script>alert(1)</script>" in page.locator("tbody th").all_inner_texts()


def print_page(page: Any, folder: Path, paper: str) -> list[str]:
    """The text of each sheet, laid out as printed; no word of it is outside of the paper."""
    file = folder / "page.pdf"
    page.pdf(path=str(file), format=paper)
    tool = require_tool("pdftotext")
    argv = [tool, "-bbox", str(file), "-"]
    boxes = subprocess.run(argv, capture_output=True, check=True, text=True).stdout
    (width,) = {float(found) for found in re.findall('<page width="([0-9.]+)', boxes)}
    right = max(float(found) for found in re.findall('<word .*xMax="([0-9.]+)', boxes))
    assert right < width - 20
    argv = [tool, "-layout", str(file), "-"]
    return subprocess.run(argv, capture_output=True, check=True, text=True).stdout.split("\f")[:-1]


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_no_row_is_cut_in_print(paper: str, visit: Visit, tmp_path: Path) -> None:
    """All words of a name of several lines are on one sheet, and each sheet has the headings."""
    sheets = print_page(visit("long"), tmp_path, paper)

    places = {}
    for number in range(10, 50):  # the first ten are in the chart as well
        words = re.compile(rf"[A-Z][a-z]+{number:04}\b")
        found = [place for place, sheet in enumerate(sheets) for _ in words.findall(sheet)]
        assert (len(found), len(set(found))) == (6, 1)
        places[number] = found[0]
    assert len(set(places.values())) > 1
    assert all("Discount" in sheets[place] for place in places.values())


def test_wide_tables_fit_the_paper(visit: Visit, tmp_path: Path) -> None:
    """What is folded on a screen is printed as well."""
    for name in ("report", "trend"):
        text = "\n".join(print_page(visit(name), tmp_path, "A4"))
        assert "schema version 1" in text
