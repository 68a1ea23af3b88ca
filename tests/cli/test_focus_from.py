"""`report --format focus --from DIR`: rows of a dataset, which are those of the API."""

import csv
import io
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from tests.export.support import (
    TWO_DAYS,
    Studio,
    assert_refused,
    export_well,
    part,
    read_manifest,
    read_manifest_core,
    warnings_of,
    write_manifest,
)
from tests.support import FakeApi, Result, answer, run

DAYS = ("--start", "2026-10-05", "--end", "2026-10-08")
OF_DAYS = ("--since", "2026-10-05", "--until", "2026-10-08")
FOCUS = ("report", "--format", "focus")
PRICED = ("--cu-price", "0.0095", "--currency", "EUR")
NO_KEY = {"SCENARIO_USAGE_CONFIG": "/proc/nonexistent/config.toml"}
TEAM = "team_UzmNjIPvwzphVpbE0Eq6Qk"


@pytest.fixture(scope="module", params=[(), ("--format", "parquet"), ("--partition", "month")])
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Days of two months with projects, in each layout."""
    folder = tmp_path_factory.mktemp("focus") / "usage"
    days = ("--since", "2026-09-29", "--until", "2026-10-08")
    export_well(folder, "--demo", *days, "--by-project", *request.param)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four days with projects, of the demo."""
    export_well(tmp_path / "usage", "--demo", *OF_DAYS, "--by-project")
    return tmp_path / "usage"


def read(folder: Path, *argv: str) -> Result:
    """A run without credentials, which fails if it asks for anything."""
    return run(*FOCUS, "--from", str(folder), *argv, environ=NO_KEY, transport=FakeApi())


def forget_account(folder: Path) -> None:
    """Make a dataset as those that were begun before the team was kept."""
    document = read_manifest(folder)
    del document["scope"]["account"]
    write_manifest(folder, document)


@pytest.mark.parametrize(
    "argv",
    [
        ("--start", "2026-09-29", "--end", "2026-10-07"),
        (*DAYS, *PRICED, "--focus-version", "1.4"),
        (*DAYS, *PRICED, "--project", "R&D"),
    ],
)
def test_rows_of_a_dataset_are_those_of_the_api(exported: Path, argv: tuple[str, ...]) -> None:
    """Byte for byte, with a price and without, with what is said of them."""
    of_api = run(*FOCUS, "--demo", *argv, environ=NO_KEY)

    assert of_api.stdout.count("\n") > 5
    assert (of_api.code, read(exported, *argv)) == (0, of_api)


def test_a_file_called_parquet_is_the_same(folder: Path, tmp_path: Path) -> None:
    """As its types are those of the same table."""
    files = [tmp_path / f"{name}.parquet" for name in ("api", "dataset")]
    run(*FOCUS, "--demo", *DAYS, *PRICED, "--output", str(files[0]), environ=NO_KEY)

    assert read(folder, *DAYS, *PRICED, "--output", str(files[1])).code == 0
    assert files[1].read_bytes() == files[0].read_bytes()


def test_days_that_are_missing_or_not_final_are_told(tmp_path: Path) -> None:
    """Rows are of the days that there are, provisional as they were when they were exported."""
    for since, until in (("2026-11-18", "2026-11-19"), ("2026-11-21", "2026-11-22")):
        export_well(tmp_path, "--demo", "--since", since, "--until", until, "--by-project")
    period = ("--start", "2026-11-18", "--end", "2026-11-22", *PRICED)

    found = read(tmp_path, *period)

    assert warnings_of(found) == [
        f"2026-11-20 is missing in {tmp_path}, and in no figure here",
        "2026-11-19 is provisional: figures may have changed since the export",
        "2026-11-21 to 2026-11-22 are provisional: figures may have changed since the export",
    ]
    assert (
        "note: 3 days may still change, from 2026-11-19 to 2026-11-22: x_Provisional is true\n"
        in found.stderr
    )
    of_api = run(*FOCUS, "--demo", *period, environ=NO_KEY)
    missing = ",2026-11-20T00:00:00Z,2026-11-21T"
    left = [line for line in of_api.stdout.splitlines() if missing not in line]
    assert found.stdout.splitlines() == left


def test_a_day_without_one_of_its_tables_has_no_rows_that_are_wrong(tmp_path: Path) -> None:
    """Without its consumption, a day is what is itemised, and the rest is not negative."""
    export_well(tmp_path, "--demo", *OF_DAYS, "--by-project", "--datasets", "models,actions")
    until = ("--since", "2026-10-05", "--until", "2026-10-06", "--datasets", "consumption")
    export_well(tmp_path, "--demo", *until, "--by-project")

    found = read(tmp_path, *DAYS, *PRICED)

    assert warnings_of(found)[0] == (
        f"2026-10-07 to 2026-10-08 are missing in consumption in {tmp_path}, and in no figure here"
    )
    rows = list(csv.DictReader(io.StringIO(found.stdout)))
    days = {row["ChargePeriodStart"][:10] for row in rows}
    assert days == {f"2026-10-0{day}" for day in range(5, 9)}
    others = [row for row in rows if row["SkuId"] == "operation:other"]
    assert all(Decimal(row["PricingQuantity"]) >= 0 for row in others)


