"""The streams of a real process: full, closed, redirected, or in another encoding."""

import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-m", "scenario_usage_cli"]
ENVIRON = {
    "PATH": os.environ["PATH"],
    "PYTHONDONTWRITEBYTECODE": "1",
    "SCENARIO_USAGE_CONFIG": "/proc/nonexistent/config.toml",
}
UNBUFFERED = {"PYTHONUNBUFFERED": "1"}
REPORT = ["report", "--demo", "--period", "yesterday"]
"""Of one day, which is soon added up: it is about streams."""
CSV = [*REPORT, "--csv", "--section", "assets"]
HEADER = "period_start,period_end,kind,count,api_key_count,share\n"

Done = subprocess.CompletedProcess[str]


def start(argv: list[str], environ: dict[str, str] | None = None, **options: Any) -> Done:
    """Run a command to its end; what is not given is piped."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.run(
        [*COMMAND, *argv],
        **(streams | options),
        env={**ENVIRON, **(environ or {})},
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def in_shell(
    argv: list[str], script: str, shell: str = "sh", environ: dict[str, str] | None = None
) -> Done:
    """The same as `"$@"` of a shell script."""
    return subprocess.run(
        [shell, "-c", script, shell, *COMMAND, *argv],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**ENVIRON, **(environ or {})},
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def two_lines(stderr: str) -> bool:
    """Whether an error and its hint are all that was said."""
    return [line.split(":")[0] for line in stderr.splitlines()] == ["error", "hint"]


@pytest.mark.parametrize(
    ("argv", "environ"),
    [
        (CSV, {}),
        (REPORT, {}),
        ([*REPORT, "--json"], UNBUFFERED),
        ([*REPORT, "--json", "-o", "-"], {}),
        (["doctor", "--demo"], UNBUFFERED),
        (["schema", "report"], {}),
        (["config", "path"], {}),
        (["--help"], {}),
        (["--help"], UNBUFFERED),
        (["--version"], {}),
    ],
)
def test_a_full_stdout_is_exit_3(argv: list[str], environ: dict[str, str]) -> None:
    """Two lines, and nothing more from the interpreter when it ends."""
    with Path("/dev/full").open("w") as full:
        done = start(argv, environ, stdout=full)

    assert (done.returncode, two_lines(done.stderr)) == (3, True)
    assert "No space left on device" in done.stderr


@pytest.mark.parametrize("stream", ["<&-", ">&-", "2>&-", "<&- 2>&-"])
def test_a_stream_that_is_closed_and_not_needed_does_not_matter(
    stream: str, tmp_path: Path
) -> None:
    """A daemon may start commands without streams: the file is written all the same."""
    target = tmp_path / "out.csv"
    done = in_shell([*CSV, "--output", str(target)], f'exec "$@" {stream}')

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert target.read_text().startswith(HEADER)


@pytest.mark.parametrize("argv", [CSV, ["--version"], ["config", "path"]], ids=" ".join)
def test_a_closed_stdout_is_exit_3(argv: list[str]) -> None:
    """There is nowhere to write the data to; that is no bug of this tool."""
    done = in_shell(argv, 'exec "$@" >&-')

    assert (done.returncode, two_lines(done.stderr)) == (3, True)


def test_a_closed_stdin_is_exit_3_for_who_reads_it() -> None:
    """As an input file that cannot be read."""
    done = in_shell(["report", "--from", "-"], 'exec "$@" <&-')

    assert (done.returncode, two_lines(done.stderr)) == (3, True)


@pytest.mark.parametrize("stream", ["2>&-", "2>/dev/full"])
def test_nobody_to_read_the_messages_changes_neither_data_nor_code(stream: str) -> None:
    """A warning or an error that cannot be told is lost; the rest is not."""
    script = f'exec "$@" {stream}'
    warned = in_shell([*REPORT, "--csv", "--model", "Lumen*"], script)
    failed = in_shell(["report", "--nonsense"], script)

    assert (warned.returncode, failed.returncode) == (0, 2)
    assert (warned.stdout[:13], failed.stdout) == ("period_start,", "")


@pytest.mark.parametrize("argv", [["report", "--json", "--last", "90d"], ["doctor"]], ids=" ".join)
def test_a_pipe_that_nobody_reads_ends_quietly(argv: list[str]) -> None:
    """Closed before the first byte."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as pipe:
        done = start([*argv, "--demo"], stdout=pipe)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("head", ["head -1", "head -c 1", "true"])
