"""The series of a trend: their rows, bucket by bucket, and what they add up to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from scenario_usage_cli.buckets import Buckets
from scenario_usage_cli.clocks import to_local
from scenario_usage_cli.collect.sections import Figure, Figures
from scenario_usage_cli.collect.usage import Bucket, Usage, add_figures
from scenario_usage_cli.report.fields import ADDITIVE, Field, Row, Table, Value, pick
from scenario_usage_cli.report.figures import COUNT, KNOWN_COST
from scenario_usage_cli.report.lazy_rows import LazyRows
from scenario_usage_cli.report.numbers import add_up, round_cu
from scenario_usage_cli.report.tables import PARTIAL, SERIES_ID, SERIES_NAME, START, TREND_FIGURES

_KEYS = tuple(field.key for field in TREND_FIGURES)
_FORMULAS = {field.key: field.formula for field in TREND_FIGURES if field.formula}


class Axis(NamedTuple):
    """The buckets of a trend, as all of its series share them."""

    buckets: Buckets
    times: Sequence[datetime]
    """Their starts in the zone of the trend."""
    known: frozenset[datetime]
    """The same starts, to look up."""


def build_axis(buckets: Buckets) -> Axis:
    """The axis of time of these buckets."""
    times = [to_local(start, buckets.zone) for start in buckets.starts]
    return Axis(buckets, times, frozenset(buckets.starts))


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


def join_points(series: Sequence[Series]) -> Sequence[Row]:
    """The rows of several series: bucket by bucket, in the order of the series."""
    points = [one.points for one in series]

    def make(index: int) -> Row:
        bucket, number = divmod(index, len(points))
        return points[number][bucket]

    return LazyRows(sum(map(len, points)), make)


def build_series(
    usage: Usage,
    axis: Axis,
    series_id: str | None,
    name: str,
    made_of: Iterable[tuple[Table, Iterable[str]]],
) -> Series:
    """The measures that its tables have are zero where there is nothing, and all others null.

    Those of a bucket that is missing are null as well.
    """
    measured = list[tuple[Sequence[str], Mapping[Bucket, Figures]]]()
    missing = dict[str, frozenset[datetime]]()
    for table, ids in made_of:
        sums = _add_rows(usage, table, ids, axis)
        keys: Sequence[str] = [field.key for field in _list_measures(table, sums.values())]
        measured.append((keys, sums))
        if gaps := usage.missing.get(table.name):
            missing |= dict.fromkeys(keys, gaps)
    zeros: dict[str, Value] = dict.fromkeys(_KEYS)
    whole = {**zeros}
    for keys, sums in measured:
        zeros |= dict.fromkeys(keys, 0)
        for key in keys:
            whole[key] = add_up(figures.get(key) or 0 for figures in sums.values()) or 0
    named = {START.key: None, SERIES_ID.key: series_id, SERIES_NAME.key: name, **zeros}

    def make(index: int) -> Row:
        start, row = axis.buckets.starts[index], {**named}
        for keys, sums in measured:
            if figures := sums.get(start):
                row |= {key: figures.get(key) or 0 for key in keys}
        row |= {key: None for key, starts in missing.items() if start in starts}
        _derive(row)
        row[START.key], row[PARTIAL.key] = axis.times[index], start in axis.buckets.partial
        return row

    _derive(whole)
    return Series(series_id, name, LazyRows(len(axis.times), make), whole)


def _derive(row: dict[str, Value]) -> None:
    """Fill in the figures that are computed of others."""
    for key, formula in _FORMULAS.items():
        row[key] = formula(row)


def _list_measures(table: Table, buckets: Iterable[Figures]) -> Sequence[Field[Figure]]:
    """Those of a table's figures that its rows have: what may be null, only where any is known."""
    fields = [field for field in pick(table.fields, *ADDITIVE) if not field.formula]
    is_charged = any(figures[table.size.key] is not None for figures in buckets)
    return [field for field in fields if is_charged or not field.nullable]


def _add_rows(
    usage: Usage, table: Table, ids: Iterable[str], axis: Axis
) -> Mapping[Bucket, Figures]:
    """The figures of some rows together in every bucket; null where there are none."""
    rows = [usage.series[table.name][row_id] for row_id in ids]
    if len(rows) == 1 and rows[0].keys() <= axis.known:
        return rows[0]  # as it is, since nothing is to be added up
    nothing = dict.fromkeys(field.key for field in table.fields)
    sums: dict[Bucket, Figures] = {}
    for row in rows:
        for bucket, figures in row.items():
            start = axis.buckets.find(bucket) if bucket else bucket
            add_figures(sums.setdefault(start, {**nothing}), figures)
    return sums
