"""A run that dies while days become a month: no reader finds a day twice, or misses one."""

import csv
import io
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenario_usage_cli.export import exchange
from tests.export.support import (
    Api,
    Steps,
    Studio,
    export,
    export_well,
    no_request,
    read_manifest_core,
    read_tree,
    run_until_killed,
)

SETTLED = datetime(2026, 11, 4, 0, 0, tzinfo=UTC)
"""The moment at which the last day of October is settled."""
MORNING = SETTLED - timedelta(hours=18)
DAYS = ("--since", "2026-10-29", "--until", "2026-11-01")
TABLES = ("--datasets", "models,consumption")
MONTH = ("--partition", "month")

Rows = list[list[str]]
Readers = Callable[[Mapping[str, bytes]], Rows]


class Unfinished(Exception):
    """What a program says of a file in which there are no figures."""


def read_by_pattern(files: Mapping[str, bytes], table: str) -> Rows:
    """What the pattern of the recipes finds in a table; a day without dates has that of its path.

    Raises Unfinished as a program would that reads figures.
    """
    rows: Rows = []
    for path, body in files.items():
        if path.startswith(f"{table}/") and path.count("/") == 2 and path.endswith("/part.csv"):
            header, *found = csv.reader(io.StringIO(body.decode(), newline=""))
            if any(row[-1].startswith("an export") for row in found):
                raise Unfinished
            day = [] if header[0] == "date" else [path.split("/")[1].removeprefix("date=")]
            rows += [[*day, *row] for row in found]
    return sorted(rows)


def count_steps(run: Callable[[], object]) -> int:
    """How many steps an undisturbed run takes."""
    with pytest.MonkeyPatch.context() as patch:
        steps = Steps(patch)
        run()
    return len(steps.taken)


def assert_same(folder: Path, undisturbed: Path) -> None:
    """Byte for byte, with nothing left behind, and the manifest but for times."""
    assert read_tree(folder) == read_tree(undisturbed)
    assert read_manifest_core(folder) == read_manifest_core(undisturbed)
    assert not (folder / "_merge").exists()
    assert export(folder, "--verify").code == 0


@pytest.fixture(scope="module")
def by_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days of October and one of November, all of them settled; files one by one."""
    folder = tmp_path_factory.mktemp("by-day") / "usage"
    export_well(folder, *DAYS, *TABLES, now=SETTLED + timedelta(days=1))
    return folder


def convert(folder: Path | str) -> Any:
    """The run that makes months of days, without a request."""
    argv = (*DAYS, *TABLES, *MONTH)
    return export_well(folder, *argv, transport=Api(no_request), now=SETTLED + timedelta(days=1))


@pytest.fixture(scope="module")
def converted(by_day: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with its month, undisturbed."""
    folder = shutil.copytree(by_day, tmp_path_factory.mktemp("by-month") / "usage")
    convert(folder)
    return folder


