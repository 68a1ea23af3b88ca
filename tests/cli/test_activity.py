"""`activity`: rows on stdout while they are read, in every format, whole and safe."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from rich.cells import cell_len

from scenario_usage_cli.cli.app import main
from scenario_usage_cli.cli.runtime import Runtime
from tests.cases import each
from tests.collect.event_log import EventLog, answer, event, events
from tests.sandbox.probe import Probe, between
from tests.support import CREDENTIALS, NOW, run

HEADER = (
    "time,action,project_id,project,user_id,user,is_api_key,"
    "model_id,model,job_id,asset_id,collection_id,cost"
)
KEYS = HEADER.split(",")
TITLES = [
    *("Time, UTC", "Action", "Project", "User", "API key"),
    *("Model", "Job", "Asset", "Collection", "Cost, CU"),
]
NASTY = '=1+1\x1b[31m\u202e[bold]|"a, b"\n' + "x" * 80
ALL = ("activity", "--all")
PLAIN = CREDENTIALS | {"NO_COLOR": "1"}


def headings(line: str) -> list[str]:
    """The titles of columns in the first line of a table."""
    return re.split(r"\s{2,}", line.strip())


class Recorder(io.StringIO):
    """A stdout that notes in a list of calls that something was written."""

    def __init__(self, calls: list[str]) -> None:
        super().__init__()
        self._calls = calls

    def write(self, text: str) -> int:
        self._calls.append("write")
        return super().write(text)

    def flush(self) -> None:
        self._calls.append("flush")


class ClosedPipe(io.StringIO):
    """A pipe that is closed after the first piece."""

    pieces = 0

    def write(self, text: str) -> int:
        self.pieces += 1
        if self.pieces > 1:
            raise BrokenPipeError
        return super().write(text)


def start(stdout: io.StringIO, *argv: str, transport: httpx.BaseTransport) -> tuple[int, str]:
    """Run with a stdout of one's own; the code and what was said."""
    stderr = io.StringIO()
    runtime = Runtime(
        io.BytesIO(), stdout, stderr, CREDENTIALS, now=lambda: NOW, transport=transport
    )
    return main(["activity", *argv], runtime), stderr.getvalue()


def test_all_is_the_whole_log_of_the_studio() -> None:
    """Every row, in order, with names that the answers carry."""
    result = run(*ALL, "--demo", "--last", "120h", "--format", "ndjson")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    probe = Probe(NOW)
    expected = probe.activity(**between(NOW.replace(day=17), NOW))

    assert (result.code, result.stderr) == (0, "")
    assert [
        (r["time"], r["action"], r["project_id"], r["user_id"], r["job_id"], r["cost"])
        for r in rows
    ] == [
        (e["time"].replace(".000Z", "Z"), e["action"], e["projectId"], e["userId"],
         e["data"].get("jobId"), None if (c := e.get("creativeUnitsCost")) is None else float(c))
        for e in expected
    ]  # fmt: skip
    assert len(rows) > 100
    assert {"Mateo Álvarez", "Tom O'Brien"} <= {row["user"] for row in rows}


CUT = "only the newest 100 events are shown: --all shows every one"


@pytest.mark.parametrize("name", ["table", "json", "ndjson", "csv", "tsv", "markdown"])
def test_a_log_that_is_cut_says_so(name: str) -> None:
    """One line on stderr, whatever is on stdout; in JSON in the document as well."""
    result = run("activity", "-f", name, transport=EventLog(events(101)))

    assert (result.code, result.stderr) == (0, f"warning: {CUT}\n")
    if name == "json":
        assert (result.json["complete"], result.json["warnings"]) == (False, [CUT])
        schema = json.loads(run("schema", "activity").stdout)
        Draft202012Validator(schema).validate(result.json)


FEW = events(350)
for row in FEW[:200:20]:
    row["action"] = "refunds"


