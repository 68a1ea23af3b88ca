"""A long export holds what it is working on, and not what it has written."""

import gc
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

import httpx
import pytest

from scenario_usage_cli.collect.usage import Usage
from tests.test_invariance import Counting, ask


class Witness(Counting):
    """The studio, which looks at what its client holds whenever it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[int] = []
        self._looking = Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
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
