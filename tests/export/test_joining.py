"""Days in one file are the rows that they were, and can be told apart again."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_usage_cli.export.content import read_content
from scenario_usage_cli.export.joining import add_date, find_days, join_days, split_days
from scenario_usage_cli.export.partitions import encode
from scenario_usage_cli.report.daily import DATE, add_dates
from scenario_usage_cli.report.fields import Field, Fields, Kind

COLUMNS: Fields = (
    Field("id", "", Kind.TEXT),
    Field("cost", "", Kind.CU),
    Field("name", "", Kind.TEXT),
)
FIRST, SECOND, THIRD = (date(2026, 5, number) for number in (1, 2, 3))
FORMATS = ("csv", "parquet")
texts = st.text(st.characters(codec="utf-8")) | st.sampled_from(
    ['a,b\n"c"', "2026-05-01,x", "\r\n2026-05-02,", "=SUM(A1)", "'", "\u2028", "-5", ""]
)
rows = st.lists(
    st.tuples(texts, st.none() | st.decimals(-(10**11), 10**11, places=6, allow_nan=False), texts),
    max_size=4,
)
months = st.dictionaries(st.sampled_from((FIRST, SECOND, THIRD)), rows, min_size=1)


def build_rows(values: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """Rows of these columns."""
    return [dict(zip(("id", "cost", "name"), row, strict=True)) for row in values]


def encode_dated(file_format: str, days: Mapping[date, Sequence[Sequence[Any]]]) -> bytes:
    """One partition of all rows, as if it had been written as such."""
    dated = [row for day in sorted(days) for row in add_dates(build_rows(days[day]), day)]
    return encode(file_format, (DATE, *COLUMNS), dated)


@pytest.mark.parametrize("file_format", FORMATS)
@given(days=months)
@settings(deadline=None)  # pyarrow takes long to load
def test_days_that_are_joined_are_what_is_written_at_once(
    file_format: str, days: Mapping[date, Sequence[Sequence[Any]]]
) -> None:
    """Byte for byte in CSV, and row for row in Parquet; whatever is in the texts."""
    bodies = {
        day: add_date(file_format, encode(file_format, COLUMNS, build_rows(values)), day)
        for day, values in days.items()
    }
    joined, expected = join_days(file_format, bodies), encode_dated(file_format, days)

    assert joined == expected
    assert split_days(file_format, joined, list(days)) == {
        day: encode_dated(file_format, {day: values}) for day, values in days.items()
    }
    assert find_days(file_format, joined) == sorted(day for day, values in days.items() if values)
    assert join_days(file_format, split_days(file_format, joined, list(days))) == joined


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_date_is_added_once(file_format: str) -> None:
    """A partition that has it stays as it is."""
    dated = encode_dated(file_format, {FIRST: [("a", Decimal(1), "b")]})

    assert add_date(file_format, dated, FIRST) == dated


@pytest.mark.parametrize("file_format", FORMATS)
def test_last_columns_that_a_day_lacks_are_null(file_format: str) -> None:
    """As an older version has written it."""
    older = encode(
        file_format, (DATE, *COLUMNS[:2]), add_dates(build_rows([("a\n", 1, "")]), FIRST)
    )
    newer = encode_dated(file_format, {SECOND: [("b", Decimal(2), "c")]})
    joined = join_days(file_format, {SECOND: newer, FIRST: older})

    content = read_content(file_format, joined)
    assert (content.columns, content.rows) == (("date", "id", "cost", "name"), 2)
    if file_format == "csv":
        assert joined.decode() == 'date,id,cost,name\n2026-05-01,"a\n",1,\n2026-05-02,b,2,c\n'


def test_days_of_other_columns_are_not_joined() -> None:
    """What stands in the same place would mean something else."""
    with pytest.raises(ValueError, match="other columns"):
        join_days("csv", {FIRST: b"date,id,cost\n", SECOND: b"date,name\n"})


@pytest.mark.parametrize("file_format", FORMATS)
def test_rows_of_another_month_are_an_error(file_format: str) -> None:
    """Somebody else has put them there."""
    body = encode_dated(file_format, {FIRST: [("a", Decimal(1), "b")]})

    with pytest.raises(ValueError, match="rows of 2026-05-01"):
        split_days(file_format, body, [SECOND])
