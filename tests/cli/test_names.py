"""Names for ids, looked up beside the main request: in every command, and never a failure."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cases import each
from tests.report.builders import charge, model
from tests.support import CREDENTIALS, NOW, Result, answer, at, run, usages

PIPELINE, OTHER_PIPELINE, GONE = "apiu_S3J1Q9Ttb", "apiu_ofnVGRxTy", "apiu_deleted01"
ANN, BO = "user_ann", "user_bo"
KEYS = [
    {"id": PIPELINE, "apiKeyId": "api_1", "name": "ci-pipeline"},
    {"id": "apiu_2", "apiKeyId": "api_2", "name": "unity"},
]
LISTS: Mapping[str, Any] = {
    "/projects": {
        "projects": [
            {"id": "project_1", "name": "Marketing & Trailers"},
            {"id": "project_2", "name": "Hero"},
        ]
    },
    "/teams": {"teams": [{"id": "team_1", "name": "Kumo"}]},
    "/teams/team_1": {"team": {"users": [{"id": ANN, "email": "ann@kumo.example"}], "keys": KEYS}},
}
USAGE = usages(
    consumption=[charge(PIPELINE, 5), charge(ANN, 2), charge(GONE, 1)],
    models=[model("m1", cost=8, jobs=1)],
    users=[
        {"id": PIPELINE, "isApiKey": True, "apiKeyId": "api_1"},
        {"id": ANN, "fullName": "Ann Lee", "email": "ann@kumo.example", "isApiKey": False},
    ],
)
WITHOUT_KEYS = usages(consumption=[charge(ANN, 2), charge(BO, 1)])
DAY = ("--start", "2026-11-21", "--end", "2026-11-21")
TEAM_ASKED = ["/teams", "/teams/team_1"]


class Account(httpx.BaseTransport):
    """The API of an account; `lists` may have what raises, or what is called for an answer."""

    def __init__(self, found: Any = USAGE, lists: Mapping[str, Any] = LISTS) -> None:
        self.paths: list[str] = []
        self._found = found
        self._lists = lists

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v1")
        self.paths.append(path)
        if path == "/usages":
            found = self._found() if callable(self._found) else self._found
            return answer(at(request.url.params["startDate"], found))
        found = self._lists[path]
        if callable(found):
            found = found()
        if isinstance(found, Exception):
            raise found
        if isinstance(found, httpx.Response):
            return found
        return answer({"message": "no"}, found) if isinstance(found, int) else answer(found)


def report(*argv: str, api: Account | None = None, **more: Any) -> Result:
    """A report of a day that ends well."""
    result = run("report", *DAY, *argv, transport=api or Account(), **more)

    assert result.code == 0, result.stderr
    return result


def named(result: Result) -> dict[str, tuple[str, bool | None]]:
    """What the rows of consumption say of each user."""
    rows = result.json["consumption"]
    return {row["user_id"]: (row["name"], row["is_api_key"]) for row in rows}


def in_team(*keys: Any) -> Mapping[str, Any]:
    """Lists with these keys in the team."""
    return {**LISTS, "/teams/team_1": {"team": {"users": [], "keys": list(keys)}}}


def test_rows_of_api_keys_have_their_names() -> None:
    """A key that the team no longer has keeps its id; nobody else is touched."""
    result = report("--json")

    assert result.stderr == ""
    assert named(result) == {
        PIPELINE: ("ci-pipeline", True),
        ANN: ("Ann Lee", False),
        GONE: (GONE, None),
    }


def test_a_key_without_an_entity_is_known_to_be_one() -> None:
    """The list of the team's keys says so."""
    found = usages(consumption=[charge("apiu_2", 5)])

    assert named(report("--json", api=Account(found))) == {"apiu_2": ("unity", True)}


def test_people_read_that_it_is_a_key() -> None:
    """In the name, as narrow tables have no column for it."""
    text = report("--section", "consumption").stdout

    assert "ci-pipeline (API key)" in text
    assert PIPELINE not in text


