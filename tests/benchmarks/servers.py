"""A server on loopback that gives prepared answers: `python -m tests.benchmarks.servers NAME`.

It is a process of its own and builds everything before it listens, so that it takes as little
as it can of what is measured. It prints its port and serves until it is stopped.
"""

import json
import random
import re
import socketserver
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

PAGE_ROWS = 100
_BOUNDS = re.compile(rb"startDate=([0-9-]{10}).*endDate=([0-9-]{10})")
_YEAR = (date(2026, 1, 1), date(2026, 12, 31))
_OFFSET = re.compile(rb"activityOffset=(\d+)")

Respond = Callable[[bytes], bytes]
"""From the line of a request to the whole response."""


@contextmanager
def serving(name: str) -> Iterator[str]:
    """The base URL of one of the `SERVERS`."""
    command = [sys.executable, "-m", "tests.benchmarks.servers", name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.terminate()


def give_answer(models: int, days: int, *, delay_s: float = 0.0) -> Respond:
    """An answer of `GET /usages` of at most so many days of the period, which takes so long. It is
    built when it is asked for the first time, in the round that does not count.
    """
    responses: dict[tuple[date, date], bytes] = {}

    def respond(request: bytes) -> bytes:
        found = _BOUNDS.search(request)
        first, last = (
            (date.fromisoformat(day.decode()) for day in found.groups()) if found else _YEAR
        )
        if (first, last) not in responses:
            length = min(days, (last - first).days + 1)
            responses[first, last] = _build_response(build_answer(models, length, first))
        if delay_s:
            time.sleep(delay_s)
        return responses[first, last]

    return respond


def give_log(rows: int, *, delay_s: float = 0.0) -> Respond:
    """An event log of so many rows, page by page, and no projects. The pages that follow each
    other are prepared; each takes so long as if it came from afar.
    """
    offsets = range(0, rows + 1, PAGE_ROWS)
    pages = {offset: _build_response(_build_page(offset, rows)) for offset in offsets}
    projects = _build_response({"projects": []})

    def respond(request: bytes) -> bytes:
        if b"/projects" in request:
            return projects
        if delay_s:
            time.sleep(delay_s)
        found = _OFFSET.search(request)
        offset = int(found[1]) if found else 0
        return pages.get(offset) or _build_response(_build_page(offset, rows))

    return respond


def give_plan() -> Respond:
    """The plan of a team in the middle of its billing period, and what it used."""
    today = datetime.now(UTC).date()
    first, beyond = (f"{today + timedelta(days=n)}T00:00:00.000Z" for n in (-15, 15))
    limits = _build_response(
        {
            "period": {"start": first, "end": beyond},
            "limits": {"creativeUnits": 30_000},
            "values": {"creativeUnits": 18_234.5},
        }
    )
    teams = _build_response({"teams": [{"id": "team_1", "name": "Kumo"}]})
    respond_usages = give_answer(models=44, days=30)

    def respond(request: bytes) -> bytes:
        if b"/teams" in request:
            return limits if b"/limits" in request else teams
        return respond_usages(request)

    return respond


def build_answer(models: int, days: int, first: date = date(2026, 1, 1)) -> dict[str, Any]:
    """An answer with so many models of so many points, none of them zero."""
    times = [f"{first + timedelta(days=day)}T00:00:00.000Z" for day in range(days)]
    chance = random.Random(7)
    return {
        "consumption": [
            {"userId": f"user_{n}", "value": charge, "discount": 0.25, "total": charge + 0.25}
            for n, charge in enumerate(first.toordinal() + 0.5 + n for n in range(20))
        ],
        "modelUsages": [
            {
                "modelId": f"model_{model}",
                "points": [_build_point(time, chance) for time in times],
            }
            for model in range(models)
        ],
        "assetUsages": [],
        "usages": [],
        "nsfwUsages": [],
        "qualityGateUsages": [],
        "entities": {
            "users": [],
            "models": [{"id": f"model_{n}", "name": f"Model {n}"} for n in range(models)],
        },
    }


def _build_point(time: str, chance: random.Random) -> dict[str, Any]:
    """Few of its amounts come twice."""
    jobs = chance.randint(1, 40)
    cost = chance.randint(1, 99_999) / 1000
    return {
        "time": time,
        "jobs": jobs,
        "cost": cost,
        "discount": round(cost / 10, 2),
        "apiKeyCost": round(cost / 2, 2),
        "apiKeyDiscount": round(cost / 20, 2),
    }


def _build_page(offset: int, rows: int) -> dict[str, Any]:
    numbers = range(offset, min(offset + PAGE_ROWS, rows))
    return {"activity": [_build_event(number) for number in numbers], "entities": {}}


def _build_event(number: int) -> dict[str, Any]:
    day = f"2026-11-{20 - number // 86_400:02}"
    minute, second = divmod(86_399 - number % 86_400, 60)
    return {
        "action": "images-generation",
        "time": f"{day}T{minute // 60:02}:{minute % 60:02}:{second:02}.000Z",
        "projectId": "project_1",
        "userId": f"user_{number % 20}",
        "creativeUnitsCost": 0.25 * (1 + number % 13),
        "data": {"modelId": f"model_{number % 40}", "jobId": f"job_{number}", "isApiKey": False},
    }


def _build_response(document: Any) -> bytes:
    body = json.dumps(document, separators=(",", ":")).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


SERVERS: dict[str, Callable[[], Respond]] = {
    "150 KB": lambda: give_answer(models=44, days=30),
    "3 MB": lambda: give_answer(models=224, days=120),
    "5.4 MB": lambda: give_answer(models=400, days=120),
    "far": lambda: give_answer(models=44, days=30, delay_s=0.2),
    "plan": give_plan,
    "log": lambda: give_log(rows=100_000),
    "far log": lambda: give_log(rows=10_000, delay_s=0.1),
}


def serve(respond: Respond) -> None:
    """Answer requests, one after the other per connection; never returns."""

    class Connection(socketserver.StreamRequestHandler):
        disable_nagle_algorithm = True

        def handle(self) -> None:
            with suppress(ConnectionError):  # whoever asked has seen enough
                while request := self.rfile.readline():
                    while self.rfile.readline().strip():
                        pass  # its headers
                    self.wfile.write(respond(request))

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Connection) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    serve(SERVERS[sys.argv[1]]())
