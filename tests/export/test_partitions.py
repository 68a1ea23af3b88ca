"""Partitions: the same rows are the same bytes, exact and of the types that were promised."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.errors import UnreadableAnswer
from scenario_usage_cli.export import partitions
from scenario_usage_cli.export.content import read_content
from scenario_usage_cli.report.fields import Field, Fields, Kind

KINDS = {
    "id": Kind.TEXT,
    "is_api_key": Kind.FLAG,
    "count": Kind.COUNT,
    "cost": Kind.CU,
    "time": Kind.TIME,
}
COLUMNS: Fields = tuple(Field(key, "", kind) for key, kind in KINDS.items())
ROWS = [
    ('a,b\n"c"', True, 3, Decimal("0.1"), "2026-11-01T23:26:39.189Z"),
    ("=SUM(A1)", None, -1, Decimal("-2.5000004"), None),
    ("", False, None, None, "no time"),
]
texts = st.none() | st.text(st.characters(codec="utf-8"))
rows = st.lists(
    st.tuples(
        texts,
        st.none() | st.booleans(),
        st.none() | st.integers(-(2**62), 2**62),
        st.none() | st.decimals(-(10**11), 10**11, places=6, allow_nan=False),
        st.none() | st.just("2026-11-01T00:00:00Z"),
    ),
    max_size=8,
)


def encode(file_format: str, columns: Fields, values: Sequence[Sequence[Any]]) -> bytes:
    """A partition of rows, given by their values in the order of the columns."""
    return partitions.encode(
        file_format, columns, [dict(zip(KINDS, row, strict=True)) for row in values]
    )


def read_parquet(body: bytes) -> Any:
    """The table in a Parquet file."""
    return pq.read_table(io.BytesIO(body))


def test_csv_is_the_csv_of_every_command() -> None:
    """Quoted where it must be, formulas disarmed, null empty, at most 6 decimals."""
    assert encode("csv", COLUMNS, ROWS).decode() == (
        "id,is_api_key,count,cost,time\n"
        '"a,b\n""c""",true,3,0.1,2026-11-01T23:26:39.189Z\n'
        "'=SUM(A1),,-1,-2.5,\n"
        ",false,,,no time\n"
    )


def test_parquet_has_the_types_that_were_promised() -> None:
    """Exactly, also where there are no rows; compressed by zstd."""
    for given_rows in (ROWS, []):
        body = encode("parquet", COLUMNS, given_rows)

        assert read_parquet(body).schema == pa.schema(
            [
                ("id", pa.string()),
                ("is_api_key", pa.bool_()),
                ("count", pa.int64()),
                ("cost", pa.decimal128(18, 6)),
                ("time", pa.timestamp("ms", tz="UTC")),
            ]
        )
    metadata = pq.ParquetFile(io.BytesIO(encode("parquet", COLUMNS, ROWS))).metadata
    assert {metadata.row_group(0).column(n).compression for n in range(5)} == {"ZSTD"}


def test_parquet_keeps_text_as_it_is() -> None:
    """What a spreadsheet would run is no danger here; what is no instant is null."""
    assert read_parquet(encode("parquet", COLUMNS, ROWS)).to_pylist() == [
        {
            "id": 'a,b\n"c"',
            "is_api_key": True,
            "count": 3,
            "cost": Decimal("0.100000"),
            "time": datetime(2026, 11, 1, 23, 26, 39, 189000, tzinfo=UTC),
        },
        {
            "id": "=SUM(A1)",
            "is_api_key": None,
            "count": -1,
            "cost": Decimal("-2.500000"),
            "time": None,
        },
        {"id": "", "is_api_key": False, "count": None, "cost": None, "time": None},
    ]


@given(rows)
def test_parquet_gives_back_every_figure(drawn: list[tuple[Any, ...]]) -> None:
    """Exactly, in order."""
    found = read_parquet(encode("parquet", COLUMNS, drawn)).to_pylist()

    assert [(row["id"], row["is_api_key"], row["count"], row["cost"]) for row in found] == [
        row[:4] for row in drawn
    ]


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
@given(drawn=rows)
def test_the_content_is_what_was_written(file_format: str, drawn: list[tuple[Any, ...]]) -> None:
    """Columns and number of rows; and the same rows are the same bytes."""
    body = encode(file_format, COLUMNS, drawn)
    content = read_content(file_format, body)

    assert (content.columns, content.rows) == (tuple(KINDS), len(drawn))
    assert encode(file_format, COLUMNS, drawn) == body


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b'id,count\n"a', b"id,count\na\n", b"PAR1"])
def test_what_is_no_partition_is_refused(file_format: str, body: bytes) -> None:
    """Empty, not UTF-8, cut in a cell or in a row."""
    with pytest.raises(ValueError, match=r"."):
        read_content(file_format, body)


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("count", "cost"), [(2**63, Decimal(0)), (0, Decimal(10**12)), (0, Decimal(-(10**12)))]
)
def test_figures_that_do_not_fit_are_refused(file_format: str, count: int, cost: Decimal) -> None:
    """In both formats alike, by the name of the column."""
    with pytest.raises(UnreadableAnswer, match=r"which does not fit"):
        encode(file_format, COLUMNS, [("a", None, count, cost, None)])


def test_text_that_utf8_cannot_hold_is_escaped() -> None:
    """Half a surrogate, in both formats."""
    row = [("\ud800", None, 1, None, None)]

    assert b"\\ud800" in encode("csv", COLUMNS, row)
    assert read_parquet(encode("parquet", COLUMNS, row)).to_pylist()[0]["id"] == "\\ud800"
