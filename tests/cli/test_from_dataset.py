"""`--from DIR`: a dataset in the place of the API, and what it cannot tell."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from scenario_usage_cli.export.lock import lock_store
from scenario_usage_cli.export.open_store import open_store
from tests.export.support import ENVIRON, Studio, export_well, part
from tests.support import NOW, FakeApi, Result, answer, run

MONTH = ("--start", "2026-10-05", "--end", "2026-10-08")
OF_MONTH = ("--since", "2026-10-05", "--until", "2026-10-08")
TABLES = "models,assets,actions,moderation,quality_gates,consumption,activity"
NO_KEY = {"SCENARIO_USAGE_CONFIG": "/proc/nonexistent/config.toml"}
MATEO = "user_CyPwBcSZ6oJ8Xo5TOkBlWq"
XIAOFANG = "user_7LMGCnvZeRSZ5u8FLJvXxQ"
RND = "R&D"
KOYO = "project_U2iQX1DgTvbHRmCk4zm8sd"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four days of all tables, with projects."""
    folder = tmp_path_factory.mktemp("from") / "usage"
    export_well(folder, "--demo", *OF_MONTH, "--datasets", TABLES, "--by-project")
    return folder


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same without projects and events."""
    folder = tmp_path_factory.mktemp("from") / "plain"
    export_well(folder, "--demo", *OF_MONTH)
    return folder


@pytest.fixture
def folder(exported: Path, tmp_path: Path) -> Path:
    """A copy that may be damaged."""
    return Path(shutil.copytree(exported, tmp_path / "usage"))


def read(*argv: str, environ: dict[str, str] = NO_KEY) -> Result:
    """A run without credentials and without a network."""
    return run(*argv, environ=environ)


def assert_refused(result: Result, code: int, *words: str) -> None:
    """The exit code, nothing on stdout, and two lines at the end of stderr with these words."""
    assert (result.code, result.stdout) == (code, ""), result
    error, hint = result.stderr.splitlines()[-2:]
    assert (error.split(":")[0], hint.split(":")[0]) == ("error", "hint")
    for word in words:
        assert word.lower() in (error + hint).lower()


@pytest.mark.parametrize(
    "command",
    [
        ("report", *MONTH),
        ("report", *MONTH, "--by", "project"),
        ("report", *MONTH, "--format", "slack"),
        ("trend", *MONTH, "--by", "day", "--split", "project"),
        ("trend", *MONTH, "--heatmap"),
        ("compare", "--period", "2026-10-08", "--against", "2026-10-07"),
        ("activity", *MONTH, "--limit", "150"),
        ("activity", *MONTH, "--all", "--format", "ndjson"),
        ("activity", *MONTH, "--sort", "cost", "--cu-price", "0.5", "--currency", "EUR"),
    ],
)
def test_people_see_the_same_as_of_the_api(exported: Path, command: tuple[str, ...]) -> None:
    """In tables and whatever people read, where rows of zeros are left out, byte for byte."""
    for columns in (None, 100):
        of_api = run(*command, "--demo", environ=NO_KEY, columns=columns)
        found = run(*command, "--from", str(exported), environ=NO_KEY, columns=columns)

        assert (found.code, found.stdout) == (0, of_api.stdout)
        assert found.stderr == of_api.stderr


def test_names_are_looked_up_in_the_dataset(exported: Path) -> None:
    """Of projects and people, ignoring case, as in the API's lists."""
    for narrowed in (("--project", "r&d"), ("--section", "consumption", "--user", "mateo álvarez")):
        command = ("report", *MONTH, *narrowed)

        of_api = read(*command, "--demo")

        assert (of_api.code, read(*command, "--from", str(exported))) == (0, of_api)


def test_an_unknown_name_is_answered_with_those_that_there_are(exported: Path) -> None:
    """Those of the rows."""
    result = read("report", *MONTH, "--project", "Rendering", "--from", str(exported))
    assert_refused(result, 2, "--project 'Rendering' is not known", "R&D")


