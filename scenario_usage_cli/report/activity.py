"""The event log as a document whose rows are still to come: its keys, columns and head."""

from collections.abc import Generator, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from heapq import nsmallest

from scenario_usage_cli.collect.activity import Event, EventNames
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.activity_table import ACTIVITY
from scenario_usage_cli.report.fields import Json
from scenario_usage_cli.report.frame import build_filters, build_head, build_period
from scenario_usage_cli.report.labels import label_users
from scenario_usage_cli.report.row_stream import RowStream


def sort_by_cost(
    pages: Generator[Sequence[Event], None, bool], limit: int | None, warnings: list[str]
) -> Generator[Sequence[Event], None, bool]:
    """The events that cost most, the dearest first, in one page; of the same cost, the newest.

    It reads all pages, and keeps no more than the limit of them. Those without a cost come last.
    A warning says that some are left out.
    """
    count, is_complete = 0, False

    def read() -> Iterator[Event]:
        nonlocal count, is_complete
        while True:
            try:
                page = next(pages)
            except StopIteration as end:
                is_complete = bool(end.value)
                return
            count += len(page)
            yield from page

    def rank(event: Event) -> tuple[bool, Decimal]:
        return event.cost is None, -(event.cost or Decimal(0))

    rows = sorted(read(), key=rank) if limit is None else nsmallest(limit, read(), key=rank)
    if rows:
        yield rows
    if len(rows) == count:
        return is_complete
    what = f"the {limit:,} events" if rows[1:] else "the event"
    verb = "cost most are" if rows[1:] else "cost most is"
    warnings.append(f"only {what} that {verb} shown: --all shows every one")
    return False


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
