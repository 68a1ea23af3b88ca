"""Months in one file: when they become one, what is in them, and what becomes of them later."""

import csv
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from scenario_usage_cli.export.layout import list_days
from scenario_usage_cli.export.open_store import open_store
from scenario_usage_cli.export.read import open_dataset, read_rows
from tests.export.support import (
    HEADERS,
    Api,
    Studio,
    assert_refused,
    export,
    export_well,
    no_request,
    read_manifest,
    read_manifest_core,
    read_tree,
    rows_of,
    warnings_of,
    write_manifest,
)

MONTH = ("--partition", "month")
SINCE = ("--since", "2026-09-20")
TABLES = ("--datasets", "models,consumption")
SETTLED = datetime(2026, 11, 4, 0, 0, tzinfo=UTC)
"""The moment at which the last day of October is settled."""
BEFORE = SETTLED - timedelta(seconds=1)


def list_rows(folder: Path, table: str) -> list[tuple[str, ...]]:
    """Every row of a table with its day, by the pattern of the recipes, in order of time."""
    return sorted(iterate_rows(folder, table), key=lambda row: row[0])


def iterate_rows(folder: Path, table: str) -> Iterator[tuple[str, ...]]:
    """The same as the files have them; the day of one without dates is that of its folder."""
    for path in sorted(folder.glob(f"{table}/*/part.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file, strict=True)
        day = () if header[0] == "date" else (path.parent.name.removeprefix("date="),)
        yield from ((*day, *row) for row in rows)


def list_folders(folder: Path, table: str = "models") -> list[str]:
    """The folders of a table."""
    return sorted(path.name for path in (folder / table).iterdir())


@pytest.fixture(scope="module")
def by_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of days, at the moment at which its second month is settled."""
    folder = tmp_path_factory.mktemp("by-day")
    export_well(folder, *SINCE, *TABLES, now=SETTLED)
    return folder


@pytest.fixture(scope="module")
def by_month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same by month."""
    folder = tmp_path_factory.mktemp("by-month")
    result = export_well(folder, *SINCE, *TABLES, *MONTH, now=SETTLED)
    assert result.stdout.endswith(", 4 days provisional, 4 files of a month joined\n")
    return folder


@pytest.fixture
def copy(by_month: Path, tmp_path: Path) -> Path:
    """A copy of the dataset by month, to be changed."""
    return shutil.copytree(by_month, tmp_path / "copy")


def test_settled_months_are_one_file_and_the_days_after_them_stay(by_month: Path) -> None:
    """The first one begins with the first day; each row has its date in the first column."""
    days = [f"date=2026-11-0{number}" for number in range(1, 5)]
    assert list_folders(by_month) == [*days, "month=2026-09", "month=2026-10"]
    for table in ("models", "consumption"):
        for path in by_month.glob(f"{table}/*/*"):
            assert path.name == "part.csv"
            assert path.read_text().startswith(f"date,{HEADERS[table]}\n")
    assert export(by_month, "--verify").stdout == (
        f"{by_month}: 12 partitions, 1668 rows: all is as it was written\n"
    )


@pytest.mark.parametrize("table", ["models", "consumption"])
def test_both_layouts_have_the_same_rows_in_the_same_order(
    table: str, by_day: Path, by_month: Path
) -> None:
    """Text by text."""
    rows = list_rows(by_month, table)

    assert rows == list_rows(by_day, table)
    assert {row[0][:7] for row in rows} == {"2026-09", "2026-10", "2026-11"}


def test_a_month_becomes_a_file_when_its_last_day_is_settled(tmp_path: Path) -> None:
    """Not a second before, and once: later runs leave its file alone."""
    argv = (tmp_path, "--datasets", "models")
    export_well(*argv, "--since", "2026-10-01", *MONTH, now=BEFORE)
    assert all(name.startswith("date=") for name in list_folders(tmp_path))
    export_well(*argv, now=SETTLED)
    month = tmp_path / "models/month=2026-10/part.csv"
    written = month.stat().st_ino
    export_well(*argv, now=SETTLED + timedelta(days=1))

    assert list_folders(tmp_path)[-2:] == ["date=2026-11-05", "month=2026-10"]
    assert month.stat().st_ino == written
    assert not list(tmp_path.glob("models/date=2026-10-*"))


def test_a_dataset_of_days_becomes_one_of_months(
    by_day: Path, by_month: Path, tmp_path: Path
) -> None:
    """Byte for byte, without asking for a day that is settled; nothing else is left behind."""
    folder = shutil.copytree(by_day, tmp_path / "usage")
    api = Studio(SETTLED)
    export_well(folder, *MONTH, *TABLES, now=SETTLED, transport=api)

    assert read_tree(folder) == read_tree(by_month)
    assert read_manifest_core(folder) == read_manifest_core(by_month)
    assert {request.url.params["startDate"][:7] for request in api.requests} == {"2026-11"}


def test_what_is_joined_is_joined_without_a_request(by_day: Path, tmp_path: Path) -> None:
    """Where every day is settled, nothing is asked of the API."""
    folder = shutil.copytree(by_day, tmp_path / "usage")
    until = ("--until", "2026-10-31", *TABLES)
    result = export_well(folder, *MONTH, *until, now=SETTLED, transport=Api(no_request))

    assert list_folders(folder)[-2:] == ["month=2026-09", "month=2026-10"]
    assert result.stdout.endswith(
        ": 0 days fetched, 0 rows in 0 partitions, 0 days provisional, 4 files of a month joined\n"
    )


def test_a_folder_keeps_the_files_of_somebody_else(by_day: Path, tmp_path: Path) -> None:
    """In the folder of a day, in that of the table, and in one of their own."""
    folder = shutil.copytree(by_day, tmp_path / "usage")
    others = ("date=2026-10-05/note.txt", "note.txt", "mine/part.txt")
    for name in others:
        path = folder / "models" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
    (folder / "models/link").symlink_to("note.txt")
    export_well(folder, *MONTH, *TABLES, now=SETTLED)

    assert [(folder / "models" / name).read_text() for name in others] == ["mine"] * 3
    assert (folder / "models/link").is_symlink()
    assert not (folder / "models/date=2026-10-05/part.csv").exists()


def test_what_stands_in_the_place_of_a_month_stays(by_day: Path, tmp_path: Path) -> None:
    """Its days stay days, and --verify says why."""
    for number, name in enumerate(("month=2026-10", "month=2026-10/part.csv")):
        folder = shutil.copytree(by_day, tmp_path / str(number))
        path = folder / "models" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
        export_well(folder, *MONTH, *TABLES, now=SETTLED)

        assert path.read_text() == "mine"
        assert (folder / "models/date=2026-10-05/part.csv").exists()
        assert (folder / "models/month=2026-09/part.csv").exists()
        assert (folder / "consumption/month=2026-10/part.csv").exists()
        assert list_rows_of_days(folder) == list_rows_of_days(by_day)


def list_rows_of_days(folder: Path) -> list[tuple[str, ...]]:
    """The rows of October's partitions by day, with their date."""
    rows = []
    for path in sorted(folder.glob("models/date=2026-10-*/part.csv")):
        day = path.parent.name.removeprefix("date=")
        rows += [(day, *list(row.values())[-8:]) for row in rows_of(path)]
    return rows


def test_a_check_of_days_by_month_is_refused(by_day: Path) -> None:
    """It would not join them."""
    result = export(by_day, "--verify", *MONTH)

    assert_refused(result, 2, "was exported by day, and not by month")


def test_the_layout_is_remembered(copy: Path) -> None:
    """A run without the option keeps it; one that wants days is refused."""
    later = SETTLED + timedelta(days=31)
    export_well(copy, *TABLES, now=later)
    result = export(copy, *TABLES, "--partition", "day", now=later)

    assert "month=2026-11" in list_folders(copy)
    assert_refused(result, 2, "was exported by month, and not by day")
    assert export(copy, "--verify", *MONTH).code == 0


def test_a_dataset_of_days_is_as_older_versions_know_it(by_day: Path, by_month: Path) -> None:
    """They refuse one with months rather than misread it."""
    assert read_manifest(by_day)["schema_version"] == 1
    assert "partition" not in read_manifest(by_day)
    assert read_manifest(by_month)["schema_version"] == 2
    assert read_manifest(by_month)["partition"] == "month"


def test_another_unit_is_refused(tmp_path: Path) -> None:
    """With those that there are."""
    assert_refused(export(tmp_path, "--partition", "week"), 2, "--partition", "week")
    assert not list(tmp_path.iterdir())


def test_a_month_that_was_edited_is_left_as_it_is(copy: Path) -> None:
    """It is a finding, a warning of each run, and its days are fetched again by --repair."""
    path = copy / "models/month=2026-10/part.csv"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"2026-10-05,", b"2026-12-05,"))
    verified = export(copy, "--verify")
    result = export_well(copy, *TABLES, now=SETTLED)
    assert path.read_bytes() != whole
    api = Studio(SETTLED)
    one_day = ("--since", "2026-10-09", "--until", "2026-10-09")
    export_well(copy, *TABLES, *one_day, "--repair", now=SETTLED, transport=api)

    assert (verified.code, verified.stdout.splitlines()[:-1]) == (
        7,
        [
            "models/month=2026-10/part.csv was changed: its checksum differs from the manifest",
            "models/month=2026-10/part.csv has rows of 2026-12-05, which is not a day of it",
        ],
    )
    assert warnings_of(result) == [
        "models/month=2026-10/part.csv was changed by somebody else, and is left as it is; "
        "--repair fetches it"
    ]
    assert path.read_bytes() == whole
    assert len(api.requests) <= 3
    assert export(copy, "--verify").code == 0