@pytest.mark.parametrize("argv", [["--csv"], ["--json", "-o", "/dev/stdout"]], ids=" ".join)
def test_head_ends_a_large_output_quietly(head: str, argv: list[str]) -> None:
    """More than a pipe holds, of which somebody wants the first line, letter, or nothing."""
    script = f'"$@" | {head} >/dev/null; echo "${{PIPESTATUS[0]}}"'
    done = in_shell(["report", "--demo", "--last", "90d", *argv], script, shell="bash")

    assert (done.stdout, done.stderr) == ("0\n", "")


NAMES = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]


@pytest.mark.parametrize("name", NAMES)
def test_dev_stdout_in_a_pipe_is_stdout(name: str) -> None:
    """It is no regular file, and is written to directly."""
    done = start([*CSV, "--output", name])

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(HEADER)


@pytest.mark.parametrize("name", NAMES)
def test_dev_stdout_in_a_file_writes_to_that_file(name: str, tmp_path: Path) -> None:
    """The file that the shell opened is not replaced by another: `(a; b) > file` keeps both."""
    target = tmp_path / "out"
    with target.open("w+") as file:
        done = start([*CSV, "--output", name], stdout=file)
        file.seek(0, os.SEEK_END)
        file.write("next\n")
        file.flush()
        same = os.fstat(file.fileno()).st_ino == target.stat().st_ino

    assert (done.returncode, done.stderr, same) == (0, "", True)
    assert target.read_text().startswith(HEADER)
    assert target.read_text().endswith("\nnext\n")


@pytest.mark.parametrize(
    "end", ["/dev/stdout", "folder/fd/1", "link-to-stdout", "/dev/../dev/fd/3"]
)
def test_a_link_to_what_is_open_already_writes_there(end: str, tmp_path: Path) -> None:
    """A file behind a descriptor is not replaced by whatever name it is called."""
    target = tmp_path / "out"
    links = {"link": end, "link-to-stdout": "/proc/self/fd/1", "folder": "/dev"}
    for link, place in links.items():
        (tmp_path / link).symlink_to(place)
    number = "3" if end.endswith("3") else "1"
    script = f'exec {number}>{target}; echo before >&{number}; "$@"; echo after >&{number}'
    done = in_shell([*CSV, "--output", str(tmp_path / "link")], script)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    lines = target.read_text().splitlines(keepends=True)
    assert (lines[0], lines[1], lines[-1]) == ("before\n", HEADER, "after\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["out", *links])


@pytest.mark.parametrize("name", NAMES)
def test_dev_stdout_in_a_nameless_file_writes_to_that_file(name: str, tmp_path: Path) -> None:
    """No file called `… (deleted)` appears in its stead."""
    with tempfile.TemporaryFile("w+", dir=tmp_path) as file:
        done = start([*CSV, "--output", name], stdout=file)
        file.seek(0)
        text = file.read()

    assert (done.returncode, list(tmp_path.iterdir())) == (0, [])
    assert text.startswith(HEADER)


@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_the_raw_answer_may_be_piped_where_the_report_goes_to_a_file(
    name: str, tmp_path: Path
) -> None:
    """Nothing mixes on stdout: `report -o FILE --save-raw - | report --from -`."""
    raw = start([*REPORT, "--save-raw", name, "-o", str(tmp_path / "out")])
    read = start(
        ["report", "--from", "-", "--csv", "--section", "assets"], stdin=None, input=raw.stdout
    )

    assert (raw.returncode, raw.stderr) == (0, "")
    assert (read.returncode, read.stdout[: len(HEADER)]) == (0, HEADER)


@pytest.mark.parametrize("option", ["--output", "--save-raw"])
def test_a_limit_on_the_size_of_files_leaves_the_old_one(option: str, tmp_path: Path) -> None:
    """A disk that takes no more: exit 3, the old text, and no temporary file."""
    target = tmp_path / "out"
    target.write_text("old")
    done = in_shell([*CSV, option, str(target)], 'ulimit -f 0; exec "$@"')

    assert (done.returncode, done.stdout, two_lines(done.stderr)) == (3, "", True)
    assert f"{option} {target}" in done.stderr
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("out", "old")]


