"""Servers on loopback that always give the same answers, as large and as slow as is wanted."""

import json
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

from scenario_usage_cli.sandbox.server import build_server

PAGE_ROWS = 100


class Canned:
    """One answer for every query of /usages, after a delay in seconds."""

    def __init__(self, document: Any, delay_s: float = 0.0) -> None:
        self._body = json.dumps(document).encode()
        self._delay_s = delay_s

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        time.sleep(self._delay_s)
        return _send(self._body, start_response)


class Log:
    """An event log of so many rows, page by page."""

    def __init__(self, rows: int) -> None:
        self._rows = rows

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        query = parse_qs(environ["QUERY_STRING"])
        offset = int(float(query.get("activityOffset", ["0"])[0]))
        numbers = range(offset, min(offset + PAGE_ROWS, self._rows))
        body = {"activity": [_build_event(number) for number in numbers], "entities": {}}
        return _send(json.dumps(body).encode(), start_response)


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The base URL of an application on loopback."""
    server = build_server(app, 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def build_answer(models: int, days: int) -> dict[str, Any]:
    """An answer with so many models of so many points, none of them zero."""
    return {
        "consumption": [
            {"userId": f"user_{n}", "value": 10.5 + n, "discount": 0.25, "total": 10.75 + n}
            for n in range(20)
        ],
        "modelUsages": [
            {
                "modelId": f"model_{model}",
                "points": [
                    {
                        "time": f"2026-{1 + day // 28:02}-{1 + day % 28:02}T00:00:00.000Z",
                        "jobs": 1 + day % 7,
                        "cost": 0.125 * (1 + (model + day) % 99),
                        "discount": 0.05,
                        "apiKeyCost": 0.5,
                        "apiKeyDiscount": 0.01,
                    }
                    for day in range(days)
                ],
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


def _build_event(number: int) -> dict[str, Any]:
    day = f"2026-11-{20 - number // 86_400:02}"
    minute, second = divmod(86_399 - number % 86_400, 60)
    return {
        "action": "images-generation",
        "time": f"{day}T{minute // 60:02}:{minute % 60:02}:{second:02}Z",
        "projectId": "project_1",
        "userId": f"user_{number % 20}",
        "creativeUnitsCost": 2.5,
        "data": {"modelId": f"model_{number % 40}", "jobId": f"job_{number}", "isApiKey": False},
    }


def _send(body: bytes, start_response: Any) -> Iterable[bytes]:
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]
