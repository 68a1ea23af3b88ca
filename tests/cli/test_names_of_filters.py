"""`--user` and `--team` by name: people, API keys and teams are found as projects are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cases import each
from tests.report.builders import charge, model
from tests.support import CREDENTIALS, Result, answer, at, run, usages

ANN, BO, KEY = "user_ann", "user_bo", "apiu_1"
LISTS: Mapping[str, Any] = {
    "/projects": {"projects": [{"id": "project_1", "name": "Hero"}]},
    "/teams": {"teams": [{"id": "team_1", "name": "Kumo & Forêt"}]},
    "/teams/team_1": {
        "team": {
            "users": [{"id": ANN, "email": "ann@kumo.example"}],
            "keys": [
                {"id": KEY, "apiKeyId": "api_77", "name": "ci-pipeline"},
                {"id": "apiu_2", "apiKeyId": "api_78", "name": "unity, nightly"},
                {"id": "apiu_3", "apiKeyId": "api_79", "name": "unity-plugin-of-2024"},
            ],
        }
    },
}
USERS = [
    {"id": ANN, "fullName": "Ann Lee", "email": "ann@kumo.example", "isApiKey": False},
    {"id": BO, "fullName": "Bo Ek", "email": "bo@kumo.example", "isApiKey": False},
]
USAGE = usages(
    consumption=[charge(one, 1) for one in (ANN, BO, KEY)],
    models=[model("m", cost=3, jobs=1)],
    users=USERS,
)
DAY = ("--start", "2026-11-21", "--end", "2026-11-21")


class Account(httpx.BaseTransport):
    """The API of an account, and what was asked of it."""

    def __init__(self, found: Any = USAGE, lists: Mapping[str, Any] = LISTS) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self._found = found
        self._lists = lists

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v1")
        params = dict(request.url.params)
        self.asked.append((path, params))
        if path != "/usages":
            found = self._lists[path]
            return answer({"message": "no"}, found) if isinstance(found, int) else answer(found)
        found = at(params["startDate"], self._found) | {"activity": []}
        if "userIds" in params and self._found is USAGE:
            found["consumption"] = [charge(one, 1) for one in params["userIds"].split(",")]
        return answer(found)


def ask(*argv: str, api: Account | None = None, **more: Any) -> Result:
    """A report of a day as JSON."""
    return run("report", *DAY, "--json", *argv, transport=api or Account(), **more)


def refused(*argv: str, code: int, api: Account | None = None, **more: Any) -> tuple[str, str]:
    """The error and the hint of a report that prints nothing."""
    result = ask(*argv, api=api, **more)
    lines = result.stderr.splitlines()

    assert (result.code, result.stdout, len(lines)) == (code, "", 2), result.stderr
    return lines[0].removeprefix("error: "), lines[1].removeprefix("hint: ")


IN_TEAM = ["/teams", "/teams/team_1"]
ALL = [*IN_TEAM, "/usages"]
"""Names may be those of keys, which are in the team, and of people, which are in an answer."""


@each(
    ("argv", "ids", "paths"),
    [
        ((ANN,), [ANN], []),
        (("user_x,apiu_y", "user_x"), ["user_x", "apiu_y"], []),
        (("ann@kumo.example",), [ANN], IN_TEAM),
        (("ANN@Kumo.Example",), [ANN], IN_TEAM),
        (("ci-pipeline",), [KEY], ALL),
        (("CI-Pipeline",), [KEY], ALL),
        (("api_77",), [KEY], ALL),
        (("unity-plugin-of-2024",), ["apiu_3"], ALL),
        (("unity, nightly",), ["apiu_2"], ALL),
        (("ci-pipeline,ann@kumo.example , user_x",), [KEY, ANN, "user_x"], ALL),
        (("Bo Ek,unity, nightly,ann@kumo.example",), [BO, "apiu_2", ANN], ALL),
        (("Ann Lee",), [ANN], ALL),
        (("bo ek", "ci-pipeline", "bo@kumo.example"), [BO, KEY], ALL),
        (
            ("auth0|5f7c8ec7c33c6c004bbafe82",),
            ["auth0|5f7c8ec7c33c6c004bbafe82"],
            ALL,
        ),
    ],
)
def test_people_and_keys_are_found_by_name_address_or_id(
    argv: tuple[str, ...], ids: list[str], paths: list[str] | None
) -> None:
    """In the lists of the team, and the full names of people, which only answers have, in one."""
    api = Account()
    result = ask(*(text for one in argv for text in ("-u", one)), api=api)

    assert (result.code, result.stderr) == (0, "")
    assert result.json["filters"]["user_ids"] == ids
    (main,) = [place for place, (_, params) in enumerate(api.asked) if "userIds" in params]
    assert api.asked[main][1]["userIds"] == ",".join(ids)
    assert [path for path, _ in api.asked[:main]] == paths


@pytest.mark.parametrize(
    "command", [("report",), ("trend",), ("compare",), ("activity", "--csv")], ids=" ".join
)
def test_every_command_takes_names(command: tuple[str, ...]) -> None:
    """Of people, of API keys and of the team."""
    api = Account()
    result = run(*command, *DAY, "-u", "Ann Lee", "--team", "kumo & FORÊT", transport=api)

    asked = [params for _, params in api.asked if "userIds" in params]
    assert result.code == 0, result.stderr
    assert asked
    assert all((one["userIds"], one["teamId"]) == (ANN, "team_1") for one in asked)


def test_the_one_answer_is_cheap_and_of_the_team() -> None:
    """Consumption alone, as far back as one query reaches."""
    api = Account()
    ask("-u", "Ann Lee", "--team", "team_1", api=api)
    path, params = api.asked[1]

    assert path == "/usages"
    assert params == {
        "startDate": "2026-07-25T18:30:00.000Z",
        "endDate": "2026-11-22T18:30:00.000Z",
        "type": "consumption",
        "teamId": "team_1",
        "dropZeroPoints": "true",
    }


def test_a_heading_has_the_name_that_was_found() -> None:
    """It is known from the look-up; an address serves where that is all there is."""
    nameless = usages(consumption=[charge(ANN, 1)])
    for found, given, shown in (
        (USAGE, "ann lee", "Ann Lee"),
        (USAGE, "ann@kumo.example", "Ann Lee"),
        (nameless, "ANN@kumo.example", "ann@kumo.example"),
    ):
        text = run("report", *DAY, "-u", given, transport=Account(found)).stdout
        assert f" · user {shown}\n" in text


def test_a_heading_has_the_name_that_is_kept_for_an_address(tmp_path: Path) -> None:
    """Where neither the list nor this answer has it."""
    environ = CREDENTIALS | {"XDG_CACHE_HOME": str(tmp_path)}
    ask(environ=environ)
    nameless = Account(usages(consumption=[charge(ANN, 1)]))
    text = run("report", *DAY, "-u", "ann@kumo.example", environ=environ, transport=nameless).stdout

    assert " · user Ann Lee\n" in text


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("Ann", "the nearest names: ann@kumo.example, Ann Lee"),
        ("Anne Lee", "the nearest names: Ann Lee"),
        ("ci", "the nearest names: ci-pipeline"),
        ("Zz", "known names: Ann Lee, Bo Ek, ann@kumo.example, bo@kumo.example, ci-pipeline, "),
        ("nobody@kumo.example", "the nearest names: bo@kumo.example"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(text: str, near: str) -> None:
    """Exit 2, and what is no name that people know is not among them."""
    error, hint = refused("-u", text, code=2)

    assert error == f"--user {text!r} is not known"
    assert hint.startswith(near)
    assert "api_7" not in hint


def test_a_name_of_several_is_refused_with_their_ids() -> None:
    """Whether they are keys, people, or one of each."""
    twins = [{"id": "apiu_1", "name": "ci"}, {"id": "apiu_2", "name": "CI"}]
    lists = {**LISTS, "/teams/team_1": {"team": {"keys": twins}}}

    assert refused("-u", "ci", code=2, api=Account(lists=lists)) == (
        "--user 'ci' is the name of 2 users",
        "give one of their ids: apiu_1, apiu_2",
    )
    same = [user | {"fullName": "Ann Lee"} for user in USERS]
    assert refused("-u", "ann lee", code=2, api=Account(USAGE | {"entities": {"users": same}})) == (
        "--user 'ann lee' is the name of 2 users",
        "give one of their ids: user_ann, user_bo",
    )


def test_a_key_that_is_called_as_a_person_is_refused() -> None:
    """No list has names of people: the key alone would be taken for what was meant."""
    keys = [{"id": KEY, "name": "Ann Lee"}]
    lists = {**LISTS, "/teams/team_1": {"team": {"keys": keys}}}

    assert refused("-u", "ann lee", code=2, api=Account(lists=lists)) == (
        "--user 'ann lee' is the name of 2 users",
        "give one of their ids: apiu_1, user_ann",
    )


GONE = usages(
    consumption=[charge("user_gone", 4)],
    users=[{"id": "user_gone", "fullName": "Cy Gone", "email": "cy@kumo.example"}],
)


class Past(Account):
    """An account of which somebody left before July."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        is_past = request.url.params.get("startDate", "2026-11") < "2026-07"
        self._found = GONE if is_past else usages()
        return super().handle_request(request)


