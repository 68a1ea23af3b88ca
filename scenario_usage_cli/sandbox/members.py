"""Members and API keys as a team and its projects list them, with what each has spent."""

from collections import Counter
from typing import Any

from scenario_usage_cli.sandbox.answers import make_number
from scenario_usage_cli.sandbox.events import HISTORY_DAYS, day_events, select_events
from scenario_usage_cli.sandbox.studio import (
    KEYS,
    PEOPLE,
    QUIET_KEYS,
    SEATS,
    TEAM_CREATED,
    Person,
    make_id,
)
from scenario_usage_cli.sandbox.times import DAY, HOUR, build_month, format_time, parse_time

Json = dict[str, Any]

MEMBERS = tuple(person for person in PEOPLE if person.is_listed)
LISTED_KEYS = tuple(key for key in (*KEYS, *QUIET_KEYS) if key.is_listed)

_READER, _KIOSK, _ = QUIET_KEYS
_KIOSK_STOPPED = parse_time("2024-08-30T16:05:09.871Z")
_NIGHTLY = 3 * HOUR + 12 * 60_000  # when the reader runs


def list_members(now: int) -> list[Json]:
    """Those of the team, each with the CU charged to them in the running month."""
    spent = _count_spent(now)
    return [
        build_user(person)
        | {"role": person.role, "consumption": make_number(spent[person.id])}
        | _build_cap(person)
        for person in MEMBERS
    ]


def list_keys(now: int) -> list[Json]:
    """Those of the team and of its projects, likewise."""
    spent = _count_spent(now)
    return [
        build_key(key, now) | {"consumption": make_number(spent[key.id])} | _build_cap(key)
        for key in LISTED_KEYS
    ]


def build_user(person: Person) -> Json:
    """A member as a project lists them."""
    return {
        "id": person.id,
        "email": person.email,
        "role": "editor",
        "createdAt": TEAM_CREATED,
        "updatedAt": TEAM_CREATED,
    }


def build_key(key: Person, now: int) -> Json:
    """An API key, with the projects that it may work in."""
    entry: Json = {
        "id": key.id,
        "apiKeyId": make_id("api", key.name),
        "apiKeyStatus": key.status,
        "name": key.name,
        "scope": "team" if key.role else "project",
        "authorId": PEOPLE[0].id,
        "createdAt": TEAM_CREATED,
        "updatedAt": TEAM_CREATED,
    }
    if key.role:
        entry["role"] = key.role
    else:
        day = now // DAY
        own = [seat.project.id for seat in SEATS if seat.person is key and seat.until >= day]
        entry["projects"] = [{"projectId": project, "role": "editor"} for project in own]
        entry["ownerId"] = own[0]
    used = _find_last_use(key, now)
    return entry if used is None else entry | {"lastUsedAt": format_time(used)}


def _build_cap(person: Person) -> Json:
    return {} if person.cap is None else {"maxConsumption": person.cap}


def _count_spent(now: int) -> Counter[str]:
    """Milli-CU by user in the running month."""
    spent: Counter[str] = Counter()
    for event in select_events(build_month(now)[0], now):
        spent[event.user] += event.cost or 0
    return spent


def _find_last_use(key: Person, now: int) -> int | None:
    """When it last asked for anything, None if it never did."""
    if key is _READER:
        return (now - _NIGHTLY) // DAY * DAY + _NIGHTLY
    if key is _KIOSK:
        return _KIOSK_STOPPED if now >= _KIOSK_STOPPED else None
    if key in QUIET_KEYS:
        return None
    today = now // DAY
    for day in range(today, today - HISTORY_DAYS, -1):
        times = (event.time for event in day_events(day) if event.user == key.id)
        if (last := max((time for time in times if time <= now), default=None)) is not None:
            return last
    return None
