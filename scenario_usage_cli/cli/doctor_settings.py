"""What `doctor` makes of the settings that somebody has made: zone, format, team and projects."""

from collections.abc import Mapping

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.cli.findings import Findings
from scenario_usage_cli.cli.options import FilterOptions
from scenario_usage_cli.cli.session import Session, read_zone
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.errors import ConfigurationError, ScenarioUsageError
from scenario_usage_cli.render import FORMATS, REPORT_FORMATS
from scenario_usage_cli.render.stream import STREAM_RENDERERS
from scenario_usage_cli.settings import Settings

_FORMATS: Mapping[str, tuple[str, ...]] = {
    "report": REPORT_FORMATS,
    "trend": FORMATS,
    "compare": FORMATS,
    "activity": tuple(STREAM_RENDERERS),
}


def check_defaults(settings: Settings, findings: Findings) -> None:
    """The zone and the format, as far as they are set."""
    if settings.tz.source != "default":
        try:
            findings.passed("time zone", f"{read_zone(settings)} ({settings.tz.source})")
        except ConfigurationError as error:
            findings.failed("time zone", error)
    if settings.format is None:
        return
    name, source = settings.format
    takers = [command for command, known in _FORMATS.items() if name.lower() in known]
    if takers:
        told = "" if len(takers) == len(_FORMATS) else f", for {' and '.join(takers)} only"
        findings.passed("format", f"{name.lower()} ({source}){told}")
    else:
        known = dict.fromkeys(one for formats in _FORMATS.values() for one in formats)
        message = f"{source} {name!r} is not a format of any command"
        findings.failed("format", ConfigurationError(message, hint=f"one of {', '.join(known)}"))


def check_scope(
    client: Client,
    settings: Settings,
    teams: dict[str, str] | None,
    projects: dict[str, str] | None,
    findings: Findings,
) -> Filters | None:
    """The team and the projects of the profile, held against those that the key can see by id and
    with their names, or None where it may not list them. Returns what every other command would
    be narrowed to; None where that cannot be.
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
    """Whether they may be there: where nothing may be listed, that is to be tried out."""
    unknown = [one for one in ids if seen is not None and one not in seen]
    if not unknown:
        names = [(seen or {}).get(one, one) for one in ids]
        findings.passed(check, f"{', '.join(names)} ({where})")
        return True
    known = [f"{one} ({name})" for one, name in (seen or {}).items()]
    more = ", …" if known[5:] else ""
    error = ConfigurationError(
        f"{where} names {', '.join(unknown)}, which the key cannot see",
        hint=f"it sees {', '.join(known[:5])}{more}" if known else "it sees none at all",
    )
    findings.failed(check, error)
    return False
