"""What people have reads what an export writes, and its sums are those of `report`."""

import csv
import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support import run

FIRST_DAY, LAST_DAY = "2026-10-24", "2026-11-04"
DAYS = ("--since", FIRST_DAY, "--until", LAST_DAY)
PERIOD = ("--start", FIRST_DAY, "--end", LAST_DAY)
FORMATS = ("csv", "parquet")
TEXT, COUNT, FLAG = "string", "int64", "bool"
CU = "decimal128(18, 6)"
TIME = "timestamp[ms, tz=UTC]"
SCHEMAS = {
    "models": f"model_id {TEXT}; model {TEXT}; jobs {COUNT}; cost {CU}; discount {CU}; gross {CU}; "
    f"api_key_cost {CU}; api_key_discount {CU}",
    "assets": f"kind {TEXT}; count {COUNT}; api_key_count {COUNT}",
    "actions": f"action {TEXT}; count {COUNT}; api_key_count {COUNT}; cost {CU}; discount {CU}; "
    f"api_key_cost {CU}; api_key_discount {CU}",
    "moderation": f"label {TEXT}; count {COUNT}; api_key_count {COUNT}",
    "quality_gates": f"verdict {TEXT}; count {COUNT}; api_key_count {COUNT}",
    "consumption": f"user_id {TEXT}; name {TEXT}; email {TEXT}; is_api_key {FLAG}; cost {CU}; "
    f"discount {CU}; gross {CU}",
    "activity": f"time {TIME}; action {TEXT}; project_id {TEXT}; project {TEXT}; user_id {TEXT}; "
    f"user {TEXT}; is_api_key {FLAG}; model_id {TEXT}; model {TEXT}; job_id {TEXT}; "
    f"asset_id {TEXT}; collection_id {TEXT}; cost {CU}",
}
"""The columns of every table with their types in Parquet, in order."""
TABLES = tuple(table for table in SCHEMAS if table != "activity")
TYPES = {
    table: dict(column.split(" ", 1) for column in columns.split("; "))
    for table, columns in SCHEMAS.items()
}
KEYS = {table: next(iter(TYPES[table])) for table in TABLES}
MEASURES = {
    table: [name for name, kind in TYPES[table].items() if kind in (COUNT, CU)] for table in TABLES
}
ARROW = {TEXT: pa.string(), COUNT: pa.int64(), CU: pa.decimal128(18, 6)}
SQL = {COUNT: "bigint", CU: "decimal(18, 6)"}

Key = tuple[str | None, ...]
Sums = dict[Key, tuple[Decimal, ...]]
"""By project (if told apart) and id, the sum of each measure."""


# --- what `report` says


@cache
def report(*options: str) -> Any:
    """The report of all days, with exact figures."""
    result = run("report", "--demo", "--json", *PERIOD, *options, environ={})
    assert result.code == 0, result.stderr
    return json.loads(result.stdout, parse_float=Decimal)


@cache
def list_projects() -> tuple[str, ...]:
    """The ids of all projects that used anything."""
    breakdown = report("--by", "project", "--section", "breakdown")["breakdown"]
    return tuple(row["project_id"] for row in breakdown["totals"])


def expect(table: str, *, by_project: bool) -> Sums:
    """The figures of a section of `report`, of each project on its own where they are told
    apart; rows of zeros are left out.
    """
    scopes: list[tuple[Key, tuple[str, ...]]] = [((), ())]
    if by_project:
        scopes = [((project,), ("--project", project)) for project in list_projects()]
    return {
        (*scope, row[KEYS[table]]): figures
        for scope, options in scopes
        for row in report(*options)[table]
        if any(figures := tuple(Decimal(row[name] or 0) for name in MEASURES[table]))
    }


# --- what engines say: each is imported by who uses it, as it takes up to half a second


def sum_by_duckdb(folder: Path, table: str, by: Sequence[str]) -> Iterable[Sequence[Any]]:
    """In SQL, with the options of the recipe."""
    files = f"{folder}/{table}/*/*"
    source = f"read_parquet('{files}.parquet', hive_partitioning = true)"
    if is_csv(folder):
        types = {name: SQL[TYPES[table][name]] for name in MEASURES[table]}
        source = (
            f"read_csv('{files}.csv', hive_partitioning = true, union_by_name = true, "
            f"delim = ',', quote = '\"', types = {types})"
        )
    sums = ", ".join(f'sum("{name}")' for name in MEASURES[table])
    with duckdb.connect() as connection:
        return connection.execute(
            f"select {', '.join(by)}, {sums} from {source} group by all"
        ).fetchall()


