"""From the rows of a day to the bytes of a partition."""

import io
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from scenario_usage_cli.errors import UnreadableAnswer
from scenario_usage_cli.export.content import load_arrow
from scenario_usage_cli.export.manifest import Manifest
from scenario_usage_cli.render.csv import write_rows
from scenario_usage_cli.report.daily import list_columns
from scenario_usage_cli.report.fields import Fields, Kind, Row
from scenario_usage_cli.report.focus.rows import declare_table
from scenario_usage_cli.report.numbers import round_cu, round_number

_MOST_CU = 10**12
_MOST_COUNT = 2**63


def declare_columns(manifest: Manifest, table: str) -> Fields:
    """The columns of the rows of a table, as its dataset was begun."""
    if manifest.focus:
        return declare_table(manifest.focus["version"]).columns
    return list_columns(
        table,
        by_project=manifest.by_project,
        has_centres=manifest.cost_centres is not None,
        has_amounts=manifest.has_amounts,
        has_dates=manifest.has_dates(table),
    )


def encode(file_format: str, columns: Fields, rows: Sequence[Row]) -> bytes:
    """The bytes of a partition; the same rows always make the same bytes.

    Raises UnreadableAnswer for figures that do not fit into its types, and ConfigurationError if
    the extra is missing.
    """
    _check_size(columns, rows)
    return _ENCODERS[file_format](columns, rows)


def list_types(file_format: str, columns: Fields) -> tuple[str, ...]:
    """The types of the columns as a partition names them; none for CSV."""
    if file_format != "parquet":
        return ()
    return tuple(str(field.type) for field in _build_schema(columns))


def _build_schema(columns: Fields) -> Any:
    arrow, _ = load_arrow()
    types = {
        Kind.TEXT: arrow.string(),
        Kind.FLAG: arrow.bool_(),
        Kind.COUNT: arrow.int64(),
        Kind.CU: arrow.decimal128(18, 6),
        Kind.AMOUNT: arrow.decimal128(36, 14),
        Kind.FIGURE: arrow.decimal128(36, 14),
        Kind.TIME: arrow.timestamp("ms", tz="UTC"),
        Kind.DAY: arrow.date32(),
    }
    return arrow.schema([(field.key, types[field.kind]) for field in columns])


def _encode_csv(columns: Fields, rows: Sequence[Row]) -> bytes:
    text = io.StringIO()
    keys = [field.key for field in columns]
    write_rows([keys, *([row[key] for key in keys] for row in rows)], text, delimiter=",")
    return text.getvalue().encode("utf-8", "backslashreplace")


def _encode_parquet(columns: Fields, rows: Sequence[Row]) -> bytes:
    arrow, _ = load_arrow()
    schema = _build_schema(columns)
    arrays = [
        arrow.array([_READERS[field.kind](field.of(row)) for row in rows], typed.type)
        for field, typed in zip(columns, schema, strict=True)
    ]
    return write_parquet(arrow.Table.from_arrays(arrays, schema=schema))


def write_parquet(table: Any) -> bytes:
    """The bytes of a table of Arrow's."""
    _, parquet = load_arrow()
    out = io.BytesIO()
    parquet.write_table(table, out, compression="zstd")
    return out.getvalue()


def _check_size(columns: Fields, rows: Sequence[Row]) -> None:
    limits = {Kind.CU: _MOST_CU, Kind.COUNT: _MOST_COUNT}
    for field in columns:
        limit = limits.get(field.kind)
        for row in rows if limit else ():
            figure = field.of(row)
            if figure is not None and abs(figure) >= limit:
                raise UnreadableAnswer(
                    f"the API gave {field.key} as {figure}, which does not fit",
                    hint="please report it; --datasets leaves a table out",
                )


def _read_text(value: str | None) -> str | None:
    """The text in a form that UTF-8 can hold."""
    return None if value is None else value.encode("utf-8", "backslashreplace").decode()


def _read_cu(value: int | Decimal | None) -> Decimal | None:
    return None if value is None else round_cu(Decimal(value))


def _read_amount(value: int | Decimal | None) -> Decimal | None:
    return (
        None
        if value is None
        else round_number(value if isinstance(value, Decimal) else Decimal(value))
    )


def _read_time(value: str | None) -> datetime | None:
    """An instant; None for text that is not a time."""
    try:
        return None if value is None else datetime.fromisoformat(value).astimezone(UTC)
    except ValueError:
        return None


_READERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: _read_text,
    Kind.FLAG: lambda value: value,
    Kind.COUNT: lambda value: None if value is None else int(value),
    Kind.CU: _read_cu,
    Kind.AMOUNT: _read_amount,
    Kind.FIGURE: _read_amount,
    Kind.TIME: _read_time,
    Kind.DAY: date.fromisoformat,
}
_ENCODERS = {"csv": _encode_csv, "parquet": _encode_parquet}
