"""`trend` from the command line: units, zones, splits, every format, and what it refuses."""

import csv
import io
import json
import re
from collections import defaultdict
from decimal import Decimal
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from rich.cells import cell_len

from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox
from tests.cases import each
from tests.report.builders import charge
from tests.support import CREDENTIALS, NOW, FakeApi, Result, answer, model_row, point, run, usages

POINT_KEYS = [
    *("start", "id", "name", "jobs", "cost", "discount", "gross"),
    *("api_key_cost", "api_key_discount", "count", "api_key_count", "partial"),
]
FIRST_DAYS = ("--start", "2026-10-01", "--end", "2026-10-03")
PLAIN = CREDENTIALS | {"NO_COLOR": "1"}
ANSWER = usages(
    consumption=[charge("u1", 12)],
    models=[
        model_row("m1", point("2026-10-01T00:00:00.000Z", jobs=3, cost=1200.5, discount=0.5)),
        model_row("m2", point("2026-10-03T00:00:00.000Z", jobs=1, cost=-50)),
        model_row("m3", point("2026-10-03T00:00:00.000Z", jobs=1, cost=7)),
    ],
    assets=[{"kind": "image", "points": [point("2026-10-02T00:00:00.000Z", count=4)]}],
    actions=[
        {
            "usageName": "run",
            "granularity": "1d",
            "points": [point("2026-10-02T00:00:00.000Z", value="4", apiKey="0", cost=2)],
        }
    ],
    model_names={"m1": "=Flux [pro]"},
)


def exact(result: Result) -> Any:
    """The document with exact numbers."""
    assert result.code == 0, result.stderr
    return json.loads(result.stdout, parse_float=Decimal)


def trend(*argv: str, columns: int | None = None) -> Result:
    """Three days in October from a scripted API."""
    api = FakeApi(answer(ANSWER))
    result = run("trend", *FIRST_DAYS, *argv, transport=api, columns=columns, environ=PLAIN)
    api.assert_used_up()
    assert (result.code, result.stderr.count("\n")) == (0, result.stderr.count(" differs from "))
    return result


def add_up(points: list[dict[str, Any]], *keys: str) -> dict[Any, list[Decimal | None]]:
    """The measures of each series over all buckets; null where all are."""
    series = defaultdict(list)
    for row in points:
        series[row["id"]].append(row)
    return {
        one: [
            sum(known) if (known := [row[key] for row in rows if row[key] is not None]) else None
            for key in keys
        ]
        for one, rows in series.items()
    }


@pytest.mark.parametrize(
    ("split", "types"),
    [
        ("total", "consumption,model-usages,asset-usages,usages"),
        ("model", "consumption,model-usages,usages"),
        ("kind", "asset-usages,usages"),
        ("action", "consumption,usages"),
    ],
)
def test_it_asks_for_what_the_split_is_made_of(split: str, types: str) -> None:
    """One query, if its answer is as fine as the buckets."""
    api = FakeApi(answer(ANSWER))
    run("trend", *FIRST_DAYS, "--split", split, transport=api)

    assert [request.url.params["type"] for request in api.requests] == [types]


