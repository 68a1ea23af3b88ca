"""What options, profile and environment ask the API for, and what is told of it."""

import base64
import json
import re
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unicodedata import normalize

import httpx
import pytest

from tests.cases import each
from tests.report.builders import charge
from tests.support import CREDENTIALS, KEY, NOW, SECRET, FakeApi, Result, answer, point, run, usages

PROJECTS = [
    {"id": "project_1", "name": "Hero"},
    {"id": "project_2", "name": "Hero Cinematics"},
    {"id": "project_3", "name": "Straße"},
    {"id": "project_4", "name": "Twin"},
    {"id": "project_5", "name": "TWIN"},
    {"id": "project_6", "name": "Forêt"},
    {"id": "project_7", "name": " Lead and trail "},
    {"id": "project_8", "name": "hero cinematics 2"},
    {"id": "project_9", "name": "Hero Cinematics 2 "},
    {"id": "legacy-6", "name": "Old"},
    {"id": "project_x9", "name": None},
]
TYPES = {
    "consumption": "consumption",
    "models": "model-usages",
    "assets": "asset-usages",
    "actions": "usages",
    "moderation": "nsfw-usages",
    "quality_gates": "quality-gate-usages",
}
SOMETHING = usages(consumption=[charge(f"user_{number}", 1) for number in range(1, 4)])
"""So that nobody asks whether there is anything by an id."""


def sent(*argv: str, answers: tuple[Any, ...] = (), **options: Any) -> list[tuple[str, Any]]:
    """Path and parameters of each request of a report for programs that succeeds."""
    api = FakeApi(*map(answer, answers), answer(SOMETHING))
    result = run("report", "--csv", *argv, transport=api, **options)

    assert (result.code, result.stderr) == (0, "")
    api.assert_used_up()
    return [(request.url.path, dict(request.url.params)) for request in api.requests]


def named(*argv: str) -> tuple[list[str], Any]:
    """The paths of a report with project names, and the projects that it filters by."""
    requests = sent(*argv, answers=({"projects": PROJECTS},))
    return [path for path, _ in requests], requests[-1][1].get("projectIds")


def refused(*responses: httpx.Response, argv: tuple[str, ...], code: int) -> Result:
    """A report that fails after these responses, with two lines and nothing on stdout."""
    api = FakeApi(*responses)
    result = run("report", *argv, transport=api)

    assert (result.code, result.stdout) == (code, "")
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["error", "hint"]
    api.assert_used_up()
    return result


@pytest.mark.parametrize(
    ("argv", "start", "end"),
    [
        ((), "2026-10-24T00:00:00.000Z", "2026-11-22T18:30:00.000Z"),
        (("--period", "2026-10"), "2026-10-01T00:00:00.000Z", "2026-10-31T23:59:59.999Z"),
        (("--last", "24h"), "2026-11-21T18:30:00.000Z", "2026-11-22T18:30:00.000Z"),
        (
            ("--start", "2026-11-01", "--end", "2026-11-01", "--tz", "Europe/Paris"),
            "2026-10-31T23:00:00.000Z",
            "2026-11-01T22:59:59.999Z",
        ),
    ],
)
def test_a_report_is_one_request_with_full_timestamps(
    argv: tuple[str, ...], start: str, end: str
) -> None:
    """Never a bare date, which the API would read as that day's first instant."""
    assert sent(*argv) == [
        (
            "/v1/usages",
            {
                "startDate": start,
                "endDate": end,
                "type": ",".join(TYPES.values()),
                "dropZeroPoints": "true",
            },
        )
    ]


@pytest.mark.parametrize(("section", "wire"), TYPES.items())
def test_only_the_sections_asked_for_are_asked_of_the_api(section: str, wire: str) -> None:
    """By the API's own names, of which a wrong one would silently return everything."""
    ((_, params),) = sent("--section", section)

    assert params["type"] == wire


def test_the_zone_of_the_environment_holds() -> None:
    """As if `--tz` had named it, and `--tz` beats it."""
    environ = {**CREDENTIALS, "SCENARIO_USAGE_TZ": "Asia/Kolkata"}
    day = ("--start", "2026-11-01", "--end", "2026-11-01")

    assert sent(*day, environ=environ)[0][1]["startDate"] == "2026-10-31T18:30:00.000Z"
    assert sent(*day, "--tz", "UTC", environ=environ)[0][1]["startDate"][:10] == "2026-11-01"


