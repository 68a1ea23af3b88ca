"""`export --by-project` with cost centres: a column of them, and one definition per dataset."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.export.support import (
    DAY,
    ENVIRON,
    HEADERS,
    ONE_DAY,
    TWO_DAYS,
    Api,
    Studio,
    assert_refused,
    export,
    export_well,
    no_request,
    part,
    read_everything,
    read_manifest,
    rows_of,
    summary,
    warnings_of,
)
from tests.support import Result, model_row, point, run, usages

Costs = Mapping[tuple[str, str], int]
COSTS: Costs = {
    ("project_a", "user_a"): 2,
    ("project_b", "user_a"): 3,
    ("project_b", "user_b"): 5,
    ("", "user_b"): 7,
}
"""What each user costs in each project, and outside of all."""
PROJECTS = {"project_a": "Films", "project_b": "Games"}
PEOPLE = [{"id": "user_a", "fullName": "Ann"}, {"id": "user_b", "fullName": "Bob"}]
TABLES = ("--datasets", "models,consumption")
FILMS = 'Screen = ["films"]\n'
BOTH = '[cost_centres]\nScreen = ["Films"]\n"Play, =1" = ["g*"]\n'


def answer(day: str, query: Mapping[str, str], costs: Costs = COSTS) -> Any:
    """What the projects and users of the query cost, or all; each user is named."""
    wanted = query["projectIds"].split(",") if "projectIds" in query else ("", *PROJECTS)
    time = f"{day}T00:00:00.000Z"
    if query["type"] == "activity":
        events: list[Any] = [
            {"time": time, "action": "a", "projectId": project or None, "userId": user, "data": {}}
            for project, user in costs
        ]
        return {"activity": events, "entities": {"users": PEOPLE}}
    users = query["userIds"].split(",") if "userIds" in query else [user for _, user in costs]
    found = {key: cost for key, cost in costs.items() if key[0] in wanted and key[1] in users}
    charges: dict[str, int] = {}
    for (_, user), cost in found.items():
        charges[user] = charges.get(user, 0) + cost
    return usages(
        models=[model_row("m", point(time, jobs=len(found), cost=sum(found.values())))],
        consumption=[
            {"userId": user, "value": cost, "discount": 0, "total": cost}
            for user, cost in charges.items()
        ],
        users=PEOPLE,
    )


def api() -> Api:
    """It lists two projects, and no users."""
    return Api(answer, PROJECTS)


class Team(Api):
    """It lists a team as well, which has no people."""

    def __init__(self, costs: Costs = COSTS) -> None:
        super().__init__(partial(answer, costs=costs), PROJECTS)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        team: Any = {"id": "team_1", "users": [], "keys": []}
        if "/teams" in request.url.path:
            return httpx.Response(200, json={"teams": [team], "team": team})
        return super().handle_request(request)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A file of cost centres."""
    return write(tmp_path / "centres.toml", BOTH)


def write(path: Path, text: str) -> Path:
    """A file with this text."""
    path.write_text(text, encoding="utf-8")
    return path


def by_centre(folder: Path, table: str = "models", day: str = DAY) -> dict[str, Decimal]:
    """What a day cost, by cost centre."""
    sums: dict[str, Decimal] = {}
    for row in rows_of(part(folder, table, day)):
        centre = row["cost_centre"]
        sums[centre] = sums.get(centre, Decimal()) + Decimal(row["cost"])
    return sums


def with_config(config: Path, *argv: str, transport: Api) -> Result:
    """A run whose config file is this one."""
    environ = {**ENVIRON, "SCENARIO_USAGE_CONFIG": str(config)}
    return run("export", *argv, environ=environ, transport=transport)


def test_rows_have_the_cost_centre_of_their_project(tmp_path: Path, table: Path) -> None:
    """The last column; what belongs to no project, or to no cost centre, is unassigned."""
    more = ("--by-project", *TABLES, "--cost-centres", str(table), "--json")
    result = export_well(tmp_path / "ds", *ONE_DAY, *more, transport=api())

    path = part(tmp_path / "ds")
    header = path.read_text(encoding="utf-8").partition("\n")[0]
    assert header == f"project_id,project,{HEADERS['models']},cost_centre"
    assert by_centre(tmp_path / "ds") == {"Screen": 2, "Play, =1": 8, "(unassigned)": 7}
    assert by_centre(tmp_path / "ds", "consumption") == by_centre(tmp_path / "ds")
    assert export_well(tmp_path / "ds", "--verify").stdout.endswith("all is as it was written\n")
    assert [line for line in warnings_of(result) if "cost centre" in line] == []


def test_events_have_one_too(tmp_path: Path, table: Path) -> None:
    """By the project of each."""
    more = ("--by-project", "--datasets", "activity", "--cost-centres", str(table))
    export_well(tmp_path / "ds", *ONE_DAY, *more, transport=api())

    rows = rows_of(part(tmp_path / "ds", "activity"))
    assert ",".join(rows[0]) == f"{HEADERS['activity']},cost_centre"
    assert sorted(row["cost_centre"] for row in rows) == [
        *("(unassigned)", "Play, =1", "Play, =1", "Screen"),
    ]


