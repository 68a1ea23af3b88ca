"""The trend: what was used in each bucket of time, in all or series by series."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Self

from scenario_usage_cli.buckets import Buckets
from scenario_usage_cli.collect.breakdown import Breakdown
from scenario_usage_cli.collect.model_patterns import name_models
from scenario_usage_cli.collect.sections import SECTIONS, Figure, Figures
from scenario_usage_cli.collect.usage import Bucket, Filters, Usage, add_figures
from scenario_usage_cli.periods import Period, to_local
from scenario_usage_cli.report.breakdown import warn_of_gaps
from scenario_usage_cli.report.breakdown_check import warn_of_excess
from scenario_usage_cli.report.fields import ADDITIVE, Field, Json, Kind, Row, Table, pick
from scenario_usage_cli.report.figures import COUNT, KNOWN_COST
from scenario_usage_cli.report.frame import (
    build_filters,
    build_head,
    build_period,
    build_warnings,
)
from scenario_usage_cli.report.labels import Labels, build_labels
from scenario_usage_cli.report.model_filter import ModelFilter
from scenario_usage_cli.report.numbers import add_up, round_cu
from scenario_usage_cli.report.rows import sort_rows
from scenario_usage_cli.report.tables import (
    ACTIONS,
    ASSETS,
    MODELS,
    PARTIAL,
    SERIES,
    SERIES_ID,
    SERIES_NAME,
    START,
    TREND_FIGURES,
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


def list_sections(split: str) -> tuple[str, ...]:
    """What a split asks for.

    Actions alone tell the granularity, and consumption what is not in the figures.
    """
    tables = _find_tables(split)
    needed = {ACTIONS.name, *(table.name for table in tables)}
    if any(pick(table.fields, Kind.CU) for table in tables):
        needed.add("consumption")
    return tuple(name for name in SECTIONS if name in needed)


def _find_tables(split: str) -> tuple[Table, ...]:
    return _MADE_OF.get(split, _MADE_OF[_TOTAL])


_KEYS = tuple(field.key for field in TREND_FIGURES)
_FORMULAS = {field.key: field.formula for field in TREND_FIGURES if field.formula}


class Series(NamedTuple):
    """One line of the trend."""

    id: str | None
    name: str
    points: Sequence[Row]
    """One for each bucket, in order of time."""
    sums: Row
    """The figures over all buckets; null where the series does not have one."""

    @property
    def size(self) -> Decimal:
        """Its cost, or its count where there is no cost, as it is shown."""
        cost = KNOWN_COST.of(self.sums)
        return round_cu(Decimal((COUNT.of(self.sums) or 0) if cost is None else cost))


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
        return self._replace(series=series, points=_join_points(series))


def build_trend(
    usage: Usage,
    buckets: Buckets,
    split: str,
    *,
    models: tuple[str, ...] = (),
    breakdown: Breakdown | None = None,
    generated_at: datetime,
) -> Trend:
    """The trend of what was read into these buckets; buckets without data are zeros.

    With a `breakdown` of the usage, into the same buckets, there is a series for each of its parts,
    and they are compared with the whole.
    """
    assert usage.period is not None
    wanted, tables = ModelFilter(models), _find_tables(split)
    is_known = any(table.name not in usage.left_out for table in tables)
    whole = series = _build_own(usage, buckets, tables, wanted)
    shown = [table.name for table in tables]
    warnings = build_warnings(
        usage, models, wanted.describe_unmatched(name_models(usage)), shown=shown
    )
    if breakdown:
        series = [
            _build_sum(_name_models(part, usage), buckets, wanted, ids[0], breakdown.describe(ids))
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
        period=usage.period,
        filters=(usage.filters or Filters())._replace(models=models),
        buckets=buckets,
        split=split,
        series=series,
        points=_join_points(series),
        whole=whole,
        difference=difference,
        is_known=is_known,
        warnings=[*warnings, *([difference.describe()] if difference else [])],
        labels=build_labels([usage], [breakdown] if breakdown else []),
    )


def _build_own(
    usage: Usage, buckets: Buckets, tables: tuple[Table, ...], wanted: ModelFilter
) -> list[Series]:
    """The series of the usage itself: one for each row of a table, or one of all."""
    if tables == _MADE_OF[_TOTAL]:
        # It keeps its line, of nulls; any other series would be a part of what there was.
        return [_build_sum(usage, buckets, wanted, None, _TOTAL)]
    (table,) = tables
    rows = [] if table.name in usage.left_out else _list_rows(table, usage, wanted)
    return [_build_series(usage, buckets, *row, [(table, [row[0]])]) for row in rows]


def _build_sum(
    usage: Usage, buckets: Buckets, wanted: ModelFilter, series_id: str | None, name: str
) -> Series:
    """A series of all rows that came."""
    made_of = [
        (table, [row_id for row_id, _ in _list_rows(table, usage, wanted)])
        for table in _MADE_OF[_TOTAL]
        if table.name not in usage.left_out
    ]
    return _build_series(usage, buckets, series_id, name, made_of)


def _name_models(part: Usage, whole: Usage) -> Usage:
    """The part with the names that the whole knows, so that both are narrowed alike."""
    return replace(part, models={**whole.models, **part.models})


def _join_points(series: Iterable[Series]) -> list[Row]:
    """Bucket by bucket, in the order of the series."""
    by_series = (one.points for one in series)
    return [point for together in zip(*by_series, strict=True) for point in together]


def _list_rows(table: Table, usage: Usage, wanted: ModelFilter) -> list[tuple[str, str]]:
    """The id and the name of each row that is wanted."""
    if table is MODELS:
        return [model for model in name_models(usage) if wanted.matches(*model)]
    return [(row_id, row_id) for row_id in usage.series.get(table.name, {})]


def _build_series(
    usage: Usage,
    buckets: Buckets,
    series_id: str | None,
    name: str,
    made_of: Iterable[tuple[Table, Iterable[str]]],
) -> Series:
    """The measures that its tables have are zero where there is nothing, and all others null."""
    found: list[tuple[Sequence[Field[Figure]], Mapping[Bucket, Figures]]] = []
    for table, ids in made_of:
        sums = _add_rows(usage, table, ids, buckets)
        found.append((_list_measures(table, sums.values()), sums))
    points: list[Row] = []
    for start in buckets.starts:
        figures: dict[str, Figure | None] = dict.fromkeys(_KEYS)
        for measures, sums in found:
            for field in measures:
                figures[field.key] = sums[start].get(field.key) or 0
        for key, formula in _FORMULAS.items():
            figures[key] = formula(figures)
        points.append(
            {
                START.key: to_local(start, buckets.zone),
                SERIES_ID.key: series_id,
                SERIES_NAME.key: name,
                **figures,
                PARTIAL.key: start in buckets.partial,
            }
        )
    whole = {field.key: add_up(map(field.of, points)) for field in TREND_FIGURES}
    return Series(series_id, name, points, whole)


def _list_measures(table: Table, buckets: Iterable[Figures]) -> Sequence[Field[Figure]]:
    """Those of a table's figures that its rows have: what may be null, only where any is known."""
    fields = [field for field in pick(table.fields, *ADDITIVE) if not field.formula]
    is_charged = any(figures[table.size.key] is not None for figures in buckets)
    return [field for field in fields if is_charged or not field.nullable]


def _add_rows(
    usage: Usage, table: Table, ids: Iterable[str], buckets: Buckets
) -> Mapping[Bucket, Figures]:
    """The figures of some rows together in every bucket; null where there are none."""
    nothing = dict.fromkeys(field.key for field in table.fields)
    sums: dict[Bucket, Figures] = {start: {**nothing} for start in buckets.starts}
    for row_id in ids:
        for bucket, figures in usage.series[table.name][row_id].items():
            add_figures(sums[buckets.find(bucket) if bucket else bucket], figures)
    return sums
