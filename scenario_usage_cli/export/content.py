"""What an existing partition has in it."""

import csv
import io
from typing import Any, NamedTuple

from scenario_usage_cli.extras import require_extra


class Content(NamedTuple):
    """What a partition has in it."""

    columns: tuple[str, ...]
    rows: int
    types: tuple[str, ...] = ()
    """Those of the columns, as pyarrow calls them; CSV has none."""


def load_arrow() -> tuple[Any, Any]:
    """pyarrow and its Parquet module; raises ConfigurationError where they are missing."""
    arrow = require_extra("parquet", "pyarrow", purpose="--format parquet")
    return arrow, require_extra("parquet", "pyarrow.parquet", purpose="--format parquet")


def read_content(file_format: str, body: bytes) -> Content:
    """Raises ValueError for what is no such partition."""
    return _CONTENT_READERS[file_format](body)


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


def _read_parquet(body: bytes) -> Content:
    arrow, parquet = load_arrow()
    try:
        file = parquet.ParquetFile(io.BytesIO(body))
    except arrow.ArrowException as error:
        raise ValueError(str(error)) from None
    schema = file.schema_arrow
    types = tuple(str(field.type) for field in schema)
    return Content(tuple(schema.names), file.metadata.num_rows, types)


_CONTENT_READERS = {"csv": _read_csv, "parquet": _read_parquet}
