"""The event log as a document whose rows are still to come: its keys, columns and head."""

from collections.abc import Generator, Iterator, Sequence
from datetime import datetime

from scenario_usage_cli.collect.activity import Event, EventNames
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.activity_table import ACTIVITY
from scenario_usage_cli.report.fields import Json
from scenario_usage_cli.report.frame import build_filters, build_head, build_period
from scenario_usage_cli.report.labels import label_users
from scenario_usage_cli.report.row_stream import RowStream


def build_activity_stream(
    pages: Generator[Sequence[Event], None, bool],
    period: Period,
    filters: Filters,
    *,
    actions: tuple[str, ...],
    warnings: list[str],
    users: EventNames | None,
    generated_at: datetime,
) -> RowStream:
    """The log for any format.

    `pages` return whether they were all there is; `warnings` are read after the last row. With the
    names of `users`, rows are for people, who read what is an API key.
    """
    head = {
        **build_head("activity", generated_at),
        "period": build_period(period),
        "filters": {**(build_filters(filters) or {}), "actions": list(actions)},
    }
    tail: dict[str, Json] = {"complete": False, "warnings": warnings}

    def read() -> Iterator[Sequence[Event]]:
        tail["complete"] = yield from (pages if users is None else _label(pages, users))

    return RowStream(head, period, ACTIVITY.columns, read(), tail)


def _label(
    pages: Generator[Sequence[Event], None, bool], names: EventNames
) -> Generator[Sequence[Event], None, bool]:
    """The same with the labels of users in the place of their names."""
    while True:
        try:
            page = next(pages)
        except StopIteration as end:
            return bool(end.value)
        labels = label_users(names.users)
        yield [event._replace(user=labels.get(event.user_id or "", event.user)) for event in page]