def test_the_team_is_kept_with_one_request_of_the_first_run(tmp_path: Path) -> None:
    """Only where rows of FOCUS can be made; later runs, and others, do not ask for it."""

    class Noting(Studio):
        teams = 0

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            self.teams += request.url.path.endswith("/teams")
            return super().handle_request(request)

    api = Noting()
    folder, models = tmp_path / "usage", ("--datasets", "assets")
    export_well(tmp_path / "plain", *OF_DAYS, *models, transport=api)
    before = api.teams
    export_well(folder, *TWO_DAYS, *models, "--by-project", transport=api)
    assert api.teams == before + 1
    account = read_manifest(folder)["scope"]["account"]
    assert account == {"id": TEAM, "name": "Kumo & Forêt ☁️"}
    export_well(folder, *OF_DAYS, *models, transport=api)
    assert api.teams == before + 1
    assert read_manifest(folder)["scope"]["account"] == account
    assert read_manifest(folder)["schema_version"] == 1

    before = read_manifest_core(folder)
    (folder / "_manifest.json").unlink()
    export_well(folder, *OF_DAYS, *models, "--by-project", transport=api)
    assert read_manifest_core(folder) == before


@pytest.mark.parametrize("teams", [403, 500, 0, 2])
def test_a_team_that_the_key_does_not_tell_fails_no_export(tmp_path: Path, teams: int) -> None:
    """The dataset is as it would be without it."""

    class Silent(Studio):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if not request.url.path.endswith("/teams"):
                return super().handle_request(request)
            if teams > 99:
                return httpx.Response(teams, json={})
            return answer({"teams": [{"id": f"team_{one}", "name": "T"} for one in range(teams)]})

    export_well(tmp_path, *OF_DAYS, "--by-project", transport=Silent())

    account = read_manifest(tmp_path)["scope"].get("account")
    # A key that may not list teams has that of its projects.
    assert account == ({"id": TEAM, "name": TEAM} if teams == 403 else None)


def test_a_dataset_without_its_team_is_given_one(folder: Path) -> None:
    """By its id; without one, exit 2 says so, and stdout is empty."""
    known = read(folder, *DAYS, *PRICED)
    assert read(folder, *DAYS, *PRICED, "--team", TEAM) == known
    forget_account(folder)

    assert_refused(read(folder, *DAYS), 2, "does not tell which team its rows are billed to")
    assert "--team ID" in read(folder, *DAYS).stderr
    named = read(folder, *DAYS, *PRICED, "--team", TEAM)
    assert named.stdout == known.stdout.replace(f"{TEAM},Kumo & Forêt ☁️,", f"{TEAM},{TEAM},")


def test_another_team_is_refused(folder: Path) -> None:
    """Where the dataset tells its own."""
    other = read(folder, *DAYS, "--team", "team_x")
    assert_refused(other, 2, f"{folder} is of the team {TEAM}, and not of team_x")


def test_a_dataset_that_was_narrowed_to_its_team_tells_it(tmp_path: Path) -> None:
    """By the id that its name meant, also in an older manifest."""
    export_well(tmp_path, "--demo", *OF_DAYS, "--by-project", "--team", "kumo & forêt ☁️")
    of_api = run(*FOCUS, "--demo", *DAYS, *PRICED, environ=NO_KEY)
    assert read(tmp_path, *DAYS, *PRICED).stdout == of_api.stdout
    forget_account(tmp_path)

    line = read(tmp_path, *DAYS, *PRICED).stdout.splitlines()[1]
    assert line.startswith(f"{TEAM},kumo & forêt ☁️,")


@pytest.mark.parametrize(
    ("exported_with", "words"),
    [
        ((), ("does not tell projects apart",)),
        (("--datasets", "activity,models,actions,consumption"), ("does not tell projects apart",)),
        (("--by-project", "--datasets", "models"), ("has no consumption",)),
        (("--format", "focus"), ("has rows of FOCUS, and no consumption",)),
    ],
)
def test_a_dataset_that_lacks_what_rows_are_made_of_is_refused(
    tmp_path: Path, exported_with: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """With the option of export that has it."""
    export_well(tmp_path, "--demo", *OF_DAYS, *exported_with)

    found = read(tmp_path, *DAYS, "--team", TEAM)

    assert_refused(found, 2, *words)
    if "apart" in words[0]:
        assert "--by-project" in found.stderr


@pytest.mark.parametrize(
    ("argv", "word"),
    [
        (("--tz", "Europe/Paris"), "rows of FOCUS are of days in UTC"),
        (("--last", "24h"), "is not a whole day"),
        (("--period", "2026-03"), "has no day of the period"),
        (("--by", "project"), "--format focus and --by contradict"),
        (("--jobs", "2"), "--from and --jobs contradict"),
        (("--save-raw", "raw.json"), "--from and --save-raw contradict"),
        ((*DAYS, "--user", "user_x"), "does not tell people apart in models"),
        ((*DAYS, "--cu-price", "list"), "the list price"),
    ],
)
def test_what_is_refused(exported: Path, argv: tuple[str, ...], word: str) -> None:
    """As beside other formats, and as of the API."""
    assert_refused(read(exported, *argv), 2, word)


def test_damage_is_found(folder: Path) -> None:
    """Before anything is written."""
    part(folder, "actions", "2026-10-06").write_text("x\n")
    assert_refused(read(folder, *DAYS), 7, "actions/date=2026-10-06/part.csv was changed")