@pytest.mark.parametrize("damage", ["removed", "a folder", "cut short"])
def test_a_month_that_is_gone_is_fetched_again(damage: str, copy: Path, by_month: Path) -> None:
    """As a whole, although the run is about one day of it."""
    path = copy / "models/month=2026-10/part.csv"
    path.unlink()
    repair: tuple[str, ...] = ()
    if damage == "a folder":
        path.mkdir()
        repair = ("--repair",)
    if damage == "cut short":
        path.write_bytes(b"date,mod")
        repair = ("--repair",)
    one_day = ("--since", "2026-10-09", "--until", "2026-10-09")
    export_well(copy, *TABLES, *one_day, *repair, now=SETTLED)

    assert read_tree(copy) == read_tree(by_month)
    assert export(copy, "--verify").code == 0


def test_an_api_that_fails_while_a_month_is_fetched_again_leaves_no_part_of_it(
    copy: Path, by_month: Path
) -> None:
    """The next run completes it."""
    (copy / "consumption/month=2026-10/part.csv").unlink()
    days = ("--since", "2026-10-09", "--until", "2026-10-09", *TABLES)

    class Failing(Studio):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            answer = super().handle_request(request)
            return httpx.Response(401, json={}) if len(self.requests) > 12 else answer

    assert export(copy, *days, now=SETTLED, transport=Failing(SETTLED)).code == 4
    assert not (copy / "consumption/month=2026-10/part.csv").exists()
    export_well(copy, *days, now=SETTLED)
    assert read_tree(copy) == read_tree(by_month)


