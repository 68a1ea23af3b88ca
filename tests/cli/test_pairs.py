"""Projects x people: `report --by project,user` from the command line."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.charges import PROJECTS, Charge, ChargesApi, charges
from tests.cli.test_breakdown import BOTH, Answers, report
from tests.report.builders import charge
from tests.report.strategies import bounded, exact
from tests.support import Result, run, usages

OCTOBER = ("report", "--period", "2026-10", "--by", "project,user")
TOTAL_KEYS = [
    *("project_id", "project", "user_id", "user"),
    *("cost", "discount", "gross", "jobs", "assets"),
]
ROW_KEYS = [
    *("project_id", "project", "user_id", "user", "model_id", "model"),
    *("jobs", "cost", "discount", "gross", "api_key_cost", "api_key_discount"),
]
FOUND = [
    Charge("project_0", "user_0", "model_0", 5_000_000),
    Charge("project_0", "user_1", "model_0", 7_000_000),
    Charge("project_0", "user_1", None, -1_000_000),
    Charge("project_1", "user_0", "model_1", 20_000_000),
]


def ask(*argv: str, found: list[Charge] = FOUND, **more: Any) -> Result:
    """October, of these charges."""
    return run(*OCTOBER, *argv, transport=ChargesApi(found), **more)


def both(*argv: str, **answers: Any) -> Result:
    """October, from an API that answers by project, user and both."""
    changed: Answers = {key.replace("_x_", "/"): answer for key, answer in answers.items()}
    return report("--by", "project,user", *argv, answers=BOTH | changed)


def test_json_has_each_pair_with_its_totals_and_models() -> None:
    """After the blocks of either; grouped by project, in the order of these."""
    document = ask("--json").json
    block = document["breakdowns"][2]

    assert block["by"] == "project,user"
    assert list(block) == ["by", "totals", "rows"]
    assert [list(row) for row in block["totals"]] == [TOTAL_KEYS] * 3
    assert [list(row) for row in block["rows"]] == [ROW_KEYS] * 4
    assert [list(row.values()) for row in block["totals"]] == [
        ["project_1", "The project_1", "user_0", "Name of user_0", 20, 0, 20, 1, 0],
        ["project_0", "The project_0", "user_1", "Name of user_1", 6, 0, 6, 1, 0],
        ["project_0", "The project_0", "user_0", "Name of user_0", 5, 0, 5, 1, 0],
    ]
    assert [
        [row[key] for key in ("project_id", "user_id", "model_id", "cost")] for row in block["rows"]
    ] == [
        ["project_1", "user_0", "model_1", 20],
        ["project_0", "user_1", "model_0", 7],
        ["project_0", "user_1", "", -1],
        ["project_0", "user_0", "model_0", 5],
    ]
    assert (document["warnings"], document["reconciliation"]["breakdown_difference"]) == ([], 0)
    Draft202012Validator(run("schema", "report").json).validate(document)


@pytest.mark.parametrize("by", ["project", "project,user"])
def test_a_project_that_is_not_listed_is_told_once(by: str) -> None:
    """Deleted, say: its usage is in no row, but in the whole, which opens the report."""
    found = [*FOUND, Charge("project_gone", "user_0", "model_0", 4_000_000)]
    argv = ("report", "--period", "2026-10", "--by", by, "--section", "breakdown")
    result = run(*argv, transport=ChargesApi(found))

    assert result.stdout.splitlines()[3].split()[:2] == ["35", "CU"]
    assert result.stderr.splitlines() == [
        "warning: consumption of Name of user_0 does not add up by project: "
        "the whole has more by cost 4, gross 4",
        "warning: model_0 does not add up by project: the whole has more by jobs 1, cost 4",
    ]
    assert "Not in the breakdown" in result.stdout


def test_only_pairs_that_were_charged_are_asked_for() -> None:
    """Not four projects times two users."""
    api = ChargesApi(FOUND)
    run(*OCTOBER, "--json", transport=api)

    assert Counter(api.asked) == Counter(
        [
            (None, None),
            *((project, None) for project in PROJECTS),
            *[(None, "user_0"), (None, "user_1")],
            *[("project_0", "user_0"), ("project_0", "user_1"), ("project_1", "user_0")],
        ]
    )


@pytest.mark.parametrize(
    ("argv", "pairs"),
    [
        (("-p", "project_0"), [("project_0", "user_1"), ("project_0", "user_0")]),
        (("-u", "user_0"), [("project_1", "user_0"), ("project_0", "user_0")]),
        (("-u", "user_1", "-p", "project_0,project_1"), [("project_0", "user_1")]),
    ],
)
def test_filters_narrow_the_pairs(argv: tuple[str, ...], pairs: list[tuple[str, str]]) -> None:
    """A project or user that is not asked for is in no pair."""
    document = ask("--json", *argv).json

    totals = document["breakdowns"][2]["totals"]
    assert [(row["project_id"], row["user_id"]) for row in totals] == pairs
    assert document["warnings"] == []


def test_a_table_has_the_people_of_each_project_and_its_total() -> None:
    """The totals of projects and people stand before it; and their models, after it."""
    lines = ask("--top", "1", "--section", "breakdown").stdout.splitlines()
    start = lines.index("By project and user")

    assert [line for line in lines if line.startswith("By ")] == [
        *("By project", "By user", "By project and user"),
        *("By project and model", "By user and model"),
    ]
    assert [" ".join(line.split()) for line in lines[start + 2 : start + 8]] == [
        "The project_1 Name of user_0 1 0 20 0 20 64.52 %",
        "The project_1 total 1 0 20 0 20 64.52 %",
        "The project_0 Name of user_1 1 0 6 0 6 19.35 %",
        "The project_0 other (1) 1 0 5 0 5 16.13 %",
        "The project_0 total 2 0 11 0 11 35.48 %",
        "the models of each are in JSON and CSV",
    ]


def test_markdown_has_the_same_totals() -> None:
    """All rows, as no top was asked for."""
    text = ask("-f", "markdown", "--section", "breakdown").stdout

    assert "| The project_0".replace("_", "\\_") + " | total | 2 | 0 | 11 |" in text


def test_sorting_moves_projects_and_the_people_in_them() -> None:
    """By name, both from A to Z; the totals of each stay with it."""
    block = ask("--json", "--sort", "name").json["breakdowns"][2]

    for rows in (block["totals"], block["rows"]):
        pairs = list(dict.fromkeys((row["project_id"], row["user_id"]) for row in rows))
        assert pairs == [
            *(("project_0", "user_0"), ("project_0", "user_1")),
            ("project_1", "user_0"),
        ]


def test_a_model_pattern_narrows_the_rows_of_pairs() -> None:
    """Their totals are those of all models."""
    result = ask("--json", "--model", "model_0")
    block = result.json["breakdowns"][2]

    assert {row["model_id"] for row in block["rows"]} == {"model_0"}
    assert len(block["totals"]) == 3
    assert (
        "rows by project and user are narrowed to model_0: they do not sum to the consumption"
        in result.json["warnings"]
    )


def test_gauges_have_labels_of_both_and_no_totals() -> None:
    """What people are shown as a total would count twice; the rest of each project is other."""
    text = ask("-f", "openmetrics", "--section", "breakdown", "--top", "1").stdout
    samples = [
        line.rpartition("{")[2]
        for line in text.splitlines()
        if line.startswith("scenario_usage_project_user_cost_compute_units{")
    ]

    assert samples == [
        'project="The project_1",project_id="project_1",'
        'user="Name of user_0",user_id="user_0"} 20.0',
        'project="The project_0",project_id="project_0",'
        'user="Name of user_1",user_id="user_1"} 6.0',
        'project="The project_0",project_id="project_0",user="other",user_id="other"} 5.0',
    ]


def test_what_a_pair_lacks_is_told_of_its_project_its_user_and_the_whole() -> None:
    """Each names whose it is, and by how much."""
    document = both("--json", project_2_x_u2=usages(consumption=[charge("u2", 2)])).json

    assert document["warnings"] == [
        "consumption of u2 does not add up by project and user: "
        "the whole has more by cost 1, gross 1",
        "=Flux [pro] does not add up by project and user: the whole has more by jobs 1, cost 2",
        "m2 does not add up by project and user: the whole has more by jobs 1, cost 2",
        "-Two: consumption of u2 does not add up by user: the whole has more by cost 1, gross 1",
        "-Two: =Flux [pro] does not add up by user: the whole has more by jobs 1, cost 2",
        "-Two: m2 does not add up by user: the whole has more by jobs 1, cost 2",
        "u2: consumption does not add up by project: the whole has more by cost 1, gross 1",
        "u2: =Flux [pro] does not add up by project: the whole has more by jobs 1, cost 2",
        "u2: m2 does not add up by project: the whole has more by jobs 1, cost 2",
    ]
    assert document["reconciliation"]["breakdown_difference"] == 1


def test_pairs_that_changed_places_are_told_of() -> None:
    """Together they are the whole, but neither is its user's."""
    document = both(
        "--json", project_2_x_u1=BOTH["project_2/u2"], project_2_x_u2=BOTH["project_2/u1"]
    ).json

    assert document["reconciliation"]["breakdown_difference"] == 0
    assert [line.split(" does ")[0] for line in document["warnings"]] == [
        *("consumption of Ann", "consumption of u2"),
        *("-Two: consumption of Ann", "-Two: consumption of u2"),
        *("Ann: consumption", "u2: consumption"),
        *("Ann: =Flux [pro]", "u2: =Flux [pro]", "Ann: m2", "u2: m2"),
    ]


