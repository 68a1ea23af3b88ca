"""What a first run was to fetch is fetched in the end, whatever became of that run; and a clock
that is wrong makes nothing final that is not.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from scenario_usage_cli.export.store import Folder
from tests.export.support import (
    Api,
    Studio,
    assert_refused,
    export,
    export_well,
    read_manifest,
    run_until_killed,
    summary,
    warnings_of,
)
from tests.support import NOW, model_row, point, usages

LONG_AGO = ("--since", "2026-10-01")
TABLES = ("--datasets", "models,consumption,activity")
ALL_DAYS = [str(date(2026, 10, 1) + timedelta(days=n)) for n in range(53)]


def days(folder: Path, table: str) -> list[str]:
    """The days of a table, as the manifest has them."""
    return sorted(read_manifest(folder)["datasets"].get(table, {}))


class WithoutLog(Studio):
    """A studio whose event log fails, or is not there."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self._status = status

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.params.get("type") != "activity":
            return super().handle_request(request)
        return httpx.Response(self._status, json={"activity": None})


@pytest.mark.parametrize(("status", "code"), [(500, 5), (200, 0)])
def test_a_table_that_could_not_be_had_begins_where_it_was_to_begin(
    status: int, code: int, tmp_path: Path
) -> None:
    """By hand with --since, and from then on without, as cron does it."""
    began = export(tmp_path, *LONG_AGO, *TABLES, "--retries", "0", transport=WithoutLog(status))
    assert (began.code, days(tmp_path, "activity")) == (code, [])

    export_well(tmp_path, *TABLES)

    assert days(tmp_path, "activity") == days(tmp_path, "models") == ALL_DAYS
    assert export(tmp_path, "--verify").code == 0


@pytest.mark.parametrize("steps", [9, 30, 60])
def test_a_first_run_that_died_is_completed_from_its_first_day_on(
    steps: int, tmp_path: Path
) -> None:
    """From its first commit on, the manifest knows what was wanted."""
    folder = tmp_path / "usage"
    argv = (*LONG_AGO, "--datasets", "models,consumption")
    run_until_killed(folder, *argv, step=steps, transport=Studio())
    assert read_manifest(folder)["since"] == {"models": "2026-10-01", "consumption": "2026-10-01"}

    export_well(folder, "--datasets", "models,consumption")

    assert days(folder, "models") == days(folder, "consumption") == ALL_DAYS


def test_a_manifest_of_an_older_version_begins_with_its_first_day(tmp_path: Path) -> None:
    """It does not say what was wanted."""
    export_well(tmp_path, "--since", "2026-10-05", "--until", "2026-10-06")
    document = read_manifest(tmp_path)
    del document["since"], document["crc32"]
    (tmp_path / "_manifest.json").write_text(json.dumps(document))

    export_well(tmp_path)

    assert days(tmp_path, "models")[0] == "2026-10-05"
    assert len(days(tmp_path, "models")) == 49


def test_a_later_run_with_since_does_not_forget_what_was_wanted(tmp_path: Path) -> None:
    """The earliest day stays, and what is missing after it is a gap."""
    export_well(tmp_path, "--since", "2026-10-05", "--until", "2026-10-05")
    export_well(tmp_path, "--since", "2026-10-08", "--until", "2026-10-08")

    found = export(tmp_path, "--verify", "--datasets", "models")
    assert read_manifest(tmp_path)["since"]["models"] == "2026-10-05"
    assert "models: 2026-10-06 to 2026-10-07 is missing" in found.stdout


def at(moment: datetime) -> Any:
    """An API whose clock says so, and which has nothing of any day."""

    def answer(day: str, query: Mapping[str, str]) -> httpx.Response:
        date = moment.strftime("%a, %d %b %Y %H:%M:%S GMT")
        return httpx.Response(200, json=usages(), headers={"Date": date})

    return Api(answer)


def test_a_clock_that_is_ahead_makes_nothing_final(tmp_path: Path) -> None:
    """The API's own is gone by: what is fetched too early is fetched again."""
    argv = ("--since", "2026-11-18", "--datasets", "models")
    ahead = NOW + timedelta(days=10)
    began = export_well(tmp_path, *argv, "--json", transport=at(NOW), now=ahead)
    entries = read_manifest(tmp_path)["datasets"]["models"]

    assert warnings_of(began) == [
        "this machine's clock is ahead of the API's, whose time was used instead"
    ]
    assert {entry["fetched_at"] for entry in entries.values()} == {"2026-11-22T18:30:00.000Z"}
    assert entries["2026-11-18"]["state"] == "final"
    assert {entries[f"2026-11-{day}"]["state"] for day in (19, 20, 22, 25)} == {"provisional"}

    later = ahead + timedelta(days=20)
    again = export_well(tmp_path, *argv, "--until", "2026-11-30", "--json", now=later)
    assert summary(again)[0] == 12


