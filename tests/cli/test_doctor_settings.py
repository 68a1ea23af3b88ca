"""`doctor` and what every other command would use: zone, format, team and projects; `--json`."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.cli.test_doctor import NO_CONFIG, PROJECTS, TEAMS, checks, line, ok
from tests.support import CREDENTIALS, KEY, SECRET, FakeApi, Result, answer, run

NAMED = {"projects": [{"id": "project_1", "name": "Hero"}, {"id": "project_2", "name": "Villain"}]}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Where the config file of a test is."""
    return tmp_path / "config.toml"


def doctor(config: Path, text: str, *responses: Any, argv: tuple[str, ...] = ()) -> Result:
    """What it says of a profile, after an answer of `/usages`."""
    config.write_text(f"[profiles.studio]\n{text}\n")
    api = FakeApi(ok(), *responses)
    result = run(
        *("doctor", "--profile", "studio", *argv),
        environ={**CREDENTIALS, "SCENARIO_USAGE_CONFIG": str(config)},
        transport=api,
    )
    api.assert_used_up()
    return result


@pytest.mark.parametrize(
    ("text", "check", "told"),
    [
        (
            'tz = "Mars/Base"',
            "time zone",
            "unknown time zone 'Mars/Base' in tz in profile 'studio'",
        ),
        ('format = "exel"', "format", "format in profile 'studio' of {} 'exel' is not a format"),
        ('projects = ["Heroe"]', "own project", "projects in profile 'studio' of {} 'Heroe' is"),
        ('projects = "project_7"', "own project", "profile 'studio' of {} names project_7, which"),
        ('team = "team_2"', "own team", "team in profile 'studio' of {} names team_2, which"),
        (
            'team = "Kum"',
            "own team",
            "team in profile 'studio' of {} 'Kum' is not known (hint: the",
        ),
    ],
)
def test_a_profile_that_no_other_command_could_use_is_exit_3(
    text: str, check: str, told: str, config: Path
) -> None:
    """It is told which setting, and all that is well besides is still checked."""
    result = doctor(config, text, answer(TEAMS), answer(NAMED))

    assert (result.code, result.stderr) == (3, "")
    assert [name for name, passed in checks(result).items() if not passed] == [check]
    assert checks(result)["projects"]
    assert told.format(config) in line(result, check)
    assert "(hint: " in line(result, check)


def test_a_profile_that_works_is_told_as_it_will_be_used(config: Path) -> None:
    """Names of projects are looked up in its team, and the API is asked once as others would."""
    text = 'tz = "europe/paris"\nformat = "NDJSON"\nteam = "team_1"\nprojects = ["hero"]'
    config.write_text(f"[profiles.studio]\n{text}\n")
    api = FakeApi(ok(), answer(TEAMS), answer(NAMED), ok())
    environ = {**CREDENTIALS, "SCENARIO_USAGE_CONFIG": str(config)}
    result = run("doctor", "--profile", "studio", environ=environ, transport=api)
    where = f"in profile 'studio' of {config}"

    assert (result.code, result.stderr) == (0, "")
    assert line(result, "time zone") == f"Europe/Paris (tz {where})"
    assert line(result, "format") == f"ndjson (format {where}), for activity only"
    assert line(result, "own team") == f"Kumo (team {where})"
    assert line(result, "own project") == f"Hero (projects {where})"
    assert line(result, "own usage") == "the API answers for them"
    assert [dict(request.url.params).get("teamId") for request in api.requests] == [
        *(None, None, "team_1", "team_1"),
    ]
    assert api.requests[-1].url.params["projectIds"] == "project_1"


