"""`quota --backtest`: the record of the forecast, in every format."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.account import build_account
from tests.support import CREDENTIALS, Result, run, usages

BACKTEST = ("quota", "--backtest")
HEADER = "period_start,period_end,days_ahead,error,line_error,compared,coverage,held,tries"
LIMITS = {"period": {"start": "2026-11-01T00:00:00.000Z", "end": "2026-11-15T00:00:00.000Z"}}


def backtest(*argv: str, **others: Any) -> Result:
    """The record of an account without use, whose billing period has two weeks."""
    account = build_account(**{"limits": LIMITS, "usage": usages(), **others})
    return run(*BACKTEST, *argv, transport=account)


def test_each_horizon_has_a_row() -> None:
    """With the method's error, the straight line's, and how often the interval held."""
    document = run(*BACKTEST, "--demo", "--json").json
    rows = {row["days_ahead"]: row for row in document["horizons"]}

    assert list(rows) == [1, 3, 7, 14, 21, 28]
    for row in rows.values():
        assert row["coverage"] == round(row["held"] / row["tries"], 4)
        assert 0 < row["error"] < row["line_error"]
    Draft202012Validator(run("schema", "quota-backtest").json).validate(document)


def test_csv_has_a_header_that_stays() -> None:
    """One line for each horizon."""
    lines = run(*BACKTEST, "--demo", "--csv").stdout.splitlines()

    assert (lines[0], len(lines)) == (HEADER, 7)


def test_its_columns_have_titles() -> None:
    """In the order of JSON; how many held is for machines only."""
    lines = run(*BACKTEST, "--demo", "-f", "markdown").stdout.splitlines()

    headings = next(line for line in lines if line.startswith("| "))
    assert headings == (
        "| Days ahead | Median error | Straight line | Sums | Interval held | Intervals |"
    )
    note = "neighbouring sums share most of their days, and so count for less than they are"
    assert lines[-1] == note


@pytest.mark.parametrize("columns", [60, 100])
def test_the_table_fits(columns: int) -> None:
    """And says that neighbouring sums are alike."""
    environ = CREDENTIALS | {"NO_COLOR": "1"}
    text = run(*BACKTEST, "--demo", columns=columns, environ=environ).stdout

    assert max(map(len, text.splitlines())) <= columns
    assert "neighbouring sums share most of their days" in text


def test_an_account_without_use_has_nothing_to_check() -> None:
    """Nulls, as the schema allows; no error, and no horizon as long as the billing period."""
    document = backtest("--json").json
    rows = document["horizons"]

    assert [row["days_ahead"] for row in rows] == [1, 3, 7]
    assert {row["error"] for row in rows} == {None}
    assert {row["line_error"] for row in rows} == {row["coverage"] for row in rows} == {None}
    Draft202012Validator(run("schema", "quota-backtest").json).validate(document)
    told = "there are too few days with use for past forecasts to be compared with"
    assert document["warnings"] == [told]
    assert backtest().stderr == f"warning: {told}\n"


@pytest.mark.parametrize(
    ("argv", "refused"),
    [
        (("--top", "3"), "error: --backtest and --top contradict each other"),
        (("-f", "openmetrics"), "error: --format 'openmetrics' is not a format of this command"),
    ],
)
def test_what_it_does_not_have_is_refused(argv: tuple[str, ...], refused: str) -> None:
    """Exit 2, with nothing on stdout."""
    result = run(*BACKTEST, *argv)

    assert (result.code, result.stdout, result.error) == (2, "", refused)


@pytest.mark.parametrize(
    ("others", "code"), [({"limits": 403}, 4), ({"usage": 403}, 4), ({"limits": 500}, 5)]
)
def test_a_refusal_of_the_api_ends_it(others: dict[str, Any], code: int) -> None:
    """There is nothing to show without days."""
    result = backtest("--retries", "0", **others)

    assert (result.code, result.stdout) == (code, "")
