"""`billing`: the running billing period, as every option for a period takes it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.periods import Period, parse_period
from scenario_usage_cli.zones import parse_zone
from tests.account import Account, build_account
from tests.cases import each
from tests.support import NOW, run, usages

START = datetime(2026, 11, 5, 10, tzinfo=UTC)
END = datetime(2026, 12, 5, 10, tzinfo=UTC)
BILLING = Period(START, END - timedelta(milliseconds=1), UTC, provisional=True)


def parse(zone: str = "UTC", /, **options: Any) -> Period:
    """The period of some options, where the billing period is known."""
    zone_of_days = parse_zone(zone)
    return parse_period(zone=zone_of_days, now=NOW, ask_billing=lambda: BILLING, **options)


@each(
    ("options", "start"),
    [
        ({"period": "billing"}, START),
        ({"period": "Billing"}, START),
        ({"period": "this billing period"}, START),
        ({"period": "current_billing"}, START),
        ({"period": "billing-1d"}, START - timedelta(days=1)),
        ({"period": "billing - 1d"}, None),
        ({"period": "billing-24h"}, START - timedelta(days=1)),
        ({"period": "billing-2w"}, START - timedelta(weeks=2)),
        ({"period": "billing-1mo"}, datetime(2026, 10, 5, 10, tzinfo=UTC)),
        ({"period": "billing-1d to now"}, START - timedelta(days=1)),
        ({"period": "billing..now"}, START),
        ({"start": "billing"}, START),
        ({"start": "billing-1d", "end": "now"}, START - timedelta(days=1)),
        ({"start": "billing", "end": "billing"}, START),
    ],
)
def test_it_runs_from_its_first_instant_to_now(
    options: dict[str, str], start: datetime | None
) -> None:
    """Or from some time before it; the end, which is to come, is cut to now."""
    if start is None:
        with pytest.raises(BadArgument):
            parse(**options)
        return
    period = parse(**options)

    assert (period.start, period.end, period.provisional) == (start, NOW, True)
    assert period.is_running


def test_it_may_be_the_end_as_well() -> None:
    """Some time before it is an instant."""
    period = parse(start="2026-11-01", end="billing-1d")

    assert period.end == START - timedelta(days=1)


def test_days_begin_in_the_zone_all_the_same() -> None:
    """The billing period is of instants, and the zone cuts it into days."""
    period = parse("Asia/Tokyo", period="billing")

    assert (period.start, period.timezone) == (START, "Asia/Tokyo")


@each(
    "text",
    [
        *("last-billing", "previous billing period", "billing-1", "last 2 billing periods"),
        *("billing-2026", "2026-05 billing", "billing-1d-2d"),
    ],
)
@each("option", ["period", "start"])
def test_past_ones_are_refused_and_it_is_said_why(option: str, text: str) -> None:
    """Nothing is asked for them."""
    with pytest.raises(BadArgument, match="only the running billing period is known") as refused:
        parse_period(zone=UTC, now=NOW, ask_billing=pytest.fail, **{option: text})

    assert "billing-1d" in refused.value.hint


def account(**others: Any) -> Account:
    """A team whose billing period begins on the 5th at 10:00."""
    return build_account(usage={**usages(), "activity": []}, **others)


@pytest.mark.parametrize(
    "command",
    [("report",), ("trend",), ("compare",), ("activity", "--all"), ("list", "models")],
    ids=" ".join,
)
def test_every_command_takes_it(command: tuple[str, ...]) -> None:
    """It asks for usage from the first instant of the period."""
    found = account()

    result = run(*command, "--period", "billing", "--json", transport=found)

    assert result.code == 0, result.stderr
    assert result.json["period"]["start"] == "2026-11-05T10:00:00Z"
    assert any("startDate=2026-11-05T10%3A00%3A00.000Z" in one for one in found.asked)


def test_without_it_no_limits_are_asked_for() -> None:
    """Nor teams."""
    found = account()

    run("report", "--last", "7d", "--json", transport=found)

    assert [one for one in found.asked if one.startswith("/teams")] == []


@pytest.mark.parametrize(
    ("others", "code", "said"),
    [
        ({"limits": 403}, 4, "team.read;team.usage.read"),
        ({"limits": {}}, 7, "does not tell the billing period of the team Kumo"),
        ({"limits": {"period": {"start": "x", "end": "y"}}}, 7, "cannot be read: 'x' to 'y'"),
        (
            {"teams": {"teams": [{"id": "team_1", "name": "A"}, {"id": "team_2", "name": "B"}]}},
            2,
            "choose one with --team: A, B",
        ),
    ],
)
def test_where_it_is_not_known_the_error_says_so(
    others: dict[str, Any], code: int, said: str
) -> None:
    """And stdout stays empty."""
    result = run("report", "--period", "billing", transport=account(**others))

    assert (result.code, result.stdout) == (code, "")
    assert said in result.stderr


@pytest.mark.parametrize("period", ["last-billing", "billing-1"])
def test_a_past_one_is_exit_2(period: str) -> None:
    """Before anything is asked."""
    result = run("report", "--period", period)

    assert (result.code, result.stdout) == (2, "")
    assert "only the running billing period is known" in result.error


@pytest.mark.parametrize("asked", [("--period", "billing"), ("--start", "billing")])
def test_a_comparison_says_that_the_other_period_is_no_billing_period(
    asked: tuple[str, ...],
) -> None:
    """Unless another one is asked for."""
    said = "past billing periods are not known: the other period is as long, before this one"
    result = run("compare", "--demo", "--json", *asked)
    other = run("compare", "--demo", "--json", *asked, "--against", "year-ago")

    assert result.json["warnings"][0].startswith(said)
    assert said in result.stderr
    assert (other.code, said in other.stderr) == (0, False)
    assert said not in run("compare", "--demo", "--period", "this-month").stderr


def test_a_saved_answer_has_none() -> None:
    """No API is asked for it."""
    result = run("report", "--from", "-", "--period", "billing", stdin=b'{"consumption": []}')

    assert (result.code, result.stdout) == (2, "")
    assert "the billing period is not known here" in result.error


def test_an_export_takes_whole_days_of_it(tmp_path: Path) -> None:
    """That of the built-in studio is a month; one that begins at 10:00 is refused."""
    whole = run("export", str(tmp_path / "a"), "--demo", "--period", "billing", "--dry-run")
    cut = run("export", str(tmp_path / "b"), "--period", "billing", transport=account())

    assert whole.code == 0
    assert "startDate=2026-11-01T00" in whole.stdout
    assert (cut.code, cut.stdout) == (2, "")
    assert "--period billing is not a whole day" in cut.error


def test_it_is_of_the_team_that_is_named() -> None:
    """By its name, too."""
    teams = {"teams": [{"id": "team_1", "name": "Kumo"}, {"id": "team_2", "name": "B"}]}
    found = account(teams=teams)

    result = run("report", "--period", "billing", "--team", "kumo", "--json", transport=found)

    assert result.code == 0
    assert "/teams/team_1/limits" in found.asked
