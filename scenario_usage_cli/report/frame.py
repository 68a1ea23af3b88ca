"""What stands around the figures of every report: its period, its filters and its warnings."""

from collections.abc import Collection, Sequence
from datetime import datetime

from scenario_usage_cli.collect.remarks import Oddity
from scenario_usage_cli.collect.sections import POINT_SECTIONS, SECTIONS
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.fields import Json
from scenario_usage_cli.report.words import count

SCHEMA_VERSION = 1


def build_head(report: str, generated_at: datetime) -> dict[str, Json]:
    """What every document begins with."""
    return {
        "schema_version": SCHEMA_VERSION,
        "report": report,
        "generated_at": generated_at.replace(microsecond=0),
    }


def build_period(period: Period | None) -> dict[str, Json] | None:
    """A period as JSON has it."""
    if period is None:
        return None
    return {
        "start": period.start,
        "end": period.end,
        "timezone": period.timezone,
        "provisional": period.provisional,
    }


def build_filters(filters: Filters | None) -> dict[str, Json] | None:
    """Filters as JSON has them."""
    if filters is None:
        return None
    return {
        "team_id": filters.team_id,
        "project_ids": list(filters.project_ids),
        "user_ids": list(filters.user_ids),
        "models": list(filters.models),
    }


def build_warnings(
    usage: Usage,
    models: tuple[str, ...],
    unmatched: Sequence[str],
    *,
    shown: Collection[str] = SECTIONS,
) -> list[str]:
    """What a reader must know about the figures of a usage, a line each.

    Those of sections that were fetched and are not `shown` need not be known.
    """
    failures = usage.failures
    warnings = [f"not included: {failures[part]}" for part in sorted(failures)]
    warnings += [
        f"the API left out {name}: its rows are unknown, and so are the totals made of them"
        for name in SECTIONS
        if name in usage.left_out and name in shown
    ]
    if models and {"models"} < set(usage.sections).intersection(shown):
        warnings.append(f"models are narrowed to {', '.join(models)}; the other sections are not")
    warnings += unmatched
    warnings += usage.notes
    warnings += describe_remarks(usage)
    warnings += _describe_renamed(usage)
    return warnings


def _describe_renamed(usage: Usage) -> list[str]:
    """Sections by other names, and what that means for which figures."""
    lines = [
        f"the API calls {section.name} {section.former}, as it did before: they are read as usual"
        for section in POINT_SECTIONS
        if section.former in usage.former_sections
    ]
    if usage.unknown_sections:
        names = ", ".join(sorted(usage.unknown_sections))
        left_out = ", ".join(name for name in SECTIONS if name in usage.left_out)
        instead = f", perhaps in the place of {left_out}" if left_out else ""
        lines.append(
            "the API sent sections that this version does not know, and that no figure here "
            f"includes{instead}: {names}"
        )
    return lines


_REMARKS = {
    Oddity.UNREADABLE_POINT: ("point", "{} could not be read, left out; the first is {}"),
    Oddity.NAMELESS_ROW: ("row", "{} came without an id, shown as unknown; the first is {}"),
    Oddity.ODD_TOTAL: (
        "user",
        "for {} the API's total is not value + discount; gross is the API's total; the first is {}",
    ),
    Oddity.REPEATED_ROW: (
        "row",
        "{} came more than once in one answer, all are added up; the first is {}",
    ),
    Oddity.REPEATED_TIME: (
        "point",
        "{} came with the time of another one of the same row, all are added up; the first is {}",
    ),
    Oddity.OUTSIDE_POINT: (
        "point",
        "{} came from outside the requested period, added up all the same; the first is {}",
    ),
    Oddity.ODD_COUNT: (
        "count",
        "{} came as a negative or fractional number, added up all the same; the first is {}",
    ),
    Oddity.SAME_CONSUMPTION: (
        "part",
        "consumption is the same in {} of the period, each of which has other points: "
        "the API may have ignored the dates, and the sum may count the same {} again and again",
    ),
}
"""What is counted, and what is said of it: how many, and the first place."""

_MOST_SHOWN = 200


def describe_remarks(usage: Usage) -> list[str]:
    """A line for each oddity of the answers that a usage is made of."""
    lines = []
    for oddity, (noun, words) in _REMARKS.items():
        if remark := usage.remarks.find(oddity, usage.sections):
            lines.append(words.format(count(remark.times, noun), remark.place[:_MOST_SHOWN]))
    return lines
