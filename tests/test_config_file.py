"""The config file: where it is, and what is refused of it without showing a secret."""

import codecs
import errno
import os
import pwd
from collections.abc import Callable
from pathlib import Path

import pytest

from scenario_usage_cli.cli.config.file import find_config_path
from scenario_usage_cli.errors import ConfigurationError
from tests.support import run
from tests.test_settings import CREDENTIALS, PROFILES, load, refuse, write


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Where the config file of a test is."""
    return tmp_path / "config.toml"


def test_the_config_file_is_where_the_variable_says() -> None:
    """A tilde is the home folder; an empty variable counts as unset."""
    default = find_config_path({})

    assert find_config_path({"SCENARIO_USAGE_CONFIG": "/x/y.toml"}) == Path("/x/y.toml")
    assert find_config_path({"SCENARIO_USAGE_CONFIG": "~/y.toml"}) == Path.home() / "y.toml"
    assert find_config_path({"SCENARIO_USAGE_CONFIG": ""}) == default
    assert default.parts[-2:] == ("scenario-usage", "config.toml")


def test_a_home_folder_of_nobody_is_refused() -> None:
    """`~nobody-here/…` cannot be found, which is a matter of configuration."""
    with pytest.raises(ConfigurationError):
        find_config_path({"SCENARIO_USAGE_CONFIG": "~no-such-user/config.toml"})


def test_unknown_keys_are_a_warning_that_names_them(config: Path) -> None:
    """At the top and in any profile; their values are not shown."""
    text = 'colour = "red-1"\n[profiles.a]\napi-key = "red-2"\n[profiles.b]\ntz="UTC"\nTZ="red-3"\n'
    warnings = load(write(config, text)).warnings

    assert [
        name for name in ("colour", "profiles.a.api-key", "profiles.b.TZ") if name in warnings[0]
    ] == ["colour", "profiles.a.api-key", "profiles.b.TZ"]
    assert (len(warnings), "red-" in warnings[0]) == (1, False)


@pytest.mark.parametrize(
    "line",
    [
        'api_secret = "s3cret-77',
        "api_secret = s3cret-77",
        'api_secret "s3cret-77"',
        'api_secret = "s3cret-77" x',
        '"s3cret-77',
        "s3cret-77",
        'api_secret = "\\s3cret-77"',
        "[s3cret-77",
        'api_secret = "s3cret-77"\napi_secret = "s3cret-77"',
        "[profiles.a]\ns3cret-77 = 1",
        'api_secret = "s3cret-77\x07"',
        "api_secret = [[[[{s3cret-77 = (at s3cret-77)",
    ],
)
def test_malformed_toml_is_refused_without_a_word_of_it(config: Path, line: str) -> None:
    """The message names the file; what stands in the bad line may be a secret."""
    error = refuse(write(config, f"[profiles.a]\n{line}\n"))

    assert str(config) in error.message
    assert "s3cret-77" not in error.message + error.hint
    assert error.__cause__ is None
    assert error.__suppress_context__ is True


@pytest.mark.parametrize("body", [b"\xff\xfe[\x00", b"\x00", b"a = '\xe9'"])
def test_a_file_of_noise_is_refused(config: Path, body: bytes) -> None:
    """What is not UTF-8 is not TOML."""
    config.write_bytes(body)

    assert str(config) in refuse(config).message


def test_a_mark_in_front_of_a_file_is_no_noise(config: Path) -> None:
    """Some editors write one."""
    config.write_bytes(codecs.BOM_UTF8 + b"[profiles.a]\nteam = 'team_1'\n")

    assert load(config, profile="a").team == "team_1"


def test_a_file_nested_beyond_measure_is_refused(config: Path) -> None:
    """It is malformed configuration, not a bug of this tool."""
    assert str(config) in refuse(write(config, "a = " + "[" * 20_000)).message


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("profiles = 3", "profiles"),
        ("profiles = []", "profiles"),
        ("[[profiles]]", "profiles"),
        ("[profiles]\na = 'x'", "profiles"),
        ("default_profile = 3", "default_profile"),
        ("default_profile = ['a']", "default_profile"),
        ("[profiles.a]\napi_key = 1234567", "profiles.a.api_key"),
        ("[profiles.a]\napi_secret = ['x']", "profiles.a.api_secret"),
        ("[profiles.a]\ntoken = true", "profiles.a.token"),
        ("[profiles.a]\nbase_url = {}", "profiles.a.base_url"),
        ("[profiles.a]\nteam = 1.5", "profiles.a.team"),
        ("[profiles.a]\ntz = 2026-05-01", "profiles.a.tz"),
        ("[profiles.a]\nformat = 3", "profiles.a.format"),
        ("[profiles.a]\nprojects = 3", "profiles.a.projects"),
        ("[profiles.a]\nprojects = ['x', 3]", "profiles.a.projects"),
        ("[profiles.a]\nprojects = {}", "profiles.a.projects"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(config: Path, text: str, named: str) -> None:
    """The message names the key and the file, and not the value."""
    error = refuse(write(config, text), profile="a" if "profiles.a" in text else None)

    assert error.message.startswith(f"{named} in the config file {config}")
    assert "1234567" not in error.message


@pytest.mark.parametrize(
    ("environ", "option"), [({}, "sutdio"), ({"SCENARIO_USAGE_PROFILE": "sutdio"}, None)]
)
def test_an_unknown_profile_is_refused(
    config: Path, environ: dict[str, str], option: str | None
) -> None:
    """The hint lists those that there are; without a file the message says that."""
    assert f"there is no config file {config}" in refuse(config, environ, profile=option).message

    error = refuse(write(config, PROFILES), environ, profile=option)
    assert error.message == f"no profile 'sutdio' in {config}"
    assert "studio, other" in error.hint


def test_a_default_profile_that_is_not_there_is_refused(config: Path) -> None:
    """It would otherwise be a run with settings that nobody chose."""
    error = refuse(write(config, 'default_profile = "gone"\n'))

    assert error.message == f"no profile 'gone' in {config}"


def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    """A folder in its place, a file in the place of its folder, a pipe that nobody writes to, or
    what has no end.
    """
    (tmp_path / "file").write_text("")
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("/dev/zero")
    endless = write(tmp_path / "large", "#" * 1_000_001)
    others = [tmp_path / name for name in ("file/config.toml", "fifo", "link")]

    for path in (tmp_path, *others, endless, Path("/dev/zero")):
        assert refuse(path).message.startswith(f"cannot read the config file {path}: ")


def test_a_file_as_large_as_may_be_is_read(config: Path) -> None:
    """And /dev/null is a file without settings, as elsewhere."""
    text = "[profiles.a]\nteam = 'team_1'\n#"

    assert load(write(config, text.ljust(1_000_000, "x")), profile="a").team == "team_1"
    assert load(Path("/dev/null")).warnings == ()


def no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing says where it would be, as for a user who is a mere number."""

    def find(number: int) -> None:
        raise KeyError(number)

    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", find)


