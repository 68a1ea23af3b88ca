"""What surrounds the answers: credentials, routes, headers, compression, the size limit."""

import gzip
import json
import subprocess
import sys
from base64 import b64encode
from contextlib import closing
from typing import Any, cast
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import httpx
import pytest

from scenario_usage_cli.sandbox import API_KEY, API_SECRET, TOKEN, Sandbox, app
from tests.cases import each
from tests.sandbox.probe import MAY, NOW, Probe

IMPORTS = """
import sys
before = set(sys.modules)
import scenario_usage_cli.sandbox
loaded = set(sys.modules) - before
ours = {name for name in loaded if name.partition(".")[0] == "scenario_usage_cli"}
foreign = {name for name in loaded - ours if name.partition(".")[0] not in sys.stdlib_module_names}
rooms = {name.split(".")[1] for name in ours if "." in name}
print(foreign, rooms, "http.server" in loaded)
"""
LIMITS = "/teams/team_other/limits"


def basic(text: str) -> str:
    return f"Basic {b64encode(text.encode()).decode()}"


def ask(
    headers: dict[str, str], path: str = "/v1/oscu/prices", method: str = "GET"
) -> httpx.Response:
    with httpx.Client(transport=httpx.WSGITransport(app=Sandbox(lambda: NOW))) as client:
        return client.request(method, f"http://sandbox.test{path}", headers=headers)


@pytest.mark.parametrize(
    "authorization",
    [
        basic(f"{API_KEY}:{API_SECRET}"),
        basic(f"{API_KEY}:{API_SECRET}").replace("Basic", "basic"),
        f"Bearer {TOKEN}",
        f"bearer {TOKEN}",
    ],
)
def test_both_sorts_of_credentials_open(authorization: str) -> None:
    """A key with its secret, or the bearer token, in any case of the scheme."""
    assert ask({"Authorization": authorization}).status_code == 200


@each("path", ["usages", "projects", "teams", "oscu/prices", LIMITS[1:]])
@each(
    "authorization",
    [
        None,
        "",
        "Basic",
        "Basic ???",
        basic(f"{API_KEY}:"),
        basic(f"{API_KEY}:wrong"),
        basic(f"{API_SECRET}:{API_KEY}"),
        basic(API_KEY),
        f"Bearer {API_SECRET}",
        "Bearer",
        f"Digest {TOKEN}",
        TOKEN,
    ],
)
def test_wrong_credentials_are_401(authorization: str | None, path: str) -> None:
    """Missing or wrong credentials get a JSON message and the scheme to use."""
    headers = {} if authorization is None else {"Authorization": authorization}
    response = ask(headers, f"/v1/{path}")

    assert response.status_code == 401
    assert response.json() == {"message": "Missing or wrong credentials"}
    assert response.headers["www-authenticate"].startswith("Basic realm=")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/",
        "/usages",
        "/v2/usages",
        "/v1/usages/",
        "/v1/teams/x",
        "/v1usages",
        "/v1/é",
    ],
)
def test_unknown_path_is_404(path: str) -> None:
    """Only the known paths exist, under /v1."""
    response = ask({"Authorization": f"Bearer {TOKEN}"}, path)

    assert response.status_code == 404
    assert set(response.json()) == {"message"}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_other_methods_are_405(method: str) -> None:
    """The API is read-only here, and says so; an answer to HEAD has no body."""
    response = ask({"Authorization": f"Bearer {TOKEN}"}, "/v1/usages", method)

    assert response.status_code == 405
    assert response.headers["allow"] == "GET"
    assert (response.content == b"") == (method == "HEAD")


def test_other_team_is_403(probe: Probe) -> None:
    """Limits and projects of another team are out of reach."""
    for path, params in ((LIMITS, {}), ("/projects", {"teamId": "team_other"})):
        assert probe.refusal(path, **params)[0] == 403


def test_every_answer_has_date_and_request_id(probe: Probe) -> None:
    """The date is the clock's, the request ids all differ, on successes and refusals alike."""
    responses = [probe.get(path) for path in ("/usages", "/teams", "/nowhere", LIMITS)]
    responses.append(probe.get("/usages", startDate="x"))

    assert {"Wed, 17 Jun 2026 15:42:07 GMT"} == {r.headers["date"] for r in responses}
    assert len({r.headers["x-request-id"] for r in responses}) == 5
    for response in responses:
        assert response.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5, deflate", True),
        ("gzip; q=1.0", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000, br", False),
        ("identity", False),
        ("br", False),
        ("x-gzip", False),
    ],
)
def test_large_bodies_are_compressed_when_allowed(
    probe: Probe, accepted: str, compressed: bool
) -> None:
    """With gzip the body is smaller and the same; Content-Length is that of what was sent."""
    plain = probe.client.get("/usages", headers={"Accept-Encoding": "identity"})
    with probe.client.stream("GET", "/usages", headers={"Accept-Encoding": accepted}) as response:
        raw = b"".join(response.iter_raw())

    assert (response.headers.get("content-encoding") == "gzip") == compressed
    assert len(raw) == int(response.headers["content-length"])
    assert (gzip.decompress(raw) if compressed else raw) == plain.content
    assert response.headers["vary"] == "Accept-Encoding"
    if compressed:
        assert len(raw) < len(plain.content) / 4


def test_small_bodies_are_not_compressed(probe: Probe) -> None:
    """A body of less than a kilobyte is sent as it is."""
    response = probe.get("/oscu/prices")

    assert "content-encoding" not in response.headers
    assert len(response.content) < 1024


def test_too_large_body_is_413(probe: Probe, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body of exactly the limit gets through the gateway, one byte more does not."""
    size = len(probe.get("/usages", **MAY).content)

    assert app.LARGEST_BODY == 6_291_456
    monkeypatch.setattr(app, "LARGEST_BODY", size)
    assert probe.get("/usages", **MAY).status_code == 200
    monkeypatch.setattr(app, "LARGEST_BODY", size - 1)
    assert probe.refusal(**MAY) == (413, "Request Entity Too Large")
    assert probe.get("/usages", **MAY, dropZeroPoints="true").status_code == 200


def test_body_is_compact_utf_8(probe: Probe) -> None:
    """Bodies have no needless space, and names are not escaped."""
    body = probe.get("/projects").content

    assert "紅葉戦記".encode() in body
    assert json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode() == body


@pytest.mark.parametrize(("path", "expected"), [("/v1/oscu/prices", "200"), ("/nowhere", "404")])
def test_app_keeps_to_wsgi(path: str, expected: str) -> None:
    """Python's own checker of PEP 3333 finds nothing to complain about."""
    environ: dict[str, Any] = {"SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": ""}
    environ["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    setup_testing_defaults(environ)
    seen: list[str] = []

    def start_response(status: str, headers: object, exc_info: object = None) -> Any:
        seen.append(status[:3])

    with closing(cast("Any", validator(Sandbox()))(environ, start_response)) as result:
        assert b"".join(result)
    assert seen == [expected]


def test_default_clock_is_the_systems() -> None:
    """Without a clock the sandbox lives today."""
    with httpx.Client(transport=httpx.WSGITransport(app=Sandbox())) as client:
        response = client.get("http://sandbox.test/v1/usages", auth=(API_KEY, API_SECRET))

    assert response.json()["activity"]


def test_import_is_stdlib_only() -> None:
    """Importing the sandbox loads nothing of ours or others', and not the HTTP server."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS], check=True, capture_output=True, text=True
    )

    assert done.stdout.strip() == "set() {'sandbox'} False"
