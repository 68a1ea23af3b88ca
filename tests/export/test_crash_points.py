"""A process that dies between any two steps on the disk: the next run makes the same dataset."""

import itertools
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from scenario_usage_cli.export import fetcher
from tests.export.support import (
    ONE_DAY,
    TWO_DAYS,
    Api,
    Killed,
    Steps,
    Studio,
    assert_whole,
    export,
    export_well,
    read_manifest_core,
    read_tree,
    run_until_killed,
    warnings_of,
)
from tests.support import model_row, point, usages

TABLES = ("--datasets", "models,assets,consumption")
MORNING = datetime(2026, 10, 6, 9, 0, tzinfo=UTC)
EVENING = datetime(2026, 10, 6, 21, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)


@pytest.fixture
def _commit_every_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many commits as a long run has, in a short one."""
    monkeypatch.setattr(fetcher, "DAYS_PER_COMMIT", 1)


def count_steps(folder: Path, run: Callable[[Path], object]) -> int:
    """How many steps an undisturbed run takes."""
    with pytest.MonkeyPatch.context() as patch:
        steps = Steps(patch)
        run(folder)
    return len(steps.taken)


def assert_same(folder: Path, undisturbed: Path) -> None:
    """Byte for byte, with nothing left behind, and the manifest but for times."""
    assert read_tree(folder) == read_tree(undisturbed)
    assert read_manifest_core(folder) == read_manifest_core(undisturbed)
    assert read_manifest_core(folder)["pending"] == {}
    assert export(folder, "--verify").code == 0


def assert_readable(folder: Path) -> None:
    """What stands under its final name is whole."""
    for path, body in read_tree(folder).items():
        if not path.endswith(".tmp"):
            assert_whole(path, body)


@pytest.mark.usefixtures("_commit_every_day")
def test_dying_before_any_step_of_a_first_run_changes_nothing_in_the_end(tmp_path: Path) -> None:
    """Two days, three tables and two commits; whatever is there in between is whole."""
    argv = (*TWO_DAYS, *TABLES)
    undisturbed = tmp_path / "undisturbed"
    steps = count_steps(undisturbed, lambda folder: export_well(folder, *argv))
    assert steps == (2 * 3 + 2 * 2) * 4
    for step in range(steps):
        folder = tmp_path / str(step)
        taken = run_until_killed(folder, *argv, step=step, transport=Studio())
        assert taken is not None
        assert len(taken) == step
        assert_readable(folder)
        result = export_well(folder, *argv, "--json")

        assert (step, result.json["edited"]) == (step, [])
        assert_same(folder, undisturbed)


@pytest.mark.usefixtures("_commit_every_day")
def test_dying_before_any_step_while_a_growing_day_is_replaced(tmp_path: Path) -> None:
    """Yesterday and today were fetched in the morning, and have grown by the evening."""
    argv = (*TWO_DAYS, *TABLES)

    def begin(folder: Path) -> Path:
        export_well(folder, *argv, now=MORNING)
        return folder

    undisturbed = begin(tmp_path / "undisturbed")
    morning = read_tree(undisturbed)
    steps = count_steps(undisturbed, lambda folder: export_well(folder, *argv, now=EVENING))
    evening = read_tree(undisturbed)
    assert sum(morning[path] != evening[path] for path in morning) >= 3
    for step in range(steps):
        folder = begin(tmp_path / str(step))
        taken = run_until_killed(folder, *argv, step=step, transport=Studio(EVENING), now=EVENING)
        assert taken is not None
        now = {path: body for path, body in read_tree(folder).items() if path in morning}
        assert all(now[path] in (morning[path], evening[path]) for path in morning)
        result = export_well(folder, *argv, "--json", now=EVENING)

        assert (step, result.json["edited"], warnings_of(result)) == (step, [], [])
        assert_same(folder, undisturbed)


def answer_at(jobs: int) -> Callable[[str, Any], Any]:
    """An API that has seen so many jobs of one model, every day."""

    def answer(day: str, query: Any) -> Any:
        time = f"{day}T00:00:00.000Z"
        return usages(models=[model_row("model_a", point(time, jobs=jobs, cost=jobs))])

    return answer


def test_dying_twice_in_a_row_while_a_day_grows_is_never_taken_for_an_edit(
    tmp_path: Path,
) -> None:
    """Before any step of the second run and any of the third, each with other figures."""
    argv = (*ONE_DAY, "--datasets", "models")
    steps = count_steps(tmp_path / "count", lambda f: export_well(f, *argv, transport=api(1)))
    reported = []
    for first in range(1, steps):
        once = tmp_path / str(first)
        export_well(once, *argv, transport=api(1), now=MORNING)
        run_until_killed(once, *argv, step=first, transport=api(2), now=MORNING)
        for second in range(1, steps):
            folder = shutil.copytree(once, tmp_path / f"{first}-{second}")
            run_until_killed(folder, *argv, step=second, transport=api(3), now=EVENING)
            result = export_well(folder, *argv, "--json", transport=api(4), now=LATER)
            if result.json["edited"]:
                reported.append((first, second))

    assert reported == []


def api(jobs: int) -> httpx.BaseTransport:
    """The same as a transport."""
    return Api(answer_at(jobs))


@pytest.mark.parametrize(
    "between",
    [
        ("--since", "2026-10-10", "--until", "2026-10-10", "--datasets", "models"),
        (*TWO_DAYS, "--datasets", "assets"),
    ],
    ids=["other days", "other tables"],
)
def test_a_run_about_something_else_forgets_nothing_of_the_one_that_died(
    tmp_path: Path, between: tuple[str, ...]
) -> None:
    """Dead before the manifest was written again; then other days or tables are exported, and
    with them what was left.
    """
    argv = (*TWO_DAYS, "--datasets", "models")
    steps = count_steps(tmp_path / "undisturbed", lambda folder: export_well(folder, *argv))
    folder = tmp_path / "usage"
    assert run_until_killed(folder, *argv, step=steps - 4, transport=Studio()) is not None
    export_well(folder, *between)
    result = export_well(folder, *argv, "--json")

    assert (result.json["edited"], warnings_of(result)) == ([], [])
    assert result.json["days_fetched"] == 0
    assert read_tree(tmp_path / "undisturbed").items() <= read_tree(folder).items()


def test_an_api_that_fails_after_a_run_that_died_forgets_nothing_of_it(tmp_path: Path) -> None:
    """The second run comes as far as one other day; the third finds the rest as it was."""
    argv = ("--since", "2026-10-05", "--until", "2026-10-07", "--datasets", "consumption")
    steps = count_steps(tmp_path / "undisturbed", lambda folder: export_well(folder, *argv))
    folder = tmp_path / "usage"
    assert run_until_killed(folder, *argv, step=steps - 4, transport=Studio()) is not None

    class Failing(Studio):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if self.requests and request.url.path.endswith("/usages"):
                return httpx.Response(401, json={})
            return super().handle_request(request)

    assert export(folder, *argv, transport=Failing()).code == 4
    result = export_well(folder, *argv, "--json")

    assert (result.json["edited"], warnings_of(result)) == ([], [])
    assert_same(folder, tmp_path / "undisturbed")


def test_dying_while_the_event_log_is_written_changes_nothing_in_the_end(tmp_path: Path) -> None:
    """Activity has queries of its own, and is written after all else."""
    argv = (*TWO_DAYS, "--datasets", "models,activity")
    undisturbed = tmp_path / "undisturbed"
    steps = count_steps(undisturbed, lambda folder: export_well(folder, *argv))
    for step in range(0, steps, 3):
        folder = tmp_path / str(step)
        assert run_until_killed(folder, *argv, step=step, transport=Studio()) is not None
        result = export_well(folder, *argv, "--json")

        assert (step, result.json["edited"]) == (step, [])
        assert_same(folder, undisturbed)


def test_dying_while_the_lost_manifest_is_made_anew_changes_nothing_in_the_end(
    tmp_path: Path,
) -> None:
    """The partitions are there, the manifest is not, and the run that makes it dies."""
    argv = (*TWO_DAYS, "--datasets", "models,assets")
    undisturbed = tmp_path / "undisturbed"
    export_well(undisturbed, *argv)
    for step in itertools.count():
        folder = tmp_path / str(step)
        export_well(folder, *argv)
        (folder / "_manifest.json").unlink()
        if run_until_killed(folder, *argv, step=step, transport=Studio()) is None:
            break
        result = export_well(folder, *argv, "--json")

        assert (step, result.json["edited"]) == (step, [])
        assert_same(folder, undisturbed)
    assert step >= 8


def test_parquet_partitions_survive_dying_before_any_step(tmp_path: Path) -> None:
    """The same rows are the same bytes, also in a later process that goes on with it."""
    argv = (*ONE_DAY, "--datasets", "models,consumption", "--format", "parquet")
    undisturbed = tmp_path / "undisturbed"
    steps = count_steps(undisturbed, lambda folder: export_well(folder, *argv))
    for step in range(steps):
        folder = tmp_path / str(step)
        assert run_until_killed(folder, *argv, step=step, transport=Studio()) is not None
        result = export_well(folder, *argv, "--json")

        assert (step, result.json["edited"]) == (step, [])
        assert_same(folder, undisturbed)


def test_a_death_of_the_test_itself_is_what_it_says(tmp_path: Path) -> None:
    """After it nothing is written, not even by what cleans up."""
    argv = (*ONE_DAY, "--datasets", "models")
    with pytest.MonkeyPatch.context() as patch:
        steps = Steps(patch, 6)
        with pytest.raises(Killed):
            export(tmp_path, *argv, transport=Studio())

    assert steps.taken == [
        *("open", "fsync", "replace", "fsync"),
        *("open", "fsync"),
    ]
    (left_behind,) = read_tree(tmp_path)
    assert re.fullmatch(r"models/date=2026-10-05/\.part\.csv\.[0-9a-f]{16}\.tmp", left_behind)
