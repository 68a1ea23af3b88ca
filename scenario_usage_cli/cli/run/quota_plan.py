"""Asks for the plan of a team, with a prompt's patience: for 2 seconds, all requests together."""

import threading
from collections.abc import Callable
from contextvars import copy_context
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeVar

from scenario_usage_cli.cli.effort import open_effort
from scenario_usage_cli.cli.options import FetchOptions, FilterOptions
from scenario_usage_cli.cli.options.quota import OneTeamOptions
from scenario_usage_cli.cli.plan_cache import KeptPlan
from scenario_usage_cli.cli.run.quota import build_report, fetch_days
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import open_session
from scenario_usage_cli.collect.history import build_history_request
from scenario_usage_cli.collect.quota import Quota, fetch_quota
from scenario_usage_cli.errors import ServiceUnreachable, UnreadableAnswer
from scenario_usage_cli.report.quota import QuotaReport, count_left
from scenario_usage_cli.report.quota_line import PlanFigures
from scenario_usage_cli.settings import Settings

PATIENCE_S = 2.0
_Result = TypeVar("_Result")


def fetch_plan(
    settings: Settings, runtime: Runtime, *, team: OneTeamOptions, connection: FetchOptions
) -> KeptPlan:
    """The figures of the plan; raises ScenarioUsageError, also if they do not come in time.

    Where only the days before do not, the forecast is a straight line. A failed request is not
    tried again unless --retries says so: the next prompt does that.
    """
    now = runtime.now()
    retries = connection.retries or 0
    once = FetchOptions(**{**vars(connection), "retries": retries})
    settings = settings._replace(projects=())
    known: list[Quota] = []

    def fetch() -> QuotaReport:
        with open_session(runtime, settings, FilterOptions(team=team.team), once) as session:
            quota = fetch_quota(session.client, session.team_id, now, with_caps=False)
            if quota.used is None or not quota.is_limit_known:
                raise UnreadableAnswer(
                    "the API does not tell what is used of the plan, or how much it has",
                    hint="scenario-usage quota shows what it tells",
                )
            known.append(quota)
            request = build_history_request(session.client, quota.team.id, now)
            with open_effort(runtime, once, see=session.names.see) as effort:
                usage = fetch_days(request, quota, effort)
        return build_report(quota, usage, now)

    if connection.demo:
        return _pick(fetch())
    try:
        report = _wait_for(fetch, connection.timeout or PATIENCE_S)
    except ServiceUnreachable as error:
        if not known:
            raise
        runtime.log(f"the forecast is a straight line: {error.message}")
        report = build_report(known[0], None, now)
    for warning in report.warnings:
        runtime.log(warning)
    return _pick(report)


def _wait_for(work: Callable[[], _Result], patience_s: float) -> _Result:
    """What it returns, or raises, within so many seconds.

    A daemon does it: nobody waits for it any longer, whether it looks up a name, connects or reads.
    """
    results: list[_Result] = []
    errors: list[Exception] = []

    def run() -> None:
        try:
            results.append(work())
        except Exception as error:  # raised again by who waits for the thread
            errors.append(error)

    thread = threading.Thread(target=copy_context().run, args=(run,), daemon=True)
    try:
        thread.start()
    except RuntimeError:  # the system has no more threads
        run()
    else:
        thread.join(patience_s)
    if errors:
        raise errors[0]
    if not results:
        raise ServiceUnreachable(
            f"the API did not answer within {patience_s:g} s",
            hint="--timeout SECONDS waits longer",
        )
    return results[0]


def _pick(report: QuotaReport) -> KeptPlan:
    quota, totals = report.quota, report.totals

    def read(key: str) -> Decimal | None:
        value = totals[key]
        return None if value is None else Decimal(str(value))

    def read_day(key: str) -> date | None:
        value = totals[key]
        return None if value is None else date.fromisoformat(str(value))

    figures = PlanFigures(
        read("used"),
        read("limit"),
        read("packs_left"),
        read("per_day"),
        read("forecast"),
        read_day("plan_runs_out_on"),
        read_day("packs_run_out_on"),
        quota.period.end.astimezone(UTC).date() if quota.period else None,
    )
    ends: list[datetime] = [quota.period.end] if quota.period else []
    ends += [
        pack.expires_at
        for pack in quota.packs
        if pack.expires_at and count_left(pack, report.generated_at)
    ]
    return KeptPlan(figures, report.generated_at, min(ends, default=None))
