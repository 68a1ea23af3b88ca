"""Figures derived from exact sums."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

_SHARE_STEP = Decimal("0.0001")
_STEP = Decimal("0.000001")
WIDE = Context(prec=700, rounding=ROUND_HALF_EVEN)
"""Rounds whatever a double can be, ties to even."""


def round_cu(number: Decimal) -> Decimal:
    """The number as every format shows it: 6 decimals, ties to even; never -0."""
    return WIDE.plus(number.quantize(_STEP, context=WIDE))


def share(part: Decimal, whole: Decimal) -> Decimal:
    """`part` of `whole`, 4 decimals; 0 where the whole is not positive."""
    if round_cu(whole) <= 0:
        return Decimal(0)
    return (part / whole).quantize(_SHARE_STEP, context=WIDE) + 0  # no -0


def change(before: int | Decimal, delta: int | Decimal) -> Decimal | None:
    """`delta` as a fraction of `before`, 4 decimals; null where that is 0 in 6 decimals."""
    whole = Decimal(before)
    if not round_cu(whole):
        return None
    return (delta / whole).quantize(_SHARE_STEP, context=WIDE) + 0  # no -0
