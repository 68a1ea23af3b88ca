"""What is over a threshold, in one line each: for stderr, where cron and CI read it."""

from decimal import Decimal

from scenario_usage_cli.report.alerts import FORECAST_OVER, PACK_EXPIRY, Alert, Threshold
from scenario_usage_cli.report.numbers import round_cu
from scenario_usage_cli.report.words import format_rate, group_thousands


def format_alert(alert: Alert, threshold: Threshold) -> str:
    """`over 80 %: project Hero: 4,100 of 5,000 CU used (82.0 %), the limit is reached on ...`."""
    return f"over {format_threshold(threshold)}: {alert.kind} {alert.name}: {_tell(alert)}"


def format_threshold(threshold: Threshold) -> str:
    """`80 %` or `5,000 CU`."""
    if threshold.is_part:
        return f"{group_thousands(round_cu(threshold.value * 100))} %"
    return f"{group_thousands(threshold.value)} CU"


def _tell(alert: Alert) -> str:
    of = "" if alert.limit is None else f" of {group_thousands(alert.limit)}"
    is_expected = alert.what == FORECAST_OVER
    number = (format_rate if is_expected else group_thousands)(Decimal(alert.figure))
    figure = f"{number}{of} CU"
    if alert.what == PACK_EXPIRY:
        gone = "" if alert.life is None else f", {alert.life * 100:,.1f} % of its time gone"
        return f"{figure} left{gone}, it expires on {alert.day}"
    verb = "expected" if is_expected else "used"
    part = f" ({alert.figure / Decimal(alert.limit) * 100:,.1f} %)" if alert.limit else ""
    return f"{figure} {verb}{part}, {_tell_day(alert)}"


def _tell_day(alert: Alert) -> str:
    if alert.limit is None:
        return "it has no limit"
    if alert.is_reached:
        return "the limit is reached"
    if alert.day:
        return f"the limit is reached on {alert.day}"
    if alert.last_day:
        return f"the limit is not reached by {alert.last_day}"
    return "the day on which the limit is reached is not known yet"
