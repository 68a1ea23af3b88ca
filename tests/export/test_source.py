"""What a dataset is of stays so: another source or another project is never mixed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scenario_usage_cli.cli.app import main
from scenario_usage_cli.cli.run import export_fetch
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.export.lock import lock_store
from scenario_usage_cli.export.store import Store
from tests.export.support import (
    DAY,
    ENVIRON,
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
    summary,
    warnings_of,
)
from tests.support import NOW, Terminal, run, usages

MODELS = ("--datasets", "models")


def listing(**names: str) -> Api:
    """An API without usage that lists these projects."""
    return Api(lambda day, query: usages(), names)


def test_figures_of_two_servers_are_not_mixed(tmp_path: Path) -> None:
    """Exit 2 with both; a server on loopback may have another port the next time."""
    export_well(tmp_path, *ONE_DAY, *MODELS)
    before = read_everything(tmp_path)
    argv = ("export", str(tmp_path), *TWO_DAYS, *MODELS)
    elsewhere = ENVIRON | {"SCENARIO_BASE_URL": "https://usage.example.com/v1"}
    refused = run(*argv, environ=elsewhere, transport=Api(no_request), now=NOW)

    assert_refused(refused, 2, "exported from loopback, and not from https://usage.example.com")
    assert read_everything(tmp_path) == before
    other_port = ENVIRON | {"SCENARIO_BASE_URL": "http://127.0.0.1:9/v1"}
    assert run(*argv, environ=other_port, transport=Studio(), now=NOW).code == 0


def test_a_lost_manifest_has_all_days_fetched_again(tmp_path: Path) -> None:
    """Also those and the tables that the next run would not look at, so that nothing old is
    taken for what the new manifest says.
    """
    export_well(tmp_path, *TWO_DAYS, "--datasets", "models,assets")
    (tmp_path / "_manifest.json").unlink()
    verified = export(tmp_path, "--verify")
    result = export_well(
        tmp_path, "--since", "2026-10-06", "--until", "2026-10-06", *MODELS, "--json"
    )

    assert verified.code == 3
    assert summary(result) == (2, 4)
    assert export(tmp_path, "--verify").code == 0


def test_a_name_that_means_another_project_is_refused(tmp_path: Path) -> None:
    """The project was renamed, and another one has its name now."""
    argv = ("--project", "Films", *MODELS)
    export_well(tmp_path, *ONE_DAY, *argv, transport=listing(project_a="Films"))
    before = read_everything(tmp_path)
    moved = listing(project_a="Movies", project_b="Films")

    assert_refused(
        export(tmp_path, *TWO_DAYS, *argv, transport=moved),
        2,
        "exported of project_a, and not of project_b",
    )
    assert read_everything(tmp_path) == before


@pytest.mark.parametrize("name", ["Movies", "movies", "project_a"])
def test_a_renamed_project_may_be_called_by_its_new_name(name: str, tmp_path: Path) -> None:
    """Or by its id: it is the same one, and the dataset goes on."""
    first = ("--project", "Films", *ONE_DAY, *MODELS)
    export_well(tmp_path, *first, transport=listing(project_a="Films"))
    argv = ("--project", name, *TWO_DAYS, *MODELS, "--json")
    renamed = listing(project_a="Movies")

    assert summary(export_well(tmp_path, *argv, transport=renamed)) == (1, 1)


def test_whoever_waited_for_the_lock_looks_at_the_clock_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was faster has fetched in the meantime: that is no clock set back, and its
    newer cut of the running day is kept.
    """
    clock = [NOW]

    @contextmanager
    def slow_lock(store: Store, timeout_s: float, now: datetime) -> Iterator[None]:
        monkeypatch.undo()
        clock[0] = NOW + timedelta(minutes=9)
        export_well(tmp_path, "--datasets", "models", now=NOW + timedelta(minutes=5))
        clock[0] = NOW + timedelta(minutes=10)
        with lock_store(store, timeout_s, now):
            yield

    monkeypatch.setattr(export_fetch, "lock_store", slow_lock)
    stderr = Terminal()
    runtime = Runtime(
        stdin=None,  # type: ignore[arg-type]  # nobody reads it
        stdout=Terminal(),
        stderr=stderr,
        environ=ENVIRON,
        now=lambda: clock[0],
        transport=Studio(NOW + timedelta(minutes=10)),
    )

    assert main(["export", str(tmp_path), "--datasets", "models"], runtime) == 0
    assert "warning" not in stderr.getvalue()
    fetched = {
        entry["fetched_at"] for entry in read_manifest(tmp_path)["datasets"]["models"].values()
    }
    assert "2026-11-22T18:40:00.000Z" in fetched


