"""What `doctor` does: check, one by one, everything that the other commands use."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from http import HTTPStatus

import typer

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.api.query import UsagesQuery
from scenario_usage_cli.api.wire import Project, Team
from scenario_usage_cli.cli.config.budgets import find_budgets
from scenario_usage_cli.cli.config.cost_centres import find_cost_centres
from scenario_usage_cli.cli.config.file import read_config
from scenario_usage_cli.cli.config.secrets import fetch_secret
from scenario_usage_cli.cli.connect import connect
from scenario_usage_cli.cli.money import read_money
from scenario_usage_cli.cli.options import ConnectionOptions, DoctorOptions, FilterOptions
from scenario_usage_cli.cli.run.findings import Findings
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import Session, read_zone
from scenario_usage_cli.collect.known import read_name
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.credentials import Credentials, find_credentials, require_credentials
from scenario_usage_cli.errors import (
    AccessDenied,
    ApiError,
    ConfigurationError,
    ScenarioUsageError,
    list_some,
)
from scenario_usage_cli.render import FORMATS
from scenario_usage_cli.settings import (
    Config,
    Settings,
    find_base_url,
    load_settings,
)

_CLOCK_TOLERANCE = timedelta(minutes=5)
_MOST_NAMES = 5


def run_doctor(options: DoctorOptions, runtime: Runtime, *, connection: ConnectionOptions) -> None:
    """Print every finding; raises typer.Exit with the code of the first failed check."""
    findings = Findings(runtime, options.as_json)
    _check_all(connection, runtime, findings)
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
    _check_defaults(settings, findings)
    if config.cost_centres is not None:
        _check_cost_centres(config, runtime, findings)
    if config.profile and (config.profile.cu_price is not None or config.get("currency")):
        _check_price(config, findings)
    if config.budgets is not None:
        _check_budgets(config, runtime, findings)
    credentials = None
    if options.demo:
        findings.passed("credentials", "those of the built-in studio")
        settings = settings._replace(team=None, projects=())
    else:
        credentials = _check_credentials(runtime, settings, findings)
        if not _check_address(options, runtime, settings, findings) or not credentials:
            return
    try:
        client = connect(runtime, config, options, credentials=credentials)
    except ConfigurationError as error:
        findings.failed("API", error)
        return
    with client:
        _check_api(client, settings, runtime, findings)


def _check_cost_centres(config: Config, runtime: Runtime, findings: Findings) -> None:
    try:
        centres = find_cost_centres(config, None, runtime)
        findings.passed("cost centres", ", ".join(centres.by_name) if centres else "none, fine")
    except ConfigurationError as error:
        findings.failed("cost centres", error)


def _check_price(config: Config, findings: Findings) -> None:
    try:
        money = read_money(config)
        none = f"none: {config.locate('currency')} alone makes no amounts, without --cu-price"
        findings.passed("CU price", str(money or none))
    except ConfigurationError as error:
        findings.failed("CU price", error)


def _check_budgets(config: Config, runtime: Runtime, findings: Findings) -> None:
    try:
        budgets = find_budgets(config, runtime)
        findings.passed("budgets", ", ".join(one.name for one in budgets) or "none, fine")
    except ConfigurationError as error:
        findings.failed("budgets", error)


def _check_credentials(
    runtime: Runtime, settings: Settings, findings: Findings
) -> Credentials | None:
    """The credentials with their secret, or None if they are not there."""
    try:
        found = require_credentials(find_credentials(runtime.environ, settings.config))
        found = fetch_secret(found, settings.config, runtime)
    except ConfigurationError as error:
        findings.failed("credentials", error)
        return None
    kind = "a token" if found.token else "an API key and its secret"
    where = f" (the secret: {found.fetched_by})" if found.fetched_by else ""
    findings.passed("credentials", f"{kind} from {found.source}{where}")
    return found


def _check_address(
    options: ConnectionOptions, runtime: Runtime, settings: Settings, findings: Findings
) -> bool:
    """Whether the base URL can be used."""
    try:
        base_url = find_base_url(runtime.environ, settings.config, option=options.base_url)
    except ConfigurationError as error:
        findings.failed("base URL", error)
        return False
    findings.passed("base URL", f"{base_url.value} ({base_url.source})")
    return True


def _check_api(client: Client, settings: Settings, runtime: Runtime, findings: Findings) -> None:
    try:
        ask_one_hour(client, Filters(), runtime)
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
    most = None if runtime.verbose else _MOST_NAMES
    teams = _check_sight("teams", client.teams, findings, most=most)
    is_team_known = True
    try:
        settings = settings._replace(team=Session(client, FilterOptions(), settings).team_id)
    except ScenarioUsageError as error:
        findings.failed("own team", error)
        settings, is_team_known = settings._replace(team=None), False
    projects = _check_sight(
        "projects", lambda: client.projects(team_id=settings.team), findings, most=most
    )
    if is_team_known and (settings.team or settings.projects):
        filters = _check_scope(client, settings, teams, projects, findings)
        if filters is not None:
            _check_usage(client, filters, runtime, findings)


def _check_usage(client: Client, filters: Filters, runtime: Runtime, findings: Findings) -> None:
    try:
        ask_one_hour(client, filters, runtime)
        findings.passed("own usage", "the API answers for them")
    except ApiError as error:
        findings.failed("own usage", error)


def ask_one_hour(client: Client, filters: Filters, runtime: Runtime) -> None:
    """Ask for the usage of the last hour, which any key may see; raises the client's errors."""
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
    what: str,
    look: Callable[[], Sequence[Project | Team]],
    findings: Findings,
    *,
    most: int | None,
) -> dict[str, str] | None:
    """The names that the key can list, by id; a refusal is a finding and not a failure.

    So many of them are told, or all for None.
    """
    try:
        listed = look()
    except AccessDenied as error:
        if error.status != HTTPStatus.FORBIDDEN:
            findings.failed(what, error)
        else:
            findings.passed(what, "this key may not list them; ids work all the same")
        return None
    except ApiError as error:
        findings.failed(what, error)
        return None
    names = [read_name(known) for known in listed]
    findings.passed(what, f"{len(names)}: {list_some(names, most)}" if names else "none")
    return {known["id"]: read_name(known) for known in listed}


