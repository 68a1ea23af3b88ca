"""`doctor` and `config path`: what is wrong with the set-up, and the exit code of each fault."""

import re
from pathlib import Path

import httpx
import pytest

from tests.support import (
    CREDENTIALS,
    KEY,
    NOW,
    SECRET,
    FakeApi,
    Result,
    answer,
    run,
    usages,
)

TEAMS = {"teams": [{"id": "team_1", "name": "Kumo"}]}
PROJECTS = {"projects": [{"id": f"project_{n}", "name": f"Project {n}"} for n in range(1, 8)]}
NO_CONFIG = {"SCENARIO_USAGE_CONFIG": "/proc/nonexistent/config.toml"}


def checks(result: Result) -> dict[str, bool]:
    """Each check by its name, and whether it passed."""
    found = re.findall(r"^([✓✗]) (\w+(?: \w+)*?)  +\S", result.stdout, re.MULTILINE)
    assert len(found) == len(result.stdout.splitlines())
    return {name: mark == "✓" for mark, name in found}


def line(result: Result, check: str) -> str:
    """What was found of one check."""
    (found,) = re.findall(rf"^[✓✗] {check}  +(.*)$", result.stdout, re.MULTILINE)
    return str(found)


def ok(date: str | None = None) -> httpx.Response:
    """An answer of `/usages`, given at that time."""
    return answer(usages()) if date is None else answer(usages(), date=date)


ALL = ["config", "credentials", "base URL", "API", "access", "clock", "teams", "projects"]


def test_when_all_is_well_every_check_passes() -> None:
    """Exit 0, and nothing on stderr; one hour is asked of `/usages`, and no secret is shown."""
    api = FakeApi(ok(date="Sun, 22 Nov 2026 18:30:05 GMT"), answer(TEAMS), answer(PROJECTS))
    result = run("doctor", transport=api)

    assert (result.code, result.stderr) == (0, "")
    assert checks(result) == dict.fromkeys(ALL, True)
    assert line(result, "credentials") == "an API key and its secret from the environment"
    assert line(result, "base URL") == "https://api.cloud.scenario.com/v1 (default)"
    assert line(result, "teams") == "1: Kumo"
    assert line(result, "projects") == (
        "7: Project 1, Project 2, Project 3, Project 4, Project 5, …"
    )
    assert [secret for secret in (KEY, SECRET) if secret in result.stdout] == []
    assert [request.url.path for request in api.requests] == [
        "/v1/usages",
        "/v1/teams",
        "/v1/projects",
    ]
    assert dict(api.requests[0].url.params) == {
        "startDate": "2026-11-22T17:30:00.000Z",
        "endDate": "2026-11-22T18:30:00.000Z",
        "type": "consumption",
        "dropZeroPoints": "true",
    }


def test_the_demo_is_always_well() -> None:
    """With no credentials at all, and nothing sent anywhere."""
    result = run("doctor", "--demo", environ=NO_CONFIG)

    assert (result.code, result.stderr) == (0, "")
    assert checks(result) == {name: True for name in ALL if name != "base URL"}


@pytest.mark.parametrize("command", ["doctor", "report"])
@pytest.mark.parametrize(
    "environ",
    [
        {"SCENARIO_SDK_API_KEY": KEY},
        {"SCENARIO_SDK_API_KEY": KEY, "SCENARIO_SDK_JWT": "token-1"},
        {"SCENARIO_BASE_URL": "http://elsewhere.example"},
    ],
)
def test_the_demo_needs_no_part_of_the_connection(command: str, environ: dict[str, str]) -> None:
    """Half a key or a broken address of the real API does not matter to the built-in studio."""
    result = run(command, "--demo", environ={**NO_CONFIG, **environ})

    assert (result.code, result.stderr) == (0, "")


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_are_exit_4(status: int) -> None:
    """The API answers, access fails; nothing more is asked of it."""
    api = FakeApi(answer({"message": "go away"}, status))
    result = run("doctor", transport=api)

    assert result.code == 4
    assert checks(result) == {**dict.fromkeys(ALL[:6], True), "access": False}
    assert "go away" in line(result, "access")
    assert "hint: " in line(result, "access")


