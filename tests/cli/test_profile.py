"""What a profile of the config file means to whole commands, and what is said of a bad one."""

from pathlib import Path
from typing import Any

import pytest

from tests.support import CREDENTIALS, KEY, SECRET, FakeApi, answer, run, usages

PERIOD = ("--start", "2026-11-01", "--end", "2026-11-02")


def write(folder: Path, text: str, mode: int = 0o600) -> dict[str, str]:
    """A config file, and the variables of a run that reads it; it has all credentials."""
    path = folder / "config.toml"
    path.write_text(text)
    path.chmod(mode)
    return {"SCENARIO_USAGE_CONFIG": str(path)}


def profile(**values: Any) -> str:
    """A file with one profile, which is the default one."""
    lines = [f"{key} = {value!r}" for key, value in values.items()]
    return "\n".join(['default_profile = "studio"', "[profiles.studio]", *lines, ""])


@pytest.mark.parametrize("command", ["report", "trend", "compare", "activity"])
def test_the_built_in_studio_has_no_team_and_no_projects_of_a_profile(
    command: str, tmp_path: Path
) -> None:
    """Whoever has a profile can try the demo all the same."""
    environ = write(tmp_path, profile(team="team_mine", projects=["My Own"], tz="Asia/Tokyo"))
    result = run(command, "--demo", "--json", *PERIOD, environ=environ)

    assert result.code == 0
    assert result.json["filters"]["team_id"] is None
    assert result.json["filters"]["project_ids"] == []
    assert result.json["period"]["timezone"] == "Asia/Tokyo"


def test_an_export_of_the_built_in_studio_has_none_either(tmp_path: Path) -> None:
    """Its scope is all that there is."""
    environ = write(tmp_path, profile(team="team_mine", projects=["My Own"]))
    days = ("--since", "2026-11-01", "--until", "2026-11-01")
    result = run("export", str(tmp_path / "usage"), "--demo", *days, environ=environ)

    assert (result.code, result.stderr) == (0, "")


def test_a_name_that_no_project_has_is_the_fault_of_where_it_stands(tmp_path: Path) -> None:
    """Nobody gave --project."""
    environ = write(tmp_path, profile(api_key=KEY, api_secret=SECRET, projects=["My Own"]))
    projects = {"projects": [{"id": "project_a", "name": "Alpha"}]}
    refused = run("report", *PERIOD, environ=environ, transport=FakeApi(answer(projects)))
    by_option = run(
        "report", "-p", "Beta", *PERIOD, environ=environ, transport=FakeApi(answer(projects))
    )

    assert (refused.code, refused.stdout) == (3, "")
    assert refused.error == (
        f"error: projects in profile 'studio' of {tmp_path / 'config.toml'} 'My Own' is not known"
    )
    assert "known names: Alpha" in refused.stderr
    assert (by_option.code, by_option.error) == (2, "error: --project 'Beta' is not known")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (profile(api_key=KEY), "api_secret"),
        (profile(api_secret=SECRET), "api_key"),
        (profile(api_key=KEY, api_secret=SECRET, token="tok-123456"), "token"),
        (profile(), "no credentials"),
        ('default_profile = "gone"\n', "no profile 'gone'"),
        ("default_profile = studio\n", "is not TOML"),
        ("[profiles]\nstudio = 1\n", "must be tables"),
    ],
)
@pytest.mark.parametrize("command", ["report", "trend", "compare", "activity"])
def test_a_bad_file_is_exit_3_and_nothing_on_stdout(
    command: str, text: str, said: str, tmp_path: Path
) -> None:
    """Two lines, and nothing is asked."""
    result = run(command, "--json", *PERIOD, environ=write(tmp_path, text))

    assert (result.code, result.stdout) == (3, "")
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["error", "hint"]
    assert said in result.error
    assert KEY not in result.stderr
    assert SECRET not in result.stderr


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"SCENARIO_SDK_API_KEY": KEY}, "SCENARIO_SDK_API_SECRET"),
        ({"SCENARIO_SDK_API_SECRET": SECRET}, "SCENARIO_SDK_API_KEY"),
        (CREDENTIALS | {"SCENARIO_SDK_JWT": "tok-123456"}, "SCENARIO_SDK_JWT"),
        (CREDENTIALS | {"SCENARIO_USAGE_PROFILE": "gone"}, "no profile 'gone'"),
        ({}, "no credentials"),
    ],
)
def test_a_bad_environment_is_exit_3_and_nothing_on_stdout(
    environ: dict[str, str], said: str
) -> None:
    """The same, without a file."""
    nowhere = {"SCENARIO_USAGE_CONFIG": "/proc/nonexistent/config.toml"}
    result = run("report", "--json", *PERIOD, environ=nowhere | environ)

    assert (result.code, result.stdout) == (3, "")
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["error", "hint"]
    assert said in result.error


def test_secrets_that_others_may_read_are_a_warning_beside_a_whole_report(tmp_path: Path) -> None:
    """Also those of a profile that nobody chose."""
    secrets = f"[profiles.other]\napi_key = '{KEY}'\napi_secret = '{SECRET}'\n"
    environ = CREDENTIALS | write(tmp_path, secrets, 0o644)
    result = run("report", "--json", *PERIOD, environ=environ, transport=FakeApi(answer(usages())))

    assert (result.code, result.json["report"]) == (0, "usage")
    assert result.stderr.startswith(f"warning: {tmp_path / 'config.toml'} holds secrets")
    assert KEY not in result.stderr
