"""The thin HTTP client: four endpoints, one way to authenticate, retry, log and fail."""

import json
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx

from scenario_usage_cli import __version__
from scenario_usage_cli.api.query import UsagesQuery
from scenario_usage_cli.api.retry import (
    RetryPolicy,
    Transient,
    is_retried,
    parse_http_date,
    parse_retry_after,
)
from scenario_usage_cli.api.wire import (
    Project,
    ProjectsPage,
    Team,
    TeamLimits,
    TeamsAnswer,
    UsagesAnswer,
    parse_answer,
    parse_usages,
)
from scenario_usage_cli.errors import (
    AccessDenied,
    ApiError,
    BadArgument,
    ConfigurationError,
    RequestFailed,
    ServiceUnreachable,
    UnreadableAnswer,
)
from scenario_usage_cli.redaction import Redactor

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 60.0
RETRIES = 4
_PAGE_SIZE = 100
_MOST_PAGES = 1_000
_REQUEST_ID_HEADERS = ("x-request-id", "x-amzn-requestid", "x-amz-apigw-id", "x-correlation-id")
_MESSAGE_KEYS = ("message", "error", "reason", "details")


@dataclass(frozen=True)
class Connection:
    """Where and how to reach the API; `auth` answers for the credentials."""

    base_url: str
    auth: httpx.Auth | None
    retry: RetryPolicy
    redactor: Redactor
    log: Callable[[str], None]
    now: Callable[[], datetime]
    transport: httpx.BaseTransport | None = None
    timeout_s: float = READ_TIMEOUT_S


class BearerAuth(httpx.Auth):
    """`Authorization: Bearer TOKEN`."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Any:
        """Sign the request, as httpx asks for it."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class Client:
    """The Scenario API. Every method raises AccessDenied, RequestFailed, ServiceUnreachable or
    UnreadableAnswer, after as many retries as the connection's policy allows.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._http = _open(connection)
        self.server_time: datetime | None = None
        """The `Date` of the last answer."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._http.close()

    def usages(self, query: UsagesQuery) -> UsagesAnswer:
        """What was used: `GET /usages`."""
        return parse_usages(self._get("/usages", query.params()), source="the answer")

    def projects(self, *, team_id: str | None = None) -> list[Project]:
        """Every project that the key may list, from all pages of `GET /projects`."""
        projects: list[Project] = []
        params = {"pageSize": str(_PAGE_SIZE)} | ({"teamId": team_id} if team_id else {})
        seen: set[str] = set()
        while len(seen) < _MOST_PAGES:
            page = parse_answer(ProjectsPage, self._get("/projects", params), source="/projects")
            projects += page.projects or []
            token = page.next_pagination_token
            if not token:
                return projects
            if token in seen:
                break
            seen.add(token)
            params["paginationToken"] = token
        raise UnreadableAnswer(
            f"/projects has no end: {len(seen)} pages, and still another one",
            hint="use project ids (project_…) instead of names",
        )

    def teams(self) -> list[Team]:
        """The teams of the key: `GET /teams`."""
        return parse_answer(TeamsAnswer, self._get("/teams"), source="/teams").teams or []

    def team_limits(self, team_id: str) -> TeamLimits:
        """Plan, billing period and CU of a team: `GET /teams/{teamId}/limits`."""
        path = f"/teams/{quote(team_id, safe='')}/limits"
        return parse_answer(TeamLimits, self._get(path), source=path)

    def _get(self, path: str, params: dict[str, str] | None = None) -> bytes:
        """The body of a 200, free of secrets."""
        try:
            url = httpx.URL(self._connection.base_url + path, params=params)
        except httpx.InvalidURL as error:
            raise BadArgument(
                f"the request cannot be written as a URL: {error}",
                hint="give fewer ids at once",
            ) from error
        body = self._connection.retry.run(lambda tries: self._attempt(url, tries))
        return self._connection.redactor.json_body(body)

    def _attempt(self, url: httpx.URL, tries: int) -> bytes:
        started = time.monotonic()
        try:
            response = self._http.get(url)
        except UnicodeError as error:  # from encoding the host's name
            raise _build_connection_failure(url, error, self._connection.timeout_s) from error
        except httpx.RequestError as error:
            self._log(url, type(error).__name__, started, tries)
            failure = _build_connection_failure(url, error, self._connection.timeout_s)
            if _is_permanent(error):
                raise failure from error
            raise Transient(failure) from error
        request_id = next(
            (response.headers[name] for name in _REQUEST_ID_HEADERS if name in response.headers),
            "-",
        )
        summary = f"{response.status_code} {len(response.content)} B"
        self._log(url, summary, started, tries, request_id)
        self.server_time = parse_http_date(response.headers.get("date", ""))
        if response.status_code == httpx.codes.OK:
            return response.content
        failure = self._build_status_failure(response)
        if is_retried(response.status_code, response.headers):
            wait_s = parse_retry_after(response.headers, self._connection.now())
            raise Transient(failure, wait_s=wait_s)
        raise failure

    def _log(
        self, url: httpx.URL, outcome: str, started: float, tries: int, request_id: str = "-"
    ) -> None:
        elapsed_ms = (time.monotonic() - started) * 1000
        self._connection.log(
            f"GET {url} {outcome} {elapsed_ms:.0f} ms, retry {tries}, request id {request_id}"
        )

    def _build_status_failure(self, response: httpx.Response) -> ApiError:
        status = response.status_code
        body = self._connection.redactor.json_body(response.content)
        said = _parse_message(body.decode("utf-8", "replace"))
        answered = f"the API answered {status} {response.reason_phrase}".rstrip()
        message = f"{answered}: {said}" if said else answered
        if status == 401:
            return AccessDenied(
                message, hint="check the API key and its secret, or the token", status=status
            )
        if status == 403:
            return AccessDenied(
                message,
                hint="this key may not see that; an Analytics API key of the organisation can",
                status=status,
            )
        if 300 <= status < 400:
            return RequestFailed(
                f"{answered}, to {_parse_host(response.extensions['location'])}: refused, "
                f"as credentials stay with {response.url.netloc.decode()}",
                hint="set the base URL to where the API really is",
                status=status,
            )
        hint = {
            400: "check the period and the ids of team, projects and users",
            404: "check the base URL; it ends with /v1",
            413: "ask for a shorter period, or for fewer sections",
            429: "too many calls at once; try again in a minute",
        }.get(status, "try again later; --verbose shows each request")
        return RequestFailed(message, hint=hint, status=status)


