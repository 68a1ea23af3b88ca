"""`quota --line`: one line for prompts, of a kept answer, and never a wrong figure."""

import json
import re
import stat
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.account import Account, build_account
from tests.support import CREDENTIALS, KEY, NOW, SECRET, Result, run

LINE = "CU 100/300 33 % · lasts to 30 Nov\n"
LATER = NOW + timedelta(hours=2)
OLD = "CU 100/300 33 % · lasts to 30 Nov (2 h old)\n"


def account(used: float = 100, packs: list[dict[str, Any]] | None = None, **others: Any) -> Account:
    """A team with a plan of 300 CU; `others` are as of `build_account`."""
    limits = {
        "period": {"start": "2026-11-01T00:00:00.000Z", "end": "2026-12-01T00:00:00.000Z"},
        "limits": {"creativeUnits": 300},
        "values": {"creativeUnits": used},
        "oneShotCreativeUnits": packs or [],
    }
    return build_account(**{"limits": limits, **others})


class Silent(httpx.BaseTransport):
    """An API that does not answer before it is told to."""

    def __init__(self) -> None:
        self.may_end = threading.Event()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.may_end.wait(30)
        raise httpx.ConnectError("too late")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """The environment of an account with its own cache folder."""
    return CREDENTIALS | {"XDG_CACHE_HOME": str(tmp_path / "cache")}


def line(
    environ: Mapping[str, str],
    transport: httpx.BaseTransport | None = None,
    *argv: str,
    now: datetime = NOW,
) -> Result:
    """What the command makes of an API; without one, any request fails the test."""
    return run("quota", "--line", *argv, environ=environ, transport=transport, now=now)


def find_file(environ: Mapping[str, str]) -> Path:
    """The file of the kept plan."""
    (path,) = Path(environ["XDG_CACHE_HOME"], "scenario-usage").glob("quota-*.json")
    return path


def test_a_young_answer_is_shown_without_asking(environ: dict[str, str]) -> None:
    """For 15 minutes, or as long as it is wanted."""
    assert line(environ, account()) == Result(0, LINE, "")

    def kept(minutes: int, *argv: str) -> bool:
        other = account(used=200)
        shown = line(environ, other, *argv, now=NOW + timedelta(minutes=minutes))
        assert shown.code == 0
        return not other.asked

    assert kept(14)
    assert kept(59, "--max-age", "1h")
    assert not kept(15)
    assert not kept(15, "--max-age", "0s")


def test_an_old_answer_is_asked_again(environ: dict[str, str]) -> None:
    """The new line tells no age, and is kept in its turn."""
    line(environ, account())

    assert line(environ, account(used=210), now=LATER).stdout.startswith("CU 210/300 70 % · ")
    assert line(environ, now=LATER).stdout.startswith("CU 210/300 70 % · ")


def test_only_the_plan_is_asked_for(environ: dict[str, str]) -> None:
    """A prompt does not wait for caps."""
    api = account()
    line(environ, api)

    paths = {one.partition("?")[0] for one in api.asked}
    assert paths == {"/teams", "/teams/team_1/limits", "/usages"}


@pytest.mark.parametrize(
    "failure",
    [
        {"teams": httpx.ConnectError("no")},
        {"limits": 500},
        {"limits": 429},
        {"limits": {"plan": 7}},
        {"limits": {"plan": "pro"}},
        {"limits": {"limits": {"creativeUnits": 300}}},
        {"limits": {"values": {"creativeUnits": 5}}},
        {"teams": []},
    ],
    ids=str,
)
def test_without_an_answer_the_old_line_is_shown_with_its_age(
    environ: dict[str, str], failure: dict[str, Any]
) -> None:
    """Whatever keeps the API from answering; the first time, it is an error as elsewhere."""
    assert line(environ, account(**failure)).code in (5, 6, 7)
    line(environ, account())

    assert line(environ, account(**failure), now=LATER) == Result(0, OLD, "")


def test_an_api_that_is_silent_is_not_waited_for(environ: dict[str, str]) -> None:
    """The patience is for all requests together."""
    api = Silent()
    started = time.monotonic()
    first = line(environ, api, "--timeout", "0.2")
    line(environ, account())
    second = line(environ, api, "--timeout", "0.2", now=LATER)
    took = time.monotonic() - started
    api.may_end.set()

    assert (first.code, first.stdout) == (6, "")
    assert first.error == "error: the API did not answer within 0.2 s"
    assert second == Result(0, OLD, "")
    assert took < 10


