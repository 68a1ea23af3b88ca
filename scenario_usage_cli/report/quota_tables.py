"""The tables of what a team may use, declared once: a row is one limit."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.report.fields import Field, Gauges, Kind, Row, Table
from scenario_usage_cli.report.numbers import fraction

NEAR = Decimal("0.8")
"""From this part of a limit on, it is nearly used up."""


def _subtract(row: Row) -> Figure | None:
    used, limit = USED.of(row), LIMIT.of(row)
    return None if used is None or limit is None else limit - used


def _divide(row: Row) -> Decimal | None:
    used, limit = USED.of(row), LIMIT.of(row)
    return None if used is None or limit is None else fraction(used, limit)


def _compare(row: Row) -> str | None:
    used, limit = USED.of(row), LIMIT.of(row)
    if used is None or limit is None:
        return None
    if used >= limit:
        return "over" if used > limit else "full"
    return "near" if used >= limit * NEAR else "ok"


KIND = Field[str](
    "kind",
    "Kind",
    Kind.TEXT,
    100,
    "plan, pack, project, user, key, budget, seats, api_keys or projects.",
)
LIMIT_ID = Field[str](
    "id", "Id", Kind.TEXT, meaning="Of the team, pack, project, user or key; or a name."
)
LIMIT_NAME = Field[str]("name", "Name", Kind.TEXT, 100, "The id where there is no name.")
UNIT = Field[str]("unit", "Unit", Kind.TEXT, meaning="CU or count.")
USED = Field[Figure | None](
    "used",
    "Used",
    Kind.FIGURE,
    95,
    "In the billing period, or of a pack.",
    nullable=True,
    amount="amount",
)
LIMIT = Field[Figure | None](
    "limit",
    "Limit",
    Kind.FIGURE,
    90,
    "The most that may be used; null where there is no limit, or it is not known.",
    nullable=True,
)
LEFT = Field[Figure | None](
    "left",
    "Left",
    Kind.FIGURE,
    88,
    "What may still be used; negative where more was used, 0 of an expired pack.",
    nullable=True,
    formula=_subtract,
)
SHARE_USED = Field[Decimal | None](
    "share",
    "Used, %",
    Kind.PART,
    40,
    "Used as a fraction of the limit; null where there is no limit, or it is 0.",
    nullable=True,
    formula=_divide,
)
STATE = Field[str | None](
    "state",
    "State",
    Kind.FULLNESS,
    92,
    f"ok, near ({NEAR:.0%} and more), full, over or expired; null where there is no limit.",
    nullable=True,
    formula=_compare,
)
FORECAST = Field[Decimal | None](
    "forecast",
    "At the end",
    Kind.RATE,
    35,
    "What is expected to be used by the end of the billing period, or that of the budget.",
    nullable=True,
)
REACHED_ON = Field[str | None](
    "reached_on",
    "Reached on",
    Kind.TEXT,
    85,
    "The UTC day on which it is expected to be used up; null where that is not before the end of "
    "the billing period, or where it is used up already.",
    nullable=True,
)
EXPIRES_AT = Field[datetime | None](
    "expires_at", "Expires", Kind.TIME, 0, "When a pack expires.", nullable=True
)
LIMITS = Table(
    "limits",
    "Limits",
    (KIND, LIMIT_ID),
    (KIND, LIMIT_NAME),
    (UNIT, USED, LIMIT, LEFT, SHARE_USED, STATE, FORECAST, REACHED_ON, EXPIRES_AT),
    USED,
    "One limit: the plan, a pack, a cap, a budget, or a number of seats, API keys or projects.",
    is_additive=False,
)


def _declare_cu(key: str, title: str, meaning: str, kind: Kind = Kind.CU) -> Field[Any]:
    return Field[Any](key, title, kind, meaning=meaning, nullable=True)


DAYS = _declare_cu("days", "Days", "Of the whole billing period.", Kind.PART)
DAYS_GONE = _declare_cu("days_gone", "Days gone", "Those that are over.", Kind.PART)
DAYS_LEFT = _declare_cu("days_left", "Days left", "Those to come.", Kind.PART)
PER_DAY = _declare_cu(
    "per_day", "Per day", "Used per day so far; null before a day is over.", Kind.RATE
)
PACKS_LEFT = _declare_cu("packs_left", "Left in packs", "Of all packs that have not expired.")
TOTAL_FORECAST = _declare_cu(
    "forecast", "Forecast", "Expected to be used by the end of the period.", Kind.RATE
)
FORECAST_LOW = _declare_cu(
    "forecast_low", "At least", "The lower end of its interval, if it has one.", Kind.RATE
)
FORECAST_HIGH = _declare_cu("forecast_high", "At most", "The upper end.", Kind.RATE)
FORECAST_LEVEL = _declare_cu(
    "forecast_level", "Level", "How often such an interval is meant to hold, 0 to 1.", Kind.PART
)
FORECAST_COVERAGE = _declare_cu(
    "forecast_coverage", "Held", "How often such intervals held in the past, 0 to 1.", Kind.PART
)
FORECAST_TIMES = Field[int](
    "forecast_times", "Times", Kind.TALLY, meaning="How many past ones that is of."
)
FORECAST_NOTE = Field[str | None](
    "forecast_note", "Note", Kind.TEXT, meaning="Why there is no interval.", nullable=True
)
PLAN_RUNS_OUT_ON = Field[str | None](
    "plan_runs_out_on",
    "Plan runs out",
    Kind.TEXT,
    meaning="The UTC day; null where that is not before the end, or was before now.",
    nullable=True,
)
PACKS_RUN_OUT_ON = Field[str | None](
    "packs_run_out_on",
    "Packs run out",
    Kind.TEXT,
    meaning="The UTC day on which the plan and all packs are used up; null as for the plan.",
    nullable=True,
)
TOTALS = Table(
    "totals",
    "Totals",
    (),
    (),
    (
        USED._replace(kind=Kind.CU),
        LIMIT._replace(kind=Kind.CU),
        LEFT._replace(kind=Kind.CU),
        PACKS_LEFT,
        DAYS,
        DAYS_GONE,
        DAYS_LEFT,
        PER_DAY,
        TOTAL_FORECAST,
        FORECAST_LOW,
        FORECAST_HIGH,
        FORECAST_LEVEL,
        FORECAST_COVERAGE,
        FORECAST_TIMES,
        FORECAST_NOTE,
        PLAN_RUNS_OUT_ON,
        PACKS_RUN_OUT_ON,
    ),
    USED,
    "The plan of the team, its packs together, and what is expected.",
)
FILL = Field[Decimal | None]("fill", "", Kind.PART, nullable=True)
"""How much of its bar a limit fills, 0 to 1; null where there is none."""
EXPIRES_ON = Field[str | None]("expires_on", "Expires", Kind.TEXT, 86, nullable=True)
"""The same as `EXPIRES_AT` for people: a day."""


def _declare_gauges(fields: tuple[Field[Any], ...], kind: Kind) -> tuple[Field[Any], ...]:
    return tuple(field._replace(kind=kind, formula=None) for field in fields)


_REMAINING = LEFT._replace(key="remaining")
LIMIT_GAUGES = Table(
    "limit_gauges",
    "Limits in CU",
    (KIND, LIMIT_ID),
    (KIND, LIMIT_NAME),
    (
        *_declare_gauges((USED, LIMIT, _REMAINING, FORECAST), Kind.CU),
        Field[datetime | None]("reached", "Reached", Kind.TIME, meaning=REACHED_ON.meaning),
        Field[datetime | None]("expires", "Expires", Kind.TIME, meaning=EXPIRES_AT.meaning),
    ),
    USED,
    gauges=Gauges("quota_"),
    is_additive=False,
)
COUNT_GAUGES = Table(
    "count_gauges",
    "Limits that are counts",
    (KIND,),
    (),
    _declare_gauges((USED, LIMIT, _REMAINING), Kind.COUNT),
    USED,
    gauges=Gauges("allowance_"),
    is_additive=False,
)
TOTAL_GAUGES = Table(
    "total_gauges",
    "Plan and packs",
    (),
    (),
    (
        PACKS_LEFT._replace(key="packs_remaining"),
        *_declare_gauges((PER_DAY, FORECAST_LOW, FORECAST_HIGH), Kind.CU),
        Field[datetime | None](
            "plan_runs_out", "Plan runs out", Kind.TIME, meaning=PLAN_RUNS_OUT_ON.meaning
        ),
        Field[datetime | None](
            "packs_run_out", "Packs run out", Kind.TIME, meaning=PACKS_RUN_OUT_ON.meaning
        ),
    ),
    USED,
    gauges=Gauges("quota_"),
    is_additive=False,
)
