"""Files: whole or not there, replaced as they were, and left alone when something fails."""

import errno
import os
import stat
import subprocess
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support import FakeApi, Result, answer, run, usages

OPTIONS = ["--output", "--save-raw"]


@pytest.fixture
def umask() -> Any:
    """A mask that is not the usual one, for the length of a test."""
    before = os.umask(0o027)
    yield
    os.umask(before)


def report(option: str, target: Path | str, *argv: str, transport: Any = None) -> Result:
    """A CSV report of the built-in studio, or of a transport, with a file for one option."""
    demo = () if transport else ("--demo",)
    return run("report", "--csv", *demo, option, str(target), *argv, transport=transport)


def expected(option: str) -> str:
    """How the text begins that the option writes."""
    return {
        "--output": "period_start,period_end,section,id,name,measure,value\n",
        "--save-raw": '{"_scenario_usage": {"version": 1, ',
    }[option]


def mode(path: Path) -> int:
    """The permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def contents(folder: Path) -> dict[str, str]:
    """Every file of a folder, temporary ones too, and the beginning of its text."""
    return {path.name: path.read_text()[:20] for path in folder.iterdir()}


@pytest.mark.parametrize("option", OPTIONS)
def test_a_new_file_has_the_mode_that_the_umask_leaves(
    option: str, tmp_path: Path, umask: None
) -> None:
    """Not that of a temporary file; a raw answer, which may tell of people, is its owner's only.
    Nothing else is in the folder.
    """
    result = report(option, tmp_path / "new")

    assert (result.code, result.stderr) == (0, "")
    assert contents(tmp_path) == {"new": expected(option)[:20]}
    assert (tmp_path / "new").read_text().startswith(expected(option))
    assert mode(tmp_path / "new") == (0o600 if option == "--save-raw" else 0o640)


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("before", [0o600, 0o664, 0o444, 0o755])
def test_a_replaced_file_keeps_its_mode(option: str, before: int, tmp_path: Path) -> None:
    """Also one that may be executed, or is meant for its owner only; a raw answer is it always."""
    target = tmp_path / "old"
    target.write_text("old" * 1_000_000)
    target.chmod(before)

    assert report(option, target).code == 0
    assert mode(target) == (before & 0o700 if option == "--save-raw" else before)
    assert target.read_text().startswith(expected(option))
    assert target.stat().st_size < 2_000_000


def test_the_file_holds_what_stdout_would(tmp_path: Path) -> None:
    """In every format, byte for byte; stdout stays empty, and `-` is stdout."""
    for argv in (("-f", "table"), ("--json",), ("--csv",), ("-f", "tsv"), ("-f", "markdown")):
        target = tmp_path / "out"
        into_file = run("report", "--demo", *argv, "-o", str(target))
        piped = run("report", "--demo", *argv)

        assert (into_file.code, into_file.stdout) == (0, "")
        assert target.read_bytes() == piped.stdout.encode()
        assert run("report", "--demo", *argv, "-o", "-") == piped


def test_a_file_has_neither_colour_nor_width_of_the_terminal(tmp_path: Path) -> None:
    """It will be read elsewhere, also where colour is forced."""
    target = tmp_path / "out"
    environ = {"FORCE_COLOR": "1"}
    run("report", "--demo", "-o", str(target), environ=environ, columns=60)

    assert target.read_text() == run("report", "--demo").stdout


@pytest.mark.parametrize("option", OPTIONS)
def test_a_link_stays_and_its_target_is_replaced(option: str, tmp_path: Path) -> None:
    """Also over two links, and where the last one points to nothing yet."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "real").write_text("old")
    (tmp_path / "link").symlink_to("folder/real")
    (tmp_path / "link2").symlink_to("link")
    (tmp_path / "dangling").symlink_to("folder/fresh")

    for name in ("link2", "dangling"):
        assert report(option, tmp_path / name).code == 0
        assert (tmp_path / name).is_symlink()
    assert contents(folder) == dict.fromkeys(["real", "fresh"], expected(option)[:20])


