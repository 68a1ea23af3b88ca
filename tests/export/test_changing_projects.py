"""Projects that are renamed, deleted or created between two runs, and what belongs to none."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.export.support import (
    DAY,
    HEADERS,
    ONE_DAY,
    TWO_DAYS,
    Api,
    Studio,
    assert_refused,
    export,
    export_well,
    part,
    read_tree,
    rows_of,
    summary,
    warnings_of,
)
from tests.support import model_row, point, usages

COSTS = {"project_a": 2, "project_b": 3, "project_c": 5, None: 7}
"""What each project costs a day, and what no project at all."""
WHOLE = 17


def answer(day: str, query: Mapping[str, str]) -> Any:
    """What everything costs, or what the projects of the query do."""
    wanted = query.get("projectIds")
    cost = sum(COSTS[one] for one in wanted.split(",")) if wanted else WHOLE
    time = f"{day}T00:00:00.000Z"
    return usages(
        models=[model_row("model_a", point(time, jobs=cost, cost=cost))],
        consumption=[{"userId": "user_a", "value": cost, "discount": 0, "total": cost}],
        assets=[{"kind": "image", "points": [point(time, count=cost, countApiKey=0)]}],
    )


def api(**projects: str) -> Api:
    """It lists these projects."""
    return Api(answer, projects)


BY_PROJECT = ("--by-project", "--datasets", "models,consumption,assets", "--json")
ALL = {"project_a": "Films", "project_b": "Games", "project_c": "Trailers"}


def costs_of(folder: Path, day: str, table: str = "models") -> dict[tuple[str, str], str]:
    """What a day cost, by project id and name."""
    figure = "count" if table == "assets" else "cost"
    rows = rows_of(part(folder, table, day))
    return {(row["project_id"], row["project"]): row[figure] for row in rows}


def test_a_renamed_project_is_renamed_from_then_on(tmp_path: Path) -> None:
    """Days that are final keep the name of their time, and the id tells that it is the same."""
    export_well(tmp_path, *ONE_DAY, *BY_PROJECT, transport=api(**ALL))
    before = read_tree(tmp_path)
    renamed = api(**ALL | {"project_a": "Movies"})
    result = export_well(tmp_path, *TWO_DAYS, *BY_PROJECT, transport=renamed)

    assert summary(result) == (1, 3)
    assert before.items() <= read_tree(tmp_path).items()
    assert costs_of(tmp_path, DAY)["project_a", "Films"] == "2"
    assert costs_of(tmp_path, "2026-10-06")["project_a", "Movies"] == "2"


def test_a_project_created_in_the_middle_is_there_from_then_on(tmp_path: Path) -> None:
    """The day before it does not change; what it had cost until then stands without project."""
    two = {key: ALL[key] for key in ("project_a", "project_b")}
    first = export_well(tmp_path, *ONE_DAY, *BY_PROJECT, transport=api(**two))
    before = read_tree(tmp_path)
    second = export_well(tmp_path, *TWO_DAYS, *BY_PROJECT, transport=api(**ALL))

    assert before.items() <= read_tree(tmp_path).items()
    assert costs_of(tmp_path, DAY) == {
        ("project_a", "Films"): "2",
        ("project_b", "Games"): "3",
        ("", ""): "12",
    }
    assert costs_of(tmp_path, "2026-10-06")["project_c", "Trailers"] == "5"
    assert [len(warnings_of(result)) for result in (first, second)] == [3, 3]


@pytest.mark.parametrize("table", ["models", "consumption", "assets"])
def test_a_deleted_project_leaves_its_figures_without_a_project(table: str, tmp_path: Path) -> None:
    """Days of before keep it; of later days, the sum is still that of the whole, and it is told."""
    export_well(tmp_path, *ONE_DAY, *BY_PROJECT, transport=api(**ALL))
    before = read_tree(tmp_path)
    one = api(project_b="Games")
    result = export_well(tmp_path, *TWO_DAYS, *BY_PROJECT, transport=one)

    assert before.items() <= read_tree(tmp_path).items()
    assert costs_of(tmp_path, "2026-10-06", table) == {("project_b", "Games"): "3", ("", ""): "14"}
    for day in (DAY, "2026-10-06"):
        assert sum(map(Decimal, costs_of(tmp_path, day, table).values())) == WHOLE
    told = f"2026-10-06: some {table} belong to no project that is listed"
    assert told in warnings_of(result)
    assert export(tmp_path, "--verify").code == 0


def test_no_project_at_all_is_everything_without_a_project(tmp_path: Path) -> None:
    """The columns are there, so that the files stay alike."""
    export_well(tmp_path, *ONE_DAY, *BY_PROJECT, transport=api())

    assert costs_of(tmp_path, DAY) == {("", ""): "17"}
    header = part(tmp_path).read_text().splitlines()[0]
    assert header == f"project_id,project,{HEADERS['models']}"


def test_a_project_with_more_than_the_whole_is_made_up_for(tmp_path: Path) -> None:
    """The API counts while it is asked: the sum is that of the whole all the same."""

    def racing(day: str, query: Mapping[str, str]) -> Any:
        cost = 20 if query.get("projectIds") == "project_a" else WHOLE
        if query.get("projectIds") in ("project_b", "project_c"):
            cost = 0
        time = f"{day}T00:00:00.000Z"
        return usages(models=[model_row("model_a", point(time, jobs=cost, cost=cost))])

    argv = (*ONE_DAY, "--by-project", "--datasets", "models")
    export_well(tmp_path, *argv, transport=Api(racing, ALL))

    assert costs_of(tmp_path, DAY) == {("project_a", "Films"): "20", ("", ""): "-3"}


def test_two_projects_of_one_name_stay_two(tmp_path: Path) -> None:
    """They are told apart by their ids."""
    twins = api(project_a="Films", project_b="Films", project_c="Films")
    export_well(tmp_path, *ONE_DAY, *BY_PROJECT, transport=twins)

    assert costs_of(tmp_path, DAY) == {
        ("project_a", "Films"): "2",
        ("project_b", "Films"): "3",
        ("project_c", "Films"): "5",
        ("", ""): "7",
    }


def test_a_project_whose_section_is_left_out_leaves_that_table_out(tmp_path: Path) -> None:
    """Else its figures would seem to belong to no project."""

    def partial(day: str, query: Mapping[str, str]) -> Any:
        document = answer(day, query)
        if query.get("projectIds") == "project_b":
            del document["modelUsages"]
        return document

    result = export_well(tmp_path, *ONE_DAY, *BY_PROJECT, transport=Api(partial, ALL))

    assert not part(tmp_path).exists()
    assert part(tmp_path, "assets").exists()
    assert (
        f"{DAY}: the API left out models: not written; the next export asks for it again"
        in warnings_of(result)
    )


def test_a_key_that_may_not_list_projects_is_told_to_name_them(tmp_path: Path) -> None:
    """Exit 4 without a dataset; with ids of projects, these stand for their names."""

    class Forbidding(Api):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/projects"):
                return httpx.Response(403, json={})
            return super().handle_request(request)

    folder = tmp_path / "usage"
    assert_refused(export(folder, *ONE_DAY, *BY_PROJECT, transport=Forbidding(answer)), 4)
    assert read_tree(folder) == {}
    named = ("--project", "project_a,project_b")
    export_well(folder, *ONE_DAY, *BY_PROJECT, *named, transport=Forbidding(answer))

    costs = costs_of(folder, DAY)
    assert costs == {("project_a", "project_a"): "2", ("project_b", "project_b"): "3"}


def test_a_dataset_by_project_goes_on_by_project(tmp_path: Path) -> None:
    """Also where the option was forgotten; and the manifest may be lost on the way."""
    argv = (*ONE_DAY, "--datasets", "models,activity")
    export_well(tmp_path, *argv, "--by-project")
    export_well(tmp_path, *TWO_DAYS, "--datasets", "models")
    (tmp_path / "_manifest.json").unlink()
    before = read_tree(tmp_path)
    export_well(tmp_path, *TWO_DAYS, "--datasets", "models", transport=Studio())

    assert read_tree(tmp_path) == before
    for day in (DAY, "2026-10-06"):
        header = part(tmp_path, day=day).read_text().splitlines()[0]
        assert header == f"project_id,project,{HEADERS['models']}"
