"""Limits as tables: what people see of them, what stands around, and gauges."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from scenario_usage_cli.collect.budgets import BUDGET
from scenario_usage_cli.collect.quota import KEY, PROJECT, USER
from scenario_usage_cli.report.fields import Kind, Row, Table, Value
from scenario_usage_cli.report.quota import QuotaReport
from scenario_usage_cli.report.quota_sentences import build_sentences
from scenario_usage_cli.report.quota_tables import (
    COUNT_GAUGES,
    EXPIRES_ON,
    FILL,
    FORECAST,
    LEFT,
    LIMIT,
    LIMIT_GAUGES,
    LIMITS,
    PACKS_LEFT,
    REACHED_ON,
    SHARE_USED,
    STATE,
    TOTAL_FORECAST,
    TOTAL_GAUGES,
    USED,
)
from scenario_usage_cli.report.usage_view import build_headlines, describe_period
from scenario_usage_cli.report.view import DEFAULT_TOP, Audience, Section, View

_IS_FULL = ("full", "over")
_TABLES = {
    ("plan", "pack"): ("Plan and packs", "Plan or pack"),
    (PROJECT,): ("Caps of projects", "Project"),
    (USER,): ("Caps of people", "Name"),
    (KEY,): ("Caps of API keys", "API key"),
    (BUDGET,): ("Budgets", "Budget"),
}
"""The tables for people: the kinds of limits in each, its title and that of its names."""
_HEADLINES = (
    USED._replace(kind=Kind.CU),
    LIMIT._replace(kind=Kind.CU, title="Plan"),
    LEFT._replace(kind=Kind.CU),
    PACKS_LEFT,
    TOTAL_FORECAST._replace(title="At the end"),
)
_ALREADY = "already"
_NOTE_ON_RATE = "what is expected goes on at the rate of the period so far"
_NOTE_ON_BUDGETS = "each in the period of its own"


def build_quota_view(report: QuotaReport, *, top: int | None = None) -> View:
    """The report ready for any renderer; tables for people have the fullest `top` of each kind."""
    quota = report.quota
    most = DEFAULT_TOP if top is None else top
    parts = (
        f"team {quota.team.name}",
        f"plan {quota.plan}" if quota.plan else "",
        f"billing period {describe_period(quota.period)}" if quota.period else "",
    )
    totals = {**report.totals}
    if not quota.packs:
        totals.pop(PACKS_LEFT.key)
    return View(
        document=report.document,
        title="Scenario quota",
        subtitle=" · ".join(filter(None, parts)),
        headlines=build_headlines(_HEADLINES, totals),
        sections=(*_build_tables(report, most), *_build_data(report)),
        period=quota.period,
        generated_at=report.generated_at,
        frame="quota_",
        alarms=report.alarms,
        told=report.alarms,
        sentences=tuple(build_sentences(report)),
    )


def _build_tables(report: QuotaReport, most: int) -> Iterable[Section]:
    for kinds, (title, name) in _TABLES.items():
        rows = [_fit_for_people(row) for row in report.limits if row["kind"] in kinds]
        if rows:
            yield _build_table(title, name, rows, most or len(rows))


def _build_table(title: str, name: str, rows: Sequence[Row], most: int) -> Section:
    is_plan = rows[0]["kind"] in ("plan", "pack")
    declared = (
        USED._replace(kind=Kind.CU, weight=42 if is_plan else 95),
        LIMIT._replace(
            kind=Kind.CAP,
            title="Cap" if rows[0]["kind"] in (PROJECT, USER, KEY) else "Limit",
            weight=84 if is_plan else LIMIT.weight,
        ),
        LEFT._replace(kind=Kind.CAP, weight=95 if is_plan else 38),
        SHARE_USED,
        STATE,
        FORECAST,
        REACHED_ON,
        EXPIRES_ON,
    )
    fields = tuple(
        field
        for field in declared
        if field not in (REACHED_ON, EXPIRES_ON) or any(field.of(row) for row in rows)
    )
    is_rated = not is_plan and any(FORECAST.of(row) is not None for row in rows)
    notes = [_NOTE_ON_RATE] if is_rated else []
    if rows[0]["kind"] == BUDGET:
        notes.insert(0, _NOTE_ON_BUDGETS)
    if rest := len(rows[most:]):
        are = "is" if rest == 1 else "are"
        notes.insert(0, f"{rest} more {are} less full; --top 0 shows them")
    table = Table(
        title,
        title,
        (LIMITS.ids[1],),
        (LIMITS.names[1]._replace(title=name),),
        fields,
        USED,
        note=" · ".join(notes),
        is_additive=False,
    )
    return Section(
        table,
        rows[:most],
        is_inventory=True,
        audience=Audience.TABLES,
        bar=FILL,
        shown=(*table.names, *fields),
    )


def _fit_for_people(row: Row) -> Row:
    """With how much of a bar is filled, and days in the place of instants."""
    is_full = STATE.of(row) in _IS_FULL
    share = Decimal(1) if is_full else SHARE_USED.of(row)
    expires = row["expires_at"]
    return {
        **row,
        FILL.key: None if share is None else min(max(share, Decimal(0)), Decimal(1)),
        REACHED_ON.key: _ALREADY if is_full else REACHED_ON.of(row),
        EXPIRES_ON.key: f"{expires:%Y-%m-%d}" if expires else None,
    }


def _build_data(report: QuotaReport) -> Iterable[Section]:
    """The same rows for programs, and gauges of them."""
    limits = report.limits
    budgets = [number for number, row in enumerate(limits) if row["kind"] == BUDGET]
    own = {number: use.period for number, use in zip(budgets, report.budgets, strict=True)}
    yield Section(
        LIMITS,
        limits,
        is_inventory=True,
        audience=Audience.DATA | Audience.BOOKS,
        periods=own,
    )
    for table, rows in (
        (TOTAL_GAUGES, [report.totals]),
        (LIMIT_GAUGES, [row for row in limits if row["unit"] == "CU"]),
        (COUNT_GAUGES, [row for row in limits if row["unit"] != "CU"]),
    ):
        gauges = [{**row, **_fit_for_gauges(row)} for row in rows]
        yield Section(table, gauges, is_inventory=True, audience=Audience.GAUGES)


def _fit_for_gauges(row: Row) -> Row:
    """The keys that only gauges have: days are the instants at which they begin, UTC."""
    days = {key.removesuffix("_on"): row[key] for key in row if key.endswith("_on")}
    found: dict[str, Value] = {
        key: datetime.fromisoformat(f"{day}T00:00:00+00:00") if day else None
        for key, day in days.items()
    }
    found["remaining"] = LEFT.find(row)
    found["packs_remaining"] = PACKS_LEFT.find(row)
    found["expires"] = row.get("expires_at")
    return found
