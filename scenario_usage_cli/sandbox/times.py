"""Instants and buckets: ISO 8601 text to milliseconds and back, and the grid a range is cut into.

Inside the sandbox every instant is an integer: milliseconds since 1970-01-01T00:00:00Z.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MONDAY = -3 * DAY  # 1969-12-29, where the weeks are counted from

_ISO_8601 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
    r"(?:Z|([+-])([0-9]{2}):?([0-9]{2}))?)?"
)

# The API publishes the seven widths, but not where it changes from one to the next.
_WIDTHS = (
    ("1m", MINUTE, HOUR),
    ("5m", 5 * MINUTE, 6 * HOUR),
    ("15m", 15 * MINUTE, DAY),
    ("30m", 30 * MINUTE, 3 * DAY),
    ("1h", HOUR, 14 * DAY),
    ("1d", DAY, 62 * DAY),
)
_WEEK = ("7d", 7 * DAY)


class Grid(NamedTuple):
    """The buckets of one range: `size` of them, `step` ms wide, the first beginning at `first`."""

    granularity: str
    first: int
    step: int
    size: int

    def times(self) -> list[str]:
        """The beginning of each bucket as ISO text, oldest first."""
        return [format_time(self.first + self.step * index) for index in range(self.size)]


def build_grid(start: int, end: int) -> Grid:
    """Buckets that cover *start* to *end* (both included), aligned to UTC, weeks to Mondays."""
    granularity, step = next(
        ((name, width) for name, width, longest in _WIDTHS if end - start <= longest), _WEEK
    )
    anchor = _MONDAY if step == _WEEK[1] else 0
    first = (start - anchor) // step * step + anchor
    return Grid(granularity, first, step, (end - first) // step + 1)


def parse_time(text: str) -> int:
    """ISO 8601 to milliseconds; a bare date is its first instant, no offset means UTC.

    Digits beyond milliseconds are cut off, not rounded.

    Raises:
        ValueError: *text* is not such a time, or not in the years 1970 to 9998.
    """
    found = _ISO_8601.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, month, day, hour, minute, second, fraction, sign, *offset = found.groups(default="0")
    if not 1970 <= int(year) <= 9998:
        raise ValueError(text)
    wall = datetime(  # checks every field
        int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=UTC
    )
    offset_hours, offset_minutes = map(int, offset)
    if offset_hours > 23 or offset_minutes > 59:
        raise ValueError(text)
    shift = (offset_hours * HOUR + offset_minutes * MINUTE) * (-1 if sign == "-" else 1)
    return to_ms(wall) + int(fraction.ljust(3, "0")[:3]) - shift


def format_time(ms: int) -> str:
    """`2026-05-01T00:00:00.000Z`."""
    moment = _EPOCH + ms * _MILLISECOND
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_ms(moment: datetime) -> int:
    """Milliseconds of an aware datetime, cut off."""
    return (moment - _EPOCH) // _MILLISECOND


def to_datetime(ms: int) -> datetime:
    """The aware UTC datetime of *ms*."""
    return _EPOCH + ms * _MILLISECOND


def build_month(ms: int) -> tuple[int, int]:
    """The calendar month (UTC) that contains *ms*: its first instant and the next month's."""
    first = to_datetime(ms).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (first + timedelta(days=32)).replace(day=1)
    return to_ms(first), to_ms(following)