@pytest.mark.parametrize(
    ("zone", "unit", "period"),
    [
        ("UTC", "day", ("--last", "9d")),
        ("UTC", "hour", ("--last", "30h")),
        ("UTC", "week", ("--last", "150d")),
        ("Asia/Tokyo", "week", ("--last", "20d")),
        ("Asia/Kolkata", "day", ("--last", "5d")),
        ("Asia/Kathmandu", "day", ("--last", "4d")),
        ("Europe/Paris", "day", ("--start", "2026-10-23", "--end", "2026-10-27")),
        ("America/New_York", "hour", ("--start", "2026-11-01", "--end", "2026-11-01")),
        ("Australia/Lord_Howe", "day", ("--start", "2026-10-02", "--end", "2026-10-06")),
    ],
)
def test_points_add_up_to_the_report(zone: str, unit: str, period: tuple[str, ...]) -> None:
    """Exactly, in every zone and unit, over clock changes and over 120 days."""
    asked = (*period, "--tz", zone, "--demo", "--json")
    report = exact(run("report", *asked))
    found = exact(run("trend", *asked, "--by", unit))

    assert found["period"] == report["period"]
    assert add_up(found["points"], "cost", "jobs", "count") == {
        None: [
            report["reconciliation"]["model_cost"],
            report["totals"]["jobs"],
            report["totals"]["assets"],
        ]
    }


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris"])
@pytest.mark.parametrize(
    ("split", "section", "id_key", "measures"),
    [
        ("model", "models", "model_id", ("jobs", "cost", "discount", "gross", "api_key_cost")),
        ("kind", "assets", "kind", ("count", "api_key_count")),
        ("action", "actions", "action", ("count", "api_key_count", "cost", "discount")),
    ],
)
def test_each_series_adds_up_to_its_row_of_the_report(
    zone: str, split: str, section: str, id_key: str, measures: tuple[str, ...]
) -> None:
    """Over the day of the clock change; null stays null."""
    asked = ("--start", "2026-10-24", "--end", "2026-10-26", "--tz", zone, "--demo", "--json")
    rows = exact(run("report", *asked))[section]
    found = exact(run("trend", *asked, "--split", split))

    assert add_up(found["points"], *measures) == {
        row[id_key]: [row[key] for key in measures] for row in rows
    }


def test_a_day_of_25_hours_is_one_point_and_25_by_hour() -> None:
    """The hour that comes twice is told apart by its offset."""
    asked = ("--start", "2026-10-25", "--end", "2026-10-25", "--tz", "Europe/Paris", "--demo")
    day = exact(run("trend", *asked, "--by", "day", "--json"))["points"]
    hours = exact(run("trend", *asked, "--by", "hour", "--json"))["points"]

    assert [row["start"] for row in day] == ["2026-10-25T00:00:00+02:00"]
    assert len({row["start"] for row in hours}) == len(hours) == 25
    assert [row["start"] for row in hours[2:4]] == [
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:00:00+01:00",
    ]
    assert add_up(hours, "cost", "count") == add_up(day, "cost", "count")


def test_the_demo_and_the_sandbox_say_the_same() -> None:
    """The demo is the sandbox, without a server."""
    asked = ("trend", "--last", "3d", "--by", "day", "--split", "model", "--json")
    environ = CREDENTIALS | {"SCENARIO_SDK_API_KEY": API_KEY, "SCENARIO_SDK_API_SECRET": API_SECRET}
    served = run(*asked, environ=environ, transport=httpx.WSGITransport(Sandbox(lambda: NOW)))

    assert served.json == run(*asked, "--demo").json


def test_a_trend_over_a_coarse_answer_asks_for_smaller_parts() -> None:
    """Until no point stands for more than one bucket; nothing is counted twice."""
    ranges = []

    def respond(request: httpx.Request) -> httpx.Response:
        start, end = request.url.params["startDate"], request.url.params["endDate"]
        ranges.append((start, end))
        granularity = "7d" if len(ranges) == 1 else "1d"
        row = {"usageName": "run", "granularity": granularity, "points": []}
        models = [model_row("m", point(start, jobs=1, cost=1))]
        return answer(usages(models=models, actions=[row]))

    found = exact(
        run("trend", *FIRST_DAYS, "--json", "--by", "day", transport=httpx.MockTransport(respond))
    )

    assert ranges[0] == ("2026-10-01T00:00:00.000Z", "2026-10-03T23:59:59.999Z")
    assert len(ranges) > 1
    assert sum(row["cost"] for row in found["points"]) == len(ranges) - 1


@pytest.mark.parametrize(
    ("period", "unit"),
    [("48h", "hour"), ("5d", "day"), ("9w", "week")],
)
def test_the_unit_follows_the_period(period: str, unit: str) -> None:
    """Unless it is given."""
    assert run("trend", "--demo", "--last", period, "--json").json["by"] == unit


