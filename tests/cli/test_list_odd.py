"""`list` and odd accounts: refusals, several teams, wrong shapes, names that are traps."""

import csv
import io
import re
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.account import Account, Json, build_account
from tests.cases import each
from tests.render.test_escapes import NAMES, OBEYED
from tests.support import CREDENTIALS, run

NEEDS = "an Analytics API key may not read people and keys: use a team key with the scope team.read"
TWO_TEAMS: Json = {
    "/teams": {"teams": [{"id": "team_1", "name": "Kumo"}, {"id": "team_2"}]},
    "/teams/team_1": {"team": {"users": [{"id": "user_1", "consumption": 1}], "keys": []}},
    "/teams/team_2": {
        "team": {
            "name": "Films",
            "users": [{"id": "user_1", "consumption": 2}, {"id": "user_2", "consumption": -3}],
            "keys": [],
        }
    },
    "/projects?pageSize=100&teamId=team_1": {"projects": [{"id": "project_1", "consumption": 1}]},
    "/projects?pageSize=100&teamId=team_2": {
        "projects": [
            {"id": "project_2", "teamId": "team_2", "consumption": 5},
            {"id": "project_3", "teamId": "team_3", "consumption": 4},
        ]
    },
}
members = pytest.mark.parametrize("what", ["people", "keys"])


def refused(*argv: str, account: Account, code: int, **more: Any) -> tuple[str, str]:
    """The error and the hint of a run that prints nothing."""
    result = run("list", *argv, transport=account, **more)
    lines = result.stderr.splitlines()

    assert (result.code, result.stdout, len(lines)) == (code, "", 2), result.stderr
    return lines[0].removeprefix("error: "), lines[1].removeprefix("hint: ")


@cache
def build_validator(name: str) -> Any:
    """Of a schema that `schema` prints."""
    return Draft202012Validator(run("schema", name).json)


def read(what: str, account: Account, *argv: str) -> Any:
    """The JSON of a list, which is as its schema says."""
    result = run("list", what, "--json", *argv, transport=account)
    assert result.code == 0, result.stderr
    build_validator(f"list-{what}").validate(result.json)
    assert [f"warning: {line}" for line in result.json["warnings"]] == result.stderr.splitlines()
    return result.json


@members
@pytest.mark.parametrize("path", ["/teams", "/teams/team_1"])
def test_a_key_that_may_not_read_the_team_is_told_which_may(what: str, path: str) -> None:
    """Whether it may not list teams, or not read one."""
    account = build_account()
    account.answers[path] = 403
    error, hint = refused(what, account=account, code=4)

    assert "403" in error
    assert hint == NEEDS


@members
def test_wrong_credentials_are_wrong_credentials(what: str) -> None:
    """A 401 is about the key and its secret."""
    assert refused(what, account=build_account(team=401), code=4)[1] != NEEDS


def test_projects_need_no_right_to_read_teams() -> None:
    """Then the billing period is unknown, and the team has no name, as warnings say."""
    account = build_account(
        projects=[{"id": "project_1", "teamId": "team_1"}], teams=403, limits=403
    )
    document = read("projects", account)

    assert document["team"] == {"id": "team_1", "name": "team_1"}
    assert (document["period"], document["warnings"]) == (
        None,
        [
            "this key may not read the names of teams (403)",
            "this key may not read the billing period (403)",
        ],
    )
    (row,) = csv.DictReader(io.StringIO(run("list", "projects", "--csv", transport=account).stdout))
    assert (row["period_start"], row["period_end"], row["project_id"]) == ("", "", "project_1")


def test_a_team_that_projects_do_not_name_is_null() -> None:
    """If nothing else tells it."""
    document = read("projects", build_account(projects=[{"id": "project_1"}], teams=403))

    assert (document["team"], document["projects"][0]["team_id"]) == (None, None)


def test_a_key_that_may_not_list_projects_is_refused() -> None:
    """As with every command."""
    assert "403" in refused("projects", account=build_account(listed=403), code=4)[0]


