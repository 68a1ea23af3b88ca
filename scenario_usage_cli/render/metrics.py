"""What each figure is called in Prometheus; names are kept, as dashboards and alerts use them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from scenario_usage_cli.report.fields import ADDITIVE, Field, Kind, Table, pick

PREFIX = "scenario_usage_"
_SECONDS = "seconds"
_UNITS = {Kind.CU: "compute_units", Kind.CAP: "compute_units", Kind.TIME: _SECONDS}


class Gauge(NamedTuple):
    """A metric: its name, which ends in its unit if it has one, and its help."""

    name: str
    unit: str
    help: str


# What these are called has the prefix before it, and that of a view's frame.
GENERATED = Gauge("generated_timestamp_seconds", _SECONDS, "When the report was made.")
PERIOD_START = Gauge("period_start_timestamp_seconds", _SECONDS, "First instant of the period.")
PERIOD_END = Gauge(
    "period_end_timestamp_seconds", _SECONDS, "Last instant of the period, included."
)
PROVISIONAL = Gauge(
    "period_provisional", "", "1 while the period contains the running day, else 0."
)


def name_gauges(table: Table) -> Iterator[tuple[Field[Any], Gauge]]:
    """The gauges of a table, one for each figure that adds up, limit and instant.

    Shares and averages are left to PromQL.
    """
    gauges = table.gauges
    if gauges is None:
        return
    for field in pick(table.fields, *ADDITIVE, Kind.CAP, Kind.TIME):
        words = [gauges.counted if word == "count" else word for word in field.key.split("_")]
        unit = field.currency.lower() or _UNITS.get(field.kind, "")
        words += ["timestamp"] if field.kind is Kind.TIME else []
        name = "_".join([*words, unit] if unit else words)
        yield field, Gauge(f"{PREFIX}{gauges.prefix}{name}", unit, table.describe(field))