@each(
    ("argv", "found", "paths"),
    [
        (("--json",), WITHOUT_KEYS, []),
        (("--json", "-p", "project_1", "-u", ANN, "--team", "team_1"), WITHOUT_KEYS, []),
        (("--csv", "-p", "project_1"), WITHOUT_KEYS, []),
        ((), WITHOUT_KEYS, []),
        (("--json",), USAGE, TEAM_ASKED),
        (("--json", "--team", "team_1"), USAGE, ["/teams/team_1"]),
        (("--json", "--section", "models"), USAGE, []),
        (("--section", "models"), USAGE, []),
        (("-p", "project_1"), WITHOUT_KEYS, ["/projects"]),
        (("-p", "project_1", "-f", "markdown"), WITHOUT_KEYS, ["/projects"]),
        (("--team", "team_1"), WITHOUT_KEYS, ["/teams"]),
        (("-u", ANN), WITHOUT_KEYS, []),
        (("--section", "models", "-u", PIPELINE), USAGE, TEAM_ASKED),
        (("-p", "project_1"), USAGE, ["/projects", *TEAM_ASKED]),
    ],
)
def test_only_what_needs_a_name_is_looked_up(
    argv: tuple[str, ...], found: Any, paths: list[str]
) -> None:
    """After the main request, and each list once."""
    api = Account(found)
    report(*argv, api=api)

    assert api.paths[0] == "/usages"
    assert sorted(api.paths[1:]) == sorted(paths)


def test_headings_have_names() -> None:
    """Of projects, teams, people and keys, and one of each is not several."""
    filters = ("-p", "project_1,project_2", "-u", f"{ANN},{PIPELINE}", "--team", "team_1")
    for command in ("report", "trend", "compare"):
        text = run(command, *DAY, *filters, transport=Account()).stdout

        assert " · team Kumo · projects Marketing & Trailers, Hero · " in text
        assert " · users Ann Lee, ci-pipeline (API key)\n" in text
    assert " · project Hero · user Ann Lee\n" in report("-p", "project_2", "-u", ANN).stdout


def test_filters_in_json_stay_ids() -> None:
    """Keys and values that scripts read today."""
    filters = report("--json", "-p", "project_1", "-u", ANN, "--team", "team_1").json["filters"]

    assert filters == {
        "team_id": "team_1",
        "project_ids": ["project_1"],
        "user_ids": [ANN],
        "models": [],
    }


def test_a_comparison_and_a_breakdown_have_names_too() -> None:
    """Data have the bare name, tables say what it is."""
    compared = run("compare", *DAY, "--json", transport=Account()).json
    by_user = report("--by", "user", "--json").json["breakdown"]
    text = report("--by", "user", "--section", "breakdown").stdout
    compared_text = run("compare", *DAY, transport=Account()).stdout

    assert {row["name"] for row in compared["consumption"]} == {"ci-pipeline", "Ann Lee", GONE}
    assert {row["name"] for row in by_user["totals"]} == {"ci-pipeline", "Ann Lee", GONE}
    assert {row["user"] for row in by_user["rows"]} == {"ci-pipeline", "Ann Lee", GONE}
    assert text.count("ci-pipeline (API key)") > 1
    assert "ci-pipeline (API key)" in compared_text
    assert PIPELINE not in text + compared_text


FAILURES: Mapping[str, Any] = {
    "401": 401,
    "403": 403,
    "404": 404,
    "429": httpx.Response(429, headers={"retry-after": "50"}),
    "500": 500,
    "no connection": httpx.ConnectError("no route"),
    "timeout": httpx.ReadTimeout("slow"),
    "a bug": ValueError("odd"),
    "no JSON": httpx.Response(200, content=b"<html>"),
    "not UTF-8": httpx.Response(200, content=b"\xff"),
    "a list": httpx.Response(200, content=b"[]"),
    "another shape": {"team": {"keys": {"apiu_1": "x"}}, "projects": 5, "teams": "x"},
    "a name of another type": {
        "team": {"keys": [{"id": PIPELINE, "name": 5}]},
        "projects": [{"id": "project_1", "name": []}],
        "teams": [{"id": "team_1", "name": {}}],
    },
}


