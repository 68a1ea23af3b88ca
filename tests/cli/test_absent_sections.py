"""Sections that are absent, null or empty: every command and format reports what is there."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support import answer, model_row, point, run

PERIOD = ("--start", "2026-11-01", "--end", "2026-11-03")
TODAY = ("--since", "2026-11-22")
WIRES = ("consumption", "modelUsages", "assetUsages", "usages", "nsfwUsages", "qualityGateUsages")
STATES: Mapping[str, Mapping[str, Any]] = {
    **{f"{wire} null": {wire: None} for wire in (*WIRES, "activity", "entities")},
    "no points": {wire: [{"points": None}] for wire in WIRES[1:]},
    "no series": dict.fromkeys(WIRES[1:]),
    "no models and assets": {"modelUsages": None, "assetUsages": None},
    "nothing": dict.fromkeys((*WIRES, "activity", "entities")),
    "empty": {wire: [] for wire in (*WIRES, "activity")} | {"entities": {}},
}
FORMATS = ("table", "json", "csv", "markdown")
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "report": (*FORMATS, "tsv", "openmetrics", "slack"),
    "report --by project": FORMATS,
    "report --by user": ("json",),
    "report --from -": FORMATS,
    "trend": (*FORMATS, "tsv"),
    "trend --split model": FORMATS,
    "trend --split kind": FORMATS,
    "trend --split action": FORMATS,
    "trend --heatmap": ("table",),
    "compare": (*FORMATS, "slack"),
    "activity": FORMATS,
    "export": ("csv",),
}


class Api(httpx.BaseTransport):
    """Answers every query with one row per section, but for what a state has instead."""

    def __init__(self, state: Mapping[str, Any], *, drops_null: bool = False) -> None:
        self._state = state
        self._drops_null = drops_null

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/projects"):
            return answer({"projects": [{"id": "project_a", "name": "A"}]})
        return answer(self.build(request.url.params["startDate"]))

    def build(self, time: str) -> dict[str, Any]:
        """The answer about a period that starts at this time."""
        document = {
            "consumption": [{"userId": "u", "value": 3, "discount": 1, "total": 4}],
            "modelUsages": [model_row("m", point(time, jobs=1, cost=2))],
            "assetUsages": [{"kind": "image", "points": [point(time, count=2)]}],
            "usages": [
                {"usageName": "run", "points": [point(time, value="2", apiKey="0", cost=2)]}
            ],
            "nsfwUsages": [{"label": "suggestive", "points": [point(time, count=1)]}],
            "qualityGateUsages": [{"verdict": "pass", "points": [point(time, count=1)]}],
            "activity": [{"action": "run", "time": time, "userId": "u", "data": {}}],
            "entities": {"users": [{"id": "u", "fullName": "Ann"}], "models": []},
            **self._state,
        }
        if self._drops_null:
            return {key: value for key, value in document.items() if value is not None}
        return document


@pytest.mark.parametrize("command", COMMANDS)
def test_no_state_of_a_section_is_a_bug(command: str, tmp_path: Path) -> None:
    """What the API leaves out, in whole or in part, is reported or refused in every format."""
    codes = {}
    for state in STATES:
        for number, output_format in enumerate(COMMANDS[command]):
            argv = (*command.split(), "--format", output_format)
            if command == "export":
                argv = ("export", str(tmp_path / state), *TODAY, "--format", output_format)
            elif "--from" not in argv and "--heatmap" not in argv:
                argv += PERIOD
            elif "--heatmap" in argv:
                argv = (*command.split(), *PERIOD)
            api = Api(STATES[state], drops_null=number % 2 == 1)
            saved = json.dumps(api.build("2026-11-01T00:00:00.000Z")).encode()
            codes[state, output_format] = run(*argv, transport=api, stdin=saved).code
    assert {key: code for key, code in codes.items() if code not in (0, 7)} == {}


MONEY = ("jobs", "cost", "discount", "gross", "api_key_cost", "api_key_discount")
COUNTS = ("count", "api_key_count")


@pytest.mark.parametrize(
    ("split", "state", "known"),
    [
        ("total", "modelUsages null", COUNTS),
        ("total", "assetUsages null", MONEY),
        ("total", "no models and assets", ()),
        ("model", "modelUsages null", None),
        ("kind", "assetUsages null", None),
        ("action", "usages null", None),
    ],
)
def test_a_trend_of_what_is_unknown_has_no_zeros(
    split: str, state: str, known: tuple[str, ...] | None
) -> None:
    """The total is null where it is unknown; a series that is unknown has no points."""
    argv = ("trend", *PERIOD, "--split", split)
    result = run(*argv, "--json", transport=Api(STATES[state]))
    found = [
        {key for key in (*MONEY, *COUNTS) if row[key] is not None} for row in result.json["points"]
    ]
    assert found == ([] if known is None else [set(known)] * 3)
    table = run(*argv, transport=Api(STATES[state])).stdout
    assert table.count("unknown: the API left it out, or a part of it") == (0 if known else 2)


def test_a_heatmap_of_unknown_costs_says_so() -> None:
    """A calendar without costs is no calendar of quiet days."""
    state = STATES["modelUsages null"]
    result = run("trend", *PERIOD, "--heatmap", transport=Api(state))
    assert result.stdout == (
        "Scenario usage by day\n2026-11-01 to 2026-11-03, UTC\n\n"
        "unknown: the API left it out, or a part of it\n"
    )


@pytest.mark.parametrize(
    ("state", "unknown"),
    [
        ("consumption null", ["Cost by project, CU", "Cost by user, CU"]),
        ("modelUsages null", ["Cost by model, CU"]),
        ("assetUsages null", ["Assets"]),
    ],
)
def test_a_comparison_of_what_is_unknown_says_so(state: str, unknown: list[str]) -> None:
    """Its tables are not those of a period without any use."""
    argv = ("compare", *PERIOD, "--by", "project")
    blocks = run(*argv, transport=Api(STATES[state])).stdout.split("\n\n")

    words = "unknown: the API left it out, or a part of it"
    assert [one.splitlines()[0] for one in blocks if words in one] == unknown
    assert "nothing in this period" not in "".join(blocks)
