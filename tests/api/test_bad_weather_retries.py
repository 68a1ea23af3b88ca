"""How long a run waits between tries: backoff, the server's hints, and when it gives up."""

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tests.api.reporting import report
from tests.cases import each
from tests.support import NOW, usages
from tests.weather import Weather, always, answers, raw, resets, script, sends

FINE = answers(usages())
BACKOFF = [(0.5, 1.0), (1.0, 1.5), (2.0, 2.5), (4.0, 4.5)]


def after(seconds: float) -> str:
    """An HTTP date so many seconds from now."""
    return format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)


def is_backoff(waits: tuple[float, ...]) -> bool:
    """Whether waits are those of a run that got no hint."""
    bounds = zip(waits, BACKOFF, strict=False)
    return len(waits) <= len(BACKOFF) and all(low <= wait <= high for wait, (low, high) in bounds)


@each("status", [429, 503, 408, 403])
@each(
    ("headers", "wait_s"),
    [
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "1500.5"}, 1.5005),
        ({"Retry-After": "3"}, 3),
        ({"Retry-After": "0.5"}, 0.5),
        ({"RETRY-AFTER": " 2 "}, 2),
        ({"Retry-After": after(7)}, 7),
        ({"Retry-After": "9", "retry-after-ms": "250"}, 0.25),
        ({"Retry-After": "9", "retry-after-ms": "soon"}, 9),
        ({"Retry-After": after(9), "retry-after-ms": ""}, 9),
        ({"Retry-After": "60"}, 60),
        ({"Retry-After": after(-3600), "Date": after(-3612)}, 12),
        ({"Retry-After": after(7207), "Date": after(7200)}, 7),
    ],
)
def test_a_hint_is_obeyed(headers: dict[str, str], wait_s: float, status: int) -> None:
    """In milliseconds, in seconds, or as a date; the run waits so long, and once."""
    with Weather(script(sends(status, headers=headers), FINE)) as weather:
        outcome = report(weather.url)

    assert outcome.code == 0
    assert outcome.waits == pytest.approx((wait_s,))


@each(
    "hint",
    [
        "",
        "soon",
        "nan",
        "inf",
        "-inf",
        "1,5",
        "3 s",
        "0x10",
        "tomorrow at 9",
        "2026-11-22T18:30:07Z",
        "Sun, 99 Nov 2026 18:30:07 GMT",
        "Sun, 22 Nov 99999999999999999999 18:30:07 GMT",
        "Sun, 22 Nov 2026 18:30:07 +99999999999",
        "größer",
    ],
)
@each("name", ["Retry-After", "retry-after-ms"])
def test_a_hint_without_sense_is_ignored(name: str, hint: str) -> None:
    """The run waits as it would have without one."""
    with Weather(script(sends(429, headers={name: hint}), FINE)) as weather:
        outcome = report(weather.url)

    assert (outcome.code, outcome.stderr) == (0, "")
    assert len(outcome.waits) == 1
    assert is_backoff(outcome.waits)


@each(
    "headers",
    [
        {"Retry-After": "-5"},
        {"retry-after-ms": "-5000"},
        {"Retry-After": "0"},
        {"retry-after-ms": "0"},
        {"Retry-After": after(0)},
        {"Retry-After": after(-3600)},
        {"Retry-After": after(7), "Date": after(7)},
    ],
)
@each("status", [429, 403])
def test_a_hint_that_is_not_above_nothing_is_none(headers: dict[str, str], status: int) -> None:
    """All tries at once would help nobody: the run waits as it would have without one."""
    with Weather(always(sends(status, headers=headers))) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(5, f"{status} ", "too many calls")
    assert len(weather.requests) == 5
    assert is_backoff(outcome.waits)


@each(
    ("document", "said"),
    [
        (
            {"message": "slow down", "details": {"actionName": "usages", "actionLimit": 5}},
            ": slow down (actionName: usages, actionLimit: 5)",
        ),
        ({"details": {"actionName": "a\nb", "x": [1]}}, " (actionName: a b)"),
        (
            {"error": {"reason": "busy", "details": {"actionLimit": 5}}},
            ": busy (actionLimit: 5)",
        ),
        ({"message": "busy", "details": {}}, ": busy"),
        ({"message": "busy", "details": {"x": {}}}, ": busy"),
        ({"message": "busy", "details": "all of it"}, ": busy"),
        ([], ": []"),
        ({"error": "busy"}, ": busy"),
        ({"error": {"error": None}}, ""),
    ],
)
@each("status", [429, 403])
def test_a_rate_limit_says_which_limit_it_is(document: Any, said: str, status: int) -> None:
    """In one line, behind the message."""
    behave = always(answers(document, status, {"Retry-After": "1"}))
    with Weather(behave) as weather:
        outcome = report(weather.url, "--retries", "0")

    outcome.assert_failed(5, f"the API answered {status} ", "too many calls")
    assert (
        outcome.error.partition(f"{status} ")[2]
        .removeprefix("Too Many Requests")
        .removeprefix("Forbidden")
        == said
    )


