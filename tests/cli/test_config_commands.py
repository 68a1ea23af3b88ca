"""`config show` and `config list`: which settings count, and which profiles there are."""

import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.support import KEY, SECRET, Result, run

FILE = f"""# the profiles of the studio
default_profile = "studio"  # for now

[profiles.studio]
api_key = "{KEY}"    # of the analytics
secret_command = "exit 9"
tz = "Europe/Paris"
projects = ["Hero", "Marketing & Trailers"]

[cost_centres]
"Game A" = ["Hero"]
"Game B" = {{ users = ["Ada"] }}

[profiles.films]
token = "tok-1234567"
base_url = "http://127.0.0.1:8080/v1"
"""


def write(folder: Path, text: str = FILE) -> Path:
    """A config file of its owner alone."""
    path = folder / "config.toml"
    path.write_text(text)
    path.chmod(0o600)
    return path


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The file of a test."""
    return write(tmp_path)


def config_run(config: Path, *argv: str, columns: int | None = None, **variables: Any) -> Result:
    """What a command of `config` says about a file."""
    environ = {"SCENARIO_USAGE_CONFIG": str(config), **variables}
    return run("config", *argv, environ=environ, columns=columns)


def shown(config: Path, *argv: str, **variables: Any) -> dict[str, tuple[Any, str, Any]]:
    """Each setting with its value, the kind of its source, and the name of that."""
    result = config_run(config, "show", "--json", *argv, **variables)
    assert result.code == 0
    return {
        row["setting"]: (row["value"], row["source"], row["name"])
        for row in result.json["settings"]
    }


# --- show


def test_every_setting_is_shown_with_where_it_comes_from(config: Path) -> None:
    """Secrets are masked, and no command is run to have one."""
    assert shown(config) == {
        "config_file": (str(config), "environment", "SCENARIO_USAGE_CONFIG"),
        "profile": ("studio", "file", "default_profile"),
        "api_key": ("***", "profile", "profiles.studio.api_key"),
        "api_secret": ("***", "profile", "profiles.studio.secret_command"),
        "base_url": ("https://api.cloud.scenario.com/v1", "default", None),
        "team": (None, "none", None),
        "projects": ("Hero, Marketing & Trailers", "profile", "profiles.studio.projects"),
        "tz": ("Europe/Paris", "profile", "profiles.studio.tz"),
        "format": ("table", "default", None),
        "cache": ("on", "default", None),
        "cost_centres": ("Game A, Game B", "file", "cost_centres"),
    }


def test_a_nearer_source_is_the_one_that_is_shown(config: Path) -> None:
    """Options before variables, these before the profile; credentials as a whole."""
    found = shown(
        config,
        *("--profile", "films"),
        SCENARIO_USAGE_PROFILE="studio",
        SCENARIO_SDK_API_KEY=KEY,
        SCENARIO_SDK_API_SECRET=SECRET,
        SCENARIO_USAGE_TZ="Asia/Tokyo",
        SCENARIO_USAGE_FORMAT="csv",
        SCENARIO_USAGE_NO_CACHE="1",
    )

    assert found["profile"] == ("films", "option", "--profile")
    assert found["api_key"] == ("***", "environment", "SCENARIO_SDK_API_KEY")
    assert found["api_secret"] == ("***", "environment", "SCENARIO_SDK_API_SECRET")
    assert "token" not in found
    assert found["base_url"] == ("http://127.0.0.1:8080/v1", "profile", "profiles.films.base_url")
    assert found["tz"] == ("Asia/Tokyo", "environment", "SCENARIO_USAGE_TZ")
    assert found["format"] == ("csv", "environment", "SCENARIO_USAGE_FORMAT")
    assert found["cache"] == ("off", "environment", "SCENARIO_USAGE_NO_CACHE")
    by_variable = shown(config, SCENARIO_USAGE_PROFILE="films")
    assert by_variable["profile"] == ("films", "environment", "SCENARIO_USAGE_PROFILE")
    assert by_variable["token"] == ("***", "profile", "profiles.films.token")


def test_the_price_of_a_cu_is_shown_where_there_is_one(tmp_path: Path) -> None:
    """Of a list of prices, each with its first day."""
    path = tmp_path / "config.toml"
    path.write_text(
        'default_profile = "a"\n[profiles.a]\ncurrency = "EUR"\n'
        'cu_price = [{from = "2026-01-01", price = "0.01"}, {from = 2026-07-01, price = "0.02"}]\n'
    )
    found = shown(path)

    prices = "0.01 from 2026-01-01, 0.02 from 2026-07-01"
    assert found["cu_price"] == (prices, "profile", "profiles.a.cu_price")
    assert found["currency"] == ("EUR", "profile", "profiles.a.currency")


def test_without_a_file_there_is_nothing_but_defaults(tmp_path: Path) -> None:
    """And the place where the file would be."""
    found = shown(tmp_path / "none.toml")

    assert found["profile"] == (None, "none", None)
    assert found["credentials"] == (None, "none", None)
    assert found["cost_centres"] == (None, "none", None)
    assert found["tz"] == ("UTC", "default", None)


@pytest.mark.parametrize(
    ("text", "variables", "told"),
    [
        (f"api_key = '{KEY}'", {}, "has api_key but no api_secret"),
        (f"api_key = '{KEY}'\ntoken = 'tok-1234567'", {}, "both a key and a token"),
        ("secret_command = 'x'\nkeyring = true", {}, "has secret_command and keyring"),
        ("base_url = 'http://u:s3cret-77@h'", {}, "must not contain credentials"),
        ("", {"SCENARIO_SDK_API_KEY": KEY}, "no SCENARIO_SDK_API_SECRET"),
    ],
)
def test_settings_that_cannot_be_used_are_shown_with_a_warning(
    tmp_path: Path, text: str, variables: dict[str, Any], told: str
) -> None:
    """It is what they are looked at for; no secret is shown."""
    config = tmp_path / "config.toml"
    config.write_text(f"default_profile = 'a'\n[profiles.a]\n{text}\n")
    config.chmod(0o600)
    result = config_run(config, "show", "--json", **variables)

    assert result.code == 0
    assert told in result.stderr
    assert told in result.json["warnings"][0]
    assert [text for text in (KEY, "s3cret-77", "tok-1234567") if text in result.stdout] == []
    assert config_run(config, "show", **variables).code == 0


@pytest.mark.parametrize(
    ("text", "argv"),
    [
        ("[profiles", ()),
        ("profiles = 3", ()),
        ("default_profile = 'gone'", ()),
        ("[profiles.a]\ntz = 3", ("--profile", "a")),
        ("", ("--profile", "gone")),
    ],
)
def test_a_file_that_no_command_could_use_is_exit_3(
    tmp_path: Path, text: str, argv: tuple[str, ...]
) -> None:
    """As with every other command."""
    config = tmp_path / "config.toml"
    config.write_text(text)
    result = config_run(config, "show", "--json", *argv)

    assert (result.code, result.stdout) == (3, "")
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["error", "hint"]


@pytest.mark.parametrize("columns", [60, 80, 140, None])
def test_the_tables_fit_a_terminal(config: Path, columns: int | None) -> None:
    """Sources stay where there is little room; a pipe has all."""
    show = config_run(config, "show", columns=columns, NO_COLOR="1").stdout
    profiles = config_run(config, "list", columns=columns, NO_COLOR="1").stdout

    if columns:
        assert max(map(len, (show + profiles).splitlines()[2:])) <= columns
    assert "profile" in show
    assert "Source" in show
    assert ("SCENARIO_USAGE_CONFIG" in show) == (columns != 60)
    assert "films" in profiles


def test_tables_have_headings_for_people(config: Path) -> None:
    """Where there is room for all."""
    found = []
    for name in ("show", "list"):
        lines = config_run(config, name, columns=160, NO_COLOR="1").stdout.splitlines()
        place = next(number for number, line in enumerate(lines) if "───" in line)
        found.append([lines[place - 2], *re.split(r"\s{2,}", lines[place - 1].strip())])

    assert found == [
        ["Settings", "Setting", "Value", "Source", "Name"],
        ["Profiles", "Profile", "Default", "Credentials", "Base URL"],
    ]


def test_names_in_the_file_are_shown_and_not_obeyed(tmp_path: Path) -> None:
    """In both tables."""
    config = tmp_path / "config.toml"
    config.write_text('[profiles."a\\u001b[31m"]\nteam = "[bold]x\\n"\n')
    show = config_run(config, "show", "--profile", "a\x1b[31m")

    assert r"a\x1b[31m" in show.stdout
    assert r"[bold]x\n" in show.stdout
    assert r"a\x1b[31m" in config_run(config, "list").stdout
    assert "\x1b" not in show.stdout


# --- list


def test_profiles_are_listed_in_the_order_of_the_file(config: Path) -> None:
    """With the default one, the keys of their credentials, and their address."""
    result = config_run(config, "list", "--json")

    assert (result.code, result.stderr) == (0, "")
    assert result.json["profiles"] == [
        {
            "profile": "studio",
            "default": True,
            "credentials": "api_key, secret_command",
            "base_url": None,
            "problem": None,
        },
        {
            "profile": "films",
            "default": False,
            "credentials": "token",
            "base_url": "http://127.0.0.1:8080/v1",
            "problem": None,
        },
    ]
    assert KEY not in result.stdout


def test_problems_of_profiles_are_listed_and_do_not_hide_the_others(tmp_path: Path) -> None:
    """A default that is not there, half a key, a wrong type, an address, an unknown key."""
    config = tmp_path / "config.toml"
    config.write_text(
        "default_profile = 'gone'\n[profiles.half]\napi_key = 'k'\n[profiles.type]\ntz = 3\n"
        "[profiles.url]\nbase_url = 'ftp://x'\ntoken = 't'\ncolour = 'red'\n[profiles.fine]\n"
    )
    config.chmod(0o600)
    result = config_run(config, "list", "--json")
    problems = {row["profile"]: row["problem"] for row in result.json["profiles"]}

    assert result.code == 0
    assert problems["fine"] is None
    assert "no api_secret" in problems["half"]
    assert "profiles.type.tz" in problems["type"]
    assert "is not a URL" in problems["url"]
    for told in (*filter(None, problems.values()), "'gone'", "profiles.url.colour"):
        assert told in result.stderr
    assert len(result.json["warnings"]) == 5


def test_no_profiles_are_an_empty_list(tmp_path: Path) -> None:
    """And a word on stderr where there is no file."""
    config = tmp_path / "config.toml"
    missing = config_run(config, "list", "--json")
    config.write_text("")
    empty = config_run(config, "list", "--json")

    assert (missing.code, missing.json["profiles"]) == (0, [])
    assert f"there is no config file {config}" in missing.stderr
    assert "scenario-usage config init" in missing.stderr
    assert (empty.code, empty.json["profiles"], empty.stderr) == (0, [], "")
    assert config_run(config, "list").stdout == f"Config file\n{config}, without profiles\n"


def test_both_documents_are_described(config: Path) -> None:
    """By their schemas."""
    for name in ("show", "list"):
        schema = run("schema", f"config-{name}").json
        Draft202012Validator.check_schema(schema)
        Draft202012Validator(schema).validate(config_run(config, name, "--json").json)