EVENTS = {
    "activity": [
        {
            "action": "images-generation",
            "time": f"2026-11-21T0{hour}:00:00.000Z",
            "projectId": "project_1",
            "userId": user,
            "data": {"isApiKey": user != ANN},
        }
        for hour, user in ((9, PIPELINE), (8, ANN), (7, GONE), (6, "key_of_another_form"))
    ],
    "entities": {"users": USAGE["entities"]["users"]},
}


def log(*argv: str, api: Account | None = None) -> Result:
    """The events of a day."""
    return run("activity", *DAY, *argv, transport=api or Account(EVENTS))


def test_events_have_names() -> None:
    """Of projects and API keys; people read what is a key."""
    api = Account(EVENTS)
    rows = log("--json", api=api).json["rows"]
    text = log().stdout

    assert [(row["project"], row["user_id"], row["user"]) for row in rows] == [
        ("Marketing & Trailers", PIPELINE, "ci-pipeline"),
        ("Marketing & Trailers", ANN, "Ann Lee"),
        ("Marketing & Trailers", GONE, GONE),
        ("Marketing & Trailers", "key_of_another_form", "key_of_another_form"),
    ]
    assert api.paths[0] == "/usages"
    assert sorted(api.paths[1:]) == ["/projects", *TEAM_ASKED]
    assert "ci-pipeline (API key)" in text
    assert "ci-pipeline (API key)" in log("-f", "markdown").stdout.replace("\\", "")


@each("failure", FAILURES.values())
def test_events_are_shown_whatever_names_cost(failure: Any) -> None:
    """With ids, and one warning for all lists."""
    result = log("--csv", api=Account(EVENTS, dict.fromkeys(LISTS, failure)))

    assert result.code == 0
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout.count(f"project_1,project_1,{PIPELINE},{PIPELINE}") == 1


def test_a_dataset_has_names(tmp_path: Path) -> None:
    """Of API keys, in consumption and in the log."""
    argv = ("--since", "2026-11-21", "--until", "2026-11-21", "--datasets", "consumption,activity")
    result = run("export", str(tmp_path), *argv, transport=Account(USAGE | EVENTS))
    consumption, activity = (
        (tmp_path / f"{table}/date=2026-11-21/part.csv").read_text()
        for table in ("consumption", "activity")
    )

    assert (result.code, result.stderr) == (0, "")
    assert f"{PIPELINE},ci-pipeline,,true," in consumption
    assert f"{PIPELINE},ci-pipeline," in activity


def test_names_are_looked_up_beside_the_main_request() -> None:
    """The answer to it comes only after the list of projects was asked for."""
    is_asked = threading.Event()

    def list_projects() -> Any:
        is_asked.set()
        return LISTS["/projects"]

    def wait() -> Any:
        assert is_asked.wait(30)
        return WITHOUT_KEYS

    api = Account(wait, {**LISTS, "/projects": list_projects})

    assert "project Hero" in report("-p", "project_2", api=api).stdout
    assert api.paths == ["/usages", "/projects"]


@each("failure", FAILURES.values())
@each("argv", [(), ("--json",), ("--csv",)])
def test_a_list_that_fails_costs_the_names_and_one_warning(
    failure: Any, argv: tuple[str, ...]
) -> None:
    """Ids are shown, nothing is tried again, and the exit code is 0."""
    api = Account(lists=dict.fromkeys(LISTS, failure))
    result = report(*argv, "-p", "project_1", "--team", "team_1", api=api)

    (warning,) = result.stderr.splitlines()
    assert warning.startswith("warning: ")
    assert warning.endswith(": their ids are shown instead of names")
    assert PIPELINE in result.stdout
    assert sum(path != "/usages" for path in api.paths) == len(set(api.paths)) - 1
    if argv == ("--json",):
        assert result.json["warnings"] == [warning.removeprefix("warning: ")]
    if not argv:
        assert "team team_1 · project project_1\n" in result.stdout