@pytest.mark.parametrize(
    ("argv", "params"),
    [
        (("--team", "team_9"), {"teamId": "team_9"}),
        (("--user", "user_1"), {"userIds": "user_1"}),
        (("-u", "user_1,user_2", "-u", " user_3 ,"), {"userIds": "user_1,user_2,user_3"}),
        (("--user", "user_1,user_1", "-u", "user_1"), {"userIds": "user_1"}),
        (("--project", "project_7"), {"projectIds": "project_7"}),
        (("-p", "proj_7,project_8", "-p", "proj_7"), {"projectIds": "proj_7,project_8"}),
        (("--team", "team_a&type=activity"), {"teamId": "team_a&type=activity"}),
        (("--user", "user_ü #?%2C"), {"userIds": "user_ü #?%2C"}),
    ],
)
def test_ids_are_sent_without_asking_for_names(
    argv: tuple[str, ...], params: dict[str, str]
) -> None:
    """One request, the ids joined by commas; whatever they hold stays inside its parameter."""
    ((path, found),) = sent(*argv)
    usual = {"startDate", "endDate", "type", "dropZeroPoints"}

    assert path == "/v1/usages"
    assert {name: value for name, value in found.items() if name not in usual} == params
    assert found["type"] == ",".join(TYPES.values())


@pytest.mark.parametrize(
    ("argv", "ids"),
    [
        (("-p", "Hero"), "project_1"),
        (("-p", "hERO"), "project_1"),
        (("-p", "STRASSE"), "project_3"),
        (("-p", normalize("NFD", "FORÊT")), "project_6"),
        (("-p", "lead and trail"), "project_7"),
        (("-p", " Lead and trail "), "project_7"),
        (("-p", "hero cinematics, Hero"), "project_2,project_1"),
        (("-p", "Hero", "-p", "HERO", "-p", "project_1"), "project_1"),
        (("-p", "Hero,project_unseen"), "project_1,project_unseen"),
        (("-p", "legacy-6"), "legacy-6"),
    ],
)
def test_project_names_are_looked_up_ignoring_case(argv: tuple[str, ...], ids: str) -> None:
    """Once for all of them, in the order given, each once; an id of another form is one too."""
    assert named(*argv) == (["/v1/projects", "/v1/usages"], ids)


def test_projects_are_looked_up_in_the_team_and_page_by_page() -> None:
    """Every page is read before a name is called unknown."""
    first = {"projects": PROJECTS, "nextPaginationToken": "a/b="}
    second = {"projects": [{"id": "project_8", "name": "Last"}]}
    requests = sent("-p", "last", "--team", "team_9", answers=(first, second))

    assert requests[:2] == [
        ("/v1/projects", {"pageSize": "100", "teamId": "team_9"}),
        ("/v1/projects", {"pageSize": "100", "teamId": "team_9", "paginationToken": "a/b="}),
    ]
    assert (requests[2][1]["projectIds"], requests[2][1]["teamId"]) == ("project_8", "team_9")


def test_a_page_that_repeats_for_ever_is_refused() -> None:
    """After as many requests as there are different tokens."""
    page = {"projects": PROJECTS, "nextPaginationToken": "again"}

    assert "/projects" in refused(answer(page), answer(page), argv=("-p", "Hero"), code=7).error


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Heroo", ["Hero"]),
        ("cinema", ["Hero Cinematics"]),
        ("x9", ["project_x9"]),
        ("lead and tail", ["names: Lead and trail"]),
        ("zzzz", ["Hero", "Straße", "project_x9"]),
    ],
)
def test_an_unknown_project_is_refused_with_the_nearest_names(name: str, near: list[str]) -> None:
    """Before anything is asked of `/usages`; a project without a name is shown by its id."""
    result = refused(answer({"projects": PROJECTS}), argv=("-p", name), code=2)

    assert result.error == f"error: --project {name!r} is not known"
    assert [text for text in near if text not in result.stderr] == []
    assert "None" not in result.stderr


def test_an_unknown_project_of_a_key_without_projects_is_refused() -> None:
    """The list may be empty, or absent; the hint does not end in nothing."""
    for page in ('{"projects": []}', "{}"):
        result = refused(httpx.Response(200, text=page), argv=("-p", "Hero"), code=2)

        assert re.search(r"^hint: .*\w$", result.stderr, re.MULTILINE)


