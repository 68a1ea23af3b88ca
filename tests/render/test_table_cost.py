"""What a long table costs, in calls of functions: as many for each row, and not many."""

import sys
from typing import Any

import pytest

from tests.support import CREDENTIALS, FakeApi, answer, model_row, point, run, usages

PERIOD = ("--start", "2026-11-01", "--end", "2026-11-30T12:00")
FORCED = CREDENTIALS | {"FORCE_COLOR": "1"}


def count_calls(rows: int, output_format: str, environ: dict[str, str] = CREDENTIALS) -> int:
    """How many functions a report of so many models calls, C's and Python's."""
    models = [
        model_row(f"m{number:05}", point(jobs=number, cost=number / 8, discount=1))
        for number in range(rows)
    ]
    names = {row["modelId"]: f"Modèle {row['modelId']}" for row in models}
    api = FakeApi(answer(usages(models=models, model_names=names)))
    argv = ("report", *PERIOD, "--section", "models", "--top", "0", "-f", output_format)
    calls = 0

    def count(frame: Any, event: str, arg: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        result = run(*argv, transport=api, environ=environ)
    finally:
        sys.setprofile(before)
    assert result.stdout.count("Modèle m") == rows
    return calls


@pytest.mark.parametrize(("environ", "times"), [(CREDENTIALS, 3), (FORCED, 5)])
def test_a_long_table_is_linear_and_near_csv(environ: dict[str, str], times: int) -> None:
    """Rich's own table calls 30 times as many functions for a row as CSV does."""
    # The first of each also counts what is imported and remembered.
    _, few, more, most = (count_calls(rows, "table", environ) for rows in (1, 100, 200, 400))
    _, few_in_csv, more_in_csv = (count_calls(rows, "csv") for rows in (1, 100, 200))

    assert (most - more) / (more - few) == pytest.approx(2, abs=0.3)
    assert more - few < times * (more_in_csv - few_in_csv)
