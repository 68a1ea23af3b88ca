"""What a saved answer has for a story."""

from scenario_usage_cli.buckets import cut_into_buckets
from scenario_usage_cli.cli.run.story.extra import Extra
from scenario_usage_cli.collect.saved import Saved
from scenario_usage_cli.collect.saved_course import find_span, read_course
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.report.courses import choose_bar_unit, choose_finest


def read_extra(saved: Saved, usage: Usage) -> Extra:
    """What there is of a saved answer, and a sentence for each other part of the story."""
    missing = [
        "A saved answer does not have the period before, projects, cost centres, nor the plan: "
        "what is told of these is left out."
    ]
    days = None
    period = usage.period or find_span(saved)
    if "models" in usage.sections and period:
        if usage.period is None:
            missing.append(
                "The saved answer does not tell its period: its days are those that have models."
            )
        buckets = cut_into_buckets(period, choose_finest(period))
        days = read_course(saved, period, buckets, by_row=bool(usage.patterns))
        if days is None:
            missing.append(
                f"Cost by {choose_bar_unit(period)} is left out: the saved answer does not tell it."
            )
        else:
            days.models = usage.models
    return Extra(days, missing=tuple(missing))
