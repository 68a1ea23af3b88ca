"""What a team may use, as rows of limits: what is used and left of each, and what is expected."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from scenario_usage_cli.collect.budgets import BUDGET, BudgetUse
from scenario_usage_cli.collect.quota import BoughtPack, Capped, Quota
from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.report.fields import Json, Row, Value
from scenario_usage_cli.report.frame import build_head, build_period
from scenario_usage_cli.report.outlook import (
    Course,
    Outlook,
    build_straight_outlook,
    find_day,
    follow,
)
from scenario_usage_cli.report.quota_tables import (
    EXPIRES_AT,
    LEFT,
    LIMITS,
    STATE,
    TOTALS,
)
from scenario_usage_cli.report.rows import build_row
from scenario_usage_cli.report.spending import Source, Spending, Spent, spend

_IN_ORDER: Mapping[str, str] = {"payment": "succeeded", "subscription": "active"}


class QuotaReport(NamedTuple):
    """The limits of a team, ready to be shown, written or judged."""

    quota: Quota
    totals: Row
    limits: Sequence[Row]
    """Of `LIMITS`: the plan, packs as they are spent, caps by kind, the fullest first, budgets,
    counts.
    """
    course: Course | None
    """How much of the billing period is over, if it is known."""
    alarms: tuple[str, ...]
    """Those of the warnings that come first: of the payment and the subscription."""
    warnings: list[str]
    generated_at: datetime
    budgets: Sequence[BudgetUse] = ()
    uncapped: Sequence[Row] = ()
    """The same of projects, people and API keys without a cap, which are not shown."""

    @property
    def document(self) -> dict[str, Json]:
        """The JSON."""
        quota = self.quota
        return {
            **build_head("quota", self.generated_at),
            "team": {"id": quota.team.id, "name": quota.team.name},
            "plan": quota.plan,
            "payment_status": quota.payment_status,
            "subscription_status": quota.subscription_status,
            "period": build_period(quota.period),
            "totals": self.totals,
            LIMITS.name: self.limits,
            "warnings": self.warnings,
        }


def build_quota(
    quota: Quota,
    outlook: Outlook | None,
    *,
    generated_at: datetime,
    budgets: Sequence[BudgetUse] = (),
) -> QuotaReport:
    """The report at an instant. Without an outlook, the period so far is drawn on in a line."""
    course = follow(quota.period, generated_at) if quota.period else None
    if outlook is None and course:
        outlook = build_straight_outlook(course, quota.used)
    spending = spend(_list_sources(quota, generated_at), outlook.expected if outlook else ())
    plan, *packs = spending.by_source
    alarms = _check_status(quota)
    end = None if course and course.is_far else outlook
    return QuotaReport(
        quota,
        _build_totals(quota, course, end, spending, generated_at),
        [
            *(_build_plan(quota, end, plan) if quota.is_known else ()),
            *(
                _build_pack(pack, spent, generated_at)
                for pack, spent in zip(quota.packs, packs, strict=True)
            ),
            *_build_caps(quota.caps, course),
            *_build_budgets(budgets, generated_at),
            *_build_allowances(quota),
        ],
        course,
        alarms,
        [*alarms, *quota.warnings, *_find_unknown(quota, generated_at)],
        generated_at,
        budgets,
        [_build_cap(cap, course) for cap in quota.caps if cap.cap is None],
    )


def _find_unknown(quota: Quota, now: datetime) -> Iterable[str]:
    """What the API does not tell, and what that means for the figures."""
    if quota.is_known and quota.used is None:
        yield "the API does not tell what is used of the plan, so there is no forecast for it"
    if not quota.is_limit_known:
        yield "the API does not tell the limits of the plan"
    if quota.is_known and quota.period is None:
        yield "the API does not tell the billing period, and nothing is expected without it"
    elif quota.period and follow(quota.period, now).is_far:
        yield (
            f"the billing period ends on {quota.period.end:%Y-%m-%d}: what is used by then is not "
            "expected so far ahead"
        )
    elif quota.period and quota.period.end < now:
        yield (
            f"the billing period ended on {quota.period.end:%Y-%m-%d}, and the API tells of no "
            "newer one: its figures may be old"
        )
    for pack in quota.packs:
        if pack.remaining is None and _is_alive(pack, now):
            yield f"the API does not tell what is left of the pack {pack.id}: it counts as nothing"


def _check_status(quota: Quota) -> tuple[str, ...]:
    found = {"payment": quota.payment_status, "subscription": quota.subscription_status}
    return tuple(
        f"the {what} is not in order: the API calls it {status}"
        for what, status in found.items()
        if status is not None and status != _IN_ORDER[what]
    )


def _is_alive(pack: BoughtPack, now: datetime) -> bool:
    return pack.expires_at is None or pack.expires_at > now


def _list_sources(quota: Quota, now: datetime) -> list[Source]:
    """The plan, which is spent first, and the packs; a plan without a limit has no end."""
    has_end = quota.limit is not None
    plan = Decimal(quota.limit or 0) - Decimal(quota.used or 0) if has_end else Decimal("Infinity")
    packs = [Source(count_left(pack, now), pack.expires_at) for pack in quota.packs]
    return [Source(plan), *packs]


def count_left(pack: BoughtPack, now: datetime) -> Decimal:
    """What is left of a pack at an instant; nothing of one that has expired."""
    return Decimal(pack.remaining or 0) if _is_alive(pack, now) else Decimal(0)


def _build_totals(
    quota: Quota,
    course: Course | None,
    outlook: Outlook | None,
    spending: Spending,
    now: datetime,
) -> Row:
    known = Decimal(quota.used) if quota.used is not None else None
    interval = outlook.interval if outlook and known is not None else None
    packs_left = sum((count_left(pack, now) for pack in quota.packs), Decimal(0))
    found: dict[str, Value] = {
        "used": quota.used,
        "limit": quota.limit,
        "packs_left": packs_left if quota.is_known else None,
        "days": course and course.days,
        "days_gone": course and course.gone,
        "days_left": course and course.left,
        "per_day": course and course.measure_rate(quota.used),
        "forecast": known + outlook.rest if outlook and known is not None else None,
        "forecast_low": known + interval.low if interval and known is not None else None,
        "forecast_high": known + interval.high if interval and known is not None else None,
        "forecast_level": interval and interval.share,
        "forecast_coverage": interval and interval.coverage,
        "forecast_times": interval.tries if interval else 0,
        "forecast_note": outlook.note if outlook else None,
        "plan_runs_out_on": _write_day(spending.by_source[0].runs_out_on),
        "packs_run_out_on": _write_day(spending.runs_out_on if packs_left else None),
    }
    return build_row(TOTALS.fields, found)


def _build_plan(quota: Quota, outlook: Outlook | None, spent: Spent) -> Iterable[Row]:
    used = quota.used
    yield _build_limit(
        "plan",
        quota.team.id,
        quota.plan or quota.team.name,
        used,
        quota.limit,
        forecast=Decimal(used) + outlook.rest if outlook and used is not None else None,
        reached_on=spent.runs_out_on,
    )


def _build_pack(pack: BoughtPack, spent: Spent, now: datetime) -> Row:
    """What is used of a pack is what is no longer left of it."""
    is_known = pack.amount is not None and pack.remaining is not None
    used = Decimal(pack.amount or 0) - Decimal(pack.remaining or 0) if is_known else None
    row = _build_limit(
        "pack",
        pack.id,
        f"bought {pack.created_at:%Y-%m-%d}" if pack.created_at else pack.id,
        used,
        pack.amount,
        forecast=None if used is None else used + spent.taken,
        reached_on=spent.runs_out_on,
        expires_at=pack.expires_at,
    )
    if _is_alive(pack, now):
        return {**row, LEFT.key: pack.remaining}
    return {**row, LEFT.key: 0, STATE.key: "expired", "forecast": used}


def _build_caps(caps: Iterable[Capped], course: Course | None) -> list[Row]:
    """By kind in the order in which they came, the fullest first, then by id."""
    order = list(dict.fromkeys(cap.kind for cap in caps))

    def key(cap: Capped) -> tuple[int, bool, bool, Decimal, str]:
        used, most = Decimal(cap.used or 0), Decimal(cap.cap or 0)
        is_full = used >= most
        part = used / most if most else Decimal(0)
        return order.index(cap.kind), cap.used is None, not is_full, -part, cap.id

    capped = [cap for cap in caps if cap.cap is not None]
    return [_build_cap(cap, course) for cap in sorted(capped, key=key)]


def _build_cap(cap: Capped, course: Course | None) -> Row:
    """At the rate of the period so far, as nobody knows the days of each."""
    rate = course.measure_rate(cap.used) if course else None
    forecast = reached_on = None
    if course and rate is not None and cap.used is not None:
        if not course.is_far:
            forecast = Decimal(cap.used) + max(rate, Decimal(0)) * course.left
        if cap.cap is not None:
            reached_on = find_day(course, rate, cap.cap - cap.used)
    return _build_limit(
        cap.kind, cap.id, cap.name, cap.used, cap.cap, forecast=forecast, reached_on=reached_on
    )


def _build_budgets(budgets: Iterable[BudgetUse], now: datetime) -> Iterable[Row]:
    """Each like a cap, but in a period of its own."""
    for budget, period, used, _ in budgets:
        course = follow(period, now) if period else None
        yield _build_cap(Capped(BUDGET, budget.name, budget.label, used, budget.limit), course)


def _build_allowances(quota: Quota) -> Iterable[Row]:
    for one in quota.allowances:
        yield _build_limit(one.name, one.name, one.name, one.used, one.limit, unit="count")


def _build_limit(
    kind: str,
    limit_id: str,
    name: str,
    used: Figure | None,
    limit: Figure | None,
    *,
    unit: str = "CU",
    forecast: Decimal | None = None,
    reached_on: date | None = None,
    expires_at: datetime | None = None,
) -> Row:
    found: dict[str, Value] = {
        "kind": kind,
        "id": limit_id,
        "name": name,
        "unit": unit,
        "used": used,
        "limit": limit,
        "forecast": forecast,
        "reached_on": _write_day(reached_on),
        EXPIRES_AT.key: expires_at,
    }
    return build_row(LIMITS.columns, found)


def _write_day(day: date | None) -> str | None:
    return day.isoformat() if day else None
