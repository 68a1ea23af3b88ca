"""The deadline of a request: what may drip, and that nothing passes it."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpcore
import pytest
import trustme

from scenario_usage_cli.api import client
from scenario_usage_cli.api.deadline import Deadline
from tests.api.reporting import report
from tests.support import usages
from tests.weather import Behaviour, Weather, always, answers

FINE = b"".join(answers(usages()).pieces)
HEAD, _, BODY = FINE.partition(b"\r\n\r\n")
DRIPS = {
    "early answers": (b"HTTP/1.1 103 Early Hints\r\n\r\n" * 10,) * 100_000,
    "head": tuple(bytes([byte]) for byte in HEAD),
    "body": (HEAD + b"\r\n\r\n", *(bytes([byte]) for byte in BODY)),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"1\r\n \r\n"] * 100),
    "error": (b"HTTP/1.1 500 Busy\r\nContent-Length: 900\r\n\r\n", *[b" "] * 900),
}


class Clock:
    """A clock that each look at it moves on by so many seconds."""

    def __init__(self, step_s: float) -> None:
        self.now = 0.0
        self._step_s = step_s

    def __call__(self) -> float:
        self.now += self._step_s
        return self.now


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fifth of a second at the usual --timeout, so that no single wait can pass that."""
    monkeypatch.setattr(client, "TIMEOUTS_PER_REQUEST", 0.2 / client.READ_TIMEOUT_S)


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("pieces", DRIPS.values(), ids=DRIPS.keys())
def test_a_server_that_drips_is_given_up(pieces: tuple[bytes, ...]) -> None:
    """In whichever part of its answer: exit 6, and no second try, which would be as long."""
    gap_s = 0.0 if len(pieces) > 10_000 else 0.02
    with Weather(always(Behaviour(pieces, then="stall", gap_s=gap_s))) as weather:
        outcome = report(weather.url, "--json")

    outcome.assert_failed(
        6, f"no complete answer from 127.0.0.1:{weather.port} within 0.2 s", "ten "
    )
    assert len(weather.requests) == 1
    assert outcome.waits == ()


@pytest.mark.usefixtures("patience")
def test_a_drip_behind_tls_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Encryption hides nothing of it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(f"{tmp_path}/ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", f"{tmp_path}/ca.pem")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    drip = Behaviour(DRIPS["head"], then="stall", gap_s=0.02)
    with Weather(always(drip), tls=context) as weather:
        outcome = report(weather.url, "--json")

    outcome.assert_failed(6, f"no complete answer from 127.0.0.1:{weather.port} within 0.2 s")


def test_no_wait_is_longer_than_what_is_left() -> None:
    """Of a timeout and the time to the deadline, the shorter one holds; then nothing does."""
    clock = Clock(1.0)
    deadline = Deadline(clock)

    assert deadline.cut(5.0, httpcore.ReadTimeout) == 5.0  # none is set
    deadline.start(10)
    left = [deadline.cut(5.0, httpcore.ReadTimeout) for _ in range(9)]
    with pytest.raises(httpcore.ReadTimeout):
        deadline.cut(5.0, httpcore.ReadTimeout)

    assert left == [5, 5, 5, 5, 5, 4, 3, 2, 1]
    assert deadline.has_passed
    deadline.start(10)
    assert not deadline.has_passed


@pytest.fixture
def dripping_port() -> Iterator[int]:
    """A port on loopback whose server begins a TLS record, and sends a byte of it now and then."""
    is_over = threading.Event()

    def drip(listener: socket.socket) -> None:
        with listener.accept()[0] as connection, suppress(OSError):
            connection.sendall(b"\x16\x03\x03\x40\x00")
            while not is_over.wait(0.02):
                connection.sendall(b"\0")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,))
        thread.start()
        yield listener.getsockname()[1]
        is_over.set()
        thread.join()


@pytest.mark.usefixtures("patience")
def test_a_handshake_that_drips_is_given_up(
    dripping_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything was asked."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    outcome = report(f"https://127.0.0.1:{dripping_port}/v1", "--json")

    outcome.assert_failed(6, f"no complete answer from 127.0.0.1:{dripping_port} within 0.2 s")


FAILURES = [
    kind
    for kind in vars(httpcore).values()
    if isinstance(kind, type) and issubclass(kind, Exception) and "Available" not in kind.__name__
]


@pytest.mark.parametrize("kind", FAILURES, ids=lambda kind: kind.__name__)
def test_every_failure_of_the_pool_is_one_of_a_request(
    kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that httpcore may add: none of them may look like a bug of this tool."""

    def fail(*args: object) -> httpcore.NetworkStream:
        raise kind("the words")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", fail)
    outcome = report("http://127.0.0.1:1/v1", "--retries", "0")

    outcome.assert_failed(6, "127.0.0.1:1")
