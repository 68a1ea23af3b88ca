"""What `doctor` does: one check after the other, each a line with a tick or a cross."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

import typer

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.api.query import UsagesQuery
from scenario_usage_cli.api.wire import Project, Team
from scenario_usage_cli.cli.configuration import read_config
from scenario_usage_cli.cli.options import ConnectionOptions
from scenario_usage_cli.cli.output import write_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import connect
from scenario_usage_cli.collect.projects import read_name
from scenario_usage_cli.errors import (
    AccessDenied,
    ApiError,
    ConfigurationError,
    ExitCode,
    ScenarioUsageError,
)
from scenario_usage_cli.render.text import show
from scenario_usage_cli.settings import (
    Config,
    find_base_url,
    find_credentials,
    require_credentials,
)

_CLOCK_TOLERANCE = timedelta(minutes=5)
_NAME_WIDTH = 12


@dataclass
class _Findings:
    """Prints each check as it is made; `code` is that of the first one that failed."""

    runtime: Runtime
    code: ExitCode = field(default=ExitCode.DONE)

    def passed(self, check: str, found: str) -> None:
        self._print("✓", check, found)

    def failed(self, check: str, error: ScenarioUsageError) -> None:
        self._print("✗", check, f"{error.message} (hint: {error.hint})")
        self.code = self.code or error.exit_code

    def _print(self, mark: str, check: str, found: str) -> None:
        line = self.runtime.redactor.text(show(f"{mark} {check:{_NAME_WIDTH}} {found}"))
        write_output(None, self.runtime, lambda out: print(line, file=out))


def run_doctor(options: ConnectionOptions, runtime: Runtime) -> None:
    """Print every finding; raises typer.Exit with the code of the first failure."""
    findings = _Findings(runtime)
    try:
        config = read_config(runtime)
    except ConfigurationError as error:
        findings.failed("config", error)
        raise typer.Exit(findings.code) from error
    findings.passed("config", str(config) if config.found else f"none at {config.path}, fine")
    if options.demo:
        findings.passed("credentials", "those of the built-in studio")
    else:
        _check_credentials(options, runtime, config, findings)
    if findings.code is ExitCode.DONE:
        _connect(options, runtime, config, findings)
    raise typer.Exit(findings.code)


def _check_credentials(
    options: ConnectionOptions, runtime: Runtime, config: Config, findings: _Findings
) -> None:
    try:
        credentials = require_credentials(find_credentials(runtime.environ, config))
        kind = "a token" if credentials.token else "an API key and its secret"
        findings.passed("credentials", f"{kind} from {credentials.source}")
    except ConfigurationError as error:
        findings.failed("credentials", error)
    try:
        base_url = find_base_url(runtime.environ, config, option=options.base_url)
        findings.passed("base URL", f"{base_url.value} ({base_url.source})")
    except ConfigurationError as error:
        findings.failed("base URL", error)


def _connect(
    options: ConnectionOptions, runtime: Runtime, config: Config, findings: _Findings
) -> None:
    try:
        client = connect(runtime, config, options)
    except ConfigurationError as error:
        findings.failed("API", error)
        return
    with client:
        _check_api(client, runtime, findings)


def _check_api(client: Client, runtime: Runtime, findings: _Findings) -> None:
    now = runtime.now()
    query = UsagesQuery(start=now - timedelta(hours=1), end=now, types=("consumption",))
    try:
        client.usages(query)
    except AccessDenied as error:
        findings.passed("API", "it answers")
        findings.failed("access", error)
    except ApiError as error:
        findings.failed("API", error)
        return
    else:
        findings.passed("API", "it answers")
        findings.passed("access", "the credentials are accepted")
    _check_clock(client, runtime, findings)
    if findings.code is ExitCode.ACCESS_DENIED:
        return
    _check_sight("teams", client.teams, findings)
    _check_sight("projects", client.projects, findings)


def _check_clock(client: Client, runtime: Runtime, findings: _Findings) -> None:
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
    what: str, look: Callable[[], Sequence[Project | Team]], findings: _Findings
) -> None:
    """What the key can see; a refusal is information, not a failure."""
    try:
        names = [read_name(known) for known in look()]
    except AccessDenied as error:
        if error.status != HTTPStatus.FORBIDDEN:
            findings.failed(what, error)
            return
        findings.passed(what, "not for this key to list; ids work all the same")
    except ApiError as error:
        findings.failed(what, error)
    else:
        shown = ", ".join(names[:5]) + (", …" if names[5:] else "")
        findings.passed(what, f"{len(names)}: {shown}" if names else "none")
