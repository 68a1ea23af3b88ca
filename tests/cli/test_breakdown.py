"""`report --by` and `report --keep-going` from the command line."""

import csv
import io
import json
import re
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from rich.cells import cell_len

from tests.charges import ChargesApi
from tests.report.builders import charge, kind, model
from tests.support import CREDENTIALS, FakeApi, Result, answer, at, model_row, point, run, usages

OCTOBER = ("report", "--period", "2026-10")
START, END = "2026-10-01T00:00:00Z", "2026-10-31T23:59:59.999Z"
NO_MODEL = "(no model: operations and refunds)"
NAMES = {"m1": "=Flux [pro]"}
ROW_HEADER = [
    *("period_start", "period_end", "project_id", "project", "model_id", "model"),
    *("jobs", "cost", "discount", "gross", "api_key_cost", "api_key_discount"),
]
WHOLE = usages(
    consumption=[charge("u1", 12, 1), charge("u2", 3)],
    models=[model("m1", jobs=3, cost=10.5, discount=1), model("m2", jobs=1, cost=2)],
    assets=[kind("image", 4)],
    users=[{"id": "u1", "fullName": "Ann", "email": None, "isApiKey": False}],
    model_names=NAMES,
)
PART_1 = usages(
    consumption=[charge("u1", 9)],
    models=[model("m1", jobs=2, cost=8.5, discount=1)],
    assets=[kind("image", 4)],
    model_names=NAMES,
)
PART_2 = usages(
    consumption=[charge("u1", 3, 1), charge("u2", 3)],
    models=[model("m1", jobs=1, cost=2), model("m2", jobs=1, cost=2)],
    model_names=NAMES,
)
PROJECTS = {"projects": [{"id": "project_1", "name": "Hero"}, {"id": "project_2", "name": "-Two"}]}
Answers = dict[str | None, Any]


