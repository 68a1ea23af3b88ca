"""Answers that are a 200 and yet no answer: pages, fragments, other shapes, numbers without end."""

import gzip
import json
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.reporting import report
from tests.cases import each
from tests.support import NOW, FakeApi, model_row, point, run, usages
from tests.weather import JSON, Weather, always, answers, raw, sends

GZIPPED = {"Content-Encoding": "gzip"}
BODY = json.dumps(usages(models=[model_row("model_a", point(jobs=2, cost=0.1))])).encode()
PAGE = b"<!DOCTYPE html>\n<html><body>Please log in</body></html>"


def fetch(body: bytes, *argv: str) -> Any:
    """A report of a body, in process."""
    return run("report", *argv, transport=FakeApi(httpx.Response(200, content=body)))


@each(
    ("body", "error", "hint"),
    [
        (PAGE, "is not JSON: 55 bytes of a web page", "a web page answered"),
        (b"\n\t <html>", "is not JSON", "a web page answered"),
        (b"", "is not JSON: it is empty", "try again"),
        (b" \r\n\t ", "is not JSON: it is empty", "try again"),
        (BODY[:-1], "is not JSON", "cut short"),
        (BODY[: len(BODY) // 2], "is not JSON", "cut short"),
        (b"{", "is not JSON", "cut short"),
        (BODY + b"x", "is not JSON", ""),
        (BODY + BODY, "is not JSON", ""),
        (BODY.decode().encode("utf-16"), "is not JSON", ""),
        (b'{"consumption": "\xff"}', "is not JSON", ""),
        (b"{'consumption': []}", "is not JSON", ""),
        (b'{"a": \x1b[31m}', "is not JSON: 12 bytes", ""),
        (b"\x00" * 100, "is not JSON: 100 bytes", ""),
        (b"[" * 100_000, "is not JSON", ""),
        (b'{"x": ' + b"1" * 5000 + b"}", "is not JSON", ""),
        (b"[]", "the whole of it", "nothing was counted"),
        (b'[{"consumption": []}]', "the whole of it", ""),
        (b"null", "the whole of it", ""),
        (b"true", "the whole of it", ""),
        (b"17", "the whole of it", ""),
        (b'"consumption"', "the whole of it", ""),
    ],
)
def test_what_is_no_answer_is_exit_7(body: bytes, error: str, hint: str) -> None:
    """At once, with what came instead; nothing is counted of it."""
    with Weather(always(sends(body=body, headers=JSON))) as weather:
        outcome = report(weather.url, "--json")

    outcome.assert_failed(7, error, hint)
    assert len(weather.requests) == 1
    assert outcome.waits == ()


@pytest.mark.parametrize("content_type", ["text/html", "application/json; charset=hex", "", "x/y"])
def test_the_content_type_decides_nothing(content_type: str) -> None:
    """JSON is JSON, whatever it is called."""
    with Weather(always(sends(body=BODY, headers={"Content-Type": content_type}))) as weather:
        outcome = report(weather.url, "--json")

    assert (outcome.code, outcome.stderr) == (0, "")
    assert outcome.json["totals"]["jobs"] == 2


@pytest.mark.parametrize(
    ("old", "new", "place", "found"),
    [
        (b"0.1", b'"0.1"', "modelUsages[0].points[0].cost", '"0.1"'),
        (b"0.1", b"NaN", "modelUsages[0].points[0].cost", "nan"),
        (b"0.1", b"-Infinity", "modelUsages[0].points[0].cost", "-inf"),
        (b"0.1", b"1e999", "modelUsages[0].points[0].cost", "inf"),
        (b"0.1", b"true", "modelUsages[0].points[0].cost", "true"),
        (b"0.1", b"[0.1]", "modelUsages[0].points[0].cost", "[0.1]"),
        (b'"model_a"', b"7", "modelUsages[0].modelId", "7"),
        (b'"points": [', b'"points": [null, ', "modelUsages[0].points[0]", "null"),
        (b'"usages": []', b'"usages": {}', "usages", "{}"),
        (
            b'"usages": []',
            b'"usages": [{}, {"points": [{"value": 5}]}]',
            "usages[1].points[0].value",
            "5",
        ),
        (
            b'"consumption": []',
            b'"consumption": [{"value": "5"}]',
            "consumption[0].value",
            '"5"',
        ),
    ],
)
def test_a_wrong_type_is_named_with_its_place(
    old: bytes, new: bytes, place: str, found: str
) -> None:
    """Exit 7, and the line says where it is and what stands there."""
    with Weather(always(sends(body=BODY.replace(old, new, 1)))) as weather:
        outcome = report(weather.url, "--csv")

    outcome.assert_failed(7, f": {place}: ", "report it")
    assert outcome.error.endswith(f", found {found}")
    assert len(weather.requests) == 1


def test_a_gzip_answer_is_asked_for_and_read() -> None:
    """Accept-Encoding has gzip, and the figures are those of the plain answer."""
    with Weather(always(answers(json.loads(BODY)))) as weather:
        plain = report(weather.url, "--json")
    with Weather(always(answers(json.loads(BODY), gzipped=True))) as weather:
        outcome = report(weather.url, "--json")

    assert (outcome.code, outcome.stdout) == (0, plain.stdout)
    assert "gzip" in weather.requests[0].headers["accept-encoding"]


@pytest.mark.parametrize("kept", [0, 5, 10, 30, 100])
def test_a_truncated_gzip_is_a_clean_failure(kept: int) -> None:
    """Exit 7, though its Content-Length is that of the part which came."""
    body = gzip.compress(BODY)[:kept]
    with Weather(always(sends(body=body, headers=JSON | GZIPPED))) as weather:
        outcome = report(weather.url, "--json")

    outcome.assert_failed(7, "the answer")


@pytest.mark.parametrize(
    "body",
    [BODY, b"\x1f\x8b\x08garbage", gzip.compress(BODY)[:10] + b"\xff" * 60],
    ids=["plain", "header only", "damaged"],
)
def test_what_cannot_be_decompressed_is_exit_7(body: bytes) -> None:
    """After retries, as it may be the connection's fault."""
    with Weather(always(sends(body=body, headers=JSON | GZIPPED))) as weather:
        outcome = report(weather.url, "--json", "--retries", "1")

    outcome.assert_failed(7, f"the answer from 127.0.0.1:{weather.port} could not be decompressed")
    assert len(weather.requests) == 2


def test_a_content_length_that_is_too_small_cuts_the_answer() -> None:
    """What stands after it is no part of the answer, nor of the next one."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n"
    with Weather(always(raw(head + BODY))) as weather:
        outcome = report(weather.url)

    outcome.assert_failed(7, "is not JSON: 20 bytes")


@pytest.mark.parametrize(
    "time",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "",
        "value",
        "99999-01-01T00:00:00Z",
        "2026-11-01T00:00:00+99:99",
        "2026-11-31T00:00:00Z",
    ],
)
def test_a_point_with_an_impossible_time_is_left_out(time: str) -> None:
    """With a warning that names it; the others count."""
    row = model_row("model_a", point(time, jobs=1, cost=1), point(jobs=2, cost=2))
    result = fetch(json.dumps(usages(models=[row])).encode(), "--json")

    assert result.code == 0, result.stderr
    assert result.json["totals"]["jobs"] == 2
    assert "modelUsages[0].points[0]" in result.stderr


@each("format_name", ["table", "json", "csv", "tsv", "markdown"])
@each(
    "row",
    [
        {"modelUsages": [model_row("m", point(jobs=1, cost=1e94))]},
        {"modelUsages": [model_row("m", point(jobs=1, cost=-1.7e308))]},
        {"modelUsages": [model_row("m", point(jobs=5e-324, cost=1))]},
        {"modelUsages": [model_row("m", point(jobs=1.5, cost=5e-324))]},
        {"modelUsages": [model_row("m", point(jobs=1e300, cost=1e300))]},
        {"consumption": [{"userId": "u", "value": 1e200, "discount": -1e200, "total": 0}]},
        {"assetUsages": [{"kind": "image", "points": [point(count=1e308, countApiKey=-1e308)]}]},
        {"usages": [{"usageName": "a", "points": [point(value="1e5000", apiKey="0")]}]},
        {"usages": [{"usageName": "a", "points": [point(value="9" * 4301, apiKey="0")]}]},
        {"usages": [{"usageName": "a", "points": [point(value="1e-5000", apiKey="-1e-5000")]}]},
        {"usages": [{"usageName": "a", "points": [point(value="0." + "1" * 5000, apiKey="")]}]},
    ],
)
def test_extreme_numbers_are_no_crash(row: dict[str, Any], format_name: str) -> None:
    """They are shown, or left out with a warning, or refused; never a bug's exit 1."""
    result = fetch(json.dumps(usages() | row).encode(), "--format", format_name)

    assert result.code in (0, 7), result.stderr


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=4,
)
NUMBERS = st.none() | st.floats(-1e15, 1e15) | st.integers(-(10**15), 10**15)
ASKED = st.datetimes(NOW.replace(tzinfo=None) - timedelta(days=25), NOW.replace(tzinfo=None))
TIMES = st.none() | st.text(max_size=25) | ASKED.map(lambda moment: moment.isoformat())
TEXTS = st.none() | st.text(max_size=12)


def objects(
    needed: Mapping[str, st.SearchStrategy[Any]] = MappingProxyType({}),
    /,
    **fields: st.SearchStrategy[Any],
) -> st.SearchStrategy[Any]:
    """Objects that have some of these fields, and some others."""
    return st.fixed_dictionaries({**needed}, optional=fields | {"x": JSON_VALUES})


def series(key: str, **figures: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Rows of one section, null or whole or with holes."""
    points = st.none() | st.lists(objects(time=TIMES, **figures), max_size=2)
    return st.none() | st.lists(objects({"points": points}, **{key: TEXTS}), max_size=3)


COUNTS = {"count": NUMBERS, "countApiKey": NUMBERS}
COSTS = {"cost": NUMBERS, "discount": NUMBERS, "apiKeyCost": NUMBERS, "apiKeyDiscount": NUMBERS}
ANSWERS = objects(
    modelUsages=series("modelId", jobs=NUMBERS, **COSTS),
    assetUsages=series("kind", **COUNTS),
    nsfwUsages=series("label", **COUNTS),
    qualityGateUsages=series("verdict", **COUNTS),
    usages=series(
        "usageName",
        value=TEXTS | st.floats().map(str) | st.decimals().map(str),
        apiKey=TEXTS | st.integers().map(str),
        **COSTS,
    ),
    consumption=st.none()
    | st.lists(
        objects({"value": NUMBERS}, userId=TEXTS, discount=NUMBERS, total=NUMBERS), max_size=3
    ),
    entities=st.none()
    | objects(
        users=st.none() | st.lists(objects(id=TEXTS, fullName=TEXTS, email=TEXTS), max_size=2),
        models=st.none() | st.lists(objects(id=TEXTS, name=TEXTS), max_size=2),
    ),
)


@settings(max_examples=100, deadline=None)
@given(ANSWERS, st.sampled_from(["table", "json", "csv", "tsv", "markdown"]))
def test_every_answer_of_the_documented_shape_becomes_a_report(
    document: Any, format_name: str
) -> None:
    """Whatever is absent, null, odd or new in it; but not if it has no section at all."""
    body = json.dumps(document).encode("utf-8")
    result = fetch(body, "--format", format_name)
    has_any = not document.keys().isdisjoint(usages().keys() - {"entities"})

    assert result.code == (0 if has_any else 7), result.stderr
    if has_any and format_name == "json":
        assert result.json["schema_version"] == 1