def test_a_refusal_says_what_the_key_may_not() -> None:
    """It is the usual case: an Analytics key does not read teams."""
    result = report("--json", api=Account(lists={**LISTS, "/teams/team_1": 403}))

    assert result.stderr == (
        "warning: this key may not list the API keys of the team (403): "
        "their ids are shown instead of names\n"
    )


@pytest.mark.parametrize("path", ["/teams", "/teams/team_1"])
def test_a_list_that_hangs_is_not_waited_for(path: str) -> None:
    """No longer than a few seconds, and here no longer than --timeout."""
    is_over = threading.Event()
    hanging = {**LISTS, path: lambda: is_over.wait(60) and LISTS[path]}
    started = time.monotonic()
    result = report("--json", "--timeout", "0.2", api=Account(lists=hanging))
    took_s = time.monotonic() - started
    is_over.set()

    assert took_s < 30
    assert named(result)[PIPELINE] == (PIPELINE, True)
    assert result.json["warnings"] == [
        "the list of the API keys of the team did not come within 0.2 s: "
        "their ids are shown instead of names"
    ]


def test_the_keys_of_all_teams_have_names() -> None:
    """Also where one of the teams may not be read."""
    lists = {
        **LISTS,
        "/teams": {"teams": [{"id": "team_0"}, {"id": "team_1"}]},
        "/teams/team_0": 403,
    }
    result = report("--json", api=Account(lists=lists))

    assert named(result)[PIPELINE] == ("ci-pipeline", True)
    assert len(result.json["warnings"]) == 1


def test_two_keys_of_one_name_can_be_told_apart() -> None:
    """In tables by the end of their ids, in data by the ids beside the names."""
    twins = [{"id": PIPELINE, "name": "ci"}, {"id": OTHER_PIPELINE, "name": "ci"}]
    found = usages(consumption=[charge(PIPELINE, 5), charge(OTHER_PIPELINE, 1)])
    api = Account(found, in_team(*twins))
    text = report(api=api).stdout

    assert f"ci (API key) …{PIPELINE[-4:]} " in text
    assert f"ci (API key) …{OTHER_PIPELINE[-4:]} " in text
    assert named(report("--json", api=api)) == {
        PIPELINE: ("ci", True),
        OTHER_PIPELINE: ("ci", True),
    }
    heading = run("trend", *DAY, "-u", f"{PIPELINE},{OTHER_PIPELINE}", transport=api).stdout
    assert f"users ci (API key) …{PIPELINE[-4:]}, ci (API key) …{OTHER_PIPELINE[-4:]}\n" in heading


def test_two_people_and_two_projects_of_one_name_can_be_told_apart() -> None:
    """Also where the ends of the ids are the same, and over both periods of a comparison."""
    people = [{"id": one, "fullName": "Ann Lee", "isApiKey": False} for one in ("x_1234", "y_1234")]
    found = usages(consumption=[charge("x_1234", 5), charge("y_1234", 1)], users=people)
    projects = [{"id": one, "name": "Hero"} for one in ("project_aaaa", "project_bbbb")]
    api = Account(found, {**LISTS, "/projects": {"projects": projects}})
    text = report("-p", "project_aaaa", "-p", "project_bbbb", api=api).stdout

    assert "Ann Lee …x_1234 " in text
    assert "Ann Lee …y_1234 " in text
    assert "projects Hero …aaaa, Hero …bbbb\n" in text
    halves = iter([found, {**found, "consumption": found["consumption"][:1]}])
    apart = run("compare", *DAY, "--jobs", "1", transport=Account(lambda: next(halves))).stdout
    assert "Ann Lee …x_1234 " in apart


def test_a_name_that_is_the_id_of_another_is_not_taken_for_it() -> None:
    """Of a key, of a person, and of what stands in another table."""
    users = [{"id": BO, "fullName": ANN, "isApiKey": False}]
    found = usages(
        consumption=[charge(PIPELINE, 5), charge(ANN, 2), charge(BO, 1)],
        models=[model(PIPELINE, cost=8, jobs=1)],
        users=users,
    )
    api = Account(found, in_team({"id": PIPELINE, "name": ANN}))
    table = report(api=api).stdout
    lines = {line.split("  ")[0].strip() for line in table.splitlines()}

    assert lines >= {f"{ANN} (API key) …9Ttb", ANN, f"{ANN} …r_bo", PIPELINE}
    assert named(report("--json", api=api)) == {
        PIPELINE: (ANN, True),
        ANN: (ANN, None),
        BO: (ANN, False),
    }


