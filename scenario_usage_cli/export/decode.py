"""From the bytes of a partition to its columns, typed as they were when it was written."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import repeat
from typing import Any

from scenario_usage_cli.export.content import load_arrow
from scenario_usage_cli.periods import format_instant
from scenario_usage_cli.render.csv import unescape_cell
from scenario_usage_cli.report.fields import Fields, Kind, Value
from scenario_usage_cli.report.numbers import Amount

Columns = Mapping[str, Sequence[Value]]
"""The values of a table by the keys of its columns; all columns are equally long."""

_FLAGS = {"": None, "true": True, "false": False}


def decode(file_format: str, columns: Fields, body: bytes) -> Columns:
    """The columns of a partition, of which an older version may have written only the first ones.

    Times are texts, as events have them. Raises ValueError for what is not such a partition, and
    ConfigurationError if the extra is missing.
    """
    if file_format == "parquet":
        load_arrow()  # so that its absence is the error
    try:
        return _DECODERS[file_format](columns, body)
    except Exception as error:  # pyarrow raises a dozen classes for damage
        raise ValueError(str(error).strip() or type(error).__name__) from error


def _check_header(columns: Fields, header: Sequence[str]) -> None:
    if not header or list(header) != [column.key for column in columns[: len(header)]]:
        raise ValueError(f"it has other columns: {', '.join(header)}")


def _decode_csv(columns: Fields, body: bytes) -> Columns:
    csv.field_size_limit(max(csv.field_size_limit(), len(body)))  # names may be of any length
    header, *lines = csv.reader(io.StringIO(body.decode(), newline=""), strict=True)
    _check_header(columns, header)
    cells = zip(*lines, strict=True) if lines else repeat(())
    return {
        column.key: _CSV_READERS[column.kind](found)
        for column, _, found in zip(columns, header, cells, strict=False)
    }


def _read_texts(cells: Sequence[str]) -> Sequence[str | None]:
    return [unescape_cell(cell) if cell[:1] == "'" else cell or None for cell in cells]


def _decode_parquet(columns: Fields, body: bytes) -> Columns:
    _, parquet = load_arrow()
    table = parquet.ParquetFile(io.BytesIO(body)).read()
    _check_header(columns, table.column_names)
    return {
        column.key: _ARROW_READERS.get(column.kind, list)(found.to_pylist())
        for column, found in zip(columns, table.columns, strict=False)
    }


def _read_instants(instants: Sequence[datetime | None]) -> Sequence[str | None]:
    return [format_instant(one.astimezone(UTC)) if one else None for one in instants]


_CSV_READERS: Mapping[Kind, Callable[[Sequence[str]], Sequence[Any]]] = {
    Kind.TEXT: _read_texts,
    Kind.TIME: _read_texts,
    Kind.DAY: list,
    Kind.FLAG: lambda cells: [_FLAGS[cell] for cell in cells],
    Kind.COUNT: lambda cells: [int(cell) if cell else None for cell in cells],
    Kind.CU: lambda cells: [Decimal(cell) if cell else None for cell in cells],
    Kind.AMOUNT: lambda cells: [Amount(cell) if cell else None for cell in cells],
    Kind.FIGURE: lambda cells: [Amount(cell) if cell else None for cell in cells],
}
_ARROW_READERS: Mapping[Kind, Callable[[Sequence[Any]], Sequence[Any]]] = {
    Kind.TIME: _read_instants,
    Kind.DAY: lambda days: [day.isoformat() for day in days],
    Kind.FIGURE: lambda values: [None if value is None else Amount(value) for value in values],
    Kind.AMOUNT: lambda values: [None if value is None else Amount(value) for value in values],
}
_DECODERS = {"csv": _decode_csv, "parquet": _decode_parquet}