def test_a_pair_that_failed_leaves_the_others() -> None:
    """With --keep-going: its totals are null, and the exit code tells."""
    result = both("--json", "--keep-going", project_2_x_u1=500)
    totals = {
        (row["project_id"], row["user_id"]): row["cost"]
        for row in result.json["breakdowns"][2]["totals"]
    }

    assert result.code == 5
    assert totals == {
        ("project_1", "u1"): 9,
        ("project_2", "u1"): None,
        ("project_2", "u2"): 3,
    }
    assert any(
        "not included" in line and "project_2, u1" in line for line in result.json["warnings"]
    )


def test_a_pair_that_failed_fails_the_whole() -> None:
    """Without it: nothing is written."""
    result = both("--json", project_2_x_u1=400)

    assert (result.code, result.stdout) == (5, "")


def test_a_project_without_consumption_has_no_pairs() -> None:
    """It is said what is missing: nobody knows whom to ask for."""
    bare = {key: value for key, value in BOTH["project_2"].items() if key != "consumption"}
    document = both("--json", project_2=bare).json

    assert {row["project_id"] for row in document["breakdowns"][2]["totals"]} == {"project_1"}
    assert document["warnings"] == ["the API left out consumption of -Two"]


def test_pairs_of_which_nothing_came_are_unknown_and_not_nothing() -> None:
    """Nobody knows who was charged: a table says so, and nothing is said to differ."""
    failed = dict.fromkeys(("project_1", "project_2"), 500)
    result = both("--keep-going", "--section", "breakdown", **failed)
    lines = result.stdout.splitlines()

    assert result.code == 5
    for title in ("By project", "By project and user", "By project and model"):
        assert lines[lines.index(title) + 1].startswith(" unknown: ")
    assert "does not add up" not in result.stderr