def test_an_ambiguous_project_is_refused_with_its_ids() -> None:
    """Two projects whose names differ in case or blanks only can be told apart by id."""
    for name, ids in (
        ("twin", "project_4, project_5"),
        ("Hero Cinematics 2", "project_8, project_9"),
    ):
        result = refused(answer({"projects": PROJECTS}), argv=("-p", name), code=2)

        assert f"--project {name!r}" in result.error
        assert ids in result.stderr


def test_a_key_that_may_not_list_projects_is_told_to_use_ids() -> None:
    """403 on `/projects` is a matter of rights; 401 is one of the key, as everywhere."""
    forbidden = refused(answer({}, 403), argv=("-p", "Hero"), code=4)
    unknown = refused(answer({}, 401), argv=("-p", "Hero"), code=4)

    assert "ids (project_…)" in forbidden.stderr.splitlines()[1]
    assert "ids" not in unknown.stderr


@pytest.fixture
def profiled(tmp_path: Path) -> dict[str, str]:
    """An environment with credentials, and a profile with filters."""
    config = tmp_path / "config.toml"
    config.write_text(
        '[profiles.studio]\nteam = "team_p"\nprojects = ["Hero", "project_7"]\ntz = "Asia/Tokyo"\n'
        'base_url = "https://studio.example/api/"\n'
    )
    return {**CREDENTIALS, "SCENARIO_USAGE_CONFIG": str(config)}


@pytest.mark.parametrize(
    "argv", [("--profile", "studio", "report"), ("report", "--profile", "studio")]
)
def test_the_profile_narrows_the_report(argv: tuple[str, ...], profiled: dict[str, str]) -> None:
    """Its team, projects, zone and address hold, before and after the command."""
    api = FakeApi(answer({"projects": PROJECTS}), answer(SOMETHING))
    document = run(*argv, "--json", "--period", "2026-05", environ=profiled, transport=api).json
    url = api.requests[-1].url

    assert (url.host, url.path) == ("studio.example", "/api/usages")
    assert (url.params["teamId"], url.params["projectIds"]) == ("team_p", "project_1,project_7")
    assert document["period"]["start"] == "2026-04-30T15:00:00Z"
    assert document["filters"]["project_ids"] == ["project_1", "project_7"]
    assert document["filters"]["team_id"] == "team_p"


def test_options_replace_the_filters_of_the_profile(profiled: dict[str, str]) -> None:
    """They are not added to them."""
    argv = ("--profile", "studio", "-p", "project_1", "--team", "team_9")
    ((_, params),) = sent(*argv, environ=profiled)

    assert (params["teamId"], params["projectIds"]) == ("team_9", "project_1")


def test_verbose_tells_each_request_in_one_line() -> None:
    """Method, address, status, bytes, time, retry and request id; also what failed."""
    api = FakeApi(
        answer({}, 503, retry_after="1"),
        httpx.ConnectError("no route"),
        answer(usages(), x_request_id="req_7"),
    )
    result = run("--verbose", "report", "--section", "assets", transport=api)
    lines = [line for line in result.stderr.splitlines() if line.startswith("GET ")]
    url = re.escape(str(api.requests[0].url))

    assert [re.sub(r"\d+ ms", "N ms", re.sub(url, "URL", line)) for line in lines] == [
        "GET URL 503 2 B N ms, retry 0, request id -",
        "GET URL ConnectError N ms, retry 1, request id -",
        f"GET URL 200 {len(json.dumps(usages(), separators=(',', ':')))} B N ms, retry 2, "
        "request id req_7",
    ]


@pytest.mark.parametrize("argv", [("--verbose", "report"), ("report", "--verbose")])
def test_verbose_shows_the_traceback_before_the_two_lines(argv: tuple[str, ...]) -> None:
    """Without it there is none, and no line about requests."""
    result = run(*argv, transport=FakeApi(answer({}, 404)))

    assert "Traceback (most recent call last):" in result.stderr
    assert [line.split(":")[0] for line in result.stderr.splitlines()[-2:]] == ["error", "hint"]


