"""Messages on a narrow terminal: broken between words, and nowhere else."""

import io

import pytest

from scenario_usage_cli.cli.app import main
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.render.text import wrap_words
from tests.support import CREDENTIALS, KEY, NOW, SECRET, FakeApi, Terminal

ASKED = ("compare", "--demo", "--section", "models")


def said(*argv: str, columns: int | None, is_terminal: bool = True, **environ: str) -> str:
    """What a command writes to stderr."""
    stderr = Terminal() if is_terminal else io.StringIO()
    size = {} if columns is None else {"COLUMNS": str(columns)}
    main(
        argv,
        Runtime(
            stdin=io.BytesIO(),
            stdout=io.StringIO(),
            stderr=stderr,
            environ=CREDENTIALS | size | environ,
            now=lambda: NOW,
            sleep=lambda seconds: None,
            transport=FakeApi(),
        ),
    )
    return stderr.getvalue()


@pytest.mark.parametrize("columns", [30, 40, 60, 80])
def test_a_warning_is_broken_between_words(columns: int) -> None:
    """Its words stay what they are, and no line is longer than the terminal."""
    whole = said(*ASKED, columns=None, is_terminal=False)
    text = said(*ASKED, columns=columns)

    assert text.split() == whole.split()
    assert max(map(len, text.splitlines())) <= columns
    assert len(text.splitlines()) > 1


@pytest.mark.parametrize(("columns", "is_terminal"), [(None, True), (60, False), (200, True)])
def test_a_message_is_one_line_where_nothing_is_too_narrow(
    columns: int | None, *, is_terminal: bool
) -> None:
    """A pipe, a log file and a wide terminal have it as it is."""
    assert said(*ASKED, columns=columns, is_terminal=is_terminal).count("\n") == 1


def test_an_error_keeps_its_two_parts() -> None:
    """Each of them begins a line."""
    lines = said("report", "--start", "2026-13-45", columns=30).splitlines()

    assert lines[0].startswith("error: ")
    assert next(line for line in lines[1:] if line[:2] != "  ").startswith("hint: ")


def test_what_is_logged_is_not_broken() -> None:
    """A request is a line, and so is each of a traceback."""
    text = said("report", "--demo", "--verbose", "--last", "1d", columns=40)

    assert {line[:4] for line in text.splitlines()} == {"GET "}


def test_secrets_are_masked_before_lines_are_broken() -> None:
    """A break never splits one of them."""
    text = said("report", "--project", f"x {SECRET} {KEY} " * 3, columns=20)

    assert (SECRET in text, KEY in text, "secret-" in text) == (False, False, False)


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("one two", 7, "one two"),
        ("one two", 6, "one\n  two"),
        ("one two", None, "one two"),
        ("https://example.org/a-very-long-path now", 12, None),
        ("", 1, ""),
        ("a  b", 3, "a\n  b"),
        ("wörter-und-striche hier", 10, "wörter-und-striche\n  hier"),
    ],
)
def test_words_stay_whole(text: str, width: int | None, shown: str | None) -> None:
    """An address that is longer than a line is one of its own."""
    expected = "https://example.org/a-very-long-path\n  now" if shown is None else shown

    assert "\n".join(wrap_words(text, width, indent="  ")) == expected
