"""The times of an answer: which buckets they belong to, and whether they were asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from scenario_usage_cli.api.wire import parse_time
from scenario_usage_cli.buckets import GRANULARITIES
from scenario_usage_cli.clocks import MILLISECOND, format_instant
from scenario_usage_cli.collect.parts import Part
from scenario_usage_cli.collect.remarks import Oddity
from scenario_usage_cli.collect.usage import Bucket
from scenario_usage_cli.errors import UnreadableAnswer

_DAY = timedelta(days=1)
LONGEST_BUCKET = max(GRANULARITIES.values())


class Times(dict[str | None, Bucket]):
    """The bucket of every time of an answer that can be read, by the text of the time.

    The same few texts come in every row, and each is read once. `find` tells the bucket of a time;
    without it, there is only one. `told` is how long the API's buckets are, if the answer says so.
    Raises UnreadableAnswer if a point lies more than a bucket outside of the `part` that was asked
    for: then it is the answer to another question.
    """

    def __init__(
        self,
        rows: Iterable[Mapping[str, Any]],
        part: Part | None,
        find: Callable[[datetime], datetime] | None,
        told: timedelta | None,
        source: str,
    ) -> None:
        super().__init__()
        texts: set[str | None] = set()
        may_repeat = False
        for row in rows:
            points = row.get("points") or ()
            found = {point.get("time") for point in points}
            may_repeat |= len(found) < len(points)
            texts |= found
        self.moments: dict[str | None, datetime] = {}
        for text in texts:
            with suppress(ValueError):
                self.moments[text] = parse_time(text or "")
        moments = sorted(set(self.moments.values()))
        self.outside = _find_outside(moments, part, told, source) if part else frozenset()
        """The times outside of the part, by no more than a bucket."""
        self.are_plain = len(moments) == len(texts) and not (may_repeat or self.outside)
        """Whether all times can be read, no row has one twice, and none is outside."""
        for text, moment in self.moments.items():
            self[text] = find(_clamp(moment, part)) if find else None

    def find_oddities(self, text: str | None, known: set[datetime]) -> Iterator[Oddity]:
        """What is odd about the time of a point; the time is added to those `known` of its row."""
        moment = self.moments[text]
        if moment in known:
            yield Oddity.REPEATED_TIME
        if moment in self.outside:
            yield Oddity.OUTSIDE_POINT
        known.add(moment)

    def __missing__(self, text: str | None) -> Bucket:
        raise ValueError(f"time {text or ''!r}")


def _clamp(moment: datetime, part: Part | None) -> datetime:
    """A time within the part: a bucket of the API may begin before it, and counts only the part."""
    return min(max(moment, part.start), part.end) if part else moment


def _find_outside(
    moments: list[datetime], part: Part, told: timedelta | None, source: str
) -> frozenset[datetime]:
    """The times whose buckets have nothing to do with the part.

    A single time does not tell how long its bucket is: it is taken for a day, or for the length
    that was asked for if that is longer. Raises UnreadableAnswer, as described above.
    """
    least = min((later - earlier for earlier, later in pairwise(moments)), default=None)
    known = told or least
    length = min(known or max(part.length + MILLISECOND, _DAY), LONGEST_BUCKET)
    if moments and (part.start - moments[0] > length or moments[-1] - part.end > length):
        asked = f"{format_instant(part.start)} to {format_instant(part.end)}"
        raise UnreadableAnswer(
            f"{source} belongs to another query: it has points from {format_instant(moments[0])} "
            f"to {format_instant(moments[-1])}, and was asked for {asked}",
            hint="nothing was counted; a cache or proxy may have answered instead of the API, or "
            "the API ignored the dates",
        )
    beside = [m for m in moments if m > part.end or part.start - m >= length]
    return frozenset(beside if known else ())
