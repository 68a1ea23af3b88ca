"""What the options of a data command mean: a client, filters and a period."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from http import HTTPStatus

import httpx

from scenario_usage_cli.api.client import (
    CONNECT_TIMEOUT_S,
    READ_TIMEOUT_S,
    RETRIES,
    BearerAuth,
    Client,
    Connection,
    parse_base_url,
)
from scenario_usage_cli.api.deadline import Deadline
from scenario_usage_cli.api.retry import RetryPolicy
from scenario_usage_cli.cli.options import (
    ConnectionOptions,
    FilterOptions,
    PeriodOptions,
    split_values,
)
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.collect.identify import check_projects, check_team, check_users
from scenario_usage_cli.collect.projects import resolve_projects
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.errors import ApiError, BadArgument, ConfigurationError
from scenario_usage_cli.periods import Period, parse_period, parse_zone
from scenario_usage_cli.settings import (
    Config,
    Credentials,
    Settings,
    find_base_url,
    find_credentials,
    require_credentials,
)

_REFUSALS = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
"""What the API may answer to a team that is none."""


def connect(runtime: Runtime, config: Config, options: ConnectionOptions) -> Client:
    """A client for the API or, with --demo, for the built-in studio.

    Raises ConfigurationError where credentials are missing, or not safe to send.
    """
    if options.demo and options.base_url:
        raise BadArgument(
            "--demo and --base-url contradict each other", hint="the built-in studio has no address"
        )
    auth: httpx.Auth
    deadline = Deadline()
    if options.demo:
        # Only the demo needs the studio, and nothing else should pay for its import.
        from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox

        base_url = "http://127.0.0.1/v1"
        transport: httpx.BaseTransport = httpx.WSGITransport(Sandbox(runtime.now))
        auth = httpx.BasicAuth(API_KEY, API_SECRET)
    else:
        base_url = find_base_url(runtime.environ, config, option=options.base_url).value
        auth = _build_auth(require_credentials(find_credentials(runtime.environ, config)))
        url = parse_base_url(base_url)
        transport = runtime.transport or _open_transport(url, deadline)
    return Client(
        Connection(
            base_url=base_url,
            auth=auth,
            retry=RetryPolicy(
                retries=RETRIES if options.retries is None else options.retries,
                sleep=runtime.sleep,
                log=runtime.log,
            ),
            redactor=runtime.redactor,
            log=runtime.log if runtime.verbose else None,
            now=runtime.now,
            transport=transport,
            deadline=deadline,
            timeout_s=options.timeout or READ_TIMEOUT_S,
            connect_timeout_s=options.timeout or CONNECT_TIMEOUT_S,
        )
    )


def _open_transport(url: httpx.URL, deadline: Deadline) -> httpx.BaseTransport:
    # Only a network needs the library of connections, and neither tests nor the demo have one.
    from scenario_usage_cli.api.transport import open_transport

    return open_transport(url, deadline)


def _build_auth(credentials: Credentials) -> httpx.Auth:
    if credentials.token:
        return BearerAuth(credentials.token)
    return httpx.BasicAuth(credentials.api_key or "", credentials.api_secret or "")


def read_zone(settings: Settings) -> tzinfo:
    """The zone in which days begin; one that cannot be is the fault of where it stands."""
    try:
        return parse_zone(settings.tz.value, source=settings.tz.source)
    except BadArgument as error:
        if settings.tz.source == "--tz":
            raise
        raise ConfigurationError(error.message, hint=error.hint) from None


def read_period(options: PeriodOptions, settings: Settings, now: datetime) -> Period:
    """The period that the options name."""
    return parse_period(
        start=options.start,
        end=options.end,
        last=options.last,
        period=options.period,
        zone=read_zone(settings),
        now=now,
    )


@contextmanager
def explain_team(client: Client, options: FilterOptions, settings: Settings) -> Iterator[None]:
    """Turn the refusal of a team that is none into an error which says so."""
    try:
        yield
    except ApiError as error:
        if error.status in _REFUSALS:
            check_ids(client, Filters(options.team or settings.team), options, settings)
        raise


def check_ids(
    client: Client, missing: Filters, options: FilterOptions, settings: Settings
) -> list[str]:
    """Look whether there is anything by the ids of which nothing was found.

    Raises BadArgument for one that nobody knows, or ConfigurationError where it stands in the
    profile; gives warnings of those that nobody can tell.
    """
    team_id = options.team or settings.team
    warnings: list[str] = []
    if missing.team_id:
        with _locate(settings, "team", option="--team" if options.team else None) as source:
            warnings += check_team(client, missing.team_id, source)
    with _locate(settings, "projects", option="--project" if options.project else None) as source:
        warnings += check_projects(client, missing.project_ids, team_id, source)
    return warnings + check_users(client, missing.user_ids, team_id)


def read_filters(
    options: FilterOptions, settings: Settings, client: Client, *, models: tuple[str, ...] = ()
) -> Filters:
    """The filters that options and profile name, project names looked up; one that cannot be is
    the fault of where it stands.
    """
    team_id = options.team or settings.team
    wanted = tuple(options.project or settings.projects)
    with _locate(settings, "projects", option="--project" if options.project else None) as source:
        project_ids = resolve_projects(client, wanted, team_id=team_id, source=source)
    return Filters(
        team_id=team_id,
        project_ids=project_ids,
        user_ids=split_values(options.user),
        models=models,
    )


@contextmanager
def _locate(settings: Settings, key: str, *, option: str | None) -> Iterator[str]:
    """Hand out where a value stands: in the option or, without one, at a key of the profile, whose
    fault it is then if the value cannot be.
    """
    if option:
        yield option
        return
    try:
        yield settings.config.locate(key)
    except BadArgument as error:
        raise ConfigurationError(error.message, hint=error.hint) from None
