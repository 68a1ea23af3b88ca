"""`quota --fail-over`: exit 8 and a line for each thing that is over; stdout stays what it is."""

import csv
import io
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.account import Account, build_account
from tests.slack import check_message, read
from tests.support import CREDENTIALS, Result, run, usages

PERIOD = {"start": "2026-11-12T00:00:00.000Z", "end": "2026-12-12T00:00:00.000Z"}
LIMITS = {
    "plan": "pro",
    "period": PERIOD,
    "limits": {"creativeUnits": 30_000},
    "values": {"creativeUnits": 25_000},
    "oneShotCreativeUnits": [
        {
            "amount": 1000,
            "remaining": 400,
            "createdAt": "2026-01-01T00:00:00.000Z",
            "expiration": "2026-12-01T00:00:00.000Z",
        }
    ],
}
PROJECTS = [
    {"id": "project_1", "name": "Hero", "consumption": 4100, "maxConsumption": 5000},
    {"id": "project_2", "name": "Free", "consumption": 9000},
]
USERS = [{"id": "user_1", "email": "ann@x.example", "consumption": 50, "maxConsumption": 60}]
KEYS = [{"id": "apiu_1", "name": "ci", "consumption": 5, "maxConsumption": 50}]
ALL = "used,forecast,project,user,key,pack-expiry"


def account(**others: Any) -> Account:
    """A team that is nearly through."""
    made = build_account(
        **{"projects": PROJECTS, "users": USERS, "keys": KEYS, "limits": LIMITS, **others}
    )
    made.answers["/usages"] = usages(consumption=[{"userId": "u", "value": 70, "total": 70}])
    return made


def quota(*argv: str, transport: Account | None = None, **environ: str) -> Result:
    """What `quota` ends with."""
    made = transport or account()
    return run("quota", *argv, transport=made, environ={**CREDENTIALS, **environ})


def test_by_default_the_plan_is_watched() -> None:
    """One line, with the figure, the limit and the day."""
    result = quota("--fail-over", "80%")

    assert result.code == 8
    assert result.stderr == (
        "over 80 %: plan pro: 25,000 of 30,000 CU used (83.3 %), the limit is reached on "
        "2026-11-24\n"
    )


def test_each_thing_that_is_over_has_a_line() -> None:
    """In the order of the help, whatever the order on the command line."""
    result = quota("--fail-over", "80%", "--on", "pack-expiry,key,user", "--on", "project,used")

    assert result.code == 8
    assert [line.split(":")[1].strip() for line in result.stderr.splitlines()] == [
        "plan pro",
        "project Hero",
        "user ann@x.example",
        "pack bought 2026-01-01",
    ]


def test_nothing_over_is_exit_0() -> None:
    """Without a word."""
    result = quota("--fail-over", "100%", "--on", "used,project,user,key")

    assert (result.code, result.stderr) == (0, "")


@pytest.mark.parametrize(
    "output_format", ["table", "json", "csv", "tsv", "markdown", "openmetrics", "slack"]
)
def test_stdout_has_only_the_format(output_format: str) -> None:
    """The same, to the letter, as without a threshold."""
    plain = quota("-f", output_format)
    over = quota("-f", output_format, "--fail-over", "1", "--on", ALL)

    assert (plain.code, over.code) == (0, 8)
    assert over.stdout == plain.stdout
    assert len(over.stderr.splitlines()) == 7


def test_a_file_is_written_all_the_same(tmp_path: Path) -> None:
    """Whole, before the command fails."""
    target = tmp_path / "quota.json"

    result = quota("--fail-over", "0", "-o", str(target))

    assert (result.code, result.stdout) == (8, "")
    assert target.read_text() == quota("--json").stdout


@pytest.mark.parametrize("on", ["project", "PROJECT", "project,user,key"])
def test_a_number_of_cu_is_also_for_what_has_no_cap(on: str) -> None:
    """As nothing in the API stops it."""
    lines = quota("--fail-over", "5000", "--on", on).stderr.splitlines()

    assert lines == ["over 5,000 CU: project Free: 9,000 CU used, it has no limit"]


