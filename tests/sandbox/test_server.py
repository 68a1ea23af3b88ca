"""The sandbox over a real socket: kept, odd, lost and many connections."""

import http.client
import socket
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from scenario_usage_cli.sandbox import TOKEN, Sandbox
from scenario_usage_cli.sandbox.server import build_server
from tests.sandbox.probe import serving

AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def connection(port: int) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    yield connection
    connection.close()


def test_connection_is_kept(connection: http.client.HTTPConnection) -> None:
    """Requests, refusals and even one with a body follow each other on one connection."""
    sockets = set()
    for method, path, body in (
        ("GET", "/v1/usages", None),
        ("POST", "/v1/usages", b"x" * 3000),
        ("GET", "/nowhere", None),
        ("HEAD", "/v1/usages", None),
        ("GET", "/v1/teams", None),
    ):
        connection.request(method, path, body, AUTHORIZED)
        response = connection.getresponse()
        assert response.version == 11
        assert len(response.read()) == (
            0 if method == "HEAD" else int(response.headers["Content-Length"])
        )
        assert connection.sock is not None
        sockets.add(connection.sock.getsockname())

    assert len(sockets) == 1


@pytest.mark.parametrize(
    "head",
    [
        b"GET /v1/teams HTTP/1.0\r\n\r\n",
        b"GET /v1/teams HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        b"GET /v1/teams HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"POST /v1/teams HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/teams HTTP/1.1\r\nContent-Length: abc\r\n\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"\r\n",
    ],
)
def test_connection_is_closed_where_it_must(port: int, head: bytes) -> None:
    """Old and odd requests are answered, if at all, and the connection ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=120) as client:
        client.sendall(head)
        received = b""
        try:
            while chunk := client.recv(65_536):
                received += chunk
        except ConnectionResetError:
            pass

    assert received == b"" or b"HTTP/1.1 4" in received[:10] or b"400 - Bad request" in received


def test_lost_clients_are_nobodys_business(
    port: int, connection: http.client.HTTPConnection, capfd: pytest.CaptureFixture[str]
) -> None:
    """Clients that hang up before, during and after a request print nothing and hurt no one."""
    request = b"GET /v1/usages?timeRange=last-three-days HTTP/1.1\r\nAuthorization: Bearer "
    request += TOKEN.encode() + b"\r\n\r\n"
    for sent in (b"", b"GET /v1/us", request[:-2], request, request * 3):
        client = socket.create_connection(("127.0.0.1", port), timeout=120)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.sendall(sent)
        if sent == request:
            client.recv(10)  # the answer is on its way
        client.close()  # with a reset

    connection.request("GET", "/v1/teams", headers=AUTHORIZED)  # accepted after all of them
    assert connection.getresponse().read()
    connection.close()
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(120)
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


@pytest.mark.parametrize(
    ("defect", "told"), [(ZeroDivisionError("defect"), 2), (TimeoutError("defect"), 0)]
)
def test_defect_is_told_here_and_not_there(
    defect: Exception, told: int, capfd: pytest.CaptureFixture[str]
) -> None:
    """Should the application fail, the client gets a plain 500 and stderr the traceback.

    A timeout while sending is no defect.
    """

    def broken(environ: Any, start_response: Any) -> list[bytes]:
        raise defect

    with serving(broken) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        for _ in range(2):
            connection.request("GET", "/")
            response = connection.getresponse()
            assert response.status == 500
            assert b"defect" not in response.read()
        connection.close()

    assert capfd.readouterr().err.count("Error: defect") == told


def test_many_clients_get_the_same_answers(port: int) -> None:
    """Thirty-two clients at once are all served what one alone is served."""

    def ask(index: int) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        path = f"/v1/usages?startDate=2026-01-0{index % 4 + 1}&endDate=2026-01-0{index % 4 + 2}"
        connection.request("GET", path, headers=AUTHORIZED)
        try:
            return index % 4, connection.getresponse().read()
        finally:
            connection.close()

    with ThreadPoolExecutor(32) as pool:
        answers = set(pool.map(ask, range(32)))

    assert len(answers) == 4


def test_taken_port_is_an_error(port: int) -> None:
    """A port in use is the caller's to report."""
    with pytest.raises(OSError, match="in use"):
        build_server(Sandbox(), port)
