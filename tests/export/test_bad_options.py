"""Options that cannot be meant: refused before anything is asked for or written."""

import sys
from pathlib import Path

import pytest

from tests.export.support import (
    ENVIRON,
    ONE_DAY,
    TWO_DAYS,
    Api,
    Studio,
    assert_refused,
    export,
    export_well,
    no_request,
    read_everything,
    summary,
)
from tests.support import NOW, run

BAD = {
    "--since 2026-11-23": "in the future",
    "--since 9999-12-31": "in the future",
    "--since 2026-10-09 --until 2026-10-08": "after --until",
    "--since 2026-10-09T10:00": "not a whole day",
    "--since 2026-10-09T00:00Z": "not a whole day",
    "--since 2026-02-30": "not a date",
    "--since 1969-12-31": "before 1970",
    "--since now": "not a whole day",
    "--since 10:00": "--since",
    "--until 2026-10-09T10:00": "not a whole day",
    "--until soon": "--until",
    "--until 0001-01-05": "--until",
    "--datasets modles": "--datasets 'modles' is not known",
    "--datasets ,": "--datasets",
    "--format xlsx": "--format 'xlsx' is not known",
    "--format json": "--format 'json' is not known",
    "--settle 3": "--settle",
    "--settle -1d": "--settle",
    "--settle 1.5d": "--settle",
    "--settle forever": "--settle",
    "--lock-timeout soon": "--lock-timeout",
    "--lock-timeout -1s": "--lock-timeout",
    "--jobs 0": "--jobs",
    "--output out.csv": "--output",
    "more": "more",
    "--verify --dry-run": "--verify and --dry-run",
    "--verify --repair": "--verify and --repair",
}


@pytest.mark.parametrize("options", list(BAD))
def test_a_bad_option_is_exit_2_and_touches_nothing(options: str, tmp_path: Path) -> None:
    """In a dataset that is there, and in a folder that is not."""
    export_well(tmp_path / "there", *ONE_DAY)
    before = read_everything(tmp_path / "there")
    for folder in (tmp_path / "there", tmp_path / "new"):
        result = export(folder, *options.split(), transport=Api(no_request))
        assert_refused(result, 2, BAD[options])
    assert read_everything(tmp_path / "there") == before
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--format parquet", "in csv, and not in parquet"),
        ("--by-project", "without --by-project, and not with it"),
        ("--project project_a", "of all projects, and not of project_a"),
        ("--user user_a", " with --user user_a"),
        ("--team team_a", " with --team team_a"),
        ("--demo", ", and not from --demo"),
    ],
)
@pytest.mark.parametrize("how", ["", "--dry-run", "--repair"])
def test_what_a_dataset_is_cannot_be_changed_later(
    how: str, options: str, words: str, tmp_path: Path
) -> None:
    """Exit 2 with what it has instead; figures of different kinds are never mixed."""
    export_well(tmp_path, *ONE_DAY)
    before = read_everything(tmp_path)
    argv = (*TWO_DAYS, *options.split(), *how.split())

    assert_refused(export(tmp_path, *argv, transport=Api(no_request)), 2, words, str(tmp_path))
    assert read_everything(tmp_path) == before


@pytest.mark.parametrize("options", ["--user user_zMBswzF49jZnwektKmZbW3", "--demo"])
def test_a_narrow_dataset_is_not_widened(options: str, tmp_path: Path) -> None:
    """Whoever forgets the option is told what the dataset has."""
    export_well(tmp_path, *ONE_DAY, *options.split())
    before = read_everything(tmp_path)
    result = export(tmp_path, *TWO_DAYS, transport=Api(no_request))

    assert_refused(result, 2, f"{options}, and not from loopback")
    assert read_everything(tmp_path) == before


def test_the_format_of_a_dataset_need_not_be_given_again(tmp_path: Path) -> None:
    """Nor in the same case."""
    export_well(tmp_path, *ONE_DAY, "--format", "PARQUET")
    export_well(tmp_path, *TWO_DAYS)
    export_well(tmp_path, *TWO_DAYS, "--format", "parquet")

    assert len(list(tmp_path.glob("*/*/part.parquet"))) == 12
    assert list(tmp_path.glob("*/*/part.csv")) == []


