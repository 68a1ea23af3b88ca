"""Which proxy the environment means for the API's host, and what of it is passed over."""

import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

import httpx
import pytest
import trustme

from scenario_usage_cli.api import proxies
from scenario_usage_cli.api.proxies import find_proxy
from scenario_usage_cli.errors import ConfigurationError
from tests.api.reporting import report
from tests.support import usages
from tests.weather import Weather, always, answers, sends

API = "https://api.cloud.scenario.com/v1"
V6 = "https://[2001:db8::17]:8443/v1"


@pytest.fixture(autouse=True)
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The proxies of the machine that runs the tests are no part of them."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return monkeypatch


def find(url: str) -> str | None:
    """The address of the proxy for a URL."""
    proxy = find_proxy(httpx.URL(url))
    return None if proxy is None else str(proxy.url)


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({}, None),
        ({"HTTP_PROXY": "http://p:1"}, None),
        ({"HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        ({"https_proxy": "http://p:1", "HTTPS_PROXY": "http://q:2"}, "http://p:1"),
        ({"HTTPS_PROXY": "p:1"}, "http://p:1"),
        ({"HTTPS_PROXY": "https://p:1/"}, "https://p:1/"),
        ({"ALL_PROXY": "http://p:1"}, "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "ALL_PROXY": "socks://q:2"}, "http://p:1"),
        ({"HTTP_PROXY": "nonsense://", "HTTPS_PROXY": "", "ALL_PROXY": ""}, None),
    ],
    ids=str,
)
def test_the_nearest_variable_counts(
    environ: pytest.MonkeyPatch, variables: dict[str, str], found: str | None
) -> None:
    """HTTPS_PROXY, then ALL_PROXY; what is not used may be anything."""
    for name, value in variables.items():
        environ.setenv(name, value)

    assert find(API) == found


@pytest.mark.parametrize(
    ("exceptions", "url"),
    [
        ("*", API),
        ("localhost, *", API),
        ("api.cloud.scenario.com", API),
        ("API.Cloud.Scenario.Com.", API),
        ("scenario.com", API),
        (".scenario.com", API),
        ("*.scenario.com", API),
        ("api.cloud.scenario.com:443", API),
        ("https://api.cloud.scenario.com", API),
        ("[::1],fe80::/10 10.0.0.1:*,, scenario.com", API),
        ("2001:db8::17", V6),
        ("2001:DB8:0::17", V6),
        ("[2001:db8::17]", V6),
        ("[2001:db8::17]:8443", V6),
        ("2001:db8::/32", V6),
        ("[2001:db8::]/32", V6),
        ("10.0.0.0/8", "https://10.1.2.3/v1"),
        ("10.1.2.3/255.0.0.0", "https://10.1.2.3/v1"),
        ("10.1.2.3:443", "https://10.1.2.3/v1"),
        ("bücher.example", "https://bücher.example/v1"),
        ("xn--bcher-kva.example", "https://bücher.example/v1"),
        (".bücher.example", "https://api.bücher.example/v1"),
        ("xn--a", "https://xn--a/v1"),
    ],
)
def test_an_exception_that_means_the_host_counts(
    environ: pytest.MonkeyPatch, exceptions: str, url: str
) -> None:
    """By its name, one above it, its address or a range of them; then no proxy is looked at."""
    environ.setenv("ALL_PROXY", "socks://p:1")
    environ.setenv("NO_PROXY", exceptions)

    assert find(url) is None


@pytest.mark.parametrize(
    ("exceptions", "url"),
    [
        ("::1", API),
        ("[::1]", API),
        ("fe80::/10", API),
        ("[fe80::]/10,[::1]:8080", API),
        ("10.0.0.0/8,10.0.0.1:*", API),
        ("[", API),
        ("[]", API),
        ("]:1/", API),
        (".", API),
        ("*.", API),
        ("://", API),
        ("http://api.cloud.scenario.com", API),
        ("api.cloud.scenario.com:8443", API),
        ("enario.com", API),
        ("scenario.com.example", API),
        ("10.0.0.0/99", "https://10.1.2.3/v1"),
        ("10.1.2", "https://10.1.2.3/v1"),
        ("[2001:db8::17]:443", V6),
        ("2001:db9::/32", V6),
        ("0.0.0.0/0", V6),
        ("é..example,\udce9,xn--a,a" + "b" * 64, API),
    ],
)
def test_an_exception_that_means_another_host_is_passed_over(
    environ: pytest.MonkeyPatch, exceptions: str, url: str
) -> None:
    """So is one that means nothing at all."""
    environ.setenv("HTTPS_PROXY", "http://p:1")
    environ.setenv("NO_PROXY", exceptions)

    assert find(url) == "http://p:1"


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize(
    "value",
    [
        "socks://hunter2:hunter2@p:1",
        "socks4://hunter2@p:1",
        "ftp://hunter2:hunter2@p:1",
        "hunter2://p:1",
        "http://",
        "http://u:hunter2@p:port",
        "http://u:1/hunter2@p:1",
        "http://u:1#hunter2@p:1",
        "http://u:1?hunter2@p:1",
        "http://u:hunter2@p:1\x7f",
        "http://hunter2\udce9@p\udce9:1",
    ],
)
def test_a_proxy_that_would_be_used_and_cannot_be_is_named(
    environ: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """By its variable, and not by any part of its value, which may have a password anywhere."""
    environ.setenv(name, value)
    with pytest.raises(ConfigurationError) as caught:
        find(API)

    assert name in caught.value.message
    assert "NO_PROXY" in caught.value.hint
    assert "hunter2" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
@pytest.mark.parametrize("is_installed", [True, False])
def test_a_socks_proxy_needs_its_package(
    environ: pytest.MonkeyPatch, scheme: str, is_installed: bool
) -> None:
    """Which the hint names."""
    environ.setenv("ALL_PROXY", f"{scheme}://p:1")
    environ.setattr(proxies, "find_spec", lambda name: name if is_installed else None)
    if is_installed:
        assert find(API) == f"{scheme}://p:1"
        return
    with pytest.raises(ConfigurationError, match="ALL_PROXY names a SOCKS proxy") as caught:
        find(API)

    assert "pip install socksio" in caught.value.hint


def test_a_command_goes_to_its_host_past_what_is_not_meant_for_it(
    environ: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The host in NO_PROXY is asked itself, beside exceptions that nobody understands."""
    environ.setenv("ALL_PROXY", "socks://127.0.0.1:1")
    environ.setenv("NO_PROXY", "[::1]/x,fe80::/10,[fe80::]:9,127.0.0.0/8")
    with Weather(always(sends())) as weather:
        outcome = report(weather.url.replace("http:", "https:"))

    outcome.assert_failed(6, "TLS to 127.0.0.1")


def test_credentials_of_a_proxy_are_sent_to_it_alone(environ: pytest.MonkeyPatch) -> None:
    """In the request for a tunnel, and in nothing that is shown."""
    with Weather(always(sends(502))) as proxy:
        environ.setenv("ALL_PROXY", f"http://user:hunter2@127.0.0.1:{proxy.port}")
        outcome = report("https://api.example/v1", "--retries", "0", "--verbose")

    assert outcome.code == 6
    assert [r.headers.get("proxy-authorization") for r in proxy.requests] == [
        "Basic dXNlcjpodW50ZXIy"
    ]
    assert "hunter2" not in outcome.stderr


class Tunnel:
    """A proxy on loopback that connects whoever asks for a host to one port, and notes the host."""

    def __init__(self, target_port: int) -> None:
        self.asked: list[bytes] = []
        self._target_port = target_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        near = self._listener.accept()[0]
        far = socket.create_connection(("127.0.0.1", self._target_port))
        with near, far:
            self.asked.append(near.recv(65536).split(b"\r\n")[0])
            near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=self._pump, args=(far, near))
            back.start()
            self._pump(near, far)
            back.join()

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                sink.sendall(piece)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


def test_an_answer_comes_through_a_proxy(environ: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The API's certificate is checked at the far end, and the proxy sees no credentials."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("api.example").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    environ.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    fine = always(answers(usages()))
    with Weather(fine, tls=context) as weather, Tunnel(weather.port) as tunnel:
        environ.setenv("ALL_PROXY", f"http://127.0.0.1:{tunnel.port}")
        outcome = report("https://api.example/v1")

    assert (outcome.code, outcome.stderr) == (0, "")
    assert tunnel.asked == [b"CONNECT api.example:443 HTTP/1.1"]
    assert [request.headers["host"] for request in weather.requests] == ["api.example"]
