"""From the bytes of partitions to their columns, typed as they were when they were written."""

import csv
import io
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from scenario_usage_cli.clocks import format_instant
from scenario_usage_cli.export.content import load_arrow
from scenario_usage_cli.render.csv import unescape_cell
from scenario_usage_cli.report.fields import Fields, Kind, Value
from scenario_usage_cli.report.numbers import Amount

Columns = Mapping[str, Sequence[Value]]
"""The values of a table by the keys of its columns; all columns are equally long."""

_HIDDEN = {",": "\ue000", "\n": "\ue001"}
_HIDE = str.maketrans(_HIDDEN)
_SHOW = str.maketrans({letter: hidden for hidden, letter in _HIDDEN.items()})


class Decoder:
    """Decodes partitions that have these columns; an older version may lack the last ones.

    With `keys`, only these columns are read. Times are texts, as events have them.
    """

    def __init__(
        self, file_format: str, columns: Fields, keys: Collection[str] | None = None
    ) -> None:
        self._columns = columns
        self._keys = keys
        self._decode = {"csv": self._decode_csv, "parquet": self._decode_parquet}[file_format]
        self._header: Sequence[str] = ()
        self._places: list[tuple[int, str, Kind]] = []
        if file_format == "parquet":
            load_arrow()  # so that its absence is the error

    def decode(self, body: bytes) -> Columns:
        """The columns of a partition; raises ValueError for what is not such a partition."""
        try:
            return self._decode(body)
        except Exception as error:  # pyarrow raises a dozen classes for damage
            raise ValueError(str(error).strip() or type(error).__name__) from error

    def _find_places(self, header: Sequence[str]) -> list[tuple[int, str, Kind]]:
        """The place, the key and the kind of each column to read; most headers are the same."""
        if header != self._header:
            written = self._columns[: len(header)]
            if not header or [column.key for column in written] != list(header):
                raise ValueError(f"it has other columns: {', '.join(header)}")
            self._header = header
            self._places = [
                (place, column.key, column.kind)
                for place, column in enumerate(written)
                if self._keys is None or column.key in self._keys
            ]
        return self._places

    def _decode_csv(self, body: bytes) -> Columns:
        text = body.decode()
        hidden = _hide_quoted(text) if '"' in text else text
        if hidden is None:
            return self._parse_csv(text)
        header, _, rest = hidden.partition("\n")
        keys = header.split(",")
        # A year has tens of thousands of rows: columns are cut out of all cells, without lines.
        cells = rest[:-1].replace("\n", ",").split(",") if rest else []
        if len(cells) % len(keys) or not hidden.endswith("\n"):
            raise ValueError("it is cut short")
        readers = _CSV_READERS if hidden is text else _HIDDEN_READERS
        is_plain = hidden is text and "'" not in text
        found: dict[str, Sequence[Value]] = {}
        for place, key, kind in self._find_places(keys):
            column: Sequence[Any] = cells[place :: len(keys)]
            if not (is_plain and kind is Kind.TEXT and "" not in column):
                column = list(map(readers[kind].__getitem__, column))
            found[key] = column
        return found

    def _parse_csv(self, text: str) -> Columns:
        """The same of any text."""
        csv.field_size_limit(max(csv.field_size_limit(), len(text)))  # names may be of any length
        header, *lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        if not text.endswith("\n"):
            raise ValueError("it is cut short")
        columns = list(zip(*lines, strict=True)) or [()] * len(header)
        return {
            key: list(map(_CSV_READERS[kind].__getitem__, columns[place]))
            for place, key, kind in self._find_places(header)
        }

    def _decode_parquet(self, body: bytes) -> Columns:
        arrow, parquet = load_arrow()
        file = parquet.ParquetFile(arrow.BufferReader(body))
        places = self._find_places(file.schema_arrow.names)
        # Threads take longer to begin than a file of a day to be read.
        table = file.read([key for _, key, _ in places], use_threads=False)
        return {
            key: _ARROW_READERS.get(kind, list)(table.column(key).to_pylist())
            for _, key, kind in places
        }


def _hide_quoted(text: str) -> str | None:
    """A text without quotes, whose commas and line ends in cells are hidden from `split`.

    None if it has quotes in cells, which only a parser can tell from those around them.
    """
    if '""' in text or any(letter in text for letter in _HIDDEN.values()):
        return None
    parts = text.split('"')
    parts[1::2] = [part.translate(_HIDE) for part in parts[1::2]]
    return "".join(parts)


def _show(cell: str) -> str:
    return unescape_cell(cell.translate(_SHOW))


class _Reader(dict[str, Value]):
    """The value of each cell, read once, as few texts fill many cells; an empty one is null."""

    def __init__(self, read: Callable[[str], Value]) -> None:
        super().__init__({"": None})
        self._read = read

    def __missing__(self, cell: str) -> Value:
        value = self[cell] = self._read(cell)
        return value


def _read_instants(instants: Sequence[datetime | None]) -> Sequence[str | None]:
    return [format_instant(one.astimezone(UTC)) if one else None for one in instants]


_CSV_READERS: Mapping[Kind, _Reader] = {
    Kind.TEXT: _Reader(unescape_cell),
    Kind.TIME: _Reader(unescape_cell),
    Kind.DAY: _Reader(str),
    Kind.FLAG: _Reader({"true": True, "false": False}.__getitem__),
    Kind.COUNT: _Reader(int),
    Kind.CU: _Reader(Decimal),
    Kind.AMOUNT: _Reader(Amount),
    Kind.FIGURE: _Reader(Amount),
}
_HIDDEN_READERS = {**_CSV_READERS, Kind.TEXT: _Reader(_show), Kind.TIME: _Reader(_show)}
_ARROW_READERS: Mapping[Kind, Callable[[Sequence[Any]], Sequence[Any]]] = {
    Kind.TIME: _read_instants,
    Kind.DAY: lambda days: [day.isoformat() for day in days],
    Kind.FIGURE: lambda values: [None if value is None else Amount(value) for value in values],
    Kind.AMOUNT: lambda values: [None if value is None else Amount(value) for value in values],
}
