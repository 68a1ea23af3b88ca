"""Usages added up: what one of them does not know is unknown of the sum."""

from datetime import UTC, datetime

from scenario_usage_cli.collect.combine import combine
from scenario_usage_cli.collect.usage import Usage

FIRST, SECOND, THIRD = (datetime(2026, 5, day, tzinfo=UTC) for day in (1, 2, 3))


def test_what_is_missing_of_one_is_missing_of_the_sum() -> None:
    """Section by section, also where the others have another one; and so is what is cut."""
    added = [
        Usage(("models",), missing={"models": frozenset([FIRST])}, cut=frozenset([THIRD])),
        Usage(("models",), missing={"models": frozenset([SECOND])}),
        Usage(("assets",), missing={"assets": frozenset([FIRST])}, cut=frozenset([SECOND])),
    ]

    found = combine(Usage(("models", "assets")), added)

    assert found.missing == {"models": {FIRST, SECOND}, "assets": {FIRST}}
    assert found.cut == {SECOND, THIRD}
