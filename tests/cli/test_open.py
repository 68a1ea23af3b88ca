"""--open: the page is in a file, and shown where there is a display."""

import re
import stat
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

from scenario_usage_cli.cli.browser import open_in_browser
from tests.support import run

COMMANDS = ("report", "trend", "compare", "quota")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_a_page_without_a_name_is_in_a_private_file(command: str, folder: Path) -> None:
    """stdout stays empty, and only its owner may read it."""
    opened: list[str] = []

    def show(address: str) -> bool:
        opened.append(address)
        return True

    result = run(command, "--demo", "--format", "html", "--open", open_page=show)
    (path,) = folder.glob("*/*.html")
    assert (result.code, result.stdout, opened) == (0, "", [path.as_uri()])
    assert result.stderr.endswith(f"the page is open in the browser, from {path}\n")
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.read_text().startswith("<!doctype html>")


def test_a_page_with_a_name_is_shown_from_there(tmp_path: Path) -> None:
    """Its name is enough to ask for a page, whatever letters are in it."""
    opened: list[str] = []

    def show(address: str) -> bool:
        opened.append(unquote(urlparse(address).path))
        return True

    path = tmp_path / "is #1 ☁.html"
    assert run("report", "--demo", "--open", "-o", str(path), open_page=show).code == 0
    assert opened == [str(path)]
    assert path.is_file()


@pytest.mark.parametrize("fails", [False, True])
def test_without_a_display_the_path_is_told(fails: bool, tmp_path: Path) -> None:
    """And what to do with it; that is no failure."""

    def show(address: str) -> bool:
        if fails:
            raise OSError("no program")
        return False

    path = tmp_path / "page.html"
    result = run("quota", "--demo", "--open", "-o", str(path), open_page=show)
    assert (result.code, result.stdout) == (0, "")
    assert result.stderr.splitlines()[-2:] == [
        f"the page is {path}; there is no display to open it on",
        "hint: open it in a browser, or copy it to a machine that has one",
    ]


@pytest.mark.parametrize(
    ("argv", "error", "hint"),
    [
        ("", "--open shows a page, and the format is table", "add --format html, or --output "),
        ("--json", "--open shows a page, and the format is json", "add --format html, or "),
        ("-o x.csv", "--open shows a page, and the format is csv", "add --format html, or "),
        ("-f html -o -", "--open and --output - contradict each other", "name a file, or leave "),
        ("-f html -o /dev/stdout", "--open and --output /dev/stdout contradict", "name a file"),
    ],
)
@pytest.mark.parametrize("command", COMMANDS)
def test_only_a_page_in_a_file_can_be_shown(
    command: str, argv: str, error: str, hint: str, folder: Path
) -> None:
    """Anything else is refused before anything is asked for."""
    result = run(command, "--open", *argv.split())

    assert (result.code, result.stdout) == (2, "")
    assert result.error.startswith(f"error: {error}")
    assert f"hint: {hint}" in result.stderr
    assert list(folder.iterdir()) == []


def test_what_has_no_page_does_not_know_the_option() -> None:
    """Lists and events are for other formats."""
    for command in ("activity", "list projects"):
        assert re.match("error: .*--open", run(*command.split(), "--open").error)


def test_no_temporary_folder_is_a_matter_of_configuration(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is named, with exit 3."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    result = run("quota", "--demo", "-f", "html", "--open")

    assert (result.code, result.stdout) == (3, "")
    assert result.error.startswith("error: cannot write to a temporary file: ")


def test_no_browser_for_terminals_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a display, unless the environment names it."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")

    assert not open_in_browser("file:///nowhere.html")
