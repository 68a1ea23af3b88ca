"""The README is true: its output is produced, its recipes run, its tables are complete."""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from scenario_usage_cli.cli.app import main
from scenario_usage_cli.errors import ExitCode
from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox
from scenario_usage_cli.sandbox.server import build_server
from tests.readme import README, produce
from tests.support import run

TEXT = README.read_text(encoding="utf-8")
RECIPES = re.findall(r"```(?:sh|crontab)\n(.*?)```", TEXT.split("## Recipes")[1], re.DOTALL)
RECIPES = [recipe for recipe in RECIPES if "pip install" not in recipe]
TEXTFILES = "/var/lib/prometheus/node-exporter/"
"""Where Debian's node_exporter looks; recipes write into the folder where they are run."""


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A shell's environment with this command in its path and a sandbox to ask."""
    folder = tmp_path_factory.mktemp("bin")
    script = folder / "scenario-usage"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m scenario_usage_cli "$@"\n')
    script.chmod(0o755)
    server = build_server(Sandbox(), 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    base_url = f"http://127.0.0.1:{server.server_port}/v1"
    config = folder / "config.toml"
    config.write_text(
        f'[profiles.studio]\napi_key = "{API_KEY}"\napi_secret = "{API_SECRET}"\n'
        f'base_url = "{base_url}"\n'
    )
    config.chmod(0o600)
    yield {
        **os.environ,
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "SCENARIO_SDK_API_KEY": API_KEY,
        "SCENARIO_SDK_API_SECRET": API_SECRET,
        "SCENARIO_BASE_URL": base_url,
        "SCENARIO_USAGE_CONFIG": str(config),
    }
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_readme_shows_what_the_tool_prints() -> None:
    """The block of output is the tool's, to the letter."""
    assert produce(TEXT) == TEXT


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe[:60])
def test_a_recipe_works_as_written(recipe: str, environ: dict[str, str], tmp_path: Path) -> None:
    """Each command of the recipes ends well, says nothing on stderr, and leaves data."""
    if "jq" in recipe and not shutil.which("jq"):
        pytest.skip("jq is not installed here; .ci/run installs it")
    commands = re.sub(r"^[\d*/]+( [\d*/]+){4} ", "", recipe, flags=re.MULTILINE)
    commands = commands.replace(TEXTFILES, "")
    if "--profile" in recipe:
        environ = {k: v for k, v in environ.items() if not k.startswith("SCENARIO_SDK")}

    done = subprocess.run(
        ["sh", "-ec", commands], env=environ, cwd=tmp_path, capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")
    written = [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()]
    assert done.stdout or all(text.count("\n") > 10 for text in written)


def test_the_recipes_are_there() -> None:
    """Those that were promised: monthly, jq, cron, Prometheus, raw, key."""
    words = (
        *("--period last-month\n", "jq", "--csv --output"),
        *("--format openmetrics --output", "--save-raw", "--profile"),
    )

    assert [word for word in words if not any(word in recipe for recipe in RECIPES)] == []


def test_alerts_are_about_metrics_that_there_are() -> None:
    """Each name of the PromQL is one that `report` writes."""
    queries = re.findall(r"```promql\n(.*?)```", TEXT, re.DOTALL)
    metrics = run("report", "--demo", "--period", "this-month", "--format", "openmetrics").stdout

    names = {name for query in queries for name in re.findall(r"scenario_usage_\w+", query)}
    assert names
    assert [name for name in names if f"\n{name} " not in metrics] == []


def test_every_option_of_report_is_in_the_readme() -> None:
    """The table of options is complete."""
    options = set(re.findall(r"--[a-z][a-z-]+", run("report", "--help").stdout))

    assert {option for option in options - {"--help"} if option not in TEXT} == set()


def test_every_exit_code_is_in_the_readme() -> None:
    """The table of exit codes is complete, and lists no other."""
    table = TEXT.split("| exit code |")[1].split("\n\n")[0]

    assert [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == sorted(
        ExitCode
    )


def test_every_command_is_in_the_readme() -> None:
    """The table of commands is complete."""
    commands = re.findall(r"^  ([a-z]+)  ", run("--help").stdout.split("Commands:")[1], re.M)

    assert commands
    assert [command for command in commands if f"| `{command}" not in TEXT] == []


def test_main_is_what_the_readme_runs() -> None:
    """The console script of the first line is this package's."""
    assert callable(main)
    assert ".venv/bin/scenario-usage report --demo" in TEXT
