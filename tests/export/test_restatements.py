"""Days that come back with other figures: what was there is kept, once, whatever happens."""

import itertools
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.export.support import (
    Api,
    export,
    export_well,
    read_manifest,
    rows_of,
    run_until_killed,
    warnings_of,
)
from tests.support import model_row, point, usages

HEADER = "restated_at,table,date,project_id,project,id,name,column,before,after"
DAY = "2026-10-05"
ONE_DAY = ("--since", DAY, "--until", DAY, "--datasets", "models")
NOON = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
NEXT = datetime(2026, 10, 6, 6, 0, tzinfo=UTC)
"""A time at which the day has ended, and is not settled."""

Figures = Mapping[str, tuple[int, float]]
"""Jobs and cost by model."""


def api(figures: Figures) -> httpx.BaseTransport:
    """An API that tells these of every day."""

    def answer(day: str, query: Mapping[str, str]) -> Any:
        time = f"{day}T00:00:00.000Z"
        return usages(
            models=[
                model_row(model, point(time, jobs=jobs, cost=cost))
                for model, (jobs, cost) in figures.items()
            ]
        )

    return Api(answer)


def read_restatements(folder: Path) -> list[dict[str, str]]:
    """All records, in the order of the runs."""
    return [row for path in sorted(folder.glob("restatements/*/part.csv")) for row in rows_of(path)]


def tell(row: Mapping[str, str]) -> tuple[str, ...]:
    """What a record is about, and what has moved."""
    return tuple(row[key] for key in ("date", "id", "column", "before", "after"))


def read_figures(folder: Path, day: str = DAY) -> dict[tuple[str, str], str]:
    """Every figure of a day by model and column."""
    return {
        (row["model_id"], key): row[key]
        for row in rows_of(folder / f"models/date={day}/part.csv")
        for key in row
        if key not in ("model_id", "model", "date")
    }


def test_what_a_day_was_is_kept_when_it_comes_back_with_other_figures(tmp_path: Path) -> None:
    """Each figure that has moved; of a row that was not there, or is gone, all of them."""
    export_well(tmp_path, *ONE_DAY, transport=api({"a": (2, 5120), "b": (1, 0.5)}), now=NEXT)
    later = NEXT + timedelta(hours=2)
    export_well(tmp_path, *ONE_DAY, transport=api({"a": (2, 4780), "c": (1, 3)}), now=later)

    (path,) = tmp_path.glob("restatements/*/*")
    assert path.relative_to(tmp_path).as_posix() == "restatements/run=20261006T080000Z/part.csv"
    assert path.read_text().splitlines()[0] == HEADER
    found = rows_of(path)
    assert {(row["restated_at"], row["table"], row["name"] == row["id"]) for row in found} == {
        ("2026-10-06T08:00:00Z", "models", True)
    }
    gone, new = (
        {"jobs": "1", "cost": cost, "discount": "0", "gross": cost}
        | dict.fromkeys(("api_key_cost", "api_key_discount"), "0")
        for cost in ("0.5", "3")
    )
    assert sorted(map(tell, found)) == sorted(
        [
            (DAY, "a", "cost", "5120", "4780"),
            (DAY, "a", "gross", "5120", "4780"),
            *((DAY, "b", column, figure, "") for column, figure in gone.items()),
            *((DAY, "c", column, "", figure) for column, figure in new.items()),
        ]
    )
    assert export(tmp_path, "--verify").code == 0


def test_a_day_that_is_not_over_may_grow(tmp_path: Path) -> None:
    """Nothing of it is restated, and neither is what comes back as it was."""
    export_well(tmp_path, *ONE_DAY, transport=api({"a": (1, 1)}), now=NOON)
    for hours in (18, 20):
        now = NOON + timedelta(hours=hours)
        export_well(tmp_path, *ONE_DAY, transport=api({"a": (2, 2)}), now=now)

    assert not (tmp_path / "restatements").exists()
    assert read_manifest(tmp_path)["schema_version"] == 1


def test_each_run_appends_a_file_and_leaves_the_others_alone(tmp_path: Path) -> None:
    """Also two that begin in the same second."""
    for cost, hours in ((1, 0), (2, 1), (3, 2), (4, 2)):
        now = NEXT + timedelta(hours=hours)
        export_well(tmp_path, *ONE_DAY, transport=api({"a": (1, cost)}), now=now)

    runs = [f"20261006T0{hour}Z" for hour in ("70000", "80000")]
    assert sorted(path.name for path in (tmp_path / "restatements").iterdir()) == [
        f"run={runs[0]}",
        f"run={runs[1]}",
        f"run={runs[1]}-2",
    ]
    costs = [row for row in read_restatements(tmp_path) if row["column"] == "cost"]
    assert [(row["before"], row["after"]) for row in costs] == [("1", "2"), ("2", "3"), ("3", "4")]
    assert list(read_manifest(tmp_path)["restatements"]) == [*runs, f"{runs[1]}-2"]
    assert read_manifest(tmp_path)["schema_version"] == 2


