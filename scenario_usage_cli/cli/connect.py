"""A client for the API, made of options, environment and profile."""

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
from scenario_usage_cli.cli.config.pseudonyms import open_pseudonyms
from scenario_usage_cli.cli.config.secrets import read_credentials
from scenario_usage_cli.cli.options import ConnectionOptions
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.credentials import Credentials
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.settings import Config, find_base_url


def connect(
    runtime: Runtime,
    config: Config,
    options: ConnectionOptions,
    *,
    credentials: Credentials | None = None,
) -> Client:
    """A client for the API or, with --demo, for the built-in studio.

    Without `credentials`, they are those of the environment or the profile.

    Raises ConfigurationError if credentials are missing, or would not be sent safely.
    """
    if options.demo and options.base_url:
        raise BadArgument(
            "--demo and --base-url contradict each other", hint="the built-in studio has no address"
        )
    auth: httpx.Auth
    deadline = Deadline()
    if options.demo:
        # Imported here, as only the demo needs the studio.
        from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox

        base_url = "http://127.0.0.1/v1"
        transport: httpx.BaseTransport = httpx.WSGITransport(Sandbox(runtime.now))
        auth = httpx.BasicAuth(API_KEY, API_SECRET)
    else:
        base_url = find_base_url(runtime.environ, config, option=options.base_url).value
        auth = _build_auth(credentials or read_credentials(runtime, config))
        url = parse_base_url(base_url)
        transport = runtime.transport or _open_transport(url, deadline)
    pseudonyms = open_pseudonyms(runtime, config, options)
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
            see=pseudonyms.learn_answer if pseudonyms else None,
            is_quoted=pseudonyms is None,
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