def test_users_count_where_rows_have_users(tmp_path: Path) -> None:
    """By name, as the answers tell it; a warning says where they do not count."""
    text = 'Screen = {users = ["ann", "user_b"]}\nPlay = {users = ["Nobody*"]}\n'
    file = write(tmp_path / "centres.toml", text)
    more = ("--by-project", "--datasets", "models,consumption,activity", "--cost-centres")
    result = export_well(tmp_path / "ds", *ONE_DAY, *more, str(file), transport=Team())

    assert by_centre(tmp_path / "ds", "consumption") == {"Screen": 17}
    assert by_centre(tmp_path / "ds") == {"(unassigned)": 17}
    assert {row["cost_centre"] for row in rows_of(part(tmp_path / "ds", "activity"))} == {"Screen"}
    assert [line for line in warnings_of(result) if "belong to no project" not in line] == [
        "users of cost centres count in consumption and activity; rows of models have no user, "
        "and their cost centre is that of the project",
        "'Nobody*' of the cost centre 'Play' matches no user",
    ]


@pytest.mark.parametrize("dataset", ["consumption", "activity"])
def test_a_row_of_two_cost_centres_is_refused(tmp_path: Path, dataset: str) -> None:
    """By its project and by its user: it would count in one only."""
    text = 'Screen = ["Films"]\nPeople = {users = ["user_a"]}\n'
    file = write(tmp_path / "centres.toml", text)
    more = ("--by-project", "--datasets", dataset, "--cost-centres", str(file))
    result = export(tmp_path / "ds", *ONE_DAY, *more, transport=Team())

    assert (result.code, result.stdout) == (3, "")
    for word in ("'Ann' (user_a)", "'Films' (project_a)", "'Screen'", "'People'", str(file)):
        assert word in result.error


def test_cost_centres_that_overlap_do_not_begin_a_dataset(tmp_path: Path) -> None:
    """It would have to keep them. Once they are mended, the same folder can be used."""
    overlapping = 'Screen = ["Films"]\nPeople = {users = ["user_a"]}\n'
    folder, file = tmp_path / "ds", write(tmp_path / "centres.toml", overlapping)
    more = (*TWO_DAYS, "--by-project", *TABLES, "--cost-centres", str(file))
    result = export(folder, *more, transport=Team())
    assert_refused(result, 3, "belongs to two cost centres")
    assert "let it belong to one of them" in result.stderr
    assert list(folder.rglob("*.csv")) == []

    write(file, 'Screen = ["Films"]\nPeople = {users = ["user_c"]}\n')
    export_well(folder, *more, transport=Team())
    before = read_everything(folder)
    later = ("--until", "2026-10-07", *more[len(TWO_DAYS) :])
    result = export(folder, *later, transport=Team({("project_a", "user_c"): 1}))
    assert_refused(result, 3, "belongs to two cost centres")
    assert "others need another DIR" in result.stderr
    assert read_everything(folder) == before


def test_cost_centres_need_projects(tmp_path: Path, table: Path) -> None:
    """Rows without a project have no cost centre: the option is refused, not ignored."""
    more = (*ONE_DAY, *TABLES, "--cost-centres", str(table))
    result = export(tmp_path / "ds", *more, transport=Api(no_request))
    assert_refused(result, 2, "--cost-centres needs --by-project")
    assert not (tmp_path / "ds" / "_manifest.json").exists()

    export_well(tmp_path / "ds", *ONE_DAY, *TABLES, transport=api())
    result = export(tmp_path / "ds", *more, transport=Api(no_request))
    assert_refused(result, 2, "--cost-centres needs --by-project")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FILMS, "'Play, =1' is gone"),
        (BOTH + 'New = ["x"]', "'New' is new"),
        (BOTH.replace("Films", "films"), "'Screen' is changed"),
        (BOTH.replace('["Films"]', '{users = ["Films"]}'), "'Screen' is changed"),
    ],
)
def test_a_changed_definition_is_refused(
    tmp_path: Path, table: Path, text: str, words: str
) -> None:
    """Rows of before have the cost centres of before; nothing is touched."""
    folder, more = tmp_path / "ds", ("--by-project", *TABLES, "--cost-centres")
    export_well(folder, *ONE_DAY, *more, str(table), transport=api())
    before = read_everything(folder)
    changed = str(write(tmp_path / "changed.toml", text))

    result = export(folder, *TWO_DAYS, *more, changed, transport=Api(no_request))
    assert_refused(result, 2, "exported with other cost centres", words)
    assert "another DIR" in result.stderr
    result = export(folder, "--verify", "--cost-centres", changed)
    assert_refused(result, 2, "exported with other cost centres", words)
    assert_refused(
        export(folder, *TWO_DAYS, *TABLES, transport=Api(no_request)),
        *(2, "exported with cost centres, and not without"),
    )
    assert read_everything(folder) == before


