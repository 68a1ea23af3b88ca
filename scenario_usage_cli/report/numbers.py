"""Figures derived from exact sums."""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal

_SHARE_STEP = Decimal("0.0001")
_STEP = Decimal("0.000001")
WIDE = Context(prec=700, rounding=ROUND_HALF_EVEN)
"""Rounds whatever a double can be, ties to even."""
_FINE_STEP = Decimal("1e-14")


class Amount(Decimal):
    """Money as programs are given it, a price or an amount.

    CU have 6 decimals and a price has 8, so an amount has 14.
    """

    __slots__ = ()


class Exact(Amount):
    """A number that text has exactly, and with a point: readers of 12 would take it for integer.

    Types of decimals have as many digits of it as of any amount.
    """

    __slots__ = ()


def round_cu(number: Decimal) -> Decimal:
    """The number of CU as every format shows it: 6 decimals, ties to even; never -0."""
    return WIDE.plus(number.quantize(_STEP, context=WIDE))


def round_number(number: Decimal) -> Decimal:
    """The number as programs are given it; never -0."""
    step = _FINE_STEP if isinstance(number, Amount) else _STEP
    return WIDE.plus(number.quantize(step, context=WIDE))


def is_shown(figure: int | Decimal | None) -> bool:
    """Whether a figure is more or less than 0 in the digits that every format shows."""
    return bool(figure) and bool(round_cu(Decimal(figure or 0)))


def add_up(figures: Iterable[int | Decimal | None]) -> int | Decimal | None:
    """The sum of those that are known; null if none is."""
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None


def sum_cu(amounts: Iterable[int | Decimal | None]) -> Decimal:
    """The sum in CU; null counts as 0."""
    return sum((Decimal(amount or 0) for amount in amounts), Decimal(0))


def share(part: Decimal, whole: Decimal) -> Decimal:
    """`part` of `whole`, 4 decimals; 0 where the whole is not positive."""
    if round_cu(whole) <= 0:
        return Decimal(0)
    return (part / whole).quantize(_SHARE_STEP, context=WIDE) + 0  # no -0


def fraction(part: int | Decimal, whole: int | Decimal) -> Decimal | None:
    """`part` of `whole`, of any sign, 4 decimals; null where the whole is 0 in 6 decimals."""
    whole = Decimal(whole)
    if not round_cu(whole):
        return None
    return (part / whole).quantize(_SHARE_STEP, context=WIDE) + 0  # no -0
