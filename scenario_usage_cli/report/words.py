"""Figures in sentences."""

from decimal import Decimal

from scenario_usage_cli.report.numbers import round_cu


def count(number: int, noun: str) -> str:
    """So many of them: `1 day`, `2 days`, `0 days`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def format_cu(number: Decimal) -> str:
    """The number with the digits that every format shows: `-12.5`."""
    return f"{round_cu(number).normalize():f}"
