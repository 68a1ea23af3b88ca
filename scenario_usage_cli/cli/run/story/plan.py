"""The plan of the team in a story: it is fetched where the key may read it."""

from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from scenario_usage_cli.cli.money import check_prices
from scenario_usage_cli.cli.run.quota import build_report, fetch_days
from scenario_usage_cli.collect.fetch import Effort
from scenario_usage_cli.collect.history import build_history_request
from scenario_usage_cli.collect.local import Local
from scenario_usage_cli.collect.quota import Quota, fetch_quota
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.usage import Usage
from scenario_usage_cli.errors import ApiError, BadArgument
from scenario_usage_cli.report.quota_view import build_quota_view
from scenario_usage_cli.report.story.plan import build_plan
from scenario_usage_cli.report.view import Chapter
from scenario_usage_cli.report.words import write_sentence

if TYPE_CHECKING:
    from scenario_usage_cli.money import Money


class Plan(NamedTuple):
    """What the team may use, and what it used on each day before."""

    quota: Quota
    days: Usage | None


def fetch_plan(request: Request, now: datetime, effort: Effort, missing: list[str]) -> Plan | None:
    """The plan of the team that a request is about; None, and a sentence, if it cannot be read.

    Figures at hand have none.
    """
    client, team_id = request.client, request.filters.team_id
    if isinstance(client, Local):
        return None
    try:
        quota = fetch_quota(client, team_id, now, needed=(), with_caps=False)
    except (ApiError, BadArgument) as error:
        if isinstance(error, ApiError) and error.status == HTTPStatus.UNAUTHORIZED:
            raise
        missing.append(write_sentence(f"the plan and its packs are left out: {error.message}"))
        return None
    if not quota.is_known:
        missing += map(write_sentence, quota.warnings)
        return None
    return Plan(quota, fetch_days(build_history_request(client, quota.team.id, now), quota, effort))


def tell_plan(plan: Plan, now: datetime, money: "Money | None") -> Chapter:
    """Its chapter, with amounts where the billing period has one price."""
    report = build_report(plan.quota, plan.days, now)
    view = build_quota_view(report, top=0)
    if money:
        # Imported here, as everything of money.
        from scenario_usage_cli.report.amounts import price_view
        from scenario_usage_cli.report.pricing import price_at

        try:
            check_prices(money, plan.quota.period, is_billing_period=True)
        except BadArgument as error:
            report = report._replace(
                warnings=[*report.warnings, f"amounts are left out: {error.message}"]
            )
        else:
            view = price_view(view, price_at(money, plan.quota.period))
    return build_plan(view, report)
