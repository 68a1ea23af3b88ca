"""`--sort`: one order of rows in every table and every format."""

import csv
import io
import json
import re
from typing import Any

import pytest

from tests.cases import each
from tests.report.builders import action, charge, column, kind, model
from tests.support import CREDENTIALS, FakeApi, Result, answer, at, model_row, point, run, usages

ANSWER = usages(
    consumption=[charge("u1", 5), charge("u2", 9), charge("u3", 5), charge("u4", 9)],
    models=[
        model("m1", jobs=2, cost=30),
        model("m2", jobs=7, cost=20),
        model("m4", jobs=7, cost=1),
        model("m3", jobs=7, cost=10),
    ],
    assets=[kind("video", 3), kind("Audio", 3), kind("image", 8)],
    actions=[action("b", "4"), action("a", "4"), action("c", "2", cost=9), action("d", "6")],
    users=[{"id": f"u{n}", "fullName": name} for n, name in enumerate(("zoe", "Ben", "amy"), 1)],
    model_names={"m1": "beta", "m2": "Alpha", "m3": "alpha", "m4": "Gamma"},
)
ORDERS = {
    "cost": {
        "consumption": ["u2", "u4", "u1", "u3"],
        "models": ["m1", "m2", "m3", "m4"],
        "assets": ["image", "Audio", "video"],
        "actions": ["c", "d", "a", "b"],
    },
    "jobs": {
        "consumption": ["u2", "u4", "u1", "u3"],
        "models": ["m2", "m3", "m4", "m1"],
        "assets": ["image", "Audio", "video"],
        "actions": ["c", "d", "a", "b"],
    },
    "count": {
        "consumption": ["u2", "u4", "u1", "u3"],
        "models": ["m1", "m2", "m3", "m4"],
        "assets": ["image", "Audio", "video"],
        "actions": ["d", "a", "b", "c"],
    },
    "name": {
        "consumption": ["u3", "u2", "u4", "u1"],
        "models": ["m2", "m3", "m1", "m4"],
        "assets": ["Audio", "image", "video"],
        "actions": ["a", "b", "c", "d"],
    },
}
IDS = {"consumption": "user_id", "models": "model_id", "assets": "kind", "actions": "action"}


def report(*argv: str, columns: int | None = None) -> Result:
    """A report of the answer."""
    body = json.dumps(ANSWER).encode()
    result = run("report", "--from", "-", *argv, stdin=body, columns=columns)
    assert result.code == 0, result.stderr
    return result


def demo(*argv: str) -> Any:
    """A document of the built-in studio."""
    result = run(*argv, "--demo", "--json", environ=CREDENTIALS)
    assert result.code == 0, result.stderr
    return result.json


@pytest.mark.parametrize("order", ORDERS)
def test_rows_are_in_the_order_asked_for(order: str) -> None:
    """The largest first, names whatever their case; ties by id, and null after all others.

    A table without that figure keeps its own order.
    """
    document = report("--json", "--sort", order).json

    assert {section: column(document, section, key) for section, key in IDS.items()} == ORDERS[
        order
    ]


def test_nothing_but_the_order_changes() -> None:
    """The rows, and what stands around them, are those of an unsorted report."""
    usual, sorted_ = (report("--json", *argv).json for argv in ((), ("--sort", "name")))
    for section, key in IDS.items():
        for document in (usual, sorted_):
            document[section].sort(key=lambda row: row[key])

    assert sorted_ == usual


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("output_format", ["table", "csv", "tsv", "markdown"])
def test_every_format_has_the_same_order(order: str, output_format: str) -> None:
    """That of JSON."""
    for section, key in IDS.items():
        document = report("--json", "--sort", order).json
        key = "name" if section in ("consumption", "models") else key
        text = report("-f", output_format, "--section", section, "--sort", order).stdout
        wanted = {row[key] for row in document[section]}
        cells = re.split(r"[|\s,]+", text[text.index("\n") :])

        found = list(dict.fromkeys(cell for cell in cells if cell in wanted))

        assert found == column(document, section, key)


def test_top_keeps_the_first_of_that_order() -> None:
    """The others are summed."""
    text = report("--section", "models", "--sort", "jobs", "--top", "2").stdout

    assert [line.split()[0] for line in text.splitlines()[-3:]] == ["Alpha", "alpha", "other"]


@pytest.mark.parametrize("order", ["cost", "jobs", "count", "name"])
def test_breakdowns_are_in_order_within_each_group(order: str) -> None:
    """Projects are in the order of their totals, and so are the models of each."""
    block = demo("report", "--last", "7d", "--by", "project", "--sort", order)["breakdown"]
    totals, rows = block["totals"], block["rows"]
    groups = list(dict.fromkeys(row["project_id"] for row in rows))

    def rank(row: dict[str, Any], id_key: str, name_key: str) -> Any:
        name, key = row[name_key].casefold(), order
        if order == "count":
            key = "assets" if "assets" in row else "cost"
        return (name, row[id_key]) if order == "name" else (-row[key], row[id_key])

    assert totals == sorted(totals, key=lambda row: rank(row, "project_id", "name"))
    assert groups == [row["project_id"] for row in totals if row["project_id"] in groups]
    for group in groups:
        own = [row for row in rows if row["project_id"] == group]
        assert own == sorted(own, key=lambda row: rank(row, "model_id", "model"))