@each(
    ("count", "argv", "warning"),
    [
        (0, (), None),
        (99, (), None),
        (100, (), None),
        (150, (), "only the newest 100 events are shown"),
        (200, (), "only the newest 100 events are shown"),
        (100, ("--limit", "99"), "only the newest 99 events are shown"),
        (2, ("--limit", "1"), "only the newest event is shown"),
        (150, ("--limit", "150"), None),
        (200, ("--limit", "200"), None),
        (300, ("--limit", "250"), "only the newest 250 events are shown"),
        (350, ("--all",), None),
        (
            350,
            ("--action", "refunds", "--limit", "10"),
            "only the newest 10 events are shown, and there may be more",
        ),
        (200, ("--action", "refunds", "--limit", "10"), None),
        (350, ("--action", "refunds", "--limit", "9"), "only the newest 9 events are shown"),
        (350, ("--action", "refunds", "--limit", "11"), None),
        (350, ("--action", "refunds"), None),
    ],
)
def test_complete_is_what_is_known_of_the_rest(
    count: int, argv: tuple[str, ...], warning: str | None
) -> None:
    """A limit that leaves nothing out is no cut; one page behind it is looked at."""
    result = run("activity", *argv, "--json", transport=EventLog(FEW[:count]))
    warnings = [f"{warning}: --all shows every one"] if warning else []

    assert (result.json["complete"], result.json["warnings"]) == (not warnings, warnings)


def test_a_page_behind_the_limit_that_cannot_be_read_is_no_failure() -> None:
    """What was asked for is there; nobody knows whether it is all."""
    api = EventLog(events(300), before=lambda n: answer({}, 500) if n > 1 else None)
    result = run("activity", "--json", "--retries", "0", transport=api)

    assert (result.code, len(result.json["rows"])) == (0, 100)
    assert result.json["complete"] is False
    assert result.stderr == (
        "warning: only the newest 100 events are shown, and there may be more: "
        "--all shows every one\n"
    )


def test_older_parts_of_a_long_period_may_have_more() -> None:
    """A limit reached at the end of its newest part leaves an older one out."""
    empty = EventLog([], before=lambda n: answer({"activity": events(100)}) if n == 1 else None)
    result = run("activity", "--last", "200d", "--json", transport=empty)

    assert (len(result.json["rows"]), result.json["complete"]) == (100, False)
    assert "there may be more" in result.json["warnings"][0]


def test_a_log_that_was_left_out_is_not_complete() -> None:
    """Nobody knows its rows."""
    api = EventLog([], before=lambda n: answer({"activity": None}))
    result = run("activity", "--json", transport=api)

    assert (result.code, result.json["rows"], result.json["complete"]) == (0, [], False)
    for output_format in ("table", "markdown"):
        shown = run("activity", "-f", output_format, transport=api).stdout
        assert shown == "unknown: the API left it out, or a part of it\n"


COSTS = [5, None, 0, 7, -2, 7, 0.5]


def test_events_can_be_sorted_by_cost() -> None:
    """Of the whole log, the dearest first; ties are newest first, and unknown costs last."""
    rows = [
        *events(150),
        *(event(-n, creativeUnitsCost=cost) for n, cost in enumerate(COSTS) if cost != 0.5),
    ]
    log = EventLog(rows)
    argv = ("activity", "--period", "2026-11", "--sort", "cost")
    found = run(*argv, "--all", "--json", transport=log).json
    shown = [(row["cost"], row["job_id"]) for row in found["rows"]]
    known = [row for row in shown if row[0] is not None]

    assert (found["complete"], found["warnings"], len(shown)) == (True, [], 156)
    assert [cost for cost, _ in known] == sorted((cost for cost, _ in known), reverse=True)
    assert shown[len(known) :] == [(None, "job_-1")]
    assert [job for cost, job in shown if cost == 7] == ["job_56", "job_-3", "job_-5"]

    for limit, told in ((1, "the event that cost most is"), (3, "the 3 events that cost most are")):
        found = run(*argv, "--limit", str(limit), "--json", transport=EventLog(rows)).json
        assert [(row["cost"], row["job_id"]) for row in found["rows"]] == shown[:limit]
        assert found["complete"] is False
        assert found["warnings"] == [f"only {told} shown: --all shows every one"]


@pytest.mark.parametrize("order", ["jobs", "count", "name"])
def test_orders_that_events_do_not_have_keep_that_of_time(order: str) -> None:
    """As in every table without such a figure; another order is refused."""
    argv = ("activity", "--period", "2026-11", "--csv")
    plain, kept = (
        run(*argv, *more, transport=EventLog(events(120))) for more in ((), ("--sort", order))
    )

    assert kept == plain
    assert run(*argv, "--sort", "size").code == 2


