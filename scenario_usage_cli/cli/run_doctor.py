"""What `doctor` does: one check after the other, each of what every other command would use."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from http import HTTPStatus

import typer

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.api.query import UsagesQuery
from scenario_usage_cli.api.wire import Project, Team
from scenario_usage_cli.cli.config_file import read_config
from scenario_usage_cli.cli.findings import Findings
from scenario_usage_cli.cli.options import ConnectionOptions
from scenario_usage_cli.cli.own_settings import check_defaults, check_scope
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import connect
from scenario_usage_cli.collect.projects import read_name
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.errors import AccessDenied, ApiError, ConfigurationError
from scenario_usage_cli.settings import (
    Settings,
    find_base_url,
    find_credentials,
    load_settings,
    require_credentials,
)

_CLOCK_TOLERANCE = timedelta(minutes=5)


def run_doctor(options: ConnectionOptions, runtime: Runtime, *, as_json: bool) -> None:
    """Print every finding; raises typer.Exit with the code of the first failure."""
    findings = Findings(runtime, as_json)
    _check_all(options, runtime, findings)
    findings.end()
    raise typer.Exit(findings.code)


def _check_all(options: ConnectionOptions, runtime: Runtime, findings: Findings) -> None:
    try:
        config = read_config(runtime)
    except ConfigurationError as error:
        findings.failed("config", error)
        return
    findings.warnings = config.warnings
    findings.passed("config", str(config) if config.found else f"none at {config.path}, fine")
    settings = load_settings(runtime.environ, config)
    check_defaults(settings, findings)
    if options.demo:
        findings.passed("credentials", "those of the built-in studio")
        settings = settings._replace(team=None, projects=())
    elif not _check_credentials(options, runtime, settings, findings):
        return
    try:
        client = connect(runtime, config, options)
    except ConfigurationError as error:
        findings.failed("API", error)
        return
    with client:
        _check_api(client, settings, runtime, findings)


def _check_credentials(
    options: ConnectionOptions, runtime: Runtime, settings: Settings, findings: Findings
) -> bool:
    """Whether there is anything to ask the API with."""
    are_there = True
    try:
        credentials = require_credentials(find_credentials(runtime.environ, settings.config))
        kind = "a token" if credentials.token else "an API key and its secret"
        findings.passed("credentials", f"{kind} from {credentials.source}")
    except ConfigurationError as error:
        findings.failed("credentials", error)
        are_there = False
    try:
        base_url = find_base_url(runtime.environ, settings.config, option=options.base_url)
        findings.passed("base URL", f"{base_url.value} ({base_url.source})")
    except ConfigurationError as error:
        findings.failed("base URL", error)
        are_there = False
    return are_there


def _check_api(client: Client, settings: Settings, runtime: Runtime, findings: Findings) -> None:
    try:
        _ask(client, Filters(), runtime)
    except AccessDenied as error:
        findings.passed("API", "it answers")
        findings.failed("access", error)
        _check_clock(client, runtime, findings)
        return
    except ApiError as error:
        findings.failed("API", error)
        return
    findings.passed("API", "it answers")
    findings.passed("access", "the credentials are accepted")
    _check_clock(client, runtime, findings)
    teams = _check_sight("teams", client.teams, findings)
    projects = _check_sight("projects", lambda: client.projects(team_id=settings.team), findings)
    if settings.team or settings.projects:
        filters = check_scope(client, settings, teams, projects, findings)
        if filters is not None:
            _check_usage(client, filters, runtime, findings)


def _check_usage(client: Client, filters: Filters, runtime: Runtime, findings: Findings) -> None:
    try:
        _ask(client, filters, runtime)
        findings.passed("own usage", "the API answers for them")
    except ApiError as error:
        findings.failed("own usage", error)


def _ask(client: Client, filters: Filters, runtime: Runtime) -> None:
    """Ask for one hour. Raises the client's errors."""
    now = runtime.now()
    client.usages(
        UsagesQuery(
            start=now - timedelta(hours=1),
            end=now,
            types=("consumption",),
            project_ids=filters.project_ids,
            team_id=filters.team_id,
        )
    )


def _check_clock(client: Client, runtime: Runtime, findings: Findings) -> None:
    if client.server_time is None:
        findings.passed("clock", "the server does not tell its time")
        return
    apart = abs(client.server_time - runtime.now())
    told = f"{apart.total_seconds():.0f} s apart from the server's"
    if apart <= _CLOCK_TOLERANCE:
        findings.passed("clock", told)
    else:
        findings.failed("clock", ConfigurationError(told, hint="set the clock of this machine"))


def _check_sight(
    what: str, look: Callable[[], Sequence[Project | Team]], findings: Findings
) -> dict[str, str] | None:
    """What the key can see, by id and with its name; a refusal is information, not a failure."""
    try:
        listed = look()
    except AccessDenied as error:
        if error.status != HTTPStatus.FORBIDDEN:
            findings.failed(what, error)
        else:
            findings.passed(what, "not for this key to list; ids work all the same")
        return None
    except ApiError as error:
        findings.failed(what, error)
        return None
    names = [read_name(known) for known in listed]
    shown = ", ".join(names[:5]) + (", …" if names[5:] else "")
    findings.passed(what, f"{len(names)}: {shown}" if names else "none")
    return {known["id"]: read_name(known) for known in listed}
