"""Looks up what a team may use, and has used, in its running billing period."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import NamedTuple, Self, TypeVar

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.api.wire import Counts, Pack, Project, TeamDetails, TeamLimits, parse_time
from scenario_usage_cli.collect.billing import (
    fetch_details,
    fetch_limits,
    find_only_team,
    read_billing_period,
)
from scenario_usage_cli.collect.known import read_name
from scenario_usage_cli.collect.listed import (
    ListedKey,
    ListedPerson,
    ListedProject,
    Named,
    read_figure,
    read_key,
    read_limit,
    read_person,
    read_project,
)
from scenario_usage_cli.collect.names import parse_name
from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.errors import AccessDenied, ApiError
from scenario_usage_cli.periods import Period

PROJECT, USER, KEY = "project", "user", "key"
"""The kinds of what may have a cap."""
LIMITS = "limits"
"""What the API calls the plan, its packs and its numbers of seats and the like."""

_LATEST = datetime.max.replace(tzinfo=UTC)

_Answer = TypeVar("_Answer")


class BoughtPack(NamedTuple):
    """CU bought on top of the plan; null is what the API does not tell."""

    id: str
    amount: Figure | None
    remaining: Figure | None
    created_at: datetime | None
    expires_at: datetime | None


class Allowance(NamedTuple):
    """How many of something a team has, and may have; null is what the API does not tell."""

    name: str
    used: Figure | None
    limit: Figure | None


class Capped(NamedTuple):
    """A project, a person or an API key, and its cap on the CU of a billing period, if any."""

    kind: str
    id: str
    name: str
    used: Figure | None
    cap: Figure | None


class Quota(NamedTuple):
    """What a team may use, in CU of the running billing period.

    Packs are in the order in which they expire, in which they are taken to be spent; `caps` has all
    projects, people and API keys, in the order of the API.
    """

    team: Named
    plan: str | None
    payment_status: str | None
    subscription_status: str | None
    period: Period | None
    """To its end, which is in the future."""
    used: Figure | None
    limit: Figure | None
    """The CU in the plan; null if it has no limit, or if that is not known."""
    is_known: bool
    """False where the key may not read the limits: then only caps are known."""
    packs: tuple[BoughtPack, ...]
    allowances: tuple[Allowance, ...]
    caps: tuple[Capped, ...]
    warnings: list[str]
    is_limit_known: bool = True
    """False where the API does not tell whether the plan has a limit."""

    def name_users(self, names: Mapping[str, str]) -> Self:
        """The same with these names of people and API keys, by their ids."""
        caps = (
            cap._replace(name=names.get(cap.id, cap.name)) if cap.kind == USER else cap
            for cap in self.caps
        )
        return self._replace(caps=tuple(caps))


def fetch_quota(
    client: Client,
    team_id: str | None,
    now: datetime,
    *,
    needed: Collection[str] = (LIMITS,),
    with_caps: bool = True,
) -> Quota:
    """What the team may use, or the only team of the key if it is None.

    What cannot be read is left out with a warning; but if it is `needed`, the client's error is
    raised: of `LIMITS`, `PROJECT`, `USER` and `KEY`. Caps are not asked for if they are not wanted.
    """
    warnings: list[str] = []
    team = find_only_team(client, team_id)
    if LIMITS in needed:
        limits: TeamLimits | None = fetch_limits(client, team)
    else:
        limits = _try(
            lambda: fetch_limits(client, team), "the plan and its packs are not included", warnings
        )
    details: TeamDetails | None = None
    listed: Sequence[Project] = ()
    if USER in needed or KEY in needed:
        details = fetch_details(client, team)
    elif with_caps:
        left_out = "caps of people and API keys are not included"
        details = _try(lambda: client.team(team.id), left_out, warnings)
    if PROJECT in needed:
        listed = client.projects(team_id=team.id)
    elif with_caps:
        left_out = "caps of projects are not included"
        listed = _try(lambda: client.projects(team_id=team.id), left_out, warnings) or []
    if details is not None:
        warnings.extend(_find_untold_caps(details))
    details = details or {}
    team = team._replace(name=parse_name(details.get("name")) or team.name)
    known = limits or {}
    projects = [read_project(one, {team.id: team}, team) for one in listed]
    own = [one for one in projects if one.team is None or one.team.id == team.id]
    most, values = known.get("limits") or {}, known.get("values") or {}
    return Quota(
        team,
        known.get("plan"),
        details.get("paymentStatus"),
        details.get("subscriptionStatus"),
        read_billing_period(known, now),
        read_figure(values.get("creativeUnits")),
        read_limit(most.get("creativeUnits")),
        limits is not None,
        _read_packs(known.get("oneShotCreativeUnits") or (), warnings),
        _read_allowances(most, values),
        (*_find_caps(PROJECT, own), *_read_member_caps(details, team)),
        warnings,
        limits is None or known.get("limits") is not None,
    )


def _find_untold_caps(details: TeamDetails) -> Iterable[str]:
    """That a list is left out does not mean that it is empty."""
    if details.get("users") is None:
        yield "caps of people are not included: the API left people out"
    if details.get("keys") is None:
        yield "caps of API keys are not included: the API left API keys out"


def _read_member_caps(details: TeamDetails, team: Named) -> Iterable[Capped]:
    people = [read_person(one, team, {}) for one in details.get("users") or ()]
    names = {one["id"]: read_name(one) for one in details.get("projects") or ()}
    keys = [read_key(one, team, names) for one in details.get("keys") or ()]
    return (*_find_caps(USER, people), *_find_caps(KEY, keys))


def _find_caps(
    kind: str, listed: Iterable[ListedProject | ListedPerson | ListedKey]
) -> Iterable[Capped]:
    """Each once: what moves from page to page while they are read may be on two of them."""
    found = {one.id: Capped(kind, one.id, one.name, one.consumption, one.cap) for one in listed}
    return found.values()


def _read_packs(packs: Iterable[Pack], warnings: list[str]) -> tuple[BoughtPack, ...]:
    read = []
    for number, pack in enumerate(packs, start=1):
        created_at = _read_time(pack.get("createdAt"), "bought", number, warnings)
        read.append(
            BoughtPack(
                _identify(pack, number),
                read_figure(pack.get("amount")),
                read_figure(pack.get("remaining")),
                created_at,
                _read_time(pack.get("expiration"), "that it expires", number, warnings),
            )
        )
    found = sorted(
        read, key=lambda pack: (pack.expires_at or _LATEST, pack.created_at or _LATEST, pack.id)
    )
    return tuple(_tell_apart(found))


def _identify(pack: Pack, number: int) -> str:
    """The API gives packs no ids: the time at which one was bought, or else its place."""
    return pack.get("createdAt") or f"pack_{number}"


def _tell_apart(packs: Iterable[BoughtPack]) -> Iterable[BoughtPack]:
    """Those bought at the same instant have a number as well."""
    seen: dict[str, int] = {}
    for pack in packs:
        seen[pack.id] = seen.get(pack.id, 0) + 1
        yield pack._replace(id=f"{pack.id}#{seen[pack.id]}") if seen[pack.id] > 1 else pack


def _read_time(text: str | None, what: str, number: int, warnings: list[str]) -> datetime | None:
    try:
        return parse_time(text) if text else None
    except ValueError:
        warnings.append(f"the day {what} of pack {number} cannot be read: {text!r:.60}")
        return None


def _read_allowances(limits: Counts, values: Counts) -> tuple[Allowance, ...]:
    found = (
        Allowance("seats", read_figure(values.get("seats")), read_limit(limits.get("seats"))),
        Allowance(
            "api_keys", read_figure(values.get("apiKeys")), read_limit(limits.get("apiKeys"))
        ),
        Allowance(
            "projects", read_figure(values.get("projects")), read_limit(limits.get("projects"))
        ),
    )
    return tuple(one for one in found if one.used is not None or one.limit is not None)


def _try(ask: Callable[[], _Answer], left_out: str, warnings: list[str]) -> _Answer | None:
    """An answer that there need not be; without it, a warning tells what is `left_out`."""
    try:
        return ask()
    except AccessDenied as error:
        if error.status != HTTPStatus.FORBIDDEN:
            raise
        warnings.append(f"{left_out}: this key may not read them")
    except ApiError as error:
        warnings.append(f"{left_out}: {error.message}")
    return None
