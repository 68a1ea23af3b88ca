"""What `report` tells with in the formats that tell a story: it is fetched beside its tables."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scenario_usage_cli import __version__
from scenario_usage_cli.cli.options.report import ReportOptions
from scenario_usage_cli.cli.run.story.extra import Extra, Wanted
from scenario_usage_cli.cli.run.story.material import build_material
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import Session
from scenario_usage_cli.cli.source import is_dataset
from scenario_usage_cli.collect.breakdown import BREAKDOWN, COST_CENTRE, Breakdown
from scenario_usage_cli.collect.fetch import Effort
from scenario_usage_cli.collect.known import read_name
from scenario_usage_cli.collect.local import Local
from scenario_usage_cli.collect.parts import Part
from scenario_usage_cli.collect.raw import ignore_raw
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.saved import Saved
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.story.material import Making
from scenario_usage_cli.report.story.tell import add_plan, tell_story
from scenario_usage_cli.report.usage import Report
from scenario_usage_cli.report.view import View
from scenario_usage_cli.settings import Config

if TYPE_CHECKING:
    from scenario_usage_cli.money import Money


def begin_story(
    options: ReportOptions,
    by: Sequence[str],
    sections: tuple[str, ...] | None,
    config: Config,
    runtime: Runtime,
) -> "Story":
    """The story of a report with these options, which is `by` some dimensions already.

    Raises ConfigurationError for cost centres that cannot be used.
    """
    has_breakdowns = sections is None or BREAKDOWN in sections
    centres = None
    is_saved = options.from_file is not None and not is_dataset(options.from_file)
    if has_breakdowns and COST_CENTRE not in by and not is_saved:
        # Imported here, as a saved answer has none.
        from scenario_usage_cli.cli.config.cost_centres import find_cost_centres
        from scenario_usage_cli.collect.cost_centre_dimension import build_dimension

        found = find_cost_centres(config, options.cost_centres, runtime)
        centres = build_dimension(found) if found else None
    return Story(
        Wanted(
            runtime.now(),
            has_breakdowns,
            has_plan=sections is None,
            centres=centres,
            are_centres_given=options.cost_centres is not None,
        )
    )


class Story:
    """One story: `fetch` and `settle` what it is made of, and `tell` it."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._answers = 0
        self._extra = Extra()
        self._account = ""
        """The team of a dataset, which has no plan that would name it."""

    @property
    def has_centres(self) -> bool:
        """Whether it reads the cost centres of the options itself."""
        return self._wanted.centres is not None

    @property
    def period_before(self) -> Period | None:
        """What it is compared with, if anything."""
        return self._extra.period_before

    @property
    def has_failures(self) -> bool:
        """Whether a part of what was fetched for it failed."""
        parts = (part for one in self._extra.breakdowns for part in one.usages.values())
        return any(usage.failures for usage in (*self._extra.usages, *parts))

    def watch(self, effort: Effort) -> Effort:
        """The same effort, whose answers are counted."""

        def keep(part: Part, body: bytes) -> None:
            self._answers += 1
            effort.keep(part, body)

        return effort._replace(keep=keep)

    def read(self, saved: Saved, usage: Usage) -> None:
        """What a saved answer has for a story: the days, if it tells them."""
        from scenario_usage_cli.cli.run.story.saved import read_extra

        self._extra = read_extra(saved, usage)

    def fetch(
        self, request: Request, usage: Usage, breakdowns: Sequence[Breakdown], effort: Effort
    ) -> None:
        """What is needed beside what was fetched already; raises the client's errors.

        It is not what --save-raw keeps.
        """
        # Imported here, as a saved answer needs nothing else.
        from scenario_usage_cli.cli.run.story.fetch import fetch_extra

        effort = self.watch(effort._replace(keep=ignore_raw))
        self._extra = fetch_extra(request, usage, breakdowns, self._wanted, effort)

    def settle(
        self, session: Session, usage: Usage, breakdowns: Sequence[Breakdown]
    ) -> list[Breakdown]:
        """Give names to all that was fetched; the same as `Session.settle`."""
        usages = [usage, *self._extra.usages]
        settled = session.settle(usages, [*breakdowns, *self._extra.breakdowns])
        extra = self._extra.take(settled[len(breakdowns) :])
        if session.pseudonyms:
            extra = extra._replace(missing=tuple(map(session.pseudonyms.text, extra.missing)))
        self._extra = extra
        client = session.client
        if isinstance(client, Local) and (teams := client.teams()):
            self._account = f"team {read_name(teams[0])}"
        return settled[: len(breakdowns)]

    def tell(self, view: View, report: Report, usage: Usage) -> View:
        """The view with its chapters."""
        making = Making(__version__, self._answers)
        told = tell_story(view, report, build_material(making, report, usage, self._extra))
        return told._replace(account=self._account or told.account)

    def add_plan(self, view: View, money: "Money | None") -> View:
        """The same with what is left of the plan, whose amounts are of another period."""
        plan = self._extra.plan
        if plan is None:
            return view
        # Imported here, as a saved answer has no plan.
        from scenario_usage_cli.cli.run.story.plan import tell_plan

        told = add_plan(view, tell_plan(plan, self._wanted.now, money))
        return told._replace(account=f"team {plan.quota.team.name}")