@pytest.mark.parametrize("value", ["abc", "-5", "-80%", "nan", "1,000", "80%%", "1e3", "5k"])
def test_a_threshold_that_is_none_is_refused(value: str) -> None:
    """Before anything is asked."""
    made = account()
    result = quota(f"--fail-over={value}", transport=made)

    assert (result.code, result.stdout, made.asked) == (2, "", [])
    assert result.error == f"error: --fail-over {value!r} is not a threshold"


@pytest.mark.parametrize(
    ("argv", "error"),
    [
        (("--on", "used"), "--on used has no threshold"),
        (("--on", "key,project"), "--on project,key has no threshold"),
        (("--fail-over", "5", "--on", "users"), "--on 'users' is not known"),
        (("--fail-over", ""), "--fail-over is empty"),
        (
            ("--fail-over", "80%", "--on", "used", "--fail-over", "9"),
            "--fail-over is given 2 times: 80%, 9",
        ),
        (
            ("--fail-over", "5", "--backtest"),
            "--backtest and --fail-over contradict each other",
        ),
        (("--fail-over", "5", "--on", ""), "--on is empty"),
        (("--fail-over", "5", "--on", ","), "--on is empty"),
    ],
)
def test_what_cannot_be_watched_is_refused(argv: tuple[str, ...], error: str) -> None:
    """Before anything is asked."""
    made = account()
    result = quota(*argv, transport=made)

    assert (result.code, result.stdout, made.asked) == (2, "", [])
    assert result.error == f"error: {error}"


@pytest.mark.parametrize("on", ["used", "forecast", "pack-expiry", "project,used"])
def test_forbidden_limits_are_exit_4_where_they_are_watched(on: str) -> None:
    """With the key that can read them."""
    result = quota("--fail-over", "80%", "--on", on, transport=account(limits=403))

    assert (result.code, result.stdout) == (4, "")
    assert "team.read;team.usage.read" in result.stderr


def test_forbidden_limits_leave_what_can_be_known() -> None:
    """Projects, people and keys have their caps."""
    made = account(limits=403)
    result = quota("--fail-over", "80%", "--on", "project,user", "--json", transport=made)

    assert result.code == 8
    assert [row["id"] for row in result.json["limits"]] == ["project_1", "user_1", "apiu_1"]
    warning, *lines = result.stderr.splitlines()
    assert warning == (
        "warning: the plan and its packs are not included: this key may not read them"
    )
    assert [line.partition(" CU used")[0] for line in lines] == [
        "over 80 %: project Hero: 4,100 of 5,000",
        "over 80 %: user ann@x.example: 50 of 60",
    ]


@pytest.mark.parametrize(("on", "part"), [("user", "team"), ("key", "team"), ("project", "listed")])
def test_caps_that_are_watched_must_be_readable(on: str, part: str) -> None:
    """A watch that can see nothing does not say that all is well."""
    others: dict[str, Any] = {part: 403}
    result = quota("--fail-over", "80%", "--on", on, transport=account(**others))

    assert (result.code, result.stdout) == (4, "")


@pytest.mark.parametrize(
    ("changes", "on", "error"),
    [
        ({"values": {}}, "used", "what is used of the plan pro is not known: --on used needs it"),
        (
            {"values": None},
            "key,forecast",
            "what is used of the plan pro is not known: --on forecast needs it",
        ),
        ({"limits": None}, "used", "the limit of the plan pro is not known: --on used needs it"),
    ],
)
def test_what_the_api_does_not_tell_is_not_well(
    changes: dict[str, Any], on: str, error: str
) -> None:
    """The output comes first; where something else is over, that decides."""
    made = account(limits={**LIMITS, **changes})
    argv = ("--json", "--fail-over", "80%", "--on", on)

    result = quota(*argv, transport=made)
    over = quota(*argv, "--on", "project", transport=made)

    assert (result.code, over.code) == (7, 8)
    assert result.error == f"error: {error}"
    assert f"warning: {error}" in over.stderr.splitlines()
    assert result.stdout == over.stdout == quota("--json", transport=made).stdout


