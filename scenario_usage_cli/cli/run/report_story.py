"""What `report` fetches for the formats that tell a story, beside what its tables are made of."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from scenario_usage_cli import __version__
from scenario_usage_cli.against import PREVIOUS, Against, describe_lengths, parse_against
from scenario_usage_cli.buckets import cut_into_buckets
from scenario_usage_cli.cli.session import Session
from scenario_usage_cli.collect.breakdown import Breakdown
from scenario_usage_cli.collect.fetch import Effort, fetch_usage, fetch_usages
from scenario_usage_cli.collect.parts import Part
from scenario_usage_cli.collect.raw import ignore_raw
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.periods import Period, check_askable
from scenario_usage_cli.report.story.material import Before, Making, Material
from scenario_usage_cli.report.story.tell import tell_story
from scenario_usage_cli.report.trend import Trend, build_trend
from scenario_usage_cli.report.usage import Report, build_report
from scenario_usage_cli.report.view import View

_DAY = timedelta(days=1)
_LONGEST_IN_HOURS = 2 * _DAY
_LONGEST_IN_DAYS = 367 * _DAY
_LONGEST_IN_WEEKS = 3 * _LONGEST_IN_DAYS
_SHORTEST_CALENDAR = 21 * _DAY
_OF_DAYS = ("models", "assets", "actions")
"""The sections of a timeline; actions alone tell the granularity."""


class Extra(NamedTuple):
    """What was fetched for the story; null is what was not."""

    days: Usage | None = None
    """In the finest buckets that the story shows."""
    before: Usage | None = None
    against: Against | None = None
    missing: tuple[str, ...] = ()

    @property
    def usages(self) -> list[Usage]:
        """All of them, to be given names."""
        return [one for one in (self.days, self.before) if one is not None]


class Story:
    """What a report is told with: it is fetched beside the report, and becomes chapters."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._answers = 0
        self._extra = Extra()

    def watch(self, effort: Effort) -> Effort:
        """The same effort, whose answers are counted."""

        def keep(part: Part, body: bytes) -> None:
            self._answers += 1
            effort.keep(part, body)

        return effort._replace(keep=keep)

    def fetch(self, request: Request, effort: Effort) -> None:
        """Fetch what the story needs beside what `request` asks for.

        Raises the client's errors; what the key may not read is left out.
        """
        effort = self.watch(effort._replace(keep=ignore_raw))
        missing: list[str] = []
        against = _find_period_before(request.period, self._now, missing)
        before = days = None
        if against:
            (before,) = fetch_usages([request._replace(period=against.period)], effort=effort)
        if "models" in request.sections:
            buckets = cut_into_buckets(request.period, _choose_finest(request.period))
            own = request._replace(sections=_OF_DAYS)
            days = fetch_usage(own, buckets=buckets, effort=effort)
        self._extra = Extra(days, before, against, tuple(missing))

    def settle(
        self, session: Session, usage: Usage, breakdowns: Sequence[Breakdown]
    ) -> list[Breakdown]:
        """Give names to all that was fetched; the same as `Session.settle`."""
        return session.settle([usage, *self._extra.usages], breakdowns)

    def tell(self, view: View, report: Report) -> View:
        """The view with its chapters."""
        course, days = _build_trends(report, self._extra)
        material = Material(
            Making(__version__, self._answers),
            course,
            days,
            _build_before(report, self._extra),
            self._extra.missing,
        )
        return tell_story(view, report, material)


def _find_period_before(period: Period, now: datetime, missing: list[str]) -> Against | None:
    """That which `compare` would take; where there is none, a sentence says so."""
    try:
        against = parse_against(PREVIOUS, period, now)
        check_askable(against.period)
    except BadArgument as error:
        missing.append(f"There is no period before to compare with: {error.message}.")
        return None
    return against


def choose_unit(period: Period) -> str:
    """The unit of the bars of a period."""
    for unit, longest in (
        ("hour", _LONGEST_IN_HOURS),
        ("day", _LONGEST_IN_DAYS),
        ("week", _LONGEST_IN_WEEKS),
    ):
        if period.length <= longest:
            return unit
    return "month"


def _has_calendar(period: Period) -> bool:
    days = round(period.length / _DAY)
    return _SHORTEST_CALENDAR.days <= days <= _LONGEST_IN_WEEKS.days


def _choose_finest(period: Period) -> str:
    """The unit of the buckets of which both bars and calendar are made."""
    return "day" if _has_calendar(period) else choose_unit(period)


def _build_trends(report: Report, extra: Extra) -> tuple[Trend | None, Trend | None]:
    """The bars and, for a calendar, the days."""
    usage, period = extra.days, report.period
    if usage is None or period is None:
        return None, None
    patterns = _find_patterns(report)
    course, days = (
        build_trend(
            usage,
            cut_into_buckets(period, unit),
            "total",
            models=patterns,
            generated_at=report.generated_at,
        )
        for unit in (choose_unit(period), _choose_finest(period))
    )
    return course, days if _has_calendar(period) else None


def _build_before(report: Report, extra: Extra) -> Before | None:
    if extra.before is None or extra.against is None or report.period is None:
        return None
    before = build_report(
        extra.before,
        models=_find_patterns(report),
        sections=tuple(report.sections),
        generated_at=report.generated_at,
    )
    return Before(before, describe_lengths(report.period, extra.against))


def _find_patterns(report: Report) -> tuple[str, ...]:
    """What narrows its models."""
    return report.filters.models if report.filters else ()
