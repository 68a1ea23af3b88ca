"""Ids of which nothing was found: what the lists say of them, in every command."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cases import each
from tests.report.builders import charge, kind, model
from tests.support import CREDENTIALS, Result, answer, at, run, usages

TAKES_IDS = "beside --from, --user takes ids, not names"
NOTHING = usages() | {"activity": []}
ZEROS = usages(
    consumption=[charge("user_nope", 0)],
    models=[model("m1", jobs=0, cost=0)],
    assets=[kind("image", 0)],
)
LISTS: dict[str, Any] = {
    "/projects": {"projects": [{"id": "project_1", "name": "Hero"}, {"id": "project_22"}]},
    "/teams": {"teams": [{"id": "team_1", "name": "Kumo"}]},
    "/teams/team_1": {
        "team": {
            "users": [{"id": "user_1", "email": "ann@kumo.example"}],
            "keys": [{"id": "apiu_1", "apiKeyId": "api_77", "name": "build-pipeline"}],
        }
    },
}
COMMANDS = [
    ("report",),
    ("report", "--section", "moderation"),
    ("report", "--by", "user,project"),
    ("report", "--keep-going"),
    ("trend",),
    ("trend", "--split", "kind"),
    ("compare", "--period", "2026-10"),
    ("activity",),
    ("activity", "--csv"),
]
every_command = pytest.mark.parametrize("command", COMMANDS, ids=" ".join)


class Api(httpx.BaseTransport):
    """Lists, and one answer for `/usages`, or several by the project or user that is asked for."""

    def __init__(
        self,
        found: Any = NOTHING,
        *,
        by_id: Mapping[str, Any] | None = None,
        lists: Mapping[str, Any] = LISTS,
    ) -> None:
        self.paths: list[str] = []
        self._found = found
        self._by_id = by_id or {}
        self._lists = lists

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v1")
        self.paths.append(path)
        if path == "/usages":
            params = request.url.params
            one = params.get("projectIds") or params.get("userIds")
            found = self._by_id.get(one or "", self._found)
            if not isinstance(found, int):
                found = at(params["startDate"], found)
        else:
            found = self._lists[path]
        return answer({"message": "no"}, found) if isinstance(found, int) else answer(found)


def refused(*argv: str, code: int = 2, api: Api | None = None, **more: Any) -> tuple[str, str]:
    """The error and the hint of a run that prints nothing."""
    result = run(*argv, transport=api or Api(), **more)
    lines = result.stderr.splitlines()

    assert (result.code, result.stdout, len(lines)) == (code, "", 2), result.stderr
    return lines[0].removeprefix("error: "), lines[1].removeprefix("hint: ")


def warned(*argv: str, api: Api) -> list[str]:
    """The warnings of a run that ends well."""
    result: Result = run(*argv, transport=api)

    assert result.code == 0
    return [line.removeprefix("warning: ") for line in result.stderr.splitlines()]


@pytest.mark.parametrize(
    ("argv", "error", "hint"),
    [
        (
            ("-p", "project_nope"),
            "--project 'project_nope' is not known",
            "the nearest: project_1 (Hero), project_22",
        ),
        (
            ("-p", "project_1,project_2"),
            "--project 'project_2' is not known",
            "the nearest: project_22",
        ),
        (
            ("-u", "user_2"),
            "--user 'user_2' is not known",
            "the nearest: user_1 (ann@kumo.example)",
        ),
        (
            ("-u", "Ann"),
            "--user 'Ann' is not known",
            "the nearest names: ann@kumo.example",
        ),
        (
            ("-u", "apiu_7"),
            "--user 'apiu_7' is not known",
            "the nearest: apiu_1 (build-pipeline)",
        ),
        (
            ("--team", "Hero"),
            "--team 'Hero' is not known",
            "known names: Kumo",
        ),
        (("--team", "team_2"), "--team 'team_2' is not known", "the nearest: team_1 (Kumo)"),
        (
            ("--team", "kum", "-p", "project_nope"),
            "--team 'kum' is not known",
            "the nearest names: Kumo",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_an_id_that_nobody_knows_is_refused_with_the_nearest(
    argv: tuple[str, ...], error: str, hint: str
) -> None:
    """Exit 2 and nothing on stdout: a quiet project and a misspelt one look the same."""
    assert refused("report", *argv) == (error, hint)


@pytest.mark.parametrize("argv", [("-p", "project_nope"), ("-u", "Ann"), ("--team", "team_x")])
@every_command
def test_it_is_refused_by_every_command(command: tuple[str, ...], argv: tuple[str, ...]) -> None:
    """Whatever it asks for, and in whatever format."""
    assert f"{argv[1]!r} is not known" in refused(*command, *argv)[0]


@pytest.mark.parametrize(
    "argv", [("-p", "project_nope"), ("-u", "user_1,Ann"), ("--team", "team_x")]
)
def test_sections_that_did_not_come_are_no_find(argv: tuple[str, ...]) -> None:
    """Some of them may be absent where they are empty; the rest tells."""
    bare = {key: NOTHING[key] for key in ("consumption", "modelUsages")}

    assert "is not known" in refused("report", *argv, api=Api(bare))[0]


def test_all_who_are_called_the_same_are_near() -> None:
    """The ids tell them apart; of many that hold the text the first few are shown."""
    keys = [{"id": f"apiu_{number:02}", "name": "Build"} for number in range(12)]
    lists = LISTS | {"/teams/team_1": {"team": {"keys": keys}}}

    _, hint = refused("report", "-u", "apiu_", api=Api(lists=lists))
    assert hint.count("(Build)") == 10


@pytest.mark.parametrize(
    "argv", [("-p", "project_nope"), ("-u", "user_nope"), ("--team", "team_x")]
)
@pytest.mark.parametrize("command", ["report", "trend", "compare"])
def test_rows_of_zeros_are_nothing(command: str, argv: tuple[str, ...]) -> None:
    """The API may fill in what it was asked for."""
    assert "is not known" in refused(command, *argv, api=Api(ZEROS))[0]


@pytest.mark.parametrize(
    "argv", [("-p", "project_1"), ("-u", "user_1,apiu_1"), ("--team", "team_1")], ids=" ".join
)
@every_command
def test_what_is_known_may_be_quiet(command: tuple[str, ...], argv: tuple[str, ...]) -> None:
    """No warning, and exit 0."""
    assert warned(*command, *argv, api=Api()) == []


@pytest.mark.parametrize(
    "argv", [("-p", "project_nope"), ("-u", "user_1"), ("--team", "team_x")], ids=" ".join
)
@pytest.mark.parametrize("command", [("report",), ("trend",), ("compare", "--period", "2026-10")])
def test_what_has_anything_is_taken_without_asking(
    command: tuple[str, ...], argv: tuple[str, ...]
) -> None:
    """No list is asked for where no name is shown, and a key which may not list is as good."""
    api = Api(usages(consumption=[charge("user_1", 1)], models=[model("m", cost=1)]))

    assert warned(*command, *argv, "--json", api=api) == []
    assert set(api.paths) == {"/usages"}


@each(
    ("argv", "warning"),
    [
        (
            ("-p", "project_nope"),
            "nothing was found for the project project_nope: "
            "it is unknown whether it exists, because this key {} projects",
        ),
        (
            ("-u", "user_nope"),
            "nothing was found for the user user_nope: "
            "it is unknown whether it exists, because this key {} users",
        ),
        (
            ("--team", "team_nope"),
            "nothing was found for the team team_nope: "
            "it is unknown whether it exists, because this key {} teams",
        ),
    ],
)
@each(
    ("command", "page", "verb"),
    [(("report",), {}, "lists no"), *((command, 403, "may not list") for command in COMMANDS)],
)
def test_what_nobody_can_tell_is_a_warning(
    command: tuple[str, ...], argv: tuple[str, ...], warning: str, page: Any, verb: str
) -> None:
    """Where the key may not list, or has nothing to list."""
    lists = LISTS | dict.fromkeys(("/teams", "/teams/team_1", "/teams/team_nope"), page)
    if "--by" not in command:  # which needs them
        lists |= {"/projects": page}
    elif argv[0] == "-p":
        return
    suffix = " (403)" if page == 403 and "{}" in warning else ""
    assert warned(*command, *argv, api=Api(lists=lists)) == [warning.format(verb) + suffix]


def test_a_list_that_fails_is_a_warning() -> None:
    """The figures are there, and they are not wrong."""
    (warning,) = warned("report", "-p", "project_x", api=Api(lists={"/projects": 400}))

    assert warning.startswith(
        "nothing was found for the project project_x: it is unknown whether it exists"
    )
    assert "400" in warning


@each("status", [400, 403, 404])
@each("command", [each for each in COMMANDS if "--keep-going" not in each])
def test_a_team_that_is_refused_and_unknown_is_named(command: tuple[str, ...], status: int) -> None:
    """Instead of blaming the credentials, or their rights on projects."""
    other = ("--team", "team_9")

    assert refused(*command, *other, api=Api(status)) == (
        "--team 'team_9' is not known",
        "the nearest: team_1 (Kumo)",
    )
    lists = LISTS | {"/projects": status}
    error, _ = refused(*command, *other, "-p", "Some name", api=Api(lists=lists))
    assert error == "--team 'team_9' is not known"


def test_a_team_that_is_refused_though_known_is_a_matter_of_rights() -> None:
    """Exit 4, as without asking; also where nobody can tell."""
    for lists in (LISTS, {"/teams": 403}):
        api = Api(403, lists=lists)
        assert "403" in refused("report", "--team", "team_1", code=4, api=api)[0]


@pytest.mark.parametrize(
    ("by", "argv", "error"),
    [
        ("project", ("-p", "project_1,project_9"), "--project 'project_9' is not known"),
        ("user", ("-u", "user_1,user_9"), "--user 'user_9' is not known"),
        ("user,project", ("-p", "project_1,project_9"), "--project 'project_9' is not known"),
    ],
)
def test_a_breakdown_tells_of_each_id(by: str, argv: tuple[str, ...], error: str) -> None:
    """Where one has something and another nothing."""
    some = usages(consumption=[charge("user_1", 1)], models=[model("m", cost=1)])
    by_id = {"project_9": NOTHING, "user_9": NOTHING}

    assert refused("report", "--by", by, *argv, api=Api(some, by_id=by_id))[0] == error


def test_of_several_users_each_has_a_row_of_consumption() -> None:
    """Whoever has none, or one of zeros, is looked up."""
    some = usages(consumption=[charge("user_1", 1), charge("user_9", 0)])

    for one in ("user_8", "user_9"):
        argv = ("report", "-u", f"user_1,{one}")
        assert refused(*argv, api=Api(some))[0] == f"--user {one!r} is not known"
    assert warned("report", "-u", "user_1,apiu_1", api=Api(some)) == []


def test_somebody_in_one_of_two_periods_is_there() -> None:
    """A comparison has found something, then, and asks nobody."""
    found = usages(consumption=[charge("user_9", 1)], models=[model("m1", jobs=1, cost=1)])
    answers = iter([NOTHING, at("2026-09-01T00:00:00Z", found)])
    transport = httpx.MockTransport(lambda request: answer(next(answers)))
    result = run(
        "compare", "--period", "2026-10", "--jobs", "1", "-u", "user_9", transport=transport
    )

    assert (result.code, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("setting", "error"),
    [
        ('team = "Hero"', "team in profile 'studio' of {}"),
        ('projects = ["project_nope"]', "projects in profile 'studio' of {}"),
    ],
)
def test_an_unknown_id_of_the_profile_is_the_profile_s_fault(
    setting: str, error: str, tmp_path: Path
) -> None:
    """Exit 3, naming the file; an option in its place is exit 2."""
    config = tmp_path / "config.toml"
    config.write_text(f"[profiles.studio]\n{setting}\n")
    environ = {**CREDENTIALS, "SCENARIO_USAGE_CONFIG": str(config)}
    argv = ("report", "--profile", "studio")
    place, _, rest = error.format(config).partition(": ")
    value = setting.split('"')[1]

    told, _ = refused(*argv, code=3, environ=environ)
    assert told == f"{place} {value!r} is not known" + (f": {rest}" if rest else "")
    assert "--project" in refused(*argv, "-p", "project_x", "--team", "team_1", environ=environ)[0]


@pytest.mark.parametrize(
    ("argv", "warnings"),
    [
        (("-u", "user_1,user_9"), ["nothing was found for the user user_9"]),
        (("-u", "user_1,Ada"), [f"nothing was found for the user Ada: {TAKES_IDS}"]),
        (("-u", "user_1"), []),
        (("-p", "project_9"), []),
    ],
)
def test_a_bare_answer_is_said_to_lack_what_it_was_asked_for(
    argv: tuple[str, ...], warnings: list[str]
) -> None:
    """Nobody is there to be asked; of several projects none can be told apart."""
    body = json.dumps(usages(consumption=[charge("user_1", 1)])).encode()
    result = run("report", "--from", "-", *argv, stdin=body)

    assert (result.code, result.stderr) == (0, "".join(f"warning: {line}\n" for line in warnings))


def test_a_bare_answer_of_nothing_lacks_its_project() -> None:
    """As far as anybody can tell."""
    body = json.dumps(usages()).encode()
    result = run("report", "--from", "-", "-p", "project_9", stdin=body)

    assert result.stderr == "warning: nothing was found for the project project_9\n"


def test_the_file_of_yesterday_stays(tmp_path: Path) -> None:
    """An id that was misspelt today replaces nothing."""
    for command in ("report", "activity"):
        target = tmp_path / f"{command}.csv"
        target.write_text("yesterday")
        refused(command, "-p", "project_nope", "-o", str(target))
        assert target.read_text() == "yesterday"


EXPORT = ("--since", "2026-11-19", "--until", "2026-11-20", "--jobs", "1", "--json")


@pytest.mark.parametrize(
    ("argv", "error"),
    [
        (("-p", "project_nope"), "--project 'project_nope' is not known"),
        (("-u", "Ann"), "--user 'Ann' is not known"),
        (("--team", "Hero"), "--team 'Hero' is not known"),
    ],
)
def test_a_dataset_of_nobody_is_not_begun(
    argv: tuple[str, ...], error: str, tmp_path: Path
) -> None:
    """Before anything is written; not even its options are settled."""
    if "--team" in argv:
        plan = ("export", str(tmp_path / "plan"), *EXPORT, *argv, "--by-project", "--dry-run")
        assert refused(*plan, api=Api(lists=LISTS | {"/projects": 403}))[0] == error
    assert refused("export", str(tmp_path), *EXPORT, *argv)[0] == error
    assert [file.name for file in tmp_path.rglob("*")] == ["_lock"]


def test_a_dataset_that_has_data_goes_on(tmp_path: Path) -> None:
    """Somebody may have left: what there is was right."""
    some = usages(consumption=[charge("user_9", 1)], models=[model("m", cost=1)])
    argv = ("export", str(tmp_path), *EXPORT[2:], "-u", "user_9")

    assert warned(*argv, "--since", "2026-11-19", api=Api(some)) == []
    api = Api()
    result = run(*argv[:3], "2026-11-21", *argv[4:], "--since", "2026-11-19", transport=api)
    assert (result.code, set(api.paths)) == (0, {"/usages"})


def test_a_dataset_whose_first_day_is_quiet_is_looked_at_whole(tmp_path: Path) -> None:
    """A project that was deleted since may have been busy later."""

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/projects":
            return answer(LISTS["/projects"])
        is_quiet = request.url.params["endDate"] < "2026-11-20"
        return answer(NOTHING if is_quiet else usages(consumption=[charge("user_1", 1)]))

    transport = httpx.MockTransport(handle)
    result = run("export", str(tmp_path), *EXPORT, "-p", "project_9", transport=transport)

    assert (result.code, result.stderr) == (0, "")
    assert result.json["rows"] > 0


def test_a_dataset_by_project_tells_of_each(tmp_path: Path) -> None:
    """Where one of them has something."""
    some = usages(consumption=[charge("user_1", 1)], models=[model("m", cost=1)])
    argv = ("export", str(tmp_path), *EXPORT, "-p", "project_1,project_9")
    api = Api(some, by_id={"project_9": NOTHING})

    assert "'project_9' is not known" in refused(*argv, "--by-project", api=api)[0]
    assert [file.name for file in tmp_path.rglob("*")] == ["_lock"]


def test_a_dataset_of_which_nobody_can_tell_is_warned_of(tmp_path: Path) -> None:
    """Where nothing at all was found."""
    argv = ("export", str(tmp_path), *EXPORT, "-p", "project_9")

    assert warned(*argv, api=Api(lists={"/projects": 403})) == [
        "2026-11-19: nothing was found for the project project_9: "
        "it is unknown whether it exists, because this key may not list projects (403)"
    ]
