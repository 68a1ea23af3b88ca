"""Fakes and builders that all tests share: commands in process, and an API that is a script."""

import io
import json
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from scenario_usage_cli.cli.app import main
from scenario_usage_cli.cli.runtime import Runtime

NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
KEY = "key-4f7a91"
SECRET = "secret-0c55e2"
CREDENTIALS = {
    "SCENARIO_SDK_API_KEY": KEY,
    "SCENARIO_SDK_API_SECRET": SECRET,
    "SCENARIO_USAGE_CONFIG": "/proc/nonexistent/config.toml",
}


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it wrote."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """The document on stdout."""
        return json.loads(self.stdout)

    @property
    def error(self) -> str:
        """The line that says what went wrong."""
        return next(line for line in self.stderr.splitlines() if line.startswith("error: "))


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def run(
    *argv: str,
    environ: Mapping[str, str] = CREDENTIALS,
    stdin: bytes = b"",
    transport: httpx.BaseTransport | None = None,
    now: datetime | Callable[[], datetime] = NOW,
    columns: int | None = None,
    sleep: Callable[[float], None] | None = None,
    open_page: Callable[[str], bool] = lambda address: False,
) -> Result:
    """Run one command line in this process; `columns` makes stdout a terminal of that width.

    No time passes in sleeps. Without a transport, any request fails the test. There is no browser.
    """
    stdout = io.StringIO() if columns is None else Terminal()
    stderr = io.StringIO()
    runtime = Runtime(
        stdin=io.BytesIO(stdin),
        stdout=stdout,
        stderr=stderr,
        environ=dict(environ) | ({} if columns is None else {"COLUMNS": str(columns)}),
        now=now if callable(now) else lambda: now,
        sleep=sleep or (lambda seconds: None),
        open_page=open_page,
        transport=transport or FakeApi(),
    )
    code = main(argv, runtime)
    return Result(code, stdout.getvalue(), stderr.getvalue())


def heed_interrupts() -> None:
    """Let a child process be ended, as a process in the background or below nohup is not."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class FakeApi(httpx.BaseTransport):
    """Answers requests with the given responses, in order; one too many fails the test.

    `requests` are those that came; `assert_used_up` tells whether all responses were asked for.
    """

    def __init__(self, *responses: httpx.Response | Exception) -> None:
        self._responses = list(responses)
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if not self._responses:
            raise AssertionError(f"unexpected request: {request.method} {request.url}")
        response = self._responses.pop(0)
        if isinstance(response, Exception):
            raise response
        return response

    def assert_used_up(self) -> None:
        """Every response was asked for."""
        assert self._responses == []


def answer(document: Any, status: int = 200, **headers: str) -> httpx.Response:
    """A JSON response; underscores in header names become dashes."""
    return httpx.Response(
        status, json=document, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


FIRST_OF_NOVEMBER = "2026-11-01T00:00:00.000Z"


def point(time: str = FIRST_OF_NOVEMBER, **figures: Any) -> dict[str, Any]:
    """A point of any series."""
    return {"time": time, **figures}


def usages(
    *,
    consumption: list[dict[str, Any]] | None = None,
    models: list[dict[str, Any]] | None = None,
    assets: list[dict[str, Any]] | None = None,
    actions: list[dict[str, Any]] | None = None,
    moderation: list[dict[str, Any]] | None = None,
    quality_gates: list[dict[str, Any]] | None = None,
    users: list[dict[str, Any]] | None = None,
    model_names: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """An answer of `GET /usages` with every section, empty unless given."""
    return {
        "consumption": consumption or [],
        "modelUsages": models or [],
        "assetUsages": assets or [],
        "usages": actions or [],
        "nsfwUsages": moderation or [],
        "qualityGateUsages": quality_gates or [],
        "entities": {
            "users": users or [],
            "models": [{"id": k, "name": v} for k, v in (model_names or {}).items()],
        },
    }


def at(time: str, document: Any) -> Any:
    """The same with all points that were given no time of their own at this one."""
    return json.loads(json.dumps(document).replace(FIRST_OF_NOVEMBER, time))


def model_row(model_id: str, *points: dict[str, Any]) -> dict[str, Any]:
    """A row of modelUsages."""
    return {"modelId": model_id, "points": list(points)}
