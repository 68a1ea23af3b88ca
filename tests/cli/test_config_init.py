"""`config init`: what is asked, what is written, and that a failure writes nothing."""

import sys
import tomllib
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.test_secret_sources import Drawer, drawer
from tests.support import KEY, SECRET, FakeApi, Result, answer, run, usages

__all__ = ["drawer"]
LINES = f"{KEY}\n{SECRET}\n".encode()
TEAMS = {"teams": [{"id": "team_1", "name": "Kumo"}]}
PROJECTS = {"projects": [{"id": f"project_{n}", "name": f"Project {n}"} for n in range(1, 8)]}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Where the config file of a test is, or will be."""
    return tmp_path / "config.toml"


def well() -> FakeApi:
    """An API that accepts the credentials."""
    return FakeApi(answer(usages()), answer(TEAMS), answer(PROJECTS))


def init(
    config: Path,
    *argv: str,
    stdin: bytes = LINES,
    api: httpx.BaseTransport | None = None,
    **variables: str,
) -> Result:
    """What the command does with the lines of stdin."""
    environ = {"SCENARIO_USAGE_CONFIG": str(config), **variables}
    return run("config", "init", "--stdin", *argv, environ=environ, stdin=stdin, transport=api)


def read(config: Path) -> dict[str, Any]:
    """What is in the file."""
    return tomllib.loads(config.read_text())


def write(config: Path, text: str) -> Path:
    """A file that is there before."""
    config.write_text(text)
    config.chmod(0o600)
    return config


def list_files(folder: Path) -> list[str]:
    """All names of a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_has_one_profile_which_is_the_default(config: Path) -> None:
    """It is private, as its folder is; its first line names the schema beside it; stdout is empty,
    and every other command can use it.
    """
    config = config.parent / "a" / "b" / "config.toml"
    api = well()
    result = init(config, api=api)

    assert (result.code, result.stdout) == (0, "")
    assert config.read_text() == (
        '#:schema ./config.schema.json\n\ndefault_profile = "studio"\n\n[profiles.studio]\n'
        f'api_key = "{KEY}"\napi_secret = "{SECRET}"\n'
    )
    assert [path.stat().st_mode & 0o777 for path in (config, config.parent)] == [0o600, 0o700]
    assert config.parent.parent.stat().st_mode & 0o777 == 0o700
    assert (config.parent / "config.schema.json").read_text() == run("schema", "config").stdout
    assert list_files(config.parent) == ["config.schema.json", "config.toml"]
    environ = {"SCENARIO_USAGE_CONFIG": str(config)}
    report = run("report", "--json", environ=environ, transport=FakeApi(answer(usages())))
    assert (report.code, report.stderr) == (0, "")


def test_it_asks_for_one_hour_and_names_what_the_credentials_see(config: Path) -> None:
    """A small query; no secret is shown."""
    api = well()
    result = init(config, api=api)

    assert [request.url.path for request in api.requests] == [
        *("/v1/usages", "/v1/teams", "/v1/projects"),
    ]
    assert api.requests[0].url.params["startDate"] == "2026-11-22T17:30:00.000Z"
    assert result.stderr.splitlines() == [
        "asking https://api.cloud.scenario.com/v1 ...",
        "✓ the credentials are accepted: 1 team (Kumo), 7 projects",
        f"profile 'studio' is in {config}; it is the default",
    ]


def test_credentials_that_may_not_list_are_accepted_all_the_same(config: Path) -> None:
    """They are judged by `/usages` alone."""
    result = init(config, api=FakeApi(answer(usages()), answer({}, 403), answer({}, 403)))

    assert (result.code, "✓ the credentials are accepted\n" in result.stderr) == (0, True)


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("before", [None, "[profiles.studio]\ntz = 'UTC'\n"])
def test_refused_credentials_are_exit_4_and_nothing_is_written(
    config: Path, status: int, before: str | None
) -> None:
    """Neither a file nor a folder, and what was there stays."""
    if before:
        write(config, before)
    target = config if before else config.parent / "new" / "config.toml"
    result = init(target, api=FakeApi(answer({"message": f"bad {SECRET}"}, status)))

    assert (result.code, result.stdout) == (4, "")
    assert "hint: nothing was written; " in result.stderr
    assert SECRET not in result.stderr
    assert list_files(config.parent) == (["config.toml"] if before else [])
    assert not before or config.read_text() == before


