"""What holds for all tests, and what makes all of them together quick."""

import gc
import os
import shutil
import sys
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from scenario_usage_cli.cli import app as commands
from scenario_usage_cli.cli.typer_adapter import Level, build_command
from scenario_usage_cli.collect import lookup
from scenario_usage_cli.sandbox import app as sandbox
from scenario_usage_cli.sandbox.answers import build_answer
from scenario_usage_cli.sandbox.day import Event
from scenario_usage_cli.sandbox.query import Query
from tests.measured import Measuring, left_out

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
"""Hundreds of processes would compile the whole package anew, and each run all of its tests."""
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


@pytest.hookimpl(wrapper=True)
def pytest_sessionstart(session: pytest.Session) -> Generator[None]:
    """After `pytest-cov` has begun to measure: measure what there is to be found, and no more."""
    yield
    plugins = session.config.pluginmanager
    controller = getattr(plugins.getplugin("_cov"), "cov_controller", None)  # none with --no-cov
    if controller:
        measuring = Measuring(controller)
        measuring.begin(imports=not hasattr(session.config, "workerinput"))
        plugins.register(measuring)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first."""
    places = {ROOT / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


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
            with left_out():  # the sandbox's own tests go without this fixture
                answer = answers[asked] = Written(write(build_answer(query, events)))
        return answer

    def write_once(answer: dict[str, Any]) -> bytes:
        return answer.body if isinstance(answer, Written) else write(answer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "build_answer", build_once)
        patch.setattr(sandbox, "_dump", write_once)
        yield
