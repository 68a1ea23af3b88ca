"""The lists of an account, as far as they have come."""

from dataclasses import dataclass, field

from scenario_usage_cli.api.wire import Project, Team, TeamDetails


@dataclass(frozen=True)
class Lists:
    """What a client has listed: projects by the team that was asked for, teams, and their details.

    Each list is requested only once.
    """

    projects: dict[str | None, list[Project]] = field(default_factory=dict)
    teams: list[Team] = field(default_factory=list)
    details: dict[str, TeamDetails] = field(default_factory=dict)
