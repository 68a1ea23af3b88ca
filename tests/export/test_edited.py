"""Partitions that somebody else has changed, deleted, touched or copied."""

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.export.support import (
    DAY,
    ONE_DAY,
    TWO_DAYS,
    Api,
    Studio,
    export,
    export_well,
    no_request,
    part,
    read_everything,
    read_manifest,
    read_tree,
    summary,
    warnings_of,
)

MODELS = (*ONE_DAY, "--datasets", "models", "--json")
PATH = f"models/date={DAY}/part.csv"
LEFT = f"{PATH} was changed by somebody else, and is left as it is; --repair fetches it"


def append(path: Path) -> None:
    """A row more."""
    path.write_bytes(path.read_bytes() + b"model_x,X,1,1,0,1,0,0\n")


def empty(path: Path) -> None:
    """Nothing is left."""
    path.write_bytes(b"")


def change_a_digit(path: Path) -> None:
    """Other figures in as many bytes."""
    body = path.read_bytes()
    path.write_bytes(body[:-2] + bytes([body[-2] ^ 1]) + body[-1:])


def save_in_a_spreadsheet(path: Path) -> None:
    """The same figures with other line ends."""
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


def not_text(path: Path) -> None:
    """Bytes that are no UTF-8."""
    path.write_bytes(b"\xff\xfe\x00")


EDITS = [append, empty, change_a_digit, save_in_a_spreadsheet, not_text]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_an_edited_partition_is_left_and_reported_until_it_is_repaired(
    edit: Callable[[Path], None], tmp_path: Path
) -> None:
    """Exit 0, a warning with its path, `edited`, its bytes; then --repair, and all is well."""
    export_well(tmp_path, *MODELS)
    good = part(tmp_path).read_bytes()
    edit(part(tmp_path))
    edited = read_everything(tmp_path)
    for options in ([], ["--settle", "0s"], ["--settle", "60d"]):
        result = export_well(tmp_path, *MODELS, *options, transport=Api(no_request))
        assert (result.json["edited"], result.json["warnings"]) == ([PATH], [LEFT])
        assert (summary(result), warnings_of(result)) == ((0, 0), [LEFT])
        assert read_everything(tmp_path) == edited
    verified = export(tmp_path, "--verify", "--json")
    assert verified.code == 7
    assert (
        f"{PATH} was changed: its checksum differs from the manifest" in (verified.json["problems"])
    )
    repaired = export_well(tmp_path, *MODELS, "--repair")

    assert (summary(repaired), repaired.json["edited"], repaired.stderr) == ((1, 1), [], "")
    assert part(tmp_path).read_bytes() == good
    assert export(tmp_path, "--verify").code == 0


def test_an_edit_that_hides_itself_is_found_by_verify(tmp_path: Path) -> None:
    """As many bytes, and the old time put back: an everyday run trusts the stamp."""
    export_well(tmp_path, *MODELS)
    hide_an_edit(part(tmp_path))
    everyday = export_well(tmp_path, *MODELS, transport=Api(no_request))
    verified = export(tmp_path, "--verify", "--json")

    assert summary(everyday) == (0, 0)
    assert verified.code == 7
    assert [problem for problem in verified.json["problems"] if PATH in problem] != []


def test_what_verify_has_found_repair_repairs(tmp_path: Path) -> None:
    """Bits that have rotten without a new time: --repair must not trust the stamp."""
    export_well(tmp_path, *MODELS)
    good = part(tmp_path).read_bytes()
    hide_an_edit(part(tmp_path))
    export_well(tmp_path, *MODELS, "--repair")

    assert part(tmp_path).read_bytes() == good
    assert export(tmp_path, "--verify").code == 0


