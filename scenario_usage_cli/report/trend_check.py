"""Whether the series of a trend add up to the whole, bucket by bucket."""

from collections.abc import Sequence

from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.report.breakdown_check import Difference, describe_differences
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.numbers import is_shown
from scenario_usage_cli.report.tables import START, TREND_FIGURES


def warn_of_buckets(
    whole: Sequence[Row], series: Sequence[Sequence[Row]], unit: str, by: Sequence[str]
) -> list[str]:
    """A line for each of the largest differences, and one for the rest.

    `whole` and each of the `series` have a point for each bucket, in the same order.
    """
    differences = []
    for points in zip(whole, *series, strict=True):
        if amounts := _compare(*points):
            start = START.of(points[0])
            shown = f"{start:%Y-%m-%d %H:%M}" if unit == "hour" else f"{start:%Y-%m-%d}"
            name = f"the {unit} of {shown}"
            differences.append(Difference("buckets", start.isoformat(), name, amounts))
    return describe_differences(differences, by, {"buckets": f"{unit}s"})


def _compare(whole: Row, *parts: Row) -> dict[str, Figure]:
    """By how much the whole has more, in what is known of it and of all its parts."""
    amounts: dict[str, Figure] = {}
    for field in TREND_FIGURES:
        figures = [field.of(row) for row in (whole, *parts)]
        if all(figure is not None for figure in figures):
            amount = figures[0] - sum(figures[1:])
            if is_shown(amount):
                amounts[field.key] = amount
    return amounts
