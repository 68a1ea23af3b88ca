"""`compare --by project` and `--by user`: each member before and after."""

import csv
import io
from collections import Counter
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.charges import PROJECTS, USERS, Charge, ChargesApi
from tests.report.builders import charge
from tests.report.strategies import bounded, exact
from tests.support import Result, answer, run, usages

OCTOBER = ("compare", "--period", "2026-10")
BEFORE, AFTER = "2026-09-05", "2026-10-05"
FOUND = [
    Charge("project_0", "user_0", "model_0", 5_000_000, BEFORE),
    Charge("project_0", "user_0", "model_0", 7_000_000, AFTER),
    Charge("project_1", "user_1", None, 20_000_000, AFTER),
    Charge("project_2", "user_2", "model_1", 1_000_000, BEFORE),
    Charge("project_3", "user_0", "model_1", 4_000_000, BEFORE),
    Charge("project_3", "user_0", "model_1", 4_000_000, AFTER),
]
ROW_KEYS = ["id", "name", "measure", "before", "after", "delta", "change", "status"]


def compare(*argv: str, found: list[Charge] = FOUND, **more: Any) -> Result:
    """October beside September, of these charges."""
    return run(*OCTOBER, *argv, transport=ChargesApi(found), **more)


def test_json_has_each_project_before_and_after() -> None:
    """New, gone, changed and the same, in the order of their deltas; ties by id."""
    document = compare("--by", "project", "--json").json

    assert list(document) == [
        *("schema_version", "report", "generated_at", "period", "against", "filters", "by"),
        *("totals", "consumption", "models", "assets", "breakdown", "warnings"),
    ]
    assert document["by"] == "project"
    assert [list(row) for row in document["breakdown"]] == [ROW_KEYS] * 4
    assert [list(row.values()) for row in document["breakdown"]] == [
        ["project_1", "The project_1", "cost", 0, 20, 20, None, "new"],
        ["project_0", "The project_0", "cost", 5, 7, 2, 0.4, "changed"],
        ["project_2", "The project_2", "cost", 1, 0, -1, -1, "gone"],
        ["project_3", "The project_3", "cost", 4, 4, 0, 0, "same"],
    ]
    Draft202012Validator(run("schema", "compare").json).validate(document)


def test_without_it_no_key_is_there() -> None:
    """Neither what it is of nor its rows."""
    assert not {"by", "breakdown"} & set(compare("--json").json)


def test_users_of_both_periods_are_members_of_both() -> None:
    """Each is asked for twice, whenever it was charged."""
    api = ChargesApi(FOUND)
    document = run(*OCTOBER, "--by", "user", "--json", transport=api).json

    assert Counter(api.asked) == Counter(
        [(None, None), (None, "user_0"), (None, "user_1"), (None, "user_2")] * 2
    )
    assert [(row["name"], row["before"], row["after"]) for row in document["breakdown"]] == [
        ("Name of user_1", 0, 20),
        ("Name of user_0", 9, 11),
        ("Name of user_2", 1, 0),
    ]


def test_a_table_begins_with_the_projects() -> None:
    """After the totals; --top cuts it like the others."""
    lines = compare("--by", "project", "--top", "1").stdout.splitlines()
    titles = [line for line in lines if line.startswith(("Totals", "Cost by"))]
    start = lines.index("Cost by project, CU")

    assert titles == ["Totals", "Cost by project, CU", "Cost by user, CU", "Cost by model, CU"]
    assert [line.split()[:5] for line in lines[start + 2 : start + 4]] == [
        ["The", "project_1", "0", "20", "▲"],
        ["other", "(3)", "10", "11", "▲"],
    ]


def test_one_section_is_a_table_of_its_own() -> None:
    """In CSV with its columns; in a table with its own sums, and none of what was not asked for."""
    argv = ("--by", "project", "--section", "breakdown")
    header, first, *_ = csv.reader(io.StringIO(compare(*argv, "--csv").stdout))
    result = compare(*argv)
    table = result.stdout

    assert header == ["period_start", "period_end", *ROW_KEYS]
    assert first[2:] == ["project_1", "The project_1", "cost", "0", "20", "20", "", "new"]
    assert [line.split(",")[0].split()[0] for line in table.split("\n\n")[1].splitlines()] == [
        *("Totals", "Measure", "Cost", "Gross", "Jobs")
    ]
    assert "unknown" not in table
    assert ("beside the models" in table, result.stderr) == (False, "")


