"""The sections of the API, by our names: where each is on the wire, and what it measures."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from scenario_usage_cli.api.wire import exact, exact_sum

_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?")

Figure = int | Decimal
"""A whole number is an int; anything else is an exact Decimal."""

Figures = dict[str, Figure | None]
"""Figures by the key of their measure; null where nothing had them."""


def read_number(value: float) -> Figure:
    """A JSON number, exactly as it was written; the wire has doubles only."""
    return int(value) if value.is_integer() else exact(value)


def read_number_text(value: str) -> Figure:
    """A number that the wire writes as text; raises ValueError for any other text."""
    if not _NUMBER.fullmatch(value):
        raise ValueError(value)
    number = Decimal(value)
    return int(number) if number == number.to_integral_value() else number


def add_numbers(values: Sequence[float]) -> Figure:
    """The sum of several."""
    if all(map(float.is_integer, values)):
        return sum(map(int, values))
    return sum(map(read_number, values))


def add_number_texts(values: Sequence[str]) -> Figure:
    """The sum of several."""
    return sum(map(read_number_text, values))


class Measure(NamedTuple):
    """One figure of a point: its key on the wire, how a value is read and how several add up.

    `optional` ones stay null when no point of a row had them; the others begin at zero.
    """

    wire: str
    read: Callable[[Any], Figure]
    add: Callable[[Sequence[Any]], Figure]
    optional: bool = False

    @property
    def zero(self) -> Figure | None:
        """The sum of nothing: CU are Decimals, also then."""
        if self.optional:
            return None
        return _NO_CU if self.read is exact else 0


_NO_CU = Decimal(0)


class PointSection(NamedTuple):
    """A section whose rows are series of points."""

    name: str
    query_type: str
    wire: str
    id_key: str
    measures: Mapping[str, Measure]
    former: str | None = None
    """What `wire` was before, in old raw answers."""

    @property
    def texts(self) -> tuple[str, ...]:
        """The keys on the wire of measures that are written as text, which may be no number."""
        measures = self.measures.values()
        return tuple(measure.wire for measure in measures if measure.read is read_number_text)

    def find_wire(self, answer: Mapping[str, Any]) -> str:
        """Where an answer has the section: by its name or, if it has only that, by the former."""
        if self.former and answer.get(self.wire) is None and answer.get(self.former) is not None:
            return self.former
        return self.wire

    def begin(self) -> Figures:
        """The sums of nothing."""
        return {key: measure.zero for key, measure in self.measures.items()}

    def read(self, point: Mapping[str, Any]) -> Figures:
        """The figures of a point."""
        return {
            key: measure.zero if (value := point.get(measure.wire)) is None else measure.read(value)
            for key, measure in self.measures.items()
        }

    def add_up(self, points: Sequence[Mapping[str, Any]]) -> Figures:
        """The same as the sums over points."""
        figures = self.begin()
        for key, (wire, _, add, _) in self.measures.items():
            if values := _pick(points, wire):
                figures[key] = add(values)
        return figures

    def may_have_odd_counts(self, points: Sequence[Mapping[str, Any]], sums: Figures) -> bool:
        """Whether it is worth looking for odd counts in points that add up to these sums."""
        for key, (wire, read, _, _) in self.measures.items():
            total = sums[key]
            if read is exact or total is None:
                continue
            if isinstance(total, Decimal) or total < 0:
                return True
            if points[1:] and _have_sign(_pick(points, wire)):
                return True
        return False

    def find_odd_counts(self, points: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        """The place and value of each count in these points that is negative or not whole."""
        counts = [(m.wire, m.read) for m in self.measures.values() if m.read is not exact]
        for number, point in enumerate(points):
            for wire, read in counts:
                value = point.get(wire)
                with suppress(ValueError):  # in a point that is left out
                    figure = 0 if value is None else read(value)
                    if isinstance(figure, Decimal) or figure < 0:
                        yield f"points[{number}]: {wire} {figure}"


def _have_sign(values: Sequence[Any]) -> bool:
    """Whether any value is negative; of texts, whether one may be."""
    if values and isinstance(values[0], str):
        return "-" in "".join(values)
    return min(values, default=0) < 0


def _pick(points: Sequence[Mapping[str, Any]], wire: str) -> list[Any]:
    """The values at a key, of the points that have one."""
    try:
        values = [point[wire] for point in points]
    except KeyError:
        values = [point.get(wire) for point in points]
    return [value for value in values if value is not None] if None in values else values


_COUNTS: Mapping[str, Measure] = MappingProxyType(
    {
        "count": Measure("count", read_number, add_numbers),
        "api_key_count": Measure("countApiKey", read_number, add_numbers),
    }
)

POINT_SECTIONS = (
    PointSection(
        "models",
        "model-usages",
        "modelUsages",
        "modelId",
        {
            "jobs": Measure("jobs", read_number, add_numbers),
            "cost": Measure("cost", exact, exact_sum),
            "discount": Measure("discount", exact, exact_sum),
            "api_key_cost": Measure("apiKeyCost", exact, exact_sum),
            "api_key_discount": Measure("apiKeyDiscount", exact, exact_sum),
        },
    ),
    PointSection("assets", "asset-usages", "assetUsages", "kind", _COUNTS),
    PointSection(
        "actions",
        "usages",
        "usages",
        "usageName",
        {
            "count": Measure("value", read_number_text, add_number_texts),
            "api_key_count": Measure("apiKey", read_number_text, add_number_texts),
            "cost": Measure("cost", exact, exact_sum, optional=True),
            "discount": Measure("discount", exact, exact_sum, optional=True),
            "api_key_cost": Measure("apiKeyCost", exact, exact_sum, optional=True),
            "api_key_discount": Measure("apiKeyDiscount", exact, exact_sum, optional=True),
        },
    ),
    PointSection("moderation", "nsfw-usages", "nsfwUsages", "label", _COUNTS),
    PointSection(
        "quality_gates",
        "quality-gate-usages",
        "qualityGateUsages",
        "verdict",
        _COUNTS,
        former="slopUsages",
    ),
)

SECTIONS = ("consumption", *(section.name for section in POINT_SECTIONS))
"""The sections of a report, in the order in which they are shown."""

RESTATING_ACTIONS = ("creative-unit-cost", "creative-unit-discount")
"""Rows of `usages` that repeat what the other rows carry: adding them counts twice."""

REFUNDS = "refunds"
"""The one row of `usages` whose figures may be negative."""

CHARGES = ("cost", "discount", "gross")
"""The measures of consumption, in CU: what was charged, was given, and both together."""

WIRES = MappingProxyType(
    {"consumption": "consumption"} | {section.name: section.wire for section in POINT_SECTIONS}
)
"""Our name of a section to its key in an answer."""

QUERY_TYPES = MappingProxyType(
    {"consumption": "consumption", "activity": "activity"}
    | {section.name: section.query_type for section in POINT_SECTIONS}
)
"""Our name of a section to the API's `type`."""
