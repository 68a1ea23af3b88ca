"""The pages of the event log: the newest part of a period first, and its pages by offset."""

import math
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

from scenario_usage_cli.api.wire import Activity, UsagesAnswer, parse_time
from scenario_usage_cli.clocks import format_instant
from scenario_usage_cli.collect.local import Local
from scenario_usage_cli.collect.parts import Part, cut_period
from scenario_usage_cli.collect.prefetch import PAGE_ROWS
from scenario_usage_cli.collect.query_pages import Page, QueryPages
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.errors import ApiError, UnreadableAnswer
from scenario_usage_cli.periods import LONGEST_QUERY

_TOLERANCE = timedelta(seconds=1)
"""Times may be rounded, those of the log as well as the bounds that were asked for."""


class EventPages:
    """The rows of the log, each once; `limit` is how many are needed, if not all of them.

    `is_left_out` tells whether the API left out its log for some part of the period, `is_at_end`
    whether the page that was handed out last is known to be the last one.
    """

    def __init__(self, request: Request, *, jobs: int, limit: float | None = None) -> None:
        self.is_left_out = False
        self.is_at_end = False
        self._request = request
        self._jobs = jobs
        self._left = math.inf if limit is None else limit

    def read(self) -> Iterator[tuple[UsagesAnswer, list[Activity]]]:
        """Each page, with those of its rows that are new.

        The first page is handed out before another is requested. Raises the client's errors, each
        in its place, and UnreadableAnswer for a log without end or of another time.
        """
        parts = cut_period(self._request.period, LONGEST_QUERY)
        for start, end in reversed(parts):
            is_last = start == parts[0][0]
            try:
                for page, rows in self._read_part(start, end):
                    _check_times(rows, start, end)
                    self.is_left_out |= page.answer.get("activity") is None
                    self.is_at_end = is_last and not page.is_full
                    self._left -= len(rows)
                    yield page.answer, rows
            except ApiError as error:
                bounds = _format_bounds(start, end)
                if len(parts) > 1 and bounds not in error.message:
                    error.message = f"{bounds}: {error.message}"
                raise

    def _read_part(self, start: datetime, end: datetime) -> Iterator[tuple[Page, list[Activity]]]:
        part = Part(start, end, self._request.sections, self._request.filters)
        client = self._request.client
        if isinstance(client, Local):
            for number, answer in enumerate(client.read_log(part.build_query())):
                page = Page(number * PAGE_ROWS, answer)
                yield page, page.rows
            return

        def fetch(offset: int) -> UsagesAnswer:
            return client.usages(part.build_query(activity_offset=offset))

        with closing(QueryPages(fetch, self._jobs)) as pages:
            yield from pages.read(left=self._left)


def _format_bounds(start: datetime, end: datetime) -> str:
    return f"{format_instant(start)} to {format_instant(end)}"


def _check_times(rows: list[Activity], start: datetime, end: datetime) -> None:
    """Raises UnreadableAnswer for events that were not asked for.

    Something that ignores the dates of a query, such as a cache, would return them for every part.
    A time that cannot be read is accepted.
    """
    low, high = format_instant(start), format_instant(end)
    # Almost all times are written as these, and are compared as they are; the others are read.
    doubtful = {time for row in rows if not low <= (time := row.get("time") or low) <= high}
    foreign = [
        time
        for time in doubtful
        if (moment := _read_time(time)) and max(start - moment, moment - end) > _TOLERANCE
    ]
    if foreign:
        raise UnreadableAnswer(
            f"the answer belongs to another query: it has events from {min(foreign)} to "
            f"{max(foreign)}, and was asked for {_format_bounds(start, end)}",
            hint="a cache or proxy may have answered instead of the API, or the API ignored the "
            "dates",
        )


def _read_time(text: str) -> datetime | None:
    try:
        return parse_time(text)
    except ValueError:
        return None
