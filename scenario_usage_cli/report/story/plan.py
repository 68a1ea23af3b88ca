"""The chapter about what is left: plan, packs, and what is expected of the billing period."""

from scenario_usage_cli.report.quota import QuotaReport
from scenario_usage_cli.report.usage_view import describe_period
from scenario_usage_cli.report.view import Chapter, View
from scenario_usage_cli.report.words import write_sentence


def build_plan(view: View, report: QuotaReport) -> Chapter:
    """What `quota` shows of the plan; `view` is that of the report."""
    period = report.quota.period
    span = f", in the billing period {describe_period(period)}" if period else ""
    told = (
        f"this is of the whole team {report.quota.team.name}{span}",
        *view.sentences,
        *report.warnings,
    )
    return Chapter(
        "Plan, packs and forecast",
        tuple(map(write_sentence, told)),
        view.headlines,
        sections=view.table_sections,
    )
