"""The first chapter: the headline figures, and what they were in the period before."""

from collections.abc import Sequence

from scenario_usage_cli.report.shown_totals import list_shown_totals
from scenario_usage_cli.report.story.material import Before
from scenario_usage_cli.report.usage_view import build_headlines, describe_period
from scenario_usage_cli.report.view import Chapter, Headline
from scenario_usage_cli.report.words import write_sentence

NOTHING = "Nothing was used in this period."


def compare_headlines(headlines: Sequence[Headline], before: Before) -> tuple[Headline, ...]:
    """The same figures, each with what it was before, where that is known."""
    old = {one.title: one.value for one in build_headlines(*list_shown_totals(before.report))}
    return tuple(one._replace(before=old.get(one.title)) for one in headlines)


def build_glance(headlines: tuple[Headline, ...], before: Before | None) -> Chapter:
    """The figures, and what they are compared with."""
    sentences = []
    if not any(one.value for one in headlines):
        sentences.append(NOTHING)
    if before:
        sentences.append(f"Changes are against {describe_period(before.period)}.")
        if before.note:
            sentences.append(write_sentence(before.note))
    return Chapter("At a glance", tuple(sentences), headlines)