def test_sorting_nothing_is_no_failure() -> None:
    """Nor is a log of fewer events than the limit left out in part."""
    argv = ("activity", "--period", "2026-11", "--sort", "cost", "--json")
    found = run(*argv, transport=EventLog([])).json
    assert (found["rows"], found["complete"]) == ([], True)
    found = run(*argv, transport=EventLog(events(3))).json
    assert (len(found["rows"]), found["complete"], found["warnings"]) == (3, True, [])


def test_ndjson_is_one_object_per_line() -> None:
    """All keys, in their order, on every line; 100 lines unless asked otherwise."""
    result = run("activity", "-f", "ndjson", transport=EventLog(events(250)))
    lines = result.stdout.splitlines()

    assert len(lines) == 100
    assert [list(json.loads(line)) for line in lines] == [KEYS] * 100
    assert lines[0] == (
        '{"time":"2026-11-01T00:00:00.250Z","action":"images-generation",'
        '"project_id":"project_a","project":"Alpha","user_id":"user_a","user":"user_a",'
        '"is_api_key":false,"model_id":"model_a","model":"model_a","job_id":"job_250",'
        '"asset_id":null,"collection_id":null,"cost":31.25}'
    )


def test_csv_and_tsv_have_the_columns_of_a_row() -> None:
    """No period columns, null is empty, and the header stands there once."""
    result = run(*ALL, "--csv", transport=EventLog(events(150)))
    tsv = run(*ALL, "-f", "tsv", transport=EventLog(events(150)))
    lines = result.stdout.splitlines()

    assert (lines[0], len(lines)) == (HEADER, 151)
    assert lines[-1] == (
        "2026-11-01T00:00:00.001Z,images-generation,project_a,Alpha,user_a,user_a,false,"
        "model_a,model_a,job_1,,,0.125"
    )
    assert tsv.stdout == result.stdout.replace(",", "\t")


@pytest.mark.parametrize("count", [0, 1, 100, 250])
@pytest.mark.parametrize("columns", [None, 80])
def test_json_is_one_object(count: int, columns: int | None) -> None:
    """Valid however many rows there are, compact in a pipe and indented on a terminal."""
    result = run(*ALL, "--json", transport=EventLog(events(count)), columns=columns)
    document = result.json

    assert {key: document[key] for key in document if key != "rows"} == {
        "schema_version": 1,
        "report": "activity",
        "generated_at": "2026-11-22T18:30:00Z",
        "period": {
            "start": "2026-10-24T00:00:00Z",
            "end": "2026-11-22T18:30:00Z",
            "timezone": "UTC",
            "provisional": True,
        },
        "filters": {
            "team_id": None,
            "project_ids": [],
            "user_ids": [],
            "models": [],
            "actions": [],
        },
        "complete": True,
        "warnings": [],
    }
    assert list(document)[-3:] == ["rows", "complete", "warnings"]
    assert [row["job_id"] for row in document["rows"]] == [f"job_{n}" for n in range(count, 0, -1)]
    assert [list(row) for row in document["rows"]] == [KEYS] * count
    if columns is None:
        assert result.stdout == json.dumps(document, separators=(",", ":")) + "\n"
    else:
        assert result.stdout == json.dumps(document, indent=2) + "\n"
    schema = json.loads(run("schema", "activity").stdout)
    Draft202012Validator(schema).validate(document)


def test_a_table_in_a_pipe_is_whole_and_has_one_header() -> None:
    """All columns but ids that have a name, none cut, no colour."""
    log = [event(n, userId="user_" + "x" * 60 * (n == 1)) for n in range(150, 0, -1)]
    lines = run(*ALL, transport=EventLog(log)).stdout.splitlines()

    assert headings(lines[0]) == TITLES
    assert len(lines) == 151
    assert lines[1].split() == [
        *("11-01", "00:00:00", "images-generation", "Alpha", "user_", "no"),
        *("model_a", "job_150", "–", "–", "18.75"),
    ]
    assert "user_" + "x" * 60 in lines[150]


