"""The name of the output file chooses its format, unless an option says another."""

from pathlib import Path

import pytest

from tests.support import CREDENTIALS, run

REPORT = ("report", "--demo", "--section", "assets", "--period", "2026-10")
STARTS = {
    "json": '{"schema_version":1,',
    "csv": "period_start,period_end,kind,",
    "tsv": "period_start\tperiod_end\tkind\t",
    "markdown": "# ",
    "openmetrics": "# HELP ",
    "table": "Scenario usage",
}


def write(folder: Path, name: str, *argv: str, **environ: str) -> str:
    """What a report writes into a file of this name."""
    target = folder / name
    result = run(*REPORT, "-o", str(target), *argv, environ={**CREDENTIALS, **environ})
    assert (result.code, result.stdout, result.stderr) == (0, "", "")
    return target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("out.json", "json"),
        ("out.csv", "csv"),
        ("out.tsv", "tsv"),
        ("out.md", "markdown"),
        ("out.markdown", "markdown"),
        ("out.prom", "openmetrics"),
        ("out.om", "openmetrics"),
        ("OUT.JSON", "json"),
        ("out.Csv", "csv"),
        ("2026.10.csv", "csv"),
        ("out.txt", "table"),
        ("out", "table"),
        (".json", "table"),
        ("out.json.bak", "table"),
        ("json", "table"),
    ],
)
def test_the_suffix_chooses_the_format(name: str, expected: str, tmp_path: Path) -> None:
    """In any case; what is no suffix of a format gets a table."""
    assert write(tmp_path, name).startswith(STARTS[expected])


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (("--json",), "json"),
        (("-f", "table"), "table"),
        (("--format", "markdown"), "markdown"),
        (("--csv",), "csv"),
    ],
)
def test_an_option_beats_the_suffix(argv: tuple[str, ...], expected: str, tmp_path: Path) -> None:
    """Also for a name that this command has no format for."""
    for name in ("out.tsv", "out.xlsx", "out.pdf"):
        assert write(tmp_path, name, *argv).startswith(STARTS[expected])


def test_the_suffix_beats_the_environment(tmp_path: Path) -> None:
    """Which is for what has no suffix."""
    assert write(tmp_path, "a.csv", SCENARIO_USAGE_FORMAT="json").startswith(STARTS["csv"])
    assert write(tmp_path, "a.txt", SCENARIO_USAGE_FORMAT="json").startswith(STARTS["json"])
    assert write(tmp_path, "a.md", SCENARIO_USAGE_FORMAT="nonsense").startswith("# ")


def test_events_go_line_by_line_into_a_file_for_lines(tmp_path: Path) -> None:
    """Under both names that such files have."""
    for name in ("out.ndjson", "out.jsonl"):
        target = tmp_path / name
        argv = ("activity", "--demo", "--period", "yesterday", "--limit", "3", "-o", str(target))
        run(*argv)
        lines = target.read_text(encoding="utf-8").splitlines()
        assert [line[:1] + line[-1:] for line in lines] == ["{}"] * 3


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("report", "out.ndjson"),
        ("activity", "out.XLSX"),
        ("report", "out.parquet"),
        ("report", "out.pdf"),
        ("report", "out.yml"),
        ("report", "out.csv.gz"),
        ("trend", "out.pdf"),
        ("trend", "out.om"),
        ("trend", "out.prom"),
        ("compare", "out.jsonl"),
        ("activity", "out.prom"),
        ("activity", "out.xlsx"),
    ],
)
def test_no_file_gets_a_name_that_lies(command: str, name: str, tmp_path: Path) -> None:
    """Exit 2 for a format that the command does not have; what was there stays."""
    target = tmp_path / name
    target.write_text("old")
    result = run(command, "--demo", "-o", str(target))

    assert (result.code, result.stdout, target.read_text()) == (2, "", "old")
    assert f"--output {target} is named as " in result.error
    assert "--format: table, json, csv, tsv, markdown" in result.stderr.replace("ndjson, ", "")


def test_a_heatmap_is_no_json(tmp_path: Path) -> None:
    """A file called so is refused as the option would be."""
    target = tmp_path / "out.json"
    result = run("trend", "--demo", "--heatmap", "-o", str(target))

    assert (result.code, result.stdout, target.exists()) == (2, "", False)
    assert f"--heatmap shows the cost of days, and --output {target}" in result.error
