"""The work of a run, counted."""

from dataclasses import dataclass, field
from datetime import date


@dataclass
class Tally:
    """What a run has written, and what its user must know, by the days that it concerns."""

    days: set[date] = field(default_factory=set)
    partitions: int = 0
    rows: int = 0
    months: int = 0
    """How many months became one file."""
    remarks: dict[str, list[date]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    """What a reader of all days must know."""
    clock_is_ahead: bool = False
    """Whether this machine's clock is ahead of the API's, whose time was used then."""

    def remark(self, text: str, day: date) -> None:
        """Note what a reader of this day's figures must know."""
        self.remarks.setdefault(text, []).append(day)