@pytest.mark.parametrize(
    "environ",
    [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1", "LANG": "C"}],
)
def test_output_is_utf_8_whatever_the_locale(environ: dict[str, str], tmp_path: Path) -> None:
    """On stdout as in a file, with plain line feeds."""
    target = tmp_path / "out"
    argv = ["report", "--demo", "--section", "consumption", "-f", "tsv", "--period", "2026-05"]
    done = start(argv, environ)
    start([*argv, "-o", str(target)], environ)

    assert "佐藤 健" in done.stdout
    assert target.read_bytes() == done.stdout.encode()
    assert b"\r" not in target.read_bytes()


@pytest.mark.parametrize("name", ["/dev/fd/3", "/proc/self/fd/3"])
def test_what_the_shell_has_open_is_written_to_and_not_replaced(name: str, tmp_path: Path) -> None:
    """What is before and after it in that file stays there."""
    target = tmp_path / "out"
    script = f'exec 3>{target}; echo before >&3; "$@" --output {name}; echo after >&3'
    done = in_shell(CSV, script)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    lines = target.read_text().splitlines(keepends=True)
    assert (lines[0], lines[1], lines[-1]) == ("before\n", HEADER, "after\n")


def test_stderr_in_a_file_keeps_what_was_said(tmp_path: Path) -> None:
    """Warnings and data, one after the other."""
    argv = [*REPORT, "--csv", "--section", "models", "--model", "nope"]
    done = in_shell(argv, f'"$@" --output /dev/stderr 2>{tmp_path / "log"}')

    assert (done.returncode, done.stdout) == (0, "")
    said = (tmp_path / "log").read_text()
    assert "warning: no model is called nope\n" in said
    assert "period_start,period_end,model_id" in said


def test_a_descriptor_that_is_not_open_is_exit_3() -> None:
    """It is no file of that name either, and nothing is asked for before."""
    done = start([*CSV, "--verbose", "--output", "/dev/fd/77"])

    assert "GET " not in done.stderr
    assert (done.returncode, done.stdout) == (3, "")


def test_a_report_that_cannot_be_written_leaves_no_raw_answer_on_stdout() -> None:
    """What goes to stdout comes last."""
    done = start([*REPORT, "--save-raw", "-", "-o", "/dev/full"])

    assert (done.returncode, done.stdout, two_lines(done.stderr)) == (3, "", True)


@pytest.mark.parametrize(
    ("argv", "environ"),
    [
        ([*REPORT, "--json"], {}),
        ([*REPORT, "--json"], UNBUFFERED),
        ([*REPORT, "--json", "-o", "/dev/stdout"], UNBUFFERED),
        ([*REPORT, "--json", "-o", "/dev/fd/3"], {}),
        (["activity", "--demo", "--csv"], UNBUFFERED),
        (["schema", "report"], UNBUFFERED),
        (["--help"], UNBUFFERED),
    ],
)
def test_what_does_not_fit_is_exit_3(
    argv: list[str], environ: dict[str, str], tmp_path: Path
) -> None:
    """A system that takes a part of it has not taken it, whoever writes."""
    script = f'ulimit -f 1; "$@" >{tmp_path / "out"} 3>&1'
    done = in_shell(argv, script, environ=environ)

    assert (done.returncode, done.stdout, two_lines(done.stderr)) == (3, "", True)


@pytest.mark.parametrize("environ", [{}, UNBUFFERED], ids=["", "unbuffered"])
@pytest.mark.parametrize("name", ["-", "/dev/fd/1"])
def test_a_pipe_that_does_not_wait_gets_everything(name: str, environ: dict[str, str]) -> None:
    """Also of more than it holds, and from a reader that begins late."""
    argv = ["activity", "--demo", "--csv", "--limit", "1000", "--output", name]
    read, write = os.pipe()
    os.set_blocking(write, False)
    with subprocess.Popen([*COMMAND, *argv], stdout=write, env=ENVIRON | environ) as process:
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            select.select([pipe], [], [])  # by then it is full, or the process has ended
            text = pipe.read().decode()

    assert (process.returncode, len(text.splitlines())) == (0, 1001)