def test_json_has_its_keys() -> None:
    """A row per bucket and series; what a split does not have is null."""
    document = trend("--split", "model", "--json").json

    assert list(document) == [
        *("schema_version", "report", "generated_at", "period", "filters"),
        *("by", "split", "points", "warnings"),
    ]
    assert list(document["points"][0].items()) == [
        ("start", "2026-10-01T00:00:00Z"),
        *(("id", "m1"), ("name", "=Flux [pro]"), ("jobs", 3)),
        *(("cost", 1200.5), ("discount", 0.5), ("gross", 1201)),
        *(("api_key_cost", 0), ("api_key_discount", 0)),
        *(("count", None), ("api_key_count", None), ("partial", False)),
    ]
    assert len(document["points"]) == 9


@pytest.mark.parametrize(("output_format", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_csv_has_the_keys_of_points(output_format: str, delimiter: str) -> None:
    """After the period; null is empty, and a name that looks like a formula is disarmed."""
    text = trend("--split", "model", "-f", output_format).stdout
    header, *rows = csv.reader(io.StringIO(text), delimiter=delimiter)

    assert header == ["period_start", "period_end", *POINT_KEYS]
    assert rows[0] == [
        *("2026-10-01T00:00:00Z", "2026-10-03T23:59:59.999Z", "2026-10-01T00:00:00Z"),
        *("m1", "'=Flux [pro]", "3", "1200.5", "0.5", "1201", "0", "0", "", "", "false"),
    ]
    assert len(rows) == 9


PIPED = """\
Scenario usage by day
2026-10-01 to 2026-10-03, UTC
 Jobs         Cost   Discount      Gross
    5   1,157.5 CU     0.5 CU   1,158 CU

Models
 Name         Jobs  Cost, CU  Discount, CU  Gross, CU  Cost by API key, CU  Discount by API key, CU     Share  By day
 =Flux [pro]     3   1,200.5           0.5      1,201                    0                        0  103.71 %  █··
 m3              1       7             0            7                    0                        0    0.60 %  ··█
 m2              1     -50             0          -50                    0                        0   -4.32 %  ···

By day
 Day             Jobs  Cost, CU  Discount, CU  Gross, CU  Cost by API key, CU  Discount by API key, CU     Share
 2026-10-01 Thu     3   1,200.5           0.5      1,201                    0                        0  103.71 %  ████████████████████
 2026-10-02 Fri     0       0             0            0                    0                        0    0.00 %
 2026-10-03 Sat     2     -43             0          -43                    0                        0   -3.71 %

Consumption · this is a trend of models; the rest ran without one, or was refunded
 Consumption       Models    Difference
       12 CU   1,157.5 CU   -1,145.5 CU
"""  # noqa: E501


def test_a_piped_table_has_a_course_per_series_and_a_bar_per_bucket() -> None:
    """What was refunded has no height; series without any number are left out."""
    text = trend("--split", "model").stdout

    assert text == PIPED


def test_markdown_has_the_same_tables() -> None:
    """The series and the buckets, no points."""
    text = trend("--split", "model", "-f", "markdown").stdout

    assert "| Name | Jobs | Cost, CU |" in text
    assert "| 2026-10-03 Sat | 2 | -43 |" in text
    assert "2026-10-03T00" not in text


def test_top_cuts_the_series_table_only() -> None:
    """The rest is summed, with its course; buckets, JSON and CSV stay whole."""
    table = trend("--split", "model", "--top", "1").stdout
    other = next(line.split() for line in table.splitlines() if "other (2)" in line)

    assert other == ["other", "(2)", "2", "-43", "0", "-43", "0", "0", "-3.71", "%", "···"]
    assert table.count("2026-10-0") == 3 + 2
    for output_format in ("csv", "tsv", "json"):
        asked = ("--split", "model", "-f", output_format)
        assert trend(*asked, "--top", "1").stdout == trend(*asked).stdout


@each("columns", [60, 80, 120])
@each("split", ["total", "model", "kind", "action"])
@each("last", ["20h", "20d"])
def test_tables_fit_the_terminal(columns: int, split: str, last: str) -> None:
    """No line is wider, however many buckets there are; the size of each stays."""
    result = run(
        *("trend", "--demo", "--last", last, "--split", split), columns=columns, environ=PLAIN
    )
    size = "Assets" if split == "kind" else "Cost, CU"

    assert result.code == 0
    assert max(map(cell_len, result.stdout.splitlines())) <= columns
    assert any(line.split()[1:] and size in line for line in result.stdout.splitlines()[6:])


def test_an_empty_period_is_zeros() -> None:
    """Before the studio began; nothing is divided by nothing."""
    asked = ("trend", "--demo", "--period", "2019-05")
    document = exact(run(*asked, "--json"))
    table = run(*asked, "--split", "model")

    assert add_up(document["points"], "cost", "jobs", "count") == {None: [0, 0, 0]}
    assert len(document["points"]) == 31
    assert (table.code, table.stderr) == (0, "")
    assert "nothing in this period" in table.stdout


@pytest.mark.parametrize("split", ["total", "model", "kind", "action"])
def test_its_json_validates_against_its_schema(split: str) -> None:
    """`schema trend` describes what `trend --json` prints."""
    described = run("schema", "trend")

    assert described.code == 0
    Draft202012Validator(described.json).validate(trend("--split", split, "--json").json)


@each(
    ("argv", "told"),
    [
        (("--heatmap", "--json"), "--heatmap shows the cost of days, and --format json"),
        (("--heatmap", "--csv"), "--heatmap shows the cost of days, and --format csv"),
        (("--heatmap", "-f", "markdown"), "--heatmap shows the cost of days"),
        (("--heatmap", "--by", "month"), "--heatmap shows the cost of days, and --by month"),
        (("--heatmap", "--split", "model"), "--heatmap shows the cost of days, and --split model"),
        (("--model", "m*", "--split", "kind"), "--split kind shows none"),
        (("--model", "m*", "--split", "action"), "--split action shows none"),
        (("--by", "year"), "--by 'year' is not known"),
        (("--by", ""), "--by is empty"),
        (("--split", "team"), "--split 'team' is not known"),
        (("--json", "--csv"), "--json and --csv ask for different formats"),
        (("-f", "xml"), "--format 'xml' is not a format of this command"),
        (("--last", "7d"), "two ways to name a period"),
    ],
)
def test_contradictions_are_refused_before_anything_is_asked(
    argv: tuple[str, ...], told: str
) -> None:
    """Exit 2, two lines, nothing on stdout and no request."""
    result = run("trend", *FIRST_DAYS, *argv)

    assert (result.code, result.stdout, len(result.stderr.splitlines())) == (2, "", 2)
    assert told in result.error


def test_a_failing_part_leaves_nothing_on_stdout() -> None:
    """The API's error is the command's."""
    result = run("trend", *FIRST_DAYS, transport=FakeApi(answer({"message": "no"}, 400)))

    assert (result.code, result.stdout) == (5, "")


def heatmap(*argv: str, columns: int | None = None, environ: dict[str, str] = PLAIN) -> Result:
    """Three days in October as a calendar."""
    result = run(
        *("trend", *FIRST_DAYS, "--heatmap", *argv),
        transport=FakeApi(answer(ANSWER)),
        columns=columns,
        environ=environ,
    )
    assert result.code == 0
    return result


def test_the_heatmap_is_weeks_by_weekdays() -> None:
    """The darkest day is the dearest; a refund is nothing, a day outside is blank."""
    assert heatmap().stdout.split("\n\n")[1] == (
        "     Oct\nMon\nTue\nWed\nThu  ██\nFri  ··\nSat  ··\nSun"
    )


def test_the_heatmap_in_colour_has_the_same_cells() -> None:
    """Without the escapes each day has a cell of the same width."""
    coloured = heatmap(columns=80, environ=CREDENTIALS | {"TERM": "xterm-256color"}).stdout
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)

    assert "\x1b[38;5;51m██\x1b[0m" in coloured
    assert "\x1b" not in heatmap(columns=80).stdout
    assert [len(line) for line in bare.splitlines()] == [
        len(line) for line in heatmap(columns=80).stdout.splitlines()
    ]


def test_the_heatmap_goes_on_below_where_the_width_ends() -> None:
    """Each week is there once, under its weekdays."""
    result = run("trend", "--demo", "--last", "150d", "--heatmap", columns=60, environ=PLAIN)
    days = re.findall("··|░░|▒▒|▓▓|██", result.stdout.partition("less")[0])

    assert (result.stdout.count("Mon  "), len(days)) == (2, 150)
    assert max(map(cell_len, result.stdout.splitlines())) <= 60


def test_no_part_of_a_heatmap_is_wider_than_the_terminal() -> None:
    """Its legend neither."""
    result = run("trend", "--demo", "--last", "90d", "--heatmap", columns=36, environ=PLAIN)

    assert max(map(cell_len, result.stdout.splitlines())) <= 36


def test_months_of_a_heatmap_are_apart() -> None:
    """One that has a single week there makes room for the next."""
    for month in range(1, 11):
        start = f"2026-{month:02}-25"
        shown = run("trend", "--demo", "--start", start, "--heatmap").stdout
        months = shown.split("\n\n")[1].splitlines()[0]
        assert all(len(name) == 3 for name in months.split()), months


def test_a_heatmap_of_nothing_is_dots() -> None:
    """Nothing is divided by nothing."""
    result = run("trend", "--demo", "--period", "2019-05", "--heatmap")

    assert (result.code, result.stderr) == (0, "")
    assert result.stdout.partition("less")[0].count("··") == 31


def test_the_legend_of_the_heatmap_shows_every_shade() -> None:
    """A shade that days have is explained."""
    legend = heatmap().stdout.splitlines()[-1]

    assert re.findall("··|░░|▒▒|▓▓|██", legend) == ["··", "░░", "▒▒", "▓▓", "██"]


def test_the_heatmap_has_no_line_that_is_too_wide() -> None:
    """Filters and long zones are broken, as in tables."""
    asked = ("-p", "project_378oXMWFelvemRGn8kNGAu", "--tz", "America/Argentina/Buenos_Aires")
    result = run("trend", "--demo", *FIRST_DAYS, "--heatmap", *asked, columns=60, environ=PLAIN)
    lines = result.stdout.splitlines()

    assert max(map(cell_len, lines)) <= 60


def test_the_heatmap_shows_control_characters_and_does_not_obey_them() -> None:
    """As every table does."""
    assert "\x1b" not in heatmap("--model", "\x1b[31mred*").stdout
    assert "\x1b" not in trend_of_pattern("\x1b[31mred*")


def trend_of_pattern(pattern: str) -> str:
    """The table of a trend narrowed to a pattern."""
    return run(
        *("trend", *FIRST_DAYS, "--model", pattern), transport=FakeApi(answer(ANSWER))
    ).stdout


def test_the_course_of_the_whole_is_drawn_as_well() -> None:
    """One letter a day, also where nothing splits the trend."""
    result = run("trend", "--demo", "--start", "2026-11-09", "--end", "2026-11-15")
    line = next(line for line in result.stdout.splitlines() if line.startswith(" total "))
    course = line.split()[-1]

    assert len(course) == 7
    assert set(course) <= set("·▁▂▃▄▅▆▇█")
    assert "█" in course


def test_an_hour_that_clocks_show_twice_has_two_names() -> None:
    """In tables with the offset, which CSV and JSON always have."""
    day = ("--start", "2026-10-25", "--end", "2026-10-25", "--tz", "Europe/Paris", "--by", "hour")
    lines = run("trend", "--demo", *day).stdout.splitlines()
    hours = [" ".join(line.split()[:2]) for line in lines if line.startswith(" 2026-10-25 ")]

    assert hours[1:5] == [
        "2026-10-25 01:00",
        "2026-10-25 02:00+02:00",
        "2026-10-25 02:00+01:00",
        "2026-10-25 03:00",
    ]
    assert len(set(hours)) == 25
