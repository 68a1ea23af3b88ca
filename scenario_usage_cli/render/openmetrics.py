"""OpenMetrics: the figures as gauges, for the textfile collector of Prometheus' node_exporter."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TextIO

from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.openmetrics.exposition import generate_latest

from scenario_usage_cli.render import Medium
from scenario_usage_cli.render.metrics import (
    GENERATED,
    PERIOD_END,
    PERIOD_START,
    PREFIX,
    PROVISIONAL,
    name_gauges,
)
from scenario_usage_cli.render.text import escape_controls, escape_halves, format_number
from scenario_usage_cli.report.fields import Row, Table
from scenario_usage_cli.report.view import DEFAULT_TOP, Section, View

_OTHER = "other"


class _Families(NamedTuple):
    """What the library wants to be handed metrics by."""

    families: Sequence[GaugeMetricFamily]

    def collect(self) -> Sequence[GaugeMetricFamily]:
        return self.families


def render_openmetrics(view: View, out: TextIO, medium: Medium) -> None:
    """A gauge per figure: the first `top` rows of a section, then the rest in one, `other`.

    What is not known has no sample, and neither have rows without any number but 0. On a terminal,
    labels show what it would obey.
    """
    top = DEFAULT_TOP if medium.top is None else medium.top
    escape = escape_controls if medium.is_terminal else escape_halves
    totals = [((), view.totals)] if view.totals else []
    families = [*_build_frame(view), *_build_families(view.totals_table, totals)]
    for section in view.sections:
        if section.is_known and section.table.gauges:
            families += _build_families(section.table, list(_label_rows(section, top, escape)))
    found = _Families([family for family in families if family.samples])
    out.write(generate_latest(found).decode())  # type: ignore[no-untyped-call]  # it has no annotations


def _build_frame(view: View) -> Iterator[GaugeMetricFamily]:
    """When it was made, and of which period."""
    frame = {GENERATED: view.generated_at.timestamp()}
    if view.period:
        frame[PERIOD_START] = view.period.start.timestamp()
        frame[PERIOD_END] = view.period.end.timestamp()
        frame[PROVISIONAL] = float(view.period.provisional)
    for (name, unit, text), value in frame.items():
        yield GaugeMetricFamily(f"{PREFIX}{view.frame}{name}", text, unit=unit, value=value)


def _build_families(
    table: Table, rows: Sequence[tuple[tuple[str, ...], Row]]
) -> Iterator[GaugeMetricFamily]:
    """A family for each measure of a table, of rows with the values of their labels."""
    names = list(_name_labels(table))
    labels = list(dict.fromkeys(names))
    places = list(map(names.index, labels))
    for field, (name, unit, text) in name_gauges(table):
        family = GaugeMetricFamily(name, text, unit=unit, labels=labels)
        for values, row in rows:
            if (figure := field.of(row)) is not None:
                family.add_metric([values[place] for place in places], _convert(figure))
        yield family


def _name_labels(table: Table) -> Iterator[str]:
    """Those of the ids, then those of the names: `model_id` and `model`, or the names' own."""
    yield from (field.key for field in table.ids)
    for one, name in zip(table.ids, table.named, strict=True):
        stem = one.key.removesuffix("_id")
        yield name.key if one.key == stem else stem


def _convert(figure: Any) -> float:
    """A number, or an instant in seconds."""
    if isinstance(figure, datetime):
        return figure.timestamp()
    return float(format_number(figure))


def _label_rows(
    section: Section, top: int, escape: Callable[[str], str]
) -> Iterator[tuple[tuple[str, ...], Row]]:
    """Rows with their ids and names; where an id is not the row's own, it is of no other row."""
    # What groups sum to is told by gauges of their own, and labels are for people.
    shown, table = (
        section._replace(subtotals={}, labels={}, prepare=None).for_table(top),
        section.table,
    )
    taken = {tuple(field.of(row) for field in table.ids) for row in section.rows}
    for number, row in enumerate(shown.rows):
        own_ids, names = ([field.of(row) for field in part] for part in (table.ids, table.named))
        is_rest = number in shown.summed
        if is_rest:
            # How many it sums up changes from run to run, and a label must not.
            own_ids[-1] = names[-1] = _OTHER
        row_ids = list(map(escape, own_ids))
        if is_rest or row_ids != own_ids:
            while tuple(row_ids) in taken:
                row_ids[-1] += "_"
            taken.add(tuple(row_ids))
        yield (*row_ids, *map(escape, names)), row
