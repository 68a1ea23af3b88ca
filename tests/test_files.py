"""Replacing files: whoever writes last wins, whole, also where a system does not do everything."""

import errno
import os
import resource
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any

import pytest

from scenario_usage_cli.files import replace_file, write_whole
from scenario_usage_cli.rewriting import rewrite_file

DAY_S = 24 * 60 * 60
NEW = b"new" * 40_000
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root may do that")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A file that is there already."""
    path = tmp_path / "out.csv"
    path.write_bytes(b"old")
    path.chmod(0o644)
    return path


def put(path: Path, **options: Any) -> None:
    """Replace a file by what is new."""
    with replace_file(path, **options) as file:
        file.write(NEW)


def die(opened: AbstractContextManager[IO[bytes]]) -> None:
    """Write half of something, and come to no end."""
    with opened as file:
        file.write(b"half")
        raise KeyboardInterrupt


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, temporary ones too."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refuse(monkeypatch: pytest.MonkeyPatch, name: str, code: int, *, folders: bool = True) -> None:
    """Have the system refuse a call, with folders or but for them."""
    original = getattr(os, name)

    def call(what: Any, *args: Any, **options: Any) -> Any:
        is_folder = name in ("open", "fsync") and (
            Path(what).is_dir() if name == "open" else stat.S_ISDIR(os.fstat(what).st_mode)
        )
        if is_folder == folders:
            raise OSError(code, os.strerror(code))
        return original(what, *args, **options)

    monkeypatch.setattr(os, name, call)