def test_a_plan_without_a_limit_is_told_of() -> None:
    """It cannot be over a part of none."""
    limits = {**LIMITS, "limits": {}}
    result = quota("--fail-over", "80%", transport=account(limits=limits))

    assert result.code == 0
    assert result.stderr == "warning: the plan pro has no limit: --on used cannot judge it\n"


def test_a_name_stays_in_its_line() -> None:
    """Whatever is in it."""
    projects = [{**PROJECTS[0], "name": "two\nlines \x1b[2J" + "x" * 10_000}]
    made = account(projects=projects)
    result = quota("--fail-over", "80%", "--on", "project", transport=made)

    assert result.stderr.startswith(r"over 80 %: project two\nlines \x1b[2Jxxx")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("top", ["5", "0"])
def test_slack_takes_what_is_left_of_anybody(top: str) -> None:
    """Of hundreds of projects with names of 10,000 letters."""
    projects = [{**PROJECTS[0], "id": f"p{n}", "name": "<&`@a " * 1700} for n in range(300)]
    made = account(projects=projects, team={"team": {"name": "T" * 10_000}})
    made.answers["/teams"] = {"teams": [{"id": "team_1", "name": "<!here>" * 2000}]}

    result = quota("-f", "slack", "--top", top, transport=made)

    assert result.code == 0
    assert len(check_message(result.stdout)["blocks"]) > 3


def test_slack_has_the_fullest_five_of_each_kind() -> None:
    """And says how many others there are."""
    projects = [
        {**PROJECTS[0], "id": f"p{number}", "name": f"P{number}", "consumption": number}
        for number in range(9)
    ]

    text = read(check_message(quota("-f", "slack", transport=account(projects=projects)).stdout))

    assert re.findall(r"^P\d", text, re.MULTILINE) == ["P8", "P7", "P6", "P5", "P4"]
    assert "4 more are less full" in text


BUDGETS = """
[[budgets]]
name = "All"
amount = 80
period = "month"
[[budgets]]
name = "Hero"
amount = 100
period = "billing"
projects = ["Hero"]
"""


def write(folder: Path, text: str) -> str:
    """A config file."""
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_budgets_are_rows_and_are_watched(tmp_path: Path) -> None:
    """With their own periods; a team without caps has alerts as well."""
    config = write(tmp_path, BUDGETS)

    result = quota("--json", "--fail-over", "80%", "--on", "budget", SCENARIO_USAGE_CONFIG=config)

    assert result.code == 8
    rows = [row for row in result.json["limits"] if row["kind"] == "budget"]
    assert [(row["id"], row["name"], row["used"], row["limit"]) for row in rows] == [
        ("All", "All (month)", 70, 80),
        ("Hero", "Hero (billing)", 70, 100),
    ]
    assert result.stderr == (
        "over 80 %: budget All (month): 70 of 80 CU used (87.5 %), the limit is reached on "
        "2026-11-25\n"
    )


def test_a_budget_that_lasts_is_told_with_the_end_of_its_own_period(tmp_path: Path) -> None:
    """And not with that of the billing period."""
    config = write(tmp_path, BUDGETS)

    result = quota("--fail-over", "60", "--on", "budget", SCENARIO_USAGE_CONFIG=config)

    ends = [line.rpartition(", ")[2] for line in result.stderr.splitlines()]
    assert ends == [
        "the limit is reached on 2026-11-25",
        "the limit is reached on 2026-11-27",
    ]


def test_without_budgets_none_can_be_watched(tmp_path: Path) -> None:
    """Exit 3, as nothing would ever be told."""
    made = account()
    config = write(tmp_path, "")
    argv = ("--fail-over", "80%", "--on", "budget")

    result = quota(*argv, transport=made, SCENARIO_USAGE_CONFIG=config)

    assert (result.code, result.stdout, made.asked) == (3, "", [])
    assert "no budgets are defined" in result.error