def hide_an_edit(path: Path) -> None:
    """Change a digit and put the time back."""
    before = path.stat()
    change_a_digit(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def test_a_partition_that_was_deleted_is_fetched_again(tmp_path: Path) -> None:
    """Only that one, with its folder or without; and nothing is said to be edited."""
    export_well(tmp_path, *TWO_DAYS)
    before = read_tree(tmp_path)
    part(tmp_path).unlink()
    shutil.rmtree(part(tmp_path, "assets").parent)
    studio = Studio()
    result = export_well(tmp_path, *TWO_DAYS, "--json", transport=studio)

    assert (summary(result), result.stderr, len(studio.requests)) == ((1, 2), "", 1)
    assert dict(studio.requests[0].url.params)["type"] == "model-usages,asset-usages"
    assert read_tree(tmp_path) == before


def test_a_table_that_was_deleted_is_fetched_again(tmp_path: Path) -> None:
    """The folder of a table, with all its days."""
    export_well(tmp_path, *TWO_DAYS)
    before = read_tree(tmp_path)
    shutil.rmtree(tmp_path / "consumption")
    assert export(tmp_path, "--verify").code == 7
    result = export_well(tmp_path, *TWO_DAYS, "--json")

    assert (summary(result), read_tree(tmp_path)) == ((2, 2), before)


def test_touched_files_are_not_edited(tmp_path: Path) -> None:
    """A new time, an old one, other rights: the content is what counts."""
    export_well(tmp_path, *TWO_DAYS)
    before = read_everything(tmp_path)
    part(tmp_path).touch()
    os.utime(part(tmp_path, "assets"), (0, 0))
    part(tmp_path, "actions").chmod(0o400)
    result = export_well(tmp_path, *TWO_DAYS, "--json", transport=Api(no_request))

    assert (summary(result), result.json["edited"], result.stderr) == ((0, 0), [], "")
    assert read_everything(tmp_path) == before


def test_a_copy_of_a_dataset_goes_on_as_the_original(tmp_path: Path) -> None:
    """By cp or git, which give every file a new time."""
    original, copy = tmp_path / "original", tmp_path / "copy"
    export_well(original, *TWO_DAYS)
    shutil.copytree(original, copy, copy_function=shutil.copyfile)
    result = export_well(copy, *TWO_DAYS, "--json", transport=Api(no_request))

    assert (summary(result), result.json["edited"], result.stderr) == ((0, 0), [], "")
    assert export(copy, "--verify").code == 0


def test_a_partition_with_its_old_bytes_back_is_no_longer_edited(tmp_path: Path) -> None:
    """Whoever restores a backup need not repair anything."""
    export_well(tmp_path, *MODELS)
    good = part(tmp_path).read_bytes()
    append(part(tmp_path))
    assert export_well(tmp_path, *MODELS).json["edited"] == [PATH]
    part(tmp_path).write_bytes(good)

    assert export_well(tmp_path, *MODELS, transport=Api(no_request)).json["edited"] == []


def test_a_partition_replaced_by_that_of_another_day_is_edited(tmp_path: Path) -> None:
    """Every checksum is that of a place, not only of a content."""
    export_well(tmp_path, *TWO_DAYS)
    shutil.copyfile(part(tmp_path, day="2026-10-06"), part(tmp_path))

    assert export_well(tmp_path, *TWO_DAYS, "--json").json["edited"] == [PATH]


def test_an_edited_partition_of_today_is_left_while_the_rest_goes_on(tmp_path: Path) -> None:
    """It would be fetched again anyway, but its bytes are somebody's."""
    today = ("--since", "2026-11-22", "--json")
    export_well(tmp_path, *today, now=datetime(2026, 11, 22, 9, 0, tzinfo=UTC))
    file = part(tmp_path, day="2026-11-22")
    append(file)
    edited = file.read_bytes()
    result = export_well(tmp_path, *today)

    assert result.json["edited"] == ["models/date=2026-11-22/part.csv"]
    assert (summary(result), file.read_bytes()) == ((1, 5), edited)


def test_of_many_edited_partitions_five_are_named_and_all_are_listed(tmp_path: Path) -> None:
    """Warnings stay readable; JSON has every path."""
    argv = ("--since", "2026-10-01", "--until", "2026-10-08", "--datasets", "models", "--json")
    export_well(tmp_path, *argv)
    for file in tmp_path.glob("models/*/part.csv"):
        append(file)
    result = export_well(tmp_path, *argv, transport=Api(no_request))

    assert len(result.json["edited"]) == 8
    assert [warning.split()[0] for warning in warnings_of(result)[:5]] == result.json["edited"][:5]
    assert warnings_of(result)[5:] == ["so were 3 others"]


def test_the_manifest_keeps_the_old_checksum_of_an_edited_partition(tmp_path: Path) -> None:
    """A run that writes other days does not take the edit for its own."""
    export_well(tmp_path, *MODELS)
    entry = read_manifest(tmp_path)["datasets"]["models"][DAY]
    append(part(tmp_path))
    result = export_well(tmp_path, *TWO_DAYS, "--json")

    assert result.json["edited"] == [PATH]
    assert read_manifest(tmp_path)["datasets"]["models"][DAY] == entry
