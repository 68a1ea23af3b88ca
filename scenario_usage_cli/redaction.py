"""Secrets: what they are in this run, and how they are kept out of everything shown or saved."""

import json
from binascii import b2a_base64
from collections.abc import Iterable
from typing import Any

MASK = "***"
_SHORTEST = 4
"""Fewer letters than this are no secret, and masking them would spoil ordinary words."""


_SHORTEST_IN_NAMES = 8
"""Names of fields are words, which a short secret may be part of by chance."""


_ESCAPES = (b"\\u", b"\\/")
"""Where these stand in JSON, a secret may be spelled in more ways than can be listed."""


class Redactor:
    """Replaces every secret it was told of by `***`, in text and in JSON.

    Secrets are known verbatim, as the Basic header encodes a key with its secret, and in the
    spellings that JSON writers use.
    """

    def __init__(self) -> None:
        self._spellings: list[str] = []

    def add(self, secrets: Iterable[str]) -> None:
        """Learn secrets; a key followed by its secret is also known as Basic credentials."""
        known = [stripped for secret in secrets if (stripped := secret.strip())]
        encoded = [_encode_basic(known)] if known[1:] else []
        for text in [secret for secret in known if len(secret) >= _SHORTEST] + encoded:
            in_json = json.dumps(text)[1:-1]
            for spelling in (text, in_json, in_json.replace("/", "\\/")):
                if spelling not in self._spellings:
                    self._spellings.append(spelling)
        self._spellings.sort(key=len, reverse=True)

    def text(self, text: str, *, shortest: int = _SHORTEST) -> str:
        """The same text with every secret masked that is not shorter than `shortest`."""
        for spelling in self._spellings:
            if len(spelling) >= shortest and spelling in text:
                text = text.replace(spelling, MASK)
        return text

    def json_body(self, body: bytes) -> bytes:
        """The same JSON with secrets masked inside its strings, however they are escaped.

        Numbers stay, and so do names of fields with a short secret in them, which may well be
        a word of the API. What is no JSON is masked as it stands.
        """
        spellings = [_encode(text) for text in self._spellings]
        # One letter is found, or not, fifty times as fast as two: most answers have no backslash.
        signs = [*_ESCAPES, *spellings] if b"\\" in body else spellings
        if not spellings or not any(sign in body for sign in signs):
            return body
        try:
            document = json.loads(body)
            masked = self._masked(document)
            return body if masked == document else json.dumps(masked).encode()
        except (ValueError, RecursionError):
            for spelling in spellings:
                body = body.replace(spelling, MASK.encode())
            return body

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


def _encode_basic(key_and_secret: list[str]) -> str:
    """What follows `Basic` in the header of a key with its secret."""
    return b2a_base64(_encode(":".join(key_and_secret[:2])), newline=False).decode()


def _encode(text: str) -> bytes:
    """Bytes, also of what came from the environment as no UTF-8."""
    return text.encode("utf-8", "surrogateescape")