class Api(httpx.BaseTransport):
    """Answers by the project, user or `project/user` that is asked for; None is the whole."""

    def __init__(self, answers: Answers, projects: httpx.Response | None = None) -> None:
        self._answers = answers
        self._projects = projects or answer(PROJECTS)
        self.asked: list[tuple[str | None, str]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/projects"):
            return answer(json.loads(self._projects.content), self._projects.status_code)
        if request.url.path.endswith("/teams"):
            return answer({"teams": [{"id": "team_1"}]})
        if request.url.path.endswith("/teams/team_1"):
            return answer({"team": {"users": [{"id": "u1"}, {"id": "u2"}]}})
        params = request.url.params
        asked = filter(None, (params.get("projectIds"), params.get("userIds")))
        one = "/".join(asked) or None
        self.asked.append((one, params["type"]))
        found = self._answers[one]
        return answer({"message": "no"}, found) if isinstance(found, int) else answer(found)


BY_PROJECT: Answers = {None: WHOLE, "project_1": PART_1, "project_2": PART_2}
BY_USER: Answers = {None: WHOLE, "u1": PART_1, "u2": PART_2}
BOTH: Answers = BY_PROJECT | {
    "u1": PART_1 | {"consumption": [charge("u1", 12, 1)]},
    "u2": PART_2 | {"consumption": [charge("u2", 3)]},
    "project_1/u1": PART_1,
    "project_2/u1": usages(consumption=[charge("u1", 3, 1)]),
    "project_2/u2": PART_2 | {"consumption": [charge("u2", 3)]},
}


def report(*argv: str, answers: Answers = BY_PROJECT, **more: Any) -> Result:
    """October, from an API that answers by project or user."""
    return run(*OCTOBER, *argv, transport=Api(answers), **more)


def test_each_project_is_asked_for_once() -> None:
    """The whole first, with its sections; parts only with what a breakdown is made of."""
    api = Api(BY_PROJECT)
    result = run(*OCTOBER, "--by", "project", transport=api)

    assert (result.code, result.stderr) == (0, "")
    assert api.asked[0][0] is None
    assert sorted(api.asked[1:], key=str) == [
        ("project_1", "consumption,model-usages,asset-usages"),
        ("project_2", "consumption,model-usages,asset-usages"),
    ]


def test_json_has_totals_and_rows_by_project() -> None:
    """The keys as they were promised, in this order."""
    block = report("--by", "project", "--json").json["breakdown"]

    assert block == {
        "by": "project",
        "totals": [
            {
                "project_id": "project_1",
                "name": "Hero",
                "cost": 9,
                "discount": 0,
                "gross": 9,
                "jobs": 2,
                "assets": 4,
            },
            {
                "project_id": "project_2",
                "name": "-Two",
                "cost": 6,
                "discount": 1,
                "gross": 7,
                "jobs": 2,
                "assets": 0,
            },
        ],
        "rows": block["rows"],
    }
    assert [list(row) for row in block["rows"]] == [ROW_HEADER[2:]] * 5


def test_json_by_user_has_the_keys_of_users() -> None:
    """The users of the whole's consumption are asked for, one by one."""
    api = Api(BY_USER)
    block = run(*OCTOBER, "--by", "user", "--json", transport=api).json["breakdown"]

    assert sorted(str(one) for one, _ in api.asked) == ["None", "u1", "u2"]
    assert list(block["totals"][0]) == [
        *("user_id", "name", "cost", "discount", "gross", "jobs", "assets"),
    ]
    assert list(block["rows"][0]) == ["user_id", "user", *ROW_HEADER[4:]]
    assert [row["name"] for row in block["totals"]] == ["Ann", "u2"]


@pytest.mark.parametrize("argv", [("--by", "user", "--by", "project"), ("--by", "Project, USER")])
def test_several_breakdowns_are_a_list_of_what_each_is_alone(argv: tuple[str, ...]) -> None:
    """Repeatable, and commas too, like every other list; the key tells one from several."""
    document = report(*argv, "--json", answers=BOTH).json

    assert "breakdown" not in document
    assert document["breakdowns"][:2] == [
        report("--by", by, "--json", answers=BOTH).json["breakdown"] for by in ("project", "user")
    ]
    assert [block["by"] for block in document["breakdowns"][2:]] == ["project,user"]
    Draft202012Validator(run("schema", "report").json).validate(document)


@pytest.mark.parametrize("by", ["project", "user"])
def test_the_difference_of_several_is_that_of_the_worst(by: str) -> None:
    """Where the others add up; the warnings say which it is, beside the pairs that do."""
    wrong = "project_2" if by == "project" else "u2"
    charges = [*BOTH[wrong]["consumption"][:-1], charge("u2", 8)]
    answers = BOTH | {wrong: BOTH[wrong] | {"consumption": charges}}
    document = report("--by", "user,project", "--json", answers=answers).json

    assert document["reconciliation"]["breakdown_difference"] == -5
    told = {
        "project": "-Two: consumption of u2 does not add up by user",
        "user": "u2: consumption does not add up by project",
    }
    assert [warning.rpartition(":")[0] for warning in document["warnings"]] == [
        f"consumption of u2 does not add up by {by}",
        told[by],
    ]


def test_csv_of_several_has_one_after_the_other_with_the_columns_of_all() -> None:
    """Empty where a row has none of them; else as each is alone."""
    argv = ("--section", "breakdown", "--csv")
    table = list(
        csv.reader(io.StringIO(report("--by", "project,user", *argv, answers=BOTH).stdout))
    )
    alone = [
        list(csv.reader(io.StringIO(report("--by", by, *argv, answers=BOTH).stdout)))[1:]
        for by in ("project", "user")
    ]

    assert table[0] == [*ROW_HEADER[:4], "user_id", "user", *ROW_HEADER[4:]]
    singles = [
        *([*row[:4], "", "", *row[4:]] for row in alone[0]),
        *([*row[:2], "", "", *row[2:]] for row in alone[1]),
    ]
    assert table[1:][: len(singles)] == singles
    assert [row[2:10] for row in table[1:][len(singles) :]] == [
        ["project_1", "Hero", "u1", "Ann", "m1", "'=Flux [pro]", "2", "8.5"],
        ["project_1", "Hero", "u1", "Ann", "", NO_MODEL, "0", "0.5"],
        ["project_2", "'-Two", "u1", "Ann", "", NO_MODEL, "0", "3"],
        ["project_2", "'-Two", "u2", "u2", "m1", "'=Flux [pro]", "1", "2"],
        ["project_2", "'-Two", "u2", "u2", "m2", "m2", "1", "2"],
        ["project_2", "'-Two", "u2", "u2", "", NO_MODEL, "0", "-1"],
    ]


def test_other_formats_show_several_one_after_the_other() -> None:
    """Long CSV by their ids, tables under their titles, gauges by their names."""
    several, *alone = (
        report("--by", by, "--csv", answers=BOTH).stdout.splitlines()
        for by in ("project,user", "project", "user")
    )
    tables = report("--by", "project,user", "-f", "markdown", answers=BOTH).stdout
    gauges = report("--by", "project,user", "-f", "openmetrics", answers=BOTH).stdout

    singles = [*alone[0], *(line for line in alone[1] if ",breakdown," in line)]
    assert several[: len(singles)] == singles
    assert {line.split(",")[3] for line in several[len(singles) :]} == {
        *("project_1/u1/m1", "project_1/u1/", "project_2/u1/"),
        *("project_2/u2/m1", "project_2/u2/m2", "project_2/u2/"),
    }
    assert [line for line in tables.splitlines() if line.startswith("## ")][:6] == [
        *("## By project", "## By user", "## By project and user"),
        *("## By project and model", "## By user and model", "## Consumption by user"),
    ]
    for line in (
        'scenario_usage_project_cost_compute_units{project="Hero",project_id="project_1"} 9.0',
        'scenario_usage_user_cost_compute_units{user="Ann",user_id="u1"} 12.0',
        'scenario_usage_project_user_cost_compute_units{project="-Two",project_id="project_2",'
        'user="Ann",user_id="u1"} 3.0',
    ):
        assert line in gauges


def test_by_user_asks_for_users_even_where_their_section_is_not_shown() -> None:
    """Consumption is fetched for it, and not printed."""
    result = report("--by", "user", "--section", "assets,breakdown", "--json", answers=BY_USER)

    assert result.code == 0
    assert "consumption" not in result.json
    assert len(result.json["breakdown"]["totals"]) == 2


def test_a_breakdown_that_no_section_shows_is_not_fetched() -> None:
    """It would cost a query for each project; exit 2 says what to add."""
    result = run(*OCTOBER, "--by", "project", "--section", "models")

    assert (result.code, result.stdout) == (2, "")
    assert "--section breakdown" in result.stderr


def test_filters_choose_what_is_broken_down() -> None:
    """One project that was asked for, or one user."""
    one = report("--by", "project", "-p", "project_2", "--json")
    user = report("--by", "user", "-u", "u2", "--json", answers=BY_USER)

    assert [row["project_id"] for row in one.json["breakdown"]["totals"]] == ["project_2"]
    assert [row["user_id"] for row in user.json["breakdown"]["totals"]] == ["u2"]


def test_the_breakdown_alone_is_reconciled_as_beside_all_sections() -> None:
    """What that takes is asked for, and only not shown."""
    whole, alone = (
        run(*OCTOBER, "--demo", "--json", "--by", "project", *section, environ={}).json
        for section in ((), ("--section", "breakdown"))
    )

    assert alone["reconciliation"] == whole["reconciliation"]
    assert alone["reconciliation"]["consumption_cost"] == whole["totals"]["cost"] > 0


def test_without_by_no_key_of_it_is_there() -> None:
    """Not in the document, and not in its reconciliation."""
    document = report("--json").json

    assert "breakdown" not in document
    assert list(document["reconciliation"]) == ["consumption_cost", "model_cost", "difference"]


def test_csv_of_the_section_has_its_rows() -> None:
    """Names that look like formulas are disarmed; a project's rows sum to its consumption."""
    text = report("--by", "project", "--section", "breakdown", "--csv").stdout
    header, *rows = csv.reader(io.StringIO(text))

    assert header == ROW_HEADER
    assert rows == [
        [START, END, "project_1", "Hero", "m1", "'=Flux [pro]", "2", "8.5", "1", "9.5", "0", "0"],
        [START, END, "project_1", "Hero", "", NO_MODEL, "0", "0.5", "-1", "-0.5", "", ""],
        [START, END, "project_2", "'-Two", "", NO_MODEL, "0", "2", "1", "3", "", ""],
        [START, END, "project_2", "'-Two", "m1", "'=Flux [pro]", "1", "2", "0", "2", "0", "0"],
        [START, END, "project_2", "'-Two", "m2", "m2", "1", "2", "0", "2", "0", "0"],
    ]


def test_csv_of_the_section_by_user_has_the_keys_of_users() -> None:
    """The header is that of the rows."""
    text = report(
        "--by", "user", "--section", "breakdown", "--csv", answers=BY_USER
    ).stdout.splitlines()

    assert text[0] == (
        "period_start,period_end,user_id,user,model_id,model,"
        "jobs,cost,discount,gross,api_key_cost,api_key_discount"
    )


def test_long_csv_has_a_row_per_number_that_is_found_by_both_ids() -> None:
    """The header is the one of every report."""
    header, *lines = csv.reader(io.StringIO(report("--by", "project", "--csv").stdout))
    rows = [line[2:] for line in lines if line[2] == "breakdown"]

    assert header == ["period_start", "period_end", "section", "id", "name", "measure", "value"]
    assert rows[:2] == [
        ["breakdown", "project_1/m1", "Hero / =Flux [pro]", "jobs", "2"],
        ["breakdown", "project_1/m1", "Hero / =Flux [pro]", "cost", "8.5"],
    ]
    assert len({tuple(row[1:4:2]) for row in rows}) == len(rows) == 3 * 6 + 2 * 4
    assert [row[1:] for row in rows if row[1] == "project_1/"] == [
        ["project_1/", f"Hero / {NO_MODEL}", measure, value]
        for measure, value in (
            ("jobs", "0"),
            ("cost", "0.5"),
            ("discount", "-1"),
            ("gross", "-0.5"),
        )
    ]
    assert "breakdown_totals" not in {line[2] for line in lines}


def test_tables_show_totals_and_rows() -> None:
    """And what is in no part, in the reconciliation."""
    text = report("--by", "project").stdout
    lines = [line.split() for line in text.splitlines()]

    assert ["Hero", "2", "4", "9", "0", "9", "60.00", "%", "█" * 20] in lines
    assert "By project and model" in text
    headings = next(line for line in text.splitlines() if "Not in the" in line)
    assert re.split(r" {2,}", headings.strip())[-2:] == ["Difference", "Not in the breakdown"]


@pytest.mark.parametrize(
    ("by", "top", "expected"),
    [
        (
            "project",
            1,
            ["Hero/m1/8.5", "Hero/other (1)/0.5", f"-Two/{NO_MODEL}/2", "-Two/other (2)/4"],
        ),
        (
            "project",
            2,
            [
                "Hero/m1/8.5",
                f"Hero/{NO_MODEL}/0.5",
                f"-Two/{NO_MODEL}/2",
                "-Two/m1/2",
                "-Two/other (1)/2",
            ],
        ),
        ("user", 1, ["Ann/m1/8.5", "Ann/other (1)/3.5", "u2/m1/2", "u2/other (2)/1"]),
        (
            "user",
            3,
            ["Ann/m1/8.5", f"Ann/{NO_MODEL}/3.5", "u2/m1/2", "u2/m2/2", f"u2/{NO_MODEL}/-1"],
        ),
    ],
)
def test_each_project_or_user_is_cut_on_its_own(by: str, top: int, expected: list[str]) -> None:
    """One that ran many models does not push the others out; the rest of each is its own row."""
    argv = ("--by", by, "--section", "breakdown", "--top", str(top), "-f", "markdown")
    text = report(*argv, answers=BOTH).stdout.replace("=Flux \\[pro\\]", "m1")
    _, _, *rows = text.partition("and model\n\n")[2].partition("\n\n")[0].splitlines()

    cells = [row.removeprefix("| ").split(" | ") for row in rows]
    assert [f"{project}/{model}/{cost}" for project, model, _, cost, *_ in cells] == expected


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("by", ["project", "user"])
def test_tables_fit_the_terminal(columns: int, by: str) -> None:
    """No line is wider, and cost is never dropped."""
    result = run(
        *("report", "--demo", "--last", "2d", "--by", by),
        columns=columns,
        environ=CREDENTIALS | {"NO_COLOR": "1"},
    )
    after = result.stdout.partition(f"By {by}\n")[2].splitlines()

    assert max(map(cell_len, result.stdout.splitlines())) <= columns
    assert " Cost, CU " in after[0]


@pytest.mark.parametrize("by", ["project", "user"])
def test_the_demo_adds_up(by: str) -> None:
    """The rows of each model are that model, for every measure."""
    result = run("report", "--demo", "--last", "4d", "--by", by, "--json")
    document = json.loads(result.stdout, parse_float=Decimal)
    measures = ("jobs", "cost", "discount", "gross", "api_key_cost", "api_key_discount")

    assert (result.code, result.stderr) == (0, "")
    assert document["reconciliation"]["breakdown_difference"] == 0
    for one in document["models"]:
        rows = [r for r in document["breakdown"]["rows"] if r["model_id"] == one["model_id"]]
        assert [sum(row[key] for row in rows) for key in measures] == [one[key] for key in measures]
    for part in document["breakdown"]["totals"]:
        rows = [r for r in document["breakdown"]["rows"] if r[f"{by}_id"] == part[f"{by}_id"]]
        for key in ("jobs", "cost", "discount", "gross"):
            assert sum(row[key] for row in rows) == part[key]


@pytest.mark.parametrize("by", ["project", "user"])
def test_its_json_validates_against_the_schema(by: str) -> None:
    """With and without the block."""
    validator = Draft202012Validator(run("schema", "report").json)

    validator.validate(run("report", "--demo", "--last", "1d", "--by", by, "--json").json)
    validator.validate(run("report", "--demo", "--last", "1d", "--json").json)


def test_a_mismatch_is_shown_and_warned_of_but_no_failure() -> None:
    """Signed in the reconciliation; a warning for each model, on stderr and in the document."""
    result = report("--by", "project", "--json", answers=BY_PROJECT | {"project_2": PART_1})
    warnings = result.json["warnings"]

    assert result.code == 0
    assert result.json["reconciliation"]["breakdown_difference"] == -3
    assert [warning.partition(" does not add up by project")[0] for warning in warnings] == [
        "consumption of Ann",
        "consumption of u2",
        "=Flux [pro]",
        "m2",
        "assets of kind image",
    ]
    assert result.stderr == "".join(f"warning: {warning}\n" for warning in warnings)


def test_a_mismatch_is_in_the_table() -> None:
    """With its amount."""
    text = report("--by", "project", answers=BY_PROJECT | {"project_2": PART_1}).stdout

    assert text.splitlines()[-1].endswith(" -3 CU")


def test_mismatches_that_cancel_out_are_warned_of() -> None:
    """The sum is zero, the models are not."""
    rows = [model("m1", jobs=1, cost=1), model("m2", jobs=1, cost=3)]
    other = PART_2 | {"modelUsages": rows}
    result = report("--by", "project", "--json", answers=BY_PROJECT | {"project_2": other})

    assert result.json["reconciliation"]["breakdown_difference"] == 0
    assert len(result.json["warnings"]) == 2


def test_projects_that_may_not_be_listed_must_be_named() -> None:
    """Exit 4, with what to do."""
    api = Api(BY_PROJECT, projects=answer({"message": "no"}, 403))
    result = run(*OCTOBER, "--by", "project", transport=api)

    assert (result.code, result.stdout) == (4, "")
    assert "--project project_…" in result.stderr


def test_projects_that_are_named_need_not_be_listed() -> None:
    """They are called by their ids, and a warning says why."""
    api = Api({"project_1,project_2": WHOLE, **BY_PROJECT}, projects=answer({}, 403))
    result = run(
        *OCTOBER, *("--by", "project", "-p", "project_1,project_2", "--json"), transport=api
    )

    assert (result.code, result.stderr) == (
        0,
        "warning: this key may not list projects (403): their ids are shown instead of names\n",
    )
    assert [row["name"] for row in result.json["breakdown"]["totals"]] == ["project_1", "project_2"]


@pytest.mark.parametrize(
    "argv",
    [
        ("report", "--by", "project"),
        ("trend", "--split", "project"),
        ("compare", "--by", "project", "--against", "2026-09"),
    ],
    ids=lambda argv: argv[0],
)
def test_a_slow_refusal_of_names_is_told_as_well(argv: tuple[str, ...]) -> None:
    """Although all figures are there before it."""

    class Slow(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/projects"):
                time.sleep(0.3)
                return answer({}, 403)
            used = point(request.url.params["startDate"], jobs=1, cost=1)
            return answer(usages(models=[model_row("m1", used)]))

    period = ("--period", "2026-10", "--project", "project_1,project_2")
    result = run(*argv, *period, "--json", transport=Slow())

    assert result.code == 0
    assert "this key may not list projects (403): their ids are shown" in result.stderr


def test_a_model_pattern_may_narrow_the_breakdown_alone() -> None:
    """Its rows are made of models."""
    result = report("--by", "project", "--section", "breakdown", "--model", "m2", "--csv")

    assert result.code == 0
    assert [line.split(",")[4] for line in result.stdout.splitlines()] == ["model_id", "m2"]


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("--by", "model"), "--by 'model' is not known"),
        (("--by", "project", "--from", "-"), "--from and --by contradict each other"),
        (("--keep-going", "--from", "-"), "--from and --keep-going contradict each other"),
        (("--by", "user", "--save-raw", "x.json"), "--save-raw and --by contradict each other"),
        (
            ("--keep-going", "--save-raw", "x.json"),
            "--save-raw and --keep-going contradict each other",
        ),
        (("--section", "breakdown"), "--section breakdown needs --by"),
    ],
)
def test_contradictions_are_refused_before_anything_is_asked(
    argv: tuple[str, ...], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 2, two lines, nothing on stdout, no request and no file."""
    monkeypatch.chdir(tmp_path)
    result = run(*OCTOBER, *argv, transport=FakeApi())

    assert (result.code, result.stdout, len(result.stderr.splitlines())) == (2, "", 2)
    assert told in result.error
    assert list(tmp_path.iterdir()) == []


def test_a_narrow_terminal_keeps_names_and_cost() -> None:
    """Both names shrink before the cost goes, which is what it is all about."""
    result = run(
        *("report", "--demo", "--by", "project", "--section", "breakdown", "--top", "3"),
        columns=34,
        environ=CREDENTIALS | {"NO_COLOR": "1"},
    )
    table = result.stdout.partition("By project and model")[2].splitlines()

    assert re.split(r"\s{2,}", table[1].strip()) == ["Project", "Model", "Cost, CU"]
    assert max(map(cell_len, table)) <= 34


@pytest.mark.parametrize("by", ["project", "user"])
def test_a_failing_part_fails_the_whole(by: str) -> None:
    """Without --keep-going nothing is printed; the error says whose part it was."""
    answers = {None: WHOLE, "project_1": PART_1, "project_2": 400, "u1": PART_1, "u2": 400}
    result = report("--by", by, answers=answers)

    assert (result.code, result.stdout) == (5, "")
    assert f"of {'project_2' if by == 'project' else 'u2'}: " in result.error


def fail_from(month: str) -> Callable[[httpx.Request], httpx.Response]:
    """An API whose answers for all that begins in this month or later are refused."""
    return lambda request: (
        answer({"message": "no such thing"}, 400)
        if request.url.params["startDate"] >= month
        else answer(at(request.url.params["startDate"], WHOLE))
    )


def keep_going(*argv: str, month: str) -> Result:
    """The year, of which a part fails."""
    transport = httpx.MockTransport(fail_from(month))
    return run("report", "--period", "2026", "--keep-going", *argv, transport=transport)


def test_keeping_going_reports_what_came() -> None:
    """Exit 5, null totals, and a warning that names the stretch that is not included."""
    result = keep_going("--json", month="2026-06")
    document = result.json

    assert result.code == 5
    assert set(document["totals"].values()) == {None}
    assert list(document["totals"]) == [
        *("cost", "discount", "gross", "jobs", "assets", "users", "models"),
    ]
    assert document["reconciliation"] is None
    assert [row["cost"] for row in document["consumption"]] == [24, 6]
    (warning,) = document["warnings"]
    assert warning.startswith("not included: 2026-08-29T00:00:00Z to 2026-11-22T18:30:00Z: ")
    assert result.stderr == f"warning: {warning}\n"


@pytest.mark.parametrize("output_format", ["table", "csv", "markdown"])
def test_keeping_going_has_a_report_in_every_format(output_format: str) -> None:
    """On stdout, though the exit code is 5."""
    result = keep_going("-f", output_format, month="2026-06")

    assert result.code == 5
    assert "Ann" in result.stdout


def test_keeping_going_when_every_part_fails_is_empty() -> None:
    """A warning for each part, in order of time."""
    result = keep_going("--json", month="2026-01")

    assert result.code == 5
    assert set(result.json["totals"].values()) == {None}
    assert result.json["consumption"] == []
    assert [warning[14:34] for warning in result.json["warnings"]] == [
        "2026-01-01T00:00:00Z",
        "2026-05-01T00:00:00Z",
        "2026-08-29T00:00:00Z",
    ]


def test_keeping_going_is_of_no_use_without_access() -> None:
    """No part can come with credentials that are refused: exit 4, after a single part."""
    api = FakeApi(answer({"message": "no such key"}, 401))
    result = run("report", "--period", "2026", "--keep-going", "--jobs", "1", transport=api)

    assert (result.code, result.stdout) == (4, "")
    assert "no such key" in result.error
    assert len(api.requests) == 1


@pytest.mark.parametrize("period", ["2026-10", "2026"])
def test_keeping_going_is_of_no_use_where_everything_is_refused(period: str) -> None:
    """403 for each part is no report either: exit 4, and nothing on stdout."""
    transport = httpx.MockTransport(lambda request: answer({"message": "not yours"}, 403))
    result = run("report", "--period", period, "--keep-going", "--json", transport=transport)

    assert (result.code, result.stdout) == (4, "")
    assert "not yours" in result.error


def test_keeping_going_reports_where_some_are_refused_and_others_fail() -> None:
    """It may be the refusals that are wrong: exit 5, with what there is."""
    statuses = iter([403, 400, 403])
    transport = httpx.MockTransport(lambda request: answer({"message": "no"}, next(statuses)))
    argv = ("report", "--period", "2026", "--keep-going", "--jobs", "1", "--json")
    result = run(*argv, transport=transport)

    assert result.code == 5
    assert len(result.json["warnings"]) == 3


@pytest.mark.parametrize("by", ["project", "user"])
def test_keeping_going_reports_the_whole_of_what_is_refused_in_part(by: str) -> None:
    """Each project or user alone is, but not all of them together."""
    answers: Answers = {None: WHOLE} | dict.fromkeys(("project_1", "project_2", "u1", "u2"), 403)
    result = report("--by", by, "--keep-going", "--json", answers=answers)

    assert (result.code, result.json["totals"]["cost"]) == (5, 15)


def test_keeping_going_leaves_out_what_the_key_may_not_see() -> None:
    """One project of two, say: exit 5 and a warning."""
    answers: Answers = {None: WHOLE, "project_1": PART_1, "project_2": 403}

    assert report("--by", "project", "--keep-going", "--json", answers=answers).code == 5


def test_a_table_of_nothing_but_failures_does_not_say_that_nothing_was_used() -> None:
    """What failed is unknown, not nothing."""
    assert "nothing in this period" not in keep_going(month="2026-01").stdout


def test_keeping_going_when_nothing_fails_is_an_ordinary_report() -> None:
    """Exit 0, with totals."""
    assert report("--keep-going", "--json") == report("--json")


@pytest.mark.parametrize("by", ["project", "user"])
def test_keeping_going_says_which_part_of_a_breakdown_failed(by: str) -> None:
    """Exit 5 and a warning: its zeros would look like figures."""
    answers = {None: WHOLE, "project_1": PART_1, "project_2": 400, "u1": PART_1, "u2": 400}
    result = report("--by", by, "--keep-going", "--json", answers=answers)
    failed = "project_2" if by == "project" else "u2"

    assert len(result.json["breakdown"]["rows"]) == 2
    assert any(
        warning.startswith("not included: ") and failed in warning
        for warning in result.json["warnings"]
    )
    assert result.code == 5


def test_a_section_that_a_part_left_out_is_warned_of() -> None:
    """Its zeros would look like figures: nothing else checks consumption and assets."""
    bare = {key: PART_2[key] for key in ("modelUsages", "entities")}
    result = report("--by", "project", "--json", answers=BY_PROJECT | {"project_2": bare})

    assert "warning: " in result.stderr


def test_a_user_whose_totals_disagree_in_several_parts_is_one_user() -> None:
    """The year is three queries, and the user the same."""
    odd = usages(consumption=[charge("u1", 10, total=11)])
    transport = httpx.MockTransport(lambda request: answer(odd))
    result = run("report", "--period", "2026", "--json", transport=transport)

    assert result.json["warnings"] == [
        "for 1 user the API's total is not value + discount; gross is the API's total; "
        "the first is consumption[0]"
    ]


@pytest.mark.parametrize(("projects", "told"), [(199, []), (200, ["note: 201 queries are needed"])])
def test_many_queries_are_announced(projects: int, told: list[str]) -> None:
    """On stderr, before they are made: more than 200 take a while."""
    api = ChargesApi([], [f"project_{number}" for number in range(projects)])
    result = run(*OCTOBER, "--by", "project", "--json", transport=api)

    assert (result.code, len(api.asked)) == (0, projects + 1)
    assert [line.split(";")[0] for line in result.stderr.splitlines()] == told
