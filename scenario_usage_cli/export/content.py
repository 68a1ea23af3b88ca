"""The content of an existing partition."""

import csv
import io
from collections import Counter
from typing import Any, NamedTuple

from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.extras import require_extra

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

_LEAST_ADDRESSES_BYTES = 400 * 1024 * 1024
"""pyarrow crashed when there was less."""


class Content(NamedTuple):
    """The columns of a partition, and how many rows it has."""

    columns: tuple[str, ...]
    rows: int
    types: tuple[str, ...] = ()
    """The types of the columns, as pyarrow names them; CSV has none."""


def load_arrow() -> tuple[Any, Any]:
    """pyarrow and its Parquet module.

    Raises ConfigurationError if they are missing, or need more memory than the process may use.
    """
    _check_memory()
    arrow = require_extra("parquet", "pyarrow", purpose="--format parquet")
    return arrow, require_extra("parquet", "pyarrow.parquet", purpose="--format parquet")


def _check_memory() -> None:
    """With too little, numpy and pyarrow end the process without a message."""
    if resource is None:
        return
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if 0 <= limit < _LEAST_ADDRESSES_BYTES:  # no limit is -1
        raise ConfigurationError(
            f"--format parquet needs {_LEAST_ADDRESSES_BYTES >> 20} MB of address space, and this "
            f"process may use {limit >> 20} MB",
            hint="raise the limit (ulimit -v), or export to another DIR as csv",
        )


def read_content(file_format: str, body: bytes) -> Content:
    """The content of a partition; raises ValueError for a file that is not one."""
    reader = _CONTENT_READERS[file_format]
    if file_format == "parquet":
        load_arrow()  # so that its absence is the error
    try:
        return reader(body)
    except Exception as error:  # pyarrow raises a dozen classes for damage
        raise ValueError(str(error).strip() or type(error).__name__) from error


def _read_csv(body: bytes) -> Content:
    csv.field_size_limit(max(csv.field_size_limit(), len(body)))  # names may be of any length
    lines = csv.reader(io.StringIO(body.decode(), newline=""), strict=True)
    header = next(lines, [])
    lengths = Counter(map(len, lines))
    if not header or not body.endswith(b"\n") or lengths.keys() - {len(header)}:
        raise ValueError("it is cut short")
    return Content(tuple(header), lengths.total())


def _read_parquet(body: bytes) -> Content:
    _, parquet = load_arrow()
    file = parquet.ParquetFile(io.BytesIO(body))
    schema = file.schema_arrow
    types = tuple(str(field.type) for field in schema)
    return Content(tuple(schema.names), file.metadata.num_rows, types)


_CONTENT_READERS = {"csv": _read_csv, "parquet": _read_parquet}
