"""Averages for people: three digits that mean something, and never less than the whole number."""

import json
from decimal import Decimal

from scenario_usage_cli.report.words import format_rate
from tests.cases import each
from tests.support import model_row, point, run, usages


@each(
    ("rate", "shown"),
    [
        ("88.714286", "88.7"),
        ("12.25", "12.2"),
        ("0.0123456", "0.0123"),
        ("105.4144", "105"),
        ("1234.5", "1,234"),
        ("1234567.8", "1,234,568"),
        ("9.996", "10"),
        ("99.96", "100"),
        ("999.6", "1,000"),
        ("8.3", "8.3"),
        ("8", "8"),
        ("8.00", "8"),
        ("0.1", "0.1"),
        ("0.000001234", "0.000001"),
        ("0.0000001", "0"),
        ("0", "0"),
        ("0E-6", "0"),
        ("0E+3", "0"),
        ("-0.004", "-0.004"),
        ("-5.14159", "-5.14"),
        ("-0.00000004", "0"),
        ("1E+20", "100,000,000,000,000,000,000"),
        ("0.3333333333333333333333333333", "0.333"),
        ("0.00099951", "0.001"),
    ],
)
def test_a_rate_has_three_digits_and_all_before_the_point(rate: str, shown: str) -> None:
    """Rounded to even, without zeros at the end, at most 6 decimals."""
    assert format_rate(Decimal(rate)) == shown


def test_data_keep_six_decimals() -> None:
    """Tables and Markdown round, and nothing else does."""
    rows = [model_row("m", point(jobs=7, cost=1)), model_row("n", point(jobs=3, cost=5000))]
    body = json.dumps(usages(models=rows)).encode()

    def report(output_format: str) -> str:
        asked = ("report", "--from", "-", "--section", "models", "-f", output_format)
        return run(*asked, stdin=body).stdout

    assert [("0.143" in report(f), "1,667" in report(f)) for f in ("table", "markdown")] == [
        (True, True)
    ] * 2
    for output_format in ("csv", "tsv", "json"):
        text = report(output_format)
        assert ("0.142857" in text, "1666.666667" in text) == (True, True)
