"""The thin HTTP client: a few endpoints, and one way to authenticate, retry, log and fail."""

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from copy import copy
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Self
from urllib.parse import quote, urlencode

import httpx

from scenario_usage_cli import __version__
from scenario_usage_cli.api.body import parse_answer, parse_usages
from scenario_usage_cli.api.deadline import Deadline
from scenario_usage_cli.api.download import Download
from scenario_usage_cli.api.failures import (
    as_too_large,
    build_connection_failure,
    build_deadline_failure,
    build_status_failure,
    is_permanent,
)
from scenario_usage_cli.api.gate import Gate
from scenario_usage_cli.api.lists import Lists
from scenario_usage_cli.api.query import UsagesQuery
from scenario_usage_cli.api.retry import (
    RetryPolicy,
    Transient,
    is_retried,
    parse_http_date,
    parse_retry_after,
)
from scenario_usage_cli.api.wire import (
    PackPrice,
    PriceList,
    Project,
    ProjectsPage,
    Team,
    TeamAnswer,
    TeamDetails,
    TeamLimits,
    TeamsAnswer,
    UsagesAnswer,
)
from scenario_usage_cli.errors import (
    ApiError,
    BadArgument,
    ConfigurationError,
    UnreadableAnswer,
)
from scenario_usage_cli.redaction import Redactor

READ_TIMEOUT_S = 60.0
CONNECT_TIMEOUT_S = 5.0
RETRIES = 4
TIMEOUTS_PER_REQUEST = 10
"""How many read timeouts a request may take as a whole."""

_PAGE_SIZE = 100
_MOST_PAGES = 1_000
_HEADERS = {
    "User-Agent": f"scenario-usage/{__version__}",
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
}
_REQUEST_ID_HEADERS = ("x-request-id", "x-amzn-requestid", "x-amz-apigw-id", "x-correlation-id")


class Connection(NamedTuple):
    """Where and how to reach the API.

    `auth` signs the requests, `log` is told of each, and `transport` gives up when the `deadline`
    has passed: a request may take `longest_s` as a whole, some read timeouts if that is not given.
    `see` is shown every answer before it is used. Unless `is_quoted`, errors do not repeat what the
    API says.
    """

    base_url: str
    auth: httpx.Auth | None
    retry: RetryPolicy
    redactor: Redactor
    log: Callable[[str], None] | None
    now: Callable[[], datetime]
    transport: httpx.BaseTransport
    deadline: Deadline
    timeout_s: float = READ_TIMEOUT_S
    connect_timeout_s: float = CONNECT_TIMEOUT_S
    longest_s: float | None = None
    see: Callable[[bytes], None] | None = None
    is_quoted: bool = True

    def send(self, url: httpx.URL) -> httpx.Response:
        """The answer to a GET, whose body is still to come; raises httpx.RequestError.

        There is no client of httpx between: it would prepare cookies and redirects, which are not
        wanted here, and took 8 % of the processor time of a long event log.
        """
        timeout = httpx.Timeout(self.timeout_s, connect=self.connect_timeout_s)
        request = httpx.Request(
            "GET", url, headers=_HEADERS, extensions={"timeout": timeout.as_dict()}
        )
        if self.auth:
            request = next(self.auth.sync_auth_flow(request))
        response = self.transport.handle_request(request)
        response.request = request
        return response


