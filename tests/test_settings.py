"""Settings: the nearest source that speaks wins, and nothing unsafe is taken from any."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from scenario_usage_cli.cli.config.file import load_config
from scenario_usage_cli.credentials import Credentials, find_credentials
from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.settings import (
    Setting,
    find_base_url,
    load_settings,
)

NAMES = {
    "key": "SCENARIO_SDK_API_KEY",
    "secret": "SCENARIO_SDK_API_SECRET",
    "token": "SCENARIO_SDK_JWT",
}
PROFILES = """
default_profile = "studio"
[profiles.studio]
base_url = "https://studio.example/v1"
tz = "Asia/Tokyo"
format = "csv"
team = "team_studio"
projects = ["Hero", "project_1"]
[profiles.other]
base_url = "https://other.example/v1"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Where the config file of a test is."""
    return tmp_path / "config.toml"


def write(path: Path, text: str, mode: int = 0o600) -> Path:
    """A config file with these permissions."""
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


@dataclass(frozen=True)
class Loaded:
    """Everything that the sources say together."""

    tz: Setting
    format: Setting | None
    base_url: Setting
    credentials: Credentials | None
    team: str | None
    projects: tuple[str, ...]
    warnings: tuple[str, ...]


def load(
    path: Path,
    environ: Mapping[str, str] = {},
    /,
    *,
    profile: str | None = None,
    base_url: str | None = None,
    tz: str | None = None,
    output_format: Setting | None = None,
    told: Callable[[Iterable[str]], None] = lambda secrets: None,
) -> Loaded:
    """What holds with this config file; `told` hears of its secrets."""
    environ = {"SCENARIO_USAGE_CONFIG": str(path), **environ}
    config = load_config(environ, profile=profile, note_secrets=told)
    settings = load_settings(environ, config, tz=tz, output_format=output_format)
    return Loaded(
        tz=settings.tz,
        format=settings.format,
        base_url=find_base_url(environ, config, option=base_url),
        credentials=find_credentials(environ, config),
        team=settings.team,
        projects=settings.projects,
        warnings=config.warnings,
    )


def refuse(
    path: Path,
    environ: Mapping[str, str] = {},
    /,
    *,
    profile: str | None = None,
    base_url: str | None = None,
) -> ConfigurationError:
    """The error that these settings are."""
    with pytest.raises(ConfigurationError) as caught:
        load(path, environ, profile=profile, base_url=base_url)
    assert caught.value.hint != ""
    return caught.value


@pytest.mark.parametrize(
    ("key", "option", "variable", "values", "default"),
    [
        (
            "base_url",
            "--base-url",
            "SCENARIO_BASE_URL",
            ("https://option.example", "https://env.example", "https://studio.example/v1"),
            "https://api.cloud.scenario.com/v1",
        ),
        ("tz", "--tz", "SCENARIO_USAGE_TZ", ("UTC", "Europe/Paris", "Asia/Tokyo"), "UTC"),
        ("format", "--format", "SCENARIO_USAGE_FORMAT", ("json", "tsv", "csv"), None),
    ],
)
def test_option_beats_environment_beats_profile_beats_default(
    config: Path,
    key: str,
    option: str,
    variable: str,
    values: tuple[str, str, str],
    default: str | None,
) -> None:
    """Each source is heard only where no nearer one speaks, and is named for error messages."""
    write(config, PROFILES)
    environ = {variable: values[1]}
    empty = write(config.with_name("empty.toml"), "")
    given = load(
        config,
        environ,
        base_url=values[0] if key == "base_url" else None,
        tz=values[0] if key == "tz" else None,
        output_format=Setting(values[0], option) if key == "format" else None,
    )

    assert getattr(given, key) == Setting(values[0], option)
    assert getattr(load(config, environ), key) == Setting(values[1], variable)
    assert getattr(load(config, {variable: ""}), key).value == values[2]
    assert f"{key} in profile 'studio' of {config}" == getattr(load(config), key).source
    assert getattr(load(empty), key) == (default and Setting(default, "default"))


def test_a_profile_is_picked_by_option_then_environment_then_default(config: Path) -> None:
    """An empty variable counts as unset; without any of the three no profile applies."""
    write(config, PROFILES + '[profiles.third]\nbase_url = "https://third.example"\n')
    environ = {"SCENARIO_USAGE_PROFILE": "third"}

    assert load(config, environ, profile="other").base_url.value == "https://other.example/v1"
    assert load(config, environ).base_url.value == "https://third.example"
    assert load(config, {"SCENARIO_USAGE_PROFILE": ""}).base_url.value.startswith("https://studio")
    write(config, PROFILES.replace('default_profile = "studio"', ""))
    assert load(config).team is None


def test_a_profile_carries_team_and_projects(config: Path) -> None:
    """They are the defaults of the filters; another profile has none of them."""
    write(config, PROFILES)

    assert (load(config).team, load(config).projects) == ("team_studio", ("Hero", "project_1"))
    assert load(config, profile="other").projects == ()


@pytest.mark.parametrize("text", ['"Hero, project_1"', '["Hero", " project_1 ", ""]'])
def test_projects_may_be_one_text_with_commas(config: Path, text: str) -> None:
    """Blanks around them and empty ones are dropped."""
    write(config, f'default_profile = "a"\n[profiles.a]\nprojects = {text}\n')

    assert load(config).projects == ("Hero", "project_1")


CREDENTIALS = """
default_profile = "a"
[profiles.a]
api_key = "file-key"
api_secret = "file-secret"
"""


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({}, ("file-key", "file-secret", None)),
        ({"key": "", "secret": "", "token": ""}, ("file-key", "file-secret", None)),
        ({"key": "k", "secret": "s"}, ("k", "s", None)),
        ({"key": "k", "secret": "s", "token": ""}, ("k", "s", None)),
        ({"token": "t"}, (None, None, "t")),
        ({"key": "", "secret": "", "token": "t"}, (None, None, "t")),
    ],
)
def test_credentials_of_the_environment_replace_those_of_the_file_as_a_whole(
    config: Path, environ: dict[str, str], found: tuple[str | None, ...]
) -> None:
    """Key and secret, or a token, all from one source; an empty variable counts as unset."""
    write(config, CREDENTIALS)
    credentials = load(config, {NAMES[name]: value for name, value in environ.items()}).credentials

    assert credentials is not None
    assert (credentials.api_key, credentials.api_secret, credentials.token) == found


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (("key",), ["SCENARIO_SDK_API_KEY", "no SCENARIO_SDK_API_SECRET"]),
        (("secret",), ["SCENARIO_SDK_API_SECRET", "no SCENARIO_SDK_API_KEY"]),
        (("key", "token"), ["SCENARIO_SDK_API_KEY", "SCENARIO_SDK_JWT"]),
        (("secret", "token"), ["SCENARIO_SDK_API_SECRET", "SCENARIO_SDK_JWT"]),
        (("key", "secret", "token"), ["SCENARIO_SDK_API_KEY", "SCENARIO_SDK_JWT"]),
    ],
)
@pytest.mark.parametrize("text", ["", CREDENTIALS])
def test_half_or_double_credentials_of_the_environment_are_refused(
    config: Path, text: str, given: tuple[str, ...], named: list[str]
) -> None:
    """Also where the file could fill the gap: the variables are named, their values are not."""
    write(config, text)
    error = refuse(config, {NAMES[name]: f"value-of-{name}" for name in given})

    assert [name for name in named if name not in error.message] == []
    assert "value-of-" not in error.message + error.hint


@pytest.mark.parametrize("name", ["key", "secret", "token"])
@pytest.mark.parametrize(
    "value", ["sécret-7", "secret\u2026", "se\ncret", "se\x00cret", "\udcffsecret"]
)
def test_credentials_that_no_header_can_hold_are_refused(
    config: Path, name: str, value: str
) -> None:
    """The message names the variable, and not the value."""
    others = {"key": "secret", "secret": "key"}
    environ = {NAMES[name]: value} | ({NAMES[others[name]]: "other"} if name in others else {})
    error = refuse(config, environ)

    assert NAMES[name] in error.message
    assert value not in error.message + error.hint


def test_blanks_around_credentials_are_dropped(config: Path) -> None:
    """A line feed at the end comes along when a variable is read from a file."""
    found = load(config, {NAMES["key"]: " k\n", NAMES["secret"]: "s\r\n", NAMES["token"]: " "})

    assert found.credentials is not None
    assert found.credentials.secrets == ("k", "s")


@pytest.mark.parametrize("given", [("api_key",), ("api_secret",), ("api_key", "token")])
def test_half_or_double_credentials_of_a_profile_are_refused(
    config: Path, given: tuple[str, ...]
) -> None:
    """The message names the profile, the file and the keys, and none of their values."""
    lines = "".join(f'{key} = "value-of-{key}"\n' for key in given)
    error = refuse(write(config, f"[profiles.a]\n{lines}"), profile="a")

    assert [key for key in (*given, "'a'", str(config)) if key not in error.message] == []
    assert "value-of-" not in error.message + error.hint


def test_credentials_do_not_show_in_a_repr(config: Path) -> None:
    """Nor do those of any settings that hold them."""
    settings = load(write(config, CREDENTIALS))

    assert "file-" not in repr(settings)


def test_every_secret_of_the_file_is_told_before_anything_fails(config: Path) -> None:
    """So that the error about a double credential, or any later one, cannot show it."""
    told: list[str] = []
    write(config, CREDENTIALS + 'token = "file-token"\n')
    with pytest.raises(ConfigurationError):
        load(config, told=told.extend)

    assert sorted(told) == ["file-key", "file-secret", "file-token"]


def test_a_profile_whose_credentials_are_not_used_is_a_warning(config: Path) -> None:
    """Whoever asks for a profile should know that the environment's credentials win."""
    write(config, CREDENTIALS)
    environ = {NAMES["token"]: "t"}

    assert "'a'" in "".join(load(config, environ, profile="a").warnings)
    assert load(config, environ).warnings == ()
