"""`list`: what an account has, in every format."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from rich.cells import cell_len

from tests.account import Account, Json, build_account
from tests.support import CREDENTIALS, NOW, Result, run

PLAIN = CREDENTIALS | {"NO_COLOR": "1"}

PROJECT_KEYS = [
    "project_id",
    "name",
    "team_id",
    "team",
    "consumption",
    "cap",
    "cap_used",
    "share",
]
PERSON_KEYS = [
    "user_id",
    "name",
    "email",
    "role",
    "team_id",
    "team",
    "consumption",
    "cap",
    "cap_used",
]
KEY_KEYS = [
    "user_id",
    "name",
    "api_key_id",
    "scope",
    "role",
    "project_ids",
    "projects",
    "owner_id",
    "status",
    "last_used_at",
    "idle",
    "team_id",
    "team",
    "consumption",
    "cap",
    "cap_used",
]
MODEL_KEYS = [
    "model_id",
    "name",
    "jobs",
    "cost",
    "discount",
    "gross",
    "cost_per_job",
    "api_key_cost",
    "api_key_discount",
    "share",
]
KEYS = {
    "projects": PROJECT_KEYS,
    "people": PERSON_KEYS,
    "keys": KEY_KEYS,
    "models": MODEL_KEYS,
}
BILLING = {
    "start": "2026-11-05T10:00:00Z",
    "end": "2026-12-05T09:59:59.999Z",
    "timezone": "UTC",
    "provisional": True,
}
TEAM = {"id": "team_1", "name": "Kumo"}
PROJECTS: list[Json] = [
    {"id": "project_1", "name": "Hero", "teamId": "team_1", "consumption": 30.5},
    {"id": "project_2", "name": "alpha", "consumption": 10, "maxConsumption": 40},
    {"id": "project_3", "maxConsumption": 0, "consumption": 0},
    {"id": "project_4", "name": None, "consumption": None},
]
USERS: list[Json] = [
    {"id": "user_1", "email": "ann@kumo.example", "role": "admin", "consumption": 0.25},
    {"id": "user_2", "role": "member", "consumption": 7, "maxConsumption": 3.5},
]
PIPELINE: Json = {
    "id": "apiu_1",
    "apiKeyId": "api_1",
    "name": "pipeline",
    "scope": "project",
    "apiKeyStatus": "active",
    "ownerId": "project_1",
    "projects": [{"projectId": "project_1"}, {"projectId": "project_9", "role": "editor"}],
    "lastUsedAt": "2026-11-22T18:00:00.000Z",
    "consumption": 12.5,
    "maxConsumption": 100,
}
READER: Json = {
    "id": "apiu_2",
    "apiKeyId": "api_2",
    "scope": "team",
    "role": "team.read",
    "apiKeyStatus": "inactive",
}


def ask(*argv: str, account: Account, **more: Any) -> Result:
    """What `list` prints of an account."""
    result = run("list", *argv, transport=account, **more)
    assert result.code == 0, result.stderr
    return result


def read(what: str, account: Account, *argv: str) -> Any:
    """The JSON of a list, which is as its schema says."""
    document = ask(what, "--json", *argv, account=account).json
    Draft202012Validator(run("schema", f"list-{what}").json).validate(document)
    return document


def column(rows: list[Json], key: str) -> list[Any]:
    """One value of each row."""
    return [row[key] for row in rows]


def test_projects_have_consumption_caps_and_shares() -> None:
    """The largest first; what is unknown or uncapped is null, and a cap of 0 has no part."""
    document = read("projects", build_account(projects=PROJECTS))

    assert list(document) == [
        *("schema_version", "report", "generated_at", "team", "period", "projects"),
        *("totals", "warnings"),
    ]
    assert (document["report"], document["team"], document["period"]) == (
        "projects",
        TEAM,
        BILLING,
    )
    rows = [
        ("project_1", "Hero", 30.5, None, None, 0.7531),
        ("project_2", "alpha", 10, 40, 0.25, 0.2469),
        ("project_3", "project_3", 0, 0, None, 0),
        ("project_4", "project_4", None, None, None, 0),
    ]
    assert [[row[key] for key in PROJECT_KEYS] for row in document["projects"]] == [
        [*row[:2], "team_1", "Kumo", *row[2:]] for row in rows
    ]
    assert (document["totals"], document["warnings"]) == ({"projects": 4, "consumption": 40.5}, [])


def test_people_without_a_name_are_called_by_their_address() -> None:
    """Or by their id; the cap is the one that counts."""
    document = read("people", build_account(users=USERS))

    assert document["people"] == [
        dict(
            zip(
                PERSON_KEYS,
                ("user_2", "user_2", None, "member", "team_1", "Kumo", 7, 3.5, 2),
                strict=True,
            )
        ),
        dict(
            zip(
                PERSON_KEYS,
                (
                    *("user_1", "ann@kumo.example", "ann@kumo.example", "admin"),
                    *("team_1", "Kumo", 0.25, None, None),
                ),
                strict=True,
            )
        ),
    ]
    assert document["totals"] == {"people": 2, "consumption": 7.25}
    assert (document["team"], document["period"]) == (TEAM, BILLING)


def test_keys_have_projects_and_last_use() -> None:
    """Names of projects where they are known; what was never used is idle."""
    account = build_account(projects=PROJECTS[:1], keys=[READER, PIPELINE])
    document = read("keys", account)

    first, second = document["keys"]
    assert first == dict(
        zip(
            KEY_KEYS,
            (
                *("apiu_1", "pipeline", "api_1", "project", None),
                *(["project_1", "project_9"], ["Hero", "project_9"], "project_1"),
                *("active", "2026-11-22T18:00:00Z", False, "team_1", "Kumo", 12.5, 100, 0.125),
            ),
            strict=True,
        )
    )
    assert list(second) == KEY_KEYS
    assert (second["name"], second["role"], second["projects"]) == ("api_2", "team.read", [])
    assert (second["last_used_at"], second["idle"], second["consumption"]) == (None, True, None)
    assert document["totals"] == {"keys": 2, "idle": 1, "consumption": 12.5}


@pytest.mark.parametrize(
    ("used", "shown", "is_idle"),
    [
        ("2026-08-24T18:30:00.000Z", "2026-08-24T18:30:00Z", True),
        ("2026-08-24T18:30:01.000Z", "2026-08-24T18:30:01Z", False),
        ("2026-11-23T00:00:00+09:00", "2026-11-22T15:00:00Z", False),
        ("2027-01-01T00:00:00.000Z", "2027-01-01T00:00:00Z", False),
        (None, None, True),
        ("", None, True),
        ("yesterday", None, None),
        ("9999-12-31T23:59:59-14:00", None, None),
    ],
)
def test_idle_is_ninety_days_or_never(
    used: str | None, shown: str | None, is_idle: bool | None
) -> None:
    """Up to the millisecond; a time that cannot be read is unknown, and told."""
    account = build_account(keys=[PIPELINE | {"lastUsedAt": used}])
    document = read("keys", account)

    (row,) = document["keys"]
    assert (row["last_used_at"], row["idle"]) == (shown, is_idle)
    assert bool(document["warnings"]) == (is_idle is None)


@pytest.mark.parametrize(
    ("created", "is_idle"),
    [
        ("2026-11-21T18:30:00.000Z", False),
        ("2026-08-24T18:30:01.000Z", False),
        ("2026-08-24T18:30:00.000Z", True),
        ("some day", True),
        (None, True),
    ],
)
def test_a_new_key_is_not_idle(created: str | None, is_idle: bool) -> None:
    """Although it was never used; where nobody knows when it was made, never is long enough."""
    key = PIPELINE | {"lastUsedAt": None, "createdAt": created}
    document = read("keys", build_account(keys=[key]))

    assert [row["idle"] for row in document["keys"]] == [is_idle]
    assert document["totals"]["idle"] == int(is_idle)
    assert document["warnings"] == []


def test_models_are_those_in_use() -> None:
    """As the report has them, without those that have neither jobs nor cost."""
    period = ("--period", "2026-10", "--demo")
    document = run("list", "models", "--json", *period).json
    Draft202012Validator(run("schema", "list-models").json).validate(document)
    report = run("report", "--section", "models", "--json", *period).json

    used = [row for row in report["models"] if row["jobs"] or row["cost"]]
    assert 0 < len(used) < len(report["models"])
    assert document["models"] == used
    assert (document["period"], document["filters"]) == (report["period"], report["filters"])
    assert document["totals"] == {
        "models": report["totals"]["models"],
        "jobs": report["totals"]["jobs"],
        "cost": pytest.approx(sum(column(used, "cost"))),
    }
    assert list(document["models"][0]) == MODEL_KEYS


@pytest.mark.parametrize("what", KEYS)
def test_csv_has_the_keys_of_json(what: str) -> None:
    """After the billing period, or that of the models."""
    rows = list(csv.reader(io.StringIO(run("list", what, "--csv", "--demo").stdout)))
    document = run("list", what, "--json", "--demo").json

    assert rows[0] == ["period_start", "period_end", *KEYS[what]]
    assert len(rows) == 1 + len(document[what]) > 5
    assert {tuple(row[:2]) for row in rows[1:]} == {
        (document["period"]["start"], document["period"]["end"])
    }
    assert column(document[what], KEYS[what][0]) == [row[2] for row in rows[1:]]


def test_several_texts_are_one_cell() -> None:
    """With commas between them, as --project takes them."""
    account = build_account(projects=PROJECTS[:1], keys=[PIPELINE])
    (row,) = csv.DictReader(io.StringIO(ask("keys", "--csv", account=account).stdout))

    assert (row["project_ids"], row["projects"]) == ("project_1, project_9", "Hero, project_9")


@pytest.mark.parametrize("what", ["projects", "people", "keys"])
def test_an_empty_list_is_a_header_or_a_word(what: str) -> None:
    """And no failure; it sums to 0."""
    account = build_account()

    assert ask(what, "--csv", account=account).stdout == (
        ",".join(["period_start", "period_end", *KEYS[what]]) + "\n"
    )
    for output_format in ("table", "markdown"):
        shown = ask(what, "--format", output_format, account=account).stdout
        assert "none" in shown.splitlines()[-1]
    document = read(what, account)
    assert document[what] == []
    assert set(document["totals"].values()) == {0}


def test_every_row_is_shown_however_quiet() -> None:
    """Projects without consumption are what there is, too; the rest is summed in one row."""
    quiet = [{"id": f"project_{n:02}"} for n in range(30)]
    account = build_account(projects=quiet)

    assert all(one["id"] in ask("projects", "--top", "0", account=account).stdout for one in quiet)
    shown = ask("projects", account=account).stdout
    assert "project_19" in shown
    assert "project_20" not in shown
    assert "other (10)" in shown


def test_tables_tell_days_and_marks() -> None:
    """The day of the last use, never, and what is idle."""
    keys = [PIPELINE, READER, PIPELINE | {"id": "apiu_3", "name": "old", "lastUsedAt": "?"}]
    shown = ask("keys", account=build_account(keys=keys), columns=200, environ=PLAIN).stdout
    lines = {line.split()[1]: line for line in shown.splitlines() if " apiu_" in line}

    assert "2026-11-22  no " in lines["apiu_1"]
    assert "never       yes" in lines["apiu_2"]
    assert "–           –  " in lines["apiu_3"]
    assert "billing period 2026-11-05 10:00 to 2026-12-05 09:59" in shown
    assert "team Kumo" in shown


@pytest.mark.parametrize(
    ("what", "title", "headings"),
    [
        ("projects", "projects", "Project, Project id, Consumption CU, Cap CU, Cap used, Share"),
        ("people", "people", "Name, User id, E-mail, Role, Consumption CU, Cap CU, Cap used"),
        (
            "keys",
            "API keys",
            "API key, Id, API key id, Scope, Projects, Status, Last used, Idle, "
            "Consumption CU, Cap CU, Cap used",
        ),
        (
            "models",
            "models in use",
            "Model, Model id, Jobs, Cost CU, Discount CU, Gross CU, Cost/job CU, "
            "Cost by API key CU, Discount by API key CU, Share",
        ),
    ],
)
def test_lists_and_their_columns_have_titles(what: str, title: str, headings: str) -> None:
    """Each column in its order, and above it what is listed."""
    lines = run("list", what, "--demo", "-f", "markdown").stdout.splitlines()

    assert lines[0] == f"# Scenario {title}"
    shown = [line for line in lines if line.startswith("| ")]
    titles = [cell.strip().replace(", CU", " CU") for cell in shown[3].strip("|").split("|")]
    assert ", ".join(titles) == headings
    notes = [line for line in lines if line.startswith("idle")]
    assert notes == (["idle: not used for 90 days"] if what == "keys" else [])


def test_the_address_is_shown_once() -> None:
    """Where it is the name, tables have no column for it; CSV has both."""
    account = build_account(users=USERS)

    assert ask("people", account=account).stdout.count("ann@kumo.example") == 1
    assert ask("people", "--csv", account=account).stdout.count("ann@kumo.example") == 2


SORTED = {
    ("projects", "name"): ["project_2", "project_1", "project_3", "project_4"],
    ("projects", "cap"): ["project_2", "project_3", "project_1", "project_4"],
    ("projects", "Cap_Used"): ["project_2", "project_1", "project_3", "project_4"],
    ("projects", "cost"): ["project_1", "project_2", "project_3", "project_4"],
    ("people", "role"): ["user_1", "user_2"],
    ("people", "consumption"): ["user_2", "user_1"],
    ("keys", "idle"): ["apiu_2", "apiu_1"],
    ("keys", "last-used"): ["apiu_1", "apiu_2"],
    ("keys", "status"): ["apiu_1", "apiu_2"],
    ("keys", "name"): ["apiu_2", "apiu_1"],
}


@pytest.mark.parametrize(("what", "order"), SORTED)
def test_lists_can_be_sorted_by_what_they_have(what: str, order: str) -> None:
    """In every format; figures from the largest, texts by the alphabet, unknown ones last."""
    account = build_account(projects=PROJECTS, users=USERS, keys=[PIPELINE, READER])
    expected = SORTED[what, order]

    document = read(what, account, "--sort", order)
    assert column(document[what], KEYS[what][0]) == expected
    shown = ask(what, "--sort", order, account=account).stdout
    assert sorted(expected, key=shown.rindex) == expected


def test_models_can_be_sorted_by_count() -> None:
    """As in a report, whose models have jobs to be counted."""
    argv = ("list", "models", "--demo", "--period", "2026-10", "--json", "--sort")

    assert run(*argv, "count").json["models"] == run(*argv, "jobs").json["models"]
    assert run(*argv, "count").json["models"] != run(*argv, "cost").json["models"]


@pytest.mark.parametrize(
    ("what", "order", "orders"),
    [
        ("projects", "jobs", "consumption, cap, cap-used, name"),
        ("people", "size", "role, consumption, cap, cap-used, name"),
        ("keys", "count", "scope, status, last-used, idle, consumption, cap, cap-used, name"),
        ("models", "cap", "jobs, cost, name"),
    ],
)
def test_an_order_that_a_list_does_not_have_is_refused(what: str, order: str, orders: str) -> None:
    """Before anything is asked."""
    account = build_account()
    result = run("list", what, "--sort", order, transport=account)

    assert (result.code, result.stdout, account.asked) == (2, "", [])
    assert result.stderr == (f"error: --sort {order!r} is not known\nhint: one of {orders}\n")


@pytest.mark.parametrize(
    "now",
    [
        NOW,
        datetime(2026, 3, 1, 0, 0, tzinfo=UTC),
        datetime(2026, 3, 1, 6, 30, tzinfo=UTC),
        datetime(2025, 7, 31, 23, 59, 59, tzinfo=UTC),
    ],
    ids=str,
)
def test_the_sandbox_agrees_with_its_report(now: datetime) -> None:
    """The billing period's consumption is what a report of it says, by project, person and key."""

    def demo(*argv: str) -> Any:
        return run(*argv, "--json", "--demo", now=now).json

    whole = demo("report", "--period", "this-month", "--by", "project")
    projects, people, keys = (demo("list", what) for what in ("projects", "people", "keys"))
    charged = {row["user_id"]: row["cost"] for row in whole["consumption"]}
    listed = {row["user_id"]: row["consumption"] for row in (*people["people"], *keys["keys"])}
    gone = [cost for one, cost in charged.items() if one not in listed]

    assert {row["project_id"]: row["consumption"] for row in projects["projects"]} == {
        row["project_id"]: row["cost"] for row in whole["breakdown"]["totals"]
    }
    assert projects["totals"]["consumption"] == whole["totals"]["cost"]
    assert listed == {one: charged.get(one, 0) for one in listed}
    assert len(gone) <= 3
    sums = [people["totals"]["consumption"], keys["totals"]["consumption"], *gone]
    assert sum(map(Decimal, map(str, sums))) == Decimal(str(whole["totals"]["cost"]))