class BearerAuth(httpx.Auth):
    """`Authorization: Bearer TOKEN`."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Any:
        """Sign the request; httpx calls this."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class Client:
    """The Scenario API.

    Every method raises AccessDenied, RequestFailed, ServiceUnreachable or UnreadableAnswer, after
    as many retries as the connection's policy allows.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._deadline = connection.deadline
        self.lists = Lists()
        self.server_time: datetime | None = None
        """The `Date` of the last answer."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._connection.transport.close()

    def hurry(self, timeout_s: float) -> Self:
        """The same client for what may fail: it tries once, and no longer than so many seconds.

        It is not slowed down by a rate limit of the others, and does not slow them down.
        """
        hurried = copy(self)
        connection = self._connection
        hurried._connection = connection._replace(
            retry=replace(connection.retry, retries=0, gate=Gate()),
            timeout_s=timeout_s,
            connect_timeout_s=min(timeout_s, connection.connect_timeout_s),
            longest_s=timeout_s,
        )
        return hurried

    def usages(self, query: UsagesQuery) -> UsagesAnswer:
        """What was used: `GET /usages`."""
        return self.parse_usages(self.usages_body(query), query)

    def usages_body(self, query: UsagesQuery, *, may_be_split: bool = False) -> bytes:
        """The same as bytes, to be parsed later: they take a tenth of the memory.

        With `may_be_split`, an answer that seems too large for the gateway raises AnswerTooLarge
        soon, without the usual retries.
        """
        return self._get("/usages", query.params(), may_be_split=may_be_split)

    def parse_usages(self, body: bytes, query: UsagesQuery) -> UsagesAnswer:
        """What such a body says; raises UnreadableAnswer."""
        return parse_usages(body, source="the answer", expected=query.keys)

    def projects(self, *, team_id: str | None = None) -> list[Project]:
        """Every project that the key may list, from all pages of `GET /projects`."""
        listed = self.lists.projects
        if team_id not in listed:
            listed[team_id] = self._list_projects(team_id)
        return listed[team_id]

    def _list_projects(self, team_id: str | None) -> list[Project]:
        projects: list[Project] = []
        params = {"pageSize": str(_PAGE_SIZE)} | ({"teamId": team_id} if team_id else {})
        seen: set[str] = set()
        while len(seen) < _MOST_PAGES:
            body = self._get("/projects", params)
            page = parse_answer(
                ProjectsPage, body, source="/projects", expected=ProjectsPage.__annotations__
            )
            projects += page.get("projects") or []
            token = page.get("nextPaginationToken")
            if not token:
                return projects
            if token in seen:
                break
            seen.add(token)
            params["paginationToken"] = token
        raise UnreadableAnswer(
            f"/projects does not end: page {len(seen)} is followed by another one",
            hint="the API or a proxy repeats itself; ids (project_…) instead of names need no list",
        )

    def teams(self) -> list[Team]:
        """The teams of the key: `GET /teams`."""
        listed = self.lists.teams
        if not listed:
            body = self._get("/teams")
            answer = parse_answer(TeamsAnswer, body, source="/teams", expected=("teams",))
            listed[:] = answer.get("teams") or []
        return listed

    def team(self, team_id: str) -> TeamDetails:
        """The people and API keys of a team: `GET /teams/{teamId}`."""
        listed = self.lists.details
        if team_id not in listed:
            path = f"/teams/{quote(team_id, safe='')}"
            answer = parse_answer(
                TeamAnswer, self._get(path), source=path, expected=TeamAnswer.__annotations__
            )
            listed[team_id] = answer.get("team") or {}
        return listed[team_id]

    def team_limits(self, team_id: str) -> TeamLimits:
        """Plan, billing period and CU of a team: `GET /teams/{teamId}/limits`."""
        path = f"/teams/{quote(team_id, safe='')}/limits"
        return parse_answer(
            TeamLimits, self._get(path), source=path, expected=TeamLimits.__annotations__
        )

    def price_list(self) -> list[PackPrice]:
        """The list prices of packs of CU: `GET /oscu/prices`."""
        path = "/oscu/prices"
        answer = parse_answer(
            PriceList, self._get(path), source=path, expected=PriceList.__annotations__
        )
        return answer.get("prices") or []

    def _get(
        self, path: str, params: dict[str, str] | None = None, *, may_be_split: bool = False
    ) -> bytes:
        """The body of a 200, free of secrets."""
        try:
            query = f"?{urlencode(params)}" if params else ""
            url = httpx.URL(self._connection.base_url + path + query)
        except httpx.InvalidURL as error:
            raise BadArgument(
                f"the request cannot be written as a URL: {error}",
                hint="give fewer ids at once",
            ) from error
        body = self._connection.retry.run(lambda tries: self._attempt(url, tries, may_be_split))
        body = self._connection.redactor.json_body(body)
        if self._connection.see:
            self._connection.see(body)
        return body

    def _attempt(self, url: httpx.URL, tries: int, may_be_split: bool) -> bytes:
        started = time.monotonic()
        download: Download | None = None
        connection = self._connection
        limit_s = connection.longest_s or connection.timeout_s * TIMEOUTS_PER_REQUEST
        self._deadline.start(limit_s)
        try:
            with closing(connection.send(url)) as response:
                download = Download(response)
                is_answer = response.status_code == httpx.codes.OK
                # A response is a reference cycle: a body that it kept would outlive its use.
                body = download.read_answer() if is_answer else download.read_error()
        except UnicodeError as error:  # from encoding the host's name
            raise self._fail(url, error) from error
        except UnreadableAnswer:
            self._log(url, f"{response.status_code} gave up", started, tries, response.headers)
            raise
        except httpx.RequestError as error:
            self._log(url, type(error).__name__, started, tries)
            if isinstance(error, httpx.TimeoutException) and self._deadline.has_passed:
                raise build_deadline_failure(url, limit_s) from error
            failure = self._fail(url, error)
            received_bytes = download.received_bytes if download else 0
            if may_be_split and (too_large := as_too_large(failure, received_bytes)):
                raise too_large from error
            if is_permanent(error):
                raise failure from error
            raise Transient(failure) from error
        self._log(url, f"{response.status_code} {len(body)} B", started, tries, response.headers)
        self.server_time = parse_http_date(response.headers.get("date", ""))
        if is_answer:
            return body
        failure = build_status_failure(
            response,
            self._connection.redactor.json_body(body),
            is_quoted=self._connection.is_quoted,
        )
        # A gateway that fails twice instead of the API has most likely received too much.
        if may_be_split and tries and (too_large := as_too_large(failure)):
            raise too_large
        if is_retried(response.status_code, response.headers):
            wait_s = parse_retry_after(response.headers, self._connection.now())
            raise Transient(failure, wait_s=wait_s)
        raise failure

    def _fail(self, url: httpx.URL, error: Exception) -> ApiError:
        return build_connection_failure(
            url, error, self._connection.timeout_s, self._connection.connect_timeout_s
        )

    def _log(
        self,
        url: httpx.URL,
        outcome: str,
        started: float,
        tries: int,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        if self._connection.log is None:
            return
        elapsed_ms = (time.monotonic() - started) * 1000
        request_id = next((headers[name] for name in _REQUEST_ID_HEADERS if name in headers), "-")
        self._connection.log(
            f"GET {url} {outcome} {elapsed_ms:.0f} ms, retry {tries}, request id {request_id}"
        )


def parse_base_url(text: str) -> httpx.URL:
    """The base URL as the HTTP library reads it; raises ConfigurationError where it cannot."""
    try:
        return httpx.URL(text)
    except httpx.InvalidURL as error:
        raise ConfigurationError(
            f"the base URL {text} cannot be used: {error}",
            hint="check --base-url, SCENARIO_BASE_URL and base_url in the profile",
        ) from error
