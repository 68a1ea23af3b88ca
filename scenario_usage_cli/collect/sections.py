"""The sections of the API, by our names: where each is on the wire, and what it measures."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from scenario_usage_cli.api.wire import exact

_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?")

Figure = int | Decimal
"""A whole number is an int; anything else is an exact Decimal."""


def read_number(value: Any) -> Figure:
    """A JSON number, exactly as it was written; the wire has doubles only."""
    return int(value) if value.is_integer() else exact(value)


def read_cu(value: Any) -> Decimal:
    """An amount of CU, exactly as it was written."""
    return exact(value)


def read_number_text(value: Any) -> Figure:
    """A number that the wire writes as text; raises ValueError for any other text."""
    if not _NUMBER.fullmatch(value):
        raise ValueError(value)
    number = Decimal(value)
    return int(number) if number == number.to_integral_value() else number


class Measure(NamedTuple):
    """One figure of a point: its key on the wire and how it is read.

    `optional` ones stay null when no point of a row had them; the others begin at zero.
    """

    wire: str
    read: Callable[[Any], Figure]
    optional: bool = False


class PointSection(NamedTuple):
    """A section whose rows are series of points."""

    name: str
    query_type: str
    wire: str
    id_key: str
    measures: Mapping[str, Measure]


_COUNTS: Mapping[str, Measure] = MappingProxyType(
    {"count": Measure("count", read_number), "api_key_count": Measure("countApiKey", read_number)}
)

POINT_SECTIONS = (
    PointSection(
        "models",
        "model-usages",
        "modelUsages",
        "modelId",
        {
            "jobs": Measure("jobs", read_number),
            "cost": Measure("cost", read_cu),
            "discount": Measure("discount", read_cu),
            "api_key_cost": Measure("apiKeyCost", read_cu),
            "api_key_discount": Measure("apiKeyDiscount", read_cu),
        },
    ),
    PointSection("assets", "asset-usages", "assetUsages", "kind", _COUNTS),
    PointSection(
        "actions",
        "usages",
        "usages",
        "usageName",
        {
            "count": Measure("value", read_number_text),
            "api_key_count": Measure("apiKey", read_number_text),
            "cost": Measure("cost", read_cu, optional=True),
            "discount": Measure("discount", read_cu, optional=True),
            "api_key_cost": Measure("apiKeyCost", read_cu, optional=True),
            "api_key_discount": Measure("apiKeyDiscount", read_cu, optional=True),
        },
    ),
    PointSection("moderation", "nsfw-usages", "nsfwUsages", "label", _COUNTS),
    PointSection("quality_gates", "quality-gate-usages", "qualityGateUsages", "verdict", _COUNTS),
)

SECTIONS = ("consumption", *(section.name for section in POINT_SECTIONS))
"""The sections of a report, in the order in which they are shown."""

RESTATING_ACTIONS = ("creative-unit-cost", "creative-unit-discount")
"""Rows of `usages` that repeat what the other rows carry: adding them counts twice."""

QUERY_TYPES = MappingProxyType(
    {"consumption": "consumption", "activity": "activity"}
    | {section.name: section.query_type for section in POINT_SECTIONS}
)
"""Our name of a section to the API's `type`."""