@pytest.mark.parametrize(
    ("command", "known"),
    [
        (("report", *MONTH, "--project"), KOYO),
        (("report", *MONTH, "--section", "consumption", "--user"), XIAOFANG),
        (("trend", *MONTH, "--project"), KOYO),
        (("compare", "--period", "2026-10-08", "--against", "2026-10-07", "--project"), KOYO),
        (("activity", *MONTH, "--project"), KOYO),
        (("activity", *MONTH, "--user"), XIAOFANG),
    ],
)
def test_an_id_that_no_day_has_is_unknown(
    exported: Path, command: tuple[str, ...], known: str
) -> None:
    """As one that the API does not list: figures of 0 would be a wrong answer to a slip."""
    result = read(*command, f"{known}X", "--from", str(exported))

    assert_refused(result, 2, f"{command[-1]} '{known}X' is not known", f"nearest: {known} (")


def test_an_unknown_id_of_a_profile_is_told_with_its_place(exported: Path, tmp_path: Path) -> None:
    """Exit code 3, as everywhere."""
    config = tmp_path / "config.toml"
    config.write_text('default_profile = "a"\n[profiles.a]\nprojects = ["project_x"]\n')

    result = read(
        *("report", *MONTH, "--from", str(exported)), environ={"SCENARIO_USAGE_CONFIG": str(config)}
    )

    assert_refused(result, 3, "project_x' is not known", "profile 'a'")


def test_an_id_with_nothing_in_the_period_is_known_from_other_days(tmp_path: Path) -> None:
    """It has figures of 0 and no warning, as of the API."""
    sunday = "2026-10-04"
    days = ("--since", sunday, "--until", "2026-10-05")
    export_well(tmp_path, "--demo", *days, "--datasets", "consumption")
    command = ("report", "--period", sunday, "--section", "consumption", "--user", XIAOFANG)

    result = read(*command, "--from", str(tmp_path))

    assert result == read(*command, "--demo")
    assert (result.code, result.stderr) == (0, "")


def test_the_people_of_a_hint_have_their_aliases(exported: Path) -> None:
    """Beside --pseudonyms, no message tells a name."""
    environ = {"SCENARIO_USAGE_CONFIG": str(exported.parent / "config.toml")}

    result = read(
        *("report", *MONTH, "--section", "consumption", "--user", f"{XIAOFANG}X", "--pseudonyms"),
        *("--from", str(exported)),
        environ=environ,
    )

    assert_refused(result, 2, "is not known", "person_")
    assert XIAOFANG not in result.stderr.replace(f"{XIAOFANG}X", "")
    assert "王小芳" not in result.stderr


def test_people_of_a_dataset_of_aliases_are_found_by_their_ids(tmp_path: Path) -> None:
    """With the secret of the export; without it, nothing tells the alias."""
    environ = {**ENVIRON, "SCENARIO_USAGE_CONFIG": str(tmp_path / "config.toml")}
    argv = (*OF_MONTH, "--datasets", "consumption,activity", "--pseudonyms")
    exported = run("export", str(tmp_path / "d"), *argv, environ=environ, transport=Studio())
    assert exported.code == 0, exported.stderr
    of_person = ("report", *MONTH, "--section", "consumption", "--json", "--user")
    place = ("--from", str(tmp_path / "d"))

    asked = (*of_person, XIAOFANG, "--pseudonyms")
    of_api = run(*asked, environ=environ, transport=Studio())
    found = run(*asked, *place, environ=environ)
    assert found.json["consumption"] == of_api.json["consumption"]
    assert found.json["filters"] == of_api.json["filters"]

    (alias,) = found.json["filters"]["user_ids"]
    by_alias = read(*of_person, alias, *place)
    assert by_alias.json["consumption"] == found.json["consumption"]

    unknown = run(*of_person, f"{XIAOFANG}X", *place, "--pseudonyms", environ=environ)
    assert_refused(unknown, 2, "is not known", "person_")
    other = {"SCENARIO_USAGE_CONFIG": str(tmp_path / "other.toml")}
    for result in (
        read(*of_person, XIAOFANG, *place),
        run(*of_person, XIAOFANG, *place, "--pseudonyms", environ=other),
        read("activity", *MONTH, "--user", XIAOFANG, *place),
    ):
        assert_refused(result, 2, "has aliases in the place of people", "--pseudonyms")


