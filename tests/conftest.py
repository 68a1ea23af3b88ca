"""What holds for all tests, and what makes all of them together quick."""

import gc
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import is_hypothesis_test, settings

from scenario_usage_cli.cli import app as commands
from scenario_usage_cli.cli.typer_adapter import Level, build_command
from scenario_usage_cli.collect import lookup
from scenario_usage_cli.sandbox import app as sandbox
from scenario_usage_cli.sandbox.answers import build_answer
from scenario_usage_cli.sandbox.day import Event
from scenario_usage_cli.sandbox.query import Query

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
"""Hundreds of processes would compile the whole package anew."""
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 2 * 1024**3  # bytes; one run leaves some 100 MB there
MOST_ANSWERS = 3000  # some 35 KB each
ROOT = Path(__file__).parent
LONGEST = (
    "browser/test_pages.py",
    "test_readme.py",
    "cli/test_output_streams.py",
    "export/test_object_store.py",
    "export/test_sums.py",
    "cli/test_completion_shells.py",
    "collect/test_parts_in_bad_weather.py",
    "export/test_crash_points.py",
    "export/test_history.py",
    "export/test_kill.py",
    "test_recipes.py",
    "cli/test_config_init_terminal.py",
    "export/test_lock.py",
    "test_dashboard.py",
    "test_pictures.py",
    "export/test_month_crashes.py",
    "test_alert_recipes.py",
    "test_imports.py",
    "test_oracle.py",
)
"""These begin, so that no process has a long one left when the other has nothing to do."""
REPEATED = (
    "api/test_bad_weather_answers.py",
    "cli/test_absent_sections.py",
    "cli/test_compare.py",
    "cli/test_focus_from.py",
    "cli/test_list_odd.py",
    "cli/test_pairs.py",
    "cli/test_trend.py",
    "cli/test_xlsx.py",
    "collect/test_borders.py",
    "collect/test_parts_in_bad_weather.py",
    "collect/test_prefetch.py",
    "export/test_bad_api.py",
    "export/test_bad_manifest.py",
    "export/test_bad_weather.py",
    "export/test_crash_points.py",
    "export/test_engines.py",
    "export/test_focus.py",
    "export/test_history.py",
    "export/test_sums.py",
    "forecast/test_studios.py",
    "render/test_html.py",
    "render/test_slack.py",
    "render/test_table.py",
    "report/test_chapters.py",
    "sandbox/test_parameters.py",
    "sandbox/test_reconciliation.py",
    "sandbox/test_vendor_sdk.py",
    "test_invariance.py",
    "test_oracle.py",
    "test_readme.py",
    "test_recipes.py",
)
"""These go ways that others go as well, some of them hundreds of times, as properties do: what they
cover is not measured, which would double their time."""

if (
    "TMPDIR" not in os.environ
    and os.access(MEMORY, os.W_OK | os.X_OK)
    and shutil.disk_usage(MEMORY).free >= MEMORY_NEEDED
):
    os.environ["TMPDIR"] = str(MEMORY)
"""Exports write thousands of small files, and a quarter of their time was waiting for the disk."""

settings.register_profile("suite", max_examples=50, deadline=None)
settings.register_profile("thorough", max_examples=1000, deadline=None)
settings.load_profile("suite")
"""Each run tries others; `--hypothesis-profile thorough` tries many. A busy machine breaks none."""


def pytest_xdist_auto_num_workers() -> int | None:
    """One more than there are processors: a tenth of the time is waiting for browsers and timeouts.

    The number that xdist's variable names counts before it.
    """
    is_named = "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ
    return None if is_named else (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest files first; what is repeated is not measured, which would double its time."""
    places = {ROOT / name: place for place, name in enumerate(LONGEST)}
    repeated = {ROOT / name for name in REPEATED}
    items.sort(key=lambda item: places.get(item.path, len(places)))
    if config.pluginmanager.hasplugin("_cov"):
        for item in items:
            if item.path in repeated or is_hypothesis_test(getattr(item, "function", None)):
                item.add_marker("no_cover")


def pytest_collection_finish() -> None:
    """What is there from now on to the end is not searched for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _figures_before_names() -> Iterator[None]:
    """However busy the machine is, an API that answers in order is asked for figures first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lookup, "_HEAD_START_S", 1.0)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_kept_names() -> Iterator[None]:
    """No test learns names from another, nor from who runs the tests: the folder is none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", os.devnull)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_real_sync() -> Iterator[None]:
    """No power fails here, and thousands of files would wait for the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda number: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _commands_built_once() -> Iterator[None]:
    """A command is built from its declaration once, as in a process that runs one command.

    Thousands are run here, and a third of the time of a short one goes there.
    """
    built: dict[str, tuple[Level, Any]] = {}

    def build_once(name: str, declared: Level) -> Any:
        if name not in built or built[name][0] is not declared:
            built[name] = (declared, build_command(name, declared))
        return built[name][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands, "build_command", build_once)
        yield


class Written(dict[str, Any]):
    """An answer that is written already."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.body = body


@pytest.fixture(scope="session", autouse=True)
def _answers_written_once() -> Iterator[None]:
    """The sandbox adds up the same events for the same question once, and writes them once.

    Half the time of a report of the sandbox goes there, and hundreds of tests ask the same.
    """
    answers: dict[Any, Written] = {}
    write = sandbox._dump

    def build_once(query: Query, events: Sequence[Event]) -> Written:
        asked = (query, len(events), *events[:1], *events[-1:])
        answer = answers.get(asked)
        if answer is None:
            if len(answers) >= MOST_ANSWERS:
                answers.clear()
            answer = answers[asked] = Written(write(build_answer(query, events)))
        return answer

    def write_once(answer: dict[str, Any]) -> bytes:
        return answer.body if isinstance(answer, Written) else write(answer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "build_answer", build_once)
        patch.setattr(sandbox, "_dump", write_once)
        yield
