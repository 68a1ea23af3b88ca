"""What a story is made of beside its report."""

from typing import NamedTuple

from scenario_usage_cli.collect.breakdown import Breakdown
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.labels import Labels
from scenario_usage_cli.report.trend import Trend
from scenario_usage_cli.report.usage import Report


class Before(NamedTuple):
    """The period before."""

    period: Period
    usage: Usage
    report: Report
    projects: Breakdown | None = None
    """Of many, it has those that cost most in the period of the story."""
    note: str | None = None
    """What a reader must know of the lengths of the two periods, if anything."""


class Making(NamedTuple):
    """How the figures were made."""

    version: str
    """Of this tool."""
    answers: int
    """How many answers of the API the figures are made of; 0 for a saved one."""


class Material(NamedTuple):
    """What was read for the story; null is what was not, for which a line tells why."""

    making: Making
    usage: Usage
    """What the report is made of."""
    labels: Labels
    """What people read in the place of ids, of all that was read."""
    course: Trend | None = None
    """In buckets that suit the length of the period."""
    days: Trend | None = None
    """The same day by day, where the period is long enough for a calendar, and not too long."""
    before: Before | None = None
    earlier: Report | None = None
    """What was used for longer before the period, so that what is new can be told."""
    projects: Breakdown | None = None
    centres: Breakdown | None = None
    missing: tuple[str, ...] = ()
    """What the story lacks, and why, a sentence each."""
