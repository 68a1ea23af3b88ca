"""Parts: a period cut into adjacent stretches that one query each can answer."""

from datetime import datetime, timedelta
from typing import NamedTuple

from scenario_usage_cli.api.query import UsagesQuery
from scenario_usage_cli.buckets import Buckets
from scenario_usage_cli.clocks import MILLISECOND, format_instant
from scenario_usage_cli.collect.sections import QUERY_TYPES
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.periods import Period

SHORTEST = timedelta(hours=1)
"""A part this short whose answer is too large is not halved: its sections are asked apart."""


class Part(NamedTuple):
    """What one query asks for: both ends included, and sections by our names."""

    start: datetime
    end: datetime
    sections: tuple[str, ...]
    filters: Filters
    number: int = 0
    """The place of the request that it is a part of, among the others."""

    @property
    def length(self) -> timedelta:
        """The distance of its ends, as the API measures it."""
        return self.end - self.start

    def __str__(self) -> str:
        narrowed = ", ".join((*self.filters.project_ids, *self.filters.user_ids))
        bounds = f"{format_instant(self.start)} to {format_instant(self.end)}"
        return f"{bounds} of {narrowed}" if narrowed else bounds

    def build_query(self, *, activity_offset: int = 0) -> UsagesQuery:
        """The query whose answer is that to the part."""
        return UsagesQuery(
            start=self.start,
            end=self.end,
            types=tuple(QUERY_TYPES[section] for section in self.sections),
            project_ids=self.filters.project_ids,
            user_ids=self.filters.user_ids,
            team_id=self.filters.team_id,
            activity_offset=activity_offset,
        )

    def halve(self, buckets: Buckets | None) -> list["Part"]:
        """Two halves; none if the part is too short.

        It is too short at one hour or, with buckets, if it lies in a single bucket.
        """
        if buckets is not None:
            boundary = buckets.boundary_between(self.start, self.end)
        elif self.length > SHORTEST:
            half_ms = (self.length + MILLISECOND) // MILLISECOND // 2
            boundary = self.start + half_ms * MILLISECOND
        else:
            boundary = None
        if boundary is None:
            return []
        return [self._replace(end=boundary - MILLISECOND), self._replace(start=boundary)]

    def split_sections(self) -> list["Part"]:
        """One part for each section; none if there is only one."""
        if len(self.sections) == 1:
            return []
        return [self._replace(sections=(section,)) for section in self.sections]


def cut_period(period: Period, longest: timedelta) -> list[tuple[datetime, datetime]]:
    """Adjacent stretches, none longer than `longest`, that together are the period."""
    stretches = []
    start = period.start
    while start <= period.end:
        fits = period.end - start <= longest
        end = period.end if fits else start + longest - MILLISECOND
        stretches.append((start, end))
        start = end + MILLISECOND
    return stretches
