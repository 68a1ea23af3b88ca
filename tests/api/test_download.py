"""Bodies without end: what is read of them, how much memory that takes, and how the run ends."""

import gzip
import itertools
import json
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator

import httpx
import pytest

from scenario_usage_cli.api import download
from scenario_usage_cli.api.download import MOST_BYTES, MOST_ERROR_BYTES, Download
from scenario_usage_cli.errors import UnreadableAnswer
from tests.api.reporting import report
from tests.cases import each
from tests.support import FakeApi, model_row, point, run, usages
from tests.weather import Weather, always, raw

MIB = 1024 * 1024
DOCUMENT = usages(models=[model_row("Zoë", point(jobs=2, cost=0.1))])
BODY = json.dumps(DOCUMENT, ensure_ascii=False).encode()


class Pieces(httpx.SyncByteStream):
    """A body that is sent piece by piece; `sent` counts what was asked for."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self.sent = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.sent += len(piece)
            yield piece


def respond(
    pieces: Iterable[bytes], status: int = 200, coding: str = "", length: int | None = None
) -> httpx.Response:
    """An answer of these bytes, with or without its length."""
    framing = (
        {"Transfer-Encoding": "chunked"} if length is None else {"Content-Length": f"{length}"}
    )
    headers = framing | ({"Content-Encoding": coding} if coding else {})
    request = httpx.Request("GET", "https://api.example/v1")
    return httpx.Response(status, headers=headers, stream=Pieces(pieces), request=request)


def pack(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Gzip, without holding any of it."""
    packer = zlib.compressobj(wbits=31)
    yield from map(packer.compress, pieces)
    yield packer.flush()


def zeros(size: int) -> Iterator[bytes]:
    """As many blanks, which are JSON as far as that goes."""
    return itertools.repeat(b" " * 65536, size // 65536)


ENDLESS: dict[str, Callable[[], httpx.Response]] = {
    "plain": lambda: respond(itertools.repeat(b" " * 65536)),
    "gzip": lambda: respond(pack(zeros(1024 * MIB)), coding="gzip"),
    "gzip twice": lambda: respond(pack(pack(zeros(70 * MIB))), coding="gzip, gzip"),
    "gzip of nothing": lambda: respond(
        itertools.chain([gzip.compress(b"")[:10]], itertools.repeat(b"\0\0\0\xff\xff" * 10_000)),
        coding="x-gzip",
    ),
    "zlib": lambda: respond([zlib.compress(b" " * (70 * MIB))], coding="Deflate"),
    "announced": lambda: respond(zeros(1024 * MIB), length=1024 * MIB),
}


@pytest.mark.parametrize("build", ENDLESS.values(), ids=ENDLESS.keys())
def test_no_answer_takes_more_memory_than_one_and_a_half_of_the_limit(
    build: Callable[[], httpx.Response],
) -> None:
    """Exit 7 with the limit, whatever few bytes become, and at whichever step."""
    response = build()
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableAnswer, match=r"api\.example is larger than 64 MB"):
            Download(response).read_answer()
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak_bytes < 1.5 * MOST_BYTES


@pytest.mark.parametrize("build", ENDLESS.values(), ids=ENDLESS.keys())
def test_an_error_without_end_is_read_no_further_than_its_limit(
    build: Callable[[], httpx.Response],
) -> None:
    """A refusal stays what its status says, with a hundredth of that memory."""
    response = build()
    tracemalloc.start()
    body = Download(response).read_error()
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(body) <= MOST_ERROR_BYTES
    assert peak_bytes < 4 * MIB
    assert isinstance(response.stream, Pieces)
    assert response.stream.sent <= MOST_ERROR_BYTES + 65536


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [(200, 7, "is larger than"), (403, 4, "403 Forbidden"), (404, 5, "404 Not Found")],
)
@pytest.mark.parametrize("coding", ["gzip", "gzip, gzip", ""])
def test_a_command_ends_by_the_status_of_a_body_without_end(
    monkeypatch: pytest.MonkeyPatch, status: int, code: int, said: str, coding: str
) -> None:
    """Once, as another try would bring the same."""
    monkeypatch.setattr(download, "MOST_BYTES", 300_000)
    body: Iterable[bytes] = itertools.repeat(b" " * 65536, 100)
    for _ in coding.split():
        body = pack(body)
    api = FakeApi(respond(body, status, coding))
    result = run("report", "--json", transport=api)

    assert (result.code, result.stdout) == (code, "")
    assert said in result.error
    api.assert_used_up()


