"""How bash and fish read quoted words, and how bash must write them."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

_PIECE = re.compile(
    r"""(?P<space>[ \t\n]+)
    | (?P<redirection>[0-9]*[<>])
    | \\(?P<escaped>.?)
    | '(?P<single>[^']*)'?
    | \$'(?P<ansi>(?:\\.|[^'\\]|\\\Z)*)'?
    | \$?"(?P<double>(?:\\.|[^"\\]|\\\Z)*)"?
    | (?P<plain>(?:[^ \t\n<>\\'"$]|\$(?!['"]))+)""",
    re.VERBOSE | re.DOTALL,
)
_FISH_PIECE = re.compile(
    r"""\\(?P<escaped>.?)
    | '(?P<single>(?:\\.|[^'\\]|\\\Z)*)'?
    | "(?P<double>(?:\\.|[^"\\]|\\\Z)*)"?
    | (?P<plain>[^\\'"]+)""",
    re.VERBOSE | re.DOTALL,
)
_FISH_DECODED = {
    "escaped": ("$^", ""),
    "single": (r"\\(['\\]|\Z)", r"\1"),
    "double": (r'\\(["\\$]|\Z)', r"\1"),
    "plain": ("$^", ""),
}
_QUOTES = {"single": "'", "ansi": "$'", "double": '"'}
_ANSI = {"n": "\n", "t": "\t"}
_DECODED: Mapping[str, tuple[str, str | Callable[[re.Match[str]], str]]] = {
    "escaped": (r"\n", ""),
    "single": ("$^", ""),
    "ansi": (r"\\(.|\Z)", lambda found: _ANSI.get(found[1], found[1])),
    "double": (r'\\([\\"$`]|\Z)', r"\1"),
    "plain": ("$^", ""),
}
_UNSAFE = re.compile(r"[ !\"#$&'()*;<>?\[\\\]`{|}~]")
_LINE_FEED = {"": "$'\\n'", '"': "\"$'\\n'\"", "'": "'$'\\n''", "$'": "\\n"}


class Words(NamedTuple):
    """The finished words, the text of the last one, and the quote in which that one is open.

    `is_target` tells whether the last one is what a redirection goes to.
    """

    words: list[str]
    current: str
    opened: str
    is_target: bool

    def quote(self, text: str) -> str:
        """What bash must be given after the last word to add `text` to it."""
        match self.opened:
            case '"':
                quoted = re.sub(r'([\\"$`])', r"\\\1", text).replace("!", '"\\!"')
            case "'":
                quoted = text.replace("'", "'\\''")
            case "$'":
                quoted = re.sub(r"([\\'])", r"\\\1", text)
            case _:
                quoted = _UNSAFE.sub(r"\\\g<0>", text)
        quoted = quoted.replace("\n", _LINE_FEED[self.opened])
        # readline takes a quote at the begin for the one that is open, and adds none to one at the
        # end: then both must be there twice.
        quote = self.opened[-1:]
        if quote and quoted.startswith(quote):
            quoted = quote + quoted
        return quoted + quote if quote and quoted.endswith(quote) else quoted


def read_words(line: str) -> Words:
    """Read a line that may end anywhere, also within quotes."""
    words: list[str] = []
    current: str | None = None
    opened, is_target = "", False
    for found in _PIECE.finditer(line):
        kind = found.lastgroup or ""
        if kind in ("space", "redirection"):
            if current is not None and not is_target:
                words.append(current)
            is_target = kind == "redirection" or (is_target and current is None)
            current = None
        else:
            pattern, replacement = _DECODED[kind]
            current = (current or "") + re.sub(pattern, replacement, found[kind])
            is_open = kind in _QUOTES and found.end(kind) == found.end()
            opened = _QUOTES[kind] if is_open else ""
    return Words(words, current or "", opened, is_target)


def unquote_for_fish(word: str) -> str:
    """The text of one word, which may end within quotes; letters such as `\\n` are not read."""
    pieces = ((found.lastgroup or "", found) for found in _FISH_PIECE.finditer(word))
    return "".join(re.sub(*_FISH_DECODED[kind], found[kind]) for kind, found in pieces)
