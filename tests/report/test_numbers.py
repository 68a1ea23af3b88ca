"""Fractions of figures, where they are next to nothing."""

from decimal import Decimal

import pytest

from scenario_usage_cli.report.numbers import fraction, round_cu, share

BILLION = Decimal(10**9)


@pytest.mark.parametrize("part", ["-1", "-0.000001", "0", "1"])
def test_no_fraction_is_minus_zero(part: str) -> None:
    """A little less than nothing is 0 in four decimals, with no sign."""
    found = (share(Decimal(part), BILLION), fraction(Decimal(part), BILLION))

    assert [str(one) for one in found] == ["0.0000", "0.0000"]
    assert str(round_cu(Decimal(part) / BILLION / BILLION)) == "0.000000"
