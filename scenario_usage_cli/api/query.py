"""One call of `GET /usages`."""

from datetime import UTC, datetime
from typing import NamedTuple


class UsagesQuery(NamedTuple):
    """What one call asks for. Both bounds are included, at most 120 days apart.

    Empty filters mean all. `types` are the API's names of sections; `activity_offset` counts rows
    of the log.
    """

    start: datetime
    end: datetime
    types: tuple[str, ...]
    project_ids: tuple[str, ...] = ()
    user_ids: tuple[str, ...] = ()
    team_id: str | None = None
    activity_offset: int = 0

    def params(self) -> dict[str, str]:
        """The parameters of the query string, without those that are not set."""
        params = {
            "startDate": _format_bound(self.start),
            "endDate": _format_bound(self.end),
            "projectIds": ",".join(self.project_ids),
            "userIds": ",".join(self.user_ids),
            "teamId": self.team_id or "",
            "type": ",".join(self.types),
            "activityOffset": str(self.activity_offset or ""),
            "dropZeroPoints": "true",
        }
        return {name: value for name, value in params.items() if value}

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of an answer to this: `model-usages` is `modelUsages` there."""
        words = (name.split("-") for name in self.types)
        return tuple(first + "".join(map(str.capitalize, rest)) for first, *rest in words)


def _format_bound(instant: datetime) -> str:
    """A full timestamp: the API reads a bare date as the first instant of that day."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
