"""Quoting for completion: what is inserted is the text, whichever quote is open."""

import shlex
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_usage_cli.cli.completion.quoting import Words, read_words, unquote_for_fish

TEXTS = [
    "Marketing & Trailers",
    'Props, Tiles & "Bits"',
    "Tom O'Brien",
    "two\nlines",
    "ends with a line feed\n",
    "$HOME `id` \\n $(id) ${x} {a,b} [x] *? ~ # ! (y) ; | < > ^ = : @ %",
    "~root",
    "#1",
    "!!",
    "tail\\",
    "'",
    'a"',
    '"double" and more',
    "'single' and more",
    "\n",
    "a!",
    "Forêt Enchantée 🌲",
    "a\u00a0b",
    "-x",
]


def complete_word(opened: str, text: str) -> str:
    """A word as readline leaves it: it adds no quote to one at the begin or at the end."""
    quote = opened[-1:]
    word = Words([], "", opened, False).quote(text)
    word = opened.removesuffix(quote) + (word if word.startswith(quote) else quote + word)
    return word if word.endswith(quote) else word + quote


@pytest.mark.parametrize("opened", ["", '"', "'", "$'"])
def test_bash_gets_the_text(opened: str) -> None:
    """Each of the texts, by bash itself."""
    words = [complete_word(opened, text) for text in TEXTS]

    done = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {' '.join(words)}"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split("\0")[:-1] == TEXTS


@settings(max_examples=300)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)),
    st.text("ab'\"\\ $,"),
)
def test_words_are_read_as_they_were_quoted(words: list[str], last: str) -> None:
    """By Python's own quoting, and by ours."""
    line = f"{shlex.join(words)} {Words([], '', '', False).quote(last)}"

    read = read_words(line)

    assert (read.words, read.current) == (words, last)


@pytest.mark.parametrize(
    ("line", "current", "opened"),
    [
        ("x 'a b", "a b", "'"),
        ('x "a \\" b', 'a " b', '"'),
        ('x "a \\', "a ", '"'),
        ("x a\\", "a", ""),
        ("x a' b'\"c", "a bc", '"'),
        ("x $'a\\nb\\'", "a\nb'", "$'"),
        ('x --a="b', "--a=b", '"'),
        ("x 'a b' ", "", ""),
        ("x $a", "$a", ""),
        ("x a$", "a$", ""),
    ],
)
def test_a_line_may_end_anywhere(line: str, current: str, opened: str) -> None:
    """The last word has what is there of it, and its quote."""
    read = read_words(line)

    assert (read.current, read.opened, read.is_target) == (current, opened, False)


@pytest.mark.parametrize(
    ("line", "words", "is_target"),
    [
        ("x a > b", ["x", "a"], True),
        ("x a 2> b", ["x", "a"], True),
        ("x a >b c", ["x", "a"], False),
        ("x a > b ", ["x", "a"], False),
        ("x a > ", ["x", "a"], True),
        ("x 'a > b", ["x"], False),
    ],
)
def test_a_redirection_is_no_word(line: str, words: list[str], is_target: bool) -> None:
    """Nor is the number before it, or the file behind it."""
    read = read_words(line)

    assert (read.words, read.is_target) == (words, is_target)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("a\\ b", "a b"),
        ("'a\\' b", "a' b"),
        ("'a\\n\\\\", "a\\n\\"),
        ('"a\\" $b\\$', 'a" $b$'),
        ("--project='R&D,", "--project=R&D,"),
        ('"a\\', "a"),
        ("", ""),
    ],
)
def test_a_word_of_fish_is_read(word: str, text: str) -> None:
    """It may end within quotes, in which fish has other escapes than bash."""
    assert unquote_for_fish(word) == text