def test_the_same_definition_in_another_order_goes_on(tmp_path: Path, table: Path) -> None:
    """Also from the config file, and without --by-project, which the dataset remembers."""
    folder = tmp_path / "ds"
    first = (*ONE_DAY, *TABLES, "--by-project", "--cost-centres", str(table))
    export_well(folder, *first, transport=api())
    config = write(
        tmp_path / "config.toml",
        '[cost_centres]\n"Play, =1" = {projects = ["g*"], users = []}\nScreen = ["Films"]\n',
    )
    result = with_config(config, str(folder), *TWO_DAYS, *TABLES, "--json", transport=api())

    assert (result.code, summary(result)) == (0, (1, 2))
    assert by_centre(folder, day="2026-10-06") == by_centre(folder)


def test_a_dataset_without_them_stays_so(tmp_path: Path, table: Path) -> None:
    """Those of the config file are not for it, which is said; an option is refused."""
    folder = tmp_path / "ds"
    export_well(folder, *ONE_DAY, *TABLES, "--by-project", transport=api())
    config = write(tmp_path / "config.toml", BOTH)
    result = with_config(config, str(folder), *TWO_DAYS, *TABLES, transport=api())

    assert result.code == 0
    assert "begun without cost centres" in " ".join(warnings_of(result))
    assert "cost_centre" not in rows_of(part(folder, day="2026-10-06"))[0]
    assert "cost_centres" not in read_manifest(folder)
    refused = export(
        folder, *TWO_DAYS, *TABLES, "--cost-centres", str(table), transport=Api(no_request)
    )
    assert_refused(refused, 2, "exported without cost centres, and not with them")


def test_a_dataset_of_all_projects_together_needs_none(tmp_path: Path) -> None:
    """Cost centres of the config file say nothing where rows have no project."""
    config = write(tmp_path / "config.toml", BOTH)
    result = with_config(config, str(tmp_path / "ds"), *ONE_DAY, *TABLES, transport=api())

    assert (result.code, warnings_of(result)) == (0, [])
    assert "cost_centre" not in rows_of(part(tmp_path / "ds"))[0]


def test_a_lost_manifest_is_rebuilt_with_the_column(tmp_path: Path, table: Path) -> None:
    """All days are fetched again, and so have the cost centres that are given now."""
    folder, more = tmp_path / "ds", (*ONE_DAY, *TABLES, "--cost-centres", str(table))
    export_well(folder, *more, "--by-project", transport=api())
    before = part(folder).read_bytes()
    (folder / "_manifest.json").unlink()
    export_well(folder, *more, transport=api())

    assert part(folder).read_bytes() == before
    assert read_manifest(folder)["cost_centres"]["Screen"] == {"projects": ["Films"], "users": []}


def test_parquet_has_the_column(tmp_path: Path, table: Path) -> None:
    """As text, in the last place."""
    parquet = pytest.importorskip("pyarrow.parquet")
    more = (*ONE_DAY, "--by-project", *TABLES, "--format", "parquet", "--cost-centres", str(table))
    export_well(tmp_path / "ds", *more, transport=api())
    export_well(tmp_path / "ds", "--verify")
    found = parquet.read_table(part(tmp_path / "ds").with_suffix(".parquet"))

    assert found.column_names[-1] == "cost_centre"
    assert set(found["cost_centre"].to_pylist()) == {"Screen", "Play, =1", "(unassigned)"}


def test_the_studio_adds_up(tmp_path: Path) -> None:
    """The cost centres of its days sum to what they are without."""
    file = write(tmp_path / "centres.toml", 'A = ["R&D", "Marketing*"]\nB = ["*neon*"]\n')
    more = (*TWO_DAYS, "--by-project", *TABLES, "--cost-centres", str(file))
    export_well(tmp_path / "with", *more, transport=Studio())
    export_well(tmp_path / "without", *TWO_DAYS, *TABLES, transport=Studio())

    for name in ("models", "consumption"):
        whole = sum(Decimal(row["cost"]) for row in rows_of(part(tmp_path / "without", name)))
        found = by_centre(tmp_path / "with", name)
        assert (set(found), sum(found.values())) == ({"A", "B", "(unassigned)"}, whole)


def test_a_dry_run_asks_for_the_projects_only(tmp_path: Path) -> None:
    """It needs no names to list its queries."""
    file = write(tmp_path / "centres.toml", 'A = {projects = ["Films"], users = ["Ann"]}')
    more = (*ONE_DAY, "--by-project", "--dry-run", "--cost-centres", str(file))
    studio = Studio()
    export_well(tmp_path / "ds", *more, transport=studio)

    assert [request.url.path for request in studio.requests] == ["/v1/projects"]
