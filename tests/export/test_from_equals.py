"""Whatever days a dataset has, and however its runs ended: `--from` tells what the API tells."""

import csv
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scenario_usage_cli.export.open_store import open_store
from scenario_usage_cli.export.read import open_dataset, read_rows
from tests.export.support import ENVIRON, Studio, export_well, run_until_killed
from tests.support import FakeApi, Result, run

FIRST = 20
"""The day of September 2026 before which nothing is exported."""
TABLES = "models,assets,actions,moderation,quality_gates,consumption,activity"
NO_KEY = {"SCENARIO_USAGE_CONFIG": "/proc/nonexistent/config.toml"}
BUSY = "BUSY"
"""In a command, a project that has something: of others, a dataset does not know the name."""
COMMANDS = (
    ("report",),
    ("report", "--model", "*lumen*,Mesh*"),
    ("report", "--section", "consumption", "--user", "Mateo Álvarez"),
    ("report", "--cu-price", "0.015", "--currency", "EUR"),
    ("trend", "--by", "day"),
    ("trend", "--by", "day", "--split", "model"),
    ("trend", "--by", "week", "--split", "kind"),
    ("trend", "--by", "month", "--split", "action"),
    ("activity", "--all"),
    ("activity", "--limit", "3", "--action", "images-generation"),
    ("activity", "--user", "Mateo Álvarez"),
)
OF_PROJECTS = (
    ("report", "--by", "project"),
    ("report", "--project", BUSY),
    ("trend", "--by", "day", "--split", "project"),
    ("compare", "--by", "project"),
)
FORMATS = ("json", "csv", "table", "markdown")


def day(number: int) -> str:
    """So many days after the first of September."""
    return f"2026-09-{number:02}" if number <= 30 else f"2026-10-{number - 30:02}"


def without_zeros(value: Any) -> Any:
    """A document without rows of zeros, which only the API has, as of models that never ran."""
    if isinstance(value, dict):
        return {key: without_zeros(one) for key, one in value.items()}
    if isinstance(value, list):
        return [without_zeros(one) for one in value if not _is_zero(one)]
    return value


def _is_zero(row: Any) -> bool:
    if not isinstance(row, dict):
        return False
    numbers = [one for one in row.values() if type(one) in (int, float)]
    return bool(numbers) and not any(numbers)


def tell(result: Result, file_format: str) -> Any:
    """What a run tells, in whatever format."""
    assert result.code == 0, result
    if file_format == "json":
        return without_zeros(json.loads(result.stdout))
    if file_format == "csv":
        rows = csv.DictReader(io.StringIO(result.stdout))
        numbers = ("value", "cost", "count", "jobs", "delta")
        return [row for row in rows if not all(row.get(key) in ("0", None) for key in numbers)]
    return result.stdout


def _find_project(folder: Path) -> str:
    """The name of a project that has a model, if there is one."""
    dataset = open_dataset(open_store(str(folder)))
    rows = read_rows(dataset, "models", dataset.manifest.days["models"])
    return next((str(row["project"]) for _, row in rows if row.get("project")), "")


@settings(max_examples=8, deadline=None)
@given(
    start=st.integers(FIRST, 38),
    length=st.integers(1, 4),
    layout=st.sampled_from([(), ("--format", "parquet"), ("--partition", "month")]),
    by_project=st.booleans(),
    kills=st.lists(st.integers(0, 40), max_size=2),
    command=st.sampled_from(COMMANDS + OF_PROJECTS),
    file_format=st.sampled_from(FORMATS),
)
def test_random_datasets_tell_what_the_api_tells(
    start: int,
    length: int,
    layout: tuple[str, ...],
    by_project: bool,
    kills: list[int],
    command: tuple[str, ...],
    file_format: str,
) -> None:
    """In every format, to the last digit, also after runs that were killed."""
    days = (day(start), day(start + length - 1))
    argv = ("--since", days[0], "--until", days[1], "--datasets", TABLES, *layout)
    if by_project or command in OF_PROJECTS:
        argv += ("--by-project",)
    period = ("--start", days[0], "--end", days[1])
    if command[0] == "compare":
        period = ("--period", days[0], "--against", days[1])
    with TemporaryDirectory() as folder:
        target = Path(folder) / "usage"
        for step in kills:
            run_until_killed(target, *argv, step=step, transport=Studio())
        export_well(target, *argv)
        busy = _find_project(target)
        assume(busy or BUSY not in command)
        asked = (*(busy if word == BUSY else word for word in command), *period)
        asked += ("--format", file_format)

        found = run(*asked, "--from", str(target), environ=NO_KEY, transport=FakeApi())

    of_api = run(*asked, environ=ENVIRON, transport=Studio())
    assert tell(found, file_format) == tell(of_api, file_format)


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole month in one file for each table, and some days before and after."""
    folder = tmp_path_factory.mktemp("months") / "usage"
    days = ("--since", "2026-08-30", "--until", "2026-10-02", "--datasets", "models,consumption")
    export_well(folder, *days, "--partition", "month")
    assert (folder / "models" / "month=2026-09" / "part.csv").exists()
    return folder


@pytest.mark.parametrize(
    "command",
    [
        ("report", "--start", "2026-09-03", "--end", "2026-10-01", "--section", "models"),
        ("report", "--period", "2026-09", "--section", "consumption"),
        ("trend", "--start", "2026-08-30", "--end", "2026-10-02", "--split", "model"),
    ],
)
def test_months_in_one_file_tell_the_same(months: Path, command: tuple[str, ...]) -> None:
    """Also where a period begins or ends within one."""
    found = run(*command, "--from", str(months), environ=NO_KEY, transport=FakeApi())

    of_api = run(*command, environ=ENVIRON, transport=Studio())
    assert (found.code, found.stdout) == (0, of_api.stdout)
