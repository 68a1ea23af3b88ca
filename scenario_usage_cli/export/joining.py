"""Days in one file: the date as a column, the days of a month joined, and told apart again.

Nothing is read as figures: the rows stay as they were written.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from scenario_usage_cli.export.content import load_arrow
from scenario_usage_cli.export.partitions import write_parquet
from scenario_usage_cli.report.daily import DATE


def add_date(file_format: str, body: bytes, day: date) -> bytes:
    """A partition with its day in the first column; one that has it stays as it is.

    Raises ValueError for a damaged one.
    """
    return _FORMATS[file_format].add_date(body, day)


def join_days(file_format: str, bodies: Mapping[date, bytes]) -> bytes:
    """One partition with the rows of several that have dates, in order of time.

    Older ones may lack the last columns: these are null there. Raises ValueError for others.
    """
    return _FORMATS[file_format].join([bodies[day] for day in sorted(bodies)])


def split_days(file_format: str, body: bytes, days: Sequence[date]) -> dict[date, bytes]:
    """A partition for each of these days, from one that has them all; some may have no rows.

    Raises ValueError for rows of other days.
    """
    found = _FORMATS[file_format].split(body, days)
    if others := found.keys() - set(days):
        raise ValueError(f"it has rows of {min(others)}")
    return found


def find_days(file_format: str, body: bytes) -> list[date]:
    """The days of which a partition with dates has rows, in order.

    Raises ValueError for a damaged one.
    """
    return sorted(_FORMATS[file_format].split(body, ()))


def _add_date_csv(body: bytes, day: date) -> bytes:
    (header, first), *records = _read_records(body)
    if header[0] == DATE.key:
        return body
    lines = [f"{DATE.key},{first}", *(f"{day},{raw}" for _, raw in records)]
    return "".join(lines).encode()


def _join_csv(bodies: Sequence[bytes]) -> bytes:
    parts = [body.partition(b"\n") for body in bodies]
    longest = max((header for header, _, _ in parts), key=len)
    joined = [longest, b"\n"]
    for body, (header, _, rows) in zip(bodies, parts, strict=True):
        if header == longest:
            joined.append(rows)
            continue
        if not longest.startswith(header + b","):
            raise ValueError(f"a day has other columns: {header.decode()}")
        nulls = "," * (longest.count(b",") - header.count(b","))
        _, *records = _read_records(body)
        joined += [f"{raw[:-1]}{nulls}\n".encode() for _, raw in records]
    return b"".join(joined)


def _split_csv(body: bytes, days: Sequence[date]) -> dict[date, bytes]:
    (_, header), *records = _read_records(body)
    found = {day: [header] for day in days}
    for fields, raw in records:
        found.setdefault(date.fromisoformat(fields[0]), [header]).append(raw)
    return {day: "".join(lines).encode() for day, lines in found.items()}


def _read_records(body: bytes) -> Iterator[tuple[list[str], str]]:
    """Each record of a CSV file: its fields, and its text as it stands there."""
    csv.field_size_limit(max(csv.field_size_limit(), len(body)))  # names may be of any length
    lines = list(io.StringIO(body.decode(), newline=""))
    reader, start = csv.reader(lines, strict=True), 0
    for fields in reader:
        yield fields, "".join(lines[start : reader.line_num])
        start = reader.line_num


def _add_date_parquet(body: bytes, day: date) -> bytes:
    arrow, _ = load_arrow()
    table = _read_parquet(body)
    if DATE.key in table.column_names:
        return body
    dates = arrow.array([day] * table.num_rows, arrow.date32())
    return write_parquet(table.add_column(0, DATE.key, dates))


def _join_parquet(bodies: Sequence[bytes]) -> bytes:
    arrow, _ = load_arrow()
    tables = [_read_parquet(body) for body in bodies]
    longest = max(tables, key=lambda table: len(table.column_names)).column_names
    joined = arrow.concat_tables(tables, promote_options="default")
    return write_parquet(joined.select(longest).combine_chunks())


def _split_parquet(body: bytes, days: Sequence[date]) -> dict[date, bytes]:
    arrow, _ = load_arrow()
    table = _read_parquet(body)
    places: dict[date, list[int]] = {day: [] for day in days}
    for number, day in enumerate(table.column(DATE.key).to_pylist()):
        places.setdefault(day, []).append(number)
    return {
        day: write_parquet(table.take(arrow.array(numbers, arrow.int64())))
        for day, numbers in places.items()
    }


def _read_parquet(body: bytes) -> Any:
    _, parquet = load_arrow()
    return parquet.read_table(io.BytesIO(body))


class _Format(NamedTuple):
    add_date: Callable[[bytes, date], bytes]
    join: Callable[[Sequence[bytes]], bytes]
    split: Callable[[bytes, Sequence[date]], dict[date, bytes]]


_FORMATS = {
    "csv": _Format(_add_date_csv, _join_csv, _split_csv),
    "parquet": _Format(_add_date_parquet, _join_parquet, _split_parquet),
}
