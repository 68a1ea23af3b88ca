"""Reading a dataset: every row is as it was written, and nothing else is read."""

import json
import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_usage_cli.errors import ConfigurationError, DamagedDataset
from scenario_usage_cli.export.decode import Decoder
from scenario_usage_cli.export.lock import lock_store
from scenario_usage_cli.export.manifest import Manifest
from scenario_usage_cli.export.manifest_text import dump_manifest, load_manifest
from scenario_usage_cli.export.open_store import open_store
from scenario_usage_cli.export.partitions import encode
from scenario_usage_cli.export.read import open_dataset, read_rows
from scenario_usage_cli.report.daily import list_columns
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.numbers import Amount
from tests.export.support import DAY, TWO_DAYS, export_well, part, read_manifest, rows_of
from tests.support import NOW

DAYS = (date(2026, 10, 5), date(2026, 10, 6))
TEXTS = st.builds(
    "{}{}".format,
    st.sampled_from(["", "", "=", "'", "'=", "''-"]),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
)
CU = st.decimals(-(10**6), 10**6, places=6)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A dataset of two days."""
    export_well(tmp_path / "usage", *TWO_DAYS)
    return tmp_path / "usage"


def read(
    folder: Path, table: str = "models", days: tuple[date, ...] = DAYS
) -> list[tuple[date, Row]]:
    """The rows with their days."""
    return list(read_rows(open_dataset(open_store(str(folder))), table, days))


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
@settings(deadline=None)  # the first one imports pyarrow
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {
                "user_id": TEXTS,
                "name": TEXTS,
                "email": st.none() | TEXTS,
                "is_api_key": st.none() | st.booleans(),
                "cost": CU,
                "discount": CU,
                "gross": CU,
            }
        ),
        max_size=4,
    )
)
def test_rows_are_read_as_they_were_written(file_format: str, rows: list[Row]) -> None:
    """Formulas, apostrophes before them, controls, blanks, null and CU: all come back."""
    columns = list_columns("consumption", by_project=False)

    found = Decoder(file_format, columns).decode(encode(file_format, columns, rows))

    assert [dict(zip(found, row, strict=True)) for row in zip(*found.values(), strict=True)] == rows


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_times_and_amounts_come_back(file_format: str) -> None:
    """Times of events are texts in UTC; amounts keep their 14 decimals, and null stays null."""
    columns = list_columns("activity", by_project=False, has_amounts=True)
    values = dict.fromkeys(column.key for column in columns)
    row = values | {"time": "2026-10-05T08:30:00.250Z", "amount": Amount("0.12345678901234")}

    found = Decoder(file_format, columns).decode(encode(file_format, columns, [row]))

    assert {key: column[0] for key, column in found.items()} == row


def test_an_older_version_has_the_first_columns_only() -> None:
    """New columns go to the end, so what is missing there is no damage."""
    columns = list_columns("assets", by_project=False)
    body = encode("csv", columns[:2], [{"kind": "image", "count": 3}])

    found = Decoder("csv", columns).decode(body)

    assert {key: list(column) for key, column in found.items()} == {"kind": ["image"], "count": [3]}


def test_other_columns_are_no_partition() -> None:
    """Such a file was written for something else."""
    decoder = Decoder("csv", list_columns("assets", by_project=False))

    with pytest.raises(ValueError, match="other columns: kind, number"):
        decoder.decode(b"kind,number\nimage,3\n")


def test_every_row_of_a_day_is_read(folder: Path) -> None:
    """Each with its day, in the order of the file; a day that is not there has no rows."""
    days = (*DAYS, date(2026, 10, 7))

    found = read(folder, days=days)

    written = [
        (day, row["model_id"]) for day in DAYS for row in rows_of(part(folder, day=str(day)))
    ]
    assert [(day, row["model_id"]) for day, row in found] == written


def _change(path: Path) -> None:
    """Another figure in a file of the same size and time."""
    before = path.stat()
    body = path.read_bytes()
    path.write_bytes(body[:-2] + (b"1\n" if body[-2:] != b"1\n" else b"2\n"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _put_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_change, "was changed: its checksum differs from the manifest"),
        (lambda path: path.write_bytes(path.read_bytes()[:-9]), "was changed"),
        (lambda path: path.write_bytes(b""), "was changed"),
        (Path.unlink, "is missing"),
        (lambda path: (path.unlink(), path.mkdir()), "cannot be read: it is a folder"),
        (_put_fifo, "cannot be read: it is a FIFO"),
    ],
)
def test_a_damaged_file_is_refused_by_its_name(
    folder: Path, damage: Callable[[Path], object], said: str
) -> None:
    """Where --verify finds something, nothing is read; other tables and days still are."""
    damage(part(folder))

    with pytest.raises(DamagedDataset, match=f"models/date={DAY}/part.csv {said}"):
        read(folder)
    assert read(folder, days=DAYS[1:])
    assert read(folder, "assets")


def test_a_file_that_no_run_has_noted_is_refused(folder: Path) -> None:
    """The day is not in the manifest, but something has written its file."""
    stray = part(folder, day="2026-10-07")
    stray.parent.mkdir()
    stray.write_bytes(part(folder).read_bytes())

    with pytest.raises(DamagedDataset, match=r"2026-10-07/part\.csv is not in the manifest"):
        read(folder, days=(date(2026, 10, 7),))


def _load(folder: Path) -> Manifest:
    manifest = load_manifest((folder / "_manifest.json").read_bytes(), source="")
    assert manifest
    return manifest


def test_a_file_that_a_dead_run_was_writing_is_refused(folder: Path) -> None:
    """It is either old or new, and only the next run can tell."""
    manifest = _load(folder)
    manifest.pending[f"models/date={DAY}/part.csv"] = ("0" * 64,)
    (folder / "_manifest.json").write_bytes(dump_manifest(manifest, timedelta(days=3)))

    with pytest.raises(DamagedDataset, match="was being written by a run that has not ended"):
        read(folder)


def test_a_dataset_under_a_lock_is_refused(folder: Path) -> None:
    """Its files change; afterwards, it is read."""
    with (
        lock_store(open_store(str(folder)), 1, NOW),
        pytest.raises(ConfigurationError, match=r"is being written by an export: process \d+"),
    ):
        open_dataset(open_store(str(folder)))
    assert read(folder)


def test_a_run_that_begins_while_a_dataset_is_read_is_the_reason(folder: Path) -> None:
    """A file that does not fit to the manifest any more was not damaged."""
    dataset = open_dataset(open_store(str(folder)))
    _change(part(folder))
    manifest = _load(folder)
    manifest.since["models"] = date(2026, 1, 1)
    (folder / "_manifest.json").write_bytes(dump_manifest(manifest, timedelta(days=3)))

    with pytest.raises(ConfigurationError, match="is being written by an export"):
        list(read_rows(dataset, "models", DAYS))


@pytest.mark.parametrize(
    ("write", "error", "said"),
    [
        (lambda path: path.unlink(), ConfigurationError, "_manifest.json is missing"),
        (
            lambda path: path.write_bytes(path.read_bytes()[:-40]),
            DamagedDataset,
            "_manifest.json is damaged, or was changed by hand",
        ),
        (
            lambda path: path.write_text(json.dumps({"schema_version": 99})),
            ConfigurationError,
            "newer version",
        ),
    ],
)
def test_a_manifest_that_tells_nothing_is_refused(
    folder: Path, write: Callable[[Path], object], error: type[Exception], said: str
) -> None:
    """Missing, damaged, or of a newer version."""
    assert read_manifest(folder)["schema_version"]
    write(folder / "_manifest.json")

    with pytest.raises(error, match=said):
        open_dataset(open_store(str(folder)))


def test_a_folder_that_is_not_there_is_no_dataset(tmp_path: Path) -> None:
    """Neither is an empty one, and nothing is made of either."""
    (tmp_path / "empty").mkdir()
    for name in ("gone", "empty"):
        with pytest.raises(ConfigurationError, match="there is no dataset in"):
            open_dataset(open_store(str(tmp_path / name)))
    assert [path.name for path in tmp_path.rglob("*")] == ["empty"]


def test_days_of_an_object_store_are_fetched_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the same code, from any URL: all that is needed of a table is asked for at once."""
    export_well("memory://reading/usage", *TWO_DAYS)
    asked: list[list[str]] = []
    cat = MemoryFileSystem.cat

    def count(self: MemoryFileSystem, path: list[str], **options: str) -> dict[str, bytes]:
        asked.append([one.rpartition("usage/")[2] for one in path])
        found: dict[str, bytes] = cat(self, path, **options)
        return found

    monkeypatch.setattr(MemoryFileSystem, "cat", count)
    dataset = open_dataset(open_store("memory://reading/usage"))

    assert [day for day, _ in dataset.read_columns("models", DAYS)] == list(DAYS)
    assert asked == [[f"models/date={day}/part.csv" for day in DAYS]]


def test_an_object_that_is_gone_is_missing() -> None:
    """Also where others were fetched together with it."""
    export_well("memory://gone/usage", *TWO_DAYS)
    dataset = open_dataset(open_store("memory://gone/usage"))
    dataset.store.stamp("")  # what is there is listed once
    MemoryFileSystem().rm_file(f"/gone/usage/models/date={DAY}/part.csv")

    with pytest.raises(DamagedDataset, match=f"models/date={DAY}/part.csv is missing"):
        list(dataset.read_columns("models", DAYS))
