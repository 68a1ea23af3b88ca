"""A long export holds what it is working on, and not what it has written; and what becomes of one
that has too little memory.
"""

import gc
import resource
import threading
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

import httpx
import pytest

from scenario_usage_cli.collect.usage import Usage
from tests.export.support import (
    ONE_DAY,
    TWO_DAYS,
    Api,
    assert_refused,
    export,
    export_well,
    no_request,
    read_tree,
)
from tests.test_invariance import Counting, ask


class Witness(Counting):
    """The studio, which looks at what its client holds whenever it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[int] = []
        self._looking = Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if "/teams" in request.url.path:
            return super().handle_request(request)
        with self._looking:  # whoever looks holds all that there is while he does
            gc.collect()
            self.held.append(
                sum(type(o) is Usage and bool(o.consumption) for o in gc.get_objects())
            )
        return super().handle_request(request)


@pytest.fixture
def _only_what_is_new() -> Iterator[None]:
    """What other tests have left is none of the collector's business."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("_only_what_is_new")
def test_a_usage_is_let_go_when_its_day_is_written(tmp_path: Path) -> None:
    """Forty days, of which a few at a time are held: never a quarter of all."""
    witness = Witness()
    days = ("--since", "2026-09-01", "--until", "2026-10-10")
    ask("export", str(tmp_path), "--jobs", "2", *days, transport=witness)

    assert len(witness.held) == 40
    assert 0 < max(witness.held) <= 10


def limit_addresses(patch: pytest.MonkeyPatch, megabytes: int) -> None:
    """Let the process seem to run under `ulimit -v`."""
    limit = megabytes * 1024 * 1024
    patch.setattr(resource, "getrlimit", lambda which: (limit, limit))


def test_parquet_asks_for_the_memory_that_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With less, pyarrow would end the process on its own terms; nothing is asked for."""
    limit_addresses(monkeypatch, 399)
    result = export(tmp_path, *ONE_DAY, "-f", "parquet", transport=Api(no_request))

    assert_refused(result, 3, "--format parquet needs 400 MB of address space", "may use 399 MB")
    assert list(tmp_path.iterdir()) == []
    limit_addresses(monkeypatch, 400)
    export_well(tmp_path, *ONE_DAY, "-f", "parquet")


@pytest.mark.parametrize("said", ["", "malloc of size 64 failed"])
def test_too_little_memory_is_no_bug_of_this_tool(said: str, tmp_path: Path) -> None:
    """Wherever it is found out: exit 3, and what it is that is missing."""
    result = export(tmp_path, *ONE_DAY, transport=Api(lambda day, query: MemoryError(said)))

    assert_refused(result, 3, "there is not enough memory" + (said and f": {said}"))


@pytest.mark.parametrize("started", [0, 1])
def test_where_no_more_threads_start_it_is_done_by_fewer(
    started: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under `ulimit -v` or `ulimit -u`: the same files."""
    start = threading.Thread.start
    left = [True] * started

    def start_some(thread: threading.Thread) -> None:
        if not left:
            raise RuntimeError("can't start new thread")
        left.pop()
        start(thread)

    export_well(tmp_path / "undisturbed", *TWO_DAYS)
    monkeypatch.setattr(threading.Thread, "start", start_some)
    export_well(tmp_path / "usage", *TWO_DAYS, "--jobs", "4")

    assert read_tree(tmp_path / "usage") == read_tree(tmp_path / "undisturbed")
