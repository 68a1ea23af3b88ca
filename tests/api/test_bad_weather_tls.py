"""TLS: whose certificates are believed, and that nothing is sent to anybody else."""

import datetime
import itertools
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
import trustme

from scenario_usage_cli.api.certificates import build_ssl_context
from tests.api.reporting import report
from tests.support import NOW, usages
from tests.weather import Weather, always, answers, sends

FINE = always(answers(usages()))
VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def _no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies and certificates of the machine that runs the tests are no part of them."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A certificate authority that no system knows."""
    return trustme.CA()


@pytest.fixture(scope="module")
def authority_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its certificate, as a company's administrator hands it out."""
    path = tmp_path_factory.mktemp("tls") / "company.pem"
    authority.cert_pem.write_to_path(path)
    return path


def hash_subject(path: Path) -> str:
    """What OpenSSL calls a certificate in a folder of them, without its number."""
    command = ["openssl", "x509", "-noout", "-subject_hash", "-in", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def build_context(
    authority: trustme.CA, name: str = "127.0.0.1", not_after: datetime.datetime | None = None
) -> ssl.SSLContext:
    """The server's side, with a certificate for that name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, not_after=not_after).configure_cert(context)
    return context


def test_a_certificate_of_a_stranger_is_refused(authority: trustme.CA) -> None:
    """Exit 6, at once: trying again cannot mend it, and the hint says what can."""
    with Weather(FINE, tls=build_context(authority)) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(6, f"TLS to 127.0.0.1:{weather.port} failed: ", "SSL_CERT_FILE")
    assert "certificate verify failed" in outcome.error
    assert weather.requests == []
    assert outcome.waits == ()


@pytest.mark.parametrize("scheme", ["https", "HTTPS", "Https"])
def test_the_case_of_the_scheme_changes_nothing(authority: trustme.CA, scheme: str) -> None:
    """`HTTPS://` is https: a stranger there sees no credentials either."""
    with Weather(FINE, tls=build_context(authority)) as weather:
        outcome = report(weather.url.replace("https", scheme))

    assert weather.requests == []
    assert outcome.code in (3, 6)
    outcome.assert_failed(outcome.code, "")


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_certificate_that_a_variable_names_is_believed(
    authority: trustme.CA, authority_file: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """The hint's advice works, for each of them."""
    monkeypatch.setenv(variable, str(authority_file))
    with Weather(FINE, tls=build_context(authority)) as weather:
        outcome = report(weather.url)

    assert (outcome.code, outcome.stderr) == (0, "")
    assert len(weather.requests) == 1


@pytest.mark.skipif(not shutil.which("openssl"), reason="it names the files of such a folder")
@pytest.mark.parametrize(
    ("variable", "value"),
    [("SSL_CERT_DIR", "{}"), ("SSL_CERT_DIR", "/nonexistent:{}"), ("REQUESTS_CA_BUNDLE", "{}")],
)
def test_a_folder_of_certificates_is_believed(
    authority: trustme.CA,
    authority_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
) -> None:
    """As OpenSSL has them, one or several."""
    shutil.copy(authority_file, tmp_path / f"{hash_subject(authority_file)}.0")
    monkeypatch.setenv(variable, value.format(tmp_path))
    with Weather(FINE, tls=build_context(authority)) as weather:
        outcome = report(weather.url)

    assert (outcome.code, outcome.stderr) == (0, "")
    assert len(weather.requests) == 1


@pytest.mark.parametrize(("first", "second"), list(itertools.pairwise(VARIABLES)))
def test_the_first_variable_that_is_set_counts(
    authority: trustme.CA,
    authority_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    first: str,
    second: str,
) -> None:
    """The next one may be anything, and an empty one is none."""
    monkeypatch.setenv(first, str(authority_file))
    monkeypatch.setenv(second, "/nonexistent/ca.pem")
    with Weather(FINE, tls=build_context(authority)) as weather:
        chosen = report(weather.url)
        monkeypatch.setenv(first, "")
        other = report(weather.url)

    assert chosen.code == 0
    other.assert_failed(3, f"{second} names, /nonexistent/ca.pem: No such file", second)


def test_the_store_of_the_system_is_believed(
    authority: trustme.CA, authority_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company's authority that its administrator put there needs no variable; those that come
    with certifi are believed beside it.
    """

    def load(context: ssl.SSLContext, *args: object) -> None:
        context.load_verify_locations(authority_file)

    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", load)
    with Weather(FINE, tls=build_context(authority)) as weather:
        outcome = report(weather.url)

    assert (outcome.code, outcome.stderr) == (0, "")
    assert build_ssl_context().cert_store_stats()["x509_ca"] > 50


@pytest.mark.parametrize(
    ("name", "not_after", "said"),
    [
        ("other.example", None, "mismatch"),
        ("127.0.0.1", datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), "expired"),
    ],
)
def test_a_certificate_that_does_not_fit_is_refused(
    authority: trustme.CA,
    authority_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    not_after: datetime.datetime | None,
    said: str,
) -> None:
    """Another host's, or an old one, is refused though its authority is believed."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority_file))
    with Weather(FINE, tls=build_context(authority, name, not_after)) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(6, said, "SSL_CERT_FILE")
    assert weather.requests == []
    assert outcome.waits == ()


def test_plain_http_behind_https_is_a_tls_failure() -> None:
    """A server that does not speak TLS is not sent anything it could read."""
    with Weather(FINE) as weather:
        outcome = report(weather.url.replace("http:", "https:"))

    outcome.assert_failed(6, f"TLS to 127.0.0.1:{weather.port} failed: ", "base URL")
    assert weather.requests == []
    assert outcome.waits == ()


def test_tls_behind_plain_http_is_a_broken_connection(authority: trustme.CA) -> None:
    """Exit 6, as for any server that hangs up."""
    with Weather(FINE, tls=build_context(authority)) as weather:
        outcome = report(weather.url.replace("https:", "http:"))

    outcome.assert_failed(6, f"the connection to 127.0.0.1:{weather.port} broke: ")
    assert weather.requests == []


def test_errors_and_retries_are_the_same_over_tls(
    authority: trustme.CA, authority_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A body that is cut short there is tried five times too, and exit 6."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority_file))
    behave = always(sends(body=b"{" * 100).cut_short(50, "close"))
    with Weather(behave, tls=build_context(authority)) as weather:
        outcome = report(weather.url, now=NOW)

    outcome.assert_failed(6, "(tried 5 times)")
    assert len(weather.requests) == 5


@pytest.mark.parametrize(
    "content", [None, "", "no certificate\n"], ids=["missing", "empty", "garbage"]
)
@pytest.mark.parametrize("variable", VARIABLES)
def test_a_certificate_file_that_cannot_be_used_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, content: str | None
) -> None:
    """Exit 3, with the variable or the file, as whoever reads it must know what to mend."""
    path = tmp_path / "authorities.pem"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv(variable, str(path))

    outcome = report("https://127.0.0.1:1/v1")

    outcome.assert_failed(3, f"{variable} names, {path}: ", f"unset {variable}")
    assert outcome.waits == ()
