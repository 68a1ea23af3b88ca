"""The trend: what was used in each bucket of time, in all or series by series."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from scenario_usage_cli.buckets import Buckets
from scenario_usage_cli.collect.model_patterns import name_models
from scenario_usage_cli.collect.sections import MEASURES_OF, Figure
from scenario_usage_cli.collect.usage import Bucket, Usage, add_figures
from scenario_usage_cli.periods import format_instant, to_local
from scenario_usage_cli.report.frame import build_filters, build_period, build_warnings
from scenario_usage_cli.report.model_filter import ModelFilter
from scenario_usage_cli.report.numbers import round_cu
from scenario_usage_cli.report.trend_difference import Difference, find_difference

if TYPE_CHECKING:
    from scenario_usage_cli.report.documents import TrendDocument

SPLITS = ("total", "model", "kind", "action")
SECTIONS_OF_SPLIT: Mapping[str, tuple[str, ...]] = {
    "total": ("consumption", "models", "assets", "actions"),
    "model": ("consumption", "models", "actions"),
    "kind": ("assets", "actions"),
    "action": ("consumption", "actions"),
}
"""What each split asks for. Actions are always there: they alone tell the granularity."""
_MADE_OF: Mapping[str, tuple[str, ...]] = {
    "total": ("models", "assets"),
    "model": ("models",),
    "kind": ("assets",),
    "action": ("actions",),
}
"""What the figures of each split are of; money is of the first."""

_MONEY = ("jobs", "cost", "discount", "gross", "api_key_cost", "api_key_discount")
_COUNTS = ("count", "api_key_count")
MEASURES = (*_MONEY, *_COUNTS)


@dataclass
class Series:
    """One line of the trend: a measure to its figure, bucket by bucket."""

    id: str | None
    name: str
    figures: dict[datetime, dict[str, Figure | None]]

    def total(self, measure: str) -> Figure | None:
        """The measure over all buckets; null where the series does not have it."""
        known = [f for found in self.figures.values() if (f := found[measure]) is not None]
        return sum(known) if known else None

    @property
    def size(self) -> Decimal:
        """Its cost, or its count where there is no cost, as it is shown."""
        cost = self.total("cost")
        return round_cu(Decimal((self.total("count") or 0) if cost is None else cost))


class Trend(NamedTuple):
    """The document, and what a reader of it must know beside."""

    document: TrendDocument
    series: list[Series]
    """The series that the points are of, the largest first."""
    difference: Difference | None
    """How far consumption is from it, if it is and that is known."""
    is_known: bool
    """False where the API left out all that the figures are of."""


def build_trend(
    usage: Usage,
    buckets: Buckets,
    split: str,
    *,
    models: tuple[str, ...] = (),
    generated_at: datetime,
) -> Trend:
    """The trend of what was read into these buckets; buckets without data are zeros."""
    wanted = ModelFilter(models)
    is_known = not usage.left_out.issuperset(_MADE_OF[split])
    # The total keeps its line, of nulls; any other series would be a part of what there was.
    series = _SPLITTERS[split](usage, buckets, wanted) if is_known or split == "total" else []
    series.sort(key=lambda one: (-one.size, one.id or ""))
    period, filters = build_period(usage.period), build_filters(usage.filters, models)
    assert period is not None
    assert filters is not None
    costs = [one.total("cost") for one in series]
    is_whole = is_known and not models
    difference = find_difference(usage, _MADE_OF[split][0], costs) if is_whole else None
    warnings = build_warnings(usage, models, wanted.unmatched(name_models(usage)))
    document: TrendDocument = {
        "schema_version": 1,
        "report": "trend",
        "generated_at": format_instant(generated_at.replace(microsecond=0)),
        "period": period,
        "filters": filters,
        "by": buckets.unit,
        "split": split,
        "points": [
            {
                "start": _format_start(start, buckets),
                "id": one.id,
                "name": one.name,
                **one.figures[start],  # type: ignore[typeddict-item]  # the keys are the measures
                "partial": start in buckets.partial,
            }
            for start in buckets.starts
            for one in series
        ],
        "warnings": [*warnings, *([difference.describe()] if difference else [])],
    }
    return Trend(document, series, difference, is_known)


def _split_total(usage: Usage, buckets: Buckets, wanted: ModelFilter) -> list[Series]:
    """One series: the money of all models, and the count of all assets; null if left out."""
    models = [key for key, name in name_models(usage) if wanted.matches(key, name)]
    money = _read(usage, buckets, "models", models)
    counts = _read(usage, buckets, "assets", usage.series.get("assets", {}))
    whole = {start: money[start] | counts[start] for start in buckets.starts}
    measures = (
        *(() if "models" in usage.left_out else _MONEY),
        *(() if "assets" in usage.left_out else _COUNTS),
    )
    return [_build_series(None, "total", whole, measures)]


def _split_models(usage: Usage, buckets: Buckets, wanted: ModelFilter) -> list[Series]:
    return [
        _build_series(key, name, _read(usage, buckets, "models", [key]), _MONEY)
        for key, name in name_models(usage)
        if wanted.matches(key, name)
    ]


def _split_kinds(usage: Usage, buckets: Buckets, wanted: ModelFilter) -> list[Series]:
    return [
        _build_series(key, key, _read(usage, buckets, "assets", [key]), _COUNTS)
        for key in usage.series.get("assets", {})
    ]


def _split_actions(usage: Usage, buckets: Buckets, wanted: ModelFilter) -> list[Series]:
    """Actions have counts, and those that are charged have money as well, but no jobs."""
    series = []
    for key in usage.series.get("actions", {}):
        figures = _read(usage, buckets, "actions", [key])
        is_charged = any(f["cost"] is not None for f in figures.values())
        measures = (*_MONEY[1:], *_COUNTS) if is_charged else _COUNTS
        series.append(_build_series(key, key, figures, measures))
    return series


_SPLITTERS: Mapping[str, Callable[[Usage, Buckets, ModelFilter], list[Series]]] = {
    "total": _split_total,
    "model": _split_models,
    "kind": _split_kinds,
    "action": _split_actions,
}


def _read(
    usage: Usage, buckets: Buckets, section: str, ids: Iterable[str]
) -> dict[datetime, dict[str, Figure | None]]:
    """The figures of some rows of a section together, by measure, in every bucket."""
    measures = MEASURES_OF[section]
    sums: dict[Bucket, list[Figure | None]] = {
        start: [None] * len(measures) for start in buckets.starts
    }
    for row_id in ids:
        for bucket, figures in usage.series[section][row_id].items():
            add_figures(sums[bucket], figures)
    return {start: dict(zip(measures, sums[start], strict=True)) for start in buckets.starts}


def _build_series(
    series_id: str | None,
    name: str,
    figures: dict[datetime, dict[str, Figure | None]],
    measures: tuple[str, ...],
) -> Series:
    """A series with these measures, zero where there is nothing, and all others null."""
    filled: dict[datetime, dict[str, Figure | None]] = {}
    for start, found in figures.items():
        row: dict[str, Figure | None] = {key: found.get(key) or 0 for key in measures}
        if "gross" in measures:
            row["gross"] = (row["cost"] or 0) + (row["discount"] or 0)
        filled[start] = {key: row.get(key) for key in MEASURES}
    return Series(series_id, name, filled)


def _format_start(start: datetime, buckets: Buckets) -> str:
    """On the clocks of the zone, with its offset: `2026-05-01T00:00:00+09:00`."""
    local = to_local(start, buckets.timezone)
    return format_instant(start) if local.utcoffset() == timedelta(0) else local.isoformat()
