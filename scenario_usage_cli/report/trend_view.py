"""The trend as tables: a line per series with its course, and a line per bucket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.report.numbers import round_cu, share
from scenario_usage_cli.report.trend import MEASURES, Series, Trend
from scenario_usage_cli.report.trend_difference import Difference
from scenario_usage_cli.report.usage_view import describe_filters, describe_period
from scenario_usage_cli.report.view import Audience, Column, Headline, Kind, Section, View

if TYPE_CHECKING:
    from scenario_usage_cli.report.documents import TrendPoint

_LONGEST_COURSE = 31
"""So many cells show a series' course; where there are more buckets, neighbours share one."""

_FIGURES = (
    Column("jobs", "Jobs", Kind.COUNT, 70),
    Column("cost", "Cost", Kind.CU, 90),
    Column("discount", "Discount", Kind.CU, 30),
    Column("gross", "Gross", Kind.CU, 20),
    Column("api_key_cost", "Cost by API key", Kind.CU, 15),
    Column("api_key_discount", "Discount by API key", Kind.CU, 5),
    Column("count", "Count", Kind.COUNT, 65),
    Column("api_key_count", "Count by API key", Kind.COUNT, 10),
)
_SHARE = Column("share", "Share", Kind.SHARE, 60)
_POINT_COLUMNS = (
    Column("start", "Start", Kind.TEXT, 100),
    Column("id", "Id", Kind.TEXT, 1),
    Column("name", "Name", Kind.TEXT, 99),
    *_FIGURES,
    Column("partial", "Partial", Kind.FLAG, 1),
)
_CLOSING_NOTES = {
    "models": "this is a trend of models; the rest ran without one, or was refunded",
    "actions": "this is a trend of actions; the rest was charged to none of them",
}
_SPLIT_TITLES = {"total": "In all", "model": "Models", "kind": "Kinds", "action": "Actions"}
_LABELS: Mapping[str, Callable[[datetime], str]] = {
    "hour": lambda start: start.isoformat(" ", "minutes")[:16],
    "day": lambda start: f"{start.date()} {start:%a}",
    "week": lambda start: "{:04}-W{:02}".format(*start.isocalendar()),
    "month": lambda start: start.isoformat()[:7],
}


def build_trend_view(trend: Trend) -> View:
    """The trend ready for any renderer."""
    document, series = trend.document, trend.series
    period = document["period"]
    size_key = _find_size_key(series)
    totals = {key: _add(one.total(key) for one in series) for key in MEASURES}
    has = tuple(column for column in _FIGURES if totals[column.key] is not None)
    sections = [_build_series(trend, has, size_key), _build_buckets(trend, has, size_key)]
    sections.append(
        Section(
            "points",
            "Points",
            _POINT_COLUMNS,
            document["points"],
            name_key="name",
            size_key=size_key,
            audience=Audience.DATA,
        )
    )
    titles = {"jobs": "Jobs", "cost": "Cost", "discount": "Discount", "gross": "Gross"}
    counted = "Count" if document["split"] == "action" else "Assets"
    return View(
        document=document,
        title=f"Scenario usage by {document['by']}",
        subtitle=" · ".join([describe_period(period), *describe_filters(document["filters"])]),
        headlines=tuple(
            Headline(title, totals[key]) for key, title in (titles | {"count": counted}).items()
        ),
        sections=tuple(sections),
        period_start=period["start"],
        period_end=period["end"],
        closing=_reconcile(trend.difference),
        closing_title="Consumption",
        closing_note=_CLOSING_NOTES[trend.difference.section] if trend.difference else "",
    )