def hidden_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is there, and nobody may look into it. (Root may look everywhere.)"""

    def look(path: Path) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "lstat", look)


def strange_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no folder."""
    monkeypatch.setenv("HOME", "/dev/null")


@pytest.mark.parametrize(
    ("home", "reason"),
    [
        (no_home, "no profile 'studio': there is no config file ~/.config/"),
        (hidden_home, "no profile 'studio': there is no config file "),
        (strange_home, "cannot read the config file /dev/null/.config/"),
    ],
)
def test_without_a_home_there_is_no_config_file_which_is_no_fault(
    home: Callable[[pytest.MonkeyPatch], None],
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Unless somebody names a profile; a file below the folder that happens to be the current
    one is nobody's.
    """
    stray = tmp_path / "~" / ".config" / "scenario-usage"
    stray.mkdir(parents=True)
    write(stray / "config.toml", "default_profile = 'stray'")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    home(monkeypatch)

    assert run("report", "--demo", "--last", "1d", environ={}).code == 0
    assert run("doctor", "--demo", environ={}).stdout.startswith("✓ config       none at ")
    for argv, environ in (
        (("--profile", "studio"), {}),
        ((), {"SCENARIO_USAGE_PROFILE": "studio"}),
    ):
        named = run("report", "--demo", *argv, environ=environ)
        assert (named.code, named.stdout) == (3, "")
        assert named.error.startswith(f"error: {reason}")


def test_config_path_needs_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is none, and no variable, there is no path to print."""
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    no_home(monkeypatch)
    result = run("config", "path", environ={})

    assert (result.code, result.stdout) == (3, "")
    assert result.error == "error: there is no home folder, where the config file would be"
    assert run("config", "path", environ={"SCENARIO_USAGE_CONFIG": "/x"}).stdout == "/x\n"
    tilde = run("config", "path", environ={"SCENARIO_USAGE_CONFIG": "~/x"})
    assert (tilde.code, tilde.stdout) == (3, "")


@pytest.mark.parametrize(
    ("mode", "text", "warned"),
    [
        (0o644, CREDENTIALS, True),
        (0o640, CREDENTIALS, True),
        (0o604, CREDENTIALS, True),
        (0o600, CREDENTIALS, False),
        (0o400, CREDENTIALS, False),
        (0o644, PROFILES, False),
    ],
)
def test_secrets_that_others_may_read_are_a_warning(
    config: Path, mode: int, text: str, warned: bool
) -> None:
    """It says what to run; a file without secrets may be read by anyone."""
    warnings = load(write(config, text, mode)).warnings

    assert [f"chmod 600 {config}" in warning for warning in warnings] == [True] * warned
