"""A saved answer bucket by bucket, as far as it is fine enough."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, timedelta
from decimal import Decimal
from math import fsum
from operator import itemgetter
from typing import Any

from scenario_usage_cli.api.wire import Series, exact_sum, parse_time
from scenario_usage_cli.buckets import Buckets
from scenario_usage_cli.clocks import MILLISECOND, start_of_day
from scenario_usage_cli.collect.granularity import find_granularity, is_as_fine_as
from scenario_usage_cli.collect.merge import NAMELESS
from scenario_usage_cli.collect.saved import Saved
from scenario_usage_cli.collect.sections import POINT_SECTIONS, Figures, PointSection
from scenario_usage_cli.collect.usage import Bucket, Usage, add_figures
from scenario_usage_cli.periods import Period

_ALL = "all"
"""The id of the row that all rows become."""
_SECTIONS = ("models", "assets")
_MOST = 1e7
_Values = tuple[Any, ...]
"""The time of a point, and its value of each measure."""


def read_course(saved: Saved, period: Period, buckets: Buckets, *, by_row: bool) -> Usage | None:
    """What models cost and how many assets there were in each bucket; None if that is not told.

    Without `by_row`, there is one row of all rows: that is several times as fast. What is odd about
    the points is not remarked, as that is done where the whole is read.
    """
    answer = saved.answer
    told = find_granularity(answer)
    # Of several parts, some may be coarser, and their times alone do not tell.
    if not (told or saved.is_one_answer) or not is_as_fine_as(answer, buckets.granularity):
        return None
    usage = Usage(_SECTIONS, period)
    for section in POINT_SECTIONS:
        if section.name not in _SECTIONS:
            continue
        rows: Sequence[Series] | None = answer.get(section.wire)  # type: ignore[assignment]  # all are Series
        if rows is None:
            usage.left_out.add(section.name)
            continue
        usage.series[section.name] = {
            row_id: _add_up(section, points, period, buckets)
            for row_id, points in _gather(section, rows, by_row=by_row).items()
        }
    return usage


def find_span(saved: Saved) -> Period | None:
    """The UTC days from the first to the last point of models; None if no time can be read."""
    rows = saved.answer.get("modelUsages") or ()
    texts = {point.get("time") for row in rows for point in row.get("points") or ()}
    moments = []
    for text in texts:
        with suppress(ValueError):
            moments.append(parse_time(text or ""))
    if not moments:
        return None
    first, last = (one.astimezone(UTC).date() for one in (min(moments), max(moments)))
    beyond = start_of_day(last, UTC) + timedelta(days=1)
    return Period(start_of_day(first, UTC), beyond - MILLISECOND, UTC, provisional=False)


def _gather(
    section: PointSection, rows: Sequence[Series], *, by_row: bool
) -> Mapping[str, Mapping[str | None, list[_Values]]]:
    """The values of the points of each row, by the texts of their times."""
    wires = [measure.wire for measure in section.measures.values()]
    # One look at each point is several times as fast as one for each of its measures.
    read = itemgetter("time", *wires)
    found: dict[str, dict[str | None, list[_Values]]] = {}
    for row in rows:
        row_id = str(row.get(section.id_key) or NAMELESS) if by_row else _ALL
        own = found.setdefault(row_id, defaultdict(list))
        points = row.get("points") or ()
        try:
            found_values = list(map(read, points))
        except KeyError:  # any of them may be left out
            found_values = [tuple(map(point.get, ("time", *wires))) for point in points]
        for values in found_values:
            own[values[0]].append(values)
    return found


def _add_up(
    section: PointSection,
    points: Mapping[str | None, Sequence[_Values]],
    period: Period,
    buckets: Buckets,
) -> dict[Bucket, Figures]:
    """The sums of each bucket; points whose time cannot be read are in none."""
    sums: dict[Bucket, Figures] = {}
    for text, together in points.items():
        with suppress(ValueError):
            moment = min(max(parse_time(text or ""), period.start), period.end)
            own = sums.setdefault(buckets.find(moment), section.begin())
            add_figures(own, _sum_points(section, together))
    return sums


def _sum_points(section: PointSection, points: Sequence[_Values]) -> Figures:
    """The same as `add_up` in all digits that are shown."""
    figures = section.begin()
    _, *columns = zip(*points, strict=True)
    for (key, measure), column in zip(section.measures.items(), columns, strict=True):
        add = sum_as_shown if measure.add is exact_sum else measure.add
        try:
            figures[key] = add(column)
        except TypeError:  # some of them are null
            known = [one for one in column if one is not None]
            figures[key] = add(known) if known else figures[key]
    return figures


def sum_as_shown(numbers: Sequence[float]) -> Decimal:
    """The sum of the decimals that were written for these doubles, if 6 decimals tell all of it.

    Doubles that are so few and so small together are less than a hundredth of a millionth off: a
    sum that is as near to a whole number of millionths is shown as that one. Any other is exact.
    """
    millionths = fsum(numbers) * 1e6
    whole = round(millionths)
    largest = max(max(numbers), -min(numbers))
    if abs(millionths - whole) < 0.01 and len(numbers) * largest < _MOST:
        return Decimal(whole).scaleb(-6)
    return exact_sum(numbers)