def test_a_name_that_looks_like_an_id_has_the_end_of_its_own() -> None:
    """Two keys with each other's ids as names, or one with that of somebody who is not there."""
    swapped = [
        {"id": PIPELINE, "name": OTHER_PIPELINE},
        {"id": OTHER_PIPELINE, "name": PIPELINE},
        {"id": GONE, "name": BO},
    ]
    found = usages(consumption=[charge(one["id"], 1) for one in swapped])
    table = report(api=Account(found, in_team(*swapped))).stdout

    for one in swapped:
        assert f" {one['name']} (API key) …{one['id'][-4:]} " in table


@pytest.mark.parametrize(
    "name", ["[/nope] [red]x", "a\x1b[31mb\u202ec\nd", "=1+1", "| x |", "n" * 10_000], ids=repr
)
def test_odd_names_are_data(name: str) -> None:
    """They stand in every format, shown and not obeyed."""
    api = Account(lists=in_team({"id": PIPELINE, "name": name}))

    assert named(report("--json", api=api))[PIPELINE] == (name, True)
    for output_format in ("table", "csv", "tsv", "markdown", "openmetrics"):
        result = report("-f", output_format, api=api)
        assert result.stderr == ""
        assert "\x1b" not in result.stdout or output_format in ("csv", "tsv", "openmetrics")


@pytest.mark.parametrize("name", [None, "", "  "], ids=repr)
def test_a_key_without_a_name_keeps_its_id(name: str | None) -> None:
    """An empty name would be nothing to go by."""
    api = Account(lists=in_team({"id": PIPELINE, "name": name}))

    assert named(report("--json", api=api))[PIPELINE] == (PIPELINE, True)
    assert f"{PIPELINE} (API key)" in report(api=api).stdout


def test_the_name_in_an_answer_comes_first() -> None:
    """What the API says of an id beside its figures needs no list."""
    users = [{"id": PIPELINE, "isApiKey": True, "fullName": "Own name"}]
    api = Account(usages(consumption=[charge(PIPELINE, 5)], users=users))

    assert named(report("--json", api=api)) == {PIPELINE: ("Own name", True)}
    assert api.paths == ["/usages"]