@pytest.mark.parametrize("argv", [("list",), ("list", "--help"), ("config",)], ids=" ".join)
def test_a_group_alone_shows_its_help(argv: tuple[str, ...]) -> None:
    """On stdout, and that is no failure."""
    result = run(*argv)

    assert (result.code, result.stderr) == (0, "")
    assert f"Usage: scenario-usage {argv[0]} [OPTIONS] COMMAND" in result.stdout


@pytest.mark.parametrize("columns", [60, 80, 100, 140])
@pytest.mark.parametrize("what", KEYS)
def test_tables_fit_the_terminal(what: str, columns: int) -> None:
    """With the name and the consumption or the cost."""
    result = run("list", what, "--demo", columns=columns, environ=PLAIN)

    lines = result.stdout.splitlines()
    assert max(map(cell_len, lines)) <= columns
    assert sum("Consumption" in line or "Cost" in line for line in lines) == 2


def test_output_goes_to_a_file(tmp_path: Any) -> None:
    """And nothing to stdout."""
    file = tmp_path / "keys.json"
    result = run("list", "keys", "--json", "--demo", "-o", str(file), now=NOW)

    assert (result.code, result.stdout) == (0, "")
    assert file.read_text(encoding="utf-8").startswith('{"schema_version":1,"report":"keys"')