@pytest.mark.parametrize("columns", [20, 30, 40, 60, 80, 120, 250])
def test_a_table_on_a_terminal_fits(columns: int) -> None:
    """Columns go by weight, names are cut, times and numbers never."""
    log = [event(n, userId=f"佐藤{'健' * 40}{n}", creativeUnitsCost=1234.5) for n in (3, 2, 1)]
    environ = {**CREDENTIALS, "NO_COLOR": "1"}
    result = run("activity", transport=EventLog(log), columns=columns, environ=environ)
    head, _, *rows = result.stdout.splitlines()

    assert all(cell_len(line) <= columns for line in result.stdout.splitlines())
    assert {row[:16].rstrip() for row in rows} == {"11-01 00:00:00"}
    assert all(row.endswith("1,234.5") for row in rows) == (columns > 20)
    assert headings(head) == {
        20: ["Time, UTC"],
        30: ["Time, UTC", "Cost, CU"],
        40: ["Time, UTC", "Action", "Cost, CU"],
        60: ["Time, UTC", "Action", "User", "Model", "Cost, CU"],
        80: ["Time, UTC", "Action", "Project", "User", "API key", "Model", "Cost, CU"],
    }.get(columns, TITLES)  # fmt: skip
    assert ("…" in result.stdout) == (columns > 30)


@pytest.mark.parametrize("argv", [(), ("--json",), ("--csv",), ("-f", "ndjson")])
def test_an_empty_log_is_no_failure(argv: tuple[str, ...]) -> None:
    """A header without rows, an empty list, or a word for people."""
    result = run("activity", *argv, transport=EventLog([]))
    expected: dict[Any, str] = {
        (): "nothing in this period\n",
        ("--csv",): HEADER + "\n",
        ("-f", "ndjson"): "",
    }

    assert (result.code, result.stderr) == (0, "")
    assert result.stdout == expected.get(argv, result.stdout)


def test_text_of_the_api_is_data() -> None:
    """Shown in tables, escaped in JSON, disarmed in CSV."""
    log = [event(1, userId=NASTY)]
    outputs = {
        name: run("activity", "-f", name, transport=EventLog(log)).stdout
        for name in ("table", "json", "ndjson", "csv", "markdown")
    }
    row = next(csv.DictReader(io.StringIO(outputs["csv"])))

    assert '=1+1\\x1b[31m\\u202e[bold]|"a, b"\\n' + "x" * 80 in outputs["table"]
    assert json.loads(outputs["json"])["rows"][0]["user"] == NASTY
    assert json.loads(outputs["ndjson"])["user"] == NASTY
    assert outputs["ndjson"].count("\n") == 1
    assert row["user"] == "'" + NASTY
    assert "\\[bold\\]\\|" in outputs["markdown"]
    for name in ("table", "json", "ndjson", "markdown"):
        assert "\x1b" not in outputs[name]
        assert "\u202e" not in outputs[name]


@pytest.mark.parametrize("name", ["table", "json", "ndjson", "csv", "tsv", "markdown"])
def test_a_page_is_out_before_the_next_is_asked_for(name: str) -> None:
    """The first one always; later ones are fetched while the one before is written."""
    api = EventLog(events(120))
    code, _ = start(Recorder(api.calls), "--all", "-f", name, transport=api)

    assert code == 0
    assert api.calls[:5] == ["page 1", "projects", "write", "flush", "page 2"]


def test_a_failure_later_on_leaves_whole_rows() -> None:
    """Those of the pages before, then the two lines and the code."""
    api = EventLog(events(500), before=lambda n: answer({}, 500) if n == 3 else None)
    result = run(*ALL, "--jobs", "1", "--csv", "--retries", "0", transport=api)
    lines = result.stdout.splitlines()

    assert result.code == 5
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["error", "hint"]
    assert (len(lines), lines[0], lines[-1].split(",")[9]) == (201, HEADER, "job_301")
    assert result.stdout.endswith("\n")


def test_a_failure_at_the_start_leaves_nothing() -> None:
    """Not even a header."""
    for argv in ((), ("--csv",), ("--json",)):
        result = run("activity", *argv, "--retries", "0", transport=EventLog(
            [], before=lambda n: answer({}, 401)
        ))  # fmt: skip

        assert (result.code, result.stdout) == (4, "")


def test_a_server_that_ignores_the_offset_is_exit_7() -> None:
    """What was written is the page once."""
    log = events(100)
    api = EventLog(log, before=lambda n: answer({"activity": log}))
    result = run(*ALL, "-f", "ndjson", transport=api)

    assert (result.code, len(result.stdout.splitlines())) == (7, 100)
    assert "repeats a page" in result.error