def sum_by_pyarrow(folder: Path, table: str, by: Sequence[str]) -> Iterable[Sequence[Any]]:
    """A dataset of Arrow's."""
    import pyarrow.csv
    import pyarrow.dataset

    types = {name: ARROW[TYPES[table].get(name, TEXT)] for name in (*by, *MEASURES[table])}
    file_format: Any = "parquet"
    if is_csv(folder):
        # A field of CSV is null where it is empty, for text only if that is asked for.
        options = pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=True)
        file_format = pyarrow.dataset.CsvFileFormat(convert_options=options)
    dataset = pyarrow.dataset.dataset(
        folder / table,
        schema=pa.schema(list(types.items())),
        format=file_format,
        partitioning="hive",
    )
    grouped = dataset.to_table().group_by(list(by))
    sums = grouped.aggregate([(name, "sum") for name in MEASURES[table]])
    columns = [*by, *(f"{name}_sum" for name in MEASURES[table])]
    return [[row[name] for name in columns] for row in sums.to_pylist()]


def sum_by_pandas(folder: Path, table: str, by: Sequence[str]) -> Iterable[Sequence[Any]]:
    """A frame whose figures are decimals of Python's."""
    import pandas as pd

    if is_csv(folder):
        read = {name: lambda text: Decimal(text or 0) for name in MEASURES[table]}
        files = sorted((folder / table).glob("*/part.csv"))
        frame = pd.concat([pd.read_csv(file, converters=read) for file in files])
    else:
        frame = pd.read_parquet(folder / table).fillna(dict.fromkeys(MEASURES[table], 0))
    sums = frame.groupby(list(by), dropna=False)[MEASURES[table]].sum()
    return [tuple(row) for row in sums.reset_index().itertuples(index=False)]


def sum_by_polars(folder: Path, table: str, by: Sequence[str]) -> Iterable[Sequence[Any]]:
    """A frame whose figures are decimals of Polars'."""
    import polars as pl

    of_polars = {COUNT: pl.Int64(), CU: pl.Decimal(18, 6)}
    if is_csv(folder):
        types = {name: of_polars[TYPES[table][name]] for name in MEASURES[table]}
        frame = pl.scan_csv(folder / table / "*" / "*.csv", schema_overrides=types).collect()
    else:
        frame = pl.read_parquet(folder / table)
    return frame.group_by(by).agg(pl.col(MEASURES[table]).sum()).iter_rows()


def is_csv(folder: Path) -> bool:
    """Whether the dataset is in CSV, as its manifest says."""
    manifest = json.loads((folder / "_manifest.json").read_text(encoding="utf-8"))
    return bool(manifest["format"] == "csv")


ENGINES = {
    "duckdb": sum_by_duckdb,
    "pyarrow": sum_by_pyarrow,
    "pandas": sum_by_pandas,
    "polars": sum_by_polars,
}
Exports = Mapping[tuple[str, bool], Path]


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Exports:
    """The same days by format, and by whether projects are told apart."""
    folders = {}
    for file_format in FORMATS:
        for by_project in (False, True):
            folder = tmp_path_factory.mktemp("export") / "usage"
            tables = "" if by_project else ",activity"
            argv = ["--demo", "--format", file_format, "--datasets", ",".join(TABLES) + tables]
            argv += ["--by-project"] if by_project else []
            result = run("export", str(folder), *argv, *DAYS, environ={})
            assert (result.code, result.stderr) == (0, "")
            folders[file_format, by_project] = folder
    return folders


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("by_project", [False, True], ids=["whole", "by project"])
@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("engine", ENGINES)
def test_sums_are_those_of_report(
    engine: str, file_format: str, by_project: bool, table: str, exports: Exports
) -> None:
    """Of every measure, per model, kind, user and so on, and per project; all to the last digit."""
    by = [*(["project_id"] if by_project else []), KEYS[table]]

    rows = ENGINES[engine](exports[file_format, by_project], table, by)

    expected = expect(table, by_project=by_project)
    assert expected
    assert {
        tuple(row[: len(by)]): tuple(Decimal(figure or 0) for figure in row[len(by) :])
        for row in rows
    } == expected


