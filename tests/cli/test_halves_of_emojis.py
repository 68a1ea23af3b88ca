"""Names that were cut in the middle of an emoji: every command reads and shows them."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from scenario_usage_cli.api.body import escape_halves
from tests.cases import each
from tests.support import at, model_row, point, run, usages

CUT = "Ann \ud83d"
REST = "\ude00 & Co"
DOCUMENT = usages(
    consumption=[{"userId": CUT, "value": 1, "discount": 0, "total": 1}],
    models=[model_row(CUT, point(jobs=1, cost=1))],
    assets=[{"kind": CUT, "points": [point(count=1, countApiKey=0)]}],
    actions=[{"usageName": CUT, "granularity": CUT, "points": [point(value="1", apiKey="0")]}],
    users=[{"id": CUT, "fullName": f"{REST} 😀", "email": CUT}],
    model_names={CUT: REST},
) | {
    "activity": [
        {"action": CUT, "time": "2026-11-21T00:00:00.000Z", "projectId": "p1", "userId": CUT}
    ]
}


class Studio(httpx.BaseTransport):
    """Answers every request with the same names, escaped as JavaScript does it."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        projects = {"projects": [{"id": "p1", "name": CUT}]}
        is_list = request.url.path.endswith("/projects")
        document = projects if is_list else at(request.url.params["startDate"], DOCUMENT)
        body = json.dumps(document).encode("ascii")
        return httpx.Response(200, content=body)


@each("output_format", ["table", "json", "csv", "tsv", "markdown"])
@each(
    "command",
    ["report", "report --by project", "compare", "trend --split model", "activity"],
)
def test_a_half_is_shown_as_its_escape(command: str, output_format: str) -> None:
    """On stdout as in any file, all of which is UTF-8."""
    period = ("--start", "2026-11-21", "--end", "2026-11-21")
    result = run(*command.split(), *period, "--format", output_format, transport=Studio())

    assert (result.code, result.stderr) == (0, "")
    shown = result.stdout.encode("utf-8").decode().replace("\\\\", "\\")
    assert (r"\ude00" if command.startswith("trend") else r"Ann \ud83d") in shown


@pytest.mark.parametrize("output_format", ["csv", "parquet"])
def test_a_half_is_exported(tmp_path: Path, output_format: str) -> None:
    """And what was written is what is there."""
    folder = str(tmp_path / "usage")
    argv = ("--since", "2026-11-21", "--format", output_format)
    written = run("export", folder, *argv, transport=Studio())
    verified = run("export", folder, "--verify", transport=Studio())

    assert (written.code, written.stderr) == (0, "")
    assert (verified.code, verified.stderr) == (0, "")


def test_a_saved_answer_and_a_bare_one_are_read_alike(tmp_path: Path) -> None:
    """A half in a file is as good as one that was just fetched."""
    saved = tmp_path / "raw.json"
    live = run("report", "--json", "--save-raw", str(saved), transport=Studio())
    bare: Any = run("report", "--json", "--from", "-", stdin=json.dumps(DOCUMENT).encode())

    again = run("report", "--json", "--from", str(saved)).json
    assert again == live.json | {"fetched_at": again["fetched_at"]}
    assert bare.json["consumption"] == live.json["consumption"]


@pytest.mark.parametrize(
    ("body", "escaped"),
    [
        (rb'"\ud83d"', rb'"\\ud83d"'),
        (rb'"\uDE00\uD83D"', rb'"\\ude00\\ud83d"'),
        (rb'"\ud83d\ud83d\ude00"', rb'"\\ud83d\ud83d\ude00"'),
        (rb'"\uD83D\uDE00"', rb'"\uD83D\uDE00"'),
        (rb'"\\ud83d"', rb'"\\ud83d"'),
        (rb'"\\\ud83d\n"', rb'"\\\\ud83d\n"'),
        (rb'"\ud83d\\ude00"', rb'"\\ud83d\\ude00"'),
        (rb'"\ud83d\n\ude00"', rb'"\\ud83d\n\\ude00"'),
        (rb'"\ud83', rb'"\ud83'),
        ('"😀 é"'.encode(), '"😀 é"'.encode()),
    ],
)
def test_only_halves_are_touched(body: bytes, escaped: bytes) -> None:
    """Pairs are whole, and a backslash may be one that was meant."""
    assert escape_halves(body) == escaped
