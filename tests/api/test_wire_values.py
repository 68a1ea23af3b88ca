"""The smaller answers, and the two kinds of value that need care: decimals and times."""

import json
from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.api.body import parse_answer
from scenario_usage_cli.api.wire import (
    ProjectsPage,
    TeamLimits,
    TeamsAnswer,
    exact,
    exact_sum,
    parse_time,
)
from scenario_usage_cli.errors import UnreadableAnswer


@pytest.mark.parametrize(
    ("model", "document", "place"),
    [
        (ProjectsPage, {"projects": [{"name": "Hero"}]}, "projects[0].id"),
        (ProjectsPage, {"projects": [{"id": 5}]}, "projects[0].id"),
        (ProjectsPage, {"projects": [{"id": "a", "consumption": "1"}]}, "projects[0].consumption"),
        (ProjectsPage, {"projects": {}}, "projects"),
        (ProjectsPage, {"projects": [], "nextPaginationToken": 5}, "nextPaginationToken"),
        (ProjectsPage, [], "the whole of it"),
        (TeamsAnswer, {"teams": [None]}, "teams[0]"),
        (TeamLimits, {"period": {"start": 5}}, "period.start"),
        (TeamLimits, {"limits": {"creativeUnits": "5"}}, "limits.creativeUnits"),
        (
            TeamLimits,
            {"oneShotCreativeUnits": [{"amount": "1"}]},
            "oneShotCreativeUnits[0].amount",
        ),
    ],
    ids=str,
)
def test_other_answers_name_the_place_too(model: Any, document: Any, place: str) -> None:
    """By the API's own names."""
    with pytest.raises(UnreadableAnswer) as caught:
        parse_answer(model, json.dumps(document).encode(), source="/there")

    assert caught.value.message.startswith("/there is not of the documented shape: " + place + ": ")


def test_other_answers_may_lack_or_have_more() -> None:
    """Everything but an id is optional, and new fields are ignored."""
    page = parse_answer(ProjectsPage, b'{"projects": [{"id": "p", "new": 1}]}', source="x")
    limits = parse_answer(TeamLimits, b'{"plan": null, "values": {"creativeUnits": 7}}', source="x")

    assert page == {"projects": [{"id": "p"}]}
    assert limits == {"plan": None, "values": {"creativeUnits": 7}}
    assert parse_answer(TeamsAnswer, b"{}", source="x") == {}


DECIMALS = st.builds(
    lambda sign, digits, exponent: Decimal(sign * digits).scaleb(exponent),
    st.sampled_from([1, -1]),
    st.integers(0, 10**15 - 1),
    st.integers(-20, 15),
)


@given(DECIMALS)
def test_exact_gives_back_what_was_written(number: Decimal) -> None:
    """Up to 15 significant digits survive JSON and a double: 0.1 is a tenth."""
    read = exact(json.loads(str(number), parse_int=float))

    assert read == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.1", "0.1"), ("1e-7", "0.0000001"), ("12345678.912345", "12345678.912345"), ("-0.0", "0")],
)
def test_exact_is_the_shortest_decimal(text: str, expected: str) -> None:
    """Not the binary fraction behind it."""
    assert exact(float(text)) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-01T00:00:00.000Z", "2026-11-01T00:00:00+00:00"),
        ("2026-11-01T00:00:00Z", "2026-11-01T00:00:00+00:00"),
        ("2026-11-01T01:30:00+01:30", "2026-11-01T00:00:00+00:00"),
        ("2026-11-01T00:00:00", "2026-11-01T00:00:00+00:00"),
        ("2026-11-01", "2026-11-01T00:00:00+00:00"),
    ],
)
def test_times_are_utc(text: str, expected: str) -> None:
    """Without a zone too, as the API's are."""
    assert parse_time(text).isoformat() == expected


@given(
    st.text(max_size=30)
    | st.datetimes(timezones=st.timezones() | st.none()).map(lambda moment: moment.isoformat())
)
def test_any_text_is_a_time_or_a_value_error(text: str) -> None:
    """No other exception; not even for the first and last hours that there are."""
    try:
        moment = parse_time(text)
    except ValueError:
        return
    assert moment.utcoffset() is not None


AMOUNTS = (
    st.integers(-(10**15), 10**15).map(lambda millionths: millionths / 10**6)
    | st.sampled_from([0.0, -0.0, 0.1, 1e-7, 0.30000000000000004, 1e9, 999999999.999999, 1e300])
    | st.floats(-1e20, 1e20)
)


@given(st.lists(AMOUNTS, max_size=6))
def test_a_sum_is_that_of_the_decimals(numbers: list[float]) -> None:
    """Digit by digit, also where some of them are no whole millionths, or too large for that."""
    with localcontext(prec=400):
        expected = sum(map(exact, numbers), Decimal(0))
        found = exact_sum(numbers)

    assert found == expected


@pytest.mark.parametrize("amount", [999_999_999.999999, -999_999_999.999999, 0.1, 123.456789])
def test_a_sum_too_large_for_a_double_is_exact(amount: float) -> None:
    """Sixteen digits and more: a hundred thousand of the largest, and one of the smallest."""
    numbers = [amount] * 100_000 + [0.000001]

    assert exact_sum(numbers) == exact(amount) * 100_000 + exact(0.000001)