@pytest.mark.parametrize("name", ["Cy Gone", "CY@kumo.example"])
def test_people_of_long_ago_are_found_in_the_period_that_is_asked_for(name: str) -> None:
    """They are in no list of the team, and in no answer of the last months."""
    for argv in (
        ("report", "--period", "2026-05", "--json"),
        ("report", "--start", "2025-11-01", "--end", "2026-09-30", "--json"),
        ("trend", "--period", "2026-05", "--json"),
        ("compare", "--period", "2026-10", "--against", "2026-05", "--json"),
    ):
        result = run(*argv, "-u", name, transport=Past())
        assert result.code == 0, result.stderr
        assert result.json["filters"]["user_ids"] == ["user_gone"]


def test_an_export_finds_people_of_its_days(tmp_path: Path) -> None:
    """As every command."""
    days = ("--since", "2026-05-01", "--until", "2026-05-02", "--datasets", "consumption")
    argv = ("export", str(tmp_path), *days, "--jobs", "1", "-u", "Cy Gone")
    result = run(*argv, transport=Past())

    assert result.code == 0, result.stderr
    assert "user_gone" in (tmp_path / "_manifest.json").read_text()


class Quiet(Account):
    """An account of which somebody who left used something in July, and nobody since."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        is_july = request.url.params.get("startDate", "").startswith("2026-07")
        self._found = GONE if is_july else usages()
        return super().handle_request(request)


def test_who_was_found_by_name_need_not_be_in_a_list() -> None:
    """Without usage in a period, there is nothing to report, and the id is known all the same."""
    for command in ("report", "trend", "compare", "activity", "list models"):
        argv = (*command.split(), "--period", "2026-10", "--json", "-u")
        result = run(*argv, "Cy Gone", transport=Quiet())
        assert result.code == 0, result.stderr
        assert result.json["filters"]["user_ids"] == ["user_gone"]
        assert run(*argv, "user_gone", transport=Quiet()).code == 2


def test_a_name_that_is_the_id_of_another_means_the_id() -> None:
    """An id is never taken for a name."""
    lists = {**LISTS, "/teams/team_1": {"team": {"keys": [{"id": "apiu_1", "name": ANN}]}}}
    api = Account(lists=lists)

    assert ask("-u", ANN, api=api).json["filters"]["user_ids"] == [ANN]
    other = {"team": {"keys": [{"id": "k1", "name": "k2"}, {"id": "k2", "name": "k1"}]}}
    api = Account(lists={**LISTS, "/teams/team_1": other})
    ask("-u", "k2", api=api)
    assert api.asked[2][1]["userIds"] == "k2"


def test_a_key_that_may_not_read_the_team_finds_people_in_answers() -> None:
    """An Analytics key is such a one; what is in no answer either is told to use ids."""
    lists = {**LISTS, "/teams/team_1": 403}

    found = ask("-u", "Ann Lee", "-u", "bo@kumo.example", api=Account(lists=lists))
    assert found.json["filters"]["user_ids"] == [ANN, BO]
    error, hint = refused("-u", "ci-pipeline", code=4, api=Account(lists=lists))
    assert "403" in error
    assert hint == ("this key may not list users: give ids (user_…, apiu_…) instead of names")


def test_names_of_teams_are_refused_as_those_of_projects_are() -> None:
    """Exit 2 with the nearest, 4 for a key that may not list them, 3 for those of a profile."""
    assert refused("--team", "kumo", code=2) == (
        "--team 'kumo' is not known",
        "the nearest names: Kumo & Forêt",
    )
    twins = {"teams": [{"id": "team_1", "name": "Kumo"}, {"id": "team_2", "name": "KUMO"}]}
    assert refused("--team", "kumo", code=2, api=Account(lists={**LISTS, "/teams": twins})) == (
        "--team 'kumo' is the name of 2 teams",
        "give one of their ids: team_1, team_2",
    )
    error, hint = refused("--team", "kumo", code=4, api=Account(lists={**LISTS, "/teams": 403}))
    assert "403" in error
    assert hint == "this key may not list teams: give ids (team_…) instead of names"


def test_a_team_of_the_profile_may_be_a_name(tmp_path: Path) -> None:
    """One that is not known is exit 3."""
    config = tmp_path / "config.toml"
    environ = CREDENTIALS | {"SCENARIO_USAGE_CONFIG": str(config)}
    config.write_text('[profiles.studio]\nteam = "Kumo & Forêt"\n')
    argv = ("--profile", "studio")

    assert ask(*argv, environ=environ).json["filters"]["team_id"] == "team_1"
    config.write_text('[profiles.studio]\nteam = "Kumo"\n')
    error, _ = refused(*argv, code=3, environ=environ)
    assert error == f"team in profile 'studio' of {config} 'Kumo' is not known"


def test_people_of_long_ago_are_found_among_the_kept_names(tmp_path: Path) -> None:
    """Where neither the team nor the answer has them."""
    environ = CREDENTIALS | {"XDG_CACHE_HOME": str(tmp_path)}
    ask(environ=environ)
    nobody = Account(usages(), {**LISTS, "/teams/team_1": {"team": {"users": [{"id": BO}]}}})
    ask("-u", "Bo Ek", api=nobody, environ=environ)

    assert nobody.asked[-1][1]["userIds"] == BO
    refused("-u", "Bo Ek", "--no-cache", code=2, api=nobody, environ=environ)


EXPORT = ("--since", "2026-11-19", "--jobs", "1", "--datasets", "consumption")


@pytest.mark.parametrize(
    ("option", "name", "now_means"),
    [
        ("-u", "ci-pipeline", {"team": {"keys": [{"id": "apiu_9", "name": "ci-pipeline"}]}}),
        ("--team", "Kumo & Forêt", {"teams": [{"id": "team_9", "name": "Kumo & Forêt"}]}),
    ],
)
def test_a_dataset_is_of_whom_its_name_meant_first(
    option: str, name: str, now_means: Any, tmp_path: Path
) -> None:
    """A name that has come to mean another one is refused, and the same one goes on."""
    argv = ("export", str(tmp_path), *EXPORT, option, name, "--until")
    lists = {**LISTS, "/teams/team_9": {"team": {}}}
    path = "/teams/team_1" if option == "-u" else "/teams"

    assert run(*argv, "2026-11-19", transport=Account()).code == 0
    assert run(*argv, "2026-11-20", transport=Account()).code == 0
    refusal = run(*argv, "2026-11-21", transport=Account(lists={**lists, path: now_means}))
    assert refusal.code == 2
    assert f"was exported of {'apiu_1' if option == '-u' else 'team_1'}, and not of " in (
        refusal.stderr
    )


def test_a_dataset_of_ids_notes_nothing_more(tmp_path: Path) -> None:
    """Its manifest is the one that earlier versions wrote."""
    argv = (
        "export",
        str(tmp_path),
        *EXPORT,
        "--until",
        "2026-11-19",
        "-u",
        KEY,
        "--team",
        "team_1",
    )

    assert run(*argv, transport=Account()).code == 0
    manifest = (tmp_path / "_manifest.json").read_text()
    assert "user_ids" not in manifest
    assert "team_id" not in manifest
