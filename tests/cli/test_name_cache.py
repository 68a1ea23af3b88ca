"""The kept names: fresh for an hour, of one account, and never a reason to fail."""

import json
import os
import stat
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scenario_usage_cli.cli.name_cache import NameCache, find_cache
from scenario_usage_cli.collect.names import Listed, Names
from scenario_usage_cli.settings import Config, Profile
from tests.support import KEY, SECRET

NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
NO_CONFIG = Config(Path("/nonexistent"), found=False)
LISTED: Listed = {
    "keys": {"apiu_1": "ci-pipeline", "apiu_9": None},
    "projects": {"project_1": "Hero"},
}
SEEN = Names(people={"user_1": "Ann Lee"}, models={"model_1": "Flux"})


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """The environment of an account with its own cache folder."""
    return {
        "SCENARIO_SDK_API_KEY": KEY,
        "SCENARIO_SDK_API_SECRET": SECRET,
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }


def find(
    environ: Mapping[str, str],
    now: datetime = NOW,
    *,
    base_url: str | None = None,
    team: str | None = None,
) -> NameCache:
    """The cache of an account at a time."""
    found = find_cache(environ, NO_CONFIG, base_url=base_url, team=team, now=lambda: now)
    assert found
    return found


def find_file(environ: Mapping[str, str]) -> Path:
    """The only file in the folder."""
    (path,) = Path(environ["XDG_CACHE_HOME"], "scenario-usage").iterdir()
    return path


def test_names_are_fresh_for_an_hour(environ: dict[str, str]) -> None:
    """Older ones, and those of the future, are looked up again."""
    find(environ).keep(LISTED, Names())

    def fresh(**ago: int) -> object:
        return find(environ, NOW + timedelta(**ago)).read_fresh()

    assert fresh(minutes=59) == LISTED
    assert fresh(minutes=60) == {}
    assert fresh(seconds=-1) == {}


def test_kinds_grow_old_one_by_one(environ: dict[str, str]) -> None:
    """What is looked up later does not make the rest any younger."""
    find(environ).keep({"projects": {"project_1": "Hero"}}, Names())
    find(environ, NOW + timedelta(minutes=40)).keep({"keys": {"apiu_1": "ci"}}, Names())

    found = find(environ, NOW + timedelta(minutes=70))

    assert found.read_fresh() == {"keys": {"apiu_1": "ci"}}
    assert found.is_fresh
    assert found.read_all() == Names(projects={"project_1": "Hero"}, keys={"apiu_1": "ci"})


def test_what_was_seen_is_added_and_what_was_listed_is_replaced(environ: dict[str, str]) -> None:
    """A list is whole; an answer mentions only some people and models."""
    find(environ).keep(LISTED, SEEN)
    find(environ).keep(
        {"projects": {"project_2": "Villain"}}, Names(people={"user_2": "Bo", "user_1": "Ann Lee"})
    )

    assert find(environ).read_all() == Names(
        projects={"project_2": "Villain"},
        keys={"apiu_1": "ci-pipeline"},
        people={"user_1": "Ann Lee", "user_2": "Bo"},
        models={"model_1": "Flux"},
    )


def test_the_file_is_for_its_owner_and_has_neither_secrets_nor_addresses(
    environ: dict[str, str],
) -> None:
    """Not even where an address is all the name there is, or a part of it."""
    people = {"user_1": "ann@kumo.example", "user_2": "Bo <bo@kumo.example>", "user_3": "Cy"}
    find(environ).keep({"keys": {"apiu_1": "of dan@kumo.example"}}, Names(people=people))
    path = find_file(environ)
    text = path.read_text()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "Cy" in text
    assert not any(secret in text + path.name for secret in ("@", KEY, SECRET))


@pytest.mark.parametrize(
    "other",
    [
        {"SCENARIO_SDK_API_KEY": "key-of-another"},
        {"SCENARIO_BASE_URL": "https://other.example/v1"},
        {"SCENARIO_SDK_API_KEY": "", "SCENARIO_SDK_API_SECRET": "", "SCENARIO_SDK_JWT": "token"},
    ],
    ids=str,
)
def test_another_account_has_other_names(environ: dict[str, str], other: dict[str, str]) -> None:
    """Whatever of the account differs."""
    find(environ).keep(LISTED, SEEN)

    assert find(environ | other).read_all() == Names()
    assert find(environ, team="team_2").read_all() == Names()
    assert find(environ, base_url="https://api.example/v1").read_all() == Names()
    assert find(environ, base_url="https://api.cloud.scenario.com/v1/").read_all() != Names()