@pytest.mark.parametrize("option", OPTIONS)
def test_a_name_relative_to_the_current_folder_works(
    option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With and without a path, with odd letters, and as long as a name may be."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    names = ["a", "./b", "sub/../c", "sub/d e", "é[x]*", "x" * 255]

    assert [report(option, name).code for name in names] == [0] * 6
    assert [expected(option)[:20] == Path(name).read_text()[:20] for name in names] == [True] * 6
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["a", "b", "c", "sub", "é[x]*", "x" * 255]
    )


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize(
    ("name", "reason", "advice"),
    [
        ("folder", "it is a folder", "name a file in it, such as folder/usage.csv"),
        ("new/", "it is a folder", "name a file in it, such as new/usage.csv"),
        ("missing/out", "there is no such folder", "make the folder {}/missing first"),
        ("to-missing", "there is no such folder", "make the folder {}/missing first"),
        ("file/out", "there is no such folder", "choose another place"),
        ("loop", "Too many levels of symbolic links", "remove the link that leads back"),
        ("loop-a", "Too many levels of symbolic links", "remove the link that leads back"),
        ("x" * 256, "File name too long", "choose a shorter name"),
        ("/dev/fd/77", "Bad file descriptor", "open it first"),
        ("nul\0", "embedded null byte", "choose another place"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_before_anything_is_asked(
    option: str,
    name: str,
    reason: str,
    advice: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Exit 3 names option and place, and says what to do about it; no request is made, and no
    file is left.
    """
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("file").write_text("old")
    links = {"loop": "loop", "loop-a": "loop-b", "loop-b": "loop-a", "to-missing": "missing/out"}
    for link, end in links.items():
        Path(link).symlink_to(end)
    result = report(option, name, transport=FakeApi())

    assert (result.code, result.stdout) == (3, "")
    assert result.error.replace("\\x00", "\0") == f"error: cannot write {option} {name}: {reason}"
    assert result.stderr.splitlines()[-1].startswith(f"hint: {advice.format(tmp_path)}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder", *links]


def test_two_places_of_which_one_leads_nowhere_are_no_bug(tmp_path: Path) -> None:
    """A link to itself beside another file: exit 3, as it is alone."""
    (tmp_path / "loop").symlink_to("loop")
    both = ("--save-raw", str(tmp_path / "loop"), "--output", str(tmp_path / "x"))

    assert run("report", "--last", "1d", *both).code == 3


@pytest.mark.parametrize("option", OPTIONS)
def test_a_folder_of_somebody_else_is_refused_before_anything_is_asked(
    option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 3, however long the query that would have come first. (Root may write everywhere.)"""
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)

    assert report(option, tmp_path / "out", transport=FakeApi()).code == 3


@pytest.mark.parametrize("option", OPTIONS)
def test_a_file_that_may_be_written_in_such_a_folder_is_written_in_place(
    option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where one file is mounted into a container: with a warning, and when all is known."""
    target = tmp_path / "out"
    target.write_text("old" * 1_000_000)
    number = target.stat().st_ino
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)
    failed = report(option, target, transport=FakeApi(answer({}, 400)))
    assert (failed.code, target.stat().st_size) == (5, 3_000_000)

    result = report(option, target)
    assert (result.code, result.stdout.startswith(expected("--output"))) == (
        0,
        option == "--save-raw",
    )
    assert result.stderr == (
        f"warning: {option} {target} cannot be replaced as a whole (its folder takes no files); "
        "it is written in place\n"
    )
    assert contents(tmp_path) == {"out": expected(option)[:20]}
    assert target.stat().st_ino == number


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount anything")
@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("is_read_only", [True, False])
def test_a_file_that_is_mounted_by_itself_is_written_in_place_or_refused_at_once(
    is_read_only: bool, option: str, tmp_path: Path
) -> None:
    """Where it may only be read, no request is made; its folder does not tell."""
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    for path in (outside, inside):
        path.write_text("old")
    if subprocess.run(["mount", "--bind", outside, inside], check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        if is_read_only:
            subprocess.run(["mount", "-o", "remount,ro,bind", inside], check=True)
        result = report(option, inside, **({"transport": FakeApi()} if is_read_only else {}))
        text = outside.read_text()
    finally:
        subprocess.run(["umount", inside], check=True)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["inside", "outside"]
    if is_read_only:
        assert (result.code, text) == (3, "old")
        assert result.error.endswith(f"{option} {inside}: Read-only file system")
    else:
        assert (result.code, text[:20]) == (0, expected(option)[:20])
        assert "(Device or resource busy); it is written in place" in result.stderr


def test_a_current_folder_that_is_gone_is_exit_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a name below it; any other place will do."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    relative = report("--output", "out", transport=FakeApi())
    absolute = report("--output", tmp_path / "out")

    assert (relative.code, absolute.code) == (3, 0)
    assert relative.error == "error: cannot write --output out: No such file or directory"


@pytest.mark.parametrize("option", OPTIONS)
def test_a_folder_that_takes_no_files_is_exit_3(option: str) -> None:
    """Not even from root, as in `/proc`."""
    result = report(option, "/proc/scenario-usage.csv")

    assert (result.code, result.stdout) == (3, "")
    assert f"{option} /proc/scenario-usage.csv" in result.error


@pytest.mark.parametrize("option", OPTIONS)
def test_a_full_device_is_exit_3_and_stays_a_device(option: str) -> None:
    """It is written to directly, never replaced, and leaves nothing in its folder."""
    result = report(option, "/dev/full")

    assert (result.code, result.stdout) == (3, "")
    assert f"{option} /dev/full: No space left on device" in result.error
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)
    assert [path.name for path in Path("/dev").iterdir() if "full" in path.name] == ["full"]


@pytest.mark.parametrize("option", OPTIONS)
def test_a_link_to_a_device_writes_to_the_device(option: str, tmp_path: Path) -> None:
    """Over two links and a linked folder; none of them is replaced."""
    (tmp_path / "folder").symlink_to("/dev")
    (tmp_path / "link").symlink_to("folder/full")
    result = report(option, tmp_path / "link")

    assert (result.code, result.stdout) == (3, "")
    assert result.error.endswith(f"{option} {tmp_path / 'link'}: No space left on device")
    assert (tmp_path / "link").is_symlink()
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


@pytest.mark.parametrize("option", OPTIONS)
def test_a_fifo_is_written_to_and_stays_a_fifo(option: str, tmp_path: Path) -> None:
    """Whoever reads at its other end gets everything."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append(fifo.read_text()), daemon=True)
    reader.start()
    result = report(option, fifo)
    reader.join(timeout=120)

    assert result.code == 0
    assert found[0].startswith(expected(option))
    assert found[0].endswith("\n")
    assert stat.S_ISFIFO(fifo.stat().st_mode)


FAILURES: list[httpx.Response | Exception] = [
    answer({"message": "no"}, 400),
    answer({}, 401),
    httpx.Response(200, text='{"consumption": ['),
    answer({"consumption": 3}),
]


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("response", FAILURES)
def test_a_failure_of_the_api_leaves_the_old_file(
    option: str, response: httpx.Response, tmp_path: Path
) -> None:
    """As it was, with nothing beside it; and nothing on stdout."""
    (tmp_path / "out").write_text("old")
    result = report(option, tmp_path / "out", transport=FakeApi(response))

    assert (result.code in (4, 5, 7), result.stdout) == (True, "")
    assert contents(tmp_path) == {"out": "old"}


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize(
    ("function", "error"),
    [
        ("fsync", OSError(errno.ENOSPC, "No space left on device")),
        ("fsync", OSError(errno.EIO, "Input/output error")),
        ("fsync", KeyboardInterrupt()),
        ("replace", OSError(errno.EXDEV, "Invalid cross-device link")),
    ],
)
def test_a_failure_of_the_disk_leaves_the_old_file(
    option: str,
    function: str,
    error: BaseException,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The text is synced before it takes the place of the old one; no temporary file stays."""

    def fail(*args: object, **options: object) -> None:
        raise error

    (tmp_path / "out").write_text("old")
    monkeypatch.setattr(os, function, fail)
    result = report(option, tmp_path / "out")

    assert (result.code, result.stdout) == (130 if isinstance(error, KeyboardInterrupt) else 3, "")
    assert contents(tmp_path) == {"out": "old"}


def test_the_new_file_is_synced_and_complete_before_it_replaces_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the time of the sync the old file is there, and the new one beside it is whole; when it
    is in its place, its folder is synced as well.
    """
    seen: list[tuple[bool, int, int]] = []
    target = tmp_path / "out"
    target.write_text("old")

    def sync(descriptor: int) -> None:
        status = os.fstat(descriptor)
        is_folder = stat.S_ISDIR(status.st_mode)
        seen.append((is_folder, 0 if is_folder else status.st_size, target.stat().st_size))

    monkeypatch.setattr(os, "fsync", sync)
    report("--output", target)
    size = target.stat().st_size

    assert seen == [(False, size, 3), (True, 0, size)]


def test_the_raw_answer_is_kept_beside_the_report(tmp_path: Path) -> None:
    """The same report comes of it, but that it tells when it was; the API is asked once."""
    raw = tmp_path / "raw.json"
    api = FakeApi(answer(usages(assets=[{"kind": "image", "points": []}])))
    asked = run("report", "--json", "--save-raw", str(raw), transport=api)
    read = run("report", "--json", "--from", str(raw))

    assert (asked.code, read.code) == (0, 0)
    assert read.json == asked.json | {"fetched_at": "2026-11-22T18:30:00Z"}
    api.assert_used_up()