def _build_series(trend: Trend, has: tuple[Column, ...], size_key: str) -> Section:
    whole = _add(one.total(size_key) for one in trend.series) or 0
    rows = [
        {
            "id": one.id,
            "name": one.name,
            **{key: one.total(key) for key in MEASURES},
            "share": share(Decimal(one.total(size_key) or 0), Decimal(whole)),
            "course": _condense([figures[size_key] for figures in one.figures.values()]),
        }
        for one in trend.series
    ]
    return Section(
        "series",
        _SPLIT_TITLES[trend.document["split"]],
        (
            Column("id", "Id", Kind.TEXT, 0),
            Column("name", "Name", Kind.TEXT, 100),
            *has,
            _SHARE,
            Column("course", f"By {trend.document['by']}", Kind.COURSE, 80),
        ),
        rows if trend.is_known else (),
        name_key="name",
        size_key=size_key,
        is_known=trend.is_known,
        audience=Audience.TABLES,
        has_bars=False,
        note=_describe_partial(trend),
    )


def _build_buckets(trend: Trend, has: tuple[Column, ...], size_key: str) -> Section:
    by, buckets = trend.document["by"], _list_buckets(trend)
    sums = [
        {key: _add(figures[key] for figures in together) for key in MEASURES}
        for together in zip(*(one.figures.values() for one in trend.series), strict=True)
    ]
    whole = _add(row[size_key] for row in sums) or 0
    rows = [
        {
            "start": f"{label} *" if bucket["partial"] else label,
            **row,
            "share": share(Decimal(row[size_key] or 0), Decimal(whole)),
            "partial": bucket["partial"],
        }
        for label, bucket, row in zip(_label_buckets(buckets, by), buckets, sums, strict=True)
    ]
    is_marked = any(bucket["partial"] for bucket in buckets)
    return Section(
        "buckets",
        f"By {by}",
        (Column("start", by.capitalize(), Kind.TEXT, 100), *has, _SHARE),
        rows if trend.is_known else (),
        name_key="start",
        size_key=size_key,
        is_known=trend.is_known,
        audience=Audience.TABLES,
        is_timeline=True,
        note="* partial: the period begins or ends within it" if is_marked else "",
    )


def _list_buckets(trend: Trend) -> Sequence[TrendPoint]:
    """A point of each bucket: those of the first series."""
    return trend.document["points"][:: len(trend.series) or 1]


def _describe_partial(trend: Trend) -> str:
    """What the course does not show: that it begins or ends with a part of a bucket."""
    buckets = _list_buckets(trend)
    names = ("the first", "the last") if buckets[1:] else ("the only one",)
    ends = zip(names, (*buckets[:1], *buckets[-1:]), strict=False)
    partial = [name for name, bucket in ends if bucket["partial"]]
    if not partial:
        return ""
    verb = "are" if partial[1:] else "is"
    return f"By {trend.document['by']}: {' and '.join(partial)} {verb} partial"


def _label_buckets(buckets: Iterable[TrendPoint], by: str) -> list[str]:
    """As people write their starts; with the offset where clocks show one hour twice."""
    moments = [datetime.fromisoformat(bucket["start"]) for bucket in buckets]
    labels = [_LABELS[by](moment) for moment in moments]
    shown = Counter(labels)
    return [
        label if shown[label] == 1 else moment.isoformat(" ", "minutes")
        for label, moment in zip(labels, moments, strict=True)
    ]


def _reconcile(difference: Difference | None) -> tuple[Headline, ...]:
    """Where consumption differs from what the trend sums to, by how much."""
    if difference is None:
        return ()
    return (
        Headline("Consumption", difference.consumption_cost),
        Headline(difference.section.capitalize(), difference.cost),
        Headline("Difference", difference.amount),
    )


def _find_size_key(series: Sequence[Series]) -> str:
    return "cost" if any(one.total("cost") is not None for one in series) else "count"


def _condense(figures: Sequence[Figure | None]) -> list[Figure]:
    """The same course in few enough figures, each the sum of as many neighbours, as shown."""
    each = -(-len(figures) // _LONGEST_COURSE)
    return [
        round_cu(Decimal(_add(figures[first : first + each]) or 0))
        for first in range(0, len(figures), each or 1)
    ]


def _add(figures: Any) -> Figure | None:
    """The sum of those that are known; null if none is."""
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None
