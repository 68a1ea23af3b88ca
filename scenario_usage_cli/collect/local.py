"""What stands in the place of the API's client where figures are at hand, as in a dataset.

Commands ask it the same questions, and what they do with the answers is the same.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self, TypeAlias

from scenario_usage_cli.api.lists import Lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from scenario_usage_cli.api.client import Client
    from scenario_usage_cli.api.query import UsagesQuery
    from scenario_usage_cli.api.wire import Project, Team, TeamDetails, UsagesAnswer
    from scenario_usage_cli.buckets import Buckets
    from scenario_usage_cli.collect.request import Request
    from scenario_usage_cli.collect.usage import Usage
    from scenario_usage_cli.periods import Period


class Local(ABC):
    """Figures at hand: whole days, and names as far as these days have them.

    Every method raises BadArgument for what these figures cannot tell, and the errors of where
    they are kept.
    """

    def __init__(self) -> None:
        self.lists = Lists()

    def hurry(self, timeout_s: float) -> Self:
        """The same: it waits for nobody."""
        return self

    @abstractmethod
    def read_usage(self, request: Request, buckets: Buckets | None) -> Usage:
        """What was used, added up in these buckets, if there are any."""

    @abstractmethod
    def read_days(self, request: Request, days: Sequence[Period]) -> Mapping[date, Usage]:
        """What was used on each of these days, which are all of a request.

        A day that is missing is left out, as is a section that it does not have. Raises
        BadArgument also where projects are not told apart.
        """

    @abstractmethod
    def read_log(self, query: UsagesQuery) -> Iterator[UsagesAnswer]:
        """The pages of the event log, newest first."""

    @abstractmethod
    def describe_days(self, request: Request) -> list[str]:
        """What a reader must know of the days of a request, a line each."""

    @abstractmethod
    def list_provisional(self, request: Request) -> list[date]:
        """The days of a request that are not final, in order."""

    @abstractmethod
    def usages(self, query: UsagesQuery) -> UsagesAnswer:
        """The people of a query; it has no figures."""

    @abstractmethod
    def projects(self, *, team_id: str | None = None) -> list[Project]:
        """The projects of all days."""

    @abstractmethod
    def teams(self) -> list[Team]:
        """The team that the figures are of, if they are of one."""

    @abstractmethod
    def take_account(self, team_id: str) -> None:
        """Take a team for the one that the figures are of, where they do not tell it."""

    @abstractmethod
    def team(self, team_id: str) -> TeamDetails:
        """What is known of a team, which is nothing."""


Source: TypeAlias = "Client | Local"
"""Whom a request is for."""
