"""Answers that are odd, yet allowed: sections left out, quiet days, wild names, new fields."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.export.support import (
    DAY,
    HEADERS,
    ONE_DAY,
    TWO_DAYS,
    Api,
    assert_refused,
    export,
    export_well,
    no_request,
    part,
    read_manifest,
    read_tree,
    rows_of,
    summary,
    warnings_of,
)
from tests.support import model_row, point, usages

WIRE = {
    "models": "modelUsages",
    "assets": "assetUsages",
    "actions": "usages",
    "moderation": "nsfwUsages",
    "quality_gates": "qualityGateUsages",
    "consumption": "consumption",
    "activity": "activity",
}


def busy(day: str, query: Mapping[str, str]) -> dict[str, Any]:
    """A day with one row in every section."""
    time = f"{day}T00:00:00.000Z"
    document = usages(
        models=[model_row("model_a", point(time, jobs=2, cost=1.5, discount=0.25))],
        assets=[{"kind": "image", "points": [point(time, count=3, countApiKey=1)]}],
        actions=[{"usageName": "upscale", "points": [point(time, value="4", apiKey="0")]}],
        moderation=[{"label": "safe", "points": [point(time, count=5, countApiKey=0)]}],
        quality_gates=[{"verdict": "pass", "points": [point(time, count=6, countApiKey=0)]}],
        consumption=[{"userId": "user_a", "value": 1.5, "discount": 0.25, "total": 1.75}],
        users=[{"id": "user_a", "fullName": "Ada", "email": "a@b.c", "isApiKey": False}],
        model_names={"model_a": "Lumen"},
    )
    event = {"action": "upscale", "time": f"{day}T10:00:00.000Z", "userId": "user_a"}
    return document | {"activity": [event]}


def changed(change: Callable[[dict[str, Any]], object]) -> Api:
    """An API with that day, changed before it is sent."""

    def answer(day: str, query: Mapping[str, str]) -> dict[str, Any]:
        document = busy(day, query)
        change(document)
        return document

    return Api(answer)


@pytest.mark.parametrize("how", ["left out", "null"])
@pytest.mark.parametrize("table", list(WIRE))
def test_a_section_left_out_is_no_empty_partition_and_is_asked_for_again(
    table: str, how: str, tmp_path: Path
) -> None:
    """The other tables are written; this one is warned of, and comes with the next run."""

    def leave_out(document: dict[str, Any]) -> None:
        document[WIRE[table]] = None
        if how == "left out":
            del document[WIRE[table]]

    argv = (*ONE_DAY, "--datasets", ",".join(WIRE), "--json")
    result = export(tmp_path, *argv, transport=changed(leave_out))

    if (table, how) == ("activity", "left out"):  # all that its query asks for
        assert_refused(result, 7, "none of what was asked for (activity)")
        return
    assert not part(tmp_path, table).exists()
    assert table not in read_manifest(tmp_path)["datasets"]
    assert len(read_tree(tmp_path)) == 6
    assert [w for w in warnings_of(result) if f"left out {table}" in w] != []
    again = export_well(tmp_path, *argv, transport=Api(busy))
    assert (summary(again), len(rows_of(part(tmp_path, table)))) == ((1, 1), 1)


def test_a_section_left_out_of_today_leaves_the_older_partition(tmp_path: Path) -> None:
    """Its figures are old, but figures."""
    argv = ("--since", "2026-11-22", "--datasets", "models,assets")
    export_well(tmp_path, *argv, transport=Api(busy))
    before = part(tmp_path, day="2026-11-22").read_bytes()
    quiet = changed(lambda document: document.pop("modelUsages"))
    result = export_well(tmp_path, *argv, transport=quiet)

    assert part(tmp_path, day="2026-11-22").read_bytes() == before
    assert len(warnings_of(result)) == 1


def test_a_quiet_day_is_a_partition_of_a_header(tmp_path: Path) -> None:
    """In every table, so that a gap is never mistaken for one; it is final, and verified."""
    argv = (*ONE_DAY, "--datasets", ",".join(WIRE), "--json")
    empty = Api(lambda day, query: usages() | {"activity": []})
    result = export_well(tmp_path, *argv, transport=empty)

    assert (summary(result), result.json["rows"], result.stderr) == ((1, 7), 0, "")
    assert {path: body.decode() for path, body in read_tree(tmp_path).items()} == {
        f"{table}/date={DAY}/part.csv": f"{header}\n" for table, header in HEADERS.items()
    }
    assert summary(export_well(tmp_path, *argv, transport=Api(no_request))) == (0, 0)
    assert export(tmp_path, "--verify").code == 0


def test_what_this_version_does_not_know_changes_no_byte(tmp_path: Path) -> None:
    """A new section, which is warned of, and new fields in rows, points, users and models."""

    def extend(document: dict[str, Any]) -> None:
        document["videoUsages"] = [{"anything": 1}]
        document["entities"]["teams"] = []
        for wire in list(WIRE.values())[:5]:
            document[wire][0] |= {"region": "eu"}
            document[wire][0]["points"][0] |= {"tokens": 12, "latency": [1]}
        document["consumption"][0] |= {"currency": "EUR"}

    export_well(tmp_path / "old", *TWO_DAYS, transport=Api(busy))
    result = export_well(tmp_path / "new", *TWO_DAYS, transport=changed(extend))

    assert read_tree(tmp_path / "new") == read_tree(tmp_path / "old")
    assert [w for w in warnings_of(result) if "videoUsages" in w] != []
    assert len(warnings_of(result)) == 1


NAMES = {
    "newlines": "two\r\nlines\nand\rmore",
    "quotes": 'a "quoted", name; with\ttabs',
    "long": "ä" * 10_000,
    "longer than a field of the csv module": "x" * 140_000,
    "zero": "a\x00b",
    "brackets": "[/nope] [draft] week 3",
    "direction": "\u202etxt.exe",
}


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
@pytest.mark.parametrize("name", list(NAMES.values()), ids=list(NAMES))
def test_wild_names_are_kept_and_verified(name: str, file_format: str, tmp_path: Path) -> None:
    """As they are."""

    def rename(document: dict[str, Any]) -> None:
        document["entities"]["models"][0]["name"] = name
        document["entities"]["users"][0]["fullName"] = name

    argv = (*ONE_DAY, "--format", file_format, "--datasets", "models,consumption")
    export_well(tmp_path, *argv, transport=changed(rename))
    verified = export(tmp_path, "--verify", "--json")

    assert (verified.json["problems"], verified.json["rows"]) == ([], 2)
    if file_format == "csv" and len(name) < 131_072:
        (row,) = rows_of(part(tmp_path))
        assert row["model"] == name


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "-cmd", "@SUM(A1)", "\tx", "\rx"])
def test_a_name_that_a_spreadsheet_would_run_is_disarmed(name: str, tmp_path: Path) -> None:
    """In CSV, by an apostrophe, as in every other CSV of this tool."""

    def rename(document: dict[str, Any]) -> None:
        document["entities"]["models"][0]["name"] = name

    export_well(tmp_path, *ONE_DAY, transport=changed(rename))
    assert rows_of(part(tmp_path))[0]["model"] == f"'{name}"
    assert export(tmp_path, "--verify").code == 0


@pytest.mark.parametrize("missing", [None, ""])
def test_rows_without_an_id_are_kept_as_unknown_and_told(
    missing: str | None, tmp_path: Path
) -> None:
    """In every table, with their figures."""

    def forget(document: dict[str, Any]) -> None:
        keys = ("modelId", "kind", "usageName", "label", "verdict", "userId")
        for wire, key in zip(WIRE.values(), keys, strict=False):
            document[wire][0][key] = missing

    result = export_well(tmp_path, *ONE_DAY, transport=changed(forget))

    assert rows_of(part(tmp_path)) == [
        dict(zip(HEADERS["models"].split(","), MODEL_ROW, strict=True))
    ]
    assert [w for w in warnings_of(result) if "6 rows came without an id" in w] != []


MODEL_ROW = ("unknown", "unknown", "2", "1.5", "0.25", "1.75", "0", "0")


def test_the_same_events_are_the_same_bytes_whichever_days_are_fetched_with_them(
    tmp_path: Path,
) -> None:
    """A name that only the day before told must not depend on that day being fetched as well."""

    def answer(day: str, query: Mapping[str, str]) -> dict[str, Any]:
        document = busy(day, query)
        return document if day == DAY else document | {"entities": {}}

    argv = ("--datasets", "activity")
    export_well(tmp_path / "both", *TWO_DAYS, *argv, transport=Api(answer))
    export_well(tmp_path / "each", *ONE_DAY, *argv, transport=Api(answer))
    export_well(tmp_path / "each", *TWO_DAYS, *argv, transport=Api(answer))

    assert read_tree(tmp_path / "both") == read_tree(tmp_path / "each")


@pytest.mark.parametrize("text", ["", "yesterday", "2026-10-05", None, "2026-10-05T10:00:00"])
@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_an_event_at_an_odd_time_does_not_end_the_run(
    file_format: str, text: str | None, tmp_path: Path
) -> None:
    """Its row is there, in a file that can be read."""

    def delay(document: dict[str, Any]) -> None:
        document["activity"][0]["time"] = text

    argv = (*ONE_DAY, "--datasets", "activity", "--format", file_format, "--json")
    result = export_well(tmp_path, *argv, transport=changed(delay))

    assert result.json["rows"] == 1
    assert export(tmp_path, "--verify").code == 0


def test_a_point_whose_bucket_began_before_the_day_counts_for_the_day(tmp_path: Path) -> None:
    """An API with buckets of a week gives for each day's query what that day had."""

    def answer(day: str, query: Mapping[str, str]) -> Any:
        monday = point("2026-10-05T00:00:00.000Z", jobs=1, cost=1)
        return usages(models=[model_row("model_a", monday)])

    argv = (*TWO_DAYS, "--datasets", "models,consumption")
    export_well(tmp_path, *argv, transport=Api(answer))

    jobs = [rows_of(part(tmp_path, day=day))[0]["jobs"] for day in (DAY, "2026-10-06")]
    assert jobs == ["1", "1"]


def test_a_response_of_an_unknown_success_status_is_no_data(tmp_path: Path) -> None:
    """204 and 206 are no answer to this question: refused, and nothing is written."""
    for status in (202, 204, 206):
        api = Api(lambda day, query, status=status: httpx.Response(status, json=busy(day, query)))  # type: ignore[misc]
        assert export(tmp_path, *ONE_DAY, transport=api).code == 5
    assert read_tree(tmp_path) == {}
