"""Connections that fail: reset, stalled, cut short, spoken on in another language."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from tests.api.reporting import report
from tests.support import FakeApi, run, usages
from tests.weather import (
    Behaviour,
    Weather,
    always,
    answers,
    hangs_up,
    raw,
    resets,
    script,
    sends,
    serve,
    stalls,
    trickles,
)

FINE = answers(usages())
CHUNKED = sends(body=b'{"consumption": []}', chunked=True)


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the machine that runs the tests are no part of them."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def mute_port() -> Iterator[int]:
    """A port on loopback where connections are made, and nobody is there."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (resets(), "broke: "),
        (hangs_up(), "broke: Server disconnected"),
        (FINE.cut_short(1, "close"), "broke: peer "),
        (FINE.cut_short(1, "reset"), "broke: "),
        (CHUNKED.cut_short(1, "close"), "broke: peer "),
        (CHUNKED.cut_short(6, "close"), "broke: peer "),
        (CHUNKED.cut_short(20, "reset"), "broke: "),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Le"), "broke: "),
        (raw(b"SSH-2.0-OpenSSH_9.6\r\n"), "broke: "),
        (raw(b"\x16\x03\x01\x02\x00\r\n\r\n"), "broke: "),
        (raw(b"HTTP/2 200 OK\r\n\r\n{}"), "broke: "),
        (raw(b"HTTP/1.1 20 OK\r\n\r\n{}"), "broke: "),
        (raw(b"HTTP/1.1 099 Odd\r\n\r\n"), "broke: "),
        (raw(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), "broke: "),
        (raw(b"HTTP/1.1 200 OK\r\nX-Y: a\x00b\r\n\r\n{}"), "broke: "),
        (raw(b"HTTP/1.1 200 OK\r\nX Y\r\n\r\n{}"), "broke: "),
        (sends(body=b"{}", headers={"Content-Length": "two"}), "broke: "),
        (sends(body=b"{}", headers={"Content-Length": "-2"}), "broke: "),
        (sends(headers=[("Content-Length", "2"), ("Content-Length", "3")]), "broke: "),
        (sends(body=b"{}", headers={"Transfer-Encoding": "zip"}), "broke: "),
        (sends(body=b"{}", headers={"X-Large": "x" * 200_000}), "broke: "),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "broke: "),
    ],
    ids=lambda value: repr(value.pieces)[1:50] if isinstance(value, Behaviour) else "",
)
def test_a_connection_that_breaks_is_tried_five_times(trouble: Behaviour, said: str) -> None:
    """Exit 6, with the host and what happened, and no byte of half an answer counted."""
    with Weather(always(trouble)) as weather:
        outcome = report(weather.url, "--json")

    outcome.assert_failed(6, said, "check the network")
    assert f"the connection to 127.0.0.1:{weather.port} " in outcome.error
    assert outcome.error.endswith("(tried 5 times)")
    assert len(weather.requests) == 5
    assert len(outcome.waits) == 4


@pytest.mark.parametrize(
    "trouble",
    [stalls(), FINE.cut_short(1, "stall"), raw(b"HTTP/1.1 200 OK\r\n").cut_short(2, "stall")],
    ids=["before the answer", "in its body", "in its head"],
)
def test_a_server_that_stalls_is_given_up(trouble: Behaviour) -> None:
    """After --timeout, and again after the last retry: exit 6, and the seconds are named."""
    with Weather(always(trouble)) as weather:
        outcome = report(weather.url, "--timeout", "0.1", "--retries", "1")

    outcome.assert_failed(6, "within 0.1 s (tried 2 times)", "--timeout")
    assert [request.path.removeprefix("/v1") for request in weather.requests[:2]] == [
        "/usages",
        "/usages",
    ]
    assert len(outcome.waits) == 1


def test_a_stall_that_passes_is_survived() -> None:
    """The second try asks on a new connection."""
    with Weather(script(stalls(), FINE)) as weather:
        outcome = report(weather.url, "--timeout", "0.4")

    assert (outcome.code, outcome.stderr) == (0, "")
    assert len(weather.requests) == 2


def test_a_slow_answer_is_read_to_its_end() -> None:
    """Bytes that keep coming are not given up, though all together take longer than --timeout."""
    with Weather(always(trickles(FINE, pieces=10, gap_s=0.04))) as weather:
        outcome = report(weather.url, "--timeout", "0.3")

    assert outcome.code == 0
    assert len(weather.requests) == 1


def test_a_handshake_that_gets_no_answer_is_a_timeout(mute_port: int) -> None:
    """TLS to a host that says nothing ends as a connection that was not made in time."""
    outcome = report(f"https://127.0.0.1:{mute_port}/v1", "--timeout", "0.1", "--retries", "1")

    outcome.assert_failed(6, f"no connection to 127.0.0.1:{mute_port} within 0.1 s", "--timeout")
    assert len(outcome.waits) == 1


def find_errors(kind: type[httpx.RequestError] = httpx.RequestError) -> list[type[httpx.HTTPError]]:
    """Every error with which httpx can end a request."""
    found: list[type[httpx.HTTPError]] = [kind]
    for child in kind.__subclasses__():
        found += find_errors(child)
    return found


@pytest.mark.parametrize("kind", find_errors(), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("words", ["the words", "", "\x1b[31mred\nsecond line"])
def test_every_error_of_httpx_has_an_exit_code(kind: type[httpx.HTTPError], words: str) -> None:
    """6 for what is known today and for what httpx may add; 7 for an answer that came garbled."""
    result = run("report", "--retries", "0", transport=FakeApi(kind(words)))

    assert result.code == (7 if kind is httpx.DecodingError else 6)
    assert result.stdout == ""
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["error", "hint"]
    assert "\x1b" not in result.stderr
    assert "api.cloud.scenario.com" in result.error


def test_an_informational_answer_is_not_the_answer() -> None:
    """100 and 103 may come before it, several times."""
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 3
    with Weather(always(raw(early, *FINE.pieces))) as weather:
        outcome = report(weather.url)

    assert (outcome.code, outcome.stderr) == (0, "")


def test_an_answer_without_length_ends_with_the_connection() -> None:
    """As HTTP/1.0 has it."""
    body = FINE.pieces[0].partition(b"\r\n\r\n")[2]
    with Weather(always(raw(b"HTTP/1.0 200 OK\r\n\r\n", body))) as weather:
        outcome = report(weather.url)

    assert (outcome.code, outcome.stderr) == (0, "")


def test_faults_can_stand_in_front_of_the_sandbox() -> None:
    """Real answers, after a reset: the figures are those of a quiet day."""
    from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox
    from tests.support import NOW

    environ = {
        "SCENARIO_SDK_API_KEY": API_KEY,
        "SCENARIO_SDK_API_SECRET": API_SECRET,
        "SCENARIO_USAGE_CONFIG": "/proc/nonexistent/config.toml",
    }
    studio = serve(Sandbox(lambda: NOW))
    with Weather(script(resets(), then=studio)) as weather:
        outcome = report(weather.url, "--json", environ=environ)

    assert outcome.json == run("report", "--demo", "--json").json
    assert sum("/usages?" in request.target for request in weather.requests) == 2