@pytest.mark.parametrize(("escape", "around"), [("", ""), ("\\u002d", ""), ("", "\n")])
@pytest.mark.parametrize("status", [200, 400, 401])
def test_no_secret_is_shown_or_saved_whatever_the_api_echoes(
    tmp_path: Path, status: int, escape: str, around: str
) -> None:
    """Not in output, errors, log, traceback or the raw file; also written with JSON escapes, or
    read with a line feed that is not part of them.
    """
    basic = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
    leak = f"{KEY} {SECRET}" if escape else f"{KEY} {SECRET} {basic}"
    document = usages(
        consumption=[{"userId": KEY, "value": 1, "discount": 0, "total": 1}],
        users=[{"id": KEY, "fullName": leak, "email": SECRET}],
    )
    body = json.dumps(document if status == 200 else {"message": leak})
    body = body.replace("-", escape) if escape else body
    raw, output = tmp_path / "raw.json", tmp_path / "out.json"
    headers = {"x-request-id": leak, "date": leak}
    result = run(
        *("report", "--verbose", "--json", "--section", "consumption"),
        *("--save-raw", str(raw), "--output", str(output)),
        environ={
            **CREDENTIALS,
            "SCENARIO_SDK_API_KEY": around + KEY + around,
            "SCENARIO_SDK_API_SECRET": SECRET + around,
        },
        transport=FakeApi(httpx.Response(status, text=body, headers=headers)),
    )
    files = "".join(path.read_text() for path in tmp_path.iterdir())
    shown = result.stdout + result.stderr + files

    assert [secret for secret in (KEY, SECRET, basic) if secret in shown] == []
    assert (result.code, bool(files)) == ({200: 0, 400: 5, 401: 4}[status], status == 200)


def test_a_report_is_of_what_was_before_it_was_made() -> None:
    """The clock goes on while it is made, but it is looked at once."""
    ticking = (NOW + timedelta(seconds=second) for second in count())
    result = run(
        *("report", "--json", "--last", "2d"),
        transport=FakeApi(answer(usages())),
        now=lambda: next(ticking),
    )

    assert result.json["period"]["end"][:19] == result.json["generated_at"][:19]


def test_somebody_who_made_something_is_there() -> None:
    """Though it cost nothing, and has no row of consumption."""
    assets = [{"kind": "image", "points": [point(count=1, countApiKey=0)]}]
    api = FakeApi(answer(usages(assets=assets)))

    assert run("report", "--user", "user_1", transport=api).stderr == ""


def test_what_is_not_shown_is_not_said_to_be_wider() -> None:
    """With models alone, all that is shown is narrowed."""
    argv = ("report", "--model", "m", "--section", "models")
    stderr = run(*argv, transport=FakeApi(answer(usages()))).stderr

    assert stderr == "warning: no model is called m\n"


@each("command", ["report", "trend", "compare", "activity"])
@each(
    ("argv", "start"),
    [
        (("--last", "200y"), "1826-11-23T00:00:00Z"),
        (("--last", "57y"), "1969-11-23T00:00:00Z"),
        (("--last", "999999h"), "1912-10-25T03:30:00Z"),
        (("--start", "1900-01-01", "--end", "1900-01-31"), "1900-01-01T00:00:00Z"),
        (("--period", "1969-Q4"), "1969-10-01T00:00:00Z"),
        (("--start", "1970-01-01", "--tz", "Asia/Tokyo"), "1969-12-31T15:00:00Z"),
    ],
)
def test_a_period_that_the_api_would_refuse_is_not_asked_for(
    command: str, argv: tuple[str, ...], start: str
) -> None:
    """Exit 2 with the longest that works, before any of hundreds of requests."""
    result = run(command, *argv, transport=FakeApi())

    assert (result.code, result.stdout) == (2, "")
    assert f" begins at {start}, " in result.error
    assert result.stderr.splitlines()[1].startswith(
        "hint: the earliest is --start 1970-01-01T00:00Z"
    )


def test_the_longest_period_that_a_hint_names_is_answered() -> None:
    """By the built-in studio, which is as strict as the API."""
    hint = run("report", "--demo", "--last", "200y").stderr
    (longest,) = re.findall(r"longest --last (\d+y)", hint)

    assert longest == "56y"
    assert run("report", "--demo", "--last", longest, "--section", "consumption").code == 0


def test_a_comparison_with_what_the_api_would_refuse_is_not_asked_for() -> None:
    """Also where only the other of its two periods is too early."""
    result = run("compare", "--period", "1970", "--against", "previous", transport=FakeApi())

    assert (result.code, result.stdout) == (2, "")
    assert " begins at 1969-01-01T00:00:00Z, " in result.error
