"""Remarks: what is odd about answers whose figures were used all the same, and where."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum, unique
from typing import NamedTuple, Self


@unique
class Oddity(StrEnum):
    """A kind of remark; saved files contain these values."""

    UNREADABLE_POINT = "unreadable_point"
    """A time or number that cannot be read: the point is left out. All others are counted."""
    NAMELESS_ROW = "nameless_row"
    REPEATED_ROW = "repeated_row"
    """The id of another row of the same answer."""
    REPEATED_TIME = "repeated_time"
    """The time of another point of the same row."""
    OUTSIDE_POINT = "outside_point"
    """A bucket outside of what was asked for, by no more than its own length."""
    ODD_COUNT = "odd_count"
    """Negative, or not a whole number."""
    ODD_TOTAL = "odd_total"
    """A total of a user that is not the sum of value and discount."""
    SAME_CONSUMPTION = "same_consumption"
    """The same consumption in every part of a period, although their points differ."""


class Remark(NamedTuple):
    """How often something was odd, and the first place; `start` is when the part of it begins."""

    times: int
    place: str
    start: datetime | None = None

    @property
    def _begins(self) -> datetime:
        return self.start or datetime.min.replace(tzinfo=UTC)

    def join(self, other: Self) -> Self:
        """Both together, with the place in the earlier part, in whatever order they came."""
        first = other if other._begins < self._begins else self
        return first._replace(times=self.times + other.times)


class Remarks(dict[tuple[Oddity, str], Remark]):
    """One remark for each oddity of each section, independent of the order of the parts."""

    def note(self, oddity: Oddity, section: str, remark: Remark) -> None:
        """Add a remark to those of its kind; one of 0 times can still bring an earlier place."""
        known = self.get((oddity, section))
        self[oddity, section] = known.join(remark) if known else remark

    def find(self, oddity: Oddity, sections: Iterable[str]) -> Remark | None:
        """All remarks of a kind, over these sections in their order; None if there are none."""
        found: Remark | None = None
        for section in sections:
            if remark := self.get((oddity, section)):
                found = found.join(remark) if found else remark
        return found
