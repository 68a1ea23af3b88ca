"""What is fetched for a story beside its report, and what of it is wanted."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Self

from scenario_usage_cli.collect.breakdown import Breakdown, Dimension
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.periods import Period

if TYPE_CHECKING:
    from scenario_usage_cli.cli.run.story.plan import Plan


class Wanted(NamedTuple):
    """What a story is to have, and when it is told.

    Without `has_breakdowns`, nothing is divided by project or cost centre; `centres` are those that
    are defined, if any are.
    """

    now: datetime
    has_breakdowns: bool
    has_plan: bool
    centres: Dimension | None = None
    are_centres_given: bool = False
    """Whether an option names them: then they must be there."""


class Extra(NamedTuple):
    """What was fetched for a story; null is what was not."""

    days: Usage | None = None
    """In the finest buckets that the story shows."""
    before: Usage | None = None
    period_before: Period | None = None
    """The period of it."""
    note: str | None = None
    """What a reader must know of the lengths of the two periods."""
    earlier: Usage | None = None
    """That of longer before, up to the period."""
    projects: Breakdown | None = None
    projects_before: Breakdown | None = None
    centres: Breakdown | None = None
    plan: "Plan | None" = None
    missing: tuple[str, ...] = ()
    """What is missing, and why, a sentence each."""

    @property
    def usages(self) -> list[Usage]:
        """Those of the whole."""
        return [one for one in (self.before, self.earlier, self.days) if one is not None]

    @property
    def breakdowns(self) -> list[Breakdown]:
        """Those that there are."""
        return [one for one in (self.projects, self.projects_before, self.centres) if one]

    def take(self, breakdowns: Sequence[Breakdown]) -> Self:
        """The same with other ones in the places of those that there are."""
        left = iter(breakdowns)
        projects, before, centres = (
            next(left) if one else None
            for one in (self.projects, self.projects_before, self.centres)
        )
        return self._replace(projects=projects, projects_before=before, centres=centres)
