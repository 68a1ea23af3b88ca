"""The numbers of FOCUS: exact, and always with a point."""

from decimal import Decimal

import pytest

from scenario_usage_cli.render.text import format_number
from scenario_usage_cli.report.numbers import Exact


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("12", "12.0"),
        ("-12.50", "-12.5"),
        ("0", "0.0"),
        ("-0.00", "0.0"),
        ("1E+3", "1000.0"),
        ("1E-7", "0.0000001"),
        ("0.30000000000000004", "0.30000000000000004"),
        ("123456789012.123456789012345678", "123456789012.123456789012345678"),
    ],
)
def test_an_exact_number_has_all_its_digits_and_a_point(number: str, text: str) -> None:
    """There is neither an exponent nor a sign before 0."""
    assert format_number(Exact(Decimal(number))) == text
