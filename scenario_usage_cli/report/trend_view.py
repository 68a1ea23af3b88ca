"""The trend as tables: a line per series with its course, and a line per bucket."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.report.breakdown_view import keep_centres
from scenario_usage_cli.report.fields import Field, Fields, Kind, Row
from scenario_usage_cli.report.figures import COUNT, KNOWN_COST, SHARE
from scenario_usage_cli.report.numbers import add_up, round_cu
from scenario_usage_cli.report.rows import add_shares
from scenario_usage_cli.report.tables import (
    BUCKETS,
    COURSE,
    LABEL,
    PARTIAL,
    POINTS,
    SERIES,
    SERIES_ID,
    SERIES_NAME,
    START,
    TREND_FIGURES,
    UNEXPLAINED,
)
from scenario_usage_cli.report.trend import Trend
from scenario_usage_cli.report.trend_difference import Difference
from scenario_usage_cli.report.usage_view import describe_filters, describe_period
from scenario_usage_cli.report.view import Audience, Headline, Section, View

_LONGEST_COURSE = 31
"""So many cells show a series' course; where there are more buckets, neighbours share one."""

_CLOSING_NOTES = {
    "models": "this is a trend of models; the rest ran without one, or was refunded",
    "actions": "this is a trend of actions; the rest was charged to none of them",
}
_LABELS: Mapping[str, Callable[[datetime], str]] = {
    "hour": lambda start: start.isoformat(" ", "minutes")[:16],
    "day": lambda start: f"{start.date()} {start:%a}",
    "week": lambda start: "{:04}-W{:02}".format(*start.isocalendar()),
    "month": lambda start: start.isoformat()[:7],
}


def build_trend_view(trend: Trend) -> View:
    """The trend ready for any renderer."""
    totals = _sum_up(trend)
    figures = _name_figures(trend)
    has = _list_known(trend)
    return View(
        document=trend.document,
        title=f"Scenario usage by {trend.buckets.unit}",
        subtitle=" · ".join(
            [describe_period(trend.period), *describe_filters(trend.filters, trend.labels)]
        ),
        headlines=tuple(
            Headline(field.title, totals[field.key], field.kind, key=field.key)
            for field in figures
            if not field.is_part
        ),
        sections=(
            _build_series(trend, has, _find_size(trend)),
            build_buckets(trend),
            Section(POINTS, trend.points, audience=Audience.DATA | Audience.BOOKS),
        ),
        period=trend.period,
        generated_at=trend.generated_at,
        closing=_reconcile(trend.difference),
        told=(trend.difference.describe(),) if trend.difference else (),
        closing_title="Consumption",
        closing_note=_CLOSING_NOTES[trend.difference.section] if trend.difference else "",
    )


def _sum_up(trend: Trend) -> Mapping[str, Figure | None]:
    """The figures of all that the trend is of; null where it does not have one."""
    return {f.key: add_up(f.of(one.sums) for one in trend.whole) for f in TREND_FIGURES}


def _name_figures(trend: Trend) -> Fields:
    """All figures, and what is counted by the name of what it is."""
    counted = COUNT.title if trend.split == "action" else "Assets"
    return tuple(
        field._replace(title=field.title.replace(COUNT.title, counted)) for field in TREND_FIGURES
    )


def _list_known(trend: Trend) -> Fields:
    """Those figures that the trend has."""
    totals = _sum_up(trend)
    return tuple(field for field in _name_figures(trend) if totals[field.key] is not None)


