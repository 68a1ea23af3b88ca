"""--save-raw and --from: what was saved gives the same report again, and holds no secret."""

import base64
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support import (
    CREDENTIALS,
    KEY,
    NOW,
    SECRET,
    FakeApi,
    Result,
    answer,
    at,
    model_row,
    point,
    run,
    usages,
)

LATER = NOW + timedelta(days=40)
FORMATS = ("table", "json", "csv", "tsv", "markdown")
ENVELOPE = "_scenario_usage"

ANSWER = usages(
    consumption=[{"userId": "user_1", "value": 12.5, "discount": 2, "total": 14.5}],
    models=[
        model_row("model_1", point(jobs=3, cost=9.3), point("time", jobs=1, cost=1)),
        model_row("model_2", point(jobs=1, cost=0.1)),
    ],
    assets=[{"kind": "image", "points": [point(count=4, countApiKey=1)]}],
    actions=[{"usageName": "upscale", "points": [point(value="4", apiKey="1", cost=0.2)]}],
    users=[{"id": "user_1", "fullName": "Zoë 🎨", "email": None, "isApiKey": False}],
    model_names={"model_1": "FLUX.1 [dev]", "model_2": "混元"},
) | {"nsfwUsages": None, "newUsages": [{"points": [], "ratio": 0.5, "count": 7}]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where to save."""
    return tmp_path / "saved.json"


def save(file: Path, *argv: str, document: Any = ANSWER) -> Result:
    """A report of the API's answer, which is also saved."""
    api = FakeApi(answer(document))
    result = run("report", "--save-raw", str(file), *argv, transport=api)
    api.assert_used_up()
    assert result.code == 0
    return result


def again(file: Path, *argv: str, stdin: bytes = b"") -> Result:
    """The report of what was saved, forty days later and without credentials."""
    return run("report", "--from", str(file), *argv, stdin=stdin, now=LATER, environ={})


def at_noon(result: Result) -> Result:
    """The same, generated at another time and without when it was fetched."""
    text = re.sub(r'("generated_at":) ?"[^"]*"', r'\1"noon"', result.stdout)
    text = re.sub(r'"fetched_at": ?"[^"]*",\s*', "", text)
    return Result(result.code, text, result.stderr)


@pytest.mark.parametrize("output_format", FORMATS)
@pytest.mark.parametrize(
    ("asked", "asked_again"),
    [
        ((), ()),
        (("--last", "24h"), ()),
        (("--period", "last-month", "--tz", "Europe/Paris"), ()),
        (("--start", "2026-11-01T08:30:00.123+02:00", "--tz", "Asia/Kathmandu"), ()),
        (("--section", "models"), ()),
        (("--section", "models"), ("--section", "models")),
        (("--section", "quality-gates,consumption"), ()),
        (("--model", "flux*"), ()),
        (("--model", "nothing"), ()),
        (("--model", "flux*"), ("--model", "flux*")),
        (("--section", "models", "--model", "*HUNYUAN*", "--model", "混*"), ()),
        (("--user", "user_1", "--project", "project_1", "--team", "team_1"), ()),
        (("--top", "1"), ("--top", "1")),
    ],
)
def test_what_was_saved_gives_the_same_report(
    file: Path, output_format: str, asked: tuple[str, ...], asked_again: tuple[str, ...]
) -> None:
    """Byte for byte, its warnings too, apart from the time at which it was made."""
    document = at("2026-11-22T00:00:00.000Z", ANSWER) if "24h" in asked else ANSWER
    first = save(file, "-f", output_format, *asked, document=document)

    assert at_noon(again(file, "-f", output_format, *asked_again)) == at_noon(first)


@pytest.mark.parametrize("output_format", FORMATS)
@pytest.mark.parametrize(
    "asked",
    [
        (),
        ("--period", "last-month", "--tz", "America/New_York"),
        ("--section", "models,assets", "--model", "*flux*"),
        ("--user", "user_zMBswzF49jZnwektKmZbW3"),
        ("--last", "1d", "--section", "actions"),
    ],
)
def test_the_demo_can_be_saved_too(file: Path, output_format: str, asked: tuple[str, ...]) -> None:
    """A whole studio, with everything that an API sends."""
    first = run("report", "--demo", "--save-raw", str(file), "-f", output_format, *asked)

    assert first.code == 0
    assert at_noon(again(file, "-f", output_format)) == at_noon(first)


def test_a_saved_file_can_come_through_a_pipe(file: Path) -> None:
    """`--from -` reads the same from stdin."""
    first = save(file, "--json")

    piped = again(Path("-"), "--json", stdin=file.read_bytes())
    assert at_noon(piped) == at_noon(first)


@pytest.mark.parametrize("argv", [("--section", "assets,models"), ("--model", "model_2")])
def test_a_saved_file_can_be_narrowed_afterwards(file: Path, argv: tuple[str, ...]) -> None:
    """--section and --model apply to what was saved whole, as they do to the API."""
    save(file)
    other = save(file.with_name("other.json"), "--json", *argv)

    narrowed = again(file, "--json", *argv)
    assert at_noon(narrowed) == at_noon(other)


def test_model_replaces_the_one_that_was_saved(file: Path) -> None:
    """The file has all models, whatever the first report was narrowed to."""
    save(file, "--model", "model_1")

    document = again(file, "--json", "--model", "model_2").json
    assert [row["model_id"] for row in document["models"]] == ["model_2"]
    assert document["filters"]["models"] == ["model_2"]


def test_a_saved_file_has_the_answer_and_one_field_more(file: Path) -> None:
    """Its other fields are the API's, in value and in order, so other tools can read it."""
    save(file)

    document = json.loads(file.read_text(encoding="utf-8"))
    assert {key: value for key, value in document.items() if key != ENVELOPE} == ANSWER
    assert set(document) - set(ANSWER) == {ENVELOPE}


def test_saved_numbers_are_written_as_the_api_wrote_them(file: Path) -> None:
    """Whole numbers have no `.0`, fractions keep their digits, and text stays text."""
    save(file)

    saved = json.loads(file.read_text(encoding="utf-8"), parse_float=str, parse_int=str)
    expected = json.loads(json.dumps(ANSWER), parse_float=str, parse_int=str)
    del saved[ENVELOPE]
    assert saved == expected


def test_a_field_of_the_api_with_our_name_does_no_harm(file: Path) -> None:
    """What was asked for is what the file says, whatever the API sends."""
    first = save(file, "--json", document=usages() | {ENVELOPE: {"version": 9}})

    assert again(file, "--json").json["period"] == first.json["period"]


def test_a_failed_report_saves_nothing(file: Path) -> None:
    """A file that was there stays as it was."""
    file.write_text("precious", encoding="utf-8")

    api = FakeApi(httpx.Response(200, content=b"<html>"))
    result = run("report", "--save-raw", str(file), transport=api)

    assert (result.code, result.stdout) == (7, "")
    assert [path.read_text(encoding="utf-8") for path in file.parent.iterdir()] == ["precious"]


@pytest.mark.parametrize("place", ["missing/saved.json", "."])
def test_where_nothing_can_be_saved_nothing_is_asked(tmp_path: Path, place: str) -> None:
    """Exit 3 before the first request, which would fail this test."""
    result = run("report", "--save-raw", str(tmp_path / place))

    assert (result.code, result.stdout) == (3, "")
    assert "--save-raw" in result.error


@pytest.mark.parametrize("output", [("--save-raw", "-"), ("--save-raw", "x", "-o", "x")])
def test_two_outputs_do_not_share_a_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: tuple[str, ...]
) -> None:
    """The raw answer and the report in one stream or file would be neither."""
    monkeypatch.chdir(tmp_path)

    result = run("report", *output, transport=FakeApi(answer(usages())))

    assert (result.code, result.stdout) == (2, "")


