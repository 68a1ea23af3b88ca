"""The pages of the event log: the newest part of a period first, and in it by offset."""

import math
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.api.query import UsagesQuery
from scenario_usage_cli.api.wire import Activity, UsagesAnswer
from scenario_usage_cli.collect.ahead import PAGE_ROWS, Ahead
from scenario_usage_cli.collect.parts import cut_period
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.errors import ApiError, UnreadableAnswer
from scenario_usage_cli.periods import LONGEST_QUERY, Period, format_instant


class Log:
    """The rows of the wire, each once; `limit` is how many are needed, if not all of them.

    `is_left_out` tells whether the API gave no log for some of it, `is_at_end` whether the page
    that was handed out is known to be the last.
    """

    def __init__(
        self,
        client: Client,
        period: Period,
        filters: Filters,
        *,
        jobs: int,
        limit: float | None = None,
    ) -> None:
        self.is_left_out = False
        self.is_at_end = False
        self._client = client
        self._period = period
        self._filters = filters
        self._jobs = jobs
        self._left = math.inf if limit is None else limit

    def read(self) -> Iterator[tuple[UsagesAnswer, list[Activity]]]:
        """Each page, and those of its rows that the page before did not have. The first is handed
        out before another is asked for.

        Raises the client's errors, each in its place, and UnreadableAnswer for a log without end.
        """
        parts = cut_period(self._period, LONGEST_QUERY)
        for start, end in reversed(parts):
            is_last = start == parts[0][0]
            try:
                for answer, rows, is_short in self._read_part(start, end):
                    self.is_at_end = is_last and is_short
                    yield answer, rows
            except ApiError as error:
                if len(parts) > 1:
                    bounds = f"{format_instant(start)} to {format_instant(end)}"
                    error.message = f"{bounds}: {error.message}"
                raise

    def _read_part(
        self, start: datetime, end: datetime
    ) -> Iterator[tuple[UsagesAnswer, list[Activity], bool]]:
        def fetch(offset: int) -> UsagesAnswer:
            return self._client.usages(self._build_query(start, end, offset))

        ahead = Ahead(fetch, self._jobs)
        with closing(ahead):
            yield from self._read_pages(ahead)

    def _read_pages(self, ahead: Ahead) -> Iterator[tuple[UsagesAnswer, list[Activity], bool]]:
        recent: deque[Activity] = deque(maxlen=(self._jobs + 1) * PAGE_ROWS)
        before: list[Activity] = []
        marks: set[int] = set()
        offset = 0
        have_moved = False
        while True:
            begins, answer = ahead.read(offset, before)
            rows = answer.get("activity")
            self.is_left_out |= rows is None
            rows = rows or []
            if ahead.has_begun_anew:  # perhaps by more than a page, which was asked for long ago
                have_moved = True
                marks.clear()
            _note_mark(rows, marks, begins)
            if begins < offset and rows[0] == before[-1]:  # as nothing was moved
                fresh = rows[1:]
            else:
                fresh = _leave_out_repeated(rows, list(recent) if have_moved else before)
                have_moved &= len(fresh) < len(rows)
            self._left -= len(fresh)
            is_short = len(rows) < PAGE_ROWS
            yield answer, fresh, is_short
            if is_short:
                return
            recent.extend(fresh)
            before = rows
            offset = begins + len(rows)
            if not have_moved:
                ahead.begin(offset, left=self._left)

    def _build_query(self, start: datetime, end: datetime, offset: int) -> UsagesQuery:
        return UsagesQuery(
            start=start,
            end=end,
            types=("activity",),
            project_ids=self._filters.project_ids,
            user_ids=self._filters.user_ids,
            team_id=self._filters.team_id,
            activity_offset=offset,
        )


def _note_mark(rows: list[Activity], marks: set[int], offset: int) -> None:
    """Keep what tells a full page from others; raises UnreadableAnswer for one seen before."""
    if len(rows) < PAGE_ROWS:
        return
    mark = hash((str(rows[0]), str(rows[-1])))
    if mark in marks:
        raise UnreadableAnswer(
            f"the server repeats a page of the event log (activityOffset={offset})",
            hint="what was written before is whole; try again, or ask for a shorter period",
        )
    marks.add(mark)


def _leave_out_repeated(rows: list[Activity], before: list[Activity]) -> list[Activity]:
    """Rows without those of before: late events push some of it to the next page."""
    times = {row.get("time") for row in before}
    if times.isdisjoint(row.get("time") for row in rows):
        return rows
    left: dict[str | None, list[Activity]] = {time: [] for time in times}
    for row in before:
        left[row.get("time")].append(row)
    fresh = []
    for row in rows:
        same = left.get(row.get("time"), [])
        if row in same:
            same.remove(row)
        else:
            fresh.append(row)
    return fresh
