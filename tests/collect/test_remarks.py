"""Remarks on answers: the same in whatever order parts come."""

from datetime import UTC, datetime
from itertools import permutations

from scenario_usage_cli.collect.remarks import Oddity, Remark, Remarks

DAYS = [datetime(2026, 5, day, tzinfo=UTC) for day in (1, 2, 3)]
NOTED = [
    ("models", Remark(2, "modelUsages[4]", DAYS[2])),
    ("models", Remark(1, "modelUsages[1]", DAYS[1])),
    ("assets", Remark(3, "assetUsages[0]", DAYS[1])),
    ("consumption", Remark(1, "consumption[7]", DAYS[2])),
    ("consumption", Remark(0, "consumption[3]", DAYS[0])),
]


def test_the_order_of_parts_means_nothing() -> None:
    """The count is that of all, and the place is that of the earliest part."""
    for order in permutations(NOTED):
        remarks = Remarks()
        for section, remark in order:
            remarks.note(Oddity.REPEATED_ROW, section, remark)

        found = remarks.find(Oddity.REPEATED_ROW, ("models", "assets"))
        assert found == Remark(6, "modelUsages[1]", DAYS[1])
        assert remarks.find(Oddity.REPEATED_ROW, ("consumption",)) == Remark(
            1, "consumption[3]", DAYS[0]
        )


def test_what_is_not_asked_for_is_not_found() -> None:
    """Neither another section, nor another oddity."""
    remarks = Remarks()
    remarks.note(Oddity.REPEATED_ROW, "models", Remark(1, "modelUsages[1]"))

    assert remarks.find(Oddity.REPEATED_ROW, ("assets",)) is None
    assert remarks.find(Oddity.REPEATED_TIME, ("models",)) is None