@pytest.mark.parametrize(
    ("table", "by_project"),
    [*((table, False) for table in SCHEMAS), *((table, True) for table in TABLES)],
)
def test_parquet_has_exactly_these_types(table: str, by_project: bool, exports: Exports) -> None:
    """In every file, also in one without rows; `date` is in the path only; all is zstd."""
    folder = exports["parquet", by_project]
    projects = {"project_id": TEXT, "project": TEXT} if by_project else {}
    schema = {**projects, **TYPES[table]}

    files = [pq.ParquetFile(path) for path in sorted((folder / table).glob("date=*/*"))]

    assert len(files) == 12
    for file in files:
        found = [(field.name, str(field.type)) for field in file.schema_arrow]
        assert found == list(schema.items())
    groups = [f.metadata.row_group(n) for f in files for n in range(f.metadata.num_row_groups)]
    codecs = {group.column(n).compression for group in groups for n in range(group.num_columns)}
    assert codecs == {"ZSTD"}


@pytest.mark.parametrize("table", SCHEMAS)
def test_both_formats_say_the_same(table: str, exports: Exports) -> None:
    """Row by row, null by null, in the same order, whatever the type."""
    pairs = [exports[file_format, False] / table for file_format in FORMATS]
    folders = [sorted(folder.iterdir()) for folder in pairs]
    for in_csv, in_parquet in zip(*folders, strict=True):
        with (in_csv / "part.csv").open(encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(file))
        rows = pq.ParquetFile(in_parquet / "part.parquet").read().to_pylist()

        assert [{k: show(v) for k, v in row.items()} for row in rows] == lines


def show(value: Any) -> str:
    """A value as CSV has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0").rstrip(".")
    if isinstance(value, datetime):
        precision = "milliseconds" if value.microsecond else "seconds"
        return value.isoformat(timespec=precision).replace("+00:00", "Z")
    return str(value)


@pytest.mark.parametrize("file_format", FORMATS)
def test_engines_find_the_date_in_the_path(
    file_format: Literal["csv", "parquet"], exports: Exports
) -> None:
    """As a date, of each day that was exported."""
    folder = exports[file_format, False]
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select distinct typeof(date), date::varchar from read_{file_format}("
            f"'{folder}/consumption/*/*', hive_partitioning = true) order by all"
        ).fetchall()

    days = [f"2026-10-{n}" for n in range(24, 32)] + [f"2026-11-0{n}" for n in range(1, 5)]
    assert rows == [("DATE", day) for day in days]


def drop_last_column_of_csv(path: Path) -> None:
    """As a version that did not know the column would have written it."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row[:-1] for row in csv.reader(file)]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def drop_last_column_of_parquet(path: Path) -> None:
    """As a version that did not know the column would have written it."""
    rows = pq.ParquetFile(path).read()
    pq.write_table(rows.select(rows.column_names[:-1]), path, compression="zstd")


DROPPERS: dict[str, Callable[[Path], None]] = {
    "csv": drop_last_column_of_csv,
    "parquet": drop_last_column_of_parquet,
}


@pytest.mark.parametrize("file_format", FORMATS)
def test_files_of_an_older_version_are_read_beside_new_ones(
    file_format: str, exports: Exports, tmp_path: Path
) -> None:
    """With `union_by_name`, whose nulls stand where there was no such column yet."""
    folder = shutil.copytree(exports[file_format, False], tmp_path / "usage")
    for day in range(24, 32):
        DROPPERS[file_format](folder / f"models/date=2026-10-{day}/part.{file_format}")
    with duckdb.connect() as connection:
        (sums,) = connection.execute(
            f"select sum(cost::decimal(18, 6)), count(*) filter (date < '2026-11-01'), "
            f"count(api_key_discount) filter (date < '2026-11-01'), "
            f"count(*) - count(api_key_discount) filter (date >= '2026-11-01') "
            f"from read_{file_format}('{folder}/models/*/*', hive_partitioning = true, "
            f"union_by_name = true)"
        ).fetchall()

    old = sums[1]
    cost = sum(row["cost"] for row in report()["models"])
    assert old > 0
    assert sums == (cost, old, 0, old)


@pytest.mark.parametrize("table", ["models", "assets"])
def test_a_table_on_its_own_is_told_day_by_day_over_months(table: str, tmp_path: Path) -> None:
    """No day of a busy studio is empty, although the API's first answer is by week."""
    days = ("--since", "2026-07-01", "--until", "2026-11-10")
    run("export", str(tmp_path), "--demo", "--datasets", table, *days, environ={})

    files = sorted(tmp_path.glob(f"{table}/*/part.csv"))
    assert [path.parent.name for path in files if path.read_text().count("\n") == 1] == []
