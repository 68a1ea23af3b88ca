"""Names and their patterns: neither case nor the way that accents are written matters."""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from fnmatch import translate
from unicodedata import normalize

WILDCARD = "*"
_MOST_NEAR = 10


def fold(text: str) -> str:
    """What names that are written in different ways have in common.

    Neither case nor blanks at the ends count, nor whether an accent is a character of its own
    (NFD), as some keyboards and file systems write it.
    """
    return normalize("NFC", normalize("NFC", text).casefold()).strip()


def compile_pattern(pattern: str) -> Callable[[str], object]:
    """What tells whether a whole id or name matches; `*` stands for any text.

    Only `*` is special; the standard translation never tries one text in many ways.
    """
    literal = re.sub(r"[?\[]", r"[\g<0>]", fold(pattern))
    matches = re.compile(translate(literal)).fullmatch
    return lambda text: matches(fold(text))


def find_near(text: str, known: Iterable[str], *, cutoff: float = 0.4) -> list[str]:
    """The few of the known texts, all of them folded, that may have been meant.

    Those with the text in them, or else those that are as much like it as `cutoff` says.
    """
    known, folded = list(known), fold(text)
    holding = [one for one in known if folded in one][:_MOST_NEAR]
    return holding or get_close_matches(folded, known, n=3, cutoff=cutoff)