def test_several_sections_are_long_in_csv() -> None:
    """The rows of the breakdown come after those of the others."""
    rows = list(csv.reader(io.StringIO(compare("--by", "project", "--csv").stdout)))

    assert ["breakdown", "project_0", "The project_0", "before", "5"] in [row[2:] for row in rows]
    sections = list(dict.fromkeys(row[2] for row in rows[1:]))
    assert sections == ["totals", "consumption", "models", "breakdown"]


def test_sorting_orders_it_by_what_it_is_after() -> None:
    """And by name."""
    by_cost = compare("--by", "project", "--sort", "cost", "--json").json["breakdown"]
    by_name = compare("--by", "project", "--sort", "name", "--json").json["breakdown"]

    assert [row["after"] for row in by_cost] == [20, 7, 4, 0]
    assert [row["id"] for row in by_name] == list(PROJECTS)


def test_models_narrow_models_and_not_the_totals_of_projects() -> None:
    """And it is not said that they do."""
    document = compare("--by", "project", "--model", "model_0", "--json").json

    assert {row["id"]: row["after"] for row in document["breakdown"]}["project_1"] == 20
    assert [line.split(";")[0] for line in document["warnings"]] == [
        "models are narrowed to model_0"
    ]


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("--by", "model"), "--by 'model' is not known"),
        (("--by", "project,user"), "--by 'project,user' is not known"),
        (("--section", "breakdown"), "--section breakdown needs --by"),
        (("--by", "user", "--section", "models"), "--by adds the section breakdown"),
        (
            ("--by", "user", "--section", "breakdown", "--model", "m*"),
            "--model narrows the section models",
        ),
    ],
)
def test_contradictions_are_refused_before_anything_is_asked(
    argv: tuple[str, ...], told: str
) -> None:
    """Exit 2, two lines, and no request."""
    result = run(*OCTOBER, *argv)

    assert (result.code, result.stdout, len(result.stderr.splitlines())) == (2, "", 2)
    assert told in result.error


def test_a_project_that_is_quiet_in_one_period_is_not_looked_up() -> None:
    """It exists, as the other one has usage of it."""
    api = ChargesApi(FOUND, projects=[])
    result = run(*OCTOBER, "--by", "project", "-p", "project_1", "--json", transport=api)

    assert result.code == 0
    assert not any("nothing was found" in line for line in result.json["warnings"])


def test_a_project_that_does_not_exist_is_refused() -> None:
    """As in every report."""
    result = compare("--by", "project", "-p", "project_1,project_9")

    assert (result.code, result.stdout) == (2, "")
    assert "project_9" in result.error


def two_answers(part: Any, before: Any) -> Result:
    """October and September by a single project, whose answers these are."""
    whole = usages(consumption=[charge("u1", 5)])

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/projects"):
            return answer({"projects": [{"id": "project_1", "name": "Hero"}]})
        is_after = request.url.params["startDate"].startswith("2026-10")
        own = part if is_after else before
        return answer(own if "projectIds" in request.url.params else whole)

    transport = httpx.MockTransport(handle)
    return run(*OCTOBER, "--by", "project", "--json", transport=transport)


def test_what_does_not_add_up_is_told_of_its_period() -> None:
    """By how much, and in which of both."""
    wrong, right = (usages(consumption=[charge("u1", cost)]) for cost in (2, 5))
    document = two_answers(wrong, right).json

    assert document["warnings"][:1] == [
        "after: consumption of u1 does not add up by project: "
        "the whole has more by cost 3, gross 3",
    ]


def test_a_cost_that_is_unknown_is_not_compared() -> None:
    """0 would look like a figure: the row is left out, and it is said."""
    right = usages(consumption=[charge("u1", 5)])
    bare = {key: value for key, value in right.items() if key != "consumption"}
    result = two_answers(bare, right)

    assert (result.code, result.json["breakdown"]) == (0, [])
    assert "after: the API left out consumption of Hero" in result.json["warnings"]
    assert "the cost of Hero is unknown: its row is left out" in result.json["warnings"]


months = st.lists(
    st.builds(
        Charge,
        st.sampled_from(PROJECTS),
        st.sampled_from(USERS),
        st.sampled_from([None, "model_0"]),
        st.integers(-(10**12), 10**12),
        st.sampled_from([BEFORE, AFTER]),
    ),
    max_size=20,
)


@bounded
@given(months, st.sampled_from(["project", "user"]))
def test_members_sum_to_the_totals_of_both_periods(found: list[Charge], by: str) -> None:
    """Exactly, without a warning that they do not."""
    document = exact(compare("--by", by, "--json", found=found).stdout)
    totals = {row["id"]: row for row in document["totals"]}

    for side in ("before", "after", "delta"):
        assert sum(row[side] for row in document["breakdown"]) == totals["cost"][side]
    assert not any("does not add up" in line for line in document["warnings"])
