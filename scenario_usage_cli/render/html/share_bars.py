"""The bars inside of a table: shares, what grew or shrank, and how full a limit is."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from scenario_usage_cli.report.fields import Field, Kind, Row
from scenario_usage_cli.report.figures import SHARE
from scenario_usage_cli.report.tables import DELTA, DIFFERENCE
from scenario_usage_cli.report.view import Section

_BAR_STEPS = Decimal("0.1")
_MIDDLE = Decimal(50)


class Bar(NamedTuple):
    """A bar of so many per cent of its room."""

    width: Decimal
    look: str = ""
    x: Decimal = Decimal(0)
    """Where it begins, in per cent as well."""


def build_share_bars(section: Section) -> tuple[str, Sequence[Bar | None]]:
    """The key of the column that has them, and a bar for each row."""
    if section.bar is not None:
        return _build_fullness(section, section.bar)
    if section.table.size.kind is Kind.DELTA and section.table.name != DIFFERENCE.name:
        return DELTA.key, _build_deltas(section)
    if SHARE not in section.columns or not section.has_bars:
        return "", ()
    shares = list(map(SHARE.of, section.rows))
    own = (part for number, part in enumerate(shares) if number not in section.summed)
    largest = max(own, default=Decimal(0))
    return SHARE.key, [
        Bar(_measure(part, largest), "rest" if number in section.summed else "")
        if part > 0 < largest
        else None
        for number, part in enumerate(shares)
    ]


def _build_deltas(section: Section) -> Sequence[Bar | None]:
    """To the right of the middle for what grew, to the left for what shrank."""
    deltas = [Decimal(DELTA.of(row)) for row in section.rows]
    own = (abs(delta) for number, delta in enumerate(deltas) if number not in section.summed)
    largest = max(own, default=Decimal(0))
    bars: list[Bar | None] = []
    for number, delta in enumerate(deltas):
        if not delta or not largest:
            bars.append(None)
            continue
        half = _measure(abs(delta), largest) / 2
        look = "rest" if number in section.summed else "more" if delta > 0 else "less"
        bars.append(Bar(half, look, _MIDDLE if delta > 0 else _MIDDLE - half))
    return bars


def _build_fullness(section: Section, bar: Field[Any]) -> tuple[str, Sequence[Bar | None]]:
    kinds = {field.kind: field for field in section.columns}
    word, beside = kinds.get(Kind.FULLNESS), kinds.get(Kind.PART)
    return (beside or section.table.size).key, [_fill(row, bar, word) for row in section.rows]


def _fill(row: Row, bar: Field[Any], word: Field[Any] | None) -> Bar | None:
    part = bar.of(row)
    return None if part is None else Bar(_measure(part, Decimal(1)), f"w-{word and word.of(row)}")


def _measure(part: Decimal, largest: Decimal) -> Decimal:
    return min(part / largest * 100, Decimal(100)).quantize(_BAR_STEPS)