def test_a_bad_budget_is_exit_3(tmp_path: Path) -> None:
    """Naming key and file, before anything is asked."""
    made = account()
    config = write(tmp_path, '[[budgets]]\nname = "A"\namount = 0\nperiod = "month"\n')

    result = quota(transport=made, SCENARIO_USAGE_CONFIG=config)

    assert (result.code, result.stdout, made.asked) == (3, "", [])
    assert result.error.startswith(f'error: budgets."A".amount in the config file {config} ')


def test_budgets_are_seen_by_every_format(tmp_path: Path) -> None:
    """In a table of their own where people read."""
    config = write(tmp_path, BUDGETS)
    for output_format, words in {
        "table": "\nBudgets\n",
        "markdown": "## Budgets",
        "slack": "*Budgets*",
        "csv": ",budget,All,All (month),CU,70,80,",
        "openmetrics": '_used_compute_units{id="All",kind="budget",name="All (month)"} 70.0',
    }.items():
        assert words in quota("-f", output_format, SCENARIO_USAGE_CONFIG=config).stdout


def test_budgets_that_cannot_be_fetched_are_left_out_unless_they_are_watched(
    tmp_path: Path,
) -> None:
    """A key that may not read usage still learns what is left of the plan."""
    config = write(tmp_path, BUDGETS)
    made = account()
    del made.answers["/usages"]

    plain = quota("--json", transport=made, SCENARIO_USAGE_CONFIG=config)
    argv = ("--fail-over", "80%", "--on", "budget")
    watched = quota(*argv, transport=made, SCENARIO_USAGE_CONFIG=config)

    assert plain.code == 0
    assert any("budgets are not included" in one for one in plain.json["warnings"])
    assert (watched.code, watched.stdout) == (4, "")


MONEY = """
default_profile = "a"
[profiles.a]
currency = "EUR"
cu_price = "0.5"
[[budgets]]
name = "All"
amount = "50 EUR"
period = "month"
"""


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("--cu-price", "0.75"),
        ("--cu-price", "0.01", "--currency", "USD"),
        ("--cu-price", "list"),
    ],
)
def test_a_budget_of_money_has_the_cu_that_it_is(argv: tuple[str, ...], tmp_path: Path) -> None:
    """At the price of the profile, whatever the options say of amounts."""
    made = account()
    prices = [{"creativeUnits": 100, "unitAmount": 100, "currency": "EUR"}]
    made.answers["/oscu/prices"] = {"prices": prices}

    result = quota("--json", *argv, transport=made, SCENARIO_USAGE_CONFIG=write(tmp_path, MONEY))

    (row,) = (row for row in result.json["limits"] if row["kind"] == "budget")
    assert (row["name"], row["limit"], row["used"]) == ("All (month, 50 EUR)", 100, 70)


CHANGED = """
default_profile = "a"
[profiles.a]
currency = "EUR"
cu_price = [{from = "FIRST", price = "0.01"}, {from = "2026-11-15", price = "0.02"}]
[[budgets]]
name = "All"
amount = "450 EUR"
period = "month"
"""


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu"])
def test_what_a_budget_of_money_has_spent_is_what_each_day_cost(zone: str, tmp_path: Path) -> None:
    """Where the price changes, the share is that of the money, and so are alerts."""
    text = CHANGED.replace("FIRST", "2026-01-01")
    text = text.replace("currency =", f'tz = "{zone}"\ncurrency =', 1)
    environ = {**CREDENTIALS, "SCENARIO_USAGE_CONFIG": write(tmp_path, text)}
    starts = ("2026-11-01T00:00:00" + ("Z" if zone == "UTC" else "+05:45"), "2026-11-15")
    costs = [
        run("report", "--demo", "--json", "--tz", "UTC", *span, environ=environ).json["totals"]
        for span in (
            ("--start", starts[0], "--end", "2026-11-14T23:59:59.999Z"),
            ("--start", starts[1]),
        )
    ]
    spent = sum(Decimal(str(one["amount"])) for one in costs)

    result = run("quota", "--demo", "--json", environ=environ)
    (row,) = (row for row in result.json["limits"] if row["kind"] == "budget")

    assert row["limit"] == 22_500
    said = "the budget 'All' has what was spent in CU at today's price, as the price has changed"
    assert any(one.startswith(said) for one in result.json["warnings"])
    assert abs(Decimal(str(row["used"])) * Decimal("0.02") - spent) < Decimal("0.000001")
    percent = int(spent / 450 * 100)
    watch = ("quota", "--demo", "--on", "budget", "--fail-over")
    assert run(*watch, f"{percent}%", environ=environ).code == 8
    assert run(*watch, f"{percent + 1}%", environ=environ).code == 0


