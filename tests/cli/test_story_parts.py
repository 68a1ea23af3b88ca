"""Parts of a story that need more than an answer: cost centres, and what may fail."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox
from tests.account import Account, build_account
from tests.report.builders import charge
from tests.stories import catch, find
from tests.support import CREDENTIALS, NOW, answer, run, usages

MAY = ("--period", "2026-05-04")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A config file with cost centres."""
    config = tmp_path / "config.toml"
    config.write_text('[cost_centres]\nArt = ["R&D", "Marketing*"]\n')
    return {**CREDENTIALS, "SCENARIO_USAGE_CONFIG": str(config)}


def test_cost_centres_of_the_config_file_are_there(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]
) -> None:
    """Without an option, and with the rows of `--by cost-centre`."""
    ended, view = catch(monkeypatch, *MAY, "--demo", environ=environ)
    assert ended.code == 0, ended.stderr

    rows = find(view, "Cost centres").sections[0].rows

    by = ("--by", "cost-centre", "--json")
    totals = run("report", *MAY, "--demo", *by, environ=environ).json["breakdown"]["totals"]
    assert [(row["cost_centre"], float(str(row["cost"]))) for row in rows] == [
        (row["cost_centre"], row["cost"]) for row in totals
    ]


def test_a_file_of_cost_centres_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It needs no --by, but in a format that tells no story."""
    table = tmp_path / "centres.toml"
    table.write_text('Art = ["R&D"]\n')
    given = (*MAY, "--demo", "--cost-centres", str(table))

    ended, view = catch(monkeypatch, *given)

    assert ended.code == 0, ended.stderr
    assert find(view, "Cost centres").sections[0].rows
    assert run("report", *given, "--json").code == 2
    narrowed, _ = catch(monkeypatch, *given, "--section", "models")
    assert (narrowed.code, narrowed.stdout) == (2, "")


def test_cost_centres_that_cannot_be_looked_up_are_left_out(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]
) -> None:
    """With a sentence, as nobody asked for them."""
    account = build_account(listed=403, usage=usages())

    ended, view = catch(monkeypatch, *MAY, environ=environ, transport=account)

    assert ended.code == 0, ended.stderr
    made = find(view, "How these figures were made").sentences
    assert any(one.startswith("Cost centres are left out: ") for one in made), made


class FailingBefore(Account):
    """An account whose period before cannot be read."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.params.get("startDate", "").startswith("2026-05-03"):
            return answer({"message": "no luck"}, 500)
        return super().handle_request(request)


def test_a_part_that_fails_fails_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written."""
    account = FailingBefore(build_account(usage=usages()).answers)

    ended, _ = catch(monkeypatch, *MAY, transport=account)

    assert (ended.code, ended.stdout) == (5, "")


class Refusing(Account):
    """An account that refuses what a request has in its address."""

    def __init__(self, answers: Mapping[str, Any], part: str, status: int) -> None:
        super().__init__(answers)
        self.part, self.status = part, status

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.part in str(request.url):
            return answer({"message": "you may not"}, self.status)
        return super().handle_request(request)


@pytest.mark.parametrize("status", [400, 403, 404, 422])
@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("startDate=2026-05-03", "The period before is left out: "),
        ("startDate=2026-01", "What is new is left out: "),
        ("=project_2", "Projects are left out: "),
        ("/projects", "Projects are left out"),
    ],
)
def test_a_part_that_is_refused_is_left_out(
    monkeypatch: pytest.MonkeyPatch, part: str, told: str, status: int
) -> None:
    """Nobody asked for it: the report is written, and a sentence says what it does not have."""
    projects = [{"id": f"project_{number}", "name": f"P {number}"} for number in (1, 2)]
    account = build_account(projects=projects, usage=usages(consumption=[charge("user_1", 2)]))
    refusing = Refusing(account.answers, part, status)

    ended, view = catch(monkeypatch, *MAY, transport=refusing)

    assert ended.code == 0, ended.stderr
    made = find(view, "How these figures were made").sentences
    assert any(one.startswith(told) for one in made), made
    assert [row["cost"] for row in view.data_sections[0].rows] == [2]


class RefusingStudio(httpx.WSGITransport):
    """The built-in studio, which keeps no days of long ago."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if "" < request.url.params.get("startDate", "") < "2026-11":
            return answer({"message": "too old"}, 400)
        return super().handle_request(request)


def test_a_plan_without_its_days_has_no_forecast_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told of, with a sentence about what it lacks."""
    studio = RefusingStudio(Sandbox(lambda: NOW))
    environ = {"SCENARIO_SDK_API_KEY": API_KEY, "SCENARIO_SDK_API_SECRET": API_SECRET}

    ended, view = catch(monkeypatch, "--period", "2026-11-20", environ=environ, transport=studio)

    assert ended.code == 0, ended.stderr
    made = find(view, "How these figures were made").sentences
    assert [one.split(" left out:")[0] for one in made if "too old" in one] == ["What is new is"]
    plan = find(view, "Plan, packs and forecast")
    assert any("forecast is a straight line" in one for one in plan.sentences), plan.sentences


def test_a_part_that_is_asked_for_is_not_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then a report without it would be another one."""
    projects = [{"id": f"project_{number}", "name": f"P {number}"} for number in (1, 2)]
    account = build_account(projects=projects, usage=usages())
    refusing = Refusing(account.answers, "=project_2", 403)

    ended, _ = catch(monkeypatch, *MAY, "--by", "project", transport=refusing)

    assert (ended.code, ended.stdout) == (4, "")


def test_a_part_that_fails_is_told_of_with_keep_going(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of the story is written, and the exit code is the same."""
    account = FailingBefore(build_account(usage=usages()).answers)

    ended, view = catch(monkeypatch, *MAY, "--keep-going", transport=account)

    assert ended.code == 5
    told = find(view, "Reconciliation and warnings").sentences
    assert any("no luck" in one for one in told), told
    assert all(one.before is None for one in view.headlines)


def test_aliases_reach_every_chapter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Sentences, tables and matrices of people name nobody."""
    named = run("report", *MAY, "--demo", "--json").json["consumption"]
    names = {text for row in named for text in (row["user_id"], row["name"], row["email"]) if text}

    environ = {"SCENARIO_USAGE_CONFIG": str(tmp_path / "config.toml")}
    ended, _ = catch(monkeypatch, *MAY, "--demo", "--pseudonyms", environ=environ)

    assert ended.code == 0, ended.stderr
    assert names
    assert [name for name in names if name in ended.stdout] == []
    assert "Person " in ended.stdout