@pytest.mark.parametrize(("projects", "is_told"), [(19, False), (20, True)])
def test_the_number_of_queries_includes_the_pairs(projects: int, is_told: bool) -> None:
    """It is said as soon as it is known, which is before the pairs are asked for."""
    listed = [f"project_{number}" for number in range(projects)]
    found = [Charge(one, f"user_{number}", None, 1) for one in listed for number in range(9)]
    api = ChargesApi(found, listed)
    result = run(*OCTOBER, "--json", transport=api)

    told = [f"note: {len(api.asked)} queries are needed; --jobs N makes N at a time"]
    assert result.stderr.splitlines() == (told if is_told else [])


@bounded
@given(charges)
def test_pairs_sum_both_ways_to_the_whole(found: list[Charge]) -> None:
    """Exactly: those of a project to it, those of a user to it, and all to the whole."""
    api = ChargesApi(found)
    document = exact(run(*OCTOBER, "--json", transport=api).stdout)
    projects, users, pairs = document["breakdowns"]

    for key, block in (("project_id", projects), ("user_id", users)):
        for whole in block["totals"]:
            mine = [row for row in pairs["totals"] if row[key] == whole[key]]
            for measure in ("cost", "discount", "gross", "jobs", "assets"):
                assert sum(row[measure] for row in mine) == whole[measure]
    for block in (projects, users, pairs):
        for measure in ("cost", "discount", "gross", "jobs"):
            assert sum(row[measure] for row in block["totals"]) == document["totals"][measure]
        assert sum(row["cost"] for row in block["rows"]) == document["totals"]["cost"]
    assert document["warnings"] == []
    assert len(api.asked) == 1 + len(PROJECTS) + len(users["totals"]) + len(pairs["totals"])


@bounded
@given(charges)
def test_pairs_are_what_was_charged(found: list[Charge]) -> None:
    """Each pair has the charges of its project and its user, and no others."""
    document = exact(run(*OCTOBER, "--json", transport=ChargesApi(found)).stdout)
    expected: dict[tuple[str, str], Decimal] = {}
    for one in found:
        key = (one.project, one.user)
        expected[key] = expected.get(key, Decimal(0)) + Decimal(one.millionths) / 10**6

    pairs = document["breakdowns"][2]["totals"]
    assert {(row["project_id"], row["user_id"]): row["cost"] for row in pairs} == expected
