"""What --save-raw keeps of several parts: what adds up is added, and what differs is labelled."""

import json
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.support import NOW, FakeApi, Result, answer, at, model_row, point, run, usages

PARTS = ("--start", "2026-05-01", "--end", "2026-10-31", "--jobs", "1")
MAY, BORDER, SEPTEMBER = (
    f"{day}T00:00:00.000Z" for day in ("2026-05-01", "2026-08-26", "2026-09-01")
)
"""The first part ends on 28 August: a week that begins on the 26th is in both."""


def save(file: Path, *documents: Any) -> Result:
    """A report of two parts, which are saved, the second a minute after the first."""
    clock = count()
    result = run(
        *("report", *PARTS, "--json", "--save-raw", str(file)),
        transport=FakeApi(*map(answer, documents)),
        now=lambda: NOW + next(clock) * timedelta(minutes=1),
    )
    assert result.code == 0, result.stderr
    return result


def load(file: Path) -> Result:
    """The report of what was saved."""
    return run("report", "--json", "--from", str(file))


def without_times(result: Result) -> Any:
    """A report, whenever it was made."""
    return {k: v for k, v in result.json.items() if k not in ("generated_at", "fetched_at")}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where to save."""
    return tmp_path / "saved.json"


def weekly(*times: str, granularity: str = "7d", **more: Any) -> Any:
    """An answer with a point of everything at each time."""
    return usages(
        models=[model_row("m", *(point(t, jobs=2, cost=0.1, apiKeyCost=None) for t in times))],
        assets=[{"kind": "image", "points": [point(t, count=3, countApiKey=1) for t in times]}],
        actions=[
            {
                "usageName": "a",
                "granularity": granularity,
                "points": [point(t, value="2", apiKey="0.5", cost=0.2) for t in times],
            }
        ],
        **more,
    )


def test_points_of_a_bucket_in_two_parts_are_one(file: Path) -> None:
    """Its figures are sums, in decimal, and as text where they were text."""
    first = save(file, weekly(MAY, BORDER), weekly(BORDER, SEPTEMBER))
    saved = json.loads(file.read_text(encoding="utf-8"))

    assert saved["modelUsages"][0]["points"] == [
        {"time": MAY, "jobs": 2, "cost": 0.1, "apiKeyCost": None},
        {"time": BORDER, "jobs": 4, "cost": 0.2, "apiKeyCost": None},
        {"time": SEPTEMBER, "jobs": 2, "cost": 0.1, "apiKeyCost": None},
    ]
    assert saved["assetUsages"][0]["points"][1] == {"time": BORDER, "count": 6, "countApiKey": 2}
    assert saved["usages"][0]["points"][1] == {
        "time": BORDER,
        "value": "4",
        "apiKey": "1.0",
        "cost": 0.4,
    }
    assert without_times(load(file)) == without_times(first)


def test_what_cannot_be_read_is_not_added_up(file: Path) -> None:
    """Both points stay, and one is left out as it was in the report."""
    odd = usages(actions=[{"usageName": "a", "points": [point(BORDER, value="value")]}])
    first = save(file, weekly(BORDER), odd)

    assert len(json.loads(file.read_text(encoding="utf-8"))["usages"][0]["points"]) == 2
    assert without_times(load(file)) == without_times(first)


def test_details_of_charges_are_added_up(file: Path) -> None:
    """Per billing action; together they are part of what was charged."""

    def charged(value: float, **details: Any) -> Any:
        row = {"userId": "u", "value": value, "discount": 0, "total": value}
        return usages(consumption=[row | ({"costDetails": details} if details else {})])

    save(file, charged(10, gate=0.1, addon=2), charged(20, gate=0.2, new=5))
    (row,) = json.loads(file.read_text(encoding="utf-8"))["consumption"]
    assert row["costDetails"] == {"gate": 0.3, "addon": 2, "new": 5}
    assert row["value"] == 30

    save(file, charged(10, gate=4), charged(20))
    (row,) = json.loads(file.read_text(encoding="utf-8"))["consumption"]
    assert row["costDetails"] == {"gate": 4}


@pytest.mark.parametrize(("second", "expected"), [("7d", "7d"), ("1d", None)])
def test_a_granularity_that_differs_is_told_by_part(
    second: str, expected: str | None, file: Path
) -> None:
    """No row has that of some of its points."""
    first = save(file, weekly(MAY), weekly(SEPTEMBER, granularity=second))
    saved = json.loads(file.read_text(encoding="utf-8"))

    assert [row["granularity"] for row in saved["usages"]] == [expected]
    assert [p["granularity"] for p in saved["_scenario_usage"]["parts"]] == ["7d", second]
    assert without_times(load(file)) == without_times(first)


def test_a_file_tells_when_its_parts_were_fetched(file: Path) -> None:
    """And --from, in JSON, when the first of them was; a live report was fetched just now."""
    first = save(file, weekly(MAY), weekly(SEPTEMBER))
    parts = json.loads(file.read_text(encoding="utf-8"))["_scenario_usage"]["parts"]

    assert [(part["start"], part["end"]) for part in parts] == [
        ("2026-05-01T00:00:00Z", "2026-08-28T23:59:59.999Z"),
        ("2026-08-29T00:00:00Z", "2026-10-31T23:59:59.999Z"),
    ]
    times = [part["fetched_at"] for part in parts]
    assert times == sorted(times)
    assert "2026-11-22T18:30:00Z" < times[0] < times[1]
    assert load(file).json["fetched_at"] == times[0]
    assert "fetched_at" not in first.json
    assert "fetched_at" not in run("report", "--from", "-", "--json", stdin=b"{}").json


def test_what_was_odd_about_the_parts_is_told_again(file: Path) -> None:
    """In the same words, although the saved answer no longer shows it."""
    row = {"userId": "u", "value": 5, "discount": 1, "total": 7}
    odd = usages(
        consumption=[row, row],
        models=[model_row("m", point(jobs=-1), point(jobs=1)), model_row("m", {"time": "x"})],
    )
    more = usages(consumption=[row, row], models=[model_row("m", point(jobs=3), point(jobs=2))])
    first = save(file, at(MAY, odd), at(SEPTEMBER, more))
    narrow = run("report", "--json", "--from", str(file), "--section", "assets")

    assert len(first.json["warnings"]) == 6
    assert without_times(load(file)) == without_times(first)
    assert narrow.json["warnings"] == []


def test_a_file_without_parts_can_still_be_read(file: Path) -> None:
    """As versions before this one have saved it: what is odd is found in it, if it shows."""
    save(file, weekly(MAY, MAY), weekly(SEPTEMBER))
    document = json.loads(file.read_text(encoding="utf-8"))
    del document["_scenario_usage"]["parts"], document["_scenario_usage"]["remarks"]
    file.write_text(json.dumps(document), encoding="utf-8")
    result = load(file)

    assert (result.code, "fetched_at" in result.json) == (0, False)
    assert any("3 points came with the time" in line for line in result.json["warnings"])


WRONG = {
    "parts": [{"parts": "all"}, {"parts": [{}]}],
    "remarks": [{"remarks": {}}, {"remarks": [{"oddity": "ghost"}]}],
}


@pytest.mark.parametrize("change", [one for many in WRONG.values() for one in many])
def test_what_is_wrong_with_them_is_exit_7(change: Any, file: Path) -> None:
    """As with the rest of what this tool has put there."""
    save(file, weekly(MAY), weekly(SEPTEMBER))
    document = json.loads(file.read_text(encoding="utf-8"))
    document["_scenario_usage"] |= change
    file.write_text(json.dumps(document), encoding="utf-8")
    result = load(file)

    assert (result.code, result.stdout) == (7, "")
    assert f"_scenario_usage.{next(iter(change))}" in result.error
