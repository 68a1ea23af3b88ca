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


def split_names(
    texts: Iterable[str], names: Iterable[str], is_name: Callable[[str], object]
) -> list[str]:
    """The parts of texts between commas, without blanks around them and without empty ones.

    A text that is a name as a whole is one part. Where some parts are no names, but are one
    together with others and the commas between them, they stay together. None of the `names` may
    have more commas than these.
    """
    most = 1 + max((name.count(",") for name in names), default=0)
    found: list[str] = []
    for text in texts:
        parts = [text] if is_name(text.strip()) else text.split(",")
        if not all(is_name(part.strip()) for part in parts):
            parts = _join_names(parts, most, is_name)
        found += [stripped for part in parts if (stripped := part.strip())]
    return found


def _join_names(parts: list[str], most: int, is_name: Callable[[str], object]) -> list[str]:
    """The same with each name in one, where it takes so many parts at most; long names first."""
    joined = []
    while parts:
        for taken in range(min(most, len(parts)), 0, -1):
            text = ",".join(parts[:taken])
            if taken == 1 or is_name(text.strip()):
                break
        joined.append(text)
        parts = parts[taken:]
    return joined


def find_near(text: str, known: Iterable[str], *, cutoff: float = 0.4) -> list[str]:
    """The few of the known texts, all of them folded, that may have been meant.

    Those with the text in them, or else those that are as much like it as `cutoff` says.
    """
    known, folded = list(known), fold(text)
    holding = [one for one in known if folded in one][:_MOST_NEAR]
    return holding or get_close_matches(folded, known, n=3, cutoff=cutoff)