@pytest.mark.parametrize(
    ("text", "responses", "code", "failed"),
    [
        ('team = "team_2"', [answer({}, 403)], 4, "own usage"),
        ('projects = ["project_7"]', [answer({}, 404)], 5, "own usage"),
        ('projects = ["project_1"]', [ok()], 0, None),
        ('projects = ["Hero"]', [answer({}, 403)], 4, "own project"),
    ],
)
def test_what_may_not_be_listed_is_tried_out(
    text: str, responses: list[Any], code: int, failed: str | None, config: Path
) -> None:
    """A key may not list teams and projects, and yet be narrowed to ids of them."""
    result = doctor(config, text, answer({}, 403), answer({}, 403), *responses)

    assert (result.code, result.stderr) == (code, "")
    assert [name for name, passed in checks(result).items() if not passed] == (
        [failed] if failed else []
    )


@pytest.mark.parametrize(
    ("environ", "check"),
    [
        ({"SCENARIO_USAGE_TZ": "Mars/Base"}, "time zone"),
        ({"SCENARIO_USAGE_FORMAT": "exel"}, "format"),
    ],
)
@pytest.mark.parametrize("argv", [(), ("--demo",)])
def test_a_variable_that_no_other_command_could_use_is_exit_3(
    argv: tuple[str, ...], environ: dict[str, str], check: str
) -> None:
    """The message names it; the built-in studio heeds it too."""
    api = FakeApi() if argv else FakeApi(ok(), answer(TEAMS), answer(PROJECTS))
    result = run("doctor", *argv, environ={**CREDENTIALS, **environ}, transport=api)

    assert result.code == 3
    assert [name for name, passed in checks(result).items() if not passed] == [check]
    assert next(iter(environ)) in line(result, check)


def test_json_has_what_the_lines_have(config: Path) -> None:
    """One object on stdout, which its schema describes; warnings are on stderr as well."""
    text = 'colour = "red"\ntz = "Mars"'
    lines = doctor(config, text, answer(TEAMS), answer(NAMED))
    result = doctor(config, text, answer(TEAMS), answer(NAMED), argv=("--json",))
    document = result.json

    assert (result.code, result.stderr) == (3, lines.stderr)
    assert {name: document[name] for name in document if name != "checks"} == {
        "schema_version": 1,
        "report": "doctor",
        "generated_at": "2026-11-22T18:30:00Z",
        "passed": False,
        "exit_code": 3,
        "warnings": [result.stderr.removeprefix("warning: ").rstrip()],
    }
    assert {row["check"]: row["passed"] for row in document["checks"]} == checks(lines)
    zone = document["checks"][1]
    assert zone == {
        "check": "time zone",
        "passed": False,
        "found": f"unknown time zone 'Mars' in tz in profile 'studio' of {config}",
        "hint": "use an IANA name such as UTC, Europe/Paris or Asia/Tokyo",
    }
    Draft202012Validator(run("schema", "doctor").json).validate(document)


def test_json_of_a_set_up_that_is_well_and_of_one_that_cannot_be_read(config: Path) -> None:
    """The same shape; and no secret, also where an answer repeats it."""
    well = run(
        *("doctor", "--json"),
        transport=FakeApi(ok(), answer({"teams": [{"id": KEY, "name": SECRET}]}), answer(NAMED)),
    )
    config.write_text("[profiles")
    broken = run("doctor", "--json", environ={"SCENARIO_USAGE_CONFIG": str(config)})

    assert (well.code, well.json["passed"], well.json["exit_code"]) == (0, True, 0)
    assert {row["hint"] for row in well.json["checks"]} == {None}
    assert [text for text in (KEY, SECRET) if text in well.stdout] == []
    assert (broken.code, broken.json["passed"], broken.json["exit_code"]) == (3, False, 3)
    assert [row["check"] for row in broken.json["checks"]] == ["config"]
    validator = Draft202012Validator(run("schema", "doctor").json)
    for document in (well.json, broken.json, run("doctor", "--demo", "--json").json):
        validator.validate(document)
    assert run("doctor", "--demo", "--json", environ=NO_CONFIG, columns=80).stdout[:4] == "{\n  "
