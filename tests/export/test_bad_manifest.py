"""Manifests that are cut short, foreign, newer or lost, and clocks that were wrong."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.export.support import (
    DAY,
    ONE_DAY,
    TWO_DAYS,
    Api,
    Studio,
    assert_refused,
    export,
    export_well,
    no_request,
    part,
    read_everything,
    read_manifest,
    read_manifest_core,
    read_tree,
    rows_of,
    summary,
    warnings_of,
    write_manifest,
)
from tests.support import NOW, Result

MODELS = (*ONE_DAY, "--datasets", "models")
LATER_DAY = ("--since", "2026-10-09", "--until", "2026-10-09")
LOST = "_manifest.json was lost or damaged"


def assert_rebuilt(result: Result, folder: Path, undisturbed: Path, partitions: int) -> None:
    """Warned, fetched again, and everything is as if nothing had happened."""
    assert (result.code, result.json["edited"]) == (0, [])
    assert [warning for warning in warnings_of(result) if warning.startswith(LOST)] != []
    assert result.json["partitions"] == partitions
    assert read_tree(folder) == read_tree(undisturbed)
    assert read_manifest_core(folder) == read_manifest_core(undisturbed)


def test_a_manifest_that_is_missing_is_made_anew(tmp_path: Path) -> None:
    """From the partitions, whose days are fetched again; files that are right stay in place."""
    folder, undisturbed = tmp_path / "usage", tmp_path / "undisturbed"
    export_well(undisturbed, *TWO_DAYS)
    export_well(folder, *TWO_DAYS)
    (folder / "_manifest.json").unlink()
    written = part(folder).stat()
    result = export_well(folder, *TWO_DAYS, "--json")

    assert_rebuilt(result, folder, undisturbed, 12)
    kept = part(folder).stat()
    assert (kept.st_ino, kept.st_mtime_ns) == (written.st_ino, written.st_mtime_ns)
    assert summary(export_well(folder, *TWO_DAYS, "--json")) == (0, 0)


def test_a_manifest_cut_short_anywhere_is_made_anew(tmp_path: Path) -> None:
    """At any length from nothing to all but its last two bytes; --verify says so before."""
    folder, undisturbed = tmp_path / "usage", tmp_path / "undisturbed"
    export_well(undisturbed, *MODELS)
    export_well(folder, *MODELS)
    length = len((folder / "_manifest.json").read_bytes())
    for kept in (*range(0, length - 1, 7), length - 2):
        body = (folder / "_manifest.json").read_bytes()
        (folder / "_manifest.json").write_bytes(body[:kept])
        assert export(folder, "--verify").code == 7
        result = export_well(folder, *MODELS, "--json")
        assert_rebuilt(result, folder, undisturbed, 1)


@pytest.mark.parametrize("kept", [0, 40, 200])
def test_a_manifest_of_zeros_is_made_anew(kept: int, tmp_path: Path) -> None:
    """As file systems leave one behind when the power fails, whole or from some place on."""
    folder, undisturbed = tmp_path / "usage", tmp_path / "undisturbed"
    export_well(undisturbed, *MODELS)
    export_well(folder, *MODELS)
    body = (folder / "_manifest.json").read_bytes()
    (folder / "_manifest.json").write_bytes(body[:kept] + bytes(len(body) - kept))

    assert_rebuilt(export_well(folder, *MODELS, "--json"), folder, undisturbed, 1)


def test_a_partition_that_was_damaged_with_its_manifest_is_fetched_again(tmp_path: Path) -> None:
    """Nobody knows whose bytes they are, and the day is fetched again anyway."""
    folder, undisturbed = tmp_path / "usage", tmp_path / "undisturbed"
    export_well(undisturbed, *TWO_DAYS)
    export_well(folder, *TWO_DAYS)
    (folder / "_manifest.json").unlink()
    part(folder).write_bytes(b'model_id,"mod')
    part(folder, "assets").write_bytes(b"\xff\xfe")

    assert_rebuilt(export_well(folder, *TWO_DAYS, "--json"), folder, undisturbed, 12)


@pytest.mark.parametrize("options", [[], ["--verify"], ["--dry-run"], ["--repair"]], ids=str)
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"schema_version": 3}', "newer version of this tool (schema 3)"),
        (b'{"schema_version": 999, "datasets": []}', "newer version of this tool (schema 999)"),
        (b'{"name": "a web app", "icons": []}', "not a manifest of this tool"),
        (b"[]", "not a manifest of this tool"),
        (b"null", "not a manifest of this tool"),
        (b"12", "not a manifest of this tool"),
        (b'{"schema_version": "1"}', "not a manifest of this tool"),
        (b'{"schema_version": true}', "not a manifest of this tool"),
        (b'{"schema_version": null}', "not a manifest of this tool"),
        ('{"name": "日本"}'.encode("utf-16"), "not a manifest of this tool"),
        (b"what somebody else has put here\n", "not a manifest of this tool"),
        (b"\x89PNG\r\n\x1a\n\xff\xd8", "not a manifest of this tool"),
    ],
    ids=lambda value: value[:30].decode("latin-1") if isinstance(value, bytes) else "",
)
def test_a_newer_or_foreign_manifest_is_exit_3_and_kept(
    body: bytes, words: str, options: list[str], tmp_path: Path
) -> None:
    """No request is made, and nothing in the folder changes."""
    export_well(tmp_path, *MODELS)
    (tmp_path / "_manifest.json").write_bytes(body)
    before = read_everything(tmp_path)
    argv = options if options == ["--verify"] else [*MODELS, *options]

    assert_refused(export(tmp_path, *argv, transport=Api(no_request)), 3, words)
    assert read_everything(tmp_path) == before


def set_entry(key: str, value: Any) -> Callable[[Any], None]:
    """Change what the manifest says of the partition."""

    def change(document: Any) -> None:
        document["datasets"]["models"][DAY][key] = value

    return change


def set_head(key: str, value: Any) -> Callable[[Any], None]:
    """Change what the manifest says of the dataset."""

    def change(document: Any) -> None:
        document[key] = value

    return change


WRONG: list[tuple[Callable[[str, Any], Callable[[Any], None]], str, list[Any]]] = [
    (set_entry, "rows", [None, [], "many", float("inf"), float("nan")]),
    (set_entry, "fetched_at", [5, "", "soon", [], {}, True, "2026-11-22T18:30:00", "2026-11-22"]),
    (set_head, "datasets", [None, [], "models", {"models": []}, {"models": {"2026-02-30": {}}}]),
    (set_head, "datasets", [{"models": {"": {}}}, {"models": {DAY: {}}}, {"models": {DAY: None}}]),
    (set_head, "pending", [None, 1, "text", [1]]),
    (set_head, "scope", [None, [], "everything", {}]),
    (set_head, "format", [None, [], {}, "xlsx", 1]),
]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(make(key, value), id=f"{key}={value}")
        for make, key, values in WRONG
        for value in values
    ],
)
def test_a_manifest_with_wrong_types_in_it_is_made_anew(
    change: Callable[[Any], None], tmp_path: Path
) -> None:
    """As one that was cut short: it is no bug of this tool, and nothing is lost."""
    folder, undisturbed = tmp_path / "usage", tmp_path / "undisturbed"
    export_well(undisturbed, *MODELS)
    export_well(folder, *MODELS)
    document = read_manifest(folder)
    change(document)
    write_manifest(folder, document)

    assert export(folder, "--verify").code == 7
    assert_rebuilt(export_well(folder, *MODELS, "--json"), folder, undisturbed, 1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"fetched_at":"2026-11-22', '"fetched_at":"2026-11-29'),
        ('"state":"provisional"', '"state":"final"'),
        ('"rows":', '"rows":1'),
        ('"by_project":false', '"by_project":true'),
    ],
)
def test_a_manifest_that_was_changed_by_hand_is_made_anew(
    before: str, after: str, tmp_path: Path
) -> None:
    """--verify says so; and no provisional day becomes a final one by it."""
    folder, undisturbed = tmp_path / "usage", tmp_path / "undisturbed"
    argv = ("--since", "2026-11-21", "--datasets", "models")
    for target in (folder, undisturbed):
        export_well(target, *argv)
    path = folder / "_manifest.json"
    body = path.read_text()
    path.write_text(body.replace(before, after))
    verified = export(folder, "--verify", "--json")
    result = export_well(folder, *argv, "--json")

    assert before in body
    assert (verified.code, verified.json["problems"]) == (
        7,
        ["_manifest.json is damaged, or was changed by hand; the next export rebuilds it"],
    )
    assert_rebuilt(result, folder, undisturbed, 2)
    assert result.json["warnings"][0].endswith("; a change by hand is damage as well")
    assert export(folder, "--verify").code == 0


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"])
def test_times_at_the_ends_of_the_calendar_are_no_bug_of_this_tool(
    time: str, tmp_path: Path
) -> None:
    """Other days are exported, and with them the one in question."""
    export_well(tmp_path, *MODELS)
    document = read_manifest(tmp_path)
    set_entry("fetched_at", time)(document)
    write_manifest(tmp_path, document)

    argv = (*LATER_DAY, "--datasets", "models")
    assert summary(export_well(tmp_path, *argv, "--json")) == (2, 2)
    assert summary(export_well(tmp_path, *MODELS, "--json")) == (0, 0)


@pytest.mark.parametrize("body", ["[" * 100_000, '{"schema_version":1,"x":' + "[" * 100_000])
def test_a_manifest_of_brackets_is_no_bug_of_this_tool(body: str, tmp_path: Path) -> None:
    """Deeper than the reader goes: refused, or made anew."""
    export_well(tmp_path, *MODELS)
    (tmp_path / "_manifest.json").write_text(body)

    assert export(tmp_path, *MODELS, transport=Studio()).code in (0, 3)


@pytest.mark.parametrize("where", [[], ["datasets", "models", DAY], ["scope"]], ids=str)
def test_keys_of_a_later_minor_version_do_not_matter(where: list[str], tmp_path: Path) -> None:
    """Additions do not change the schema's number."""
    export_well(tmp_path, *MODELS)
    document = read_manifest(tmp_path)
    place = document
    for key in where:
        place = place[key]
    place["added_later"] = {"anything": 1}
    write_manifest(tmp_path, document)

    result = export_well(tmp_path, *MODELS, "--json", transport=Api(no_request))
    assert (summary(result), result.stderr) == ((0, 0), "")
    assert export(tmp_path, "--verify").code == 0


