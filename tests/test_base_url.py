"""The base URL: credentials go to no address that is broken, foreign or unencrypted."""

from pathlib import Path

import pytest

from scenario_usage_cli.settings import Setting
from tests.support import CREDENTIALS, FakeApi, run
from tests.test_settings import load, refuse


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Where the config file of a test would be."""
    return tmp_path / "config.toml"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://api.example", "https://api.example"),
        ("https://api.example/", "https://api.example"),
        ("https://api.example/v1/", "https://api.example/v1"),
        ("https://api.example/v1//", "https://api.example/v1"),
        ("https://api.example:8443/v1", "https://api.example:8443/v1"),
        ("https://[2001:db8::1]/v1", "https://[2001:db8::1]/v1"),
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"),
        ("http://127.0.0.2/v1", "http://127.0.0.2/v1"),
        ("http://127.255.255.254", "http://127.255.255.254"),
        ("http://localhost:8080/v1", "http://localhost:8080/v1"),
        ("http://LocalHost/v1", "http://LocalHost/v1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
    ],
)
def test_a_safe_base_url_is_taken_without_its_last_slash(
    config: Path, given: str, used: str
) -> None:
    """https anywhere, plain http on this machine; from the option and from the environment."""
    assert load(config, base_url=given).base_url == Setting(used, "--base-url")
    assert load(config, {"SCENARIO_BASE_URL": given}).base_url == Setting(used, "SCENARIO_BASE_URL")


URLS = """
api.example localhost:8080 //api.example/v1 /v1 https https: https:// https:///v1 https:/api.example
ftp://api.example file:///etc/passwd ws://localhost javascript:alert(1) https://:443/v1
https://api.example:99999 https://api.example:0 https://api.example:-1 https://api.example:x
https://api.example:80:80 https://[::1
https://api.example/v1?team=1 https://api.example/v1#top https://api.example/v1?
https://api.example/v1# https://key:value-of-key@api.example https://value-of-key@api.example
https://@api.example https://key:value-of-key@api.example:99999 ftp://key:value-of-key@api.example
https://api.example/\x7f
http://api.example http://127.evil.com http://127.0.0.1.evil.com http://127.0.0.1@evil.com
http://localhost.evil.com http://evil.com/localhost http://evil.com#localhost http://0.0.0.0
http://10.0.0.1 http://[::2] http://[::ffff:10.0.0.1] http://128.0.0.1 http://127.0.0.256
http://127.999.0.1 http://127.0.0 http://localhost%2eevil.com http://localhost\\@evil.com
http://127.٠.٠.١
"""


@pytest.mark.parametrize(
    "url",
    [*URLS.split(), " https://api.example", "https://api.example ", "https://a b", "https://a\tb"],
)
def test_an_unsafe_or_broken_base_url_is_refused(config: Path, url: str) -> None:
    """The message names the source; userinfo, which may be a secret, is not repeated."""
    for error in (refuse(config, base_url=url), refuse(config, {"SCENARIO_BASE_URL": url})):
        assert error.message.startswith(("--base-url ", "SCENARIO_BASE_URL "))
        assert "value-of-key" not in error.message + error.hint


@pytest.mark.parametrize(
    "url",
    ["https://[v1.a]/", "https://999.1.1.1", "https://…/", "https://a\xad.b"],
)
def test_a_host_that_cannot_be_is_exit_3(url: str) -> None:
    """Where only a resolver would notice; nothing is sent, and the message names the source."""
    environ = {**CREDENTIALS, "SCENARIO_BASE_URL": url}
    result = run("report", environ=environ, transport=FakeApi())

    assert (result.code, result.stdout) == (3, "")
    assert "SCENARIO_BASE_URL" in result.stderr
