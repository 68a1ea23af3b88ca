"""What a command may import: a start must not come to wait for what it does not need."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox
from scenario_usage_cli.sandbox.server import build_server
from tests.support import CREDENTIALS, NOW

NEVER = {
    "rich",
    "click",
    "pydantic",
    "platformdirs",
    "tomllib",
    "dateutil",
    "zoneinfo",
    "scenario_usage_cli.report.schema",
    "scenario_usage_cli.sandbox",
    "scenario_usage_cli.export",
    "pyarrow",
    "fsspec",
    "s3fs",
    "filelock",
    "tomlkit",
    "keyring",
    "prometheus_client",
}
NOT_FOR_HELP = {
    "httpx",
    "httpcore",
    "pydantic_core",
    "scenario_usage_cli.api",
    "scenario_usage_cli.collect",
    "scenario_usage_cli.report",
}
RUN = """
import sys
from scenario_usage_cli.__main__ import main
code = main()
print(*sys.modules, sep="\\n", file=sys.stderr)
sys.exit(code)
"""


def imports(*argv: str, environ: Mapping[str, str] = CREDENTIALS) -> set[str]:
    """The modules that a process with this command line has at its end, packages included; what
    measures coverage would bring some of its own.
    """
    inherited = {key: value for key, value in os.environ.items() if "COVERAGE" not in key}
    done = subprocess.run(
        [sys.executable, "-c", RUN, *argv],
        env=inherited | dict(environ),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout
    return set(done.stderr.splitlines())


@pytest.fixture(scope="module")
def studio() -> Iterator[Mapping[str, str]]:
    """The environment of somebody who asks the studio over real HTTP."""
    server = build_server(Sandbox(lambda: NOW), 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with server:
        yield {
            "SCENARIO_BASE_URL": f"http://127.0.0.1:{server.server_port}/v1",
            "SCENARIO_SDK_API_KEY": API_KEY,
            "SCENARIO_SDK_API_SECRET": API_SECRET,
            "SCENARIO_USAGE_CONFIG": os.devnull,
        }
        server.shutdown()
    thread.join()


@pytest.mark.parametrize(
    "argv",
    [("--version",), ("--help",), ("report", "--help"), ("help",), ("help", "export")],
    ids=" ".join,
)
def test_help_and_version_import_no_client_and_no_data_models(argv: tuple[str, ...]) -> None:
    """They print what Typer knows, in the time that Typer takes."""
    assert imports(*argv) & (NEVER | NOT_FOR_HELP) == set()


@pytest.mark.parametrize(
    "argv",
    [("",), ("report", "--"), ("report", "--period", ""), ("report", "--demo", "--project", "")],
    ids=" ".join,
)
def test_completion_imports_no_client_and_no_data_models(argv: tuple[str, ...]) -> None:
    """A Tab takes no longer than --help."""
    found = imports(*argv, environ={**CREDENTIALS, "_SCENARIO_USAGE_COMPLETE": "zsh"})

    studio = {"scenario_usage_cli.sandbox"} if "--demo" in argv else set()
    assert found & (NEVER | NOT_FOR_HELP - {"scenario_usage_cli.report"}) == studio


@pytest.mark.parametrize(
    "chosen",
    [
        ("--json",),
        ("--csv", "--section", "models", "--model", "*", "--user", "user_zMBswzF49jZnwektKmZbW3"),
        ("--format", "json", "--jobs", "2", "--top", "5", "--timeout", "9.5", "--retries", "1"),
    ],
    ids=" ".join,
)
def test_a_report_for_programs_imports_nothing_for_people_and_no_extra(
    studio: Mapping[str, str], chosen: tuple[str, ...]
) -> None:
    """No tables, no studio, no export, no pydantic but its core, nothing that an extra brings;
    and for days in UTC neither calendars nor zones.
    """
    period = ("--start", "2026-10-01", "--end", "2026-10-31")
    found = imports("report", *chosen, *period, environ=studio)

    assert found & NEVER == set()
    assert found >= {"httpx", "pydantic_core"}  # it is what it seems to be


def test_the_log_imports_nothing_for_people_and_no_extra(studio: Mapping[str, str]) -> None:
    """The same for rows as they come."""
    period = ("--start", "2026-11-20", "--end", "2026-11-20")
    found = imports("activity", "--format", "ndjson", *period, environ=studio)

    assert found & NEVER == set()


def test_an_export_with_nothing_to_do_imports_no_client(
    studio: Mapping[str, str], tmp_path: Path
) -> None:
    """As it is in cron, most of the time: it looks at the manifest and at the files."""
    argv = ("export", str(tmp_path), "--since", "2025-06-01", "--until", "2025-06-02")
    first = imports(*argv, environ=studio)
    second = imports(*argv, environ=studio)

    not_for_looking = {*NEVER - {"scenario_usage_cli.export"}, "httpx", "httpcore", "hashlib"}
    assert "httpx" in first
    assert second & {*not_for_looking, "pydantic_core"} == set()


def test_a_prompt_with_a_kept_plan_imports_no_client_and_asks_nothing(
    studio: Mapping[str, str], tmp_path: Path
) -> None:
    """Nor what only other formats need: it takes hardly longer than --version."""
    environ = {**studio, "XDG_CACHE_HOME": str(tmp_path)}
    first = imports("quota", "--line", "--timeout", "30", environ=environ)
    second = imports("quota", "--line", environ=environ)

    report = {"scenario_usage_cli.report"}
    assert "httpx" in first
    assert second & (NEVER | NOT_FOR_HELP - report) == set()
    assert {name for name in second if name.startswith("scenario_usage_cli.report.")} == {
        "scenario_usage_cli.report.numbers",
        "scenario_usage_cli.report.quota_line",
        "scenario_usage_cli.report.words",
    }


def test_prompts_at_once_each_have_their_line(studio: Mapping[str, str], tmp_path: Path) -> None:
    """The file that they share is whole at any time."""
    environ = {**os.environ, **studio, "XDG_CACHE_HOME": str(tmp_path)}
    argv = ("quota", "--line", "--timeout", "30", "--max-age", "0s")
    command = [sys.executable, "-m", "scenario_usage_cli", *argv]
    prompts = [
        subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    lines = {prompt.communicate()[0] for prompt in prompts}

    assert [prompt.returncode for prompt in prompts] == [0, 0, 0]
    assert len(lines) == 1
    assert lines.pop().startswith("CU ")
    (path,) = Path(tmp_path, "scenario-usage").glob("quota-*")
    assert path.name.endswith(".json")
