"""What the adversarial tests of an export share: APIs that count, folders, and ways to die."""

import csv
import io
import json
import os
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import httpx
import pytest

from scenario_usage_cli.export import exchange
from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox
from tests.support import NOW, Result, run

ENVIRON = {
    "SCENARIO_SDK_API_KEY": API_KEY,
    "SCENARIO_SDK_API_SECRET": API_SECRET,
    "SCENARIO_USAGE_CONFIG": "/proc/nonexistent",
    "SCENARIO_BASE_URL": "http://127.0.0.1/v1",
}
"""As for a server on loopback, which runs in processes of their own ask."""

HEADERS = {
    "models": "model_id,model,jobs,cost,discount,gross,api_key_cost,api_key_discount",
    "assets": "kind,count,api_key_count",
    "actions": "action,count,api_key_count,cost,discount,api_key_cost,api_key_discount",
    "moderation": "label,count,api_key_count",
    "quality_gates": "verdict,count,api_key_count",
    "consumption": "user_id,name,email,is_api_key,cost,discount,gross",
    "activity": "time,action,project_id,project,user_id,user,is_api_key,model_id,model,job_id,"
    "asset_id,collection_id,cost",
}
TWO_DAYS = ("--since", "2026-10-05", "--until", "2026-10-06")
ONE_DAY = ("--since", "2026-10-05", "--until", "2026-10-05")
DAY = "2026-10-05"


class Studio(httpx.WSGITransport):
    """The sandbox at a time of its own, and the requests that it got, but for those of names."""

    def __init__(self, now: datetime = NOW) -> None:
        super().__init__(Sandbox(lambda: now))
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if "/teams" not in request.url.path:
            self.requests.append(request)
        return super().handle_request(request)


Answer = Callable[[str, Mapping[str, str]], Any]


class Api(httpx.BaseTransport):
    """An API whose answers are those of a function of the day and the whole query.

    What it returns is a document, a response, or an exception to raise; `projects` are listed as
    ids to names. `days` are those that were asked for, in order.
    """

    def __init__(self, answer: Answer, projects: Mapping[str, str] = MappingProxyType({})) -> None:
        self.days: list[str] = []
        self._answer = answer
        self._projects = projects

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/projects"):
            listed = [{"id": one, "name": name} for one, name in self._projects.items()]
            return httpx.Response(200, json={"projects": listed})
        if request.url.path.endswith("/teams"):
            return httpx.Response(200, json={"teams": []})
        query = dict(request.url.params)
        day = query["startDate"][:10]
        self.days.append(day)
        found = self._answer(day, query)
        if isinstance(found, BaseException):
            raise found
        if isinstance(found, httpx.Response):
            return found
        return httpx.Response(200, content=json.dumps(found))  # half a character as its escape


def export(
    folder: Path | str,
    *argv: str,
    transport: httpx.BaseTransport | None = None,
    now: datetime = NOW,
) -> Result:
    """One run in this process, query after query."""
    command = ("export", str(folder), "--jobs", "1", *argv)
    return run(*command, environ=ENVIRON, transport=transport, now=now)


def export_well(
    folder: Path | str,
    *argv: str,
    transport: httpx.BaseTransport | None = None,
    now: datetime = NOW,
) -> Result:
    """The same, which must end well; by default, it is asked of the studio."""
    result = export(folder, *argv, transport=transport or Studio(now), now=now)
    assert result.code == 0, result.stderr
    return result


def summary(result: Result) -> tuple[int, int]:
    """How many days and partitions a run with --json says it has fetched."""
    return result.json["days_fetched"], result.json["partitions"]


def read_tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, but not the manifest and the lock."""
    names = ("_manifest.json", "_lock")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in names
    }


def read_everything(folder: Path) -> dict[str, bytes]:
    """The same with the manifest."""
    return read_tree(folder) | {"_manifest.json": (folder / "_manifest.json").read_bytes()}


def read_manifest(folder: Path) -> Any:
    """The manifest as JSON."""
    return json.loads((folder / "_manifest.json").read_bytes())


def read_manifest_core(folder: Path) -> Any:
    """The manifest without what depends on when its files were written."""
    document = read_manifest(folder)
    del document["crc32"]
    for days in document["datasets"].values():
        for entry in days.values():
            del entry["fetched_at"], entry["stamp"]
    return document


def write_manifest(folder: Path, document: Any) -> bytes:
    """Put a manifest there with the checksum that it would have; returns its bytes."""
    body = seal_manifest(document)
    (folder / "_manifest.json").write_bytes(body)
    return body


def seal_manifest(document: Any) -> bytes:
    """A manifest's text, the last line of which is the checksum of the others."""
    unsealed = {key: value for key, value in document.items() if key != "crc32"}
    text = json.dumps(unsealed).removesuffix("}").encode() + b",\n"
    return text + b'"crc32":"%08x"}\n' % zlib.crc32(text)


def part(folder: Path, table: str = "models", day: str = DAY) -> Path:
    """The file of a partition."""
    return folder / table / f"date={day}" / "part.csv"


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a partition."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def assert_whole(path: str, body: bytes) -> None:
    """A partition has its header, and in every row as many fields; the last line is ended."""
    table = path.partition("/")[0]
    text = body.decode()
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert (path, ",".join(header).removeprefix("date,")) == (path, HEADERS[table])
    assert {len(row) for row in rows} <= {len(header)}, path
    assert text.endswith("\n"), path


def assert_refused(result: Result, code: int, *words: str) -> None:
    """An exit code, nothing on stdout, and two lines on stderr with these words in the first."""
    assert (result.code, result.stdout) == (code, ""), result
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["error", "hint"], result
    for word in words:
        assert word in result.error


def warnings_of(result: Result) -> list[str]:
    """The lines that begin with `warning: `, without that."""
    lines = result.stderr.splitlines()
    return [line.removeprefix("warning: ") for line in lines if line.startswith("warning: ")]


class Killed(BaseException):
    """The end of a process in the middle of something."""


class Steps:
    """Everything that changes the disk, counted; the process dies before step number `last`.

    After that nothing more can be changed, whatever code still runs: as after a kill, files stay
    as they are. `taken` are the steps, by name.
    """

    def __init__(self, patch: pytest.MonkeyPatch, last: int | None = None) -> None:
        self.taken: list[str] = []
        self._last = last
        of_files = ((Path, "unlink"), (os, "open"), (Path, "replace"), (os, "fsync"))
        of_folders = ((Path, "rmdir"), (os, "link"), (exchange, "exchange_folders"))
        for owner, name in (*of_files, *of_folders):
            patch.setattr(owner, name, self._count(name, getattr(owner, name)))

    def _count(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            if name != "open" or str(args[0]).endswith(".tmp"):
                if self._last is not None and len(self.taken) >= self._last:
                    raise Killed(name)
                self.taken.append(name)
            return original(*args, **options)

        return step


def run_until_killed(
    folder: Path, *argv: str, step: int, transport: httpx.BaseTransport, now: datetime = NOW
) -> list[str] | None:
    """A run that dies before a step; the steps that it took, or None if it came to its end."""
    with pytest.MonkeyPatch.context() as patch:
        steps = Steps(patch, step)
        try:
            result = export(folder, *argv, transport=transport, now=now)
        except Killed:
            return steps.taken
    assert result.code == 0, result.stderr
    return None


def no_request(day: str, query: Mapping[str, str]) -> NoReturn:
    """An answer that must never be asked for."""
    raise AssertionError(f"asked for {day}")
