"""The trend: what was used in each bucket of time, in all or series by series."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, Self

from scenario_usage_cli.buckets import Buckets
from scenario_usage_cli.collect.breakdown import Breakdown
from scenario_usage_cli.collect.model_patterns import name_models
from scenario_usage_cli.collect.sections import SECTIONS
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.breakdown import warn_of_gaps
from scenario_usage_cli.report.breakdown_check import warn_of_excess
from scenario_usage_cli.report.fields import Json, Kind, Row, Table, pick
from scenario_usage_cli.report.figures import KNOWN_COST
from scenario_usage_cli.report.frame import (
    build_filters,
    build_head,
    build_period,
    build_warnings,
)
from scenario_usage_cli.report.labels import Labels, build_labels
from scenario_usage_cli.report.model_filter import ModelFilter
from scenario_usage_cli.report.rows import sort_rows
from scenario_usage_cli.report.series import Axis, Series, build_axis, build_series, join_points
from scenario_usage_cli.report.tables import (
    ACTIONS,
    ASSETS,
    MODELS,
    SERIES,
    SERIES_ID,
    SERIES_NAME,
)
from scenario_usage_cli.report.trend_check import warn_of_buckets
from scenario_usage_cli.report.trend_difference import Difference, find_difference

_TOTAL = "total"
_MADE_OF: Mapping[str, tuple[Table, ...]] = {
    _TOTAL: (MODELS, ASSETS),
    "model": (MODELS,),
    "kind": (ASSETS,),
    "action": (ACTIONS,),
}
"""What the figures of each split are of; money is of the first."""

SPLITS = tuple(_MADE_OF)
"""What one usage can be split by; a breakdown, by what it is of."""


def list_sections(split: str, *, tells_granularity: bool) -> tuple[str, ...]:
    """What a split asks for.

    Actions alone tell the granularity, unless that is known, and consumption what is not in the
    figures.
    """
    tables = _find_tables(split)
    needed = {table.name for table in tables}
    if tells_granularity:
        needed.add(ACTIONS.name)
    if any(pick(table.fields, Kind.CU) for table in tables):
        needed.add("consumption")
    return tuple(name for name in SECTIONS if name in needed)


def _find_tables(split: str) -> tuple[Table, ...]:
    return _MADE_OF.get(split, _MADE_OF[_TOTAL])


class Trend(NamedTuple):
    """What was read, bucket by bucket, ready to be shown or written."""

    generated_at: datetime
    period: Period
    filters: Filters
    buckets: Buckets
    split: str
    series: Sequence[Series]
    """The largest first, unless they are sorted."""
    points: Sequence[Row]
    """Those of all series, in order of time, and then of their series."""
    whole: Sequence[Series]
    """What they are parts of: a breakdown may not have all of it."""
    difference: Difference | None
    """How far consumption is from it, if it is and that is known."""
    is_known: bool
    """False where the API left out all that the figures are of."""
    has_gaps: bool
    """Whether some buckets lack a part of their days."""
    warnings: list[str]
    labels: Labels
    """What people read in the place of ids."""

    @property
    def document(self) -> dict[str, Json]:
        """The JSON."""
        return {
            **build_head("trend", self.generated_at),
            "period": build_period(self.period),
            "filters": build_filters(self.filters),
            "by": self.buckets.unit,
            "split": self.split,
            "points": self.points,
            "warnings": self.warnings,
        }

    def sort(self, order: str | None) -> Self:
        """With the series in this order, in all buckets; None keeps the usual one."""
        by_id = {one.id: one for one in self.series}
        rows = [
            {**one.sums, SERIES_ID.key: one.id, SERIES_NAME.key: one.name} for one in self.series
        ]
        series = [by_id[SERIES_ID.of(row)] for row in sort_rows(SERIES, rows, order)]
        return self._replace(series=series, points=join_points(series))


def build_trend(
    usage: Usage,
    period: Period,
    buckets: Buckets,
    split: str,
    *,
    models: tuple[str, ...] = (),
    breakdown: Breakdown | None = None,
    generated_at: datetime,
) -> Trend:
    """The trend of what was read of a period into these buckets.

    Buckets without data are zeros, and those of which nothing is known null.

    With a `breakdown` of the usage, into the same buckets, there is a series for each of its parts,
    and they are compared with the whole.
    """
    wanted, tables = ModelFilter(models), _find_tables(split)
    is_known = any(table.name not in usage.left_out for table in tables)
    buckets = buckets._replace(partial=buckets.partial | usage.cut)
    axis = build_axis(buckets)
    whole = series = _build_own(usage, axis, tables, wanted)
    shown = [table.name for table in tables]
    warnings = build_warnings(
        usage, models, wanted.describe_unmatched(name_models(usage)), shown=shown
    )
    if breakdown:
        series = [
            _build_sum(_name_models(part, usage), axis, wanted, ids[0], breakdown.describe(ids))
            for ids, part in breakdown.usages.items()
        ]
        warnings += [*warn_of_gaps(breakdown, ()), *warn_of_excess(breakdown)]
        points = [one.points for one in series]
        warnings += warn_of_buckets(whole[0].points, points, buckets.unit, breakdown.by)
    series.sort(key=lambda one: (-one.size, one.id or ""))
    difference = None
    if is_known and not models:
        costs = [KNOWN_COST.of(one.sums) for one in whole]
        difference = find_difference(usage, tables[0].name, costs)
    return Trend(
        generated_at=generated_at,
        period=period,
        filters=(usage.filters or Filters())._replace(models=models),
        buckets=buckets,
        split=split,
        series=series,
        points=join_points(series),
        whole=whole,
        difference=difference,
        is_known=is_known,
        has_gaps=bool(usage.cut),
        warnings=[*warnings, *([difference.describe()] if difference else [])],
        labels=build_labels([usage], [breakdown] if breakdown else []),
    )


def _build_own(
    usage: Usage, axis: Axis, tables: tuple[Table, ...], wanted: ModelFilter
) -> list[Series]:
    """The series of the usage itself: one for each row of a table, or one of all."""
    if tables == _MADE_OF[_TOTAL]:
        # It keeps its line, of nulls; any other series would be a part of what there was.
        return [_build_sum(usage, axis, wanted, None, _TOTAL)]
    (table,) = tables
    rows = [] if table.name in usage.left_out else _list_rows(table, usage, wanted)
    return [build_series(usage, axis, *row, [(table, [row[0]])]) for row in rows]


def _build_sum(
    usage: Usage, axis: Axis, wanted: ModelFilter, series_id: str | None, name: str
) -> Series:
    """A series of all rows that came."""
    made_of = [
        (table, [row_id for row_id, _ in _list_rows(table, usage, wanted)])
        for table in _MADE_OF[_TOTAL]
        if table.name not in usage.left_out
    ]
    return build_series(usage, axis, series_id, name, made_of)


def _name_models(part: Usage, whole: Usage) -> Usage:
    """The part with the names that the whole knows, so that both are narrowed alike."""
    return replace(part, models={**whole.models, **part.models})


def _list_rows(table: Table, usage: Usage, wanted: ModelFilter) -> list[tuple[str, str]]:
    """The id and the name of each row that is wanted."""
    if table is MODELS:
        return [model for model in name_models(usage) if wanted.matches(*model)]
    return [(row_id, row_id) for row_id in usage.series.get(table.name, {})]