def test_cost_centres_of_projects_are_those_of_the_api(exported: Path, tmp_path: Path) -> None:
    """By the same table; people of cost centres are not told apart in models."""
    centres = tmp_path / "centres.toml"
    centres.write_text('[cost_centres.Research]\nprojects = ["R&D"]\n')
    command = ("report", *MONTH, "--by", "cost-centre", "--cost-centres", str(centres))

    of_api = read(*command, "--demo")

    assert (of_api.code, read(*command, "--from", str(exported))) == (0, of_api)

    centres.write_text('[cost_centres.Research]\nusers = ["Mateo Álvarez"]\n')
    result = read(*command, "--from", str(exported))
    assert_refused(result, 2, "does not tell people apart in models, assets", "no option of export")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("report", "--by", "project"), ("not tell projects apart", "--by-project")),
        (("report", "--project", RND), ("not tell projects apart", "--by-project")),
        (("report", "--project", "project_x"), ("not tell projects apart", "--by-project")),
        (("trend", "--split", "project"), ("not tell projects apart", "--by-project")),
        (("report", "--by", "user"), ("not tell people apart in models, assets",)),
        (("report", "--user", MATEO), ("not tell people apart in models, assets",)),
        (("report", "--team", "team_x"), ("of all teams of its key, and not of team_x",)),
        (("activity",), ("has no activity", "--datasets activity adds it; it has models")),
    ],
)
def test_what_a_dataset_lacks_is_told(
    plain: Path, command: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """And which option of export would have it, if any."""
    assert_refused(read(*command, *MONTH, "--from", str(plain)), 2, *words)


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("report", "--tz", "Europe/Paris"), ("begin in UTC, and not in Europe/Paris", "--tz UTC")),
        (("report", "--last", "24h"), ("is not a whole day",)),
        (("report", "--start", "2026-10-05T08:00", "--end", "2026-10-06"), ("not a whole day",)),
        (("report", "--start", "2026-10-05", "--end", "2026-10-06T08:00"), ("not a whole day",)),
        (("trend", *MONTH, "--by", "hour"), ("what was before 2026-10-05T01:00:00Z", "--by day")),
        (("report", "--period", "billing"), ("--from and the billing period contradict",)),
        (("report", "--period", "2026-03"), ("no day of the period", "2026-10-05 to 2026-10-08")),
        (("compare", "--period", "2026-10-05"), ("no day of the period 2026-10-04",)),
        (("report", *MONTH, "--jobs", "2"), ("--from and --jobs contradict", "asks no API")),
        (("trend", *MONTH, "--demo"), ("--from and --demo contradict",)),
        (("compare", *MONTH, "--base-url", "http://x"), ("--from and --base-url contradict",)),
        (("activity", *MONTH, "--retries", "1"), ("--from and --retries contradict",)),
        (("report", *MONTH, "--save-raw", "x"), ("--from and --save-raw contradict",)),
        (("report", *MONTH, "--keep-going"), ("--from and --keep-going contradict",)),
        (("report", *MONTH, "--cu-price", "list"), ("the list price of a CU contradict",)),
    ],
)
def test_what_contradicts_a_dataset_is_refused(
    exported: Path, argv: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """With the reason; nothing is shown."""
    assert_refused(read(*argv, "--from", str(exported)), 2, *words)


def test_days_that_are_missing_or_provisional_are_warned_of(tmp_path: Path) -> None:
    """Each stretch of them, with the tables that lack it; the figures are of the others."""
    days = ("--since", "2026-11-18", "--until", "2026-11-19")
    export_well(tmp_path, "--demo", *days)
    export_well(tmp_path, "--demo", "--since", "2026-11-22", "--datasets", "models,assets")

    report = read("report", "--start", "2026-11-18", "--from", str(tmp_path), "--json")

    name = str(tmp_path)
    assert (
        report.json["warnings"][:3]
        == [
            f"2026-11-20 to 2026-11-21 are missing in {name}, and in no figure here",
            "2026-11-22 is missing in consumption, actions, moderation, quality_gates in "
            f"{name}, and in no figure here",
            "2026-11-19 is provisional: figures may have changed since the export",
        ]
        or report.json["warnings"]
    )
    assert f"warning: 2026-11-20 to 2026-11-21 are missing in {name}" in report.stderr


@pytest.fixture(scope="module")
def gaping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset that lacks two days of four, and one more of assets."""
    folder = tmp_path_factory.mktemp("from") / "gaping"
    tables = ("--by-project", "--datasets", "models,actions,consumption")
    export_well(folder, "--demo", "--since", "2026-10-05", "--until", "2026-10-05", *tables)
    export_well(folder, "--demo", "--since", "2026-10-08", "--until", "2026-10-08", *tables)
    export_well(folder, "--demo", *("--since", "2026-10-08"), *("--until", "2026-10-08"))
    return folder


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--split", "model"),
        ("--split", "action"),
        ("--split", "project"),
        ("--cu-price", "0.5", "--currency", "EUR"),
    ],
)
def test_a_missing_day_of_a_trend_is_null(gaping: Path, options: tuple[str, ...]) -> None:
    """It may have cost anything; a day on which nothing was used is 0, and both sum to the rest."""
    trend = ("trend", *MONTH, "--from", str(gaping), "--by", "day", *options)
    table, found = read(*trend), read(*trend, "--json").json

    days: dict[str, set[bool]] = {}
    for point in found["points"]:
        key = "cost" if "--split" not in options or options[1] != "action" else "count"
        days.setdefault(point["start"][:10], set()).add(point[key] is None)
        assert not point["partial"]
        assert (point.get("amount") is None) is (
            point["cost"] is None or "--cu-price" not in options
        )
    assert days == {
        "2026-10-05": {False},
        "2026-10-06": {True},
        "2026-10-07": {True},
        "2026-10-08": {False},
    }
    assert "––" in next(line for line in table.stdout.splitlines() if "█" in line)
    (line,) = (line for line in table.stdout.splitlines() if "2026-10-06 Tue" in line)
    assert "–" in line
    assert "partial" not in table.stdout


def test_a_table_that_lacks_a_day_is_null_there_alone(gaping: Path) -> None:
    """The other figures of the day are known."""
    argv = ("trend", *MONTH, "--from", str(gaping), "--by", "day", "--json")
    first, *_, last = read(*argv).json["points"]

    assert (first["count"], first["cost"] > 0) == (None, True)
    assert (last["count"] > 0, last["cost"] > 0) == (True, True)


def test_a_week_that_lacks_days_is_partial(gaping: Path) -> None:
    """Its figures are of the days that there are; the note says why."""
    trend = ("trend", "--period", "2026-W41", "--from", str(gaping), "--by", "week")
    (point,) = read(*trend, "--json").json["points"]

    assert (point["partial"], point["cost"] > 0) == (True, True)
    assert " * partial: the period begins or ends within it, or days of it are missing" in (
        read(*trend).stdout
    )


@pytest.mark.parametrize("split", ["total", "project"])
def test_a_page_does_not_take_a_missing_day_for_a_free_one(gaping: Path, split: str) -> None:
    """Neither in its mean nor among the days that cost nothing."""
    page = read("trend", *MONTH, "--from", str(gaping), "--split", split, "--format", "html").stdout

    assert "of 2 whole days." in page
    assert "2 days are not known." in page
    assert "had no cost" not in page


def test_days_are_final_as_the_export_said(tmp_path: Path) -> None:
    """A longer --settle makes more of them provisional."""
    export_well(tmp_path, "--demo", *OF_MONTH, "--settle", "9w")

    report = read("report", *MONTH, "--from", str(tmp_path), "--json")

    assert report.json["warnings"][0].startswith("2026-10-05 to 2026-10-08 are provisional")


def test_a_narrowed_dataset_says_what_it_is_of(tmp_path: Path) -> None:
    """Its own filters are those of every report, and its own names mean what they meant."""
    export_well(tmp_path, "--demo", *OF_MONTH, "--project", RND)
    for narrowed in ((), ("--project", RND)):
        report = read("report", *MONTH, "--from", str(tmp_path), "--json", *narrowed)
        of_api = read("report", *MONTH, "--demo", "--project", RND, "--json")

        assert report.json["filters"] == of_api.json["filters"]
        assert report.json["totals"] == of_api.json["totals"]
        assert f"note: {tmp_path} was exported for project_" in report.stderr

    by_project = ("report", *MONTH, "--by", "project", "--project", RND, "--json")
    pairs, expected = (
        {
            (row["project_id"], row["project"])
            for row in read(*by_project, *source).json["breakdown"]["rows"]
        }
        for source in (("--from", str(tmp_path)), ("--demo",))
    )
    assert pairs == expected

    other = read("report", *MONTH, "--from", str(tmp_path), "--project", "project_x")
    assert_refused(other, 2, "has only the projects project_", "and not project_x")


def test_a_profile_narrows_a_dataset_as_it_narrows_the_api(exported: Path, tmp_path: Path) -> None:
    """Its projects are found in the rows; its team must be that of the dataset."""
    config = tmp_path / "config.toml"
    environ = {"SCENARIO_USAGE_CONFIG": str(config)}
    argv = ("report", *MONTH, "--json")
    config.write_text('default_profile = "a"\n[profiles.a]\nprojects = ["R&D"]\n')

    found = read(*argv, "--from", str(exported), environ=environ)
    of_api = read(*argv, "--demo", "--project", RND)
    assert (found.json["filters"], found.json["totals"]) == (
        of_api.json["filters"],
        of_api.json["totals"],
    )

    config.write_text('default_profile = "a"\n[profiles.a]\nteam = "Kumo"\n')
    result = read(*argv, "--from", str(exported), environ=environ)
    assert_refused(result, 3, "is of the team team_", "and not of Kumo")


def test_a_short_trend_is_of_days(exported: Path) -> None:
    """Of the API, it is of hours, which a dataset does not have."""
    trend = read("trend", "--period", "2026-10-06", "--from", str(exported), "--json")

    assert trend.json["by"] == "day"
    assert len(trend.json["points"]) == 1


def test_a_page_names_the_team_of_the_dataset(exported: Path) -> None:
    """As the page of the API does."""
    pages = [
        read("report", *MONTH, "--format", "html", *source).stdout
        for source in (("--demo",), ("--from", str(exported)))
    ]

    of_api, found = (page[page.index("<title>") : page.index("</title>")] for page in pages)
    assert found == of_api
    assert "team Kumo" in found


def test_a_page_needs_no_api(exported: Path, tmp_path: Path) -> None:
    """It has what the dataset has, and no plan."""
    page = tmp_path / "page.html"

    result = read("report", *MONTH, "--from", str(exported), "--output", str(page))

    assert result.code == 0, result.stderr
    assert "R&amp;D" in page.read_text()


def test_people_can_be_hidden(exported: Path) -> None:
    """As of the API: no name and no address is left."""
    environ = {"SCENARIO_USAGE_CONFIG": str(exported.parent / "config.toml")}

    report = read("report", *MONTH, "--from", str(exported), "--pseudonyms", environ=environ)

    assert report.code == 0
    assert "Mateo" not in report.stdout + report.stderr
    assert "@kumo.example" not in report.stdout


@pytest.mark.parametrize("command", ["report", "trend", "compare", "activity", "quota"])
def test_a_place_that_is_no_dataset_is_refused(command: str, tmp_path: Path) -> None:
    """No folder, an empty one, one without a manifest, a file, a date, and a URL that refuses."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "files" / "models").mkdir(parents=True)
    (tmp_path / "file").write_text("{}")
    here = str(tmp_path)
    argv = (command, "--demo") if command == "quota" else (command,)

    assert_refused(read(*argv, "--from", f"{here}/gone"), 3, "no such")
    assert_refused(read(*argv, "--from", f"{here}/empty"), 3, "_manifest.json is missing")
    assert_refused(read(*argv, "--from", f"{here}/files"), 3, "there is no dataset in")
    assert_refused(read(*argv, "--from", "memory://nothing/here"), 3, "there is no dataset in")
    assert_refused(read(*argv, "--from", "nostore://bucket/usage"), 3, "nostore")
    assert_refused(read(*argv, "--from", "s3://key:secret@bucket/usage"), 2, "password")
    assert_refused(read(*argv, "--from", "2026-05-01"), 3, "use --start 2026-05-01")
    if command != "report":
        assert_refused(read(*argv, "--from", f"{here}/file"), 2, "is not a folder")
        assert_refused(read(*argv, "--from", "-"), 2, "--from - is not a folder")


def _newer(folder: Path) -> None:
    (folder / "_manifest.json").write_text(json.dumps({"schema_version": 99}))


def _edit(folder: Path) -> None:
    path = part(folder, "consumption", "2026-10-06")
    path.write_text(path.read_text().replace("Mateo", "Matteo"))


@pytest.mark.parametrize(
    ("damage", "code", "words"),
    [
        (_newer, 3, ("newer version of this tool (schema 99)",)),
        (_edit, 7, ("consumption/date=2026-10-06/part.csv was changed", "--verify lists all")),
        (
            lambda folder: part(folder, "consumption", "2026-10-07").unlink(),
            7,
            ("consumption/date=2026-10-07/part.csv is missing",),
        ),
        (
            lambda folder: (folder / "_manifest.json").write_text('{"schema_version":1,'),
            7,
            ("_manifest.json is damaged",),
        ),
    ],
)
def test_a_damaged_dataset_is_refused_by_the_name_of_its_file(
    folder: Path, damage: Callable[[Path], object], code: int, words: tuple[str, ...]
) -> None:
    """As --verify finds it; what does not need that file is told."""
    damage(folder)

    assert_refused(read("report", *MONTH, "--from", str(folder)), code, *words)
    if code == 7 and "consumption" in words[0]:
        assert read("report", *MONTH, "--section", "assets", "--from", str(folder)).code == 0


def test_a_dataset_that_is_being_written_is_refused(folder: Path) -> None:
    """And names the process; afterwards, it is read."""
    with lock_store(open_store(str(folder)), 1, NOW):
        result = read("trend", *MONTH, "--by", "day", "--from", str(folder))
    assert_refused(result, 3, "is being written by an export: process", "try again")

    assert read("trend", *MONTH, "--by", "day", "--from", str(folder)).code == 0


def test_a_quota_forecasts_from_the_days_of_a_dataset(tmp_path: Path) -> None:
    """The plan is asked for, and the days are not; a gap before today is refused."""
    export_well(tmp_path, "--demo", "--since", "2026-11-01", "--datasets", "consumption,actions")
    later = NOW + timedelta(days=3)

    found = run("quota", "--demo", "--json", "--from", str(tmp_path), environ=NO_KEY)
    late = run("quota", "--demo", "--from", str(tmp_path), environ=NO_KEY, now=later)

    assert found.json["totals"]["forecast"]
    assert_refused(late, 2, "does not have all figures of 2026-11-24, the day before today")
    line = run("quota", "--line", "--demo", "--from", str(tmp_path), environ=NO_KEY)
    assert_refused(line, 2, "--line and --from contradict")


def test_a_quota_of_a_dataset_takes_no_query_for_days() -> None:
    """Only the plan and the caps are requests."""
    export_well(
        "memory://quota/usage", "--since", "2026-11-20", "--datasets", "consumption,actions"
    )
    limits = {"limits": {"creativeUnits": 10}, "values": {"creativeUnits": 5}}
    api = FakeApi(
        answer({"teams": [{"id": "team_1", "name": "Kumo"}]}),
        answer(limits),
        answer({"team": {"id": "team_1"}}),
        answer({"projects": []}),
    )

    result = run("quota", "--json", "--from", "memory://quota/usage", transport=api)

    assert result.code == 0, result.stderr
    assert [request.url.path for request in api.requests if "usages" in request.url.path] == []
    assert isinstance(api.requests[0], httpx.Request)