@pytest.mark.parametrize("refused", [("teams",), ("projects",), ("teams", "projects")])
def test_lists_that_the_key_may_not_see_are_information(refused: tuple[str, ...]) -> None:
    """Credentials are judged by `/usages` alone: exit 0."""
    lists = {"teams": answer(TEAMS), "projects": answer(PROJECTS)}
    lists |= {name: answer({}, 403) for name in refused}
    result = run("doctor", transport=FakeApi(ok(), *lists.values()))

    assert result.code == 0
    assert checks(result) == dict.fromkeys(ALL, True)
    assert {line(result, name) for name in refused} == {
        "this key may not list them; ids work all the same"
    }


@pytest.mark.parametrize(
    ("responses", "code"),
    [
        ([answer({}, 404)], 5),
        ([answer({}, 400)], 5),
        ([answer({}, 500)] * 5, 5),
        ([answer({}, 429)] * 5, 5),
        ([httpx.ConnectError("no route")] * 5, 6),
        ([httpx.ReadTimeout("slow")] * 5, 6),
        ([httpx.Response(302, headers={"location": "https://evil.example"})], 5),
        ([httpx.Response(200, text="<html>log in</html>")], 7),
        ([answer([])], 7),
    ],
)
def test_an_api_that_fails_ends_the_checks(
    responses: list[httpx.Response | Exception], code: int
) -> None:
    """With the code of the failure, after the usual retries, and nothing more asked."""
    api = FakeApi(*responses)
    result = run("doctor", transport=api)

    assert (result.code, result.stderr) == (code, "")
    assert checks(result) == {**dict.fromkeys(ALL[:3], True), "API": False}
    api.assert_used_up()


@pytest.mark.parametrize(("status", "tries", "code"), [(500, 5, 5), (404, 1, 5), (401, 1, 4)])
def test_a_list_that_fails_otherwise_is_a_failure(status: int, tries: int, code: int) -> None:
    """The first failure gives the exit code; the other list is still asked for."""
    api = FakeApi(ok(), *[answer({}, status)] * tries, answer(PROJECTS))
    result = run("doctor", transport=api)

    assert result.code == code
    assert checks(result) == {**dict.fromkeys(ALL, True), "teams": False}


@pytest.mark.parametrize(
    ("date", "passed", "told"),
    [
        ("Sun, 22 Nov 2026 18:30:00 GMT", True, "0 s apart"),
        ("Sun, 22 Nov 2026 18:26:00 GMT", True, "240 s apart"),
        ("Sun, 22 Nov 2026 18:20:00 GMT", False, "600 s apart"),
        ("Sun, 22 Nov 2026 18:40:00 GMT", False, "600 s apart"),
        ("Sun, 22 Nov 2026 19:30:00 +0100", True, "0 s apart"),
        ("Sun, 22 Nov 2026 18:30:00", True, ""),
        ("Sun, 22 Nov 2026 18:30:00 -0000", True, ""),
        ("yesterday", True, "does not tell its time"),
        ("Sun, 99 Nov 2026 18:30:00 GMT", True, "does not tell its time"),
        ("", True, "does not tell its time"),
    ],
)
def test_a_clock_that_is_off_is_exit_3(date: str, passed: bool, told: str) -> None:
    """More than five minutes either way; a time that cannot be read is nobody's fault."""
    result = run("doctor", transport=FakeApi(ok(date=date), answer(TEAMS), answer(PROJECTS)))

    assert (result.code, result.stderr) == (0 if passed else 3, "")
    assert checks(result) == {**dict.fromkeys(ALL, True), "clock": passed}
    assert told in line(result, "clock")