def test_a_lost_manifest_is_made_anew_from_months(copy: Path, by_month: Path) -> None:
    """All days are fetched again, and the files are as they were."""
    (copy / "_manifest.json").unlink()
    result = export_well(copy, *TABLES, now=SETTLED)

    assert "12 partitions entered anew" in result.stderr
    assert read_tree(copy) == read_tree(by_month)
    assert export(copy, "--verify").code == 0


def test_days_before_the_first_month_are_put_into_its_file(copy: Path) -> None:
    """As soon as none is missing."""
    early = ("--since", "2026-09-01", "--until", "2026-09-05", *TABLES)
    export_well(copy, *early, now=SETTLED)
    assert list_folders(copy)[:5] == [f"date=2026-09-0{number}" for number in range(1, 6)]
    assert export(copy, "--verify", *early).code == 0
    export_well(copy, *TABLES, now=SETTLED)

    assert not list(copy.glob("*/date=2026-09-*"))
    assert {row[0] for row in list_rows(copy, "consumption")} >= {"2026-09-01", "2026-09-30"}
    assert export(copy, "--verify").code == 0


def test_days_that_are_no_longer_final_are_fetched_into_their_month(copy: Path) -> None:
    """With a longer --settle, the last days of October are provisional again."""
    before = read_tree(copy)
    result = export_well(copy, *TABLES, "--settle", "5d", "--json", now=SETTLED)
    days = read_manifest(copy)["datasets"]["models"]["2026-10"]

    assert result.json["days_fetched"] == 6
    assert days["state"] == "provisional"
    assert read_tree(copy) == before
    assert export(copy, "--verify").code == 0