def test_an_answer_to_another_question_is_exit_7(tmp_path: Path) -> None:
    """Nothing is written of it, and a file stays as it was."""
    target = tmp_path / "log.csv"
    target.write_text("old")
    result = run(*ALL, "--period", "2026-05", "-o", str(target), transport=EventLog(events(3)))
    piped = run(*ALL, "--period", "2026-05", "--csv", transport=EventLog(events(3)))

    assert (result.code, target.read_text()) == (7, "old")
    assert (piped.code, piped.stdout) == (7, "")
    assert "2026-05-01T00:00:00Z to 2026-05-31T23:59:59.999Z" in piped.error


def test_the_end_is_pinned_at_the_start() -> None:
    """Every request names the same two instants."""
    api = EventLog(events(350))
    run(*ALL, "--csv", "--last", "30d", transport=api)

    assert {(query["startDate"], query["endDate"]) for query in api.queries} == {
        ("2026-10-24T00:00:00.000Z", "2026-11-22T18:30:00.000Z")
    }


def test_filters_reach_the_api_and_the_document() -> None:
    """All but the action, for which the API has no filter."""
    api = EventLog(events(3))
    result = run(
        *("activity", "--project", "project_a,project_b", "--user", "user_a", "--team", "team_1"),
        *("--action", "custom,refunds", "--action", "images-generation", "--limit", "2", "--json"),
        transport=api,
    )

    assert (api.queries[0]["projectIds"], api.queries[0]["userIds"]) == (
        "project_a,project_b",
        "user_a",
    )
    assert api.queries[0]["teamId"] == "team_1"
    assert result.json["filters"] == {
        "team_id": "team_1",
        "project_ids": ["project_a", "project_b"],
        "user_ids": ["user_a"],
        "models": [],
        "actions": ["custom", "refunds", "images-generation"],
    }
    assert len(result.json["rows"]) == 2


def test_a_warning_is_said_and_written() -> None:
    """On stderr, and in JSON after the rows."""
    api = EventLog(events(2), projects=answer({}, 403))
    result = run("activity", "--json", transport=api)
    text = "this key may not list projects (403): their ids are shown instead of names"

    assert (result.code, result.stderr) == (0, f"warning: {text}\n")
    assert result.json["warnings"] == [text]


@pytest.mark.parametrize(
    "argv",
    [
        ("--limit", "5", "--all"),
        ("--limit", "0"),
        ("--limit", "-1"),
        ("--limit", "x"),
        ("--action", ","),
        ("--format", "yaml"),
        ("--top", "5"),
        ("--json", "--csv"),
    ],
)
def test_what_cannot_be_meant_is_refused(argv: tuple[str, ...]) -> None:
    """Before anything is asked."""
    result = run("activity", *argv)

    assert (result.code, result.stdout) == (2, "")
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["error", "hint"]


def test_a_closed_pipe_ends_quietly_and_asks_for_no_more() -> None:
    """Whoever reads has seen enough."""
    api = EventLog(events(100_000))
    code, said = start(ClosedPipe(), "--all", "--csv", "--jobs", "1", transport=api)

    assert (code, said) == (0, "")
    assert len(api.queries) <= 3


def test_head_ends_the_process_quietly() -> None:
    """A real pipe, closed after the first line."""
    command = [sys.executable, "-m", "scenario_usage_cli", *ALL, "--demo", "--csv"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={"PATH": os.environ["PATH"], "SCENARIO_USAGE_CONFIG": "/proc/nonexistent"},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == HEADER + "\n"
        process.stdout.close()
        said = process.stderr.read()
        assert (process.wait(30), said) == (0, "")


def test_a_file_is_whole_or_as_it_was(tmp_path: Path) -> None:
    """What stdout would have, and the old text where a page fails."""
    target = tmp_path / "log.csv"
    target.write_text("old")
    api = EventLog(events(500), before=lambda n: answer({}, 500) if n == 3 else None)
    argv = (*ALL, "--jobs", "1", "--csv", "--retries", "0", "-o", str(target))
    failed = run(*argv, transport=api)

    assert (failed.code, failed.stdout, target.read_text()) == (5, "", "old")
    for name in ("table", "json", "ndjson", "csv"):
        written = run(*ALL, "-f", name, "-o", str(target), transport=EventLog(events(250)))
        assert (written.code, written.stdout, written.stderr) == (0, "", "")
        assert target.read_text() == run(*ALL, "-f", name, transport=EventLog(events(250))).stdout
    assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]