@each(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(BODY)),
        ("X-GZIP", gzip.compress(BODY)),
        ("gzip, gzip", gzip.compress(gzip.compress(BODY))),
        ("deflate", zlib.compress(BODY)),
        ("identity", BODY),
        ("gzip, identity", gzip.compress(BODY)),
        ("utf-8", BODY),
        ("gzip", gzip.compress(b" " * 65536 * 3 + BODY)),
    ],
)
@each("size", [1, 7, 100_000])
def test_what_is_compressed_is_read_whole(coding: str, body: bytes, size: int) -> None:
    """In pieces of any size, once or twice, and blanks before it too."""
    pieces = [body[begin : begin + size] for begin in range(0, len(body), size)]

    assert Download(respond(pieces, coding=coding)).read_answer().lstrip() == BODY
    assert Download(respond(pieces, 400, coding)).read_error().lstrip() == BODY


@pytest.mark.parametrize(
    ("coding", "body", "said"),
    [
        ("gzip", BODY, "incorrect header"),
        (", ".join(["gzip"] * 6), BODY, "compressed 6 times"),
    ],
)
def test_what_cannot_be_decompressed_says_why(coding: str, body: bytes, said: str) -> None:
    """And an error's status is told all the same."""
    with pytest.raises(httpx.DecodingError, match=said):
        Download(respond([body], coding=coding)).read_answer()
    result = run("report", transport=FakeApi(respond([body], 403, coding)))

    assert result.code == 4
    assert result.error == "error: the API answered 403 Forbidden"


@pytest.mark.parametrize("status", [200, 403])
def test_a_byte_order_mark_is_passed_over(status: int) -> None:
    """In an answer, and before what an error says."""
    body = b"\xef\xbb\xbf" + (BODY if status == 200 else b'{"message": "not for you"}')
    result = run("report", "--json", transport=FakeApi(respond([body], status)))

    if status == 200:
        assert result.json["totals"]["jobs"] == 2
    else:
        assert result.error == "error: the API answered 403 Forbidden: not for you"


@pytest.mark.parametrize("kept", [0, 1, len(BODY) // 2, BODY.index("ë".encode()) + 1, -1])
@pytest.mark.parametrize("version", [b"HTTP/1.0 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_json_that_the_connections_end_cuts_off_is_a_broken_connection(
    version: bytes, kept: int
) -> None:
    """Exit 6 after every try, as where the length had told it; also within gzip."""
    with Weather(always(raw(version + BODY[:kept]))) as weather:
        outcome = report(weather.url, "--json", "--retries", "1")

    outcome.assert_failed(6, "broke: it was closed in the middle of the answer (tried 2 times)")
    assert len(weather.requests) == 2


def test_gzip_that_the_connections_end_cuts_off_is_a_broken_connection() -> None:
    """The same within gzip."""
    head = b"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    with Weather(always(raw(head + gzip.compress(BODY)[:-40]))) as weather:
        outcome = report(weather.url, "--json", "--retries", "1")

    outcome.assert_failed(6, "broke: it was closed in the middle of the answer (tried 2 times)")


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf{"consumption": [',
        b"\xef\xbb\xbf",
        b'{"consumption": "\\ud83d',
        b'{"consumption": "\\ud8',
        b'{"consumption": [{"userId": "\\ud83d", "value": ',
    ],
)
def test_the_cut_is_found_behind_marks_and_halves(body: bytes) -> None:
    """What is passed over in a whole answer hides nothing of one that is not."""
    with Weather(always(raw(b"HTTP/1.0 200 OK\r\n\r\n" + body))) as weather:
        outcome = report(weather.url, "--retries", "0")

    outcome.assert_failed(6, "in the middle of the answer")


@pytest.mark.parametrize("body", [b"<html>", b"{'consumption': []}", b"[1]", BODY + b"x"])
def test_what_is_no_beginning_of_json_is_not_tried_again(body: bytes) -> None:
    """A page without a length is a page: exit 7, at once."""
    with Weather(always(raw(b"HTTP/1.0 200 OK\r\n\r\n" + body))) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(7, "the answer is not")
    assert len(weather.requests) == 1
