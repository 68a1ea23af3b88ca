"""The query string: what may be asked of `/usages`, and the refusal of what may not."""

import re
from typing import NamedTuple, NoReturn
from urllib.parse import parse_qs

from scenario_usage_cli.sandbox.studio import TEAM_ID
from scenario_usage_cli.sandbox.times import DAY, HOUR, parse_time

SECTIONS = frozenset(
    {
        "usages",
        "activity",
        "consumption",
        "model-usages",
        "asset-usages",
        "nsfw-usages",
        "quality-gate-usages",
    }
)
LONGEST_DAYS = 120

_TIME_RANGES = {
    "last-hour": HOUR,
    "last-day": DAY,
    "last-three-days": 3 * DAY,
    "last-seven-days": 7 * DAY,
    "last-thirty-one-days": 31 * DAY,
}
_FALSY = {"false", "0", "no", "off"}
_OFFSET = re.compile(r"[0-9]{1,12}(?:\.0*)?")  # the vendor's SDK types it as a float


class RefusedError(Exception):
    """An answer other than 200: its `status`, and the `message` of its JSON body."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Query(NamedTuple):
    """One checked `/usages` query; `start` and `end` in ms, both included; None filters nothing."""

    sections: frozenset[str]
    start: int
    end: int
    projects: frozenset[str] | None
    users: frozenset[str] | None
    drop_zero_points: bool
    activity_offset: int


class Params:
    """A query string's values by name; `name[]` is the same as `name`."""

    def __init__(self, query_string: str) -> None:
        self._values: dict[str, list[str]] = {}
        for name, values in parse_qs(query_string, keep_blank_values=True).items():
            self._values.setdefault(name.removesuffix("[]"), []).extend(values)

    def get_last(self, name: str) -> str | None:
        """The value of the parameter's last occurrence, None when it is absent."""
        return self._values.get(name, [None])[-1]

    def get_list(self, name: str) -> list[str]:
        """The comma separated parts of every occurrence, blank ones included."""
        return [part.strip() for value in self._values.get(name, []) for part in value.split(",")]


def parse_query(params: Params, now: int) -> Query:
    """Check everything `/usages` takes; *now* in ms.

    Raises:
        RefusedError: 400 for dates and time ranges, 403 for a team that is not the studio's.
    """
    check_team(params)
    start, end = _parse_range(params, now)
    types = params.get_list("type")
    return Query(
        frozenset(types) if types and SECTIONS.issuperset(types) else SECTIONS,
        start,
        end,
        _parse_ids(params, "projectIds"),
        _parse_ids(params, "userIds", "userId"),
        _parse_flag(params.get_last("dropZeroPoints")),
        _parse_offset(params.get_last("activityOffset")),
    )


def check_team(params: Params) -> None:
    """Refuse (403) any `teamId` but the studio's; absent or blank means the studio's."""
    if (params.get_last("teamId") or TEAM_ID) != TEAM_ID:
        refuse_team()


def refuse_team() -> NoReturn:
    """Refuse a team that the credentials do not reach."""
    raise RefusedError(403, "This key has no access to this team")


def _parse_range(params: Params, now: int) -> tuple[int, int]:
    start, end = params.get_last("startDate"), params.get_last("endDate")
    if start is None and end is None:
        name = params.get_last("timeRange") or "last-thirty-one-days"
        if name not in _TIME_RANGES:
            raise RefusedError(400, f"timeRange must be one of {', '.join(_TIME_RANGES)}")
        return now - _TIME_RANGES[name], now
    if start is None or end is None:
        raise RefusedError(400, "startDate and endDate each require the other")
    first, last = _parse_date("startDate", start), _parse_date("endDate", end)
    if last < first:
        raise RefusedError(400, "endDate must not be before startDate")
    if last - first > LONGEST_DAYS * DAY:
        raise RefusedError(400, f"The time range must not exceed {LONGEST_DAYS} days")
    return first, last


def _parse_date(name: str, text: str) -> int:
    try:
        return parse_time(text)
    except ValueError:
        raise RefusedError(400, f"{name} must be an ISO 8601 date") from None


def _parse_ids(params: Params, *names: str) -> frozenset[str] | None:
    ids = frozenset(part for name in names for part in params.get_list(name) if part)
    return ids or None


def _parse_flag(text: str | None) -> bool:
    return text is not None and text.lower() not in _FALSY


def _parse_offset(text: str | None) -> int:
    return int(float(text)) if text and _OFFSET.fullmatch(text) else 0
