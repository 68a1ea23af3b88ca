"""How the forecast of a plan did on past days, beside a straight line."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from scenario_usage_cli.collect.listed import Named
from scenario_usage_cli.forecast import Trial, backtest
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.fields import Field, Json, Kind, Row, Table
from scenario_usage_cli.report.frame import build_head, build_period
from scenario_usage_cli.report.numbers import fraction
from scenario_usage_cli.report.outlook import follow
from scenario_usage_cli.report.usage_view import describe_period
from scenario_usage_cli.report.view import Section, View

_HORIZONS = (1, 3, 7, 14, 21, 28)
"""Days ahead, so far as the billing period is longer."""
_NOTHING_TO_COMPARE = "there are too few days with use for past forecasts to be compared with"
_USUAL_DAYS = 30
"""Of a billing period that is not known."""

HORIZON = Field[int]("days_ahead", "Days ahead", Kind.TALLY, 100, "How many days are summed up.")
ERROR = Field[Decimal | None](
    "error",
    "Median error",
    Kind.PART,
    95,
    "Of |expected - actual| / actual, the median; null without a sum above 0.",
    nullable=True,
)
LINE_ERROR = Field[Decimal | None](
    "line_error",
    "Straight line",
    Kind.PART,
    90,
    "The same of the period's use so far, per day, going on.",
    nullable=True,
)
COMPARED = Field[int]("compared", "Sums", Kind.TALLY, 70, "How many sums the errors are of.")
COVERAGE = Field[Decimal | None](
    "coverage",
    "Interval held",
    Kind.PART,
    85,
    "How often the sum was in its 80 % interval, 0 to 1; null where none had one.",
    nullable=True,
)
HELD = Field[int]("held", "Held", Kind.TALLY, 0, "How many sums were in their interval.")
TRIES = Field[int]("tries", "Intervals", Kind.TALLY, 80, "How many had one.")
BACKTEST = Table(
    "horizons",
    "By days ahead",
    (HORIZON,),
    (),
    (ERROR, LINE_ERROR, COMPARED, COVERAGE, HELD, TRIES),
    COMPARED,
    "Forecasts of past sums of so many days, one made on each day from the days before it alone.",
    note="neighbouring sums share most of their days, and so count for less than they are",
    is_additive=False,
)


class BacktestReport(NamedTuple):
    """The record of the forecast, ready to be shown or written."""

    team: Named
    period: Period | None
    rows: Sequence[Row]
    warnings: list[str]
    generated_at: datetime

    @property
    def document(self) -> dict[str, Json]:
        """The JSON."""
        return {
            **build_head("quota-backtest", self.generated_at),
            "team": {"id": self.team.id, "name": self.team.name},
            "period": build_period(self.period),
            BACKTEST.name: self.rows,
            "warnings": self.warnings,
        }


def build_backtest(
    team: Named,
    period: Period | None,
    daily: Mapping[date, Decimal],
    *,
    warnings: list[str],
    generated_at: datetime,
) -> BacktestReport:
    """The record of each horizon that fits into the billing period."""
    days = round(follow(period, generated_at).days) if period else _USUAL_DAYS
    horizons = [one for one in _HORIZONS if one < days]
    trials = backtest(daily, generated_at.astimezone(UTC).date(), horizons, days)
    rows = list(map(_build_row, trials))
    if not any(COMPARED.of(row) for row in rows):
        warnings = [*warnings, _NOTHING_TO_COMPARE]
    return BacktestReport(team, period, rows, warnings, generated_at)


def _build_row(trial: Trial) -> Row:
    return {
        "days_ahead": trial.days,
        "error": _round(trial.error),
        "line_error": _round(trial.line_error),
        "compared": trial.compared,
        "coverage": _round(trial.coverage),
        "held": trial.held,
        "tries": trial.tries,
    }


def _round(part: Decimal | None) -> Decimal | None:
    return None if part is None else fraction(part, 1)


def build_backtest_view(report: BacktestReport) -> View:
    """The record ready for any renderer."""
    period = report.period
    return View(
        document=report.document,
        title="Scenario quota, record of the forecast",
        subtitle=f"team {report.team.name}"
        + (f" · billing period {describe_period(period)}" if period else ""),
        headlines=(),
        sections=(Section(BACKTEST, report.rows, is_inventory=True),),
        period=period,
        generated_at=report.generated_at,
    )
