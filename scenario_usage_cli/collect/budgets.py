"""What was used of budgets: each has a period of its own, and projects, users, or all."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from http import HTTPStatus
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.budgets import Budget
from scenario_usage_cli.clocks import MILLISECOND, whole_milliseconds
from scenario_usage_cli.collect.breakdown import Member
from scenario_usage_cli.collect.cost_centre_dimension import build_member
from scenario_usage_cli.collect.cost_centres import Assignment, Directory
from scenario_usage_cli.collect.fetch import Effort, fetch_usage, fetch_usages
from scenario_usage_cli.collect.names import UserName
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.cost_centres import CostCentre, CostCentres
from scenario_usage_cli.errors import AccessDenied
from scenario_usage_cli.periods import LONGEST_QUERY, Period, parse_period

if TYPE_CHECKING:
    from scenario_usage_cli.money import Money  # most budgets are of CU

BUDGET = "budget"
"""The kind of limit that a budget is."""
BILLING = "billing"
"""The period of a budget that needs the limits of the team."""
_SECTIONS = ("consumption",)


class BudgetUse(NamedTuple):
    """A budget, its running period to its end, and what was used of it so far; null if unknown.

    Of a budget of money, so many CU are used as today's price makes of what was spent.
    """

    budget: Budget
    period: Period | None
    used: Figure | None
    refusal: AccessDenied | None = None
    """Why the key may not find out whom it means."""


class _Asked(NamedTuple):
    """What is asked for a budget: the sum of some requests, less that of others."""

    budget: Budget
    period: Period | None
    added: tuple[Request, ...] = ()
    taken: tuple[Request, ...] = ()
    money: "Money | None" = None
    """The prices, for a budget of money: no request has more than one of them."""
    is_refused: bool = False
    """Whether the key may not list what it names."""


def fetch_budgets(
    budgets: Sequence[Budget],
    centres: CostCentres | None,
    client: Client,
    filters: Filters,
    *,
    path: str,
    billing: Period | None,
    zone: tzinfo,
    now: datetime,
    money: "Money | None" = None,
    effort: Effort = Effort(),
) -> tuple[list[BudgetUse], list[str]]:
    """What was used of each budget, in their order, and warnings.

    `path` is the file that they are of, for messages; `billing` is the billing period of the team,
    if it is known. Days of the others begin in the zone. `money` has the prices of those that are
    of money. Raises the client's errors, and
    ConfigurationError for a name that several have.
    """
    now = whole_milliseconds(now)

    def assign(some: Sequence[Budget]) -> Assignment | None:
        return _assign(some, centres, client, filters, path, now, effort)

    assigned, refused = _assign_allowed(budgets, assign)
    asked = [
        _Asked(budget, _find_period(budget, billing, zone, now), is_refused=True)
        if budget.name in refused
        else _ask(
            budget,
            _find_period(budget, billing, zone, now),
            assigned,
            client,
            filters,
            now,
            money if budget.amount.currency else None,
        )
        for budget in budgets
    ]
    requests = list(dict.fromkeys(one for each in asked for one in (*each.added, *each.taken)))
    usages = fetch_usages(requests, effort=effort) if requests else []
    found = dict(zip(requests, usages, strict=True))
    uses = [
        BudgetUse(one.budget, one.period, _add_up(one, found, now), refused.get(one.budget.name))
        for one in asked
    ]
    return uses, [*(assigned.warnings if assigned else ()), *_list_warnings(uses, money, now)]


def _assign_allowed(
    budgets: Sequence[Budget], assign: Callable[[Sequence[Budget]], Assignment | None]
) -> tuple[Assignment | None, dict[str, AccessDenied]]:
    """Whom the budgets mean, and why the key may not find that out of some, by their names.

    Raises the refusal if there is none of which it may.
    """
    try:
        return assign(budgets), {}
    except AccessDenied as error:
        if error.status != HTTPStatus.FORBIDDEN:
            raise
        failure = error
    refused: dict[str, AccessDenied] = {}
    for budget in budgets:
        try:
            assign([budget])
        except AccessDenied as error:
            refused[budget.name] = error
    if len(refused) == len(budgets):
        raise failure
    return assign([one for one in budgets if one.name not in refused]), refused


def _assign(
    budgets: Sequence[Budget],
    centres: CostCentres | None,
    client: Client,
    filters: Filters,
    path: str,
    now: datetime,
    effort: Effort,
) -> Assignment | None:
    """Whom the budgets mean that are not of all."""
    own = {
        budget.name: CostCentre(budget.projects, budget.users)
        if budget.cost_centre is None
        else (centres.by_name if centres else {})[budget.cost_centre]
        for budget in budgets
        if budget.projects or budget.users or budget.cost_centre
    }
    if not own:
        return None
    wanted = CostCentres(path, own, what="budget", may_overlap=True)
    told: dict[str, UserName | None] = {}
    if wanted.list_texts("users"):  # only answers have the full names of people
        recent = parse_period(last=f"{LONGEST_QUERY.days * 24}h", zone=UTC, now=now)
        usage = fetch_usage(Request(client, recent, filters, _SECTIONS), effort=effort)
        told |= dict.fromkeys(usage.consumption) | usage.users
    return Directory(wanted, client, filters.team_id).assign(told)


def _find_period(
    budget: Budget, billing: Period | None, zone: tzinfo, now: datetime
) -> Period | None:
    if budget.period == BILLING:
        return billing
    period = parse_period(period=f"this-{budget.period}", zone=zone, now=now)
    return period._replace(end=period.named_end or period.end)


def _ask(
    budget: Budget,
    period: Period | None,
    assigned: Assignment | None,
    client: Client,
    filters: Filters,
    now: datetime,
    money: "Money | None",
) -> _Asked:
    if period is None or period.start > now:
        return _Asked(budget, period)
    so_far = period._replace(end=min(period.end, now))
    member = Member(budget.name, budget.name, (filters,))
    if assigned and budget.name in assigned.centres.by_name:
        member = build_member(budget.name, assigned, filters)

    def build(parts: Iterable[Filters]) -> Iterator[Request]:
        stretches = _cut(so_far, money)
        return (Request(client, span, one, _SECTIONS) for one in parts for span in stretches)

    added, taken = build(member.filters), build(member.without)
    return _Asked(budget, period, tuple(added), tuple(taken), money)


def _cut(period: Period, money: "Money | None") -> list[Period]:
    """The parts of a period that have one price each, or none."""
    changes = money.list_changes(period.start, period.end) if money else []
    starts = [period.start, *changes, period.end + MILLISECOND]
    return [
        period._replace(start=start, end=beyond - MILLISECOND) for start, beyond in pairwise(starts)
    ]


def _add_up(asked: _Asked, found: Mapping[Request, Usage], now: datetime) -> Figure | None:
    """The cost; null if it is not known, and 0 where nobody is meant that there is."""
    if asked.period is None or asked.is_refused:
        return None
    if any("consumption" not in found[one].came for one in (*asked.added, *asked.taken)):
        return None
    if asked.money is None:
        return _sum(asked.added, found) - _sum(asked.taken, found)
    added, taken = (_spend(part, found, asked.money) for part in (asked.added, asked.taken))
    return None if added is None or taken is None else asked.money.buy(added - taken, now)


def _sum(requests: Iterable[Request], found: Mapping[Request, Usage]) -> Figure:
    rows = (figures for one in requests for _, figures in found[one].figures("consumption"))
    return sum(figures["cost"] or 0 for figures in rows)


def _spend(
    requests: Iterable[Request], found: Mapping[Request, Usage], money: "Money"
) -> Decimal | None:
    """What was spent, each part at the price of its days; null where one that is used has none."""
    spent = Decimal(0)
    for one in requests:
        cost = _sum([one], found)
        amount = money.charge(cost, one.period.start) if cost else Decimal(0)
        if amount is None:
            return None
        spent += amount
    return spent


def _list_warnings(
    uses: Iterable[BudgetUse], money: "Money | None", now: datetime
) -> Iterator[str]:
    for one in uses:
        prices = money if one.budget.amount.currency else None
        if refusal := one.refusal:
            yield f"the budget {one.budget.name!r} is not known: {refusal.message}; {refusal.hint}"
        elif one.period is None:
            yield (
                f"the budget {one.budget.name!r} is not known: the billing period of the team is "
                "not"
            )
        elif one.used is None and prices and prices.find(one.period.start) is None:
            yield (
                f"the budget {one.budget.name!r} is not known: no price of a CU is known for the "
                f"first days of its {one.budget.period}"
            )
        elif one.used is None:
            yield f"the budget {one.budget.name!r} is not known: the API left consumption out"
        elif prices and prices.list_changes(one.period.start, min(one.period.end, now)):
            yield (
                f"the budget {one.budget.name!r} has what was spent in CU at today's price, as the "
                "price has changed in its period"
            )
