"""Rows of a day as the bytes of a partition."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from scenario_usage_cli.errors import UnreadableAnswer
from scenario_usage_cli.export.content import load_arrow
from scenario_usage_cli.render.csv import write_rows
from scenario_usage_cli.report.numbers import round_cu
from scenario_usage_cli.report.view import Kind

_MOST_CU = 10**12
_MOST_COUNT = 2**63


def encode(file_format: str, columns: Mapping[str, Kind], rows: Sequence[Sequence[Any]]) -> bytes:
    """A partition; the same rows are always the same bytes. Raises UnreadableAnswer for figures
    that its types do not hold, and ConfigurationError where the extra is missing.
    """
    _check_size(columns, rows)
    return _ENCODERS[file_format](columns, rows)


def list_types(file_format: str, columns: Mapping[str, Kind]) -> tuple[str, ...]:
    """The types of the columns as a partition tells them; CSV tells none."""
    if file_format != "parquet":
        return ()
    return tuple(str(field.type) for field in _build_schema(columns))


def _build_schema(columns: Mapping[str, Kind]) -> Any:
    arrow, _ = load_arrow()
    types = {
        Kind.TEXT: arrow.string(),
        Kind.FLAG: arrow.bool_(),
        Kind.COUNT: arrow.int64(),
        Kind.CU: arrow.decimal128(18, 6),
        Kind.TIME: arrow.timestamp("ms", tz="UTC"),
    }
    return arrow.schema([(name, types[kind]) for name, kind in columns.items()])


def _encode_csv(columns: Mapping[str, Kind], rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    write_rows([tuple(columns), *rows], text, delimiter=",")
    return text.getvalue().encode("utf-8", "backslashreplace")


def _encode_parquet(columns: Mapping[str, Kind], rows: Sequence[Sequence[Any]]) -> bytes:
    arrow, parquet = load_arrow()
    schema = _build_schema(columns)
    arrays = [
        arrow.array([_READERS[kind](row[place]) for row in rows], field.type)
        for place, (kind, field) in enumerate(zip(columns.values(), schema, strict=True))
    ]
    out = io.BytesIO()
    parquet.write_table(arrow.Table.from_arrays(arrays, schema=schema), out, compression="zstd")
    return out.getvalue()


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
