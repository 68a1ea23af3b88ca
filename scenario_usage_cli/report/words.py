"""Figures in sentences."""


def count(number: int, noun: str) -> str:
    """So many of them: `1 day`, `2 days`, `0 days`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")
