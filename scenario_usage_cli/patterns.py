"""Patterns of names and ids: `*` stands for any text, and case does not matter."""

import re
from fnmatch import translate

WILDCARD = "*"


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """What matches whole ids and names.

    Only `*` is special; the standard translation never tries one text in many ways.
    """
    literal = re.sub(r"[?\[]", r"[\g<0>]", pattern)
    return re.compile(translate(literal), re.IGNORECASE)