@pytest.mark.parametrize(
    ("failures", "code"),
    [
        ([httpx.ConnectError("no route")] * 2, 6),
        ([answer({}, 500)] * 2, 5),
        ([answer({}, 404)], 5),
        ([answer([])], 7),
    ],
)
def test_an_api_that_cannot_be_asked_ends_it(
    config: Path, failures: list[httpx.Response | Exception], code: int
) -> None:
    """With its usual code; --no-check is told, and writes without asking."""
    result = init(config, api=FakeApi(*failures))
    unchecked = init(config, "--no-check")

    assert (result.code, result.stdout) == (code, "")
    assert "hint: nothing was written; --no-check writes without a check; " in result.stderr
    assert (unchecked.code, read(config)["default_profile"]) == (0, "studio")


def test_a_token_is_asked_for_alone(config: Path) -> None:
    """On one line."""
    api = well()
    result = init(config, "--token", stdin=b"tok-1234567\n", api=api)

    assert (result.code, read(config)["profiles"]) == (0, {"studio": {"token": "tok-1234567"}})
    assert api.requests[0].headers["authorization"] == "Bearer tok-1234567"


def test_the_profile_of_the_option_or_the_variable_is_written(config: Path) -> None:
    """And only the first one becomes the default."""
    assert init(config, "--profile", "my films", api=well()).code == 0
    second = init(config, api=well(), SCENARIO_USAGE_PROFILE="second")

    assert list(read(config)["profiles"]) == ["my films", "second"]
    assert read(config)["default_profile"] == "my films"
    assert "--profile second uses it" in second.stderr
    third = init(config, "--profile", "big films", api=well())
    assert '--profile "big films" uses it' in third.stderr
    assert config.read_text().count("#:schema") == 1


FILE = """#:schema https://example.com/own.json
# mine
default_profile = "studio"

[profiles.studio]  # the first
tz = "Europe/Paris"
api_key = "old-key-1"  # from Ada
api_secret = "old-secret-1"
projects = ["Hero"]

[cost_centres]
"Game A" = ["Hero"]
"""


def test_credentials_are_replaced_where_that_is_said(config: Path) -> None:
    """Other keys, comments and order stay; a schema of the user's own, too."""
    write(config, FILE)
    refused = init(config)
    before = config.read_text()
    result = init(config, "--force", api=well())

    assert (refused.code, refused.stdout, before) == (3, "", FILE)
    assert "--force replaces them" in refused.stderr
    assert result.code == 0
    assert config.read_text() == FILE.replace("old-key-1", KEY).replace("old-secret-1", SECRET)
    assert list_files(config.parent) == ["config.toml"]


@pytest.mark.parametrize("old", ["secret_command = 'x'", "keyring = true", "token = 'tok-123456'"])
def test_no_key_of_the_old_credentials_is_left(config: Path, old: str) -> None:
    """It would contradict the new ones."""
    write(config, f"[profiles.studio]\n{old}\ntz = 'UTC'\n")

    assert init(config, "--force", api=well()).code == 0
    assert read(config)["profiles"]["studio"] == {
        "tz": "UTC",
        "api_key": KEY,
        "api_secret": SECRET,
    }


def test_a_profile_without_credentials_gets_some_without_a_question(config: Path) -> None:
    """Nothing is lost by it; a wide file becomes its owner's alone."""
    write(config, "[profiles.studio]\ntz = 'UTC'\n").chmod(0o644)

    assert init(config, api=well()).code == 0
    assert read(config)["profiles"]["studio"]["tz"] == "UTC"
    assert config.stat().st_mode & 0o777 == 0o600


def test_a_profile_among_others_stands_apart(config: Path) -> None:
    """At the end, after a blank line."""
    write(config, FILE)

    assert init(config, "--profile", "films", api=well()).code == 0
    assert config.read_text() == (
        f'{FILE}\n[profiles.films]\napi_key = "{KEY}"\napi_secret = "{SECRET}"\n'
    )