def test_parquet_has_decimals_and_times(tmp_path: Path) -> None:
    """The same table in the format of the dataset."""
    argv = (*ONE_DAY, "--format", "parquet")
    export_well(tmp_path, *argv, transport=api({"a": (1, 0.1)}), now=NEXT)
    export_well(tmp_path, *argv, transport=api({"a": (1, 0.3)}), now=NEXT)

    (path,) = tmp_path.glob("restatements/*/part.parquet")
    table = pq.ParquetFile(path).read()
    assert [f"{field.name} {field.type}" for field in table.schema] == [
        "restated_at timestamp[ms, tz=UTC]",
        "table string",
        "date date32[day]",
        *(f"{name} string" for name in ("project_id", "project", "id", "name", "column")),
        "before decimal128(36, 14)",
        "after decimal128(36, 14)",
    ]
    assert [
        (row["column"], f"{row['before']:.2f}", f"{row['after']:.2f}") for row in table.to_pylist()
    ] == [
        ("cost", "0.10", "0.30"),
        ("gross", "0.10", "0.30"),
    ]


def test_a_repair_keeps_what_somebody_else_has_written(tmp_path: Path) -> None:
    """Readers have seen it; a file that is no partition has nothing to keep."""
    now = NEXT + timedelta(days=9)
    export_well(tmp_path, *ONE_DAY, transport=api({"a": (1, 7)}), now=now)
    path = tmp_path / f"models/date={DAY}/part.csv"
    whole = path.read_text()
    path.write_text(whole.replace(",7,", ",8,"))
    export_well(tmp_path, *ONE_DAY, "--repair", transport=api({"a": (1, 7)}), now=now)
    path.write_text("mine\n")
    export_well(tmp_path, *ONE_DAY, "--repair", transport=api({"a": (1, 7)}), now=now)

    assert path.read_text() == whole
    assert {tell(row)[1:] for row in read_restatements(tmp_path)} == {
        ("a", "cost", "8", "7"),
        ("a", "gross", "8", "7"),
    }


def test_a_day_in_a_month_is_restated_alone(tmp_path: Path) -> None:
    """Its file is that of the month; the other days are as they were."""
    argv = ("--since", "2026-10-30", "--until", "2026-10-31", "--datasets", "models")
    settled = datetime(2026, 11, 5, tzinfo=UTC)
    export_well(tmp_path, *argv, "--partition", "month", transport=api({"a": (1, 7)}), now=settled)
    longer = (*argv, "--settle", "5d")
    export_well(tmp_path, *longer, transport=api({"a": (1, 6)}), now=settled)

    assert [tell(row) for row in read_restatements(tmp_path)] == [
        ("2026-10-31", "a", "cost", "7", "6"),
        ("2026-10-31", "a", "gross", "7", "6"),
    ]
    month = rows_of(tmp_path / "models/month=2026-10/part.csv")
    assert [(row["date"], row["cost"]) for row in month] == [
        ("2026-10-30", "7"),
        ("2026-10-31", "6"),
    ]
    assert export(tmp_path, "--verify").code == 0


