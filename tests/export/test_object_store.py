"""An export into an object store keeps what is promised there: in memory, and as S3 on loopback."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import fsspec
import httpx
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from scenario_usage_cli.export import cloud
from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox
from tests.support import NOW, Result, run

BUCKET = "studio-data"
TABLES = ("models", "consumption")
DAYS = ("--since", "2026-11-17", "--until", "2026-11-20", "--datasets", ",".join(TABLES))
UNSETTLED = ["2026-11-19", "2026-11-20"]
"""The days of these that ended less than 3 days before the tests' present."""
PATHS = [f"{table}/date=2026-11-{n}/part.csv" for table in TABLES for n in (17, 18, 19, 20)]
WRITES = len(PATHS) + 2
"""Partitions, and the manifest before and after them."""
EDITED = "models/date=2026-11-17/part.csv"
ENVIRON = {
    "SCENARIO_SDK_API_KEY": API_KEY,
    "SCENARIO_SDK_API_SECRET": API_SECRET,
    "SCENARIO_USAGE_CONFIG": "/proc/nonexistent",
}


class Studio(httpx.WSGITransport):
    """The sandbox, and the days that it was asked for."""

    def __init__(self, now: datetime = NOW) -> None:
        super().__init__(Sandbox(lambda: now))
        self.days: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/usages"):
            self.days.append(dict(request.url.params)["startDate"][:10])
        return super().handle_request(request)


def export(target: str, *options: str, studio: Studio | None = None) -> Result:
    """Run the command over these days, or with the options of another job."""
    days = () if "--verify" in options else DAYS
    return run("export", target, *days, *options, environ=ENVIRON, transport=studio or Studio())


@dataclass(frozen=True)
class Place:
    """A store of its own for a test; `refuse_after` makes writing fail from the n-th on."""

    url: str
    refuse_after: Callable[[int], None]

    def open(self) -> Any:
        """The driver, as anybody else would open it, who sees everything at once."""
        return fsspec.filesystem(self.url.split(":")[0], use_listings_cache=False)

    def list(self) -> list[str]:
        """The paths of all objects below the URL."""
        root = self.open()._strip_protocol(self.url)
        return sorted(path.removeprefix(f"{root}/") for path in self.open().find(root))

    def read(self, path: str) -> bytes:
        """The content of an object."""
        body: bytes = self.open().cat_file(f"{self.url}/{path}")
        return body

    def write(self, path: str, body: bytes) -> None:
        """Replace an object, as somebody else would."""
        self.open().pipe_file(f"{self.url}/{path}", body)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server of S3 on loopback, with one bucket.

    What is about S3 is imported by who uses it: all of it together takes two seconds.
    """
    import botocore.session
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    list_buckets(url, make=BUCKET)
    loader = botocore.session.create_loader()
    with pytest.MonkeyPatch.context() as patch:  # each client would read all of S3's description
        patch.setattr(botocore.session, "create_loader", lambda _: loader)
        yield url
    server.stop()


def list_buckets(endpoint: str, *, make: str | None = None) -> list[str]:
    """The names of all buckets, of which one may be made first."""
    import boto3

    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", **keys)
    if make:
        client.create_bucket(Bucket=make)
    names = [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]
    client.close()
    return names


@pytest.fixture
def aws(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The endpoint, and an environment that says where it is and has credentials for it."""
    from s3fs import S3FileSystem

    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    S3FileSystem.clear_instance_cache()
    yield endpoint
    S3FileSystem.clear_instance_cache()


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Place:
    """A store in memory, empty."""
    monkeypatch.setattr(MemoryFileSystem, "store", {})
    monkeypatch.setattr(MemoryFileSystem, "pseudo_dirs", [""])
    write = MemoryFileSystem.pipe_file

    def refuse_after(count: int) -> None:
        written: list[str] = []

        def pipe_file(self: Any, path: str, value: bytes, **options: Any) -> None:
            if len(written) >= count:
                raise OSError("gone")
            written.append(path)
            write(self, path, value, **options)

        monkeypatch.setattr(MemoryFileSystem, "pipe_file", pipe_file)

    return Place("memory://usage/daily", refuse_after)


