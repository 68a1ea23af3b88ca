"""Secrets: what they are in this run, and how they are kept out of all that is shown or saved."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from typing import Any

MASK = "***"
_SHORTEST = 4
"""Shorter texts are not masked: that would spoil ordinary words."""

_SHORTEST_IN_NAMES = 8
"""Names of fields are words, and a short secret may be a part of one by chance."""

_SHORTEST_ENCODED = 8
"""Fewer letters of base64 or hex may be a part of any id."""

_URL_SAFE = str.maketrans("+/", "-_")
_ENTITIES = {
    "&": "amp",
    "<": "lt",
    ">": "gt",
    '"': "quot",
    "'": "apos",
    "/": "sol",
    "+": "plus",
    "=": "equals",
    ":": "colon",
}
_ESCAPE_SIGNS = "%&\\"


class Redactor:
    """Replaces every secret it was told of by `***`, in text and in JSON.

    Masked are the API key, its secret and the token, each alone, and the key with its secret as
    the Basic header has them:

    - as they are, and with any of their letters as in URLs (`%2F`, in either case, also encoded
      again: `%252F`), in HTML (`&#47;`, `&#x2F;`, `&sol;`) or in JSON (`\\u002f`, `\\/`);
    - in hex, in lower or upper case;
    - in base64 and base64url, with and without `=`, also within a longer text that was encoded,
      except for the letters at both ends that depend on the text beside it.

    What is shorter than 4 letters, or 8 of hex or base64, is left alone, as it may be a part of
    anything. A secret that is compressed, hashed, encoded twice or cut is not known.
    """

    def __init__(self) -> None:
        self._spellings: list[str] = []
        self._secrets: list[str] = []
        self._needles: list[bytes] = []  # spellings that contain no other one
        self._letters: set[bytes] = set()

    def add(self, secrets: Iterable[str]) -> None:
        """Learn secrets; a key followed by its secret is also known as Basic credentials."""
        known = [stripped for secret in secrets if (stripped := secret.strip())]
        texts = [secret for secret in known if len(secret) >= _SHORTEST]
        encoded = {spelling for text in texts for spelling in _spell_encoded(_encode(text))}
        if known[1:]:
            pair = _encode(":".join(known[:2]))
            texts.append(b64encode(pair).decode())
            encoded |= _spell_base64(pair)
        encoded = {spelling for spelling in encoded if len(spelling) >= _SHORTEST_ENCODED}
        self._secrets = sorted({*self._secrets, *texts}, key=_by_length, reverse=True)
        spellings = {*self._spellings, *texts, *encoded}
        self._spellings = sorted(spellings, key=_by_length, reverse=True)
        self._needles = [
            _encode(text) for text in spellings if not any(s in text for s in spellings - {text})
        ]
        self._letters = {bytes([letter]) for needle in self._needles for letter in needle}

    def text(self, text: str, *, shortest: int = _SHORTEST) -> str:
        """The same text with every secret masked that is not shorter than `shortest`."""
        for spelling in self._spellings:
            if len(spelling) >= shortest and spelling in text:
                text = text.replace(spelling, MASK)
        secrets = tuple(secret for secret in self._secrets if len(secret) >= shortest)
        if secrets and any(sign in text for sign in _ESCAPE_SIGNS):
            return re.sub(_build_pattern(secrets), MASK, text)
        return text

    def json_body(self, body: bytes) -> bytes:
        """The same JSON with secrets masked inside its strings, however they are spelled.

        Numbers stay, and so do names of fields that contain a short secret, which may well be a
        word of the API. A body that is not JSON is masked as text.
        """
        if not self._is_in(body):
            return body
        try:
            document = json.loads(body)
            masked = self._masked(document)
            return body if masked == document else json.dumps(masked).encode()
        except (ValueError, RecursionError):
            return _encode(self.text(body.decode("utf-8", "surrogateescape")))

    def _is_in(self, body: bytes) -> bool:
        """Whether any secret is there.

        It takes a thirtieth of the time to find a single letter, so a spelling that has a missing
        letter is not searched for.
        """
        missing = [letter for letter in self._letters if letter not in body]
        if any(
            needle in body
            for needle in self._needles
            if not any(letter in needle for letter in missing)
        ):
            return True
        if not self._secrets or not any(_encode(sign) in body for sign in _ESCAPE_SIGNS):
            return False
        return re.search(_encode(_build_pattern(tuple(self._secrets))), body) is not None

    def _masked(self, value: Any) -> Any:
        match value:
            case str():
                return self.text(value)
            case list():
                return [self._masked(item) for item in value]
            case dict():
                return {
                    self.text(key, shortest=_SHORTEST_IN_NAMES): self._masked(item)
                    for key, item in value.items()
                }
        return value


def _by_length(text: str) -> tuple[int, str]:
    """A longer secret is masked before a shorter one inside it."""
    return len(text), text


def _spell_encoded(secret: bytes) -> Iterator[str]:
    yield secret.hex()
    yield secret.hex().upper()
    yield from _spell_base64(secret)


def _spell_base64(secret: bytes) -> set[str]:
    """The secret alone, and the letters that it has wherever it begins in three bytes."""
    alone = b64encode(secret).decode()
    spellings = {alone, alone.rstrip("=")}
    for before in range(3):
        encoded = b64encode(bytes(before) + secret).decode()
        spellings.add(encoded[-(-before * 8 // 6) : (before + len(secret)) * 8 // 6])
    return spellings | {spelling.translate(_URL_SAFE) for spelling in spellings}


@cache
def _build_pattern(secrets: tuple[str, ...]) -> str:
    """A pattern for any spelling of any secret, letter by letter.

    Every letter but the first matches in only one way, so that no text makes the search slow.
    """
    words = []
    for secret in secrets:
        first, *rest = _spell_letters(secret)
        words.append(f"(?:{first})" + "".join(f"(?>{letter})" for letter in rest))
    begin = "".join(re.escape(secret[0]) for secret in secrets)
    return rf"(?=[%&\\{begin}])(?:{'|'.join(words)})"


def _spell_letters(secret: str) -> Iterator[str]:
    """The spellings of each letter; backslashes are doubled together, up to three times."""
    for letter, run in groupby(secret):
        count = len(list(run))
        if letter == "\\":
            plain = "|".join(rf"\\{{{count * times}}}" for times in (8, 4, 2, 1))
            yield rf"{plain}|(?:{_spell_letter(letter)}){{{count}}}"
        else:
            yield from [_spell_letter(letter)] * count


def _spell_letter(letter: str) -> str:
    code = ord(letter)
    digits = "".join(f"[{d}{d.upper()}]" if d.isalpha() else d for d in f"{code:x}")
    spellings = [
        "%(?:25)++" if letter == "%" else rf"%(?:25)*+{digits}",
        rf"&#0*+{code};",
        rf"&#[xX]0*+{digits};",
        rf"\\++u0*+{digits}",
    ]
    if letter in _ENTITIES:
        spellings.append(f"&{_ENTITIES[letter]};")
    if letter in '/"':
        spellings.append(rf"\\++{letter}")
    return "|".join([*spellings, re.escape(letter)])


def _encode(text: str) -> bytes:
    """The bytes of a text, also of one from the environment that is not UTF-8."""
    return text.encode("utf-8", "surrogateescape")