def test_what_was_fetched_in_the_future_is_fetched_again_and_told(tmp_path: Path) -> None:
    """The clock was set back by an hour: days that looked final are not trusted, once."""
    export_well(tmp_path, *TWO_DAYS, now=NOW)
    back = NOW - timedelta(hours=1)
    result = export_well(tmp_path, *TWO_DAYS, "--json", now=back)
    again = export_well(tmp_path, *TWO_DAYS, "--json", now=back)

    assert (summary(result), result.json["edited"]) == ((2, 12), [])
    assert [
        w
        for w in warnings_of(result)
        if w.startswith("12 partitions seem to have been fetched later")
    ]
    assert (summary(again), again.stderr) == ((0, 0), "")
    assert {e["state"] for e in read_manifest(tmp_path)["datasets"]["models"].values()} == {"final"}


def test_days_that_were_still_to_come_are_fetched_when_they_come(tmp_path: Path) -> None:
    """The clock was a year ahead, then right, and right again when those days are long over."""
    days = ("--since", "2026-11-01", "--until", "2026-11-03", "--datasets", "models")
    before = datetime(2025, 11, 22, tzinfo=UTC)
    empty = Studio(before)
    export_well(tmp_path, *days, transport=empty, now=NOW)
    assert rows_of(part(tmp_path, day="2026-11-02")) == []
    past = ("--since", "2025-11-01", "--until", "2025-11-03", "--datasets", "models")
    export_well(tmp_path, *past, transport=Studio(before), now=before)
    states = {entry["state"] for entry in read_manifest(tmp_path)["datasets"]["models"].values()}
    result = export_well(tmp_path, *days, "--json", now=NOW + timedelta(days=30))

    assert states == {"final", "provisional"}
    assert summary(result) == (3, 3)
    assert rows_of(part(tmp_path, day="2026-11-02")) != []


def test_by_a_clock_a_year_ahead_the_right_one_fetches_its_own_days_again(tmp_path: Path) -> None:
    """Partitions of the same days, fetched by both clocks."""
    export_well(tmp_path, *TWO_DAYS, "--datasets", "models", now=NOW + timedelta(days=365))
    argv = (*TWO_DAYS, "--datasets", "models", "--json")
    result = export_well(tmp_path, *argv, now=NOW)

    assert (summary(result), len(warnings_of(result))) == ((2, 2), 1)
    times = {e["fetched_at"] for e in read_manifest(tmp_path)["datasets"]["models"].values()}
    assert times == {"2026-11-22T18:30:00.000Z"}


def test_a_manifest_is_one_line_for_each_day(tmp_path: Path) -> None:
    """So that `diff` and `grep` have something to say, and each line holds what is documented."""
    export_well(tmp_path, *TWO_DAYS, "--datasets", "models")
    lines = (tmp_path / "_manifest.json").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith(f'"{DAY}"')]
    entry = json.loads("{" + line.rstrip(",") + "}")[DAY]

    assert sorted(entry) == ["fetched_at", "rows", "sha256", "stamp", "state"]
