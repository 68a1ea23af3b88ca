"""What is said of a plan: how far its period is, what is expected, and when it runs out."""

from collections.abc import Iterable, Iterator

from scenario_usage_cli.collect.quota import Allowance
from scenario_usage_cli.report.outlook import FARTHEST
from scenario_usage_cli.report.quota import QuotaReport
from scenario_usage_cli.report.quota_tables import (
    DAYS,
    DAYS_GONE,
    DAYS_LEFT,
    FORECAST_COVERAGE,
    FORECAST_HIGH,
    FORECAST_LEVEL,
    FORECAST_LOW,
    FORECAST_NOTE,
    FORECAST_TIMES,
    LEFT,
    PACKS_LEFT,
    PACKS_RUN_OUT_ON,
    PER_DAY,
    PLAN_RUNS_OUT_ON,
    TOTAL_FORECAST,
)
from scenario_usage_cli.report.words import format_rate, group_thousands

_COUNTED = {"seats": "seats", "api_keys": "API keys", "projects": "projects"}


def build_sentences(report: QuotaReport) -> Iterator[str]:
    """A line each, of what is known."""
    totals = report.totals
    if report.course:
        days, gone, left = (
            group_thousands(round(one.of(totals), 1)) for one in (DAYS, DAYS_GONE, DAYS_LEFT)
        )
        rate = PER_DAY.of(totals)
        told = f"{gone} of {days} days gone, {left} left"
        if rate is not None:
            told += f" · {format_rate(rate)} CU a day so far"
        elif report.quota.used is not None:
            told += " · too early to say how much a day"
        yield told
        if TOTAL_FORECAST.of(totals) is not None and report.course.left:
            yield _describe_forecast(report)
    if report.quota.is_known:
        yield _describe_end(report)
    if report.quota.allowances:
        yield " · ".join(_describe_counts(report.quota.allowances))


def _describe_forecast(report: QuotaReport) -> str:
    totals = report.totals
    told = f"expected at the end: {format_rate(TOTAL_FORECAST.of(totals))} CU"
    low, high = FORECAST_LOW.of(totals), FORECAST_HIGH.of(totals)
    if low is None or high is None:
        note = FORECAST_NOTE.of(totals)
        return f"{told}; no interval: {note}" if note else told
    level, held = (f"{one.of(totals):.0%}" for one in (FORECAST_LEVEL, FORECAST_COVERAGE))
    return (
        f"{told}, {level} interval {format_rate(low)} to {format_rate(high)}, "
        f"held {held} of {FORECAST_TIMES.of(totals)} times"
    ).replace("%", " %")


def _describe_end(report: QuotaReport) -> str:
    """When the plan runs out, then its packs."""
    totals = report.totals
    if report.quota.limit is None:
        is_known = report.quota.is_limit_known
        return "the plan has no limit" if is_known else "whether the plan has a limit is not known"
    packs = PACKS_LEFT.of(totals)
    is_over = (LEFT.of(totals) or 0) <= 0 and LEFT.of(totals) is not None
    day, last = PLAN_RUNS_OUT_ON.of(totals), PACKS_RUN_OUT_ON.of(totals)
    if report.quota.used is None:
        return "what is used of the plan is not known"
    if report.course and not report.course.left:
        return f"the billing period is over{', and the plan is used up' if is_over else ''}"
    if not is_over and day is None:
        return _describe_rest(report)
    plan = "the plan is used up" if is_over else f"the plan runs out on {day}"
    if not packs:
        return f"{plan}, and no packs are left" if report.quota.packs else plan
    if last:
        return f"{plan}, the packs {'run out ' if is_over else ''}on {last}"
    if TOTAL_FORECAST.of(totals) is None:
        return plan
    return f"{plan}, the packs last to the end of the period"


def _describe_rest(report: QuotaReport) -> str:
    """Why there is no day on which the plan runs out."""
    if report.course is None:
        return "whether the plan lasts is not known without its billing period"
    if report.course.is_far and PER_DAY.of(report.totals) is not None:
        return f"the plan lasts for the next {group_thousands(FARTHEST.days)} days"
    if TOTAL_FORECAST.of(report.totals) is None:
        return "too early to say whether the plan lasts"
    return "the plan lasts to the end of the period"


def _describe_counts(allowances: Iterable[Allowance]) -> Iterator[str]:
    for name, used, limit in allowances:
        told = "?" if used is None else group_thousands(used)
        most = "" if limit is None else f" of {group_thousands(limit)}"
        yield f"{_COUNTED[name]} {told}{most}"
