"""Redirects: refused, whoever they lead to, and nobody there hears of it."""

import pytest

from tests.api.reporting import report
from tests.cases import each
from tests.support import usages
from tests.weather import Weather, always, answers, sends

FINE = always(answers(usages()))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_is_refused(status: int) -> None:
    """Exit 5 with the host's name; it receives no request, and so no credentials."""
    with Weather(FINE) as elsewhere:
        target = f"http://localhost:{elsewhere.port}/v1/usages"
        with Weather(always(sends(status, headers={"Location": target}))) as weather:
            outcome = report(weather.url)

    outcome.assert_failed(5, f"the API answered {status} ", "set the base URL")
    assert ", to localhost" in outcome.error
    assert len(weather.requests) == 1
    assert elsewhere.requests == []
    assert outcome.waits == ()


@each("status", [301, 302, 307])
@each("target", ["/v2/usages", "usages/", "?page=2", "//", "", "."])
def test_a_redirect_within_the_host_is_refused_too(status: int, target: str) -> None:
    """The API has no such thing, so the base URL is wrong."""
    with Weather(always(sends(status, headers={"Location": target}))) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(5, f"the API answered {status} ", "set the base URL")
    assert len(weather.requests) == 1


def test_a_redirect_to_another_port_is_told_apart() -> None:
    """The same name with another port, or by https, is not where the credentials belong."""
    with Weather(FINE) as elsewhere:
        headers = {"Location": f"http://127.0.0.1:{elsewhere.port}/v1/usages"}
        with Weather(always(sends(302, headers=headers))) as weather:
            outcome = report(weather.url)

    outcome.assert_failed(5, f"to 127.0.0.1:{elsewhere.port}")
    assert elsewhere.requests == []


@each(
    "target",
    [
        "https://[bad",
        "https://exa mple/",
        "https://é..example/",
        "https://xn--a/",
        "https://xn--0/",
        "https://host:port/",
        "https://host:99999999/",
        "http://",
        "https:evil.example",
        "mailto:someone@example.com",
        "javascript:alert(1)",
        "ftp://files.example/usages",
        "\\\\evil.example\\share",
        "%",
        "https://host/\x7f",
        "https://" + "a" * 70_000,
        "größer",
    ],
)
@each("status", [301, 307])
def test_no_location_can_crash(status: int, target: str) -> None:
    """What is no address is a refused redirect all the same: exit 5, not tried again."""
    with Weather(always(sends(status, headers={"Location": target}))) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(5, f"the API answered {status} ", "set the base URL")
    assert len(weather.requests) == 1
    assert outcome.waits == ()


def test_a_redirect_without_a_location_is_refused() -> None:
    """There is nothing to follow, and nothing to crash over."""
    with Weather(always(sends(302))) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(5, "the API answered 302 Found")


def test_what_a_location_holds_besides_the_host_is_not_shown() -> None:
    """Its credentials and query belong to somebody."""
    target = "https://user:their-password@login.example/?token=their-token"
    with Weather(always(sends(302, headers={"Location": target}))) as weather:
        outcome = report(weather.url, "--verbose")

    assert outcome.code == 5
    assert "login.example" in outcome.error
    assert "their-" not in outcome.stderr


def test_a_server_that_wants_its_redirect_retried_gets_no_further() -> None:
    """x-should-retry repeats the request to the same address, five times."""
    with Weather(FINE) as elsewhere:
        headers = {"Location": elsewhere.url, "x-should-retry": "true"}
        with Weather(always(sends(302, headers=headers))) as weather:
            outcome = report(weather.url)

    outcome.assert_failed(5, "the API answered 302 Found")
    assert len(weather.requests) == 5
    assert elsewhere.requests == []