def test_a_budget_of_money_without_a_price_for_its_first_days_is_unknown(tmp_path: Path) -> None:
    """A warning says why, as nothing is known of what they cost."""
    config = write(tmp_path, CHANGED.replace("FIRST", "2026-11-05"))
    result = run("quota", "--demo", "--json", environ={"SCENARIO_USAGE_CONFIG": config})

    (row,) = (row for row in result.json["limits"] if row["kind"] == "budget")
    assert row["used"] is None
    assert (
        "the budget 'All' is not known: no price of a CU is known for the first days of its month"
        in result.json["warnings"]
    )


REFUSED = """
[[budgets]]
name = "Heroes"
amount = 5000
period = "month"
projects = ["Hero"]
"""


def test_a_budget_that_is_refused_is_exit_4_unless_another_is_over(tmp_path: Path) -> None:
    """What is known is shown, and what the key lacks is told."""
    config = write(tmp_path, BUDGETS + REFUSED)
    made = account()
    del made.answers["/projects"]

    watched = ("--json", "--on", "budget", "--fail-over")
    well = quota(*watched, "100%", transport=made, SCENARIO_USAGE_CONFIG=config)
    over = quota(*watched, "80%", transport=made, SCENARIO_USAGE_CONFIG=config)

    assert (well.code, over.code) == (4, 8)
    used = {one["id"]: one["used"] for one in well.json["limits"] if one["kind"] == "budget"}
    assert (used["All"], used["Heroes"]) == (70, None)
    assert "hint: this key may not list projects: give ids in " in well.stderr


def test_budgets_of_a_billing_period_that_is_refused_are_exit_4(tmp_path: Path) -> None:
    """With the key that can."""
    config = write(tmp_path, REFUSED.replace("month", "billing"))
    made = account()
    made.answers = {path: one for path, one in made.answers.items() if "limits" not in path}

    result = quota(
        *("--on", "budget", "--fail-over", "80%"), transport=made, SCENARIO_USAGE_CONFIG=config
    )

    assert (result.code, result.stdout) == (4, "")
    assert "team.read;team.usage.read" in result.stderr


def test_budgets_have_their_own_periods_in_csv(tmp_path: Path) -> None:
    """What is not of the billing period does not stand beside its days."""
    names = {"month": "Month", "year": "Year", "billing": "Bill"}
    text = "".join(
        f'[[budgets]]\nname = "{name}"\namount = 50\nperiod = "{period}"\n'
        for period, name in names.items()
    )

    result = quota("--csv", SCENARIO_USAGE_CONFIG=write(tmp_path, text))

    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    found = {row["name"].split()[0]: (row["period_start"], row["period_end"]) for row in rows}
    billing = ("2026-11-12T00:00:00Z", "2026-12-11T23:59:59.999Z")
    assert found["Month"] == ("2026-11-01T00:00:00Z", "2026-11-30T23:59:59.999Z")
    assert found["Year"] == ("2026-01-01T00:00:00Z", "2026-12-31T23:59:59.999Z")
    assert {found["Bill"], found["pro"], found["Hero"]} == {billing}


def test_one_budget_of_the_billing_period_needs_the_limits(tmp_path: Path) -> None:
    """Also beside others, of which it is not needed."""
    text = "".join(
        f'[[budgets]]\nname = "{period}"\namount = 5000\nperiod = "{period}"\n'
        for period in ("month", "billing")
    )

    result = quota(
        *("--fail-over", "80%", "--on", "budget"),
        transport=account(limits=403),
        SCENARIO_USAGE_CONFIG=write(tmp_path, text),
    )

    assert (result.code, result.stdout) == (4, "")
