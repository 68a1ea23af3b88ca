"""The days of an export may be named as the period of a report is, in whole days of UTC."""

from pathlib import Path

import pytest

from tests.export.support import Api, assert_refused, export, export_well, no_request, read_tree

MODELS = ("--datasets", "models")


@pytest.mark.parametrize(
    ("options", "first", "last"),
    [
        (["--period", "2026-10-09"], "2026-10-09", "2026-10-09"),
        (["--period", "9 october"], "2026-10-09", "2026-10-09"),
        (["--period", "last week"], "2026-11-09", "2026-11-15"),
        (["--period", "2026-W41"], "2026-10-05", "2026-10-11"),
        (["--period", "2026-10-05..2026-10-06"], "2026-10-05", "2026-10-06"),
        (["--period", "3d"], "2026-11-20", "2026-11-22"),
        (["--last", "3 days"], "2026-11-20", "2026-11-22"),
        (["--start", "2026-10-05", "--end", "2026-10-06"], "2026-10-05", "2026-10-06"),
        (["--start", "yesterday"], "2026-11-21", "2026-11-22"),
        (["--start", "yesterday", "--end", "now"], "2026-11-21", "2026-11-22"),
        (["--start", "yesterday", "--end", "2030"], "2026-11-21", "2026-11-22"),
        (["--since", "w46", "--until", "last week"], "2026-11-09", "2026-11-15"),
        (["--since", "2 days ago", "--until", "yesterday"], "2026-11-20", "2026-11-21"),
    ],
    ids=" ".join,
)
def test_days_are_named_as_in_every_command(
    options: list[str], first: str, last: str, tmp_path: Path
) -> None:
    """Whatever names the same days makes the same dataset."""
    export_well(tmp_path / "said", *MODELS, *options)
    export_well(tmp_path / "meant", *MODELS, "--since", first, "--until", last)

    assert read_tree(tmp_path / "said") == read_tree(tmp_path / "meant")
    assert export(tmp_path / "said", *MODELS, *options, "--verify").code == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--last", "24h"], "--last 24h is not a whole day"),
        (["--period", "24 hours"], "--period 24 hours is not a whole day"),
        (["--start", "2026-10-05T08:30"], "--start 2026-10-05T08:30 is not a whole day"),
        (["--start", "2026-10-05", "--end", "2026-10-06 08:30"], "is not a whole day"),
        (["--start", "now"], "--start now is not a whole day"),
        (["--end", "2026-10-05"], "--end 2026-10-05 has no --start"),
        (["--since", "2026-10-05", "--start", "2026-10-05"], "two ways to name a period"),
        (["--since", "2026-10-05", "--end", "2026-10-05"], "two ways to name a period"),
        (["--until", "2026-10-05", "--last", "7d"], "two ways to name a period"),
        (["--period", "last-month", "--last", "7d"], "two ways to name a period"),
        (["--period", "2027"], "--period 2027 starts in the future"),
        (["--period", "1969"], "before 1970"),
        (["--start", "05/12/2026"], "--start '05/12/2026' is not a date"),
        (["--since", "05/12/2026"], "--since '05/12/2026' is not a date"),
        (["--period", "past week"], "--period 'past week' is not known"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.parametrize("how", [[], ["--verify"], ["--dry-run"]], ids=" ".join)
def test_what_names_no_whole_days_is_refused(
    how: list[str], options: list[str], words: str, tmp_path: Path
) -> None:
    """Exit 2 before anything is asked for, and no folder is made."""
    result = export(tmp_path / "new", *options, *how, transport=Api(no_request))

    assert_refused(result, 2, words)
    assert not (tmp_path / "new").exists()


def test_the_zone_of_other_commands_is_not_that_of_a_dataset(tmp_path: Path) -> None:
    """Its days are those of UTC, and there is no option for others."""
    result = export(tmp_path / "new", "--period", "today", "--tz", "Asia/Tokyo")

    assert_refused(result, 2, "--tz")