def test_series_of_a_trend_are_in_order_in_all_buckets() -> None:
    """And buckets stay in order of time."""
    usual = ("trend", "--last", "3d", "--split", "model")
    points, expected = (demo(*usual, *argv)["points"] for argv in (("--sort", "jobs"), ()))
    jobs: dict[str, int] = {}
    for point_ in expected:
        jobs[point_["id"]] = jobs.get(point_["id"], 0) + point_["jobs"]
    starts = list(dict.fromkeys(point_["start"] for point_ in expected))

    assert points == sorted(
        expected, key=lambda p: (starts.index(p["start"]), -jobs[p["id"]], p["id"])
    )


@pytest.mark.parametrize("order", ["cost", "jobs"])
def test_series_without_the_figure_stay_as_they_are(order: str) -> None:
    """Kinds of assets have no cost."""
    usual = ("trend", "--last", "3d", "--split", "kind")

    assert demo(*usual, "--sort", order)["points"] == demo(*usual)["points"]


@pytest.mark.parametrize("sort", [(), ("--sort", "cost")])
def test_a_trend_without_a_split_stays_in_order_of_time(sort: tuple[str, ...]) -> None:
    """It has one series, and buckets are never sorted."""
    starts = [one["start"] for one in demo("trend", "--last", "5d", *sort)["points"]]

    assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("order", "models", "assets"),
    [
        ("cost", ["m2", "m3", "m1"], ["image", "video"]),
        ("count", ["m1", "m2", "m3"], ["video", "image"]),
        ("jobs", ["m1", "m2", "m3"], ["image", "video"]),
        ("name", ["m3", "m1", "m2"], ["image", "video"]),
    ],
)
def test_a_comparison_is_sorted_by_what_is_there_now(
    order: str, models: list[str], assets: list[str]
) -> None:
    """Not by the change, as it is otherwise; its totals stay in the order of the report."""
    after = usages(
        models=[model("m1", cost=1), model("m2", cost=50), model("m3", cost=7)],
        assets=[kind("image", 1), kind("video", 5)],
        model_names={"m1": "beta", "m2": "gamma", "m3": "Alpha"},
    )
    before = usages(
        models=[model("m1", cost=90), model("m2", cost=10), model("m3", cost=7)],
        assets=[kind("image", 9), kind("video", 5)],
    )
    api = FakeApi(
        answer(at("2026-10-01T00:00:00.000Z", after)),
        answer(at("2026-09-01T00:00:00.000Z", before)),
    )
    asked = ("compare", "--period", "2026-10", "--jobs", "1", "--json", "--sort", order)
    document = run(*asked, transport=api).json

    assert column(document, "models", "id") == models
    assert column(document, "assets", "id") == assets
    assert column(document, "totals", "id")[:2] == ["cost", "discount"]


def test_long_csv_has_the_order_within_each_section() -> None:
    """With several sections, the ids of each are in that order."""
    found = list(csv.DictReader(io.StringIO(report("--csv", "--sort", "jobs").stdout)))
    ids = [row["id"] for row in found if (row["section"], row["measure"]) == ("models", "jobs")]

    assert ids == ORDERS["jobs"]["models"]


@each(
    "argv",
    [("report",), ("trend",), ("compare",), ("report", "--json"), ("report", "--from", "-")],
)
@each("value", ["size", "cost,jobs", "-cost", "[cost]"])
def test_an_unknown_order_is_refused_with_those_there_are(
    argv: tuple[str, ...], value: str
) -> None:
    """Nothing is fetched, and nothing is on stdout."""
    result = run(*argv, f"--sort={value}")

    assert (result.code, result.stdout) == (2, "")
    assert result.stderr == (
        f"error: --sort {value!r} is not known\nhint: one of cost, jobs, count, name\n"
    )


def test_case_does_not_matter() -> None:
    """As in other options with words."""
    assert report("--sort", "JOBS").stdout == report("--sort", "jobs").stdout


@pytest.mark.parametrize(
    "argv", [("trend", "--heatmap", "--sort", "cost"), ("doctor", "--sort", "cost")]
)
def test_what_has_no_rows_to_sort_refuses_it(argv: tuple[str, ...]) -> None:
    """A calendar is in order of time, and doctor in that of its checks."""
    result = run(*argv, "--demo")

    assert (result.code, result.stdout) == (2, "")
    assert "--sort" in result.error


def test_odd_names_sort_too() -> None:
    """Names with brackets, controls or nothing in them have a place like all others."""
    document = usages(
        models=[model_row(f"m{n}", point(jobs=1, cost=n)) for n in range(5)],
        model_names={"m0": "[b]", "m1": "\x1b[2J", "m2": "", "m3": "ß" * 10_000, "m4": "ẞ"},
    )
    body = json.dumps(document).encode()
    asked = ("report", "--from", "-", "--section", "models", "--json", "--sort", "name")
    result = run(*asked, stdin=body)

    assert column(result.json, "models", "model_id")[0] in ("m1", "m2")
    assert len(result.json["models"]) == 5
