"""`quota`: what is left of plan, packs and caps, in every format."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.account import Account, build_account
from tests.exposition import check_with_promtool, read_gauges, series
from tests.support import CREDENTIALS, NOW, Result, run, usages

PLAIN = CREDENTIALS | {"NO_COLOR": "1"}
PERIOD = {"start": "2026-11-01T00:00:00.000Z", "end": "2026-12-01T00:00:00.000Z"}
HEADER = (
    "period_start,period_end,kind,id,name,unit,used,limit,left,share,state,forecast,reached_on,"
    "expires_at"
)
TOTALS = [
    *("used", "limit", "left", "packs_left", "days", "days_gone", "days_left", "per_day"),
    *("forecast", "forecast_low", "forecast_high", "forecast_level", "forecast_coverage"),
    *("forecast_times", "forecast_note", "plan_runs_out_on", "packs_run_out_on"),
]


def account(
    used: float | None = 100,
    limit: float | None = 300,
    *,
    packs: list[dict[str, Any]] | None = None,
    period: dict[str, str] | None = None,
    **others: Any,
) -> Account:
    """A team whose days cannot be fetched, so that what it used goes on in a line."""
    found: dict[str, Any] = {
        "plan": "pro",
        "period": period or PERIOD,
        "limits": {} if limit is None else {"creativeUnits": limit},
        "values": {} if used is None else {"creativeUnits": used},
        "oneShotCreativeUnits": packs or [],
    }
    return build_account(**{"limits": found, "usage": 403, **others})


def quota(*argv: str, transport: Account, now: datetime = NOW) -> Result:
    """What the command makes of an account."""
    return run("quota", *argv, transport=transport, now=now, environ=PLAIN)


def test_the_studio_has_everything() -> None:
    """A row for the plan, for each pack and each cap, and for each count."""
    document = run("quota", "--demo", "--json").json

    assert list(document["totals"]) == TOTALS
    kinds = dict.fromkeys(row["kind"] for row in document["limits"])
    assert list(kinds) == [
        *("plan", "pack", "project", "user", "key"),
        *("seats", "api_keys", "projects"),
    ]
    assert document["team"]["name"] == "Kumo & Forêt ☁️"
    assert (document["payment_status"], document["subscription_status"]) == ("succeeded", "active")
    names = {row["name"] for row in document["limits"] if row["kind"] == "user"}
    assert "Zoë Müller-Lefèvre" not in names  # who has no cap
    assert "王小芳" in names


@pytest.mark.parametrize("now", [NOW, datetime(2026, 11, 1, tzinfo=UTC)])
def test_every_json_validates(now: datetime) -> None:
    """Also at the first instant of a period, when most is unknown."""
    schema = run("schema", "quota").json

    document = run("quota", "--demo", "--json", now=now).json

    Draft202012Validator(schema).validate(document)


@pytest.mark.parametrize("limits", [{}, {"period": None}])
def test_an_account_of_which_nothing_is_known_validates(limits: Any) -> None:
    """Most of it is null then."""
    rows = [{"id": "id_1", "maxConsumption": 5}]
    account = build_account(limits=limits, projects=rows, users=rows, keys=rows)
    result = run("quota", "--json", transport=account)

    assert result.code == 0, result.stderr
    Draft202012Validator(run("schema", "quota").json).validate(result.json)


def test_limits_of_every_fullness_validate() -> None:
    """From one with room to a pack that has expired."""
    rows = [{"id": f"id_{used}", "consumption": used, "maxConsumption": 10} for used in (1, 9, 10)]
    pack = {"amount": 5, "remaining": 5, "expiration": "2026-01-01T00:00:00Z"}
    result = quota("--json", transport=account(used=400, packs=[pack], projects=rows))

    found = {row["state"] for row in result.json["limits"]}
    assert found == {"ok", "near", "full", "over", "expired"}
    Draft202012Validator(run("schema", "quota").json).validate(result.json)


def test_csv_has_a_line_for_each_limit() -> None:
    """With a header that stays."""
    text = run("quota", "--demo", "--csv").stdout
    rows = list(csv.DictReader(io.StringIO(text)))

    assert text.splitlines()[0] == HEADER
    plan = rows[0]
    assert (plan["kind"], plan["unit"], plan["limit"]) == ("plan", "CU", "26000")
    assert {row["kind"] for row in rows if row["unit"] == "count"} == {
        *("seats", "api_keys", "projects")
    }


@pytest.mark.parametrize("columns", [60, 80, 100, 140])
def test_the_table_fits_a_terminal(columns: int) -> None:
    """With a word for each limit, and a bar where names leave it room."""
    text = run("quota", "--demo", columns=columns, environ=PLAIN).stdout

    assert max(map(len, text.splitlines())) <= columns
    assert "seats 10 of 25 · API keys 6 of 20 · projects 12 of 50" in text
    (row,) = [line for line in text.splitlines() if line.startswith(" Templ")]
    assert " full " in row
    assert ("████" in row) == (columns > 60)


@pytest.mark.parametrize("output_format", ["table", "slack"])
def test_packs_can_be_told_apart_where_there_is_little_room(output_format: str) -> None:
    """Their months, and the day on which each runs out, are worth more than what each had."""
    text = run("quota", "--demo", "-f", output_format, columns=60, environ=PLAIN).stdout

    assert "bought 2026-08-" in text
    assert "bought 2026-09-" in text
    assert "Reached on" in text.partition("Plan or pack")[2][:60]


@pytest.mark.parametrize("end", ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59Z", "3000-01-01"])
def test_a_period_may_end_as_late_as_it_likes(end: str) -> None:
    """The day on which the plan runs out is told all the same, also in a line."""
    made = account(used=250, period={**PERIOD, "end": end})

    shown = quota("--fail-over", "90%", "--on", "used,pack-expiry", transport=made)

    assert (shown.code, shown.stdout.count("the plan runs out on 2026-11-27")) == (0, 1)
    assert "warning: the billing period ends on " in shown.stderr
    assert quota("--line", transport=made).stdout == "CU 250/300 83 % · out 27 Nov\n"


def test_markdown_has_the_same_tables() -> None:
    """And the sentences as a list."""
    text = run("quota", "--demo", "-f", "markdown").stdout

    assert text.startswith("# Scenario quota\n")
    assert "\n| Used | Plan | Left | Left in packs | At the end |\n" in text
    assert "\n- seats 10 of 25 · API keys 6 of 20 · projects 12 of 50\n" in text
    assert "## Caps of people" in text


def test_gauges_have_limits_and_what_remains() -> None:
    """Of each kind, by id and name; instants are in seconds."""
    packs = [{"amount": 50, "remaining": 20, "expiration": "2027-01-01T00:00:00Z"}]

    result = quota("-f", "openmetrics", transport=account(used=250, packs=packs))

    found = read_gauges(result.stdout)

    def read(name: str, kind: str, id: str, title: str) -> float:
        return found[series(f"scenario_usage_quota_{name}", kind=kind, id=id, name=title)]

    plan, pack = ("plan", "team_1", "pro"), ("pack", "pack_1", "pack_1")
    assert read("limit_compute_units", *plan) == 300
    assert read("remaining_compute_units", *plan) == 50
    assert read("remaining_compute_units", *pack) == 20
    first_of_january = datetime(2027, 1, 1, tzinfo=UTC).timestamp()
    assert read("expires_timestamp_seconds", *pack) == first_of_january
    on_27th = datetime(2026, 11, 27, tzinfo=UTC).timestamp()
    assert read("reached_timestamp_seconds", *plan) == on_27th
    assert found[series("scenario_usage_quota_packs_remaining_compute_units")] == 20


def test_gauges_keep_their_names() -> None:
    """As a dashboard or a rule says nothing of one that is gone."""
    text = run("quota", "--demo", "-f", "openmetrics").stdout

    assert re.findall("^# TYPE scenario_usage_(.*) gauge$", text, re.MULTILINE) == [
        "quota_generated_timestamp_seconds",
        "quota_period_start_timestamp_seconds",
        "quota_period_end_timestamp_seconds",
        "quota_period_provisional",
        "quota_packs_remaining_compute_units",
        "quota_per_day_compute_units",
        "quota_forecast_low_compute_units",
        "quota_forecast_high_compute_units",
        "quota_plan_runs_out_timestamp_seconds",
        "quota_used_compute_units",
        "quota_limit_compute_units",
        "quota_remaining_compute_units",
        "quota_forecast_compute_units",
        "quota_reached_timestamp_seconds",
        "quota_expires_timestamp_seconds",
        "allowance_used",
        "allowance_limit",
        "allowance_remaining",
    ]


def test_promtool_accepts_the_gauges() -> None:
    """Names, units and help, of everything that there is."""
    check_with_promtool(run("quota", "--demo", "-f", "openmetrics").stdout)


def test_top_cuts_tables_only() -> None:
    """The fullest of each kind stay, and the rest is counted."""
    users = [
        {"id": f"user_{n}", "email": f"{n}@x.y", "consumption": n, "maxConsumption": 100}
        for n in range(30)
    ]

    text = quota(transport=account(users=users)).stdout
    all_of_them = quota("--top", "0", transport=account(users=users)).stdout

    assert " 29@x.y " in text
    assert " 9@x.y " not in text
    assert "10 more are less full; --top 0 shows them" in text
    assert " 0@x.y " in all_of_them
    assert len(quota("--json", transport=account(users=users)).json["limits"]) == 31


def test_markdown_has_every_row() -> None:
    """As in every other command: it is read where there is room."""
    users = [
        {"id": f"user_{n}", "email": f"{n}@x.y", "consumption": n, "maxConsumption": 100}
        for n in range(30)
    ]

    page = quota("-f", "markdown", transport=account(users=users)).stdout
    cut = quota("-f", "markdown", "--top", "1", transport=account(users=users)).stdout

    assert page.count("x.y |") == 30
    assert cut.count("x.y |") == 1


def test_an_unknown_team_is_exit_2() -> None:
    """With the nearest one."""
    result = run("quota", "--demo", "--team", "team_nope")

    assert (result.code, result.stdout) == (2, "")
    assert result.error == "error: --team 'team_nope' is not known"


@pytest.mark.parametrize("wish", ["limits", "plan", "credits", "forecast"])
def test_other_names_of_it_are_understood(wish: str) -> None:
    """The hint says which command is meant."""
    result = run(wish)

    assert (result.code, result.stdout) == (2, "")
    assert "quota" in result.stderr


def test_limits_that_are_forbidden_exit_with_4() -> None:
    """And say which key may read them; stdout stays empty."""
    result = quota("--json", transport=build_account(limits=403))

    assert (result.code, result.stdout) == (4, "")
    assert "use a team key with the scopes team.read;team.usage.read" in result.stderr


def test_of_several_teams_one_must_be_named() -> None:
    """Exit 2, with their names."""
    teams = {"teams": [{"id": "team_1", "name": "Kumo"}, {"id": "team_2", "name": "Nuage"}]}

    result = quota(transport=account(teams=teams))

    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.endswith("hint: choose one with --team: Kumo, Nuage\n")
    assert quota("--team", "kumo", transport=account(teams=teams)).code == 0


def test_a_payment_that_failed_is_said_first() -> None:
    """Before the figures where people read, and once; in warnings for programs."""
    team = {"team": {"name": "Kumo", "paymentStatus": "failed", "subscriptionStatus": "active"}}

    told = quota(transport=account(team=team))
    data = quota("--json", transport=account(team=team))

    said = "the payment is not in order: the API calls it failed"
    assert told.stdout.splitlines()[1] == f"! {said}"
    assert said not in told.stderr
    assert data.json["warnings"][0] == said
    assert f"warning: {said}" in data.stderr


@pytest.mark.parametrize(
    ("used", "limit", "words"),
    [
        (100, None, "the plan has no limit"),
        (0, 0, "the plan is used up"),
        (-5, 100, "the plan lasts to the end of the period"),
        (250, 300, "the plan runs out on 2026-11-27"),
        (400, 300, "the plan is used up"),
        (None, 300, "what is used of the plan is not known"),
    ],
)
def test_a_plan_is_told_of_in_words(used: int | None, limit: int | None, words: str) -> None:
    """Whatever the API says of it, also nothing; nothing is divided by zero."""
    result = quota(transport=account(used=used, limit=limit))

    assert result.code == 0
    assert f"\n {words}\n" in result.stdout


@pytest.mark.parametrize(
    ("packs", "words"),
    [
        ([{"amount": 500, "remaining": 200}], "used up, the packs last to the end of the period"),
        ([{"amount": 50, "remaining": 20}], "used up, the packs run out on 2026-11-24"),
        ([{"amount": 50, "remaining": 0}], "used up, and no packs are left"),
        (
            [{"amount": 50, "remaining": 50, "expiration": "2026-11-22T18:00:00Z"}],
            "used up, and no packs are left",
        ),
    ],
)
def test_packs_are_told_of_in_words(packs: list[dict[str, Any]], words: str) -> None:
    """Those that expired, and those without a date, too."""
    result = quota(transport=account(used=300, packs=packs, period=None))

    assert (result.code, words in result.stdout) == (0, True), result.stdout


@pytest.mark.parametrize(
    ("now", "course"),
    [
        (datetime(2026, 11, 1, 5, tzinfo=UTC), "0.2 of 30 days gone, 29.8 left · too early"),
        (datetime(2026, 11, 30, 18, tzinfo=UTC), "29.8 of 30 days gone, 0.2 left · "),
        (datetime(2026, 12, 1, tzinfo=UTC), "30 of 30 days gone, 0 left · "),
        (datetime(2026, 12, 9, tzinfo=UTC), "30 of 30 days gone, 0 left · "),
    ],
)
def test_the_ends_of_a_period_are_no_exception(now: datetime, course: str) -> None:
    """No day gone yet, one that ends today, and one that the API has not begun anew."""
    result = quota(transport=account(), now=now)

    assert result.code == 0
    assert course in result.stdout


def test_an_upgrade_yesterday_begins_a_period() -> None:
    """What was used before is not of it."""
    start = NOW - timedelta(days=1)
    period = {"start": start.isoformat(), "end": (start + timedelta(days=30)).isoformat()}

    result = quota("--json", transport=account(used=10, period=period))

    assert result.json["totals"]["per_day"] == 10
    assert result.json["totals"]["forecast"] == 300


def test_without_days_the_forecast_is_a_line_and_says_so() -> None:
    """A key that may not read usage still learns what is left."""
    result = quota("--json", transport=account())

    assert any("the forecast is a straight line" in one for one in result.json["warnings"])


def test_names_of_people_come_with_their_days() -> None:
    """Those without usage are called by their address."""
    users = [
        {"id": "user_1", "email": "ada@x.y", "consumption": 5, "maxConsumption": 10},
        {"id": "user_2", "email": "bob@x.y", "consumption": 0, "maxConsumption": 10},
    ]
    found = account(users=users)
    known = [{"id": "user_1", "fullName": "Ada [Lovelace]", "email": "ada@x.y"}]
    found.answers["/usages"] = usages(users=known)

    rows = quota("--json", transport=found).json["limits"]

    assert [row["name"] for row in rows if row["kind"] == "user"] == ["Ada [Lovelace]", "bob@x.y"]


def test_it_asks_for_the_consumptions_own_days() -> None:
    """26 weeks of actions, and nothing more than it needs."""
    found = account()
    found.answers["/usages"] = usages()

    quota(transport=found)

    asked = [one for one in found.asked if one.startswith("/usages")]
    assert asked
    assert all("type=consumption%2Cusages" in one or "type=usages" in one for one in asked)
    assert min(one.partition("startDate=")[2][:10] for one in asked) == "2026-05-24"


def test_slack_takes_it() -> None:
    """As a message that begins with its title."""
    message = json.loads(run("quota", "--demo", "-f", "slack").stdout)

    assert message["blocks"][0]["text"]["text"] == "Scenario quota"


def test_the_forecast_has_its_record_beside_it() -> None:
    """How often such intervals held, and of how many; in words, too."""
    totals = run("quota", "--demo", "--json").json["totals"]
    text = run("quota", "--demo").stdout

    assert totals["forecast_level"] == 0.8
    assert totals["forecast_times"] > 26
    assert totals["forecast_low"] < totals["forecast"] < totals["forecast_high"]
    held = f"held {totals['forecast_coverage'] * 100:.0f} % of {totals['forecast_times']} times"
    assert f"80 % interval {totals['forecast_low']:,.0f} to" in text
    assert held in text


def test_actions_that_the_api_left_out_are_told_of() -> None:
    """The forecast is a line then."""
    answer = usages()
    del answer["usages"]

    result = quota("--json", transport=account(usage=answer))

    assert result.json["totals"]["forecast"] is not None
    assert any("the API left out actions" in one for one in result.json["warnings"])