def _open(connection: Connection) -> httpx.Client:
    """The HTTP client; raises ConfigurationError for proxies and certificates that cannot be."""
    encrypted = connection.base_url.startswith("https:")
    try:
        return httpx.Client(
            base_url=connection.base_url,
            auth=connection.auth,
            event_hooks={"response": [_hide_redirect]},
            headers={"User-Agent": f"scenario-usage/{__version__}", "Accept": "application/json"},
            timeout=httpx.Timeout(
                connection.timeout_s, connect=min(CONNECT_TIMEOUT_S, connection.timeout_s)
            ),
            transport=connection.transport,
            # Plain http goes to this machine only: no proxy may see its credentials, and
            # loading certificates for it would be the slowest part of a start.
            trust_env=encrypted,
            verify=encrypted,
        )
    except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:
        raise ConfigurationError(
            f"cannot set up the connection: {error}",
            hint="look at the base URL (SCENARIO_BASE_URL), HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE",
        ) from error


def _hide_redirect(response: httpx.Response) -> None:
    """Nothing is followed, but httpx reads the target all the same, and a malformed one raises."""
    response.extensions["location"] = response.headers.pop("location", "")


def _build_connection_failure(url: httpx.URL, error: Exception, timeout_s: float) -> ApiError:
    host = url.netloc.decode("ascii", "replace")
    reason = str(error.__cause__ or error) or type(error).__name__
    match error:
        case httpx.ConnectTimeout():
            what = f"no connection to {host} within {min(CONNECT_TIMEOUT_S, timeout_s):g} s"
        case httpx.TimeoutException():
            what = f"no answer from {host} within {timeout_s:g} s"
        case httpx.ConnectError() if _is_tls_refusal(error):
            return ServiceUnreachable(
                f"TLS to {host} failed: {reason}",
                hint="check the base URL; behind a TLS proxy, SSL_CERT_FILE names its certificate",
            )
        case httpx.ConnectError():
            what = f"cannot connect to {host}: {reason}"
        case httpx.DecodingError():
            return UnreadableAnswer(
                f"the answer from {host} could not be decompressed: {reason}",
                hint="try again; if it stays, look at proxies between here and the API",
            )
        case _:
            what = f"the connection to {host} broke: {reason}"
    return ServiceUnreachable(
        what, hint="check the network and the base URL; --timeout and --retries allow more"
    )


def _is_permanent(error: httpx.RequestError) -> bool:
    return isinstance(error, httpx.UnsupportedProtocol) or _is_tls_refusal(error)


def _is_tls_refusal(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _parse_message(text: str) -> str | None:
    """What an error body says, in one line; None for a page or an unknown shape."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    while isinstance(document, dict):
        document = next((document[key] for key in _MESSAGE_KEYS if document.get(key)), None)
    if document is None:
        return None
    said = document if isinstance(document, str) else json.dumps(document)
    line = " ".join(said.split())
    return line if len(line) <= 300 else line[:300] + "…"


def _parse_host(location: str) -> str:
    """Where a redirect leads, without any credentials in it."""
    try:
        host = urlsplit(location).netloc.rpartition("@")[2]
    except ValueError:
        return "no valid address"
    return host or "another path"
