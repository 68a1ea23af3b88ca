"""The WSGI application: routes, credentials, refusals and headers around the answers."""

from __future__ import annotations

import json
import re
import zlib
from binascii import b2a_base64
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from scenario_usage_cli.sandbox.accounts import (
    list_prices,
    list_teams,
    retrieve_team,
)
from scenario_usage_cli.sandbox.answers import build_answer
from scenario_usage_cli.sandbox.events import HISTORY_DAYS, select_events
from scenario_usage_cli.sandbox.limits import retrieve_limits
from scenario_usage_cli.sandbox.projects import list_projects
from scenario_usage_cli.sandbox.query import Params, RefusedError, parse_query, refuse_team
from scenario_usage_cli.sandbox.studio import TEAM_ID
from scenario_usage_cli.sandbox.times import DAY, to_ms

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

API_KEY = "sandbox-key"
API_SECRET = "sandbox-secret"  # noqa: S105 (it opens nothing but the sandbox)
TOKEN = "sandbox-token"  # noqa: S105

BASE_PATH = "/v1"
LARGEST_BODY = 6 * 1024 * 1024  # bytes before compression; more does not get through the gateway

Json = dict[str, Any]
Endpoint = Callable[[Params, int], Json]

_COMPRESSED_FROM = 1024  # bytes
_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Request Entity Too Large",
}
_REFUSAL_HEADERS = {
    401: [("WWW-Authenticate", 'Basic realm="scenario sandbox", charset="UTF-8"')],
    405: [("Allow", "GET")],
}
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Sandbox:
    """The Scenario API under `/v1`, as a WSGI application (PEP 3333), safe to call from threads.

    *clock* gives the aware UTC now; nothing later is visible, and the same question asked at the
    same now has the same answer, in every process.
    """

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        self._clock = clock or (lambda: datetime.now(UTC))
        self._serials = count(1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        now = self._clock().astimezone(UTC)
        status = 200
        headers = [
            ("Content-Type", "application/json; charset=utf-8"),
            ("Date", _format_http_date(now)),
            ("x-request-id", f"req_{next(self._serials):08x}"),
        ]
        try:
            body = _dump(_answer(environ, to_ms(now)))
            _check_size(body)
        except RefusedError as refused:
            status, body = refused.status, _dump({"message": refused.message})
            headers += _REFUSAL_HEADERS.get(status, [])
        if len(body) > _COMPRESSED_FROM:
            headers.append(("Vary", "Accept-Encoding"))
            if _accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
                headers.append(("Content-Encoding", "gzip"))
                body = _gzip(body)
        headers.append(("Content-Length", str(len(body))))
        start_response(f"{status} {_REASONS[status]}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _answer(environ: WSGIEnvironment, now: int) -> Json:
    path = environ.get("PATH_INFO", "")
    endpoint = _find_endpoint(path)
    if endpoint is None:
        raise RefusedError(404, f"There is nothing at {path}")
    if environ["REQUEST_METHOD"] != "GET":
        raise RefusedError(405, f"{path} answers to GET only")
    if not _is_known(environ.get("HTTP_AUTHORIZATION", "")):
        raise RefusedError(401, "Missing or wrong credentials")
    return endpoint(Params(environ.get("QUERY_STRING", "")), now)


def _list_usages(params: Params, now: int) -> Json:
    query = parse_query(params, now)
    oldest = (now // DAY - HISTORY_DAYS) * DAY
    start, end = max(query.start, oldest), min(query.end, now)
    return build_answer(query, select_events(start, end, query.projects, query.users))


def _refuse_team(params: Params, now: int) -> Json:
    refuse_team()


_ENDPOINTS: dict[str, Endpoint] = {
    "/usages": _list_usages,
    "/projects": list_projects,
    "/teams": list_teams,
    f"/teams/{TEAM_ID}": retrieve_team,
    f"/teams/{TEAM_ID}/limits": retrieve_limits,
    "/oscu/prices": list_prices,
}
_ANY_LIMITS = re.compile(r"/teams/[^/]+/limits")


def _find_endpoint(path: str) -> Endpoint | None:
    if not path.startswith(BASE_PATH):
        return None
    path = path.removeprefix(BASE_PATH)
    return _ENDPOINTS.get(path) or (_refuse_team if _ANY_LIMITS.fullmatch(path) else None)


def _is_known(authorization: str) -> bool:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "basic":
        expected = b2a_base64(f"{API_KEY}:{API_SECRET}".encode(), newline=False).decode()
        return credentials.strip() == expected
    return scheme.lower() == "bearer" and credentials.strip() == TOKEN


def _dump(answer: Json) -> bytes:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def _check_size(body: bytes) -> None:
    if len(body) > LARGEST_BODY:
        raise RefusedError(413, "Request Entity Too Large")


def _accepts_gzip(header: str) -> bool:
    """Whether an `Accept-Encoding` lists gzip, with any weight but 0."""
    for part in header.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        if name == "gzip":
            return weight.strip("0.") != "" or not weight
    return False


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(level=1, wbits=31)  # 31: with gzip's header, which has no time in it
    return packer.compress(body) + packer.flush()


def _format_http_date(now: datetime) -> str:
    """As RFC 9110 has it; strftime would speak the locale's language."""
    day, month = _WEEKDAYS[now.weekday()], _MONTHS[now.month - 1]
    return f"{day}, {now.day:02} {month} {now.year} {now:%H:%M:%S} GMT"
