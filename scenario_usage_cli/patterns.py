"""Patterns of names and ids: `*` stands for any text, and case does not matter."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from fnmatch import translate

WILDCARD = "*"
_MOST_NEAR = 10


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """What matches whole ids and names.

    Only `*` is special; the standard translation never tries one text in many ways.
    """
    literal = re.sub(r"[?\[]", r"[\g<0>]", pattern)
    return re.compile(translate(literal), re.IGNORECASE)


def find_near(text: str, known: Iterable[str], *, cutoff: float = 0.4) -> list[str]:
    """The few of the known texts, all in lower case, that may have been meant.

    Those with the text in them, or else those that are as much like it as `cutoff` says.
    """
    known, folded = list(known), text.casefold()
    holding = [one for one in known if folded in one][:_MOST_NEAR]
    return holding or get_close_matches(folded, known, n=3, cutoff=cutoff)
