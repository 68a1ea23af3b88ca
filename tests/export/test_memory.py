"""A long export holds what it is working on, and not what it has written."""

import gc
from pathlib import Path

import httpx

from scenario_usage_cli.collect.usage import Usage
from tests.test_invariance import Counting, ask


class Witness(Counting):
    """The studio, which looks at what its client holds whenever it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[int] = []
        self._others = set(map(id, self._find_filled()))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.held.append(sum(id(one) not in self._others for one in self._find_filled()))
        return super().handle_request(request)

    def _find_filled(self) -> list[Usage]:
        return [one for one in gc.get_objects() if type(one) is Usage and one.consumption]


def test_a_usage_is_let_go_when_its_day_is_written(tmp_path: Path) -> None:
    """Forty days, of which those under way are held, and what the collector has not come by yet,
    but never half of all.
    """
    gc.collect()
    witness = Witness()
    days = ("--since", "2026-09-01", "--until", "2026-10-10")
    ask("export", str(tmp_path), "--jobs", "2", *days, transport=witness)

    assert len(witness.held) == 40
    assert max(witness.held) < 20