@pytest.mark.parametrize(
    "headers",
    [{"Retry-After": "3600"}, {"retry-after-ms": "3600000"}, {"Retry-After": after(3600)}],
    ids=str,
)
def test_an_hour_is_not_waited_for(headers: dict[str, str]) -> None:
    """The run ends at once, and says how long it was asked to wait."""
    with Weather(always(answers({"message": "busy"}, 429, headers))) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(5, "429 Too Many Requests: busy", "60 s")
    assert "3,600 s" in outcome.error
    assert len(weather.requests) == 1
    assert outcome.waits == ()


@pytest.mark.parametrize(
    ("hint", "waits"),
    [
        ("60", (60,)),
        ("60.5", ()),
        ("31", (31,)),
        ("30", (30, 30)),
        ("25", (25, 25)),
        ("20", (20, 20, 20)),
        ("15", (15, 15, 15, 15)),
    ],
)
def test_all_waiting_together_is_a_minute_at_most(hint: str, waits: tuple[float, ...]) -> None:
    """Hints that are short each are obeyed as long as they fit into 60 s."""
    with Weather(always(sends(429, headers={"Retry-After": hint}))) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(5, "429 Too Many Requests")
    assert outcome.waits == waits
    assert len(weather.requests) == len(waits) + 1


def test_the_longest_patience_is_bounded_without_hints_too() -> None:
    """A thousand retries do not add up to more than a minute of waiting."""
    with Weather(always(sends(500))) as weather:
        outcome = report(weather.url, "--retries", "1000")

    outcome.assert_failed(5, "500 Internal Server Error")
    assert sum(outcome.waits) <= 60
    assert max(outcome.waits) <= 8.5
    assert len(weather.requests) == len(outcome.waits) + 1 > 5
    assert f"(tried {len(weather.requests)} times)" in outcome.error


def test_backoff_grows_and_is_jittered() -> None:
    """Waits double, within half a second, and two runs do not wait alike."""
    with Weather(always(resets())) as weather:
        outcomes = [report(weather.url) for _ in range(5)]

    assert [is_backoff(outcome.waits) for outcome in outcomes] == [True] * 5
    assert [len(outcome.waits) for outcome in outcomes] == [4] * 5
    assert len({outcome.waits for outcome in outcomes}) == 5


def test_a_hint_counts_for_its_own_answer_only() -> None:
    """After an answer without one, the run waits as long as its number of tries says."""
    with Weather(
        script(sends(429, headers={"Retry-After": "17"}), sends(500), resets(), FINE)
    ) as weather:
        outcome = report(weather.url)

    assert outcome.code == 0
    assert outcome.waits[0] == 17
    assert 1.0 <= outcome.waits[1] <= 1.5
    assert 2.0 <= outcome.waits[2] <= 2.5


@pytest.mark.parametrize(
    ("status", "told", "tries"),
    [
        (400, "true", 5),
        (404, "True", 5),
        (500, "false", 1),
        (503, "FALSE", 1),
        (429, "false", 1),
        (500, "maybe", 5),
        (500, "", 5),
        (400, "maybe", 1),
        (400, "1", 1),
    ],
)
def test_the_server_has_the_last_word_on_retries(status: int, told: str, tries: int) -> None:
    """x-should-retry overrules the status, if it says true or false."""
    headers = {"x-should-retry": told, "Retry-After": "1"}
    with Weather(always(sends(status, headers=headers))) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(5, f"the API answered {status}")
    assert len(weather.requests) == tries
    assert outcome.waits == (1,) * (tries - 1)


def test_an_error_that_closes_its_connection_is_asked_again_on_a_new_one() -> None:
    """Both ways of ending an answer alternate without harm."""
    closing = raw(b"HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    with Weather(script(closing, sends(503), closing, FINE)) as weather:
        outcome = report(weather.url)

    assert outcome.code == 0
    assert len(weather.requests) == 4


def test_a_server_that_drops_idle_connections_is_no_failure() -> None:
    """An answer that promises to keep the connection, which then goes, costs a try at most."""
    dropping = raw(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
    with Weather(script(dropping, FINE)) as weather:
        outcome = report(weather.url)

    assert outcome.code == 0
    assert len(weather.requests) == 2