@pytest.fixture
def s3(aws: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A prefix of the bucket, empty, of a name that no other test has."""
    from s3fs import S3FileSystem

    write = S3FileSystem._pipe_file

    def refuse_after(count: int) -> None:
        written: list[str] = []

        async def _pipe_file(self: Any, path: str, data: bytes, **options: Any) -> None:
            if len(written) >= count:
                raise OSError("gone")
            written.append(path)
            await write(self, path, data, **options)

        monkeypatch.setattr(S3FileSystem, "_pipe_file", _pipe_file)
        S3FileSystem.clear_instance_cache()

    prefix = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12]
    return Place(f"s3://{BUCKET}/{prefix}/daily", refuse_after)


@pytest.fixture(params=["memory", "s3"])
def place(request: pytest.FixtureRequest) -> Place:
    """Each kind of store in turn."""
    found: Place = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same days in a folder, undisturbed."""
    folder = tmp_path_factory.mktemp("local")
    assert export(str(folder)).code == 0
    return folder


def read_manifest(body: bytes) -> Any:
    """A manifest without stamps, which are a store's own."""
    manifest = json.loads(body)
    del manifest["crc32"]
    for days in manifest["datasets"].values():
        for entry in days.values():
            del entry["stamp"]
    return manifest


def assert_same(place: Place, local: Path) -> None:
    """Both have the same files, byte for byte, and no other."""
    assert place.list() == sorted(["_manifest.json", *PATHS])
    for path in PATHS:
        assert place.read(path) == (local / path).read_bytes(), path
    manifests = place.read("_manifest.json"), (local / "_manifest.json").read_bytes()
    assert read_manifest(manifests[0]) == read_manifest(manifests[1])


def test_a_store_gets_what_a_folder_gets(place: Place, tmp_path: Path) -> None:
    """The same objects and no lock, and says so in the same words."""
    result = export(place.url)

    folder = tmp_path / "usage"
    assert (result.code, result.stderr) == (0, "")
    assert result.stdout.split(": ")[1] == export(str(folder)).stdout.split(": ")[1]
    assert_same(place, folder)


def test_months_in_a_store_are_those_of_a_folder(place: Place, tmp_path: Path) -> None:
    """Made of days, object by object; what was staged is gone."""
    october = ("--since", "2026-10-30", "--until", "2026-11-02", "--datasets", "models")
    for target in (place.url, str(tmp_path / "usage")):
        for options in ((), ("--partition", "month")):
            argv = ("export", target, *october, *options)
            assert run(*argv, environ=ENVIRON, transport=Studio()).code == 0

    paths = [
        *(f"models/date=2026-11-0{n}/part.csv" for n in (1, 2)),
        "models/month=2026-10/part.csv",
    ]
    assert place.list() == ["_manifest.json", *paths]
    assert [place.read(path) for path in paths] == [
        (tmp_path / "usage" / path).read_bytes() for path in paths
    ]
    assert export(place.url, "--verify").code == 0


def test_a_second_run_asks_for_unsettled_days_only(place: Place, local: Path) -> None:
    """One request for each, and leaves everything as it was."""
    studio = Studio()
    export(place.url)

    result = export(place.url, studio=studio)

    assert (result.code, result.stderr) == (0, "")
    assert sorted(studio.days) == UNSETTLED
    assert_same(place, local)


def test_a_run_with_nothing_to_do_writes_nothing(place: Place) -> None:
    """Neither a request nor an object, where all days are settled."""
    settled = ("export", place.url, *DAYS[4:], "--since", "2026-11-16", "--until", "2026-11-18")
    run(*settled, environ=ENVIRON, transport=Studio())
    place.refuse_after(0)
    studio = Studio()

    result = run(*settled, environ=ENVIRON, transport=studio)

    assert (result.code, result.stderr, studio.days) == (0, "", [])


def test_verify_finds_nothing_wrong(place: Place) -> None:
    """And needs no credentials of the API."""
    export(place.url)

    result = run("export", place.url, "--verify", environ={})

    assert (result.code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"{place.url}: {len(PATHS)} partitions, ")


def test_an_edited_object_is_reported_and_left(place: Place) -> None:
    """On stderr, with exit code 0, although its size is the same; `--verify` ends with 7."""
    export(place.url)
    edited = place.read(EDITED).replace(b"0", b"9", 1)
    place.write(EDITED, edited)

    result = export(place.url, "--json")
    verified = export(place.url, "--verify")

    assert (result.code, result.json["edited"]) == (0, [EDITED])
    assert result.stderr.startswith(f"warning: {EDITED} was changed by somebody else")
    assert place.read(EDITED) == edited
    assert verified.code == 7
    assert verified.stdout.startswith(f"{EDITED} was changed")


def test_an_edited_object_is_repaired_when_asked_for(place: Place, local: Path) -> None:
    """By the one request more that it takes; all is as in a folder again."""
    export(place.url)
    place.write(EDITED, b"mine")
    studio = Studio()

    result = export(place.url, "--repair", studio=studio)

    assert (result.code, result.stderr) == (0, "")
    assert sorted(studio.days) == ["2026-11-17", *UNSETTLED]
    assert_same(place, local)


def assert_completed_after(
    count: int, place: Place, local: Path, again: Callable[[], None]
) -> None:
    """A run whose writes fail from the n-th on is an error of two lines, and the next makes up
    for it.
    """
    place.refuse_after(count)
    broken = export(place.url)
    again()

    assert (broken.code, broken.stdout) == (3, "")
    assert [line.split(":")[0] for line in broken.stderr.splitlines()] == ["error", "hint"]
    assert export(place.url).stderr == ""
    assert_same(place, local)


@pytest.mark.parametrize("count", range(WRITES))
def test_a_run_that_was_cut_off_in_memory_is_completed(
    count: int, memory: Place, local: Path
) -> None:
    """Between any two writes; the bytes are those of an undisturbed run into a folder."""
    assert_completed_after(count, memory, local, lambda: memory.refuse_after(1000))


@pytest.mark.parametrize("count", [0, 1, 5, WRITES - 1])
def test_a_run_that_was_cut_off_in_s3_is_completed(count: int, s3: Place, local: Path) -> None:
    """The same, at the ends and in the middle."""
    assert_completed_after(count, s3, local, lambda: s3.refuse_after(1000))


@pytest.mark.parametrize("count", [0, 1, 5, 9, 13, 14])
def test_two_at_once_break_no_object(
    count: int, memory: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no lock: what one did to the other is reported, and `--repair` puts it right."""
    argv = ("export", memory.url, "--since", "2026-11-21", "--until", "2026-11-22")
    write = MemoryFileSystem.pipe_file
    written: list[str] = []
    others: list[Result] = []

    def pipe_file(self: Any, path: str, value: bytes, **options: Any) -> None:
        written.append(path)
        if len(written) == count + 1:
            later = NOW + timedelta(hours=4)
            others.append(run(*argv, environ=ENVIRON, transport=Studio(later), now=later))
        write(self, path, value, **options)

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", pipe_file)
    first = run(*argv, environ=ENVIRON, transport=Studio())
    later = NOW + timedelta(hours=5)
    repaired = run(*argv, "--repair", environ=ENVIRON, transport=Studio(later), now=later)
    verified = export(memory.url, "--verify")

    assert [result.code for result in (first, *others, repaired)] == [0, 0, 0]
    assert (verified.code, verified.stdout.count("\n")) == (0, 1)


def test_a_lost_manifest_is_made_anew(place: Place, local: Path) -> None:
    """From the objects, whose days are fetched again, with a word about it."""
    export(place.url)
    place.open().rm_file(place.open()._strip_protocol(f"{place.url}/_manifest.json"))
    studio = Studio()

    result = export(place.url, studio=studio)

    assert result.code == 0
    assert result.stderr.startswith(
        f"warning: _manifest.json was lost or damaged: {len(PATHS)} partitions"
    )
    assert len(studio.days) == 4
    assert_same(place, local)


def test_parquet_in_a_store_is_read_through_its_driver(s3: Place) -> None:
    """Every object by itself is a whole Parquet file."""
    import pandas as pd

    export(s3.url, "--format", "parquet")
    frame = pd.read_parquet(f"{s3.url}/models/date=2026-11-17/part.parquet")

    assert list(frame.columns)[:3] == ["model_id", "model", "jobs"]
    assert len(frame) > 0


def test_a_bucket_that_is_not_there_is_not_made(aws: str) -> None:
    """Two lines and exit code 3, before the API is asked for anything."""
    before = list_buckets(aws)
    studio = Studio()

    result = export("s3://no-such-bucket/daily", studio=studio)

    error, hint = result.stderr.splitlines()
    assert (result.code, result.stdout, studio.days) == (3, "", [])
    assert error.startswith("error: cannot ")
    assert "s3://no-such-bucket/daily" in error
    assert hint.startswith("hint: ")
    assert list_buckets(aws) == before


def test_without_credentials_nothing_is_asked_for(
    aws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two lines and exit code 3, which name the URL and what is missing."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    studio = Studio()

    result = export(f"s3://{BUCKET}/nobody", studio=studio)

    error, hint = result.stderr.splitlines()
    assert (result.code, result.stdout, studio.days) == (3, "", [])
    assert "redentials" in error
    assert "credentials" in hint


def test_a_password_in_a_url_is_refused_and_not_shown() -> None:
    """It would be in the shell's history and in every line about the folder."""
    result = export("s3://key:hunter2@bucket/daily")

    assert (result.code, result.stdout) == (2, "")
    assert "hunter2" not in result.stderr


def test_a_dry_run_leaves_a_store_empty(place: Place) -> None:
    """And asks for nothing."""
    studio = Studio()

    result = export(place.url, "--dry-run", studio=studio)

    assert (result.code, result.stdout.count("GET /usages?"), studio.days) == (0, 4, [])
    assert place.list() == []


def test_an_object_beyond_all_bounds_is_not_read(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a finding like any other, left by a run, and replaced by --repair."""
    export(place.url)
    body = place.read(EDITED)
    place.write(EDITED, bytes(20_000))
    monkeypatch.setattr(cloud, "LARGEST_FILE_BYTES", 19_999)
    verified = export(place.url, "--verify", "--json")
    left = export(place.url, "--json")
    repaired = export(place.url, "--repair", "--json")

    assert (verified.code, verified.json["problems"]) == (
        7,
        [f"{EDITED} cannot be read: it has more than 0 MB"],
    )
    assert (left.code, left.json["edited"]) == (0, [EDITED])
    assert (repaired.code, repaired.stderr, place.read(EDITED)) == (0, "", body)