def _build_series(trend: Trend, has: Fields, size: Field[Figure | None]) -> Section:
    by = trend.buckets.unit
    course = COURSE._replace(title=f"By {by}")
    words = trend.split.replace("-", " ")
    told = (*has, SHARE)
    if trend.split == "total":  # the headlines tell what is not a part of it
        told = tuple(field for field in has if field.is_part)
    table = SERIES._replace(
        title="Total" if trend.split == "total" else f"{words.capitalize()}s",
        fields=(*TREND_FIGURES, SHARE, course),
        size=size,
        note=_describe_partial(trend),
    )
    rows = [
        {
            SERIES_ID.key: one.id,
            SERIES_NAME.key: one.name,
            **one.sums,
            COURSE.key: _condense([size.of(point) for point in one.points]),
        }
        for one in trend.series
    ]
    section = Section(
        table,
        add_shares(table, rows) if trend.is_known else (),
        is_known=trend.is_known,
        audience=Audience.TABLES | Audience.BOOKS,
        has_bars=False,
        labels={SERIES_ID.key: trend.labels.of(trend.split)},
        shown=(*table.ids, *table.names, *told, course),
    )
    return keep_centres(section, trend.split)


def build_buckets(trend: Trend) -> Section:
    """A row for each bucket, of all series together."""
    by, rows = trend.buckets.unit, list[Row]()
    # Bucket by bucket, as all points together may not fit into memory.
    together = zip(*(one.points for one in trend.whole), strict=True)
    starts = [START.of(point) for one in trend.whole[:1] for point in one.points]
    for label, points in zip(label_buckets(starts, by), together, strict=True):
        start, partial = START.of(points[0]), PARTIAL.of(points[0])
        rows.append(
            {
                LABEL.key: f"{label} *" if partial else label,
                START.key: start,
                **{field.key: add_up(map(field.of, points)) for field in TREND_FIGURES},
                PARTIAL.key: partial,
            }
        )
    label_field = LABEL._replace(title=by.capitalize())
    note = "* partial: the period begins or ends within it"
    if trend.has_gaps:
        note += ", or days of it are missing"
    table = BUCKETS._replace(
        title=f"By {by}",
        ids=(label_field,),
        size=_find_size(trend),
        note=note if trend.buckets.partial else "",
    )
    return Section(
        table,
        add_shares(table, rows) if trend.is_known else (),
        is_known=trend.is_known,
        audience=Audience.TABLES | Audience.BOOKS,
        is_timeline=True,
        shown=(label_field, *_list_known(trend), SHARE),
    )


def _describe_partial(trend: Trend) -> str:
    """What the course does not show: that it begins or ends with a part of a bucket."""
    starts, partial = trend.buckets.starts, trend.buckets.partial
    names = ("the first", "the last") if starts[1:] else ("the only one",)
    ends = zip(names, (*starts[:1], *starts[-1:]), strict=False)
    found = [name for name, start in ends if start in partial and trend.series]
    if not found:
        return ""
    verb = "are" if found[1:] else "is"
    return f"By {trend.buckets.unit}: {' and '.join(found)} {verb} partial"


def label_buckets(starts: Sequence[datetime], by: str) -> list[str]:
    """As people write them; with the offset where clocks show one hour twice."""
    labels = [_LABELS[by](start) for start in starts]
    shown = Counter(labels)
    return [
        label if shown[label] == 1 else start.isoformat(" ", "minutes")
        for label, start in zip(labels, starts, strict=True)
    ]


def _reconcile(difference: Difference | None) -> tuple[Headline, ...]:
    """Where consumption differs from what the trend sums to, by how much."""
    if difference is None:
        return ()
    return (
        Headline("Consumption", difference.consumption_cost, Kind.CU),
        Headline(difference.section.capitalize(), difference.cost, Kind.CU),
        Headline("Difference", difference.amount, Kind.CU, key=UNEXPLAINED.key),
    )


def _find_size(trend: Trend) -> Field[Figure | None]:
    is_charged = any(KNOWN_COST.of(one.sums) is not None for one in trend.series)
    return KNOWN_COST if is_charged else COUNT.or_null()


def _condense(figures: Sequence[Figure | None]) -> list[Figure | None]:
    """The same course in few enough figures, each the sum of as many neighbours, as shown."""
    each = -(-len(figures) // _LONGEST_COURSE)
    sums = (add_up(figures[first : first + each]) for first in range(0, len(figures), each or 1))
    return [None if one is None else round_cu(Decimal(one)) for one in sums]
