"""Where requests go: hosts that are not there, base URLs that cannot be, proxies on the way."""

import socket

import pytest

from tests.api.reporting import report
from tests.support import run, usages
from tests.weather import Weather, always, answers, sends

FINE = answers(usages())
PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the machine that runs the tests are no part of them."""
    for name in (*PROXIES, "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def closed_port() -> int:
    """A port on loopback where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def resolve_nothing(host: str, *args: object, **kwargs: object) -> list[object]:
    """What the resolver says of every name, without asking the network."""
    host.encode("idna")  # as the real one does first, with its UnicodeError
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def test_a_refused_connection_is_exit_6(closed_port: int) -> None:
    """Nobody listens there: after five tries, the host and port are named."""
    outcome = report(f"http://127.0.0.1:{closed_port}/v1")

    outcome.assert_failed(6, f"cannot connect to 127.0.0.1:{closed_port}: ", "check the network")
    assert outcome.error.endswith("(tried 5 times)")
    assert len(outcome.waits) == 4


def test_an_unknown_host_is_exit_6(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS may come back, so that is tried five times too."""
    monkeypatch.setattr(socket, "getaddrinfo", resolve_nothing)

    outcome = report("https://nonexistent.invalid/v1")

    outcome.assert_failed(6, "cannot connect to nonexistent.invalid: ", "base URL")
    assert "Name or service not known" in outcome.error
    assert len(outcome.waits) == 4


@pytest.mark.parametrize(
    "url",
    [
        "https://api..scenario.com/v1",
        f"https://{'a' * 64}.com/v1",
        "https://é..example/v1",
        "https://xn--a/v1",
        "https://api.example/v1\x7f",
    ],
)
def test_a_base_url_with_an_impossible_host_is_a_clean_failure(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A doubled dot is a typo, not a bug of this tool: it is no URL (3), or not reached (6)."""
    monkeypatch.setattr(socket, "getaddrinfo", resolve_nothing)

    outcome = report(url)

    assert outcome.code in (3, 6), outcome.stderr
    outcome.assert_failed(outcome.code, "")


def test_digits_of_other_scripts_make_no_loopback_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """`127.0.0.๑` is a name that anyone may answer for: no plain http to it."""
    monkeypatch.setattr(socket, "getaddrinfo", resolve_nothing)

    outcome = report("http://127.0.0.๑/v1")

    outcome.assert_failed(3, "unencrypted", "https://")


@pytest.mark.parametrize("end", ["?", "#", "/", "//", "/.", "?#"])
def test_what_stands_at_the_end_of_a_base_url_does_not_move_the_path(end: str) -> None:
    """The path is asked for below it, or the URL is refused; nothing else is asked instead."""
    with Weather(always(FINE)) as weather:
        outcome = report(weather.url + end)

    if outcome.code == 0:
        assert [request.path for request in weather.requests] == ["/v1/usages"]
    else:
        outcome.assert_failed(3, "SCENARIO_BASE_URL")
        assert weather.requests == []


def test_more_ids_than_a_url_can_hold_are_no_crash() -> None:
    """70 kB of --user is a command line that cannot be meant."""
    users = [text for number in range(700) for text in ("--user", f"user_{number:0>95}")]

    result = run("report", *users)

    assert result.code == 2, result.stderr
    assert result.stdout == ""


def test_no_proxy_sees_plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain http is for this machine, whatever the environment says of proxies."""
    with Weather(always(FINE)) as proxy, Weather(always(FINE)) as weather:
        for name in PROXIES:
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        outcome = report(weather.url)

    assert outcome.code == 0
    assert len(weather.requests) == 1
    assert proxy.requests == []


def test_a_proxy_that_refuses_sees_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """For https a proxy is asked for a tunnel; what goes through is encrypted."""
    with Weather(always(sends(407))) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:proxy-password@127.0.0.1:{proxy.port}")
        outcome = report("https://api.cloud.scenario.com/v1", "--verbose")

    assert (outcome.code, outcome.stdout) == (6, "")
    assert "407 Proxy Authentication Required" in outcome.error
    assert "proxy-password" not in outcome.stderr
    assert {request.method for request in proxy.requests} == {"CONNECT"}
    assert [request for request in proxy.requests if "authorization" in request.headers] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:1"),
        ("HTTPS_PROXY", "ftp://127.0.0.1:1"),
        ("HTTPS_PROXY", "http://127.0.0.1:port"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_a_configuration_error(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A SOCKS proxy needs a package that is not there; another scheme is a typo: exit 3, once."""
    monkeypatch.setenv(name, value)

    outcome = report("https://api.cloud.scenario.com/v1")

    outcome.assert_failed(3, "")
    assert name in outcome.stderr or value in outcome.stderr
    assert outcome.waits == ()


@pytest.mark.parametrize("mark", ["/", "?", "#"])
def test_no_part_of_a_proxys_password_is_ever_shown(
    mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password with a character that it should have had encoded is no URL: which part, and of
    whom, is not said.
    """
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:sup3r{mark}s3cret@127.0.0.1:1")

    outcome = report("https://api.cloud.scenario.com/v1", "--verbose")

    assert (outcome.code, outcome.stdout) == (3, "")
    assert "error: the proxy of the environment" in outcome.stderr
    assert "HTTPS_PROXY" in outcome.stderr
    assert "sup3r" not in outcome.stderr
    assert "s3cret" not in outcome.stderr
