"""`config use`: another default profile, and nothing else of the file changes."""

import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis.strategies import lists, sampled_from

from tests.cli.test_config_commands import FILE, config_run, shown, write


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The file of a test."""
    return write(tmp_path)


def test_another_profile_becomes_the_default(config: Path) -> None:
    """Nothing else of the file changes, and nothing is printed."""
    result = config_run(config, "use", "films")

    assert (result.code, result.stdout) == (0, "")
    assert result.stderr == f"the default profile of {config} is films now\n"
    assert config.read_text() == FILE.replace('"studio"  #', '"films"  #')
    assert shown(config)["profile"] == ("films", "file", "default_profile")


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o640])
def test_who_may_read_the_file_stays(config: Path, mode: int) -> None:
    """It gets no secrets, and several users may share it."""
    config.chmod(mode)

    assert config_run(config, "use", "films").code == 0
    assert config.stat().st_mode & 0o777 == mode


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[profiles.a]\ntz = 'UTC'\n", "default_profile = \"a\"\n\n[profiles.a]\ntz = 'UTC'\n"),
        ("# mine\r\n[profiles.a]\r\n", 'default_profile = "a"\r\n\r\n# mine\r\n[profiles.a]\r\n'),
        (
            "# me\n# you\n\n#\n[profiles.a]",
            '# me\n# you\n\ndefault_profile = "a"\n\n#\n[profiles.a]\n',
        ),
        ("default_profile = 'gone'\n[profiles.a]\n", 'default_profile = "a"\n[profiles.a]\n'),
        ("profiles = { a = {} }\n", 'default_profile = "a"\n\nprofiles = { a = {} }\n'),
        ("\ufeff[profiles.a]\n", 'default_profile = "a"\n\n[profiles.a]\n'),
    ],
)
def test_a_file_keeps_the_way_in_which_it_is_written(
    tmp_path: Path, text: str, expected: str
) -> None:
    """Its line ends, its comments, and however its tables are written."""
    config = tmp_path / "config.toml"
    config.write_bytes(text.encode())

    assert config_run(config, "use", "a").code == 0
    assert config.read_bytes().decode() == expected


@pytest.mark.parametrize(
    ("name", "told"),
    [("gone", "profiles there: studio, films"), ("STUDIO", "profiles there: studio, films")],
)
def test_a_profile_that_is_not_there_is_exit_3(config: Path, name: str, told: str) -> None:
    """With those that are; the file stays."""
    result = config_run(config, "use", name)

    assert (result.code, result.stdout) == (3, "")
    assert result.error == f"error: no profile {name!r} in {config}"
    assert told in result.stderr
    assert config.read_text() == FILE


@pytest.mark.parametrize("text", [None, "", "[cost_centres]\n"])
def test_a_file_without_profiles_is_exit_3(tmp_path: Path, text: str | None) -> None:
    """Or none at all: the hint says what writes one."""
    config = tmp_path / "config.toml"
    if text is not None:
        config.write_text(text)
    result = config_run(config, "use", "a")

    assert (result.code, result.stdout) == (3, "")
    assert "scenario-usage config init" in result.stderr
    assert config.exists() == (text is not None)


def test_a_file_that_cannot_be_changed_safely_is_left_alone(tmp_path: Path) -> None:
    """It is better than a file that means something else."""
    config = tmp_path / "config.toml"
    text = "[[odd]]\nx = 1\n[profiles]\na.tz = 'UTC'\n"
    config.write_text(text)
    result = config_run(config, "use", "a")

    assert result.code in (0, 3)
    if result.code == 0:
        assert tomllib.loads(config.read_text()) == {
            "default_profile": "a",
            **tomllib.loads(text),
        }


PIECES = [
    *("# c\n", "\n", 'default_profile = "a" # x\n', "[profiles]\n", "[profiles.a]\n"),
    *('[profiles.a] # t\ntz = "UTC"\n', '[profiles.b]\napi_key = "k"\napi_secret = "s" # x\n'),
    *('[cost_centres]\n"G" = ["x",\n # in\n "y"]\n', '[cost_centres.H]\nusers = ["a"]\n'),
    *('profiles.c.tz = "UTC"\n', 'profiles = {a = {tz = "UTC"}}\n', "[[other]]\nx = 1\n"),
    *('x = """\n[profiles.z]\n"""\n', '["profiles"."d e"]\n', "[profiles.a.sub]\ny = 1\n"),
    *("   [profiles.q]   \n  tz = 'UTC'\n", 'secret_command = [ "a",\n"b" ]\n'),
]


@given(text=lists(sampled_from(PIECES), max_size=8).map("".join), name=sampled_from("abq"))
def test_any_file_keeps_all_that_is_in_it(text: str, name: str) -> None:
    """Or it stays as it is: comments, order, and whatever else there is."""
    with TemporaryDirectory() as folder:
        config = write(Path(folder), text)
        result = config_run(config, "use", name)
        changed = config.read_text()

    if result.code == 0:
        assert tomllib.loads(changed) == {**tomllib.loads(text), "default_profile": name}
        assert changed.count("#") == text.count("#")
    else:
        assert (result.code, changed) == (3, text)


def test_a_folder_that_takes_no_file_is_exit_3(config: Path) -> None:
    """So is a file that is none."""
    folder = config_run(config.parent, "use", "films")
    nothing = config_run(Path("/dev/null"), "use", "films")

    assert (folder.code, folder.stdout) == (3, "")
    assert (nothing.code, nothing.stdout) == (3, "")


def test_the_file_that_a_link_names_is_changed(config: Path, tmp_path: Path) -> None:
    """As those have it who keep such files in a repository."""
    link = tmp_path / "link.toml"
    link.symlink_to(config)

    assert config_run(link, "use", "films").code == 0
    assert link.is_symlink()
    assert 'default_profile = "films"' in config.read_text()


def test_what_counts_before_the_default_is_told(config: Path) -> None:
    """A variable names another profile; --profile would be a second name."""
    result = config_run(config, "use", "films", SCENARIO_USAGE_PROFILE="studio")
    two = config_run(config, "use", "films", "--profile", "studio")

    assert result.code == 0
    assert "warning: SCENARIO_USAGE_PROFILE names another one, studio" in result.stderr
    assert (two.code, two.stdout) == (2, "")
