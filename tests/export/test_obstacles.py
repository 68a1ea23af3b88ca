"""What stands in the place of a partition and is none: told by its path, and no end of the rest."""

import os
import random
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from scenario_usage_cli.export import store
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
    read_manifest,
    read_tree,
    summary,
    warnings_of,
)

TABLES = ("--datasets", "models,assets")
MODELS = (*ONE_DAY, "--datasets", "models", "--json")
MOVE = "move away what is there, or make it writable; everything else is exported"
PATH = f"models/date={DAY}/part.csv"


def folder(path: Path) -> None:
    """An empty one."""
    path.mkdir()


def fifo(path: Path) -> None:
    """Whoever opens it waits for a writer."""
    os.mkfifo(path)


def listener(path: Path) -> None:
    """A socket, bound by its short name."""
    with socket.socket(socket.AF_UNIX) as bound:
        place = os.open(path.parent, os.O_RDONLY)
        bound.bind(f"/proc/self/fd/{place}/{path.name}")
        os.close(place)


def loop(path: Path) -> None:
    """A link to itself."""
    path.symlink_to(path.name)


def endless(path: Path) -> None:
    """A link to a device that never ends."""
    path.symlink_to("/dev/zero")


def link_to_fifo(path: Path) -> None:
    """A link to what whoever opens it waits for."""
    os.mkfifo(path.with_name("fifo"))
    path.symlink_to("fifo")


def sparse(path: Path) -> None:
    """A terabyte of nothing."""
    with path.open("xb") as file:
        file.truncate(2**40)


REPLACEABLE = [
    (folder, "it is a folder"),
    (fifo, "it is a FIFO"),
    (listener, "it is a socket"),
    (loop, "Too many levels of symbolic links"),
    (endless, "it is a device"),
    (link_to_fifo, "it is a FIFO"),
    (sparse, "it has more than 512 MB"),
]


@pytest.mark.parametrize(
    ("put", "reason"), REPLACEABLE, ids=lambda value: getattr(value, "__name__", "")
)
def test_what_is_no_partition_is_listed_left_and_repaired(
    put: Callable[[Path], None], reason: str, tmp_path: Path
) -> None:
    """--verify lists it beside all else; export warns and fetches the rest; --repair mends it."""
    export_well(tmp_path, *ONE_DAY, *TABLES)
    good = part(tmp_path).read_bytes()
    part(tmp_path).unlink()
    put(part(tmp_path))
    part(tmp_path, "assets").write_bytes(b"kind\n")
    verified = export(tmp_path, "--verify", "--json")
    left = export_well(tmp_path, *TWO_DAYS, "--datasets", "models", "--json")
    repaired = export_well(tmp_path, *TWO_DAYS, *TABLES, "--repair", "--json")

    assert verified.code == 7
    assert f"{PATH} cannot be read: {reason}" in verified.json["problems"]
    assert [p for p in verified.json["problems"] if p.startswith("assets/")] != []
    assert (summary(left), left.json["edited"]) == ((1, 1), [PATH])
    assert warnings_of(left) == [
        f"{PATH} cannot be read ({reason}), and is left as it is; --repair fetches it"
    ]
    assert (summary(repaired), repaired.stderr) == ((2, 3), "")
    assert (part(tmp_path).read_bytes(), part(tmp_path).is_symlink()) == (good, False)
    assert export(tmp_path, "--verify").code == 0


def full_folder(path: Path) -> Path:
    """A folder with somebody's file in it."""
    path.mkdir()
    (path / "kept").touch()
    return path / "kept"


def no_folder_of_the_day(path: Path) -> Path:
    """A file where the day's folder should be."""
    path.parent.rmdir()
    path.parent.touch()
    return path.parent


def dangling_folder_of_the_day(path: Path) -> Path:
    """A link to nowhere where the day's folder should be."""
    path.parent.rmdir()
    path.parent.symlink_to("nowhere")
    return path.parent


