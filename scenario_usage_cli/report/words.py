"""Figures in sentences."""

from collections.abc import Sequence
from decimal import Decimal

from scenario_usage_cli.report.numbers import round_cu


def count(number: int, noun: str) -> str:
    """So many of them: `1 day`, `2 days`, `0 days`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def list_words(words: Sequence[str]) -> str:
    """Them in a sentence: `project`, `project and user`, `project, user and model`."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def format_cu(number: Decimal) -> str:
    """The number with the digits that every format shows: `-12.5`."""
    return f"{round_cu(number).normalize():f}"