def test_without_the_days_before_the_forecast_is_a_straight_line(environ: dict[str, str]) -> None:
    """They take the longest; what is used is known by then, and no older than the answer."""
    api = account(used=250)
    silent = Silent()

    class Slow(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            is_slow = request.url.path.endswith("/usages")
            return (silent if is_slow else api).handle_request(request)

    shown = line(environ, Slow(), "--timeout", "0.5")
    silent.may_end.set()

    assert shown == Result(0, "CU 250/300 83 % · out 27 Nov\n", "")


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_are_an_error(environ: dict[str, str], status: int) -> None:
    """The API has answered."""
    line(environ, account())
    refused = line(environ, account(teams=status, limits=status), now=LATER)

    assert (refused.code, refused.stdout) == (4, "")


def test_without_credentials_there_is_no_line(environ: dict[str, str]) -> None:
    """Even if one is kept."""
    line(environ, account())
    without = {key: value for key, value in environ.items() if "SDK" not in key}

    assert line(without).code == 3
    assert line(without).stdout == ""


@pytest.mark.parametrize(
    "other",
    [
        {"SCENARIO_SDK_API_KEY": "another"},
        {"SCENARIO_BASE_URL": "https://other.example/v1"},
        {"SCENARIO_SDK_API_KEY": "", "SCENARIO_SDK_API_SECRET": "", "SCENARIO_SDK_JWT": "token"},
        {"SCENARIO_USAGE_NO_CACHE": "1"},
    ],
    ids=str,
)
def test_another_account_has_another_line(environ: dict[str, str], other: dict[str, str]) -> None:
    """The plan of one is never shown for another."""
    line(environ, account())

    assert line(environ | other, account(used=30)).stdout.startswith("CU 30/300 10 %")
    assert line(environ, account(used=60), "--team", "team_1").stdout.startswith("CU 60/300 20 %")
    assert line(environ).stdout == LINE


def test_an_answer_ends_with_its_period_and_its_packs(environ: dict[str, str]) -> None:
    """Then the figures are others, however young it is."""
    line(environ, account(), "--max-age", "90d")
    end = datetime.fromisoformat("2026-12-01T00:00:00Z")

    assert line(environ, None, "--max-age", "90d", now=end - timedelta(minutes=1)).stdout == LINE
    later = account(used=5)
    line(environ, later, "--max-age", "90d", now=end)
    assert later.asked

    pack = {"amount": 50, "remaining": 50, "expiration": "2026-11-25T00:00:00.000Z"}
    line(environ, account(packs=[pack]), "--max-age", "0s")
    later = account()
    line(environ, later, "--max-age", "90d", now=datetime.fromisoformat("2026-11-25T00:00:00Z"))
    assert later.asked


def test_an_answer_of_the_future_is_none(environ: dict[str, str]) -> None:
    """The clock was wrong then, or is now."""
    line(environ, account(), now=LATER)

    assert line(environ, account(used=30)).stdout.startswith("CU 30/300")


def test_a_young_answer_needs_no_secret(environ: dict[str, str], tmp_path: Path) -> None:
    """A prompt does not run the command, or open the keyring, that has it."""
    line(environ, account())
    config = tmp_path / "config.toml"
    config.write_text(f'[profiles.studio]\napi_key = "{KEY}"\nsecret_command = "false"\n')
    config.chmod(0o600)
    others = {key: value for key, value in environ.items() if "SDK" not in key}
    profile = others | {"SCENARIO_USAGE_CONFIG": str(config), "SCENARIO_USAGE_PROFILE": "studio"}

    assert line(profile) == Result(0, LINE, "")
    assert line(profile, now=LATER).code == 3


def test_the_file_is_for_its_owner_and_has_no_secret(environ: dict[str, str]) -> None:
    """Nor a name of anything."""
    line(environ, account())
    path = find_file(environ)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not any(text in path.read_text() + path.name for text in (KEY, SECRET, "Kumo"))


def change(**values: object) -> Callable[[Path], object]:
    """Other values in the document."""
    return lambda path: path.write_text(json.dumps(json.loads(path.read_text()) | values))


def change_figure(**values: object) -> Callable[[Path], object]:
    """Other values among the figures."""

    def damage(path: Path) -> None:
        document = json.loads(path.read_text())
        document["figures"] |= values
        path.write_text(json.dumps(document))

    return damage


DAMAGES: Mapping[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_text(""),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-9]),
    "no text": lambda path: path.write_bytes(b"\xff\xfe\x00"),
    "no object": lambda path: path.write_text("[]"),
    "another account": change(account="0" * 32),
    "another version": change(version=2),
    "no figures": change(figures=None),
    "other figures": change(figures={"used": "1"}),
    "no time": change(at=None),
    "a time beyond all": change(at=2**52),
    "an end that is none": change(until="soon"),
    "an end beyond all": change(until=2**52),
    "a number that is none": change_figure(used="many"),
    "NaN": change_figure(used="NaN"),
    "infinite": change_figure(limit="Infinity"),
    "a number of another type": change_figure(used=7.5),
    "a list": change_figure(used=["7"]),
    "a day that is none": change_figure(last_day="2026-13-01"),
    "a day of another type": change_figure(last_day=7),
    "one more figure": change_figure(spent="7"),
    "writable for others": lambda path: path.chmod(0o666),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_as_good_as_none(
    environ: dict[str, str], damage: Callable[[Path], object]
) -> None:
    """The API is asked again, and its answer is kept."""
    line(environ, account())
    damage(find_file(environ))
    api = account()

    assert line(environ, api) == Result(0, LINE, "")
    assert api.asked
    find_file(environ).chmod(0o600)
    assert line(environ, account(used=60)).stdout.startswith("CU ")