def test_dying_before_any_step_neither_loses_nor_doubles_a_record(tmp_path: Path) -> None:
    """Days in several commits; the next run completes it, and dies as well."""
    argv = ("--since", "2026-10-03", "--until", DAY, "--datasets", "models")
    begun = tmp_path / "begun"
    export_well(begun, *argv, transport=api({"a": (1, 7), "b": (1, 1)}), now=NEXT)
    changed = api({"a": (1, 6), "c": (1, 1)})
    undisturbed = shutil.copytree(begun, tmp_path / "undisturbed")
    export_well(undisturbed, *argv, transport=changed, now=NEXT)
    expected = sorted(map(tell, read_restatements(undisturbed)))
    assert len(expected) == 3 * 14
    for step in itertools.count():
        folder = shutil.copytree(begun, tmp_path / str(step))
        done = run_until_killed(folder, *argv, step=step, transport=changed, now=NEXT) is None
        run_until_killed(folder, *argv, step=step // 2, transport=changed, now=NEXT)
        export_well(folder, *argv, transport=changed, now=NEXT)

        assert (step, sorted(map(tell, read_restatements(folder)))) == (step, expected)
        assert (step, export(folder, "--verify").stdout.endswith("as it was written\n")) == (
            step,
            True,
        )
        shutil.rmtree(folder)
        if done:
            break
    assert step > 20


versions = st.lists(
    st.tuples(
        st.dictionaries(
            st.sampled_from("abc"), st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=3
        ),
        st.none() | st.integers(0, 24),
    ),
    min_size=2,
    max_size=5,
)


@given(versions=versions)
@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_restatements_replayed_backwards_give_the_first_version(
    versions: list[tuple[dict[str, tuple[int, float]], int | None]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Whatever the API says night after night, and whichever runs are killed."""
    folder = tmp_path_factory.mktemp("usage")
    export_well(folder, *ONE_DAY, transport=api(versions[0][0]), now=NEXT)
    first = read_figures(folder)
    for number, (figures, step) in enumerate(versions[1:]):
        now = NEXT + timedelta(minutes=number)
        if step is not None:
            run_until_killed(folder, *ONE_DAY, step=step, transport=api(figures), now=now)
        export_well(folder, *ONE_DAY, transport=api(figures), now=now)
    figures_now = read_figures(folder)
    for row in reversed(read_restatements(folder)):
        key = (row["id"], row["column"])
        assert figures_now.pop(key, "") == row["after"]
        if row["before"]:
            figures_now[key] = row["before"]

    assert figures_now == first


def test_restatements_that_were_changed_are_a_finding(tmp_path: Path) -> None:
    """Or are missing, or were added; the next runs go on."""
    for cost in (1, 2):
        export_well(tmp_path, *ONE_DAY, transport=api({"a": (1, cost)}), now=NEXT)
    (path,) = tmp_path.glob("restatements/*/*")
    name = path.relative_to(tmp_path).as_posix()
    whole = path.read_bytes()
    findings = []
    path.write_bytes(whole.replace(b"2", b"3"))
    findings.append(export(tmp_path, "--verify"))
    path.unlink()
    findings.append(export(tmp_path, "--verify"))
    path.mkdir()
    findings.append(export(tmp_path, "--verify"))
    path.rmdir()
    path.write_bytes(whole)
    stray = tmp_path / "restatements/run=20200101T000000Z/part.csv"
    stray.parent.mkdir()
    stray.write_bytes(whole)
    findings.append(export(tmp_path, "--verify"))

    assert [(found.code, found.stdout.splitlines()[:-1]) for found in findings] == [
        (7, [f"{name} was changed: its checksum differs from the manifest"]),
        (7, [f"{name} is missing"]),
        (7, [f"{name} cannot be read: it is a folder"]),
        (7, ["restatements/run=20200101T000000Z/part.csv is not in the manifest"]),
    ]


@pytest.mark.parametrize("damage", ["missing", "changed", "noise", "folder"])
def test_runs_warn_of_restatements_that_were_changed_until_repair(
    damage: str, tmp_path: Path
) -> None:
    """They cannot be fetched again: --repair goes on with what is there."""
    for cost in (1, 2):
        export_well(tmp_path, *ONE_DAY, transport=api({"a": (1, cost)}), now=NEXT)
    (path,) = tmp_path.glob("restatements/*/*")
    whole = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage != "missing":
        path.write_bytes(whole.replace(b"2", b"3") if damage == "changed" else b"\0\xff")

    def run_again(*argv: str) -> list[str]:
        result = export_well(tmp_path, *ONE_DAY, *argv, transport=api({"a": (1, 2)}), now=NEXT)
        return warnings_of(result)

    (warning,) = run_again()
    assert path.relative_to(tmp_path).as_posix() in warning
    assert "--repair" in warning
    assert run_again("--repair") == []
    assert run_again() == []
    if damage in ("missing", "changed"):
        assert export(tmp_path, "--verify").code == 0


def test_a_copied_folder_is_no_change(tmp_path: Path) -> None:
    """Its files have other times."""
    for cost in (1, 2):
        export_well(tmp_path, *ONE_DAY, transport=api({"a": (1, cost)}), now=NEXT)
    (path,) = tmp_path.glob("restatements/*/*")
    path.touch()

    result = export_well(tmp_path, *ONE_DAY, transport=api({"a": (1, 2)}), now=NEXT)
    assert warnings_of(result) == []


def test_a_lost_manifest_forgets_no_restatement(tmp_path: Path) -> None:
    """Its files are entered again as they are."""
    for cost in (1, 2):
        export_well(tmp_path, *ONE_DAY, transport=api({"a": (1, cost)}), now=NEXT)
    before = read_restatements(tmp_path)
    (tmp_path / "_manifest.json").unlink()
    export_well(tmp_path, *ONE_DAY, transport=api({"a": (1, 2)}), now=NEXT)

    assert read_restatements(tmp_path) == before
    assert export(tmp_path, "--verify").code == 0
