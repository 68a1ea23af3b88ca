"""`report --by cost-centre` from the command line."""

import csv
import io
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.charges import PROJECTS, USERS, Charge, ChargesApi, charges
from tests.report.strategies import bounded, exact
from tests.support import CREDENTIALS, Result, answer, run

OCTOBER = ("--period", "2026-10")
BY = ("report", *OCTOBER, "--by", "cost-centre")
REST = "(unassigned)"
TOTAL_KEYS = ["cost_centre", "cost", "discount", "gross", "jobs", "assets"]
ROW_KEYS = [
    *("cost_centre", "model_id", "model"),
    *("jobs", "cost", "discount", "gross", "api_key_cost", "api_key_discount"),
]
FOUND = [
    Charge("project_0", "user_0", "model_0", 5_000_000),
    Charge("project_0", "user_1", "model_0", 7_000_000),
    Charge("project_0", "user_1", None, -1_000_000),
    Charge("project_1", "user_0", "model_1", 20_000_000),
    Charge("project_2", "user_2", "model_1", 300_000),
]
PEOPLE = [{"id": f"user_{n}", "email": f"{n}@x.example"} for n in range(4)]
KEYS = [{"id": "apiu_1", "apiKeyId": "api_1", "name": "ci-nightly"}]


class Studio(ChargesApi):
    """It lists a team, too; `refused` are endpoints that answer 403, or with another status."""

    def __init__(self, found: Sequence[Charge] = FOUND, **refused: int) -> None:
        super().__init__(found)
        self.listed: list[str] = []
        self._refused = refused

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        what = request.url.path.split("/")[2]
        if what in ("projects", "teams"):
            self.listed.append(what)
        if what in self._refused:
            return answer({"message": "no"}, self._refused[what])
        if what == "teams":
            team: Any = {"id": "team_1", "users": PEOPLE, "keys": KEYS}
            return answer({"teams": [team], "team": team})
        return super().handle_request(request)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the table of a test is."""
    return tmp_path / "centres.toml"


def ask(
    file: Path, table: str, *argv: str, api: Studio | None = None, command: Sequence[str] = BY
) -> Result:
    """October, by the cost centres of a table."""
    file.write_text(table, encoding="utf-8")
    return run(*command, "--cost-centres", str(file), *argv, transport=api or Studio())


def costs(result: Result) -> dict[str, float]:
    """What each cost centre was charged."""
    assert result.code == 0, result.stderr
    return {row["cost_centre"]: row["cost"] for row in result.json["breakdown"]["totals"]}


def warnings(result: Result) -> list[str]:
    """The lines of stderr that begin so."""
    return [
        line.removeprefix("warning: ")
        for line in result.stderr.splitlines()
        if line.startswith("warning: ")
    ]


def refuse(result: Result, code: int, *words: str) -> None:
    """An exit code, these words in the error, a hint, and nothing on stdout."""
    assert (result.code, result.stdout) == (code, ""), result
    assert [word for word in words if word not in result.error] == []
    assert result.stderr.splitlines()[-1].startswith("hint: ")


GAMES = '"Game A" = ["The project_0"]\n"Game B" = ["*_1"]\n'


def test_json_has_each_cost_centre_with_its_totals_and_models(file: Path) -> None:
    """A cost centre has a name only; the rest is what no project of any of them has."""
    result = ask(file, GAMES, "--json")
    block = result.json["breakdown"]

    assert block["by"] == "cost-centre"
    assert [list(row) for row in block["totals"]] == [TOTAL_KEYS] * 3
    assert [list(row) for row in block["rows"]] == [ROW_KEYS] * 4
    assert [list(row.values()) for row in block["totals"]] == [
        ["Game B", 20, 0, 20, 1, 0],
        ["Game A", 11, 0, 11, 2, 0],
        [REST, 0.3, 0, 0.3, 1, 0],
    ]
    assert [[row[key] for key in ("cost_centre", "model_id", "cost")] for row in block["rows"]] == [
        ["Game B", "model_1", 20],
        ["Game A", "model_0", 12],
        ["Game A", "", -1],
        [REST, "model_1", 0.3],
    ]
    assert (warnings(result), result.json["reconciliation"]["breakdown_difference"]) == ([], 0)
    Draft202012Validator(run("schema", "report").json).validate(result.json)


def test_each_cost_centre_is_one_query(file: Path) -> None:
    """Whatever is mapped nowhere needs none."""
    api = Studio()
    ask(file, 'A = ["project_0", "project_1", "*_3"]\nB = ["project_2"]\nC = []', api=api)

    assert set(api.asked) == {
        *((None, None), ("project_0,project_1,project_3", None), ("project_2", None)),
    }
    assert len(api.asked) == 3
    assert api.listed == ["projects"]


def test_many_ids_are_asked_for_in_several_queries(file: Path) -> None:
    """An URL has a length that servers take."""
    ids = [f"project_{number:03}" for number in range(120)]
    found = [Charge(one, "user_0", "model_0", 1_000_000) for one in ids]
    api = Studio(found)
    result = ask(file, f"A = {ids[:101]}\nB = {ids[101:]}", "--json", api=api)

    asked = [projects.split(",") for projects, _ in api.asked if projects]
    assert sorted(map(len, asked)) == [1, 19, 50, 50]
    assert costs(result) == {"A": 101, "B": 19, REST: 0}


def test_users_and_keys_make_a_cost_centre(file: Path) -> None:
    """By id, e-mail, name, or the name of a key; the rest of the whole is unassigned."""
    found = [*FOUND, Charge("project_2", "apiu_1", "model_0", 40_000)]
    table = 'A = {users = ["NAME of user_0", "2@X.example"]}\nB = {users = ["CI-*"]}'
    result = ask(file, table, "--json", api=Studio(found))

    assert costs(result) == {"A": 25.3, "B": 0.04, REST: 6}
    assert warnings(result) == []


def test_what_is_in_a_project_and_of_a_user_counts_once(file: Path) -> None:
    """Of the same cost centre: both queries have it."""
    api = Studio()
    table = 'A = {projects = ["project_0"], users = ["user_0"]}'

    assert costs(ask(file, table, "--json", api=api)) == {"A": 31, REST: 0.3}
    assert set(api.asked) == {
        *((None, None), (None, "user_0"), ("project_0", None), ("project_0", "user_0")),
    }


def test_usage_of_two_cost_centres_is_refused(file: Path) -> None:
    """It names the project, the user and both cost centres."""
    table = 'Game = ["*_2", "The project_0"]\nPeople = {users = ["user_3", "1@x.example"]}'
    result = ask(file, table)

    refuse(
        *(result, 3, "'The project_0' (project_0)", "'Name of user_1' (user_1)"),
        *("'Game' (by 'The project_0')", "'People' (by '1@x.example')", str(file)),
    )


def test_a_project_without_usage_of_the_user_is_none_of_two(file: Path) -> None:
    """Only what there is can count twice."""
    table = 'Game = ["project_0", "project_1"]\nPeople = {users = ["user_2", "user_3"]}'

    assert costs(ask(file, table, "--json")) == {"Game": 31, "People": 0.3, REST: 0}


def test_free_jobs_of_two_cost_centres_are_refused(file: Path) -> None:
    """They cost nothing, but count."""
    free = Charge("project_0", "user_3", "model_0", 0)
    table = 'Game = ["project_0"]\nPeople = {users = ["user_3"]}'

    refuse(ask(file, table, api=Studio([*FOUND, free])), 3, "user_3", "project_0")


def test_filters_narrow_the_cost_centres_and_the_rest(file: Path) -> None:
    """The rest is that of the filtered whole; what is filtered away is not asked for."""
    api = Studio()
    table = 'A = ["project_0", "project_3"]\nB = ["project_1"]'
    result = ask(file, table, "--json", "-p", "project_0,project_2", api=api)

    assert costs(result) == {"A": 11, "B": 0, REST: 0.3}
    assert sorted(api.asked, key=str) == [("project_0", None), ("project_0,project_2", None)]

    table = 'A = {users = ["user_1", "user_2"]}'
    result = ask(file, table, "--json", "-p", "project_0", "-u", "user_0,user_1")
    assert costs(result) == {"A": 6, REST: 5}


def test_csv_has_the_column(file: Path) -> None:
    """Behind the period, before the model."""
    result = ask(file, GAMES, "--section", "breakdown", "--csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))

    assert list(rows[0]) == ["period_start", "period_end", *ROW_KEYS]
    assert [row["cost_centre"] for row in rows] == ["Game B", "Game A", "Game A", REST]


def test_openmetrics_has_the_label(file: Path) -> None:
    """One label, as a cost centre has no other id."""
    pytest.importorskip("prometheus_client")
    found = ask(file, GAMES, "--format", "openmetrics").stdout

    assert 'scenario_usage_cost_centre_cost_compute_units{cost_centre="Game B"} 20.0' in found
    assert f'scenario_usage_cost_centre_jobs{{cost_centre="{REST}"}} 1.0' in found


def test_both_dimensions_go_together(file: Path) -> None:
    """Each is what it is alone; CSV has the columns of both."""
    command = ("report", *OCTOBER, "--by", "project,cost_centre", "--section", "breakdown")
    found = ask(file, GAMES, "--json", command=command).json["breakdowns"]
    alone = ask(file, GAMES, "--json").json["breakdown"]

    assert [block["by"] for block in found] == ["project", "cost-centre"]
    assert found[1] == alone
    header = ask(file, GAMES, "--csv", command=command).stdout.splitlines()[0].split(",")
    assert header[2:7] == ["project_id", "project", "cost_centre", "model_id", "model"]


def test_the_rest_is_always_a_row(file: Path) -> None:
    """Also in tables, where rows of zeros are left out otherwise, and in CSV."""
    table = 'All = ["*"]\nNone = []'

    assert costs(ask(file, table, "--json")) == {"All": 31.3, "None": 0, REST: 0}
    for more in ((), ("--format", "markdown"), ("--top", "1")):
        assert REST in ask(file, table, *more).stdout
    found = ask(file, table, "--section", "breakdown", "--csv").stdout
    assert f"{REST},,(no model: operations and refunds),0,0,0,0,," in found


def test_refunds_beside_all_cost_centres_are_no_excess(file: Path) -> None:
    """Less than nothing is unassigned then, as it is in the whole."""
    found = [*FOUND, Charge("project_2", "user_3", None, -4_000_000)]
    result = ask(file, GAMES, "--json", api=Studio(found))

    assert (costs(result)[REST], warnings(result)) == (-3.7, [])


def test_each_cost_centre_is_a_row_of_data(file: Path) -> None:
    """Also one that used nothing: a nightly file has the same cost centres every night."""
    table = 'A = ["project_3"]\nB = ["no-*"]\nC = []\nD = {users = ["user_3"]}\nE = ["project_1"]'
    found = [one for one in FOUND if one.project != "project_1"]
    argv = ("--section", "breakdown")
    api = Studio(found)
    data = ask(file, table, *argv, "--csv", api=api).stdout
    rows = list(csv.DictReader(io.StringIO(data)))

    assert sorted(row["cost_centre"] for row in rows) == [*[REST] * 3, *"ABCDE"]
    assert {row["cost"] for row in rows if row["cost_centre"] != REST} == {"0"}
    assert ask(file, table, *argv, "-f", "tsv", api=api).stdout == data.replace(",", "\t")


def test_a_deleted_project_is_charged_by_its_id(file: Path) -> None:
    """It has usage and is in no list: the warning does not say that there is no such project."""
    found = [*FOUND, Charge("project_gone", "user_0", "model_0", 4_000_000)]
    result = ask(file, 'A = ["project_gone"]', "--json", api=Studio(found))

    assert costs(result)["A"] == 4
    assert warnings(result) == [
        "'project_gone' of the cost centre 'A' is in no list of projects, and is taken as an id"
    ]


def test_what_matches_nothing_is_a_warning(file: Path) -> None:
    """It names the text and its cost centre; an unknown id, too."""
    table = 'A = ["Heor", "project_9"]\nB = {users = ["no-*", "user_99"]}'
    result = ask(file, table, "--json")

    assert warnings(result) == [
        "'Heor' of the cost centre 'A' matches no project",
        "'project_9' of the cost centre 'A' is in no list of projects, and is taken as an id",
        "'no-*' of the cost centre 'B' matches no user",
        "'user_99' of the cost centre 'B' is in no list of users, and is taken as an id",
    ]
    assert result.json["warnings"] == warnings(result)
    assert costs(result) == {"A": 0, "B": 0, REST: 31.3}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('A = ["project_1"]\nB = ["The project*"]', ("'The project_1' (project_1)", "'A'", "'B'")),
        ('A = {users = ["user_1"]}\nB = {users = ["1@*"]}', ("user_1", "'A'", "'B'")),
        ("A = 7", ('cost_centres."A"',)),
        ('A = ["project_1"]\na = ["project_2"]', ('cost_centres."a"', '"A"')),
        ('A = ["project_1"', ("not TOML",)),
        ("", ("has no cost centre",)),
        ("cost_centres = 7", ("must be a table of cost centres",)),
        ("[cost_centres]", ("has no cost centre",)),
    ],
)
def test_a_wrong_table_is_refused(file: Path, table: str, words: Sequence[str]) -> None:
    """Whatever is wrong with it; the message names the file."""
    refuse(ask(file, table), 3, str(file), *words)


def test_the_table_may_come_through_a_pipe(tmp_path: Path) -> None:
    """On stdin, as with --from, or as the file that a shell makes of `<(...)`."""
    table = b'[cost_centres]\nA = ["The project_0"]\n'
    on_stdin = run(*BY, "--json", "--cost-centres", "-", stdin=table, transport=Studio())
    reading, writing = os.pipe()
    os.write(writing, table)
    os.close(writing)
    path = f"/dev/fd/{reading}"
    through = run(*BY, "--json", "--cost-centres", path, transport=Studio())
    os.close(reading)

    assert costs(on_stdin) == costs(through) == {"A": 11, REST: 20.3}


@pytest.mark.parametrize("table", [b"", b"A = [", b"\xff", b"#" * 1_000_001])
def test_a_wrong_table_on_stdin_is_refused(table: bytes) -> None:
    """As in a file, before anything is asked."""
    refuse(run(*BY, "--cost-centres", "-", stdin=table), 3, "--cost-centres -")


def test_without_cost_centres_it_is_said_how_to_write_them(tmp_path: Path) -> None:
    """With a line that can be copied, before anything is asked."""
    environ = {**CREDENTIALS, "SCENARIO_USAGE_CONFIG": str(tmp_path / "config.toml")}
    result = run(*BY, environ=environ)

    refuse(result, 3, "no cost centres are defined", str(tmp_path / "config.toml"))
    assert '"Game A" = ["Hero", "Marketing*"]' in result.stderr


def test_the_table_of_the_config_file_counts_unless_a_file_is_given(
    tmp_path: Path, file: Path
) -> None:
    """For --demo, too; a file may have the table under its name, as the config file does."""
    config = tmp_path / "config.toml"
    config.write_text('[cost_centres]\nA = ["project_0"]\n', encoding="utf-8")
    environ = {**CREDENTIALS, "SCENARIO_USAGE_CONFIG": str(config)}
    found = run(*BY, "--json", environ=environ, transport=Studio())
    assert costs(found) == {"A": 11, REST: 20.3}

    file.write_text(config.read_text(encoding="utf-8").replace("A =", "B ="), encoding="utf-8")
    more = ("--json", "--cost-centres", str(file))
    assert costs(run(*BY, *more, environ=environ, transport=Studio())) == {"B": 11, REST: 20.3}
    config.write_text('[cost_centres]\n"R" = ["R&D"]\n', encoding="utf-8")
    assert list(costs(run(*BY, "--json", "--demo", environ=environ))) == [REST, "R"]


def test_keys_beside_the_table_are_told(file: Path) -> None:
    """They may have been meant as cost centres; those of the config file are known."""
    table = 'B = ["project_1"]\ndefault_profile = "x"\n[cost_centres]\nA = ["project_0"]\n'

    (warning,) = warnings(ask(file, table, "--json"))
    assert warning.endswith("are left out: B")


def test_a_table_that_is_not_needed_is_not_read(tmp_path: Path) -> None:
    """A wrong one keeps no other command from working."""
    config = tmp_path / "config.toml"
    config.write_text("cost_centres = 7\n", encoding="utf-8")
    environ = {"SCENARIO_USAGE_CONFIG": str(config)}

    assert run("report", "--demo", "--json", environ=environ).code == 0
    refuse(run("report", "--demo", "--by", "cost-centre", environ=environ), 3, str(config))


@pytest.mark.parametrize(
    ("table", "code", "words"),
    [
        ('A = ["x"]\nB = {users = ["y"]}\n', 0, "A, B"),
        ("", 0, "none, fine"),
        ("A = 7\n", 3, 'cost_centres."A" in the config file'),
    ],
)
def test_doctor_checks_the_table(tmp_path: Path, table: str, code: int, words: str) -> None:
    """It is the command for what is wrong with the config file."""
    config = tmp_path / "config.toml"
    config.write_text(f"[cost_centres]\n{table}", encoding="utf-8")
    result = run("doctor", "--demo", environ={"SCENARIO_USAGE_CONFIG": str(config)})

    assert result.code == code
    (line,) = (line for line in result.stdout.splitlines() if "cost centres" in line)
    assert words in line


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    """It is not there, or is a folder."""
    path = str(tmp_path / name)

    refuse(run(*BY, "--cost-centres", path), 3, f"--cost-centres {path}")


def test_a_file_without_the_dimension_is_refused(file: Path) -> None:
    """It would be ignored."""
    result = run("report", *OCTOBER, "--by", "project", "--cost-centres", str(file))

    refuse(result, 2, "--cost-centres needs --by cost-centre")


LISTS: Mapping[str, tuple[str, str]] = {
    "projects": ('A = ["{}"]', "project_0"),
    "teams": ('A = {{users = ["{}"]}}', "user_1"),
}


@pytest.mark.parametrize("status", [403, 404, 500])
@pytest.mark.parametrize("what", LISTS)
def test_ids_work_where_a_list_is_refused(file: Path, what: str, status: int) -> None:
    """And nothing is said of them, as nothing is known."""
    table, one = LISTS[what]
    result = ask(file, table.format(one), "--json", api=Studio(FOUND, **{what: status}))

    assert (warnings(result), list(costs(result))) == ([], [REST, "A"])


def test_an_id_that_nobody_knows_is_told_without_a_list(file: Path) -> None:
    """It may be that of a quiet user, or misspelt, or the name of a key."""
    result = ask(file, 'A = {users = ["user_77"]}', "--json", api=Studio(FOUND, teams=403))

    assert warnings(result) == [
        "'user_77' of the cost centre 'A' matches no user of those that were charged, and there "
        "is no list (403)"
    ]


def test_a_user_in_no_list_is_known_by_usage(file: Path) -> None:
    """Somebody who left."""
    found = [*FOUND, Charge("project_0", "user_gone", "model_0", 500_000)]
    result = ask(file, 'A = {users = ["user_gone"]}', "--json", api=Studio(found))

    assert (warnings(result), costs(result)["A"]) == ([], 0.5)


@pytest.mark.parametrize("text", ["Some name", "project_*", "apiu*"])
@pytest.mark.parametrize("what", LISTS)
def test_names_need_the_list(file: Path, what: str, text: str) -> None:
    """The hint says what works."""
    table, _ = LISTS[what]
    result = ask(file, table.format(text), api=Studio(FOUND, **{what: 403}))

    refuse(result, 4, "403")
    assert "give ids" in result.stderr


def test_names_that_the_answer_tells_need_no_list(file: Path) -> None:
    """The recommended key may not read the team."""
    result = ask(file, 'A = {users = ["name of user_1"]}', "--json", api=Studio(teams=403))

    assert costs(result)["A"] == 6


ALL = (*PROJECTS, *USERS)


@bounded
@given(charges, st.data())
def test_any_mapping_sums_to_the_whole(found: list[Charge], data: st.DataObject) -> None:
    """Each cost centre has what its projects and users have, once; all of them, the whole.

    Where a project of one and a user of another have something in common, nothing is shown.
    """
    names = st.sampled_from([*data.draw(st.sampled_from(["A", "AB", "ABC"])), None])
    by = data.draw(st.sampled_from([PROJECTS, USERS, ALL]))
    owners = {one: data.draw(names) if one in by else None for one in ALL}
    table = {
        name: {
            "projects": [one for one in PROJECTS if owners[one] == name],
            "users": [one for one in USERS if owners[one] == name],
        }
        for name in "ABC"
    }
    text = "".join(f"[cost_centres.{name}]\n{_dump(parts)}" for name, parts in table.items())
    with tempfile.TemporaryDirectory() as folder:
        result = ask(Path(folder, "centres.toml"), text, "--json", api=Studio(found))
    if _has_overlap(found, owners):
        refuse(result, 3, "belongs to two cost centres")
        return
    assert result.code == 0, result.stderr
    document = exact(result.stdout)
    expected = dict.fromkeys(["A", "B", "C", REST], 0)
    for one in found:
        expected[owners[one.project] or owners[one.user] or REST] += one.millionths
    totals = document["breakdown"]["totals"]
    assert {row["cost_centre"]: row["cost"] * 10**6 for row in totals} == expected
    for key in ("cost", "jobs"):
        assert sum(row[key] for row in totals) == document["totals"][key]
    rows = document["breakdown"]["rows"]
    for whole in document["models"]:
        own = [row for row in rows if row["model_id"] == whole["model_id"]]
        assert [sum(row[key] for row in own) for key in ("jobs", "cost")] == [
            *(whole["jobs"], whole["cost"]),
        ]


def _has_overlap(found: Sequence[Charge], owners: Mapping[str, str | None]) -> bool:
    """Whether anything is in a project of one cost centre and of a user of another."""
    both: dict[tuple[str, str], list[Charge]] = {}
    for one in found:
        of_project, of_user = owners[one.project], owners[one.user]
        if of_project and of_user and of_project != of_user:
            both.setdefault((of_project, one.user), []).append(one)
    return any(
        any(one.model for one in overlap) or sum(one.millionths for one in overlap)
        for overlap in both.values()
    )


def _dump(parts: Mapping[str, Sequence[str]]) -> str:
    return "".join(f"{key} = {list(texts)}\n" for key, texts in parts.items())


@pytest.mark.parametrize("columns", [60, 80, 100, 140])
def test_tables_fit(file: Path, columns: int) -> None:
    """However narrow the terminal is."""
    file.write_text('"Game of [brackets] \\u001b and a long name" = ["project_0"]\n')
    environ = {**CREDENTIALS, "NO_COLOR": "1"}
    more = ("--cost-centres", str(file))
    result = run(*BY, *more, transport=Studio(), columns=columns, environ=environ)

    assert result.code == 0
    assert max(map(len, result.stdout.splitlines())) <= columns
    assert "\x1b and" not in result.stdout


def test_what_failed_is_unknown_of_its_cost_centre_and_of_the_rest(file: Path) -> None:
    """And is told once; the others are known."""

    class Failing(Studio):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.params.get("projectIds") == "project_0":
                return answer({"message": "no"}, 400)
            return super().handle_request(request)

    argv = ("--keep-going", "--json", "--retries", "0")
    result = ask(file, 'A = ["project_0"]\nB = ["project_1"]', *argv, api=Failing())
    totals = result.json["breakdown"]["totals"]

    assert result.code == 5
    assert {row["cost_centre"]: row["cost"] for row in totals} == {"A": None, "B": 20, REST: None}
    assert len(warnings(result)) == 1
    Draft202012Validator(run("schema", "report").json).validate(result.json)


def test_more_than_the_whole_is_a_warning(file: Path) -> None:
    """The answers contradict each other; what is shown sums to the whole all the same."""

    class Odd(Studio):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if "projectIds" in request.url.params:
                self.charges = [*FOUND, Charge("project_0", "user_1", "model_1", 2_000_000)] * 2
            return super().handle_request(request)

    result = ask(file, 'A = ["project_0"]', "--json", api=Odd())

    assert costs(result) == {"A": 26, REST: 5.3}
    assert warnings(result) == [
        "consumption of Name of user_1: cost centres have more than the whole, "
        "by cost 10, gross 10",
        "model_0: cost centres have more than the whole, by jobs 2, cost 12",
    ]