def test_a_day_without_a_known_time_is_fetched_into_its_month(copy: Path, by_month: Path) -> None:
    """As after a clock that was wrong; the others of its month are not asked for."""
    document = read_manifest(copy)
    times = document["datasets"]["models"]["2026-10"]["fetched_at"]
    times["2026-10-05"] = None
    write_manifest(copy, document)
    assert "no known time" in export(copy, "--verify").stdout
    api = Studio(SETTLED)
    until = ("--until", "2026-10-31", *TABLES)
    result = export_well(copy, *until, "--json", now=SETTLED, transport=api)

    assert result.json["days_fetched"] == 1
    assert read_tree(copy) == read_tree(by_month)


def test_columns_that_older_days_lack_are_null_in_the_month(by_day: Path, tmp_path: Path) -> None:
    """As where a version that did not know the last column has written them."""
    folder = shutil.copytree(by_day, tmp_path / "usage")
    document, path = read_manifest(folder), folder / "models/date=2026-10-05/part.csv"
    lines = path.read_text().splitlines()
    path.write_text("".join(line.rpartition(",")[0] + "\n" for line in lines))
    document["datasets"]["models"]["2026-10-05"] |= describe(path)
    write_manifest(folder, document)
    export_well(folder, *MONTH, *TABLES, now=SETTLED)

    rows = [row for row in list_rows(folder, "models") if row[0] == "2026-10-05"]
    assert rows
    assert {row[-1] for row in rows} == {""}
    assert {len(row) for row in rows} == {9}
    assert export(folder, "--verify").code == 0


def describe(path: Path) -> Mapping[str, Any]:
    """The checksum and the stamp of a file, as the manifest has them."""
    status = path.stat()
    return {
        "sha256": sha256(path.read_bytes()).hexdigest(),
        "stamp": f"{status.st_size}-{status.st_mtime_ns}",
    }


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_our_own_reader_tells_the_same_days(file_format: str, by_day: Path, tmp_path: Path) -> None:
    """Each with its rows, without the date that only the files have."""
    export_well(tmp_path, *SINCE, *TABLES, *MONTH, "--format", file_format, now=SETTLED)
    days = list_days(date(2026, 9, 25), date(2026, 11, 3))
    both = (open_dataset(open_store(str(folder))) for folder in (by_day, tmp_path))
    in_days, in_months = (list(read_rows(dataset, "models", days)) for dataset in both)

    assert in_months == in_days
    assert {day for day, _ in in_months} == set(days)


def test_a_day_beside_its_month_is_warned_of_until_repair_removes_it(
    by_day: Path, copy: Path
) -> None:
    """As from a backup: the pattern of the recipes would count it twice."""
    before = list_rows(copy, "models")
    name = "models/date=2026-10-05/part.csv"
    (copy / name).parent.mkdir()
    shutil.copy(by_day / name, copy / name)
    argv = ("--until", "2026-10-31", *TABLES)

    (warning,) = warnings_of(export_well(copy, *argv, now=SETTLED))
    assert warning == (
        f"{name} has days that models/month=2026-10/part.csv has, too, and they count twice for "
        "programs that read all files; --repair removes it"
    )
    assert warnings_of(export_well(copy, *argv, "--repair", now=SETTLED)) == []
    assert (list_rows(copy, "models"), export(copy, "--verify", now=SETTLED).code) == (before, 0)
