"""Asking the sandbox, in process or over HTTP, and summing its answers without its own code."""

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx

from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox
from scenario_usage_cli.sandbox.server import build_server

Json = dict[str, Any]
Figures = defaultdict[tuple[str, str, str], Decimal]

NOW = datetime(2026, 6, 17, 15, 42, 7, 123_000, tzinfo=UTC)  # a Wednesday
MAY = {"startDate": "2026-05-01T00:00:00.000Z", "endDate": "2026-05-31T23:59:59.999Z"}
RESTATING = {"creative-unit-cost", "creative-unit-discount"}
WITH_MODEL = {"images-generation", "custom"}

_POINT_SECTIONS = {
    "modelUsages": "modelId",
    "assetUsages": "kind",
    "usages": "usageName",
    "nsfwUsages": "label",
    "qualityGateUsages": "verdict",
}


class Probe:
    """A client of one sandbox whose clock stands at *now*; numbers come back as Decimal."""

    def __init__(self, now: datetime = NOW) -> None:
        self.app = Sandbox(lambda: now)
        self.client = httpx.Client(
            transport=httpx.WSGITransport(app=self.app),
            base_url="http://sandbox.test/v1",
            auth=(API_KEY, API_SECRET),
        )

    def get(self, path: str, **params: str | int) -> httpx.Response:
        return self.client.get(path, params=params)

    def read(self, path: str, **params: str | int) -> Json:
        response = self.get(path, **params)
        assert response.status_code == 200, response.text
        return parse(response.text)

    def usages(self, **params: str | int) -> Json:
        return self.read("/usages", **params)

    def refusal(self, path: str = "/usages", **params: str | int) -> tuple[int, str]:
        """The status and message of an answer that is no success."""
        response = self.get(path, **params)
        assert response.status_code >= 400
        return response.status_code, response.json()["message"]

    def activity(self, page: int = 100, /, **params: str | int) -> list[Json]:
        """The whole log, read in steps of *page* rows."""
        return list(self._activity(page, params))

    def _activity(self, page: int, params: dict[str, str | int]) -> Iterator[Json]:
        offset = 0
        while True:
            rows = self.usages(**params, type="activity", activityOffset=offset)["activity"]
            yield from rows[:page]
            if len(rows) < page:
                return
            offset += page


@contextmanager
def serving(app: Any) -> Iterator[int]:
    """A server in a thread; its port."""
    server = build_server(app, 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def parse(text: str) -> Json:
    """JSON with exact numbers."""
    answer: Json = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    return answer


def stamp(moment: datetime) -> str:
    """As the API takes it: UTC with milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def between(start: datetime, end: datetime) -> dict[str, str]:
    """The parameters of a range, both ends included."""
    return {"startDate": stamp(start), "endDate": stamp(end)}


def days_back(count: int, now: datetime = NOW) -> dict[str, str]:
    """The last *count* times 24 hours."""
    return between(now - timedelta(days=count), now)


def sum_figures(answer: Json) -> Figures:
    """All that adds up: (section, row, figure) -> sum over the points; no zeros."""
    sums: Figures = defaultdict(Decimal)
    for section, key in _POINT_SECTIONS.items():
        for row in answer.get(section, ()):
            for point in row["points"]:
                for figure, value in point.items():
                    if figure != "time":
                        sums[section, row[key], figure] += Decimal(value)
    for row in answer.get("consumption", ()):
        for figure in ("value", "discount", "total"):
            sums["consumption", row["userId"], figure] += row[figure]
        for action, cost in row["costDetails"].items():
            sums["costDetails", row["userId"], action] += cost
    return defaultdict(Decimal, {name: value for name, value in sums.items() if value})


def total(
    figures: Figures, section: str, figure: str, rows: Callable[[str], bool] = lambda _: True
) -> Decimal:
    """The sum of one figure over the rows of a section that *rows* accepts."""
    return sum(
        (
            value
            for (where, row, what), value in figures.items()
            if (where, what) == (section, figure) and rows(row)
        ),
        Decimal(0),
    )


def merge(parts: list[Figures]) -> Figures:
    """The sums of several answers together; no zeros."""
    sums: Figures = defaultdict(Decimal)
    for part in parts:
        for name, value in part.items():
            sums[name] += value
    return defaultdict(Decimal, {name: value for name, value in sums.items() if value})