def test_until_alone_goes_back_to_the_first_day_there_is(tmp_path: Path) -> None:
    """Months ago; but where there is nothing, it has no first day."""
    export_well(tmp_path, "--since", "2026-07-01", "--until", "2026-07-02", *MODELS)
    until = ("--until", "2026-07-04", *MODELS)

    assert summary(export_well(tmp_path, *until, "--json")) == (2, 2)
    assert_refused(export(tmp_path / "new", *until), 2, "--until 2026-07-04", "2026-10-22")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (["--until", "2026-10-08"], "models: 2026-10-07 to 2026-10-08 is missing"),
        (["--since", "2026-10-04"], "models: 2026-10-04 is missing"),
        (["--datasets", "activity"], "activity: there are no partitions"),
    ],
)
def test_verify_misses_what_it_is_asked_for(argv: list[str], problem: str, tmp_path: Path) -> None:
    """Days before and after, and whole tables: exit 7."""
    export_well(tmp_path, *TWO_DAYS, *MODELS)
    result = export(tmp_path, "--verify", "--json", *argv)

    assert (result.code, result.json["problems"]) == (7, [problem])


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        ([], 7),
        (["--datasets", "models"], 7),
        (["--until", "2026-10-06"], 7),
        (["--datasets", "assets"], 0),
        (["--since", "2026-10-05"], 0),
    ],
)
def test_verify_looks_for_strangers_where_it_is_asked_to(
    argv: list[str], code: int, tmp_path: Path
) -> None:
    """A partition that is not in the manifest, of another table or day, is no matter of it."""
    export_well(tmp_path, *TWO_DAYS, "--datasets", "models,assets")
    stranger = tmp_path / "models/date=2020-01-01/part.csv"
    stranger.parent.mkdir()
    stranger.write_bytes(b"")

    assert export(tmp_path, "--verify", *argv).code == code


def test_verify_sees_columns_of_another_type(tmp_path: Path) -> None:
    """Written by somebody else, and entered when the manifest was lost."""
    pa = pytest.importorskip("pyarrow")
    argv = (*ONE_DAY, "--datasets", "assets", "--format", "parquet")
    export_well(tmp_path, *argv)
    path = tmp_path / f"assets/date={DAY}/part.parquet"
    table = pa.parquet.read_table(path)
    wrong = table.set_column(1, "count", table["count"].cast("double"))
    pa.parquet.write_table(wrong, path)
    result = export(tmp_path, "--verify", "--json")

    assert result.code == 7
    assert any(
        "columns of other types: string, double, int64" in p for p in result.json["problems"]
    )


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("simplecache::ftp://me:hunter2@127.0.0.1/usage", "password"),
        ("ftp://me:hunter2@127.0.0.1/usage", "password"),
        ("file://elsewhere/usage", "another machine"),
        ("file://", "names no bucket or folder"),
        ("s3://[bucket/usage", "is not a URL"),
    ],
)
def test_a_bad_url_is_exit_2_and_shows_no_password(url: str, words: str) -> None:
    """Nothing is asked for, and nothing written."""
    result = export(url, *ONE_DAY, transport=Api(no_request))

    assert_refused(result, 2, words)
    assert "hunter2" not in result.stderr


@pytest.mark.parametrize("scheme", ["file", "local"])
def test_a_url_of_this_machine_is_a_folder(scheme: str, tmp_path: Path) -> None:
    """With what stands for a space in it, and the same care as any folder."""
    export_well(f"{scheme}://{tmp_path}/my%20usage", *ONE_DAY, *MODELS)

    assert (tmp_path / "my usage" / "_lock").exists()
    assert part(tmp_path / "my usage", "models")


def test_patience_for_a_lock_that_there_is_not_is_refused() -> None:
    """A store without one promises nothing."""
    argv = (*ONE_DAY, "--lock-timeout", "5s")

    assert_refused(export("memory://usage", *argv, transport=Api(no_request)), 2, "has no lock")


def test_a_summary_is_compact_in_a_pipe_and_indented_on_a_terminal(tmp_path: Path) -> None:
    """As all JSON of this tool."""
    argv = ("export", str(tmp_path), *ONE_DAY, *MODELS, "--json")
    export_well(tmp_path, *ONE_DAY, *MODELS)
    piped = run(*argv, environ=ENVIRON, now=NOW)
    shown = run(*argv, environ=ENVIRON, now=NOW, columns=80)

    assert piped.stdout.startswith('{"schema_version":1,"report":"export",')
    assert shown.stdout.startswith('{\n  "schema_version": 1,\n  "report": "export",')
    assert warnings_of(piped) == []
