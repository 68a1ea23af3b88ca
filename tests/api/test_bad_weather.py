"""Error statuses and what comes with them: exit codes, tries, and what is shown of the body."""

import json

import pytest

from tests.api.reporting import report
from tests.cases import each
from tests.support import FakeApi, answer, run, usages
from tests.weather import (
    JSON,
    Behaviour,
    Weather,
    always,
    answers,
    hangs_up,
    raw,
    resets,
    script,
    sends,
)

FINE = answers(usages())


@pytest.mark.parametrize(
    ("status", "code", "error", "hint"),
    [
        (401, 4, "the API answered 401 Unauthorized: no", "check the API key and its secret"),
        (403, 4, "the API answered 403 Forbidden: no", "Analytics API key"),
        (400, 5, "the API answered 400 Bad Request: no", "check the period"),
        (404, 5, "the API answered 404 Not Found: no", "check the base URL"),
        (405, 5, "the API answered 405 Method Not Allowed: no", ""),
        (410, 5, "the API answered 410 Gone: no", ""),
        (422, 5, "the API answered 422", ""),
        (451, 5, "the API answered 451", ""),
    ],
)
def test_a_refusal_is_final(status: int, code: int, error: str, hint: str) -> None:
    """What trying again cannot mend is asked once, and fails with its code."""
    with Weather(always(answers({"message": "no"}, status))) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(code, error, hint)
    assert len(weather.requests) == 1
    assert outcome.waits == ()


@pytest.mark.parametrize("status", [408, 409, 429, 500, 501, 502, 503, 504, 522, 599])
def test_an_error_that_may_pass_is_tried_five_times(status: int) -> None:
    """Exit 5 after the first try and four more, each after a wait."""
    with Weather(always(answers({"message": "later"}, status))) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(5, f"the API answered {status} ", "try again")
    assert ": later (tried 5 times)" in outcome.error
    assert len(weather.requests) == 5
    assert len(outcome.waits) == 4
    assert len({request.target for request in weather.requests}) == 1


@pytest.mark.parametrize("retries", [0, 1, 2])
def test_retries_are_as_many_as_were_asked_for(retries: int) -> None:
    """--retries counts the tries after the first one."""
    with Weather(always(answers({}, 500))) as weather:
        outcome = report(weather.url, "--retries", str(retries))

    outcome.assert_failed(5, "the API answered 500 Internal Server Error")
    assert len(weather.requests) == retries + 1
    assert len(outcome.waits) == retries
    assert ("(tried" in outcome.error) == (retries > 0)


@pytest.mark.parametrize(
    "trouble",
    [
        answers({}, 408),
        answers({}, 429),
        answers({"message": "oops"}, 500),
        sends(502, b"<html>", {"Content-Type": "text/html"}),
        sends(503),
        resets(),
        hangs_up(),
        FINE.cut_short(3, "close"),
        FINE.cut_short(3, "reset"),
    ],
    ids=["408", "429", "500", "502", "503", "reset", "hung up", "cut short", "reset half way"],
)
def test_trouble_that_passes_leaves_no_trace(trouble: Behaviour) -> None:
    """One failure before an answer costs a wait, and nothing else is seen of it."""
    with Weather(always(FINE)) as weather:
        undisturbed = report(weather.url, "--json")
    with Weather(script(trouble, FINE)) as weather:
        outcome = report(weather.url, "--json")

    assert (outcome.code, outcome.stderr) == (0, "")
    assert outcome.stdout == undisturbed.stdout
    assert len(weather.requests) == 2
    assert len(outcome.waits) == 1


def test_the_last_failure_is_the_one_that_counts() -> None:
    """A refusal after an error that may pass ends the trying, with the refusal's code."""
    with Weather(script(answers({}, 500), resets(), answers({"message": "who?"}, 401))) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(4, "the API answered 401 Unauthorized: who?")
    assert len(weather.requests) == 3