def test_comments_stay_with_what_they_are_about(config: Path) -> None:
    """Those at the top, those before a table, and those behind a key."""
    head = "# of the studio\n\n"
    profile = '# the first\n[profiles.studio]\ntz = "UTC"  # zone\n'
    rest = "\n# of finance\n[cost_centres]\n# end\n"
    write(config, head + profile + rest)

    assert init(config, api=well()).code == 0
    assert config.read_text() == (
        f'#:schema ./config.schema.json\n\n{head}default_profile = "studio"\n\n{profile}'
        f'api_key = "{KEY}"\napi_secret = "{SECRET}"\n{rest}'
    )


def test_the_address_is_that_of_the_option_the_variable_or_the_profile(config: Path) -> None:
    """Only that of the option is written."""
    write(config, "[profiles.studio]\nbase_url = 'https://own.example/v1'\n")
    apis = [well(), well(), well()]
    init(config, api=apis[0])
    init(config, "--force", api=apis[1], SCENARIO_BASE_URL="https://env.example/v1")
    kept = read(config)["profiles"]["studio"]["base_url"]
    init(config, "--force", "--base-url", "https://option.example/v1/", api=apis[2])

    hosts = [api.requests[0].url.host for api in apis]
    assert hosts == ["own.example", "env.example", "option.example"]
    assert kept == "https://own.example/v1"
    assert read(config)["profiles"]["studio"]["base_url"] == "https://option.example/v1"


@pytest.mark.parametrize(
    ("argv", "stdin", "code", "told"),
    [
        ((), b"", 3, "stdin has 0 secrets on 0 lines, where 2 lines must have one each"),
        ((), KEY.encode(), 3, "stdin has 1 secret on 1 line, where 2 lines"),
        ((), LINES + b"more\n", 3, "stdin has 3 secrets on 3 lines, where 2 lines"),
        (("--token",), LINES, 3, "stdin has 2 secrets on 2 lines, where 1 line must"),
        ((), b"\n" + KEY.encode() + b"\n", 3, "stdin has 1 secret on 2 lines, where 2 lines"),
        ((), KEY.encode() + b"\ns\xc3\xa9cret-77\n", 3, "characters that are not allowed"),
        ((), KEY.encode() + b"\ns\xffcret-77\n", 3, "characters that are not allowed"),
        ((), b"s3cret:77\nx\n", 3, "with a colon"),
        (("--token", "--keyring"), b"x", 2, "contradict"),
        (("--base-url", "ftp://x"), LINES, 3, "--base-url is not a URL"),
        (("--base-url", "http://far.example"), LINES, 3, "unencrypted"),
        (("--profile", "a\x07b"), LINES, 3, "characters that are not seen"),
    ],
)
def test_bad_input_writes_nothing(
    config: Path, argv: tuple[str, ...], stdin: bytes, code: int, told: str
) -> None:
    """And nothing is asked of the API, nor shown."""
    result = init(config, *argv, stdin=stdin)

    assert (result.code, result.stdout) == (code, "")
    assert told in result.error
    assert [text for text in (KEY, SECRET, "cret-77", "s3cret") if text in result.stderr] == []
    assert list_files(config.parent) == []


@pytest.mark.parametrize(
    "argv",
    [
        *(("--token", "s3cret-77"), ("--token=s3cret-77",), ("a", "s3cret-77"), ("s3cret-77",)),
        *(("--api-key", "s3cret-77"), ("--secret=s3cret-77",), ("--api-secret", "s3cret-77")),
    ],
)
def test_a_secret_on_the_command_line_is_refused_and_not_repeated(
    config: Path, argv: tuple[str, ...]
) -> None:
    """Not even in the traceback of --verbose; it is in the history of the shell already."""
    result = init(config, "--verbose", *argv)

    assert (result.code, result.stdout) == (2, "")
    assert "s3cret-77" not in result.stderr
    assert list_files(config.parent) == []
    assert run("config", "init", "--help").stdout.startswith(
        "Usage: scenario-usage config init [OPTIONS]\n"
    )


@pytest.mark.parametrize(
    "text", ["[profiles", "profiles = 3", "[profiles.studio]\ntz = 3", "x = [profiles.a]"]
)
def test_a_malformed_file_is_told_before_anything_is_asked(config: Path, text: str) -> None:
    """It stays as it is."""
    result = init(write(config, text))

    assert (result.code, result.stdout) == (3, "")
    assert config.read_text() == text


