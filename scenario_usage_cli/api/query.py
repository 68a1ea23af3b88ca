"""What one call of `GET /usages` asks for."""

from datetime import UTC, datetime
from typing import NamedTuple


class UsagesQuery(NamedTuple):
    """Both bounds are included, at most 120 days apart; empty filters mean all.

    `types` are the API's names of sections; `activity_offset` counts rows of the log.
    """

    start: datetime
    end: datetime
    types: tuple[str, ...]
    project_ids: tuple[str, ...] = ()
    user_ids: tuple[str, ...] = ()
    team_id: str | None = None
    activity_offset: int = 0

    def params(self) -> dict[str, str]:
        """The query string's parameters; what is not set is left out."""
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
        """Where an answer has what is asked for: `model-usages` is `modelUsages` there."""
        words = (name.split("-") for name in self.types)
        return tuple(first + "".join(map(str.capitalize, rest)) for first, *rest in words)


def _format_bound(instant: datetime) -> str:
    """Always a full timestamp: the API reads a bare date as that day's first instant."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
