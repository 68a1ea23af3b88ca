"""What of a team's limits is over a threshold, and how that is told in a line."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from scenario_usage_cli.clocks import MILLISECOND, to_local
from scenario_usage_cli.collect.budgets import BUDGET
from scenario_usage_cli.collect.quota import KEY, PROJECT, USER, BoughtPack
from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.numbers import round_cu
from scenario_usage_cli.report.quota import QuotaReport, count_left
from scenario_usage_cli.report.quota_tables import (
    FORECAST,
    KIND,
    LIMIT,
    LIMIT_ID,
    LIMIT_NAME,
    REACHED_ON,
    USED,
)

USED_UP, FORECAST_OVER, PACK_EXPIRY = "used", "forecast", "pack-expiry"
WATCHED = (USED_UP, FORECAST_OVER, PROJECT, USER, KEY, PACK_EXPIRY, BUDGET)
"""What a threshold may be on."""
NEED_LIMITS = frozenset([USED_UP, FORECAST_OVER, PACK_EXPIRY])
"""Those of them that nothing is known of where the key may not read the limits of the team."""

PLAN, PACK = "plan", "pack"
_THRESHOLD = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?) ?(%?)")
_PERCENT = Decimal(100)


class Threshold(NamedTuple):
    """What is over if it is more: so many CU, or a part of its limit."""

    value: Decimal
    is_part: bool = False
    """Whether the value is a fraction of the limit: 0.8 is 80 %."""

    def find_most(self, limit: Figure | None) -> Decimal | None:
        """The most that is not over; null where a part is of a limit that is not known."""
        if not self.is_part:
            return self.value
        return None if limit is None else Decimal(limit) * self.value


class Alert(NamedTuple):
    """One thing that is over a threshold: its figure, its limit if it has one, and its day."""

    what: str
    """One of `WATCHED`."""
    kind: str
    id: str
    name: str
    """With its id, where several of its kind have one name."""
    figure: Figure
    """In CU; of a pack, what is left."""
    limit: Figure | None
    """In CU; of a pack, what was bought."""
    life: Decimal | None = None
    """Of a pack, the part of the time between purchase and expiry that has gone; 0 to 1."""
    is_reached: bool = False
    """Whether what is used is the whole limit, or more."""
    day: str | None = None
    """The UTC day on which the limit is reached, or the pack expires."""
    last_day: str | None = None
    """The last UTC day of the period, where the limit is not reached in it."""


class Judgement(NamedTuple):
    """What is over, in the order of what is watched; and what cannot be judged, in sentences."""

    alerts: tuple[Alert, ...]
    warnings: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    """What of the plan or a budget the API does not tell, so that nobody can say that it is well.
    """


def parse_threshold(text: str, option: str) -> Threshold:
    """A number of CU, or a percentage of a limit; raises BadArgument for anything else."""
    found = _THRESHOLD.fullmatch(text.strip())
    if not found:
        raise BadArgument(
            f"{option} {text!r} is not a threshold",
            hint=f"write a part of the limit, as in {option} 80%, or a number of CU, as in "
            f"{option} 5000",
        )
    number, percent = Decimal(found[1]), bool(found[2])
    return Threshold(number / _PERCENT if percent else number, percent)


def judge(report: QuotaReport, threshold: Threshold, watched: Sequence[str]) -> Judgement:
    """Compare what is watched with the threshold.

    Something is over if it is more than the threshold: exactly as much is not. What is used is
    compared, but for `forecast`, which is what is expected of the plan by the end of the period.
    Of `pack-expiry`, see `_judge_packs`.
    """
    alerts: list[Alert] = []
    warnings: list[str] = []
    unknown: list[str] = []
    for what in watched:
        if what == PACK_EXPIRY:
            alerts += _judge_packs(report, threshold, warnings)
            continue
        kind = PLAN if what in NEED_LIMITS else what
        figure = FORECAST if what == FORECAST_OVER else USED
        known = report.limits if threshold.is_part else (*report.limits, *report.uncapped)
        rows = [row for row in known if KIND.of(row) == kind]
        names = _tell_apart(rows)
        if not rows:
            warnings.append(f"there is no {kind} with a limit that --on {what} could judge")
        for row in rows:
            value, most = figure.of(row), threshold.find_most(LIMIT.of(row))
            if value is None or most is None:
                name = f"{kind} {names[LIMIT_ID.of(row)]}"
                if not_told := _find_untold(row, most, report):
                    unknown.append(f"{not_told} of the {name} is not known: --on {what} needs it")
                else:
                    lacking = "limit" if most is None else f"figure {figure.key!r} yet"
                    warnings.append(f"the {name} has no {lacking}: --on {what} cannot judge it")
            elif round_cu(Decimal(value)) > most:
                alerts.append(_build_alert(row, names, what, value, report))
    return Judgement(tuple(alerts), tuple(warnings), tuple(unknown))


def _find_untold(row: Row, most: Decimal | None, report: QuotaReport) -> str | None:
    """What nobody tells of a plan or a budget that cannot be judged; null if it just has none."""
    if KIND.of(row) not in (PLAN, BUDGET):
        return None
    if USED.of(row) is None:
        return "what is used"
    return None if most is not None or report.quota.is_limit_known else "the limit"


def _tell_apart(rows: Sequence[Row]) -> Mapping[str, str]:
    """The names of limits by their ids, with the id where several have one name."""
    found = {LIMIT_ID.of(row): LIMIT_NAME.of(row) for row in rows}
    count = Counter(found.values())
    return {one: f"{name} ({one})" if count[name] > 1 else name for one, name in found.items()}


def _build_alert(
    row: Row, names: Mapping[str, str], what: str, figure: Figure, report: QuotaReport
) -> Alert:
    used, limit = USED.of(row), LIMIT.of(row)
    is_reached = used is not None and limit is not None and used >= limit
    day = REACHED_ON.of(row)
    is_beyond = not (day or is_reached) and limit is not None and FORECAST.of(row) is not None
    period = report.quota.period
    if what == BUDGET:
        periods = {use.budget.name: use.period for use in report.budgets}
        period = periods[LIMIT_ID.of(row)]
    return Alert(
        what,
        KIND.of(row),
        LIMIT_ID.of(row),
        names[LIMIT_ID.of(row)],
        figure,
        limit,
        is_reached=is_reached,
        day=day,
        last_day=f"{to_local(period.end, period.zone):%Y-%m-%d}" if is_beyond and period else None,
    )


def _judge_packs(report: QuotaReport, threshold: Threshold, warnings: list[str]) -> Iterator[Alert]:
    """Packs that expire soon with CU left in them.

    With a part, a pack is over if more than that part of the time from its purchase to its
    expiry has gone; where the purchase is not known, if it expires within the billing period. With
    a number of CU, it is over if it expires within the billing period with more than that left.
    """
    now = report.generated_at
    names = _tell_apart([row for row in report.limits if KIND.of(row) == PACK])
    for pack in report.quota.packs:
        left, life = count_left(pack, now), _measure_life(pack, now)
        if left <= 0 or pack.expires_at is None:
            continue
        name = names[pack.id]
        if threshold.is_part and life is not None:
            is_over = life > threshold.value
        elif report.quota.period is None:
            warnings.append(
                f"the pack {name} expires, and the billing period is not known: --on {PACK_EXPIRY} "
                "cannot judge it"
            )
            continue
        else:
            is_over = pack.expires_at - MILLISECOND <= report.quota.period.end and (
                threshold.is_part or left > threshold.value
            )
        if is_over:
            day = f"{pack.expires_at.astimezone(UTC):%Y-%m-%d}"
            yield Alert(PACK_EXPIRY, PACK, pack.id, name, left, pack.amount, life, day=day)


def _measure_life(pack: BoughtPack, now: datetime) -> Decimal | None:
    """The part of the time from purchase to expiry that has gone; null where one is not known."""
    if pack.created_at is None or pack.expires_at is None or pack.expires_at <= pack.created_at:
        return None
    whole = (pack.expires_at - pack.created_at) // MILLISECOND
    return Decimal((now - pack.created_at) // MILLISECOND) / whole