@pytest.mark.parametrize(
    ("target", "code", "words"),
    [
        ("", 2, "is empty"),
        (" ", 2, "is empty"),
        ("s3://key:hunter2@bucket/usage", 2, "has a password in it"),
        ("file://user:hunter2@host/usage", 2, "has a password in it"),
        ("nowhere://bucket/usage", 3, "nowhere://bucket/usage"),
        ("s3://[bucket/usage", 2, "s3://[bucket/usage"),
        ("file://", 2, "file://"),
        ("http://127.0.0.1:1/usage", 3, "http://127.0.0.1:1/usage"),
    ],
)
@pytest.mark.parametrize("how", [[*ONE_DAY], ["--verify"]], ids=["export", "verify"])
def test_a_place_that_cannot_be_is_refused_before_anything_is_asked_for(
    how: list[str], target: str, code: int, words: str, tmp_path: Path
) -> None:
    """Two lines which show no password; and nothing appears in the working folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        result = export(target, *how, transport=Api(no_request))

    assert_refused(result, code, words)
    assert "hunter2" not in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", [[*ONE_DAY], [*ONE_DAY, "--dry-run"]], ids=["export", "dry run"])
def test_parquet_without_its_extra_is_exit_3_before_anything_is_asked_for(
    how: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says how to install it, and makes no folder."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    folder = tmp_path / "usage"
    result = export(folder, *how, "--format", "parquet", transport=Api(no_request))

    assert_refused(result, 3, "--format parquet needs the extra parquet")
    assert "pip install 'scenario-usage-cli[parquet]'" in result.stderr
    assert not folder.exists()


def test_a_parquet_dataset_without_the_extra_is_exit_3_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the format is only the dataset's, and for --verify, which cannot look into it."""
    export_well(tmp_path, *ONE_DAY, "--format", "parquet")
    before = read_everything(tmp_path)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)

    assert_refused(export(tmp_path, "--verify"), 3, "needs the extra parquet")
    assert_refused(export(tmp_path, *TWO_DAYS, transport=Api(no_request)), 3, "extra parquet")
    assert read_everything(tmp_path) == before


@pytest.mark.parametrize("how", [[*ONE_DAY], ["--verify"]], ids=["export", "verify"])
def test_a_url_without_the_extra_is_exit_3_before_anything_is_asked_for(
    how: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says how to install it."""
    monkeypatch.setitem(sys.modules, "fsspec", None)
    result = export("memory://usage", *how, transport=Api(no_request))

    assert_refused(result, 3, "a URL needs the extra cloud")
    assert "pip install 'scenario-usage-cli[cloud]'" in result.stderr


def test_without_credentials_nothing_is_made(tmp_path: Path) -> None:
    """Exit 3; --verify and a run with nothing to do need none."""
    argv = ("export", str(tmp_path / "new"), *ONE_DAY)
    bare = {key: ENVIRON[key] for key in ("SCENARIO_USAGE_CONFIG", "SCENARIO_BASE_URL")}
    assert_refused(run(*argv, environ=bare, transport=Api(no_request), now=NOW), 3)
    assert not (tmp_path / "new").exists()
    export_well(tmp_path / "there", *ONE_DAY)
    there = ("export", str(tmp_path / "there"))
    assert run(*there, "--verify", environ=bare, now=NOW).code == 0
    assert run(*there, *ONE_DAY, environ=bare, now=NOW).code == 0


@pytest.mark.parametrize("option", ["--settle", "--lock-timeout"])
@pytest.mark.parametrize("duration", ["0s", "999999d", "999999w"])
def test_durations_of_any_length_are_taken(option: str, duration: str, tmp_path: Path) -> None:
    """Nothing, and longer than the calendar: a dataset that never becomes final, or waits."""
    argv = (*ONE_DAY, "--datasets", "models", option, duration)
    export_well(tmp_path, *argv)
    again = export_well(tmp_path, *argv, "--json", transport=Studio())

    is_final = option == "--lock-timeout" or duration == "0s"
    assert summary(again) == ((0, 0) if is_final else (1, 1))
