"""`report --format openmetrics` from the command line, with and without its extra."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_breakdown import BY_PROJECT, BY_USER, Api, keep_going
from tests.cli.test_breakdown import report as report_by
from tests.exposition import check_with_promtool, read_gauges, series
from tests.report.builders import charge, model
from tests.support import CREDENTIALS, FakeApi, Result, answer, model_row, point, run, usages

DEMO = ("report", "--demo", "--period", "2026-10")
METRICS = ("-f", "openmetrics")
FROM_ENVIRON = CREDENTIALS | {"SCENARIO_USAGE_FORMAT": "openmetrics"}

ROWS = {
    ("consumption", "cost"): "scenario_usage_consumption_cost_compute_units",
    ("consumption", "discount"): "scenario_usage_consumption_discount_compute_units",
    ("consumption", "gross"): "scenario_usage_consumption_gross_compute_units",
    ("models", "jobs"): "scenario_usage_jobs",
    ("models", "cost"): "scenario_usage_cost_compute_units",
    ("models", "discount"): "scenario_usage_discount_compute_units",
    ("models", "gross"): "scenario_usage_gross_compute_units",
    ("models", "api_key_cost"): "scenario_usage_api_key_cost_compute_units",
    ("models", "api_key_discount"): "scenario_usage_api_key_discount_compute_units",
    ("assets", "count"): "scenario_usage_assets",
    ("assets", "api_key_count"): "scenario_usage_api_key_assets",
    ("actions", "count"): "scenario_usage_action_runs",
    ("actions", "api_key_count"): "scenario_usage_action_api_key_runs",
    ("actions", "cost"): "scenario_usage_action_cost_compute_units",
    ("actions", "discount"): "scenario_usage_action_discount_compute_units",
    ("actions", "api_key_cost"): "scenario_usage_action_api_key_cost_compute_units",
    ("actions", "api_key_discount"): "scenario_usage_action_api_key_discount_compute_units",
    ("moderation", "count"): "scenario_usage_moderation_assets",
    ("moderation", "api_key_count"): "scenario_usage_moderation_api_key_assets",
    ("quality_gates", "count"): "scenario_usage_quality_gate_assets",
    ("quality_gates", "api_key_count"): "scenario_usage_quality_gate_api_key_assets",
}
TOTALS = {
    "cost": "scenario_usage_totals_cost_compute_units",
    "discount": "scenario_usage_totals_discount_compute_units",
    "gross": "scenario_usage_totals_gross_compute_units",
    "jobs": "scenario_usage_totals_jobs",
    "assets": "scenario_usage_totals_assets",
    "users": "scenario_usage_totals_users",
    "models": "scenario_usage_totals_models",
}
FRAME = {
    "scenario_usage_generated_timestamp_seconds",
    "scenario_usage_period_start_timestamp_seconds",
    "scenario_usage_period_end_timestamp_seconds",
    "scenario_usage_period_provisional",
}
LABELS = {
    "consumption": {"user_id": "user_id", "user": "name"},
    "models": {"model_id": "model_id", "model": "name"},
    "assets": {"kind": "kind"},
    "actions": {"action": "action"},
    "moderation": {"label": "label"},
    "quality_gates": {"verdict": "verdict"},
}


def written(*argv: str, **more: Any) -> str:
    """The metrics that a command writes to stdout, and nothing to stderr."""
    result = run(*argv, *METRICS, **more)
    assert (result.code, result.stderr) == (0, "")
    return result.stdout


def test_the_figures_are_those_of_json() -> None:
    """Totals and rows, to the last digit; nothing but rows of zeros is left out."""
    document = run(*DEMO, "--json").json

    found = read_gauges(written(*DEMO, "--top", "0"))

    expected = {series(name): document["totals"][key] for key, name in TOTALS.items()}
    for (section, key), name in ROWS.items():
        for row in document[section]:
            labels = {label: row[column] for label, column in LABELS[section].items()}
            if row[key] is not None and (row.get("cost") or row.get("jobs") or row.get("count")):
                expected[series(name, **labels)] = row[key]
    assert {k: v for k, v in found.items() if k[0] not in FRAME} == expected


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("--top", "0"),
        ("--by", "project"),
        ("--by", "user", "--top", "3"),
        ("--section", "quality-gates,moderation"),
    ],
)
def test_promtool_has_nothing_to_say(argv: tuple[str, ...]) -> None:
    """No error and no advice about names, units or help; the text ends as the format wants."""
    text = written(*DEMO, *argv)

    assert text.endswith("\n# EOF\n")
    check_with_promtool(text)


@pytest.mark.parametrize(
    ("period", "provisional"), [("last-month", 0), ("this-month", 1), ("today", 1)]
)
def test_a_running_period_is_provisional(period: str, provisional: int) -> None:
    """An alert can tell a month that is over from one that still grows."""
    found = read_gauges(written("report", "--demo", "--period", period, "--section", "models"))

    assert found[series("scenario_usage_period_provisional")] == provisional


def test_a_section_has_its_own_metrics_only() -> None:
    """What was not asked for has no sample, and neither have the totals made of it."""
    found = read_gauges(written(*DEMO, "--section", "assets"))

    assert {name for name, _ in found} == FRAME | {
        "scenario_usage_totals_assets",
        "scenario_usage_assets",
        "scenario_usage_api_key_assets",
    }


@pytest.mark.parametrize(
    ("by", "answers", "expected"),
    [
        (
            "project",
            BY_PROJECT,
            {
                ("cost_compute_units", "project_1", "Hero"): 9,
                ("cost_compute_units", "project_2", "-Two"): 6,
                ("discount_compute_units", "project_1", "Hero"): 0,
                ("discount_compute_units", "project_2", "-Two"): 1,
                ("gross_compute_units", "project_1", "Hero"): 9,
                ("gross_compute_units", "project_2", "-Two"): 7,
                ("jobs", "project_1", "Hero"): 2,
                ("jobs", "project_2", "-Two"): 2,
                ("assets", "project_1", "Hero"): 4,
                ("assets", "project_2", "-Two"): 0,
            },
        ),
        (
            "user",
            BY_USER,
            {
                ("cost_compute_units", "u1", "Ann"): 9,
                ("cost_compute_units", "u2", "u2"): 6,
                ("discount_compute_units", "u1", "Ann"): 0,
                ("discount_compute_units", "u2", "u2"): 1,
                ("gross_compute_units", "u1", "Ann"): 9,
                ("gross_compute_units", "u2", "u2"): 7,
                ("jobs", "u1", "Ann"): 2,
                ("jobs", "u2", "u2"): 2,
                ("assets", "u1", "Ann"): 4,
                ("assets", "u2", "u2"): 0,
            },
        ),
    ],
)
def test_a_breakdown_has_the_totals_of_each(by: str, answers: Any, expected: Any) -> None:
    """Projects or users with what they were charged, ran and made; not each of their models."""
    result = report_by("--by", by, "--section", "breakdown", *METRICS, answers=answers)

    found = read_gauges(result.stdout)
    assert result.code == 0
    assert {k: v for k, v in found.items() if k[0] not in FRAME} == {
        series(f"scenario_usage_{by}_{measure}", **{f"{by}_id": one, by: name}): value
        for (measure, one, name), value in expected.items()
    }


def test_a_part_that_failed_has_no_samples() -> None:
    """With --keep-going only the project that came has figures; the exit code tells."""
    answers = BY_PROJECT | {"project_2": 500}
    result = report_by("--by", "project", "--keep-going", *METRICS, answers=answers)

    found = read_gauges(result.stdout)
    projects = {dict(labels)["project"] for name, labels in found if "_project_" in name}
    assert (result.code, projects) == (5, {"Hero"})


def test_a_period_of_which_a_part_failed_has_no_figures() -> None:
    """What came is less than the whole, and an alert would take it for the whole."""
    result = keep_going(*METRICS, month="2026-06")

    assert result.code == 5
    assert {name for name, _ in read_gauges(result.stdout)} == FRAME


def test_a_saved_answer_makes_the_same_metrics(tmp_path: Path) -> None:
    """--save-raw and --from, as in any other format."""
    raw = str(tmp_path / "raw.json")
    first = written(*DEMO, "--save-raw", raw)

    assert written("report", "--from", raw, environ={}) == first


def test_a_file_is_written_and_stdout_is_not(tmp_path: Path) -> None:
    """What the collector reads is whole, under the name that was given, and alone."""
    file = tmp_path / "scenario_usage.prom"

    assert written(*DEMO, "-o", str(file)) == ""

    assert file.read_text(encoding="utf-8") == written(*DEMO)
    assert [path.name for path in tmp_path.iterdir()] == ["scenario_usage.prom"]


@pytest.mark.parametrize("spelling", ["openmetrics", "OpenMetrics"])
def test_the_environment_can_ask_for_it(spelling: str) -> None:
    """As for any other format, whatever its case."""
    environ = CREDENTIALS | {"SCENARIO_USAGE_FORMAT": spelling}

    assert run(*DEMO, environ=environ).stdout == written(*DEMO)


OTHER_COMMANDS = ["trend", "compare", "activity"]


@pytest.mark.parametrize("command", OTHER_COMMANDS)
def test_other_commands_refuse_the_option(command: str) -> None:
    """It names the formats that this command has."""
    result = run(command, *METRICS)

    assert (result.code, result.stdout) == (2, "")
    assert result.error == "error: --format 'openmetrics' is not a format of this command"
    assert "\nhint: one of table, json" in result.stderr


@pytest.mark.parametrize("command", OTHER_COMMANDS)
def test_other_commands_refuse_the_setting(command: str) -> None:
    """The same from the environment is configuration."""
    result = run(command, environ=FROM_ENVIRON)

    assert (result.code, result.stdout) == (3, "")
    assert (
        result.error == "error: SCENARIO_USAGE_FORMAT 'openmetrics' is not a format of this command"
    )


@pytest.mark.parametrize("command", ["report", *OTHER_COMMANDS])
def test_only_the_help_of_report_names_it(command: str) -> None:
    """--help promises what the command can do."""
    text = run(command, "--help").stdout

    assert ("openmetrics" in text) == (command == "report")


def test_two_formats_are_refused() -> None:
    """--json beside it, as beside any other."""
    result = run(*DEMO, *METRICS, "--json")

    assert (result.code, result.stdout) == (2, "")
    assert result.error == "error: --json and --format ask for different formats"


def test_half_a_surrogate_from_the_api_is_a_label_of_its_escape() -> None:
    """The text of it, as everywhere."""
    document = usages(models=[model_row("\ud800", point(jobs=1))])

    result = run("report", "--from", "-", *METRICS, stdin=json.dumps(document).encode())

    assert result.code == 0
    assert r'"\\ud800"' in result.stdout


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without the extra."""
    for name in [name for name in sys.modules if name.split(".")[0] == "prometheus_client"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    monkeypatch.delitem(sys.modules, "scenario_usage_cli.render.openmetrics", raising=False)


def assert_extra_is_named(result: Result) -> None:
    """Exit 3, nothing on stdout, and two lines that say how to install it."""
    error, hint = result.stderr.splitlines()
    assert (result.code, result.stdout) == (3, "")
    assert error.startswith("error: the format openmetrics needs the extra metrics: ")
    assert hint == "hint: pip install 'scenario-usage-cli[metrics]'"


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("argv", "environ"), [(METRICS, CREDENTIALS), ((), FROM_ENVIRON)], ids=["option", "setting"]
)
def test_a_missing_extra_is_named_before_any_request(
    argv: tuple[str, ...], environ: dict[str, str], tmp_path: Path
) -> None:
    """Nothing is asked, and files stay as they were."""
    api = FakeApi()
    file, raw = tmp_path / "x.prom", tmp_path / "raw.json"
    file.write_text("before")

    result = run(
        *("report", "-o", str(file), "--save-raw", str(raw)),
        *argv,
        transport=api,
        environ=environ,
    )

    assert_extra_is_named(result)
    assert api.requests == []
    assert (file.read_text(), raw.exists()) == ("before", False)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("argv", [("--demo",), ("--from", "-")])
