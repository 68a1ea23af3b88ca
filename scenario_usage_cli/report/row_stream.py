"""What the renderers of rows that are still coming are given."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.fields import Fields, Json, Value


class RowStream(NamedTuple):
    """A report whose rows come while it is written: lists of tuples, in the columns' order.

    In JSON, `head` stands before the `rows` and `tail`, looked at last, after them. People are
    shown times on the clocks of the period's zone.
    """

    head: Mapping[str, Json]
    period: Period
    columns: Fields
    pages: Iterable[Sequence[tuple[Value, ...]]]
    tail: Mapping[str, Json]
