"""The pictures of the README, made of the built-in studio at a fixed time.

`python -m tests.pictures` makes them anew: the table as SVG, and the page as PNG by Chromium.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.needs import require_tool
from tests.readme import ROOT
from tests.support import run

PICTURES = ROOT / ".github" / "pictures"
TABLE = PICTURES / "table.svg"
PAGE = PICTURES / "page.png"
_REPORT = ("report", "--demo", "--period", "2026-10")
_PAGE_SIZE = (1280, 980)


def draw_table() -> str:
    """The table, as a picture."""
    shown = run(
        *_REPORT,
        *("--section", "consumption,models,assets", "--top", "6", "--format", "svg"),
        environ={},
    )
    assert shown.code == 0, shown.stderr
    return shown.stdout


def draw_page() -> bytes:
    """The upper part of the page, as a browser of a usual width shows it."""
    # Imported here, as only a picture of the page needs a browser.
    from playwright.sync_api import sync_playwright

    width, height = _PAGE_SIZE
    with TemporaryDirectory() as folder, sync_playwright() as started:
        page_file = Path(folder, "page.html")
        made = run(*_REPORT, "--output", str(page_file), environ={})
        assert made.code == 0, made.stderr
        program = require_tool("chromium")
        browser = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(
            viewport={"width": width, "height": height}, color_scheme="light", offline=True
        )
        page.goto(page_file.as_uri())
        return page.screenshot()


if __name__ == "__main__":
    PICTURES.mkdir(parents=True, exist_ok=True)
    TABLE.write_text(draw_table(), encoding="utf-8")
    PAGE.write_bytes(draw_page())
