"""The body of an answer, decompressed, whole, and never larger than a bound."""

import codecs
import io
import json
import zlib
from collections.abc import Iterable, Iterator

import httpx
from pydantic_core import from_json

from scenario_usage_cli.api.body import escape_halves
from scenario_usage_cli.errors import UnreadableAnswer

MOST_BYTES = 64_000_000
"""Of an answer, as it comes and after each step of decompressing it: ten times what gets through
the gateway (api.md).
"""
MOST_ERROR_BYTES = 256_000
"""How much is read of the body of an error."""

_MOST_ANNOUNCED_BYTES = 8 * 1024 * 1024  # more than gets through the gateway
_COMPRESSIONS = ("gzip", "x-gzip", "deflate")
_MOST_COMPRESSIONS = 5
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_PIECE_BYTES = 64 * 1024


class _TooMuch(Exception):
    """More bytes than the bound."""


class Download:
    """Reads the body of one answer once; `received_bytes` counts it before decompression."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.received_bytes = 0

    def read_answer(self) -> bytes:
        """The whole body of a 200, without a byte order mark, and with halves of emojis escaped.

        Raises UnreadableAnswer above MOST_BYTES, httpx.DecodingError for a body that cannot be
        decompressed, and httpx.RemoteProtocolError if the connection ends within the JSON.
        """
        body = io.BytesIO()
        try:
            self._copy_to(body, MOST_BYTES)
        except _TooMuch:
            raise UnreadableAnswer(
                f"the answer from {self._response.url.netloc.decode()} is larger than "
                f"{MOST_BYTES // 1_000_000} MB; no answer of the API is that large",
                hint="check the base URL and any proxy on the way, or ask for a shorter period",
            ) from None
        whole = escape_halves(body.getvalue().removeprefix(codecs.BOM_UTF8))
        if not self._is_framed and _is_cut_short(whole):
            raise httpx.RemoteProtocolError("it was closed in the middle of the answer")
        return whole

    def read_error(self) -> bytes:
        """The body of any other status, as far as it can be read."""
        body = io.BytesIO()
        try:
            self._copy_to(body, MOST_ERROR_BYTES)
        except (_TooMuch, httpx.DecodingError):
            body.truncate()
        return body.getvalue().removeprefix(codecs.BOM_UTF8)

    @property
    def _is_framed(self) -> bool:
        """Whether the answer says where it ends; otherwise the connection ends it (HTTP/1.0)."""
        headers = self._response.headers
        return "content-length" in headers or "transfer-encoding" in headers

    def _copy_to(self, body: io.BytesIO, most_bytes: int) -> None:
        """Write into a buffer of the announced size.

        A buffer that grows, or is joined, takes twice the memory, in every thread at once.
        """
        announced = self._response.headers.get("content-length", "")
        size_bytes = int(announced) if announced.isdecimal() else 0
        if size_bytes > most_bytes:
            raise _TooMuch
        if size_bytes:
            body.seek(min(size_bytes, _MOST_ANNOUNCED_BYTES) - 1)
            body.write(b"\0")
            body.seek(0)
        body.writelines(self._decompress(most_bytes))
        body.truncate()

    def _decompress(self, most_bytes: int) -> Iterator[bytes]:
        """The body with each known compression undone, every step of it bounded."""
        codings = self._response.headers.get_list("content-encoding", split_commas=True)
        known = [coding for coding in codings if coding.strip().lower() in _COMPRESSIONS]
        if len(known) > _MOST_COMPRESSIONS:
            raise httpx.DecodingError(f"it is compressed {len(known)} times")
        pieces = _bound(self._receive(), most_bytes)
        for _ in known:
            pieces = _bound(_decompress(pieces), most_bytes)
        return pieces

    def _receive(self) -> Iterator[bytes]:
        assert isinstance(self._response.stream, Iterable)
        for piece in self._response.stream:
            self.received_bytes += len(piece)
            yield piece


def _bound(pieces: Iterable[bytes], most_bytes: int) -> Iterator[bytes]:
    left_bytes = most_bytes
    for piece in pieces:
        left_bytes -= len(piece)
        if left_bytes < 0:
            raise _TooMuch
        yield piece


def _decompress(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Undo gzip or zlib in small pieces, however large one of theirs becomes.

    If the body is cut off, it is decompressed as far as it goes.
    """
    decompressor = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        for piece in pieces:
            unread = piece
            while not decompressor.eof:
                out = decompressor.decompress(unread, _PIECE_BYTES)
                yield out
                unread = decompressor.unconsumed_tail
                if not unread and len(out) < _PIECE_BYTES:
                    break
    except zlib.error as error:
        raise httpx.DecodingError(str(error)) from error


def _is_cut_short(body: bytes) -> bool:
    """Whether a body is the beginning of a JSON text, and not a whole one."""
    text = body.decode("utf-8", "replace").strip()
    try:
        json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        try:
            from_json(body, allow_partial=True)
        except ValueError:
            return not text
        return True
    return False
