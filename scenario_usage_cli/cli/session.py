"""What the options of a data command mean: a client, filters and a period."""

from datetime import datetime, tzinfo

import httpx

from scenario_usage_cli.api.client import (
    CONNECT_TIMEOUT_S,
    READ_TIMEOUT_S,
    RETRIES,
    BearerAuth,
    Client,
    Connection,
)
from scenario_usage_cli.api.retry import RetryPolicy
from scenario_usage_cli.cli.options import (
    ConnectionOptions,
    FilterOptions,
    PeriodOptions,
    split_values,
)
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.collect.projects import resolve_projects
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.errors import BadArgument, ConfigurationError
from scenario_usage_cli.periods import Period, parse_period, parse_zone
from scenario_usage_cli.settings import (
    Config,
    Credentials,
    Settings,
    find_base_url,
    find_credentials,
    require_credentials,
)


def connect(runtime: Runtime, config: Config, options: ConnectionOptions) -> Client:
    """A client for the API or, with --demo, for the built-in studio.

    Raises ConfigurationError where credentials are missing, or not safe to send.
    """
    if options.demo and options.base_url:
        raise BadArgument(
            "--demo and --base-url contradict each other", hint="the built-in studio has no address"
        )
    auth: httpx.Auth
    if options.demo:
        # Only the demo needs the studio, and nothing else should pay for its import.
        from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox

        base_url = "http://127.0.0.1/v1"
        transport: httpx.BaseTransport | None = httpx.WSGITransport(Sandbox(runtime.now))
        auth = httpx.BasicAuth(API_KEY, API_SECRET)
    else:
        base_url = find_base_url(runtime.environ, config, option=options.base_url).value
        transport = runtime.transport
        auth = _build_auth(require_credentials(find_credentials(runtime.environ, config)))
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
            timeout_s=options.timeout or READ_TIMEOUT_S,
            connect_timeout_s=options.timeout or CONNECT_TIMEOUT_S,
        )
    )


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


def read_filters(
    options: FilterOptions, settings: Settings, client: Client, *, models: tuple[str, ...] = ()
) -> Filters:
    """The filters that options and profile name, project names looked up; one that cannot be is
    the fault of where it stands.
    """
    team_id = options.team or settings.team
    if options.project:
        project_ids = resolve_projects(client, tuple(options.project), team_id=team_id)
    else:
        source = settings.config.locate("projects")
        try:
            project_ids = resolve_projects(
                client, settings.projects, team_id=team_id, source=source
            )
        except BadArgument as error:
            raise ConfigurationError(error.message, hint=error.hint) from None
    return Filters(
        team_id=team_id,
        project_ids=project_ids,
        user_ids=split_values(options.user),
        models=models,
    )