@pytest.mark.parametrize("is_swapped", [True, False], ids=["in one step", "file by file"])
def test_dying_before_any_step_of_a_conversion(
    is_swapped: bool,
    by_day: Path,
    converted: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Readers find every row once at every moment; where the system cannot exchange folders, they
    may fail instead. The next run completes it without a request.
    """
    if not is_swapped:
        monkeypatch.setattr(exchange, "exchange_folders", lambda one, other: False)
    counted = shutil.copytree(by_day, tmp_path / "counted")
    steps = count_steps(lambda: convert(counted))
    assert_same(counted, converted)
    expected = {table: read_by_pattern(read_tree(by_day), table) for table in TABLES[1].split(",")}
    failed = 0
    for step in range(0, steps, 1 if is_swapped else 2):
        folder = shutil.copytree(by_day, tmp_path / str(step))
        argv = (*DAYS, *TABLES, *MONTH)
        now = SETTLED + timedelta(days=1)
        taken = run_until_killed(folder, *argv, step=step, transport=Api(no_request), now=now)
        assert taken is not None
        for table, rows in expected.items():
            try:
                assert (step, read_by_pattern(read_tree(folder), table)) == (step, rows)
            except Unfinished:
                failed += 1
        convert(folder)
        assert_same(folder, converted)
        shutil.rmtree(folder)

    assert (failed > 0) is not is_swapped
    assert steps > 40


def test_dying_twice_while_days_become_a_month(
    by_day: Path, converted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """File by file, where most can go wrong: the run that completes it dies as well."""
    monkeypatch.setattr(exchange, "exchange_folders", lambda one, other: False)
    argv, now = (*DAYS, *TABLES, *MONTH), SETTLED + timedelta(days=1)
    steps = count_steps(lambda: convert(shutil.copytree(by_day, tmp_path / "counted")))
    for first in range(20, steps, 13):
        for second in range(0, steps - first, 9):
            folder = shutil.copytree(by_day, tmp_path / f"{first}-{second}")
            for step in (first, second):
                run_until_killed(folder, *argv, step=step, transport=Api(no_request), now=now)
            convert(folder)
            assert_same(folder, converted)
            shutil.rmtree(folder)


def test_dying_before_any_step_of_the_night_in_which_a_month_is_settled(tmp_path: Path) -> None:
    """Its last day is fetched for the last time, and then the month becomes one file."""
    argv = ("--since", "2026-10-30", "--until", "2026-11-01", "--datasets", "models")
    begun = tmp_path / "begun"
    export_well(begun, *argv, *MONTH, now=MORNING)
    undisturbed = shutil.copytree(begun, tmp_path / "undisturbed")
    steps = count_steps(lambda: export_well(undisturbed, *argv, now=SETTLED))
    assert (undisturbed / "models/month=2026-10/part.csv").exists()
    expected = read_by_pattern(read_tree(undisturbed), "models")
    for step in range(steps):
        folder = shutil.copytree(begun, tmp_path / str(step))
        taken = run_until_killed(folder, *argv, step=step, transport=Studio(SETTLED), now=SETTLED)
        assert taken is not None
        assert (step, read_by_pattern(read_tree(folder), "models")) == (step, expected)
        result = export_well(folder, *argv, "--json", now=SETTLED)

        assert (step, result.json["edited"]) == (step, [])
        assert_same(folder, undisturbed)


def test_dying_before_any_step_while_days_are_put_into_their_month(
    converted: Path, tmp_path: Path
) -> None:
    """With a longer --settle, its last days are fetched again."""
    argv = (*DAYS, *TABLES, "--settle", "5d")
    now = SETTLED + timedelta(days=1)
    undisturbed = shutil.copytree(converted, tmp_path / "undisturbed")
    (undisturbed / "models/month=2026-10/part.csv").unlink()
    begun = shutil.copytree(undisturbed, tmp_path / "begun")
    steps = count_steps(lambda: export_well(undisturbed, *argv, now=now))
    for step in range(steps):
        folder = shutil.copytree(begun, tmp_path / str(step))
        assert (
            run_until_killed(folder, *argv, step=step, transport=Studio(now), now=now) is not None
        )
        result = export_well(folder, *argv, "--json", now=now)

        assert (step, result.json["edited"]) == (step, [])
        assert_same(folder, undisturbed)


def test_duckdb_finds_every_row_once_when_the_table_has_changed_places(
    by_day: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed right before and right after that step."""
    sums = []
    folder = shutil.copytree(by_day, tmp_path / "usage")
    original = exchange.exchange_folders

    def ask() -> None:
        pattern = f"{folder}/models/*/part.csv"
        with duckdb.connect() as connection:
            sums.extend(
                connection.execute(
                    "select count(*), sum(cost::decimal(18, 6)) from read_csv("
                    f"'{pattern}', hive_partitioning = false, union_by_name = true)"
                ).fetchall()
            )

    def exchange_folders(one: Path, other: Path) -> bool:
        ask()
        done = original(one, other)
        ask()
        return done

    monkeypatch.setattr(exchange, "exchange_folders", exchange_folders)
    ask()
    convert(folder)

    assert len(sums) == 5
    assert len(set(sums)) == 1


nights = st.lists(
    st.tuples(st.integers(1, 20), st.none() | st.integers(0, 60), st.booleans()),
    min_size=2,
    max_size=5,
)
"""How many days later each is, before which step the run dies, and whether it asks for months."""


@given(nights=nights)
@settings(
    deadline=None, max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_both_layouts_have_the_same_rows_at_every_stage(
    nights: list[tuple[int, int | None, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Night after night, some of which are killed."""
    by_day, by_month = (tmp_path_factory.mktemp(name) for name in ("days", "months"))
    argv, now = ("--since", "2026-09-25", "--datasets", "models"), MORNING
    for number, (days, step, asks) in enumerate(nights):
        now += timedelta(days=days)
        options = MONTH if asks and number else ()
        export_well(by_day, *argv, now=now)
        expected = read_by_pattern(read_tree(by_day), "models")
        if step is not None:
            api = Studio(now)
            run_until_killed(by_month, *argv, *options, step=step, transport=api, now=now)
            found = read_by_pattern(read_tree(by_month), "models")
            assert len({tuple(row[:2]) for row in found}) == len(found)
        export_well(by_month, *argv, *options, now=now)

        assert read_by_pattern(read_tree(by_month), "models") == expected
        assert export(by_month, "--verify").code == 0


# --- in an object store


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, by_day: Path) -> str:
    """The URL of the same days in memory."""
    monkeypatch.setattr(MemoryFileSystem, "store", {})
    monkeypatch.setattr(MemoryFileSystem, "pseudo_dirs", [""])
    return "memory://usage"


def put(by_day: Path) -> None:
    """Make the store what the folder is; the next run reads every object, as stamps differ."""
    files = fsspec.filesystem("memory")
    MemoryFileSystem.store.clear()
    for path in by_day.rglob("*"):
        if path.is_file() and path.name != "_lock":
            files.pipe_file(f"/usage/{path.relative_to(by_day)}", path.read_bytes())


def read_store() -> dict[str, bytes]:
    """Every object but the manifest."""
    files = fsspec.filesystem("memory")
    paths = [path.removeprefix("/usage/") for path in files.find("/usage")]
    return {p: files.cat_file(f"/usage/{p}") for p in paths if p != "_manifest.json"}


class Dying:
    """A driver whose process dies before its n-th change."""

    def __init__(self, patch: pytest.MonkeyPatch, last: int) -> None:
        self.done = 0
        self._last = last
        for name in ("pipe_file", "rm_file"):
            patch.setattr(MemoryFileSystem, name, self._count(getattr(MemoryFileSystem, name)))

    def _count(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            if self.done >= self._last:
                raise OSError("gone")
            self.done += 1
            return original(*args, **options)

        return step


def test_a_store_is_completed_wherever_a_run_was_cut_off(
    store: str, by_day: Path, converted: Path
) -> None:
    """Readers find every row once, or fail; never less, and never more."""
    expected = {table: read_by_pattern(read_tree(by_day), table) for table in TABLES[1].split(",")}
    failed = changes = 0
    for last in range(1000):
        put(by_day)
        with pytest.MonkeyPatch.context() as patch:
            dying = Dying(patch, last)
            argv = (*DAYS, *TABLES, *MONTH)
            now = SETTLED + timedelta(days=1)
            result = export(store, *argv, transport=Api(no_request), now=now)
        for table, rows in expected.items():
            try:
                assert (last, read_by_pattern(read_store(), table)) == (last, rows)
            except Unfinished:
                failed += 1
        convert(store)
        assert (last, read_store()) == (last, read_tree(converted))
        assert export(store, "--verify").code == 0
        if result.code == 0:
            changes = dying.done
            break

    assert failed > 0
    assert changes == 24


def test_what_was_staged_and_is_lost_is_fetched_again(
    store: str, by_day: Path, converted: Path
) -> None:
    """Somebody has removed it, while days were already gone."""
    now = SETTLED + timedelta(days=1)
    for last in range(2, 30, 3):
        put(by_day)
        with pytest.MonkeyPatch.context() as patch:
            Dying(patch, last)
            argv = (*DAYS, *TABLES, *MONTH)
            export(store, *argv, transport=Api(no_request), now=now)
        files = fsspec.filesystem("memory")
        for path in files.find("/usage/_merge"):
            files.rm_file(path)
        result = export_well(store, *DAYS, *TABLES, transport=Studio(now), now=now)

        assert (last, "edited" in result.stderr) == (last, False)
        assert (last, read_store()) in [(last, read_tree(converted)), (last, read_tree(by_day))]
        assert export(store, "--verify").code == 0


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_no_program_reads_figures_from_what_stands_in_for_a_month(
    file_format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails with both formats."""
    monkeypatch.setattr(exchange, "exchange_folders", lambda one, other: False)
    argv = ("--since", "2026-10-30", "--until", "2026-11-01", "--datasets", "models", *MONTH)

    class Interrupted(Exception):
        pass

    def remove(*args: Any) -> None:
        raise Interrupted

    monkeypatch.setattr("scenario_usage_cli.export.store.Folder.remove", remove)
    result = export(tmp_path, *argv, "--format", file_format, now=SETTLED)
    assert result.code == 1
    types = ", types = {'date': 'DATE', 'cost': 'DECIMAL(18, 6)'}" if file_format == "csv" else ""
    with duckdb.connect() as connection, pytest.raises(duckdb.Error):
        connection.execute(
            f"select sum(cost) from read_{file_format}('{tmp_path}/models/*/part.{file_format}', "
            f"hive_partitioning = false, union_by_name = true{types})"
        ).fetchall()
