"""OpenMetrics: the figures as gauges, for the textfile collector of Prometheus' node_exporter."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, TextIO

from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.openmetrics.exposition import generate_latest

from scenario_usage_cli.render import Medium
from scenario_usage_cli.render.metrics import METRICS
from scenario_usage_cli.render.text import escape_controls, escape_halves, format_number
from scenario_usage_cli.report.view import DEFAULT_TOP, Row, Section, View

_OTHER = "other"
_MEASURED = {section for section, _ in METRICS}


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
    families = [*_build_frame(view.document)]
    for section in view.sections:
        if section.is_known and section.name in _MEASURED:
            families += _build_families(section, top, escape)
    found = _Families([family for family in families if family.samples])
    out.write(generate_latest(found).decode())  # type: ignore[no-untyped-call]  # it has no annotations


def _build_frame(document: Mapping[str, Any]) -> Iterator[GaugeMetricFamily]:
    """What the whole report has one of each."""
    blocks = {"report": document, "period": document["period"], "totals": document["totals"]}
    for (block, key), (name, unit, text) in METRICS.items():
        figures = blocks.get(block)
        if figures and figures[key] is not None:
            yield GaugeMetricFamily(name, text, unit=unit, value=_to_double(figures[key]))


def _build_families(
    section: Section, top: int, escape: Callable[[str], str]
) -> Iterator[GaugeMetricFamily]:
    """A family for each measure of a section that has one."""
    by = section.id_key.removesuffix("_id")
    labels = [section.id_key] if by == section.id_key else [section.id_key, by]
    rows = list(_label_rows(section, top, escape))
    for (name_of_section, key), (name, unit, text) in METRICS.items():
        if name_of_section == section.name:
            family = GaugeMetricFamily(
                name.format(by=by), text.format(by=by), unit=unit, labels=labels
            )
            for values, row in rows:
                if row[key] is not None:
                    family.add_metric(values, _to_double(row[key]))
            yield family


def _label_rows(
    section: Section, top: int, escape: Callable[[str], str]
) -> Iterator[tuple[tuple[str, str], Row]]:
    """Rows with their id and name; an id that is not the row's own is nobody else's either."""
    shown = section.for_table(top)
    taken = {row[section.id_key] for row in section.rows}
    for number, row in enumerate(shown.rows):
        own_id, name = row[section.id_key], row[section.name_key]
        is_rest = number in shown.summed
        if is_rest:
            # How many it sums up changes from run to run, and a label must not.
            own_id = name = _OTHER
        row_id = escape(own_id)
        if is_rest or row_id != own_id:
            while row_id in taken:
                row_id += "_"
            taken.add(row_id)
        yield (row_id, escape(name)), row


def _to_double(value: Any) -> float:
    """The double nearest to what the other formats show; instants as seconds since 1970."""
    match value:
        case bool():
            return float(value)
        case int() | Decimal():
            return float(format_number(value))
    return datetime.fromisoformat(value).timestamp()
