"""A new figure is declared once, and stands everywhere: no list has to be kept in step with it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

KEY = "gpu_seconds"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where the process exports to."""
    with TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture(scope="module")
def printed(folder: Path) -> Any:
    """What every command prints, by its name, where models have one measure more."""
    argv = [sys.executable, "-m", "tests.report.made_up_measure", str(folder)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_reports_have_it_in_every_block(printed: Any) -> None:
    """In the rows, in the totals, and in both parts of the breakdown."""
    document = json.loads(printed["report"])

    blocks = document["breakdown"]
    rows = [document["totals"], *document["models"], *blocks["totals"], *blocks["rows"]]
    assert [row[KEY] for row in rows] == [7, 7, 7, 7]
    assert KEY not in document["consumption"][0]


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("table", ["GPU seconds"]),
        ("markdown", ["| GPU seconds |"]),
        ("csv", ["models,m,m,gpu_seconds,7", "breakdown,proj_1/m,Hero / m,gpu_seconds,7"]),
        (
            "openmetrics",
            [
                'scenario_usage_gpu_seconds{model="m",model_id="m"} 7.0',
                "scenario_usage_totals_gpu_seconds 7.0",
                'scenario_usage_project_gpu_seconds{project="Hero",project_id="proj_1"} 7.0',
                "# HELP scenario_usage_gpu_seconds Seconds that GPUs ran for a model.",
            ],
        ),
        ("trend-table", ["GPU seconds"]),
    ],
)
def test_every_format_shows_it(printed: Any, name: str, texts: list[str]) -> None:
    """By its title, its key or the name of its gauge."""
    assert [text for text in texts if text not in printed[name]] == []


def test_trend_and_compare_have_it(printed: Any) -> None:
    """Bucket by bucket; and the totals of both periods."""
    (total,) = json.loads(printed["trend"])["points"]
    totals = {row["id"]: row for row in json.loads(printed["compare"])["totals"]}

    assert total[KEY] == 7
    assert (totals[KEY]["before"], totals[KEY]["after"]) == (5, 7)


@pytest.mark.parametrize("name", ["report", "trend"])
def test_the_schema_wants_it(printed: Any, name: str) -> None:
    """With it, the document validates; it is described and required."""
    schema = json.loads(printed[f"schema-{name}"])
    rows = schema["$defs"]["ModelRow" if name == "report" else "TrendPoint"]

    Draft202012Validator(schema).validate(json.loads(printed[name]))
    assert KEY in rows["required"]
    assert "Seconds that GPUs ran" in rows["properties"][KEY]["description"]


def test_partitions_have_its_column(printed: Any, folder: Path) -> None:
    """At the end, and of the type that counts have."""
    (text,) = (folder / "csv").rglob("*.csv")
    (table,) = (folder / "parquet").rglob("*.parquet")
    found = pq.read_table(table)

    header, row = text.read_text(encoding="utf-8").splitlines()
    assert (header.split(",")[-1], row.split(",")[-1]) == (KEY, "7")
    assert (found.schema.names[-1], str(found.schema.types[-1])) == (KEY, "int64")
    assert found.column(KEY).to_pylist() == [7]
