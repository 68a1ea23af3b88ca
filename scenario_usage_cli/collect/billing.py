"""The team whose bill is meant, and its running billing period."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time
from http import HTTPStatus

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.api.wire import TeamDetails, TeamLimits, parse_time
from scenario_usage_cli.clocks import MILLISECOND, whole_milliseconds
from scenario_usage_cli.collect.known import read_name
from scenario_usage_cli.collect.listed import Named
from scenario_usage_cli.collect.local import Source
from scenario_usage_cli.errors import AccessDenied, BadArgument, UnreadableAnswer, list_some
from scenario_usage_cli.patterns import fold
from scenario_usage_cli.periods import Period

NEEDED_SCOPES = (
    "an Analytics API key may not read limits: use a team key with the scopes "
    "team.read;team.usage.read"
)
_MOST_SHOWN = 5
_NAME_DAYS = "name the days, as in --start 2026-05-01"


def find_only_team(client: Source, team_id: str | None) -> Named:
    """The team that was asked for, or the only one of the key.

    A key that may not list teams is asked for that of its projects. Raises BadArgument if there
    are several, and AccessDenied if the key tells of none.
    """
    try:
        teams = {team["id"]: read_name(team) for team in client.teams()}
    except AccessDenied as error:
        if error.status != HTTPStatus.FORBIDDEN:
            raise
        teams = {} if team_id else _find_teams_of_projects(client)
    if team_id is not None:
        return Named(team_id, teams.get(team_id, team_id))
    if not teams:
        raise AccessDenied("this key lists no teams", hint="name the team by --team ID")
    return _refuse_several([Named(*team) for team in teams.items()])


def fetch_limits(client: Client, team: Named) -> TeamLimits:
    """Plan and billing period of a team; an AccessDenied says which key may read them."""
    with _say_what_key():
        return client.team_limits(team.id)


def fetch_details(client: Client, team: Named) -> TeamDetails:
    """The people and API keys of a team; an AccessDenied says which key may read them."""
    with _say_what_key():
        return client.team(team.id)


@contextmanager
def _say_what_key() -> Iterator[None]:
    try:
        yield
    except AccessDenied as error:
        if error.status == HTTPStatus.FORBIDDEN:
            error.hint = NEEDED_SCOPES
        raise


def fetch_billing_period(client: Client, team_id: str | None, now: datetime) -> Period:
    """The running billing period of the team, or of the only one of the key.

    Raises what `find_only_team` and `fetch_limits` do, and UnreadableAnswer without a period.
    """
    team = find_only_team(client, team_id)
    limits = fetch_limits(client, team)
    try:
        period = read_billing_period(limits, now)
    except UnreadableAnswer as error:
        error.hint = _NAME_DAYS
        raise
    if period is None:
        raise UnreadableAnswer(
            f"the API does not tell the billing period of the team {team.name}", hint=_NAME_DAYS
        )
    return period


def read_billing_period(limits: TeamLimits, now: datetime) -> Period | None:
    """The running billing period, or None if the API does not tell it.

    Both ends are included: a whole second as end is that at which the next period begins. Raises
    UnreadableAnswer if it cannot be read.
    """
    bounds = limits.get("period") or {}
    start, end = bounds.get("start"), bounds.get("end")
    if start is None or end is None:
        return None
    try:
        first, last = _read_bounds(start, end)
    except (ValueError, OverflowError):
        raise UnreadableAnswer(
            f"the billing period cannot be read: {start[:40]!r} to {end[:40]!r}",
            hint="a plan has no figures without it; the other commands need no billing period",
        ) from None
    today = datetime.combine(now.astimezone(UTC), time(), UTC)
    return Period(first, last, UTC, provisional=first <= now and last >= today)


def _read_bounds(start: str, end: str) -> tuple[datetime, datetime]:
    first, beyond = whole_milliseconds(parse_time(start)), parse_time(end)
    last = whole_milliseconds(beyond) if beyond.microsecond else beyond - MILLISECOND
    if last < first:
        raise ValueError(end)
    return first, last


def _find_teams_of_projects(client: Source) -> dict[str, str]:
    ids = dict.fromkeys(project.get("teamId") for project in client.projects())
    return {one: one for one in ids if one}


def _refuse_several(teams: Sequence[Named]) -> Named:
    if not teams[1:]:
        return teams[0]
    raise BadArgument(
        f"this key sees {len(teams)} teams, and each has a plan and a bill of its own",
        hint=f"choose one with --team: {list_some(_tell_apart(teams), _MOST_SHOWN)}",
    )


def _tell_apart(teams: Sequence[Named]) -> list[str]:
    """The names of teams; where several have one, or it is one's id, the ids of these."""
    told = Counter(part for team in teams for part in {fold(team.id), fold(team.name)})
    return [team.name if told[fold(team.name)] == 1 else team.id for team in teams]