def test_of_two_who_write_one_file_the_last_wins_whole(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where both are process 1, as in containers: neither knows of the other's file."""
    monkeypatch.setattr(os, "getpid", lambda: 1)
    with replace_file(target) as slow:
        slow.write(b"slow, ")
        put(target)
        assert target.read_bytes() == NEW
        slow.write(b"and last")

    assert contents(target.parent) == {"out.csv": b"slow, and last"}


def test_who_fails_leaves_alone_what_others_write(target: Path) -> None:
    """Its own temporary file is gone, and that of the other becomes the new one."""
    with replace_file(target) as other:
        other.write(b"other")
        with pytest.raises(KeyboardInterrupt):
            die(replace_file(target))
        assert len(contents(target.parent)) == 2

    assert contents(target.parent) == {"out.csv": b"other"}


LEFT = ".out.csv.0123456789abcdef.tmp"


@pytest.mark.parametrize(
    ("name", "age_s", "alone", "stays"),
    [
        (LEFT, DAY_S + 60, False, False),
        (LEFT, DAY_S - 60, False, True),
        (LEFT, -60, True, False),
        (LEFT.replace("out", "other"), 2 * DAY_S, True, True),
        (".out.csv.notes.tmp", 2 * DAY_S, True, True),
        ("out.csv.0123456789abcdef.tmp", 2 * DAY_S, True, True),
    ],
)
def test_what_a_killed_run_has_left_is_removed_by_who_writes_the_same_file(
    name: str, age_s: float, alone: bool, stays: bool, target: Path
) -> None:
    """After a day, or at once by who is alone; and nothing but that."""
    left = target.with_name(name)
    left.write_bytes(b"half")
    os.utime(left, times=(time.time() - age_s,) * 2)
    put(target, alone=alone)

    assert contents(target.parent) == {"out.csv": NEW} | ({name: b"half"} if stays else {})


def test_the_longest_name_has_its_leftovers_removed_as_well(tmp_path: Path) -> None:
    """Of which a temporary name has room for a part."""
    target = tmp_path / ("é" * 127)
    with replace_file(target):
        (left,) = tmp_path.iterdir()
    left.write_bytes(b"half")
    os.utime(left, times=(0, 0))
    put(target)

    assert contents(tmp_path) == {target.name: NEW}


@pytest.mark.parametrize(
    ("name", "code", "folders"),
    [
        ("fchmod", errno.EPERM, False),
        ("fchmod", errno.ENOTSUP, False),
        ("fchown", errno.EPERM, False),
        ("fchown", errno.EINVAL, False),
        ("fsync", errno.EINVAL, False),
        ("fsync", errno.ENOTSUP, False),
        ("fsync", errno.EINVAL, True),
        ("fsync", errno.EIO, True),
        ("open", errno.EACCES, True),
        ("scandir", errno.EACCES, False),
    ],
)
def test_what_is_not_essential_and_refused_is_gone_without(
    name: str, code: int, folders: bool, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As CIFS, FUSE and network mounts do; the new file is there, and nobody says it is not."""
    refuse(monkeypatch, name, code, folders=folders)
    put(target)
    monkeypatch.undo()

    assert contents(target.parent) == {"out.csv": NEW}


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EDQUOT])
def test_content_that_does_not_reach_the_disk_is_no_success(
    code: int, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old file stays."""
    refuse(monkeypatch, "fsync", code, folders=False)
    with pytest.raises(OSError, match=os.strerror(code)):
        put(target)

    assert contents(target.parent) == {"out.csv": b"old"}


@pytest.mark.parametrize(("before", "after"), [(0o644, 0o644), (0o600, 0o600), (0o640, 0o600)])
def test_without_a_change_of_permissions_nobody_may_read_more_and_most_no_less(
    before: int, after: int, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system makes files as it is told, and changes nothing of them later."""
    target.chmod(before)
    refuse(monkeypatch, "fchmod", errno.EPERM, folders=False)
    put(target)
    monkeypatch.undo()

    assert oct(stat.S_IMODE(target.stat().st_mode)) == oct(after)


@AS_ROOT
def test_a_file_that_root_replaces_stays_its_readers(target: Path) -> None:
    """Owner, group and permissions, those that are reset with a new owner too."""
    os.chown(target, 1234, 2345)
    target.chmod(0o2640)
    put(target)
    status = target.stat()

    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 2345, 0o2640)


@pytest.mark.parametrize(("before", "after"), [(0o640, 0o600), (0o664, 0o644), (0o4755, 0o755)])
def test_another_group_may_read_no_more_than_all_others(
    before: int, after: int, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system does not let the group be kept."""
    target.chmod(before)
    status = target.stat()
    other = os.stat_result((*status[:5], status.st_gid + 1, *status[6:]))
    monkeypatch.setattr(Path, "stat", lambda path, **options: other)
    refuse(monkeypatch, "fchown", errno.EPERM, folders=False)
    put(target)
    monkeypatch.undo()

    assert oct(stat.S_IMODE(target.stat().st_mode)) == oct(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [(None, 0o600), (0o644, 0o600), (0o600, 0o600), (0o440, 0o400), (0o755, 0o700)],
)
def test_a_private_file_is_its_owners_only(before: int | None, after: int, target: Path) -> None:
    """Also when it replaces one that others may read, and from its first byte on."""
    if before is None:
        target.unlink()
    else:
        target.chmod(before)
    with replace_file(target, private=True) as file:
        assert stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077 == 0
        file.write(NEW)

    assert oct(stat.S_IMODE(target.stat().st_mode)) == oct(after)


@pytest.mark.parametrize("code", [errno.EBUSY, errno.EPERM, errno.EACCES])
def test_a_file_that_may_be_written_to_only_is_written_in_place(
    code: int, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who allows that is told why; without that, the old one stays."""

    def replace(path: Path, target: Path) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "replace", replace)
    number = target.stat().st_ino
    with pytest.raises(OSError, match=os.strerror(code)):
        put(target)
    assert contents(target.parent) == {"out.csv": b"old"}

    told: list[int | None] = []
    put(target, in_place=lambda error: told.append(error.errno))
    assert (contents(target.parent), told) == ({"out.csv": NEW}, [code])
    assert target.stat().st_ino == number


@pytest.fixture
def mounted(target: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The same file, mounted by itself, as a container has it."""
    path = tmp_path_factory.mktemp("container") / "out.csv"
    path.touch()
    bind = subprocess.run(["mount", "--bind", target, path], capture_output=True, check=False)
    if bind.returncode:
        pytest.skip("nothing can be mounted here")
    yield path
    subprocess.run(["umount", path], check=True)


@AS_ROOT
@pytest.mark.parametrize("new", [NEW, b"n"])
def test_a_file_that_is_mounted_by_itself_is_written_in_place(
    new: bytes, mounted: Path, target: Path
) -> None:
    """By a real system, which says that it is busy; longer or shorter than it was."""
    told: list[int | None] = []
    with replace_file(mounted, in_place=lambda error: told.append(error.errno)) as file:
        file.write(new)

    assert (contents(mounted.parent), told) == ({"out.csv": new}, [errno.EBUSY])
    assert target.read_bytes() == new


def test_a_file_whose_folder_takes_no_other_is_written_when_all_is_there(target: Path) -> None:
    """A block that fails has not touched it."""
    told: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        die(rewrite_file(target, in_place=lambda: told.append("")))
    assert (target.read_bytes(), told) == (b"old", [])

    with rewrite_file(target, private=True, in_place=lambda: told.append("told")) as file:
        file.write(NEW)
    assert (contents(target.parent), told) == ({"out.csv": NEW}, ["told"])
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_writing_in_place_makes_sure_of_room_first(target: Path) -> None:
    """Where there is not enough of it, the old content stays."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(NEW) // 2, limits[1]))
    try:
        with (
            pytest.raises(OSError, match="File too large"),
            rewrite_file(target, in_place=lambda: None) as file,
        ):
            file.write(NEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert target.read_bytes() == b"old"


def test_a_pipe_that_does_not_wait_is_waited_for() -> None:
    """More than it holds comes out at its other end, byte for byte."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    found: list[bytes] = []

    def drain() -> None:
        with os.fdopen(read, "rb") as pipe:
            found.append(pipe.read())

    reader = threading.Thread(target=drain)
    with os.fdopen(write, "wb", buffering=0) as pipe:
        assert pipe.write(bytes(1_000_000)) is not None  # it is full now
        reader.start()
        write_whole(pipe, NEW)
    reader.join()

    assert found[0].lstrip(b"\0") == NEW