@each("what", ["projects", "people", "keys"])
@each(
    ("limits", "warns"),
    [
        (403, True),
        (404, True),
        (500, True),
        ({"period": None, "plan": "x"}, False),
        ({"period": {"start": "2026-11-01T00:00:00Z"}}, False),
        ({"period": {"start": "soon", "end": "later"}}, True),
        ({"period": {"start": "2026-11-02T00:00:00Z", "end": "2026-11-01T00:00:00Z"}}, True),
        ({"period": {"start": "0001-01-01", "end": "0001-01-01"}}, True),
        ({"period": [1]}, True),
        ({"message": "try later"}, True),
        (httpx.ConnectError("gone"), True),
    ],
)
def test_an_unknown_billing_period_is_no_failure(what: str, limits: Any, warns: bool) -> None:
    """It is null, and a warning tells why, unless the API has none."""
    document = read(what, build_account(limits=limits), "--retries", "0")

    assert document["period"] is None
    assert bool(document["warnings"]) == warns


@pytest.mark.parametrize(
    ("end", "shown"),
    [
        ("2026-12-01T00:00:00.000Z", "2026-11-30T23:59:59.999Z"),
        ("2026-11-30T23:59:59.999Z", "2026-11-30T23:59:59.999Z"),
        ("2026-12-01T01:00:00+01:00", "2026-11-30T23:59:59.999Z"),
        ("2026-12-01", "2026-11-30T23:59:59.999Z"),
        ("2026-11-30T23:59:59.999999Z", "2026-11-30T23:59:59.999Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
    ],
)
def test_the_end_of_the_billing_period_is_included(end: str, shown: str) -> None:
    """As in every period of the tool."""
    limits = {"period": {"start": "2026-11-01T00:00:00.000Z", "end": end}}

    account = build_account(limits=limits)
    assert read("projects", account)["period"] == {
        "start": "2026-11-01T00:00:00Z",
        "end": shown,
        "timezone": "UTC",
        "provisional": True,
    }
    heading = f"billing period 2026-11-01 to {shown[:10]}, UTC, still running"
    assert heading in run("list", "projects", transport=account).stdout


def test_several_teams_are_one_list() -> None:
    """With the team of each row, and without a period, as each team has its own."""
    account = Account(TWO_TEAMS)
    document = read("people", account)

    assert (document["team"], document["period"]) == (None, None)
    assert [
        (row["user_id"], row["team_id"], row["team"], row["consumption"])
        for row in document["people"]
    ] == [
        ("user_1", "team_2", "Films", 2),
        ("user_1", "team_1", "Kumo", 1),
        ("user_2", "team_2", "Films", -3),
    ]
    assert document["totals"] == {"people": 3, "consumption": 0}
    teams = [path for path in account.asked if path.startswith("/teams")]
    assert teams == ["/teams", "/teams/team_1", "/teams/team_2"]
    shown = run("list", "people", transport=Account(TWO_TEAMS), columns=100).stdout
    assert "Team" in shown
    assert "teams Kumo, Films" in shown


def test_projects_of_several_teams() -> None:
    """Each team is asked; a project may be of yet another one."""
    document = read("projects", Account(TWO_TEAMS))

    assert [(row["project_id"], row["team_id"]) for row in document["projects"]] == [
        ("project_2", "team_2"),
        ("project_3", "team_3"),
        ("project_1", "team_1"),
    ]


def test_a_team_that_may_not_be_read_is_left_out_with_a_warning() -> None:
    """If another one may be."""
    document = read("people", Account(TWO_TEAMS | {"/teams/team_2": 403}))

    assert [row["user_id"] for row in document["people"]] == ["user_1"]
    (warning,) = document["warnings"][:1]
    assert warning.startswith("not included: the team team_2: ")


def test_one_of_several_teams_can_be_chosen() -> None:
    """Nothing is asked of the others."""
    account = Account(TWO_TEAMS | {"/teams/team_2/limits": {"period": {}}})
    document = read("people", account, "--team", "team_2")

    assert document["team"] == {"id": "team_2", "name": "Films"}
    assert [path for path in account.asked if "team_1" in path] == []


@pytest.mark.parametrize("what", ["projects", "people", "keys"])
@pytest.mark.parametrize("status", [403, 404])
def test_an_unknown_team_is_named(what: str, status: int) -> None:
    """With those that there are."""
    account = build_account(listed=status) if what == "projects" else build_account()
    account.answers["/teams/team_x"] = status
    error, hint = refused(what, "--team", "team_x", account=account, code=2)

    assert "team_x" in error
    assert "team_1" in hint


def test_a_profile_says_which_team_and_how_it_looks(tmp_path: Path) -> None:
    """Its projects narrow reports, and not what there is."""
    config = tmp_path / "config.toml"
    config.write_text(
        '[profiles.studio]\nteam = "team_2"\nprojects = ["Hero"]\nformat = "json"\n',
        encoding="utf-8",
    )
    environ = CREDENTIALS | {"SCENARIO_USAGE_CONFIG": str(config)}
    account = Account(TWO_TEAMS)
    result = run("list", "projects", "--profile", "studio", environ=environ, transport=account)

    assert result.code == 0
    assert [row["project_id"] for row in result.json["projects"]] == ["project_2", "project_3"]
    assert [path for path in account.asked if "team_1" in path] == []


def test_an_unknown_team_of_a_profile_is_a_setting(tmp_path: Path) -> None:
    """The message names the file."""
    config = tmp_path / "config.toml"
    config.write_text('[profiles.studio]\nteam = "team_x"\n', encoding="utf-8")
    environ = CREDENTIALS | {"SCENARIO_USAGE_CONFIG": str(config)}
    argv = ("people", "--profile", "studio")
    error, _ = refused(*argv, account=build_account(), code=3, environ=environ)

    assert str(config) in error


def test_a_key_without_teams_is_told_to_name_one() -> None:
    """It is not an empty list."""
    error, hint = refused("people", account=build_account(teams={"teams": []}), code=4)

    assert (error, hint) == ("this key lists no teams", "name the team by --team ID")


@pytest.mark.parametrize("what", ["projects", "people", "keys"])
@pytest.mark.parametrize("nothing", [{}, None])
def test_one_of_which_nothing_but_the_id_is_known_is_a_row(what: str, nothing: Any) -> None:
    """Of nulls, as the schema allows, whether a field is absent or null."""
    fields = (
        *("name", "fullName", "email", "role", "teamId", "consumption", "maxConsumption"),
        *("apiKeyId", "apiKeyStatus", "scope", "ownerId", "lastUsedAt", "projects"),
    )
    absent = {} if nothing == {} else dict.fromkeys(fields)
    rows = [absent | {"id": "id_1"}]
    account = build_account(projects=rows, users=rows, keys=rows)

    (row,) = read(what, account)[what]
    assert row["name"] == "id_1"


@members
@pytest.mark.parametrize("left_out", ["absent", "null", "all"])
def test_a_list_that_was_left_out_is_unknown(what: str, left_out: str) -> None:
    """Which is not empty: totals are null, and a table says so."""
    team: Json = {
        "absent": {"name": "Kumo"},
        "null": {"name": "Kumo", "users": None, "keys": None},
        "all": None,
    }
    account = build_account(team={"team": team[left_out]})
    document = read(what, account)

    assert document[what] == []
    assert set(document["totals"].values()) == {None}
    assert document["warnings"] == [f"the API left out the {what} of the team Kumo"]
    assert "unknown: the API left it out" in run("list", what, transport=account).stdout


@pytest.mark.parametrize(
    ("what", "answers"),
    [
        ("people", {"team": {"message": "no"}}),
        ("people", {"team": {"team": []}}),
        ("people", {"team": {"team": {"users": {}}}}),
        ("people", {"team": {"team": {"users": [{"email": "a@b.example"}]}}}),
        ("people", {"team": {"team": {"users": [{"id": 7}]}}}),
        ("people", {"team": {"team": {"users": [{"id": "u", "consumption": "12"}]}}}),
        ("people", {"teams": {"teams": {}}}),
        ("people", {"teams": {"message": "no"}}),
        ("keys", {"team": {"team": {"keys": [None]}}}),
        ("keys", {"team": {"team": {"keys": [{"id": "k", "lastUsedAt": 17}]}}}),
        ("keys", {"team": {"team": {"keys": [{"id": "k", "projects": ["project_1"]}]}}}),
        ("keys", {"team": {"team": {"keys": [{"id": "k", "maxConsumption": True}]}}}),
        ("projects", {"listed": {"projects": [{"name": "x"}]}}),
        ("projects", {"listed": {"projects": {"id": "x"}}}),
        ("projects", {"listed": {"message": "no"}}),
    ],
)
def test_an_answer_of_another_shape_is_exit_7(what: str, answers: Any, tmp_path: Path) -> None:
    """The place is named, and a file stays as it was."""
    file = tmp_path / "list.csv"
    file.write_text("good", encoding="utf-8")
    error, _ = refused(what, "-o", str(file), account=build_account(**answers), code=7)

    assert "/teams" in error or "/projects" in error
    assert file.read_text(encoding="utf-8") == "good"


@pytest.mark.parametrize("path", ["/teams", "/teams/team_1", "/projects"])
def test_what_cannot_be_reached_is_exit_6(path: str) -> None:
    """Where the list itself, or whose it is, is not known without it."""
    account = build_account()
    account.answers[path] = httpx.ConnectError("gone")
    what = "people" if path == "/teams/team_1" else "projects"
    argv = (what, "--retries", "0")

    assert "gone" in refused(*argv, account=account, code=6)[0]


def test_a_project_of_another_team_is_told_apart() -> None:
    """Although the key lists one team only."""
    projects: list[Json] = [{"id": "project_1"}, {"id": "project_2", "teamId": "team_9"}]
    document = read("projects", build_account(projects=projects))

    assert document["team"] is None
    assert [row["team"] for row in document["projects"]] == ["Kumo", "team_9"]


def test_names_of_several_are_told_apart() -> None:
    """By the end of the id, for people; programs have the ids."""
    keys: list[Json] = [{"id": f"apiu_{end}", "name": "ci"} for end in ("nightly", "release")]
    account = Account(
        {
            "/teams": {
                "teams": [{"id": one, "name": "Kumo"} for one in ("team_east", "team_west")]
            },
            "/teams/team_east": {"team": {"name": "Kumo", "keys": keys}},
            "/teams/team_west": {"team": {"name": "Kumo", "keys": keys[:1]}},
        }
    )
    shown = run("list", "keys", "--format", "markdown", transport=account).stdout

    assert "teams Kumo …east, Kumo …west" in shown
    assert [line.split("|")[1].strip() for line in shown.splitlines() if "| ci" in line] == [
        "ci …htly",
        "ci …htly",
        "ci …ease",
    ]
    assert [row["name"] for row in read("keys", account)["keys"]] == ["ci", "ci", "ci"]


def test_a_key_that_an_answer_has_twice_counts_once() -> None:
    """As a project that two pages have."""
    keys: list[Json] = [{"id": "apiu_1", "name": name, "consumption": 5} for name in ("a", "b")]
    users: list[Json] = [{"id": "user_1", "consumption": 2}] * 2
    account = build_account(keys=keys, users=users)

    assert read("keys", account)["totals"] == {"keys": 1, "idle": 1, "consumption": 5}
    assert read("people", account)["totals"] == {"people": 1, "consumption": 2}


def test_what_is_new_is_ignored() -> None:
    """Fields, scopes, roles and states that this version does not know are data."""
    key = {"id": "apiu_1", "scope": "galaxy", "apiKeyStatus": "asleep", "new": [1]}
    (row,) = read("keys", build_account(keys=[key]))["keys"]

    assert (row["scope"], row["status"]) == ("galaxy", "asleep")


@pytest.mark.parametrize("number", [-5.5, -0.0, 1e-9, 0.1, 1e15, 1.5e300])
def test_odd_numbers_are_shown(number: float) -> None:
    """Negative, tiny or absurd; the cap used and the share may be so as well."""
    projects: list[Json] = [
        {"id": "project_1", "consumption": number, "maxConsumption": 2},
        {"id": "project_2", "consumption": 1},
    ]
    account = build_account(projects=projects)
    rows = {row["project_id"]: row for row in read("projects", account)["projects"]}

    assert rows["project_1"]["consumption"] == pytest.approx(number, abs=1e-6)
    assert rows["project_1"]["cap_used"] == pytest.approx(number / 2, abs=1e-4)
    for columns in (60, 140):
        assert run("list", "projects", transport=account, columns=columns).code == 0


def test_people_have_the_names_that_usage_has() -> None:
    """Of the same team; whoever has none is called by the address, and nothing is warned of."""
    users: list[Json] = [
        {"id": "user_1", "email": "ann@kumo.example"},
        {"id": "user_2", "email": "bob@kumo.example"},
        {"id": "user_3", "email": "cy@kumo.example"},
    ]
    entities = {
        "users": [
            {"id": "user_1", "fullName": "Zoë [x]"},
            {"id": "user_2", "fullName": None},
            {"fullName": "nobody"},
        ]
    }
    account = build_account(users=users)
    account.answers["/usages"] = {"consumption": [], "entities": entities}
    rows = read("people", account, "--sort", "name")["people"]

    assert [(row["name"], row["email"]) for row in rows] == [
        ("bob@kumo.example", "bob@kumo.example"),
        ("cy@kumo.example", "cy@kumo.example"),
        ("Zoë [x]", "ann@kumo.example"),
    ]
    assert "ann@kumo.example" in run("list", "people", transport=account).stdout
    (usage,) = [path for path in account.asked[:4] if path.startswith("/usages")]
    assert "teamId=team_1&type=consumption" in usage


@pytest.mark.parametrize(
    "usage",
    [400, 403, 500, {"message": "no"}, {"consumption": [{"userId": 1}]}, httpx.ReadTimeout("slow")],
)
def test_unknown_names_of_people_are_no_failure(usage: Any) -> None:
    """A warning tells why e-mail addresses are shown."""
    account = build_account(users=[{"id": "user_1", "email": "ann@kumo.example"}])
    account.answers["/usages"] = usage
    document = read("people", account, "--retries", "0")

    assert document["people"][0]["name"] == "ann@kumo.example"
    (warning,) = document["warnings"]
    refusal = "this key may not read the names of people in Kumo (403)"
    assert warning.startswith(
        refusal if usage == 403 else "the names of people in Kumo could not be read: "
    )


def test_two_keys_of_one_name_stay_two() -> None:
    """And a name may be the id of another one."""
    keys = [
        {"id": "apiu_1", "name": "ci", "consumption": 1},
        {"id": "apiu_2", "name": "ci", "consumption": 1},
        {"id": "apiu_3", "name": "apiu_1", "consumption": 1},
    ]
    rows = read("keys", build_account(keys=keys), "--sort", "name")["keys"]

    assert [(row["user_id"], row["name"]) for row in rows] == [
        ("apiu_3", "apiu_1"),
        ("apiu_1", "ci"),
        ("apiu_2", "ci"),
    ]


LONG = "x" * 10_000


NAMED = {str(number): name for number, name in enumerate([*NAMES, LONG])}


def assert_survives(what: str, account: Account, key: str, column: str, expected: Json) -> None:
    """Each format has the names by id in this column, and obeys none; CSV disarms formulas."""
    assert {row[key]: row[column] for row in read(what, account)[what]} == expected
    for output_format in ("table", "markdown"):
        result = run("list", what, "--format", output_format, transport=account)
        assert (result.code, OBEYED.search(result.stdout)) == (0, None)
    for output_format, delimiter in (("csv", ","), ("tsv", "\t")):
        text = run("list", what, "--format", output_format, transport=account).stdout
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
        assert {row[key] for row in rows} == expected.keys()
        for row in rows:
            name = expected[row[key]]
            is_number = re.fullmatch(r"[+-]?\d+", name)
            is_formula = name[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") and not is_number
            assert row[column] in ((f"'{name}",) if is_formula else (name, f"'{name}"))


@pytest.mark.parametrize(
    ("what", "key"), [("projects", "project_id"), ("people", "user_id"), ("keys", "user_id")]
)
def test_every_name_survives_every_format(what: str, key: str) -> None:
    """Of projects, people and keys: shown, not obeyed."""
    projects: list[Json] = [
        {"id": n, "name": name, "teamId": "team_1", "consumption": 1} for n, name in NAMED.items()
    ]
    users: list[Json] = [
        {"id": n, "email": name, "role": name, "consumption": 1} for n, name in NAMED.items()
    ]
    keys: list[Json] = [
        {
            "id": n,
            "name": name,
            "scope": name,
            "apiKeyStatus": name,
            "projects": [{"projectId": n}, {"projectId": name}],
        }
        for n, name in NAMED.items()
    ]
    account = build_account(projects=projects, users=users, keys=keys)

    assert_survives(what, account, key, "name", NAMED)


@each("name", NAMED.values())
def test_every_name_of_a_team_survives_every_format(name: str) -> None:
    """Shown beside a project, not obeyed."""
    account = build_account(
        projects=[{"id": "project_1", "name": "A", "teamId": "team_1"}],
        teams={"teams": [{"id": "team_1", "name": name}]},
        team={"team": {"name": name, "projects": [], "users": [], "keys": []}},
    )

    assert_survives("projects", account, "project_id", "team", {"project_1": name})
