"""The bad-weather server itself: what other tests lean on."""

import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import trustme

from tests.weather import Behaviour, Request, Weather, always, answers, script, sends, serve, stalls


def fetch(url: str) -> httpx.Response:
    """One request on a connection of its own."""
    return httpx.get(url, trust_env=False)


def test_no_thread_and_no_socket_is_left_behind() -> None:
    """Not even for clients that stall, that never spoke, or that are in the middle of TLS."""
    before = threading.active_count()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    for tls in (None, context):
        with Weather(always(stalls()), tls=tls) as weather:
            address = ("127.0.0.1", weather.port)
            mute = socket.create_connection(address)
            speaking = socket.create_connection(address)
            speaking.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert threading.active_count() > before
        assert threading.active_count() == before
        mute.close()
        speaking.close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address)


def test_requests_are_kept_as_they_came() -> None:
    """Method, path, query, headers and body, also several on one connection."""
    with Weather(always(answers({}))) as weather, httpx.Client(trust_env=False) as client:
        client.get(f"{weather.url}/a?x=1&y=&x=2", headers={"X-Odd": "two words"})
        client.post(f"{weather.url}/b", content=b"body")

    first, second = weather.requests
    assert (first.method, first.path, first.query) == ("GET", "/v1/a", {"x": "2", "y": ""})
    assert first.headers["x-odd"] == "two words"
    assert (second.method, second.path, second.body) == ("POST", "/v1/b", b"body")


def test_a_script_that_is_over_fails_the_test() -> None:
    """One request too many is a fault of the code under test, not a quiet end."""
    weather = Weather(script(answers({})))
    weather.__enter__()
    assert fetch(weather.url).status_code == 200
    with pytest.raises(httpx.RemoteProtocolError):
        fetch(weather.url)

    with pytest.raises(AssertionError, match="one request too many: GET /v1"):
        weather.__exit__(None, None, None)


def test_an_application_is_served_with_its_status_headers_and_body() -> None:
    """The environment is that of the request, as PEP 3333 has it."""

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("418 Short And Stout", [("X-Pot", environ["HTTP_X_CUP"])])
        return [environ["PATH_INFO"].encode("latin-1"), b"?", environ["QUERY_STRING"].encode()]

    with Weather(serve(app)) as weather:
        response = httpx.get(
            f"{weather.url}/t%C3%A9?q=%20", headers={"X-Cup": "1"}, trust_env=False
        )

    assert (response.status_code, response.reason_phrase) == (418, "Short And Stout")
    assert response.headers["x-pot"] == "1"
    assert response.content == "/v1/té?q=%20".encode()


def test_requests_are_answered_side_by_side() -> None:
    """A callable may wait for others to arrive, as tests of parallel fetches will."""
    together = threading.Barrier(4, timeout=120)

    def behave(request: Request) -> Behaviour:
        together.wait()
        return sends(int(request.query["status"]))

    with Weather(behave) as weather, ThreadPoolExecutor(4) as pool:
        urls = [f"{weather.url}?status={status}" for status in (200, 404, 429, 500)]
        statuses = [response.status_code for response in pool.map(fetch, urls)]

    assert statuses == [200, 404, 429, 500]
    assert len(weather.requests) == 4