class Interrupted(EventLog):
    """A log at whose second page the user presses Ctrl-C."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.params.get("activityOffset"):
            raise KeyboardInterrupt
        return super().handle_request(request)


def test_ctrl_c_ends_with_130_and_one_line(tmp_path: Path) -> None:
    """No half file stays."""
    result = run(*ALL, "-o", str(tmp_path / "out"), transport=Interrupted(events(300)))

    assert (result.code, result.stderr) == (130, "interrupted\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("limit", "rows"), [("0000000002", 2), ("9" * 5000, 7)])
def test_a_number_is_what_its_digits_say(limit: str, rows: int) -> None:
    """Zeros before it, and more digits than anybody can mean."""
    result = run("activity", "--limit", limit, "--csv", transport=EventLog(events(7)))

    assert (result.code, len(result.stdout.splitlines())) == (0, 1 + rows)


def times(*argv: str, moments: tuple[str | None, ...], columns: int | None = None) -> list[str]:
    """The heading and the cells of the times of events, as a table has them."""
    log = [event(1) | {"time": moment} for moment in moments]
    result = run("activity", *argv, transport=EventLog(log), columns=columns, environ=PLAIN)
    assert result.code == 0, result.stderr
    lines = result.stdout.splitlines()
    width = lines[0].index("Action")
    return [line[:width].rstrip() for line in lines if "─" not in line]


@pytest.mark.parametrize("columns", [None, 80, 200])
def test_times_are_short_and_those_of_the_zone(columns: int | None) -> None:
    """The heading says which zone that is."""
    asked = ("--start", "2026-10-30", "--end", "2026-11-02", "--tz", "Europe/Paris")
    moments = ("2026-10-31T23:41:11.006Z", "2026-10-31T02:00:00Z", None)

    assert times(*asked, moments=moments, columns=columns) == [
        *("Time, Europe/Paris", "11-01 00:41:11", "10-31 03:00:00", "–")
    ]


def test_an_event_of_which_nothing_is_known_is_a_row() -> None:
    """Of nulls, as the schema allows."""
    document = run("activity", "--json", transport=EventLog([{"data": {}}])).json

    assert [list(row.values()) for row in document["rows"]] == [[None] * len(KEYS)]
    Draft202012Validator(run("schema", "activity").json).validate(document)


def test_times_have_their_year_where_there_are_two() -> None:
    """In the zone, where a year may begin earlier."""
    moments = ("2025-12-31T23:30:00.000Z",)
    in_utc = ("--start", "2025-12-31T22:00Z", "--end", "2025-12-31T23:45Z")

    assert times(*in_utc, moments=moments)[1] == "12-31 23:30:00"
    assert times(*in_utc, "--tz", "Europe/Paris", moments=moments)[1] == "2026-01-01 00:30:00"


def test_what_is_no_time_stays_as_it_is() -> None:
    """On a terminal, whatever it would obey is escaped."""
    assert times("--last", "3d", moments=("some\x1b[31m day",))[1] == "some\\x1b[31m day"


def test_data_keep_times_of_utc() -> None:
    """Whatever the zone is; Markdown has local ones, with their year."""
    asked = ("activity", "--start", "2026-11-01", "--end", "2026-11-02", "--tz", "Asia/Kathmandu")
    found = {
        name: run(*asked, "-f", name, transport=EventLog([event(1)])).stdout
        for name in ("json", "ndjson", "csv", "tsv", "markdown")
    }
    text = found.pop("markdown")

    assert [name for name, data in found.items() if "2026-11-01T00:00:00.001Z" not in data] == []
    assert "| Time, Asia/Kathmandu |" in text
    assert "| 2026-11-01 05:45:00 |" in text


@pytest.mark.parametrize("columns", [100, 120, 140, 170])
def test_ids_are_whole_or_left_out(columns: int) -> None:
    """The beginning of an id tells nobody anything."""
    asked = ("activity", "--demo", "--last", "2d")
    ids = {row["job_id"] for row in run(*asked, "--json").json["rows"]} - {None}
    text = run(*asked, columns=columns, environ=PLAIN).stdout

    assert ("job_" in text) == (columns > 100)
    assert set(re.findall(r"job_\w+…?", text)) <= ids