@pytest.mark.parametrize("home", ["/dev/null", "/proc/nowhere", "not/absolute"])
def test_a_folder_that_cannot_be_written_is_no_failure(
    environ: dict[str, str], home: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each prompt asks then."""
    monkeypatch.chdir(tmp_path)

    assert line(environ | {"XDG_CACHE_HOME": home}, account()) == Result(0, LINE, "")
    assert list(tmp_path.iterdir()) == []


def test_the_format_of_the_line_is_chosen(environ: dict[str, str]) -> None:
    """An old line has its age all the same, where the format does not say it."""
    line(environ, account())
    chosen = ("--line-format", "{used} of {limit}")
    gone = account(teams=500)

    assert line(environ, None, *chosen).stdout == "100 of 300\n"
    assert line(environ, gone, *chosen, now=LATER).stdout == "100 of 300 (2 h old)\n"
    aged = line(environ, gone, "--line-format", "{age}: {left}", now=LATER)
    assert aged.stdout == "2 h: 200\n"


@pytest.mark.parametrize(
    ("argv", "error"),
    [
        (["--line", "--line-format", "{usd}"], "--line-format has no field 'usd'"),
        (["--line", "--line-format", "{used"], "--line-format '{used' has a single {"),
        (["--line", "--line-format", ""], "--line-format is empty"),
        (["--line", "--json"], "--line and --json contradict each other"),
        (["--line", "--top", "3"], "--line and --top contradict each other"),
        (["--line", "--no-cache", "--max-age", "1h"], "--no-cache and --max-age contradict"),
        (["--line-format", "{used}"], "--line-format is for the one line of --line"),
        (["--max-age", "5m"], "--max-age is for the one line of --line"),
        (["--line", "--max-age", "soon"], "'soon' is not a duration"),
    ],
    ids=str,
)
def test_bad_options_are_refused(argv: list[str], error: str) -> None:
    """With exit code 2, and before anything is asked."""
    refused = run("quota", *argv)

    assert (refused.code, refused.stdout) == (2, "")
    assert error in refused.error


def test_an_unknown_field_is_answered_with_those_that_there_are() -> None:
    """In the hint; a topic of the help explains each of them, in the same order."""
    refused = run("quota", "--line", "--line-format", "{usd}")

    hint = refused.stderr.splitlines()[1]
    assert hint.startswith("hint: one of used, limit, left, share, ")
    rows = [line for line in run("help", "prompt").stdout.splitlines() if line.startswith("| `{")]
    explained = re.findall(r"\{(\w+)\}", " ".join(row.split("|")[1] for row in rows))
    assert explained == hint.removeprefix("hint: one of ").split(", ")


def test_the_studio_has_a_line_and_keeps_nothing(environ: dict[str, str], tmp_path: Path) -> None:
    """It needs no credentials."""
    target = tmp_path / "line.txt"
    shown = run("quota", "--line", "--demo", environ=environ)

    assert shown.code == 0
    assert shown.stdout.startswith("CU ")
    assert shown.stdout.count("\n") == 1
    assert not (tmp_path / "cache").exists()
    assert run("quota", "--line", "--demo", "--output", str(target)).stdout == ""
    assert target.read_text() == shown.stdout
