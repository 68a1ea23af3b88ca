"""Rows while they come: each format as pieces of text, one for each page of rows.

A piece is made when it is asked for, and only then is the next page. What stands before the
rows comes with the first of them, so that nothing is written where no page can be read.
"""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any

from scenario_usage_cli.render import Medium
from scenario_usage_cli.render.cells import describe_empty, is_right_aligned
from scenario_usage_cli.render.clock import build_clock
from scenario_usage_cli.render.csv import write_rows
from scenario_usage_cli.render.json import encode, escape_invisible
from scenario_usage_cli.render.markdown import build_row, escape_text
from scenario_usage_cli.report.row_stream import RowStream

StreamRenderer = Callable[[RowStream, Medium], Iterator[str]]


def stream_json(stream: RowStream, medium: Medium) -> Iterator[str]:
    """One object with all rows, indented on a terminal."""
    newline, inner, deeper, colon = "", "", "", ":"
    encode_page = _build_page_encoder(stream)
    if medium.is_terminal:
        newline, inner, deeper, colon = "\n", "\n  ", "\n    ", ": "
        keys = [column.key for column in stream.columns]

        def encode_page(page: Sequence[Sequence[Any]], separator: str) -> str:
            rows = [encode(dict(zip(keys, row, strict=True)), deeper) for row in page]
            return separator.join(rows)

    head = encode(stream.head, newline).removesuffix(newline + "}")
    opening = f'{head},{inner}"rows"{colon}['
    separator = deeper
    for page in stream.pages:
        yield opening + separator + encode_page(page, f",{deeper}")
        opening, separator = "", f",{deeper}"
    closing = f"{opening}]" if opening else f"{inner}]"
    tail = [f",{inner}{encode(key)}{colon}{encode(stream.tail[key], inner)}" for key in stream.tail]
    yield f"{closing}{''.join(tail)}{newline}}}\n"


def stream_ndjson(stream: RowStream, medium: Medium) -> Iterator[str]:
    """One object per row, each on a line, and nothing else."""
    encode_page = _build_page_encoder(stream)
    for page in stream.pages:
        yield encode_page(page, "\n") + "\n"


def stream_csv(stream: RowStream, medium: Medium) -> Iterator[str]:
    """Separated by commas; the header is there also without rows."""
    return _stream_separated(stream, ",", medium)


def stream_tsv(stream: RowStream, medium: Medium) -> Iterator[str]:
    """Separated by tabs."""
    return _stream_separated(stream, "\t", medium)


def stream_markdown(stream: RowStream, medium: Medium) -> Iterator[str]:
    """One table, without the columns that no table has."""
    shown = [(i, column) for i, column in enumerate(stream.columns) if column.weight]
    clock = build_clock(stream.period, is_short=False)
    before = "\n".join(
        [
            build_row(escape_text(clock.title(column)) for _, column in shown),
            build_row("---:" if is_right_aligned(column) else "---" for _, column in shown),
            "",
        ]
    )
    for page in stream.pages:
        lines = [
            build_row(escape_text(clock.format(row[i], column)) for i, column in shown)
            for row in page
        ]
        yield before + "\n".join([*lines, ""])
        before = ""
    if before:
        yield describe_empty(is_known=bool(stream.tail["complete"])) + "\n"


def _stream_table(stream: RowStream, medium: Medium) -> Iterator[str]:
    # Imported when it is asked for, as the other formats need none of rich.
    from scenario_usage_cli.render.stream_table import stream_table

    return stream_table(stream, medium)


STREAM_RENDERERS: Mapping[str, StreamRenderer] = {
    "table": _stream_table,
    "json": stream_json,
    "ndjson": stream_ndjson,
    "csv": stream_csv,
    "tsv": stream_tsv,
    "markdown": stream_markdown,
}


def _stream_separated(stream: RowStream, delimiter: str, medium: Medium) -> Iterator[str]:
    header: list[Sequence[Any]] = [tuple(column.column for column in stream.columns)]
    for page in stream.pages:
        yield _format_lines([*header, *page], delimiter, medium)
        header = []
    if header:
        yield _format_lines(header, delimiter, medium)


def _format_lines(rows: Sequence[Sequence[Any]], delimiter: str, medium: Medium) -> str:
    text = io.StringIO()
    write_rows(rows, text, delimiter=delimiter, on_terminal=medium.is_terminal)
    return text.getvalue()


def _build_page_encoder(stream: RowStream) -> Callable[[Sequence[Sequence[Any]], str], str]:
    """What writes rows of plain values as compact objects, with something between them.

    A log may have millions of rows: they are written column by column, which takes half as long.
    """
    fields = ",".join(f'"{column.key}":%s' for column in stream.columns)
    template = f"{{{fields}}}"

    def encode_page(page: Sequence[Sequence[Any]], separator: str) -> str:
        columns = [_encode_column(column) for column in zip(*page, strict=True)]
        rows = [template % row for row in zip(*columns, strict=True)]
        return escape_invisible(separator.join(rows))

    return encode_page


def _encode_column(values: Sequence[Any]) -> list[str]:
    """Texts are mostly all different; of flags and prices, few stand in many rows."""
    if set(map(type, values)) == {str}:
        return list(map(encode_basestring, values))
    encoded = {value: encode(value) for value in set(values)}
    return [encoded[value] for value in values]
