"""What the renderers of rows that are still coming are given."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from scenario_usage_cli.report.view import Column


class RowStream(NamedTuple):
    """A report whose rows come while it is written: lists of tuples, in the columns' order.

    In JSON, `head` stands before the `rows` and `tail`, looked at last, after them.
    """

    head: dict[str, Any]
    columns: tuple[Column, ...]
    pages: Iterable[Sequence[tuple[Any, ...]]]
    tail: Mapping[str, Any]