@pytest.mark.parametrize("lists", [LISTS, dict.fromkeys(LISTS, 403)], ids=["names", "refused"])
@pytest.mark.parametrize("output_format", ["table", "json", "csv", "markdown"])
def test_a_saved_report_has_the_same_names(
    tmp_path: Path, output_format: str, lists: Mapping[str, Any]
) -> None:
    """And the same warning, with nothing asked again."""
    file = str(tmp_path / "raw.json")
    filters = ("-p", "project_1", "--team", "team_1")
    first = report("-f", output_format, "--save-raw", file, *filters, api=Account(lists=lists))
    second = run("report", "-f", output_format, "--from", file)

    def undated(text: str) -> str:
        return text.replace(f'"fetched_at":"{NOW:%Y-%m-%dT%H:%M:%SZ}",', "")

    assert undated(second.stdout) == undated(first.stdout)
    assert second.stderr == first.stderr


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody with a cache folder."""
    return CREDENTIALS | {"XDG_CACHE_HOME": str(tmp_path)}


def ask_again(
    environ: Mapping[str, str], *argv: str, change: Callable[[], object] | None = None
) -> list[str]:
    """The lists that the second of two runs asks for."""
    report("-p", "project_1", environ=environ)
    if change:
        change()
    api = Account()
    text = report("-p", "project_1", *argv, api=api, environ=environ).stdout

    assert "project Marketing & Trailers" in text
    assert "ci-pipeline (API key)" in text
    return sorted(path for path in api.paths if path != "/usages")


def test_names_are_kept_for_the_next_run(environ: dict[str, str]) -> None:
    """Also that a key is not in the list; an id that is new is looked up."""
    assert ask_again(environ) == []
    new = usages(consumption=[charge(PIPELINE, 1), charge("apiu_new", 1)])
    api = Account(new)
    report("--json", api=api, environ=environ)
    assert api.paths[1:] == TEAM_ASKED
    api = Account(new)
    report("--json", api=api, environ=environ)
    assert api.paths[1:] == []


@pytest.mark.parametrize(
    ("argv", "variables"),
    [
        (("--no-cache",), {}),
        ((), {"SCENARIO_USAGE_NO_CACHE": "1"}),
        ((), {"SCENARIO_SDK_API_KEY": "another"}),
        ((), {"SCENARIO_BASE_URL": "https://other.example/v1"}),
    ],
    ids=str,
)
def test_kept_names_are_not_used_where_they_should_not(
    environ: dict[str, str], argv: tuple[str, ...], variables: dict[str, str]
) -> None:
    """On request, and for another account."""
    report("-p", "project_1", environ=environ)
    api = Account()
    report("-p", "project_1", *argv, api=api, environ=environ | variables)

    assert sorted(api.paths[1:]) == ["/projects", *TEAM_ASKED]


def test_nothing_is_kept_on_request(environ: dict[str, str], tmp_path: Path) -> None:
    """Neither with the option nor with the variable, and --demo keeps nothing."""
    report("-p", "project_1", "--no-cache", environ=environ)
    report("-p", "project_1", environ=environ | {"SCENARIO_USAGE_NO_CACHE": "1"})
    report("--demo", environ=environ)

    assert list(tmp_path.iterdir()) == []


def test_a_list_that_failed_is_asked_for_again(environ: dict[str, str]) -> None:
    """A refusal is no name, and no list without names."""
    report("--json", api=Account(lists=dict.fromkeys(LISTS, 403)), environ=environ)
    api = Account()

    assert named(report("--json", api=api, environ=environ))[PIPELINE] == ("ci-pipeline", True)
    assert api.paths[1:] == TEAM_ASKED


@pytest.mark.parametrize(
    "damage", ["", "{", '{"version": 1}', "[" * 100_000, '{"keys": 5}'], ids=lambda text: text[:9]
)
def test_a_damaged_file_is_replaced_in_silence(environ: dict[str, str], damage: str) -> None:
    """Names are looked up again, and kept again."""
    folder = Path(environ["XDG_CACHE_HOME"], "scenario-usage")

    def write() -> None:
        (path,) = folder.iterdir()
        path.write_text(damage)

    assert ask_again(environ, change=write) == ["/projects", *TEAM_ASKED]
    assert ask_again(environ) == []


def test_a_folder_that_cannot_be_written_is_told_only_if_asked() -> None:
    """It is a matter of speed alone."""
    environ = CREDENTIALS | {"XDG_CACHE_HOME": "/dev/null"}

    assert report("--json", environ=environ).stderr == ""
    assert "names cannot be kept in /dev/null/" in report("--verbose", environ=environ).stderr


def test_a_terminal_keeps_the_names_of_answers_for_completion(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """Once an hour; a script, which completes nothing, keeps no file for them."""
    found = usages(
        consumption=[charge(ANN, 1)],
        users=[{"id": ANN, "fullName": "Ann Lee", "email": "ann@kumo.example", "isApiKey": False}],
        models=[model("model_1", cost=1)],
        model_names={"model_1": "Flux"},
    )
    report(api=Account(found), environ=environ)
    assert list(tmp_path.iterdir()) == []

    report(api=Account(found), environ=environ, columns=100)
    (path,) = (tmp_path / "scenario-usage").iterdir()
    kept = json.loads(path.read_text())
    assert kept["people"]["names"] == {ANN: "Ann Lee"}
    assert kept["models"]["names"] == {"model_1": "Flux"}
    assert "@" not in path.read_text()
