"""The pages of one query of the event log, in order, and where the new rows of each begin."""

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

from scenario_usage_cli.api.wire import Activity, UsagesAnswer
from scenario_usage_cli.collect.borders import can_tell_moves, count_moved, find_again
from scenario_usage_cli.collect.prefetch import PAGE_ROWS, PagePrefetcher
from scenario_usage_cli.errors import RequestFailed, UnreadableAnswer

_FAR = 1_000_000
"""No log is that long: a full page so many rows further on shows that the offset is ignored."""
_TRIES = 5
"""How often rows are searched for again, if they move during the search."""
_MOST_PAGES = 50
"""How many pages are searched for them."""


class Page(NamedTuple):
    """An answer, and the offset of its query."""

    offset: int
    answer: UsagesAnswer

    @property
    def rows(self) -> list[Activity]:
        """Its rows; none if the API left them out."""
        return self.answer.get("activity") or []

    @property
    def end(self) -> int:
        """The offset after its last row."""
        return self.offset + len(self.rows)

    @property
    def is_full(self) -> bool:
        """Whether more pages may follow."""
        return len(self.rows) >= PAGE_ROWS


class Anchor(NamedTuple):
    """Adjacent rows, and the offset of the first of them."""

    offset: int
    rows: list[Activity]


class QueryPages:
    """Reads pages by offset, although rows move while they are read.

    Late events move rows down, so a page may begin with rows that were read before; and equal
    events look as if they were moved.

    If a page is in doubt, earlier rows are read again: the anchor. If they are where they were,
    nothing was moved, and the offset is right. If not, they are searched for, and the offset is
    moved by the same distance, until they stay in their place.
    """

    def __init__(self, fetch: Callable[[int], UsagesAnswer], jobs: int) -> None:
        self._fetch = fetch
        self._prefetcher = PagePrefetcher(fetch, jobs)
        self._anchor: Anchor | None = None
        self._moved = 0
        """How far the anchor is known to have been moved since it was read."""
        self._newest = ""
        self._times: set[str | None] = set()
        self._starts: set[int] = set()
        """Hashes of the first rows of pages; `_times` are the times of these rows."""

    def read(self, *, left: float = math.inf) -> Iterator[tuple[Page, list[Activity]]]:
        """Each page with its new rows; none is requested beyond the `left` that are needed.

        Raises what fetching raises, and UnreadableAnswer for a server that ignores the offset.
        """
        offset = 0
        before = Page(0, {})
        while True:
            page = Page(*self._prefetcher.read(offset, before.rows))
            if before.rows and page.offset == offset and page.rows:
                page, offset = self._align(page, before.rows)
            fresh = page.rows[offset - page.offset :]
            left -= len(fresh)
            yield page, fresh
            if not page.is_full:
                return
            self._remember(page, len(fresh), before)
            before, offset = page, page.end
            if not self._is_late(page):
                self._prefetcher.begin(offset, left=left)

    def close(self) -> None:
        """Stop requesting pages."""
        self._prefetcher.close()

    def _align(self, page: Page, before: list[Activity]) -> tuple[Page, int]:
        """A page that follows others, and the offset at which its new rows begin.

        Another page may be returned in its place.
        """
        offset = page.offset
        if before[-1] not in page.rows and not self._has_start(page.rows):
            return page, offset
        if page.is_full and self._has_start(page.rows[:1]):
            self._check_that_offsets_count(offset)
        if moved := count_moved(page.rows, before):
            self._moved += moved
            return page, offset + moved
        return self._find_anchor(page)

    def _find_anchor(self, page: Page) -> tuple[Page, int]:
        """The same for a page whose rows do not tell.

        The offset is moved as far as the anchor is, and the page is read there while the anchor
        stays in its place.
        """
        moved = self._look_for_anchor(page.offset)
        for _ in range(_TRIES):
            if moved <= self._moved:
                break
            offset = page.offset + moved - self._moved
            found = self._read(page.offset + (moved - self._moved) // PAGE_ROWS * PAGE_ROWS)
            before, moved = moved, self._look_for_anchor(offset)
            if moved == before:
                self._moved = moved
                return found, offset
        return page, page.offset

    def _look_for_anchor(self, offset: int) -> int:
        """How far the anchor was moved since it was read.

        0 also if it is not found and the server does not ignore offsets.
        """
        if self._anchor is None:
            return 0
        last = self._read(self._anchor.offset)
        rows = last.rows
        for _ in range(_MOST_PAGES):
            if (moved := find_again(self._anchor.rows, rows)) is not None:
                return moved
            if not last.is_full:
                break
            last = self._read(last.end)
            rows = rows + last.rows
        self._check_that_offsets_count(offset)
        return 0

    def _remember(self, page: Page, fresh: int, before: Page) -> None:
        """Keep what tells this page from others, and what can be the anchor.

        The anchor is the page or, if its rows repeat themselves, its border with the page before.
        The first page shows what is inserted above it.
        """
        rows = page.rows
        self._newest = self._newest or rows[0].get("time") or ""
        self._times.add(rows[0].get("time"))
        self._starts.add(hash(str(rows[0])))
        if self._is_late(page):  # it moved all rows that were read before
            self._moved += fresh
        elif self._anchor is None or can_tell_moves(rows):
            self._anchor, self._moved = Anchor(page.offset, rows), 0
        elif before.end == page.end - fresh:
            both = before.rows + rows[len(rows) - fresh :]
            if can_tell_moves(both):
                self._anchor, self._moved = Anchor(before.offset, both), 0

    def _is_late(self, page: Page) -> bool:
        """Whether all rows of a page are newer than the first row that was read."""
        return all((row.get("time") or "") > self._newest for row in reversed(page.rows))

    def _has_start(self, rows: list[Activity]) -> bool:
        """Whether an earlier page began with one of these rows."""
        times, starts = self._times, self._starts
        return any(row.get("time") in times and hash(str(row)) in starts for row in rows)

    def _check_that_offsets_count(self, offset: int) -> None:
        with suppress(RequestFailed):  # a server that refuses an offset has read it
            if not self._read(offset + _FAR).is_full:
                return
            raise UnreadableAnswer(
                f"the server repeats a page of the event log (activityOffset={offset})",
                hint="what was written before is complete; try again, or ask for a shorter period",
            )

    def _read(self, offset: int) -> Page:
        return Page(offset, self._fetch(offset))
