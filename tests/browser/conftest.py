"""A browser, the pages that it opens, and the rules of accessibility."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.pages import PAGES
from tests.needs import lack, require_module, require_tool

AXE = "axe-core@4.14.1"


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, without a window."""
    program = require_tool("chromium")
    playwright = require_module("playwright.sync_api")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def axe(request: pytest.FixtureRequest) -> str:
    """The source of axe-core, which is fetched once and kept."""
    npm, folder = require_tool("npm"), request.config.cache.mkdir("axe")
    source = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not source.is_file():
        argv = [npm, "install", "--prefix", str(folder), "--no-save", "--silent", AXE]
        if subprocess.run(argv, capture_output=True, check=False, timeout=120).returncode:
            lack(f"{AXE} cannot be fetched")
    return source.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A file for each page, made once."""
    folder = tmp_path_factory.mktemp("pages")
    files = {name: folder / f"{name}.html" for name in PAGES}
    for name, make in PAGES.items():
        files[name].write_text(make(), encoding="utf-8")
    return files


@pytest.fixture
def visit(browser: Any, made: dict[str, Path]) -> Iterator[Callable[..., Any]]:
    """Open a page without a network; it must neither ask for anything nor say anything."""
    contexts: list[Any] = []
    noise: list[str] = []

    def hear(request: Any) -> None:
        if not request.url.startswith(("file:", "data:")):
            noise.append(f"asked for {request.url}")

    def close(dialog: Any) -> None:
        noise.append("a dialog")
        dialog.dismiss()

    def open_it(name: str, width: int = 1280, **look: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, **look)
        context.set_offline(True)
        contexts.append(context)
        page = context.new_page()
        page.on("request", hear)
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("dialog", close)
        page.goto(made[name].as_uri())
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert noise == []


def describe(violations: list[dict[str, Any]]) -> str:
    """What axe found, in few words."""
    return json.dumps([(one["id"], one["nodes"][0]["html"][:200]) for one in violations], indent=1)
