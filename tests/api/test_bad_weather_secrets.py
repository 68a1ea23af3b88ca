"""Secrets stay secret: what is sent to whom, and what comes back of it, in every place it could."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from scenario_usage_cli import __version__
from tests.api.reporting import BASIC, SECRETS, Outcome, report
from tests.cases import each
from tests.support import CREDENTIALS, KEY, NOW, SECRET, FakeApi, model_row, point, run, usages
from tests.weather import JSON, Weather, always, answers, resets, script, sends

FINE = answers(usages())
TOKEN = "token-ae5521+/a/b=="
NO_CREDENTIALS = {"SCENARIO_USAGE_CONFIG": "/proc/nonexistent/config.toml"}
FORMATS = ["table", "json", "csv", "tsv", "markdown"]
ECHOES = {
    "key": KEY,
    "secret": SECRET,
    "header": f"Basic {BASIC}",
    "sentence": f"no access for {KEY}:{SECRET} ({BASIC})",
    "twice": KEY + SECRET + SECRET,
}


def escape(text: str) -> str:
    """The text as JSON may spell it."""
    return "".join(f"\\u{ord(letter):04x}" for letter in text)


def echo(text: str) -> dict[str, Any]:
    """An answer that has the text in every string that a report could show."""
    actions = {"usageName": text, "granularity": text, "points": [point(value="1", apiKey="0")]}
    counts = [point(count=1, countApiKey=0)]
    return usages(
        consumption=[{"userId": text, "value": 1, "discount": 0, "total": 1}],
        models=[model_row(text, point(jobs=1, cost=1))],
        assets=[{"kind": text, "points": counts}],
        actions=[actions],
        moderation=[{"label": text, "points": counts}],
        quality_gates=[{"verdict": text, "points": counts}],
        users=[{"id": text, "fullName": text, "email": text}],
        model_names={"m": text},
    )


def assert_kept(*texts: str) -> None:
    """No text has a secret, nor all of one but a letter."""
    for text in texts:
        for secret in SECRETS:
            assert secret not in text
            assert secret[:-1] not in text
            assert escape(secret) not in text


@pytest.mark.parametrize(
    ("environ", "header"),
    [
        (CREDENTIALS, f"Basic {BASIC}"),
        (NO_CREDENTIALS | {"SCENARIO_SDK_JWT": TOKEN}, f"Bearer {TOKEN}"),
    ],
    ids=["key", "token"],
)
def test_credentials_are_sent_as_documented(environ: dict[str, str], header: str) -> None:
    """With every try, beside what says who asks and which answers can be read."""
    with Weather(script(sends(500), resets(), FINE)) as weather:
        outcome = report(weather.url, environ=environ)

    assert outcome.code == 0
    assert [request.headers["authorization"] for request in weather.requests] == [header] * 3
    for request in weather.requests:
        assert (request.method, request.path, request.body) == ("GET", "/v1/usages", b"")
        assert request.headers["user-agent"] == f"scenario-usage/{__version__}"
        assert request.headers["accept"] == "application/json"
        assert request.headers["host"] == f"127.0.0.1:{weather.port}"
        assert not [secret for secret in (*SECRETS, TOKEN) if secret in request.target]


def test_netrc_adds_no_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of another tool for the same host are not used."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login other password other-password\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HOME", str(tmp_path))
    with Weather(always(answers({}, 401))) as weather:
        report(weather.url)

    assert [request.headers["authorization"] for request in weather.requests] == [f"Basic {BASIC}"]


@pytest.mark.parametrize(
    "token", ["abc\rdef", "abcdef\r", "abcdef\n", "abcdef ", "abc\nX-Evil: 1", "abc\0d"]
)
def test_a_token_that_no_header_can_hold_is_a_configuration_error(token: str) -> None:
    """A line end that came along with it is nothing that another try could mend: exit 3."""
    environ = NO_CREDENTIALS | {"SCENARIO_SDK_JWT": token}
    with Weather(always(FINE)) as weather:
        outcome = report(weather.url, environ=environ)

    if outcome.code == 0:  # stripped, which is as good
        assert [r.headers["authorization"] for r in weather.requests] == [f"Bearer {token.strip()}"]
    else:
        outcome.assert_failed(3, "SCENARIO_SDK_JWT")
        assert "abc" not in outcome.stderr
        assert weather.requests == []
    assert outcome.waits == ()


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("text", ECHOES.values(), ids=ECHOES.keys())
@pytest.mark.parametrize("spell", [str, escape], ids=["plain", "escaped"])
def test_an_answer_that_echoes_secrets_is_masked(
    tmp_path: Path, text: str, format_name: str, spell: Any
) -> None:
    """On stdout in every format, in the --save-raw file and in the log, however it is spelled."""
    body = json.dumps(echo("@@@@")).replace("@@@@", spell(text)).encode()
    saved = tmp_path / "raw.json"
    with Weather(always(sends(body=body, headers=JSON | {"x-request-id": text}))) as weather:
        outcome = report(
            weather.url, "--format", format_name, "--save-raw", str(saved), "--verbose"
        )

    assert outcome.code == 0, outcome.stderr
    assert "***" in outcome.stdout.replace("\\*", "*")  # as Markdown has it
    assert "***" in outcome.stderr
    assert_kept(outcome.stdout, outcome.stderr, saved.read_text())


@pytest.mark.parametrize(
    "document",
    [
        usages() | {KEY: []},
        usages() | {SECRET: None},
        usages(consumption=[{"userId": "u", "value": 1, "costDetails": {SECRET: 1}}]),
        usages(models=[{"modelId": "m", "points": [], BASIC: 1}]),
    ],
    ids=["section", "other section", "detail", "field"],
)
def test_names_of_fields_are_masked_too(tmp_path: Path, document: dict[str, Any]) -> None:
    """A warning names unknown sections, and --save-raw keeps every field."""
    saved = tmp_path / "raw.json"
    api = FakeApi(httpx.Response(200, json=document))
    result = run("report", "--json", "--save-raw", str(saved), transport=api)

    assert result.code == 0
    assert_kept(result.stdout, result.stderr, saved.read_text())


@pytest.mark.parametrize("depth", [150, 500, 900])
def test_a_deeply_nested_echo_is_no_crash(depth: int) -> None:
    """Masking looks into everything, and must not fall over it."""
    body = f'{{"{SECRET}": 1, "x": "{SECRET}", "y": {"[" * depth}{"]" * depth}}}'
    result = run("report", transport=FakeApi(httpx.Response(200, text=body)))

    assert result.code in (0, 7), result.stderr
    assert_kept(result.stdout, result.stderr)


@each("spell", [str, escape])
@each("text", ECHOES.values())
@each("status", [200, 401, 403, 404, 500])
def test_an_error_body_that_echoes_secrets_is_masked(status: int, text: str, spell: Any) -> None:
    """In the error line, in the log of retries and in the traceback that --verbose adds."""
    body = f'{{"message": "{spell(text)}", "consumption": "{spell(text)}"}}'.encode()
    with Weather(always(sends(status, body, JSON))) as weather:
        outcome = report(weather.url, "--verbose")

    assert outcome.stdout == ""
    assert "***" in outcome.error
    assert "Traceback" in outcome.stderr
    assert_kept(outcome.stderr)


@pytest.mark.parametrize(
    ("status", "begin", "spell", "end"),
    [
        (200, "", str, ""),
        (200, '{"consumption": "', str, '"}'),
        (200, '{"consumption": "', escape, '"}'),
        (400, '{"message": "', str, '"}'),
        (400, '{"message": "', escape, '"}'),
        (400, '{"details": [{"x": "', escape, '"}]}'),
    ],
    ids=["no JSON", "shape", "shape, escaped", "message", "message, escaped", "details, escaped"],
)
def test_no_cut_leaves_a_part_of_a_secret(status: int, begin: str, spell: Any, end: str) -> None:
    """Whatever is shortened for a message is masked before, wherever the cut falls."""
    leaks = []
    for length in (*range(0, 130, 6), *range(180, 206, 6), *range(280, 306, 6)):
        body = begin + "x" * length + spell(SECRET) + end
        result = run("report", transport=FakeApi(httpx.Response(status, text=body)))
        if SECRET[:6] in result.stderr:
            leaks.append((length, result.error[-20:]))

    assert leaks == []


@pytest.mark.parametrize("spelling", [TOKEN.replace("/", "\\/"), TOKEN.replace("/", "\\/", 1)])
def test_a_fragment_of_json_is_masked_too(spelling: str) -> None:
    """An answer that is cut short is quoted in the error, with the escapes that JSON has."""
    api = FakeApi(httpx.Response(200, text=f'{{"t": "{spelling}", '))
    result = run("report", transport=api, environ=NO_CREDENTIALS | {"SCENARIO_SDK_JWT": TOKEN})

    assert result.code == 7
    assert "token-ae5521" not in result.stderr


@pytest.mark.parametrize(
    "location",
    [f"https://{KEY}.example/{SECRET}", f"https://{KEY}:{SECRET}@login.example/", f"/{SECRET}"],
)
def test_a_redirect_that_echoes_secrets_is_masked(location: str) -> None:
    """A host may be made of anything."""
    with Weather(always(sends(302, headers={"Location": location}))) as weather:
        outcome = report(weather.url, "--verbose")

    assert outcome.code == 5
    assert_kept(outcome.stderr)


def test_a_short_key_does_not_unmask_the_header() -> None:
    """Three letters are no secret of their own, but base64 of them and the secret is one."""
    environ = CREDENTIALS | {"SCENARIO_SDK_API_KEY": "abc"}
    header = httpx.Headers(next(httpx.BasicAuth("abc", SECRET).auth_flow(request())).headers)
    encoded = header["authorization"].removeprefix("Basic ")
    with Weather(always(answers({"message": f"seen: {encoded}"}, 400))) as weather:
        outcome = report(weather.url, environ=environ)

    assert outcome.code == 5
    assert encoded not in outcome.stderr


def request() -> httpx.Request:
    """Some request to sign."""
    return httpx.Request("GET", "https://api.example/")


@pytest.mark.parametrize(
    "spelling",
    [
        TOKEN,
        TOKEN.replace("/", "\\/"),
        TOKEN.replace("/", "\\/", 1),
        TOKEN.replace("=", "\\u003d"),
        TOKEN.replace("+", "\\u002B"),
        escape(TOKEN),
    ],
)
def test_a_token_that_is_echoed_is_masked(spelling: str) -> None:
    """With the slashes, pluses and equals signs that some JSON writers escape."""
    body = json.dumps(echo("@@@@")).replace("@@@@", spelling).encode()
    with Weather(always(sends(body=body, headers=JSON))) as weather:
        outcome = report(
            weather.url, "--json", environ=NO_CREDENTIALS | {"SCENARIO_SDK_JWT": TOKEN}
        )

    assert outcome.code == 0
    assert "token-ae5521" not in outcome.stdout + outcome.stderr


@pytest.mark.parametrize("text", ECHOES.values(), ids=ECHOES.keys())
def test_blanks_around_credentials_do_not_unmask_them(text: str) -> None:
    """They are sent without, so that is what comes back."""
    padded = {"SCENARIO_SDK_API_KEY": f"{KEY}\n", "SCENARIO_SDK_API_SECRET": f" {SECRET}\r\n"}
    with Weather(always(answers(echo(text)))) as weather:
        outcome = report(weather.url, "--json", environ=NO_CREDENTIALS | padded)

    assert [request.headers["authorization"] for request in weather.requests] == [f"Basic {BASIC}"]
    assert outcome.code == 0
    assert_kept(outcome.stdout, outcome.stderr)


def test_a_secret_of_letters_only_is_masked_as_the_name_of_a_section() -> None:
    """It looks like a field of the API, but the API documents none of that name."""
    secret = "abcdefghijklmnopqrstuvwx"
    api = FakeApi(httpx.Response(200, json=usages() | {secret: []}))
    result = run(
        "report", "--json", transport=api, environ=CREDENTIALS | {"SCENARIO_SDK_API_SECRET": secret}
    )

    assert result.code == 0
    assert secret not in result.stdout + result.stderr


def test_the_log_has_each_request_and_neither_cookies_nor_credentials() -> None:
    """Method, URL, status, bytes, milliseconds, retry and request id; nothing else of a header."""
    cookies = [("Set-Cookie", "session=their-cookie; Path=/"), ("x-request-id", "req-1\x9b31m")]
    with Weather(script(sends(500, b"oops", cookies), resets(), FINE)) as weather:
        outcome = report(weather.url, "--verbose", "--json", now=NOW)

    assert outcome.code == 0
    lines = [line for line in outcome.stderr.splitlines() if line.startswith("GET ")]
    assert len(lines) == 3
    assert f"GET {weather.url}/usages?startDate=2026-10-24T00%3A00%3A00.000Z" in lines[0]
    assert " 500 4 B " in lines[0]
    assert " ms, retry 0, request id req-1\\x9b31m" in lines[0]
    assert " retry 1, " in lines[1]
    assert " 200 " in lines[2]
    assert " retry 2, request id -" in lines[2]
    assert "their-cookie" not in outcome.stderr
    assert_kept(outcome.stdout, outcome.stderr)


@pytest.mark.parametrize("behaviour", [resets(), sends(500), sends(body=b"<html>"), sends(302)])
def test_verbose_shows_where_a_failure_came_from(behaviour: Any) -> None:
    """The traceback comes before the two lines, which stay the last; without secrets."""
    with Weather(always(behaviour)) as weather:
        quiet: Outcome = report(weather.url)
        verbose = report(weather.url, "--verbose")

    assert verbose.stderr.splitlines()[-2:] == quiet.stderr.splitlines()[-2:]
    assert "Traceback (most recent call last):" in verbose.stderr
    assert "Traceback" not in quiet.stderr
    assert_kept(verbose.stderr)