@pytest.mark.parametrize("apart", [timedelta(minutes=-60), timedelta(minutes=4)])
def test_clocks_that_are_about_the_same_are_nothing_to_tell(
    apart: timedelta, tmp_path: Path
) -> None:
    """Nor one that is behind, which makes nothing final too early."""
    argv = ("--since", "2026-11-18", "--datasets", "models", "--json")
    began = export_well(tmp_path, *argv, transport=at(NOW - apart))
    entries = read_manifest(tmp_path)["datasets"]["models"]

    assert warnings_of(began) == []
    assert {entry["fetched_at"] for entry in entries.values()} == {"2026-11-22T18:30:00.000Z"}


def test_what_another_run_writes_meanwhile_was_not_edited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at the manifest and that at the files."""
    argv = ("--since", "2026-10-05", "--until", "2026-10-06", "--datasets", "models")
    export_well(tmp_path, *argv)
    manifest = (tmp_path / "_manifest.json").read_bytes()
    other = tmp_path / "other"
    row = model_row("m", point("2026-10-05T00:00:00.000Z", jobs=1, cost=2))
    export_well(other, *argv, transport=Api(lambda day, query: usages(models=[row])))
    real = Folder.read
    left = [manifest]

    def read(folder: Folder, path: str) -> bytes | None:
        if path == "_manifest.json" and left:
            return left.pop()
        return real(folder, path)

    monkeypatch.setattr(Folder, "read", read)
    result = export_well(other, *argv, "--json")

    assert (left, result.json["edited"], warnings_of(result)) == ([], [], [])


def test_days_that_were_distrusted_and_have_not_come_are_no_findings(tmp_path: Path) -> None:
    """No export fetches them again before their time."""
    argv = ("--datasets", "models")
    export_well(tmp_path, *argv, now=NOW + timedelta(days=5))
    export_well(tmp_path, *argv)

    assert export(tmp_path, "--verify").stdout.endswith("all is as it was written\n")


@pytest.mark.parametrize("length", [19, 20, 300])
def test_a_newer_manifest_is_refused_although_it_is_cut_short(length: int, tmp_path: Path) -> None:
    """Whoever can read it is better at making it anew."""
    export_well(tmp_path, "--since", "2026-10-05", "--until", "2026-10-05")
    path = tmp_path / "_manifest.json"
    body = path.read_bytes().replace(b'{"schema_version":1', b'{"schema_version":3')[:length]
    path.write_bytes(body)

    assert_refused(export(tmp_path), 3, "was written by a newer version of this tool (schema 3)")
    assert path.read_bytes() == body


def test_a_table_of_which_nothing_is_wanted_is_not_missing(tmp_path: Path) -> None:
    """A run that ends before the table begins."""
    for table, day in (("assets", "2026-01-01"), ("models", "2026-01-09")):
        export_well(tmp_path, "--datasets", table, "--since", day, "--until", day)
    export_well(tmp_path, "--datasets", "assets,models", "--until", "2026-01-02")

    assert read_manifest(tmp_path)["since"] == {"assets": "2026-01-01", "models": "2026-01-09"}
    assert export(tmp_path, "--verify").code == 0


@pytest.mark.parametrize("since", ["2026-11-20", "2026-11-22", "2026-08-01"])
def test_a_dataset_goes_on_from_its_own_first_day(since: str, tmp_path: Path) -> None:
    """Not from 31 days ago, be that earlier or later; and so does a table that is added later."""
    export_well(tmp_path, "--datasets", "models", "--since", since)
    again = export_well(tmp_path, "--datasets", "models", "--settle", "0s", "--json")
    export_well(tmp_path, "--datasets", "models,assets")

    assert summary(again)[0] <= 1
    assert days(tmp_path, "models")[0] == days(tmp_path, "assets")[0] == since
    assert days(tmp_path, "models") == days(tmp_path, "assets")


def test_a_table_keeps_the_first_day_that_it_was_given(tmp_path: Path) -> None:
    """Whoever wants fewer days of one table than of another is not given more unasked."""
    export_well(tmp_path, "--datasets", "models", "--since", "2026-11-10")
    export_well(tmp_path, "--datasets", "assets", "--since", "2026-11-20")
    export_well(tmp_path, "--datasets", "models,assets")

    assert (days(tmp_path, "models")[0], days(tmp_path, "assets")[0]) == (
        "2026-11-10",
        "2026-11-20",
    )


def test_until_before_the_first_day_of_a_dataset_is_refused(tmp_path: Path) -> None:
    """With the first day, and the option that names an earlier one."""
    export_well(tmp_path, "--datasets", "models", "--since", "2026-11-20")
    result = export(tmp_path, "--datasets", "models", "--until", "2026-11-10")

    assert_refused(result, 2, "--until 2026-11-10 is before the first day, which is 2026-11-20")
