"""What people read about tables is what the package declares."""

import re

import pytest

from scenario_usage_cli.collect.activity import Event
from scenario_usage_cli.report.activity_table import ACTIVITY
from scenario_usage_cli.report.daily import DAILY
from scenario_usage_cli.report.listing_tables import LIST_TOTALS, LISTS
from scenario_usage_cli.report.tables import (
    DIFFERENCE,
    POINTS,
    SECTION_TABLES,
    TOTALS,
)
from tests.support import run


def read_help(command: str) -> str:
    """The words of a command's help, without its boxes."""
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", run(command, "--help").stdout).split())


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("report", [*SECTION_TABLES]),
        ("export", [*DAILY]),
    ],
)
def test_the_help_names_every_table(command: str, names: list[str]) -> None:
    """In the order in which they are shown, or of the folders."""
    words = re.sub(r" or,? ", ", ", read_help(command))

    assert ", ".join(names) in words


def test_events_have_their_values_in_the_order_of_the_columns() -> None:
    """They come as tuples, as a log may have millions of them."""
    assert Event._fields == tuple(field.key for field in ACTIVITY.columns)


def test_every_field_says_what_it_is_by_one_key() -> None:
    """No table has a key twice, or a column for people without a title."""
    tables = [*SECTION_TABLES.values(), *DAILY.values(), TOTALS, POINTS, DIFFERENCE]
    tables += [*LISTS.values(), *LIST_TOTALS.values()]
    for table in tables:
        keys = [field.key for field in table.columns]
        assert len(set(keys)) == len(keys)
        assert all(field.title for field in table.columns if field.weight)