def test_the_account_of_a_profile_is_known_without_its_secret(environ: dict[str, str]) -> None:
    """Completion must not have to run the command that a secret comes from."""
    profile = Profile("studio", {"api_key": KEY}, secret_command=("false",))
    config = Config(Path("config.toml"), found=True, profile=profile)
    find(environ).keep(LISTED, SEEN)
    folder = {"XDG_CACHE_HOME": environ["XDG_CACHE_HOME"]}

    found = find_cache(folder, config)

    assert found
    assert found.read_all() == find(environ).read_all()
    assert find_cache(folder, NO_CONFIG) is None
    assert find_cache(environ | {"SCENARIO_USAGE_NO_CACHE": "1"}, NO_CONFIG) is None


def copy_from_another(path: Path) -> None:
    """A file of another account under this name."""
    path.write_text(path.read_text().replace('"account": "', '"account": "0'))


def make_link(path: Path) -> None:
    """A link to the same content."""
    path.rename(path.with_suffix(".real"))
    path.symlink_to(path.with_suffix(".real"))


def make_fifo(path: Path) -> None:
    """A FIFO that nobody writes to."""
    path.unlink()
    os.mkfifo(path)


def make_folder(path: Path) -> None:
    """A folder."""
    path.unlink()
    path.mkdir()


def put(text: str | bytes) -> Callable[[Path], object]:
    """Another content."""
    return lambda path: path.write_bytes(text if isinstance(text, bytes) else text.encode())


def change(**values: object) -> Callable[[Path], object]:
    """Other values at the top of the document."""
    return lambda path: path.write_text(json.dumps(json.loads(path.read_text()) | values))


DAMAGES: Mapping[str, Callable[[Path], object]] = {
    "empty": put(""),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-9]),
    "no text": put(b"\xff\xfe\x00"),
    "no object": put("[]"),
    "deep": put("[" * 100_000),
    "huge": put(b" " * 4_000_001),
    "another account": copy_from_another,
    "another version": change(version=2),
    "no kind": change(keys=None),
    "no names": change(keys={"at": 1}),
    "names of other types": change(keys={"at": 1, "names": {"apiu_1": ["ci"]}}),
    "an empty name": change(keys={"at": 1, "names": {"apiu_1": ""}}),
    "no time": change(keys={"at": None, "names": {}}),
    "a time that is a flag": change(keys={"at": True, "names": {}}),
    "a time beyond all": change(keys={"at": 10**400, "names": {}}),
    "writable for others": lambda path: path.chmod(0o666),
    "unreadable": lambda path: path.chmod(0),
    "link": make_link,
    "fifo": make_fifo,
    "folder": make_folder,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_as_good_as_none(
    environ: dict[str, str], damage: Callable[[Path], object]
) -> None:
    """Nothing is read from it, nothing fails, and what is not a file stays."""
    if damage is DAMAGES["unreadable"] and os.geteuid() == 0:
        pytest.skip("root may read it")
    find(environ).keep(LISTED, SEEN)
    path = find_file(environ)
    damage(path)
    was_a_file = stat.S_ISREG(path.lstat().st_mode)

    assert find(environ).read_all() == Names()
    assert find(environ).read_fresh() == {}
    find(environ).keep(LISTED, SEEN)
    assert (find(environ).read_fresh() != {}) is was_a_file


@pytest.mark.parametrize("home", ["/dev/null", "/proc/nowhere", "not/absolute"])
def test_a_folder_that_cannot_be_written_is_no_failure(
    environ: dict[str, str], home: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing is kept."""
    monkeypatch.chdir(tmp_path)
    said: list[str] = []
    cache = find_cache(environ | {"XDG_CACHE_HOME": home}, NO_CONFIG, log=said.append)
    if cache:
        cache.keep(LISTED, SEEN)

        assert cache.read_fresh() == {}
        assert said
    assert list(tmp_path.iterdir()) == []


def test_without_a_home_folder_nothing_is_kept(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No folder called `~` is made where the command runs."""
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    homeless = {key: value for key, value in environ.items() if key != "XDG_CACHE_HOME"}

    assert find_cache(homeless, NO_CONFIG) is None


def test_names_of_any_letters_are_kept_as_they_are(environ: dict[str, str]) -> None:
    """They are data, however odd or long; too many of them are not kept at all."""
    names = {"a": "[/b] \x1b[31m\u202e\n", "b": "\ud83d", "c": "x" * 10_000, "\n": "=1+1"}
    find(environ).keep({"projects": names}, Names())

    assert find(environ).read_fresh() == {"projects": names}
    find(environ).keep({"projects": {"d": "x" * 5_000_000}}, Names())
    assert find(environ).read_fresh() == {"projects": names}


def test_files_of_accounts_that_are_no_longer_used_are_removed(environ: dict[str, str]) -> None:
    """Otherwise each new token would leave one for ever."""
    find(environ | {"SCENARIO_SDK_API_KEY": "old"}).keep(LISTED, SEEN)
    old = find_file(environ)
    other = old.with_name("notes.txt")
    other.touch()
    for path in (old, other):
        os.utime(path, (0, 0))
    find(environ, datetime.now(UTC)).keep(LISTED, SEEN)

    assert not old.exists()
    assert other.exists()