@each(
    ("body", "said"),
    [
        ({"message": "the words"}, ": the words"),
        ({"error": "the words"}, ": the words"),
        ({"reason": "the words"}, ": the words"),
        ({"details": "the words"}, ": the words"),
        ({"error": {"message": "the words", "code": 7}}, ": the words"),
        ({"error": {"details": {"reason": "the words"}}}, ": the words"),
        ({"message": "", "error": None, "reason": "the words"}, ": the words"),
        ({"message": "one", "error": "Two"}, ": one"),
        ({"details": [{"field": "teamId"}]}, ': [{"field": "teamId"}]'),
        (["one", "two"], ': ["one", "two"]'),
        ("the words", ": the words"),
        ({"message": "first\nsecond\r\n\tthird\u2028fourth"}, ": first second third fourth"),
        ({"message": "\x1b[31mred\x1b[0m"}, ": \\x1b[31mred\\x1b[0m"),
        ({"message": "\x9b31mred \x00 \x07"}, ": \\x9b31mred \\x00 \\x07"),
        ({"message": "\u202egpj.exe\u200b"}, ": \\u202egpj.exe\\u200b"),
        ({"message": "[bold]no[/nope] {x} %s"}, ": [bold]no[/nope] {x} %s"),
        ({"message": "größer als 画像"}, ": größer als 画像"),
        ({"message": 7}, ": 7"),
        ({}, ""),
        (None, ""),
        ({"weather": "bad"}, ""),
        ({"message": {"weather": "bad"}}, ""),
    ],
)
def test_the_error_shows_what_the_body_says(body: object, said: str) -> None:
    """In one line, with what would move a terminal made visible; the status alone where the body
    says nothing.
    """
    with Weather(always(answers(body, 400))) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(5, "")
    assert outcome.error == f"error: the API answered 400 Bad Request{said}"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<html><body><h1>502</h1></body></html>", "text/html"),
        (b"<html><body><h1>502</h1></body></html>", "application/json"),
        (b"upstream connect error", "text/plain"),
        (b'{"message": "cut sh', "application/json"),
        (b'{"message": "\xff\xfe"', "application/json"),
        (b"\x00\x01\x02\xff", "application/octet-stream"),
        (b"", "application/json"),
        (b"[" * 100_000, "application/json"),
    ],
)
def test_what_is_no_json_is_not_shown(body: bytes, content_type: str) -> None:
    """A page, a text or a fragment in an error body leaves the status."""
    with Weather(always(sends(502, body, {"Content-Type": content_type}))) as weather:
        outcome = report(weather.url, "--retries", "0")

    outcome.assert_failed(5, "")
    assert outcome.error == "error: the API answered 502 Bad Gateway"


def test_a_long_message_is_cut() -> None:
    """100 kB of explanation do not flood a terminal."""
    with Weather(always(answers({"message": "why " * 25_000}, 400))) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(5, "why why why")
    assert len(outcome.error) < 400


@pytest.mark.parametrize("depth", [100, 960, 970, 5000])
def test_a_deeply_nested_error_body_is_no_crash(depth: int) -> None:
    """Whatever stands in an error body, the status is what counts."""
    with Weather(always(sends(400, b"[" * depth + b"]" * depth, JSON))) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(5, "the API answered 400 Bad Request")


@pytest.mark.parametrize(
    "charset",
    ["latin-1", "nonsense", "", "utf-16", "utf-7", "hex", "base64", "rot13", "idna", "undefined"],
)
def test_the_charset_of_an_error_body_cannot_crash(charset: str) -> None:
    """Any codec that Python knows may be named there, also those that are not for text."""
    body = json.dumps({"message": "größer"}, ensure_ascii=False).encode()
    headers = {"Content-Type": f"application/json; charset={charset}"}
    with Weather(always(sends(404, body, headers))) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(5, "the API answered 404 Not Found")


@pytest.mark.parametrize("reason", ["", "Nöt Found", "\x9b31m", "x" * 5000, "画像"])
def test_any_reason_phrase_is_survived(reason: str) -> None:
    """The words of a status line are the server's to choose."""
    with Weather(always(sends(404, b"{}", JSON, reason=reason))) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(5, "the API answered 404")
    assert "\x9b" not in outcome.stderr


@pytest.mark.parametrize("status", [201, 202, 203, 206, 300, 304, 305])
def test_a_status_that_is_neither_error_nor_200_is_no_answer(status: int) -> None:
    """Nothing but a 200 is counted, and nothing else is tried again."""
    with Weather(always(answers(usages(), status))) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(5, f"the API answered {status} ")
    assert len(weather.requests) == 1


def test_an_answer_without_content_is_no_answer() -> None:
    """A 204 has no body to wait for."""
    with Weather(always(raw(b"HTTP/1.1 204 No Content\r\n\r\n"))) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(5, "the API answered 204 No Content")


@each(
    "date",
    [
        "Sun, 22 Nov 2026 18:30:00 GMT",
        "Sun, 22 Nov 2026 18:30:00 -0000",
        "Sun, 22 Nov 2026 18:30:00",
        "Sunday, 22-Nov-26 18:30:00 GMT",
        "Sun Nov 22 18:30:00 2026",
        "yesterday",
        "0",
        "Sun, 99 Nov 2026 99:99:99 GMT",
        "Sun, 22 Nov 2026 18:30:00 +99999999999",
        "Sun, 22 Nov 99999999999999999999 18:30:00 GMT",
        "Sun, 99999999999999999999 Nov 2026 18:30:00 GMT",
    ],
)
@each("command", ["report", "doctor"])
def test_no_date_header_can_hurt(command: str, date: str) -> None:
    """A server's idea of the time may be absent, old-fashioned, without a zone, or nonsense."""
    pages = [usages()] if command == "report" else [usages(), {"teams": []}, {"projects": []}]
    api = FakeApi(*(answer(page, date=date) for page in pages))
    result = run(command, transport=api)

    assert (result.code, result.stderr) == (0, "")
    api.assert_used_up()