def test_a_missing_extra_is_named_without_the_api_too(argv: tuple[str, ...]) -> None:
    """The built-in studio and a saved answer need it as well."""
    assert_extra_is_named(run("report", *argv, *METRICS, stdin=b"{}"))


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("output_format", ["table", "json", "csv", "tsv", "markdown"])
def test_other_formats_need_no_extra(output_format: str) -> None:
    """Whoever lacks it misses nothing else."""
    api = FakeApi(answer(usages(consumption=[charge("u", 1)], models=[model("m", cost=1)])))

    assert run("report", "-f", output_format, transport=api).code == 0


def test_other_formats_do_not_import_it() -> None:
    """A fast start is kept for those who want no metrics."""
    code = (
        "import sys; from scenario_usage_cli.__main__ import main\n"
        "try: main()\n"
        "finally: assert 'prometheus_client' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *DEMO, "--json"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("by", ["project", "user"])
def test_projects_and_users_are_cut_like_models(by: str) -> None:
    """The rest of them is one series as well."""
    answers = {"project": BY_PROJECT, "user": BY_USER}[by]
    result = run(
        *("report", "--period", "2026-10", "--by", by, "--top", "1"),
        *METRICS,
        transport=Api(answers),
    )

    found = read_gauges(result.stdout)
    name = f"scenario_usage_{by}_cost_compute_units"
    assert found[series(name, **{f"{by}_id": "other", by: "other"})] == 6
    assert len([1 for found_name, _ in found if found_name == name]) == 2
