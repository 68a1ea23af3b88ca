"""What --from takes and what it refuses: bare answers, contradicting options, broken files."""

import codecs
import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cases import each
from tests.support import CREDENTIALS, FakeApi, answer, model_row, point, run, usages

ENVELOPE = "_scenario_usage"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A saved report."""
    file = tmp_path / "saved.json"
    document = usages(models=[model_row("model_1", point(jobs=1, cost=2))])
    assert run("report", "--save-raw", str(file), transport=FakeApi(answer(document))).code == 0
    return file


BARE = json.dumps(usages()).encode()
NO_FILTERS: dict[str, Any] = {"team_id": None, "project_ids": [], "user_ids": [], "models": []}
MAY = {
    "start": "2026-05-01T00:00:00Z",
    "end": "2026-05-31T23:59:59.999Z",
    "timezone": "UTC",
    "provisional": False,
}


@pytest.mark.parametrize(
    ("options", "period", "filters"),
    [
        ((), None, None),
        (("--period", "2026-05"), MAY, None),
        (("--start", "2026-05-01", "--end", "2026-05"), MAY, None),
        (("--model", "x"), None, NO_FILTERS | {"models": ["x"]}),
        (("--team", "t"), None, NO_FILTERS | {"team_id": "t"}),
        (("--user", "u,v"), None, NO_FILTERS | {"user_ids": ["u", "v"]}),
        (
            ("--project", "project_1", "--period", "2026-05"),
            MAY,
            NO_FILTERS | {"project_ids": ["project_1"]},
        ),
    ],
)
def test_a_bare_answer_has_the_period_and_filters_that_options_name(
    options: tuple[str, ...], period: Any, filters: Any
) -> None:
    """It does not say what was asked for, so both are null unless someone does."""
    document = run("report", "--from", "-", "--json", *options, stdin=BARE).json

    assert (document["period"], document["filters"]) == (period, filters)


def test_a_bare_answer_may_cover_any_length_of_time() -> None:
    """The limit of 120 days is one of queries, and this asks none."""
    result = run("report", "--from", "-", "--json", "--period", "2025", stdin=BARE)

    assert result.json["period"]["end"] == "2025-12-31T23:59:59.999Z"


@pytest.mark.parametrize("zone", ["America/New_York", "UTC", "Asia/Tokyo"])
def test_the_first_day_of_the_calendar_is_no_bug(zone: str) -> None:
    """A period that its own zone cannot show is refused; any other is shown."""
    options = ("--start", "0001-01-01T00:00Z", "--tz", zone)

    assert run("report", "--from", "-", *options, stdin=BARE).code in (0, 2)


@pytest.mark.parametrize(
    "options",
    [
        ("--start", "2026-05-01"),
        ("--last", "7d"),
        ("--period", "2026-05"),
        ("--project", "project_1"),
        ("--user", "user_1"),
        ("--team", "team_1"),
        ("--tz", "Asia/Tokyo"),
        ("--demo",),
        ("--save-raw", "other.json"),
        ("--by", "project"),
        ("--section", "breakdown"),
        ("--keep-going",),
        ("--jobs", "2"),
        ("--base-url", "https://127.0.0.1/v1"),
        ("--timeout", "5"),
        ("--retries", "0"),
    ],
)
def test_a_saved_file_contradicts_other_sources(saved: Path, options: tuple[str, ...]) -> None:
    """It carries its own period, zone and filters: an option for them is refused, not ignored."""
    result = run("report", "--from", str(saved), "--json", *options)

    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 2


def test_no_cache_is_the_same_beside_a_saved_file(saved: Path) -> None:
    """A file has its names with it; the option contradicts nothing, nor does the variable."""
    plain = run("report", "--from", str(saved), "--json")
    assert run("report", "--from", str(saved), "--json", "--no-cache") == plain
    environ = CREDENTIALS | {"SCENARIO_USAGE_NO_CACHE": "1"}
    assert run("report", "--from", str(saved), "--json", environ=environ) == plain


def test_a_bare_answer_is_not_called_somebody_elses() -> None:
    """--user says what it was asked for: rows of others show that it was not."""
    rows = [{"userId": user, "value": 5, "discount": 0, "total": 5} for user in ("u1", "u2")]
    body = json.dumps(usages(consumption=rows)).encode()
    result = run("report", "--from", "-", "--user", "u1", stdin=body)

    assert (result.code, result.stdout) == (2, "")
    assert "u2" in result.error
    assert run("report", "--from", "-", "--user", "u1,u2", stdin=body).code == 0


def test_no_options_together_with_a_bare_answer_and_the_demo() -> None:
    """Two sources are one too many."""
    for options in (("--demo",), ("--save-raw", "x.json")):
        assert run("report", "--from", "-", *options, stdin=BARE).code == 2


def test_a_missing_file_is_exit_3(tmp_path: Path) -> None:
    """With its name and the option."""
    result = run("report", "--from", str(tmp_path / "none.json"))

    assert (result.code, result.stdout) == (3, "")
    assert "--from" in result.error
    assert "none.json" in result.error


@pytest.mark.parametrize("path", [".", "saved.json/x", "x" * 5000])
def test_what_is_no_file_is_exit_3(saved: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """A folder, a file taken for a folder, and a name that no system takes."""
    monkeypatch.chdir(saved.parent)

    assert run("report", "--from", path).code == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_exit_3(saved: Path) -> None:
    """Nobody is told what stands in it."""
    saved.chmod(0)

    assert run("report", "--from", str(saved)).code == 3


def test_a_file_over_512_mb_is_exit_3(tmp_path: Path) -> None:
    """It is refused before it is understood. The file is sparse: it takes no room."""
    file = tmp_path / "large.json"
    file.touch()
    os.truncate(file, 512 * 1024**2 + 1)

    result = run("report", "--from", str(file))

    assert (result.code, result.stdout) == (3, "")
    assert "512 MB" in result.error


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_an_answer_may_be_as_editors_and_powershell_write_it(encoding: str, tmp_path: Path) -> None:
    """UTF-8 with a mark in front, or UTF-16 of either kind."""
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    body = mark + BARE.decode().encode(encoding)
    file = tmp_path / "answer.json"
    file.write_bytes(body)
    plain = run("report", "--from", "-", "--csv", stdin=BARE)

    assert plain.code == 0
    assert run("report", "--from", str(file), "--csv") == plain
    assert run("report", "--from", "-", "--csv", stdin=body) == plain


def test_what_is_wrong_with_a_file_is_said() -> None:
    """And where, without a word of what stands there."""
    result = run("report", "--from", "-", stdin=BARE + b"\n" + BARE)

    assert "trailing characters at line 2 column 1" in result.error


NOISE = {
    "empty": b"",
    "white space": b" \n\t ",
    "noise": bytes(range(256)) * 4,
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    "no UTF-8": b'{"consumption": [{"userId": "\xff\xfe"}]}',
    "half of UTF-16": json.dumps(usages()).encode("utf-16")[:-3],
    "half a surrogate in UTF-16": '{"x": "\ud800"}'.encode("utf-16", "surrogatepass"),
    "a mark and no UTF-8": codecs.BOM_UTF8 + b'{"consumption": [{"userId": "\xff"}]}',
    "cut short": BARE[:-20],
    "cut in a word": b'{"consumption": nul',
    "two documents": BARE + BARE,
    "trailing comma": b'{"consumption": [],}',
    "single quotes": b"{'consumption': []}",
    "HTML": b"<!DOCTYPE html><html><body>Sign in</body></html>",
    "CSV": b"period_start,period_end\n",
    "array": b"[]",
    "an error": b'{"message": "Unauthorized"}',
    "an error with a list": b'{"statusCode": 400, "message": ["bad"], "error": "Bad Request"}',
    "null": b"null",
    "number": b"12",
    "text": b'"consumption"',
    "true": b"true",
    "deep arrays": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "deep and closed": b'{"x":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "endless number": b'{"x": ' + b"9" * 100_000 + b"}",
    "NaN": b'{"consumption": [{"userId": "u", "value": NaN}]}',
    "Infinity": b'{"consumption": [{"userId": "u", "value": Infinity}]}',
    "infinite": b'{"consumption": [{"userId": "u", "value": 1e999}]}',
    "NUL": b"\x00" * 100,
}


@pytest.mark.parametrize("body", NOISE.values(), ids=NOISE)
def test_what_is_no_answer_is_exit_7(tmp_path: Path, body: bytes) -> None:
    """Two lines that name the file, no traceback, nothing on stdout; the same from stdin."""
    file = tmp_path / "noise.bin"
    file.write_bytes(body)

    for source, result in (
        (str(file), run("report", "--from", str(file), "--json")),
        ("stdin", run("report", "--from", "-", "--json", stdin=body)),
    ):
        assert (result.code, result.stdout) == (7, "")
        assert [line.split(" ")[0] for line in result.stderr.splitlines()] == ["error:", "hint:"]
        assert source in result.error


WRONG_SHAPES = {
    "consumption": {"consumption": {}},
    "consumption[1]": {"consumption": [{}, None]},
    "consumption[0].value": {"consumption": [{"userId": "u", "value": "12"}]},
    "consumption[0].discount": {"consumption": [{"userId": "u", "discount": True}]},
    "consumption[0].userId": {"consumption": [{"userId": 7}]},
    "modelUsages": {"modelUsages": "none"},
    "modelUsages[0].points": {"modelUsages": [{"modelId": "m", "points": {}}]},
    "modelUsages[0].points[2].jobs": {
        "modelUsages": [{"modelId": "m", "points": [point(), point(), point(jobs="3")]}]
    },
    "modelUsages[0].points[0].cost": {"modelUsages": [{"points": [point(cost=[1])]}]},
    "modelUsages[0].points[0].time": {"modelUsages": [{"points": [{"time": 1767225600}]}]},
    "assetUsages[0].points[0].count": {"assetUsages": [{"points": [point(count="1")]}]},
    "usages[0].points[0].value": {"usages": [{"points": [point(value=3)]}]},
    "usages[0].usageName": {"usages": [{"usageName": ["x"]}]},
    "nsfwUsages[0]": {"nsfwUsages": [[]]},
    "qualityGateUsages[0].points[0]": {"qualityGateUsages": [{"points": ["x"]}]},
    "entities": {"entities": []},
    "entities.users[0].fullName": {"entities": {"users": [{"id": "u", "fullName": 1}]}},
    "entities.models": {"entities": {"models": {}}},
}


@each(("place", "document"), WRONG_SHAPES.items())
def test_a_wrong_shape_is_exit_7_with_its_place(place: str, document: Any) -> None:
    """Numbers as text and text as numbers are not guessed at."""
    result = run("report", "--from", "-", "--json", stdin=json.dumps(document).encode())

    assert (result.code, result.stdout) == (7, "")
    assert f"{place}:" in result.error


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"version": 99, "period": "all of it", "filters": [], "sections": None},
        {"version": 2, "period": None, "periods": []},
    ],
)
def test_a_file_of_a_newer_version_says_to_upgrade(saved: Path, change: dict[str, Any]) -> None:
    """Also when the newer version changed everything else."""
    document = json.loads(saved.read_text(encoding="utf-8"))
    document[ENVELOPE] |= change
    saved.write_text(json.dumps(document), encoding="utf-8")

    result = run("report", "--from", str(saved))

    assert (result.code, result.stdout) == (7, "")
    assert "upgrade" in result.stderr


WRONG_ENVELOPES: dict[str, Any] = {
    "text": "x",
    "list": [],
    "empty": {},
    "version": {"version": "one"},
    "version 0": {"version": 0},
    "no period": {"period": None},
    "period": {"period": "2026-05"},
    "start": {"period": {"start": "yesterday"}},
    "unknown zone": {"period": {"timezone": "Nowhere/Else"}},
    "empty zone": {"period": {"timezone": ""}},
    "zone outside": {"period": {"timezone": "../../etc/passwd"}},
    "end of time": {"period": {"end": "9999-12-31T23:59:59.999Z"}},
    "dawn of time": {"period": {"start": "0001-01-01T00:00:00Z", "timezone": "America/New_York"}},
    "provisional": {"period": {"provisional": "perhaps"}},
    "filters": {"filters": None},
    "projects": {"filters": {"project_ids": "p"}},
    "sections": {"sections": "models"},
    "unknown section": {"sections": ["modles"]},
}


@pytest.mark.parametrize("change", WRONG_ENVELOPES.values(), ids=WRONG_ENVELOPES)
@pytest.mark.parametrize("output_format", ["table", "csv"])
def test_a_wrong_envelope_is_exit_7(saved: Path, change: Any, output_format: str) -> None:
    """A file that was edited by hand is refused, not half understood and no bug of ours."""
    document = json.loads(saved.read_text(encoding="utf-8"))
    envelope = copy.deepcopy(document[ENVELOPE])
    if isinstance(change, dict) and change:
        for key, value in change.items():
            envelope[key] = envelope[key] | value if isinstance(value, dict) else value
    else:
        envelope = change
    saved.write_text(json.dumps(document | {ENVELOPE: envelope}), encoding="utf-8")

    result = run("report", "--from", str(saved), "-f", output_format)

    assert (result.code, result.stdout) == (7, "")
    assert result.stderr.count("\n") == 2