def test_what_is_no_file_is_not_written(tmp_path: Path) -> None:
    """A folder, a device, a folder in whose place a file is."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path, Path("/dev/null"), Path("/dev/stdout"), tmp_path / "file" / "x.toml"):
        result = init(path, "--no-check")
        assert (result.code, result.stdout) == (3, "")


@pytest.mark.parametrize("changed", ["[profiles.studio]\n", "[profiles", FILE])
def test_a_file_that_cannot_be_changed_safely_stays(
    config: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    """Should the library lose anything, there is no new file that means something else."""
    write(config, FILE)
    monkeypatch.setattr("tomlkit.dumps", lambda document: changed)
    result = init(config, "--force", api=well())

    assert (result.code, result.stdout, config.read_text()) == (3, "", FILE)
    assert "cannot be changed safely" in result.error


@pytest.mark.parametrize(
    ("text", "profiles"),
    [
        ("profiles = { a = { tz = 'UTC' } }", ["a", "studio"]),
        ("[profiles]\n", ["studio"]),
        ("profiles.a.tz = 'UTC'\n", ["a", "studio"]),
        ("[profiles]\na.tz = 'UTC'\n", ["a", "studio"]),
        ("[profiles.a]\n[cost_centres]\n[profiles.b]\n", ["a", "b", "studio"]),
        ('[profiles]\n[profiles."x y"]\n', ["x y", "studio"]),
    ],
)
def test_files_are_changed_however_they_are_written(
    config: Path, text: str, profiles: list[str]
) -> None:
    """All that TOML has for tables."""
    assert init(write(config, text), api=well()).code == 0
    assert set(read(config)["profiles"]) == set(profiles)
    assert read(config)["profiles"]["studio"]["api_secret"] == SECRET


def test_a_schema_that_cannot_be_written_is_a_warning(config: Path) -> None:
    """And a file of that name which is none is left alone."""
    schema = config.with_name("config.schema.json")
    schema.mkdir()
    warned = init(config, api=well())
    schema.rmdir()
    schema.write_text("mine")
    config.unlink()
    other = init(config, api=well())

    assert (warned.code, "warning: there is no schema" in warned.stderr) == (0, True)
    assert (other.code, schema.read_text()) == (0, "mine")
    assert "#:schema" not in config.read_text()


def test_variables_that_count_before_the_profile_are_a_warning(config: Path) -> None:
    """The new credentials are the ones that are tried."""
    api = well()
    result = init(config, api=api, SCENARIO_SDK_JWT="tok-1234567")

    assert "warning: the environment counts before the profile: it has SCENARIO" in result.stderr
    assert api.requests[0].headers["authorization"].startswith("Basic ")


# --- the keyring


def test_the_keyring_keeps_the_secret_instead_of_the_file(config: Path, drawer: Drawer) -> None:
    """And the next command finds it there."""
    result = init(config, "--keyring", api=well())

    assert result.code == 0
    assert drawer.kept == {("scenario-usage", KEY): SECRET}
    assert read(config)["profiles"]["studio"] == {"api_key": KEY, "keyring": True}
    assert SECRET not in config.read_text()
    environ = {"SCENARIO_USAGE_CONFIG": str(config)}
    api = FakeApi(answer(usages()))
    assert run("report", "--json", environ=environ, transport=api).code == 0


def test_a_keyring_that_fails_writes_nothing(config: Path, drawer: Drawer) -> None:
    """Nor does refused access reach it."""
    refused = init(config, "--keyring", api=FakeApi(answer({}, 401)))
    kept = dict(drawer.kept)
    drawer.failure = RuntimeError("it is locked")
    failed = init(config, "--keyring")

    assert (refused.code, kept) == (4, {})
    assert (failed.code, failed.stdout) == (3, "")
    assert "it is locked" in failed.error
    assert list_files(config.parent) == []


def test_a_missing_extra_is_told_before_anything_is_asked(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the line that installs it."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    result = init(config, "--keyring")

    assert (result.code, result.stdout) == (3, "")
    assert "pip install 'scenario-usage-cli[keyring]'" in result.stderr


def test_without_a_terminal_nothing_is_read_silently(config: Path) -> None:
    """The hint says what a script can do."""
    environ = {"SCENARIO_USAGE_CONFIG": str(config)}
    result = run("config", "init", environ=environ, stdin=LINES)

    assert (result.code, result.stdout) == (2, "")
    assert "--stdin" in result.stderr
    assert list_files(config.parent) == []