@pytest.mark.parametrize("lost", [False, True], ids=["", "manifest lost"])
@pytest.mark.parametrize("put", [full_folder, no_folder_of_the_day, dangling_folder_of_the_day])
def test_what_cannot_be_replaced_is_kept_and_keeps_nothing_else_from_being_written(
    put: Callable[[Path], Path], lost: bool, tmp_path: Path
) -> None:
    """Exit 3 with its path, when all else is written, also with --repair."""
    export_well(tmp_path, *ONE_DAY, *TABLES)
    part(tmp_path).unlink()
    kept = put(part(tmp_path))
    if lost:
        (tmp_path / "_manifest.json").unlink()
    for options in ([], ["--repair"], ["--dry-run"]):
        result = export(tmp_path, *TWO_DAYS, *TABLES, *options, transport=Studio())
        assert (result.code, result.stdout) == (3, "")
        assert f"cannot write {tmp_path}/{PATH}: " in result.error
        assert result.stderr.endswith(f"hint: {MOVE}\n")

    assert os.path.lexists(kept)
    assert list(read_manifest(tmp_path)["datasets"]["assets"]) == [DAY, "2026-10-06"]
    assert part(tmp_path, day="2026-10-06").is_file()
    assert export(tmp_path, "--verify").code == 7


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_listed_and_replaced(tmp_path: Path) -> None:
    """By one that may be."""
    export_well(tmp_path, *MODELS)
    part(tmp_path).chmod(0)
    verified = export(tmp_path, "--verify", "--json")
    export_well(tmp_path, *MODELS, "--repair")

    assert verified.json["problems"] == [f"{PATH} cannot be read: Permission denied"]
    assert export(tmp_path, "--verify").code == 0


@pytest.mark.parametrize(
    ("put", "reason"), REPLACEABLE, ids=lambda value: getattr(value, "__name__", "")
)
def test_what_stands_for_the_manifest_is_refused(
    put: Callable[[Path], None], reason: str, tmp_path: Path
) -> None:
    """It is not opened, and left in place."""
    export_well(tmp_path, *MODELS)
    (tmp_path / "_manifest.json").unlink()
    put(tmp_path / "_manifest.json")
    for options in ([], ["--repair"], ["--verify"]):
        result = export(tmp_path, *MODELS, *options, transport=Api(no_request))
        assert_refused(result, 3, f"cannot read {tmp_path}/_manifest.json: {reason}")


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_a_link_to_a_partition_elsewhere_is_a_partition(file_format: str, tmp_path: Path) -> None:
    """Whoever keeps files of the same content once may link to them."""
    export_well(tmp_path, *MODELS, "-f", file_format)
    path = part(tmp_path).with_name(f"part.{file_format}")
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")

    assert export(tmp_path, "--verify").code == 0
    assert summary(export_well(tmp_path, *MODELS, "--repair", transport=Api(no_request))) == (0, 0)


def test_a_file_that_grows_while_it_is_read_is_read_to_the_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its size, as it was told before, is not believed."""
    monkeypatch.setattr(store, "LARGEST_FILE_BYTES", 10)
    (tmp_path / "file").write_bytes(b"a" * 11)
    monkeypatch.setattr(os, "fstat", lambda descriptor: (tmp_path).joinpath("small").stat())
    (tmp_path / "small").write_bytes(b"a")

    with pytest.raises(store.Unreadable):
        store.Folder("the folder", tmp_path).read("file")


@pytest.mark.parametrize("lost", [False, True], ids=["", "manifest lost"])
@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_a_flipped_bit_is_found_by_its_path_and_mended(
    file_format: str, lost: bool, tmp_path: Path
) -> None:
    """Wherever it is, with the other findings; the manifest may be lost as well."""
    export_well(tmp_path, *ONE_DAY, *TABLES, "-f", file_format)
    path = part(tmp_path).with_name(f"part.{file_format}")
    good = read_tree(tmp_path)
    body = path.read_bytes()
    manifest = (tmp_path / "_manifest.json").read_bytes()
    other = part(tmp_path, "assets").with_name(f"part.{file_format}")
    bits = random.Random(1)
    for _ in range(20):
        place = bits.randrange(8 * len(body))
        flipped = bytearray(body)
        flipped[place // 8] ^= 1 << place % 8
        path.write_bytes(flipped)
        other.write_bytes(b"")
        (tmp_path / "_manifest.json").write_bytes(manifest[:-9] if lost else manifest)
        found = export(tmp_path, "--verify", "--json")
        assert found.code == 7, place
        paths = {problem.split()[0] for problem in found.json["problems"]}
        assert {f"assets/date={DAY}/{other.name}"} <= paths
        if lost:
            export_well(tmp_path, *ONE_DAY, *TABLES)
            tree = read_tree(tmp_path)  # nothing tells that what was there was damaged
            assert {one: tree[one] for one in tree if "restatements/" not in one} == good, place
        else:
            assert f"models/date={DAY}/{path.name}" in paths, place