def _check_defaults(settings: Settings, findings: Findings) -> None:
    """Check the zone and the format, if they are set."""
    if settings.tz.source != "default":
        try:
            findings.passed("time zone", f"{read_zone(settings)} ({settings.tz.source})")
        except ConfigurationError as error:
            findings.failed("time zone", error)
    if settings.format is None:
        return
    name, source = settings.format
    if found := FORMATS.get(name.lower()):
        told = "" if found.commands is None else f", for {' and '.join(found.commands)} only"
        findings.passed("format", f"{name.lower()} ({source}){told}")
    else:
        message = f"{source} {name!r} is not a format of any command"
        findings.failed("format", ConfigurationError(message, hint=f"one of {', '.join(FORMATS)}"))


def _check_scope(
    client: Client,
    settings: Settings,
    teams: dict[str, str] | None,
    projects: dict[str, str] | None,
    findings: Findings,
) -> Filters | None:
    """Compare the team and the projects of the profile with those that the key can see.

    `teams` and `projects` are names by id, or None if the key may not list them. Returns the
    filters of every other command, or None if they cannot be used.
    """
    locate = settings.config.locate
    are_known = True
    if settings.team:
        are_known &= _check_ids("own team", (settings.team,), teams, locate("team"), findings)
    try:
        filters = Session(client, FilterOptions(), settings).read_filters()
    except ScenarioUsageError as error:
        findings.failed("own project", error)
        return None
    if settings.projects:
        where = locate("projects")
        are_known &= _check_ids("own project", filters.project_ids, projects, where, findings)
    return filters if are_known else None


def _check_ids(
    check: str, ids: tuple[str, ...], seen: dict[str, str] | None, where: str, findings: Findings
) -> bool:
    """Whether the ids are known, or cannot be looked up."""
    unknown = [one for one in ids if seen is not None and one not in seen]
    if not unknown:
        names = [(seen or {}).get(one, one) for one in ids]
        findings.passed(check, f"{', '.join(names)} ({where})")
        return True
    known = [f"{one} ({name})" for one, name in (seen or {}).items()]
    error = ConfigurationError(
        f"{where} names {', '.join(unknown)}, which the key cannot see",
        hint=f"it sees {list_some(known, _MOST_NAMES)}" if known else "it sees none",
    )
    findings.failed(check, error)
    return False
