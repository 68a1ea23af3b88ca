"""Whole `report` runs over real sockets, and what every failed one must look like."""

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scenario_usage_cli.cli.app import main
from scenario_usage_cli.cli.runtime import Runtime
from tests.support import CREDENTIALS, KEY, NOW, SECRET, Result

BASIC = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
SECRETS = (KEY, SECRET, BASIC)


@dataclass(frozen=True)
class Outcome(Result):
    """How a command ended, and the seconds that it asked to wait, in order."""

    waits: tuple[float, ...]

    def assert_failed(self, code: int, error: str, hint: str = "") -> None:
        """It ended with this code and two lines that say these things; stdout is untouched and
        nothing shows a secret or a traceback.
        """
        assert (code, "") == (self.code, self.stdout), self.stderr
        *before, said, advised = self.stderr.splitlines()
        assert [line for line in before if not line.startswith("warning: ")] == []
        assert said.startswith("error: ")
        assert advised.startswith("hint: ")
        assert len(advised) > len("hint: ")
        assert error in said
        assert hint in advised
        for secret in SECRETS:
            assert secret not in self.stderr


def report(
    url: str,
    *argv: str,
    environ: Mapping[str, str] = CREDENTIALS,
    now: datetime = NOW,
) -> Outcome:
    """Run `scenario-usage report` against a base URL as a user would: over real sockets, with the
    client that is built when nothing replaces the network. Only clock and sleep are ours.
    """
    waits: list[float] = []
    runtime = Runtime(
        stdin=io.BytesIO(),
        stdout=io.StringIO(),
        stderr=io.StringIO(),
        environ=dict(environ) | {"SCENARIO_BASE_URL": url},
        now=lambda: now,
        sleep=waits.append,
    )
    code = main(["report", *argv], runtime)
    assert isinstance(runtime.stdout, io.StringIO)
    assert isinstance(runtime.stderr, io.StringIO)
    return Outcome(code, runtime.stdout.getvalue(), runtime.stderr.getvalue(), tuple(waits))
