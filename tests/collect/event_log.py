"""An API with an event log: pages by offset as the real one has them, or as a test bends them."""

import json
from collections.abc import Callable
from typing import Any

import httpx

Row = dict[str, Any]


def event(number: int, **fields: Any) -> Row:
    """A row of the wire; the higher the number, the newer it is."""
    seconds, ms = divmod(number, 1000)
    time = f"2026-11-{1 + seconds // 3600:02}T{seconds // 60 % 60:02}:{seconds % 60:02}:00.{ms:03}Z"
    return {
        "action": "images-generation",
        "time": time,
        "projectId": "project_a",
        "userId": "user_a",
        "creativeUnitsCost": number / 8,
        "data": {"modelId": "model_a", "jobId": f"job_{number}", "isApiKey": False},
    } | fields


def events(count: int) -> list[Row]:
    """So many rows, newest first."""
    return [event(number) for number in range(count, 0, -1)]


class EventLog(httpx.BaseTransport):
    """Answers `/usages` with a hundred rows from the offset asked for, and lists of names.

    `rows` may be changed while it is read. `before` is called with the number of each request
    of the log, from 1; what it returns, if anything, is the answer. `calls` tells the order.
    """

    def __init__(
        self,
        rows: list[Row],
        *,
        entities: Any = None,
        projects: httpx.Response | None = None,
        before: Callable[[int], httpx.Response | None] = lambda number: None,
    ) -> None:
        self.rows = rows
        self.calls: list[str] = []
        self.queries: list[dict[str, str]] = []
        self._entities = entities
        self._projects = projects
        self._before = before

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/projects"):
            self.calls.append("projects")
            return self._projects or answer({"projects": [{"id": "project_a", "name": "Alpha"}]})
        if request.url.path.endswith("/teams"):
            self.calls.append("teams")
            return answer({"teams": []})
        self.queries.append(dict(request.url.params))
        self.calls.append(f"page {len(self.queries)}")
        bent = self._before(len(self.queries))
        if bent is not None:
            return bent
        offset = int(request.url.params.get("activityOffset", "0"))
        return answer({"activity": self.rows[offset : offset + 100], "entities": self._entities})


def answer(document: Any, status: int = 200) -> httpx.Response:
    """A JSON response."""
    return httpx.Response(status, content=json.dumps(document).encode())