def spelled(text: str) -> str:
    """JSON text in which each letter is an escape."""
    return "".join(f"\\u{ord(letter):04x}" for letter in text)


def echo_id(secret: str) -> str:
    """An answer with the secret in an id."""
    return json.dumps(usages(consumption=[{"userId": f"key {secret}", "value": 1}]))


def echo_name(secret: str) -> str:
    """An answer with the secret in a name."""
    return json.dumps(usages(models=[model_row("m", point(cost=1))], model_names={"m": secret}))


def echo_new_section(secret: str) -> str:
    """An answer with the secret inside what this version does not know."""
    return json.dumps(usages() | {"request": {"headers": [f"x-key: {secret}"]}})


def echo_field(secret: str) -> str:
    """An answer with a field that is called like the secret."""
    return json.dumps(usages() | {f"by {secret}": []})


def echo_escaped(secret: str) -> str:
    """An answer that spells the secret in escapes."""
    return echo_id("@").replace("@", spelled(secret))


def echo_point(secret: str) -> str:
    """An answer whose unreadable point is quoted in a warning."""
    return json.dumps(usages(assets=[{"kind": "a", "points": [{"time": secret}]}]))


@pytest.mark.parametrize(
    "echo", [echo_id, echo_name, echo_new_section, echo_field, echo_escaped, echo_point]
)
@pytest.mark.parametrize(
    "secret", [KEY, SECRET, base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()]
)
def test_a_saved_file_holds_no_secret(file: Path, echo: Callable[[str], str], secret: str) -> None:
    """Neither does the report, wherever the API repeats a credential."""
    api = FakeApi(httpx.Response(200, content=echo(secret).encode()))
    result = run("report", "--save-raw", str(file), "--json", "--verbose", transport=api)

    saved = json.dumps(json.loads(file.read_text(encoding="utf-8")), ensure_ascii=False)
    found = {
        where: secret in text
        for where, text in (
            ("file", saved),
            ("stdout", json.dumps(result.json, ensure_ascii=False)),
            ("stderr", result.stderr),
        )
    }
    assert found == {"file": False, "stdout": False, "stderr": False}


def test_a_file_is_read_without_credentials_or_network(file: Path) -> None:
    """And credentials that are there are masked in it."""
    save(file)
    assert again(file).code == 0

    file.write_text(echo_id(SECRET), encoding="utf-8")
    result = run("report", "--from", str(file), "--json", environ=CREDENTIALS)
    assert [row["name"] for row in result.json["consumption"]] == ["key ***"]
