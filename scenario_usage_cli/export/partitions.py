"""Rows of a day as the bytes of a partition, and what an existing one has in it."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from scenario_usage_cli.errors import UnreadableAnswer
from scenario_usage_cli.extras import require_extra
from scenario_usage_cli.render.csv import write_rows
from scenario_usage_cli.render.text import round_cu
from scenario_usage_cli.report.view import Kind

_MOST_CU = 10**12
_MOST_COUNT = 2**63


@dataclass(frozen=True)
class Content:
    """What a partition has in it."""

    columns: tuple[str, ...]
    rows: int


def load_arrow() -> tuple[Any, Any]:
    """pyarrow and its Parquet module; raises ConfigurationError where they are missing."""
    arrow = require_extra("parquet", "pyarrow", purpose="--format parquet")
    return arrow, require_extra("parquet", "pyarrow.parquet", purpose="--format parquet")


def encode(file_format: str, columns: Mapping[str, Kind], rows: Sequence[Sequence[Any]]) -> bytes:
    """A partition; the same rows are always the same bytes. Raises UnreadableAnswer for figures
    that its types do not hold, and ConfigurationError where the extra is missing.
    """
    _check_size(columns, rows)
    return (
        _encode_parquet(columns, rows) if file_format == "parquet" else _encode_csv(columns, rows)
    )


def read_content(file_format: str, body: bytes) -> Content:
    """Raises ValueError for what is no such partition."""
    return _CONTENT_READERS[file_format](body)


def _encode_csv(columns: Mapping[str, Kind], rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    write_rows([tuple(columns), *rows], text, delimiter=",")
    return text.getvalue().encode("utf-8", "backslashreplace")


def _read_csv(body: bytes) -> Content:
    csv.field_size_limit(max(csv.field_size_limit(), len(body)))  # names may be of any length
    lines = csv.reader(io.StringIO(body.decode(), newline=""), strict=True)
    try:
        header = next(lines, None)
        rows = list(lines)
    except csv.Error as error:
        raise ValueError(str(error)) from None
    is_whole = body.endswith(b"\n") and all(len(row) == len(header or ()) for row in rows)
    if not header or not is_whole:
        raise ValueError("it is cut short")
    return Content(tuple(header), len(rows))


def _encode_parquet(columns: Mapping[str, Kind], rows: Sequence[Sequence[Any]]) -> bytes:
    arrow, parquet = load_arrow()
    types = {
        Kind.TEXT: arrow.string(),
        Kind.FLAG: arrow.bool_(),
        Kind.COUNT: arrow.int64(),
        Kind.CU: arrow.decimal128(18, 6),
        Kind.TIME: arrow.timestamp("ms", tz="UTC"),
    }
    schema = arrow.schema([(name, types[kind]) for name, kind in columns.items()])
    arrays = [
        arrow.array([_READERS[kind](row[place]) for row in rows], types[kind])
        for place, kind in enumerate(columns.values())
    ]
    out = io.BytesIO()
    parquet.write_table(arrow.Table.from_arrays(arrays, schema=schema), out, compression="zstd")
    return out.getvalue()


def _read_parquet(body: bytes) -> Content:
    arrow, parquet = load_arrow()
    try:
        file = parquet.ParquetFile(io.BytesIO(body))
    except arrow.ArrowException as error:
        raise ValueError(str(error)) from None
    return Content(tuple(file.schema_arrow.names), file.metadata.num_rows)


def _check_size(columns: Mapping[str, Kind], rows: Sequence[Sequence[Any]]) -> None:
    limits = {Kind.CU: _MOST_CU, Kind.COUNT: _MOST_COUNT}
    for place, (name, kind) in enumerate(columns.items()):
        limit = limits.get(kind)
        for row in rows if limit else ():
            if row[place] is not None and abs(row[place]) >= limit:
                raise UnreadableAnswer(
                    f"the API gave {name} as {row[place]}, more than fits",
                    hint="please report it; --datasets leaves a table out",
                )


def _read_text(value: str | None) -> str | None:
    """Text as UTF-8 can hold it."""
    return None if value is None else value.encode("utf-8", "backslashreplace").decode()


def _read_cu(value: int | Decimal | None) -> Decimal | None:
    return None if value is None else round_cu(Decimal(value))


def _read_time(value: str | None) -> datetime | None:
    """An instant; None for text that is none."""
    try:
        return None if value is None else datetime.fromisoformat(value).astimezone(UTC)
    except ValueError:
        return None


_READERS = {
    Kind.TEXT: _read_text,
    Kind.FLAG: lambda value: value,
    Kind.COUNT: lambda value: None if value is None else int(value),
    Kind.CU: _read_cu,
    Kind.TIME: _read_time,
}
_ENCODERS = {"csv": _encode_csv, "parquet": _encode_parquet}
_CONTENT_READERS = {"csv": _read_csv, "parquet": _read_parquet}
