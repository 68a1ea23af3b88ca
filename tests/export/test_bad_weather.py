"""Disks that are full, folders that are none, and files that are somebody else's."""

import errno
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.export.support import (
    HEADERS,
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
    read_manifest_core,
    read_tree,
    summary,
    warnings_of,
)

COMMAND = (sys.executable, "-m", "scenario_usage_cli")
MODELS = (*ONE_DAY, "--datasets", "models")
MORNING = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FOREIGN = b"what somebody else has put here\n"


def fail_at(patch: pytest.MonkeyPatch, target: Any, name: str, number: int, code: int) -> list[str]:
    """Let the system refuse a call from the given one on; returns what was called."""
    original, calls = getattr(target, name), []

    def refuse(*args: Any, **options: Any) -> Any:
        calls.append(name)
        if len(calls) >= number:
            raise OSError(code, os.strerror(code))
        return original(*args, **options)

    patch.setattr(target, name, refuse)
    return calls


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("owner", "call", "every", "first"),
    [(os, "fsync", 2, 1), (Path, "replace", 1, 1), (os, "open", 2, 2)],
    ids=["fsync", "replace", "open"],
)
def test_a_disk_that_takes_no_more_is_exit_3_and_made_good_later(
    owner: Any,
    call: str,
    every: int,
    first: int,
    number: int,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whichever file it was at; nothing half is left, and the next run ends what was begun. (A
    folder is opened and synced after each file, and the lock is opened before all.)
    """
    argv = (*TWO_DAYS, "--datasets", "models")
    folder = tmp_path / "usage"
    with monkeypatch.context() as patch:
        calls = fail_at(patch, owner, call, first + every * (number - 1), code)
        result = export(folder, *argv, transport=Studio())

    assert len(calls) >= number
    assert_refused(result, 3, str(folder), os.strerror(code))
    assert [path for path in read_tree(folder) if path.endswith(".tmp")] == []
    export_well(tmp_path / "undisturbed", *argv)
    again = export_well(folder, *argv, "--json")
    assert again.json["edited"] == []
    assert read_tree(folder) == read_tree(tmp_path / "undisturbed")
    assert read_manifest_core(folder) == read_manifest_core(tmp_path / "undisturbed")


def test_a_full_disk_leaves_the_older_partition_and_the_older_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Today has grown, and there is no room for it."""
    argv = ("--since", "2026-11-22", "--datasets", "assets")
    export_well(tmp_path, *argv, now=MORNING)
    before = read_everything(tmp_path)
    with monkeypatch.context() as patch:
        fail_at(patch, os, "fsync", 1, errno.ENOSPC)
        result = export(tmp_path, *argv, transport=Studio())

    assert_refused(result, 3, "No space left on device")
    assert read_everything(tmp_path) == before


@pytest.mark.parametrize("kib", [0, 1, 2])
def test_a_limit_on_the_size_of_files_is_exit_3_and_leaves_no_half_file(
    kib: int, tmp_path: Path
) -> None:
    """A real process whose files may have so many KiB; partitions and manifest have more."""
    folder = tmp_path / "usage"
    argv = ["export", str(folder), "--demo", "--since", "2024-05-01", "--until", "2024-05-06"]
    done = subprocess.run(
        ["sh", "-c", f'ulimit -f {kib * 2}; exec "$@"', "sh", *COMMAND, *argv],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={
            "PATH": os.environ["PATH"],
            "SCENARIO_USAGE_CONFIG": "/proc/nonexistent",
            "PYTHONDONTWRITEBYTECODE": "1",  # the limit is on them, too
        },
        encoding="utf-8",
        timeout=120,
        check=False,
    )

    assert (done.returncode, done.stdout) == (3, "")
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["error", "hint"]
    assert "File too large" in done.stderr
    assert [path for path in read_tree(folder) if path.endswith(".tmp")] == []
    export_well(folder, *argv[2:])
    export_well(tmp_path / "undisturbed", *argv[2:])
    assert read_tree(folder) == read_tree(tmp_path / "undisturbed")


@pytest.mark.parametrize("place", ["usage", "usage/below", "usage/models"])
def test_a_file_where_a_folder_should_be_is_exit_3_and_kept(place: str, tmp_path: Path) -> None:
    """DIR itself, its parent, or the folder of a table."""
    file = tmp_path / "usage" / "models" if place == "usage/models" else tmp_path / "usage"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(FOREIGN)
    folder = tmp_path / "usage" / "below" if place == "usage/below" else tmp_path / "usage"

    for options in ([], ["--dry-run"], ["--repair"]):
        result = export(folder, *MODELS, *options, transport=Api(no_request))
        assert_refused(result, 3, str(folder))
    assert file.read_bytes() == FOREIGN
    assert export(folder, "--verify", transport=Api(no_request)).code == 3


def test_a_folder_in_the_place_of_a_file_is_exit_3_and_kept(tmp_path: Path) -> None:
    """With what is in it."""
    folder = part(tmp_path)
    folder.mkdir(parents=True)
    (folder / "kept").write_bytes(FOREIGN)

    assert_refused(export(tmp_path, *MODELS, transport=Studio()), 3, "models/date=2026-10-05")
    assert (folder / "kept").read_bytes() == FOREIGN


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_exit_3(tmp_path: Path) -> None:
    """Whose files are there all the same."""
    export_well(tmp_path, *MODELS)
    before = read_everything(tmp_path)
    tmp_path.chmod(0o500)
    try:
        result = export(tmp_path, *TWO_DAYS, "--datasets", "models", transport=Studio())
    finally:
        tmp_path.chmod(0o700)

    assert_refused(result, 3, str(tmp_path))
    assert read_everything(tmp_path) == before


def test_a_read_only_folder_is_exit_3_and_can_still_be_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No folder can be made and no file opened for writing, as on a disc that is read-only."""
    export_well(tmp_path, *MODELS)
    before = read_everything(tmp_path)
    fail_at(monkeypatch, os, "mkdir", 1, errno.EROFS)
    opened = os.open

    def open_to_read(path: Any, flags: int, *args: Any, **options: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return opened(path, flags, *args, **options)

    monkeypatch.setattr(os, "open", open_to_read)
    more = export(tmp_path, *TWO_DAYS, "--datasets", "models", transport=Studio())
    idle = export(tmp_path, *MODELS, "--json", transport=Api(no_request))

    assert_refused(more, 3, "Read-only file system")
    assert (idle.code, summary(idle)) == (0, (0, 0))
    assert export(tmp_path, "--verify").code == 0
    assert read_everything(tmp_path) == before


def test_a_folder_may_be_a_link_to_another_place(tmp_path: Path) -> None:
    """The files are there, and the link is still one."""
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    export_well(link, *MODELS)

    assert link.is_symlink()
    assert list(read_tree(real)) == ["models/date=2026-10-05/part.csv"]
    assert summary(export_well(real, *MODELS, "--json")) == (0, 0)


def test_a_link_to_nowhere_is_exit_3(tmp_path: Path) -> None:
    """A disk that is not mounted, perhaps: nothing is made in its place."""
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "nowhere")

    assert_refused(export(link, *MODELS, transport=Studio()), 3, str(link))
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "place",
    [
        "notes.txt",
        "models/notes.txt",
        "models/date=2026-10-05/notes.csv",
        "models/date=yesterday/part.csv",
        "models/date=2026-13-45/part.csv",
        "unknown/date=2026-10-05/part.csv",
        "models/date=2026-10-05/part.parquet",
    ],
)
def test_a_foreign_file_is_left_alone(place: str, tmp_path: Path) -> None:
    """Wherever it stands; it is no partition of this dataset, and no reason to warn."""
    file = tmp_path / "usage" / place
    file.parent.mkdir(parents=True)
    export_well(tmp_path / "usage", *MODELS)
    file.write_bytes(FOREIGN)
    result = export_well(tmp_path / "usage", *TWO_DAYS, "--datasets", "models", "--json")

    assert (result.stderr, result.json["edited"]) == ("", [])
    assert file.read_bytes() == FOREIGN
    assert part(tmp_path / "usage").read_text().startswith(HEADERS["models"])


def test_a_foreign_partition_of_a_day_that_was_never_fetched_is_left_and_reported(
    tmp_path: Path,
) -> None:
    """As one that somebody edited: exit 0, its bytes stay, and --repair takes the place over."""
    export_well(tmp_path, *MODELS)
    foreign = part(tmp_path, day="2026-10-06")
    foreign.parent.mkdir()
    foreign.write_bytes(FOREIGN)
    path = "models/date=2026-10-06/part.csv"
    argv = (*TWO_DAYS, "--datasets", "models", "--json")
    for _ in range(2):
        result = export_well(tmp_path, *argv, transport=Api(no_request))
        assert (result.json["edited"], foreign.read_bytes()) == ([path], FOREIGN)
        assert [warning for warning in warnings_of(result) if path in warning] != []
        assert result.json["warnings"] == warnings_of(result)
    repaired = export_well(tmp_path, *argv, "--repair")

    assert (summary(repaired), repaired.json["edited"], repaired.stderr) == ((1, 1), [], "")
    assert foreign.read_text().startswith(HEADERS["models"])
    assert export(tmp_path, "--verify").code == 0


def test_a_folder_on_another_file_system_is_like_any_other(tmp_path: Path) -> None:
    """Nothing is written elsewhere first, from where it could not be renamed."""
    here = tmp_path.stat().st_dev
    known = (Path(name) for name in ("/dev/shm", "/tmp"))
    other = next((path for path in known if path.is_dir() and path.stat().st_dev != here), None)
    if other is None:
        pytest.skip("there is no other file system that is known")
    export_well(tmp_path, *TWO_DAYS)
    with TemporaryDirectory(dir=other) as name:
        export_well(Path(name, "usage"), *TWO_DAYS)

        assert read_tree(Path(name, "usage")) == read_tree(tmp_path)


def test_a_summary_that_cannot_be_written_is_all_that_fails(tmp_path: Path) -> None:
    """A full pipe's end: exit 3 with what is true of the dataset, which is there."""
    folder = tmp_path / "usage"
    argv = [*COMMAND, "export", str(folder), "--demo", "--since", "2026-10-05", "--until"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*argv, "2026-10-05"], stdout=full, stderr=subprocess.PIPE, check=False, text=True
        )

    assert done.returncode == 3
    assert "hint: the dataset is up to date" in done.stderr
    assert export(folder, "--verify").code == 0