def test_a_wrong_clock_is_told_beside_refused_credentials() -> None:
    """It may be their cause; the first failure gives the code."""
    refusal = answer({}, 401, date="Sun, 22 Nov 2026 18:00:00 GMT")
    result = run("doctor", transport=FakeApi(refusal), now=NOW)

    assert result.code == 4
    assert checks(result) == {**dict.fromkeys(ALL[:4], True), "access": False, "clock": False}


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({}, "no credentials"),
        ({"SCENARIO_SDK_API_KEY": KEY}, "no SCENARIO_SDK_API_SECRET"),
        ({"SCENARIO_SDK_API_SECRET": SECRET}, "no SCENARIO_SDK_API_KEY"),
        ({"SCENARIO_SDK_JWT": "token-1", "SCENARIO_SDK_API_KEY": KEY}, "both a key and a token"),
    ],
)
def test_missing_or_half_credentials_are_exit_3(environ: dict[str, str], told: str) -> None:
    """Nothing is sent; the remaining settings are still checked."""
    result = run("doctor", environ={**NO_CONFIG, **environ})

    assert (result.code, result.stderr) == (3, "")
    assert checks(result) == {"config": True, "credentials": False, "base URL": True}
    assert told in line(result, "credentials")


def test_several_faults_are_all_told() -> None:
    """Not only the first."""
    result = run("doctor", "--base-url", "http://elsewhere.example", environ=NO_CONFIG)

    assert result.code == 3
    assert checks(result) == {"config": True, "credentials": False, "base URL": False}


@pytest.mark.parametrize(
    "text", ["[profiles", "[profiles.a]\napi_key = 3", "default_profile = 'gone'", "profiles = 1"]
)
def test_a_malformed_config_is_exit_3(tmp_path: Path, text: str) -> None:
    """Nothing else can be judged without it."""
    config = tmp_path / "config.toml"
    config.write_text(text)
    argv = ("--profile", "a") if "[profiles.a]" in text else ()
    result = run("doctor", *argv, environ={**CREDENTIALS, "SCENARIO_USAGE_CONFIG": str(config)})

    assert (result.code, result.stderr) == (3, "")
    assert checks(result) == {"config": False}
    assert str(config) in line(result, "config")


def test_doctor_checks_the_profile_that_would_be_used(tmp_path: Path) -> None:
    """Its file, its token and its address; warnings go to stderr."""
    config = tmp_path / "config.toml"
    config.write_text(
        '[profiles.studio]\ntoken = "token-5"\nbase_url = "http://127.0.0.1:1/v1"\ncolour = "red"\n'
    )
    config.chmod(0o644)
    api = FakeApi(ok(), answer(TEAMS), answer(PROJECTS))
    result = run(
        *("doctor", "--profile", "studio"),
        environ={"SCENARIO_USAGE_CONFIG": str(config)},
        transport=api,
    )

    assert result.code == 0
    assert f"profile 'studio' of {config}" in line(result, "config")
    assert line(result, "credentials").startswith("a token from profile 'studio'")
    assert line(result, "base URL").startswith("http://127.0.0.1:1/v1 (")
    assert api.requests[0].headers["authorization"] == "Bearer token-5"
    assert [text[:9] for text in result.stderr.splitlines()] == ["warning: "] * 2
    assert "token-5" not in result.stdout + result.stderr


def test_names_from_the_api_are_shown_and_not_obeyed() -> None:
    """One line per check, whatever a team is called; a nameless one is its id."""
    teams = {"teams": [{"id": "t1", "name": "a\nb\x1b[31m"}, {"id": "t2", "name": None}]}
    result = run("doctor", transport=FakeApi(ok(), answer(teams), answer({"projects": None})))

    assert line(result, "teams") == r"2: a\nb\x1b[31m, t2"
    assert line(result, "projects") == "none"


def test_config_path_prints_where_the_file_is_or_would_be() -> None:
    """One line, whole in any terminal; the file need not be there."""
    path = "/nonexistent/" + "long " * 60 + "/config.toml"

    for columns in (None, 40):
        result = run("config", "path", environ={"SCENARIO_USAGE_CONFIG": path}, columns=columns)
        assert (result.code, result.stdout, result.stderr) == (0, path + "\n", "")
    assert run("config", "path", environ={}).stdout.endswith("scenario-usage/config.toml\n")
    home = run("config", "path", environ={"SCENARIO_USAGE_CONFIG": "~/c.toml"}).stdout
    assert home == f"{Path.home()}/c.toml\n"
